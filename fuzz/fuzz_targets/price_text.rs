#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pricemill::targets::price_text::run(data));
