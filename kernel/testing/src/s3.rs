//! A server of the S3 API over a folder. What `s3s-fs` leaves out of the API is added here: it lists parts without their
//! etags and puts parts together without looking at them.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use md5::{Digest, Md5};
use s3s::auth::SimpleAuth;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart,
    CopyObjectInput, CopyObjectOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteObjectInput, DeleteObjectOutput,
    ETag, GetObjectInput, GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListPartsInput,
    ListPartsOutput, Part, PutObjectInput, PutObjectOutput, Timestamp, UploadPartInput, UploadPartOutput,
};
use s3s::service::S3ServiceBuilder;
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;

/// Returns a service with the S3 API that keeps everything in a folder. It has the bucket `bucket`, and whoever signs with the
/// key `key` of the id `id` may do everything.
///
/// # Panics
/// When the folder cannot be used.
pub fn s3_service(root: &Path) -> Router {
    std::fs::create_dir_all(root.join("bucket")).expect("a bucket");
    let server = Server { files: FileSystem::new(root).expect("a file system"), root: root.to_owned() };
    let mut service = S3ServiceBuilder::new(server);
    service.set_auth(SimpleAuth::from_single("id", "key"));
    let failed = |cause: s3s::HttpError| async move { (StatusCode::INTERNAL_SERVER_ERROR, format!("{cause:?}")) };
    Router::new().fallback_service(HandleError::new(service.build(), failed))
}

struct Server {
    files: FileSystem,
    root: PathBuf,
}

impl Server {
    fn parts(&self, upload: &str) -> S3Result<Vec<Part>> {
        let prefix = format!(".upload_id-{upload}.part-");
        if !self.root.join(format!(".upload-{upload}.json")).exists() {
            return Err(s3_error!(NoSuchUpload));
        }
        let mut parts = Vec::new();
        for entry in std::fs::read_dir(&self.root).map_err(S3Error::internal_error)?.flatten() {
            let Some(number) = entry.file_name().to_str().and_then(|name| name.strip_prefix(&prefix)?.parse().ok()) else { continue };
            let content = std::fs::read(entry.path()).map_err(S3Error::internal_error)?;
            let etag = Md5::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
            let size = i64::try_from(content.len()).ok();
            parts.push(Part {
                part_number: Some(number),
                size,
                e_tag: Some(ETag::Strong(etag)),
                last_modified: Some(Timestamp::from(SystemTime::UNIX_EPOCH)),
                ..Part::default()
            });
        }
        parts.sort_by_key(|part| part.part_number);
        Ok(parts)
    }
}

/// Implements the API: what is listed is left to the file system.
macro_rules! api {
    ($($name:ident($input:ty) -> $output:ty;)*) => {
        #[async_trait::async_trait]
        impl S3 for Server {
            $(async fn $name(&self, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
                self.files.$name(request).await
            })*

            async fn abort_multipart_upload(
                &self,
                request: S3Request<AbortMultipartUploadInput>,
            ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
                self.parts(&request.input.upload_id)?;
                self.files.abort_multipart_upload(request).await
            }

            async fn list_parts(&self, request: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
                let ListPartsInput { bucket, key, upload_id, .. } = request.input;
                let parts = Some(self.parts(&upload_id)?);
                let (bucket, key, upload_id) = (Some(bucket), Some(key), Some(upload_id));
                Ok(S3Response::new(ListPartsOutput { bucket, key, upload_id, parts, max_parts: Some(10_000), is_truncated: Some(false), ..ListPartsOutput::default() }))
            }

            async fn complete_multipart_upload(
                &self,
                request: S3Request<CompleteMultipartUploadInput>,
            ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
                let there = self.parts(&request.input.upload_id)?;
                let asked = request.input.multipart_upload.as_ref().and_then(|upload| upload.parts.clone()).unwrap_or_default();
                let has = |one: &CompletedPart| there.iter().any(|part| part.part_number == one.part_number && part.e_tag == one.e_tag);
                if !asked.iter().all(has) {
                    return Err(s3_error!(InvalidPart));
                }
                self.files.complete_multipart_upload(request).await
            }
        }
    };
}

api! {
    head_bucket(HeadBucketInput) -> HeadBucketOutput;
    head_object(HeadObjectInput) -> HeadObjectOutput;
    get_object(GetObjectInput) -> GetObjectOutput;
    put_object(PutObjectInput) -> PutObjectOutput;
    copy_object(CopyObjectInput) -> CopyObjectOutput;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput;
    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput;
    upload_part(UploadPartInput) -> UploadPartOutput;
}
