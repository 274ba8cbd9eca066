//! The line that says what figures were measured on.

use std::fs;

use super::peers::{RUN_KIT, WASMTIME};

/// Processor, cores, memory, kernel and peers; what the system does not tell is
/// left out.
pub(super) fn line() -> String {
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.split(' ').next()?.parse::<u64>().ok())
        .map(|kibibytes| format!("{} GiB", kibibytes.div_ceil(1 << 20)));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")
        .ok()
        .map(|release| format!("Linux {}", release.trim()));
    let load = fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| Some(format!("load {}", text.split(' ').next()?)));
    [
        field("/proc/cpuinfo", "model name"),
        Some(format!("{cores} cores")),
        memory,
        kernel,
        load,
        Some(format!("`wasmtime` {WASMTIME} with its cache on")),
        Some(format!("run-kit {RUN_KIT}")),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}
