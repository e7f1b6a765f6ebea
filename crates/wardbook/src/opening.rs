//! From a folder and its settings to what `wardbook-app` needs to open the trust.

use secrecy::ExposeSecret as _;
use url::Url;
use wardbook_app::Clock;
use wardbook_app::blobs::BlobsAt;
use wardbook_app::setup::Opening;
use wardbook_ledger::TrustId;
use wardbook_vault::ServiceIdentity;

use crate::failure::Failure;
use crate::place::{Place, sqlite_url};
use crate::secrets::read_secret;
use crate::settings::{Settings, is_postgres};
use crate::surroundings;

/// The trust of this folder.
pub(crate) fn trust(settings: &Settings) -> Result<TrustId, Failure> {
    let id = settings.trust.id.as_deref().ok_or_else(|| Failure::field("[trust] id", "is missing; `wardbook init` writes it"))?;
    id.parse().map_err(|_| Failure::field("[trust] id", "is not 32 hexadecimal digits"))
}

/// The URLs of book and key store, with the passwords of their files.
pub(crate) fn store_urls(place: &Place, settings: &Settings) -> Result<(String, String), Failure> {
    let url = |given: &Option<String>, file: &Option<std::path::PathBuf>, own: std::path::PathBuf| {
        let Some(given) = given else { return Ok(sqlite_url(&own)) };
        let Some(file) = file else { return Ok(given.clone()) };
        let password = read_secret(file, 0o077)?;
        let mut url = Url::parse(given).map_err(|error| Failure::caused("the database's url", &error))?;
        url.set_password(Some(password.expose_secret())).map_err(|()| Failure::input("the database's url has no host"))?;
        Ok::<_, Failure>(url.into())
    };
    let database = url(&settings.database.url, &settings.database.password_file, place.book())?;
    let keys = url(&settings.keys.url, &settings.keys.password_file, place.key_store())?;
    Ok((database, keys))
}

/// Where attachments are kept: the folder that is set; else a folder beside an embedded book, and the table of any other, as its servers
/// may share no folder.
pub(crate) fn blobs(place: &Place, settings: &Settings) -> BlobsAt {
    match &settings.blobs.path {
        // A relative path is one inside the data folder, wherever the server was started.
        Some(path) => BlobsAt::Folder(place.dir().join(path)),
        None if settings.database.url.as_deref().is_some_and(is_postgres) => BlobsAt::Table,
        None => BlobsAt::Folder(place.blobs()),
    }
}

/// Everything that opens the trust; `clock` is the book's.
pub(crate) fn opening(place: &Place, settings: &Settings, identity: ServiceIdentity, clock: Clock) -> Result<Opening, Failure> {
    let (database, keys) = store_urls(place, settings)?;
    Ok(Opening {
        database,
        keys,
        trust: trust(settings)?,
        notes: place.notes(),
        blobs: blobs(place, settings),
        identity,
        clock,
        machine: surroundings::clock(),
        entropy: surroundings::entropy(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_lie_beside_an_embedded_book_and_in_any_other_unless_a_folder_is_set() {
        let place = Place::at(std::path::Path::new("/data")).unwrap();
        for (text, at) in [
            ("", BlobsAt::Folder("/data/blobs".into())),
            ("[database]\nurl = \"sqlite:///elsewhere/book.db\"", BlobsAt::Folder("/data/blobs".into())),
            ("[database]\nurl = \"postgres://u@h/d\"", BlobsAt::Table),
            ("[database]\nurl = \"postgres://u@h/d\"\n[blobs]\npath = \"/share\"", BlobsAt::Folder("/share".into())),
            ("[blobs]\npath = \"files\"", BlobsAt::Folder("/data/files".into())),
        ] {
            let settings = Settings::parse(text, std::iter::empty()).unwrap().settings;
            assert_eq!(blobs(&place, &settings), at, "{text}");
        }
    }
}
