//! Thousands of garbled bodies for every route, the same in every run: each is taken or refused, none is a panic.

use openim_rest::Bodies;

const BODIES: [&str; 7] = [
    r#"{"userID":"u1","userIDs":["u1","u2"],"groupID":"g","ownerUserID":"u1","pagination":{"pageNumber":1,"showNumber":20}}"#,
    r#"{"sendID":"u1","recvID":"u2","content":{"content":"hello","a":[1,2.5e3,null,true]},"contentType":101,"sessionType":1,"options":{"history":false}}"#,
    r#"{"conversationID":"si_u1_u2","seqs":[1,9223372036854775807,-5],"hasReadSeq":3,"conversation":{"isPinned":true,"ex":null}}"#,
    r#"{"memberUserIDs":[],"groupInfo":{"groupName":"\u00e9\ud83d\ude00","groupType":2},"reqList":[{"groupID":"g","versionID":"","version":0}]}"#,
    r#"{"secret":"s","platformID":5,"token":"a.b.c","users":[{"userID":"u","nickname":"n"}],"userInfo":{"userID":"u"}}"#,
    "[[[[[[[[[[[[[[[[{\"a\":[",
    "\u{1}\u{0}\n\u{2}u1\u{10}\u{14}",
];

#[test]
fn garbled_bodies_are_taken_or_refused_and_nothing_else() {
    let bodies = Bodies::load().expect("the contract");
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % (bound as u64)).expect("below a usize")
    };
    let (mut taken, mut refused) = (0, 0);
    for round in 0..30_000 {
        let mut body = BODIES[roll(BODIES.len())].as_bytes().to_vec();
        for _ in 0..roll(4) {
            if body.is_empty() {
                break;
            }
            let at = roll(body.len());
            match roll(5) {
                0 => body[at] = roll(256).to_le_bytes()[0],
                1 => body[at] = b"{}[]\",:0-e\\ntf"[roll(14)],
                2 => drop(body.remove(at)),
                3 => body.insert(at, b"{}[]\",:0-e\\ntf"[roll(14)]),
                _ => body.truncate(at + 1),
            }
        }
        let content_type = ["application/json", "application/x-protobuf", "text/plain"][roll(3)];
        let count = if bodies.takes(round, content_type, &body) { &mut taken } else { &mut refused };
        *count += 1;
    }
    assert!(taken > 3000 && refused > 3000, "{taken} taken, {refused} refused");
}

#[test]
fn deep_nesting_is_refused_or_taken_without_running_out_of_stack() {
    let bodies = Bodies::load().expect("the contract");
    for open in ["[", "{\"content\":", "{\"a\":["] {
        let body = open.repeat(200_000);
        for route in 0..bodies.routes() {
            bodies.takes(route, "", body.as_bytes());
        }
    }
}
