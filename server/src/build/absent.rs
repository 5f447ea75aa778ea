//! The groups domain as long as it is not there: nobody has a group.

use async_trait::async_trait;
use openim_contracts::{GroupMembership, GroupReader, GroupSummary};
use openim_core::{GroupId, Result, UserId};

/// Knows nothing.
pub(super) struct Absent;

#[async_trait]
impl GroupReader for Absent {
    async fn groups(&self, _ids: &[GroupId]) -> Result<Vec<GroupSummary>> {
        Ok(Vec::new())
    }

    async fn members(&self, _group: &GroupId, _users: &[UserId]) -> Result<Vec<GroupMembership>> {
        Ok(Vec::new())
    }

    async fn member_page(&self, _group: &GroupId, _after: Option<&UserId>, _limit: u64) -> Result<Vec<UserId>> {
        Ok(Vec::new())
    }

    async fn managers(&self, _group: &GroupId) -> Result<Vec<UserId>> {
        Ok(Vec::new())
    }

    async fn joined(&self, _user: &UserId, _limit: u64) -> Result<Vec<GroupId>> {
        Ok(Vec::new())
    }
}
