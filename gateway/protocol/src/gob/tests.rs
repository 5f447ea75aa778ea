use super::write::Definition;
use super::*;

/// A struct that has more, other and nested fields, in another order.
fn foreign(value: &[u8]) -> Vec<u8> {
    // 70: a struct {Version uint, Data, MsgIncr, Extra [](71), SendID, OperationID, Ratio float, Tags map[string]bool (72), ReqIdentifier}
    let message = |body: &[u8]| [&[u8::try_from(body.len()).expect("short")], body].concat();
    let inner = message(b"\xff\x91\x02\x01\x01\x01S\x01\xff\x92\x00\x01\x0c\x00\x00"); // -73: []string
    let nested = message(b"\xff\x8d\x03\x01\x01\x01N\x01\xff\x8e\x00\x01\x01\x01\x01L\x01\xff\x92\x00\x00\x00"); // -71: {L 73}
    let map = message(b"\xff\x8f\x04\x01\x01\x01M\x01\xff\x90\x00\x01\x0c\x01\x02\x00\x00"); // -72: map[string]bool
    let fields = [("Version", 3), ("Data", BYTES), ("Extra", 71), ("SendID", STRING), ("Ratio", 4), ("Tags", 72), ("ReqIdentifier", INT)];
    let outer = Definition::new(70, "Req2", &fields).value(|_| ());
    let outer = &outer[..usize::from(outer[0]) + 1];
    let body = [b"\xff\x8c".as_slice(), value].concat();
    [&inner, &nested, &map, outer, &message(&body)].concat()
}

#[test]
fn further_fields_are_skipped_by_their_types() {
    let value = [
        b"\x01\x05".as_slice(),         // Version 5
        b"\x01\x02\xaa\xbb",            // Data
        b"\x01\x01\x02\x01a\x02bc\x00", // Extra {L: ["a", "bc"]}
        b"\x01\x02u1",                  // SendID
        b"\x01\xfe\xf8\x3f",            // Ratio
        b"\x01\x02\x01x\x01\x01y\x00",  // Tags {x: true, y: false}
        b"\x01\xfe\x07\xd2",            // ReqIdentifier 1001
        b"\x00",
    ];
    let request = decode_request(&foreign(&value.concat())).expect("a request");
    let expected = Request { req_identifier: 1001, send_id: "u1".into(), data: Bytes::from_static(b"\xaa\xbb"), ..Request::default() };
    assert_eq!(request, expected);
}

#[test]
fn values_that_do_not_fit_their_definition_are_refused() {
    for (value, what) in [
        (b"\x08\x01\x00".as_slice(), "a field beyond the last"),
        (b"\x7f\x00", "far beyond"),
        (b"\xf8\xff\xff\xff\xff\xff\xff\xff\xff\x00", "a step that overflows"),
        (b"\x02\xfe\xff\xffab\x00", "a length beyond the end"),
        (b"\x02\xf8\xff\xff\xff\xff\xff\xff\xff\xff\x00", "the greatest length"),
        (b"\x03\x01\xfd\xff\xff\xff\x01a\x00\x00", "a count beyond the end"),
        (b"\x04\x01\xff\x00", "a text that is no UTF-8"),
        (b"\x07\xf8\x00\x00\x00\x02\x00\x00\x00\x00\x00", "an integer over 32 bits"),
        (b"\x07\xf7\x00", "a number of nine bytes"),
        (b"\x01\x05", "no end"),
        (b"\x01\x05\x00\x00", "something behind the end"),
        (b"", "nothing"),
    ] {
        assert!(decode_request(&foreign(value)).is_err(), "{what}");
    }
    assert!(decode_request(&[foreign(b"\x00").as_slice(), b"\x00"].concat()).is_err(), "a frame goes on after its value");
    decode_request(&foreign(b"\x00")).expect("all zero");
}

#[test]
fn types_that_contain_themselves_end_by_depth() {
    // -70: a list of itself; -71: a struct with such a field
    let list = b"\x0c\xff\x8b\x02\x01\x01\x01L\x01\xff\x8c\x00\x01\xff\x8c\x00\x00";
    let list = [&[u8::try_from(list.len() - 1).expect("short")], &list[1..]].concat();
    let stream = Definition::new(71, "S", &[("L", 70)]).value(|_| ());
    let outer = &stream[..usize::from(stream[0]) + 1];
    for depth in [3_usize, 10_000] {
        let mut body = b"\xff\x8e\x01".to_vec();
        body.extend(std::iter::repeat_n(1, depth));
        body.extend_from_slice(&[0, 0]);
        let length = u16::try_from(body.len()).expect("short").to_be_bytes();
        let frame = [list.as_slice(), outer, &[0xfe], &length, &body].concat();
        assert_eq!(decode_request(&frame).is_ok(), depth == 3, "{depth}");
    }
}

#[test]
fn definitions_are_bounded() {
    let one = Definition::new(80, "A", &[]).value(|_| ());
    let definition = &one[..usize::from(one[0]) + 1];
    assert!(decode_request(&[definition, &one].concat()).is_err(), "a type is defined twice");
    let mut many = Vec::new();
    for id in 100..200 {
        let stream = Definition::new(id, "A", &[]).value(|_| ());
        many.extend_from_slice(&stream[..usize::from(stream[0]) + 1]);
    }
    assert!(decode_request(&[many, one].concat()).is_err(), "too many types");
    assert!(decode_request(&Definition::new(6, "A", &[]).value(|_| ())).is_err(), "gob's own type is not redefined");
    for frame in [b"".as_slice(), b"\x00", b"\x01", b"\x02\xff\x80", b"\xff", b"\xf8\xff\xff\xff\xff\xff\xff\xff\xff"] {
        assert!(decode_request(frame).is_err(), "{frame:?}");
    }
}

#[test]
fn numbers_of_every_size_come_back() {
    for number in [0, 1, 63, 64, 127, 128, 255, 256, 65_535, 65_536, i32::MAX, -1, -64, -65, -129, i32::MIN] {
        let response = Response { req_identifier: number, err_code: number, ..Response::default() };
        assert_eq!(decode_response(&encode_response(&response)).expect("a response"), response);
    }
    for length in [1, 127, 128, 255, 256, 70_000] {
        let request = Request { data: vec![0xcd; length].into(), ..Request::default() };
        assert_eq!(decode_request(&encode_request(&request)).expect("a request"), request);
    }
}
