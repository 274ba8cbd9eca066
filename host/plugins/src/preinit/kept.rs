//! What an initialiser left behind: globals and memories, read once through
//! the accessors that the instrumentation added.
//!
//! Reading them can fail, at a limit for example, and the rewriting that
//! follows cannot be told so: everything is read before it begins.

use std::collections::HashMap;

use wasmtime::Store;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{ComponentExportIndex, Instance, Lift, WasmList};
use wasmtime_wizer::ComponentInstanceState;

use super::Failure;
use super::cell::Cell;

/// The instance that the instrumentation exports.
pub(super) const ACCESS: &str = "wasmtime:wizer/access";

enum Value {
    S32(i32),
    S64(i64),
    F32(u32),
    F64(u64),
    Memory(Vec<u8>),
}

pub(super) struct Kept(HashMap<String, Value>);

impl Kept {
    pub(super) async fn of(store: &mut Store<Cell>, instance: &Instance) -> Result<Self, Failure> {
        let unread = |what: &str| Failure::Unsupported(format!("its {what} cannot be read"));
        let (item, access) = instance
            .get_export(&mut *store, None, ACCESS)
            .ok_or_else(|| unread("state"))?;
        let ComponentItem::ComponentInstance(item) = item else {
            return Err(unread("state"));
        };
        let names: Vec<String> = item
            .exports(store.engine())
            .map(|(name, _)| name.to_owned())
            .collect();
        let mut kept = HashMap::new();
        for name in names {
            let (item, index) = instance
                .get_export(&mut *store, Some(&access), &name)
                .ok_or_else(|| unread("state"))?;
            let ComponentItem::ComponentFunc(ty) = item else {
                return Err(unread("state"));
            };
            use wasmtime::component::Type;
            let mut reader = Reader {
                store: &mut *store,
                instance,
                index,
            };
            let value = match ty.results().next() {
                Some(Type::S32) => Value::S32(reader.read().await?),
                Some(Type::S64) => Value::S64(reader.read().await?),
                Some(Type::Float32) => Value::F32(reader.read::<f32>().await?.to_bits()),
                Some(Type::Float64) => Value::F64(reader.read::<f64>().await?.to_bits()),
                Some(Type::List(_)) => {
                    let list: WasmList<u8> = reader.read().await?;
                    Value::Memory(list.as_le_slice(&*store).to_vec())
                }
                _ => return Err(unread("state")),
            };
            kept.insert(name, value);
        }
        Ok(Self(kept))
    }
}

struct Reader<'a> {
    store: &'a mut Store<Cell>,
    instance: &'a Instance,
    index: ComponentExportIndex,
}

impl Reader<'_> {
    async fn read<T: Lift + Send + Sync + 'static>(&mut self) -> Result<T, Failure> {
        let failed = |error: wasmtime::Error| Failure::Initializer(format!("{error:?}"));
        let function = self
            .instance
            .get_typed_func::<(), (T,)>(&mut *self.store, &self.index)
            .map_err(failed)?;
        let (value,) = function
            .call_async(&mut *self.store, ())
            .await
            .map_err(failed)?;
        Ok(value)
    }
}

/// Every accessor was read, by its name: what is asked for is there.
impl ComponentInstanceState for Kept {
    async fn call_func_ret_list_u8(
        &mut self,
        _: &str,
        name: &str,
        contents: impl FnOnce(&[u8]) + Send,
    ) {
        contents(match self.0.get(name) {
            Some(Value::Memory(bytes)) => bytes,
            _ => &[],
        });
    }

    async fn call_func_ret_s32(&mut self, _: &str, name: &str) -> i32 {
        match self.0.get(name) {
            Some(Value::S32(value)) => *value,
            _ => 0,
        }
    }

    async fn call_func_ret_s64(&mut self, _: &str, name: &str) -> i64 {
        match self.0.get(name) {
            Some(Value::S64(value)) => *value,
            _ => 0,
        }
    }

    async fn call_func_ret_f32(&mut self, _: &str, name: &str) -> u32 {
        match self.0.get(name) {
            Some(Value::F32(value)) => *value,
            _ => 0,
        }
    }

    async fn call_func_ret_f64(&mut self, _: &str, name: &str) -> u64 {
        match self.0.get(name) {
            Some(Value::F64(value)) => *value,
            _ => 0,
        }
    }
}
