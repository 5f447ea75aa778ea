//! Turns database failures into the house's errors.

use openim_core::Error;
use sea_orm::sqlx::Error as SqlxError;
use sea_orm::{DbErr, RuntimeErr, SqlErr};

/// Turns a database failure into ours: lost connections, timeouts and lock conflicts are `UNAVAILABLE`, the rest is
/// `INTERNAL`.
pub fn db_error(error: DbErr) -> Error {
    if is_unreachable(&error) || is_conflict(&error) { Error::unavailable(error) } else { Error::internal(error) }
}

/// Tells whether the database refused a row because a unique key has it already.
pub fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Tells whether the transaction lost against another one (deadlock, serialisation, busy): the same work can be done
/// again at once.
pub fn is_conflict(error: &DbErr) -> bool {
    sqlx_error(error).is_some_and(|sqlx| {
        // 40001 serialisation, 40P01 deadlock, 55P03 lock not available; SQLite's primary result code 5 is BUSY.
        sqlx.as_database_error().and_then(|db| db.code()).is_some_and(|code| match &*code {
            "40001" | "40P01" | "55P03" => true,
            other => other.parse::<u32>().is_ok_and(|number| other.len() < 5 && number & 0xff == 5),
        })
    })
}

fn is_unreachable(error: &DbErr) -> bool {
    if matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_)) {
        return true;
    }
    match sqlx_error(error) {
        Some(SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::PoolTimedOut | SqlxError::PoolClosed | SqlxError::WorkerCrashed) => true,
        Some(SqlxError::Database(db)) => db.code().is_some_and(|code| {
            // Class 08 connection, 53 resources, 57 operator intervention (shutdown, statement timeout, starting up).
            code.len() == 5 && ["08", "53", "57"].iter().any(|class| code.starts_with(class))
        }),
        _ => false,
    }
}

fn sqlx_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(sqlx)) | DbErr::Exec(RuntimeErr::SqlxError(sqlx)) | DbErr::Query(RuntimeErr::SqlxError(sqlx)) => {
            Some(sqlx)
        }
        _ => None,
    }
}
