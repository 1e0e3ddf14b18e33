//! Numbers that look random and are always the same: every fact of the marketplace is a function of such a number.

/// Mixes parts into one number; equal parts in equal order give the same number on every machine.
///
/// Rule from: the finalizer of SplitMix64.
pub(super) fn mix(parts: &[u64]) -> u64 {
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    for part in parts {
        state = finish(state ^ part.wrapping_mul(0xff51_afd7_ed55_8ccd)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    }
    finish(state)
}

fn finish(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A text as a part.
pub(super) fn of_text(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// One entry of a list that is never empty.
pub(super) fn pick<T>(list: &[T], number: u64) -> &T {
    &list[(number % list.len() as u64) as usize]
}

/// A number in `0..count`, as an index.
pub(super) fn below(count: u64, number: u64) -> u64 {
    number % count.max(1)
}
