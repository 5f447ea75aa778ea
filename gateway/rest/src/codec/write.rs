//! Writing texts, numbers and free JSON as Go does.

use async_graphql::Value;

use std::io::Write as _;

/// Writes a JSON string: `<`, `>`, `&` and the two JavaScript line ends are escaped besides what JSON demands.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x08 => b"\\b",
            0x0c => b"\\f",
            b'<' => b"\\u003c",
            b'>' => b"\\u003e",
            b'&' => b"\\u0026",
            0x00..=0x1f => {
                out.extend_from_slice(&bytes[start..at]);
                let hex = b"0123456789abcdef";
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', hex[usize::from(byte >> 4)], hex[usize::from(byte & 15)]]);
                start = at + 1;
                continue;
            }
            // U+2028 and U+2029 are e2 80 a8 and e2 80 a9; the text is UTF-8, so that the two bytes before belong to it.
            0xa8 | 0xa9 if at >= 2 && bytes[at - 2] == 0xe2 && bytes[at - 1] == 0x80 => {
                out.extend_from_slice(&bytes[start..at - 2]);
                out.extend_from_slice(if byte == 0xa8 { b"\\u2028" } else { b"\\u2029" });
                start = at + 1;
                continue;
            }
            _ => continue,
        };
        out.extend_from_slice(&bytes[start..at]);
        out.extend_from_slice(escape);
        start = at + 1;
    }
    out.extend_from_slice(&bytes[start..]);
    out.push(b'"');
}

/// Writes a float in its shortest form: plain digits from 1e-6 up to 1e21, an exponent outside.
pub(crate) fn write_float(out: &mut Vec<u8>, value: f64) {
    let size = value.abs();
    let text = if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{value:e}");
        if size >= 1e21 { text.replace('e', "e+") } else { text }
    } else {
        format!("{value}")
    };
    out.extend_from_slice(text.as_bytes());
}

/// Writes free JSON compactly with sorted keys: the form in which OpenIM stores message contents.
pub(crate) fn compact_sorted(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Boolean(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => write_float(out, float),
            _ => {
                // Writing to memory cannot fail.
                let _ = write!(out, "{number}");
            }
        },
        Value::String(text) => write_string(out, text),
        Value::Enum(name) => write_string(out, name),
        Value::Binary(_) => out.extend_from_slice(b"null"),
        Value::List(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                compact_sorted(out, item);
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
            out.push(b'{');
            for (at, (key, item)) in fields.into_iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_string(out, key);
                out.push(b':');
                compact_sorted(out, item);
            }
            out.push(b'}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> String {
        let mut out = Vec::new();
        write_string(&mut out, text);
        String::from_utf8(out).expect("utf-8")
    }

    #[test]
    fn strings_are_escaped_as_go_escapes_them() {
        assert_eq!(string("u<1>&\"\\"), r#""u\u003c1\u003e\u0026\"\\""#);
        assert_eq!(string("a\u{2028}b\u{2029}"), r#""a\u2028b\u2029""#);
        assert_eq!(string("\n\r\t\u{8}\u{c}\u{0}\u{1f}\u{7f}"), "\"\\n\\r\\t\\b\\f\\u0000\\u001f\u{7f}\"");
        assert_eq!(string("张三 é 🙂 ¨"), "\"张三 é 🙂 ¨\"");
    }

    #[test]
    fn floats_have_the_shortest_form() {
        for (value, text) in
            [(1.0, "1"), (1.5, "1.5"), (1e20, "100000000000000000000"), (1e21, "1e+21"), (1e-6, "0.000001"), (1e-7, "1e-7")]
        {
            let mut out = Vec::new();
            write_float(&mut out, value);
            assert_eq!(String::from_utf8(out).expect("utf-8"), text);
        }
    }

    #[test]
    fn free_json_is_compact_with_sorted_keys() {
        let value = Value::from_json(serde_json::json!({"b": [1, 2.0, null], "a": {"z": "<", "y": true}, "B": 9_007_199_254_740_993_i64}));
        let mut out = Vec::new();
        compact_sorted(&mut out, &value.expect("a value"));
        assert_eq!(String::from_utf8(out).expect("utf-8"), r#"{"B":9007199254740993,"a":{"y":true,"z":"\u003c"},"b":[1,2,null]}"#);
    }
}
