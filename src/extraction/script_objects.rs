//! Objects in script text, found without running it: one walk over the characters that knows strings, numbers, names and
//! brackets of JSON and of JavaScript literals, and keeps what stands under the names of `script_words`.
//!
//! Nothing is built of what nobody asks for, so a script costs one look at each of its bytes.

use super::script_arguments;
use super::script_values::{MAX_VALUES, Object, Value, lift, literal, unescape};
use super::script_words::{Key, is_elsewhere_event, is_negative, key};
use std::collections::HashMap;

/// Brackets inside brackets that are followed; deeper ones are passed over.
const MAX_DEPTH: usize = 256;
/// Objects kept of one page.
pub(super) const MAX_OBJECTS: usize = 2_000;
/// Longer values are prose.
const MAX_VALUE_BYTES: usize = 300;
/// Scripts inside strings inside scripts.
const MAX_NESTING: u8 = 2;
/// Shorter strings hold no objects worth reading.
const MIN_NESTED_BYTES: usize = 60;

/// An open bracket.
struct Frame {
    closer: u8,
    /// The name it stands under.
    key: Option<Key>,
    object: Object,
    is_elsewhere: bool,
    /// The name that the next value of this object stands under.
    pending: Option<(Key, bool)>,
}

/// Reads a script's objects to the end of a list. `budget` counts the bytes that may still be looked at on this page.
pub(super) fn read(script: &str, objects: &mut Vec<Object>, budget: &mut usize) {
    read_nested(script, objects, budget, 0);
}

fn read_nested(script: &str, objects: &mut Vec<Object>, budget: &mut usize, nesting: u8) {
    if script.len() > *budget {
        return;
    }
    *budget -= script.len();
    let mut scan = Scan {
        text: script,
        at: 0,
        frames: Vec::new(),
        skipped: 0,
        comments_end: true,
        objects,
        nested: Vec::new(),
        nesting,
        variables: script_arguments::read(script),
    };
    scan.run();
    let nested = scan.nested;
    for text in nested {
        read_nested(&text, objects, budget, nesting + 1);
    }
}

struct Scan<'t, 'o> {
    text: &'t str,
    at: usize,
    frames: Vec<Frame>,
    /// Open brackets beyond the depth that is followed.
    skipped: usize,
    /// Whether a comment that begins here may still end: looked for in vain once, never again.
    comments_end: bool,
    objects: &'o mut Vec<Object>,
    nested: Vec<String>,
    nesting: u8,
    /// Values that stand under short names in the script.
    variables: HashMap<&'t str, &'t str>,
}

impl Scan<'_, '_> {
    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' | b'\'' | b'`' => self.string(*byte),
                b'{' | b'[' | b'(' => self.open(*byte),
                b'}' | b']' | b')' => self.close(*byte),
                b'0'..=b'9' | b'-' => self.number(),
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => self.name(),
                b',' | b';' => {
                    self.at += 1;
                    if let Some(frame) = self.frames.last_mut() {
                        frame.pending = None;
                    }
                }
                b'/' => self.comment(),
                // What a backslash escapes begins no string: so a quote whose end was looked for in vain is looked at once.
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        // What a cut-off script leaves open ends with it.
        while let Some(frame) = self.frames.pop() {
            self.end(frame);
        }
    }

    fn open(&mut self, byte: u8) {
        self.at += 1;
        if self.frames.len() >= MAX_DEPTH {
            self.skipped += 1;
            return;
        }
        let parent = self.frames.last_mut();
        let (key, is_elsewhere) = match parent {
            Some(parent) => {
                let key = if parent.closer == b'}' { parent.pending.take().map(|(key, _)| key) } else { parent.key };
                (key, parent.is_elsewhere || key == Some(Key::Elsewhere))
            }
            None => (None, false),
        };
        let closer = match byte {
            b'{' => b'}',
            b'[' => b']',
            _ => b')',
        };
        let object = Object {
            in_list: closer == b'}' && self.frames.last().is_some_and(|f| f.closer == b']'),
            ..Object::default()
        };
        self.frames.push(Frame { closer, key, object, is_elsewhere, pending: None });
    }

    fn close(&mut self, byte: u8) {
        self.at += 1;
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        // A bracket that closes none of the open ones is passed over; one that closes an outer one closes the inner ones too.
        if self.frames.iter().rev().take(4).any(|f| f.closer == byte) {
            while let Some(frame) = self.frames.pop() {
                let found = frame.closer == byte;
                self.end(frame);
                if found {
                    return;
                }
            }
        }
    }

    /// A bracket is closed: an object that looks like a product is kept; prices and names of inner things go to the outer.
    fn end(&mut self, frame: Frame) {
        if frame.closer != b'}' || frame.object.values.is_empty() {
            return;
        }
        if let Some(parent) = self.frames.last_mut()
            && parent.closer == b'}'
        {
            lift(frame.key, &frame.object, &mut parent.object);
        }
        let is_price = matches!(frame.key, Some(Key::Price | Key::Prices | Key::ListPrice | Key::Amount));
        if !frame.is_elsewhere && !is_price && frame.object.is_product() && self.objects.len() < MAX_OBJECTS {
            self.objects.push(frame.object);
        }
    }

    fn comment(&mut self) {
        // `//` also stands in addresses and regular expressions; nothing is lost by reading such a comment.
        let is_block = self.comments_end && self.text.as_bytes().get(self.at + 1) == Some(&b'*');
        let end = if is_block { self.text.get(self.at..).and_then(|rest| rest.find("*/")) } else { None };
        self.comments_end &= !is_block || end.is_some();
        self.at += end.map_or(1, |end| end + 2);
    }

    /// A string: a name before a colon, else a value. One that its line does not end is no string.
    fn string(&mut self, quote: u8) {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut end = start;
        let mut is_escaped = false;
        loop {
            match bytes.get(end) {
                Some(b'\\') => {
                    is_escaped = true;
                    end += 2;
                }
                Some(byte) if *byte == quote => break,
                Some(b'\n') if quote != b'`' => {
                    self.at = start;
                    return;
                }
                Some(_) => end += 1,
                None => {
                    self.at = start;
                    return;
                }
            }
        }
        let Some(raw) = self.text.get(start..end) else {
            self.at = start;
            return;
        };
        self.at = end + 1;
        if self.is_name_here() {
            self.pend(raw);
            return;
        }
        if raw.len() >= MIN_NESTED_BYTES {
            let holds_objects = is_escaped && raw.contains('{') || raw.starts_with("{\"") || raw.starts_with("[{\"");
            if holds_objects && self.nesting < MAX_NESTING && !self.frames.last().is_some_and(|f| f.is_elsewhere) {
                self.nested.push(unescape(raw));
            }
        }
        if raw.len() <= MAX_VALUE_BYTES {
            if is_elsewhere_event(raw)
                && let Some(frame) = self.frames.last_mut()
            {
                frame.is_elsewhere = true;
            }
            if self.is_awaited() {
                let text = if is_escaped { unescape(raw) } else { raw.to_owned() };
                self.take(Value::Text(text));
            }
        }
    }

    /// Whether what was just read stands before a colon, inside an object.
    fn is_name_here(&mut self) -> bool {
        if self.frames.last().is_none_or(|f| f.closer != b'}' || f.pending.is_some()) {
            return false;
        }
        let rest = &self.text.as_bytes()[self.at..];
        let blanks = rest.iter().take(16).take_while(|b| b.is_ascii_whitespace()).count();
        let is_name = rest.get(blanks) == Some(&b':');
        if is_name {
            self.at += blanks + 1;
        }
        is_name
    }

    fn pend(&mut self, name: &str) {
        if let Some(frame) = self.frames.last_mut() {
            frame.pending = key(name).map(|key| (key, key == Key::Availability && is_negative(name)));
        }
    }

    fn is_awaited(&self) -> bool {
        self.frames.last().is_some_and(|f| match f.closer {
            b'}' => f.pending.is_some(),
            b']' => f.key == Some(Key::Gtin) || f.key == Some(Key::Id),
            _ => false,
        })
    }

    fn take(&mut self, value: Value) {
        let Some(frame) = self.frames.last_mut() else { return };
        if frame.closer == b']' {
            // `ean: ["…"]`: the value of a list's object.
            let key = frame.key;
            let Some(parent) = self.frames.iter_mut().rev().nth(1).filter(|f| f.closer == b'}') else { return };
            if let Some(key) = key
                && parent.object.values.len() < MAX_VALUES
            {
                parent.object.values.push((key, value));
            }
            return;
        }
        let Some((key, negative)) = frame.pending.take().filter(|(key, _)| *key != Key::Elsewhere) else { return };
        let value = match value {
            Value::Flag(flag) if negative => Value::Flag(!flag),
            Value::Number(number) if negative => Value::Flag(number == "0"),
            Value::Text(_) if negative => return,
            other => other,
        };
        let is_number = |value: &Value| match value {
            Value::Number(_) => true,
            Value::Text(text) => text.bytes().any(|b| b.is_ascii_digit()),
            Value::Flag(_) => false,
        };
        if matches!(key, Key::Price | Key::ListPrice | Key::Amount) && !is_number(&value) {
            return;
        }
        if frame.object.values.len() < MAX_VALUES {
            frame.object.values.push((key, value));
        }
    }

    fn number(&mut self) {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut end = start + 1;
        while bytes.get(end).is_some_and(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-')) {
            end += 1;
        }
        self.at = end;
        let Some(raw) = self.text.get(start..end) else { return };
        if self.is_awaited() && raw.len() <= 40 && raw.bytes().any(|b| b.is_ascii_digit()) {
            self.take(Value::Number(raw.to_owned()));
        }
    }

    fn name(&mut self) {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut end = start + 1;
        while bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$')) {
            end += 1;
        }
        self.at = end;
        let Some(raw) = self.text.get(start..end) else { return };
        if self.is_name_here() {
            self.pend(raw);
            return;
        }
        match raw {
            "true" | "false" if self.is_awaited() => self.take(Value::Flag(raw == "true")),
            _ if self.is_awaited() && self.variables.contains_key(raw) => {
                if let Some(value) = self.variables.get(raw).and_then(|text| literal(text)) {
                    self.take(value);
                }
            }
            _ => {
                // A variable or a call: what follows is not the value itself.
                if let Some(frame) = self.frames.last_mut() {
                    frame.pending = None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn objects(script: &str) -> Vec<Object> {
        let mut found = Vec::new();
        read(script, &mut found, &mut (1 << 20));
        found
    }

    fn only(script: &str) -> Object {
        let mut found = objects(script);
        assert_eq!(found.len(), 1, "{script}: {found:?}");
        found.remove(0)
    }

    #[test]
    fn json_and_javascript_literals_alike() {
        for script in [
            r#"{"props":{"product":{"name":"Tea pot","sku":"TP-77","price":19.99}}}"#,
            "dataLayer.push({ecommerce:{detail:{products:[{'name':'Tea pot','id_':1,sku:'TP-77',price:19.99,}]}}});",
            "window.x = {a: f(1), product: {name: \"Tea pot\", /* n */ sku: \"TP-77\", price: 19.99",
            r#"self.__next_f.push([1,"5:[\"$\",null,{\"name\":\"Tea pot\",\"sku\":\"TP-77\",\"price\":19.99,\"x\":\"0123456789\"}]"])"#,
            r#"var s = JSON.parse('{"name":"Tea pot","sku":"TP-77","price":19.99,"description":"a long text that is of no use"}');"#,
        ] {
            let object = only(script);
            assert_eq!((object.text(Key::Name), object.text(Key::Sku)), (Some("Tea pot"), Some("TP-77")), "{script}");
            assert_eq!(object.text(Key::Price), Some("19.99"), "{script}");
        }
    }

    #[test]
    fn inner_prices_and_brands_are_the_outer_things() {
        let o = only(
            r#"{"id":"1","name":"A","brand":{"name":"Acme"},"price":{"sales":{"value":9.5,"currency":"EUR"},"list":{"value":12}},"isOutOfStock":false}"#,
        );
        assert_eq!((o.text(Key::Price), o.text(Key::ListPrice)), (Some("9.5"), Some("12")));
        assert_eq!((o.text(Key::Currency), o.text(Key::Brand)), (Some("EUR"), Some("Acme")));
        assert_eq!(o.all(Key::Availability).next(), Some(&Value::Flag(true)));
    }

    #[test]
    fn other_products_and_code_are_left_out() {
        assert!(objects(r#"{"recommendations":[{"name":"B","sku":"2","price":1}]}"#).is_empty());
        assert!(objects("gtag('event','view_item_list',{items:[{item_name:'B',item_id:'2',price:1}]})").is_empty());
        assert!(objects("function f(a){ return a ? {name: a.name, price: x.price} : /['\"]/ }").is_empty());
    }

    #[test]
    fn an_open_quote_does_not_swallow_the_script() {
        let o = only("var r = /don't/;\nvar p = {\"name\":\"Tea\\u0020pot\",\"sku\":\"1\"};");
        assert_eq!(o.text(Key::Name), Some("Tea pot"));
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = "{\"a\":".repeat(50_000) + "[(((" + &"}".repeat(60_000) + "{\"name\":\"A\",\"sku\":\"1\"}";
        assert!(objects(&deep).len() <= 1);
        let mut found = Vec::new();
        read("{\"name\":\"A\",\"sku\":\"1\"}", &mut found, &mut 3);
        assert!(found.is_empty());
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{}()\",:'`/*\\\\unam1-9.;e \u{e4}\n]{0,80}") {
            objects(&text);
            objects(&format!("{{\"name\":\"{text}\",\"price\":{text}}}"));
        }
    }
}
