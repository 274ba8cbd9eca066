//! `run v2 cache`.

use std::process::ExitCode;

use serde_json::json;

use crate::args::{Cache, CacheCommand, CacheKey, CacheKeyCommand};
use crate::build_cache::key;
use crate::failure::Failure;
use crate::shell::Shell;

pub(crate) fn run(args: &Cache, shell: &Shell) -> Result<ExitCode, Failure> {
    let CacheCommand::Key(CacheKey { command }) = &args.command;
    let public = match command {
        CacheKeyCommand::New(args) => {
            let public = key::create(&args.file)?;
            shell.status("Made", &format!("the secret key {}", args.file.display()));
            shell.note("keep it secret; what follows is the public key, for `public_keys`");
            public
        }
        CacheKeyCommand::Show(args) => key::read(&args.file)?.public(),
    };
    match shell.json() {
        true => shell
            .out(&json!({ "public_key": public.to_string(), "id": public.id().hex() }).to_string()),
        false => shell.out(&public.to_string()),
    }
    Ok(ExitCode::SUCCESS)
}
