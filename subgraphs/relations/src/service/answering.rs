//! Answering a friend request.

use openim_core::{Ctx, Result};

use super::{Service, befriend, request_changed};
use crate::error::RelationError;
use crate::model::{AnswerRequest, Answered, FriendRequest, FriendSource, RequestState};
use crate::repository::requests;
use crate::{hooks, notifications, policy};

impl Service {
    /// Answers a request, for the one who was asked or an app administrator. Agreeing also closes an open request of the
    /// other direction and makes both friends; two answers at the same time count as one after the other.
    pub(crate) async fn answer_request(&self, ctx: &Ctx, command: AnswerRequest) -> Result<Answered> {
        policy::may_use(ctx, &command.to)?;
        policy::check_words(&command.reply)?;
        let operator = policy::operator(ctx, &command.to)?;
        hooks::before_agreement(&self.webhooks, ctx, &command).await?;
        let AnswerRequest { from, to, accept, reply } = command;
        let people = self.people(&from, &to).await?;
        let tx = self.store.begin().await?;
        let between = requests::lock_between(tx.connection(), &from, &to).await?;
        let (asked, opposite): (Vec<_>, Vec<_>) = between.into_iter().partition(|request| request.from == from);
        let asked = asked.into_iter().next().ok_or(RelationError::NoSuchRequest)?;
        if asked.state != RequestState::Open {
            return Ok(Answered::TooLate(asked));
        }
        let state = if accept { RequestState::Accepted } else { RequestState::Refused };
        let answer =
            |request: FriendRequest| FriendRequest { state, handler: Some(operator.clone()), handled_at: Some(ctx.now()), ..request };
        let mut answered = answer(asked);
        if !reply.is_empty() {
            answered.reply = reply;
        }
        requests::answer(tx.connection(), &answered).await?;
        if accept {
            for crossing in opposite.into_iter().filter(|request| request.state == RequestState::Open) {
                requests::answer(tx.connection(), &answer(crossing)).await?;
                tx.signal(request_changed(&to, &from));
            }
            befriend(ctx, &tx, &from, std::slice::from_ref(&to), FriendSource::Request, &from).await?;
            hooks::after_agreement(&self.webhooks, ctx, &tx, &answered).await?;
            notifications::accepted(ctx, &tx, &answered, &people).await?;
        } else {
            notifications::refused(ctx, &tx, &answered, &people).await?;
        }
        tx.signal(request_changed(&from, &to));
        tx.commit().await?;
        if accept {
            self.standings.forget(&from, std::slice::from_ref(&to)).await;
        }
        Ok(Answered::Done(answered))
    }
}
