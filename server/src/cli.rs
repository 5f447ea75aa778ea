//! The command line: what can be said, not what is done about it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use openim_core::{Platform, UserId};
use openim_platform::config::{FlagSetting, Inputs};

/// OpenIM as one federated GraphQL graph. Without a command it serves everything.
#[derive(Debug, Parser)]
#[command(name = "openim", version, max_term_width = 100)]
pub struct Cli {
    /// What every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do; `serve` when left out.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What every command understands.
#[derive(Debug, Args)]
pub struct Global {
    /// Configuration file; otherwise the one in OPENIM_CONFIG, otherwise openim.toml if there is one
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder of the database and the generated secret (server.data_dir)
    #[arg(long, global = true, value_name = "FOLDER")]
    data_dir: Option<String>,
    /// Sets any key of the configuration; may be repeated
    #[arg(long, global = true, value_name = "SECTION.KEY=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Starts the server
    Serve(Serve),
    /// Starts a gateway alone, over any supergraph and subgraphs behind HTTP; callers are anonymous
    Gateway(Gateway),
    /// Brings the database schema up to date
    Migrate {
        /// Only tell what is missing; exit code 1 when something is
        #[arg(long)]
        status: bool,
    },
    /// Looks at the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Looks at the schema of the graph
    #[command(subcommand)]
    Schema(SchemaCommand),
    /// Makes a token for a user and prints it
    Token(Token),
    /// Imports an export of OpenIM's database, beside a stopped server; docs/moving-from-openim.md tells how
    Import(Import),
    /// Fills a server with made-up people, groups and talk, for demos; starts one when no --url is given
    Seed(Seed),
    /// Checks everything the server needs and prints a table; exit code 1 when something is wrong
    Doctor,
}

/// `openim serve`
#[derive(Debug, Default, Args)]
pub struct Serve {
    /// What this process does: all, or some of gateway,users,relations,groups,messages,conversations,third,worker (server.roles)
    #[arg(long, value_name = "ROLES")]
    roles: Option<String>,
    /// Addresses of the HTTP door, separated by commas (server.listen)
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Bring a PostgreSQL schema up to date first (database.migrate_on_start)
    #[arg(long)]
    auto_migrate: bool,
}

/// `openim gateway`
#[derive(Debug, Args)]
pub struct Gateway {
    /// The composed supergraph
    #[arg(long, value_name = "FILE")]
    pub supergraph: PathBuf,
    /// Where a subgraph is; the supergraph's own address when left out; may be repeated
    #[arg(long = "subgraph", value_name = "NAME=URL", value_parser = setting)]
    pub subgraphs: Vec<(String, String)>,
    /// Address of the GraphQL door
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:10002")]
    pub listen: SocketAddr,
}

/// `openim config`
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// Tells whether the configuration is good; exit code 2 and all problems when it is not
    Check,
    /// Prints the settings in force and where they come from, without secrets
    Print,
    /// Prints every key with its default and its meaning
    Example,
}

/// `openim schema`
#[derive(Debug, Subcommand)]
pub enum SchemaCommand {
    /// Prints the schema that clients see
    Print {
        /// Print the composed supergraph instead
        #[arg(long, conflicts_with = "subgraph")]
        supergraph: bool,
        /// Print one subgraph instead
        #[arg(long, value_name = "NAME")]
        subgraph: Option<String>,
    },
    /// Compares the files api.graphql, supergraph.graphql and subgraphs/*.graphql with this binary; exit code 1 when they differ
    Check {
        /// Where the files are
        #[arg(long, value_name = "FOLDER", default_value = "schema")]
        dir: PathBuf,
        /// Rewrite what differs
        #[arg(long)]
        write: bool,
    },
}

/// `openim token`
#[derive(Debug, Args)]
pub struct Token {
    /// The user; an administrator of auth.admin_user_ids gets an administrator's token
    #[arg(long, value_name = "ID", value_parser = |text: &str| UserId::parse(text).map_err(|error| error.to_string()))]
    pub user: UserId,
    /// The kind of device, OpenIM's number from 1 to 11; 10 for administrators, 5 (web) otherwise
    #[arg(long, value_name = "NUMBER", value_parser = platform)]
    pub platform: Option<Platform>,
}

/// `openim import`
#[derive(Debug, Args)]
pub struct Import {
    /// Folder of what mongodump (*.bson) or mongoexport (*.json) wrote, compressed (.gz) or not
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Only read: tell how much there is and what is wrong with it; needs no database
    #[arg(long, conflicts_with_all = ["resume", "merge", "verify"])]
    pub dry_run: bool,
    /// Go on with an import that was stopped
    #[arg(long, conflicts_with_all = ["merge", "verify"])]
    pub resume: bool,
    /// Add to a database that has data; what is there stays as it is
    #[arg(long, conflicts_with = "verify")]
    pub merge: bool,
    /// Only compare the export with what was imported
    #[arg(long)]
    pub verify: bool,
    /// What to do about a record that cannot be used: stop before it, or skip it and name it in the problem file
    #[arg(long, value_name = "WHAT", default_value = "stop")]
    pub on_error: OnDamage,
    /// The problem file: a JSON object a line with file, line, offset and reason
    #[arg(long, value_name = "FILE", default_value = "import-problems.jsonl")]
    pub problems: PathBuf,
    /// Of how many blocks of 100 messages one is compared field by field in the end; 1 compares all
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub sample: u32,
}

/// What is done about a record that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OnDamage {
    /// Stop before it
    Stop,
    /// Leave it out and name it
    Skip,
}

/// `openim seed`
#[derive(Debug, Args)]
pub struct Seed {
    /// The server to fill, such as http://127.0.0.1:10002; left out, one is started here for as long as it takes
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// How many people
    #[arg(long, value_name = "NUMBER", default_value_t = 40, value_parser = clap::value_parser!(u64).range(2..=2_000))]
    pub users: u64,
    /// How many groups
    #[arg(long, value_name = "NUMBER", default_value_t = 12, value_parser = clap::value_parser!(u64).range(0..=500))]
    pub groups: u64,
    /// How many messages
    #[arg(long, value_name = "NUMBER", default_value_t = 3_000, value_parser = clap::value_parser!(u64).range(0..=200_000))]
    pub messages: u64,
    /// Another number makes other people talk; the same one makes the same data
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Also fill a server that has users already
    #[arg(long)]
    pub force: bool,
}

fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must look like name=value".to_owned()),
    }
}

fn platform(text: &str) -> Result<Platform, String> {
    text.parse().ok().and_then(|number| Platform::parse(number).ok()).ok_or_else(|| "must be a number from 1 to 11".to_owned())
}

impl Cli {
    /// Returns the layers of the configuration above the defaults, as this command line and the process's environment say.
    pub fn inputs(&self, command: &Command) -> Inputs {
        let mut flags = self.global.flags();
        if let Command::Serve(serve) = command {
            flags.extend(serve.flags());
        }
        Inputs::from_process(self.global.config.clone(), flags)
    }
}

impl Global {
    fn flags(&self) -> Vec<FlagSetting> {
        let set = self.set.iter().map(|(key, value)| flag("--set", key, value));
        set.chain(self.data_dir.iter().map(|folder| flag("--data-dir", "server.data_dir", folder))).collect()
    }
}

impl Serve {
    fn flags(&self) -> Vec<FlagSetting> {
        let roles = self.roles.iter().map(|roles| flag("--roles", "server.roles", roles));
        let listen = self.listen.iter().map(|listen| flag("--listen", "server.listen", listen));
        let migrate = self.auto_migrate.then(|| flag("--auto-migrate", "database.migrate_on_start", "true"));
        roles.chain(listen).chain(migrate).collect()
    }
}

fn flag(flag: &str, key: &str, value: &str) -> FlagSetting {
    FlagSetting { flag: flag.to_owned(), key: key.to_owned(), value: value.to_owned() }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use expect_test::expect_file;

    use super::*;

    #[test]
    fn help_texts_are_as_committed() {
        let mut text = String::new();
        let mut command = Cli::command();
        command.build();
        help(&mut command, &mut text);
        expect_file!["../tests/help.txt"].assert_eq(&text);
    }

    fn help(command: &mut clap::Command, text: &mut String) {
        let page = command.render_long_help();
        text.push_str(&format!("$ {} --help\n{page}\n", command.get_bin_name().unwrap_or("openim")));
        for inner in command.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
            help(inner, text);
        }
    }

    #[test]
    fn short_flags_become_settings() {
        let mut cli = Cli::parse_from([
            "openim",
            "serve",
            "--roles",
            "users",
            "--listen",
            "127.0.0.1:0",
            "--set",
            "rest.enabled=false",
            "--data-dir",
            "d",
        ]);
        let command = cli.command.take().expect("a command");
        let mut flags: Vec<_> =
            cli.inputs(&command).flags.into_iter().map(|flag| format!("{} {}={}", flag.flag, flag.key, flag.value)).collect();
        flags.sort();
        assert_eq!(
            flags,
            [
                "--data-dir server.data_dir=d",
                "--listen server.listen=127.0.0.1:0",
                "--roles server.roles=users",
                "--set rest.enabled=false"
            ]
        );
    }
}
