//! `[[test]]`, and `[tests.NAME]` which means the same.

use std::time::Duration;

use crate::problem::{Problems, problem};
use crate::section::{Entry, Section};
use crate::spanned::Spanned;
use crate::value::{ValueError, duration, quoted, sentence};

/// One call of a component and what must come of it.
#[derive(Debug, Clone)]
pub struct Test {
    /// `name`, or the key of `[tests.NAME]`. No two tests have the same.
    pub name: Option<Spanned<String>>,
    /// `component`: the name of one of the project's.
    pub component: Spanned<String>,
    /// `function`; absent, the component is run as a command.
    pub function: Option<Spanned<String>>,
    /// `args`: values as `exec` takes them, or words for a command.
    pub args: Vec<Spanned<String>>,
    /// `expected`, also spelt `expect`: the value the function returns.
    pub expected: Option<Spanned<String>>,
    /// `expect_error`: that the call fails.
    pub expect_error: Option<Spanned<ExpectedError>>,
    /// `expected_stdout`: all that it prints.
    pub expected_stdout: Option<Spanned<String>>,
    /// `expected_stderr`: all that it prints to standard error.
    pub expected_stderr: Option<Spanned<String>>,
    /// `expected_exit`, also spelt `expect_exit`: the code it exits with.
    pub expected_exit: Option<Spanned<u8>>,
    /// `stdin`: what it can read.
    pub stdin: Option<Spanned<String>>,
    /// `env`: the variables it sees, in the order of the file.
    pub env: Vec<(String, String)>,
    /// `timeout`: how long it may take, e.g. `5s`.
    pub timeout: Option<Duration>,
}

/// How a call must fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectedError {
    /// `true`: somehow.
    Any,
    /// With a message that contains this text.
    Containing(String),
}

impl Test {
    fn read(mut section: Section<'_>, name: Option<Spanned<String>>) -> Option<Self> {
        let component = section.require("component").and_then(Entry::string);
        let function = section
            .take("function")
            .and_then(|entry| entry.parse(sentence));
        let expected = section.take_one_of(&["expected", "expect"]);
        let error = section.take("expect_error");
        let exit = section.take_one_of(&["expected_exit", "expect_exit"]);
        let keys = Keys {
            expected: expected.clone(),
            error: error.clone(),
            exit: exit.clone(),
        };
        let exit = exit.and_then(|entry| entry.integer(0..=i64::from(u8::MAX)));
        let timeout = section
            .take("timeout")
            .and_then(|entry| entry.parse(duration));
        let test = Self {
            name,
            component: component.unwrap_or_else(|| Spanned::new(String::new(), 0..0)),
            function,
            args: section.take("args").map(Entry::strings).unwrap_or_default(),
            expected: expected.and_then(Entry::string),
            expect_error: error.and_then(ExpectedError::read),
            expected_stdout: section.take("expected_stdout").and_then(Entry::string),
            expected_stderr: section.take("expected_stderr").and_then(Entry::string),
            expected_exit: exit
                .and_then(|exit| Some(Spanned::new(u8::try_from(exit.value).ok()?, exit.span))),
            stdin: section.take("stdin").and_then(Entry::string),
            env: section.take("env").map(environment).unwrap_or_default(),
            timeout: timeout.map(|timeout| timeout.value),
        };
        conflicts(&test, &keys, section.problems);
        section.finish();
        Some(test)
    }
}

impl ExpectedError {
    fn read(entry: Entry<'_>) -> Option<Spanned<Self>> {
        if entry.is_boolean() {
            let any = entry.boolean()?;
            return any.value.then(|| any.map(|_| Self::Any));
        }
        if entry.is_string() {
            return Some(entry.parse(sentence)?.map(Self::Containing));
        }
        entry.wrong_type("a text of the error, or true")
    }
}

/// Keys that contradict each other, as they are written.
struct Keys<'a> {
    expected: Option<Entry<'a>>,
    error: Option<Entry<'a>>,
    exit: Option<Entry<'a>>,
}

fn conflicts(test: &Test, keys: &Keys<'_>, problems: &Problems) {
    let report = |entry: &Option<Entry<'_>>, message: &dyn Fn(&str) -> String, help: &str| {
        if let Some(entry) = entry {
            let message = message(entry.key.value);
            let at = entry.key.span.clone();
            problems.error(problem(problems.codes.conflict, message, at).help(help));
        }
    };
    let exit = test.expected_exit.as_ref().map(|exit| exit.value);
    if let (Some(expected), Some(_)) = (&keys.expected, &test.expect_error) {
        let message = format!("a call that returns `{}` does not fail", expected.key.value);
        report(&keys.error, &|_| message.clone(), "keep one of the two");
    }
    if exit == Some(0) && test.expect_error.is_some() {
        let message = |_: &str| "a command that exits with 0 does not fail".to_owned();
        report(&keys.error, &message, "keep one of the two");
    }
    if test.function.is_none() {
        report(
            &keys.expected,
            &|key| format!("`{key}` is what a function returns"),
            "add `function`, or compare `expected_stdout` or `expected_exit`",
        );
    } else if exit.is_some_and(|code| code != 0) {
        report(
            &keys.exit,
            &|key| format!("`{key}` is of a command, and `function` is called"),
            "write `expect_error`, or leave `function` out",
        );
    }
}

/// A table of variables and their values.
fn environment(entry: Entry<'_>) -> Vec<(String, String)> {
    let Some(section) = entry.section() else {
        return Vec::new();
    };
    let variable = |entry: Entry<'_>| {
        let name = entry.key.value.to_owned();
        if name.is_empty() || name.contains(['=', '\0']) {
            let error = ValueError::new(
                format!("{} cannot be the name of a variable", quoted(&name)),
                "write a name without `=`",
            );
            section
                .problems
                .bad_value("env", entry.key.span.clone(), error);
            return None;
        }
        let value = entry.parse(|value| match value.contains('\0') {
            true => Err(ValueError::new(
                "a variable cannot hold a NUL",
                "leave it out",
            )),
            false => Ok(value.to_owned()),
        })?;
        Some((name, value.value))
    };
    section.entries().filter_map(variable).collect()
}

/// Both forms, in the order of the file.
pub(super) fn read(root: &mut Section<'_>) -> Vec<Test> {
    let listed = root.take("test").map(Entry::sections).unwrap_or_default();
    let named = root
        .take("tests")
        .map(Entry::named_sections)
        .unwrap_or_default();
    let listed = listed.into_iter().filter_map(|mut section| {
        let start = section.span.start;
        let name = section.take("name").and_then(|entry| entry.parse(sentence));
        Some((start, Test::read(section, name)?))
    });
    let named = named.into_iter().filter_map(|(entry, section)| {
        let start = entry.key.span.start;
        let name = entry.key.map(str::to_owned);
        Some((start, Test::read(section, Some(name))?))
    });
    let mut tests: Vec<_> = listed.chain(named).collect();
    tests.sort_by_key(|(start, _)| *start);
    tests.into_iter().map(|(_, test)| test).collect()
}
