//! What a builder's job and the project it is of can be asked.

use wasmtime::component::Resource;

use super::bindings::builder::run::plugin as wit;
use super::bindings::{Job, Project};
use super::settings;
use crate::api::{BuildJob, ProjectView};
use crate::events::Level;
use crate::sandbox::state::{State, Subject};
use wit::types::Attribute;

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
        Ok(settings::values(&self.view()?.settings, &key)
            .into_iter()
            .next())
    }

    fn setting_values(
        &mut self,
        _: Resource<Project>,
        key: String,
    ) -> wasmtime::Result<Vec<String>> {
        Ok(settings::values(&self.view()?.settings, &key))
    }

    fn settings(&mut self, _: Resource<Project>) -> wasmtime::Result<Vec<Attribute>> {
        Ok(settings::attributes(&self.view()?.settings))
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
