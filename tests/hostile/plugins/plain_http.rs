//! Talks where anyone can listen.

use run_hostile_plugins::{Error, Result};
use run_plugin_api::http::Request;

fn attack() -> Result<()> {
    Request::get("http://declared.invalid/").send()?;
    Err(Error::failed("it was sent"))
}

run_hostile_plugins::hostile_provider!(attack);
