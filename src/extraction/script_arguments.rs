//! Nuxt 2 state: `window.__NUXT__=(function(a,b){return {…price:a…}}(19.99,"x"))`, a function whose parameters stand for values
//! that occur often. Read as a table of names and literals; nothing is run.

use std::collections::HashMap;

/// Where such a script begins.
const BEGINNING: &str = "__NUXT__=(function(";
/// Characters in which the beginning must stand.
const MAX_BEGINNING: usize = 100;
/// Parameters read of one script.
const MAX_ARGUMENTS: usize = 20_000;
/// Longer literals are prose.
const MAX_LITERAL_BYTES: usize = 400;

/// The literal that each parameter stands for; empty for any other script.
pub(super) fn read(script: &str) -> HashMap<&str, &str> {
    let beginning: String = script.chars().take(MAX_BEGINNING).filter(|c| !c.is_whitespace()).collect();
    if !beginning.contains(BEGINNING) {
        return HashMap::new();
    }
    let Some((_, rest)) = script.split_once("function(") else { return HashMap::new() };
    let Some((names, body)) = rest.split_once(')') else { return HashMap::new() };
    let Some((_, arguments)) = body.rsplit_once("}(") else { return HashMap::new() };
    names
        .split(',')
        .map(str::trim)
        .zip(literals(arguments))
        .take(MAX_ARGUMENTS)
        .filter(|(_, v)| !v.is_empty())
        .collect()
}

/// The arguments of a call, each as written; what is no short literal is empty.
fn literals(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let (mut start, mut at, mut depth) = (0, 0, 0usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' | b'\'' => {
                let quote = *byte;
                at += 1;
                while bytes.get(at).is_some_and(|b| *b != quote) {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b'}' | b']' if depth == 0 => break,
            b')' | b'}' | b']' => depth -= 1,
            b',' if depth == 0 => {
                found.push(short(text, start, at));
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
        if found.len() >= MAX_ARGUMENTS {
            return found;
        }
    }
    found.push(short(text, start, at.min(text.len())));
    found
}

fn short(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).map(str::trim).filter(|t| t.len() <= MAX_LITERAL_BYTES).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_stand_for_literals() {
        let script =
            r#"window.__NUXT__=(function(a,b,c,d){return {x:[{name:a,price:b}]}}("Tea, (pot)",19.99,{},false));"#;
        let found = read(script);
        assert_eq!((found["a"], found["b"], found["d"]), ("\"Tea, (pot)\"", "19.99", "false"));
        assert!(read("window.x=(function(a){return a}(1));").is_empty());
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a-c,\"'{}()\\\\1\u{e4}]{0,40}") {
            read(&format!("window.__NUXT__=(function({text}){{}}({text}"));
        }
    }
}
