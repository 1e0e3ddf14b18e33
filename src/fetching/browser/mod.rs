//! A page as a browser makes it: for pages whose HTML holds no data before their scripts have run.
//!
//! The browser is the operator's, spoken to by the DevTools protocol (`devtools`). Each page gets a connection and a browser
//! context of its own (`open`), both gone when the connection ends, however it ends. In it the page is run until it is quiet
//! or shows what is waited for (`render`). The browser never uses the network itself: its context has a proxy that is not
//! there, and every request of the page is paused, judged (`paused`) and made by us, with the address guard, robots.txt,
//! proxies and byte limits of any other request. So what is not paused (a socket, a worker's request, a preconnect) goes
//! nowhere.

mod devtools;
mod open;
mod paused;
mod render;

pub use open::{Browser, BrowserSettings};
pub(super) use paused::{Ask, Relayed, Verb};
pub(super) use render::Render;
