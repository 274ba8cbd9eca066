//! Deploys components to Fastly Compute.
//!
//! A component of `wasi:http` becomes one of `fastly:compute` by an adapter that
//! is composed with it ([`compose()`]); what was made for the platform goes there as
//! it is ([`Program`]). What has to be done follows from the
//! settings and from what is there, so the plan and `apply` cannot differ, and
//! what was interrupted is finished by doing the rest.

mod adapter;
mod answers;
mod api;
mod apply;
mod backend;
mod compose;
mod later;
mod module;
mod names;
mod package;
mod plugin;
mod present;
mod program;
mod settings;
mod steps;
mod stores;

use run_plugin_api::Result;
use run_plugin_api::provider::Action;
use run_provider_shared::Client;

pub use adapter::{Adapter, Slot};
pub use api::client;
pub use apply::{Applied, Memory, Ours, Upload};
pub use backend::Backend;
pub use compose::compose;
pub use later::Stand;
pub use package::Package;
pub use present::Made;
pub use program::Program;
pub use settings::{Kind, Settings};
pub use stores::{Secret, item};

use api::Api;
use steps::Steps;

/// What [`deploy`] would do.
///
/// # Errors
/// The platform cannot be asked.
pub fn plan(
    client: &Client<'_>,
    settings: &Settings,
    made: &Made,
    package: &Package,
) -> Result<Vec<Action>> {
    let environment = settings.environment().as_deref().map(item);
    let present = present::present(Api(client), settings, made, environment.as_deref())?;
    let steps = Steps::of(settings, &present, made, package);
    Ok(steps.actions(settings, &present))
}

/// Makes it so, by doing what is not done yet.
///
/// # Errors
/// The platform refused.
pub fn deploy(
    client: &Client<'_>,
    settings: &Settings,
    made: &Made,
    upload: &Upload<'_>,
    memory: &dyn Memory,
) -> Result<Applied> {
    let environment = settings.environment().as_deref().map(item);
    let present = present::present(Api(client), settings, made, environment.as_deref())?;
    apply::apply(Api(client), settings, &present, made, upload, memory)
}

/// The service's id with its versions, newest first; nothing where there is no
/// service.
///
/// # Errors
/// The platform cannot be asked.
pub fn status(
    client: &Client<'_>,
    settings: &Settings,
    made: &Made,
    id: Option<&str>,
) -> Result<Option<(String, Vec<Stand>)>> {
    later::status(Api(client), settings, made, id)
}

/// Makes an earlier version live again.
///
/// # Errors
/// There is none of this number, or the platform refused.
pub fn rollback(
    client: &Client<'_>,
    settings: &Settings,
    made: &Made,
    to: &str,
) -> Result<(String, Stand)> {
    later::rollback(Api(client), settings, made, to)
}

/// Takes away what was made.
///
/// # Errors
/// The platform refused.
pub fn destroy(client: &Client<'_>, settings: &Settings, made: &Made) -> Result<()> {
    later::destroy(Api(client), settings, made)
}
