//! What may be shown of a file without its being downloaded: text, and plain images whose bytes are judged again. Everything else is
//! only ever downloaded; nothing is executed or unpacked here.

use super::{MediaType, media_type};

/// Bytes of a text that are shown.
pub const PREVIEW_TEXT_BYTES: usize = 64 << 10;
/// The largest image that is shown.
pub const PREVIEW_IMAGE_BYTES_MAX: u64 = 10 << 20;
/// The longest side of an image that is shown, and the most points: what a phone can draw.
const SIDE_MAX: u32 = 12_000;
const POINTS_MAX: u64 = 50_000_000;

/// How a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preview {
    /// Its beginning, as text.
    Text,
    /// As an image of this kind.
    Image(MediaType),
}

/// How a file of this kind and size may be shown; none where it is only downloaded.
pub fn preview(media_type: &str, size: u64) -> Option<Preview> {
    match MediaType::parse(media_type)? {
        MediaType::Text => Some(Preview::Text),
        kind @ (MediaType::Jpeg | MediaType::Png) if size <= PREVIEW_IMAGE_BYTES_MAX => Some(Preview::Image(kind)),
        _ => None,
    }
}

/// Whether a content is, by its own bytes, an image of this kind that a browser may be given: its mark, and a size in points that is
/// stated and bounded.
pub fn is_plain_image(kind: MediaType, content: &[u8]) -> bool {
    let points = match kind {
        MediaType::Png => png_size(content),
        MediaType::Jpeg => jpeg_size(content),
        _ => None,
    };
    let fits = |(width, height): (u32, u32)| {
        (1..=SIDE_MAX).contains(&width) && (1..=SIDE_MAX).contains(&height) && u64::from(width) * u64::from(height) <= POINTS_MAX
    };
    content.len() as u64 <= PREVIEW_IMAGE_BYTES_MAX && media_type(content) == Ok(kind) && points.is_some_and(fits)
}

/// Width and height in the header chunk, which comes first.
fn png_size(content: &[u8]) -> Option<(u32, u32)> {
    let header = content.get(8..24)?;
    let number = |at: usize| header.get(at..at + 4).and_then(|four| Some(u32::from_be_bytes(four.try_into().ok()?)));
    (header.get(..8)? == b"\0\0\0\rIHDR").then_some((number(8)?, number(12)?))
}

/// Width and height in the first frame's header, behind segments that each say how long they are.
fn jpeg_size(content: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| content.get(at..at + 2).map(|two| u32::from(two[0]) << 8 | u32::from(two[1]));
    let mut at = 2;
    loop {
        let (mark, kind) = (*content.get(at)?, *content.get(at + 1)?);
        match (mark, kind) {
            (0xff, 0xff) => at += 1,
            // Frames of every coding; the three others of these numbers are tables.
            (0xff, 0xc0..=0xcf) if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => return Some((number(at + 7)?, number(at + 5)?)),
            (0xff, 0xe0..=0xef | 0xc4 | 0xcc | 0xdb | 0xdd | 0xfe) => {
                let length = usize::try_from(number(at + 2)?).ok().filter(|length| *length >= 2)?;
                at = at.checked_add(2 + length)?;
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &width.to_be_bytes(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat()
    }

    fn jpeg(width: u16, height: u16) -> Vec<u8> {
        let comment = [b"\xff\xfe\0\x08".as_slice(), b"secret"].concat();
        let frame = [b"\xff\xff\xc2\0\x11\x08".as_slice(), &height.to_be_bytes(), &width.to_be_bytes()].concat();
        [b"\xff\xd8\xff\xe0\0\x04JF".as_slice(), &comment, &frame].concat()
    }

    #[test]
    fn text_and_plain_images_are_shown_and_nothing_else() {
        for kind in MediaType::ALL {
            let expected = match kind {
                MediaType::Text => Some(Preview::Text),
                MediaType::Jpeg | MediaType::Png => Some(Preview::Image(*kind)),
                _ => None,
            };
            assert_eq!(preview(kind.as_str(), 1000), expected, "{kind}");
        }
        assert_eq!(preview("image/png", PREVIEW_IMAGE_BYTES_MAX + 1), None);
        assert_eq!(preview("text/plain", 1 << 40), Some(Preview::Text), "its beginning");
        assert_eq!((preview("text/html", 1), preview("image/svg+xml", 1)), (None, None));
    }

    #[test]
    fn an_image_is_judged_again_by_its_mark_and_its_size() {
        assert!(is_plain_image(MediaType::Png, &png(800, 600)) && is_plain_image(MediaType::Jpeg, &jpeg(800, 600)));
        assert!(!is_plain_image(MediaType::Jpeg, &png(800, 600)) && !is_plain_image(MediaType::Png, &jpeg(800, 600)));
        for (width, height) in [(0, 600), (800, 0), (SIDE_MAX + 1, 1), (12_000, 12_000), (u32::MAX, u32::MAX)] {
            assert!(!is_plain_image(MediaType::Png, &png(width, height)), "{width} by {height}");
        }
        assert!(!is_plain_image(MediaType::Jpeg, &jpeg(65_535, 10)));
        assert!(!is_plain_image(MediaType::Text, b"text") && !is_plain_image(MediaType::Png, b""));
        for (kind, whole) in [(MediaType::Png, png(800, 600)), (MediaType::Jpeg, jpeg(800, 600))] {
            for cut in 0..whole.len() - 5 {
                assert!(!is_plain_image(kind, &whole[..cut]), "{kind} {cut}");
            }
        }
        let endless = [b"\xff\xd8\xff\xfe\0\0".as_slice(), &[0xff; 64]].concat();
        assert!(!is_plain_image(MediaType::Jpeg, &endless));
        let mut large = png(800, 600);
        large.resize(11 << 20, 0);
        assert!(!is_plain_image(MediaType::Png, &large));
    }
}
