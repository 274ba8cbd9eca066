//! WAVE's syntax tree, under a name of ours.

pub(super) use wasmtime::component::wasm_wave::ast::{Node as Tree, NodeType as Form};
use wasmtime::component::wasm_wave::parser::ParserError;
use wasmtime::component::wasm_wave::untyped::UntypedValue;

/// The tree of one value; its depth is bounded by the parser.
pub(super) fn parse(text: &str) -> Result<Tree, ParserError> {
    UntypedValue::parse(text).map(|value| value.node().clone())
}
