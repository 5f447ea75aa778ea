//! A statement under construction. Lists of rows are arrays on PostgreSQL (one plan and one prepared statement whatever
//! the length) and `VALUES` on SQLite, whose anonymous `?` keeps long lists cheap to parse. SQLite prepares each text once:
//! lists are filled up with nulls to the next power of two, so that there are few texts whatever the lengths are.

use std::fmt::Write;

use openim_core::Result;
use openim_platform::store::db_error;
use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

/// The most bound values of one SQLite statement that we use; its limit is 32,766.
const SQLITE_BINDS: usize = 30_000;
/// The most rows of one PostgreSQL statement: arrays have no limit of their own, memory has.
const POSTGRES_ROWS: usize = 10_000;

/// One column of a list of rows.
pub(super) enum Column {
    Int(Vec<i64>),
    Text(Vec<String>),
    Bytes(Vec<Vec<u8>>),
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Int(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::Bytes(values) => values.len(),
        }
    }

    fn array_type(&self) -> (&'static str, ArrayType) {
        match self {
            Self::Int(_) => ("bigint[]", ArrayType::BigInt),
            Self::Text(_) => ("text[]", ArrayType::String),
            Self::Bytes(_) => ("bytea[]", ArrayType::Bytes),
        }
    }

    /// Returns what stands in a row that is only there to fill up.
    fn nothing(&self) -> Value {
        match self {
            Self::Int(_) => Value::BigInt(None),
            Self::Text(_) => Value::String(None),
            Self::Bytes(_) => Value::Bytes(None),
        }
    }

    fn into_values(self) -> Vec<Value> {
        match self {
            Self::Int(values) => values.into_iter().map(Value::from).collect(),
            Self::Text(values) => values.into_iter().map(Value::from).collect(),
            Self::Bytes(values) => values.into_iter().map(Value::from).collect(),
        }
    }
}

/// Returns how many rows of `columns` columns fit one statement.
pub(super) fn chunk_rows(db: &impl ConnectionTrait, columns: usize) -> usize {
    match db.get_database_backend() {
        DbBackend::Postgres => POSTGRES_ROWS,
        // Filled up, it must fit as well.
        _ => 1 << (SQLITE_BINDS / columns.max(1)).max(1).ilog2(),
    }
}

/// A statement under construction.
pub(super) struct Sql {
    backend: DbBackend,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(super) fn new(db: &impl ConnectionTrait, text: &str) -> Self {
        Self { backend: db.get_database_backend(), text: text.to_owned(), values: Vec::new() }
    }

    /// Adds text.
    pub(super) fn text(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Adds text on PostgreSQL only (row locks, which SQLite's one writer does not need).
    pub(super) fn postgres(self, text: &str) -> Self {
        if self.backend == DbBackend::Postgres { self.text(text) } else { self }
    }

    /// Adds text on SQLite only.
    pub(super) fn sqlite(self, text: &str) -> Self {
        if self.backend == DbBackend::Postgres { self } else { self.text(text) }
    }

    /// Adds a bound value.
    pub(super) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self.placeholder(self.values.len());
        self
    }

    /// Joins the rows of `table` that belong to each row before it. On PostgreSQL the fence (`OFFSET 0`) makes it look
    /// them up by index whatever it thought of the table's size when it planned: a plan made while a table was small is
    /// kept for as long as the statement lives.
    pub(super) fn look_up(self, table: &str, alias: &str, condition: &str) -> Self {
        let text = match self.backend {
            DbBackend::Postgres => {
                format!(" CROSS JOIN LATERAL (SELECT {alias}.* FROM {table} {alias} WHERE {condition} OFFSET 0) AS {alias} ")
            }
            _ => format!(" JOIN {table} {alias} ON {condition} "),
        };
        self.text(&text)
    }

    /// Adds the condition that a number is one of these.
    pub(super) fn among(mut self, column: &str, numbers: Vec<i64>) -> Self {
        match self.backend {
            DbBackend::Postgres => {
                let values = numbers.into_iter().map(Value::from).collect();
                self.values.push(Value::Array(ArrayType::BigInt, Some(Box::new(values))));
                let _ = write!(self.text, "{column} = ANY(${}::bigint[])", self.values.len());
            }
            _ => {
                let (length, places) = (numbers.len(), numbers.len().next_power_of_two());
                // A null is equal to nothing.
                let _ = write!(self.text, "{column} IN ({}?)", "?,".repeat(places - 1));
                self.values.extend(numbers.into_iter().map(Value::from));
                self.values.extend(std::iter::repeat_n(Value::BigInt(None), places - length));
            }
        }
        self
    }

    /// Adds the same on PostgreSQL only.
    pub(super) fn among_on_postgres(self, column: &str, numbers: impl FnOnce() -> Vec<i64>) -> Self {
        if self.backend == DbBackend::Postgres { self.among(column, numbers()) } else { self }
    }

    /// Adds a list of rows as a table expression `AS d(names)`. The first column has no nulls.
    pub(super) fn rows(mut self, columns: Vec<(&str, Column)>) -> Self {
        match self.backend {
            DbBackend::Postgres => self.arrays(columns),
            _ => self.values_list(columns),
        }
        self
    }

    fn arrays(&mut self, columns: Vec<(&str, Column)>) {
        let mut names = Vec::with_capacity(columns.len());
        self.text.push_str(" unnest(");
        for (place, (name, column)) in columns.into_iter().enumerate() {
            let (sql_type, array_type) = column.array_type();
            self.values.push(Value::Array(array_type, Some(Box::new(column.into_values()))));
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(self.text, "{comma}${}::{sql_type}", self.values.len());
            names.push(name);
        }
        let _ = write!(self.text, ") AS d({}) ", names.join(", "));
    }

    fn values_list(&mut self, columns: Vec<(&str, Column)>) {
        let rows = columns.first().map_or(0, |(_, column)| column.len());
        let width = columns.len();
        self.text.push_str(" (SELECT ");
        for (place, (name, _)) in columns.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let _ = write!(self.text, "{comma}column{} AS {name}", place + 1);
        }
        let row = format!("({}?)", "?,".repeat(width.saturating_sub(1)));
        let places = rows.next_power_of_two();
        let filling = format!("{row},").repeat(places - 1);
        let _ = write!(self.text, " FROM (VALUES {filling}{row}) WHERE column1 IS NOT NULL) AS d ");
        let nothing: Vec<Value> = columns.iter().map(|(_, column)| column.nothing()).collect();
        let mut columns: Vec<_> = columns.into_iter().map(|(_, column)| column.into_values().into_iter()).collect();
        self.values.reserve(places * width);
        for _ in 0..rows {
            self.values.extend(columns.iter_mut().filter_map(Iterator::next));
        }
        for _ in rows..places {
            self.values.extend(nothing.iter().cloned());
        }
    }

    fn placeholder(&mut self, number: usize) {
        match self.backend {
            DbBackend::Postgres => {
                let _ = write!(self.text, "${number}");
            }
            _ => self.text.push('?'),
        }
    }

    /// Runs it and returns the rows.
    pub(super) async fn all(self, db: &impl ConnectionTrait) -> Result<Vec<QueryResult>> {
        let statement = Statement::from_sql_and_values(self.backend, self.text, self.values);
        db.query_all_raw(statement).await.map_err(db_error)
    }

    /// Runs it and returns how many rows it touched.
    pub(super) async fn run(self, db: &impl ConnectionTrait) -> Result<u64> {
        let statement = Statement::from_sql_and_values(self.backend, self.text, self.values);
        Ok(db.execute_raw(statement).await.map_err(db_error)?.rows_affected())
    }
}
