//! What may be shown of a file without a download: the beginning of a text, and plain images whose bytes are judged again. Each look is
//! traced.

use std::io;

use wardbook_domain::evidence::{PREVIEW_IMAGE_BYTES_MAX, PREVIEW_TEXT_BYTES, Preview, is_plain_image, preview};
use zeroize::Zeroizing;

use super::{
    EvidenceShown, Under,
    keep::{Openable, blocking},
};
use crate::{App, AppError, Caller};

/// What is shown of a file.
pub enum Previewed {
    /// Its beginning, and whether more follows.
    Text(Zeroizing<String>, bool),
    /// It is an image of this media type, with its bytes.
    Image(&'static str, Zeroizing<Vec<u8>>),
}

impl std::fmt::Debug for Previewed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Previewed(redacted)")
    }
}

impl App {
    /// A file as it may be shown, for those who read the record, with its trace; refused where it is only downloaded.
    pub async fn preview_file(&self, caller: &Caller, under: Under, evidence: [u8; 16]) -> Result<(EvidenceShown, Previewed), AppError> {
        let opened = self.open_file(caller, under, evidence).await?;
        let not = || AppError::State("this file is not shown here, it can only be downloaded".to_owned());
        let added = &opened.added;
        let previewed = match preview(&added.media_type, added.size).ok_or_else(not)? {
            Preview::Text => {
                let start = beginning(&opened.openable, PREVIEW_TEXT_BYTES).await?;
                let cut = (start.len() as u64) < added.size;
                // A character may be cut in two at the end.
                Previewed::Text(Zeroizing::new(String::from_utf8_lossy(whole_characters(&start)).into_owned()), cut)
            }
            Preview::Image(kind) => {
                let content = beginning(&opened.openable, usize::try_from(PREVIEW_IMAGE_BYTES_MAX).unwrap_or(usize::MAX)).await?;
                if !is_plain_image(kind, &content) {
                    return Err(not());
                }
                Previewed::Image(kind.as_str(), content)
            }
        };
        self.trace_file(caller, under, evidence, "preview", &opened).await?;
        Ok((EvidenceShown::of(evidence, added), previewed))
    }
}

fn whole_characters(start: &[u8]) -> &[u8] {
    match std::str::from_utf8(start) {
        Err(error) if error.error_len().is_none() => &start[..error.valid_up_to()],
        _ => start,
    }
}

/// The beginning of a content, at most so many bytes of it. The rest is not read.
pub(super) async fn beginning(openable: &Openable, most: usize) -> Result<Zeroizing<Vec<u8>>, AppError> {
    let reading = openable.clone();
    blocking(move || {
        let mut content = Zeroizing::new(Vec::new());
        let mut full = false;
        let read = reading.read(&mut |piece| {
            let needed = content.len() + piece.len().min(most - content.len());
            if needed > content.capacity() {
                // Grown by hand: what a vector leaves behind when it moves is not wiped.
                let mut larger = Zeroizing::new(Vec::with_capacity((2 * needed).min(most)));
                larger.extend_from_slice(&content);
                content = larger;
            }
            let more = needed - content.len();
            content.extend_from_slice(&piece[..more]);
            full = content.len() == most && more < piece.len();
            if full { Err(io::Error::other("enough of it")) } else { Ok(()) }
        });
        match read {
            Err(_) if full => Ok(content),
            Err(error) => Err(error),
            Ok(()) => Ok(content),
        }
    })
    .await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        let text = "caf\u{e9}".as_bytes();
        assert_eq!(whole_characters(&text[..4]), b"caf");
        assert_eq!(whole_characters(text), text);
        assert_eq!(whole_characters(b"\xff\xfe"), b"\xff\xfe", "what was never text is not made shorter");
    }
}
