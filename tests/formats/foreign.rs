//! Programs that may or may not be installed.

use std::io::Write;
use std::process::{Command, Stdio};

const REQUIRED: &str = "PRICEMILL_REQUIRE_RUBY";

pub struct Foreign {
    pub program: &'static str,
    pub arguments: &'static [&'static str],
    /// Arguments with which it ends well when all it needs is installed.
    pub probe: &'static [&'static str],
}

/// What the program prints when it reads `input`; `None`, said loudly, when it is not installed.
#[track_caller]
pub fn run(foreign: &Foreign, input: &[u8]) -> Option<Vec<u8>> {
    let Foreign { program, arguments, probe } = foreign;
    let probing = Command::new(program).args(*probe).stdin(Stdio::null()).output();
    if !probing.is_ok_and(|probed| probed.status.success()) {
        assert!(std::env::var(REQUIRED).is_err(), "{REQUIRED} is set, but {program} {probe:?} does not work");
        // Not eprintln, which a passing test swallows.
        let _ = writeln!(std::io::stderr(), "\nSKIPPED: {program} is not installed, or lacks what the test needs\n");
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
