//! Whom a job tells that it ended.

/// How the receiver is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WebhookMethod {
    #[default]
    Post,
    Put,
    /// The fields as query, the signed body empty.
    Get,
}

impl WebhookMethod {
    pub const ALL: [WebhookMethod; 3] = [WebhookMethod::Post, WebhookMethod::Put, WebhookMethod::Get];

    pub fn as_str(self) -> &'static str {
        match self {
            WebhookMethod::Post => "POST",
            WebhookMethod::Put => "PUT",
            WebhookMethod::Get => "GET",
        }
    }
}

/// What a job was told about its webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Well formed; where its name leads is looked at when it is called.
    pub url: String,
    pub method: WebhookMethod,
    /// Suffix of the download the receiver is told (`json`, `csv`, …); `None` = the default.
    pub download_format: Option<String>,
}
