//! `wasi:keyvalue`: one store, the default one, in memory.

use std::collections::BTreeMap;

use wasmtime::component::Resource;

use super::wasi::keyvalue::{atomics, batch, store};
use crate::sandbox::State;

/// A handle to the store; there is only one.
pub struct Bucket;

/// What the store holds: it counts against the guest's memory.
pub(crate) type Buckets = BTreeMap<String, Vec<u8>>;

type Outcome<T> = wasmtime::Result<Result<T, store::Error>>;

/// How many keys one answer lists.
const PAGE: usize = 1_000;

impl State {
    fn put(&mut self, key: String, value: Vec<u8>) -> wasmtime::Result<()> {
        self.growth.take_memory(key.len() + value.len())?;
        self.buckets.insert(key, value);
        Ok(())
    }
}

impl store::Host for State {
    fn open(&mut self, identifier: String) -> Outcome<Resource<Bucket>> {
        if !identifier.is_empty() {
            return Ok(Err(store::Error::NoSuchStore));
        }
        Ok(Ok(self.table().push(Bucket)?))
    }
}

impl store::HostBucket for State {
    fn get(&mut self, _: Resource<Bucket>, key: String) -> Outcome<Option<Vec<u8>>> {
        Ok(Ok(self.buckets.get(&key).cloned()))
    }

    fn set(&mut self, _: Resource<Bucket>, key: String, value: Vec<u8>) -> Outcome<()> {
        self.put(key, value)?;
        Ok(Ok(()))
    }

    fn delete(&mut self, _: Resource<Bucket>, key: String) -> Outcome<()> {
        self.buckets.remove(&key);
        Ok(Ok(()))
    }

    fn exists(&mut self, _: Resource<Bucket>, key: String) -> Outcome<bool> {
        Ok(Ok(self.buckets.contains_key(&key)))
    }

    fn list_keys(
        &mut self,
        _: Resource<Bucket>,
        cursor: Option<u64>,
    ) -> Outcome<store::KeyResponse> {
        let start = usize::try_from(cursor.unwrap_or(0)).unwrap_or(usize::MAX);
        let keys: Vec<_> = self
            .buckets
            .keys()
            .skip(start)
            .take(PAGE)
            .cloned()
            .collect();
        let end = start.saturating_add(keys.len());
        Ok(Ok(store::KeyResponse {
            cursor: (end < self.buckets.len()).then_some(end as u64),
            keys,
        }))
    }

    fn drop(&mut self, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        self.table().delete(bucket)?;
        Ok(())
    }
}

impl atomics::Host for State {
    fn increment(&mut self, _: Resource<Bucket>, key: String, delta: u64) -> Outcome<u64> {
        let now = match self.buckets.get(&key) {
            None => Some(0),
            Some(bytes) => std::str::from_utf8(bytes)
                .ok()
                .and_then(|text| text.parse::<u64>().ok()),
        };
        let Some(sum) = now.and_then(|now| now.checked_add(delta)) else {
            return Ok(Err(store::Error::Other(format!(
                "`{key}` does not hold a number that can grow by {delta}"
            ))));
        };
        self.put(key, sum.to_string().into_bytes())?;
        Ok(Ok(sum))
    }
}

impl batch::Host for State {
    fn get_many(
        &mut self,
        _: Resource<Bucket>,
        keys: Vec<String>,
    ) -> Outcome<Vec<Option<(String, Vec<u8>)>>> {
        let found = keys.into_iter().map(|key| {
            let value = self.buckets.get(&key)?.clone();
            Some((key, value))
        });
        Ok(Ok(found.collect()))
    }

    fn set_many(&mut self, _: Resource<Bucket>, pairs: Vec<(String, Vec<u8>)>) -> Outcome<()> {
        for (key, value) in pairs {
            self.put(key, value)?;
        }
        Ok(Ok(()))
    }

    fn delete_many(&mut self, _: Resource<Bucket>, keys: Vec<String>) -> Outcome<()> {
        for key in keys {
            self.buckets.remove(&key);
        }
        Ok(Ok(()))
    }
}
