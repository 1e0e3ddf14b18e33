//! Both CSV shapes of version 1, read off the table of columns.

use super::columns::{COLUMNS, Cell, Column, Read, Shown};
use super::csv_writer::{BOM, lines, write_cell};
use super::facts::{ItemFacts, OfferFacts, ProductFacts};
use super::format::RenderOptions;
use super::renderer::RenderError;

/// How offers are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Rows,
    /// As many groups of columns as the widest product has offers.
    Columns(usize),
}

/// Which cell of a line a place holds.
#[derive(Clone, Copy)]
struct Place {
    column: &'static Column,
    /// Index of the offer, in the column shape.
    offer: usize,
}

/// Writes lines of a table whose header is decided when it is made.
pub struct CsvTable {
    shape: Shape,
    options: RenderOptions,
    places: Vec<Place>,
}

impl CsvTable {
    /// A line per offer.
    pub fn rows(options: RenderOptions) -> CsvTable {
        CsvTable::new(Shape::Rows, options)
    }

    /// A line per value, with columns for `widest` offers.
    pub fn columns(options: RenderOptions, widest: u32) -> CsvTable {
        CsvTable::new(Shape::Columns(widest as usize), options)
    }

    fn new(shape: Shape, options: RenderOptions) -> CsvTable {
        let is_default = |column: &&Column| match shape {
            Shape::Rows => column.shown != Shown::Extended,
            Shape::Columns(_) => column.shown == Shown::Always,
        };
        let (default, extra): (Vec<&'static Column>, Vec<_>) = COLUMNS.iter().partition(is_default);
        let mut places = Vec::new();
        // The default header stays as it is in front of what is appended.
        for part in [default, if options.extended { extra } else { Vec::new() }] {
            let (about_offers, about_items): (Vec<_>, Vec<_>) =
                part.into_iter().partition(|column| column.is_about_offers());
            places.extend(about_items.into_iter().map(|column| Place { column, offer: 0 }));
            let groups = if let Shape::Columns(widest) = shape { widest } else { 1 };
            for offer in 0..groups {
                places.extend(about_offers.iter().map(|column| Place { column, offer }));
            }
        }
        CsvTable { shape, options, places }
    }

    /// The header line.
    pub fn header(&self, out: &mut Vec<u8>) -> Result<(), RenderError> {
        if self.options.bom {
            out.extend_from_slice(BOM);
        }
        let mut lines = lines(out);
        for place in &self.places {
            let name = place.column.name;
            match self.shape {
                _ if !place.column.is_about_offers() => lines.write_field(name)?,
                Shape::Rows => lines.write_field(format!("offer.{name}"))?,
                Shape::Columns(_) => lines.write_field(format!("offers[{}].{name}", place.offer))?,
            }
        }
        lines.write_record(None::<&[u8]>)?;
        Ok(lines.flush()?)
    }

    /// The line or lines of one value.
    ///
    /// Errors: the product has more offers than the header has columns for.
    pub fn item(&self, facts: &ItemFacts<'_>, out: &mut Vec<u8>) -> Result<(), RenderError> {
        let offers: Vec<OfferFacts<'_>> = facts.found().into_iter().flat_map(ProductFacts::offers).collect();
        let mut lines = lines(out);
        match self.shape {
            Shape::Columns(widest) if offers.len() > widest => {
                return Err(RenderError::TooWide { offers: offers.len(), widest });
            }
            Shape::Columns(_) => self.line(facts, &offers, &mut lines)?,
            Shape::Rows if offers.is_empty() => self.line(facts, &[], &mut lines)?,
            Shape::Rows => {
                for offer in &offers {
                    self.line(facts, std::slice::from_ref(offer), &mut lines)?;
                }
            }
        }
        Ok(lines.flush()?)
    }

    fn line(
        &self,
        facts: &ItemFacts<'_>,
        offers: &[OfferFacts<'_>],
        lines: &mut csv::Writer<&mut Vec<u8>>,
    ) -> Result<(), RenderError> {
        for place in &self.places {
            let cell: Cell<'_> = match place.column.read {
                Read::Item(read) => read(facts),
                Read::Offer(read) => offers.get(place.offer).and_then(read),
            };
            let cell = cell.unwrap_or_default();
            let is_guarded = place.column.is_page_text && !self.options.raw;
            write_cell(lines, cell, is_guarded)?;
        }
        Ok(lines.write_record(None::<&[u8]>)?)
    }
}
