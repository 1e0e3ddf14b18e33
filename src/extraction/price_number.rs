//! Digits with marks between them: where a number ends, and which mark is the decimal one.

use super::price_text::RUN_BREAK;
use crate::domain::Amount;

/// More digits than any price has (and than an exact amount can hold).
pub(super) const MAX_DIGITS: usize = 15;

/// Digits with their marks: a range of characters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    pub start: usize,
    pub end: usize,
}

/// Where the number that begins at a digit ends. A blank continues it only before a group of exactly three digits; a mark
/// with a blank behind it (`392. 00`) only before exactly two.
pub(super) fn number_end(chars: &[char], at: usize, decimal: Option<char>) -> usize {
    let run = |from: usize| chars[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut end = at + run(at);
    let mut blank_groups = end - at <= 3;
    loop {
        let Some(mark) = chars.get(end) else { return end };
        let digits = run((end + 1).min(chars.len()));
        let next = match mark {
            '.' | ',' if digits > 0 => end + 1 + digits,
            '.' | ',' if chars.get(end + 1) == Some(&' ') && run(end + 2) == 2 => end + 4,
            '\'' if digits == 3 => end + 1 + digits,
            ' ' if digits == 3 && blank_groups => end + 1 + digits,
            &RUN_BREAK if digits == 2 || digits == 3 => end + 1 + digits,
            &RUN_BREAK if matches!(chars.get(end + 1), Some('.' | ',')) => {
                let digits = run(end + 2);
                if digits == 0 { return end } else { end + 2 + digits }
            }
            sign if decimal == Some(*sign) && !sign.is_ascii() => {
                let skip = usize::from(chars.get(end + 1) == Some(&' '));
                let digits = run((end + 1 + skip).min(chars.len()));
                if digits == 0 || digits > 2 { return end } else { end + 1 + skip + digits }
            }
            _ => return end,
        };
        if matches!(mark, '.' | ',') {
            // After a decimal comma no blank groups follow: `19,95 500 ml`.
            blank_groups = blank_groups && next - end == 4;
            // A run break may stand behind the mark: `48,` + `99`.
        }
        end = next;
    }
}

impl Number {
    /// The exact number, by its marks; `decimal` forces one, `exponent` is the currency's count of decimals.
    pub fn amount(self, chars: &[char], decimal: Option<char>, exponent: Option<u16>) -> Option<Amount> {
        let body: Vec<char> = chars[self.start..self.end].iter().copied().filter(|c| *c != ' ').collect();
        let digits = body.iter().filter(|c| c.is_ascii_digit()).count();
        if digits == 0 || digits > MAX_DIGITS {
            return None;
        }
        let inner = if matches!(body.first(), Some('.' | ',')) { &body[1..] } else { &body[..] };
        let leading_mark = inner.len() != body.len();
        let mark = decimal_mark(inner, leading_mark, decimal, exponent);
        let mut machine = String::with_capacity(body.len() + 1);
        if leading_mark && mark.is_none() && !inner.iter().any(|c| !c.is_ascii_digit()) {
            machine.push_str("0.");
        }
        for (i, c) in inner.iter().enumerate() {
            if c.is_ascii_digit() {
                machine.push(*c);
            } else if Some(i) == mark {
                machine.push('.');
            }
        }
        machine.parse().ok()
    }
}

/// Where the decimal mark stands in digits and marks, if there is one.
fn decimal_mark(body: &[char], leading_mark: bool, forced: Option<char>, exponent: Option<u16>) -> Option<usize> {
    if let Some(forced) = forced {
        return body.iter().rposition(|c| *c == forced);
    }
    let last = body.iter().rposition(|c| !c.is_ascii_digit())?;
    let mark = body[last];
    let behind = body.len() - last - 1;
    if mark == RUN_BREAK {
        let earlier = body[..last].iter().any(|c| matches!(c, '.' | ',' | &RUN_BREAK));
        return (behind == 2 && (!earlier || groups_of_three(&body[..last]))).then_some(last);
    }
    if mark == '\'' {
        return None;
    }
    let same_before = body[..last].iter().filter(|c| **c == mark).count();
    let other_before = body[..last].iter().any(|c| matches!(c, '.' | ',') && *c != mark);
    let grouped_before = body[..last].iter().any(|c| !c.is_ascii_digit());
    if same_before > 0 {
        // 1.234.567 has no decimals; 1.234.56 lost its way, but the last two digits are cents.
        return (behind != 3 && !other_before && groups_of_three(&body[..last])).then_some(last);
    }
    if other_before {
        return Some(last);
    }
    if behind != 3 {
        return Some(last);
    }
    if leading_mark {
        return None;
    }
    let whole = &body[..last];
    let is_decimal = whole == ['0'] || (whole.len() > 3 && !grouped_before) || (exponent == Some(3) && mark == '.');
    is_decimal.then_some(last)
}

/// Whether the groups after the first mark have three digits each.
fn groups_of_three(body: &[char]) -> bool {
    body.split(|c| !c.is_ascii_digit()).skip(1).all(|group| group.len() == 3)
}
