//! What the user can do about an error of cargo's own.

use run_plugin_api::Error;

use crate::request::{Request, TARGET};

/// The error that cargo's words make, with advice where there is any.
pub(crate) fn explain(said: &str, request: &Request) -> Error {
    if said.is_empty() {
        return Error::failed("cargo failed and did not say why")
            .with_help("run again with `--verbose` to see what it printed");
    }
    let has = |part: &str| said.contains(part);
    if has("linker `") && has("` not found") {
        return Error::missing_tool(said).with_help(
            "build scripts and procedural macros need a C linker on this machine: \
             install a C compiler, e.g. `sudo apt install build-essential`",
        );
    }
    let error = Error::failed(said);
    if has("--locked") || has("lock file needs to be updated") {
        let cause = match request.locked {
            true => "`--locked`",
            false => "a reproducible build",
        };
        return error.with_help(format!(
            "{cause} leaves Cargo.lock as it is: run `run v2 build` once without it, \
             and commit Cargo.lock"
        ));
    }
    if request.offline && (has("offline") || has("download") || has("no matching package")) {
        return error
            .with_help("run `run v2 build` once without `--offline`, so that it is downloaded");
    }
    error
}

/// The target's standard library is not there.
pub(crate) fn missing_target() -> Error {
    Error::missing_tool(format!(
        "the compiler has no standard library for `{TARGET}`"
    ))
    .with_help(format!("install it with `rustup target add {TARGET}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request;

    #[test]
    fn advice_fits_the_cause() {
        let plain = request::sample();
        let locked = Request {
            locked: true,
            ..request::sample()
        };
        let offline = Request {
            offline: true,
            ..request::sample()
        };
        for (said, request, help) in [
            ("linker `cc` not found", &plain, Some("C compiler")),
            (
                "cannot update the lock file because --locked was passed",
                &locked,
                Some("`--locked`"),
            ),
            (
                "the lock file needs to be updated",
                &plain,
                Some("a reproducible build"),
            ),
            (
                "no matching package named `x` found",
                &offline,
                Some("without `--offline`"),
            ),
            ("no matching package named `x` found", &plain, None),
            ("", &plain, Some("--verbose")),
        ] {
            let error = explain(said, request);
            match help {
                Some(part) => assert!(
                    error.help().is_some_and(|help| help.contains(part)),
                    "{said}"
                ),
                None => assert_eq!(error.help(), None, "{said}"),
            }
        }
    }
}
