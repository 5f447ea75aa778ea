//! One process of all leads: it holds a row of the shared database for a while and renews it; when it dies, another takes
//! the row over with the next term.
//!
//! Clocks and pauses can fool a process into believing that it still leads. What it does then is harmless: every transaction
//! of its work asks [`Term::check`] first, and a newer term refuses it.

use std::sync::Arc;
use std::time::Duration;

use openim_core::{Error, ErrorCode, Result, Runtime, Timestamp};
use openim_entities::platform::timers::leader::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, Set, TryInsertResult};

use crate::store::{Store, Tx, db_error};

/// A process that would lead.
#[derive(Clone)]
pub struct Leader {
    store: Store,
    runtime: Runtime,
    office: &'static str,
    node: Arc<str>,
    lease: Duration,
}

/// One time in office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    office: &'static str,
    node: Arc<str>,
    number: i64,
}

impl Leader {
    /// Names the office and this process among all; `lease` is how long a silent leader stays in office.
    pub fn new(store: Store, runtime: Runtime, office: &'static str, node: &str, lease: Duration) -> Self {
        Self { store, runtime, office, node: node.into(), lease }
    }

    /// Returns how long a silent leader stays in office.
    pub fn lease(&self) -> Duration {
        self.lease
    }

    /// Takes the office when it is free, or stays in it; `None` while another process leads.
    ///
    /// # Errors
    /// As any statement; whoever does not know whether it leads does not.
    pub async fn lead(&self) -> Result<Option<Term>> {
        let now = self.runtime.clock.now();
        let seen = Entity::find_by_id(self.office).one(self.store.read()).await.map_err(db_error)?;
        if seen.as_ref().is_some_and(|row| *row.holder != *self.node && !is_free(row, now)) {
            return Ok(None);
        }
        let tx = self.store.begin().await?;
        let held = match seen {
            None => self.found(&tx, now).await?,
            Some(row) if *row.holder == *self.node && !is_free(&row, now) => self.stay(&tx, row.term, now).await?,
            Some(row) => self.take(&tx, row.term, now).await?,
        };
        tx.commit().await?;
        Ok(held.map(|number| Term { office: self.office, node: self.node.clone(), number }))
    }

    /// Gives the office back, so that nobody has to wait.
    ///
    /// # Errors
    /// As any statement.
    pub async fn resign(&self) -> Result<()> {
        let tx = self.store.begin().await?;
        let own = Entity::update_many().col_expr(Column::ExpiresAt, Expr::value(0_i64)).col_expr(Column::Holder, Expr::value(""));
        own.filter(Column::Name.eq(self.office)).filter(Column::Holder.eq(&*self.node)).exec(tx.connection()).await.map_err(db_error)?;
        tx.commit().await
    }

    async fn found(&self, tx: &Tx, now: Timestamp) -> Result<Option<i64>> {
        let row = ActiveModel {
            name: Set(self.office.to_owned()),
            holder: Set(self.node.to_string()),
            term: Set(1),
            expires_at: Set(now.plus(self.lease).0),
        };
        let insert = Entity::insert(row).on_conflict_do_nothing_on([Column::Name]);
        let inserted = insert.exec_without_returning(tx.connection()).await.map_err(db_error)?;
        Ok(matches!(inserted, TryInsertResult::Inserted(1..)).then_some(1))
    }

    async fn stay(&self, tx: &Tx, term: i64, now: Timestamp) -> Result<Option<i64>> {
        let own = Condition::all().add(Column::Holder.eq(&*self.node)).add(Column::Term.eq(term));
        Ok(self.write(tx, own, term, now).await?.then_some(term))
    }

    async fn take(&self, tx: &Tx, before: i64, now: Timestamp) -> Result<Option<i64>> {
        // Whoever was faster has another term.
        let term = before.saturating_add(1);
        Ok(self.write(tx, Condition::all().add(Column::Term.eq(before)), term, now).await?.then_some(term))
    }

    async fn write(&self, tx: &Tx, only: Condition, term: i64, now: Timestamp) -> Result<bool> {
        let update = Entity::update_many()
            .col_expr(Column::Holder, Expr::value(&*self.node))
            .col_expr(Column::Term, Expr::value(term))
            .col_expr(Column::ExpiresAt, Expr::value(now.plus(self.lease).0));
        let written = update.filter(Column::Name.eq(self.office)).filter(only).exec(tx.connection()).await.map_err(db_error)?;
        Ok(written.rows_affected > 0)
    }
}

impl Term {
    /// Returns which time in office it is; it grows.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// Passes while nobody else has taken the office; until the end of the transaction nobody can.
    ///
    /// # Errors
    /// `UNAVAILABLE` when another process leads.
    pub async fn check(&self, tx: &Tx) -> Result<()> {
        let own = Entity::find_by_id(self.office).filter(Column::Term.eq(self.number)).filter(Column::Holder.eq(&*self.node));
        match own.lock_shared().one(tx.connection()).await.map_err(db_error)? {
            Some(_) => Ok(()),
            None => Err(Error::new(ErrorCode::Unavailable, "another process leads now")),
        }
    }
}

fn is_free(row: &Model, now: Timestamp) -> bool {
    row.expires_at <= now.0
}
