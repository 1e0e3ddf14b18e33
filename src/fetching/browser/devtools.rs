//! One connection to a browser: commands out, answers and events in. Protocol: Chrome DevTools Protocol 1.3.

use super::super::FetchError;
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::VecDeque;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};

/// Most events kept while a command's answer is waited for.
const MOST_EVENTS: usize = 4_096;

/// A connection, and the page's session on it once there is one.
#[derive(Debug)]
pub(super) struct Devtools {
    socket: WebSocketStream<TcpStream>,
    session: Option<String>,
    last_id: u64,
    events: VecDeque<Event>,
    /// Most bytes of one message, told when one is longer.
    most_bytes: u64,
}

/// Something the browser tells.
#[derive(Debug)]
pub(super) enum Told {
    Answer { id: u64, result: Result<Value, String> },
    Event(Event),
}

#[derive(Debug)]
pub(super) struct Event {
    pub method: String,
    pub params: Value,
}

#[derive(Deserialize)]
struct Incoming {
    id: Option<u64>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
    #[serde(default)]
    result: Value,
    error: Option<Refused>,
}

#[derive(Deserialize)]
struct Refused {
    message: String,
}

impl Devtools {
    /// Connects to `ws://HOST:PORT/PATH` over a stream to that host.
    pub(super) async fn connect(address: &str, stream: TcpStream, most_bytes: u64) -> Result<Devtools, FetchError> {
        let most = usize::try_from(most_bytes).unwrap_or(usize::MAX);
        let mut config = WebSocketConfig::default();
        (config.max_message_size, config.max_frame_size) = (Some(most), Some(most));
        let connecting = tokio_tungstenite::client_async_with_config(address, stream, Some(config));
        let (socket, _) = connecting.await.map_err(|error| FetchError::Browser(error.to_string()))?;
        Ok(Devtools { socket, session: None, last_id: 0, events: VecDeque::new(), most_bytes })
    }

    /// Later commands are for this page.
    pub(super) fn set_session(&mut self, session: String) {
        self.session = Some(session);
    }

    /// Whether an event is about the page as a whole, and not about a frame or worker of it.
    pub(super) fn is_of_page(&self, event: &Event) -> bool {
        self.session.as_deref() == event.params["sessionId"].as_str()
    }

    /// Sends a command without waiting for its answer; answers its number.
    pub(super) async fn post(&mut self, method: &str, params: Value) -> Result<u64, FetchError> {
        self.last_id += 1;
        let mut command = json!({"id": self.last_id, "method": method, "params": params});
        if let Some(session) = &self.session {
            command["sessionId"] = session.as_str().into();
        }
        self.socket.send(Message::text(command.to_string())).await.map_err(|error| self.explain(error))?;
        Ok(self.last_id)
    }

    /// Sends a command and waits for its result; events that come before it are kept for [`Devtools::next`].
    pub(super) async fn call(&mut self, method: &str, params: Value) -> Result<Value, FetchError> {
        let asked = self.post(method, params).await?;
        loop {
            match self.read().await? {
                Told::Answer { id, result } if id == asked => {
                    return result.map_err(|error| FetchError::Browser(format!("{method}: {error}")));
                }
                Told::Answer { .. } => {}
                Told::Event(event) => {
                    self.events.push_back(event);
                    if self.events.len() > MOST_EVENTS {
                        return Err(FetchError::Browser("it tells too much".to_owned()));
                    }
                }
            }
        }
    }

    /// The next thing the browser tells. May be dropped while it waits.
    pub(super) async fn next(&mut self) -> Result<Told, FetchError> {
        match self.events.pop_front() {
            Some(event) => Ok(Told::Event(event)),
            None => self.read().await,
        }
    }

    /// Says goodbye; the browser throws the page away.
    pub(super) async fn close(mut self) {
        let _ = self.socket.close(None).await;
    }

    async fn read(&mut self) -> Result<Told, FetchError> {
        loop {
            let message = match self.socket.next().await {
                Some(Ok(message)) => message,
                Some(Err(error)) => return Err(self.explain(error)),
                None => return Err(FetchError::Browser("it hung up".to_owned())),
            };
            let Message::Text(text) = message else { continue };
            if let Some(told) = parse(&text)? {
                return Ok(told);
            }
        }
    }

    fn explain(&self, error: tungstenite::Error) -> FetchError {
        match error {
            tungstenite::Error::Capacity(_) => FetchError::TooLarge(self.most_bytes),
            other => FetchError::Browser(other.to_string()),
        }
    }
}

/// What a message says; `None` for one that is neither answer nor event.
fn parse(text: &str) -> Result<Option<Told>, FetchError> {
    let incoming: Incoming =
        serde_json::from_str(text).map_err(|error| FetchError::Browser(format!("an unreadable message: {error}")))?;
    Ok(match (incoming.id, incoming.method) {
        (Some(id), _) => {
            let result = incoming.error.map_or(Ok(incoming.result), |refused| Err(refused.message));
            Some(Told::Answer { id, result })
        }
        (None, Some(method)) => Some(Told::Event(Event { method, params: incoming.params })),
        (None, None) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_answers_or_events() {
        let told = |text| parse(text).unwrap();
        assert!(
            matches!(told(r#"{"id":3,"result":{"a":1}}"#), Some(Told::Answer { id: 3, result: Ok(value) }) if value["a"] == 1)
        );
        let refused = told(r#"{"id":4,"error":{"code":-32000,"message":"no"}}"#);
        assert!(matches!(refused, Some(Told::Answer { id: 4, result: Err(text) }) if text == "no"));
        assert!(matches!(told(r#"{"method":"Page.x"}"#), Some(Told::Event(event)) if event.method == "Page.x"));
        assert!(told("{}").is_none());
        assert!(parse("nonsense").is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
