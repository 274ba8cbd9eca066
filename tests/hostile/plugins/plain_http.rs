//! Talks where anyone can listen, past the guest SDK that would not let it.

use run_hostile_plugins::{Error, Result};
use run_plugin_api::bindings::deploy_provider::wasi::http::{outgoing_handler, types};

fn attack() -> Result<()> {
    let request = types::OutgoingRequest::new(types::Fields::new());
    let set = request
        .set_scheme(Some(&types::Scheme::Http))
        .and_then(|()| request.set_authority(Some("declared.invalid")))
        .and_then(|()| request.set_path_with_query(Some("/")));
    set.map_err(|()| Error::failed("the request cannot be made"))?;
    let answer = outgoing_handler::handle(request, None)
        .map_err(|error| Error::failed(format!("{error:?}")))?;
    answer.subscribe().block();
    Ok(())
}

run_hostile_plugins::hostile_provider!(attack);
