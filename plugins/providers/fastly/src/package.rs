//! What is uploaded: an archive of the component and a manifest, the same bytes
//! for the same component.

use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use run_plugin_api::{Error, Result};
use sha2::{Digest, Sha512};

/// The most that the archive may have, in bytes:
/// <https://docs.fastly.com/products/compute-resource-limits>.
const SIZE: usize = 100_000_000;

/// The block that an archive is made of, in bytes.
const BLOCK: usize = 512;

/// A finished package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// What the archive is called.
    pub file: String,
    /// The archive, `tar.gz`.
    pub bytes: Vec<u8>,
    /// What the platform calls `files_hash`: SHA-512 over the files in the order
    /// of their names.
    pub files_hash: String,
}

impl Package {
    /// Packs a component for the service of this name.
    ///
    /// # Errors
    /// It is larger than the platform takes.
    pub fn new(service: &str, component: &[u8]) -> Result<Self> {
        let name = slug(service);
        let manifest = manifest(&name);
        // In the order of their names.
        let files = [
            (format!("{name}/bin/main.wasm"), component),
            (format!("{name}/fastly.toml"), manifest.as_bytes()),
        ];
        let mut hash = Sha512::new();
        let mut archive = Vec::new();
        for (path, bytes) in &files {
            hash.update(bytes);
            archive.extend(header(path, bytes.len())?);
            archive.extend(*bytes);
            archive.resize(archive.len().next_multiple_of(BLOCK), 0);
        }
        archive.resize(archive.len() + 2 * BLOCK, 0);
        let written = |error: std::io::Error| Error::failed(format!("packing failed: {error}"));
        let mut gzip = GzBuilder::new().write(Vec::new(), Compression::default());
        gzip.write_all(&archive).map_err(written)?;
        let bytes = gzip.finish().map_err(written)?;
        if bytes.len() > SIZE {
            return Err(Error::invalid_input(format!(
                "the package has {:.1} MB, and the platform takes {} MB",
                bytes.len() as f64 / 1e6,
                SIZE / 1_000_000
            ))
            .with_help("a build with `--release` is smaller"));
        }
        Ok(Self {
            file: format!("{name}.tar.gz"),
            bytes,
            files_hash: hash.finalize().iter().map(|b| format!("{b:02x}")).collect(),
        })
    }
}

/// What the platform reads: <https://www.fastly.com/documentation/reference/compute/fastly-toml/>.
fn manifest(name: &str) -> String {
    format!(
        "manifest_version = 3\nname = \"{name}\"\ndescription = \"\"\nauthors = []\n\
         language = \"other\"\n"
    )
}

/// The name in lower-case letters, digits and `-`, as the platform's own command
/// names packages.
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_matches('-');
    let slug = slug.get(..slug.len().min(63)).unwrap_or(slug);
    match slug.trim_end_matches('-') {
        "" => "service".to_owned(),
        slug => slug.to_owned(),
    }
}

/// The header of one file in a ustar archive: of nobody, of no time.
fn header(path: &str, size: usize) -> Result<[u8; BLOCK]> {
    let mut header = [0u8; BLOCK];
    let mut put = |at: usize, text: &str| {
        if let Some(field) = header.get_mut(at..at + text.len()) {
            field.copy_from_slice(text.as_bytes());
        }
    };
    if path.len() > 100 {
        return Err(Error::invalid_input(format!("`{path}` is too long a name")));
    }
    put(0, path);
    put(100, "0000644\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{size:011o}\0"));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ");
    header[148..156].copy_from_slice(sum.as_bytes());
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn the_same_component_gives_the_same_bytes() {
        let package = Package::new("My Shop", b"component").unwrap();
        assert_eq!(package, Package::new("My Shop", b"component").unwrap());
        assert_eq!(package.file, "my-shop.tar.gz");
        let mut archive = Vec::new();
        flate2::read::GzDecoder::new(package.bytes.as_slice())
            .read_to_end(&mut archive)
            .unwrap();
        assert_eq!(archive.len() % BLOCK, 0);
        assert!(archive.starts_with(b"my-shop/bin/main.wasm\0"));
        assert_eq!(&archive[BLOCK..BLOCK + 9], b"component");
        assert!(archive[2 * BLOCK..].starts_with(b"my-shop/fastly.toml\0"));
        let other = Package::new("My Shop", b"another").unwrap();
        assert_ne!(other.files_hash, package.files_hash);
        assert_eq!(other.files_hash.len(), 128);
    }

    #[test]
    fn names_become_labels() {
        for (name, expected) in [
            ("My Shop", "my-shop"),
            ("--a__b--", "a-b"),
            ("日本", "service"),
            (&"x".repeat(80), &"x".repeat(63)),
        ] {
            assert_eq!(slug(name), expected);
        }
    }
}
