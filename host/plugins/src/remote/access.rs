//! What the user brings to a provider: found once, before anything is sent.

use std::path::PathBuf;
use std::sync::Arc;

use miette::Diagnostic;

use super::credentials::Given;
use super::endpoints::Override;
use super::helper::Helpers;
use super::secret::Mask;
use crate::manifest::{Credential, Manifest};

/// Where the user's things are looked for.
pub struct User<'a> {
    /// The value of a variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The home directory.
    pub home: Option<PathBuf>,
    /// Programs that print credentials.
    pub helpers: Helpers,
}

/// The credentials and other addresses a provider's requests are sent with.
/// The default has none.
#[derive(Clone, Default)]
pub struct Access(Arc<Inner>);

#[derive(Default)]
struct Inner {
    overrides: Vec<Override>,
    given: Vec<Given>,
    missing: Vec<Credential>,
}

/// Why the user's side of a provider cannot be used. No value is ever shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Diagnostic)]
pub enum AccessError {
    /// The address in a variable is none.
    #[error("`{variable}` cannot be used as an address: {why}")]
    #[diagnostic(
        code(run::deploy::endpoint),
        help("unset it, or make it an https URL; http is for this machine only")
    )]
    Override {
        /// The variable.
        variable: String,
        /// What is wrong.
        why: &'static str,
    },
    /// One of two variables.
    #[error("`{set}` is set and `{missing}` is not")]
    #[diagnostic(code(run::deploy::credential), help("set both, or neither"))]
    Half {
        /// The one that is there.
        set: String,
        /// The one that is not.
        missing: String,
    },
    /// A value that no header can carry.
    #[error("the credential `{name}` has characters in it that cannot be sent")]
    #[diagnostic(
        code(run::deploy::credential),
        help("look for a line break or a stray character where it is set")
    )]
    Unusable {
        /// The credential.
        name: String,
    },
    /// A file that is there and cannot be read.
    #[error("`{path}` cannot be read: {why}")]
    #[diagnostic(
        code(run::deploy::credential),
        help("mend the file, or set the credential's variable instead")
    )]
    File {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },
    /// The user's list of programs.
    #[error("`{path}` cannot be used: {why}")]
    #[diagnostic(
        code(run::deploy::credential),
        help(
            "it has a table for each provider: [PROVIDER.CREDENTIAL] with `command`, a list of words"
        )
    )]
    Helpers {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },
    /// A program of the user's that gives no credential.
    #[error("`{program}`, which `{path}` names for the credential `{name}`, gave none: {why}")]
    #[diagnostic(
        code(run::deploy::credential),
        help("run it by hand; a session may have ended, or a keyring be locked")
    )]
    Helper {
        /// The credential.
        name: String,
        /// The program.
        program: String,
        /// The file that names it.
        path: String,
        /// Why not.
        why: String,
    },
    /// The user has it nowhere.
    #[error("the credential `{name}` is not to be found: {why}")]
    #[diagnostic(code(run::deploy::credential), help("{help}"))]
    Missing {
        /// The credential.
        name: String,
        /// What it is for.
        why: String,
        /// How to give it.
        help: String,
    },
}

impl Access {
    /// Looks for all that the manifest declares and was granted.
    ///
    /// # Errors
    /// Something is there and cannot be used. What is not there is no error
    /// yet: see [`Access::complete`].
    pub fn find(granted: &Manifest, user: &User<'_>) -> Result<Self, AccessError> {
        let mut inner = Inner::default();
        let names = granted.providers.iter();
        let providers: Vec<_> = names.map(|provider| provider.name.as_str()).collect();
        for host in &granted.hosts {
            inner.overrides.extend(Override::of(host, user.variable)?);
        }
        for credential in &granted.credentials {
            match Given::find(&providers, credential, user)? {
                Some(given) => inner.given.push(given),
                None => inner.missing.push(credential.clone()),
            }
        }
        Ok(Self(Arc::new(inner)))
    }

    /// Whether every host that a credential is bound to has one.
    ///
    /// # Errors
    /// One has none; which, and how to give it.
    pub fn complete(&self) -> Result<(), AccessError> {
        let served = |host: &String| self.0.given.iter().any(|given| given.hosts.contains(host));
        let lacking = |credential: &&Credential| !credential.hosts.iter().all(served);
        let Some(credential) = self.0.missing.iter().find(lacking) else {
            return Ok(());
        };
        let variables: Vec<_> = credential
            .environment
            .iter()
            .take(if credential.inject.parts() > 1 {
                2
            } else {
                usize::MAX
            })
            .map(|name| format!("`{name}`"))
            .collect();
        let joint = if credential.inject.parts() > 1 {
            " and "
        } else {
            " or "
        };
        let files = credential
            .files
            .iter()
            .map(|file| format!(", or have it in {}", file.path));
        let more = credential
            .help
            .as_ref()
            .map_or(String::new(), |help| format!("; {help}"));
        Err(AccessError::Missing {
            name: credential.name.clone(),
            why: credential.why.clone(),
            help: format!(
                "set {}{}{more}",
                variables.join(joint),
                files.collect::<String>()
            ),
        })
    }

    /// Hosts whose requests go elsewhere.
    #[must_use]
    pub fn overrides(&self) -> &[Override] {
        &self.0.overrides
    }

    pub(crate) fn override_of(&self, host: &str) -> Option<&Override> {
        self.0.overrides.iter().find(|found| found.host == host)
    }

    /// The credential for a host of the manifest.
    pub(crate) fn credential_for(&self, host: &str) -> Option<&Given> {
        self.0
            .given
            .iter()
            .find(|given| given.hosts.iter().any(|bound| bound == host))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.given.iter().any(|given| given.name == name)
    }

    pub(crate) fn secrets(&self) -> impl Iterator<Item = &super::Secret> {
        self.0.given.iter().flat_map(Given::secrets)
    }

    /// The text without any of the credentials.
    #[must_use]
    pub fn hide(&self, text: &str) -> String {
        Mask::new(self.secrets()).hide_text(text)
    }
}
