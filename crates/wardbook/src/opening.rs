//! From a folder and its settings to what `wardbook-app` needs to open its trusts.

use secrecy::ExposeSecret as _;
use url::Url;
use wardbook_app::blobs::BlobsAt;
use wardbook_app::evidence::FilesPolicy;
use wardbook_app::setup::Opening;
use wardbook_app::{App, Clock};
use wardbook_ledger::TrustId;
use wardbook_vault::ServiceIdentity;

use crate::failure::Failure;
use crate::place::{Place, sqlite_url};
use crate::secrets::read_secret;
use crate::settings::{Settings, is_postgres};
use crate::surroundings;

/// The trusts of this folder, the first first.
pub(crate) fn trusts(settings: &Settings) -> Result<Vec<TrustId>, Failure> {
    let id = settings.trust.id.as_ref().ok_or_else(|| Failure::field("[trust] id", "is missing; `wardbook init` writes it"))?;
    let parse = |id: &String| id.parse().map_err(|_| Failure::field("[trust] id", "is not 32 hexadecimal digits"));
    std::iter::once(id).chain(&settings.trust.more).map(parse).collect()
}

/// Where the notes of a trust lie: in the folder itself for the first, in one of its own for each that was added.
pub(crate) fn home(place: &Place, settings: &Settings, trust: TrustId) -> Place {
    let is_first = settings.trust.id.as_deref().is_some_and(|id| id.parse() == Ok(trust));
    if is_first { place.clone() } else { place.added(trust) }
}

/// Opens every trust of the folder, the first first; `clock` is the book's.
pub(crate) async fn open_trusts(place: &Place, settings: &Settings, identity: ServiceIdentity, clock: &Clock) -> Result<Vec<App>, Failure> {
    let mut opened: Vec<App> = vec![];
    for trust in trusts(settings)? {
        let opening = opening(place, settings, trust, identity.clone(), clock.clone())?;
        let app = match opened.first() {
            None => App::open(opening).await?,
            Some(first) => first.open_beside(opening).await?,
        };
        opened.push(app);
    }
    Ok(opened)
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

/// Everything that opens a trust; `clock` is the book's.
pub(crate) fn opening(
    place: &Place,
    settings: &Settings,
    trust: TrustId,
    identity: ServiceIdentity,
    clock: Clock,
) -> Result<Opening, Failure> {
    let (database, keys) = store_urls(place, settings)?;
    Ok(Opening {
        database,
        keys,
        trust,
        notes: home(place, settings, trust).notes(),
        blobs: blobs(place, settings),
        files: FilesPolicy { bytes_max: usize::from(settings.blobs.file_mb_max) << 20, key_backups_days: settings.keys.copies_kept_days },
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
