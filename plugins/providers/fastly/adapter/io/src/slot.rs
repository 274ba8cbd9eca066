//! What is known only when something is deployed. The plugin writes it into the
//! finished component, in the place of the spaces; `src/adapter.rs` of the plugin
//! is the other end.

use core::hint::black_box;

const LENGTH: usize = 256;

/// Found by its beginning. A static with spaces, because zeros would be left out
/// of the file.
#[used]
static SLOT: [u8; LENGTH] = {
    let mut slot = [b' '; LENGTH];
    let mark = *b"run:fastly/slot:";
    let mut at = 0;
    while at < mark.len() {
        slot[at] = mark[at];
        at += 1;
    }
    slot
};

fn words() -> impl Iterator<Item = &'static str> {
    let slot: &'static [u8; LENGTH] = black_box(&SLOT);
    core::str::from_utf8(slot)
        .unwrap_or_default()
        .split_ascii_whitespace()
}

fn word(key: &str) -> Option<&'static str> {
    words().find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

/// The deployed artifact, `sha256:…`.
pub(crate) fn digest() -> Option<&'static str> {
    word("digest")
}

/// The item of the config store that holds this deployment's environment.
pub(crate) fn environment() -> Option<&'static str> {
    word("environment")
}
