//! A record as it was read, whatever it was written in: BSON or extended JSON. What cannot be meant is an error that says
//! which field is wrong and how.

/// How deep values may nest; OpenIM's nest four deep.
pub(crate) const MAX_DEPTH: usize = 32;

/// A value of a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// Milliseconds since 1970.
    Time(i64),
    /// 24 hex digits.
    Id(String),
    List(Vec<Self>),
    Map(Map),
    /// A kind that no field of OpenIM has.
    Other(&'static str),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::Time(_) => "a time",
            Self::Id(_) => "an object id",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
            Self::Other(kind) => kind,
        }
    }
}

/// Named values, in order, each name once.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Map(Vec<(String, Value)>);

/// Why a record cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Wrong(pub(crate) String);

impl Wrong {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl From<openim_core::Error> for Wrong {
    fn from(error: openim_core::Error) -> Self {
        Self(error.to_string())
    }
}

impl Map {
    /// Adds a value.
    ///
    /// # Errors
    /// When the name is there already: nobody can say which one counts.
    pub(crate) fn insert(&mut self, name: &str, value: Value) -> Result<(), Wrong> {
        if self.0.iter().any(|(known, _)| known == name) {
            return Err(Wrong::new(format!("the field {name} is there twice")));
        }
        self.0.push((name.to_owned(), value));
        Ok(())
    }

    pub(crate) fn entries(&self) -> &[(String, Value)] {
        &self.0
    }

    /// Returns a value; null counts as missing.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value).filter(|value| **value != Value::Null)
    }

    fn wrong<T>(name: &str, wanted: &str, value: &Value) -> Result<T, Wrong> {
        Err(Wrong::new(format!("{name} is {}, not {wanted}", value.kind())))
    }

    /// Returns a text as it is; empty when it is missing.
    pub(crate) fn raw_text(&self, name: &str) -> Result<&str, Wrong> {
        match self.get(name) {
            None => Ok(""),
            Some(Value::Text(text)) => Ok(text),
            Some(other) => Self::wrong(name, "a text", other),
        }
    }

    /// Returns a text for a column: PostgreSQL takes no NUL character.
    pub(crate) fn text(&self, name: &str) -> Result<String, Wrong> {
        let text = self.raw_text(name)?;
        if text.contains('\0') {
            return Err(Wrong::new(format!("{name} has a NUL character")));
        }
        Ok(text.to_owned())
    }

    /// Returns a text of at most `most` characters.
    pub(crate) fn short(&self, name: &str, most: usize) -> Result<String, Wrong> {
        let text = self.text(name)?;
        match text.chars().count() {
            count if count > most => Err(Wrong::new(format!("{name} has {count} characters, {most} are possible"))),
            _ => Ok(text),
        }
    }

    /// Returns a whole number; 0 when it is missing.
    pub(crate) fn int(&self, name: &str) -> Result<i64, Wrong> {
        match self.get(name) {
            None => Ok(0),
            Some(Value::Int(number)) => Ok(*number),
            Some(Value::Float(number)) => whole(*number).ok_or_else(|| Wrong::new(format!("{name} is no whole number"))),
            Some(other) => Self::wrong(name, "a number", other),
        }
    }

    /// Returns a whole number of 32 bits.
    pub(crate) fn small(&self, name: &str) -> Result<i32, Wrong> {
        let number = self.int(name)?;
        i32::try_from(number).map_err(|_| Wrong::new(format!("{name} is {number}: that is too big")))
    }

    /// Returns one of some numbers.
    pub(crate) fn one_of(&self, name: &str, allowed: &[i32]) -> Result<i32, Wrong> {
        let number = self.small(name)?;
        if allowed.contains(&number) { Ok(number) } else { Err(Wrong::new(format!("{name} is {number}, which means nothing"))) }
    }

    pub(crate) fn bool(&self, name: &str) -> Result<bool, Wrong> {
        match self.get(name) {
            None => Ok(false),
            Some(Value::Bool(truth)) => Ok(*truth),
            Some(other) => Self::wrong(name, "true or false", other),
        }
    }

    /// Returns a time in milliseconds; 0 when it is missing, or before 1970 as Go's zero time is.
    pub(crate) fn time(&self, name: &str) -> Result<i64, Wrong> {
        match self.get(name) {
            None => Ok(0),
            Some(Value::Time(time)) => Ok(*time.max(&0)),
            Some(other) => Self::wrong(name, "a time", other),
        }
    }

    /// Returns a list; empty when it is missing.
    pub(crate) fn list(&self, name: &str) -> Result<&[Value], Wrong> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::List(list)) => Ok(list),
            Some(other) => Self::wrong(name, "a list", other),
        }
    }

    /// Returns a list of texts.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Wrong> {
        let text = |value: &Value| match value {
            Value::Text(text) => Ok(text.clone()),
            other => Self::wrong(name, "a list of texts", other),
        };
        self.list(name)?.iter().map(text).collect()
    }

    /// Returns an object, if there is one.
    pub(crate) fn map(&self, name: &str) -> Result<Option<&Self>, Wrong> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Map(map)) => Ok(Some(map)),
            Some(other) => Self::wrong(name, "an object", other),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and far from the limits")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}
