//! Uploads as the graph shows them.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use openim_core::{Error, ErrorCode};
use openim_graphql::{DateTime, Long, caller};
use openim_objects::Form;

use super::files::absolute;
use super::long;
use crate::model::{self, WantedParts};
use crate::service::Files;

/// How the content of an upload is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::UploadKind")]
pub(crate) enum UploadKind {
    /// In parts, each with PUT to an address of its own.
    Parts,
    /// In one piece, with PUT: the one part there is.
    Whole,
    /// As a browser's form, with POST.
    Form,
}

pub(crate) struct Upload(pub(crate) model::Upload);

/// An upload, for whoever began it.
#[Object]
impl Upload {
    /// The id (OpenIM `uploadID`).
    async fn id(&self) -> ID {
        ID::from(self.0.id.as_str())
    }

    /// How the content is sent.
    async fn kind(&self) -> UploadKind {
        self.0.kind.into()
    }

    /// The name that the file shall have.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How long the file is, in bytes.
    async fn size(&self) -> Result<Long> {
        Ok(long(self.0.size)?)
    }

    /// How long each part but the last one is, in bytes.
    async fn part_size(&self) -> Result<Long> {
        Ok(long(self.0.part_size)?)
    }

    /// How many parts there are.
    async fn part_count(&self) -> i32 {
        i32::try_from(self.0.part_count()).unwrap_or(i32::MAX)
    }

    /// Until when it has to be completed.
    async fn expires_at(&self) -> DateTime {
        self.0.expires_at.into()
    }

    /// Whether it was completed.
    async fn completed(&self) -> bool {
        self.0.done
    }

    /// Signed addresses for parts; each may be asked for as often as needed. Give either `numbers` or `first`.
    async fn signed_parts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which parts, from 1.")] numbers: Option<Vec<i32>>,
        #[graphql(desc = "The first so many parts; all when negative.")] first: Option<i32>,
    ) -> Result<SignedParts> {
        let wanted = match (numbers, first) {
            (Some(numbers), None) => WantedParts::Numbers(numbers),
            (None, Some(first)) => WantedParts::First(first),
            _ => return Err(Error::new(ErrorCode::Args, "give either numbers or first").into()),
        };
        let parts = ctx.data::<Files>()?.sign(caller(ctx)?, &self.0, &wanted)?;
        Ok(SignedParts { parts: parts.into_iter().map(SignedPart).collect() })
    }

    /// The parts that have arrived, by number, to go on after an interruption.
    async fn uploaded_parts(&self, ctx: &Context<'_>) -> Result<Vec<UploadedPart>> {
        let arrived = ctx.data::<Files>()?.arrived(caller(ctx)?, &self.0).await?;
        let part = |part: openim_objects::Part| {
            Ok(UploadedPart { number: i32::try_from(part.number).unwrap_or(i32::MAX), size: long(part.size)?, hash: part.etag })
        };
        arrived.into_iter().map(part).collect()
    }
}

/// Signed addresses for parts.
#[derive(SimpleObject)]
pub(crate) struct SignedParts {
    /// The addresses, in the order asked.
    parts: Vec<SignedPart>,
}

pub(crate) struct SignedPart(model::SignedPart);

/// A signed address that takes one part, with PUT and without a token.
#[Object]
impl SignedPart {
    /// Which part, from 1.
    async fn number(&self) -> i32 {
        i32::try_from(self.0.number).unwrap_or(i32::MAX)
    }

    /// The address.
    async fn url(
        &self,
        #[graphql(desc = "What it begins with when it is an address at the server that was asked.")] base: Option<String>,
    ) -> String {
        absolute(&self.0.signed.url, base.as_deref())
    }

    /// Headers that must be sent with the part.
    async fn headers(&self) -> Vec<SignedHeader> {
        let header = |(name, value): &(String, String)| SignedHeader { name: name.clone(), values: vec![value.clone()] };
        self.0.signed.headers.iter().map(header).collect()
    }

    /// Until when the address is good.
    async fn expires_at(&self) -> DateTime {
        self.0.signed.expires_at.into()
    }
}

/// A header that must be sent.
#[derive(SimpleObject)]
pub(crate) struct SignedHeader {
    /// Its name.
    name: String,
    /// Its values.
    values: Vec<String>,
}

/// A part that has arrived.
#[derive(SimpleObject)]
pub(crate) struct UploadedPart {
    /// Which part, from 1.
    number: i32,
    /// How long it is, in bytes.
    size: Long,
    /// The MD5 of its bytes, in hex.
    hash: String,
}

pub(crate) struct UploadForm(pub(crate) Form);

/// A form that a browser sends, as `multipart/form-data`: the fields, then the file.
#[Object]
impl UploadForm {
    /// Where it is posted to.
    async fn url(
        &self,
        #[graphql(desc = "What it begins with when it is an address at the server that was asked.")] base: Option<String>,
    ) -> String {
        absolute(&self.0.url, base.as_deref())
    }

    /// The name of the file's field; it comes last.
    async fn file_field(&self) -> &str {
        &self.0.file_field
    }

    /// The other fields.
    async fn fields(&self) -> Vec<UploadFormField> {
        self.0.fields.iter().map(|(name, value)| UploadFormField { name: name.clone(), value: value.clone() }).collect()
    }

    /// The HTTP statuses that mean success.
    async fn success_statuses(&self) -> Vec<i32> {
        self.0.success.iter().map(|status| i32::from(*status)).collect()
    }

    /// Until when it is accepted.
    async fn expires_at(&self) -> DateTime {
        self.0.expires_at.into()
    }
}

/// A field of a form.
#[derive(SimpleObject)]
pub(crate) struct UploadFormField {
    /// Its name.
    name: String,
    /// Its value.
    value: String,
}
