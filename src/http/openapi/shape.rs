//! An object that no struct stands for, since it is streamed: its fields as a table.

use super::words::or_null;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema};

/// The fields of an object, in order.
pub struct Shape {
    pub name: &'static str,
    object: ObjectBuilder,
    /// What a field of this name means, where its row does not say.
    meaning_of: Box<dyn Fn(&str) -> String>,
}

impl Shape {
    /// An object without fields.
    pub fn new(name: &'static str, meaning: &str) -> Shape {
        let object = ObjectBuilder::new().description(Some(meaning));
        Shape { name, object, meaning_of: Box::new(|_| String::new()) }
    }

    /// Its fields mean what `meaning_of` says of their names, unless a row has words of its own.
    pub fn told_by(self, meaning_of: impl Fn(&str) -> String + 'static) -> Shape {
        Shape { meaning_of: Box::new(meaning_of), ..self }
    }

    /// A field that is always there and never null.
    pub fn always(self, name: &str, schema: impl Into<RefOr<Schema>>, meaning: &str) -> Shape {
        let shape = self.sometimes(name, schema, meaning);
        Shape { object: shape.object.required(name), ..shape }
    }

    /// A field that is always there; null where the thing is unknown.
    pub fn maybe(self, name: &str, schema: impl Into<RefOr<Schema>>, meaning: &str) -> Shape {
        self.always(name, or_null(schema), meaning)
    }

    /// A field that is there only when there is something to tell.
    pub fn sometimes(self, name: &str, schema: impl Into<RefOr<Schema>>, meaning: &str) -> Shape {
        let known = if meaning.is_empty() { (self.meaning_of)(name) } else { meaning.to_owned() };
        Shape { object: self.object.property(name, described(schema.into(), &known)), ..self }
    }

    pub fn build(self) -> (String, RefOr<Schema>) {
        (self.name.to_owned(), RefOr::T(self.object.build().into()))
    }
}

/// A list of them.
pub fn list(of: impl Into<RefOr<Schema>>) -> ArrayBuilder {
    ArrayBuilder::new().items(of.into())
}

/// With these words about it; an empty text leaves the schema its own.
pub fn described(schema: RefOr<Schema>, meaning: &str) -> RefOr<Schema> {
    if meaning.is_empty() {
        return schema;
    }
    let meaning = meaning.to_owned();
    match schema {
        RefOr::Ref(mut one) => {
            one.description = meaning;
            RefOr::Ref(one)
        }
        RefOr::T(mut schema) => {
            match &mut schema {
                Schema::Object(one) => one.description = Some(meaning),
                Schema::Array(one) => one.description = Some(meaning),
                Schema::OneOf(one) => one.description = Some(meaning),
                Schema::AllOf(one) => one.description = Some(meaning),
                Schema::AnyOf(one) => one.description = Some(meaning),
                _ => {}
            }
            RefOr::T(schema)
        }
    }
}

/// The meaning of a column as a sentence.
pub fn sentence(meaning: &str) -> String {
    let mut letters = meaning.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}
