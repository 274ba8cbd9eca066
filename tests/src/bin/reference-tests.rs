//! Runs the reference tests of the Component Model through the runtime:
//! `reference-tests DIR`, for every `.wast` file below DIR.
//!
//! What a file expects to be valid and the engine compiles must be described
//! and its functions listed; what it expects to be malformed or invalid must be
//! an error. Nothing may panic. Nothing is instantiated.

// The report is what the program is for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use run_runtime::Prepared;
use run_runtime::inspect::{self, Package};
use run_runtime::{ArtifactCache, Engine, Wasm, values, wasm};
use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::{QuoteWat, QuoteWatTest, Wast, WastDirective, WastExecute};

fn main() -> ExitCode {
    let Some(dir) = std::env::args_os().nth(1) else {
        eprintln!("usage: reference-tests DIR");
        return ExitCode::from(2);
    };
    let mut files = Vec::new();
    wast_files(Path::new(&dir), &mut files);
    if files.is_empty() {
        eprintln!("there is no .wast file below `{}`", dir.display());
        return ExitCode::FAILURE;
    }
    files.sort();
    let mut report = Report::new();
    for file in &files {
        report.file(file);
    }
    report.print(files.len());
    if report.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn wast_files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.extension().is_some_and(|ending| ending == "wast") {
        found.push(path.to_owned());
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        wast_files(&entry.path(), found);
    }
}

struct Report {
    engine: Engine,
    valid: usize,
    invalid: usize,
    /// What the engine does not compile, by the beginning of its reason.
    refused: BTreeMap<String, usize>,
    failures: Vec<String>,
}

impl Report {
    fn new() -> Self {
        Self {
            engine: Engine::application(&Default::default()).expect("the engine starts"),
            valid: 0,
            invalid: 0,
            refused: BTreeMap::new(),
            failures: Vec::new(),
        }
    }

    fn file(&mut self, path: &Path) {
        let text = fs::read_to_string(path).expect("a test is text");
        let mut lexer = Lexer::new(&text);
        // Names with them are what one of the tests is about.
        lexer.allow_confusing_unicode(true);
        let parsed = ParseBuffer::new_with_lexer(lexer);
        let parsed = parsed
            .as_ref()
            .map_err(ToString::to_string)
            .and_then(|buffer| parser::parse::<Wast>(buffer).map_err(|error| error.to_string()));
        match parsed {
            Ok(wast) => {
                for directive in wast.directives {
                    self.directive(path, &text, directive);
                }
            }
            Err(error) => self.failures.push(format!("{}: {error}", path.display())),
        }
    }

    fn directive(&mut self, path: &Path, text: &str, directive: WastDirective) {
        match directive {
            WastDirective::Module(module) | WastDirective::ModuleDefinition(module) => {
                self.expect(path, text, module, true);
            }
            WastDirective::AssertUnlinkable { module, .. } => {
                self.expect(path, text, QuoteWat::Wat(module), true);
            }
            WastDirective::AssertTrap {
                exec: WastExecute::Wat(module),
                ..
            } => self.expect(path, text, QuoteWat::Wat(module), true),
            WastDirective::AssertMalformed { module, .. }
            | WastDirective::AssertInvalid { module, .. } => {
                self.expect(path, text, module, false);
            }
            WastDirective::Thread(thread) => {
                for directive in thread.directives {
                    self.directive(path, text, directive);
                }
            }
            // Calls: what they are made on was looked at before.
            _ => {}
        }
    }

    fn expect(&mut self, path: &Path, text: &str, mut module: QuoteWat, valid: bool) {
        let line = module.span().linecol_in(text).0 + 1;
        let place = format!("{}:{line}", path.display());
        let bytes = match module.to_test() {
            Ok(QuoteWatTest::Binary(bytes) | QuoteWatTest::Text(bytes)) => bytes,
            Err(error) if valid => return self.failures.push(format!("{place}: {error}")),
            Err(_) => {
                self.invalid += 1;
                return;
            }
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| look(&self.engine, bytes)));
        match (outcome, valid) {
            (Err(_), _) => self.failures.push(format!("{place}: it panicked")),
            (Ok(Ok(None)), true) => self.valid += 1,
            (Ok(Ok(Some(refused))), true) => {
                let reason = refused.lines().next().unwrap_or_default();
                let reason: String = reason.chars().take(100).collect();
                *self.refused.entry(reason).or_default() += 1;
            }
            (Ok(Err(error)), true) => self.failures.push(format!("{place}: {error}")),
            (Ok(Ok(None)), false) => self.failures.push(format!("{place}: it was accepted")),
            (Ok(Ok(Some(_)) | Err(_)), false) => self.invalid += 1,
        }
    }

    fn print(&self, files: usize) {
        for failure in &self.failures {
            println!("FAIL {failure}");
        }
        let refused: usize = self.refused.values().sum();
        for (reason, count) in &self.refused {
            println!("     {count} not compiled: {reason}");
        }
        println!(
            "{files} files: {} valid loaded, {} invalid refused, {refused} valid that the engine \
             does not compile, {} failures",
            self.valid,
            self.invalid,
            self.failures.len()
        );
    }
}

/// All that is done with a component that is looked at and not run. `Some`
/// where the engine does not compile it.
fn look(engine: &Engine, bytes: Vec<u8>) -> Result<Option<String>, String> {
    let wasm = Wasm::from_bytes("reference", bytes).map_err(|error| error.to_string())?;
    let described = inspect::describe(&wasm).map(drop);
    // These may fail, and only must not panic.
    inspect::wit_text(&wasm).ok();
    let is_package = Package::decode(&wasm).is_ok_and(|package| package.is_some());
    if is_package {
        return Ok(None);
    }
    if wasm.kind() == wasm::Kind::CoreModule {
        described.map_err(|error| error.to_string())?;
        // Only described, so every proposal is: some make valid what was not.
        return Ok(wasmparser::validate(wasm.bytes())
            .err()
            .map(|error| error.to_string()));
    }
    let prepared = match Prepared::new(engine, &ArtifactCache::disabled(), &wasm) {
        Ok(prepared) => prepared,
        Err(error) => return Ok(Some(error.to_string())),
    };
    described.map_err(|error| error.to_string())?;
    let functions = prepared.functions();
    for function in functions {
        if !function.signature().contains("func(") {
            return Err(format!("`{}` has no signature", function.full_name()));
        }
        // No such arguments: the error spells out the types and an example.
        let nonsense = vec!["{".to_owned(); 3];
        values::plan(function, &|| functions.to_vec(), &nonsense).ok();
        if !function.is_called(&function.full_name()) {
            return Err(format!("`{}` is not found", function.full_name()));
        }
    }
    Ok(None)
}
