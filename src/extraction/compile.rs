//! Recipes checked and made ready, once, before any page comes.

use super::recipe::{
    Embedded, Format, ListRecipe, NumberStyle, OfferField, ProductField, Recipe, ResultField, ReviewField, Rule, Rules,
    Sign, SpecificationField, StarField,
};
use super::selectors::{self, SelectorRefusal};
use crate::domain::Amount;
use regex::Regex;

/// Patterns that would need more memory than this are refused.
const MAX_REGEX_BYTES: usize = 1 << 20;
/// More rules than any source needs.
const MAX_RULES: usize = 500;

/// Where each list's entries are kept.
pub(super) const OFFERS: usize = 0;
pub(super) const RESULTS: usize = 1;
pub(super) const BESTSELLERS: usize = 2;
pub(super) const REVIEWS: usize = 3;
pub(super) const SPECIFICATIONS: usize = 4;
/// Lists a page can have.
pub(super) const LISTS: usize = 5;

/// A recipe that can run.
#[derive(Debug)]
pub struct CompiledRecipe {
    pub(super) format: Format,
    pub(super) embedded: Vec<Embedded>,
    pub(super) fields: Vec<(ProductField, Vec<CompiledRule>)>,
    pub(super) offers: Option<CompiledList<OfferField>>,
    pub(super) results: Option<CompiledList<ResultField>>,
    pub(super) bestsellers: Option<CompiledList<ResultField>>,
    pub(super) reviews: Option<CompiledList<ReviewField>>,
    pub(super) specifications: Option<CompiledList<SpecificationField>>,
    pub(super) stars: Vec<(StarField, Vec<CompiledRule>)>,
    pub(super) total: Vec<CompiledRule>,
    pub(super) next: Vec<CompiledRule>,
    pub(super) minor_unit: Vec<CompiledRule>,
    pub(super) no_result: Vec<CompiledSign>,
}

#[derive(Debug)]
pub(super) struct CompiledList<F> {
    pub item: Place,
    /// As the definition writes it.
    pub item_text: String,
    pub fields: Vec<(F, Vec<CompiledRule>)>,
    pub required: Vec<F>,
    pub unique: bool,
}

/// Where something stands.
#[derive(Debug)]
pub(super) enum Place {
    Selector(lol_html::Selector),
    /// Steps of a JSON path.
    Path(Vec<String>),
    /// The list entry itself.
    Entry,
}

#[derive(Debug)]
pub(super) struct CompiledRule {
    pub place: Place,
    pub attribute: Option<String>,
    pub regex: Option<Regex>,
    pub number: NumberStyle,
    pub decimals: Option<u8>,
    pub best: u32,
    pub all: bool,
    /// Where the pass keeps this rule's values, counted separately for the page and for each list.
    pub slot: usize,
    /// As the definition writes it: `td.price @data-amount`.
    pub text: String,
}

/// A sign that there is nothing.
#[derive(Debug)]
pub(super) struct CompiledSign {
    pub mark: CompiledMark,
    /// As the definition writes it.
    pub text: String,
}

#[derive(Debug)]
pub(super) enum CompiledMark {
    Selector(lol_html::Selector),
    Text(Regex),
    EmptyPath(Vec<String>),
}

/// A rule that cannot run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: {why}")]
pub struct RecipeError {
    /// Path of the rule in the recipe: `offers.fields.price.selector`.
    pub rule: String,
    pub why: RecipeFault,
}

/// Why a rule cannot run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecipeFault {
    #[error(transparent)]
    Selector(#[from] SelectorRefusal),
    #[error("not a pattern: {0}")]
    Regex(String),
    #[error("{0}")]
    Shape(&'static str),
}

impl CompiledRecipe {
    /// Checks every rule: selectors the engine can run, patterns that compile, and rules that fit the recipe's format.
    pub fn compile(recipe: &Recipe) -> Result<CompiledRecipe, RecipeError> {
        let mut page = Compiler { format: recipe.format, slots: 0, in_list: false };
        let fields = page.fields("fields", &recipe.fields, |f| {
            use ProductField::{CategoryPath, FeatureBullets, Gtins, Mpns};
            matches!(f, Gtins | CategoryPath | Mpns | FeatureBullets)
        })?;
        let stars = page.fields("rating_distribution", &recipe.rating_distribution, |_| false)?;
        let total = match &recipe.total {
            Some(rules) => page.rules("total", rules, false)?,
            None => Vec::new(),
        };
        let next = match &recipe.next {
            Some(rules) => page.rules("next", rules, false)?,
            None => Vec::new(),
        };
        let minor_unit = match &recipe.minor_unit {
            Some(rules) => page.rules("minor_unit", rules, false)?,
            None => Vec::new(),
        };
        let mut no_result = Vec::with_capacity(recipe.no_result.len());
        for (i, sign) in recipe.no_result.iter().enumerate() {
            no_result.extend(page.sign(&format!("no_result.{i}"), sign)?);
        }
        let format = recipe.format;
        Ok(CompiledRecipe {
            format,
            embedded: recipe.embedded.clone(),
            fields,
            stars,
            total,
            next,
            minor_unit,
            no_result,
            offers: list(format, "offers", recipe.offers.as_ref(), |_| false)?,
            results: list(format, "results", recipe.results.as_ref(), |_| false)?,
            bestsellers: list(format, "bestsellers", recipe.bestsellers.as_ref(), |_| false)?,
            reviews: list(format, "reviews", recipe.reviews.as_ref(), |_| false)?,
            specifications: list(format, "specifications", recipe.specifications.as_ref(), |field| {
                field == SpecificationField::Values
            })?,
        })
    }

    /// Whether the page may be of any kind: all is read that a person sees, and no rule knows its lists.
    pub(super) fn looks_for_lists(&self) -> bool {
        self.reads(Embedded::Visible) && self.lists()[..=BESTSELLERS].iter().all(Option::is_none)
    }

    /// The rules of the page itself, in the order of their slots.
    pub(super) fn page_rules(&self) -> impl Iterator<Item = &CompiledRule> {
        let fields = self.fields.iter().flat_map(|(_, rules)| rules);
        let stars = self.stars.iter().flat_map(|(_, rules)| rules);
        fields.chain(stars).chain(&self.total).chain(&self.next).chain(&self.minor_unit)
    }

    /// The place and the rules of each list, in the order from [`OFFERS`] to [`SPECIFICATIONS`].
    pub(super) fn lists(&self) -> [Option<(&Place, Vec<&CompiledRule>)>; LISTS] {
        [
            self.offers.as_ref().map(CompiledList::parts),
            self.results.as_ref().map(CompiledList::parts),
            self.bestsellers.as_ref().map(CompiledList::parts),
            self.reviews.as_ref().map(CompiledList::parts),
            self.specifications.as_ref().map(CompiledList::parts),
        ]
    }

    /// Product fields that have rules.
    pub fn product_fields(&self) -> impl Iterator<Item = ProductField> {
        self.fields.iter().map(|(field, _)| *field)
    }

    /// Fields of listed offers that have rules.
    pub fn offer_fields(&self) -> impl Iterator<Item = OfferField> {
        self.offers.iter().flat_map(|list| &list.fields).map(|(field, _)| *field)
    }

    pub(super) fn reads(&self, evidence: Embedded) -> bool {
        self.embedded.contains(&evidence)
    }
}

impl<F> CompiledList<F> {
    fn parts(&self) -> (&Place, Vec<&CompiledRule>) {
        (&self.item, self.fields.iter().flat_map(|(_, rules)| rules).collect())
    }
}

fn list<F: Ord + Copy + Named>(
    format: Format,
    name: &str,
    list: Option<&ListRecipe<F>>,
    keeps_all: impl Fn(F) -> bool,
) -> Result<Option<CompiledList<F>>, RecipeError> {
    let Some(list) = list else { return Ok(None) };
    let rule = format!("{name}.item");
    let item = match format {
        Format::Html => Place::Selector(parse_selector(&rule, &list.item)?),
        Format::Json => Place::Path(path_steps(&list.item)),
    };
    let mut compiler = Compiler { format, slots: 0, in_list: true };
    let fields = compiler.fields(&format!("{name}.fields"), &list.fields, keeps_all)?;
    if let Some(index) = list.required.iter().position(|field| !list.fields.contains_key(field)) {
        let why = RecipeFault::Shape("a required field needs a rule");
        return Err(RecipeError { rule: format!("{name}.required.{index}"), why });
    }
    Ok(Some(CompiledList {
        item,
        item_text: list.item.clone(),
        fields,
        required: list.required.clone(),
        unique: list.unique,
    }))
}

/// A field that has a name in definition files.
pub(super) trait Named {
    fn name(self) -> &'static str;
}

macro_rules! named {
    ($($field:ty),+) => { $(impl Named for $field { fn name(self) -> &'static str { self.as_str() } })+ };
}

named!(ProductField, OfferField, ResultField, ReviewField, SpecificationField, StarField);

struct Compiler {
    format: Format,
    slots: usize,
    in_list: bool,
}

impl Compiler {
    fn fields<F: Copy + Ord + Named>(
        &mut self,
        at: &str,
        fields: &std::collections::BTreeMap<F, Rules>,
        keeps_all: impl Fn(F) -> bool,
    ) -> Result<Vec<(F, Vec<CompiledRule>)>, RecipeError> {
        fields
            .iter()
            .map(|(field, rules)| {
                Ok((*field, self.rules(&format!("{at}.{}", field.name()), rules, keeps_all(*field))?))
            })
            .collect()
    }

    fn rules(&mut self, at: &str, rules: &Rules, keeps_all: bool) -> Result<Vec<CompiledRule>, RecipeError> {
        let single = matches!(rules, Rules::One(_));
        rules
            .iter()
            .enumerate()
            .map(|(i, rule)| {
                let at = if single { at.to_owned() } else { format!("{at}.{i}") };
                self.rule(&at, rule, keeps_all)
            })
            .collect()
    }

    fn rule(&mut self, at: &str, rule: &Rule, keeps_all: bool) -> Result<CompiledRule, RecipeError> {
        let shape = |why| RecipeError { rule: at.to_owned(), why: RecipeFault::Shape(why) };
        let place = match (self.format, &rule.selector, &rule.path) {
            (_, Some(_), Some(_)) => return Err(shape("a rule has a selector or a path, not both")),
            (Format::Html, Some(css), None) => Place::Selector(parse_selector(&format!("{at}.selector"), css)?),
            (Format::Json, None, Some(path)) => Place::Path(path_steps(path)),
            (Format::Html, None, Some(_)) => return Err(shape("a path needs format = \"json\"")),
            (Format::Json, Some(_), None) => return Err(shape("format = \"json\" has paths, no selectors")),
            (Format::Html, None, None) if self.in_list => Place::Entry,
            (_, None, None) => return Err(shape("a rule needs a selector or a path")),
        };
        if self.slots >= MAX_RULES {
            return Err(shape("too many rules"));
        }
        if rule.decimals.is_some_and(|decimals| decimals > Amount::MAX_SCALE) {
            return Err(shape("no currency has so many decimals"));
        }
        let regex = rule.regex.as_deref().map(|pattern| parse_regex(&format!("{at}.regex"), pattern)).transpose()?;
        let by_machine = self.format == Format::Json
            || rule.attribute.as_deref().is_some_and(|a| a == "content" || a == "value" || a.starts_with("data-"));
        let default = if by_machine { NumberStyle::Machine } else { NumberStyle::Human };
        self.slots += 1;
        Ok(CompiledRule {
            place,
            attribute: rule.attribute.as_ref().map(|a| a.to_ascii_lowercase()),
            regex,
            number: rule.number.unwrap_or(default),
            decimals: rule.decimals,
            best: rule.best.unwrap_or(5).max(1),
            all: rule.all || keeps_all,
            slot: self.slots - 1,
            text: rule.to_string(),
        })
    }

    fn sign(&self, at: &str, sign: &Sign) -> Result<Vec<CompiledSign>, RecipeError> {
        let mut signs = Vec::new();
        if let Some(css) = &sign.selector {
            if self.format == Format::Json {
                return Err(RecipeError {
                    rule: at.to_owned(),
                    why: RecipeFault::Shape("format = \"json\" has paths, no selectors"),
                });
            }
            let mark = CompiledMark::Selector(parse_selector(&format!("{at}.selector"), css)?);
            signs.push(CompiledSign { mark, text: format!("selector {css}") });
        }
        if let Some(text) = &sign.text {
            let mark = parse_regex(&format!("{at}.text"), &format!("(?i){}", regex::escape(text)))?;
            signs.push(CompiledSign { mark: CompiledMark::Text(mark), text: format!("text {text:?}") });
        }
        if let Some(path) = &sign.empty_path {
            if self.format == Format::Html {
                return Err(RecipeError {
                    rule: at.to_owned(),
                    why: RecipeFault::Shape("empty_path needs format = \"json\""),
                });
            }
            let mark = CompiledMark::EmptyPath(path_steps(path));
            signs.push(CompiledSign { mark, text: format!("empty_path {path}") });
        }
        if signs.is_empty() {
            return Err(RecipeError {
                rule: at.to_owned(),
                why: RecipeFault::Shape("a sign needs a selector, text or empty_path"),
            });
        }
        Ok(signs)
    }
}

fn parse_selector(rule: &str, css: &str) -> Result<lol_html::Selector, RecipeError> {
    selectors::parse(css).map_err(|why| RecipeError { rule: rule.to_owned(), why: why.into() })
}

fn parse_regex(rule: &str, pattern: &str) -> Result<Regex, RecipeError> {
    regex::RegexBuilder::new(pattern)
        .size_limit(MAX_REGEX_BYTES)
        .build()
        .map_err(|e| RecipeError { rule: rule.to_owned(), why: RecipeFault::Regex(e.to_string()) })
}

fn path_steps(path: &str) -> Vec<String> {
    path.split('.').filter(|s| !s.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(toml: &str) -> Result<CompiledRecipe, RecipeError> {
        CompiledRecipe::compile(&toml::from_str(toml).unwrap())
    }

    #[test]
    fn an_error_names_the_rule_and_the_cause() {
        for (toml, rule, why) in [
            (
                "[offers]\nitem = \"li\"\n[offers.fields.price]\nselector = \"b + i\"",
                "offers.fields.price.selector",
                "`+`",
            ),
            (
                "[fields]\nname = [{ selector = \"h1\" }, { selector = \"h2:has(b)\" }]",
                "fields.name.1.selector",
                ":has",
            ),
            ("[offers]\nitem = \"a ~ b\"\n[offers.fields]", "offers.item", "`~`"),
            ("[fields.name]\nselector = \"h1\"\nregex = \"(\"", "fields.name.regex", "pattern"),
            ("[fields.name]\npath = \"a.b\"", "fields.name", "json"),
            ("[fields.name]\nattribute = \"x\"", "fields.name", "selector or a path"),
            ("[[no_result]]\nempty_path = \"x\"", "no_result.0", "json"),
        ] {
            let error = compile(toml).unwrap_err();
            assert_eq!(error.rule, rule, "{toml}");
            assert!(error.to_string().contains(why), "{error}");
        }
    }

    #[test]
    fn machine_numbers_are_the_default_for_machine_attributes() {
        let recipe =
            compile("[fields]\nprice = [{ selector = \"b\", attribute = \"content\" }, { selector = \"b\" }]").unwrap();
        let rules = &recipe.fields[0].1;
        assert_eq!((rules[0].number, rules[1].number), (NumberStyle::Machine, NumberStyle::Human));
        assert_eq!((rules[0].slot, rules[1].slot), (0, 1));
    }

    #[test]
    fn a_compiled_recipe_is_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<CompiledRecipe>();
    }
}
