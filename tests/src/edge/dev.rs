//! Vercel's own development server.

use std::process::Command;

use serde_json::json;

use super::Running;
use super::engine::{free_port, node_program, packages};
use crate::Scratch;

/// Serves the function whose files are below `files` with `vercel dev`, with these
/// variables. It serves sources by way of the platform's builders, and removes what
/// a build has left, so the function is given to it as the source that it is.
///
/// # Panics
/// It does not start.
#[must_use]
pub fn vercel_dev(files: Scratch, variables: &[(&str, &str)]) -> Running {
    let source = json!({
        "version": 2,
        "builds": [{ "src": "index.mjs", "use": "@vercel/node" }],
        "routes": [{ "src": "/(.*)", "dest": "/index.mjs" }],
    });
    files.write("vercel.json", &source.to_string());
    let lines: Vec<_> = variables
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect();
    files.write(".env", &lines.concat());
    let port = free_port();
    let node = node_program();
    let mut command = Command::new(&node);
    command
        .arg(packages().join("vercel/dist/vc.js"))
        .args(["dev", "--yes", "--token", "none"])
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .env_clear()
        .env("HOME", files.path())
        .env("PATH", node.parent().expect("its directory"))
        .env("CI", "1")
        .env("NO_COLOR", "1")
        .env("NO_UPDATE_NOTIFIER", "1")
        .env("VERCEL_TELEMETRY_DISABLED", "1")
        // Without a project of an account: nobody is asked for its settings.
        .env("__VERCEL_SKIP_DEV_CMD", "1");
    Running::start(command, files, port)
}
