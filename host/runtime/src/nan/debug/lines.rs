//! Lines, and the files they are in.

use gimli::write::{Address, FileId, LineProgram, LineString};
use gimli::{LineEncoding, read};

use super::{ENCODING, Left, Slice, Writer, without_nul};

impl<'a> Writer<'a> {
    /// The lines with their files; `None` for a unit that has none.
    pub(super) fn lines(
        &mut self,
        old: &read::Unit<Slice<'a>>,
    ) -> Result<Option<(LineProgram, Vec<FileId>)>, Left> {
        let Some(program) = old.line_program.clone() else {
            return Ok(None);
        };
        let nowhere = || LineString::String(b".".to_vec());
        let mut new = LineProgram::new(
            ENCODING,
            LineEncoding::default(),
            nowhere(),
            None,
            nowhere(),
            None,
        );
        let directory = new.default_directory();
        // Numbers begin with 1, up to version 4.
        let unknown = LineString::String(b"<unknown>".to_vec());
        let mut files = Vec::new();
        if program.header().version() <= 4 {
            files.push(new.add_file(unknown, directory, None));
        }
        for file in program.header().file_names() {
            self.spend()?;
            let path = self.path(old, program.header(), file)?;
            files.push(new.add_file(LineString::String(path), directory, None));
        }
        let mut rows = program.rows();
        // The first address of the sequence that is being written.
        let mut start = None;
        let mut last = 0;
        while let Some((_, row)) = rows.next_row()? {
            self.spend()?;
            let Some(address) = self.places.of(row.address()).filter(|at| *at > 0) else {
                if row.end_sequence()
                    && let Some(start) = start.take()
                {
                    new.end_sequence(last - start);
                }
                continue;
            };
            let begun = match start {
                Some(start) => start,
                None if row.end_sequence() => continue,
                None => {
                    new.begin_sequence(Some(Address::Constant(address)));
                    last = address;
                    *start.insert(address)
                }
            };
            // They only ever go up.
            last = last.max(address);
            if row.end_sequence() {
                new.end_sequence(last - begun);
                start = None;
                continue;
            }
            let Some(file) = files.get(row.file_index() as usize) else {
                continue;
            };
            let to = new.row();
            to.address_offset = last - begun;
            to.file = *file;
            to.line = at_most(row.line().map_or(0, std::num::NonZero::get));
            to.column = match row.column() {
                read::ColumnType::LeftEdge => 0,
                read::ColumnType::Column(column) => at_most(column.get()),
            };
            new.generate_row();
        }
        if let Some(start) = start {
            new.end_sequence(last - start);
        }
        Ok(Some((new, files)))
    }

    /// The whole path of a file.
    fn path(
        &self,
        unit: &read::Unit<Slice<'a>>,
        header: &read::LineProgramHeader<Slice<'a>>,
        file: &read::FileEntry<Slice<'a>>,
    ) -> Result<Vec<u8>, Left> {
        let mut path = unit.comp_dir.map_or(Vec::new(), |dir| dir.slice().to_vec());
        let directory = match file.directory_index() {
            0 => None,
            _ => file.directory(header),
        };
        for part in directory.into_iter().chain([file.path_name()]) {
            let part = self.old.attr_string(unit, part)?;
            join(&mut path, part.slice());
        }
        Ok(without_nul(&path).unwrap_or_else(|| b"<unknown>".to_vec()))
    }
}

/// Appends a path, or starts with it where it begins at a root.
fn join(path: &mut Vec<u8>, part: &[u8]) {
    let windows = |path: &[u8]| path.starts_with(b"\\") || path.get(1..3) == Some(b":\\");
    if part.starts_with(b"/") || windows(part) {
        path.clear();
    } else if !path.is_empty() {
        let separator = if windows(path) { b'\\' } else { b'/' };
        if path.last() != Some(&separator) {
            path.push(separator);
        }
    }
    path.extend(part);
}

/// No file has more lines, and the difference of two of them is a number.
fn at_most(line: u64) -> u64 {
    line.min(u32::MAX.into())
}
