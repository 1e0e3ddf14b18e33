//! The structure as XML, as Rails' `Hash#to_xml` writes it, so that Rails reads the JSON structure back.
//!
//! Rule from: ActiveSupport `XmlMini` and `XMLConverter`. An array is `type="array"` around children in the singular; nil
//! is `nil="true"`; an empty element without a type would be read as nil, so an empty text says `type="string"`. A text of
//! blanks must not say so: with a type its content would be dropped.

use super::characters::can_be_held;
use super::structure::{Scalar, Sink};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::borrow::Cow;
use std::io;

/// Writes the events of the walk as XML.
pub struct XmlSink {
    writer: Writer<Vec<u8>>,
    /// Names of the elements that are open, dashed.
    open: Vec<String>,
    /// An element whose start is held back until it is known whether it has children.
    pending: Option<BytesStart<'static>>,
    started: bool,
}

impl Default for XmlSink {
    fn default() -> XmlSink {
        let writer = Writer::new_with_indent(Vec::new(), b' ', 2);
        XmlSink { writer, open: Vec::new(), pending: None, started: false }
    }
}

impl XmlSink {
    fn write(&mut self, event: Event<'_>) -> io::Result<()> {
        if let Some(start) = self.pending.take() {
            self.writer.write_event(Event::Start(start))?;
        }
        self.writer.write_event(event)
    }

    fn open(&mut self, name: &str, is_list: bool) -> io::Result<()> {
        let name = dashed(name);
        let mut start = BytesStart::new(name.clone());
        if is_list {
            start.push_attribute(("type", "array"));
        }
        if let Some(before) = self.pending.replace(start) {
            self.writer.write_event(Event::Start(before))?;
        }
        self.open.push(name);
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        let name = self.open.pop().unwrap_or_default();
        match self.pending.take() {
            Some(start) => self.writer.write_event(Event::Empty(start))?,
            None => self.writer.write_event(Event::End(BytesEnd::new(name)))?,
        }
        if self.open.is_empty() {
            self.writer.get_mut().push(b'\n');
        }
        Ok(())
    }

    fn element(&mut self, name: &str, attribute: Option<(&str, &str)>, text: &str) -> io::Result<()> {
        let name = dashed(name);
        let mut start = BytesStart::new(name.as_str());
        if let Some(attribute) = attribute {
            start.push_attribute(attribute);
        }
        if text.is_empty() {
            return self.write(Event::Empty(start));
        }
        self.write(Event::Start(start))?;
        self.write(Event::Text(BytesText::from_escaped(escaped(text))))?;
        self.write(Event::End(BytesEnd::new(name.as_str())))
    }

    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.element(name, text.is_empty().then_some(("type", "string")), text)
    }
}

impl Sink for XmlSink {
    fn open_object(&mut self, name: &'static str) -> io::Result<()> {
        if !self.started {
            self.started = true;
            self.writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        }
        self.open(name, false)
    }

    fn open_record(&mut self, name: &'static str) -> io::Result<()> {
        self.open(name, false)
    }

    fn close_object(&mut self) -> io::Result<()> {
        self.close()
    }

    fn open_list(&mut self, name: &'static str) -> io::Result<()> {
        self.open(name, true)
    }

    fn close_list(&mut self) -> io::Result<()> {
        self.close()
    }

    fn field(&mut self, name: &'static str, value: Scalar<'_>) -> io::Result<()> {
        match value {
            Scalar::Null => self.element(name, Some(("nil", "true")), ""),
            Scalar::Text(text) => self.text(name, text),
            Scalar::Symbol(word) => self.element(name, Some(("type", "symbol")), word),
            Scalar::Integer(number) => self.element(name, Some(("type", "integer")), &number.to_string()),
            Scalar::Float(number) => self.element(name, Some(("type", "float")), &format!("{number:?}")),
            Scalar::Boolean(value) => self.element(name, Some(("type", "boolean")), &value.to_string()),
        }
    }

    fn entry(&mut self, name: &'static str, text: &str) -> io::Result<()> {
        self.text(name, text)
    }

    fn drain_into(&mut self, out: &mut Vec<u8>) {
        out.append(self.writer.get_mut());
    }
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

/// Markup characters as entities. A CR would be read back as LF, so it is written as a reference; what XML 1.0 cannot hold
/// at all becomes the replacement character.
///
/// Rule from: XML 1.0, sections 2.2 (Char) and 2.11 (end-of-line handling).
fn escaped(text: &str) -> Cow<'_, str> {
    let plain = |c: char| replacement(c).is_none();
    if text.chars().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match replacement(c) {
            Some(other) => out.push_str(other),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn replacement(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#13;"),
        c if !can_be_held(c) => Some("\u{FFFD}"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_xml_reads_otherwise() {
        assert_eq!(escaped("a<b>&\"c' ]]>"), "a&lt;b&gt;&amp;\"c' ]]&gt;");
        assert_eq!(escaped("\r\n\t\u{0}\u{8}\u{FFFE}\u{7F}"), "&#13;\n\t\u{FFFD}\u{FFFD}\u{FFFD}\u{7F}");
    }
}
