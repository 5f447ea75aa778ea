use super::*;

const NATIVE: &str = "sendID=u1&token=a.b-c_d&platformID=7&operationID=1795290274955590731&isBackground=false&compression=gzip";

fn refused(query: &str) -> (i32, String) {
    let error = parse(query, None).expect_err(query);
    (error.code().number(), error.message().to_owned())
}

#[test]
fn the_queries_of_the_official_clients_are_understood() {
    let connect = parse(NATIVE, None).expect("a native client");
    assert_eq!((connect.user_id.as_str(), connect.token.as_str(), connect.platform.number()), ("u1", "a.b-c_d", 7));
    assert_eq!(connect.operation_id, "1795290274955590731");
    assert_eq!((connect.encoding, connect.respond), (Encoding { format: Format::Gob, gzip: true }, false));

    let wasm = "compression=gzip&isBackground=false&isMsgResp=true&operationID=o&platformID=5&sendID=u%201%2B&token=t";
    let connect = parse(wasm, None).expect("a browser");
    assert_eq!((connect.user_id.as_str(), connect.respond, connect.encoding.gzip), ("u 1+", true, true));

    let js = "sendID=u1&token=t&platformID=5&operationID=o&isBackground=false&isMsgResp=true&sdkType=js";
    let connect = parse(js, None).expect("plain JavaScript");
    assert_eq!(connect.encoding, Encoding { format: Format::Json, gzip: false });
}

#[test]
fn one_parameter_can_carry_all_others() {
    let json = r#"{"token":"t","userID":"u1","platformID":2,"operationID":"o","compression":"gzip","sdkType":"js","sendResponse":true,"background":true,"sdkVersion":"4","more":[1]}"#;
    let query = format!("sendID=other&v={}&platformID=x", URL_SAFE_NO_PAD.encode(json));
    let connect = parse(&query, None).expect("a connection");
    let expected = Connect {
        user_id: "u1".into(),
        token: "t".into(),
        platform: Platform::parse(2).expect("Android"),
        operation_id: "o".into(),
        encoding: Encoding { format: Format::Json, gzip: true },
        respond: true,
        background: true,
        sdk_version: "4".into(),
    };
    assert_eq!(connect, expected);
    let short = URL_SAFE_NO_PAD.encode(r#"{"token":"t","userID":"u","platformID":1,"operationID":"o"}"#);
    assert!(!parse(&format!("v={short}"), None).expect("a connection").respond);
    for json in ["[]", "{", r#"{"platformID":"1"}"#, r#"{"sendResponse":"true"}"#, "{}"] {
        assert_eq!(refused(&format!("v={}", URL_SAFE_NO_PAD.encode(json))).0, 1602, "{json}");
    }
    assert_eq!(refused("v=%%%").0, 1602);
}

#[test]
fn compression_is_asked_for_by_exactly_one_word_in_query_or_header() {
    let gzip = |query: &str, header| parse(query, header).expect("a connection").encoding.gzip;
    let silent = NATIVE.replace("&compression=gzip", "");
    assert!(gzip(&silent, Some("gzip")));
    assert!(!gzip(&silent, None));
    assert!(!gzip(&silent, Some("GZIP")));
    assert!(!gzip(&NATIVE.replace("gzip", "none"), Some("gzip")), "the query counts first");
}

#[test]
fn refusals_come_in_openims_order() {
    assert_eq!(refused("").1, "platformID is no integer");
    for (from, to, detail) in [
        ("platformID=7", "platformID=7.0", "platformID is no integer"),
        ("platformID=7", "platformID=7&isMsgResp=yes", "isMsgResp is neither true nor false"),
        ("operationID=1795290274955590731", "x=y", "operationID is empty"),
        ("token=a.b-c_d", "token=", "token is empty"),
        ("sendID=u1", "sendID=", "sendID is empty"),
        ("platformID=7", "platformID=0", "platformID is unknown"),
        ("platformID=7", "platformID=12", "platformID is unknown"),
        ("platformID=7", "platformID=99999999999", "platformID is no integer"),
        ("platformID=7", "platformID=7&sdkType=rust", "sdkType is unknown"),
    ] {
        assert_eq!(refused(&NATIVE.replace(from, to)), (1602, detail.to_owned()));
    }
    for to in ["x=y", "isBackground=", "isBackground=no", "isBackground=tRUE"] {
        assert_eq!(refused(&NATIVE.replace("isBackground=false", to)).0, 500, "{to}");
    }
    assert_eq!(refused("platformID=7&isBackground=maybe").0, 500, "before what is missing");
    assert_eq!(refused("platformID=7&isMsgResp=maybe&isBackground=maybe").0, 1602);
    for text in ["1", "t", "T", "TRUE", "true", "True"] {
        assert!(parse(&NATIVE.replace("=false", &format!("={text}")), None).expect(text).background);
    }
}

#[test]
fn a_result_stays_short_enough_for_native_clients() {
    assert_eq!(result(0, "", ""), r#"{"errCode":0,"errMsg":"","errDlt":""}"#);
    for noise in ["x", "\u{1}", "é", "\""] {
        let long = noise.repeat(5000);
        for (text, detail) in [("TokenExpiredError", long.as_str()), (long.as_str(), long.as_str())] {
            let json = result(1501, text, detail);
            assert!(json.len() <= MOST_RESULT && json.starts_with(r#"{"errCode":1501,"errMsg":""#), "{}", json.len());
            serde_json::from_str::<serde_json::Value>(&json).expect("JSON");
        }
    }
}
