//! Go's rules for reading JSON, one by one.

use async_graphql::Value;
use serde_json::json;

use super::*;
use crate::codec::parse;

const TYPES: &str = r#"{
  "Item": ["userID string", "level int32"],
  "All": ["userID string", "n int32", "big int64", "u uint32", "ub uint64", "f float", "b bool", "data bytes", "ids [string]",
          "items [Item]", "item Item", "name ?string", "count ?int32", "map {int64}", "content object", "any json"]
}"#;

fn read(body: &str) -> Result<serde_json::Value, String> {
    let types = Types::parse(TYPES).expect("types");
    let id = types.id("All").expect("the type");
    let json = parse(body)?;
    let value = decode(&types, id, &json).map_err(|error| error.to_string())?;
    Ok(value.into_json().expect("json"))
}

fn field(body: &str, name: &str) -> serde_json::Value {
    read(body).unwrap_or_else(|error| panic!("{body}: {error}"))[name].clone()
}

#[test]
fn absent_and_null_fields_are_zero() {
    let zero = json!({"userID": "", "n": 0, "big": 0, "u": 0, "ub": 0, "f": 0, "b": false, "data": null, "ids": null, "items": null,
        "item": null, "name": null, "count": null, "map": null, "content": null, "any": null});
    assert_eq!(read("{}"), Ok(zero.clone()));
    assert_eq!(read("null"), Ok(zero.clone()));
    let nulls = r#"{"userID":null,"n":null,"f":null,"b":null,"data":null,"ids":null,"item":null,"name":null,"map":null}"#;
    assert_eq!(read(nulls), Ok(zero));
}

#[test]
fn keys_match_exactly_then_ignoring_case_and_the_last_wins() {
    assert_eq!(field(r#"{"USERid":"a"}"#, "userID"), json!("a"));
    assert_eq!(field(r#"{"userID":"a","userid":"b"}"#, "userID"), json!("b"));
    assert_eq!(field(r#"{"userid":"b","userID":"a"}"#, "userID"), json!("a"));
    assert_eq!(field(r#"{"userID":"a","USERID":"b","userID":"c"}"#, "userID"), json!("c"));
    assert_eq!(field(r#"{"userID":"a","userID":null}"#, "userID"), json!("a"));
    assert_eq!(field(r#"{"u\u017ferID":"long s"}"#, "userID"), json!("long s"));
    assert_eq!(field(r#"{"unknown":{"x":[1]},"n":1}"#, "n"), json!(1));
}

#[test]
fn integers_must_be_written_as_integers_and_lie_in_range() {
    for (name, good) in
        [("n", "2147483647"), ("n", "-2147483648"), ("big", "9223372036854775807"), ("big", "-9223372036854775808"), ("n", "-0")]
    {
        assert!(read(&format!("{{\"{name}\":{good}}}")).is_ok(), "{name} {good}");
    }
    for (name, good) in [("u", "4294967295"), ("ub", "18446744073709551615"), ("f", "1.5e3"), ("f", "3")] {
        assert!(read(&format!("{{\"{name}\":{good}}}")).is_ok(), "{name} {good}");
    }
    let bad = [
        ("n", "2147483648"),
        ("n", "-2147483649"),
        ("n", "1.0"),
        ("n", "1e3"),
        ("n", "\"1\""),
        ("n", "true"),
        ("n", "[]"),
        ("big", "9223372036854775808"),
        ("big", "0.5"),
        ("u", "4294967296"),
        ("u", "-1"),
        ("ub", "18446744073709551616"),
        ("ub", "-1"),
        ("f", "\"1\""),
        ("count", "1.0"),
        ("n", "01"),
        ("n", "+1"),
        ("n", "NaN"),
    ];
    for (name, bad) in bad {
        assert!(read(&format!("{{\"{name}\":{bad}}}")).is_err(), "{name} {bad}");
    }
    assert_eq!(field(r#"{"big":9007199254740993}"#, "big"), json!(9_007_199_254_740_993_i64));
}

#[test]
fn other_types_are_not_converted() {
    for bad in [
        r#"{"userID":1}"#,
        r#"{"b":"true"}"#,
        r#"{"b":1}"#,
        r#"{"ids":"a"}"#,
        r#"{"ids":[1]}"#,
        r#"{"ids":{}}"#,
        r#"{"item":[]}"#,
        r#"{"item":"x"}"#,
        r#"{"items":[[]]}"#,
        r#"{"map":[]}"#,
        r#"{"map":{"a":"1"}}"#,
        r#"{"content":[]}"#,
        r#"{"content":"x"}"#,
        r#"{"data":"%%"}"#,
        r#"{"data":[1]}"#,
        "[]",
        "1",
        "\"x\"",
    ] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_wrong_value_is_named_by_its_path() {
    let error = read(r#"{"items":[{"level":1},{"level":"x"}]}"#);
    assert_eq!(error, Err("items[1].level must be an integer of 32 bits, not a string".to_owned()));
    assert_eq!(read("[]"), Err("the body must be an object, not a list".to_owned()));
}

#[test]
fn wrappers_take_bare_values_and_keep_empty_apart_from_absent() {
    assert_eq!(field(r#"{"name":""}"#, "name"), json!(""));
    assert_eq!(field(r#"{"name":null}"#, "name"), json!(null));
    assert_eq!(field(r#"{"count":0}"#, "count"), json!(0));
    assert!(read(r#"{"name":{"value":"x"}}"#).is_err());
}

#[test]
fn lists_take_null_entries_as_go_does() {
    assert_eq!(field(r#"{"ids":["a",null]}"#, "ids"), json!(["a", ""]));
    assert_eq!(field(r#"{"items":[null,{}]}"#, "items"), json!([null, {"userID": "", "level": 0}]));
    assert_eq!(field(r#"{"ids":[]}"#, "ids"), json!([]));
}

#[test]
fn bytes_are_base64_and_free_json_is_kept() {
    let types = Types::parse(TYPES).expect("types");
    let json = parse(r#"{"data":"eyJ9","content":{"b":1,"a":{"B":1,"b":2},"b":2}}"#).expect("json");
    let Ok(Value::Object(fields)) = decode(&types, types.id("All").expect("the type"), &json) else { panic!("no object") };
    assert_eq!(fields.get("data"), Some(&Value::Binary(bytes::Bytes::from_static(b"{\"}"))));
    assert_eq!(fields["content"].clone().into_json().expect("json"), json!({"b": 2, "a": {"B": 1, "b": 2}}));
}

#[test]
fn a_body_must_be_one_json_value() {
    for bad in ["", "  \n", "{", "{}{}", "{} x", "{'a':1}", "{\"a\":1,}", "\u{feff}{}"] {
        assert!(read(bad).is_err(), "{bad:?}");
    }
    let deep = "[".repeat(10_000);
    assert!(read(&deep).is_err());
}
