//! Measurements against the peers, paired: ours and theirs in turn, in one run,
//! on one machine. What counts is the ratio.

mod builds;
mod calls;
mod clean;
mod cold;
mod components;
mod compute;
mod machine;
mod measure;
mod peers;
mod serves;
mod six;
mod starts;
mod table;
mod tests;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache::at;
use crate::step::{self, Result};
use crate::tools;

/// What `cargo xtask bench NAME` measures.
struct Bench {
    name: &'static str,
    run: fn(&Ours) -> Result,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "starter",
        run: starts::starter,
    },
    Bench {
        name: "run-kit",
        run: starts::run_kit,
    },
    Bench {
        name: "python",
        run: components::python,
    },
    Bench {
        name: "javascript",
        run: components::javascript,
    },
    Bench {
        name: "go",
        run: components::go,
    },
    Bench {
        name: "rust",
        run: components::rust,
    },
    Bench {
        name: "first",
        run: components::first,
    },
    Bench {
        name: "tests",
        run: tests::run,
    },
    Bench {
        name: "compute",
        run: compute::run,
    },
    Bench {
        name: "calls",
        run: calls::run,
    },
    Bench {
        name: "serve",
        run: serves::run,
    },
    Bench {
        name: "cold",
        run: cold::run,
    },
    Bench {
        name: "plugin",
        run: starts::plugin,
    },
    Bench {
        name: "build-rust",
        run: clean::rust,
    },
    Bench {
        name: "build-go",
        run: clean::go,
    },
    Bench {
        name: "build-zig",
        run: clean::zig,
    },
    Bench {
        name: "build-python",
        run: clean::python,
    },
    Bench {
        name: "idle",
        run: builds::idle,
    },
    Bench {
        name: "idle-six",
        run: builds::idle_six,
    },
    Bench {
        name: "checkout",
        run: builds::checkout,
    },
    Bench {
        name: "edit",
        run: builds::edit,
    },
];

pub(crate) fn run(names: &[String]) -> Result {
    let chosen = choose(names)?;
    tools::wasm_target()?;
    let built = release()?;
    let work = tempfile::Builder::new()
        .prefix("run-bench-")
        .tempdir()
        .map_err(|error| format!("no temporary directory: {error}"))?;
    // As it is installed: a file that a linker wrote through a mapping is in the
    // page cache in small pieces, which costs each start a fault for each.
    let run = work.path().join("run");
    std::fs::copy(&built, &run).map_err(|error| at(&built, error))?;
    let ours = Ours {
        run,
        work: work.path().to_owned(),
    };
    println!("\n{}\n", machine::line());
    table::head();
    for bench in chosen {
        (bench.run)(&ours).map_err(|error| format!("{}: {error}", bench.name))?;
    }
    let words = ["cargo xtask bench"].into_iter();
    let again: Vec<_> = words.chain(names.iter().map(String::as_str)).collect();
    println!("\nMeasured with `{}`.", again.join(" "));
    Ok(())
}

/// The command in the profile that ships, unless `BENCH_RUN` names another.
fn release() -> Result<PathBuf> {
    if let Some(path) = std::env::var_os("BENCH_RUN") {
        return Ok(path.into());
    }
    crate::release::build()
}

fn choose(names: &[String]) -> Result<Vec<&'static Bench>> {
    if names.is_empty() {
        return Ok(BENCHES.iter().collect());
    }
    names
        .iter()
        .map(|name| {
            BENCHES
                .iter()
                .find(|bench| bench.name == name)
                .ok_or_else(|| {
                    let known: Vec<_> = BENCHES.iter().map(|bench| bench.name).collect();
                    format!("there is no bench `{name}`: {}", known.join(", "))
                })
        })
        .collect()
}

/// Our side.
struct Ours {
    /// The command, in the profile that ships.
    run: PathBuf,
    /// A directory of this run's own, gone with it.
    work: PathBuf,
}

impl Ours {
    /// `run v2` in `dir`, with a cache of this run's own.
    fn v2(&self, dir: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(&self.run);
        command
            .current_dir(dir)
            .env("RUN_CACHE_DIR", self.cache())
            .arg("v2")
            .args(args);
        command
    }

    fn cache(&self) -> PathBuf {
        self.work.join("cache")
    }

    /// `wasmtime` with its cache on, and that cache of this run's own too.
    fn wasmtime(&self, args: &[&str]) -> Result<Command> {
        let mut command = Command::new(peers::wasmtime()?);
        command
            .env("XDG_CACHE_HOME", self.work.join("theirs"))
            .args(["run", "-C", "cache=y"])
            .args(args);
        Ok(command)
    }

    /// The starter project, whose component is there as a binary: every side
    /// runs the same 170 bytes.
    fn starter(&self) -> Result<PathBuf> {
        let starter = self.work.join("starter");
        if !starter.is_dir() {
            step::quiet(&mut self.v2(&self.work, &["init", "starter"]))?;
            let wat = starter.join("components/hello.wat");
            let bytes = wat::parse_file(&wat).map_err(|error| error.to_string())?;
            let wasm = wat.with_extension("wasm");
            std::fs::write(&wasm, bytes).map_err(|error| at(&wasm, error))?;
        }
        Ok(starter)
    }
}

/// Removes a directory that may not be there.
fn remove(dir: &Path) -> Result {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(dir, error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn names_choose_and_unknown_ones_are_refused() {
        let names = |words: &[&str]| words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>();
        assert_eq!(choose(&[]).unwrap().len(), BENCHES.len());
        let chosen = choose(&names(&["idle", "go"])).unwrap();
        assert_eq!(
            chosen.iter().map(|b| b.name).collect::<Vec<_>>(),
            ["idle", "go"]
        );
        let error = choose(&names(&["pyhton"])).err().unwrap();
        assert!(error.contains("python"), "{error}");
    }
}
