//! Compiling ahead of time, for a machine elsewhere.
//!
//! What comes out is run by a server of the same release without a compiler,
//! see [`crate::Prepared::precompiled`]. It uses what every processor of its
//! kind has, so it does not matter which one it meets.

use run_files::runner::triple;

use crate::engine::{Metering, server_config};
use crate::sandbox::Limits;
use crate::{Error, Wasm, artifact};

pub use run_files::runner::TARGETS;

/// The code of a component that a server runs for no longer than a time, on a
/// machine of `target`, one of [`TARGETS`].
///
/// # Errors
/// The bytes are not valid, or there is no such target.
pub fn compile(wasm: &Wasm, target: &str) -> Result<Vec<u8>, Error> {
    let mut config = server_config(Metering::Epochs, &Limits::default());
    let target = triple(target).ok_or_else(|| Error::Engine {
        reason: format!(
            "nothing is compiled for `{target}`; there is {}",
            TARGETS.join(", ")
        ),
    })?;
    config.target(target).map_err(Error::engine)?;
    let engine = wasmtime::Engine::new(&config).map_err(Error::engine)?;
    let invalid = |reason: String| Error::Invalid {
        name: wasm.name().to_owned(),
        reason,
    };
    let bytes = artifact::compilable(wasm, true)?;
    engine
        .precompile_component(&bytes)
        .map_err(|error| invalid(format!("{error:#}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Prepared};

    const EMPTY: &[u8] = br#"(component
        (core module $m (func (export "f") (result i32) i32.const 1))
        (core instance $i (instantiate $m))
        (func (export "f") (result s32) (canon lift (core func $i "f"))))"#;

    #[test]
    fn what_is_compiled_for_this_machine_runs_and_what_is_not_is_refused() {
        let wasm = Wasm::from_bytes("empty.wat", EMPTY.to_vec()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let engine = Engine::precompiled(&Limits::default(), None).unwrap();
        let mut taken = Vec::new();
        for target in TARGETS {
            let path = dir.path().join(target);
            std::fs::write(&path, compile(&wasm, target).unwrap()).unwrap();
            // SAFETY: it was made a moment ago, in a directory of its own.
            let prepared = unsafe { Prepared::precompiled(&engine, &path) };
            match prepared {
                Ok(prepared) => {
                    assert_eq!(prepared.functions().len(), 1);
                    taken.push(target);
                }
                Err(error) => assert!(matches!(error, Error::NotPrecompiled { .. })),
            }
        }
        let here = TARGETS
            .iter()
            .filter(|name| name.starts_with(std::env::consts::ARCH));
        if cfg!(target_os = "linux") {
            assert_eq!(taken, here.copied().collect::<Vec<_>>());
        }
        assert!(compile(&wasm, "pdp11-unknown-none").is_err());
        assert_eq!(
            compile(&wasm, TARGETS[0]).unwrap(),
            compile(&wasm, TARGETS[0]).unwrap(),
            "the same bytes each time"
        );
    }
}
