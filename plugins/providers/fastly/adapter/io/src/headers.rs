//! The platform gives headers in pages: names first, then the values of each.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// More than all headers of a request may have:
/// <https://docs.fastly.com/products/network-services-resource-limits>.
const PAGE: u64 = 128 * 1024;

/// All of them, in order. What cannot be read is left out.
pub(crate) fn collect<E>(
    names: impl Fn(u64, u32) -> Result<(String, Option<u32>), E>,
    values: impl Fn(&str, u64, u32) -> Result<(Vec<u8>, Option<u32>), E>,
) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut page = Some(0);
    while let Some(from) = page {
        let Ok((text, next)) = names(PAGE, from) else {
            break;
        };
        for name in text.split_terminator('\0') {
            of_name(name, &values, &mut all);
        }
        page = next;
    }
    all
}

fn of_name<E>(
    name: &str,
    values: impl Fn(&str, u64, u32) -> Result<(Vec<u8>, Option<u32>), E>,
    all: &mut Vec<(String, Vec<u8>)>,
) {
    let mut page = Some(0);
    while let Some(from) = page {
        let Ok((bytes, next)) = values(name, PAGE, from) else {
            break;
        };
        // Each ends in a NUL, the last one too.
        let bytes = bytes.strip_suffix(b"\0").map(<[u8]>::to_vec);
        if let Some(bytes) = bytes {
            let each = bytes.split(|byte| *byte == 0);
            all.extend(each.map(|value| (name.to_owned(), value.to_vec())));
        }
        page = next;
    }
}
