//! The interfaces that every plugin imports from us, and processes.

use wasmtime::component::Resource;

use super::bindings::Step;
use super::bindings::builder::run::plugin as wit;
use super::convert;
use crate::process::confine::{self, Support};
use crate::process::{Child, Exit, Source};
use crate::sandbox::processes::{Piece, Refusal, Request};
use crate::sandbox::state::State;
use crate::tools::ToolError;
use wit::types::{Attribute, Error, ErrorKind};

impl wit::types::Host for State {}

impl wit::events::Host for State {
    fn log(
        &mut self,
        level: wit::events::Level,
        message: String,
        fields: Vec<Attribute>,
    ) -> wasmtime::Result<()> {
        let fields: Vec<_> = fields.into_iter().map(|a| (a.key, a.value)).collect();
        let bytes: usize = fields
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum();
        self.charge(bytes + message.len())?;
        self.watch
            .events
            .log(convert::level(level), &message, &fields);
        Ok(())
    }

    fn report(&mut self, diagnostic: wit::types::Diagnostic) -> wasmtime::Result<()> {
        State::charge(self, convert::weight(&diagnostic))?;
        let diagnostic = convert::diagnostic(diagnostic, &self.paths);
        self.watch.events.diagnostic(diagnostic);
        Ok(())
    }
}

impl wit::events::HostStep for State {
    fn new(&mut self, label: String, total: Option<u64>) -> wasmtime::Result<Resource<Step>> {
        self.charge(label.len())?;
        let id = self.new_step();
        self.watch.events.step_started(id, &label, total);
        Ok(self.table.push(Step(id))?)
    }

    fn advance(&mut self, step: Resource<Step>, by: u64) -> wasmtime::Result<()> {
        let id = self.table.get(&step)?.0;
        self.watch.events.step_advanced(id, by);
        Ok(())
    }

    fn relabel(&mut self, step: Resource<Step>, label: String) -> wasmtime::Result<()> {
        self.charge(label.len())?;
        let id = self.table.get(&step)?.0;
        self.watch.events.step_relabelled(id, &label);
        Ok(())
    }

    fn drop(&mut self, step: Resource<Step>) -> wasmtime::Result<()> {
        let id = self.table.delete(step)?.0;
        self.watch.events.step_ended(id);
        Ok(())
    }
}

impl wit::control::Host for State {
    fn cancelled(&mut self) -> wasmtime::Result<bool> {
        Ok(self.watch.cancel.is_cancelled())
    }
}

impl State {
    /// An error for the plugin, or the trap that ends it where it broke a rule.
    fn refused(&self, refusal: Refusal) -> wasmtime::Result<Error> {
        Ok(match refusal {
            Refusal::Undeclared(rule) => return Err(self.violation.trap(rule)),
            Refusal::NotGranted(why) => convert::error(ErrorKind::Denied, why),
            Refusal::Path(why) => convert::error(ErrorKind::InvalidInput, why),
            Refusal::Cancelled => convert::error(ErrorKind::Cancelled, "stopped"),
            Refusal::Io(error) => convert::error(ErrorKind::Failed, error.to_string()),
            Refusal::Tool(error) => Error {
                kind: match error {
                    ToolError::NotGranted(_) => ErrorKind::Denied,
                    ToolError::Missing { .. } | ToolError::Version { .. } => ErrorKind::MissingTool,
                },
                message: error.to_string(),
                help: match error {
                    ToolError::NotGranted(_) => None,
                    ToolError::Missing { help, .. } | ToolError::Version { help, .. } => Some(help),
                },
            },
        })
    }
}

impl wit::process::Host for State {
    fn version(&mut self, tool: String) -> wasmtime::Result<Result<String, Error>> {
        let Some(processes) = &self.processes else {
            return Ok(Err(no_processes()));
        };
        match processes.version(&tool) {
            Ok(version) => Ok(Ok(version)),
            Err(refusal) => self.refused(refusal).map(Err),
        }
    }

    fn spawn(
        &mut self,
        command: wit::process::Command,
    ) -> wasmtime::Result<Result<Resource<Child>, Error>> {
        let Some(processes) = &self.processes else {
            return Ok(Err(no_processes()));
        };
        let request = Request {
            tool: command.tool,
            arguments: command.arguments.into_iter().map(pieces).collect(),
            directory: command.directory,
            environment: command
                .environment
                .into_iter()
                .map(|variable| (variable.key, pieces(variable.value)))
                .collect(),
        };
        // Finding and starting a program is the host's time, not the plugin's.
        self.clock.pause();
        let spawned = processes.spawn(&request);
        self.clock.run();
        match spawned {
            Ok(child) => Ok(Ok(self.table.push(child)?)),
            Err(refusal) => self.refused(refusal).map(Err),
        }
    }
}

fn pieces(pieces: Vec<wit::process::Piece>) -> Vec<Piece> {
    pieces
        .into_iter()
        .map(|piece| match piece {
            wit::process::Piece::Text(text) => Piece::Text(text),
            wit::process::Piece::Path(path) => Piece::Path(path),
        })
        .collect()
}

fn no_processes() -> Error {
    convert::error(ErrorKind::Denied, "this call may not run programs")
}

impl wit::process::HostChild for State {
    async fn next_line(
        &mut self,
        child: Resource<Child>,
    ) -> wasmtime::Result<Option<wit::process::Line>> {
        self.clock.pause();
        let child = self.table.get_mut(&child)?;
        let line = child.next_line().await;
        if let Some(line) = &line
            && confine::support() == &Support::Full
        {
            child.judge.line(&line.text, &child.policy);
        }
        self.clock.run();
        Ok(line.map(|line| {
            let text = self.paths.hide(&line.text);
            self.watch.events.child_line(&text);
            wit::process::Line {
                source: match line.source {
                    Source::Stdout => wit::process::Source::Stdout,
                    Source::Stderr => wit::process::Source::Stderr,
                },
                text,
            }
        }))
    }

    async fn wait(
        &mut self,
        child: Resource<Child>,
    ) -> wasmtime::Result<Result<wit::process::Exit, Error>> {
        self.clock.pause();
        let child = self.table.get_mut(&child)?;
        let exit = child.wait().await;
        let refused = child.judge.take();
        // What a program was refused and went on without is no news.
        if !matches!(exit, Ok(Exit::Code(0))) {
            self.refused.extend(refused);
        }
        self.clock.run();
        Ok(match exit {
            Ok(exit) => Ok(convert::exit(exit)),
            Err(error) => Err(convert::error(ErrorKind::Failed, error.to_string())),
        })
    }

    fn kill(&mut self, child: Resource<Child>) -> wasmtime::Result<()> {
        self.table.get(&child)?.kill();
        Ok(())
    }

    fn drop(&mut self, child: Resource<Child>) -> wasmtime::Result<()> {
        self.table.delete(child)?;
        Ok(())
    }
}
