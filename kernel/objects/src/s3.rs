//! Objects in any service with the S3 API. Requests are signed here and sent by the process's own HTTP client; clients get
//! presigned addresses and talk to the service directly.

mod answer;
mod form;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use openim_core::{Error, ErrorCode, Result, Runtime, Timestamp};
use reqwest::{Method, StatusCode};
use rusty_s3::actions::{CreateMultipartUpload, ListParts};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use url::Url;

use crate::{Download, Form, Key, Limits, Objects, Part, Signed, Stat};
use answer::{Answer, etag};

/// The limits of the S3 API.
const LIMITS: Limits = Limits { min_part: 5 << 20, max_part: 5 << 30, max_parts: 10_000 };

/// How long our own requests are valid: they are sent at once.
const OWN: Duration = Duration::from_secs(300);

/// The longest that the S3 API lets a presigned address be valid.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

/// What the adapter is made of.
#[derive(Clone)]
pub struct S3Settings {
    /// The service, such as `https://s3.eu-central-1.amazonaws.com`, as this process reaches it.
    pub endpoint: String,
    /// The same as clients reach it; empty when it is the same address.
    pub public_endpoint: String,
    /// The bucket; it must exist.
    pub bucket: String,
    /// The region, `us-east-1` where there are none.
    pub region: String,
    /// Whether the bucket is a part of the path (most services of one's own) or of the host name (AWS).
    pub path_style: bool,
    /// The key's id.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
}

/// The S3 adapter.
pub struct S3 {
    /// For our own requests.
    bucket: Bucket,
    /// For addresses that clients get.
    public: Bucket,
    credentials: Credentials,
    access_key: String,
    secret_key: String,
    client: reqwest::Client,
    runtime: Runtime,
}

impl S3 {
    /// Makes the adapter; nothing is asked yet. `client` should follow no redirects and have a connection timeout.
    ///
    /// # Errors
    /// `ARGS_ERROR` for an address that is none.
    pub fn new(settings: S3Settings, client: reqwest::Client, runtime: Runtime) -> Result<Self> {
        let style = if settings.path_style { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let bucket = |address: &str| {
            let malformed = |cause: Box<dyn std::error::Error + Send + Sync>| {
                Error::new(ErrorCode::Args, format!("{address:?} is no address of an S3 service")).with_source(cause)
            };
            let endpoint = Url::parse(address).map_err(|cause| malformed(cause.into()))?;
            Bucket::new(endpoint, style, settings.bucket.clone(), settings.region.clone()).map_err(|cause| malformed(cause.into()))
        };
        let public = if settings.public_endpoint.is_empty() { &settings.endpoint } else { &settings.public_endpoint };
        Ok(Self {
            bucket: bucket(&settings.endpoint)?,
            public: bucket(public)?,
            credentials: Credentials::new(settings.access_key.clone(), settings.secret_key.clone()),
            access_key: settings.access_key,
            secret_key: settings.secret_key,
            client,
            runtime,
        })
    }

    fn own<'a>(&self, action: &impl S3Action<'a>) -> Result<Url> {
        sign(action, self.runtime.clock.now(), OWN)
    }

    async fn send(&self, method: Method, url: Url, headers: &[(&str, &str)], body: Bytes) -> Result<Answer> {
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Ok(Answer(request.send().await.map_err(|cause| Error::unavailable(cause.without_url()))?))
    }
}

fn sign<'a>(action: &impl S3Action<'a>, now: Timestamp, valid: Duration) -> Result<Url> {
    let now = jiff::Timestamp::from_millisecond(now.0).map_err(Error::internal)?;
    Ok(action.sign_with_time(valid.clamp(Duration::from_secs(1), LONGEST), &now))
}

fn signed<'a>(action: &impl S3Action<'a>, now: Timestamp, valid: Duration) -> Result<Signed> {
    Ok(Signed { url: sign(action, now, valid)?.into(), headers: Vec::new(), expires_at: now.plus(valid.min(LONGEST)) })
}

fn part_number(number: u32) -> Result<u16> {
    u16::try_from(number)
        .ok()
        .filter(|number| (1..=LIMITS.max_parts).contains(&u32::from(*number)))
        .ok_or_else(|| Error::new(ErrorCode::Args, "there is no such part"))
}

#[async_trait]
impl Objects for S3 {
    fn engine(&self) -> &'static str {
        "s3"
    }

    fn limits(&self) -> Limits {
        LIMITS
    }

    fn origin(&self) -> Option<String> {
        Some(self.public.base_url().origin().ascii_serialization())
    }

    async fn stat(&self, key: &Key) -> Result<Option<Stat>> {
        let url = self.own(&self.bucket.head_object(Some(&self.credentials), key.as_str()))?;
        let Some(answer) = self.send(Method::HEAD, url, &[], Bytes::new()).await?.there()? else { return Ok(None) };
        let headers = answer.headers();
        let size = headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
        let size = size.ok_or_else(|| Error::unavailable("the S3 service told no length"))?;
        Ok(Some(Stat { size, etag: etag(headers) }))
    }

    async fn read(&self, key: &Key) -> Result<Option<BoxStream<'static, Result<Bytes>>>> {
        let url = self.own(&self.bucket.get_object(Some(&self.credentials), key.as_str()))?;
        let Some(answer) = self.send(Method::GET, url, &[], Bytes::new()).await?.there()? else { return Ok(None) };
        Ok(Some(answer.bytes_stream().map_err(|cause| Error::unavailable(cause.without_url())).boxed()))
    }

    async fn write(&self, key: &Key, content_type: &str, content: Bytes) -> Result<()> {
        let mut action = self.bucket.put_object(Some(&self.credentials), key.as_str());
        action.headers_mut().insert("content-type", content_type.to_owned());
        let url = self.own(&action)?;
        self.send(Method::PUT, url, &[("content-type", content_type)], content).await?.done()?;
        Ok(())
    }

    async fn copy(&self, from: &Key, to: &Key) -> Result<()> {
        let source = format!("/{}/{from}", self.bucket.name());
        let mut action = self.bucket.put_object(Some(&self.credentials), to.as_str());
        action.headers_mut().insert("x-amz-copy-source", source.clone());
        let url = self.own(&action)?;
        let answer = self.send(Method::PUT, url, &[("x-amz-copy-source", &source)], Bytes::new()).await?;
        // A failure may come after the head of the answer: then its body says so.
        let Some(answer) = answer.there()? else { return Err(Error::new(ErrorCode::NotFound, "there is no such object")) };
        answer::text(answer).await?;
        Ok(())
    }

    async fn delete(&self, keys: &[Key]) -> Result<()> {
        for key in keys {
            let url = self.own(&self.bucket.delete_object(Some(&self.credentials), key.as_str()))?;
            self.send(Method::DELETE, url, &[], Bytes::new()).await?.there()?;
        }
        Ok(())
    }

    async fn start_parts(&self, key: &Key, content_type: &str) -> Result<String> {
        let mut action = self.bucket.create_multipart_upload(Some(&self.credentials), key.as_str());
        action.headers_mut().insert("content-type", content_type.to_owned());
        let url = self.own(&action)?;
        let answer = self.send(Method::POST, url, &[("content-type", content_type)], Bytes::new()).await?.done()?;
        let text = answer::text(answer).await?;
        let started = CreateMultipartUpload::parse_response(&text).map_err(Error::unavailable)?;
        Ok(started.upload_id().to_owned())
    }

    async fn parts(&self, key: &Key, upload: &str) -> Result<Vec<Part>> {
        let (mut parts, mut marker) = (Vec::new(), None);
        loop {
            let mut action = self.bucket.list_parts(Some(&self.credentials), key.as_str(), upload);
            if let Some(marker) = marker {
                action.set_part_number_marker(marker);
            }
            let url = self.own(&action)?;
            let answer = self.send(Method::GET, url, &[], Bytes::new()).await?.there()?.ok_or_else(gone)?;
            let page = ListParts::parse_response(&answer::text(answer).await?).map_err(Error::unavailable)?;
            parts.extend(page.parts.into_iter().map(|part| Part {
                number: u32::from(part.number),
                size: part.size,
                etag: part.etag.trim_matches('"').to_owned(),
            }));
            match page.next_part_number_marker {
                Some(next) if marker != Some(next) => marker = Some(next),
                _ => return Ok(parts),
            }
        }
    }

    async fn complete_parts(&self, key: &Key, upload: &str, etags: &[String]) -> Result<Stat> {
        // Not every service compares the etags it is given: we do.
        let found = self.parts(key, upload).await?;
        let there = found.iter().zip(1..).map(|(part, place)| if part.number == place { part.etag.clone() } else { String::new() });
        if found.is_empty() || !there.eq(etags.iter().map(|etag| etag.to_ascii_lowercase())) {
            return Err(Error::new(ErrorCode::Args, "parts are missing or differ from what was announced"));
        }
        let quoted: Vec<String> = found.iter().map(|part| format!("\"{}\"", part.etag)).collect();
        let action =
            self.bucket.complete_multipart_upload(Some(&self.credentials), key.as_str(), upload, quoted.iter().map(String::as_str));
        let url = self.own(&action)?;
        let answer = self.send(Method::POST, url, &[], Bytes::from(action.body())).await?.there()?.ok_or_else(gone)?;
        // A failure may come after the head of the answer: then its body says so.
        answer::text(answer).await?;
        self.stat(key).await?.ok_or_else(|| Error::unavailable("the S3 service does not have what it has just put together"))
    }

    async fn abort_parts(&self, key: &Key, upload: &str) -> Result<()> {
        let url = self.own(&self.bucket.abort_multipart_upload(Some(&self.credentials), key.as_str(), upload))?;
        self.send(Method::DELETE, url, &[], Bytes::new()).await?.there()?;
        Ok(())
    }

    fn sign_put(&self, key: &Key, size: u64, now: Timestamp, valid: Duration) -> Result<Signed> {
        let mut action = self.public.put_object(Some(&self.credentials), key.as_str());
        // Whoever sends a body sends its length; signed, it can be no other.
        action.headers_mut().insert("content-length", size.to_string());
        signed(&action, now, valid)
    }

    fn sign_part(&self, key: &Key, upload: &str, number: u32, size: u64, now: Timestamp, valid: Duration) -> Result<Signed> {
        let mut action = self.public.upload_part(Some(&self.credentials), key.as_str(), part_number(number)?, upload);
        action.headers_mut().insert("content-length", size.to_string());
        signed(&action, now, valid)
    }

    fn sign_form(&self, key: &Key, size: u64, content_type: &str, now: Timestamp, valid: Duration) -> Result<Form> {
        let signer = form::Signer { bucket: &self.public, access_key: &self.access_key, secret_key: &self.secret_key };
        signer.sign(key, size, content_type, now, valid.min(LONGEST))
    }

    fn sign_get(&self, key: &Key, download: &Download, now: Timestamp, valid: Duration) -> Result<Signed> {
        let mut action = self.public.get_object(Some(&self.credentials), key.as_str());
        action.query_mut().insert("response-content-type", download.content_type().to_owned());
        action.query_mut().insert("response-content-disposition", download.disposition());
        signed(&action, now, valid)
    }

    async fn ping(&self) -> Result<()> {
        let url = self.own(&self.bucket.head_bucket(Some(&self.credentials)))?;
        match self.send(Method::HEAD, url, &[], Bytes::new()).await?.0.status() {
            StatusCode::OK => Ok(()),
            status => Err(Error::unavailable(format!("the S3 service answers {status} when asked for its bucket"))),
        }
    }
}

fn gone() -> Error {
    Error::new(ErrorCode::NotFound, "there is no such upload, or it was completed")
}
