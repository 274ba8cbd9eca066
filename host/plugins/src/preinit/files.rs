//! Files as an initialiser sees them: a path and a content, and nothing that
//! tells one machine or one moment from another. Times stand at the build's
//! own, identities follow from paths, directories are sorted.

use std::future::Future;

use run_files::Digest;
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::filesystem::WasiFilesystemView;
use wasmtime_wasi::p2::bindings::clocks::wall_clock::Datetime;
use wasmtime_wasi::p2::bindings::filesystem::preopens::Host as Preopens;
use wasmtime_wasi::p2::bindings::filesystem::types::{
    DescriptorFlags, DescriptorStat, DescriptorType, DirectoryEntry, DirectoryEntryStream,
    ErrorCode, Host, HostDescriptor, HostDirectoryEntryStream, MetadataHashValue, OpenFlags,
    PathFlags,
};
use wasmtime_wasi::p2::{FsError, FsResult};

use super::cell::Cell;

type Descriptor = Resource<wasmtime_wasi::p2::bindings::filesystem::types::Descriptor>;
type Stream = Resource<DirectoryEntryStream>;
type Store<'a> = StoreContextMut<'a, Cell>;
type Answer<T> = Result<T, ErrorCode>;
type Boxed<'a, T> = Box<dyn Future<Output = wasmtime::Result<(Answer<T>,)>> + Send + 'a>;

/// The interface's name as wasmtime links it; other versions of 0.2 find it.
const TYPES: &str = "wasi:filesystem/types@0.2.12";
const PREOPENS: &str = "wasi:filesystem/preopens@0.2.12";

/// Replaces the functions of `wasi:filesystem` that tell where and when.
pub(super) fn link(linker: &mut Linker<Cell>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    linker
        .instance(PREOPENS)?
        .func_wrap("get-directories", |mut store: Store<'_>, (): ()| {
            let cell = store.data_mut();
            let directories = Preopens::get_directories(&mut cell.filesystem())?;
            for (handle, path) in &directories {
                cell.paths.insert(handle.rep(), path.clone());
            }
            Ok((directories,))
        })?;
    let mut types = linker.instance(TYPES)?;
    types.func_wrap_async("[method]descriptor.open-at", open)?;
    types.func_wrap_async("[method]descriptor.stat", stat)?;
    types.func_wrap_async("[method]descriptor.stat-at", stat_at)?;
    types.func_wrap_async("[method]descriptor.metadata-hash", identity)?;
    types.func_wrap_async("[method]descriptor.metadata-hash-at", identity_at)?;
    types.func_wrap_async("[method]descriptor.read-directory", list)?;
    types.func_wrap(
        "[method]directory-entry-stream.read-directory-entry",
        |mut store: Store<'_>, (stream,): (Stream,)| {
            let listing = store.data_mut().listings.get_mut(&stream.rep());
            let next = listing.and_then(std::collections::VecDeque::pop_front);
            Ok((Answer::Ok(next),))
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

fn answer<T>(cell: &mut Cell, outcome: FsResult<T>) -> wasmtime::Result<(Answer<T>,)> {
    Ok((match outcome {
        Ok(value) => Ok(value),
        Err(error) => Err(code(cell, error)?),
    },))
}

fn code(cell: &mut Cell, error: FsError) -> wasmtime::Result<ErrorCode> {
    cell.filesystem().convert_error_code(error)
}

impl Cell {
    fn path(&self, handle: &Descriptor) -> &str {
        self.paths.get(&handle.rep()).map_or("", String::as_str)
    }

    /// A path below an open directory, as text; `.` and `..` worked out.
    fn below(&self, handle: &Descriptor, path: &str) -> String {
        let mut parts: Vec<&str> = self.path(handle).split('/').collect();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                part => parts.push(part),
            }
        }
        parts.join("/")
    }

    fn same_everywhere(&self, stat: DescriptorStat) -> DescriptorStat {
        let time = Some(Datetime {
            seconds: self.now,
            nanoseconds: 0,
        });
        DescriptorStat {
            link_count: 1,
            // What a directory's size is depends on the file system.
            size: match stat.type_ {
                DescriptorType::Directory => 0,
                _ => stat.size,
            },
            data_access_timestamp: time,
            data_modification_timestamp: time,
            status_change_timestamp: time,
            type_: stat.type_,
        }
    }
}

fn identity_of(path: &str) -> MetadataHashValue {
    let digest = Digest::of(path.as_bytes());
    let half = |at: usize| {
        let bytes = &digest.as_bytes()[at..at + 8];
        bytes
            .iter()
            .fold(0, |all, byte| (all << 8) | u64::from(*byte))
    };
    MetadataHashValue {
        lower: half(0),
        upper: half(8),
    }
}

fn open<'a>(
    mut store: Store<'a>,
    (directory, how, path, open, flags): (
        Descriptor,
        PathFlags,
        String,
        OpenFlags,
        DescriptorFlags,
    ),
) -> Boxed<'a, Descriptor> {
    Box::new(async move {
        let cell = store.data_mut();
        let opened = cell.below(&directory, &path);
        let outcome = cell
            .filesystem()
            .open_at(directory, how, path, open, flags)
            .await;
        if let Ok(handle) = &outcome {
            cell.paths.insert(handle.rep(), opened);
        }
        answer(cell, outcome)
    })
}

fn stat<'a>(mut store: Store<'a>, (file,): (Descriptor,)) -> Boxed<'a, DescriptorStat> {
    Box::new(async move {
        let cell = store.data_mut();
        let outcome = cell.filesystem().stat(file).await;
        let outcome = outcome.map(|stat| cell.same_everywhere(stat));
        answer(cell, outcome)
    })
}

fn stat_at<'a>(
    mut store: Store<'a>,
    (directory, how, path): (Descriptor, PathFlags, String),
) -> Boxed<'a, DescriptorStat> {
    Box::new(async move {
        let cell = store.data_mut();
        let outcome = cell.filesystem().stat_at(directory, how, path).await;
        let outcome = outcome.map(|stat| cell.same_everywhere(stat));
        answer(cell, outcome)
    })
}

fn identity<'a>(mut store: Store<'a>, (file,): (Descriptor,)) -> Boxed<'a, MetadataHashValue> {
    Box::new(async move {
        let cell = store.data_mut();
        let found = identity_of(cell.path(&file));
        answer(cell, Ok(found))
    })
}

fn identity_at<'a>(
    mut store: Store<'a>,
    (directory, how, path): (Descriptor, PathFlags, String),
) -> Boxed<'a, MetadataHashValue> {
    Box::new(async move {
        let cell = store.data_mut();
        let found = identity_of(&cell.below(&directory, &path));
        // Only of what is there.
        let outcome = cell
            .filesystem()
            .metadata_hash_at(directory, how, path)
            .await;
        answer(cell, outcome.map(|_| found))
    })
}

fn list<'a>(mut store: Store<'a>, (directory,): (Descriptor,)) -> Boxed<'a, Stream> {
    Box::new(async move {
        let cell = store.data_mut();
        let outcome = entries(cell, directory).await;
        answer(cell, outcome)
    })
}

/// Opens a listing and reads all of it, to hand it out in order of names.
async fn entries(cell: &mut Cell, directory: Descriptor) -> FsResult<Stream> {
    let stream = cell.filesystem().read_directory(directory).await?;
    let mut entries: Vec<DirectoryEntry> = Vec::new();
    while let Some(entry) = cell
        .filesystem()
        .read_directory_entry(Resource::new_borrow(stream.rep()))
        .await?
    {
        entries.push(entry);
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    cell.listings.insert(stream.rep(), entries.into());
    Ok(stream)
}
