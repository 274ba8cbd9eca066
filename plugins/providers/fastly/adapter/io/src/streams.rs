//! `wasi:io/streams`: bodies, and the platform's standard output.

use alloc::rc::Rc;
use alloc::vec;
use alloc::vec::Vec;

use crate::Io;
use crate::bindings::exports::wasi::io0_2_12::{poll, streams};
use crate::bindings::fastly::compute::http_body;
use crate::bindings::wasi::io0_2_6::streams as host;
use crate::errors;
use crate::outgoing::Outgoing;
use crate::poll::{Shared, Wait, is_ready};

/// The most that is read or written in one call, in bytes.
const CHUNK: usize = 64 * 1024;

/// The most that the platform's own streams take in one blocking call.
const HOST_CHUNK: usize = 4096;

type Result<T> = core::result::Result<T, streams::StreamError>;

pub(crate) enum Input {
    Empty,
    Body(Shared),
}

pub(crate) enum Output {
    Body(Rc<Outgoing>),
    Host(host::OutputStream),
}

impl Input {
    fn read(&self, length: u64, block: bool) -> Result<Vec<u8>> {
        let Self::Body(shared) = self else {
            return Err(streams::StreamError::Closed);
        };
        if length == 0 || (!block && !is_ready(shared)) {
            return Ok(Vec::new());
        }
        let body = shared.borrow();
        let body = body.as_ref().ok_or(streams::StreamError::Closed)?;
        let length = length.min(CHUNK as u64) as u32;
        // Where nothing is there yet it waits, and an empty chunk is the end.
        let bytes = http_body::read(body, length).map_err(errors::stream)?;
        match bytes.is_empty() {
            true => Err(streams::StreamError::Closed),
            false => Ok(bytes),
        }
    }
}

impl streams::GuestInputStream for Input {
    fn read(&self, length: u64) -> Result<Vec<u8>> {
        Self::read(self, length, false)
    }

    fn blocking_read(&self, length: u64) -> Result<Vec<u8>> {
        Self::read(self, length, true)
    }

    fn skip(&self, length: u64) -> Result<u64> {
        Self::read(self, length, false).map(|bytes| bytes.len() as u64)
    }

    fn blocking_skip(&self, length: u64) -> Result<u64> {
        Self::read(self, length, true).map(|bytes| bytes.len() as u64)
    }

    fn subscribe(&self) -> poll::Pollable {
        match self {
            Self::Empty => Wait::Nothing,
            Self::Body(shared) => Wait::Platform(shared.clone()),
        }
        .pollable()
    }
}

impl Output {
    fn write(&self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Body(body) => body.write(bytes),
            Self::Host(stream) => bytes.chunks(HOST_CHUNK).try_for_each(|chunk| {
                stream
                    .blocking_write_and_flush(chunk)
                    .map_err(|_| streams::StreamError::Closed)
            }),
        }
    }

    fn zeroes(&self, length: u64) -> Result<()> {
        let zeroes = vec![0; CHUNK.min(usize::try_from(length).unwrap_or(CHUNK))];
        let mut left = length;
        while left > 0 {
            let some = left.min(zeroes.len() as u64);
            self.write(&zeroes[..some as usize])?;
            left -= some;
        }
        Ok(())
    }

    fn splice(&self, from: &Input, length: u64, block: bool) -> Result<u64> {
        let bytes = from.read(length, block)?;
        self.write(&bytes)?;
        Ok(bytes.len() as u64)
    }
}

impl streams::GuestOutputStream for Output {
    fn check_write(&self) -> Result<u64> {
        match self {
            Self::Body(body) if !body.takes_more()? => Ok(0),
            _ => Ok(CHUNK as u64),
        }
    }

    fn write(&self, bytes: Vec<u8>) -> Result<()> {
        Self::write(self, &bytes)
    }

    fn blocking_write_and_flush(&self, bytes: Vec<u8>) -> Result<()> {
        Self::write(self, &bytes)
    }

    // What was written is the platform's already.
    fn flush(&self) -> Result<()> {
        Ok(())
    }

    fn blocking_flush(&self) -> Result<()> {
        Ok(())
    }

    fn subscribe(&self) -> poll::Pollable {
        match self {
            Self::Body(body) => body.wait(),
            Self::Host(_) => Wait::Nothing,
        }
        .pollable()
    }

    fn write_zeroes(&self, length: u64) -> Result<()> {
        self.zeroes(length)
    }

    fn blocking_write_zeroes_and_flush(&self, length: u64) -> Result<()> {
        self.zeroes(length)
    }

    fn splice(&self, from: streams::InputStreamBorrow<'_>, length: u64) -> Result<u64> {
        Self::splice(self, from.get(), length, false)
    }

    fn blocking_splice(&self, from: streams::InputStreamBorrow<'_>, length: u64) -> Result<u64> {
        Self::splice(self, from.get(), length, true)
    }
}

impl streams::Guest for Io {
    type InputStream = Input;
    type OutputStream = Output;
}
