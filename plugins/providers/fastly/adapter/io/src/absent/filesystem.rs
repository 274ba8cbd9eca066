//! `wasi:filesystem`: there are no directories, so there are no files.

use alloc::string::String;
use alloc::vec::Vec;

use super::Never;
use crate::Io;
use crate::bindings::exports::wasi::filesystem::{preopens, types};
use crate::bindings::exports::wasi::io0_2_12::{error, streams};

impl preopens::Guest for Io {
    fn get_directories() -> Vec<(types::Descriptor, String)> {
        Vec::new()
    }
}

impl types::Guest for Io {
    type Descriptor = Never;
    type DirectoryEntryStream = Never;

    fn filesystem_error_code(_: error::ErrorBorrow<'_>) -> Option<types::ErrorCode> {
        None
    }
}

impl types::GuestDirectoryEntryStream for Never {
    fn read_directory_entry(&self) -> Result<Option<types::DirectoryEntry>, types::ErrorCode> {
        match *self {}
    }
}

impl types::GuestDescriptor for Never {
    fn read_via_stream(&self, _: u64) -> Result<streams::InputStream, types::ErrorCode> {
        match *self {}
    }

    fn write_via_stream(&self, _: u64) -> Result<streams::OutputStream, types::ErrorCode> {
        match *self {}
    }

    fn append_via_stream(&self) -> Result<streams::OutputStream, types::ErrorCode> {
        match *self {}
    }

    fn advise(&self, _: u64, _: u64, _: types::Advice) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn sync_data(&self) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn get_flags(&self) -> Result<types::DescriptorFlags, types::ErrorCode> {
        match *self {}
    }

    fn get_type(&self) -> Result<types::DescriptorType, types::ErrorCode> {
        match *self {}
    }

    fn set_size(&self, _: u64) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn set_times(
        &self,
        _: types::NewTimestamp,
        _: types::NewTimestamp,
    ) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn read(&self, _: u64, _: u64) -> Result<(Vec<u8>, bool), types::ErrorCode> {
        match *self {}
    }

    fn write(&self, _: Vec<u8>, _: u64) -> Result<u64, types::ErrorCode> {
        match *self {}
    }

    fn read_directory(&self) -> Result<types::DirectoryEntryStream, types::ErrorCode> {
        match *self {}
    }

    fn sync(&self) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn create_directory_at(&self, _: String) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn stat(&self) -> Result<types::DescriptorStat, types::ErrorCode> {
        match *self {}
    }

    fn stat_at(
        &self,
        _: types::PathFlags,
        _: String,
    ) -> Result<types::DescriptorStat, types::ErrorCode> {
        match *self {}
    }

    fn set_times_at(
        &self,
        _: types::PathFlags,
        _: String,
        _: types::NewTimestamp,
        _: types::NewTimestamp,
    ) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn link_at(
        &self,
        _: types::PathFlags,
        _: String,
        _: types::DescriptorBorrow<'_>,
        _: String,
    ) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn open_at(
        &self,
        _: types::PathFlags,
        _: String,
        _: types::OpenFlags,
        _: types::DescriptorFlags,
    ) -> Result<types::Descriptor, types::ErrorCode> {
        match *self {}
    }

    fn readlink_at(&self, _: String) -> Result<String, types::ErrorCode> {
        match *self {}
    }

    fn remove_directory_at(&self, _: String) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn rename_at(
        &self,
        _: String,
        _: types::DescriptorBorrow<'_>,
        _: String,
    ) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn symlink_at(&self, _: String, _: String) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn unlink_file_at(&self, _: String) -> Result<(), types::ErrorCode> {
        match *self {}
    }

    fn is_same_object(&self, _: types::DescriptorBorrow<'_>) -> bool {
        match *self {}
    }

    fn metadata_hash(&self) -> Result<types::MetadataHashValue, types::ErrorCode> {
        match *self {}
    }

    fn metadata_hash_at(
        &self,
        _: types::PathFlags,
        _: String,
    ) -> Result<types::MetadataHashValue, types::ErrorCode> {
        match *self {}
    }
}
