//! Every plugin that ships with the host, as the bytes of its component.
//!
//! A bundled plugin is a warm cache, not a source: the same bytes are what a
//! registry would serve under its version.

/// One bundled plugin.
#[derive(Debug, Clone, Copy)]
pub struct Bundled {
    /// The name it goes by without a `[plugins]` entry.
    pub name: &'static str,
    /// The crate it is built from.
    pub package: &'static str,
    /// The SHA-256 of its bytes, taken when they were built.
    pub digest: [u8; 32],
    /// The component.
    pub bytes: &'static [u8],
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
