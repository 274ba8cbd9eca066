//! Calling a function with its arguments, of which some have to be made first.
//!
//! A resource lives inside an instance, so it cannot be written down: it is
//! made by a call in the same instance, lent or given to the function, and
//! dropped afterwards unless the function took it.

use std::convert::Infallible;
use std::fmt;

use wasmtime::Store;
use wasmtime::component::{Component, Instance, ResourceAny, Type, Val};

use super::holes;
use crate::exports::ExportedFunction;

/// One argument.
#[derive(Clone)]
pub enum Argument {
    /// A value.
    Value(Val),
    /// A resource, and the call that makes it.
    Made(Construct),
    /// A value with resources in it.
    Around(Around),
}

/// A value with the calls that make the resources in it. Where one of them is
/// to be, it has the number of its call.
#[derive(Clone)]
pub struct Around {
    pub(super) ty: Type,
    pub(super) value: Val,
    pub(super) made: Vec<Construct>,
}

/// A call that makes a resource.
#[derive(Clone)]
pub struct Construct {
    pub(super) function: ExportedFunction,
    pub(super) arguments: Vec<Argument>,
    /// The function only borrows it, so it is dropped after the call.
    pub(super) lent: bool,
}

// Seeds of virtual entropy are made from arguments, and a value's must not
// depend on there being resources.
impl fmt::Debug for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Made(made) => made.fmt(f),
            Self::Around(around) => {
                let shown = f.debug_tuple("").field(&around.value).finish();
                shown.and_then(|()| around.made.fmt(f))
            }
        }
    }
}

impl fmt::Debug for Construct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.function.full_name();
        f.debug_tuple(&name).field(&self.arguments).finish()
    }
}

impl From<Val> for Argument {
    fn from(value: Val) -> Self {
        Self::Value(value)
    }
}

/// A call that did not return: the function that was running, and what ended it.
#[derive(Debug)]
pub struct Interrupted {
    /// Its full name.
    pub function: String,
    /// A trap, an exit or a limit.
    pub error: wasmtime::Error,
}

/// Calls `function` of `instance`. What its arguments need is made before, and
/// every resource that is left afterwards is dropped, also one it returned:
/// in the value that comes back, such a handle says only where it was.
///
/// # Errors
/// The function or one that makes an argument traps, is not exported, or a
/// fallible one returned its error.
pub async fn call<T: Send + 'static>(
    store: &mut Store<T>,
    instance: &Instance,
    component: &Component,
    function: &ExportedFunction,
    arguments: &[Argument],
) -> Result<Option<Val>, Interrupted> {
    let mut caller = Caller {
        store,
        instance,
        component,
        lent: Vec::new(),
    };
    let value = caller.call(function, arguments).await?;
    let mut left = std::mem::take(&mut caller.lent);
    left.extend(value.iter().flat_map(handles));
    for resource in left {
        let dropped = resource.resource_drop_async(&mut *caller.store).await;
        dropped.map_err(|error| Interrupted {
            function: format!("{} (its resource's destructor)", function.full_name()),
            error,
        })?;
    }
    Ok(value)
}

struct Caller<'a, T: 'static> {
    store: &'a mut Store<T>,
    instance: &'a Instance,
    component: &'a Component,
    lent: Vec<ResourceAny>,
}

impl<T: Send + 'static> Caller<'_, T> {
    async fn call(
        &mut self,
        function: &ExportedFunction,
        arguments: &[Argument],
    ) -> Result<Option<Val>, Interrupted> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(match argument {
                Argument::Value(value) => value.clone(),
                // Boxed because calls stand in calls' arguments.
                Argument::Made(made) => Val::Resource(Box::pin(self.make(made)).await?),
                Argument::Around(around) => Box::pin(self.fill(around)).await?,
            });
        }
        let fail = |error| Interrupted {
            function: function.full_name(),
            error,
        };
        let callee = function
            .index(self.component)
            .and_then(|index| self.instance.get_func(&mut *self.store, index))
            .ok_or_else(|| fail(wasmtime::Error::msg("it is declared and not exported")))?;
        let mut results = vec![Val::Bool(false); function.ty.results().len()];
        callee
            .call_async(&mut *self.store, &values, &mut results)
            .await
            .map_err(fail)?;
        Ok(results.pop())
    }

    async fn fill(&mut self, around: &Around) -> Result<Val, Interrupted> {
        let mut resources = Vec::with_capacity(around.made.len());
        for made in &around.made {
            resources.push(self.make(made).await?);
        }
        let mut value = around.value.clone();
        let filled: Result<(), Infallible> =
            holes::each(&around.ty, &mut value, &mut |_, place| {
                if let Val::U32(call) = place {
                    *place = Val::Resource(resources[*call as usize]);
                }
                Ok(())
            });
        let Ok(()) = filled;
        Ok(value)
    }

    async fn make(&mut self, made: &Construct) -> Result<ResourceAny, Interrupted> {
        let fail = |error| Interrupted {
            function: made.function.full_name(),
            error,
        };
        let none = || fail(wasmtime::Error::msg("it returned no resource"));
        let resource = match self.call(&made.function, &made.arguments).await? {
            Some(Val::Resource(resource)) => resource,
            Some(Val::Result(Ok(Some(value)))) => match *value {
                Val::Resource(resource) => resource,
                _ => return Err(none()),
            },
            Some(Val::Result(Err(error))) => {
                let error = error.map_or_else(String::new, |error| super::to_text(&error));
                let reason = format!("it returned the error `{error}`");
                return Err(fail(wasmtime::Error::msg(reason)));
            }
            _ => return Err(none()),
        };
        if made.lent {
            self.lent.push(resource);
        }
        Ok(resource)
    }
}

/// Every handle in a value.
pub(crate) fn handles(value: &Val) -> Vec<ResourceAny> {
    let mut found = Vec::new();
    collect(value, &mut found);
    found
}

fn collect(value: &Val, found: &mut Vec<ResourceAny>) {
    match value {
        Val::Resource(resource) => found.push(*resource),
        Val::List(items) | Val::Tuple(items) | Val::FixedLengthList(items) => {
            items.iter().for_each(|item| collect(item, found));
        }
        Val::Record(fields) => fields.iter().for_each(|(_, item)| collect(item, found)),
        Val::Map(entries) => entries.iter().for_each(|(key, item)| {
            collect(key, found);
            collect(item, found);
        }),
        Val::Variant(_, Some(item)) | Val::Option(Some(item)) => collect(item, found),
        Val::Result(Ok(Some(item)) | Err(Some(item))) => collect(item, found),
        _ => {}
    }
}
