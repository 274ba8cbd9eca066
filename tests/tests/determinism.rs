//! The same run gives the same bytes: on a busy machine, on a processor with
//! other features, and whichever way it is metered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use run_runtime::engine::Options;
use run_runtime::sandbox::{Limits, Outlet, Permissions, Stdin, Stdio};
use run_runtime::{ArtifactCache, Engine, Furnish, Output, Prepared};
use run_tests::command::workspace;
use run_tests::toolchains;

/// Keeps every processor busy until it is dropped.
struct Load {
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<u64>>,
}

impl Load {
    fn start() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let count = std::thread::available_parallelism().map_or(2, usize::from) + 1;
        let threads = (0..count)
            .map(|_| {
                let stop = stop.clone();
                std::thread::spawn(move || {
                    let mut n = 0_u64;
                    while !stop.load(Ordering::Relaxed) {
                        n = std::hint::black_box(n.wrapping_mul(31) + 1);
                    }
                    n
                })
            })
            .collect();
        Self { stop, threads }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().expect("it only counts");
        }
    }
}

/// What a toolchain's command prints, with its exit code.
fn run(engine: &Engine, toolchain: &str) -> (i32, Output) {
    let file = toolchains::component(toolchain, "hello");
    let cache = ArtifactCache::at(&workspace().join("target/test-cache/artifacts"));
    let prepared = Prepared::open(engine, &cache, &file).expect("a component");
    let argv = ["hello.wasm", "0", "some", "words"].map(str::to_owned);
    let stdio = Stdio {
        stdin: Stdin::Bytes(b"a line\nanother\n".to_vec()),
        output: Outlet::Capture,
    };
    let exited = prepared
        .run(Furnish {
            permissions: &Permissions::default(),
            limits: &Limits::default(),
            stdio: &stdio,
            argv: &argv,
        })
        .unwrap_or_else(|failed| panic!("{toolchain}: {}", failed.error));
    assert!(
        exited.observed.clock && exited.observed.random,
        "{toolchain} reads both"
    );
    (exited.code, exited.output)
}

#[test]
fn every_toolchain_on_a_busy_machine_and_on_another_processor() {
    let engine = |baseline| {
        let options = Options {
            baseline,
            ..Options::default()
        };
        Engine::application(&options).expect("an engine")
    };
    let (this, other) = (engine(false), engine(true));
    assert_ne!(
        this.compatibility(),
        other.compatibility(),
        "they compile for different processors"
    );
    for toolchain in toolchains::ALL {
        let calm = run(&this, toolchain);
        let _load = Load::start();
        assert_eq!(run(&this, toolchain), calm, "{toolchain}, under load");
        assert_eq!(
            run(&other, toolchain),
            calm,
            "{toolchain}, on another processor"
        );
    }
}

/// Bits of a NaN that the processor chooses, made visible.
const NAN: &str = r#"
(component
  (core module $m
    (func (export "f") (param f64 f64) (result i64)
      (i64.reinterpret_f64 (f64.div (local.get 0) (local.get 1)))))
  (core instance $i (instantiate $m))
  (func (export "bits") (param "a" f64) (param "b" f64) (result u64) (canon lift (core func $i "f"))))
"#;

#[test]
fn a_nan_has_the_same_bits_everywhere() {
    let scratch = run_tests::Scratch::with(&[("nan.wat", NAN)]);
    let bits = |flags: &[&str], a: &str| {
        let mut arguments = vec!["exec", "nan.wat", "--function", "bits", "--args", a];
        arguments.extend(flags);
        scratch.run(&arguments).success().stdout
    };
    let canonical = bits(&[], "f64:0,f64:0");
    assert!(canonical.contains("9221120237041090560"), "{canonical}");
    assert_eq!(bits(&["--no-fuel"], "f64:0,f64:0"), canonical);
    assert_eq!(bits(&[], "f64:-inf,f64:inf"), canonical);
    assert_eq!(bits(&[], "f64:nan,f64:1"), canonical);
}
