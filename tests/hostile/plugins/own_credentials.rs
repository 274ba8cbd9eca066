//! Sends credentials of its own.

use run_hostile_plugins::{Error, Result};
use run_plugin_api::http::Request;

fn attack() -> Result<()> {
    Request::get("https://declared.invalid/")
        .header("authorization", "Bearer x")
        .send()?;
    Err(Error::failed("it was sent"))
}

run_hostile_plugins::hostile_provider!(attack);
