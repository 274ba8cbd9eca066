//! Every module that an entry reaches.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use run_plugin_api::{Diagnostic, Error, Result, events, files};

use super::parse::{Exported, Parsed, parse};
use super::resolve::Files;
use crate::place::Source;

/// The imports of the world, by every name a source may call them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Natives(pub(crate) BTreeMap<String, String>);

impl Natives {
    /// The full name of an import, with or without its version.
    pub(crate) fn find(&self, specifier: &str) -> Option<&str> {
        self.0.get(specifier).map(String::as_str)
    }
}

/// What a specifier of a module stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meant {
    /// Another module of the graph.
    Module(usize),
    /// An import of the world.
    Native(String),
}

pub(crate) struct Module {
    pub(crate) path: PathBuf,
    pub(crate) parsed: Parsed,
    pub(crate) means: BTreeMap<String, Meant>,
}

pub(crate) struct Graph {
    /// The entry first.
    pub(crate) modules: Vec<Module>,
    /// Everything that was read or looked at.
    pub(crate) inputs: BTreeSet<PathBuf>,
}

impl Graph {
    /// Reads the entry and all it reaches. Every specifier that leads nowhere
    /// is reported at its place.
    pub(crate) fn of(entry: &Path, natives: &Natives) -> Result<Self> {
        let mut files = Files::new();
        let mut known: HashMap<PathBuf, usize> = HashMap::from([(entry.to_owned(), 0)]);
        let mut order = vec![entry.to_owned()];
        let mut modules = Vec::new();
        let mut lost = 0;
        let mut failed = None;
        while let Some(path) = order.get(modules.len()).cloned() {
            if events::cancelled() {
                return Err(Error::cancelled());
            }
            let text = files::read_to_string(&path)?;
            let parsed = match parse(&path, &text) {
                Ok(parsed) => parsed,
                Err(error) => {
                    failed.get_or_insert(error);
                    Parsed::nothing()
                }
            };
            let directory = path.parent().unwrap_or(&path).to_owned();
            let mut means = BTreeMap::new();
            for wanted in &parsed.wants {
                if means.contains_key(&wanted.specifier) {
                    continue;
                }
                if let Some(native) = natives.find(&wanted.specifier) {
                    means.insert(wanted.specifier.clone(), Meant::Native(native.to_owned()));
                    continue;
                }
                let Some(found) = files.resolve(&directory, &wanted.specifier, wanted.required)
                else {
                    let span = Source::new(&path, &text)
                        .span(wanted.span.start as usize, wanted.span.end as usize);
                    Diagnostic::error(format!("`{}` is not to be found", wanted.specifier))
                        .label(span, "")
                        .help(advice(&wanted.specifier, natives))
                        .report();
                    lost += 1;
                    continue;
                };
                let next = order.len();
                let index = *known.entry(found.clone()).or_insert_with(|| {
                    order.push(found);
                    next
                });
                means.insert(wanted.specifier.clone(), Meant::Module(index));
            }
            modules.push(Module {
                path,
                parsed,
                means,
            });
        }
        if let Some(error) = failed {
            return Err(error);
        }
        if lost > 0 {
            let s = if lost == 1 { "" } else { "s" };
            return Err(Error::failed(format!("{lost} import{s} cannot be found")));
        }
        let inputs = order.into_iter().chain(files.looked_at()).collect();
        Ok(Self { modules, inputs })
    }

    /// What the entry exports, by name, also through `export *`.
    pub(crate) fn exports(&self) -> BTreeMap<String, u32> {
        let mut found = BTreeMap::new();
        let mut seen = BTreeSet::new();
        self.collect(0, &mut found, &mut seen);
        found
    }

    fn collect(
        &self,
        module: usize,
        found: &mut BTreeMap<String, u32>,
        seen: &mut BTreeSet<usize>,
    ) {
        if !seen.insert(module) {
            return;
        }
        let Module { parsed, means, .. } = &self.modules[module];
        for Exported { name, at } in &parsed.exports {
            if module == 0 || name != "default" {
                found.entry(name.clone()).or_insert(*at);
            }
        }
        if parsed.exports_all {
            for meant in means.values() {
                if let Meant::Module(next) = meant {
                    self.collect(*next, found, seen);
                }
            }
        }
    }

    /// The first use of one of `names` that nobody defines, e.g. `fetch`.
    pub(crate) fn uses(&self, names: &[&str]) -> Option<(&Path, String, u32)> {
        self.modules.iter().find_map(|module| {
            let used = module
                .parsed
                .globals
                .iter()
                .filter(|used| names.contains(&used.name.as_str()))
                .min_by_key(|used| used.at)?;
            Some((module.path.as_path(), used.name.clone(), used.at))
        })
    }
}

fn advice(specifier: &str, natives: &Natives) -> String {
    if specifier.starts_with("node:") {
        return "modules of Node.js are not part of a component; \
                the setting `engine = \"starlingmonkey\"` does not have them either"
            .to_owned();
    }
    if specifier.contains(':') {
        let known: Vec<_> = natives
            .0
            .values()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        return if known.is_empty() {
            "the component's world has no imports".to_owned()
        } else {
            let names: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("the component's world imports {}", names.join(", "))
        };
    }
    if specifier.starts_with('.') || specifier.starts_with('/') {
        return "there is no such file in the project".to_owned();
    }
    "it is in no `node_modules` above the file: install it, e.g. with `npm install`".to_owned()
}
