//! The routes that take messages back and away.

use serde_json::{Value, json};

use crate::support::{Door, Graph};

/// Returns the variables that a route makes of a body, and its code.
async fn asked(path: &str, body: Value, answer: Value) -> (Value, i64) {
    let graph = Graph::answering(answer);
    let code = Door::over(&graph).post(path, body.to_string()).await.code();
    (graph.calls().remove(0).variables, code)
}

/// Returns the codes of bodies that do not reach the graph.
async fn refused(path: &str, bodies: &[Value]) -> Vec<i64> {
    let graph = Graph::answering(json!({}));
    let door = Door::over(&graph);
    let mut codes = Vec::new();
    for body in bodies {
        codes.push(door.post_as("user", path, body.to_string()).await.code());
    }
    assert_eq!(graph.calls().len(), 0, "{path}");
    codes
}

#[tokio::test]
async fn a_message_is_revoked_in_the_name_that_the_body_says() {
    let path = "/msg/revoke_msg";
    let body = json!({"conversationID": "si_a_b", "seq": 7, "userID": "a"});
    let answer = json!({"revokeMessage": {"message": {"seq": 7}}});
    assert_eq!(asked(path, body.clone(), answer).await, (body, 0));
    let bad = [
        json!({"conversationID": "", "seq": 1, "userID": "a"}),
        json!({"conversationID": "si_a_b", "seq": 0, "userID": "a"}),
        json!({"conversationID": "si_a_b", "seq": 1, "userID": ""}),
    ];
    assert_eq!(refused(path, &bad).await, [1001; 3]);
}

#[tokio::test]
async fn messages_are_deleted_for_oneself_unless_the_body_says_for_everybody() {
    let path = "/msg/delete_msgs";
    let body = |option: Value| json!({"conversationID": "si_a_b", "seqs": [1, 2], "userID": "a", "deleteSyncOpt": option});
    let deleted = json!({"deletedSeqs": [1, 2]});
    for (option, tell, everybody) in [
        (Value::Null, false, false),
        (json!({"isSyncSelf": true}), true, false),
        (json!({"IsSyncSelf": true, "isSyncOther": true}), true, true),
    ] {
        let given = !option.is_null();
        let answer = if everybody { json!({"deleteMessages": deleted}) } else { json!({"hide": deleted}) };
        let (variables, code) = asked(path, body(option), answer).await;
        assert_eq!(code, 0);
        let mut expected = json!({"conversationID": "si_a_b", "seqs": [1, 2], "userID": "a"});
        if given {
            expected["tell"] = json!(tell);
            expected["everybody"] = json!(everybody);
        }
        assert_eq!(variables, expected, "the document has the defaults");
    }
    assert_eq!(refused(path, &[json!({"conversationID": "si_a_b", "userID": "a"})]).await, [1001]);
}

#[tokio::test]
async fn only_app_administrators_reach_the_graph_to_delete_for_good() {
    let by_seq = json!({"conversationID": "si_a_b", "seqs": [1]});
    let by_age = json!({"conversationIDs": ["si_a_b"], "timestamp": 60});
    for (path, body) in [("/msg/delete_msg_phsical_by_seq", &by_seq), ("/msg/delete_msg_physical", &by_age)] {
        assert_eq!(refused(path, std::slice::from_ref(body)).await, [1002], "{path}");
        let answer = json!({"purgeMessages": {"deletedSeqs": [1]}, "purgeOlderMessages": {"deletedCount": 1}});
        assert_eq!(asked(path, body.clone(), answer).await, (body.clone(), 0), "{path}");
    }
}
