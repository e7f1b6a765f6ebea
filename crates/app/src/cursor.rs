//! Pages of lists: an opaque cursor that belongs to one reader and one list, and tells nothing.

use serde::Serialize;
use wardbook_domain::field::Invalid;
use wardbook_vault::{keyed_digest, open_state, seal_state};
use wardbook_views::After;

use crate::{App, AppError, Caller};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The items, most urgent first.
    pub items: Vec<T>,
    /// The cursor of the next page; none at the end.
    pub next: Option<String>,
}

/// The most items a page may have.
pub(crate) const LIMIT_MAX: u32 = 1000;

/// A page's size as asked for: 50 where nothing was asked, at most [`LIMIT_MAX`].
pub(crate) fn limit(asked: Option<u32>) -> Result<u32, Invalid> {
    match asked {
        None => Ok(50),
        Some(limit @ 1..=LIMIT_MAX) => Ok(limit),
        Some(_) => Err(Invalid::one("limit", format!("is from 1 to {LIMIT_MAX}"))),
    }
}

impl App {
    pub(crate) fn cursor(&self, caller: &Caller, list: &str, after: After) -> Result<String, AppError> {
        let plain = [after.place.to_be_bytes().as_slice(), &after.since.to_be_bytes(), &after.stream].concat();
        let sealed = self.entropy.with(|rng| seal_state(&self.keys.cursor, &context(caller, list), &plain, rng))?;
        Ok(hex::encode(sealed))
    }

    pub(crate) fn after(&self, caller: &Caller, list: &str, cursor: Option<&str>) -> Result<Option<After>, AppError> {
        let Some(cursor) = cursor else { return Ok(None) };
        let wrong = || AppError::Invalid(Invalid::one("cursor", "is not a cursor of this list; start again without it"));
        let sealed = hex::decode(cursor).map_err(|_| wrong())?;
        let plain = open_state(&self.keys.cursor, &context(caller, list), &sealed).map_err(|_| wrong())?;
        let [place, since, first, second] = *plain.as_chunks::<8>().0 else { return Err(wrong()) };
        let mut stream = [0; 16];
        stream[..8].copy_from_slice(&first);
        stream[8..].copy_from_slice(&second);
        Ok(Some(After { place: i64::from_be_bytes(place), since: i64::from_be_bytes(since), stream }))
    }

    /// The ETag of what a caller is shown: a keyed digest, so that it tells nothing and is the caller's own.
    pub fn etag(&self, caller: &Caller, shown: &impl Serialize) -> Result<String, AppError> {
        let digest = keyed_digest(&self.keys.shown, &[caller.principal(), &serde_json::to_vec(shown)?]);
        Ok(format!("\"{}\"", hex::encode(&digest[..16])))
    }

    /// Refuses when what the caller was shown is not what they would be shown now.
    pub(crate) fn check_match(&self, caller: &Caller, if_match: Option<&str>, shown: &impl Serialize) -> Result<(), AppError> {
        match if_match {
            None | Some("*") => Ok(()),
            Some(list) => {
                let now = self.etag(caller, shown)?;
                if list.split(',').any(|tag| tag.trim() == now) { Ok(()) } else { Err(AppError::Stale) }
            }
        }
    }
}

fn context(caller: &Caller, list: &str) -> Vec<u8> {
    [b"cursor/", list.as_bytes(), b"/", caller.principal()].concat()
}
