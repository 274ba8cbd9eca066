//! As a server: what `run v2 serve` is, without `run`.

use std::net::{Ipv4Addr, SocketAddr};

use run_serve::{App, Event, Options, Serving};

use crate::{Arguments, app, log};

/// Serves until the system asks to stop.
///
/// # Errors
/// What cannot be served, and why.
pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let options = Options {
        metrics: match &arguments.metrics {
            Some(address) => Some(parse(address)?),
            None => None,
        },
        ..Options::at(address(arguments.listen.as_deref())?)
    };
    let at_once = options.at_once;
    let load = {
        let directory = arguments.directory.clone();
        move || made(directory.clone(), at_once)
    };
    let serving = Serving {
        app: load()?,
        reload: move || {
            load()
                .inspect_err(|reason| log::line(&format!("error: not reloaded: {reason}")))
                .ok()
        },
        tell,
    };
    run_serve::serve(options, serving).map_err(|error| error.to_string())
}

fn made(directory: Option<std::path::PathBuf>, at_once: u32) -> Result<App, String> {
    app::load(directory, Some(at_once))?.without_job()?.app()
}

fn address(given: Option<&str>) -> Result<SocketAddr, String> {
    match (given, std::env::var("PORT")) {
        (Some(given), _) => parse(given),
        (None, Ok(port)) => port
            .parse()
            .map(|port: u16| (Ipv4Addr::UNSPECIFIED, port).into())
            .map_err(|_| format!("the variable PORT is `{port}`, which is no port")),
        (None, Err(_)) => Ok((Ipv4Addr::LOCALHOST, 8080).into()),
    }
}

fn parse(address: &str) -> Result<SocketAddr, String> {
    address
        .parse()
        .map_err(|_| format!("`{address}` is no ADDRESS:PORT"))
}

/// What a service manager's log is for; requests are counted in the figures.
fn tell(event: &Event<'_>) {
    match event {
        Event::Listening { address, .. } => log::line(&format!("serving http://{address}")),
        Event::Guest(line) => log::line(line),
        Event::Failed(error) => log::line(&format!("error: {error}")),
        Event::Denied(denial) => log::line(&format!(
            "warning: the component tried to {} and was denied",
            denial.what
        )),
        Event::Reloaded => log::line("reloaded"),
        Event::Stopped(left) => log::line(&format!("stopped, {left} requests not done")),
        Event::Access(_) | Event::Draining(_) => {}
    }
}
