//! The interfaces a plugin imports from us.

use wasmtime::component::Resource;

use super::bindings::builder::run::plugin as wit;
use super::bindings::{Job, Project, Step};
use super::convert;
use crate::api::{BuildJob, ProjectView};
use crate::events::Level;
use crate::process::confine::{self, Support};
use crate::process::{Child, Exit, Source};
use crate::sandbox::processes::{Piece, Refusal, Request};
use crate::sandbox::state::{State, Subject};
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

impl State {
    pub(super) fn job(&self) -> wasmtime::Result<&BuildJob> {
        match &self.subject {
            Subject::Build(job) => Ok(job),
            _ => Err(wasmtime::Error::msg("there is no job in this call")),
        }
    }

    fn view(&self) -> wasmtime::Result<&ProjectView> {
        self.project()
            .ok_or_else(|| wasmtime::Error::msg("there is no project in this call"))
    }
}

impl wit::build_context::Host for State {}

impl wit::build_context::HostProject for State {
    fn root(&mut self, _: Resource<Project>) -> wasmtime::Result<String> {
        let view = self.view()?;
        guest(view, &view.tree.project)
    }

    fn source(&mut self, _: Resource<Project>) -> wasmtime::Result<String> {
        let view = self.view()?;
        guest(view, &view.source)
    }

    fn setting(&mut self, _: Resource<Project>, key: String) -> wasmtime::Result<Option<String>> {
        Ok(values(self.view()?, &key).into_iter().next())
    }

    fn setting_values(
        &mut self,
        _: Resource<Project>,
        key: String,
    ) -> wasmtime::Result<Vec<String>> {
        Ok(values(self.view()?, &key))
    }

    fn settings(&mut self, _: Resource<Project>) -> wasmtime::Result<Vec<Attribute>> {
        let settings = &self.view()?.settings;
        Ok(settings
            .iter()
            .flat_map(|(key, value)| {
                value.texts().into_iter().map(|value| Attribute {
                    key: key.clone(),
                    value,
                })
            })
            .collect())
    }

    fn drop(&mut self, project: Resource<Project>) -> wasmtime::Result<()> {
        self.table.delete(project)?;
        Ok(())
    }
}

fn guest(view: &ProjectView, path: &std::path::Path) -> wasmtime::Result<String> {
    view.tree
        .to_guest(path)
        .ok_or_else(|| wasmtime::Error::msg("a path of the project is not UTF-8"))
}

fn values(view: &ProjectView, key: &str) -> Vec<String> {
    view.settings
        .iter()
        .filter(|(name, _)| name == key)
        .flat_map(|(_, value)| value.texts())
        .collect()
}

impl wit::build_context::HostJob for State {
    fn project(&mut self, _: Resource<Job>) -> wasmtime::Result<Resource<Project>> {
        Ok(self.table.push(Project)?)
    }

    fn name(&mut self, _: Resource<Job>) -> wasmtime::Result<String> {
        Ok(self.job()?.name.clone())
    }

    fn language(&mut self, _: Resource<Job>) -> wasmtime::Result<String> {
        Ok(self.job()?.language.clone())
    }

    fn output(&mut self, _: Resource<Job>) -> wasmtime::Result<String> {
        Ok("/out".to_owned())
    }

    fn cache(&mut self, _: Resource<Job>) -> wasmtime::Result<String> {
        Ok("/cache".to_owned())
    }

    fn wit(&mut self, _: Resource<Job>) -> wasmtime::Result<Option<String>> {
        Ok(self.job()?.wit.as_ref().map(|_| "/wit".to_owned()))
    }

    fn target_world(&mut self, _: Resource<Job>) -> wasmtime::Result<Option<String>> {
        Ok(self.job()?.wit.as_ref().map(|(_, world)| world.clone()))
    }

    fn abi(&mut self, _: Resource<Job>) -> wasmtime::Result<String> {
        Ok("wasip2".to_owned())
    }

    fn profile(&mut self, _: Resource<Job>) -> wasmtime::Result<wit::build_context::Profile> {
        Ok(match self.job()?.profile {
            crate::api::Profile::Debug => wit::build_context::Profile::Debug,
            crate::api::Profile::Release => wit::build_context::Profile::Release,
        })
    }

    fn reproducible(&mut self, _: Resource<Job>) -> wasmtime::Result<bool> {
        Ok(self.job()?.reproducible)
    }

    fn locked(&mut self, _: Resource<Job>) -> wasmtime::Result<bool> {
        Ok(self.job()?.locked)
    }

    fn offline(&mut self, _: Resource<Job>) -> wasmtime::Result<bool> {
        Ok(self.job()?.offline)
    }

    fn parallelism(&mut self, _: Resource<Job>) -> wasmtime::Result<u32> {
        Ok(self.job()?.parallelism)
    }

    fn source_date_epoch(&mut self, _: Resource<Job>) -> wasmtime::Result<u64> {
        Ok(self.job()?.source_date_epoch)
    }

    fn depends_on(&mut self, _: Resource<Job>, glob: String) -> wasmtime::Result<()> {
        self.charge(glob.len())?;
        let Some(relative) = glob.strip_prefix("/src/").filter(|glob| stays_inside(glob)) else {
            self.watch.events.log(
                Level::Debug,
                &format!("ignored an input outside /src: {glob}"),
                &[],
            );
            return Ok(());
        };
        self.declared.depends_on.push(relative.to_owned());
        Ok(())
    }

    fn irreproducible(&mut self, _: Resource<Job>, reason: String) -> wasmtime::Result<()> {
        self.charge(reason.len())?;
        self.declared.irreproducible.get_or_insert(reason);
        Ok(())
    }

    fn drop(&mut self, job: Resource<Job>) -> wasmtime::Result<()> {
        self.table.delete(job)?;
        Ok(())
    }
}

fn stays_inside(glob: &str) -> bool {
    !glob.is_empty() && !glob.split('/').any(|part| part == "..")
}
