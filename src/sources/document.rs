//! A definition file with its lines: reads it, and finds the line of anything in it.

use super::DefinitionError;
use super::file::DefinitionFile;
use crate::extraction::recipe::Rule;
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

/// Most mistakes told about one file.
const MAX_ERRORS: usize = 50;

/// What serde says about a value that is neither a rule nor a list of rules; it does not say why.
const UNTAGGED: &str = "data did not match any variant of untagged enum";

pub(super) struct Document<'t> {
    name: &'t str,
    text: &'t str,
    root: Spanned<DeValue<'t>>,
    errors: Vec<DefinitionError>,
}

impl<'t> Document<'t> {
    /// Reads the file's form. What cannot be read is reported and left out, so that the rest is checked as well.
    pub fn read(name: &'t str, text: &'t str) -> (Document<'t>, DefinitionFile) {
        let (table, syntax) = DeTable::parse_recoverable(text);
        let span = table.span();
        let root = Spanned::new(span, DeValue::Table(table.into_inner()));
        let mut document = Document { name, text, root, errors: Vec::new() };
        for error in &syntax {
            document.report_span(error.span(), error.message());
        }
        let file = document.read_form();
        (document, file)
    }

    /// serde stops at its first error: report it, take the offending entry out and read again.
    fn read_form(&mut self) -> DefinitionFile {
        let mut rest = self.root.clone();
        while self.errors.len() < MAX_ERRORS {
            match DefinitionFile::deserialize(ValueDeserializer::from(rest.clone())) {
                Ok(file) => return file,
                Err(error) => {
                    let (span, message) = self.explain(&error);
                    self.report_span(span, &message);
                    let taken = error.span().is_some_and(|span| remove(&mut rest, &span));
                    if !taken {
                        break;
                    }
                }
            }
        }
        DefinitionFile::default()
    }

    /// The real reason where the reader only knows that a rule is none.
    fn explain(&self, error: &toml::de::Error) -> (Option<Range<usize>>, String) {
        let plain = (error.span(), error.message().trim().to_owned());
        let Some(span) = error.span().filter(|_| error.message().starts_with(UNTAGGED)) else { return plain };
        let Some(value) = find(&self.root, &span) else { return plain };
        let rules: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        rules
            .into_iter()
            .find_map(|rule| Rule::deserialize(ValueDeserializer::from(rule.clone())).err())
            .map_or(plain, |inner| (inner.span().or(Some(span)), inner.message().trim().to_owned()))
    }

    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    pub fn error_count(&self) -> usize {
        self.errors.len()
    }

    /// Nothing more is told about this file.
    pub fn is_full(&self) -> bool {
        self.errors.len() >= MAX_ERRORS
    }

    pub fn into_errors(self) -> Vec<DefinitionError> {
        let mut errors = self.errors;
        errors.sort();
        errors.dedup();
        errors
    }

    /// Reports a mistake at a place such as `steps/search/page/fields/name/0/selector` (keys, and in arrays an index or the
    /// item's own text): at its own line, or at that of the nearest thing around it.
    pub fn report(&mut self, place: &str, message: impl std::fmt::Display) {
        let start = self.start_of(place);
        self.report_span(Some(start..start), &message.to_string());
    }

    /// The line of a place, from 1.
    pub fn line_of(&self, place: &str) -> usize {
        self.line_at(self.start_of(place))
    }

    fn report_span(&mut self, span: Option<Range<usize>>, message: &str) {
        if self.errors.len() < MAX_ERRORS {
            let line = self.line_at(span.map_or(0, |span| span.start));
            self.errors.push(DefinitionError {
                file: self.name.to_owned(),
                line: Some(line),
                message: message.to_owned(),
            });
        }
    }

    fn start_of(&self, place: &str) -> usize {
        let mut here = &self.root;
        let mut start = 0;
        for segment in place.split('/').filter(|segment| !segment.is_empty()) {
            match here.get_ref() {
                DeValue::Table(table) => {
                    let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref().as_ref() == segment) else {
                        break;
                    };
                    (start, here) = (key.span().start, value);
                }
                DeValue::Array(items) => {
                    let named = || items.iter().find(|item| item.get_ref().as_str() == Some(segment));
                    let Some(item) = segment.parse().ok().and_then(|i: usize| items.get(i)).or_else(named) else {
                        break;
                    };
                    (start, here) = (item.span().start, item);
                }
                _ => break,
            }
        }
        start
    }

    fn line_at(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }
}

/// The value with exactly this span. The depth is bounded by the TOML parser's own limit.
fn find<'a, 't>(here: &'a Spanned<DeValue<'t>>, span: &Range<usize>) -> Option<&'a Spanned<DeValue<'t>>> {
    if here.span() == *span {
        return Some(here);
    }
    match here.get_ref() {
        DeValue::Table(table) => table.values().find_map(|value| find(value, span)),
        DeValue::Array(items) => items.iter().find_map(|value| find(value, span)),
        _ => None,
    }
}

/// Takes out the entry whose key or value has this span; whether there was one.
fn remove(here: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    match here.get_mut() {
        DeValue::Table(table) => {
            let found = table.iter().find(|(key, value)| key.span() == *span || value.span() == *span);
            match found.map(|(key, _)| key.clone()) {
                Some(key) => table.remove(&key).is_some(),
                None => table_values(table).into_iter().any(|value| remove(value, span)),
            }
        }
        DeValue::Array(items) => match items.iter().position(|item| item.span() == *span) {
            Some(index) => {
                let all = std::mem::replace(items, DeArray::new());
                *items = all.into_iter().enumerate().filter(|(i, _)| *i != index).map(|(_, item)| item).collect();
                true
            }
            None => items.iter_mut().any(|value| remove(value, span)),
        },
        _ => false,
    }
}

fn table_values<'a, 't>(table: &'a mut DeTable<'t>) -> Vec<&'a mut Spanned<DeValue<'t>>> {
    table.iter_mut().map(|(_, value)| value).collect()
}
