//! The tips of each content type, with OpenIM's keys (notifications.json). Fields that OpenIM leaves at zero are zero here,
//! too: `operationTime` of most, `oldGroupOwner`.

use openim_core::Timestamp;
use openim_platform::versions::Version;
use serde::Serialize;

use super::shapes::{GroupShape, MemberShape, PublicUserShape, RequestShape};

/// The version of the members after the change; zero when the change did not touch it.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct After {
    #[serde(rename = "groupMemberVersion")]
    number: i64,
    #[serde(rename = "groupMemberVersionID")]
    id: String,
}

impl From<Version> for After {
    fn from(version: Version) -> Self {
        Self { number: version.number, id: version.id }
    }
}

/// Declares tips: the fields in OpenIM's order.
macro_rules! tips {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $kind:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Serialize)]
            #[serde(rename_all = "camelCase")]
            pub(crate) struct $name {
                $($(#[$attribute])* pub(crate) $field: $kind,)*
            }
        )*
    };
}

tips! {
    /// 1501
    CreatedTips {
        group: GroupShape,
        op_user: MemberShape,
        member_list: Vec<MemberShape>,
        operation_time: Timestamp,
        group_owner_user: MemberShape,
        #[serde(flatten)]
        after: After,
    }
    /// 1502
    InfoSetTips {
        op_user: MemberShape,
        mute_time: i64,
        group: GroupShape,
        #[serde(flatten)]
        after: After,
    }
    /// 1503
    RequestTips {
        group: GroupShape,
        applicant: PublicUserShape,
        req_msg: String,
        uuid: String,
        request: RequestShape,
    }
    /// 1504
    QuitTips {
        group: GroupShape,
        quit_user: MemberShape,
        operation_time: i64,
        #[serde(flatten)]
        after: After,
    }
    /// 1505 and 1506
    AnswerTips {
        group: GroupShape,
        op_user: MemberShape,
        handle_msg: String,
        /// 0 for the applicant, 1 for owner and administrators.
        receiver_as: i32,
        uuid: String,
        request: RequestShape,
    }
    /// 1507
    TransferredTips {
        group: GroupShape,
        op_user: MemberShape,
        new_group_owner: MemberShape,
        old_group_owner: String,
        operation_time: i64,
        old_group_owner_info: MemberShape,
        #[serde(flatten)]
        after: After,
    }
    /// 1508
    RemovedTips {
        group: GroupShape,
        op_user: MemberShape,
        kicked_user_list: Vec<MemberShape>,
        operation_time: Timestamp,
        #[serde(flatten)]
        after: After,
    }
    /// 1509
    InvitedTips {
        group: GroupShape,
        op_user: MemberShape,
        invited_user_list: Vec<MemberShape>,
        operation_time: i64,
        #[serde(flatten)]
        after: After,
        inviter_user: MemberShape,
    }
    /// 1510
    EnteredTips {
        group: GroupShape,
        entrant_user: MemberShape,
        operation_time: Timestamp,
        #[serde(flatten)]
        after: After,
    }
    /// 1511
    DismissedTips {
        group: GroupShape,
        op_user: MemberShape,
        operation_time: i64,
    }
    /// 1512
    MutedTips {
        group: GroupShape,
        op_user: MemberShape,
        operation_time: i64,
        muted_user: MemberShape,
        muted_seconds: u32,
        #[serde(flatten)]
        after: After,
    }
    /// 1513
    MemberUnmutedTips {
        group: GroupShape,
        op_user: MemberShape,
        operation_time: i64,
        muted_user: MemberShape,
        #[serde(flatten)]
        after: After,
    }
    /// 1514 and 1515
    GroupMutedTips {
        group: GroupShape,
        op_user: MemberShape,
        operation_time: i64,
        #[serde(flatten)]
        after: After,
    }
    /// 1516, 1517 and 1518
    MemberSetTips {
        group: GroupShape,
        op_user: MemberShape,
        operation_time: i64,
        changed_user: MemberShape,
        #[serde(flatten)]
        after: After,
        /// The version that changed the order; 0 when the change did not.
        group_sort_version: i64,
    }
    /// 1519
    AnnouncementSetTips {
        op_user: MemberShape,
        group: GroupShape,
        #[serde(flatten)]
        after: After,
    }
    /// 1520
    NameSetTips {
        op_user: MemberShape,
        group: GroupShape,
        #[serde(flatten)]
        after: After,
    }
}
