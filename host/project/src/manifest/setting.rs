//! Free tables that a plugin gives a meaning: `[component.settings]` and
//! `[deploy.NAME.options]`.

use crate::section::Entry;
use crate::spanned::Spanned;

/// One key of a free table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key.
    pub key: Spanned<String>,
    /// Its value.
    pub value: Spanned<SettingValue>,
}

/// The types a setting can have; those of the plugin contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    /// Text.
    String(String),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A list of texts.
    Strings(Vec<String>),
    /// A table of texts, in the order of the file.
    Table(Vec<(String, String)>),
}

pub(super) fn read(entry: Option<Entry<'_>>) -> Vec<Setting> {
    let Some(section) = entry.and_then(Entry::section) else {
        return Vec::new();
    };
    let setting = |entry: Entry<'_>| {
        let key = entry.key.clone().map(str::to_owned);
        Some(Setting {
            key,
            value: value(entry)?,
        })
    };
    section.entries().filter_map(setting).collect()
}

fn value(entry: Entry<'_>) -> Option<Spanned<SettingValue>> {
    if entry.is_string() {
        Some(entry.string()?.map(SettingValue::String))
    } else if entry.is_boolean() {
        Some(entry.boolean()?.map(SettingValue::Bool))
    } else if entry.is_integer() {
        Some(
            entry
                .integer(i64::MIN..=i64::MAX)?
                .map(SettingValue::Integer),
        )
    } else if entry.is_array() {
        let span = entry.span.clone();
        let texts = entry.strings().into_iter().map(|text| text.value).collect();
        Some(Spanned::new(SettingValue::Strings(texts), span))
    } else if entry.is_table() {
        let span = entry.span.clone();
        let pair = |entry: Entry<'_>| Some((entry.key.value.to_owned(), entry.string()?.value));
        let pairs = entry.section()?.entries().filter_map(pair).collect();
        Some(Spanned::new(SettingValue::Table(pairs), span))
    } else {
        entry.wrong_type(
            "a string, true or false, an integer, an array of strings or a table of strings",
        )
    }
}
