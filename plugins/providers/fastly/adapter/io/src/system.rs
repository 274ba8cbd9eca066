//! What the platform has as well: clocks, randomness, standard output, the end.

use alloc::format;
use alloc::vec::Vec;

use crate::Io;
use crate::bindings::exports::wasi::cli0_2_12 as cli;
use crate::bindings::exports::wasi::clocks0_2_12 as clocks;
use crate::bindings::exports::wasi::io0_2_12::{poll, streams};
use crate::bindings::exports::wasi::random0_2_12 as random;
use crate::bindings::wasi::cli0_2_6 as host_cli;
use crate::bindings::wasi::clocks0_2_6 as host_clocks;
use crate::bindings::wasi::random0_2_6 as host_random;
use crate::poll::Wait;
use crate::streams::{Input, Output};

/// For whoever reads the service's log.
pub(crate) fn complain(text: &str) {
    let stderr = host_cli::stderr::get_stderr();
    let line = format!("run: {text}\n");
    for chunk in line.as_bytes().chunks(4096) {
        if stderr.blocking_write_and_flush(chunk).is_err() {
            return;
        }
    }
}

impl clocks::monotonic_clock::Guest for Io {
    fn now() -> u64 {
        host_clocks::monotonic_clock::now()
    }

    fn resolution() -> u64 {
        host_clocks::monotonic_clock::resolution()
    }

    fn subscribe_instant(when: u64) -> poll::Pollable {
        Wait::Until(when).pollable()
    }

    fn subscribe_duration(time: u64) -> poll::Pollable {
        Wait::Until(Self::now().saturating_add(time)).pollable()
    }
}

fn datetime(time: host_clocks::wall_clock::Datetime) -> clocks::wall_clock::Datetime {
    clocks::wall_clock::Datetime {
        seconds: time.seconds,
        nanoseconds: time.nanoseconds,
    }
}

impl clocks::wall_clock::Guest for Io {
    fn now() -> clocks::wall_clock::Datetime {
        datetime(host_clocks::wall_clock::now())
    }

    fn resolution() -> clocks::wall_clock::Datetime {
        datetime(host_clocks::wall_clock::resolution())
    }
}

impl random::random::Guest for Io {
    fn get_random_bytes(length: u64) -> Vec<u8> {
        host_random::random::get_random_bytes(length)
    }

    fn get_random_u64() -> u64 {
        host_random::random::get_random_u64()
    }
}

impl random::insecure::Guest for Io {
    fn get_insecure_random_bytes(length: u64) -> Vec<u8> {
        host_random::insecure::get_insecure_random_bytes(length)
    }

    fn get_insecure_random_u64() -> u64 {
        host_random::insecure::get_insecure_random_u64()
    }
}

impl random::insecure_seed::Guest for Io {
    fn insecure_seed() -> (u64, u64) {
        host_random::insecure_seed::insecure_seed()
    }
}

impl cli::exit::Guest for Io {
    fn exit(status: Result<(), ()>) {
        host_cli::exit::exit(status);
    }

    fn exit_with_code(code: u8) {
        host_cli::exit::exit(if code == 0 { Ok(()) } else { Err(()) });
    }
}

impl cli::stdin::Guest for Io {
    fn get_stdin() -> streams::InputStream {
        streams::InputStream::new(Input::Empty)
    }
}

impl cli::stdout::Guest for Io {
    fn get_stdout() -> streams::OutputStream {
        streams::OutputStream::new(Output::Host(host_cli::stdout::get_stdout()))
    }
}

impl cli::stderr::Guest for Io {
    fn get_stderr() -> streams::OutputStream {
        streams::OutputStream::new(Output::Host(host_cli::stderr::get_stderr()))
    }
}
