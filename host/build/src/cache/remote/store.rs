//! How the cache lies in a store: what points by name, components by digest.

use std::fmt;

use run_files::Digest;
use run_remote::Credentials;
use run_remote::bucket::{self, Bucket};
use run_remote::oci::{self, Registry};
use run_remote::{Patience, RemoteError};
use serde::Deserialize;
use serde_json::json;

/// More is no list of shapes, and no entry: less than what a registry takes as a
/// manifest, in which a text may become twice as long.
pub(super) const NOTE: u64 = 1 << 20;

/// Any store that keeps bytes under a name.
pub(super) trait Store: Send + Sync {
    /// A text of at most `limit` bytes under a name of letters, digits and `-`.
    fn note(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, RemoteError>;
    /// A component of a known size.
    fn artifact(&self, digest: Digest, size: u64) -> Result<Option<Vec<u8>>, RemoteError>;
    /// Puts a text under a name, and first the component it names.
    fn put(&self, name: &str, note: &[u8], artifact: Option<&[u8]>) -> Result<(), RemoteError>;
}

impl Store for Bucket {
    fn note(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        self.get(&format!("{name}.json"), limit)
    }

    fn artifact(&self, digest: Digest, size: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        self.get(&format!("{}.wasm", digest.hex()), size)
    }

    fn put(&self, name: &str, note: &[u8], artifact: Option<&[u8]>) -> Result<(), RemoteError> {
        if let Some(bytes) = artifact {
            Bucket::put(self, &format!("{}.wasm", Digest::of(bytes).hex()), bytes)?;
        }
        Bucket::put(self, &format!("{name}.json"), note)
    }
}

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const NOTE_TYPE: &str = "application/vnd.run.build-cache.v1";
const ANNOTATION: &str = "run.build-cache";

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    annotations: std::collections::BTreeMap<String, String>,
}

/// In a registry a text is an annotation of a tagged manifest, and a component
/// the manifest's one layer.
impl Store for Registry {
    fn note(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        let manifest = self.manifest(name, MANIFEST)?;
        // A manifest of something else is as good as none.
        let note = manifest
            .and_then(|bytes| serde_json::from_slice::<Manifest>(&bytes).ok())
            .and_then(|mut manifest| manifest.annotations.remove(ANNOTATION))
            .filter(|note| note.len() as u64 <= limit);
        Ok(note.map(String::into_bytes))
    }

    fn artifact(&self, digest: Digest, size: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        self.blob(digest, size)
    }

    fn put(&self, name: &str, note: &[u8], artifact: Option<&[u8]>) -> Result<(), RemoteError> {
        let empty = b"{}";
        let empty = json!({
            "mediaType": EMPTY,
            "digest": self.push_blob(empty)?.to_string(),
            "size": empty.len(),
        });
        let layer = match artifact {
            None => empty.clone(),
            Some(bytes) => json!({
                "mediaType": "application/wasm",
                "digest": self.push_blob(bytes)?.to_string(),
                "size": bytes.len(),
            }),
        };
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": NOTE_TYPE,
            "config": empty,
            "layers": [layer],
            "annotations": { ANNOTATION: String::from_utf8_lossy(note) },
        });
        self.push_manifest(name, MANIFEST, manifest.to_string().as_bytes())
    }
}

/// Where a remote cache is.
#[derive(Debug, Clone)]
pub enum RemotePlace {
    /// A repository of an OCI registry: `registry.test/team/cache`.
    Registry(String),
    /// A bucket of an S3-compatible store.
    Bucket {
        /// Where it is.
        address: bucket::Address,
        /// Whether the environment's credentials are meant for that store.
        credentials: bool,
    },
}

impl RemotePlace {
    /// A bucket of the store at `endpoint`, to which the environment's
    /// credentials go only where they are meant for it.
    ///
    /// # Errors
    /// The endpoint is no address of a store.
    pub fn bucket(
        endpoint: &str,
        name: String,
        prefix: String,
        region: String,
        credentials: bool,
    ) -> Result<Self, String> {
        Ok(Self::Bucket {
            address: bucket::Address {
                endpoint: bucket::endpoint(endpoint)?,
                name,
                prefix,
                region,
            },
            credentials,
        })
    }

    pub(super) fn open(
        &self,
        patience: Patience,
        write: bool,
    ) -> Result<Box<dyn Store>, RemoteError> {
        match self {
            Self::Registry(repository) => {
                let repository = repository.parse::<oci::Repository>()?;
                let login = oci::login(repository.registry());
                let registry = Registry::new(&repository, login, patience, write)?;
                Ok(Box::new(registry))
            }
            Self::Bucket {
                address,
                credentials,
            } => {
                let credentials = credentials.then(Credentials::from_environment).flatten();
                Ok(Box::new(Bucket::new(address, credentials, patience)?))
            }
        }
    }
}

impl fmt::Display for RemotePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registry(repository) => write!(f, "oci://{repository}"),
            Self::Bucket { address, .. } => {
                let bucket::Address { name, prefix, .. } = address;
                let between = if prefix.is_empty() { "" } else { "/" };
                write!(f, "s3://{name}{between}{prefix}")
            }
        }
    }
}
