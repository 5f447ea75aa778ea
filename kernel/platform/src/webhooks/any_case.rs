//! Reads answers as OpenIM does: field names match without regard to case, everywhere, but not the keys of maps.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

/// Reads a value; names of struct fields match in any case.
pub(super) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    T::deserialize(AnyCase(value))
}

struct AnyCase(Value);

impl<'de> IntoDeserializer<'de, Error> for AnyCase {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for AnyCase {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(AnyCase))),
            Value::Object(fields) => visitor.visit_map(MapDeserializer::new(fields.into_iter().map(|(key, value)| (key, AnyCase(value))))),
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Value::Object(given) = self.0 else { return self.deserialize_any(visitor) };
        // Of a field that is given twice the last counts.
        let mut known: Vec<(&'static str, AnyCase)> = Vec::with_capacity(fields.len());
        for (key, value) in given {
            let Some(name) = fields.iter().find(|name| name.eq_ignore_ascii_case(&key)) else { continue };
            known.retain(|(earlier, _)| earlier != name);
            known.push((name, AnyCase(value)));
        }
        visitor.visit_map(MapDeserializer::new(known.into_iter()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Changed {
        nick_name: Option<String>,
        role_level: Option<i32>,
        options: Option<BTreeMap<String, bool>>,
        members: Option<Vec<Member>>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Member {
        #[serde(rename = "userID")]
        user_id: String,
    }

    #[test]
    fn names_match_in_any_case_and_keys_of_maps_are_kept() {
        let value = json!({"NICKNAME": "x", "rolelevel": null, "Options": {"isHistory": true}, "members": [{"USERID": "a"}], "other": 1});
        let changed: Changed = read(value).unwrap();
        let options = BTreeMap::from([("isHistory".to_owned(), true)]);
        let members = vec![Member { user_id: "a".into() }];
        assert_eq!(changed, Changed { nick_name: Some("x".into()), role_level: None, options: Some(options), members: Some(members) });
    }

    #[test]
    fn a_value_of_the_wrong_type_is_refused() {
        assert!(read::<Changed>(json!({"roleLevel": "1"})).is_err());
        assert!(read::<Changed>(json!([1])).is_err());
    }
}
