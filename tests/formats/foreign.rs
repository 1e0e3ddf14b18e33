//! Programs that may or may not be installed.

use std::io::Write;
use std::process::{Command, Stdio};

pub struct Foreign {
    pub program: &'static str,
    pub arguments: &'static [&'static str],
    /// Arguments with which it ends well when all it needs is installed.
    pub probe: &'static [&'static str],
    /// The environment variable with which it must be there.
    pub required: &'static str,
}

pub const RUBY: &str = "PRICEMILL_REQUIRE_RUBY";
/// With pandas and openpyxl.
pub const PYTHON: &str = "PRICEMILL_REQUIRE_PYTHON";
pub const OFFICE: &str = "PRICEMILL_REQUIRE_OFFICE";

/// Whether it works; said loudly when it does not.
#[track_caller]
fn is_there(program: &str, probe: &[&str], required: &str) -> bool {
    let probing = Command::new(program).args(probe).stdin(Stdio::null()).output();
    if probing.is_ok_and(|probed| probed.status.success()) {
        return true;
    }
    assert!(std::env::var(required).is_err(), "{required} is set, but {program} {probe:?} does not work");
    // Not eprintln, which a passing test swallows.
    let _ = writeln!(std::io::stderr(), "\nSKIPPED: {program} is not installed, or lacks what the test needs\n");
    false
}

/// What the program prints when it reads `input`; `None`, said loudly, when it is not installed.
#[track_caller]
pub fn run(foreign: &Foreign, input: &[u8]) -> Option<Vec<u8>> {
    let Foreign { program, arguments, probe, required } = foreign;
    if !is_there(program, probe, required) {
        return None;
    }
    let mut running = Command::new(program)
        .args(*arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = running.stdin.take().unwrap();
    let input = input.to_vec();
    // From beside, since the program may print before it has read everything.
    let feeding = std::thread::spawn(move || stdin.write_all(&input));
    let ended = running.wait_with_output().unwrap();
    let complaints = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{program}: {complaints}");
    feeding.join().unwrap().unwrap();
    Some(ended.stdout)
}

/// What LibreOffice makes of a file of one form in another; `None`, said loudly, when it is not installed.
#[track_caller]
pub fn convert(input: &[u8], from: &str, to: &str) -> Option<Vec<u8>> {
    if !is_there("soffice", &["--version"], OFFICE) {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("results.{from}"));
    std::fs::write(&file, input).unwrap();
    let ended = Command::new("soffice")
        // A profile of its own, or another running one takes the command and this one ends at once.
        .arg(format!("-env:UserInstallation=file://{}/profile", folder.path().display()))
        .args(["--headless", "--convert-to", to, "--outdir"])
        .arg(folder.path().join("made"))
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "soffice: {complaints}");
    let extension = to.split(':').next().unwrap();
    Some(std::fs::read(folder.path().join(format!("made/results.{extension}"))).expect(&complaints))
}
