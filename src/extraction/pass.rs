//! The one pass over a page: lol_html streams it, [`Walk`] keeps the place and feeds every collector. No tree is built.

use super::compile::{CompiledMark, CompiledRecipe, LISTS};
use super::embedded_state::State;
use super::extracted::ExtractError;
use super::graph::Graph;
use super::meta::Head;
use super::overlong::without_endless_tags;
use super::selectors::Caught;
use super::siblings::Siblings;
use super::targets::targets;
use super::visible::Visible;
use super::walk::Walk;
use lol_html::errors::RewritingError;
use lol_html::html_content::{Element, TextChunk};
use lol_html::{
    DocumentContentHandlers, ElementContentHandlers, HandlerResult, HtmlRewriter, MemorySettings, Settings,
};
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// Bytes lol_html may hold back while it looks for the end of a tag, and for its own stack: more than any page needs, since
/// pages, depth and attributes are bounded before.
const MAX_PARSER_BYTES: usize = 48 << 20;
/// What one pass found.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub head: Head,
    pub graph: Graph,
    pub state: State,
    pub visible: Visible,
    pub siblings: Siblings,
    /// Values of the page's own rules.
    pub page: Caught,
    /// Values of each entry of each list.
    pub entries: [Vec<Caught>; LISTS],
    /// The first sign seen that there is nothing, by its place among the recipe's.
    pub no_result_sign: Option<usize>,
    /// Elements and texts that were read.
    pub pieces: usize,
}

/// Reads a page once, `chunk` bytes at a time, and collects what the recipe wants; with `names_elements` it remembers in
/// which element each price stands.
pub(super) fn read(
    recipe: &CompiledRecipe,
    html: &str,
    chunk: usize,
    names_elements: bool,
) -> Result<Facts, ExtractError> {
    let pass = Rc::new(RefCell::new(Walk::new(recipe, names_elements)));
    feed(recipe, &pass, html, chunk)?;
    let Some(pass) = Rc::into_inner(pass) else {
        return Err(ExtractError::Parser("the parser kept its handlers".into()));
    };
    let mut pass = pass.into_inner();
    pass.flush_text();
    pass.close_from(0);
    for (index, sign) in recipe.no_result.iter().enumerate() {
        if let CompiledMark::Text(text) = &sign.mark
            && pass.facts.no_result_sign.is_none()
            && text.is_match(html)
        {
            pass.facts.no_result_sign = Some(index);
        }
    }
    Ok(pass.facts)
}

fn feed(recipe: &CompiledRecipe, pass: &Rc<RefCell<Walk>>, html: &str, chunk: usize) -> Result<(), ExtractError> {
    let every: lol_html::Selector = super::selectors::parse("*").map_err(|e| ExtractError::Parser(e.to_string()))?;
    let mut settings = Settings::new()
        .with_strict(false)
        .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(MAX_PARSER_BYTES));
    let text_pass = Rc::clone(pass);
    settings = settings.append_document_content_handler(DocumentContentHandlers::default().text(
        move |text: &mut TextChunk<'_>| {
            text_pass.borrow_mut().text(text);
            Ok(())
        },
    ));
    // The general handler comes first: it puts the element on the stack, where the rules' handlers mark it.
    let element_pass = Rc::clone(pass);
    settings = settings.append_element_content_handler((
        Cow::Owned(every),
        ElementContentHandlers::default().element(move |element: &mut Element<'_, '_>| open(&element_pass, element)),
    ));
    for (selector, target) in targets(recipe) {
        let rule_pass = Rc::clone(pass);
        settings = settings.append_element_content_handler((
            Cow::Borrowed(selector),
            ElementContentHandlers::default().element(move |element: &mut Element<'_, '_>| {
                rule_pass.borrow_mut().mark(&target, element);
                Ok(())
            }),
        ));
    }
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    let told = |result: Result<(), RewritingError>| match result {
        // Our own handler stopped it.
        Err(_) if pass.borrow().is_full() => Ok(false),
        Err(error) => Err(ExtractError::Parser(error.to_string())),
        Ok(()) => Ok(true),
    };
    for piece in without_endless_tags(html).as_bytes().chunks(chunk.max(1)) {
        if !told(rewriter.write(piece))? {
            return Ok(());
        }
    }
    told(rewriter.end()).map(|_| ())
}

/// Puts an element on the stack and arranges for its end. The error ends the parser's work, not the page's answer.
fn open(pass: &Rc<RefCell<Walk>>, element: &mut Element<'_, '_>) -> HandlerResult {
    let mut walk = pass.borrow_mut();
    if walk.is_full() {
        return Err("the page is too large".into());
    }
    let id = walk.start(element);
    if let Some(handlers) = element.end_tag_handlers() {
        let open_before = walk.enter();
        let pass = Rc::clone(pass);
        handlers.push(Box::new(move |_| {
            let mut pass = pass.borrow_mut();
            pass.leave(open_before);
            if let Some(id) = id {
                pass.flush_text();
                pass.close(id);
            }
            Ok(())
        }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::Recipe;

    fn facts(recipe: &str, html: &str, chunk: usize) -> Facts {
        let recipe: Recipe = toml::from_str(recipe).unwrap();
        read(&CompiledRecipe::compile(&recipe).unwrap(), html, chunk, false).unwrap()
    }

    const LIST: &str = "[offers]\nitem = 'li.offer'\n[offers.fields]\nshop_name = { selector = 'b' }\nid = { attribute = 'data-id' }\nprice = { selector = '.p' }\ndetails = {}";

    #[test]
    fn unclosed_entries_do_not_run_into_each_other() {
        let html = "<ul><li class=offer data-id=1><b>A &amp; B</b><i class=p>1<sup>99</sup></i><li class=offer data-id=2><b>C</b><ul><li>x<li>y</ul></ul><b>outside</b>";
        for chunk in [1, 7, 4096] {
            let facts = facts(LIST, html, chunk);
            let entries = &facts.entries[0];
            assert_eq!(entries.len(), 2);
            // Slots follow the order of the field names: id, shop_name, price, details.
            let values =
                |entry: usize| -> Vec<Vec<String>> { (0..4).map(|s| entries[entry].values(s).to_vec()).collect() };
            let (first, second) = (values(0).concat(), values(1).concat());
            assert!(first.contains(&"1".to_owned()) && first.contains(&"A & B".to_owned()), "{first:?}");
            assert!(first.contains(&"1\u{1f}99".to_owned()), "{first:?}");
            assert!(second.contains(&"C".to_owned()) && second.contains(&"C x y".to_owned()), "{second:?}");
            assert!(!second.iter().any(|v| v.contains("outside") || v.contains('A')), "{second:?}");
        }
    }

    #[test]
    fn a_script_is_read_when_a_rule_wants_it() {
        let facts = facts(
            "[fields]\nid = { selector = 'script#state', regex = 'id\":(\\d+)' }",
            "<script id=state>{\"id\":12 && 3}</script>",
            1,
        );
        assert_eq!(facts.page.values(0), ["{\"id\":12 && 3}"]);
    }

    #[test]
    fn scripts_styles_and_attributes_are_no_text() {
        let facts = facts(
            "embedded = ['visible']",
            "<p title='5 €'>a<script>'6 €'</script><style>7 €</style><!-- 8 € --> b",
            3,
        );
        assert_eq!(facts.visible.text, "a b");
        assert!(facts.visible.candidates.is_empty());
    }

    #[test]
    fn microdata_nests_and_takes_the_right_value() {
        let html = "<div itemscope itemtype='https://schema.org/Product'><h1 itemprop=name>Tea &amp; cup</h1><img itemprop=image src=a.png>\
            <div itemprop=offers itemscope itemtype=https://schema.org/Offer><span itemprop=price content='1234.5'>1.234,50</span>\
            <link itemprop=availability href=https://schema.org/InStock></div><span itemprop=sku>x1</span></div><i itemprop=sku>stray</i>";
        for chunk in [1, 7, 4096] {
            let facts = facts("embedded = ['microdata']", html, chunk);
            let graph = &facts.graph;
            assert_eq!(graph.nodes.len(), 2);
            assert_eq!(
                (graph.text(0, "name"), graph.text(0, "sku"), graph.text(0, "image")),
                (Some("Tea & cup"), Some("x1"), Some("a.png"))
            );
            assert_eq!(
                (graph.text(1, "price"), graph.text(1, "availability")),
                (Some("1234.5"), Some("https://schema.org/InStock"))
            );
            assert_eq!(graph.things(0, "offers"), [1]);
        }
    }

    #[test]
    fn endless_depth_and_broken_tags_end_well() {
        let deep = "<div>".repeat(5_000) + "12 €";
        let facts_of = |html: &str| facts("embedded = ['visible', 'microdata', 'json-ld', 'meta']", html, 1 << 16);
        assert_eq!(facts_of(&deep).visible.text, "12 €");
        assert_eq!(facts_of("</div></p><p><b>x</p></b><td>y").visible.text, "x y");
        assert_eq!(facts_of("<a href='x").visible.text, "");
    }
}
