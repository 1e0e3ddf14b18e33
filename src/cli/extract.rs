//! `extract`: one page to one product.

/// Reads one page and prints its product.
#[derive(Debug, clap::Args)]
pub struct ExtractArgs {}

/// Runs the command.
pub fn run(_args: &ExtractArgs) -> anyhow::Result<()> {
    Ok(())
}
