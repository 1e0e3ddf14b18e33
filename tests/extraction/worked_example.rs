//! The worked example of docs/SOURCES.md: its definition is the one of the saved pages, and every command in it, run on
//! them, answers exactly what stands there.
//!
//! `PRICEMILL_WRITE_DOCUMENTS=1` writes the answers into the document.

use std::path::Path;
use std::process::Command;

const DOCUMENT: &str = "docs/SOURCES.md";
const EXAMPLE: &str = "fixtures/pages/pricehub";
const OPENING: &str = "```console\n";
const CLOSING: &str = "```";

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `<!-- definition: NEW is OLD -->` before a block: there the definition says OLD where it should say NEW.
fn definition_before(text: &str, definition: &str) -> String {
    let comment = text.trim_end().lines().last().and_then(|line| line.strip_prefix("<!-- definition: "));
    let Some((new, old)) = comment.and_then(|rest| rest.strip_suffix(" -->")?.split_once(" is ")) else {
        return definition.to_owned();
    };
    assert!(definition.contains(new), "{new}");
    definition.replace(new, old)
}

fn run(command: &str, folder: &Path) -> String {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("pricemill"), "{command}");
    let output = Command::new(env!("CARGO_BIN_EXE_pricemill")).args(words).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_definition_is_that_of_the_saved_pages() {
    let document = read(DOCUMENT);
    let definition = read(&format!("{EXAMPLE}/definition.toml"));
    assert!(document.contains(&format!("```toml\n{definition}```")), "{DOCUMENT} shows {EXAMPLE}/definition.toml");
}

#[test]
fn every_command_answers_what_stands_there() {
    let (document, definition) = (read(DOCUMENT), read(&format!("{EXAMPLE}/definition.toml")));
    let folder = tempfile::tempdir().unwrap();
    for page in ["search", "product", "offers"] {
        std::fs::write(folder.path().join(format!("{page}.html")), read(&format!("{EXAMPLE}/{page}/page.html")))
            .unwrap();
    }
    std::fs::create_dir(folder.path().join("sources")).unwrap();
    let mut written = String::new();
    let mut rest = document.as_str();
    let mut commands = 0;
    while let Some((before, block)) = rest.split_once(OPENING) {
        let (block, behind) = block.split_once(CLOSING).expect("a block ends");
        let definition = definition_before(before, &definition);
        std::fs::write(folder.path().join("sources/pricehub.toml"), definition).unwrap();
        let command = block.lines().next().and_then(|line| line.strip_prefix("$ ")).expect("a command");
        written += &format!("{before}{OPENING}$ {command}\n{}{CLOSING}", run(command, folder.path()));
        rest = behind;
        commands += 1;
    }
    written += rest;
    assert!(commands >= 3);
    if std::env::var_os("PRICEMILL_WRITE_DOCUMENTS").is_some() {
        return std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT), &written).unwrap();
    }
    let differs = document.lines().zip(written.lines()).find(|(stands, is)| stands != is);
    assert!(document == written, "PRICEMILL_WRITE_DOCUMENTS=1 writes {DOCUMENT} anew; first difference: {differs:?}");
}
