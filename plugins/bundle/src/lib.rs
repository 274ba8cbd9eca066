//! Every plugin that ships with the host, as the bytes of its component.
//!
//! A bundled plugin is a warm cache, not a source: the same bytes are what a
//! registry would serve under its version.

use std::io::Read as _;

use flate2::read::DeflateDecoder;

/// One bundled plugin. What is asked of each at every start lies here beside it;
/// the test of the bundle compares that with the component's own.
#[derive(Debug, Clone, Copy)]
pub struct Bundled {
    /// The name it goes by without a `[plugins]` entry.
    pub name: &'static str,
    /// The crate it is built from.
    pub package: &'static str,
    /// The SHA-256 of its bytes, taken when they were built.
    pub digest: [u8; 32],
    /// What it says of itself: the one section `run:manifest` in it.
    pub manifest: &'static str,
    /// Names of what it exports.
    pub exports: &'static [&'static str],
    /// How many bytes it has.
    pub size: usize,
    /// The component, as a stream of DEFLATE (RFC 1951).
    pub packed: &'static [u8],
}

impl Bundled {
    /// The component. It takes some milliseconds to unpack, and is needed only
    /// where it has not been compiled yet.
    ///
    /// # Panics
    /// It is not what was packed: the program is damaged.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.size);
        DeflateDecoder::new(self.packed)
            .read_to_end(&mut bytes)
            .expect("what was packed unpacks");
        assert_eq!(bytes.len(), self.size, "{}", self.name);
        bytes
    }
}

/// All of them.
pub const ALL: &[Bundled] = include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

/// The one with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Bundled> {
    ALL.iter().find(|plugin| plugin.name == name)
}

/// How each package manager is run that tools are installed by: the name that a
/// plugin's manifest calls it by, and its description.
pub const MANAGERS: &[(&str, &str)] = &[
    ("pypi", include_str!("../../managers/pypi.toml")),
    ("npm", include_str!("../../managers/npm.toml")),
    ("cargo", include_str!("../../managers/cargo.toml")),
    ("go", include_str!("../../managers/go.toml")),
];
