//! The components that stand between the deployed one and the platform, see
//! `adapter/`.

use run_plugin_api::{Error, Result};

/// Where `adapter/io/src/slot.rs` reads what belongs to one deployment: this, and
/// spaces behind it.
const MARK: &[u8] = b"run:fastly/slot:";

/// With the mark.
const SLOT: usize = 256;

/// Both halves, as components.
#[derive(Debug, Clone, Copy)]
pub struct Adapter<'a> {
    /// WASI over what the platform has.
    pub io: &'a [u8],
    /// What the platform calls.
    pub entry: &'a [u8],
}

/// What a deployment's adapter knows of it.
#[derive(Debug, Clone, Copy)]
pub struct Slot<'a> {
    /// The artifact, `sha256:…`: what answers carry in `x-run-digest`.
    pub digest: &'a str,
    /// The item of the config store that holds its environment.
    pub environment: Option<&'a str>,
}

impl Adapter<'static> {
    /// Those that the plugin carries.
    ///
    /// # Errors
    /// This is not the plugin but a build for the machine.
    pub fn carried() -> Result<Self> {
        #[cfg(target_family = "wasm")]
        return Ok(Self {
            io: include_bytes!(concat!(env!("OUT_DIR"), "/io.wasm")),
            entry: include_bytes!(concat!(env!("OUT_DIR"), "/entry.wasm")),
        });
        #[cfg(not(target_family = "wasm"))]
        Err(Error::unsupported(
            "the adapter is carried by the plugin, which is WebAssembly",
        ))
    }
}

impl Slot<'_> {
    /// `io` with this written into it.
    ///
    /// # Errors
    /// It has no such place, or not enough of it.
    pub(crate) fn write(&self, io: &[u8]) -> Result<Vec<u8>> {
        let mut text = format!(" digest={}", self.digest);
        if let Some(item) = self.environment {
            text.push_str(" environment=");
            text.push_str(item);
        }
        let mut found = io
            .windows(MARK.len())
            .enumerate()
            .filter(|(_, w)| *w == MARK);
        let (Some((at, _)), None) = (found.next(), found.next()) else {
            return Err(Error::failed(
                "the adapter has no place for a deployment's facts",
            ));
        };
        let mut written = io.to_vec();
        let slot = written.get_mut(at + MARK.len()..at + SLOT);
        match slot.and_then(|slot| slot.get_mut(..text.len())) {
            Some(slot) => slot.copy_from_slice(text.as_bytes()),
            None => return Err(Error::failed("a deployment's facts do not fit the adapter")),
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_written_in_their_one_place() {
        let mut io = b"code".to_vec();
        io.extend(MARK);
        io.extend([b' '; SLOT - 16]);
        io.extend(b"data");
        let slot = Slot {
            digest: "sha256:00",
            environment: Some("e-1"),
        };
        let written = slot.write(&io).unwrap();
        assert_eq!(written.len(), io.len());
        let text = String::from_utf8(written).unwrap();
        assert!(text.starts_with("coderun:fastly/slot: digest=sha256:00 environment=e-1 "));
        assert!(text.ends_with(" data"));

        assert!(slot.write(b"code").is_err());
        assert!(slot.write(&[io.clone(), io.clone()].concat()).is_err());
        let long = "x".repeat(SLOT);
        let slot = Slot {
            digest: &long,
            environment: None,
        };
        assert!(slot.write(&io).is_err());
    }
}
