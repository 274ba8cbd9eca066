//! One repository of an OCI registry (distribution-spec 1.1).

mod auth;
mod login;
mod reference;

use std::sync::Mutex;

use run_files::Digest;
use url::Url;

pub use login::{Login, login};
pub use reference::Repository;

use crate::Patience;
use crate::error::RemoteError;
use crate::http::{self, Http, Reply, Request};
use auth::Asker;

/// The largest manifest that is read: the specification's own figure.
const MANIFEST: u64 = 4 << 20;

/// A repository that can be read, and written where one may.
pub struct Registry {
    http: Http,
    base: Url,
    repository: Repository,
    login: Option<Login>,
    patience: Patience,
    /// Whether things will be put in: nobody is asked for more than is needed.
    write: bool,
    /// The value of `Authorization` that was last accepted.
    authorization: Mutex<Option<String>>,
}

impl Registry {
    /// Nothing is asked yet; `write` is whether things will be put in.
    ///
    /// # Errors
    /// The address is none, or would send in the clear.
    pub fn new(
        repository: &Repository,
        login: Option<Login>,
        patience: Patience,
        write: bool,
    ) -> Result<Self, RemoteError> {
        let base = repository.base()?;
        Ok(Self {
            http: Http::new(&base, patience),
            base,
            repository: repository.clone(),
            login,
            patience,
            write,
            authorization: Mutex::default(),
        })
    }

    /// A manifest by its tag or digest; `None` where there is none.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub fn manifest(
        &self,
        reference: &str,
        media_type: &str,
    ) -> Result<Option<Vec<u8>>, RemoteError> {
        let url = self.url(&format!("manifests/{reference}"))?;
        let reply = self.send(&Request {
            headers: vec![("accept", media_type)],
            ..Request::get(url, MANIFEST)
        })?;
        match reply.status {
            200 => Ok(Some(reply.body)),
            404 => Ok(None),
            _ => Err(self.refused(&reply)),
        }
    }

    /// A blob of at most `limit` bytes, checked against its digest; `None`
    /// where there is none.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub fn blob(&self, digest: Digest, limit: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        let url = self.url(&format!("blobs/{digest}"))?;
        let reply = self.send(&Request::get(url, limit))?;
        match reply.status {
            200 => {
                let found = Digest::of(&reply.body);
                match found == digest {
                    true => Ok(Some(reply.body)),
                    false => Err(RemoteError::Digest {
                        host: self.http.host().to_owned(),
                        wanted: digest,
                        found,
                    }),
                }
            }
            404 => Ok(None),
            _ => Err(self.refused(&reply)),
        }
    }

    /// Puts a blob in unless it is there.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub fn push_blob(&self, bytes: &[u8]) -> Result<Digest, RemoteError> {
        let digest = Digest::of(bytes);
        let url = self.url(&format!("blobs/{digest}"))?;
        let there = self.send(&Request {
            method: "HEAD",
            // Its length is that of the blob, of which nothing is sent.
            ..Request::get(url, u64::MAX)
        })?;
        if there.status == 200 {
            return Ok(digest);
        }
        let started = self.send(&Request {
            method: "POST",
            url: self.url("blobs/uploads/")?,
            headers: Vec::new(),
            body: Some(&[]),
            limit: MANIFEST,
        })?;
        if started.status != 202 {
            return Err(self.refused(&started));
        }
        let mut url = started
            .header("location")
            .and_then(|location| self.base.join(location).ok())
            // What authorises is for the registry alone.
            .filter(|url| url.origin() == self.base.origin())
            .ok_or_else(|| {
                self.http
                    .protocol("it names no place of its own to upload to")
            })?;
        url.query_pairs_mut()
            .append_pair("digest", &digest.to_string());
        let done = self.send(&Request {
            method: "PUT",
            url,
            headers: vec![("content-type", "application/octet-stream")],
            body: Some(bytes),
            limit: MANIFEST,
        })?;
        match done.status {
            201 => Ok(digest),
            _ => Err(self.refused(&done)),
        }
    }

    /// Puts a manifest in under a tag. What it names must be there.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub fn push_manifest(
        &self,
        tag: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<(), RemoteError> {
        let reply = self.send(&Request {
            method: "PUT",
            url: self.url(&format!("manifests/{tag}"))?,
            headers: vec![("content-type", media_type)],
            body: Some(bytes),
            limit: MANIFEST,
        })?;
        match reply.status {
            201 => Ok(()),
            _ => Err(self.refused(&reply)),
        }
    }

    /// Sends, and where the registry asks who it is sends once more with the
    /// answer.
    fn send(&self, request: &Request<'_>) -> Result<Reply, RemoteError> {
        let known = hold(&self.authorization).clone();
        let reply = self.attempt(request, known.as_deref())?;
        if reply.status != 401 {
            return Ok(reply);
        }
        let asker = Asker {
            http: &self.http,
            base: &self.base,
            repository: &self.repository,
            login: self.login.as_ref(),
            patience: self.patience,
            write: self.write,
        };
        let Some(answer) = asker.answer(&reply)? else {
            return Ok(reply);
        };
        let reply = self.attempt(request, Some(&answer))?;
        if reply.status != 401 {
            *hold(&self.authorization) = Some(answer);
        }
        Ok(reply)
    }

    fn attempt(
        &self,
        request: &Request<'_>,
        authorization: Option<&str>,
    ) -> Result<Reply, RemoteError> {
        let mut request = request.clone();
        request
            .headers
            .extend(authorization.map(|value| ("authorization", value)));
        match request.method {
            "GET" => self.http.fetch(&request),
            _ => self.http.send(&request),
        }
    }

    fn url(&self, rest: &str) -> Result<Url, RemoteError> {
        let path = format!("v2/{}/{rest}", self.repository.name());
        self.base.join(&path).map_err(|error| RemoteError::Address {
            url: format!("{}{path}", self.base),
            reason: error.to_string(),
        })
    }

    fn refused(&self, reply: &Reply) -> RemoteError {
        let host = http::host(&self.base);
        let help = match &self.login {
            Some(_) => format!("the login for `{host}` may not do this"),
            None => format!("log in to `{host}` with your container tool"),
        };
        self.http.refused(reply, &help)
    }
}

/// A panic elsewhere leaves nothing half done here.
fn hold<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
