//! The rules of loading.

use std::fs;
use std::path::Path;

use expect_test::{expect, expect_file};

use super::*;

fn inputs(folder: &Path, file: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Inputs {
    let path = folder.join("openim.toml");
    fs::write(&path, file).expect("the folder is writable");
    Inputs {
        file: Some(path),
        environment: environment.iter().map(|(name, value)| (name.into(), value.into())).collect(),
        flags: flags.iter().map(|(key, value)| FlagSetting { flag: "--set".into(), key: (*key).into(), value: (*value).into() }).collect(),
    }
}

fn problems(file: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let text = load(&inputs(folder.path(), file, environment, flags)).expect_err("must be refused").to_string();
    text.replace(&folder.path().display().to_string(), "DIR")
}

#[test]
fn the_defaults_are_complete_and_right() {
    let mut layers = Layers::default();
    layers.add_toml(DEFAULTS, |_| Origin::Default);
    assert_eq!(layers.problems, []);
    let names: Vec<_> = layers.settings.keys().map(String::as_str).collect();
    let mut table: Vec<_> = keys::KEYS.iter().map(|key| key.name).collect();
    table.sort_unstable();
    assert_eq!(names, table);
    assert_eq!(load(&Inputs { file: Some("/dev/null".into()), ..Inputs::default() }).map(|loaded| loaded.config.auth.login_policy), Ok(1));
}

#[test]
fn the_page_is_generated_from_the_defaults() {
    expect_file!["../../../../docs/configuration.md"].assert_eq(&reference());
}

#[test]
fn later_layers_win() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = "[graphql]\nmax_depth = 20\nmax_cost = 20\nmax_batch = 20\n";
    let environment = [("OPENIM__GRAPHQL__MAX_COST", "30"), ("OPENIM__GRAPHQL__MAX_BATCH", "30"), ("OPENIM__AUTH__ADMIN_USER_IDS", "a, b")];
    let loaded = load(&inputs(folder.path(), file, &environment, &[("graphql.max_batch", "40")])).expect("good");
    let graphql = &loaded.config.graphql;
    assert_eq!((graphql.max_depth, graphql.max_cost, graphql.max_batch), (20, 30, 40));
    assert_eq!(loaded.config.auth.admin_user_ids.len(), 2);
}

#[test]
fn every_problem_is_told_at_once_with_its_place() {
    let file = "[server]\nlisten = [\"localhost\"]\nroles = \"all\"\n\n[graphql]\nmax_depht = 9\nmax_cost = \"many\"\n";
    let environment =
        [("OPENIM__GRAPHQL__MAX_BATCH", "0"), ("OPENIM__MONGODB__HOST", "x"), ("OPENIM__REST__ENABLED", "yes"), ("PATH", "/bin")];
    expect![[r#"
        the configuration has 8 problems:
          graphql.max_cost: must be a whole number from 10 to 100000000, not "many"
            set by DIR/openim.toml line 7
          graphql.max_depht: there is no such key; did you mean graphql.max_depth?
            set by DIR/openim.toml line 6
          server.listen: must be a list of address:port, such as 127.0.0.1:10002, not ["localhost"]
            set by DIR/openim.toml line 2
          server.roles: must be a list of all, gateway, users, relations, groups, messages, conversations, third, worker, not "all"
            set by DIR/openim.toml line 3
          graphql.max_batch: must be a whole number from 1 to 100, not 0
            set by environment variable OPENIM__GRAPHQL__MAX_BATCH
          mongodb.host: there is no such key; `openim config example` lists all
            set by environment variable OPENIM__MONGODB__HOST
          rest.enabled: must be true or false, not "yes"
            set by environment variable OPENIM__REST__ENABLED
          auth.login_policy: must be one of 0, 1, 4, 5, not 2
            set by flag --set"#]]
    .assert_eq(&problems(file, &environment, &[("auth.login_policy", "2")]));
}

#[test]
fn split_roles_need_shared_services_and_secrets() {
    expect![[r#"
        the configuration has 11 problems:
          database.url: roles gateway,users is a part of a deployment of several processes and needs PostgreSQL, postgres://…; with SQLite only roles all is possible
          redis.url: roles gateway,users is a part of a deployment of several processes and needs Redis, redis://…
          amqp.url: roles gateway,users is a part of a deployment of several processes and needs RabbitMQ, amqp://…
          auth.secret: roles gateway,users is a part of a deployment of several processes; give all of them the same secret or secret_file
          internal.secret: roles gateway,users is a part of a deployment of several processes; give all of them the same secret or secret_file
          objects.folder: roles gateway,users is a part of a deployment of several processes; give a folder that all of them share, or objects.engine s3
          subgraphs.relations: a gateway without role relations must be told where it is, http://host:port
          subgraphs.groups: a gateway without role groups must be told where it is, http://host:port
          subgraphs.messages: a gateway without role messages must be told where it is, http://host:port
          subgraphs.conversations: a gateway without role conversations must be told where it is, http://host:port
          subgraphs.third: a gateway without role third must be told where it is, http://host:port"#]]
    .assert_eq(&problems("", &[], &[("server.roles", "gateway,users")]));
}

#[test]
fn sections_check_themselves() {
    let file = "[auth]\nadmin_nicknames = [\"a\", \"b\"]\n[graphql]\ndocuments = \"only\"\n[messages]\nqueue_messages = 1\n";
    expect![[r#"
        the configuration has 3 problems:
          auth.admin_nicknames: has more entries than auth.admin_user_ids; give one for each administrator, in the same order
            set by DIR/openim.toml line 2
          graphql.documents: "only" needs registered documents; say where they are with graphql.registered_documents
            set by DIR/openim.toml line 4
          messages.queue_messages: is below messages.batch_messages; give at least 500
            set by DIR/openim.toml line 6"#]]
    .assert_eq(&problems(file, &[], &[]));
}

#[test]
fn webhooks_name_hooks_that_exist_and_a_receiver_that_may_be_called() {
    let file = r#"[webhooks]
url = "http://127.0.0.1:9000/hooks"
enabled = ["beforeSendSingelMsg", "afterQuitGroup", "afterQuitGroup", "callbackAfterKickGroupCommand", "login"]
timeouts = ["2", "afterQuitGroup=0"]
continue_on_failure = ["afterQuitGroup"]
denied_types = ["many", "afterQuitGroup=110"]
attention_ids = ["beforeSendSingleMsg=ann"]
"#;
    expect![[r#"
        the configuration has 11 problems:
          webhooks.enabled: there is no hook "beforeSendSingelMsg"; did you mean beforeSendSingleMsg?
            set by DIR/openim.toml line 3
          webhooks.enabled: names afterQuitGroup twice
            set by DIR/openim.toml line 3
          webhooks.enabled: there is no hook "callbackAfterKickGroupCommand"; did you mean afterKickGroupMember?
            set by DIR/openim.toml line 3
          webhooks.enabled: there is no hook "login"; docs/webhooks.md lists all
            set by DIR/openim.toml line 3
          webhooks.continue_on_failure: afterQuitGroup comes after its operation and never stops it; take it out
            set by DIR/openim.toml line 5
          webhooks.timeouts: "2" must be hook=seconds, from 1 to 30
            set by DIR/openim.toml line 4
          webhooks.timeouts: "afterQuitGroup=0" must be hook=seconds, from 1 to 30
            set by DIR/openim.toml line 4
          webhooks.denied_types: "many" must be a content type or hook=type
            set by DIR/openim.toml line 6
          webhooks.denied_types: afterQuitGroup has no such filter
            set by DIR/openim.toml line 6
          webhooks.attention_ids: beforeSendSingleMsg has no such filter
            set by DIR/openim.toml line 7
          webhooks.url: 127.0.0.1 is no address of the internet, and webhooks.allow_private_targets is off
            set by DIR/openim.toml line 2"#]]
    .assert_eq(&problems(file, &[], &[]));
    for (url, right) in [
        ("http://hooks.example.com/a", true),
        ("http://hooks.example.com/a?b=c", false),
        ("http://localhost/", false),
        ("http://[::1]/", false),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(load(&inputs(folder.path(), "", &[], &[("webhooks.url", url)])).is_ok(), right, "{url}");
    }
}

#[test]
fn webhooks_are_read_from_short_lists() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = r#"[webhooks]
url = "https://hooks.example.com"
enabled = ["beforeSendSingleMsg", "afterMsgSaveDB"]
timeouts = ["afterMsgSaveDB=9"]
continue_on_failure = ["beforeSendSingleMsg"]
denied_types = ["110", "afterMsgSaveDB=101"]
attention_ids = ["afterMsgSaveDB=ann"]
"#;
    let loaded = load(&inputs(folder.path(), file, &[], &[])).expect("good");
    let settings = loaded.config.webhooks.settings(&Secret::new("x"));
    let [before, after] = &settings.hooks[..] else { panic!("two hooks") };
    assert_eq!((before.timeout.as_secs(), before.continue_on_failure, &before.denied_types[..]), (5, true, &[110][..]));
    assert_eq!((after.timeout.as_secs(), after.continue_on_failure, &after.denied_types[..]), (9, false, &[110, 101][..]));
    assert_eq!((before.attention_ids.len(), &after.attention_ids[..]), (0, &["ann".to_owned()][..]));
}

#[test]
fn broken_toml_and_values_outside_of_sections_name_the_line() {
    expect![[r#"
        the configuration has a problem:
          the file: is not TOML: invalid string, expected `"`, `'`
            set by DIR/openim.toml line 2"#]]
    .assert_eq(&problems("[server]\nlisten = here\n", &[], &[]));
    expect![[r#"
        the configuration has a problem:
          listen: stands outside of a section; write it below a line such as [server]
            set by DIR/openim.toml line 1"#]]
    .assert_eq(&problems("listen = 1\n", &[], &[]));
}

#[test]
fn a_missing_file_is_told_only_when_it_was_asked_for() {
    let text = load(&Inputs { file: Some("/nowhere/openim.toml".into()), ..Inputs::default() }).expect_err("must be refused").to_string();
    assert!(text.contains("/nowhere/openim.toml: cannot be read"), "{text}");
}

#[test]
fn secrets_come_from_files_and_are_never_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("auth-secret");
    fs::write(&secret, "hunter2-hunter2\n").expect("writable");
    let file = format!("[auth]\nsecret_file = {:?}\n[database]\nurl = \"postgres://im:hunter2@db/im\"\n", secret.display().to_string());
    let loaded = load(&inputs(folder.path(), &file, &[("OPENIM__INTERNAL__SECRET", "hunter2-hunter2-hunter2")], &[])).expect("good");
    assert_eq!(loaded.config.auth.secret.expose(), "hunter2-hunter2");
    let printed = format!("{}\n{:?}", loaded.print(), loaded.config);
    assert!(!printed.contains("hunter2"), "{printed}");
    assert!(printed.contains("url = \"postgres://im:***@db/im\" # "), "{printed}");

    let both = problems("", &[], &[("auth.secret", "hunter2-hunter2"), ("auth.secret_file", "/nowhere/secret")]);
    assert!(both.contains("auth.secret_file: auth.secret is set too (by flag --set); give one of them"), "{both}");
    let short = problems("", &[("OPENIM__AUTH__SECRET", "hunter2")], &[]);
    assert!(short.contains("auth.secret: must be a text of at least 8 characters\n") && !short.contains("hunter2"), "{short}");
    let gone = problems("", &[], &[("auth.secret_file", "/nowhere/secret")]);
    assert!(gone.contains("auth.secret_file: /nowhere/secret cannot be read"), "{gone}");
}

#[test]
fn networks_and_names_are_checked() {
    let file = "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"proxy\"]\ndeployment = \"Open IM\"\n";
    expect![[r#"
        the configuration has 2 problems:
          server.deployment: must be a name of 1 to 40 small letters, digits and -, not "Open IM"
            set by DIR/openim.toml line 3
          server.trusted_proxies: must be a list of networks such as 10.0.0.0/8 or ::1, not ["10.0.0.0/8", "proxy"]
            set by DIR/openim.toml line 2"#]]
    .assert_eq(&problems(file, &[], &[]));
    let folder = tempfile::tempdir().expect("a folder");
    let loaded = load(&inputs(folder.path(), "", &[("OPENIM__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1")], &[])).expect("good");
    assert_eq!(loaded.config.server.trusted_proxies.len(), 2);
}
