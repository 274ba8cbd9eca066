//! Digests of tools: the same version is other bytes on another platform.

use std::collections::BTreeMap;

use run_files::Digest;

/// `[checksums]` or `[installed]`: by program what holds anywhere, and in a
/// table for each platform what holds there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests {
    /// Of no platform in particular.
    pub anywhere: BTreeMap<String, Digest>,
    /// By platform, e.g. `linux-x86_64`.
    pub platforms: BTreeMap<String, BTreeMap<String, Digest>>,
}

/// The platform this host runs on, as the lock calls it.
#[must_use]
pub fn platform() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

impl Digests {
    /// What is known for one platform, by program: its own entries, and for
    /// programs without one those that hold anywhere.
    #[must_use]
    pub fn on(&self, platform: &str) -> BTreeMap<String, Digest> {
        let mut all = self.anywhere.clone();
        if let Some(own) = self.platforms.get(platform) {
            all.extend(own.iter().map(|(name, digest)| (name.clone(), *digest)));
        }
        all
    }

    /// Notes a program's digest on one platform.
    pub fn set(&mut self, platform: &str, program: &str, digest: Digest) {
        self.platforms
            .entry(platform.to_owned())
            .or_default()
            .insert(program.to_owned(), digest);
    }

    /// Forgets a program everywhere: it has another version now.
    pub fn forget(&mut self, program: &str) {
        self.anywhere.remove(program);
        self.platforms.values_mut().for_each(|own| {
            own.remove(program);
        });
        self.platforms.retain(|_, own| !own.is_empty());
    }

    /// Forgets a program on one platform, and what is said of it for anywhere.
    pub fn forget_on(&mut self, platform: &str, program: &str) {
        self.anywhere.remove(program);
        if let Some(own) = self.platforms.get_mut(platform) {
            own.remove(program);
        }
        self.platforms.retain(|_, own| !own.is_empty());
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.anywhere.is_empty() && self.platforms.values().all(BTreeMap::is_empty)
    }

    /// Every program it says something of.
    pub fn programs(&self) -> impl Iterator<Item = &str> {
        self.anywhere
            .keys()
            .chain(self.platforms.values().flat_map(BTreeMap::keys))
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_has_its_own_and_what_holds_anywhere() {
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        let mut digests = Digests::default();
        digests.anywhere.insert("elmc".into(), a);
        digests.set("plan9-mips", "elmc", b);
        assert_eq!(digests.on("plan9-mips")["elmc"], b);
        assert_eq!(digests.on("other")["elmc"], a);
        digests.forget_on("other", "elmc");
        assert!(digests.on("other").is_empty());
        digests.forget("elmc");
        assert!(digests.is_empty());
    }
}
