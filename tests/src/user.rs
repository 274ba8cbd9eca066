//! Somebody else on this machine.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::command::{self, Outcome};
use crate::project::Scratch;
use crate::tools::Tools;

/// A user with a home of their own, another name, and another number.
pub struct User {
    home: tempfile::TempDir,
}

/// The number, which nobody has.
const NUMBER: &str = "12345";

/// What is compiled for nobody in particular, toolchains and standard libraries,
/// is of the machine's own: by the variable, and where it is without it.
const OF_NOBODY: [(&str, &str); 3] = [
    ("RUSTUP_HOME", ".rustup"),
    ("GOCACHE", ".cache/go-build"),
    ("ZIG_GLOBAL_CACHE_DIR", ".cache/zig"),
];

impl Default for User {
    fn default() -> Self {
        Self::new()
    }
}

impl User {
    /// One who has just come.
    ///
    /// # Panics
    /// There is no place for a home.
    #[must_use]
    pub fn new() -> Self {
        let home = tempfile::Builder::new()
            .prefix("home-of-another-")
            .tempdir()
            .expect("a directory");
        Self { home }
    }

    /// Runs `run v2` in a project whose files are all of another time.
    ///
    /// The number is that of a namespace in which everything of the real user is
    /// theirs, where the system lets one be made.
    ///
    /// # Panics
    /// It does not start.
    pub fn run(&self, scratch: &Scratch, tools: &Tools, arguments: &[&str]) -> Outcome {
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        set_times(scratch.path(), long_ago);
        let known = command::command(scratch.path());
        let become_other = ["--user", "--map-user", NUMBER, "--map-group", NUMBER, "--"];
        let can = Command::new("unshare")
            .args(become_other)
            .arg("true")
            .output()
            .is_ok_and(|output| output.status.success());
        let mut command = match can {
            true => {
                let mut command = Command::new("unshare");
                command.args(become_other).arg(command::binary());
                command
            }
            false => Command::new(command::binary()),
        };
        command.arg("v2").current_dir(scratch.path());
        for (name, value) in known.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        tools.apply(&mut command);
        let real = std::env::var_os("HOME").expect("a home");
        for (name, place) in OF_NOBODY {
            let place = Path::new(&real).join(place).into_os_string();
            command.env(name, std::env::var_os(name).unwrap_or(place));
        }
        command
            .env("HOME", self.home.path())
            .env("CARGO_HOME", self.home.path().join(".cargo"))
            .env("USER", "another")
            .env("LOGNAME", "another")
            .env_remove("XDG_CACHE_HOME")
            .env_remove("XDG_CONFIG_HOME");
        Outcome::of(command.args(arguments))
    }
}

fn set_times(dir: &Path, time: SystemTime) {
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            set_times(&path, time);
        }
        let file = File::open(&path).expect("it can be read");
        file.set_modified(time).expect("a time");
    }
}
