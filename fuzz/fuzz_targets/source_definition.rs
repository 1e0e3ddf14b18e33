#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pricemill::targets::source_definition::run(data));
