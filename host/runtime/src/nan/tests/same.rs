//! Running a module twice: as the engine replaces NaNs, and as we do.

use wasmtime::{Config, Engine, Instance, Module, Store, Val};

/// What a call gave: the bits of its results, or the trap, and of the memory.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) results: Result<Vec<u128>, String>,
    pub(super) memory: Vec<u8>,
}

pub(super) struct Engines {
    by_engine: Engine,
    native: Engine,
}

impl Engines {
    pub(super) fn new() -> Self {
        let engine = |replaces| {
            let mut config = Config::new();
            config
                .cranelift_nan_canonicalization(replaces)
                .relaxed_simd_deterministic(true);
            Engine::new(&config).expect("the engine starts")
        };
        Self {
            by_engine: engine(true),
            native: engine(false),
        }
    }

    /// Calls `f` of the module with each list of arguments, and asserts that
    /// both forms give the same; says how many results a native run without
    /// replacements would have shown otherwise.
    pub(super) fn assert_same(&self, text: &str, arguments: &[Vec<Val>]) -> usize {
        let wasm = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let ours = super::rewritten(text);
        let expected = run(&self.by_engine, &wasm, arguments);
        let found = run(&self.native, &ours, arguments);
        for ((expected, found), arguments) in expected.iter().zip(&found).zip(arguments) {
            assert_eq!(found, expected, "with {arguments:?} in\n{text}");
        }
        let native = run(&self.native, &wasm, arguments);
        native.iter().zip(&expected).filter(|(a, b)| a != b).count()
    }
}

fn run(engine: &Engine, wasm: &[u8], arguments: &[Vec<Val>]) -> Vec<Seen> {
    let module = Module::new(engine, wasm).expect("it compiles");
    let one = |arguments: &Vec<Val>| {
        let mut store = Store::new(engine, ());
        let instance = Instance::new(&mut store, &module, &[]).expect("it is instantiated");
        let function = instance.get_func(&mut store, "f").expect("it exports f");
        let count = function.ty(&store).results().len();
        let mut results = vec![Val::I32(0); count];
        let called = function.call(&mut store, arguments, &mut results);
        let memory = instance.get_memory(&mut store, "memory");
        Seen {
            results: called
                .map(|()| results.iter().map(bits).collect())
                .map_err(|error| error.root_cause().to_string()),
            memory: memory.map_or(Vec::new(), |memory| memory.data(&store)[..256].to_vec()),
        }
    };
    arguments.iter().map(one).collect()
}

fn bits(value: &Val) -> u128 {
    match value {
        Val::I32(bits) => u128::from(bits.cast_unsigned()),
        Val::I64(bits) => u128::from(bits.cast_unsigned()),
        Val::F32(bits) => u128::from(*bits),
        Val::F64(bits) => u128::from(*bits),
        Val::V128(bits) => bits.as_u128(),
        other => panic!("{other:?} is no number"),
    }
}
