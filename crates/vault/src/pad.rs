//! Size classes: what is sealed is padded, so that a size tells a class and not a length.
//!
//! [`Classes`], for what is small: `u32 content length | content | zeros` up to the next class `smallest · 2^k`, `k` from 0 to
//! [`Classes::doublings`]. [`Eighths`], for attachments, where doubling would cost too much: eight classes to each doubling.

use crate::encode::Reader;

/// A ladder of sizes, each twice the one before.
#[derive(Clone, Copy)]
pub(crate) struct Classes {
    /// Bytes of the smallest class.
    pub(crate) smallest: usize,
    /// How often it may double.
    pub(crate) doublings: u32,
}

/// Length prefix inside the padding.
pub(crate) const PREFIX: usize = 4;

impl Classes {
    /// 512 B to 1 MiB: groups of fields.
    pub(crate) const GROUP: Self = Self { smallest: 512, doublings: 11 };
    /// 256 B to 1 MiB: state outside the book.
    pub(crate) const STATE: Self = Self { smallest: 256, doublings: 12 };

    /// The class that holds `content` bytes and their prefix; `None` above the largest.
    pub(crate) fn class_for(self, content: usize) -> Option<usize> {
        let needed = content.checked_add(PREFIX)?;
        (0..=self.doublings).map(|k| self.smallest << k).find(|class| *class >= needed)
    }

    pub(crate) fn is_class(self, size: usize) -> bool {
        (0..=self.doublings).any(|k| self.smallest << k == size)
    }

    /// Starts a padded buffer for `content` bytes: prefix written, room for `extra` more bytes after the class, so
    /// that neither filling nor encrypting in place moves it and leaves a copy behind. `None` above the largest class.
    pub(crate) fn start(self, content: usize, extra: usize) -> Option<Vec<u8>> {
        let class = self.class_for(content)?;
        let mut buffer = Vec::with_capacity(class + extra);
        let length = u32::try_from(content).expect("the largest class is 1 MiB");
        buffer.extend_from_slice(&length.to_be_bytes());
        Some(buffer)
    }

    /// Fills a started buffer, whose content must be complete by now, with zeros up to its class.
    pub(crate) fn finish(self, buffer: &mut Vec<u8>) {
        let content = buffer.len() - PREFIX;
        assert_eq!(buffer[..PREFIX], u32::try_from(content).expect("as started").to_be_bytes(), "content as announced");
        let class = self.class_for(content).expect("start() found its class");
        buffer.resize(class, 0);
    }

    /// The content of a padded buffer; `None` unless size, length and zeros are exactly what padding would make.
    pub(crate) fn unpad(self, padded: &[u8]) -> Option<&[u8]> {
        let mut reader = Reader::new(padded);
        let length = usize::try_from(reader.u32()?).ok()?;
        let content = reader.take(length)?;
        let smallest_fit = self.class_for(length) == Some(padded.len());
        let zeros = reader.rest().iter().fold(0, |sum, byte| sum | byte) == 0;
        (smallest_fit && zeros).then_some(content)
    }
}

/// A ladder of sizes with eight steps to each doubling: `m · 2^k`, `m` from 8 to 15. Above the smallest class padding adds
/// less than an eighth, and a size has only four bits that vary, however large it is.
#[derive(Clone, Copy)]
pub(crate) struct Eighths {
    /// Bytes of the smallest class, a class of the ladder itself.
    pub(crate) smallest: usize,
    /// Bytes of the largest class, a class of the ladder itself.
    pub(crate) largest: usize,
}

impl Eighths {
    /// 4 KiB to 512 MiB: attachments.
    pub(crate) const BLOB: Self = Self { smallest: 4 << 10, largest: 512 << 20 };

    /// The class that holds `needed` bytes; `None` above the largest.
    pub(crate) fn class_for(self, needed: usize) -> Option<usize> {
        if needed > self.largest {
            return None;
        }
        let needed = needed.max(self.smallest);
        Some(needed.next_multiple_of(1 << (needed.ilog2() - 3)))
    }

    pub(crate) fn is_class(self, size: usize) -> bool {
        self.class_for(size) == Some(size)
    }
}
