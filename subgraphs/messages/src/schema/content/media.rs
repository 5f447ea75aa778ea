//! Contents that point to something outside: pictures, recordings, files, places, stickers.

use openim_graphql::Long;

use super::{Plain, element};

element! {
    /// One size of a picture.
    PictureSize / "PictureSizeInput" {}
    optional {
        /// The client's id of the file.
        uuid: String = "uuid",
        /// The media type or the file name's extension.
        r#type: String = "type",
        /// Bytes.
        size: Long = "size",
        /// Pixels.
        width: i32 = "width",
        /// Pixels.
        height: i32 = "height",
        /// Where it is.
        url: String = "url",
    }
}

element! {
    /// A picture in up to three sizes.
    PictureContent / "PictureContentInput" {}
    optional {
        /// The path on the sender's device.
        source_path: String = "sourcePath",
        /// The original.
        source: PictureSize = "sourcePicture",
        /// The large size.
        big: PictureSize = "bigPicture",
        /// The thumbnail.
        snapshot: PictureSize = "snapshotPicture",
    }
}

element! {
    /// A voice recording.
    VoiceContent / "VoiceContentInput" {}
    optional {
        /// The client's id of the file.
        uuid: String = "uuid",
        /// The path on the sender's device.
        path: String = "soundPath",
        /// Where it is.
        url: String = "sourceUrl",
        /// Bytes.
        size: Long = "dataSize",
        /// Seconds.
        duration: Long = "duration",
        /// The media type.
        r#type: String = "soundType",
    }
}

element! {
    /// A video with a still picture.
    VideoContent / "VideoContentInput" {}
    optional {
        /// The path on the sender's device.
        path: String = "videoPath",
        /// The client's id of the file.
        uuid: String = "videoUUID",
        /// Where it is.
        url: String = "videoUrl",
        /// The media type.
        r#type: String = "videoType",
        /// Bytes.
        size: Long = "videoSize",
        /// Seconds.
        duration: Long = "duration",
        /// The still picture's path on the sender's device.
        snapshot_path: String = "snapshotPath",
        /// The client's id of the still picture.
        snapshot_uuid: String = "snapshotUUID",
        /// Bytes of the still picture.
        snapshot_size: Long = "snapshotSize",
        /// Where the still picture is.
        snapshot_url: String = "snapshotUrl",
        /// Pixels.
        snapshot_width: i32 = "snapshotWidth",
        /// Pixels.
        snapshot_height: i32 = "snapshotHeight",
        /// The still picture's media type.
        snapshot_type: String = "snapshotType",
    }
}

element! {
    /// A file.
    FileContent / "FileContentInput" {}
    optional {
        /// The path on the sender's device.
        path: String = "filePath",
        /// The client's id of the file.
        uuid: String = "uuid",
        /// Where it is.
        url: String = "sourceUrl",
        /// The file's name.
        name: String = "fileName",
        /// Bytes.
        size: Long = "fileSize",
        /// The media type.
        r#type: String = "fileType",
    }
}

element! {
    /// A place on the map.
    LocationContent / "LocationContentInput" {
        /// Degrees east.
        longitude: f64 = "longitude",
        /// Degrees north.
        latitude: f64 = "latitude",
    }
    optional {
        /// What is there.
        description: String = "description",
    }
}

element! {
    /// A sticker.
    FaceContent / "FaceContentInput" {
        /// Its number in the application's set; -1 when `data` says all.
        index: i32 = "index",
    }
    optional {
        /// The application's data.
        data: String = "data",
    }
}

impl Plain for PictureContent {}
impl Plain for VoiceContent {}
impl Plain for VideoContent {}
impl Plain for FileContent {}
impl Plain for LocationContent {}
impl Plain for FaceContent {}
