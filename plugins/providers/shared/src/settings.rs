//! Reading `[deploy.NAME.options]`.

use std::ops::RangeInclusive;

use run_plugin_api::provider::Job;
use run_plugin_api::{Error, Result};

/// Where settings come from: the host, or a test.
pub trait Source {
    /// The value of a setting, where it is set or has a default.
    fn one(&self, key: &str) -> Option<String>;

    /// Every value of a setting that has several.
    fn all(&self, key: &str) -> Vec<String>;
}

impl Source for &Job {
    fn one(&self, key: &str) -> Option<String> {
        self.setting(key)
    }

    fn all(&self, key: &str) -> Vec<String> {
        self.setting_values(key)
    }
}

/// The entries of a table, which come as `name=value`.
#[must_use]
pub fn pairs(texts: Vec<String>) -> Vec<(String, String)> {
    texts
        .into_iter()
        .map(|text| match text.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (text, String::new()),
        })
        .collect()
}

/// A whole number in a range, where it is set.
///
/// # Errors
/// It is no number, or outside of the range.
pub fn number(source: &impl Source, key: &str, range: RangeInclusive<u32>) -> Result<Option<u32>> {
    let Some(text) = source.one(key) else {
        return Ok(None);
    };
    match text.parse() {
        Ok(number) if range.contains(&number) => Ok(Some(number)),
        _ => Err(Error::invalid_input(format!(
            "`{key}` is {text}: expected {} to {}",
            range.start(),
            range.end()
        ))),
    }
}
