//! Text that comes in pieces of any size and is kept up to a limit: what is kept does not depend on the pieces.

use std::ops::Deref;

/// The first bytes of a text.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    text: String,
    /// Something did not fit: what comes later is not kept either, even where it would fit.
    is_cut: bool,
}

impl Gathered {
    pub fn push(&mut self, piece: &str, max_bytes: usize) {
        if self.is_cut {
            return;
        }
        let kept = piece.floor_char_boundary(max_bytes.saturating_sub(self.text.len()));
        self.is_cut = kept < piece.len();
        self.text.push_str(&piece[..kept]);
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.is_cut = false;
    }
}

impl Deref for Gathered {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_do_not_matter() {
        let text = "aä€bc€d";
        for max in 0..=text.len() {
            let gather = |pieces: &[&str]| {
                let mut gathered = Gathered::default();
                pieces.iter().for_each(|piece| gathered.push(piece, max));
                gathered.to_string()
            };
            let whole = gather(&[text]);
            assert!(whole.len() <= max && text.starts_with(&whole));
            let letters: Vec<&str> = text.split_inclusive(|_| true).collect();
            assert_eq!(gather(&letters), whole, "{max}");
        }
    }
}
