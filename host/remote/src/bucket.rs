//! A bucket of an S3-compatible store.

use std::time::SystemTime;

use run_sigv4::{Scope, encoded};
use url::Url;

use crate::Credentials;
use crate::Patience;
use crate::error::RemoteError;
use crate::http::{self, Http, Reply, Request};

/// Where a bucket is.
#[derive(Debug, Clone)]
pub struct Address {
    /// The store, e.g. `https://s3.acme.test`.
    pub endpoint: Url,
    /// The bucket's name.
    pub name: String,
    /// What keys begin with, without slashes around; may be empty.
    pub prefix: String,
    /// Where the store says it is.
    pub region: String,
}

/// The address of a store.
///
/// # Errors
/// It is none, or would send in the clear.
pub fn endpoint(text: &str) -> Result<Url, String> {
    let url: Url = text.parse().map_err(|error| format!("{error}"))?;
    match http::check(&url) {
        Ok(()) => Ok(url),
        Err(RemoteError::Address { reason, .. }) => Err(reason),
        Err(error) => Err(error.to_string()),
    }
}

/// A bucket that can be read, and written where one may.
pub struct Bucket {
    http: Http,
    address: Address,
    credentials: Option<Credentials>,
}

/// The largest answer to what is put in.
const ANSWER: u64 = 1 << 20;

impl Bucket {
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// The address is none, or would send in the clear.
    pub fn new(
        address: &Address,
        credentials: Option<Credentials>,
        patience: Patience,
    ) -> Result<Self, RemoteError> {
        http::check(&address.endpoint)?;
        Ok(Self {
            http: Http::new(&address.endpoint, patience),
            address: address.clone(),
            credentials,
        })
    }

    /// An object of at most `limit` bytes; `None` where there is none.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub fn get(&self, key: &str, limit: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        let reply = self.send("GET", key, None, limit)?;
        match reply.status {
            200 => Ok(Some(reply.body)),
            404 if reply.word() != Some("NoSuchBucket") => Ok(None),
            _ => Err(self.refused(&reply)),
        }
    }

    /// Puts an object in its place.
    ///
    /// # Errors
    /// See [`RemoteError`].
    pub fn put(&self, key: &str, bytes: &[u8]) -> Result<(), RemoteError> {
        let reply = self.send("PUT", key, Some(bytes), ANSWER)?;
        match reply.status {
            200 | 201 | 204 => Ok(()),
            _ => Err(self.refused(&reply)),
        }
    }

    fn send(
        &self,
        method: &'static str,
        key: &str,
        body: Option<&[u8]>,
        limit: u64,
    ) -> Result<Reply, RemoteError> {
        let url = self.url(key);
        let signed = match &self.credentials {
            None => Vec::new(),
            Some(credentials) => {
                let request = run_sigv4::Request {
                    method,
                    host: &http::host(&url),
                    path: url.path(),
                    query: url.query().unwrap_or_default(),
                    headers: &[],
                    body: body.unwrap_or_default(),
                };
                let scope = Scope {
                    region: &self.address.region,
                    service: "s3",
                };
                run_sigv4::sign(&request, credentials.key(), scope, SystemTime::now())
            }
        };
        let headers = signed.iter().map(|(name, value)| (*name, value.as_str()));
        self.http.send(&Request {
            method,
            headers: headers.collect(),
            url,
            body,
            limit,
        })
    }

    /// Where an object is, in the form that every compatible store has: the
    /// bucket in the path.
    fn url(&self, key: &str) -> Url {
        let Address {
            endpoint,
            name,
            prefix,
            ..
        } = &self.address;
        let parts = [endpoint.path(), prefix, key].map(|path| path.split('/'));
        let [above, prefix, key] = parts;
        let path: Vec<String> = above
            .map(str::to_owned)
            .chain([encoded(name)])
            .chain(prefix.chain(key).map(encoded))
            .filter(|part| !part.is_empty())
            .collect();
        let mut url = endpoint.clone();
        url.set_path(&path.join("/"));
        url.set_query(None);
        url
    }

    fn refused(&self, reply: &Reply) -> RemoteError {
        let help = match &self.credentials {
            Some(_) => {
                "check the key and its secret; it must be allowed to get and list what is in the \
                 bucket, and to put objects in where that is asked for"
            }
            None => {
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL_S3 to the \
                 store they are for"
            }
        };
        self.http.refused(reply, help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_below_its_bucket_and_prefix() {
        let url = |store: &str, prefix: &str, key: &str| {
            let address = Address {
                endpoint: endpoint(store).unwrap(),
                name: "builds".to_owned(),
                prefix: prefix.to_owned(),
                region: "x".to_owned(),
            };
            let bucket = Bucket::new(&address, None, Patience::default()).unwrap();
            bucket.url(key).to_string()
        };
        assert_eq!(
            url("https://s.test", "", "a.json"),
            "https://s.test/builds/a.json"
        );
        assert_eq!(
            url("https://s.test/above/", "team/run 2", "a.json"),
            "https://s.test/above/builds/team/run%202/a.json"
        );
        assert!(endpoint("http://s.test").is_err());
        assert!(endpoint("s.test").is_err());
    }
}
