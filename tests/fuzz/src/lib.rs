//! What several targets share: one function of every shape of value.

use std::sync::OnceLock;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use run_project::ManifestError;
use run_runtime::exports::ExportedFunction;
use run_runtime::{ArtifactCache, Engine, Prepared, Wasm};
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::{ManglingAndAbi, Resolve};

const SHAPES: &str = include_str!("shapes.wit");

/// Functions whose parameters cover the types of WIT.
pub fn functions() -> &'static [ExportedFunction] {
    static FUNCTIONS: OnceLock<Vec<ExportedFunction>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        let bytes = component();
        let engine = Engine::application(&Default::default()).expect("the engine starts");
        let wasm = Wasm::from_bytes("shapes", bytes).expect("a component");
        Prepared::new(&engine, &ArtifactCache::disabled(), &wasm)
            .expect("it compiles")
            .functions()
            .to_vec()
    })
}

/// A function and a text from a fuzzer's bytes: the first chooses.
pub fn function_and_text(data: &[u8]) -> Option<(&'static ExportedFunction, &str)> {
    let (&first, rest) = data.split_first()?;
    let functions = functions();
    let function = &functions[usize::from(first) % functions.len()];
    Some((function, std::str::from_utf8(rest).ok()?))
}

/// Asserts that a report on a file shows every problem at a place that is in it.
pub fn check_problems(error: &ManifestError) {
    assert!(!error.problems.is_empty());
    assert!(!error.plain().is_empty());
    for problem in &error.problems {
        if let Some(span) = &problem.span {
            assert!(error.source_text.get(span.clone()).is_some(), "{problem:?}");
        }
    }
}

/// Asserts that an error can be rendered with the source it points into.
pub fn check_rendering(error: &dyn Diagnostic) {
    let mut out = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .render_report(&mut out, error)
        .expect("it is rendered");
    assert!(!out.is_empty());
}

fn component() -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("shapes.wit", SHAPES).expect("WIT");
    let world = resolve.select_world(&[package], None).expect("one world");
    let mut module = wit_component::dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .expect("it is embedded");
    ComponentEncoder::default()
        .module(&module)
        .and_then(|mut encoder| encoder.encode())
        .expect("it is encoded")
}
