//! What the misbehaving plugins share, so that each file shows its one misdeed.

pub use run_plugin_api::process::{Command, Line};
pub use run_plugin_api::{Artifact, Diagnostic, Error, Job, Result, Span};

/// A builder whose `build` is the misdeed.
#[macro_export]
macro_rules! hostile_builder {
    ($build:path) => {
        struct Hostile;

        impl run_plugin_api::Builder for Hostile {
            fn build(job: &$crate::Job) -> $crate::Result<Vec<$crate::Artifact>> {
                $build(job)
            }
        }

        run_plugin_api::builder!(Hostile);
        run_plugin_api::manifest!("builder.toml");
    };
}

/// Runs a shell script as a granted child and returns all that it printed.
///
/// # Errors
/// The child was not started.
pub fn script(text: &str, target: &str) -> Result<String> {
    let mut printed = String::new();
    // However it ended: what it printed is what counts.
    let _exit = Command::new("sh")
        .arg("-c")
        .arg(text)
        .arg("sh")
        .arg(target)
        .current_dir("/tmp")
        .lines(|line| {
            let (Line::Stdout(text) | Line::Stderr(text)) = line;
            printed.push_str(text);
            printed.push('\n');
        })?;
    Ok(printed)
}

/// What the test wants attacked.
#[must_use]
pub fn target(job: &Job) -> String {
    job.project().setting("target").unwrap_or_default()
}

/// A provider whose `plan` is the misdeed.
#[macro_export]
macro_rules! hostile_provider {
    ($attack:path) => {
        struct Hostile;

        impl run_plugin_api::Provider for Hostile {
            fn validate(_: &$crate::provider::Job) -> $crate::Result<()> {
                Ok(())
            }

            fn plan(_: &$crate::provider::Job) -> $crate::Result<$crate::provider::Proposal> {
                $attack()?;
                Err($crate::Error::failed("it was let"))
            }

            fn apply(
                _: &$crate::provider::Job,
                _: $crate::provider::Proposal,
            ) -> $crate::Result<$crate::provider::Deployment> {
                Err($crate::Error::unsupported("only `plan` is called"))
            }

            fn status(
                _: &$crate::provider::Job,
                _: Option<&str>,
            ) -> $crate::Result<Vec<$crate::provider::State>> {
                Ok(Vec::new())
            }

            fn rollback(
                _: &$crate::provider::Job,
                _: &str,
            ) -> $crate::Result<$crate::provider::Deployment> {
                Err($crate::Error::unsupported("only `plan` is called"))
            }

            fn destroy(_: &$crate::provider::Job) -> $crate::Result<()> {
                Ok(())
            }

            fn logs(
                _: &$crate::provider::Job,
                _: Option<&str>,
            ) -> $crate::Result<$crate::provider::LogPage> {
                Err($crate::Error::unsupported("only `plan` is called"))
            }
        }

        run_plugin_api::provider!(Hostile);
        run_plugin_api::manifest!("provider.toml");
    };
}

pub use run_plugin_api::provider;
