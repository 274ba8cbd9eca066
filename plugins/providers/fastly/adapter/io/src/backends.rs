//! Whom the component may talk to. The platform knows origins as backends: those
//! of the service, made when it was deployed, and others that are registered as
//! they are needed, where the service may.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};

use crate::bindings::exports::wasi::http::types::ErrorCode;
use crate::bindings::fastly::compute::backend::{
    Backend, DynamicBackendOptions, register_dynamic_backend,
};
use crate::bindings::fastly::compute::types::Error;
use crate::errors;
use crate::sending::RequestOptions;
use crate::single::Single;

/// Those that were registered for this request, by all that they were registered
/// with: none may be registered twice.
static REGISTERED: Single<BTreeMap<String, Backend>> = Single::new(BTreeMap::new());

/// Finds the backend of an authority and lends it.
pub(crate) fn with<R>(
    authority: &str,
    tls: bool,
    options: &RequestOptions,
    use_it: impl FnOnce(&Backend) -> Result<R, ErrorCode>,
) -> Result<R, ErrorCode> {
    if let Some(backend) = of_service(authority, tls) {
        return use_it(&backend);
    }
    let times = options.milliseconds();
    let key = format!("{authority} {tls} {times:?}");
    REGISTERED.with(|registered| {
        if !registered.contains_key(&key) {
            let name = format!("run_{}_{}", registered.len(), name_of(authority));
            registered.insert(key.clone(), register(&name, authority, tls, times)?);
        }
        match registered.get(&key) {
            Some(backend) => use_it(backend),
            None => Err(ErrorCode::DestinationNotFound),
        }
    })
}

/// What the plugin calls the backend of an authority: `src/settings.rs` there.
fn name_of(authority: &str) -> String {
    authority.replace(['.', ':', '[', ']'], "_")
}

/// One that was made with the service. `https` is never answered by one without
/// encryption.
fn of_service(authority: &str, tls: bool) -> Option<Backend> {
    let candidates = [authority.to_string(), name_of(authority)];
    candidates.iter().find_map(|name| {
        let backend = Backend::open(name).ok()?;
        // Whether there is one of this name is not always said by `open`.
        let is_tls = backend.is_tls().ok()?;
        (is_tls || !tls).then_some(backend)
    })
}

fn register(
    name: &str,
    authority: &str,
    tls: bool,
    [connect, first_byte, between_bytes]: [Option<u32>; 3],
) -> Result<Backend, ErrorCode> {
    let options = DynamicBackendOptions::new();
    options.override_host(authority);
    options.use_tls(tls);
    let host = host_of(authority);
    if tls {
        options.sni_hostname(host);
        options.cert_hostname(host);
    }
    if let Some(time) = connect {
        options.connect_timeout(time);
    }
    if let Some(time) = first_byte {
        options.first_byte_timeout(time);
    }
    if let Some(time) = between_bytes {
        options.between_bytes_timeout(time);
    }
    let target = match authority.len() == host.len() {
        true => format!("{authority}:{}", if tls { 443 } else { 80 }),
        false => authority.to_string(),
    };
    register_dynamic_backend(name, &target, options).map_err(|error| match error {
        Error::Unsupported => errors::internal(&format!(
            "{authority} is no backend of this service, and it may not register others"
        )),
        other => errors::http(other),
    })
}

/// Without the port.
fn host_of(authority: &str) -> &str {
    let after = authority.rfind(']').unwrap_or_default();
    match authority[after..].rfind(':') {
        Some(colon) => &authority[..after + colon],
        None => authority,
    }
}
