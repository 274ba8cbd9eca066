//! One project with a language's components of all cases.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::case::Case;
use super::language::{Language, Together};
use super::wit;
use crate::Scratch;

/// The component that modules are put into together.
pub(super) const TOGETHER: &str = "together";

/// The project's directory, with `run.toml` still to be written.
pub(super) struct Project {
    pub(super) scratch: Scratch,
    language: &'static Language,
    manifest: String,
    /// Components that are to be built.
    pub(super) sources: Vec<String>,
}

impl Project {
    pub(super) fn new(language: &'static Language) -> Self {
        let manifest = "[project]\nname = \"conformance\"\nversion = \"0.1.0\"\n".to_owned();
        Self {
            scratch: Scratch::new(),
            language,
            manifest,
            sources: Vec::new(),
        }
    }

    /// The component that a case's functions are called in.
    pub(super) fn component(&self, case: &Case) -> String {
        match &case.expected.of {
            Some(other) => other.clone(),
            None if case.is_module() && self.language.together.is_some() => TOGETHER.to_owned(),
            None => case.name.clone(),
        }
    }

    /// Adds everything that these cases need. `helpers` has providers that were
    /// built already; without it they are built here.
    pub(super) fn add(&mut self, cases: &[&Case], helpers: Option<&Path>) {
        for case in cases.iter().filter(|case| case.expected.of.is_none()) {
            self.copy(case);
            if let Some(world) = &case.expected.provider {
                self.provider(case, world, helpers);
            }
        }
        let (modules, others): (Vec<&Case>, Vec<&Case>) = cases
            .iter()
            .copied()
            .filter(|case| case.expected.of.is_none())
            .partition(|case| case.is_module());
        match self.language.together {
            Some(together) if !modules.is_empty() => self.together(&modules, together),
            _ => modules.iter().for_each(|case| self.alone(case)),
        }
        for case in others {
            match &case.expected.template {
                Some(template) => self.template(case, template),
                None => self.alone(case),
            }
        }
    }

    /// The case's files, with the WIT where a package has it.
    fn copy(&self, case: &Case) {
        let at = self.scratch.path().join(&case.name);
        for part in [self.language.name, "provider"] {
            let from = case.directory.join(part);
            if from.is_dir() {
                let to = at.join(part);
                fs::create_dir_all(&to).expect("a directory");
                crate::project::copy(&from, &to);
            }
        }
        if let Ok(text) = fs::read_to_string(case.directory.join("world.wit")) {
            self.scratch
                .write(&format!("{}/wit/world.wit", case.name), &text);
        }
        if case.expected.wasi {
            wit::wasi(&at.join("wit/deps"));
        }
        if case.is_any_source() {
            let path = format!("{}/{}/{}", case.name, self.language.name, self.language.any);
            self.scratch.write(&path, "");
        }
    }

    fn provider(&mut self, case: &Case, world: &str, helpers: Option<&Path>) {
        let name = format!("{}-provider", case.name);
        match helpers {
            Some(from) => {
                let file = format!("helpers/{name}.wasm");
                let to = self.scratch.path().join(&file);
                fs::create_dir_all(to.parent().expect("a directory")).expect("a directory");
                fs::copy(from.join(format!("{name}.wasm")), to).expect("it was built");
                self.line("[[component]]");
                self.entries(&[("name", &name), ("path", &file)]);
            }
            None => {
                let source = format!("{}/provider/lib.rs", case.name);
                let wit = format!("{}/wit", case.name);
                self.source(&name, &source, "rust", Some((&wit, world)));
            }
        }
    }

    fn alone(&mut self, case: &Case) {
        let name = self.language.name;
        let source = if case.is_any_source() {
            format!("{name}/{}", self.language.any)
        } else {
            case.source(name).expect("it has one")
        };
        let source = format!("{}/{source}", case.name);
        let wit = case.expected.wit.clone().or_else(|| {
            let own = case.directory.join("world.wit").is_file();
            own.then(|| format!("{}/wit", case.name))
        });
        let world = case.expected.world.as_deref().unwrap_or("case");
        let wit = wit.as_deref().map(|wit| (wit, world));
        self.source(&case.name, &source, name, wit);
    }

    /// What `init` makes, as a component of this project: so it finds what was
    /// compiled for the others.
    fn template(&mut self, case: &Case, template: &str) {
        let language = self.language.name;
        let name = &case.name;
        let made = ["init", name, "--language", language, "--template", template];
        self.scratch.run(&made).success();
        let text = self.scratch.read(&format!("{name}/run.toml"));
        let text = String::from_utf8(text).expect("UTF-8");
        let manifest: toml::Table = text.parse().expect("a run.toml");
        let component = &manifest["component"][0];
        let within = |key: &str| format!("{name}/{}", component[key].as_str().expect(key));
        let (source, wit) = (within("source"), within("wit"));
        self.source(name, &source, language, Some((&wit, "component")));
    }

    /// These cases as one component, whose world includes theirs. It is called
    /// as theirs are, because names in bindings begin with it.
    fn together(&mut self, cases: &[&Case], together: Together) {
        let mut world = String::from("package conformance:together;\n\nworld case {\n");
        let mut entry = together.head.to_owned();
        for case in cases {
            let wit = fs::read_to_string(case.directory.join("world.wit")).expect("it has one");
            let dependency = format!("{TOGETHER}/wit/deps/{}.wit", case.name);
            self.scratch.write(&dependency, &wit);
            if case.expected.wasi {
                let deps = format!("{TOGETHER}/wit/deps");
                wit::wasi(&self.scratch.path().join(deps));
            }
            writeln!(world, "  include conformance:{}/case;", case.name).expect("a string");
            let own = case.directory.join(self.language.name);
            let at = self.scratch.path().join(TOGETHER);
            let at = at.join((together.directory)(case));
            fs::create_dir_all(&at).expect("a directory");
            crate::project::copy(&own, &at);
            for file in fs::read_dir(own).expect("it has sources").flatten() {
                let path = file.path();
                let module = path.file_stem().expect("a name").to_string_lossy();
                entry.push_str(&(together.line)(&module));
            }
        }
        world.push_str("}\n");
        self.scratch
            .write(&format!("{TOGETHER}/wit/together.wit"), &world);
        self.scratch
            .write(&format!("{TOGETHER}/{}", together.entry), &entry);
        let source = format!("{TOGETHER}/{}", together.source);
        let wit = format!("{TOGETHER}/wit");
        self.source(
            TOGETHER,
            source.trim_end_matches('/'),
            self.language.name,
            Some((&wit, "case")),
        );
    }

    fn source(&mut self, name: &str, source: &str, language: &str, wit: Option<(&str, &str)>) {
        self.sources.push(name.to_owned());
        self.line("[[component]]");
        self.entries(&[("name", name), ("source", source), ("language", language)]);
        if let Some((wit, world)) = wit {
            self.entries(&[("wit", wit), ("world", world)]);
        }
    }

    /// Adds a `[[test]]`; `rest` is TOML.
    pub(super) fn test(&mut self, name: &str, component: &str, rest: &toml::Table) {
        self.line("[[test]]");
        self.entries(&[("name", name), ("component", component)]);
        self.line(rest.to_string().trim_end());
    }

    fn line(&mut self, line: &str) {
        self.manifest.push_str(line);
        self.manifest.push('\n');
    }

    fn entries(&mut self, entries: &[(&str, &str)]) {
        for (key, value) in entries {
            let value = toml::Value::from(*value);
            self.line(&format!("{key} = {value}"));
        }
    }

    /// Writes `run.toml`.
    pub(super) fn write(&self) {
        self.scratch.write("run.toml", &self.manifest);
    }
}
