//! What the user can do about an error of the `go` command's own.

use run_plugin_api::Error;

use crate::request::Request;

/// The error that its words make, with advice where there is any.
pub(crate) fn explain(said: &str, request: &Request) -> Error {
    if said.is_empty() {
        return Error::failed("go failed and did not say why")
            .with_help("run again with `--verbose` to see what it printed");
    }
    let has = |part: &str| said.contains(part);
    if has("GOTOOLCHAIN=local") && has("requires go >=") {
        return Error::missing_tool(said).with_help(
            "install that version of Go, or lower the `go` line of go.mod; \
             none is downloaded during a build",
        );
    }
    let error = Error::failed(said);
    if has("missing go.sum entry") {
        return error.with_help("run `go mod tidy` in the module, and commit go.sum");
    }
    if has("updates to go.mod needed") || has("go mod tidy") {
        return error.with_help("run `go mod tidy` in the module: a build changes no go.mod");
    }
    // Without the network the directory of modules cannot be written either.
    let missing = [
        "disabled by GOPROXY=off",
        "permission denied",
        "cannot find module",
        "offline",
    ]
    .iter()
    .any(|part| has(part));
    if request.offline && missing {
        return error
            .with_help("run `run v2 build` once without `--offline`, so that it is downloaded");
    }
    if has("dial tcp") || has("no such host") || has("connection refused") {
        return error.with_help(
            "modules come from the proxy that GOPROXY names: check the network, and that variable",
        );
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request;

    #[test]
    fn advice_fits_the_cause() {
        let plain = request::sample();
        let offline = Request {
            offline: true,
            ..request::sample()
        };
        for (said, request, help) in [
            (
                "go: go.mod requires go >= 1.99 (running go 1.26; GOTOOLCHAIN=local)",
                &plain,
                Some("install that version"),
            ),
            (
                "m.go:1:2: missing go.sum entry for x",
                &plain,
                Some("commit go.sum"),
            ),
            (
                "x@v1: module lookup disabled by GOPROXY=off",
                &offline,
                Some("without `--offline`"),
            ),
            ("dial tcp: lookup proxy", &plain, Some("GOPROXY")),
            ("something else", &plain, None),
            ("", &plain, Some("--verbose")),
        ] {
            let error = explain(said, request);
            match help {
                Some(part) => assert!(error.help().is_some_and(|h| h.contains(part)), "{said}"),
                None => assert_eq!(error.help(), None, "{said}"),
            }
        }
    }
}
