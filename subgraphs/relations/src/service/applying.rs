//! Asking somebody to become friends.

use openim_core::{Ctx, Result};

use super::{Service, request_changed};
use crate::error::RelationError;
use crate::model::{FriendRequest, RequestState, SendRequest, Sent};
use crate::repository::{friends, requests};
use crate::{hooks, notifications, policy};

impl Service {
    /// Asks somebody, for the applicant or an app administrator. Asking again opens the same request anew. Whoever is
    /// blocked may still ask; whoever has the other one in the list only on one side, too.
    pub(crate) async fn send_request(&self, ctx: &Ctx, command: SendRequest) -> Result<Sent> {
        policy::may_use(ctx, &command.from)?;
        policy::check_words(&command.message)?;
        policy::check_ex(&command.ex)?;
        if command.from == command.to {
            return Err(RelationError::Oneself.into());
        }
        hooks::before_request(&self.webhooks, ctx, &command).await?;
        let SendRequest { from, to, message, ex } = command;
        let people = self.people(&from, &to).await?;
        if people.from.is_none() || people.to.is_none() {
            return Err(RelationError::NoSuchUser.into());
        }
        let tx = self.store.begin().await?;
        let both = [(from.clone(), to.clone()), (to.clone(), from.clone())];
        if friends::find_pairs(tx.connection(), &both).await?.len() == both.len() {
            return Ok(Sent::AlreadyFriends);
        }
        let request = FriendRequest {
            from,
            to,
            state: RequestState::Open,
            message,
            ex,
            created_at: ctx.now(),
            handler: None,
            reply: String::new(),
            handled_at: None,
        };
        let request = requests::open(tx.connection(), &request).await?;
        notifications::asked(ctx, &tx, &request, &people).await?;
        hooks::after_request(&self.webhooks, ctx, &tx, &request).await?;
        tx.signal(request_changed(&request.from, &request.to));
        tx.commit().await?;
        Ok(Sent::Sent(request))
    }
}
