//! Fuzzing with the stable compiler: what `cargo fuzz` asks a nightly one for is,
//! but for the sanitizers, there in stable flags. Safe code has no use for those.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache::at;
use crate::step::{self, Result};
use crate::{fuzz_seeds, tools};

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

/// Coverage as libFuzzer wants it: counters, a table of places, and what
/// comparisons compare.
const COVERAGE: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
];

pub(crate) fn run(args: &[String]) -> Result {
    let (targets, seconds) = parse(args)?;
    for (target, executable) in build(&targets)? {
        fuzz(target, &executable, seconds)?;
    }
    Ok(())
}

/// Every target for so long, as the suite does it.
pub(crate) fn all(seconds: u32) -> Result {
    run(&["--seconds".to_owned(), seconds.to_string()])
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

/// Builds the targets and says where each is.
fn build(targets: &[&'static str]) -> Result<Vec<(&'static str, PathBuf)>> {
    let host = tools::host_triple()?;
    let dir = directory()?;
    let flags = ["--cfg=fuzzing", "-Ccodegen-units=1"]
        .into_iter()
        .chain(COVERAGE)
        .collect::<Vec<_>>()
        .join("\x1f");
    let mut command = step::cargo();
    command
        // With a target named, build scripts and macros stay as they are.
        .args([
            "build",
            "--locked",
            "--package",
            "run-fuzz",
            "--target",
            &host,
        ])
        .args(["--profile", "fuzz", "--target-dir"])
        .arg(&dir)
        .args(targets.iter().flat_map(|target| ["--bin", target]))
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", flags);
    step::run(&mut command)?;
    let built = dir.join(host).join("fuzz");
    Ok(targets
        .iter()
        .map(|&target| (target, built.join(target)))
        .collect())
}

fn fuzz(target: &'static str, executable: &Path, seconds: u32) -> Result {
    let dir = directory()?;
    // What is found on the way is kept for the next time, outside the sources.
    let corpus = dir.join("corpus").join(target);
    let artifacts = dir.join("artifacts").join(target);
    for dir in [&corpus, &artifacts] {
        std::fs::create_dir_all(dir).map_err(|error| at(dir, error))?;
    }
    let seeds = fuzz_seeds::directories(target, &dir)?;
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
