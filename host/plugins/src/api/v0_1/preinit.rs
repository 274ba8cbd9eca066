//! `preinit`: from a plugin's request to a file below `/out`.

use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::bindings::builder::run::plugin as wit;
use super::convert;
use crate::preinit::{Argument, Failure, Request};
use crate::sandbox::paths::{Mode, Mount, PathMap};
use crate::sandbox::state::State;
use wit::preinit::{SnapshotRequest, Value};
use wit::types::{Error, ErrorKind};

/// Text of one argument.
const LONGEST_TEXT: u64 = 64 << 20;
/// Bytes of a component; the screen has the figure that is told.
const LARGEST_COMPONENT: u64 = (64 << 20) + 1;

impl wit::preinit::Host for State {
    async fn snapshot(&mut self, request: SnapshotRequest) -> wasmtime::Result<Result<(), Error>> {
        let component = request.component.clone();
        let (request, output) = match self.request(request) {
            Ok(request) => request,
            Err(error) => return Ok(Err(error)),
        };
        let (preinit, lines) = (self.preinit.clone(), self.lines.clone());
        // An initialiser's time is not the plugin's own; it has its own bound.
        self.clock.pause();
        let taken = preinit.snapshot(request, &lines).await;
        let written = taken
            .map_err(|failure| told(&component, &failure))
            .and_then(|bytes| {
                run_files::atomic::replace(&output, &bytes).map_err(|error| {
                    failed(format!(
                        "the snapshot of `{component}` cannot be written: {error}"
                    ))
                })
            });
        self.clock.run();
        Ok(written)
    }
}

impl State {
    fn request(&self, request: SnapshotRequest) -> Result<(Request, PathBuf), Error> {
        let now = self
            .job()
            .map_err(|_| convert::error(ErrorKind::Denied, "only a build takes snapshots"))?
            .source_date_epoch;
        let output = self.output(&request.output)?;
        let arguments = request
            .arguments
            .into_iter()
            .map(|argument| match argument {
                Value::Wave(text) => Ok(Argument::Wave(text)),
                Value::TextOf(path) => {
                    let bytes = self.file(&path, LONGEST_TEXT)?;
                    let text = String::from_utf8(bytes)
                        .map_err(|_| invalid(format!("`{path}` is not UTF-8")))?;
                    Ok(Argument::Text(text))
                }
            })
            .collect::<Result<_, Error>>()?;
        let mounts = request
            .mounts
            .into_iter()
            .map(|mount| {
                Ok(Mount {
                    host: self.inside(&mount.path)?,
                    guest: mount.guest,
                    mode: Mode::Read,
                })
            })
            .collect::<Result<_, Error>>()?;
        let request = Request {
            component: self.file(&request.component, LARGEST_COMPONENT)?,
            name: request.component,
            initializer: request.initializer,
            arguments,
            mounts: PathMap::new(mounts),
            environment: request
                .environment
                .into_iter()
                .map(|variable| (variable.key, variable.value))
                .collect(),
            now,
        };
        Ok((request, output))
    }

    /// What a guest path leads to, every link followed: it must still be in a
    /// directory that the plugin sees.
    fn inside(&self, guest: &str) -> Result<PathBuf, Error> {
        let outside = || invalid(format!("`{guest}` is in no directory of this call"));
        let (path, mode) = self.paths.to_host(guest).ok_or_else(outside)?;
        if mode == Mode::NameOnly {
            return Err(outside());
        }
        let real = std::fs::canonicalize(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                convert::error(ErrorKind::NotFound, format!("`{guest}` does not exist"))
            }
            _ => invalid(format!("`{guest}` cannot be read: {error}")),
        })?;
        let seen = self
            .paths
            .mounts()
            .iter()
            .any(|mount| mount.mode != Mode::NameOnly && real.starts_with(&mount.host));
        if seen { Ok(real) } else { Err(outside()) }
    }

    fn file(&self, guest: &str, longest: u64) -> Result<Vec<u8>, Error> {
        let path = self.inside(guest)?;
        let unreadable =
            |error: std::io::Error| failed(format!("`{guest}` cannot be read: {error}"));
        if !path.is_file() {
            return Err(invalid(format!("`{guest}` is not a regular file")));
        }
        let file = std::fs::File::open(path).map_err(unreadable)?;
        // What it is now; it may become another meanwhile.
        let size = file.metadata().map_err(unreadable)?.len().min(longest);
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default() + 1);
        file.take(longest + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if bytes.len() as u64 > longest {
            let figure = longest >> 20;
            return Err(invalid(format!("`{guest}` is larger than {figure} MiB")));
        }
        Ok(bytes)
    }

    /// A file to be made below `/out`, in a directory that is there.
    fn output(&self, guest: &str) -> Result<PathBuf, Error> {
        let outside = || invalid(format!("a snapshot goes below /out, not to `{guest}`"));
        let path = Path::new(guest);
        let (Some(parent), Some(Component::Normal(name))) =
            (path.parent(), path.components().next_back())
        else {
            return Err(outside());
        };
        let out = self
            .paths
            .mounts()
            .iter()
            .find(|mount| mount.guest == "/out");
        let parent = self.inside(parent.to_str().unwrap_or_default())?;
        match out {
            Some(out) if parent.starts_with(&out.host) => Ok(parent.join(name)),
            _ => Err(outside()),
        }
    }
}

fn invalid(message: String) -> Error {
    convert::error(ErrorKind::InvalidInput, message)
}

fn failed(message: String) -> Error {
    convert::error(ErrorKind::Failed, message)
}

fn told(component: &str, failure: &Failure) -> Error {
    match failure {
        Failure::Request(why) => invalid(format!("no snapshot of `{component}`: {why}")),
        Failure::Unsupported(why) => convert::error(
            ErrorKind::Unsupported,
            format!("no snapshot of `{component}` can be taken: {why}"),
        ),
        // In its own words: they are the user's program's.
        Failure::Initializer(said) => failed(said.clone()),
        Failure::Limit(rule) => failed(format!(
            "the initialiser of `{component}` was stopped: {rule}"
        )),
        Failure::Host(why) => convert::error(ErrorKind::Other, why.clone()),
    }
}
