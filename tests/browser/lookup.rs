//! A source whose pages the browser makes, from the definition to the results.

use super::*;
use crate::harness::{Setup, Terms, TestServer};
use serde_json::json;

fn definition(server: &Hostile, means: &str) -> Vec<(String, String)> {
    let text = format!(
        "name = \"modern\"\nkind = \"shop\"\ntopics = [\"product_and_offers\"]\ncountries = [\"de\"]\nbase_url = \"{}\"\n\
         [keys.source_id]\n[fetch]\nrobots = false\n[steps.product]\nurl = \"{{base_url}}/\"\n{means}\n\
         page.fields.name = {{ selector = \"h1\" }}\npage.fields.price = {{ selector = \"b\" }}\n",
        server.url("")
    );
    vec![("modern.toml".to_owned(), text)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_definition_that_wants_the_browser_gets_it() {
    let Some(chromium) = Chromium::shared() else { return };
    let server =
        shop("<h1>Tea</h1><b></b><script>document.querySelector('b').textContent = '19,90 €'</script>", nothing).await;
    let allow = format!("127.0.0.1:{}", server.port());
    let url = chromium.url.clone();
    let running = TestServer::start(Setup {
        change: Box::new(move |config| {
            config.outbound.allow.push(allow);
            config.browser.url = url;
        }),
        definitions: definition(&server, "fetch = \"browser\"\nwait_for = \"b\""),
        ..Setup::default()
    })
    .await;
    let caller = running.caller(Terms::plan("pro")).await;
    let job = json!({"source": "modern", "country": "de", "key": "source_id", "values": ["1"]});
    let results = caller.run(&job).await;
    assert_eq!(results["products"][0]["price"], "19.90", "{results}");
    running.close().await;
}

#[test]
fn a_definition_that_wants_a_browser_which_is_not_there_ends_the_start() {
    let config = pricemill::config::load(None, []).unwrap();
    let text = "name = \"m\"\nkind = \"shop\"\ntopics = [\"product_and_offers\"]\ncountries = [\"de\"]\n[keys.source_id]\n\
                [steps.product]\nurl = \"https://s.example/{id}\"\nfetch = \"browser\"\npage.embedded = [\"json-ld\"]\n";
    let refused = pricemill::boot::load_sources(&config, &[("m.toml".to_owned(), text.to_owned())]).unwrap_err();
    let told = refused.to_string();
    assert!(told.contains("browser.url") && told.contains("m.toml"), "{told}");
}
