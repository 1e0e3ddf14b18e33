#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| pricemill::targets::microdata::run(data));
