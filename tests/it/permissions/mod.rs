//! Who may do what: every operation of the graph, run by everybody, as one table (`schema/permissions.md`).
//!
//! The operations are documents in `tests/permissions`, one file a domain. Their variables name people and things of a
//! world that is the same for everybody: a person (the subject) who owns a group, has a friend, and writes with a
//! stranger. Each document is run by each of the people; the table shows what came of it.

mod coverage;
mod documents;
mod people;

use std::fmt::Write as _;

use expect_test::expect_file;
use futures_util::future::join_all;
use serde_json::Value;

use crate::harness::Server;
use documents::{Document, Kind};
use people::{Caller, World, Worlds};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_of_permissions_is_true_and_complete() -> anyhow::Result<()> {
    let documents = documents::load();
    let missing = coverage::missing(&documents);
    assert!(missing.is_empty(), "operations without a row in tests/permissions: {missing:#?}");

    // In memory, where there is such a place: no disk needs to see these thousands of commits.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?;
    let url = format!("sqlite:{}/openim.sqlite", folder.path().display());
    let server = Server::start_with(&[("database.url", &url)]).await?;
    let mut worlds = Worlds::make(&server).await;
    let reading = worlds.next().await;
    // What was refused has changed nothing: the next row takes the world over.
    let mut unspoilt = None;
    let mut table = String::from(HEAD);
    let mut broken = Vec::new();
    for domain in documents.chunk_by(|one, other| one.domain == other.domain) {
        let Some(first) = domain.first() else { continue };
        write!(table, "\n## {}\n\n| operation |", first.domain)?;
        Caller::ALL.iter().try_for_each(|caller| write!(table, " {} |", caller.label()))?;
        write!(table, "\n|---|{}\n", "---|".repeat(Caller::ALL.len()))?;
        for document in domain {
            let cells = match document.kind {
                Kind::Mutation => changing(document, &mut unspoilt, &mut worlds).await,
                Kind::Query | Kind::Subscription => join_all(Caller::ALL.map(|caller| Box::pin(cell(document, &reading, caller)))).await,
            };
            writeln!(table, "| {} | {} |", document.row(), cells.join(" | "))?;
            if cells.iter().any(|cell| BROKEN.contains(&cell.as_str())) {
                broken.push(format!("{}: {cells:?}", document.text));
            }
        }
    }
    assert!(broken.is_empty(), "rows must be questions that can be answered: {broken:#?}");
    expect_file!["../../../schema/permissions.md"].assert_eq(&table);
    Ok(())
}

/// What comes of a row that is wrong itself, or of a server that is.
const BROKEN: &[&str] = &["INTERNAL", "UNAVAILABLE", "GRAPHQL_VALIDATION_FAILED", "LIMIT_EXCEEDED", "DEADLINE_EXCEEDED"];

/// Runs a mutation as everybody, one after the other. A world in which it was not refused is of no use any more.
async fn changing(document: &Document, unspoilt: &mut Option<World>, worlds: &mut Worlds) -> Vec<String> {
    let mut cells = Vec::new();
    for caller in Caller::ALL {
        let world = match unspoilt.take() {
            Some(world) => world,
            None => worlds.next().await,
        };
        let cell = Box::pin(cell(document, &world, caller)).await;
        if !["yes", "nothing"].contains(&cell.as_str()) {
            *unspoilt = Some(world);
        }
        cells.push(cell);
    }
    cells
}

/// Runs a document as one of the people.
async fn cell(document: &Document, world: &World, caller: Caller) -> String {
    let client = world.client(caller);
    let variables = world.variables(caller, document);
    let answer = match document.kind {
        Kind::Subscription => first_event(&client, document, variables).await,
        Kind::Query | Kind::Mutation => client.answer(&document.text, variables).await,
    };
    outcome(&answer)
}

async fn first_event(client: &crate::harness::Client, document: &Document, variables: Value) -> Value {
    let mut socket = client.socket().await;
    socket.subscribe("row", &document.text, variables).await;
    let message = socket.message().await.unwrap_or_default();
    match message["type"].as_str() {
        Some("next") => message["payload"].clone(),
        _ => serde_json::json!({ "errors": message["payload"] }),
    }
}

/// Says in a word what came of an operation: `yes`, the code of the refusal, or `nothing` where the caller is not told
/// whether there is anything.
fn outcome(answer: &Value) -> String {
    if let Some(error) = answer["errors"].as_array().and_then(|errors| errors.first()) {
        let code = error["extensions"]["code"].as_str().unwrap_or("an error without a code");
        return code.to_owned();
    }
    let mut place = &answer["data"];
    while let Some((_, inner)) = place.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next()) {
        place = inner;
    }
    let nothing = place.is_null() || place.as_array().is_some_and(Vec::is_empty) || place.as_i64() == Some(0);
    if nothing { "nothing".to_owned() } else { "yes".to_owned() }
}

const HEAD: &str = "# Who may do what

Made by a test (`the_table_of_permissions_is_true_and_complete`) that runs every operation as everybody; never edited by hand.

The world of each row: the **owner** is a person who owns a group and a chat with a friend; **admin** and **member** are in
that group; the **friend** is the owner's friend and not in the group; the **stranger** has a token and no tie to anybody; the
**app admin** is in `auth.admin_user_ids`. What a row is about is the owner, the owner's things or the group, unless it says
`own`: then everybody asks for their own.

`yes`: it was done or shown. `nothing`: the answer is empty, as if there were nothing. A word in capitals: the code of the
refusal (`extensions.code`).
";
