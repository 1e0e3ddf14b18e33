//! Source definitions: the input is the file.

use super::invariants::{check_page, text};
use pricemill::sources::Registry;

const FILE: &str = "fuzzed.toml";
const PAGE: &str =
    "<h1>Tea pot</h1><li class=offer data-id=1><b>Shop</b> <i class=p>12,50 €</i><a class=next href='?page=2'>more</a>";
/// More mistakes than this are not told of one file.
const MAX_ERRORS: usize = 60;

/// A definition file: either it is refused with file and line, or every recipe in it runs.
pub fn run(data: &[u8]) {
    let text = text(data);
    match Registry::load(None, &[(FILE.to_owned(), text.clone())]) {
        Err(errors) => {
            assert!(!errors.is_empty() && errors.len() <= MAX_ERRORS, "{} mistakes", errors.len());
            let lines = text.lines().count() + 1;
            for error in errors {
                assert_eq!(error.file, FILE);
                assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)), "{error:?} of {lines} lines");
                assert!(!error.message.is_empty());
            }
        }
        Ok(registry) => {
            for definition in registry.iter().filter(|d| d.file == FILE) {
                for step in [&definition.search, &definition.product, &definition.offers].into_iter().flatten() {
                    check_page(&step.recipe, PAGE, 3);
                }
            }
        }
    }
}
