//! Running a package manager, confined.

use std::path::PathBuf;

use super::description::{Manager, Values};
use super::staging::Staging;
use super::{InstallError, Watched};
use crate::manifest::Access;
use crate::process::confine::Policy;
use crate::process::{Child, Exit, Source, Spec};
use crate::sandbox::limits::{Limits, Violation};
use crate::tools::{Tools, environment};

/// How much of what a failed manager printed is shown.
const SHOWN: usize = 20;

/// What every command of one installation shares.
pub(super) struct Runner<'a> {
    pub(super) manager: &'a Manager,
    /// The tool that is installed, for messages.
    pub(super) tool: &'a str,
    pub(super) staging: &'a Staging,
    pub(super) tools: Tools,
    pub(super) watched: Watched<'a>,
}

impl Runner<'_> {
    /// Runs the manager to its end and returns what it printed on stdout.
    pub(super) fn run(
        &self,
        arguments: &[String],
        network: bool,
        values: &Values<'_>,
    ) -> Result<String, InstallError> {
        let main = &self.manager.manifest.tools[0];
        let program = self
            .tools
            .resolve(&main.id)
            .map_err(|error| InstallError::Manager {
                program: self.tool.to_owned(),
                error,
            })?;
        let arguments: Vec<_> = arguments
            .iter()
            .map(|text| self.manager.fill(text, values))
            .collect();
        let failed = |how: String, output: Vec<String>| {
            // A program given as an argument is no help to anyone.
            let words: Vec<_> = arguments
                .iter()
                .map(|word| {
                    if word.contains('\n') {
                        "…"
                    } else {
                        word.as_str()
                    }
                })
                .collect();
            InstallError::Failed {
                program: self.tool.to_owned(),
                command: format!("{} {}", main.program, words.join(" ")),
                how,
                output: output.join("\n"),
            }
        };
        let spec = Spec {
            program: program.path,
            arguments: arguments.clone(),
            directory: self.staging.tree.clone(),
            environment: self.environment(network, values),
            policy: self.policy(network),
            name: main.program.clone(),
        };
        let violation = Violation::default();
        let mut child = Child::spawn(&spec, &Limits::default(), &violation)
            .map_err(|error| failed(error.to_string(), Vec::new()))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|error| InstallError::io("cannot wait for a program", error))?;
        let (mut stdout, mut last) = (String::new(), Vec::new());
        let ended = runtime.block_on(async {
            loop {
                let line = tokio::select! {
                    line = child.next_line() => line,
                    () = self.watched.cancel.cancelled() => {
                        child.kill();
                        return None;
                    }
                };
                let Some(line) = line else { break };
                self.watched.progress.line(&line.text);
                if line.source == Source::Stdout {
                    stdout.push_str(&line.text);
                    stdout.push('\n');
                }
                last.push(line.text);
                if last.len() > SHOWN {
                    last.remove(0);
                }
            }
            Some(child.wait().await)
        });
        match (ended, violation.get()) {
            (None, _) => Err(InstallError::Cancelled),
            (_, Some(rule)) => Err(failed(rule, last)),
            (Some(Ok(Exit::Code(0))), None) => Ok(stdout),
            (Some(Ok(Exit::Code(code))), None) => Err(failed(format!("exit code {code}"), last)),
            (Some(Ok(Exit::Signal(signal))), None) => Err(failed(format!("signal {signal}"), last)),
            (Some(Ok(Exit::TimedOut)), None) => Err(failed("it took too long".to_owned(), last)),
            (Some(Err(error)), None) => Err(failed(error.to_string(), last)),
        }
    }

    fn environment(
        &self,
        network: bool,
        values: &Values<'_>,
    ) -> std::collections::BTreeMap<String, String> {
        let mut variables = environment::inherited(
            &self.manager.manifest,
            network,
            environment::user_environment(),
        );
        for (key, text) in &self.manager.text.set {
            variables.insert(key.clone(), self.manager.fill(text, values));
        }
        let text = |path: &std::path::Path| path.display().to_string();
        variables.extend(
            [
                ("PATH", text(&self.staging.bin)),
                ("HOME", text(&self.staging.home)),
                ("TMPDIR", text(&self.staging.home)),
                ("SOURCE_DATE_EPOCH", "315532800".to_owned()),
                ("TZ", "UTC".to_owned()),
                ("LC_ALL", "C".to_owned()),
            ]
            .map(|(key, value)| (key.to_owned(), value)),
        );
        variables
    }

    fn policy(&self, network: bool) -> Policy {
        let manifest = &self.manager.manifest;
        let mut policy = Policy {
            read: vec![self.staging.bin.clone()],
            write: vec![self.staging.tree.clone(), self.staging.home.clone()],
            network,
            ..Policy::default()
        };
        for tool in self.tools.present() {
            // One that does not tell is not started either.
            policy
                .read
                .extend(self.tools.files(&tool).unwrap_or_default());
        }
        for directory in &manifest.directories {
            let Some(path) =
                environment::expand(&directory.path, manifest, environment::user_variable)
            else {
                continue;
            };
            let list: &mut Vec<PathBuf> = match directory.access {
                Access::Fetch if network && directory.file => &mut policy.write_files,
                Access::Fetch if network => &mut policy.write,
                Access::Network if !network => continue,
                Access::Read | Access::Fetch | Access::Network | Access::Cache => &mut policy.read,
            };
            list.push(path);
        }
        policy
    }
}
