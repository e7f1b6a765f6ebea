//! The directory of a workbook's zip container, read before anything is unpacked: how large would it become?
//!
//! Only what office programs write is taken: one directory, right before an end record without a comment. So the reader that comes
//! after this finds the same directory, and it unpacks no part beyond the size that its entry declares.

use crate::failure::Failure;

/// What a workbook may unpack to.
const UNPACKED_BYTES_MAX: u64 = 512 * 1024 * 1024;

const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_BYTES: usize = 46;
/// The size of a part that is stood for by its 64-bit extra field.
const ELSEWHERE: u64 = 0xffff_ffff;
const ZIP64: u64 = 1;

/// Refuses a workbook that would unpack to more than 512 MiB, or whose directory is not one.
pub(super) fn check(bytes: &[u8]) -> Result<(), Failure> {
    match unpacked(bytes) {
        Some(size) if size <= UNPACKED_BYTES_MAX => Ok(()),
        Some(_) => Err(Failure::input("the workbook unpacks to more than 512 MiB; please split it")),
        None => Err(damaged()),
    }
}

/// A workbook that cannot be read. The reader's own words might quote a cell.
pub(super) fn damaged() -> Failure {
    Failure::input("the workbook cannot be read: it is damaged, or is not .xlsx; please open it and save it again as .xlsx")
}

/// The sizes of all parts, added up.
fn unpacked(bytes: &[u8]) -> Option<u64> {
    let end_at = bytes.len().checked_sub(END_BYTES)?;
    let end = bytes[end_at..].strip_prefix(END)?;
    let comment = little(end, 16, 2)?;
    let entries = little(end, 6, 2)?;
    let (size, from) = (usize::try_from(little(end, 8, 4)?).ok()?, usize::try_from(little(end, 12, 4)?).ok()?);
    if comment != 0 || from.checked_add(size)? != end_at {
        return None;
    }
    let mut directory = &bytes[from..end_at];
    let mut total: u64 = 0;
    for _ in 0..entries {
        if !directory.starts_with(ENTRY) {
            return None;
        }
        let length = |at| little(directory, at, 2).and_then(|length| usize::try_from(length).ok());
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let extras = directory.get(ENTRY_BYTES + name..ENTRY_BYTES + name + extra)?;
        let declared = little(directory, 24, 4)?;
        total = total.checked_add(if declared == ELSEWHERE { long_size(extras)? } else { declared })?;
        directory = directory.get(ENTRY_BYTES + name + extra + comment..)?;
    }
    directory.is_empty().then_some(total)
}

/// The size in the 64-bit extra field, where it stands first.
fn long_size(mut extras: &[u8]) -> Option<u64> {
    loop {
        let (id, length) = (little(extras, 0, 2)?, usize::try_from(little(extras, 2, 2)?).ok()?);
        if id == ZIP64 {
            return little(extras, 4, 8);
        }
        extras = extras.get(4 + length..)?;
    }
}

/// A number of so many bytes, the lowest first.
fn little(bytes: &[u8], at: usize, count: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + count)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A container of empty parts that declare these sizes, a size past 32 bits in its extra field.
    fn container(sizes: &[u64], comment: &[u8]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        let from = bytes.len();
        for &size in sizes {
            let extra = if size < ELSEWHERE { vec![] } else { [&[9, 0, 1, 0, 7, 1, 0, 8, 0][..], &size.to_le_bytes()].concat() };
            let mut entry = [ENTRY, &[0; ENTRY_BYTES - 4]].concat();
            entry[24..28].copy_from_slice(&u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
            entry[28] = 1;
            entry[30] = u8::try_from(extra.len()).unwrap();
            bytes.extend([&entry[..], b"x", &extra].concat());
        }
        let mut end = [END, &[0; END_BYTES - 4]].concat();
        end[10] = u8::try_from(sizes.len()).unwrap();
        end[12..16].copy_from_slice(&u32::try_from(bytes.len() - from).unwrap().to_le_bytes());
        end[16..20].copy_from_slice(&u32::try_from(from).unwrap().to_le_bytes());
        end[20] = u8::try_from(comment.len()).unwrap();
        [&bytes[..], &end, comment].concat()
    }

    #[test]
    fn declared_sizes_are_added_up_before_anything_is_unpacked() {
        let half = UNPACKED_BYTES_MAX / 2;
        assert_eq!(unpacked(&container(&[half, half], b"")), Some(UNPACKED_BYTES_MAX));
        assert!(check(&container(&[half, half], b"")).is_ok());
        let refused = |bytes: &[u8]| check(bytes).unwrap_err().problem().to_string();
        assert!(refused(&container(&[half, half + 1], b"")).contains("more than 512 MiB"));
        assert_eq!(unpacked(&container(&[ELSEWHERE + 5], b"")), Some(ELSEWHERE + 5));
        assert!(refused(&container(&[u64::MAX, 1], b"")).contains("damaged"), "sums do not wrap");
    }

    #[test]
    fn another_directory_than_the_reader_would_find_is_refused() {
        let good = container(&[1, 2, 3], b"");
        assert_eq!(unpacked(&good), Some(6));
        assert_eq!(unpacked(&container(&[1], b"a comment")), None);
        assert_eq!(unpacked(&[b"in front", &good[..]].concat()), None);
        for cut in 0..good.len() {
            assert_eq!(unpacked(&good[..cut]), None, "{cut}");
        }
        let mut fewer = good.clone();
        let count = good.len() - END_BYTES + 10;
        fewer[count] = 2;
        assert_eq!(unpacked(&fewer), None);
    }
}
