//! Fuzzing with the stable compiler: what `cargo fuzz` asks a nightly one for is,
//! but for the sanitizers, there in stable flags. Safe code has no use for those.

mod build;
mod seeds;

use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) use build::compiler;

use crate::cache::at;
use crate::step::{self, Result};

/// Every target, in `tests/fuzz/fuzz_targets`.
const TARGETS: [&str; 8] = [
    "arguments",
    "component_info",
    "lock",
    "nan",
    "plugin_manifest",
    "run_toml",
    "wat",
    "wave",
];

pub(crate) fn run(args: &[String]) -> Result {
    let (targets, seconds) = parse(args)?;
    each(build::whole(&targets)?, seconds)
}

/// Every target for so long, as the suite does it. `this` is where this program
/// lies.
pub(crate) fn brief(this: &Path, seconds: u32) -> Result {
    each(build::ours(this, &TARGETS)?, seconds)
}

fn each(built: build::Built, seconds: u32) -> Result {
    for (target, executable) in built {
        fuzz(target, &executable, seconds)?;
    }
    Ok(())
}

fn parse(args: &[String]) -> Result<(Vec<&'static str>, u32)> {
    let (mut targets, mut seconds) = (Vec::new(), 60);
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == "--seconds" {
            seconds = args
                .next()
                .and_then(|text| text.parse().ok())
                .filter(|&seconds| seconds > 0)
                .ok_or("--seconds wants a number above 0")?;
        } else if let Some(target) = TARGETS.iter().find(|target| *target == arg) {
            targets.push(*target);
        } else {
            return Err(format!(
                "there is no fuzz target `{arg}`: {}",
                TARGETS.join(", ")
            ));
        }
    }
    if targets.is_empty() {
        targets = TARGETS.to_vec();
    }
    Ok((targets, seconds))
}

fn fuzz(target: &'static str, executable: &Path, seconds: u32) -> Result {
    let dir = directory()?;
    // What is found on the way is kept for the next time, outside the sources.
    let corpus = dir.join("corpus").join(target);
    let artifacts = dir.join("artifacts").join(target);
    for dir in [&corpus, &artifacts] {
        std::fs::create_dir_all(dir).map_err(|error| at(dir, error))?;
    }
    let seeds = seeds::directories(target, &dir)?;
    let mut command = Command::new(executable);
    command
        .arg(&corpus)
        .args(&seeds)
        .args(dictionary(target))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-timeout=20", "-rss_limit_mb=4096", "-max_len=16384"])
        .args(["-verbosity=1", "-print_final_stats=1"]);
    println!("$ fuzz {target} for {seconds} s");
    let said = step::said(&mut command).map_err(|error| {
        format!(
            "{error}\nthe input is in {}: fix what it shows, and keep it in tests/fuzz/seeds/{target}",
            artifacts.display()
        )
    })?;
    println!("  {} inputs tried", executed(&said)?);
    Ok(())
}

/// Tokens, for what reads text.
fn dictionary(target: &str) -> Option<String> {
    let path = step::root().join("tests/fuzz/dictionaries/text.dict");
    (!matches!(target, "component_info" | "nan")).then(|| format!("-dict={}", path.display()))
}

/// How many inputs were tried: none is a fuzzer that does not work.
fn executed(said: &str) -> Result<u64> {
    said.lines()
        .find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))
        .and_then(|count| count.trim().parse().ok())
        .filter(|&count| count > 0)
        .ok_or_else(|| format!("the fuzzer did not say that it tried anything\n{said}"))
}

fn directory() -> Result<PathBuf> {
    let dir = step::root().join("target/fuzz");
    std::fs::create_dir_all(&dir).map_err(|error| at(&dir, error))?;
    std::fs::canonicalize(&dir).map_err(|error| at(&dir, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_of_the_manifest_is_run() {
        let manifest = std::fs::read_to_string(step::root().join("tests/fuzz/Cargo.toml")).unwrap();
        let manifest: toml::Table = manifest.parse().unwrap();
        let named: Vec<_> = manifest["bin"]
            .as_array()
            .unwrap()
            .iter()
            .map(|bin| bin["name"].as_str().unwrap())
            .collect();
        assert_eq!(named, TARGETS);
    }

    #[test]
    fn arguments() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(parse(&[]).unwrap(), (TARGETS.to_vec(), 60));
        assert_eq!(
            parse(&words("lock --seconds 5 wat")).unwrap(),
            (vec!["lock", "wat"], 5)
        );
        for wrong in ["locks", "--seconds", "--seconds 0", "--seconds x"] {
            assert!(parse(&words(wrong)).is_err(), "{wrong}");
        }
    }
}
