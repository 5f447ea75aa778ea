//! What follows a commit, beside the writer, which is at the next one already: acknowledge, keep in memory, publish.

use tokio::sync::mpsc;

use super::commit::{Commit, Outcome, Placed};
use super::publisher::Publisher;
use super::{Commits, Pending};
use crate::error;

/// How many commits may wait for their answers; then the writer waits.
const WAITING: usize = 16;

/// A batch that is stored.
struct Done {
    sends: Vec<Pending>,
    commit: Commit,
}

/// The way to whoever answers. It works until this is dropped and everybody has an answer.
pub(super) struct Answers(mpsc::Sender<Done>);

impl Answers {
    /// Makes the way and the task that must run for it.
    pub(super) fn new(commits: Commits, publisher: Publisher) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, done) = mpsc::channel(WAITING);
        (Self(sender), run(done, commits, publisher))
    }

    /// Answers the senders of a batch that was committed, soon.
    pub(super) async fn give(&self, sends: Vec<Pending>, commit: Commit) {
        // The other end goes away only with the process; then nobody waits.
        let _ = self.0.send(Done { sends, commit }).await;
    }
}

async fn run(mut commits_done: mpsc::Receiver<Done>, commits: Commits, publisher: Publisher) {
    while let Some(Done { sends, commit }) = commits_done.recv().await {
        let Outcome { placed, appended, repeated } = commit.outcome(&sends);
        commits.caches.keep_appended(&appended);
        commits.count(&appended);
        for (send, placed) in sends.into_iter().zip(placed) {
            let reply = match placed {
                Placed::Stored(stored) => Ok(stored),
                Placed::Ambiguous => Err(error::ambiguous()),
            };
            // A sender that went away has its message stored; a repeat will find it.
            let _ = send.reply.send(reply);
        }
        publisher.publish(commit.note, &appended, &repeated);
        commits.grown.note(&appended);
        for grown in &appended {
            commits.read_positions.note_all(&grown.messages);
        }
    }
}
