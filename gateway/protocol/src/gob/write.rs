//! Writing a stream: a constant definition, then the value.

/// The definition of a struct, written once.
#[derive(Debug)]
pub(super) struct Definition {
    /// The message that defines the type.
    prefix: Vec<u8>,
    id: i64,
}

impl Definition {
    /// Defines a struct under an id, which may be any from 64 on.
    pub(super) fn new(id: i64, name: &str, fields: &[(&str, i64)]) -> Self {
        let mut body = Vec::new();
        int(&mut body, -id);
        uint(&mut body, 3); // the third kind of type: a struct
        uint(&mut body, 1);
        named(&mut body, name, id);
        uint(&mut body, 1);
        uint(&mut body, fields.len() as u64);
        for (name, ty) in fields {
            named(&mut body, name, *ty);
        }
        body.extend_from_slice(&[0, 0]);
        let mut prefix = Vec::with_capacity(body.len() + 2);
        bytes(&mut prefix, &body);
        Self { prefix, id }
    }

    /// Writes a stream whose value has the fields that `write` gives, in the definition's order.
    pub(super) fn value(&self, write: impl FnOnce(&mut Fields)) -> Vec<u8> {
        let mut fields = Fields { body: Vec::with_capacity(256), skipped: 0 };
        int(&mut fields.body, self.id);
        write(&mut fields);
        fields.body.push(0);
        let mut stream = Vec::with_capacity(self.prefix.len() + 9 + fields.body.len());
        stream.extend_from_slice(&self.prefix);
        bytes(&mut stream, &fields.body);
        stream
    }
}

/// The fields of a value; zero values leave no trace but a larger step to the next.
pub(super) struct Fields {
    body: Vec<u8>,
    skipped: u64,
}

impl Fields {
    /// Writes the next field, a number.
    pub(super) fn int(&mut self, value: i64) {
        if self.step(value == 0) {
            int(&mut self.body, value);
        }
    }

    /// Writes the next field, text or bytes.
    pub(super) fn bytes(&mut self, value: &[u8]) {
        if self.step(value.is_empty()) {
            bytes(&mut self.body, value);
        }
    }

    fn step(&mut self, zero: bool) -> bool {
        if zero {
            self.skipped += 1;
        } else {
            let delta = std::mem::take(&mut self.skipped) + 1;
            uint(&mut self.body, delta);
        }
        !zero
    }
}

fn named(out: &mut Vec<u8>, name: &str, id: i64) {
    uint(out, 1);
    bytes(out, name.as_bytes());
    uint(out, 1);
    int(out, id);
    out.push(0);
}

fn uint(out: &mut Vec<u8>, number: u64) {
    let bytes = number.to_be_bytes();
    match bytes[7] {
        low if number < 128 => out.push(low),
        _ => {
            let zeros = usize::try_from(number.leading_zeros() / 8).unwrap_or_default();
            let digits = &bytes[zeros..];
            out.push(u8::try_from(digits.len()).unwrap_or_default().wrapping_neg());
            out.extend_from_slice(digits);
        }
    }
}

fn int(out: &mut Vec<u8>, number: i64) {
    let bits = number.cast_unsigned();
    uint(out, if number < 0 { !bits << 1 | 1 } else { bits << 1 });
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    uint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}
