//! Where a component with bindings is compiled: a copy of its packages in the
//! cache, with what is generated beside them, joined by a `go.work`. Nothing is
//! written into the user's modules.
//!
//! ```text
//! tree/           the packages, where they are below /src
//! tree/…/go.work
//! wit_component/  the module of what is generated
//! pkg/            the module that generated code imports
//! ```

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use run_builder_shared::paths::{relative, text};
use run_builder_shared::world::World;
use run_plugin_api::files::{self, FileKind};
use run_plugin_api::{Error, Result};

use crate::generated::{Generated, MODULE, Sources, signatures};
use crate::module_file::{ModuleFile, newest};
use crate::modules::Modules;
use crate::packages::Packages;
use crate::request::{Request, SOURCE_TREE};
use crate::source::{Source, go_files};

/// The language version of what is generated.
const OLDEST: &str = "1.25";
/// The module made up around files that belong to none.
const LONE: &str = "component";
/// The module that generated code imports.
const PKG: &str = "go.bytecodealliance.org/pkg";

macro_rules! pkg {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!("../bindings/pkg/", $file)))),*]
    };
}

/// Its source.
pub(crate) const PKG_FILES: &[(&str, &str)] = pkg![
    "go.mod",
    "wit/async/async.go",
    "wit/async/empty.s",
    "wit/runtime/runtime.go",
    "wit/types/future.go",
    "wit/types/option.go",
    "wit/types/result.go",
    "wit/types/stream.go",
    "wit/types/tuple.go",
    "wit/types/unit.go",
];

/// One component's workspace.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    /// The copy of the source's package: where `go` is run.
    pub(crate) directory: PathBuf,
    /// The copy of `/src`.
    pub(crate) tree: PathBuf,
    pub(crate) go_work: PathBuf,
    /// The package to build.
    pub(crate) target: String,
    /// Whether it is a program; else its exports are called.
    pub(crate) program: bool,
    /// What the module is marked with, where the component has a world.
    pub(crate) world: Option<World>,
    /// The import path of the source's package.
    pub(crate) base: String,
    /// Generated files in the copy.
    pub(crate) generated: BTreeSet<PathBuf>,
}

impl Workspace {
    /// Writes it, leaving alone what is as it was; returns it and what the
    /// component is made of.
    pub(crate) fn write(
        source: &Source,
        modules: &Modules,
        request: &Request,
    ) -> Result<(Self, Vec<String>)> {
        let package = source.package();
        let main = package.as_deref() == Some("main");
        let own_run = source.directory.join("export_wasi_cli_run").is_dir();
        let (program, world) = match &request.world {
            Some(world) if main && world.is_program() && !own_run => {
                (true, Some(world.without_run()))
            }
            Some(world) => (false, Some(world.clone())),
            None => (true, None),
        };
        let base = base(source, modules);
        let generated = world
            .as_ref()
            .map(|world| Generated::of(world, &base))
            .transpose()?;
        let (present, own) = exports(source, generated.as_ref());
        if let (Some(world), None) = (&world, &package)
            && !own.is_empty()
        {
            return Err(unimplemented(world, &base, source, &own));
        }
        let more: Vec<PathBuf> = present
            .iter()
            .map(|export| source.directory.join(export))
            .collect();
        let packages = Packages::of(source, modules, &more);

        let work = request.work();
        let tree = work.join("tree");
        // Sums that `go` found for the workspace and no module has.
        let sums = work_directory(modules, &tree).join("go.work.sum");
        let known = std::fs::read(&sums).ok();
        copy(&packages.files, &tree)?;
        if let (Some(known), None) = (known, &modules.workspace) {
            files::write(&sums, known)?;
        }
        let directory = below(&tree, &source.directory);
        let mut sources = Sources::new();
        if let Some(generated) = &generated {
            sources = generated.of_source(package.as_deref().unwrap_or_default(), &own);
            for export in &present {
                if let Some(text) = generated.of_export(export) {
                    sources.insert(format!("{export}/wit_bindings.go"), text.to_owned());
                }
            }
        }
        if source.module.is_none() {
            sources.insert(
                "go.mod".to_owned(),
                format!("module {LONE}\n\ngo {OLDEST}\n"),
            );
        }
        let go = newest(
            modules
                .all
                .iter()
                .filter_map(|module| module.go.as_deref())
                .chain([OLDEST]),
        );
        let target = match main {
            true => base.clone(),
            false => format!("{MODULE}/wit_main"),
        };
        let mut module = generated
            .as_ref()
            .map(|generated| generated.module(own.is_empty(), &go))
            .unwrap_or_default();
        if !main && generated.is_some() {
            let linked = match own.is_empty() {
                true => format!("{MODULE}/wit_exports"),
                false => base.clone(),
            };
            module.insert(
                "wit_main/main.go".to_owned(),
                format!("package main\n\nimport _ \"{linked}\"\n\nfunc main() {{}}\n"),
            );
        }
        // A module of the user's that goes by this name holds what is generated.
        let theirs = modules.all.iter().find(|other| other.path == MODULE);
        if let Some(theirs) = theirs {
            module.remove("go.mod");
            let at = below(&tree, &theirs.directory);
            for (file, text) in std::mem::take(&mut module) {
                files::write(at.join(file), text)?;
            }
        }
        let mut written = BTreeSet::new();
        for (file, text) in &sources {
            let path = directory.join(file);
            files::write(&path, text)?;
            written.insert(path);
        }
        put(&work.join(MODULE), &module)?;
        let pkg: Sources = PKG_FILES
            .iter()
            .map(|(file, text)| ((*file).to_owned(), (*text).to_owned()))
            .collect();
        put(&work.join("pkg"), &pkg)?;
        let workspace = Self {
            go_work: go_work(source, modules, &go, &work, !module.is_empty())?,
            directory,
            tree,
            target,
            program,
            world,
            base,
            generated: written,
        };
        Ok((workspace, packages.inputs))
    }
}

/// Where a directory or file of the source tree is in the copy.
fn below(tree: &Path, path: &Path) -> PathBuf {
    tree.join(path.strip_prefix(SOURCE_TREE).unwrap_or(path))
}

fn base(source: &Source, modules: &Modules) -> String {
    let (Some(directory), Some(module)) = (&source.module, modules.all.first()) else {
        return LONE.to_owned();
    };
    match source.directory.strip_prefix(directory) {
        Ok(rest) if !rest.as_os_str().is_empty() => format!("{}/{}", module.path, text(rest)),
        _ => module.path.clone(),
    }
}

/// The packages of exports that have a directory of their own, and those that
/// are in the source's package.
fn exports(source: &Source, generated: Option<&Generated>) -> (Vec<String>, Vec<String>) {
    let wanted = generated.map_or(&[][..], |generated| &generated.wanted);
    wanted
        .iter()
        .cloned()
        .partition(|export| !go_files(&source.directory.join(export)).is_empty())
}

fn unimplemented(world: &World, base: &str, source: &Source, own: &[String]) -> Error {
    let signatures = signatures(world, base).unwrap_or_default();
    let functions: Vec<String> = own
        .iter()
        .flat_map(|export| signatures.get(export).cloned().unwrap_or_default())
        .collect();
    Error::invalid_input(format!(
        "`{}` has no Go package that implements what the world `{}` exports",
        source.directory.display(),
        world.name()
    ))
    .with_help(format!(
        "write a package there, or in its directory `{}`, with:\n{}",
        own.first().map(String::as_str).unwrap_or_default(),
        functions.join("\n")
    ))
}

/// Makes the copy hold these files of the source tree and nothing else.
fn copy(wanted: &BTreeSet<PathBuf>, tree: &Path) -> Result<()> {
    let top = Path::new(SOURCE_TREE);
    let relative: BTreeSet<&Path> = wanted
        .iter()
        .filter_map(|file| file.strip_prefix(top).ok())
        .collect();
    let directories: BTreeSet<&Path> = relative
        .iter()
        .flat_map(|file| file.ancestors().skip(1))
        .collect();
    files::mirror(top, tree, &|path, kind| match kind {
        FileKind::File => relative.contains(path),
        FileKind::Directory => directories.contains(path),
    })?;
    Ok(())
}

/// Makes a directory hold these files and nothing else.
fn put(directory: &Path, sources: &Sources) -> Result<()> {
    files::create_dir(directory)?;
    for (file, text) in sources {
        files::write_if_changed(directory.join(file), text)?;
    }
    files::mirror(directory, directory, &|path, kind| match kind {
        FileKind::File => sources.contains_key(&*text(path)),
        FileKind::Directory => true,
    })?;
    Ok(())
}

/// Where the copy's `go.work` is.
fn work_directory(modules: &Modules, tree: &Path) -> PathBuf {
    match &modules.workspace {
        Some(workspace) => below(tree, workspace),
        None => tree.to_owned(),
    }
}

/// Writes the `go.work` where the user's is, or at the top of the copy.
fn go_work(
    source: &Source,
    modules: &Modules,
    go: &str,
    work: &Path,
    generated: bool,
) -> Result<PathBuf> {
    let tree = work.join("tree");
    let directory = work_directory(modules, &tree);
    let mut used: Vec<PathBuf> = modules
        .all
        .iter()
        .filter(|module| module.used)
        .map(|module| below(&tree, &module.directory))
        .collect();
    if source.module.is_none() {
        used.push(below(&tree, &source.directory));
    }
    if generated {
        used.push(work.join(MODULE));
    }
    let local = |path: &Path| match text(&relative(&directory, path)) {
        path if path.starts_with('.') => path,
        path => format!("./{path}"),
    };
    let mut out = format!("go {go}\n\n");
    for module in used {
        writeln!(out, "use \"{}\"", local(&module)).ok();
    }
    writeln!(out, "\nreplace {PKG} => \"{}\"", local(&work.join("pkg"))).ok();
    if let Some(workspace) = &modules.workspace {
        let theirs = ModuleFile::read(&workspace.join("go.work"));
        let kept = theirs
            .replacements
            .iter()
            .filter(|line| !line.contains(".run/") && !line.contains(PKG));
        for line in kept {
            writeln!(out, "{line}").ok();
        }
    }
    let path = directory.join("go.work");
    files::write(&path, out)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The generator and the module that its code imports are of one version.
    #[test]
    fn the_module_is_the_generators_own() {
        let output = std::process::Command::new(env!("CARGO"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["metadata", "--locked", "--offline", "--format-version", "1"])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let marker = "/wit-bindgen-go-";
        let start = text.find(marker).expect("the generator is a dependency");
        let begin = text[..start].rfind('"').unwrap() + 1;
        let version = start + marker.len();
        let end = version + text[version..].find('/').unwrap();
        let theirs = Path::new(&text[begin..end]).join("src/pkg");
        for (file, ours) in PKG_FILES {
            assert_eq!(
                &files::read_to_string(theirs.join(file)).unwrap(),
                ours,
                "{file}"
            );
        }
    }
}
