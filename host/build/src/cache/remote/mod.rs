//! A build cache that many machines share: any OCI registry, any S3-compatible
//! bucket. The store is not trusted: what points is signed, what is pointed to
//! is named by its digest. Whatever is wrong with it costs a warning and the
//! time of a build.

mod ask;
mod keys;
mod signed;
mod store;

use std::sync::Arc;
use std::time::Duration;

use run_files::Digest;
use run_plugins::cancel::Cancel;
use run_runtime::{Wasm, inspect};

pub use keys::{KeyError, KeyId, PublicKey, SecretKey};
pub use store::RemotePlace;

use super::{Entry, Shape};
use ask::Line;
use signed::{Distrust, Signed};

/// A remote cache, and what it may be used for.
#[derive(Debug)]
pub struct RemoteOptions {
    /// Where it is.
    pub place: RemotePlace,
    /// Whose builds are believed.
    pub trusted: Vec<PublicKey>,
    /// What own builds are signed with; none are put in without.
    pub secret: Option<SecretKey>,
    /// How long is waited for an answer.
    pub timeout: Duration,
}

/// No component that is shared is larger, in bytes.
const LARGEST: u64 = 256 << 20;

/// How many shapes are kept for one first key.
const MOST_SHAPES: usize = 16;

/// A component that somebody signed for.
pub(super) struct Found {
    pub(super) entry: Entry,
    pub(super) component: Wasm,
    pub(super) signer: KeyId,
}

pub(super) struct Remote {
    options: Arc<RemoteOptions>,
    line: Line,
}

impl Remote {
    /// Nothing is asked yet; an address that is none costs a warning.
    pub(super) fn open(options: Arc<RemoteOptions>, cancel: Cancel) -> Self {
        Self {
            line: Line::new(options.clone(), cancel),
            options,
        }
    }

    /// What went wrong since this was last asked.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.line.warnings()
    }

    /// The shapes of builds with this first key, the latest first.
    pub(super) fn shapes(&self, first: Digest) -> Vec<Shape> {
        let name = shapes_name(first);
        let note = self.line.note(&name).flatten().unwrap_or_default();
        let shapes = self.signed_shapes(&name, &note).into_iter();
        shapes.map(|(shape, _)| shape).collect()
    }

    fn signed_shapes(&self, name: &str, note: &[u8]) -> Vec<(Shape, Signed)> {
        if note.is_empty() {
            return Vec::new();
        }
        let Ok(all) = serde_json::from_slice::<Vec<Signed>>(note) else {
            self.distrust(name, Distrust::Unsigned);
            return Vec::new();
        };
        let open = |signed: Signed| {
            let text = match signed.open(&self.options.trusted, "shape", name) {
                Ok((text, _)) => text,
                Err(reason) => {
                    self.distrust(name, reason);
                    return None;
                }
            };
            let shape: Shape = serde_json::from_str(text).ok()?;
            shape.is_sound().then_some((shape, signed))
        };
        all.into_iter().take(MOST_SHAPES).filter_map(open).collect()
    }

    /// The component behind a second key.
    pub(super) fn get(&self, second: Digest, name: &str) -> Option<Found> {
        let note_name = entry_name(second);
        let note = self.line.note(&note_name).flatten()?;
        let trusted = &self.options.trusted;
        let opened = Signed::parse(&note).and_then(|signed| {
            let (text, signer) = signed.open(trusted, "entry", &note_name)?;
            Ok((Entry::parse(text.as_bytes()), signer))
        });
        let (entry, signer) = match opened {
            Ok((entry, signer)) => (entry?, signer),
            Err(reason) => {
                self.distrust(&note_name, reason);
                return None;
            }
        };
        let digest = entry.artifact().filter(|_| entry.size <= LARGEST)?;
        let bytes = self.line.artifact(digest, entry.size).flatten()?;
        let found = Digest::of(&bytes);
        if found != digest {
            self.line.warn(format!(
                "the remote build cache has {found} in the place of {digest}"
            ));
            return None;
        }
        let component = Wasm::from_bytes(name, bytes).ok()?;
        inspect::describe(&component).ok()?;
        Some(Found {
            entry,
            component,
            signer,
        })
    }

    /// Puts a component in, where there is a key to sign it with.
    pub(super) fn put(
        &self,
        first: Digest,
        shape: &Shape,
        second: Digest,
        entry: &Entry,
        component: &Wasm,
    ) {
        let Some(secret) = &self.options.secret else {
            return;
        };
        if entry.size > LARGEST {
            return;
        }
        let name = entry_name(second);
        let text = String::from_utf8_lossy(&entry.to_bytes()).into_owned();
        let signed = Signed::new(secret, "entry", &name, text);
        let bytes = component.bytes().to_vec();
        if self
            .line
            .put(name, signed.to_bytes(), Some(bytes))
            .is_some()
        {
            self.put_shape(first, shape, secret);
        }
    }

    fn put_shape(&self, first: Digest, shape: &Shape, secret: &SecretKey) {
        let name = shapes_name(first);
        let Some(there) = self.line.note(&name) else {
            return;
        };
        let mut all = self.signed_shapes(&name, &there.unwrap_or_default());
        if all.first().is_some_and(|(known, _)| known == shape) {
            return;
        }
        let Ok(text) = serde_json::to_string(shape) else {
            return;
        };
        all.retain(|(known, _)| known != shape);
        let signed = Signed::new(secret, "shape", &name, text);
        // Of two that write at once one is lost, and costs one of them a build.
        let mut list: Vec<Signed> = std::iter::once(signed)
            .chain(all.into_iter().map(|(_, signed)| signed))
            .take(MOST_SHAPES)
            .collect();
        let bytes = loop {
            let bytes = serde_json::to_vec(&list).unwrap_or_default();
            if bytes.len() as u64 <= store::NOTE {
                break bytes;
            }
            list.pop();
        };
        self.line.put(name, bytes, None);
    }

    fn distrust(&self, name: &str, reason: Distrust) {
        self.line.warn(format!(
            "`{name}` of the remote build cache is not used: {reason}"
        ));
    }
}

fn shapes_name(first: Digest) -> String {
    format!("shapes-{}", first.hex())
}

fn entry_name(second: Digest) -> String {
    format!("entry-{}", second.hex())
}
