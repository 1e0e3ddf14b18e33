//! (stand-in until the demo room is merged)

pub struct EmbeddedAnswer {
    pub status: u16,
    pub body: String,
    pub content_type: String,
}

pub fn respond(_path_and_query: &str) -> EmbeddedAnswer {
    EmbeddedAnswer { status: 404, body: String::new(), content_type: "text/html".into() }
}
