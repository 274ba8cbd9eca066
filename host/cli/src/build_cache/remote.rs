//! The build cache that machines share. Each variable goes before the key of
//! `run.toml` with the same meaning; secrets are in the environment only.

use std::sync::Arc;

use run_build::{PublicKey, RemoteOptions, RemotePlace};
use run_project::manifest::{BuildCache, CACHE_TIMEOUT, CacheAccess, CacheUrl};
use run_project::{Project, duration};

use super::{key, parsed, variable};
use crate::failure::{CommandError, Failure};

/// The region that stores without regions take.
const REGION: &str = "us-east-1";

/// The remote cache, where one is asked for.
pub(super) fn options(project: &Project) -> Result<Option<Arc<RemoteOptions>>, Failure> {
    let said = project.manifest.build.cache.as_ref();
    if variable("RUN_BUILD_CACHE_REMOTE").as_deref() == Some("off") {
        return Ok(None);
    }
    let url = match parsed("RUN_BUILD_CACHE_REMOTE", str::parse)? {
        Some(url) => url,
        None => match said {
            Some(said) => said.url.value.clone(),
            None => return Ok(None),
        },
    };
    let asked = parsed("RUN_BUILD_CACHE_REMOTE_MODE", str::parse::<CacheAccess>)?;
    let mode = asked.or(said.map(|said| said.mode));
    let secret = match mode {
        Some(CacheAccess::ReadWrite) => key::signing()?,
        Some(CacheAccess::Read) | None => None,
    };
    if asked == Some(CacheAccess::ReadWrite) && secret.is_none() {
        return Err(CommandError::new(
            "there is no key to sign what is put into the remote build cache with",
            "set RUN_BUILD_CACHE_SIGNING_KEY to a file that `run v2 cache key new FILE` made",
        )
        .into());
    }
    let timeout = parsed("RUN_BUILD_CACHE_REMOTE_TIMEOUT", duration)?;
    Ok(Some(Arc::new(RemoteOptions {
        place: place(url, said)?,
        trusted: trusted(said)?,
        secret,
        timeout: timeout
            .or(said.map(|said| said.timeout))
            .unwrap_or(CACHE_TIMEOUT),
    })))
}

fn place(url: CacheUrl, said: Option<&BuildCache>) -> Result<RemotePlace, Failure> {
    let (name, prefix) = match url {
        CacheUrl::Registry(repository) => return Ok(RemotePlace::Registry(repository)),
        CacheUrl::Bucket { name, prefix } => (name, prefix),
    };
    let own = variable("AWS_ENDPOINT_URL_S3").or_else(|| variable("AWS_ENDPOINT_URL"));
    let projects = said.and_then(|said| Some(said.endpoint.as_ref()?.value.clone()));
    let trimmed = |text: &Option<String>| text.as_ref().map(|t| t.trim_end_matches('/').to_owned());
    // A project may say where its bucket is, and not who gets the user's
    // credentials: they are for the store that the user named.
    let credentials = own.is_some() && (projects.is_none() || trimmed(&projects) == trimmed(&own));
    let Some(endpoint) = projects.or(own) else {
        return Err(CommandError::new(
            format!("the build cache `s3://{name}` does not say which store it is in"),
            "set AWS_ENDPOINT_URL_S3 to the store's address, or write `endpoint` into [build.cache]",
        )
        .into());
    };
    let region = variable("AWS_REGION")
        .or_else(|| variable("AWS_DEFAULT_REGION"))
        .or_else(|| said?.region.clone())
        .unwrap_or_else(|| REGION.to_owned());
    RemotePlace::bucket(&endpoint, name, prefix, region, credentials).map_err(|reason| {
        CommandError::new(
            format!("the build cache's store has no address that can be used: {reason}"),
            "write `https://` and a host",
        )
        .into()
    })
}

fn trusted(said: Option<&BuildCache>) -> Result<Vec<PublicKey>, Failure> {
    let texts: Vec<String> = match (variable("RUN_BUILD_CACHE_REMOTE_KEYS"), said) {
        (Some(text), _) => text
            .split([',', ' '])
            .filter(|key| !key.is_empty())
            .map(str::to_owned)
            .collect(),
        (None, Some(said)) => said.public_keys.iter().map(|k| k.value.clone()).collect(),
        (None, None) => Vec::new(),
    };
    if texts.is_empty() {
        return Err(CommandError::new(
            "the remote build cache has no public key whose builds would be believed",
            "write it into `public_keys` of [build.cache] or RUN_BUILD_CACHE_REMOTE_KEYS; \
             `run v2 cache key new FILE` makes a pair",
        )
        .into());
    }
    let parse = |text: &String| {
        PublicKey::parse(text).map_err(|error| {
            CommandError::new(
                format!("the public key `{text}` of the build cache: {error}"),
                "`run v2 cache key show FILE` prints it",
            )
            .into()
        })
    };
    texts.iter().map(parse).collect()
}
