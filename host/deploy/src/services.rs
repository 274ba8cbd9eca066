//! What the host does for a provider while it works.

use std::io;
use std::path::Path;
use std::sync::Arc;

use run_plugins::api::{Services, Unavailable};

use crate::ledger::Ledger;
use crate::request::Targets;

pub(crate) struct Helper {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) targets: Arc<dyn Targets>,
    pub(crate) component: String,
}

impl Services for Helper {
    fn remember(&self, key: &str, value: &str) -> io::Result<()> {
        self.ledger.update(|record| {
            record.facts.insert(key.to_owned(), value.to_owned());
        })
    }

    fn precompiled(&self, target: &str, into: &Path) -> Result<String, Unavailable> {
        let name = format!("{}.{}.cwasm", self.component, checked(target)?);
        let to = into.join(&name);
        if !to.exists() {
            let wasm = into.join(format!("{}.wasm", self.component));
            self.targets.precompile(&wasm, target, &to)?;
        }
        Ok(name)
    }

    fn runner(&self, target: &str, into: &Path) -> Result<String, Unavailable> {
        let name = format!("runner.{}", checked(target)?);
        let to = into.join(&name);
        if !to.exists() {
            self.targets.runner(target, &to)?;
        }
        Ok(name)
    }
}

/// A target's name becomes a part of a file's.
fn checked(target: &str) -> Result<&str, Unavailable> {
    let is_name = !target.is_empty()
        && target.len() <= 64
        && target
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if is_name {
        return Ok(target);
    }
    Err(Unavailable {
        message: format!("`{}` is no target", target.escape_debug()),
        help: None,
    })
}
