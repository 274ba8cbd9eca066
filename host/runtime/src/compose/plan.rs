//! Who is linked to whom, decided from names alone.

use std::collections::BTreeMap;

use run_files::Digest;

use super::choose::{self, Source};
use super::explain;
use super::parts::Parts;
use super::{ComposeError, Link};

/// The component that is composed.
pub(super) const ROOT: usize = 0;

/// A composition before any code was looked at.
pub(super) struct Plan {
    /// Every component that takes part, providers before those they provide
    /// for, so the root last.
    pub(super) order: Vec<usize>,
    sources: BTreeMap<usize, Vec<(String, Source)>>,
}

impl Plan {
    /// # Errors
    /// An import that nobody provides, or several do; a circle; a choice that
    /// cannot be followed.
    pub(super) fn new(parts: &Parts) -> Result<Self, ComposeError> {
        let mut planner = Planner {
            parts,
            path: Vec::new(),
            plan: Self {
                order: Vec::new(),
                sources: BTreeMap::new(),
            },
        };
        planner.visit(ROOT)?;
        Ok(planner.plan)
    }

    /// Where a component's imports come from, in its own order.
    pub(super) fn sources(&self, part: usize) -> &[(String, Source)] {
        self.sources.get(&part).map_or(&[], Vec::as_slice)
    }

    /// Whether the root stays as it is.
    pub(super) fn is_empty(&self) -> bool {
        self.sources(ROOT)
            .iter()
            .all(|(_, source)| *source == Source::Host)
    }

    pub(super) fn links(&self, parts: &Parts) -> Vec<Link> {
        let mut links = Vec::new();
        for &importer in self.order.iter().rev() {
            for (import, source) in self.sources(importer) {
                if let Source::Export { provider, name } = source {
                    links.push(Link {
                        importer: parts.name(importer).to_owned(),
                        import: import.clone(),
                        provider: parts.name(*provider).to_owned(),
                        export: name.clone(),
                    });
                }
            }
        }
        links
    }

    /// Keys of `imports` that name nothing their component imports.
    pub(super) fn idle_choices(&self, parts: &Parts) -> Vec<(String, String)> {
        let mut idle = Vec::new();
        for &part in self.order.iter().rev() {
            for choice in &parts.get(part).choices {
                let means =
                    |(import, _): &(String, Source)| super::name::key_means(&choice.import, import);
                if !self.sources(part).iter().any(means) {
                    idle.push((parts.name(part).to_owned(), choice.import.clone()));
                }
            }
        }
        idle
    }

    /// A digest of everything the composed bytes depend on: this program's
    /// version, the bytes of all that takes part, and who is linked to whom.
    pub(super) fn key(&self, parts: &Parts) -> Result<Digest, ComposeError> {
        let mut fields = vec![
            b"composed 1".to_vec(),
            env!("CARGO_PKG_VERSION").as_bytes().to_vec(),
        ];
        let place = |part: usize| self.order.iter().position(|&other| other == part);
        for &part in &self.order {
            fields.push(parts.wasm(part)?.digest().as_bytes().to_vec());
            let sources = self.sources(part);
            fields.push(sources.len().to_le_bytes().to_vec());
            for (import, source) in sources {
                fields.push(import.as_bytes().to_vec());
                fields.push(match source {
                    Source::Host => b"host".to_vec(),
                    Source::Types => b"types".to_vec(),
                    Source::Export { provider, name } => {
                        format!("{:?} {name}", place(*provider)).into_bytes()
                    }
                });
            }
        }
        Ok(Digest::of_fields(fields.iter().map(Vec::as_slice)))
    }
}

struct Planner<'p> {
    parts: &'p Parts,
    /// From the root to the component that is looked at, each with the import
    /// that led on from it.
    path: Vec<(usize, String)>,
    plan: Plan,
}

impl Planner<'_> {
    fn visit(&mut self, part: usize) -> Result<(), ComposeError> {
        let mut sources = Vec::new();
        let mut missing = Vec::new();
        for import in &self.parts.outline(part)?.imports {
            match choose::source(self.parts, part, import)? {
                Some(source) => sources.push((import.name.clone(), source)),
                None => missing.push(import.name.clone()),
            }
        }
        if !missing.is_empty() {
            return explain::missing(self.parts, part, missing);
        }
        for (import, source) in &sources {
            let Source::Export { provider, .. } = source else {
                continue;
            };
            self.path.push((part, import.clone()));
            if let Some(start) = self.path.iter().position(|(on, _)| on == provider) {
                return Err(explain::cycle(self.parts, &self.path[start..]));
            }
            if !self.plan.sources.contains_key(provider) {
                self.visit(*provider)?;
            }
            self.path.pop();
        }
        self.plan.sources.insert(part, sources);
        self.plan.order.push(part);
        Ok(())
    }
}
