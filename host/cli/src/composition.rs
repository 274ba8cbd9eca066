//! What is run, with its imports linked to the project's components and to files
//! given by flag.

use std::fs;
use std::path::{Path, PathBuf};

use run_files::atomic;
use run_project::{Component, Project};
use run_runtime::Wasm;
use run_runtime::compose::{self, Choice, Composed, CompositionCache, Content, Part};

use crate::args::Linking;
use crate::failure::{CommandError, Failure};
use crate::progress::bytes;
use crate::project;
use crate::shell::Shell;

/// What a command runs.
pub(crate) enum Runnable {
    /// A file as it is, which need not even be read.
    File(PathBuf),
    /// What was composed.
    Wasm(Wasm),
}

/// What `exec` runs: `target` is what was typed and `file` where that lies. A
/// file alone is run as it is, and no `run.toml` is read for it.
pub(crate) fn of_target(
    target: &str,
    file: &Path,
    linking: &Linking,
    shell: &Shell,
) -> Result<Runnable, Failure> {
    let by_name = !is_there(Path::new(target));
    let names_component = linking.with.iter().any(|with| !is_there(Path::new(with)));
    let project = if by_name || linking.compose || names_component {
        Some(project::find()?)
    } else {
        None
    };
    let root = match &project {
        Some(project) if by_name => project.manifest.component(target),
        Some(project) => component_at(project, file),
        None => None,
    };
    let mut others = match &project {
        Some(project) => components(project, root),
        None => Vec::new(),
    };
    for with in &linking.with {
        give(with, root, &mut others)?;
    }
    if others.is_empty() {
        return Ok(Runnable::File(file.to_owned()));
    }
    composed(root_part(root, file)?, others, shell).map(Runnable::Wasm)
}

/// A component of the project, composed.
pub(crate) fn of_component(
    project: &Project,
    component: &Component,
    shell: &Shell,
) -> Result<Runnable, Failure> {
    let file = project::artifact(project, component);
    let others = components(project, Some(component));
    if others.is_empty() {
        return Ok(Runnable::File(file));
    }
    composed(root_part(Some(component), &file)?, others, shell).map(Runnable::Wasm)
}

/// Writes `<output_dir>/<name>.composed.wasm`.
pub(crate) fn write(
    project: &Project,
    component: &Component,
    shell: &Shell,
) -> Result<(), Failure> {
    let name = component.name.value.as_str();
    let wasm = match of_component(project, component, shell)? {
        Runnable::File(file) => Wasm::read(&file)?,
        Runnable::Wasm(wasm) => wasm,
    };
    let dir = project::output_dir(project);
    let path = dir.join(format!("{name}.composed.wasm"));
    fs::create_dir_all(&dir)
        .and_then(|()| atomic::write(&path, wasm.bytes()))
        .map_err(|error| CommandError::io(format!("cannot write `{}`", path.display()), &error))?;
    let shown = path.strip_prefix(&project.root).unwrap_or(&path);
    let size = bytes(wasm.bytes().len() as u64);
    shell.status(
        "Composed",
        &format!("{name} → {} ({size})", shown.display()),
    );
    Ok(())
}

/// What is deployed: the components that are named, else each that no other
/// imports from, with what it imports composed into it.
pub(crate) fn deployable<'p>(
    project: &'p Project,
    named: &[String],
    shell: &Shell,
) -> Result<Vec<(&'p Component, Wasm)>, Failure> {
    let mut found = Vec::new();
    let mut providers = Vec::new();
    for component in project::components(project, named)? {
        let name = component.name.value.as_str();
        let file = project::artifact(project, component);
        if !is_there(&file) {
            return Err(CommandError::new(
                format!(
                    "the component `{name}` is not built: `{}` is not there",
                    file.display()
                ),
                "build it first: `run v2 deploy --build`",
            )
            .into());
        }
        let others = components(project, Some(component));
        let (wasm, links) = linked(root_part(Some(component), &file)?, others, shell)?;
        providers.extend(links.into_iter().map(|link| link.provider));
        found.push((component, wasm));
    }
    if named.is_empty() {
        found.retain(|(component, _)| {
            let name = component.name.value.as_str();
            !providers.iter().any(|provider| provider == name)
        });
    }
    Ok(found)
}

fn composed(root: Part, others: Vec<Part>, shell: &Shell) -> Result<Wasm, Failure> {
    linked(root, others, shell).map(|(wasm, _)| wasm)
}

fn linked(
    root: Part,
    others: Vec<Part>,
    shell: &Shell,
) -> Result<(Wasm, Vec<compose::Link>), Failure> {
    let Composed {
        wasm,
        links,
        idle_choices,
    } = compose::compose(root, others, &CompositionCache::user())?;
    for link in &links {
        shell.detail(&format!(
            "linked `{}` to `{}`: {}",
            link.importer, link.provider, link.export
        ));
    }
    for (component, import) in idle_choices {
        shell.warn(&format!(
            "`imports` of the component `{component}` has `{import}`, which it does not import"
        ));
    }
    Ok((wasm, links))
}

fn root_part(component: Option<&Component>, file: &Path) -> Result<Part, Failure> {
    let content = Content::Wasm(Wasm::read(file)?);
    Ok(match component {
        Some(component) => part(component, content),
        None => unnamed(file.display().to_string(), content, false),
    })
}

/// All components but `root`.
fn components(project: &Project, root: Option<&Component>) -> Vec<Part> {
    let is_root =
        |component: &Component| root.is_some_and(|root| root.name.value == component.name.value);
    project
        .manifest
        .components
        .iter()
        .filter(|component| !is_root(component))
        .map(|component| {
            let file = project::artifact(project, component);
            let content = if !component.enabled {
                Content::Disabled
            } else if is_there(&file) {
                Content::File(file)
            } else {
                Content::NotBuilt(file)
            };
            part(component, content)
        })
        .collect()
}

fn part(component: &Component, content: Content) -> Part {
    let choice = |(import, provider): &(run_project::Spanned<String>, _)| Choice {
        import: import.value.clone(),
        provider: run_project::Spanned::<String>::clone(provider).value,
    };
    Part {
        choices: component.imports.iter().map(choice).collect(),
        ..unnamed(component.name.value.as_str().to_owned(), content, false)
    }
}

fn unnamed(name: String, content: Content, given: bool) -> Part {
    Part {
        name,
        content,
        choices: Vec::new(),
        given,
    }
}

/// Takes in what `--with` names: a file, or one of the project's components.
fn give(with: &str, root: Option<&Component>, others: &mut Vec<Part>) -> Result<(), Failure> {
    let path = Path::new(with);
    if is_there(path) {
        others.push(unnamed(
            with.to_owned(),
            Content::File(path.to_owned()),
            true,
        ));
        return Ok(());
    }
    let error = |message: String, help: String| Err(CommandError::new(message, help).into());
    if root.is_some_and(|root| root.name.value.as_str() == with) {
        return error(
            format!("`--with {with}` names what is run"),
            "name another component, which provides what it imports".to_owned(),
        );
    }
    let Some(part) = others.iter_mut().find(|part| part.name == with) else {
        let names: Vec<_> = others.iter().map(|part| part.name.as_str()).collect();
        return error(
            format!("`--with {with}` names neither a file nor a component"),
            project::one_of(with, &names),
        );
    };
    match &part.content {
        Content::Disabled => error(
            format!("`--with {with}` names a component that is disabled"),
            format!("remove `enabled = false` from `{with}` in run.toml, or name its file"),
        ),
        Content::NotBuilt(path) => error(
            format!(
                "the component `{with}` is not built: `{}` is not there",
                path.display()
            ),
            format!("build it with `run v2 build --component {with}`"),
        ),
        Content::File(_) | Content::Wasm(_) => {
            part.given = true;
            Ok(())
        }
    }
}

/// The component whose file this is.
fn component_at<'p>(project: &'p Project, file: &Path) -> Option<&'p Component> {
    let file = fs::canonicalize(file).ok()?;
    let same = |path: PathBuf| fs::canonicalize(path).is_ok_and(|path| path == file);
    project
        .manifest
        .components
        .iter()
        .find(|component| same(project::artifact(project, component)))
}

/// Whether there is a file that can be read: this one, or for `x.wasm` its text
/// `x.wat`. A name alone is not one because a text of that name lies beside.
pub(crate) fn is_there(path: &Path) -> bool {
    let text = || {
        path.extension()
            .is_some_and(|extension| extension == "wasm")
            && path.with_extension("wat").is_file()
    };
    path.is_file() || text()
}
