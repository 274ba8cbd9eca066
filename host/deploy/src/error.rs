//! What can go wrong when something is deployed.

use miette::Diagnostic;
use run_files::Digest;
use run_plugins::CallError;
use run_plugins::remote::AccessError;

/// Why something was not deployed.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum DeployError {
    /// The provider failed before anything was sent that changes something.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Call(#[from] CallError),

    /// The user's side is not complete.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Access(#[from] AccessError),

    /// The provider failed on its way.
    #[error("{what} `{component}` failed on its way")]
    #[diagnostic(
        code(run::deploy::unfinished),
        help(
            "`run v2 deploy status` says what is there; the same command again finishes it or changes nothing"
        )
    )]
    Unfinished {
        /// What was being done.
        what: &'static str,
        /// The component.
        component: String,
        /// Why.
        #[source]
        #[diagnostic_source]
        cause: CallError,
    },

    /// The platform says that it will not be live.
    #[error("the platform could not bring `{component}` ({id}) to life: {message}")]
    #[diagnostic(
        code(run::deploy::failed),
        help("mend what the platform says; `run v2 deploy logs` may tell more")
    )]
    Failed {
        /// The component.
        component: String,
        /// The deployment.
        id: String,
        /// The platform's words.
        message: String,
    },

    /// Another deployment took over while this one was waited for.
    #[error("another deployment of `{component}` is live instead of {id}")]
    #[diagnostic(
        code(run::deploy::superseded),
        help("someone else deployed at the same time; look with `run v2 deploy status`")
    )]
    Superseded {
        /// The component.
        component: String,
        /// The deployment.
        id: String,
    },

    /// It took too long to become live.
    #[error("`{component}` ({id}) was deployed and is not live after {seconds} s")]
    #[diagnostic(
        code(run::deploy::slow),
        help("`run v2 deploy status` says when it is; nothing has to be deployed again")
    )]
    Slow {
        /// The component.
        component: String,
        /// The deployment.
        id: String,
        /// How long it was waited for.
        seconds: u64,
    },

    /// Its URL does not answer as it should.
    #[error("`{component}` is live, and {url} {problem}")]
    #[diagnostic(
        code(run::deploy::check),
        help(
            "a new name may take minutes to be known everywhere; see `run v2 deploy status` and open the URL"
        )
    )]
    Check {
        /// The component.
        component: String,
        /// Its URL.
        url: String,
        /// What is wrong.
        problem: String,
    },

    /// Another process deploys the same.
    #[error("another `run` is deploying `{component}` of the profile `{profile}`")]
    #[diagnostic(code(run::deploy::busy), help("wait for it to end"))]
    Busy {
        /// The profile.
        profile: String,
        /// The component.
        component: String,
    },

    /// The record is of another provider.
    #[error(
        "`{component}` of the profile `{profile}` was deployed by `{recorded}`, and the profile now says `{wanted}`"
    )]
    #[diagnostic(
        code(run::deploy::provider),
        help(
            "destroy what is there with the old provider first, or use a profile of another name"
        )
    )]
    OtherProvider {
        /// The component.
        component: String,
        /// The profile.
        profile: String,
        /// In the record.
        recorded: String,
        /// In the profile.
        wanted: String,
    },

    /// The record does not hold.
    #[error("the record `{path}` cannot be read: {why}")]
    #[diagnostic(
        code(run::deploy::record),
        help("restore it, or remove it: `run v2 deploy status` asks the platform what is there")
    )]
    Record {
        /// The file.
        path: String,
        /// Why not.
        why: String,
    },

    /// There is nothing to go back to.
    #[error("there is no earlier deployment of `{component}` to go back to")]
    #[diagnostic(
        code(run::deploy::rollback),
        help("name one that `run v2 deploy status` lists: `run v2 deploy rollback ID`")
    )]
    NoPrevious {
        /// The component.
        component: String,
    },

    /// A secret that is to be deployed is not there.
    #[error("the secret `{name}` is not in the environment")]
    #[diagnostic(
        code(run::deploy::secret),
        help(
            "set the variable `{name}` for this command, or take it out of the profile's options"
        )
    )]
    Secret {
        /// The variable.
        name: String,
    },

    /// The directory holds something else.
    #[error("`{path}` is there and was not written by `deploy`")]
    #[diagnostic(
        code(run::deploy::output),
        help("name another directory with `--output`, or empty this one")
    )]
    InTheWay {
        /// The directory.
        path: String,
    },

    /// A packaged directory is not as it was packaged.
    #[error("`{path}` is not what was packaged\n  packaged: {packaged}\n  found:    {found}")]
    #[diagnostic(
        code(run::deploy::changed),
        help(
            "bring the directory here again, or make it again with `run v2 deploy --target local`; to serve what was changed, take deploy.json away"
        )
    )]
    Changed {
        /// The file.
        path: String,
        /// As `deploy.json` says.
        packaged: Digest,
        /// As it is.
        found: Digest,
    },

    /// A packaged directory says nothing of itself that can be read.
    #[error("`{path}` cannot be used: {why}")]
    #[diagnostic(
        code(run::deploy::index),
        help("make the directory again with `run v2 deploy --target local`")
    )]
    Index {
        /// `deploy.json`.
        path: String,
        /// What is wrong with it.
        why: String,
    },

    /// The host could not do its part.
    #[error("{what}: {source}")]
    #[diagnostic(code(run::deploy::host))]
    Io {
        /// What it was doing.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl DeployError {
    pub(crate) fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        Self::Io {
            what: what.into(),
            source,
        }
    }

    /// Whether the user asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        match self {
            Self::Call(CallError::Cancelled) => true,
            Self::Unfinished { cause, .. } => matches!(cause, CallError::Cancelled),
            _ => false,
        }
    }
}
