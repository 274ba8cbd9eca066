//! Settings as both kinds of jobs give them.

use super::bindings::builder::run::plugin::types::Attribute;
use crate::manifest::SettingValue;

/// Every value of one setting; none where it is not set and has no default.
pub(super) fn values(settings: &[(String, SettingValue)], key: &str) -> Vec<String> {
    settings
        .iter()
        .filter(|(name, _)| name == key)
        .flat_map(|(_, value)| value.texts())
        .collect()
}

/// All of them: one that has several values is there several times.
pub(super) fn attributes(settings: &[(String, SettingValue)]) -> Vec<Attribute> {
    settings
        .iter()
        .flat_map(|(key, value)| {
            value.texts().into_iter().map(|value| Attribute {
                key: key.clone(),
                value,
            })
        })
        .collect()
}
