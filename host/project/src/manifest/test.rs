//! `[[test]]`, and `[tests.NAME]` which means the same.

use std::time::Duration;

use crate::problem::problem;
use crate::section::{Entry, Section};
use crate::spanned::Spanned;
use crate::value::{duration, sentence};

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
    /// `expected_exit`, also spelt `expect_exit`: the code it exits with.
    pub expected_exit: Option<Spanned<u8>>,
    /// `stdin`: what it can read.
    pub stdin: Option<String>,
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
        let expect_error = section.take("expect_error");
        conflicts(
            &section,
            expected.as_ref(),
            expect_error.as_ref(),
            function.is_some(),
        );
        let exit = section.take_one_of(&["expected_exit", "expect_exit"]);
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
            expect_error: expect_error.and_then(ExpectedError::read),
            expected_stdout: section.take("expected_stdout").and_then(Entry::string),
            expected_exit: exit
                .and_then(|exit| Some(Spanned::new(u8::try_from(exit.value).ok()?, exit.span))),
            stdin: section
                .take("stdin")
                .and_then(Entry::string)
                .map(|text| text.value),
            timeout: timeout.map(|timeout| timeout.value),
        };
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

fn conflicts(
    section: &Section<'_>,
    expected: Option<&Entry<'_>>,
    error: Option<&Entry<'_>>,
    has_function: bool,
) {
    let code = section.problems.codes.conflict;
    if let (Some(expected), Some(error)) = (expected, error) {
        let message = format!("a call that returns `{}` does not fail", expected.key.value);
        section
            .problems
            .error(problem(code, message, error.key.span.clone()).help("keep one of the two"));
    }
    if let (Some(expected), false) = (expected, has_function) {
        let message = format!("`{}` is what a function returns", expected.key.value);
        section.problems.error(
            problem(code, message, expected.key.span.clone())
                .help("add `function`, or compare `expected_stdout` or `expected_exit`"),
        );
    }
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
