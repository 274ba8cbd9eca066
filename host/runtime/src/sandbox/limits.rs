//! Bounds on what one guest may use.

use std::fmt;
use std::time::Duration;

use wasmtime::ResourceLimiter;

/// The figures.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of linear memory of all its instances together.
    pub memory: usize,
    /// Elements of all its tables together.
    pub table: usize,
    /// Core instances it may consist of.
    pub instances: usize,
    /// Bytes of stack its code may use. An engine has one, see
    /// [`crate::engine::Options`]; this is the figure it was made with.
    pub stack: usize,
    /// Bytes it may write to each of stdout and stderr; `None` for any number.
    pub output: Option<usize>,
    /// Units of fuel, about one for each instruction; `None` for any number.
    /// The one limit that is met at the same point on every machine.
    pub fuel: Option<u64>,
    /// How long it may run, by the clock on the wall, waits included.
    pub timeout: Option<Duration>,
}

/// Bytes of stack that code may use unless told otherwise.
pub(crate) const STACK: usize = 1 << 20;

impl Default for Limits {
    /// 2 GiB of memory, 10 million table elements, 1,000 core instances, 1 MiB
    /// of stack; no bound on output, fuel and time.
    fn default() -> Self {
        Self {
            memory: 2 << 30,
            table: 10_000_000,
            instances: 1_000,
            stack: STACK,
            output: None,
            fuel: None,
            timeout: None,
        }
    }
}

impl Limits {
    /// Those of one request of a server, of which many are answered at once: 256
    /// MiB of memory and a minute; else as usual.
    #[must_use]
    pub fn serving() -> Self {
        Self {
            memory: 256 << 20,
            timeout: Some(Duration::from_secs(60)),
            ..Self::default()
        }
    }
}

/// Which limit it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// Linear memory.
    Memory,
    /// Table elements.
    Table,
    /// Instances, tables or memories by number.
    Instances,
    /// The stack.
    Stack,
    /// What it printed.
    Output,
    /// Fuel.
    Fuel,
    /// Time.
    Time,
}

impl LimitKind {
    /// The flag that sets it.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Self::Memory => "--max-memory",
            Self::Table => "--max-table",
            Self::Instances => "--max-instances",
            Self::Stack => "--max-stack",
            Self::Output => "--max-output",
            Self::Fuel => "--max-fuel",
            Self::Time => "--timeout",
        }
    }

    /// The key in `limits` of `run.toml`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Table => "table",
            Self::Instances => "instances",
            Self::Stack => "stack",
            Self::Output => "output",
            Self::Fuel => "fuel",
            Self::Time => "timeout",
        }
    }
}

/// A limit that was hit, with its figure. Displays as a sentence about the
/// guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// More memory than this many bytes.
    Memory(usize),
    /// More table elements than this.
    Table(usize),
    /// More core instances than this.
    Instances(usize),
    /// Deeper than this many bytes of stack.
    Stack(usize),
    /// Wrote more than this many bytes to one stream.
    Output(usize),
    /// More fuel than this.
    Fuel(u64),
    /// Longer than this.
    Time(Duration),
}

impl Breach {
    /// Which limit it was.
    #[must_use]
    pub fn kind(self) -> LimitKind {
        match self {
            Self::Memory(_) => LimitKind::Memory,
            Self::Table(_) => LimitKind::Table,
            Self::Instances(_) => LimitKind::Instances,
            Self::Stack(_) => LimitKind::Stack,
            Self::Output(_) => LimitKind::Output,
            Self::Fuel(_) => LimitKind::Fuel,
            Self::Time(_) => LimitKind::Time,
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Memory(bytes) => write!(f, "it wanted more than {} of memory", size(bytes)),
            Self::Table(n) => write!(f, "it wanted more than {n} table elements"),
            Self::Instances(n) => write!(f, "it consists of more than {n} core instances"),
            Self::Stack(bytes) => write!(f, "it needed more than {} of stack", size(bytes)),
            Self::Output(bytes) => write!(f, "it printed more than {}", size(bytes)),
            Self::Fuel(fuel) => write!(f, "it used more than {fuel} units of fuel"),
            Self::Time(time) => write!(f, "it ran for more than {time:?}"),
        }
    }
}

/// A number of bytes in the largest unit that loses nothing.
fn size(bytes: usize) -> String {
    const UNITS: [(&str, usize); 3] = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    for (unit, shift) in UNITS {
        if bytes >= 1 << shift && bytes.is_multiple_of(1 << shift) {
            return format!("{} {unit}", bytes >> shift);
        }
    }
    format!("{bytes} bytes")
}

/// Refuses growth beyond the limits, and tells the first time it does.
pub struct Growth {
    memory: usize,
    table: usize,
    instances: usize,
    memory_used: usize,
    table_used: usize,
    on_breach: Box<dyn Fn(Breach) + Send + Sync>,
}

impl Growth {
    /// Bounds the growth of one store; `on_breach` is told what was hit before
    /// the guest is stopped.
    pub fn new(
        memory: usize,
        table: usize,
        instances: usize,
        on_breach: impl Fn(Breach) + Send + Sync + 'static,
    ) -> Self {
        Self {
            memory,
            table,
            instances,
            memory_used: 0,
            table_used: 0,
            on_breach: Box::new(on_breach),
        }
    }

    /// Counts memory: the guest's own, or what the host holds for it.
    pub(crate) fn take_memory(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.memory_used = self.memory_used.saturating_add(bytes);
        if self.memory_used > self.memory {
            return Err(self.stop(Breach::Memory(self.memory)));
        }
        Ok(())
    }

    fn take_table(&mut self, elements: usize) -> wasmtime::Result<()> {
        self.table_used = self.table_used.saturating_add(elements);
        if self.table_used > self.table {
            return Err(self.stop(Breach::Table(self.table)));
        }
        Ok(())
    }

    fn stop(&self, breach: Breach) -> wasmtime::Error {
        (self.on_breach)(breach);
        wasmtime::Error::msg(breach.to_string())
    }
}

/// Growth beyond a limit ends the guest instead of failing the instruction:
/// what a program makes of a failed growth is anyone's guess, and usually an
/// abort without the figure.
impl ResourceLimiter for Growth {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // Its own maximum is the guest's affair, and no breach.
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.take_memory(desired.saturating_sub(current))?;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // Its own maximum is the guest's affair, and no breach.
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.take_table(desired.saturating_sub(current))?;
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        self.instances
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_counts_together_and_the_breach_is_told_once_it_is_met() {
        let (send, told) = std::sync::mpsc::channel();
        let mut growth = Growth::new(100, 10, 1, move |breach| send.send(breach).unwrap());
        assert!(growth.memory_growing(0, 60, None).unwrap());
        assert!(
            !growth.memory_growing(0, 10, Some(5)).unwrap(),
            "its own maximum"
        );
        assert!(growth.memory_growing(0, 40, None).unwrap());
        assert!(told.try_recv().is_err());
        assert!(growth.memory_growing(60, 61, None).is_err());
        assert_eq!(told.try_recv(), Ok(Breach::Memory(100)));
        assert!(growth.table_growing(0, 11, None).is_err());
        assert_eq!(told.try_recv(), Ok(Breach::Table(10)));
    }

    #[test]
    fn figures_are_said_as_they_were_given() {
        for (breach, text) in [
            (
                Breach::Memory(2 << 30),
                "it wanted more than 2 GiB of memory",
            ),
            (
                Breach::Memory(3 << 19),
                "it wanted more than 1536 KiB of memory",
            ),
            (Breach::Output(1001), "it printed more than 1001 bytes"),
            (
                Breach::Time(Duration::from_millis(1500)),
                "it ran for more than 1.5s",
            ),
        ] {
            assert_eq!(breach.to_string(), text);
        }
    }
}
