//! Random numbers: the operating system's where they were allowed, else drawn
//! from a generator that is seeded with what decides the run.

use std::sync::atomic::Ordering;
use std::time::Instant;

use chacha20::ChaCha12Rng;
use chacha20::rand_core::{Rng as _, SeedableRng as _};
use run_files::Digest;
use wasmtime::component::Linker;
use wasmtime::{StoreContextMut, Trap};
use wasmtime_wasi::p2::bindings::random;

use super::observed::Refused;
use super::state::State;

/// The generators of one guest: drawing from one does not move another. Each is
/// made when it is first drawn from, which most guests never do.
pub(super) struct Entropy {
    seed: Digest,
    secure: Option<ChaCha12Rng>,
    insecure: Option<ChaCha12Rng>,
}

impl Entropy {
    pub(super) fn new(seed: Digest) -> Self {
        Self {
            seed,
            secure: None,
            insecure: None,
        }
    }

    fn secure(&mut self) -> &mut ChaCha12Rng {
        let seed = self.seed;
        self.secure
            .get_or_insert_with(|| generator(seed, b"secure"))
    }

    fn insecure(&mut self) -> &mut ChaCha12Rng {
        let seed = self.seed;
        self.insecure
            .get_or_insert_with(|| generator(seed, b"insecure"))
    }

    fn seed(&self) -> (u64, u64) {
        let mut seeds = generator(self.seed, b"seed");
        (seeds.next_u64(), seeds.next_u64())
    }
}

fn generator(seed: Digest, purpose: &[u8]) -> ChaCha12Rng {
    let seed = Digest::of_fields([seed.as_bytes().as_slice(), purpose]);
    ChaCha12Rng::from_seed(*seed.as_bytes())
}

/// The most bytes one call may ask for.
const MOST: u64 = 64 << 20;

type Ctx<'a> = StoreContextMut<'a, State>;

/// Links one interface of `wasi:random`: `interface` is its name without the
/// package (`random`, `insecure` or `insecure-seed`), `import` the name the
/// component imports it by.
pub(crate) fn link(
    linker: &mut Linker<State>,
    interface: &str,
    import: &str,
) -> wasmtime::Result<()> {
    let mut instance = linker.instance(import)?;
    match interface {
        "random" => {
            instance.func_wrap("get-random-bytes", |mut ctx: Ctx<'_>, (length,): (u64,)| {
                charge(&mut ctx, length)?;
                let virtually = |entropy: &mut Entropy| bytes(entropy.secure(), length);
                match drawn(&mut ctx, "wasi:random/random", virtually)? {
                    Some(drawn) => Ok((drawn?,)),
                    None => {
                        let real = ctx.data_mut().wasi().random();
                        Ok((random::random::Host::get_random_bytes(real, length)?,))
                    }
                }
            })?;
            instance.func_wrap("get-random-u64", |mut ctx: Ctx<'_>, (): ()| {
                let virtually = |entropy: &mut Entropy| entropy.secure().next_u64();
                match drawn(&mut ctx, "wasi:random/random", virtually)? {
                    Some(drawn) => Ok((drawn,)),
                    None => {
                        let real = ctx.data_mut().wasi().random();
                        Ok((random::random::Host::get_random_u64(real)?,))
                    }
                }
            })
        }
        "insecure" => {
            instance.func_wrap(
                "get-insecure-random-bytes",
                |mut ctx: Ctx<'_>, (length,): (u64,)| {
                    charge(&mut ctx, length)?;
                    let virtually = |entropy: &mut Entropy| bytes(entropy.insecure(), length);
                    match drawn(&mut ctx, "wasi:random/insecure", virtually)? {
                        Some(drawn) => Ok((drawn?,)),
                        None => {
                            let real = ctx.data_mut().wasi().random();
                            Ok((random::insecure::Host::get_insecure_random_bytes(
                                real, length,
                            )?,))
                        }
                    }
                },
            )?;
            instance.func_wrap("get-insecure-random-u64", |mut ctx: Ctx<'_>, (): ()| {
                let virtually = |entropy: &mut Entropy| entropy.insecure().next_u64();
                match drawn(&mut ctx, "wasi:random/insecure", virtually)? {
                    Some(drawn) => Ok((drawn,)),
                    None => {
                        let real = ctx.data_mut().wasi().random();
                        Ok((random::insecure::Host::get_insecure_random_u64(real)?,))
                    }
                }
            })
        }
        _ => instance.func_wrap("insecure-seed", |mut ctx: Ctx<'_>, (): ()| {
            let virtually = |entropy: &mut Entropy| entropy.seed();
            match drawn(&mut ctx, "wasi:random/insecure-seed", virtually)? {
                Some(seed) => Ok((seed,)),
                None => {
                    let real = ctx.data_mut().wasi().random();
                    Ok((random::insecure_seed::Host::insecure_seed(real)?,))
                }
            }
        }),
    }
}

/// Takes a unit of fuel for each byte, and ends a guest whose time is up.
///
/// A guest yields, and is seen to be late, after so much fuel: bytes that cost
/// none would let a loop of large draws run for hours.
fn charge(ctx: &mut Ctx<'_>, length: u64) -> wasmtime::Result<()> {
    if ctx.data().until.is_some_and(|until| Instant::now() > until) {
        return Err(Trap::Interrupt.into());
    }
    // An engine that does not count has none.
    let Ok(fuel) = ctx.get_fuel() else {
        return Ok(());
    };
    let left = fuel.checked_sub(length).ok_or(Trap::OutOfFuel)?;
    ctx.set_fuel(left)
}

/// What `virtually` draws; `None` where the real thing was allowed.
fn drawn<R>(
    ctx: &mut Ctx<'_>,
    import: &'static str,
    virtually: impl FnOnce(&mut Entropy) -> R,
) -> wasmtime::Result<Option<R>> {
    let state = ctx.data_mut();
    let strict = state.strict;
    let Some(entropy) = &mut state.entropy else {
        return Ok(None);
    };
    if strict {
        return Err(Refused {
            import,
            flag: "--allow-random",
            capability: "random",
        }
        .into());
    }
    let drawn = virtually(entropy);
    state.seen.random.store(true, Ordering::Relaxed);
    Ok(Some(drawn))
}

fn bytes(generator: &mut ChaCha12Rng, length: u64) -> wasmtime::Result<Vec<u8>> {
    if length > MOST {
        wasmtime::bail!("it asked for {length} random bytes at once; {MOST} is the most");
    }
    let mut bytes = vec![0; usize::try_from(length)?];
    generator.fill_bytes(&mut bytes);
    Ok(bytes)
}
