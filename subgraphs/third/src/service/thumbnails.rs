//! Smaller pictures: made once, kept beside the object, used again. Pictures come from outside, so that everything about
//! them is bounded before they are unfolded.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageError, ImageReader, Limits};
use openim_core::{Ctx, Error, Result};
use openim_objects::Key;
use tokio::sync::Semaphore;

use super::Files;
use crate::error;
use crate::model::{File, ImageFormat, ImageWish};
use crate::repository::thumbnails as rows;

/// Beyond this box the original is given.
const MAX_BOX: u32 = 1024;
/// The biggest source in bytes.
const MAX_SOURCE: u64 = 50 << 20;
/// The most pixels of a source.
const MAX_PIXELS: u64 = 50_000_000;
/// What a source may take unfolded.
const MAX_MEMORY: u64 = 512 << 20;
/// OpenIM's.
const JPEG_QUALITY: u8 = 40;
/// The most that are made of one object: anybody may ask for any box.
const MAX_VARIANTS: u64 = 64;
/// Pictures that this process works on at the same time.
const MAX_AT_WORK: usize = 2;

/// Where pictures are made.
#[derive(Clone)]
pub(super) struct Workshop(Arc<Semaphore>);

impl Default for Workshop {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_AT_WORK)))
    }
}

/// Returns where a smaller picture of an object lies.
pub(super) fn thumbnail_key(object: &Key, variant: &str) -> Result<Key> {
    Key::parse(format!("thumbnail/{object}/{variant}"))
}

impl ImageWish {
    fn variant(self) -> String {
        format!("w{}_h{}.{}", self.width, self.height, self.ending())
    }

    fn ending(self) -> &'static str {
        match self.format {
            ImageFormat::Png => "png",
            ImageFormat::Jpeg => "jpeg",
            ImageFormat::Gif => "gif",
        }
    }

    fn content_type(self) -> &'static str {
        match self.format {
            ImageFormat::Png => "image/png",
            ImageFormat::Jpeg => "image/jpeg",
            ImageFormat::Gif => "image/gif",
        }
    }
}

impl Files {
    /// Returns the smaller picture that is wanted and its content type; `None` when the original has to do.
    pub(super) async fn thumbnail(&self, ctx: &Ctx, file: &File, wish: ImageWish) -> Result<Option<(Key, &'static str)>> {
        if wish.width > MAX_BOX || wish.height > MAX_BOX {
            return Ok(None);
        }
        let variant = wish.variant();
        let key = thumbnail_key(&file.key, &variant)?;
        if rows::exists(self.store.read(), &file.key, &variant).await? {
            return Ok(Some((key, wish.content_type())));
        }
        if rows::count(self.store.read(), &file.key).await? >= MAX_VARIANTS {
            return Ok(None);
        }
        let made = self.make(ctx, file, wish).await?;
        self.objects.write(&key, wish.content_type(), made).await?;
        let tx = self.store.begin().await?;
        rows::insert(tx.connection(), &file.key, &variant).await?;
        tx.commit().await?;
        Ok(Some((key, wish.content_type())))
    }

    async fn make(&self, ctx: &Ctx, file: &File, wish: ImageWish) -> Result<Bytes> {
        if file.size > MAX_SOURCE {
            return Err(error::refused("the file is too large to be made smaller"));
        }
        let busy = |_| Error::unavailable("too many pictures are being made");
        let place = tokio::time::timeout(ctx.remaining(), self.workshop.0.clone().acquire_owned()).await.map_err(busy)?;
        let place = place.map_err(Error::internal)?;
        let mut content = self.objects.read(&file.key).await?.ok_or_else(error::no_file)?;
        let mut source = Vec::with_capacity(usize::try_from(file.size).map_err(Error::internal)?);
        while let Some(chunk) = content.try_next().await? {
            source.extend_from_slice(&chunk);
        }
        let work = move || {
            let made = smaller(&source, wish);
            drop(place);
            made
        };
        let made = tokio::task::spawn_blocking(work).await.map_err(Error::internal)?;
        Ok(Bytes::from(made.map_err(|cause| error::refused("the file is no picture that can be made smaller").with_source(cause))?))
    }
}

/// Makes a picture that fits into the box, not larger than its source.
fn smaller(source: &[u8], wish: ImageWish) -> Result<Vec<u8>, ImageError> {
    let reader = || ImageReader::new(Cursor::new(source)).with_guessed_format().map_err(ImageError::IoError);
    let (width, height) = reader()?.into_dimensions()?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ImageError::Limits(image::error::LimitError::from_kind(image::error::LimitErrorKind::DimensionError)));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = reader()?;
    reader.limits(limits);
    let mut picture = reader.decode()?;
    let within = |wanted: u32, has: u32| if wanted == 0 { has } else { wanted.min(has) };
    let (to_width, to_height) = (within(wish.width, width), within(wish.height, height));
    if (to_width, to_height) != (width, height) {
        picture = picture.resize(to_width, to_height, FilterType::Triangle);
    }
    let mut made = Cursor::new(Vec::new());
    match wish.format {
        ImageFormat::Png => picture.write_to(&mut made, image::ImageFormat::Png)?,
        ImageFormat::Gif => DynamicImage::from(picture.into_rgba8()).write_to(&mut made, image::ImageFormat::Gif)?,
        ImageFormat::Jpeg => {
            DynamicImage::from(picture.into_rgb8()).write_with_encoder(JpegEncoder::new_with_quality(&mut made, JPEG_QUALITY))?
        }
    }
    Ok(made.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Result<Vec<u8>, ImageError> {
        let mut png = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(width, height).write_to(&mut png, image::ImageFormat::Png)?;
        Ok(png.into_inner())
    }

    fn size(wish: ImageWish, source: &[u8]) -> Result<(u32, u32), ImageError> {
        let made = smaller(source, wish)?;
        ImageReader::new(Cursor::new(made)).with_guessed_format().map_err(ImageError::IoError)?.into_dimensions()
    }

    #[test]
    fn pictures_fit_into_the_box_and_keep_their_shape() -> Result<(), ImageError> {
        let source = picture(200, 100)?;
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif] {
            let of = |width, height| size(ImageWish { format, width, height }, &source);
            assert_eq!(of(0, 0)?, (200, 100));
            assert_eq!(of(50, 50)?, (50, 25));
            assert_eq!(of(0, 10)?, (20, 10));
            assert_eq!(of(1000, 1000)?, (200, 100), "never larger than the source");
            assert_eq!(of(1, 1)?, (1, 1));
        }
        Ok(())
    }

    #[test]
    fn what_is_no_picture_or_too_large_unfolded_is_refused() -> Result<(), ImageError> {
        let wish = ImageWish { format: ImageFormat::Png, width: 1, height: 1 };
        for bad in [b"".as_slice(), b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n", b"GIF89a"] {
            assert!(smaller(bad, wish).is_err());
        }
        // A small file that says it has a hundred thousand by a hundred thousand pixels.
        let mut bomb = picture(1, 1)?;
        bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);
        assert!(smaller(&bomb, wish).is_err());
        Ok(())
    }
}
