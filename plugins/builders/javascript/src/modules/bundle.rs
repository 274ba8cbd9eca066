//! One script of many modules, and the way back from its lines to theirs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::prelude::Prelude;
use crate::request::shown;

use super::graph::{Graph, Meant, Module};
use super::parse::Kind;

/// What becomes of the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// It is run while the component is built, and its exports are the
    /// component's.
    Exports,
    /// It is a program: it is run when the component is.
    Program,
}

pub(crate) struct Bundle {
    pub(crate) text: String,
    /// For each line of the text, the file and line it is from.
    lines: Vec<Option<(usize, u32)>>,
    paths: Vec<PathBuf>,
}

/// Before the modules: how they find each other.
const LOADER: &str = include_str!("../scripts/loader.js");

/// Makes one module of all of them. The prelude is run first.
pub(crate) fn bundle(graph: &Graph, prelude: &Prelude, shape: Shape) -> Bundle {
    let mut out = Writer::default();
    let mut natives: BTreeMap<&str, usize> = BTreeMap::new();
    let meant = graph
        .modules
        .iter()
        .flat_map(|module| module.means.values());
    for name in prelude
        .imports
        .iter()
        .map(String::as_str)
        .chain(meant.filter_map(native))
    {
        let next = natives.len();
        natives.entry(name).or_insert(next);
    }
    for (name, index) in &natives {
        out.line(&format!(
            "import * as __native{index} from {};",
            quoted(name)
        ));
    }
    out.line("const __natives = {");
    for (name, index) in &natives {
        out.line(&format!("{}: __native{index},", quoted(name)));
    }
    out.line("};");
    let paths: Vec<_> = graph
        .modules
        .iter()
        .map(|module| shown(&module.path))
        .collect();
    out.text(LOADER);
    out.text(&prelude.text);
    for (index, module) in graph.modules.iter().enumerate() {
        out.module(index, module);
    }
    // Where the modules' lines are, for stacks.
    let table = out.table();
    out.line(&format!("__run.where({}, {table});", json(&paths)));
    match shape {
        Shape::Exports => {
            out.line("const __entry = __run.load(0);");
            for (index, name) in graph.exports().keys().enumerate() {
                let name = quoted(name);
                let value = match prelude.converts {
                    true => format!("__wide.exported({name}, __entry[{name}])"),
                    false => format!("__entry[{name}]"),
                };
                out.line(&format!("const __e{index} = {value};"));
                out.line(&format!("export {{ __e{index} as {name} }};"));
            }
        }
        Shape::Program => {
            out.line("export const run = { run() { __run.program(); } };");
        }
    }
    Bundle {
        text: out.out,
        lines: out.lines,
        paths: graph
            .modules
            .iter()
            .map(|module| module.path.clone())
            .collect(),
    }
}

impl Bundle {
    /// The file and line that a line of the script is from.
    pub(crate) fn place(&self, line: u32) -> Option<(&Path, u32)> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let (module, line) = (*self.lines.get(index)?)?;
        Some((&self.paths[module], line))
    }
}

fn native(meant: &Meant) -> Option<&str> {
    match meant {
        Meant::Native(name) => Some(name),
        Meant::Module(_) => None,
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn json(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

#[derive(Default)]
struct Writer {
    out: String,
    lines: Vec<Option<(usize, u32)>>,
}

impl Writer {
    fn line(&mut self, text: &str) {
        self.push(text, None);
    }

    fn text(&mut self, text: &str) {
        for line in text.lines() {
            self.push(line, None);
        }
    }

    fn push(&mut self, line: &str, from: Option<(usize, u32)>) {
        self.out.push_str(line);
        self.out.push('\n');
        self.lines.push(from);
    }

    fn module(&mut self, index: usize, module: &Module) {
        let mut means = String::new();
        for (specifier, meant) in &module.means {
            let value = match meant {
                Meant::Module(index) => index.to_string(),
                Meant::Native(name) => quoted(name),
            };
            write!(means, "{}: {value}, ", quoted(specifier)).ok();
        }
        let parameters = match module.parsed.kind {
            Kind::Module => {
                "__vite_ssr_exports__, __vite_ssr_import__, __vite_ssr_exportAll__, \
                 __vite_ssr_dynamic_import__, __vite_ssr_import_meta__"
            }
            Kind::CommonJs => "exports, require, module, __vite_ssr_dynamic_import__",
            Kind::Json => "",
        };
        let kind = match module.parsed.kind {
            Kind::Module => "module",
            Kind::CommonJs => "commonjs",
            Kind::Json => "json",
        };
        self.line(&format!(
            "__run.{kind}({index}, {{ {means}}}, function ({parameters}) {{"
        ));
        if module.parsed.kind == Kind::Json {
            self.push(&format!("return {};", module.parsed.code), Some((index, 1)));
        } else {
            for (line, from) in module.parsed.code.lines().zip(&module.parsed.lines) {
                self.push(line, (*from > 0).then_some((index, *from)));
            }
        }
        self.line("});");
    }

    /// For each line, what to add to the module and the line of the one before:
    /// short enough to go into every component.
    fn table(&self) -> String {
        let mut table = String::from("\"");
        let mut last = (0_i64, 0_i64);
        for from in &self.lines {
            let Some((module, line)) = from else {
                table.push(';');
                continue;
            };
            let now = (i64::try_from(*module).unwrap_or(0), i64::from(*line));
            let (module, line) = (now.0 - last.0, now.1 - last.1);
            last = now;
            match module {
                0 => write!(table, "{line};").ok(),
                _ => write!(table, "{line},{module};").ok(),
            };
        }
        table.push('"');
        table
    }
}
