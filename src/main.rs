//! The `pricemill` program; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    pricemill::cli::main()
}
