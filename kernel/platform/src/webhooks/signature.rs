//! Signatures after the Standard Webhooks specification: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use openim_core::{Error, ErrorCode, Result};
use sha2::Sha256;

/// Starts secrets in the specification's own form.
const PREFIX: &str = "whsec_";

/// The key that this server and its receiver share.
#[derive(Clone)]
pub(crate) struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// Takes `whsec_` and base64, or any other text by its bytes.
    pub(crate) fn new(secret: &str) -> Result<Self> {
        let wrong = || Error::new(ErrorCode::Args, "the secret of webhooks begins with whsec_ but no base64 follows");
        let bytes = match secret.strip_prefix(PREFIX) {
            Some(text) => STANDARD.decode(text).map_err(|error| wrong().with_source(error))?,
            None => secret.as_bytes().to_vec(),
        };
        if bytes.is_empty() {
            return Err(Error::new(ErrorCode::Args, "webhooks need a secret"));
        }
        Ok(Self(Hmac::new_from_slice(&bytes).map_err(Error::internal)?))
    }

    /// Returns the value of `webhook-signature`.
    pub(super) fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let mut mac = self.0.clone();
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_example_has_its_signature() {
        let key = SigningKey::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn any_text_is_a_secret_but_none_is_not() {
        assert!(SigningKey::new("hunter2").is_ok());
        for bad in ["", "whsec_", "whsec_?"] {
            assert!(SigningKey::new(bad).is_err(), "{bad}");
        }
    }
}
