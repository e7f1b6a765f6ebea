//! The kind of a file that comes piece by piece: a little of its beginning, of its end and of what is between is all that is kept.

use zeroize::Zeroizing;

use super::media::{ByMark, MediaType, by_mark, office};

/// Bytes of the beginning that are kept: where a mail says that it is one.
const HEAD: usize = 16 << 10;
/// Bytes of the end that are kept, of an archive alone: an Office document's table of contents lies in them.
const TAIL: usize = 1 << 20;
/// What is said of bytes that are neither text nor anything with a mark.
const UNKNOWN: &str = "of a kind that is not known here";

/// A file that is being looked at as it comes.
#[derive(Clone, Default)]
pub struct Sniffer {
    size: usize,
    head: Zeroizing<Vec<u8>>,
    tail: Zeroizing<Vec<u8>>,
    text: Text,
}

crate::redacted::redacted!(Sniffer);

impl Sniffer {
    /// Looks at the next piece; an error says what it is, in words that follow "it is", and that nothing more need come.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), &'static str> {
        self.size += piece.len();
        if self.head.capacity() == 0 {
            // Sized once: a buffer that moved would leave some of it behind.
            self.head.reserve_exact(HEAD);
        }
        let more = piece.len().min(HEAD - self.head.len());
        self.head.extend_from_slice(&piece[..more]);
        self.text.push(piece);
        // Twelve bytes say all that a mark says, and a shorter file is judged at its end.
        match by_mark(&self.head) {
            _ if self.size < 12 => self.keep_tail(piece),
            ByMark::Refused(what) => return Err(what),
            ByMark::Archive => self.keep_tail(piece),
            ByMark::Is(_) => self.tail.clear(),
            ByMark::Unmarked => {
                self.tail.clear();
                // Too little of it may have come to say that it is mail.
                if self.text.has_nul || (self.head.len() == HEAD && !self.text.so_far && !is_mail(&self.head)) {
                    return Err(UNKNOWN);
                }
            }
        }
        Ok(())
    }

    fn keep_tail(&mut self, piece: &[u8]) {
        if self.tail.capacity() == 0 {
            self.tail.reserve_exact(2 * TAIL);
        }
        let piece = &piece[piece.len().saturating_sub(TAIL)..];
        if self.tail.len() + piece.len() > 2 * TAIL {
            let from = self.tail.len() - TAIL;
            self.tail.copy_within(from.., 0);
            self.tail.truncate(TAIL);
        }
        self.tail.extend_from_slice(piece);
    }

    /// How many bytes have come.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// Whether this may be mail, by what has come of it so far.
    pub fn may_be_mail(&self) -> bool {
        by_mark(&self.head) == ByMark::Unmarked && !self.text.has_nul && (self.head.len() < HEAD || is_mail(&self.head))
    }

    /// The kind of the whole file; else what it is, in words that follow "it is".
    pub fn finish(&self) -> Result<MediaType, &'static str> {
        if self.size == 0 {
            return Err("empty");
        }
        match by_mark(&self.head) {
            ByMark::Is(kind) => Ok(kind),
            ByMark::Refused(what) => Err(what),
            ByMark::Archive => office(&self.tail, self.size),
            ByMark::Unmarked if !self.text.has_nul && is_mail(&self.head) => Ok(MediaType::Mail),
            ByMark::Unmarked if self.text.ends() => Ok(MediaType::Text),
            ByMark::Unmarked => Err(UNKNOWN),
        }
    }
}

/// The kind of a whole file; else what it is, in words that follow "it is".
pub fn media_type(content: &[u8]) -> Result<MediaType, &'static str> {
    let mut sniffer = Sniffer::default();
    sniffer.push(content)?;
    sniffer.finish()
}

/// Whether what comes is UTF-8 without characters that only programs write.
#[derive(Clone)]
struct Text {
    so_far: bool,
    has_nul: bool,
    /// The beginning of a character whose rest is in the next piece.
    open: ([u8; 4], usize),
}

impl Default for Text {
    fn default() -> Self {
        Self { so_far: true, has_nul: false, open: ([0; 4], 0) }
    }
}

impl Text {
    fn push(&mut self, mut piece: &[u8]) {
        self.has_nul |= piece.contains(&0);
        while self.so_far && self.open.1 > 0 && !piece.is_empty() {
            let (bytes, length) = &mut self.open;
            bytes[*length] = piece[0];
            *length += 1;
            piece = &piece[1..];
            match std::str::from_utf8(&bytes[..*length]) {
                Ok(text) => {
                    self.so_far = is_plain(text);
                    *length = 0;
                }
                Err(error) => self.so_far = error.error_len().is_none(),
            }
        }
        if !self.so_far {
            return;
        }
        match std::str::from_utf8(piece) {
            Ok(text) => self.so_far = is_plain(text),
            Err(error) => {
                let (text, rest) = piece.split_at(error.valid_up_to());
                let text = std::str::from_utf8(text).expect("it is valid up to there");
                self.so_far = is_plain(text) && error.error_len().is_none();
                if self.so_far {
                    // At most three bytes: the beginning of a character.
                    self.open.0[..rest.len()].copy_from_slice(rest);
                    self.open.1 = rest.len();
                }
            }
        }
    }

    /// Whether it was text to its end.
    fn ends(&self) -> bool {
        self.so_far && self.open.1 == 0
    }
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}

/// Whether a file begins with the fields of a mail (RFC 5322): lines of `Name: value` with a sender, and a date or a trace of its way,
/// before an empty line or the end of what is looked at.
fn is_mail(head: &[u8]) -> bool {
    let (mut from, mut on_its_way) = (false, false);
    for line in head.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.first() {
            None => break,
            Some(b' ' | b'\t') => continue,
            Some(_) => {}
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            // The line may have been cut off where the head ends.
            if from && on_its_way {
                break;
            }
            return false;
        };
        let name = line[..colon].trim_ascii_end();
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return false;
        }
        let is = |known: &[&[u8]]| known.iter().any(|known| name.eq_ignore_ascii_case(known));
        from |= is(&[b"From"]);
        on_its_way |= is(&[b"Date", b"Received", b"Message-ID", b"MIME-Version"]);
    }
    from && on_its_way
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] =
        b"Received: from a by b\r\n\tfor <c@example.org>\r\nFrom: a@example.org\r\nDate: Fri, 30 Oct 2026 16:12:00 +0000\r\n\r\nHello";

    /// An archive of empty files with these names.
    fn archive(names: &[&str]) -> Vec<u8> {
        let (mut files, mut table) = (vec![], vec![]);
        for name in names {
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            let offset = u32::try_from(files.len()).unwrap().to_le_bytes();
            files.extend([b"PK\x03\x04".as_slice(), &[0; 22], &length, &[0; 2], name.as_bytes()].concat());
            table.extend([b"PK\x01\x02".as_slice(), &[0; 24], &length, &[0; 12], &offset, name.as_bytes()].concat());
        }
        let count = u16::try_from(names.len()).unwrap().to_le_bytes();
        let (size, start) = (u32::try_from(table.len()).unwrap().to_le_bytes(), u32::try_from(files.len()).unwrap().to_le_bytes());
        let end = [b"PK\x05\x06".as_slice(), &[0; 4], &count, &count, &size, &start, &[0; 2]].concat();
        [files, table, end].concat()
    }

    #[test]
    fn a_kind_is_told_by_the_first_bytes() {
        let word = archive(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"]);
        let sheet = archive(&["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"]);
        for (content, kind) in [
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3".as_slice(), MediaType::Pdf),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", MediaType::Jpeg),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", MediaType::Png),
            (b"\0\0\0\x18ftypheic\0\0\0\0", MediaType::Heic),
            (MAIL, MediaType::Mail),
            (b"From: a@example.org\nMessage-ID: <1@x>\n\n caf\xe9 in an old charset", MediaType::Mail),
            (b"From: the office\nTo: everybody\n\nA letter is not yet mail.", MediaType::Text),
            ("Dear Ms Jones,\r\n\tit was the 4\u{2019}s. \u{e9}".as_bytes(), MediaType::Text),
            (&word, MediaType::Docx),
            (&sheet, MediaType::Xlsx),
        ] {
            assert_eq!(media_type(content), Ok(kind));
        }
    }

    #[test]
    fn every_other_kind_is_refused_and_named() {
        let macros = archive(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]);
        let other = archive(&["a.txt"]);
        for (content, what) in [
            (b"".as_slice(), "empty"),
            (b"GIF89a", "a GIF image"),
            (b"\0\0\0\x18ftypisom\0\0\0\0", "a video, or an image of another kind"),
            (b"MZ\x90\0", "a program"),
            (b"\x1f\x8b\x08", "an archive"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older Office file or an Outlook message"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "of a kind that is not known here"),
            (b"\xff\xfeD\0e\0a\0r\0", "of a kind that is not known here"),
            (b"text\0with NUL", "of a kind that is not known here"),
            (b"PK\x03\x04cut off", "an archive"),
            (&macros, "an Office document with macros"),
            (&other, "an archive"),
        ] {
            assert_eq!(media_type(content), Err(what));
        }
        let word = archive(&["[Content_Types].xml", "word/document.xml"]);
        for cut in 4..word.len() {
            assert!(media_type(&word[..cut]).is_err(), "{cut}");
        }
    }

    /// However a file comes in pieces it is judged alike; a refused one is known as soon as it can be.
    #[test]
    fn pieces_tell_what_the_whole_tells() {
        let long = "Fr\u{e9}d\u{e9}ric \u{1f98a} ".repeat(3000);
        let word = [archive(&["[Content_Types].xml", "word/document.xml"]).as_slice()].concat();
        let mail = [MAIL, &b"\xff\xfe broken ".repeat(3000)].concat();
        let samples: [&[u8]; 9] =
            [long.as_bytes(), &long.as_bytes()[..long.len() - 2], &word, &mail, b"%PDF-1.7", b"MZ", b"PK", b"one\0two", b"\xff\xd8"];
        for content in samples {
            let whole = media_type(content);
            for piece in [1_usize, 2, 3, 5, 7, 1000, 20_000] {
                let mut sniffer = Sniffer::default();
                let pieces = content.chunks(piece).try_for_each(|piece| sniffer.push(piece));
                assert_eq!(pieces.and_then(|()| sniffer.finish()), whole, "{} by {piece}", content.len());
            }
        }
        let mut sniffer = Sniffer::default();
        assert!(sniffer.push(b"GIF89a").is_ok() && sniffer.push(b"and the rest").is_err());
        let mut sniffer = Sniffer::default();
        assert!(sniffer.push(b"text, then ").is_ok() && sniffer.push(b"\0").is_err());
    }

    /// What is kept of a file does not grow with it, and a document is known by its end however long it is.
    #[test]
    fn a_long_file_is_not_kept() {
        let names = ["[Content_Types].xml", "word/document.xml"];
        let short = archive(&names);
        let table = short.windows(4).position(|mark| mark == b"PK\x01\x02").unwrap();
        let end = short.len() - 22;
        let between = 5 << 20;
        let mut sniffer = Sniffer::default();
        sniffer.push(&short[..table]).unwrap();
        for _ in 0..between / 4096 {
            sniffer.push(&[0x55; 4096]).unwrap();
            assert!(sniffer.tail.len() <= 2 * TAIL && sniffer.head.len() <= HEAD);
        }
        let mut last = short[table..].to_vec();
        let start = u32::try_from(table + between).unwrap().to_le_bytes();
        last[end - table + 16..end - table + 20].copy_from_slice(&start);
        sniffer.push(&last).unwrap();
        assert_eq!((sniffer.finish(), sniffer.size()), (Ok(MediaType::Docx), short.len() + between));
        let mut text = Sniffer::default();
        for _ in 0..1000 {
            text.push(&[b'x'; 4096]).unwrap();
        }
        assert_eq!((text.finish(), text.tail.capacity(), text.head.capacity()), (Ok(MediaType::Text), 0, HEAD));
    }
}
