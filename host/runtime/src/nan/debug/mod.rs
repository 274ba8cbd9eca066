//! Debug information of code that moved.
//!
//! What a backtrace shows is written anew: the names of functions, which calls
//! were inlined in them, and the lines. Types and variables are left out, since
//! nothing here shows them. What cannot be read is left out as well, so that
//! what is shown is right.

mod lines;

use gimli::constants as dw;
use gimli::read::{self, DebuggingInformationEntry};
use gimli::write::{
    Address, AttributeValue, EndianVec, FileId, Range, RangeList, Sections, Unit, UnitEntryId,
};
use gimli::{Encoding, EndianSlice, Format, LittleEndian, write};

use super::places::Places;

type Slice<'a> = EndianSlice<'a, LittleEndian>;
type Entry<'a> = DebuggingInformationEntry<Slice<'a>>;

const ENCODING: Encoding = Encoding {
    format: Format::Dwarf32,
    version: 4,
    address_size: 4,
};

/// How often a name may be at another place.
const MAX_STEPS: usize = 16;

/// The sections, by name and content, for code that moved; none where they
/// cannot be read.
pub(super) fn moved(sections: &[(&str, &[u8])], places: &Places) -> Vec<(&'static str, Vec<u8>)> {
    if sections.is_empty() {
        return Vec::new();
    }
    rewrite(sections, places).unwrap_or_default()
}

/// Why debug information is left out.
enum Left {
    /// It is malformed, or cannot be written.
    Out,
}

impl From<gimli::Error> for Left {
    fn from(_: gimli::Error) -> Self {
        Self::Out
    }
}

impl From<write::Error> for Left {
    fn from(_: write::Error) -> Self {
        Self::Out
    }
}

fn rewrite(
    sections: &[(&str, &[u8])],
    places: &Places,
) -> Result<Vec<(&'static str, Vec<u8>)>, Left> {
    let old = read::Dwarf::load(|id| {
        let found = sections.iter().find(|(name, _)| *name == id.name());
        Ok::<_, Left>(EndianSlice::new(
            found.map_or(&[][..], |found| found.1),
            LittleEndian,
        ))
    })?;
    let mut units = Vec::new();
    let mut headers = old.units();
    while let Some(header) = headers.next()? {
        units.push(old.unit(header)?);
    }
    let mut new = write::Dwarf::new();
    let mut writer = Writer {
        old: &old,
        units: &units,
        places,
        // Parts that are referred to over and over could grow without bound.
        budget: 4 * sections
            .iter()
            .map(|(_, content)| content.len())
            .sum::<usize>(),
    };
    for unit in &units {
        writer.unit(unit, &mut new)?;
    }
    let mut written = Sections::new(EndianVec::new(LittleEndian));
    new.write(&mut written)?;
    let mut out = Vec::new();
    written.for_each(|id, content| {
        if !content.slice().is_empty() {
            out.push((id.name(), content.slice().to_vec()));
        }
        Ok::<_, Left>(())
    })?;
    Ok(out)
}

struct Writer<'a> {
    old: &'a read::Dwarf<Slice<'a>>,
    units: &'a [read::Unit<Slice<'a>>],
    places: &'a Places,
    budget: usize,
}

impl<'a> Writer<'a> {
    fn spend(&mut self) -> Result<(), Left> {
        self.budget = self.budget.checked_sub(1).ok_or(Left::Out)?;
        Ok(())
    }

    fn unit(&mut self, old: &read::Unit<Slice<'a>>, new: &mut write::Dwarf) -> Result<(), Left> {
        let Some((lines, files)) = self.lines(old)? else {
            return Ok(());
        };
        let mut unit = Unit::new(ENCODING, lines);
        let root = unit.root();
        unit.get_mut(root)
            .set(dw::DW_AT_stmt_list, AttributeValue::LineProgramRef);
        let ranges = self.ranges(self.old.unit_ranges(old)?)?;
        set_ranges(&mut unit, root, ranges);
        self.entries(old, &files, &mut unit, &mut new.strings)?;
        new.units.add(unit);
        Ok(())
    }

    /// The functions and what is inlined in them, one within the other.
    fn entries(
        &mut self,
        old: &read::Unit<Slice<'a>>,
        files: &[FileId],
        unit: &mut Unit,
        strings: &mut write::StringTable,
    ) -> Result<(), Left> {
        let mut within: Vec<(isize, UnitEntryId)> = Vec::new();
        let mut entries = old.entries();
        while let Some(entry) = entries.next_dfs()? {
            while within
                .last()
                .is_some_and(|(depth, _)| *depth >= entry.depth())
            {
                within.pop();
            }
            let is_function = entry.tag() == dw::DW_TAG_subprogram;
            if !is_function && entry.tag() != dw::DW_TAG_inlined_subroutine {
                continue;
            }
            let ranges = self.ranges(self.old.die_ranges(old, entry)?)?;
            if ranges.is_empty() {
                continue;
            }
            self.spend()?;
            let parent = match within.last() {
                Some((_, parent)) if !is_function => *parent,
                _ => unit.root(),
            };
            let added = unit.add(parent, entry.tag());
            set_ranges(unit, added, ranges);
            if let Some(name) = self.name(old, entry)? {
                let name = AttributeValue::StringRef(strings.add(name));
                unit.get_mut(added).set(dw::DW_AT_linkage_name, name);
            }
            for at in [
                dw::DW_AT_call_file,
                dw::DW_AT_call_line,
                dw::DW_AT_call_column,
            ] {
                let Some(number) = entry.attr(at).and_then(read::Attribute::udata_value) else {
                    continue;
                };
                let value = match at {
                    dw::DW_AT_call_file => match files.get(number as usize) {
                        Some(file) => AttributeValue::FileIndex(Some(*file)),
                        None => continue,
                    },
                    _ => AttributeValue::Udata(number),
                };
                unit.get_mut(added).set(at, value);
            }
            within.push((entry.depth(), added));
        }
        Ok(())
    }

    /// A function's name as its linker knows it, else as its source has it.
    fn name(
        &self,
        unit: &read::Unit<Slice<'a>>,
        entry: &Entry<'a>,
    ) -> Result<Option<Vec<u8>>, Left> {
        let (mut unit, mut entry) = (unit, entry.clone());
        for _ in 0..MAX_STEPS {
            let named = [
                dw::DW_AT_linkage_name,
                dw::DW_AT_MIPS_linkage_name,
                dw::DW_AT_name,
            ];
            if let Some(name) = named.iter().find_map(|at| entry.attr_value(*at)) {
                let name = self.old.attr_string(unit, name)?;
                return Ok(without_nul(name.slice()));
            }
            let origin = [dw::DW_AT_abstract_origin, dw::DW_AT_specification];
            let Some(origin) = origin.iter().find_map(|at| entry.attr_value(*at)) else {
                break;
            };
            let offset = match origin {
                read::AttributeValue::UnitRef(offset) => offset,
                read::AttributeValue::DebugInfoRef(offset) => {
                    // They are in the order of their offsets.
                    let behind = self
                        .units
                        .partition_point(|unit| unit.header.offset().0 <= offset.0);
                    let Some(other) = behind.checked_sub(1).map(|at| &self.units[at]) else {
                        break;
                    };
                    let Some(offset) = offset.to_unit_offset(&other.header) else {
                        break;
                    };
                    unit = other;
                    offset
                }
                _ => break,
            };
            entry = unit.entry(offset)?;
        }
        Ok(None)
    }

    fn ranges(&mut self, mut old: read::RangeIter<Slice<'a>>) -> Result<Vec<(u64, u64)>, Left> {
        let mut ranges = Vec::new();
        while let Some(range) = old.next()? {
            self.spend()?;
            // A function that was left out is at no address, or at 0, where
            // the number of functions is.
            let (Some(begin), Some(end)) = (self.places.of(range.begin), self.places.of(range.end))
            else {
                continue;
            };
            if 0 < begin && begin < end {
                ranges.push((begin, end));
            }
        }
        Ok(ranges)
    }
}

fn without_nul(text: &[u8]) -> Option<Vec<u8>> {
    let end = text
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_vec())
}

fn set_ranges(unit: &mut Unit, entry: UnitEntryId, ranges: Vec<(u64, u64)>) {
    match ranges.as_slice() {
        [] => {}
        [(begin, end)] => {
            let (begin, end) = (Address::Constant(*begin), Address::Constant(*end));
            let entry = unit.get_mut(entry);
            entry.set(dw::DW_AT_low_pc, AttributeValue::Address(begin));
            entry.set(dw::DW_AT_high_pc, AttributeValue::Address(end));
        }
        _ => {
            let ranges = ranges.into_iter().map(|(begin, end)| Range::StartEnd {
                begin: Address::Constant(begin),
                end: Address::Constant(end),
            });
            let id = unit.ranges.add(RangeList(ranges.collect()));
            let entry = unit.get_mut(entry);
            entry.set(dw::DW_AT_ranges, AttributeValue::RangeListRef(id));
        }
    }
}
