//! Changes something while it only plans.

use run_hostile_plugins::{Error, Result};
use run_plugin_api::http::{Method, Request};

fn attack() -> Result<()> {
    Request::new(Method::Post, "https://declared.invalid/").send()?;
    Err(Error::failed("it was sent"))
}

run_hostile_plugins::hostile_provider!(attack);
