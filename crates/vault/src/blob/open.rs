//! Opening a blob chunk by chunk, through a buffer of one chunk.

use std::io::{self, Read};

use hmac::Mac;
use zeroize::Zeroizing;

use super::{BLOB_HEADER, BlobPlace, CHUNK, Header, Keys, LENGTH, class_for};
use crate::aead::{self, OVERHEAD};
use crate::encode::Reader;
use crate::group::OpenError;
use crate::secret::RecordKey;

/// Why a blob was not opened to its end.
#[derive(Debug, thiserror::Error)]
pub enum BlobReadError {
    /// It does not open.
    #[error("the attachment does not open")]
    Open(#[from] OpenError),
    /// It could not be read, or what it holds could not be handed on.
    #[error("the attachment cannot be read or handed on")]
    Io(#[from] io::Error),
}

/// Opens a blob as it is read and hands on its content piece by piece. A piece that was handed on is what was sealed there; that
/// all of it holds, and that nothing is missing, is known when this returns. Check it then against the commitment in the naming event.
///
/// # Errors
/// [`OpenError`], with the same meanings as for an envelope; what `from` and `each` give.
pub fn open_blob_from(
    place: &BlobPlace,
    key: &RecordKey,
    stored: usize,
    from: &mut impl Read,
    each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<(), BlobReadError> {
    let mut start = Vec::with_capacity(BLOB_HEADER);
    from.by_ref().take(BLOB_HEADER as u64).read_to_end(&mut start)?;
    let header = Header::parse(&start, stored)?;
    if header.key != key.id() {
        return Err(OpenError::KeyMismatch { sealed_under: header.key, given: key.id() }.into());
    }
    let keys = Keys::derive(place, key, header.prefix);
    let tag_holds = keys.mac().verify_slice(&header.tag).is_ok();
    let (mut content, mut fits) = (Content { padded: header.padded, left: None }, true);
    let mut chunk = Zeroizing::new(vec![0; CHUNK.min(header.padded) + OVERHEAD]);
    let last = header.padded.div_ceil(CHUNK) - 1;
    for number in 0..=last {
        let size = CHUNK.min(header.padded - number * CHUNK);
        let chunk = &mut chunk[..size + OVERHEAD];
        from.read_exact(chunk)?;
        let (text, tag) = chunk.split_last_chunk_mut::<OVERHEAD>().expect("every chunk is longer than its tag");
        match (tag_holds, aead::open_slice(&keys.encryption, &keys.nonce(number, number == last), &keys.aad, text, tag)) {
            (true, true) => {}
            (false, false) if number == 0 => return Err(OpenError::WrongPlace.into()),
            _ => return Err(OpenError::Altered.into()),
        }
        // Where the padding is wrong nothing more is handed on; what is altered further on is still the graver news.
        fits = fits && content.of(text).map(|piece| if piece.is_empty() { Ok(()) } else { each(piece) }).transpose()?.is_some();
    }
    if fits { Ok(()) } else { Err(OpenError::Malformed("padding").into()) }
}

/// Where in the padded plaintext the content is.
struct Content {
    padded: usize,
    /// How much of it is still to come; none before the first chunk.
    left: Option<usize>,
}

impl Content {
    /// The content in the next piece of plaintext; `None` unless size, length and zeros are exactly what padding would make.
    fn of<'a>(&mut self, text: &'a [u8]) -> Option<&'a [u8]> {
        let mut reader = Reader::new(text);
        let left = if let Some(left) = self.left {
            left
        } else {
            let length = usize::try_from(reader.u64()?).ok()?;
            (class_for(length)? == self.padded && length <= self.padded - LENGTH).then_some(length)?
        };
        let (piece, zeros) = reader.rest().split_at(left.min(reader.rest().len()));
        self.left = Some(left - piece.len());
        (zeros.iter().fold(0, |sum, byte| sum | byte) == 0).then_some(piece)
    }
}

/// Opens a whole blob in memory to its content: all of it, or nothing.
///
/// # Errors
/// [`OpenError`], with the same meanings as for an envelope.
pub fn open_blob(place: &BlobPlace, key: &RecordKey, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    Header::parse(blob, blob.len())?;
    // Sized once: a buffer that moved would leave plaintext behind.
    let mut content = Zeroizing::new(Vec::with_capacity(blob.len()));
    let mut take = |piece: &[u8]| {
        content.extend_from_slice(piece);
        Ok(())
    };
    match open_blob_from(place, key, blob.len(), &mut &blob[..], &mut take) {
        Ok(()) => Ok(content),
        Err(BlobReadError::Open(error)) => Err(error),
        Err(BlobReadError::Io(_)) => Err(OpenError::Malformed("no such size")),
    }
}
