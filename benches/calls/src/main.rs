//! Calls into a component from one process: ours against wasmtime's typed call
//! on the same bytes, in turn. Prints one line of JSON for each pair, times in
//! nanoseconds a call; `cargo xtask bench calls` makes rows of them.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use run_runtime::engine::{Metering, Options};
use run_runtime::sandbox::{Limits, Permissions, Stdio};
use run_runtime::values::Val;
use run_runtime::{ArtifactCache, Engine, Furnish, Prepared, Wasm};
use serde_json::json;
use wasmtime::Store;
use wasmtime::component::{Component, InstancePre, Linker};

/// `s32 → s32`, in the component itself.
const SINGLE: &str = r#"
(component
  (core module $m (func (export "f") (param i32) (result i32)
    (i32.add (local.get 0) (i32.const 1))))
  (core instance $i (instantiate $m))
  (func (export "call") (param "n" s32) (result s32) (canon lift (core func $i "f"))))
"#;

/// The same through a second component that imports the first.
const COMPOSED: &str = r#"
(component
  (component $inner
    (core module $m (func (export "f") (param i32) (result i32)
      (i32.add (local.get 0) (i32.const 1))))
    (core instance $i (instantiate $m))
    (func (export "call") (param "n" s32) (result s32) (canon lift (core func $i "f"))))
  (component $outer
    (import "call" (func $call (param "n" s32) (result s32)))
    (core func $lowered (canon lower (func $call)))
    (core module $m
      (import "inner" "call" (func $call (param i32) (result i32)))
      (func (export "f") (param i32) (result i32) (call $call (local.get 0))))
    (core instance $i (instantiate $m
      (with "inner" (instance (export "call" (func $lowered))))))
    (func (export "call") (param "n" s32) (result s32) (canon lift (core func $i "f"))))
  (instance $inner_made (instantiate $inner))
  (instance $outer_made (instantiate $outer
    (with "call" (func $inner_made "call"))))
  (export "call" (func $outer_made "call")))
"#;

/// Calls in one batch, and batches whose median counts.
const CALLS: u32 = 2_000;
const BATCHES: usize = 25;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    type Pair = fn(&str) -> Result<(f64, f64)>;
    for (what, text, pair, bar) in [
        (
            "s32 → s32 in a living instance",
            SINGLE,
            living as Pair,
            Some(1.3),
        ),
        (
            "the same through a composed component",
            COMPOSED,
            living,
            Some(1.3),
        ),
        (
            "the same with values that are read at run time",
            SINGLE,
            dynamic,
            None,
        ),
        ("s32 → s32 in a fresh instance", SINGLE, fresh, None),
    ] {
        match pair(text) {
            Ok((ours, theirs)) => {
                println!(
                    "{}",
                    json!({ "what": what, "ours": ours, "theirs": theirs, "bar": bar })
                );
            }
            Err(error) => {
                eprintln!("{what}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

/// Ours as an embedder would have it who counts nothing, like the other side.
fn prepared(bytes: &[u8]) -> Result<Prepared> {
    let wasm = Wasm::from_bytes("bench", bytes.to_vec())?;
    let engine = Engine::application(&Options {
        metering: Metering::None,
        ..Options::default()
    })?;
    Ok(Prepared::new(&engine, &ArtifactCache::disabled(), &wasm)?)
}

fn furnish<'a>(permissions: &'a Permissions, limits: &'a Limits, stdio: &'a Stdio) -> Furnish<'a> {
    Furnish {
        permissions,
        limits,
        stdio,
        argv: &[],
    }
}

fn s32(value: Option<&Val>) -> Result<i32> {
    match value {
        Some(Val::S32(result)) => Ok(*result),
        other => Err(format!("it returned {other:?}").into()),
    }
}

fn pre(bytes: &[u8]) -> Result<InstancePre<()>> {
    let engine = wasmtime::Engine::default();
    let component = Component::from_binary(&engine, bytes)?;
    Ok(Linker::new(&engine).instantiate_pre(&component)?)
}

/// Medians, ours and wasmtime's, of one call into an instance that stays.
fn living(text: &str) -> Result<(f64, f64)> {
    let bytes = wat::parse_str(text)?;
    let prepared = prepared(&bytes)?;
    let (permissions, limits) = (Permissions::default(), Limits::default());
    let stdio = Stdio::capture();
    let mut instance = prepared.instance(furnish(&permissions, &limits, &stdio))?;
    let function = instance.typed::<(i32,), (i32,)>(&prepared.function("call")?)?;
    let mut ours = |n: i32| -> Result<i32> { Ok(instance.call_typed(&function, (n,))?.0) };
    let pre = pre(&bytes)?;
    let mut store = Store::new(pre.engine(), ());
    let instance = pre.instantiate(&mut store)?;
    let call = instance.get_typed_func::<(i32,), (i32,)>(&mut store, "call")?;
    let mut theirs = |n: i32| -> Result<i32> { Ok(call.call(&mut store, (n,))?.0) };
    paired(&mut ours, &mut theirs)
}

/// The same with values whose types are known only when they are there, as
/// `exec` and `test` have them.
fn dynamic(text: &str) -> Result<(f64, f64)> {
    let bytes = wat::parse_str(text)?;
    let prepared = prepared(&bytes)?;
    let (permissions, limits) = (Permissions::default(), Limits::default());
    let stdio = Stdio::capture();
    let mut instance = prepared.instance(furnish(&permissions, &limits, &stdio))?;
    let func = instance.func(&prepared.function("call")?)?;
    let mut results = [Val::S32(0)];
    let mut ours = |n: i32| -> Result<i32> {
        instance.call_func(func, "call", &[Val::S32(n)], &mut results)?;
        s32(results.first())
    };
    let pre = pre(&bytes)?;
    let mut store = Store::new(pre.engine(), ());
    let instance = pre.instantiate(&mut store)?;
    let call = instance
        .get_func(&mut store, "call")
        .ok_or("it is not exported")?;
    let mut results = [Val::S32(0)];
    let mut theirs = |n: i32| -> Result<i32> {
        call.call(&mut store, &[Val::S32(n)], &mut results)?;
        s32(results.first())
    };
    paired(&mut ours, &mut theirs)
}

/// Medians, ours and wasmtime's, of instantiating and calling once.
fn fresh(text: &str) -> Result<(f64, f64)> {
    let bytes = wat::parse_str(text)?;
    let prepared = prepared(&bytes)?;
    let function = prepared.function("call")?;
    let (permissions, limits) = (Permissions::default(), Limits::default());
    let stdio = Stdio::capture();
    let mut ours = |n: i32| -> Result<i32> {
        let furnish = furnish(&permissions, &limits, &stdio);
        let returned = prepared
            .call(&function, &[Val::S32(n).into()], furnish)
            .map_err(|failed| failed.error)?;
        s32(returned.value.as_ref())
    };
    let pre = pre(&bytes)?;
    let mut theirs = |n: i32| -> Result<i32> {
        let mut store = Store::new(pre.engine(), ());
        let instance = pre.instantiate(&mut store)?;
        let call = instance.get_typed_func::<(i32,), (i32,)>(&mut store, "call")?;
        Ok(call.call(&mut store, (n,))?.0)
    };
    paired(&mut ours, &mut theirs)
}

/// Batches of both in turn.
fn paired(
    ours: &mut dyn FnMut(i32) -> Result<i32>,
    theirs: &mut dyn FnMut(i32) -> Result<i32>,
) -> Result<(f64, f64)> {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..BATCHES {
        a.push(batch(ours)?);
        b.push(batch(theirs)?);
    }
    Ok((median(a), median(b)))
}

fn batch(call: &mut dyn FnMut(i32) -> Result<i32>) -> Result<f64> {
    let start = Instant::now();
    for n in 0..CALLS {
        let n = n.cast_signed();
        if call(black_box(n))? != n + 1 {
            return Err("it returned something else".into());
        }
    }
    Ok(start.elapsed().as_nanos() as f64 / f64::from(CALLS))
}

fn median(mut batches: Vec<f64>) -> f64 {
    batches.sort_by(f64::total_cmp);
    batches[batches.len() / 2]
}
