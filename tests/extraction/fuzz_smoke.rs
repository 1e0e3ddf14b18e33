//! The fuzz targets over their seeds and a bounded number of mutations of them: what needs no fuzzing engine.

use crate::targets::TARGETS;
use std::path::{Path, PathBuf};

/// Mutated inputs a target.
const MUTATIONS: usize = 150;
/// Changes made to one input.
const MAX_CHANGES: u64 = 4;
/// Longer inputs are cut.
const MAX_INPUT_BYTES: usize = 4 * 1024;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder().join("seeds").join(target)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// The words of libFuzzer's dictionary.
fn words() -> Vec<Vec<u8>> {
    let text = std::fs::read_to_string(folder().join("dictionary.txt")).unwrap();
    text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"')).map(word).collect()
}

/// `\"`, `\\` and `\xHH` stand for one byte.
fn word(quoted: &str) -> Vec<u8> {
    let (mut word, mut rest) = (Vec::new(), quoted);
    while let Some((before, escaped)) = rest.split_once('\\') {
        word.extend_from_slice(before.as_bytes());
        rest = match escaped.strip_prefix('x') {
            Some(hex) => {
                word.push(u8::from_str_radix(&hex[..2], 16).unwrap());
                &hex[2..]
            }
            None => {
                word.push(escaped.as_bytes()[0]);
                &escaped[1..]
            }
        };
    }
    word.extend_from_slice(rest.as_bytes());
    word
}

/// Numbers that are the same on every run: a failure is seen again.
struct Dice(u64);

impl Dice {
    /// Rule from: Marsaglia, "Xorshift RNGs".
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.below(from.len());
        &from[index]
    }
}

fn mutate(seeds: &[Vec<u8>], words: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = dice.pick(seeds).clone();
    for _ in 0..=dice.roll() % MAX_CHANGES {
        let at = dice.below(input.len() + 1);
        let end = (at + dice.below(24)).min(input.len());
        match dice.below(6) {
            0 if at < input.len() => input[at] ^= 1 << dice.below(8),
            1 => drop(input.drain(at..end)),
            2 => {
                let piece = input[at..end].to_vec();
                input.splice(at..at, piece);
            }
            3 => {
                let other = dice.pick(seeds).clone();
                let from = dice.below(other.len());
                input.splice(at..end, other[from..].iter().copied());
            }
            4 => input.truncate(at),
            _ => {
                input.splice(at..end, dice.pick(words).iter().copied());
            }
        }
    }
    input.truncate(MAX_INPUT_BYTES);
    input
}

#[test]
fn every_target_keeps_its_promises_on_seeds_and_mutations() {
    let words = words();
    assert!(words.len() > 50);
    let run = |(name, target): (&str, crate::targets::Target), number: u64| {
        let seeds = seeds(name);
        assert!(seeds.len() > 2, "{name} has no seeds");
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15 ^ number);
        let mutated = (0..MUTATIONS).map(|_| mutate(&seeds, &words, &mut dice));
        for input in seeds.iter().cloned().chain(mutated.collect::<Vec<_>>()) {
            let kept = std::panic::catch_unwind(|| target(&input));
            assert!(kept.is_ok(), "{name} breaks on {:?}", String::from_utf8_lossy(&input));
        }
    };
    std::thread::scope(|scope| {
        for (target, number) in TARGETS.into_iter().zip(1..) {
            scope.spawn(move || run(target, number));
        }
    });
}
