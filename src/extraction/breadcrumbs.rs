//! The category path from a page's breadcrumbs.

use super::graph::{Graph, NodeId};
use super::identity::fold;
use super::merge::clean;

/// Deeper paths are no categories.
const MAX_STEPS: usize = 20;

/// The names of the longest `BreadcrumbList`, root first, without the product itself.
///
/// Rule from: schema.org `BreadcrumbList`; entries are ordered by `position`, which shops sometimes leave out.
pub(super) fn path(graph: &Graph, product_name: Option<&str>) -> Vec<String> {
    let lists = (0..graph.nodes.len()).filter(|n| graph.is_a(*n, &["BreadcrumbList"]));
    let mut path = lists.map(|list| names(graph, list)).max_by_key(Vec::len).unwrap_or_default();
    let own = product_name.map(fold);
    if own.is_some() && path.last().map(|last| fold(last)) == own {
        path.pop();
    }
    path
}

fn names(graph: &Graph, list: NodeId) -> Vec<String> {
    let mut steps: Vec<(u32, String)> = Vec::new();
    for (index, element) in graph.things(list, "itemListElement").into_iter().take(MAX_STEPS).enumerate() {
        let item = graph.things(element, "item").first().copied();
        let name = graph.text(element, "name").or_else(|| item.and_then(|i| graph.text(i, "name")));
        let position = graph.text(element, "position").and_then(|p| p.parse().ok()).unwrap_or(index as u32 + 1);
        if let Some(name) = name.map(clean).filter(|n| !n.is_empty()) {
            steps.push((position, name));
        }
    }
    steps.sort_by_key(|(position, _)| *position);
    steps.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::json_ld;

    #[test]
    fn by_position_and_without_the_product() {
        let mut graph = Graph::default();
        json_ld::read(
            r#"{"@type":"BreadcrumbList","itemListElement":[{"@type":"ListItem","position":2,"item":{"name":"Tea &amp; more"}},
               {"@type":"ListItem","position":1,"name":"Home"},{"@type":"ListItem","position":3,"name":"Tea pot"}]}"#,
            &mut graph,
        );
        assert_eq!(path(&graph, Some("Tea Pot")), ["Home", "Tea & more"]);
        assert_eq!(path(&graph, None).len(), 3);
    }
}
