//! A browser's form: a policy that says what may be sent, signed as the S3 API wants it (Signature Version 4, POST policy).

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use hmac::{Hmac, Mac};
use openim_core::{Error, Result, Timestamp};
use rusty_s3::Bucket;
use serde_json::json;
use sha2::Sha256;

use crate::{Form, Key};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

pub(super) struct Signer<'a> {
    pub(super) bucket: &'a Bucket,
    pub(super) access_key: &'a str,
    pub(super) secret_key: &'a str,
}

impl Signer<'_> {
    pub(super) fn sign(&self, key: &Key, size: u64, content_type: &str, now: Timestamp, valid: Duration) -> Result<Form> {
        let time = |at: Timestamp| DateTime::from_timestamp_millis(at.0).ok_or_else(|| Error::internal("a time out of range"));
        let (begin, expires_at) = (time(now)?, now.plus(valid));
        let (day, moment) = (begin.format("%Y%m%d").to_string(), begin.format("%Y%m%dT%H%M%SZ").to_string());
        let credential = format!("{}/{day}/{}/s3/aws4_request", self.access_key, self.bucket.region());
        let fields = [
            ("key", key.to_string()),
            ("content-type", content_type.to_owned()),
            ("success_action_status", "204".to_owned()),
            ("x-amz-algorithm", ALGORITHM.to_owned()),
            ("x-amz-credential", credential),
            ("x-amz-date", moment),
        ];
        let mut conditions: Vec<_> = fields.iter().map(|(name, value)| json!(["eq", format!("${name}"), value])).collect();
        conditions.push(json!({"bucket": self.bucket.name()}));
        conditions.push(json!(["content-length-range", size, size]));
        let expiration = time(expires_at)?.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let policy = STANDARD.encode(json!({"expiration": expiration, "conditions": conditions}).to_string());
        let signature = hex::encode(self.signature(&day, &policy)?);
        let mut fields: Vec<_> = fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        fields.push(("policy".to_owned(), policy));
        fields.push(("x-amz-signature".to_owned(), signature));
        Ok(Form {
            url: self.bucket.base_url().to_string(),
            file_field: "file".to_owned(),
            fields,
            success: vec![200, 201, 204],
            expires_at,
        })
    }

    fn signature(&self, day: &str, policy: &str) -> Result<Vec<u8>> {
        let mut key = format!("AWS4{}", self.secret_key).into_bytes();
        for part in [day, self.bucket.region(), "s3", "aws4_request", policy] {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(Error::internal)?;
            mac.update(part.as_bytes());
            key = mac.finalize().into_bytes().to_vec();
        }
        Ok(key)
    }
}
