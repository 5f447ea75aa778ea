//! From the graph's answers to the protobuf messages of the SDKs. The aliases of the documents are OpenIM's names.

use std::collections::BTreeMap;

use openim_protocol::msg::{GetConversationsHasReadAndMaxSeqResp, GetLastMessageResp, GetSeqMessageResp, SendMsgResp, Seqs};
use openim_protocol::sdkws::{
    GetMaxSeqResp, MsgData, OfflinePushInfo, PullMessageBySeqsResp, PullMsgs, SubUserOnlineStatusElem, SubUserOnlineStatusTips,
};

use crate::fields::{Fields, text};
use crate::numbers::{self, CONVERSATION_KIND, MESSAGE_SOURCE, MESSAGE_STATUS, PLATFORM};

pub(crate) fn newest_seqs(mut data: Fields) -> GetMaxSeqResp {
    let heads = data.object("viewer").objects("maxSeqs");
    let max_seqs = heads.map(|mut head| (head.text("conversationID"), head.long("maxSeq"))).collect();
    GetMaxSeqResp { max_seqs, min_seqs: BTreeMap::new() }
}

/// A message that was sent.
pub(crate) struct Sent {
    pub(crate) answer: SendMsgResp,
    /// Where it is stored, when it is not as the client sent it.
    pub(crate) changed: Option<(String, i64)>,
}

pub(crate) fn sent(mut data: Fields) -> Sent {
    let mut payload = data.object("sendMessage");
    let mut message = payload.object("message");
    let answer = SendMsgResp {
        server_msg_id: message.text("serverMsgID"),
        client_msg_id: message.text("clientMsgID"),
        send_time: message.time("sendTime"),
        modify: None,
    };
    let seq = message.long("seq");
    let is_changed = seq > 0 && !payload.list("modify").is_empty();
    Sent { answer, changed: is_changed.then(|| (message.text("conversationID"), seq)) }
}

pub(crate) fn pulled(data: Fields) -> PullMessageBySeqsResp {
    let (msgs, notification_msgs) = ranges(data);
    PullMessageBySeqsResp { msgs, notification_msgs }
}

pub(crate) fn pulled_seqs(data: Fields) -> GetSeqMessageResp {
    let (msgs, notification_msgs) = ranges(data);
    GetSeqMessageResp { msgs, notification_msgs }
}

type Ranges = BTreeMap<String, PullMsgs>;

/// Returns the parts of chats and of notification streams. Several parts of one log become one.
fn ranges(mut data: Fields) -> (Ranges, Ranges) {
    let (mut chats, mut streams) = (Ranges::new(), Ranges::new());
    for mut range in data.object("viewer").objects("msgs") {
        let logs = if range.flag("notification") { &mut streams } else { &mut chats };
        let log = logs.entry(range.text("conversationID")).or_default();
        log.msgs.extend(range.objects("Msgs").map(message));
        log.is_end |= range.flag("isEnd");
        log.end_seq = log.end_seq.max(range.long("endSeq"));
    }
    // A value that is zero all over is not written, and the plain client misses it. Without isEnd nobody reads endSeq.
    let bare = chats.values_mut().chain(streams.values_mut()).filter(|log| **log == PullMsgs::default());
    bare.for_each(|log| log.end_seq = -1);
    (chats, streams)
}

/// Returns the messages of a part with one log that are still there.
pub(crate) fn messages(mut data: Fields) -> Vec<MsgData> {
    let ranges = data.object("viewer").objects("msgs");
    let all = ranges.flat_map(|mut range| range.objects("Msgs").map(message).collect::<Vec<_>>());
    all.filter(|message| !message.server_msg_id.is_empty()).collect()
}

pub(crate) fn read_positions(mut data: Fields, with_pinned: bool) -> GetConversationsHasReadAndMaxSeqResp {
    let mut answer = GetConversationsHasReadAndMaxSeqResp::default();
    for mut position in data.object("viewer").objects("seqs") {
        let id = position.text("conversationID");
        if with_pinned && position.flag("pinned") {
            answer.pinned_conversation_ids.push(id.clone());
        }
        let (max_seq, has_read_seq, max_seq_time) = (position.long("maxSeq"), position.long("hasReadSeq"), position.time("maxSeqTime"));
        answer.seqs.insert(id, Seqs { max_seq, has_read_seq, max_seq_time });
    }
    answer
}

pub(crate) fn last_messages(mut data: Fields) -> GetLastMessageResp {
    let conversations = data.object("viewer").objects("msgs");
    let last = conversations.filter_map(|mut conversation| {
        let mut last = conversation.object("latestMessage");
        (!last.is_empty()).then(|| (last.text("conversationID"), message(last)))
    });
    GetLastMessageResp { msgs: last.collect() }
}

pub(crate) fn presences(mut data: Fields) -> SubUserOnlineStatusTips {
    let subscribers = data.objects("subscribers").map(|mut presence| SubUserOnlineStatusElem {
        user_id: presence.text("userID"),
        online_platform_ids: presence
            .list("onlinePlatformIDs")
            .into_iter()
            .map(|platform| numbers::number(PLATFORM, &text(platform)))
            .collect(),
    });
    SubUserOnlineStatusTips { subscribers: subscribers.collect() }
}

fn message(mut fields: Fields) -> MsgData {
    let mut push = fields.object("offlinePushInfo");
    let offline_push_info = (!push.is_empty()).then(|| OfflinePushInfo {
        title: push.text("title"),
        desc: push.text("desc"),
        ex: push.text("ex"),
        ios_push_sound: push.text("iOSPushSound"),
        ios_badge_count: push.flag("iOSBadgeCount"),
        signal_info: push.text("signalInfo"),
    });
    MsgData {
        send_id: fields.text("sendID"),
        recv_id: fields.text("recvID"),
        group_id: fields.text("groupID"),
        client_msg_id: fields.text("clientMsgID"),
        server_msg_id: fields.text("serverMsgID"),
        sender_platform_id: fields.number("senderPlatformID", PLATFORM),
        sender_nickname: fields.text("senderNickname"),
        sender_face_url: fields.text("senderFaceURL"),
        session_type: fields.number("sessionType", CONVERSATION_KIND),
        msg_from: fields.number("msgFrom", MESSAGE_SOURCE),
        content_type: fields.int("contentType"),
        content: fields.text("content").into(),
        seq: fields.long("seq"),
        send_time: fields.time("sendTime"),
        create_time: fields.time("createTime"),
        status: fields.number("status", MESSAGE_STATUS),
        is_read: fields.flag("isRead"),
        options: fields.objects("options").map(|mut option| (option.text("key"), option.flag("value"))).collect(),
        offline_push_info,
        at_user_id_list: fields.texts("atUserIDList"),
        attached_info: fields.text("attachedInfo"),
        ex: fields.text("ex"),
    }
}
