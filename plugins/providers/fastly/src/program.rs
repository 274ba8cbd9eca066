//! What the package holds: the deployed artifact, in a form that the platform
//! runs.

use run_plugin_api::{Error, Result};

use crate::adapter::{Adapter, Slot};
use crate::compose::compose;
use crate::module;
use crate::settings::Settings;

/// A program for the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// A component of the platform's world, or a core module.
    pub bytes: Vec<u8>,
    /// Whether the adapter is in it, which says in answers what they are of, and
    /// reads variables and secrets.
    pub adapted: bool,
}

impl Program {
    /// Makes it of the artifact.
    ///
    /// # Errors
    /// The platform cannot run it, or not with these settings.
    pub fn new(
        artifact: Vec<u8>,
        settings: &Settings,
        adapter: &Adapter<'_>,
        slot: &Slot<'_>,
    ) -> Result<Self> {
        let composed = match (module::is_module(&artifact), settings.module) {
            (false, false) => compose(&artifact, adapter, slot)?,
            (true, true) => {
                module::check(&artifact)?;
                None
            }
            (true, false) => {
                return Err(Error::invalid_input(
                    "the artifact is a core module, and no component",
                )
                .with_help(
                    "where it was made with the platform's own SDK, say `module = true` in the \
                     options; else build a component",
                ));
            }
            (false, true) => {
                return Err(Error::invalid_input(
                    "`module` is set, and the artifact is no core module",
                )
                .with_help("a component is deployed without it"));
            }
        };
        match composed {
            Some(bytes) => Ok(Self {
                bytes,
                adapted: true,
            }),
            None if settings.environment().is_some() => Err(Error::invalid_input(
                "`variables` and `secrets` are read by the adapter, and what is made for this \
                 platform is deployed without it",
            )
            .with_help("name stores in `config_stores` and `secret_stores`, and read those")),
            None => Ok(Self {
                bytes: artifact,
                adapted: false,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use run_provider_shared::fake::Pairs;

    const MODULE: &[u8] = b"\0asm\x01\0\0\0";
    const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn what_is_said_and_what_is_there_have_to_agree() {
        for (artifact, module, expected) in [
            (MODULE, "false", "is a core module"),
            (COMPONENT, "true", "is no core module"),
            (b"text", "true", "is no core module"),
            (MODULE, "true", "exports no function"),
            (COMPONENT, "false", "nothing to serve"),
        ] {
            let settings = Settings::read("shop", &Pairs(&[("module", module)])).unwrap();
            let adapter = Adapter {
                io: b"",
                entry: b"",
            };
            let slot = Slot {
                digest: "",
                environment: None,
            };
            let made = Program::new(artifact.to_vec(), &settings, &adapter, &slot);
            let error = made.unwrap_err();
            assert!(error.message().contains(expected), "{}", error.message());
        }
    }
}
