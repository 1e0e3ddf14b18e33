//! JSON-LD as shops write it: mostly JSON. What strict JSON refuses is mended first.

use super::extracted::Evidence;
use super::graph::{Datum, Graph, MAX_TYPES, Node, NodeId, local_name};
use super::json_weight;
use serde_json::Value;

/// Longer scripts are no product data.
pub(super) const MAX_SCRIPT_BYTES: usize = 4 << 20;
/// Bytes the parsed form of one script may take.
const MAX_PARSED_BYTES: usize = 16 << 20;
/// Deeper brackets are not JSON that could be parsed.
const MAX_DEPTH: usize = 200;
/// Documents in one script; some shops write several one after another.
const MAX_DOCUMENTS: usize = 64;

/// Reads one script into the graph: arrays, `@graph`, nested things. What cannot be mended is left out.
pub(super) fn read(script: &str, graph: &mut Graph) {
    for document in parse_lenient(script) {
        add_value(&document, None, graph);
    }
}

/// Parses JSON; on failure once more with comments, trailing commas, raw control characters, stray quotes inside texts, HTML
/// escapes and missing closing brackets mended.
pub(super) fn parse_lenient(script: &str) -> Vec<Value> {
    let trimmed = script.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == ';');
    if trimmed.is_empty() || trimmed.len() > MAX_SCRIPT_BYTES || json_weight::parsed_bytes(trimmed) > MAX_PARSED_BYTES {
        return Vec::new();
    }
    if let Ok(value) = serde_json::from_str(trimmed) {
        return vec![value];
    }
    let unescaped;
    let mut text = trimmed;
    if text.contains("&quot;") && !text.contains("\":") {
        unescaped = htmlize::unescape(text).into_owned();
        text = &unescaped;
    }
    let mended = mend(text);
    serde_json::Deserializer::from_str(&mended).into_iter().map_while(Result::ok).take(MAX_DOCUMENTS).collect()
}

/// One pass over the characters that writes JSON which means the same.
fn mend(text: &str) -> String {
    let mut out = Mended { json: String::with_capacity(text.len() + 16), end: 0 };
    let mut closers: Vec<char> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if let Some(skipped) = markup_or_comment(rest, out.ends_with(&['}'])) {
            at += skipped;
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        match c {
            '"' => {
                at += copy_string(rest, &mut out.json);
                out.end = out.json.len();
                continue;
            }
            '{' | '[' if closers.len() >= MAX_DEPTH => break,
            '{' | '[' => {
                closers.push(if c == '{' { '}' } else { ']' });
                out.push(c);
            }
            '}' | ']' => {
                out.drop_trailing_comma();
                if closers.last() == Some(&c) {
                    closers.pop();
                    out.push(c);
                }
            }
            ';' | ',' if closers.is_empty() => {}
            ',' if out.ends_with(&[',', '{', '[']) => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        at += c.len_utf8();
    }
    out.drop_trailing_comma();
    out.json.extend(closers.into_iter().rev());
    out.json
}

/// JSON written so far. Where its last character that is no blank ends is kept: looking for it each time would make the
/// work quadratic on a page full of blanks.
struct Mended {
    json: String,
    end: usize,
}

impl Mended {
    fn push(&mut self, c: char) {
        self.json.push(c);
        if !c.is_whitespace() {
            self.end = self.json.len();
        }
    }

    fn ends_with(&self, any: &[char]) -> bool {
        self.json[..self.end].ends_with(any)
    }

    fn drop_trailing_comma(&mut self) {
        if self.ends_with(&[',']) {
            self.json.truncate(self.end - 1);
            self.json.truncate(self.json.trim_end().len());
            self.end = self.json.len();
        }
    }
}

/// Length of a comment or a CDATA or HTML-comment mark at the start of a text that is outside strings.
fn markup_or_comment(rest: &str, after_object: bool) -> Option<usize> {
    for mark in ["<![CDATA[", "]]>", "<!--", "-->"] {
        // Inside an array `]]>` may be two brackets and a stray sign; as a mark it stands at the end of the document.
        if rest.starts_with(mark) && (mark != "]]>" || rest.len() == mark.len() || after_object) {
            return Some(mark.len());
        }
    }
    if rest.starts_with("/*") {
        return Some(rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    rest.starts_with("//").then(|| rest.find('\n').unwrap_or(rest.len()))
}

/// Copies a string that begins with a quote, mends what may not stand in one, and answers how many bytes it took. A quote
/// ends the string only where JSON can go on behind it.
fn copy_string(rest: &str, out: &mut String) -> usize {
    out.push('"');
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, next)) if matches!(next, '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => {
                    out.push('\\');
                    out.push(next);
                }
                Some((from, 'u')) if rest[from + 1..].bytes().take(4).filter(u8::is_ascii_hexdigit).count() == 4 => {
                    out.push_str("\\u");
                }
                Some((_, next)) => out.push(if next.is_ascii_control() { ' ' } else { next }),
                None => break,
            },
            '"' => {
                let behind = rest[at + 1..].trim_start();
                if behind.is_empty() || behind.starts_with([',', ':', '}', ']', '/']) || behind.starts_with("-->") {
                    out.push('"');
                    return at + 1;
                }
                out.push_str("\\\"");
            }
            // JSON allows all others, and what is allowed is not mended.
            '\0'..='\u{1f}' => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    rest.len()
}

/// Adds a value's things. serde_json bounds the depth of what it parses, so this recursion is bounded too.
fn add_value(value: &Value, parent: Option<(NodeId, &str)>, graph: &mut Graph) {
    match value {
        Value::Array(values) => values.iter().for_each(|v| add_value(v, parent, graph)),
        Value::Object(object) => {
            if let Some(Value::String(text)) = object.get("@value") {
                return add_value(&Value::String(text.clone()), parent, graph);
            }
            let types = match object.get("@type").or_else(|| object.get("type")) {
                Some(Value::String(one)) => vec![local_name(one).to_owned()],
                Some(Value::Array(many)) => {
                    many.iter().filter_map(Value::as_str).map(|t| local_name(t).to_owned()).take(MAX_TYPES).collect()
                }
                _ => Vec::new(),
            };
            let id = object.get("@id").and_then(Value::as_str).map(str::to_owned);
            let node = Node {
                types,
                id,
                parent: parent.map(|(p, name)| (p, name.to_owned())),
                evidence: Some(Evidence::JsonLd),
                ..Node::default()
            };
            let Some(node) = graph.add(node) else { return };
            if let Some((parent, name)) = parent {
                graph.set(parent, name, Datum::Node(node));
            }
            for (name, value) in object {
                if name == "@graph" {
                    add_value(value, None, graph);
                } else if !name.starts_with('@') {
                    add_value(value, Some((node, local_name(name))), graph);
                }
            }
        }
        scalar => {
            let Some((parent, name)) = parent else { return };
            let text = match scalar {
                // JSON-LD texts are often escaped once more for HTML.
                Value::String(text) => htmlize::unescape(text.as_str()).into_owned(),
                Value::Number(number) => plain_number(&number.to_string()),
                Value::Bool(flag) => flag.to_string(),
                _ => return,
            };
            graph.set(parent, name, Datum::Machine(text));
        }
    }
}

/// `1.5e2` → `150`; other numbers as they are. Exact: the digits are moved, not computed with.
fn plain_number(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return text.to_owned() };
    let (Ok(exponent), false) = (exponent.parse::<i32>(), mantissa.len() > 40) else { return text.to_owned() };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if exponent.abs() > 30 {
        return text.to_owned();
    }
    let digits = format!("{whole}{fraction}");
    let point = whole.len() as i32 + exponent;
    match usize::try_from(point) {
        Ok(point) if point > 0 && point >= digits.len() => {
            format!("{sign}{digits}{}", "0".repeat(point - digits.len()))
        }
        Ok(point) if point > 0 => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
        _ => format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn mends_what_shops_break() {
        let want = json!({"@type": "Product", "name": "A \"B\" C", "offers": [{"price": 1}]});
        for broken in [
            "<!-- {\"@type\":\"Product\",\"name\":\"A \\\"B\\\" C\",\"offers\":[{\"price\":1}]} -->",
            "//<![CDATA[\n{\"@type\":\"Product\",\"name\":\"A \\\"B\\\" C\",\"offers\":[{\"price\":1,},],}\n//]]>",
            "{\"@type\":\"Product\", // kind\n\"name\":\"A \"B\" C\", /* x */ \"offers\":[{\"price\":1}]};",
            "{\"@type\":\"Product\",,\"name\":\"A \\\"B\\\" C\",\"offers\":[{\"price\":1}",
            "{&quot;@type&quot;:&quot;Product&quot;,&quot;name&quot;:&quot;A \\&quot;B\\&quot; C&quot;,&quot;offers&quot;:[{&quot;price&quot;:1}]}",
        ] {
            assert_eq!(parse_lenient(broken), vec![want.clone()], "{broken}");
        }
        assert_eq!(parse_lenient("{\"d\":\"a\nb\tc\\x\"}"), vec![json!({"d": "a b cx"})]);
        assert_eq!(parse_lenient("{\"a\":1}{\"b\":2}").len(), 2);
        assert_eq!(parse_lenient("not json"), Vec::<Value>::new());
    }

    #[test]
    fn what_json_allows_is_not_mended() {
        let text = "{\"name\":\"a\u{94}b\u{7f}c\"},";
        assert_eq!(mend(text), "{\"name\":\"a\u{94}b\u{7f}c\"}");
        assert_eq!(mend("{\"name\":\"a\u{1}b\"}"), "{\"name\":\"a b\"}");
    }

    #[test]
    fn builds_a_graph_with_parents() {
        let mut graph = Graph::default();
        read(
            r##"{"@context":"https://schema.org","@graph":[{"@type":"WebPage","mainEntity":{"@id":"#p"}},
               {"@type":["http://schema.org/Product"],"@id":"#p","name":"Tea &amp; cup","offers":{"@type":"Offer","price":1.5e2}}]}"##,
            &mut graph,
        );
        let product = (0..graph.nodes.len()).find(|n| graph.is_a(*n, &["Product"])).unwrap();
        assert_eq!(graph.text(product, "name"), Some("Tea & cup"));
        let offer = graph.things(product, "offers")[0];
        assert_eq!(graph.text(offer, "price"), Some("150.0"));
        assert_eq!(graph.ancestors(offer).next(), Some((product, "offers")));
        let page = (0..graph.nodes.len()).find(|n| graph.is_a(*n, &["WebPage"])).unwrap();
        assert_eq!(graph.things(page, "mainEntity"), vec![product]);
    }

    #[test]
    fn exponents_become_digits() {
        for (text, want) in
            [("1.5e2", "150"), ("1e3", "1000"), ("12345e-2", "123.45"), ("5e-3", "0.005"), ("-2.5E1", "-25")]
        {
            assert_eq!(plain_number(text), want);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{}\",:/*<!\\-\\\\a-c0-9&;\n\u{e4}]{0,60}") {
            let mut graph = Graph::default();
            read(&text, &mut graph);
        }
    }
}
