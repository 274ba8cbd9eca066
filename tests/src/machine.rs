//! The machine that the runner is tested for: this one, or another that a program
//! emulates, see `cargo xtask emulate`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::workspace;
use crate::tools;

/// The target of runners, one of [`run_files::runner::TARGETS`].
#[must_use]
pub fn target() -> String {
    let this = || format!("{}-linux-musl", std::env::consts::ARCH);
    std::env::var("RUN_TEST_RUNNER_TARGET").unwrap_or_else(|_| this())
}

/// The runner for it, built where it is not there yet.
#[must_use]
pub fn runner() -> PathBuf {
    match std::env::var_os("RUN_TEST_RUNNER") {
        Some(built) => built.into(),
        None => tools::of("runner").variable("RUNNER").into(),
    }
}

/// What runs programs of that machine, where this one does not.
fn emulator() -> Option<String> {
    std::env::var("RUN_TEST_RUNNER_BY").ok()
}

/// Starts the runner.
#[must_use]
pub fn command() -> Command {
    match emulator() {
        Some(emulator) => {
            let mut command = Command::new(emulator);
            command.arg(runner());
            command
        }
        None => Command::new(runner()),
    }
}

/// Makes a program start here: where it is for another machine, a script takes its
/// name and has it emulated.
///
/// # Panics
/// It is not there.
pub fn startable(program: &Path) {
    let Some(emulator) = emulator() else {
        return;
    };
    let moved = program.with_extension("elf");
    if moved.exists() {
        return;
    }
    fs::rename(program, &moved).expect("the program");
    let script = format!("#!/bin/sh\nexec '{emulator}' \"$0.elf\" \"$@\"\n");
    fs::write(program, script).expect("a script");
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).expect("a script");
}

/// Puts the runner where the command of the tests finds it.
///
/// # Panics
/// It cannot be had.
pub fn install() {
    put(&target(), &fs::read(runner()).expect("the runner"));
}

/// Puts something in the place of the runner for another machine than
/// [`target`]'s, since compiling that takes minutes: as much of a program as says
/// which machine it is for. What it is for, and its `e_machine` in ELF.
///
/// # Panics
/// It cannot be written.
pub fn install_stand_in() -> (&'static str, u16) {
    let (other, machine) = match target().starts_with("x86_64") {
        true => ("aarch64-linux-musl", 183),
        false => ("x86_64-linux-musl", 62),
    };
    // The identification, and that it is an executable, for this machine.
    let mut header = b"\x7fELF\x02\x01\x01".to_vec();
    header.resize(16, 0);
    header.extend(2u16.to_le_bytes());
    header.extend(u16::to_le_bytes(machine));
    header.resize(64, 0);
    put(other, &header);
    (other, machine)
}

fn put(target: &str, program: &[u8]) {
    let version = env!("CARGO_PKG_VERSION");
    let dir = workspace().join("target/test-cache/runners").join(version);
    run_files::private::make_dir(&dir).expect("a directory");
    let to = dir.join(format!("run-runner-{target}"));
    run_files::atomic::write(&to, program).expect("a copy");
}
