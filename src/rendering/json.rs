//! The structure as JSON, without blanks between its parts.

use super::structure::{Scalar, Sink};
use std::io::{self, Write};

/// Writes the events of the walk as JSON.
#[derive(Default)]
pub struct JsonSink {
    out: Vec<u8>,
    /// Whether a comma must stand before the next key or entry.
    comma: bool,
}

impl JsonSink {
    /// Ends a line of one value, so that the next stands for itself.
    pub fn end_line(&mut self) {
        self.out.push(b'\n');
        self.comma = false;
    }

    fn separate(&mut self) {
        if self.comma {
            self.out.push(b',');
        }
        self.comma = true;
    }

    fn key(&mut self, name: &str) -> io::Result<()> {
        self.separate();
        serde_json::to_writer(&mut self.out, name)?;
        self.out.push(b':');
        Ok(())
    }

    fn open(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.comma = false;
    }

    fn close(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.comma = true;
    }
}

impl Sink for JsonSink {
    /// The root or a list's entry, so that its name is no key.
    fn open_object(&mut self, _name: &'static str) -> io::Result<()> {
        self.separate();
        self.open(b'{');
        Ok(())
    }

    fn open_record(&mut self, name: &'static str) -> io::Result<()> {
        self.key(name)?;
        self.open(b'{');
        Ok(())
    }

    fn close_object(&mut self) -> io::Result<()> {
        self.close(b'}');
        Ok(())
    }

    fn open_list(&mut self, name: &'static str) -> io::Result<()> {
        self.key(name)?;
        self.open(b'[');
        Ok(())
    }

    fn close_list(&mut self) -> io::Result<()> {
        self.close(b']');
        Ok(())
    }

    fn field(&mut self, name: &'static str, value: Scalar<'_>) -> io::Result<()> {
        self.key(name)?;
        match value {
            Scalar::Null => self.out.extend_from_slice(b"null"),
            Scalar::Text(text) | Scalar::Symbol(text) => serde_json::to_writer(&mut self.out, text)?,
            Scalar::Integer(number) => write!(self.out, "{number}")?,
            Scalar::Float(number) => serde_json::to_writer(&mut self.out, &number)?,
            Scalar::Boolean(value) => write!(self.out, "{value}")?,
        }
        Ok(())
    }

    fn entry(&mut self, _name: &'static str, text: &str) -> io::Result<()> {
        self.separate();
        serde_json::to_writer(&mut self.out, text)?;
        Ok(())
    }

    fn drain_into(&mut self, out: &mut Vec<u8>) {
        out.append(&mut self.out);
    }
}
