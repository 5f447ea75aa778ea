//! What became of a publication. Whoever keeps what was published until it is safe looks at its receipt; nobody has to.

use std::sync::Arc;

use tokio::sync::SetOnce;

/// What became of a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The way to all nodes has taken it: the end of this process does not undo it.
    Accepted,
    /// It may not have reached other nodes.
    Lost,
}

/// Tells what became of one publication.
#[derive(Debug, Clone)]
pub struct Receipt(Option<Arc<SetOnce<Fate>>>);

impl Receipt {
    /// Makes the receipt of what was accepted at once.
    pub fn accepted() -> Self {
        Self(None)
    }

    /// Makes the receipt of what is on its way, and what its fate is told with.
    pub fn on_its_way() -> (Self, Outcome) {
        let fate = Arc::new(SetOnce::new());
        (Self(Some(fate.clone())), Outcome(fate))
    }

    /// Returns the fate; nothing while the publication is on its way.
    pub fn fate(&self) -> Option<Fate> {
        match &self.0 {
            None => Some(Fate::Accepted),
            Some(fate) => fate.get().copied(),
        }
    }

    /// Waits for the fate.
    pub async fn settled(&self) -> Fate {
        match &self.0 {
            None => Fate::Accepted,
            Some(fate) => *fate.wait().await,
        }
    }
}

/// Tells the fate of what is on its way; dropped without a word, it was lost.
#[derive(Debug)]
pub struct Outcome(Arc<SetOnce<Fate>>);

impl Outcome {
    /// Tells that it was accepted.
    pub fn accept(self) {
        // It is set here or, after this, when dropped: the first word counts.
        let _ = self.0.set(Fate::Accepted);
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        let _ = self.0.set(Fate::Lost);
    }
}
