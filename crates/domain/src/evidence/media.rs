//! What kinds of file are taken in, by their bytes and never by their name; and what is left of the name.
//!
//! To take in another kind: a word of [`MediaType`], its mark in [`by_mark`] or a rule in `sniff.rs`, its file extensions, and a row in
//! the tests.

use crate::words::words;

/// The largest file that is ever taken in: 500 MiB. A deployment may take in less.
pub const FILE_BYTES_MAX: usize = 500 << 20;
/// Characters of a file's name that are kept.
pub const NAME_CHARS_MAX: usize = 200;
/// Entries of an Office document's table of contents that are looked through.
const ENTRIES_MAX: usize = 4_000;

words! {
    /// The kinds of file that are taken in.
    pub enum MediaType {
        Pdf = "application/pdf", "PDF";
        Jpeg = "image/jpeg", "JPEG";
        Png = "image/png", "PNG";
        Heic = "image/heic", "HEIC";
        Text = "text/plain", "plain text";
        Mail = "message/rfc822", "e-mail (eml)";
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX";
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX";
    }
}

impl MediaType {
    /// The extensions of such a file, the usual one first.
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg", "jpe"],
            Self::Png => &["png"],
            Self::Heic => &["heic", "heif"],
            Self::Text => &["txt", "csv", "log", "md"],
            Self::Mail => &["eml"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
        }
    }
}

/// What the first bytes of a file, 12 or more where there are so many, say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByMark {
    /// It is of this kind.
    Is(MediaType),
    /// It is refused: what it is, in words that follow "it is".
    Refused(&'static str),
    /// A ZIP archive: its table of contents tells.
    Archive,
    /// Nothing: text, mail or what is not known here.
    Unmarked,
}

/// The kind of a file, as far as its first bytes tell.
pub(super) fn by_mark(head: &[u8]) -> ByMark {
    const REFUSED: &[(&[u8], &str)] = &[
        (b"GIF8", "a GIF image"),
        (b"II*\0", "a TIFF image"),
        (b"MM\0*", "a TIFF image"),
        (b"BM", "a BMP image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older Office file or an Outlook message"),
        (b"MZ", "a program"),
        (b"\x7fELF", "a program"),
        (b"\x1f\x8b", "an archive"),
        (b"Rar!", "an archive"),
        (b"7z\xbc\xaf\x27\x1c", "an archive"),
        (b"{\\rtf", "an RTF document"),
    ];
    const KNOWN: &[(&[u8], MediaType)] =
        &[(b"%PDF-", MediaType::Pdf), (b"\xff\xd8\xff", MediaType::Jpeg), (b"\x89PNG\r\n\x1a\n", MediaType::Png)];
    if let Some((_, kind)) = KNOWN.iter().find(|(mark, _)| head.starts_with(mark)) {
        return ByMark::Is(*kind);
    }
    if head.get(4..8) == Some(b"ftyp") {
        const HEIC: [&[u8]; 8] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
        let is_heic = HEIC.contains(&head.get(8..12).unwrap_or_default());
        return if is_heic { ByMark::Is(MediaType::Heic) } else { ByMark::Refused("a video, or an image of another kind") };
    }
    if head.starts_with(b"PK") {
        return ByMark::Archive;
    }
    // Text may begin with these letters too; a bitmap's header never is text.
    let refused = REFUSED.iter().find(|(mark, _)| head.starts_with(mark));
    refused.map_or(ByMark::Unmarked, |(_, what)| ByMark::Refused(what))
}

/// An Office document without macros, from the names in the archive's table of contents: `tail` is the end of a file of this size.
pub(super) fn office(tail: &[u8], size: usize) -> Result<MediaType, &'static str> {
    const ARCHIVE: &str = "an archive";
    let names = archive_names(tail, size).ok_or(ARCHIVE)?;
    let has = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name.as_bytes()));
    if names.iter().any(|name| name.to_ascii_lowercase().ends_with(b"vbaproject.bin")) {
        return Err("an Office document with macros");
    }
    match (has("[Content_Types].xml"), has("word/document.xml"), has("xl/workbook.xml")) {
        (true, true, false) => Ok(MediaType::Docx),
        (true, false, true) => Ok(MediaType::Xlsx),
        _ => Err(ARCHIVE),
    }
}

/// The names in a ZIP archive's table of contents, up to [`ENTRIES_MAX`]; none where it has none that can be read, or one that does not
/// lie within the tail.
fn archive_names(tail: &[u8], size: usize) -> Option<Vec<&[u8]>> {
    const END: usize = 22;
    const ENTRY: usize = 46;
    let number = |at: usize, bytes: usize| -> Option<usize> {
        let digits = tail.get(at..at.checked_add(bytes)?)?.iter().rev();
        digits.copied().try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(byte)))
    };
    // The end record may have a comment of up to 65,535 bytes behind it.
    let from = tail.len().saturating_sub(END + 65_535);
    let end = from + tail[from..].windows(4).rposition(|mark| mark == b"PK\x05\x06")?;
    let (entries, start) = (number(end + 10, 2)?, number(end + 16, 4)?);
    let mut at = start.checked_sub(size.checked_sub(tail.len())?)?;
    // A file that was cut short, or that has something behind its end, is no document.
    if entries > ENTRIES_MAX || end + END + number(end + 20, 2)? != tail.len() {
        return None;
    }
    let mut names = Vec::with_capacity(entries);
    for _ in 0..entries {
        if tail.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let (name, extra, comment) = (number(at + 28, 2)?, number(at + 30, 2)?, number(at + 32, 2)?);
        names.push(tail.get(at + ENTRY..at + ENTRY + name)?);
        at = at.checked_add(ENTRY + name + extra + comment)?;
    }
    Some(names)
}

/// What is kept of a file's name: no path, nothing that cannot be seen, nothing that turns the reading direction, at most
/// [`NAME_CHARS_MAX`] characters; and the extension that its kind has.
pub fn file_name(given: &str, kind: MediaType) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
            || "<>:\"|?*".contains(c)
    };
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !unseen(*c)).collect();
    let clean = clean.trim().trim_matches('.').trim();
    let (stem, extension) = clean.rsplit_once('.').unwrap_or((clean, ""));
    let fits = kind.extensions().iter().find(|known| known.eq_ignore_ascii_case(extension));
    let (stem, extension) = fits.map_or((clean, kind.extensions()[0]), |_| (stem, extension));
    let stem: String = stem.chars().take(NAME_CHARS_MAX - 1 - extension.len()).collect();
    let stem = if stem.trim().is_empty() { "file" } else { stem.trim_end() };
    format!("{stem}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_no_path_no_tricks_and_its_kind_s_extension() {
        for (given, kind, kept) in [
            ("C:\\Users\\me\\scan.pdf", MediaType::Pdf, "scan.pdf"),
            ("../../etc/passwd", MediaType::Text, "passwd.txt"),
            ("invoice\u{202e}fdp.exe", MediaType::Pdf, "invoicefdp.exe.pdf"),
            ("a\r\nSet-Cookie: x.PNG", MediaType::Png, "aSet-Cookie x.PNG"),
            ("  ... ", MediaType::Pdf, "file.pdf"),
            (".pdf", MediaType::Pdf, "pdf.pdf"),
            ("Entwurf \u{e9}t\u{e9}.docx", MediaType::Docx, "Entwurf \u{e9}t\u{e9}.docx"),
            ("photo.jpeg", MediaType::Jpeg, "photo.jpeg"),
        ] {
            assert_eq!(file_name(given, kind), kept, "{given:?}");
        }
        let long = file_name(&format!("{}.pdf", "\u{e9}".repeat(500)), MediaType::Pdf);
        assert_eq!(long, format!("{}.pdf", "\u{e9}".repeat(NAME_CHARS_MAX - 4)));
    }
}
