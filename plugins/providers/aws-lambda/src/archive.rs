//! A ZIP archive with the same bytes for the same files: the platform compares
//! archives by their digests. Few files, none of them large, so none of the
//! format's extensions is needed: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.

use std::io::{self, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// What a file's permissions are told with: made on Unix, by version 2.0, which
/// is also the one that unpacking takes.
const MADE_BY: u16 = 3 << 8 | VERSION;
const VERSION: u16 = 20;
const DEFLATED: u16 = 8;
/// The first moment that the format can say: 1980-01-01.
const TIME: u16 = 0;
const DATE: u16 = 1 << 5 | 1;
/// A regular file.
const FILE: u32 = 0o100_000;

/// One file.
pub(crate) struct File<'f> {
    /// Without directories.
    pub(crate) name: &'f str,
    pub(crate) bytes: &'f [u8],
    /// Permissions, such as `0o755`.
    pub(crate) mode: u32,
}

/// The archive, with the files in the order they are given in.
///
/// # Errors
/// Something has 4 GiB or more.
pub(crate) fn packed(files: &[File<'_>]) -> io::Result<Vec<u8>> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for file in files {
        let at = small(archive.len())?;
        let mut crc = Crc::new();
        crc.update(file.bytes);
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::new(6));
        deflate.write_all(file.bytes)?;
        let packed = deflate.finish()?;
        // What both places say about the file.
        let mut said = Vec::new();
        for half in [VERSION, 0, DEFLATED, TIME, DATE] {
            said.extend(half.to_le_bytes());
        }
        for word in [crc.sum(), small(packed.len())?, small(file.bytes.len())?] {
            said.extend(word.to_le_bytes());
        }
        said.extend(
            u16::try_from(file.name.len())
                .map_err(too_large)?
                .to_le_bytes(),
        );
        // No extra field.
        said.extend([0; 2]);

        archive.extend(b"PK\x03\x04");
        archive.extend(&said);
        archive.extend(file.name.as_bytes());
        archive.extend(packed);

        directory.extend(b"PK\x01\x02");
        directory.extend(MADE_BY.to_le_bytes());
        directory.extend(&said);
        // No comment, the first disk, no attributes but those of Unix.
        directory.extend([0; 6]);
        directory.extend(((FILE | file.mode) << 16).to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend(file.name.as_bytes());
    }
    let (at, size) = (small(archive.len())?, small(directory.len())?);
    let count = u16::try_from(files.len()).map_err(too_large)?.to_le_bytes();
    archive.extend(directory);
    archive.extend(b"PK\x05\x06");
    // One disk.
    archive.extend([0; 4]);
    archive.extend([count, count].concat());
    archive.extend(size.to_le_bytes());
    archive.extend(at.to_le_bytes());
    // No comment.
    archive.extend([0; 2]);
    Ok(archive)
}

fn small(size: usize) -> io::Result<u32> {
    u32::try_from(size).map_err(too_large)
}

fn too_large(_: std::num::TryFromIntError) -> io::Error {
    io::Error::other("an archive has less than 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a tool of the system reads is tested with a whole deployment; this is
    /// the layout, byte by byte.
    #[test]
    fn an_archive_has_its_files_and_a_directory_of_them() {
        let file = File {
            name: "a",
            bytes: b"x",
            mode: 0o755,
        };
        let archive = packed(&[file]).unwrap();
        let head = [
            &b"PK\x03\x04\x14\0\0\0\x08\0\0\0\x21\0"[..],
            &0x8cdc_1683_u32.to_le_bytes(),
        ]
        .concat();
        assert_eq!(archive[..head.len()], head);
        let directory = archive.len() - 22 - 47;
        assert_eq!(archive[directory..][..6], *b"PK\x01\x02\x14\x03");
        let mode = &archive[directory + 38..][..4];
        assert_eq!(mode, (0o100_755_u32 << 16).to_le_bytes());
        let end = &archive[archive.len() - 22..];
        assert_eq!(end[..12], *b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        assert_eq!(end[12..16], 47_u32.to_le_bytes());
        assert_eq!(end[16..20], u32::try_from(directory).unwrap().to_le_bytes());
    }
}
