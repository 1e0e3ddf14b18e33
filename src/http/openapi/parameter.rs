//! A parameter of a request, described once for wherever it may stand: path, query, header, form or JSON.

use super::shape::described;
use super::words::{self, or_null, text};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema};
use utoipa::openapi::{RefOr, Required};

/// A parameter.
#[derive(Clone)]
pub struct Param {
    pub name: &'static str,
    pub meaning: String,
    pub is_required: bool,
    /// As a text of a path, query, header or form.
    schema: RefOr<Schema>,
    /// What JSON may hold instead, where it is more than the text.
    json: Option<RefOr<Schema>>,
}

/// A parameter that may be left out.
pub fn optional(name: &'static str, schema: impl Into<RefOr<Schema>>, meaning: impl Into<String>) -> Param {
    Param { name, meaning: meaning.into(), is_required: false, schema: schema.into(), json: None }
}

/// A parameter that may not.
pub fn required(name: &'static str, schema: impl Into<RefOr<Schema>>, meaning: impl Into<String>) -> Param {
    Param { is_required: true, ..optional(name, schema, meaning) }
}

impl Param {
    /// What a JSON body may hold under the name.
    pub fn in_json(self, schema: impl Into<RefOr<Schema>>) -> Param {
        Param { json: Some(schema.into()), ..self }
    }

    /// As a parameter of this place.
    pub fn stands_in(&self, place: ParameterIn) -> Parameter {
        let is_required = self.is_required || place == ParameterIn::Path;
        let schema = match place {
            ParameterIn::Query | ParameterIn::QueryString => self.or_blank(self.schema.clone(), blank()),
            ParameterIn::Path | ParameterIn::Header | ParameterIn::Cookie => self.schema.clone(),
        };
        ParameterBuilder::new()
            .name(self.name)
            .parameter_in(place)
            .required(if is_required { Required::True } else { Required::False })
            .description(Some(self.meaning.as_str()))
            .schema(Some(schema))
            .build()
    }

    fn as_text(&self) -> RefOr<Schema> {
        described(self.or_blank(self.schema.clone(), blank()), &self.meaning)
    }

    fn as_json(&self) -> RefOr<Schema> {
        // A number may be a text here.
        let schema = self.or_blank(self.json.clone().unwrap_or_else(|| self.schema.clone()), words::form("^[0-9]*$"));
        described(if self.is_required { schema } else { or_null(schema) }, &self.meaning)
    }

    /// A blank parameter is one that was not sent: forms send every field they have.
    fn or_blank(&self, schema: RefOr<Schema>, blank: ObjectBuilder) -> RefOr<Schema> {
        if self.is_required {
            return schema;
        }
        match schema {
            RefOr::T(Schema::Object(mut object)) if object.enum_values.is_some() => {
                object.enum_values.get_or_insert_default().push("".into());
                RefOr::T(object.into())
            }
            RefOr::T(Schema::Object(mut object)) if object.pattern.is_some() => {
                object.pattern = object.pattern.map(|pattern| format!("^$|{pattern}"));
                RefOr::T(object.into())
            }
            other => RefOr::T(Schema::from(AnyOfBuilder::new().item(other).item(blank).build())),
        }
    }
}

fn blank() -> ObjectBuilder {
    text().max_length(Some(0))
}

/// The parameters as the fields of a form.
pub fn form(params: &[Param]) -> RefOr<Schema> {
    object(params, Param::as_text)
}

/// The parameters as the fields of a JSON object.
pub fn json(params: &[Param]) -> RefOr<Schema> {
    object(params, Param::as_json)
}

fn object(params: &[Param], schema: impl Fn(&Param) -> RefOr<Schema>) -> RefOr<Schema> {
    let fields = params.iter().fold(ObjectBuilder::new(), |object, param| {
        let object = object.property(param.name, schema(param));
        if param.is_required { object.required(param.name) } else { object }
    });
    RefOr::T(fields.build().into())
}
