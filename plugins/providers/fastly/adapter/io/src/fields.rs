//! `wasi:http/types.fields`.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

use crate::bindings::exports::wasi::http::types as http;

type Entry = (String, Vec<u8>);

/// Headers that belong to a connection and not to a message: they are not given
/// to components and not taken from them, as in other hosts of `wasi:http`.
const FORBIDDEN: &[&str] = &[
    "connection",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// Names are in lower case.
#[derive(Clone, Default)]
pub(crate) struct Fields {
    entries: Rc<RefCell<Vec<Entry>>>,
    fixed: Rc<Cell<bool>>,
}

impl Fields {
    /// Of a message that came in.
    pub(crate) fn fixed(all: Vec<Entry>) -> Self {
        let lower = |(name, value): Entry| (name.to_ascii_lowercase(), value);
        let fields = Self::default();
        *fields.entries.borrow_mut() = all
            .into_iter()
            .map(lower)
            .filter(|(name, _)| !FORBIDDEN.contains(&name.as_str()))
            .collect();
        fields.fixed.set(true);
        fields
    }

    /// From now on they belong to a message.
    pub(crate) fn fix(&self) {
        self.fixed.set(true);
    }

    pub(crate) fn all(&self) -> Vec<Entry> {
        self.entries.borrow().clone()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.borrow().is_empty()
    }

    fn change(&self) -> Result<(), http::HeaderError> {
        match self.fixed.get() {
            true => Err(http::HeaderError::Immutable),
            false => Ok(()),
        }
    }

    fn push(&self, name: &str, value: Vec<u8>) -> Result<(), http::HeaderError> {
        let name = checked(name)?;
        let is_text = |byte: &u8| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f);
        if !value.iter().all(is_text) {
            return Err(http::HeaderError::InvalidSyntax);
        }
        self.entries.borrow_mut().push((name, value));
        Ok(())
    }

    fn remove(&self, name: &str) {
        self.entries.borrow_mut().retain(|(key, _)| key != name);
    }
}

/// The name in lower case, where it is one and may be set.
fn checked(name: &str) -> Result<String, http::HeaderError> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let name = name.to_ascii_lowercase();
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(http::HeaderError::InvalidSyntax);
    }
    match FORBIDDEN.contains(&name.as_str()) {
        true => Err(http::HeaderError::Forbidden),
        false => Ok(name),
    }
}

impl http::GuestFields for Fields {
    fn new() -> Self {
        Self::default()
    }

    fn from_list(entries: Vec<Entry>) -> Result<http::Fields, http::HeaderError> {
        let fields = Self::default();
        for (name, value) in entries {
            fields.push(&name, value)?;
        }
        Ok(http::Fields::new(fields))
    }

    fn get(&self, name: String) -> Vec<Vec<u8>> {
        let name = name.to_ascii_lowercase();
        let entries = self.entries.borrow();
        let of_name = entries.iter().filter(|(key, _)| *key == name);
        of_name.map(|(_, value)| value.clone()).collect()
    }

    fn has(&self, name: String) -> bool {
        let name = name.to_ascii_lowercase();
        self.entries.borrow().iter().any(|(key, _)| *key == name)
    }

    fn set(&self, name: String, values: Vec<Vec<u8>>) -> Result<(), http::HeaderError> {
        self.change()?;
        let name = checked(&name)?;
        self.remove(&name);
        values
            .into_iter()
            .try_for_each(|value| self.push(&name, value))
    }

    fn delete(&self, name: String) -> Result<(), http::HeaderError> {
        self.change()?;
        self.remove(&checked(&name)?);
        Ok(())
    }

    fn append(&self, name: String, value: Vec<u8>) -> Result<(), http::HeaderError> {
        self.change()?;
        self.push(&name, value)
    }

    fn entries(&self) -> Vec<Entry> {
        self.all()
    }

    fn clone(&self) -> http::Fields {
        let fields = Self::default();
        *fields.entries.borrow_mut() = self.all();
        http::Fields::new(fields)
    }
}
