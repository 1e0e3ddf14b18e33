//! The demo marketplace on a port of its own.

use pricemill::clock::Clock;
use pricemill::demo::{Market, definitions};
use std::net::TcpListener;
use std::sync::Arc;

pub struct TestMarket {
    pub market: Arc<Market>,
    pub port: u16,
    handle: actix_web::dev::ServerHandle,
}

impl TestMarket {
    pub fn start(clock: Clock) -> TestMarket {
        let market = Arc::new(Market::new(clock).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = market.clone().serve(listener, 1).unwrap();
        let handle = server.handle();
        tokio::spawn(server);
        TestMarket { market, port, handle }
    }

    pub fn definitions(&self) -> Vec<(String, String)> {
        definitions(self.port)
    }

    /// What `outbound.allow` must hold for the marketplace to be reached.
    pub fn allow(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub async fn stop(&self) {
        self.handle.stop(false).await;
    }
}
