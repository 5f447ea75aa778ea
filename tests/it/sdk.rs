//! The socket of official SDKs, over the whole house: what passes through it is what every other door shows.

mod away;
mod bad_input;
mod chatting;
mod connecting;

use openim_protocol::Response;
use openim_protocol::client::{ClientError, Options, Received, SdkClient};
use openim_protocol::sdkws::MsgData;
use serde_json::json;

use crate::harness::{Rest, Server};

/// A text message to one user.
fn text(from: &str, to: &str, key: &str, text: &str) -> MsgData {
    MsgData {
        send_id: from.into(),
        recv_id: to.into(),
        client_msg_id: key.into(),
        sender_platform_id: 5,
        sender_nickname: from.into(),
        session_type: 1,
        msg_from: 100,
        content_type: 101,
        content: json!({ "content": text }).to_string().into(),
        create_time: 1_800_000_000_000,
        status: 1,
        attached_info: "null".into(),
        ..MsgData::default()
    }
}

/// Makes a token for a platform.
async fn token(admin: &Rest, user: &str, platform: i32) -> String {
    let answer = admin.call("/auth/get_user_token", json!({ "userID": user, "platformID": platform })).await;
    answer["token"].as_str().expect("a token").to_owned()
}

fn address(server: &Server) -> String {
    format!("ws://{}", server.sdk())
}

/// Connects as a native client of a platform with a fresh token.
async fn native(server: &Server, admin: &Rest, user: &str, platform: i32) -> SdkClient {
    let token = token(admin, user, platform).await;
    SdkClient::connect(&Options::native(address(server), user, token, platform)).await.expect("a connection")
}

/// Waits for the end of a connection; returns what came before with the code and the reason.
async fn end(client: &mut SdkClient) -> (Vec<Response>, Option<(u16, String)>) {
    let mut before = Vec::new();
    loop {
        match client.receive().await {
            Ok(Received::Response(response)) => before.push(response),
            Ok(_) => {}
            Err(ClientError::Ended(reason)) => return (before, reason),
            Err(_) => return (before, None),
        }
    }
}
