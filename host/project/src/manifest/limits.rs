//! `limits` of a component: what it may use.

use std::time::Duration;

use crate::section::Entry;
use crate::value::{duration, size};

/// The limits a component is given; what is absent has its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// `memory`: bytes of linear memory.
    pub memory: Option<u64>,
    /// `table`: table elements.
    pub table: Option<u64>,
    /// `instances`: core instances.
    pub instances: Option<u64>,
    /// `stack`: bytes of stack.
    pub stack: Option<u64>,
    /// `output`: bytes it may print to each of stdout and stderr.
    pub output: Option<u64>,
    /// `fuel`: units of computation.
    pub fuel: Option<u64>,
    /// `timeout`: how long it may run.
    pub timeout: Option<Duration>,
}

pub(super) fn read(entry: Entry<'_>) -> Limits {
    let Some(mut section) = entry.section() else {
        return Limits::default();
    };
    let mut bytes = |key| Some(section.take(key)?.parse(size)?.value);
    let (memory, stack, output) = (bytes("memory"), bytes("stack"), bytes("output"));
    let mut number = |key| {
        let number = section.take(key)?.integer(1..=i64::MAX)?.value;
        u64::try_from(number).ok()
    };
    let (table, instances, fuel) = (number("table"), number("instances"), number("fuel"));
    let timeout = section.take("timeout").and_then(|e| e.parse(duration));
    section.finish();
    Limits {
        memory,
        table,
        instances,
        stack,
        output,
        fuel,
        timeout: timeout.map(|timeout| timeout.value),
    }
}
