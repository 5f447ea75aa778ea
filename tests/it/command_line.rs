//! The binary as operators use it: exit codes and texts.

use crate::harness::Binary;

#[tokio::test]
async fn bad_configuration_ends_with_code_2_and_names_the_key_and_its_place() {
    let binary = Binary::new();
    std::fs::write(binary.folder().join("openim.toml"), "[graphql]\nmax_depht = 3\n").expect("writable");
    let output = binary.run(&[], &[("OPENIM__AUTH__LOGIN_POLICY", "7")]).await;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("graphql.max_depht: there is no such key; did you mean graphql.max_depth?\n    set by openim.toml line 2"),
        "{text}"
    );
    assert!(
        text.contains("auth.login_policy: must be one of 0, 1, 4, 5, not 7\n    set by environment variable OPENIM__AUTH__LOGIN_POLICY"),
        "{text}"
    );
    assert!(!binary.folder().join("data").exists(), "nothing is made before the configuration is good");
}

#[tokio::test]
async fn split_roles_without_shared_services_are_refused() {
    let output = Binary::new().run(&["serve", "--roles", "gateway"], &[]).await;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    for key in ["database.url", "redis.url", "amqp.url", "auth.secret", "internal.secret", "subgraphs.users"] {
        assert!(text.contains(key), "{key} is not in {text}");
    }
}

#[tokio::test]
async fn config_commands_print_what_counts_without_secrets() {
    let binary = Binary::new();
    let secret = [("OPENIM__AUTH__SECRET", "hunter2-hunter2")];
    let check = binary.run(&["config", "check"], &secret).await;
    assert_eq!((check.status.code(), String::from_utf8_lossy(&check.stdout).trim()), (Some(0), "the configuration is good"));
    let print = binary.run(&["config", "print"], &secret).await;
    let text = String::from_utf8_lossy(&print.stdout).into_owned();
    assert!(text.contains("secret = \"(hidden)\" # environment variable OPENIM__AUTH__SECRET") && !text.contains("hunter2"), "{text}");
    let example = binary.run(&["config", "example"], &[]).await;
    assert!(String::from_utf8_lossy(&example.stdout).contains("login_policy = 1"));
}

#[tokio::test]
async fn doctor_finds_nothing_wrong_with_the_defaults() {
    let output = Binary::new().run(&["doctor"], &[]).await;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("ok    database"), "{text}");
}

#[tokio::test]
async fn migrate_tells_what_is_missing_and_then_applies_it() {
    let binary = Binary::new();
    assert_eq!(binary.run(&["migrate", "--status"], &[]).await.status.code(), Some(1));
    assert_eq!(binary.run(&["migrate"], &[]).await.status.code(), Some(0));
    assert_eq!(binary.run(&["migrate", "--status"], &[]).await.status.code(), Some(0));
}

#[tokio::test]
async fn the_schema_of_the_binary_is_the_committed_one() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../schema");
    let output = Binary::new().run(&["schema", "check", "--dir", folder], &[]).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test]
async fn what_only_its_user_can_tell_of_a_setting_is_told_with_its_place() {
    let binary = Binary::new();
    let settings = [
        ("OPENIM__NOTIFICATIONS__CHANGES", "noSuchNotice +unread"),
        ("OPENIM__PUSH__ENABLE", "fcm"),
        ("OPENIM__PUSH__FCM_ACCOUNT", "no account"),
        ("OPENIM__GRAPHQL__REGISTERED_DOCUMENTS", "/no/such/folder"),
    ];
    for command in [&["config", "check"][..], &["doctor"], &["serve"]] {
        let output = binary.run(command, &settings).await;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains("the configuration has 3 problems"), "{text}");
        for name in ["NOTIFICATIONS__CHANGES", "PUSH__ENABLE", "GRAPHQL__REGISTERED_DOCUMENTS"] {
            assert!(text.contains(&format!("set by environment variable OPENIM__{name}")), "{text}");
        }
    }
    let output = binary.run(&["config", "check"], &[("OPENIM__WEBHOOKS__SECRET", "whsec_this is not base64")]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("webhooks.secret: "));
    assert!(!binary.folder().join("data").exists(), "nothing is made before the configuration is good");
}

#[tokio::test]
async fn a_look_makes_nothing_and_a_token_needs_a_server_that_was_started() {
    let binary = Binary::new();
    assert_eq!(binary.run(&["doctor"], &[]).await.status.code(), Some(0));
    assert_eq!(binary.run(&["migrate", "--status"], &[]).await.status.code(), Some(1));
    let token = binary.run(&["token", "--user", "imAdmin"], &[]).await;
    let text = String::from_utf8_lossy(&token.stderr).into_owned();
    assert_eq!((token.status.code(), text.contains("no server was started with this folder")), (Some(1), true), "{text}");
    assert!(!binary.folder().join("data").exists());
}

#[tokio::test]
async fn a_second_server_over_one_sqlite_file_is_refused_until_the_first_has_ended() {
    let binary = Binary::new();
    let mut first = binary.serve(&[]).await;
    let second = binary.run(&["serve", "--listen", "127.0.0.1:0"], &[("OPENIM__SDK__ENABLED", "false")]).await;
    let text = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!((second.status.code(), text.contains("another server uses")), (Some(1), true), "{text}");
    first.signal("KILL").await;
    first.ended().await;
    binary.serve(&[]).await;
}

#[cfg(unix)]
#[tokio::test]
async fn what_people_write_is_for_the_owner_of_the_server_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let binary = Binary::new();
    let _server = binary.serve(&[]).await;
    let mode = std::fs::metadata(binary.folder().join("data")).expect("the folder is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
