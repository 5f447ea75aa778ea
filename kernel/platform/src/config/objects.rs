//! `[objects]`: where files lie, who may read them, how much a user may store.

use std::path::PathBuf;

use serde::Deserialize;

use super::secret::{Secret, ServiceUrl};

/// `[objects]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objects {
    /// Where files lie.
    pub engine: ObjectEngine,
    /// What addresses of this server begin with; empty: what the caller called it by.
    pub public_url: ServiceUrl,
    /// Folder of files; empty: in the data folder.
    pub folder: PathBuf,
    /// The S3 service, as this process reaches it.
    pub s3_endpoint: ServiceUrl,
    /// The same, as clients reach it; empty: the same address.
    pub s3_public_endpoint: ServiceUrl,
    /// The bucket.
    pub s3_bucket: String,
    /// The region.
    pub s3_region: String,
    /// Whether the bucket is a part of the path.
    pub s3_path_style: bool,
    /// The key's id.
    pub s3_access_key: Secret,
    /// File with the key's id; it was read when this is set.
    pub s3_access_key_file: PathBuf,
    /// The key.
    pub s3_secret_key: Secret,
    /// File with the key; it was read when this is set.
    pub s3_secret_key_file: PathBuf,
    /// Whether files can be read without a token.
    pub public_read: bool,
    /// Life of signed addresses for reading.
    pub link_hours: u64,
    /// Time for an upload.
    pub upload_hours: u64,
    /// Bytes of a file.
    pub max_file_bytes: u64,
    /// Uploads of a user that are under way.
    pub max_open_uploads: u64,
    /// Bytes of a user's files; 0 is without limit.
    pub quota_bytes: u64,
    /// Causes whose files are deleted in time.
    pub expire_causes: Vec<String>,
    /// After how many days; 0 means never.
    pub expire_days: u64,
}

/// Where files lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectEngine {
    /// In a folder on disk; this server serves them.
    Folder,
    /// In a service with the S3 API.
    S3,
}

impl Objects {
    /// Returns what is missing for the engine, by key.
    pub(super) fn missing(&self) -> Vec<(&'static str, &'static str)> {
        if self.engine == ObjectEngine::Folder {
            return Vec::new();
        }
        let needed = [
            ("objects.s3_endpoint", self.s3_endpoint.is_empty(), "the address of the service, https://s3.example.com"),
            ("objects.s3_bucket", self.s3_bucket.is_empty(), "the name of a bucket that exists"),
            ("objects.s3_region", self.s3_region.is_empty(), "a region, us-east-1 where there are none"),
            ("objects.s3_access_key", self.s3_access_key.is_empty(), "the id of a key that may read and write the bucket"),
            ("objects.s3_secret_key", self.s3_secret_key.is_empty(), "the key itself"),
        ];
        needed.into_iter().filter(|(_, missing, _)| *missing).map(|(key, _, what)| (key, what)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FlagSetting, Inputs, load};

    fn problems(flags: &[(&str, &str)]) -> String {
        let flag = |(key, value): &(&str, &str)| FlagSetting { flag: "--set".into(), key: (*key).into(), value: (*value).into() };
        let inputs = Inputs { file: Some("/dev/null".into()), environment: Vec::new(), flags: flags.iter().map(flag).collect() };
        load(&inputs).err().map(|problems| problems.to_string()).unwrap_or_default()
    }

    #[test]
    fn s3_needs_all_of_its_settings_and_several_processes_need_one_place() {
        let told = problems(&[("objects.engine", "s3")]);
        for key in ["s3_endpoint", "s3_bucket", "s3_access_key", "s3_secret_key"] {
            assert!(told.contains(&format!("objects.{key}")), "{key}: {told}");
        }
        let given = [
            ("objects.engine", "s3"),
            ("objects.s3_endpoint", "http://127.0.0.1:9000"),
            ("objects.s3_bucket", "im"),
            ("objects.s3_access_key", "id"),
            ("objects.s3_secret_key", "key"),
        ];
        assert_eq!(problems(&given), "");
        assert!(problems(&[("objects.engine", "tape")]).contains("one of folder, s3"));
        assert!(problems(&[("objects.expire_days", "3")]).contains("objects.expire_causes"));
        assert!(problems(&[("server.roles", "third")]).contains("objects.folder"));
        assert!(!problems(&[("server.roles", "third"), ("objects.folder", "/mnt/im")]).contains("objects.folder"));
    }
}
