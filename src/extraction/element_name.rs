//! How an element is named to people.

use lol_html::html_content::Element;

/// Classes told of an element, and characters of each and of its id.
const MAX_NAMED_CLASSES: usize = 2;
const MAX_NAME_PART_CHARS: usize = 40;

/// An element as a person would point to it: `span#buybox.price`.
pub(super) fn element_name(element: &Element<'_, '_>) -> Box<str> {
    let mut name = element.tag_name();
    if let Some(id) = element.get_attribute("id") {
        name.push('#');
        name.extend(id.trim().chars().take(MAX_NAME_PART_CHARS));
    }
    for class in element.get_attribute("class").unwrap_or_default().split_ascii_whitespace().take(MAX_NAMED_CLASSES) {
        name.push('.');
        name.extend(class.chars().take(MAX_NAME_PART_CHARS));
    }
    name.into()
}
