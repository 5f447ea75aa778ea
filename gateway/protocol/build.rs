//! Compiles `proto/*.proto` to Rust without an installed protoc. Every message can also be read from and written as
//! OpenIM's JSON: the names are the files' `json_name`s.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use prost::Message as _;
use prost_types::DescriptorProto;
use prost_types::field_descriptor_proto::Type;

const FILES: [&str; 6] = ["conversation.proto", "jssdk.proto", "msg.proto", "push.proto", "relation.proto", "sdkws.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").ok_or("cargo sets CARGO_MANIFEST_DIR")?).join("proto");
    println!("cargo::rerun-if-changed={}", folder.display());
    let files = protox::compile(FILES, [&folder])?;
    let mut config = prost_build::Config::new();
    config.btree_map(["."]); // one order of keys: the same message has the same bytes
    config.bytes([".openim.sdkws.MsgData.content"]);
    config.message_attribute(".", "#[derive(serde::Serialize, serde::Deserialize)]\n#[serde(default)]");
    for file in &files.file {
        for message in &file.message_type {
            json_names(&format!(".{}.{}", file.package(), message.name()), message, &mut config);
        }
    }
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), files.encode_to_vec())?; // the tests compare it with OpenIM's tables
    config.compile_fds(files)?;
    Ok(())
}

fn json_names(path: &str, message: &DescriptorProto, config: &mut prost_build::Config) {
    for field in &message.field {
        let codec = match field.r#type() {
            Type::Bytes => "serialize_with = \"crate::json::write_bytes\", deserialize_with = \"crate::json::read_bytes\"",
            _ => "deserialize_with = \"crate::json::or_default\"",
        };
        let attribute = format!("#[serde(rename = {:?}, skip_serializing_if = \"crate::json::is_default\", {codec})]", field.json_name());
        config.field_attribute(format!("{path}.{}", field.name()), attribute);
    }
}
