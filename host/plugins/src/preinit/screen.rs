//! A look at a component before it is instrumented: what the instrumentation
//! and the rewriting take for granted is made sure of here, because their way
//! to say otherwise is to stop the process.

use run_files::Digest;
use run_runtime::notes::Notes;
use wasmparser::{
    CanonicalFunction, ComponentExternalKind, ComponentInstance, FunctionBody, Operator, Parser,
    Payload, WasmFeatures,
};

use super::Failure;
use super::kept::ACCESS;

/// Larger than any language runtime, small enough to be compiled in a while.
const LARGEST: usize = 64 << 20;

/// What components are made of that can be kept: no collected references, no
/// exceptions, no 64-bit or shared memories, nothing that is not final.
fn features() -> WasmFeatures {
    WasmFeatures::WASM2
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::RELAXED_SIMD
        | WasmFeatures::TAIL_CALL
}

/// Whose answers hold: other releases may ask for more.
const VERSION: &str = concat!("screen 1, run ", env!("CARGO_PKG_VERSION"));

/// As [`component`], of which the same one has the same answer: it is asked once.
pub(super) fn once(
    bytes: &[u8],
    digest: Digest,
    initializer: &str,
    notes: &Notes,
) -> Result<u32, Failure> {
    let key = Digest::of_fields([
        digest.as_bytes().as_slice(),
        initializer.as_bytes(),
        VERSION.as_bytes(),
    ]);
    if let Some(known) = notes.get(key).and_then(|text| text.parse().ok()) {
        return Ok(known);
    }
    let function = component(bytes, initializer)?;
    notes.keep(key, &function.to_string());
    Ok(function)
}

/// Refuses a component that cannot be kept; returns the index of the function
/// that the initialiser's export makes.
pub(super) fn component(bytes: &[u8], initializer: &str) -> Result<u32, Failure> {
    if bytes.len() > LARGEST {
        let figure = LARGEST >> 20;
        return Err(Failure::Limit(format!("it is larger than {figure} MiB")));
    }
    let broken = |error: wasmparser::BinaryReaderError| {
        Failure::Request(format!("it is not a valid component: {error}"))
    };
    run_runtime::validate(bytes, features()).map_err(broken)?;
    let mut screen = Screen {
        initializer,
        functions: 0,
        removed: None,
        depth: 0,
        module: None,
    };
    for payload in Parser::new(0).parse_all(bytes) {
        screen
            .payload(&payload.map_err(broken)?)
            .map_err(|error| match error {
                Found::Broken(error) => broken(error),
                Found::Odd(why) => Failure::Unsupported(why.to_owned()),
            })?;
    }
    screen
        .removed
        .ok_or_else(|| Failure::Request(format!("it exports no function `{initializer}`")))
}

enum Found {
    Broken(wasmparser::BinaryReaderError),
    Odd(&'static str),
}

impl From<wasmparser::BinaryReaderError> for Found {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Broken(error)
    }
}

/// A core module while it is walked through.
#[derive(Default)]
struct Module {
    has_state: bool,
    has_exports: bool,
}

struct Screen<'a> {
    initializer: &'a str,
    /// Functions of the outermost component so far.
    functions: u32,
    /// The initialiser's export, which the snapshot is to be without.
    removed: Option<u32>,
    /// Of components in components.
    depth: usize,
    module: Option<Module>,
}

impl Screen<'_> {
    fn payload(&mut self, payload: &Payload<'_>) -> Result<(), Found> {
        match payload {
            Payload::ModuleSection { .. } => self.module = Some(Module::default()),
            Payload::ComponentSection { .. } => self.depth += 1,
            Payload::End(_) => self.end()?,
            Payload::MemorySection(memories) => {
                if let Some(module) = &mut self.module {
                    module.has_state |= memories.count() > 0;
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals.clone() {
                    let mutable = global?.ty.mutable;
                    if let Some(module) = &mut self.module {
                        module.has_state |= mutable;
                    }
                }
            }
            Payload::CodeSectionEntry(body) => unchanging(body)?,
            Payload::ExportSection(_) => {
                if let Some(module) = &mut self.module {
                    module.has_exports = true;
                }
            }
            _ if self.depth == 0 => self.outermost(payload)?,
            _ => {}
        }
        Ok(())
    }

    /// The end of a module, of a component in a component, or of everything.
    fn end(&mut self) -> Result<(), Found> {
        match self.module.take() {
            Some(module) if module.has_state && !module.has_exports => Err(Found::Odd(
                "a module of it has memory or globals and exports nothing",
            )),
            Some(_) => Ok(()),
            None => {
                self.depth = self.depth.saturating_sub(1);
                Ok(())
            }
        }
    }

    fn outermost(&mut self, payload: &Payload<'_>) -> Result<(), Found> {
        match payload {
            Payload::ComponentImportSection(imports) => {
                for import in imports.clone() {
                    let import = import?;
                    if import.name.name == ACCESS {
                        return Err(Found::Odd("it imports what a snapshot is read through"));
                    }
                    self.count(import.ty.kind());
                }
            }
            Payload::ComponentAliasSection(aliases) => {
                for alias in aliases.clone() {
                    if let wasmparser::ComponentAlias::InstanceExport { kind, .. } = alias? {
                        self.count(kind);
                    }
                }
            }
            Payload::ComponentCanonicalSection(functions) => {
                for function in functions.clone() {
                    match function? {
                        CanonicalFunction::Lift { .. } => self.count(ComponentExternalKind::Func),
                        CanonicalFunction::Lower { func_index, .. } => self.used(func_index)?,
                        _ => {}
                    }
                }
            }
            Payload::ComponentInstanceSection(instances) => {
                for instance in instances.clone() {
                    self.instance(&instance?)?;
                }
            }
            Payload::ComponentExportSection(exports) => {
                for export in exports.clone() {
                    let export = export?;
                    if export.name.name == ACCESS {
                        return Err(Found::Odd("it was prepared for a snapshot before"));
                    }
                    if export.kind == ComponentExternalKind::Func {
                        self.used(export.index)?;
                        if export.name.name == self.initializer {
                            self.removed = Some(self.functions);
                        }
                    }
                    self.count(export.kind);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn instance(&self, instance: &ComponentInstance<'_>) -> Result<(), Found> {
        let is_function = |kind| kind == ComponentExternalKind::Func;
        match instance {
            ComponentInstance::Instantiate { args, .. } => args
                .iter()
                .filter(|arg| is_function(arg.kind))
                .try_for_each(|arg| self.used(arg.index)),
            ComponentInstance::FromExports(exports) => exports
                .iter()
                .filter(|export| is_function(export.kind))
                .try_for_each(|export| self.used(export.index)),
        }
    }

    fn count(&mut self, kind: ComponentExternalKind) {
        if kind == ComponentExternalKind::Func {
            self.functions += 1;
        }
    }

    fn used(&self, function: u32) -> Result<(), Found> {
        if self.removed == Some(function) {
            return Err(Found::Odd(
                "it uses its own initialiser, which a snapshot is without",
            ));
        }
        Ok(())
    }
}

/// Refuses what changes tables and segments, of which no snapshot is taken. The
/// rewriting looks for the same, and is not shown the bodies.
fn unchanging(body: &FunctionBody<'_>) -> Result<(), Found> {
    for operator in body.get_operators_reader()? {
        let why = match operator? {
            Operator::TableCopy { .. } => "its code has `table.copy`, which changes a table",
            Operator::TableFill { .. } => "its code has `table.fill`, which changes a table",
            Operator::TableGrow { .. } => "its code has `table.grow`, which changes a table",
            Operator::TableInit { .. } => "its code has `table.init`, which changes a table",
            Operator::TableSet { .. } => "its code has `table.set`, which changes a table",
            Operator::DataDrop { .. } => "its code has `data.drop`, which takes a segment away",
            Operator::ElemDrop { .. } => "its code has `elem.drop`, which takes a segment away",
            _ => continue,
        };
        return Err(Found::Odd(why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use run_runtime::ArtifactCache;

    use super::*;

    fn refused(text: &str) -> String {
        let bytes = wat::parse_str(text).unwrap();
        format!(
            "{:?}",
            component(&bytes, "init").expect_err("it is refused")
        )
    }

    #[test]
    fn a_plain_component_passes() {
        let bytes = wat::parse_str(
            r#"(component
                (core module $m (memory (export "memory") 1) (func (export "f")))
                (core instance $i (instantiate $m))
                (func $f (canon lift (core func $i "f")))
                (export "init" (func $f)) (export "other" (func $f)))"#,
        )
        .unwrap();
        component(&bytes, "init").unwrap();
    }

    #[test]
    fn an_answer_is_noted_and_a_refusal_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let notes = ArtifactCache::at(&dir.path().join("artifacts")).notes();
        let text = r#"(component
            (core module $m (func (export "f")))
            (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i "f")))
            (export "other" (func $f)) (export "init" (func $f)))"#;
        let bytes = wat::parse_str(text).unwrap();
        let digest = Digest::of(&bytes);
        assert!(once(&bytes, digest, "absent", &notes).is_err());
        assert!(once(b"", digest, "absent", &notes).is_err());
        let function = once(&bytes, digest, "init", &notes).unwrap();
        assert_eq!(once(b"", digest, "init", &notes).unwrap(), function);
        assert_ne!(once(&bytes, digest, "other", &notes).unwrap(), function);
    }

    #[test]
    fn what_would_stop_the_rewriting_is_refused() {
        let lifted = "(core module $m (func (export \"f\"))) (core instance $i (instantiate $m)) \
                      (func $f (canon lift (core func $i \"f\"))) (export $e \"init\" (func $f))";
        for (text, expected) in [
            ("(module)".to_owned(), "no function `init`"),
            ("(component)".to_owned(), "no function `init`"),
            (
                format!("(component {lifted} (core module (memory 1)))"),
                "exports nothing",
            ),
            (
                format!("(component {lifted} (core module (global (mut i32) (i32.const 0))))"),
                "exports nothing",
            ),
            (
                format!("(component {lifted} (export \"again\" (func $e)))"),
                "its own initialiser",
            ),
            (
                format!("(component {lifted} (core func (canon lower (func $e))))"),
                "its own initialiser",
            ),
            (
                format!("(component {lifted} (instance (export \"x\" (func $e))))"),
                "its own initialiser",
            ),
            (
                format!(
                    "(component {lifted} (core module (table 1 funcref) (func (table.fill (i32.const 0) (ref.null func) (i32.const 1)))))"
                ),
                "`table.fill`, which changes a table",
            ),
            (
                format!(
                    "(component {lifted} (core module (memory (export \"m\") 1) (data \"a\") (func (data.drop 0))))"
                ),
                "`data.drop`, which takes",
            ),
            (
                format!("(component {lifted} (core module (memory i64 1)))"),
                "not a valid component",
            ),
        ] {
            let said = refused(&text);
            assert!(said.contains(expected), "{text}: {said}");
        }
    }
}
