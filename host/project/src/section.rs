//! Reads tables by their keys and reports everything that does not fit: a wrong
//! type, a missing key, and at the end every key nobody asked for.

use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::rc::Rc;
use std::str::FromStr;

use toml::de::{DeString, DeTable, DeValue};

use crate::problem::{Problem, Problems, problem};
use crate::spanned::Spanned;
use crate::value::{ValueError, quoted, suggestion};

/// A table that is being read.
pub(crate) struct Section<'a> {
    /// Its dotted path, empty at the top.
    path: Rc<str>,
    table: &'a DeTable<'a>,
    /// Its header, or its braces.
    pub(crate) span: Range<usize>,
    known: Vec<&'static str>,
    pub(crate) problems: &'a Problems,
}

/// One key of a table, with its value.
pub(crate) struct Entry<'a> {
    /// The key itself.
    pub(crate) key: Spanned<&'a str>,
    path: Path<'a>,
    /// Where the value is.
    pub(crate) span: Range<usize>,
    value: &'a DeValue<'a>,
    problems: &'a Problems,
}

/// The dotted path to a value, for messages: put together where one is written,
/// since most files have many keys and no mistakes.
#[derive(Clone)]
enum Path<'a> {
    Whole(Rc<str>),
    Key(Rc<str>, &'a str),
}

impl Path<'_> {
    fn whole(&self) -> Rc<str> {
        match self {
            Self::Whole(path) => path.clone(),
            Self::Key(section, key) if section.is_empty() => Rc::from(*key),
            Self::Key(section, key) => Rc::from(format!("{section}.{key}")),
        }
    }
}

impl<'a> Section<'a> {
    pub(crate) fn root(table: &'a DeTable<'a>, problems: &'a Problems) -> Self {
        Self {
            path: Rc::from(""),
            table,
            span: 0..0,
            known: Vec::with_capacity(16),
            problems,
        }
    }

    /// The value of `key`, if it is there.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Entry<'a>> {
        self.known.push(key);
        let (key, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some(self.entry(key, value))
    }

    /// The value of `key`, which must be there.
    pub(crate) fn require(&mut self, key: &'static str) -> Option<Entry<'a>> {
        let entry = self.take(key);
        if entry.is_none() {
            let message = match &*self.path {
                "" => format!("`[{key}]` is missing"),
                path => format!("`{path}` has no `{key}`"),
            };
            self.error(self.problems.codes.missing_key, message, "add it");
        }
        entry
    }

    /// The value of a key that has several spellings, of which one may be used.
    pub(crate) fn take_one_of(&mut self, keys: &[&'static str]) -> Option<Entry<'a>> {
        let mut found = keys
            .iter()
            .filter_map(|key| self.take(key))
            .collect::<Vec<_>>();
        if let [first, second, ..] = found.as_slice() {
            let message = format!(
                "`{}` and `{}` mean the same",
                first.key.value, second.key.value
            );
            let at = second.key.span.clone();
            self.problems
                .error(problem(self.problems.codes.conflict, message, at).help("keep one of them"));
        }
        found.truncate(1);
        found.pop()
    }

    /// Every key with its value, in the order of the file.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Entry<'a>> + use<'a, '_> {
        self.table.iter().map(|(key, value)| self.entry(key, value))
    }

    fn entry(
        &self,
        key: &'a toml::Spanned<DeString<'a>>,
        value: &'a toml::Spanned<DeValue<'a>>,
    ) -> Entry<'a> {
        Entry {
            key: Spanned::new(key.get_ref().as_ref(), key.span()),
            path: Path::Key(self.path.clone(), key.get_ref().as_ref()),
            span: value.span(),
            value: value.get_ref(),
            problems: self.problems,
        }
    }

    /// Reports an error of the table as a whole.
    pub(crate) fn error(&self, code: &'static str, message: impl Into<String>, help: &str) {
        let span = (!self.path.is_empty()).then(|| self.span.clone());
        self.problems.error(
            Problem {
                span,
                ..problem(code, message, 0..0)
            }
            .help(help),
        );
    }

    /// Reports every key that was not asked for.
    pub(crate) fn finish(self) {
        for entry in self.entries() {
            if !self.known.contains(&entry.key.value) {
                let place = match &*self.path {
                    "" => "run knows no section".to_owned(),
                    path => format!("`{path}` has no key"),
                };
                let message = format!("{place} {}", quoted(entry.key.value));
                self.problems.error(
                    problem(
                        self.problems.codes.unknown_key,
                        message,
                        entry.key.span.clone(),
                    )
                    .label("not known")
                    .help(suggestion(entry.key.value, self.known.iter().copied())),
                );
            }
        }
    }
}

impl<'a> Entry<'a> {
    /// A string, as it is.
    pub(crate) fn string(self) -> Option<Spanned<String>> {
        match self.value {
            DeValue::String(text) => Some(Spanned::new(text.to_string(), self.span)),
            _ => self.wrong_type("a string"),
        }
    }

    /// A string that `parse` makes something of.
    pub(crate) fn parse<T>(
        self,
        parse: impl FnOnce(&str) -> Result<T, ValueError>,
    ) -> Option<Spanned<T>> {
        let DeValue::String(text) = self.value else {
            return self.wrong_type("a string");
        };
        match parse(text) {
            Ok(value) => Some(Spanned::new(value, self.span)),
            Err(error) => {
                self.problems
                    .bad_value(&self.path.whole(), self.span, error);
                None
            }
        }
    }

    /// A string that is the text of a `T`.
    pub(crate) fn parsed<T: FromStr<Err = ValueError>>(self) -> Option<Spanned<T>> {
        self.parse(str::parse)
    }

    /// The key itself as a `T`.
    pub(crate) fn parsed_key<T: FromStr<Err = ValueError>>(&self) -> Option<Spanned<T>> {
        match self.key.parse() {
            Ok(value) => Some(Spanned::new(value, self.key.span.clone())),
            Err(error) => {
                let path = self.path.whole();
                let section = path.strip_suffix(&format!(".{}", self.key.value));
                self.problems
                    .bad_value(section.unwrap_or(&path), self.key.span.clone(), error);
                None
            }
        }
    }

    /// `true` or `false`.
    pub(crate) fn boolean(self) -> Option<Spanned<bool>> {
        match self.value {
            DeValue::Boolean(value) => Some(Spanned::new(*value, self.span)),
            _ => self.wrong_type("true or false"),
        }
    }

    /// A whole number within `range`.
    pub(crate) fn integer(self, range: RangeInclusive<i64>) -> Option<Spanned<i64>> {
        let DeValue::Integer(number) = self.value else {
            return self.wrong_type("an integer");
        };
        match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(value) if range.contains(&value) => Some(Spanned::new(value, self.span)),
            _ => {
                let help = format!("write a number from {} to {}", range.start(), range.end());
                let error = ValueError::new(format!("{} is out of range", number.as_str()), help);
                self.problems
                    .bad_value(&self.path.whole(), self.span, error);
                None
            }
        }
    }

    /// The elements of an array, each with its own place.
    pub(crate) fn elements(self) -> Vec<Entry<'a>> {
        let DeValue::Array(array) = self.value else {
            return self.wrong_type("an array").unwrap_or_default();
        };
        let path = self.path.whole();
        let element = |value: &'a toml::Spanned<DeValue<'a>>| Entry {
            key: self.key.clone(),
            path: Path::Whole(path.clone()),
            span: value.span(),
            value: value.get_ref(),
            problems: self.problems,
        };
        array.iter().map(element).collect()
    }

    /// An array of strings.
    pub(crate) fn strings(self) -> Vec<Spanned<String>> {
        self.elements()
            .into_iter()
            .filter_map(Entry::string)
            .collect()
    }

    /// An array of strings, each the text of a `T`.
    pub(crate) fn list<T: FromStr<Err = ValueError>>(self) -> Vec<Spanned<T>> {
        self.elements()
            .into_iter()
            .filter_map(Entry::parsed)
            .collect()
    }

    /// A table.
    pub(crate) fn section(self) -> Option<Section<'a>> {
        match self.value {
            DeValue::Table(table) => Some(Section {
                path: self.path.whole(),
                table,
                span: self.span,
                known: Vec::with_capacity(16),
                problems: self.problems,
            }),
            _ => self.wrong_type("a table"),
        }
    }

    /// An array of tables.
    pub(crate) fn sections(self) -> Vec<Section<'a>> {
        if !self.is_array() {
            let help = format!("write `[[{}]]`, with two brackets", self.path.whole());
            self.report_type("an array of tables", Some(help));
            return Vec::new();
        }
        self.elements()
            .into_iter()
            .filter_map(Entry::section)
            .collect()
    }

    /// The tables of a table, by their keys.
    pub(crate) fn named_sections(self) -> Vec<(Entry<'a>, Section<'a>)> {
        let Some(section) = self.section() else {
            return Vec::new();
        };
        let named = |entry: Entry<'a>| Some((entry.clone(), entry.section()?));
        section.entries().filter_map(named).collect()
    }

    pub(crate) const fn is_table(&self) -> bool {
        matches!(self.value, DeValue::Table(_))
    }

    pub(crate) const fn is_string(&self) -> bool {
        matches!(self.value, DeValue::String(_))
    }

    pub(crate) const fn is_boolean(&self) -> bool {
        matches!(self.value, DeValue::Boolean(_))
    }

    pub(crate) const fn is_integer(&self) -> bool {
        matches!(self.value, DeValue::Integer(_))
    }

    pub(crate) const fn is_array(&self) -> bool {
        matches!(self.value, DeValue::Array(_))
    }

    /// Reports that the value should have been `wanted`.
    pub(crate) fn wrong_type<T>(self, wanted: &str) -> Option<T> {
        self.report_type(wanted, None);
        None
    }

    fn report_type(&self, wanted: &str, help: Option<String>) {
        let path = self.path.whole();
        let message = format!("`{path}` must be {wanted}, not {}", Kind(self.value));
        let found = problem(self.problems.codes.wrong_type, message, self.span.clone());
        self.problems
            .error(Problem { help, ..found }.label(format!("expected {wanted}")));
    }
}

impl Clone for Entry<'_> {
    fn clone(&self) -> Self {
        Self {
            key: self.key.clone(),
            path: self.path.clone(),
            span: self.span.clone(),
            ..*self
        }
    }
}

/// The type of a value, as a message names it.
struct Kind<'a>(&'a DeValue<'a>);

impl fmt::Display for Kind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a number with a fraction",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        })
    }
}
