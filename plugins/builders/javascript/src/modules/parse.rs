//! One module: its source as a function's body that asks for what it imports.

use std::collections::HashMap;
use std::path::Path;

use oxc::allocator::{Allocator, ReplaceWith};
use oxc::ast::ast::{Argument, CallExpression, Expression, ImportExpression, Program, Statement};
use oxc::ast_visit::{Visit, VisitMut, walk, walk_mut};
use oxc::codegen::{Codegen, CodegenOptions};
use oxc::parser::Parser;
use oxc::semantic::SemanticBuilder;
use oxc::span::{SourceType, Span};
use oxc::syntax::reference::ReferenceId;
use oxc::transformer::{TransformOptions, Transformer};
use oxc::transformer_plugins::ModuleRunnerTransform;
use run_plugin_api::{Error, Result};

use crate::place::Source;

/// How a module is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `import` and `export`.
    Module,
    /// `require` and `module.exports`.
    CommonJs,
    /// A value.
    Json,
}

/// A name that a module exports, with its place in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exported {
    pub(crate) name: String,
    pub(crate) at: u32,
}

/// Something a module asks for by name.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) specifier: String,
    pub(crate) span: Span,
    /// Asked for by `require`, which packages may answer differently.
    pub(crate) required: bool,
}

pub(crate) struct Parsed {
    pub(crate) kind: Kind,
    pub(crate) code: String,
    /// For each line of the code, the line of the source it is from, from 1;
    /// 0 for none.
    pub(crate) lines: Vec<u32>,
    pub(crate) wants: Vec<Wanted>,
    pub(crate) exports: Vec<Exported>,
    /// Whether it passes on what another module exports, unnamed.
    pub(crate) exports_all: bool,
    /// Names it uses and nobody defines, e.g. `fetch`, with their place.
    pub(crate) globals: Vec<Exported>,
}

/// Reads a module's text; what is wrong with it is reported first.
pub(crate) fn parse(path: &Path, text: &str) -> Result<Parsed> {
    if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        return json(path, text);
    }
    let source_type = SourceType::from_path(path).map_err(|_| {
        Error::invalid_input(format!(
            "`{}` is neither JavaScript nor TypeScript nor JSON",
            crate::request::shown(path)
        ))
    })?;
    let source = Source::new(path, text);
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, source_type).parse();
    source.check(path, parsed.diagnostics.iter())?;
    let mut program = parsed.program;
    let is_module = parsed.module_record.has_module_syntax;

    let checked = SemanticBuilder::new()
        .with_check_syntax_error(true)
        .with_enum_eval(true)
        .build(&program);
    source.check(path, checked.diagnostics.iter())?;
    let mut scoping = checked.semantic.into_scoping();
    if source_type.is_typescript() || source_type.is_jsx() {
        let mut options = TransformOptions::default();
        options.typescript.allow_namespaces = true;
        options.decorator.legacy = true;
        let transformed =
            Transformer::new(&allocator, path, &options).build_with_scoping(scoping, &mut program);
        source.check(path, transformed.diagnostics.iter())?;
        scoping = transformed.scoping;
    }

    let mut seen = Seen::default();
    seen.visit_program(&program);
    let (exports, exports_all) = exports(&program, &mut seen.wants);
    let is_commonjs = !is_module && seen.commonjs;
    if is_module {
        seen.wants.retain(|wanted| !wanted.required);
    }
    if let Some(span) = seen.awaits {
        source.report(
            path,
            span,
            "`await` outside a function is not to be had here",
            "modules are run once, while the component is built, and nothing can be waited for then",
        );
        return Err(Error::failed(format!(
            "`{}` waits while it is loaded",
            crate::request::shown(path)
        )));
    }
    let mut globals: Vec<Exported> = scoping
        .root_unresolved_references()
        .iter()
        .map(|(name, references)| Exported {
            name: name.to_string(),
            at: references
                .first()
                .and_then(|id| seen.names.get(id).copied())
                .unwrap_or(0),
        })
        .collect();
    globals.extend(seen.waits.map(|at| Exported {
        name: "await".to_owned(),
        at,
    }));
    ModuleRunnerTransform::new().transform(&allocator, &mut program, scoping);
    NoWaiting.visit_program(&mut program);

    let made = Codegen::new()
        .with_options(CodegenOptions {
            source_map_path: Some(path.to_owned()),
            ..CodegenOptions::default()
        })
        .build(&program);
    let mut lines = vec![0; made.code.lines().count()];
    for token in made.map.iter().flat_map(|map| map.get_tokens()) {
        if let Some(line @ 0) = lines.get_mut(token.get_dst_line() as usize) {
            *line = token.get_src_line() + 1;
        }
    }
    Ok(Parsed {
        kind: if is_commonjs {
            Kind::CommonJs
        } else {
            Kind::Module
        },
        code: made.code,
        lines,
        wants: seen.wants,
        exports,
        exports_all,
        globals,
    })
}

impl Parsed {
    /// What stands for a module that has errors.
    pub(crate) fn nothing() -> Self {
        Self {
            kind: Kind::Module,
            code: String::new(),
            lines: Vec::new(),
            wants: Vec::new(),
            exports: Vec::new(),
            exports_all: false,
            globals: Vec::new(),
        }
    }
}

fn json(path: &Path, text: &str) -> Result<Parsed> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        crate::place::report(
            path,
            u32::try_from(line).unwrap_or(1),
            u32::try_from(column.max(1)).unwrap_or(1),
            &format!("this is not JSON: {error}"),
        );
        Error::failed(format!("`{}` is not JSON", crate::request::shown(path)))
    })?;
    Ok(Parsed {
        kind: Kind::Json,
        code: value.to_string(),
        lines: vec![1],
        wants: Vec::new(),
        exports: vec![Exported {
            name: "default".to_owned(),
            at: 0,
        }],
        exports_all: false,
        globals: Vec::new(),
    })
}

/// The names that a module exports; what it asks for with `import` and `export
/// … from` is added to `wants`.
fn exports(program: &Program<'_>, wants: &mut Vec<Wanted>) -> (Vec<Exported>, bool) {
    let mut names = Vec::new();
    let mut all = false;
    let mut want = |specifier: &str, span: Span| {
        wants.push(Wanted {
            specifier: specifier.to_owned(),
            span,
            required: false,
        });
    };
    let mut export = |name: &str, span: Span| {
        names.push(Exported {
            name: name.to_owned(),
            at: span.start,
        });
    };
    for statement in &program.body {
        match statement {
            Statement::ImportDeclaration(import) => {
                want(&import.source.value, import.source.span);
            }
            Statement::ExportAllDeclaration(exported) => {
                want(&exported.source.value, exported.source.span);
                match &exported.exported {
                    Some(name) => export(&name.name(), exported.span),
                    None => all = true,
                }
            }
            Statement::ExportFromDeclaration(exported) => {
                want(&exported.source.value, exported.source.span);
                for specifier in &exported.specifiers {
                    export(&specifier.exported.name(), specifier.span);
                }
            }
            Statement::ExportNamedDeclaration(exported) => {
                for specifier in &exported.specifiers {
                    export(&specifier.exported.name(), specifier.span);
                }
            }
            Statement::ExportDeclaration(exported) => {
                use oxc_ecmascript::BoundNames;
                exported.declaration.bound_names(&mut |ident| {
                    export(&ident.name, ident.span);
                });
            }
            Statement::ExportDefaultDeclaration(exported) => export("default", exported.span),
            _ => {}
        }
    }
    (names, all)
}

/// What a walk through a module finds.
#[derive(Default)]
struct Seen {
    wants: Vec<Wanted>,
    commonjs: bool,
    /// Where it waits outside any function.
    awaits: Option<Span>,
    /// Where it waits at all.
    waits: Option<u32>,
    depth: usize,
    /// Where each name is used.
    names: HashMap<ReferenceId, u32>,
}

impl<'a> Visit<'a> for Seen {
    fn visit_function(
        &mut self,
        function: &oxc::ast::ast::Function<'a>,
        flags: oxc::syntax::scope::ScopeFlags,
    ) {
        self.depth += 1;
        walk::walk_function(self, function, flags);
        self.depth -= 1;
    }

    fn visit_arrow_function_expression(
        &mut self,
        function: &oxc::ast::ast::ArrowFunctionExpression<'a>,
    ) {
        self.depth += 1;
        walk::walk_arrow_function_expression(self, function);
        self.depth -= 1;
    }

    fn visit_await_expression(&mut self, expression: &oxc::ast::ast::AwaitExpression<'a>) {
        if self.depth == 0 {
            self.awaits.get_or_insert(expression.span);
        }
        self.waits.get_or_insert(expression.span.start);
        walk::walk_await_expression(self, expression);
    }

    fn visit_for_of_statement(&mut self, statement: &oxc::ast::ast::ForOfStatement<'a>) {
        if self.depth == 0 && statement.r#await {
            self.awaits.get_or_insert(statement.span);
        }
        walk::walk_for_of_statement(self, statement);
    }

    fn visit_identifier_reference(&mut self, ident: &oxc::ast::ast::IdentifierReference<'a>) {
        if matches!(&*ident.name, "module" | "exports" | "require") {
            self.commonjs = true;
        }
        if let Some(id) = ident.reference_id.get() {
            self.names.insert(id, ident.span.start);
        }
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if let (Expression::Identifier(callee), [Argument::StringLiteral(argument)]) =
            (&call.callee, call.arguments.as_slice())
            && callee.name == "require"
        {
            self.wants.push(Wanted {
                specifier: argument.value.to_string(),
                span: argument.span,
                required: true,
            });
        }
        walk::walk_call_expression(self, call);
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        if let Expression::StringLiteral(source) = &import.source {
            self.wants.push(Wanted {
                specifier: source.value.to_string(),
                span: source.span,
                required: false,
            });
        }
        walk::walk_import_expression(self, import);
    }
}

/// Takes the `await` from what loads a module: here all of them are at hand.
struct NoWaiting;

impl<'a> VisitMut<'a> for NoWaiting {
    fn visit_expression(&mut self, expression: &mut Expression<'a>) {
        let loads = matches!(expression, Expression::AwaitExpression(wait)
            if matches!(&wait.argument, Expression::CallExpression(call)
                if matches!(&call.callee, Expression::Identifier(callee)
                    if callee.name == "__vite_ssr_import__")));
        if loads {
            expression.replace_with(|expression| match expression {
                Expression::AwaitExpression(wait) => wait.unbox().argument,
                other => other,
            });
        }
        walk_mut::walk_expression(self, expression);
    }
}
