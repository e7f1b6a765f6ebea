//! What kind of file somebody brings, by its first bytes and never by its name; and what is left of the name.
//!
//! To take in another kind: a word of [`MediaType`], its mark in [`media_type`], its file extensions, and a row in the tests.

use crate::words::words;

/// The largest file that is taken in: 20 MiB.
pub const FILE_BYTES_MAX: usize = 20 << 20;
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
            Self::Text => &["txt", "csv", "log", "md", "eml"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
        }
    }
}

/// The kind of a file; else what it is, in words that follow "it is".
pub fn media_type(content: &[u8]) -> Result<MediaType, &'static str> {
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
    if content.is_empty() {
        return Err("empty");
    }
    if content.starts_with(b"%PDF-") {
        return Ok(MediaType::Pdf);
    }
    if content.starts_with(b"\xff\xd8\xff") {
        return Ok(MediaType::Jpeg);
    }
    if content.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(MediaType::Png);
    }
    if content.get(4..8) == Some(b"ftyp") {
        const HEIC: [&[u8]; 8] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];
        let brand = content.get(8..12).unwrap_or_default();
        return if HEIC.contains(&brand) { Ok(MediaType::Heic) } else { Err("a video, or an image of another kind") };
    }
    if content.starts_with(b"PK") {
        return office(content);
    }
    if let Some((_, what)) = REFUSED.iter().find(|(mark, _)| content.starts_with(mark)) {
        return Err(what);
    }
    if is_text(content) { Ok(MediaType::Text) } else { Err("of a kind that is not known here") }
}

/// UTF-8 without characters that only programs write.
fn is_text(content: &[u8]) -> bool {
    let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    std::str::from_utf8(content).is_ok_and(|text| text.chars().all(plain))
}

/// An Office document without macros, from the names in the archive's table of contents.
fn office(content: &[u8]) -> Result<MediaType, &'static str> {
    const ARCHIVE: &str = "an archive";
    let names = archive_names(content).ok_or(ARCHIVE)?;
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

/// The names in a ZIP archive's table of contents, up to [`ENTRIES_MAX`]; none where it has none that can be read.
fn archive_names(content: &[u8]) -> Option<Vec<&[u8]>> {
    const END: usize = 22;
    const ENTRY: usize = 46;
    let number = |at: usize, bytes: usize| -> Option<usize> {
        content
            .get(at..at.checked_add(bytes)?)?
            .iter()
            .rev()
            .try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))
    };
    // The end record may have a comment of up to 65,535 bytes behind it.
    let tail = content.len().saturating_sub(END + 65_535);
    let end = tail + content[tail..].windows(4).rposition(|mark| mark == b"PK\x05\x06")?;
    let (entries, mut at) = (number(end + 10, 2)?, number(end + 16, 4)?);
    // A file that was cut short, or that has something behind its end, is no document.
    if entries > ENTRIES_MAX || end + END + number(end + 20, 2)? != content.len() {
        return None;
    }
    let mut names = Vec::with_capacity(entries);
    for _ in 0..entries {
        if content.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let (name, extra, comment) = (number(at + 28, 2)?, number(at + 30, 2)?, number(at + 32, 2)?);
        names.push(content.get(at + ENTRY..at + ENTRY + name)?);
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
