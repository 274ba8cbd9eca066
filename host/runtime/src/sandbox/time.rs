//! Time: the real clocks where they were allowed, else one that is part of the
//! computation.
//!
//! The virtual clock starts at `SOURCE_DATE_EPOCH` and moves with the fuel the
//! guest uses, a nanosecond a unit, so that a program which measures itself or
//! waits for a moment to come gets an answer, and the same one on every
//! machine. Sleeping takes no time at all: the clock jumps to the moment that
//! was waited for, the earliest first.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::clocks::WasiClocksView;
use wasmtime_wasi::p2::bindings::clocks::{monotonic_clock, wall_clock};
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};

use super::observed::Refused;
use super::state::State;

/// `SOURCE_DATE_EPOCH` (reproducible-builds.org), in seconds since 1970; else 0.
#[must_use]
pub fn source_date_epoch() -> u64 {
    static EPOCH: OnceLock<u64> = OnceLock::new();
    *EPOCH.get_or_init(|| {
        std::env::var("SOURCE_DATE_EPOCH")
            .ok()
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0)
    })
}

/// What one look at the clock moves it where no fuel does, in nanoseconds.
const TICK: u64 = 1_000;

/// One guest's virtual time. Its clones are the same clock.
#[derive(Clone)]
pub(super) struct VirtualTime {
    epoch: u64,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Nanoseconds that passed without fuel: jumps and ticks.
    skipped: AtomicU64,
    /// The time of the last look.
    last: AtomicU64,
    /// A moment that was waited for and is taken to have come.
    reached: AtomicU64,
    /// Moments that are being waited for, each with how many wait.
    waiting: Mutex<BTreeMap<u64, usize>>,
}

impl VirtualTime {
    /// `epoch` is in seconds since 1970.
    pub(super) fn new(epoch: u64) -> Self {
        Self {
            epoch,
            inner: Arc::default(),
        }
    }

    /// Nanoseconds since the guest started; `fuel` is what it has used, where
    /// that is counted.
    fn now(&self, fuel: Option<u64>) -> u64 {
        let inner = &self.inner;
        let passed = match fuel {
            Some(fuel) => fuel,
            None => {
                inner.skipped.fetch_add(TICK, Ordering::Relaxed);
                0
            }
        };
        let mut now = passed.saturating_add(inner.skipped.load(Ordering::Relaxed));
        let reached = inner.reached.load(Ordering::Relaxed);
        if let Some(jump) = reached.checked_sub(now) {
            inner.skipped.fetch_add(jump, Ordering::Relaxed);
            now = reached;
        }
        inner.last.fetch_max(now, Ordering::Relaxed);
        now
    }
}

/// A moment that a guest waits for.
struct Alarm {
    at: u64,
    time: VirtualTime,
}

#[wasmtime_wasi::async_trait]
impl Pollable for Alarm {
    async fn ready(&mut self) {
        let inner = self.time.inner.clone();
        let come = || {
            let reached = inner.reached.load(Ordering::Relaxed);
            self.at <= reached.max(inner.last.load(Ordering::Relaxed))
        };
        if come() {
            return;
        }
        let _waiting = Waiting::new(&inner, self.at);
        loop {
            // Everything else that is waited for at the same time is looked at
            // in between, and may be ready before any time has to pass. A guest
            // that only looks, again and again, moves the clock by looking.
            inner.reached.fetch_add(TICK, Ordering::Relaxed);
            tokio::task::yield_now().await;
            if Waiting::is_first(&inner, self.at) {
                inner.reached.fetch_max(self.at, Ordering::Relaxed);
            }
            if come() {
                return;
            }
        }
    }
}

/// Takes part in [`Inner::waiting`] until it is dropped.
struct Waiting<'a> {
    inner: &'a Inner,
    at: u64,
}

impl<'a> Waiting<'a> {
    fn new(inner: &'a Inner, at: u64) -> Self {
        let mut waiting = inner.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting.entry(at).or_default() += 1;
        drop(waiting);
        Self { inner, at }
    }

    fn is_first(inner: &Inner, at: u64) -> bool {
        let waiting = inner.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.keys().next().is_some_and(|first| *first == at)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waiting = self
            .inner
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = waiting.get_mut(&self.at) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.at);
            }
        }
    }
}

type Ctx<'a> = StoreContextMut<'a, State>;

/// Links one interface of `wasi:clocks`: `interface` is its name without the
/// package (`wall-clock` or `monotonic-clock`), `import` the name the component
/// imports it by.
pub(crate) fn link(
    linker: &mut Linker<State>,
    interface: &str,
    import: &str,
) -> wasmtime::Result<()> {
    match interface {
        "wall-clock" => link_wall(linker, import),
        _ => link_monotonic(linker, import),
    }
}

fn link_wall(linker: &mut Linker<State>, import: &str) -> wasmtime::Result<()> {
    let mut instance = linker.instance(import)?;
    instance.func_wrap("now", |mut ctx: Ctx<'_>, (): ()| {
        let Some(time) = looked(&mut ctx, "wasi:clocks/wall-clock")? else {
            let mut clocks = ctx.data_mut().clocks();
            return Ok((wall_clock::Host::now(&mut clocks)?,));
        };
        let now = time.now(used(&ctx));
        Ok((datetime(
            time.epoch.saturating_add(now / SECOND),
            now % SECOND,
        ),))
    })?;
    instance.func_wrap("resolution", |mut ctx: Ctx<'_>, (): ()| {
        if ctx.data().time.is_some() {
            return Ok((datetime(0, 1),));
        }
        let mut clocks = ctx.data_mut().clocks();
        Ok((wall_clock::Host::resolution(&mut clocks)?,))
    })
}

fn link_monotonic(linker: &mut Linker<State>, import: &str) -> wasmtime::Result<()> {
    const NAME: &str = "wasi:clocks/monotonic-clock";
    let mut instance = linker.instance(import)?;
    instance.func_wrap("now", |mut ctx: Ctx<'_>, (): ()| {
        let Some(time) = looked(&mut ctx, NAME)? else {
            let mut clocks = ctx.data_mut().clocks();
            return Ok((monotonic_clock::Host::now(&mut clocks)?,));
        };
        Ok((time.now(used(&ctx)),))
    })?;
    instance.func_wrap("resolution", |mut ctx: Ctx<'_>, (): ()| {
        if ctx.data().time.is_some() {
            return Ok((1,));
        }
        let mut clocks = ctx.data_mut().clocks();
        Ok((monotonic_clock::Host::resolution(&mut clocks)?,))
    })?;
    instance.func_wrap("subscribe-instant", |mut ctx: Ctx<'_>, (at,): (u64,)| {
        let Some(time) = looked(&mut ctx, NAME)? else {
            let mut clocks = ctx.data_mut().clocks();
            return Ok((monotonic_clock::Host::subscribe_instant(&mut clocks, at)?,));
        };
        Ok((alarm(&mut ctx, time, at)?,))
    })?;
    instance.func_wrap("subscribe-duration", |mut ctx: Ctx<'_>, (wait,): (u64,)| {
        let Some(time) = looked(&mut ctx, NAME)? else {
            let mut clocks = ctx.data_mut().clocks();
            return Ok((monotonic_clock::Host::subscribe_duration(
                &mut clocks,
                wait,
            )?,));
        };
        let at = time.now(used(&ctx)).saturating_add(wait);
        Ok((alarm(&mut ctx, time, at)?,))
    })
}

fn alarm(ctx: &mut Ctx<'_>, time: VirtualTime, at: u64) -> wasmtime::Result<Resource<DynPollable>> {
    let table = ctx.data_mut().table();
    let alarm = table.push(Alarm { at, time })?;
    subscribe(table, alarm)
}

/// The virtual clock, noted as looked at; `None` where the real one was allowed.
fn looked(ctx: &mut Ctx<'_>, import: &'static str) -> wasmtime::Result<Option<VirtualTime>> {
    let state = ctx.data();
    let Some(time) = &state.time else {
        return Ok(None);
    };
    if state.strict {
        return Err(Refused {
            import,
            flag: "--allow-clock",
            capability: "clock",
        }
        .into());
    }
    state.seen.clock.store(true, Ordering::Relaxed);
    Ok(Some(time.clone()))
}

/// The fuel the guest has used, where it is counted.
fn used(ctx: &Ctx<'_>) -> Option<u64> {
    let left = ctx.get_fuel().ok()?;
    Some(ctx.data().fuel.saturating_sub(left))
}

/// Nanoseconds.
const SECOND: u64 = 1_000_000_000;

fn datetime(seconds: u64, nanoseconds: u64) -> wall_clock::Datetime {
    wall_clock::Datetime {
        seconds,
        // Less than a second, so it fits.
        nanoseconds: u32::try_from(nanoseconds).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn the_clock_moves_with_fuel_and_by_looking_without_it() {
        let time = VirtualTime::new(0);
        assert_eq!(time.now(Some(5)), 5);
        assert_eq!(time.now(Some(5)), 5);
        assert_eq!(time.now(Some(9)), 9);
        let time = VirtualTime::new(0);
        assert_eq!(time.now(None), TICK);
        assert_eq!(time.now(None), 2 * TICK);
    }

    #[tokio::test]
    async fn the_earliest_alarm_comes_first_and_takes_no_time() {
        let time = VirtualTime::new(0);
        let mut late = Alarm {
            at: 5 * SECOND,
            time: time.clone(),
        };
        let mut early = Alarm {
            at: SECOND,
            time: time.clone(),
        };
        let first = tokio::select! {
            biased;
            () = late.ready() => "late",
            () = early.ready() => "early",
        };
        assert_eq!(first, "early");
        assert_eq!(time.now(Some(7)), SECOND, "jumped there");
        late.ready().await;
        assert_eq!(time.now(Some(8)), 5 * SECOND);
        assert_eq!(time.now(Some(10)), 5 * SECOND + 2);
        assert!(time.inner.waiting.lock().unwrap().is_empty());
    }

    #[test]
    fn looking_at_an_alarm_again_and_again_makes_it_come() {
        let time = VirtualTime::new(0);
        let mut alarm = Alarm { at: 3 * TICK, time };
        let mut looks = 0;
        loop {
            let mut context = Context::from_waker(Waker::noop());
            let look = pin!(alarm.ready()).as_mut().poll(&mut context);
            if look.is_ready() {
                break;
            }
            looks += 1;
        }
        assert_eq!(looks, 3);
    }
}
