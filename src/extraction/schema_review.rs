//! schema.org reviews and data-sheet lines of the page's own product.

use super::extracted::PageContext;
use super::graph::{Graph, NodeId};
use super::merge::{absolute, clean};
use super::reviews::{MAX_SPECIFICATIONS, says_something};
use super::{date_text, rating};
use crate::domain::{Country, Review, Specification};
use std::collections::HashSet;

/// Reviews read of one product.
const MAX_REVIEWS: usize = 500;

/// What the product's `review` things say. Many references may lead to one thing: each is read once.
pub(super) fn reviews(
    graph: &Graph,
    product: NodeId,
    country: Option<Country>,
    context: PageContext<'_>,
) -> Vec<Review> {
    let things = graph.things(product, "review").into_iter().chain(graph.things(product, "reviews"));
    let mut seen = HashSet::new();
    let things = things.filter(|node| seen.insert(*node)).take(MAX_REVIEWS);
    things.map(|node| review(graph, node, country, context)).filter(says_something).collect()
}

fn review(graph: &Graph, node: NodeId, country: Option<Country>, context: PageContext<'_>) -> Review {
    let text = |name: &str| graph.short(node, name).map(clean).filter(|text| !text.is_empty());
    let body = |name: &str| graph.text(node, name).map(clean).filter(|text| !text.is_empty());
    let rated = graph.things(node, "reviewRating").first().copied();
    let number = |name: &str| rated.and_then(|rated| graph.text(rated, name));
    let best = number("bestRating").unwrap_or("5");
    Review {
        id: text("identifier"),
        url: text("url").map(|url| absolute(&url, context)),
        date: graph.text(node, "datePublished").and_then(|text| date_text::parse(text, country)),
        rating: number("ratingValue")
            .or_else(|| graph.text(node, "reviewRating"))
            .and_then(|v| rating::of_100(v, best)),
        title: text("name").or_else(|| text("headline")),
        comment: body("reviewBody").or_else(|| body("description")),
        ..Review::default()
    }
}

/// The product's `additionalProperty` things: a name with its values.
pub(super) fn specifications(graph: &Graph, product: NodeId) -> Vec<Specification> {
    let mut lines: Vec<Specification> = Vec::new();
    let mut seen = HashSet::new();
    let things = graph.things(product, "additionalProperty").into_iter().filter(|node| seen.insert(*node));
    for node in things.take(MAX_SPECIFICATIONS) {
        let (Some(label), Some(value)) = (graph.short(node, "name"), graph.short(node, "value")) else { continue };
        let (label, mut value) = (clean(label), clean(value));
        if let Some(unit) = graph.short(node, "unitText") {
            value = format!("{value} {}", clean(unit));
        }
        match lines.last_mut() {
            Some(line) if line.label == label => line.values.push(value),
            _ => lines.push(Specification { label, values: vec![value] }),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::json_ld;

    fn graph(script: &str) -> Graph {
        let mut graph = Graph::default();
        json_ld::read(script, &mut graph);
        graph
    }

    #[test]
    fn reviews_and_properties_of_a_product() {
        let graph = graph(
            r#"{"@type":"Product","name":"A","review":[
            {"@type":"Review","name":"Good","reviewBody":"Works &amp; lasts.","datePublished":"2023-08-14","url":"/r/1",
             "reviewRating":{"@type":"Rating","ratingValue":"8","bestRating":"10"}},
            {"@type":"Review"}],
            "additionalProperty":[{"@type":"PropertyValue","name":"Weight","value":"3","unitText":"kg"},{"name":"x"}]}"#,
        );
        let found = reviews(&graph, 0, None, PageContext::default());
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].rating, found[0].title.as_deref()), (Some(80), Some("Good")));
        assert_eq!(found[0].date.map(|date| date.to_string()).as_deref(), Some("2023-08-14T00:00:00Z"));
        let lines = specifications(&graph, 0);
        assert_eq!(
            (lines.len(), lines[0].label.as_str(), &lines[0].values[..]),
            (1, "Weight", &["3 kg".to_owned()][..])
        );
    }
}
