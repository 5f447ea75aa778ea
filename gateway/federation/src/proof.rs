//! The proof: a short-lived signed header that tells a remote subgraph who asks, under which operation, until when.
//!
//! Gateways and subgraph hosts share a secret. A host that gets no good proof answers nothing, so that a subgraph on the
//! network is no way around the gateway.

use std::net::IpAddr;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use openim_core::{Actor, Ctx, Error, ErrorCode, OperationId, Reason, Result, Runtime, Timestamp};
use serde::{Deserialize, Serialize};

/// The header's name.
pub const HEADER: &str = "x-openim-proof";

/// How long a proof is good. A request takes its proof along at once, so this only covers clocks that differ.
const LIFETIME: Duration = Duration::from_secs(60);

/// What a proof says. Short names: it travels with every fetch.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// Who acts.
    act: Actor,
    /// The operation's id.
    op: OperationId,
    /// The deadline in milliseconds.
    dl: Timestamp,
    /// When it was signed, in milliseconds.
    iat: Timestamp,
    /// The address that the request came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ip: Option<IpAddr>,
    /// Why the actor acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Signs and checks proofs with the secret that gateways and subgraph hosts share.
pub struct ProofSigner {
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
}

impl std::fmt::Debug for ProofSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ProofSigner")
    }
}

impl ProofSigner {
    /// Takes the shared secret.
    pub fn new(secret: impl AsRef<[u8]>) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // Times are compared with the caller's clock below, not with the machine's.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        Self { signing: EncodingKey::from_secret(secret.as_ref()), checking: DecodingKey::from_secret(secret.as_ref()), validation }
    }

    /// Makes the header's value for a call in `ctx`.
    ///
    /// # Errors
    /// `INTERNAL` when signing fails.
    pub fn sign(&self, ctx: &Ctx) -> Result<String> {
        let (act, op) = (ctx.actor().clone(), ctx.operation_id().clone());
        let why = ctx.reason().map(|reason| reason.as_str().to_owned());
        let claims = Claims { act, op, dl: ctx.deadline(), iat: ctx.now(), ip: ctx.origin(), why };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signing).map_err(Error::internal)
    }

    /// Checks a header's value and rebuilds the caller's context.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when the proof is missing, forged or too old.
    pub fn verify(&self, proof: &str, runtime: &Runtime) -> Result<Ctx> {
        let refused = || Error::new(ErrorCode::Unauthenticated, "the proof is not valid");
        let claims = decode::<Claims>(proof, &self.checking, &self.validation).map_err(|cause| refused().with_source(cause))?.claims;
        let now = runtime.clock.now();
        if claims.iat.plus(LIFETIME) < now || claims.iat > now.plus(LIFETIME) {
            return Err(refused());
        }
        let reason = claims.why.as_deref().map(Reason::parse).transpose()?.flatten();
        Ok(Ctx::new(runtime.clone(), claims.act, claims.op, claims.dl).with_origin(claims.ip).with_reason(reason))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use openim_core::{Clock, ManualClock, Platform, Principal, SequentialIds, UserId};

    use super::*;

    fn world() -> (Arc<ManualClock>, Runtime, Ctx) {
        let clock = Arc::new(ManualClock::new(Timestamp(1_700_000_000_000)));
        let runtime = Runtime { clock: clock.clone(), ids: Arc::new(SequentialIds::default()) };
        let actor = Actor::User(Principal::new(UserId::parse("alice").expect("an id"), Platform::WEB, false));
        let operation = OperationId::parse("op1").expect("an id");
        let ctx = Ctx::new(runtime.clone(), actor, operation, clock.now().plus(Duration::from_secs(5)));
        let reason = Reason::parse("says 张三").expect("a reason");
        let ctx = ctx.with_origin(Some(IpAddr::from([192, 0, 2, 1]))).with_reason(reason);
        (clock, runtime, ctx)
    }

    #[test]
    fn a_proof_carries_actor_operation_deadline_origin_and_reason() {
        let (_, runtime, ctx) = world();
        let signer = ProofSigner::new("secret");
        let proven = signer.verify(&signer.sign(&ctx).expect("a proof"), &runtime).expect("a context");
        assert_eq!(proven.actor(), ctx.actor());
        assert_eq!(proven.operation_id(), ctx.operation_id());
        assert_eq!(proven.deadline(), ctx.deadline());
        assert_eq!(proven.origin(), ctx.origin());
        assert!(proven.reason().is_some() && proven.reason() == ctx.reason());
    }

    #[test]
    fn forged_missing_and_old_proofs_are_refused() {
        let (clock, runtime, ctx) = world();
        let signer = ProofSigner::new("secret");
        let forged = ProofSigner::new("other").sign(&ctx).expect("a proof");
        let good = signer.sign(&ctx).expect("a proof");
        for bad in ["", "a.b.c", &forged, &good[..good.len() - 2]] {
            assert_eq!(signer.verify(bad, &runtime).expect_err("refused").code(), ErrorCode::Unauthenticated);
        }
        clock.advance(LIFETIME + Duration::from_secs(1));
        assert!(signer.verify(&good, &runtime).is_err());
    }
}
