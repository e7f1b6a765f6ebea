//! One contract for every place, and what only a folder can get wrong.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;

use rand::{SeedableRng as _, rngs::StdRng};
use wardbook_testkit::{TempDir, TestPg, sqlite_url, temp_dir};
use wardbook_vault::{BLOB_HEAD_MAX, BLOB_SEALED_MAX, BlobPlace, RecordKey, open_blob, seal_blob};

use super::*;

const TRUST: TrustId = TrustId::from_bytes([0x77; 16]);
const NOON: Instant = Instant::from_micros(1_790_000_000_000_000);

#[derive(Debug, Clone, Copy)]
enum Kind {
    Folder,
    Sqlite,
    Postgres,
}

/// An empty store, to be opened as often as a test wants: each time as another server would.
struct Place {
    kind: Kind,
    url: String,
    dir: TempDir,
}

impl Place {
    async fn new(kind: Kind) -> Self {
        let dir = temp_dir();
        let url = match kind {
            Kind::Folder => String::new(),
            Kind::Sqlite => sqlite_url(dir.path(), "book.db"),
            Kind::Postgres => TestPg::shared().fresh_database().await,
        };
        let place = Self { kind, url, dir };
        if !matches!(kind, Kind::Folder) {
            place.database().await.migrate(crate::state::MIGRATIONS).await.unwrap();
        }
        place
    }

    async fn database(&self) -> Database {
        Database::connect(&self.url).await.unwrap()
    }

    async fn open_for(&self, trust: TrustId) -> BlobStore {
        match self.kind {
            Kind::Folder => BlobStore::folder(&self.dir.path().join("blobs"), trust),
            Kind::Sqlite | Kind::Postgres => BlobStore::table(self.database().await, trust),
        }
    }

    async fn open(&self) -> BlobStore {
        self.open_for(TRUST).await
    }

    /// The folder of the trust's blobs.
    fn folder(&self) -> PathBuf {
        self.dir.path().join("blobs").join("77".repeat(16))
    }
}

fn id(first: u8) -> BlobId {
    let mut bytes = [0xcd; 16];
    bytes[0] = first;
    BlobId::from_bytes(bytes)
}

fn entropy() -> Entropy {
    static SEED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    Entropy::new(StdRng::seed_from_u64(SEED.fetch_add(1, std::sync::atomic::Ordering::Relaxed)))
}

impl BlobStore {
    /// Keeps whole bytes.
    async fn put(&self, id: BlobId, sealed: Vec<u8>, now: Instant) -> Result<(), BlobError> {
        let store = self.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let (head, rest) = sealed.split_at(sealed.len().min(BLOB_HEAD_MAX));
            let mut writer = store.write(id, now, &entropy())?;
            for piece in rest.chunks(100_000) {
                writer.write_all(piece).map_err(BlobError::Stream)?;
            }
            writer.finish(head)
        });
        kept.await.unwrap()
    }

    /// Reads whole bytes.
    async fn get(&self, id: BlobId) -> Result<Option<Vec<u8>>, BlobError> {
        let store = self.clone();
        let got = tokio::task::spawn_blocking(move || {
            let Some(mut reader) = store.read(id)? else { return Ok(None) };
            let (stored, mut bytes) = (reader.stored(), vec![]);
            reader.read_to_end(&mut bytes).map_err(BlobError::Stream)?;
            assert_eq!(bytes.len(), stored);
            Ok(Some(bytes))
        });
        got.await.unwrap()
    }
}

/// Bytes of the shape of a large blob: a head, and parts behind it.
fn large(seed: u8) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..68 + (3 << 20) + 16 * 48).map(|at: usize| u8::try_from(at % 251).unwrap() ^ seed).collect();
    bytes[0] = 1;
    bytes
}

/// Bytes that only have the shape of a blob, different for every `seed`.
fn shaped(seed: u8) -> Vec<u8> {
    let mut bytes = vec![seed; 68 + 4096 + 16];
    bytes[0] = 1;
    bytes
}

fn after(seconds: i64) -> Instant {
    NOON.plus_seconds(seconds)
}

fn taken(result: &Result<(), BlobError>) -> bool {
    matches!(result, Err(BlobError::Taken))
}

macro_rules! contract {
    ($($name:ident),+ $(,)?) => {
        contract!(@ in_a_folder Folder $($name)+);
        contract!(@ in_sqlite Sqlite $($name)+);
        contract!(@ in_postgres Postgres $($name)+);
    };
    (@ $module:ident $kind:ident $($name:ident)+) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name(super::Place::new(super::Kind::$kind).await).await;
                }
            )+
        }
    };
}

contract! {
    a_sealed_blob_comes_back_on_every_server,
    a_blob_is_never_replaced,
    of_two_servers_that_write_at_once_one_wins,
    a_removed_blob_is_gone,
    lists_what_is_older_page_by_page,
    renewing_keeps_it_from_the_sweep,
    a_large_blob_goes_in_parts,
    what_is_given_up_is_gone,
    trusts_do_not_meet,
    nothing_unsealed_is_kept,
}

async fn a_sealed_blob_comes_back_on_every_server(place: Place) {
    let mut rng = StdRng::seed_from_u64(1);
    let key = RecordKey::generate(&mut rng);
    let at = BlobPlace { trust: *TRUST.as_bytes(), blob: *id(1).as_bytes() };
    let content = b"scan of a letter ".repeat(5000);
    let blob = seal_blob(&at, &key, &content, &mut rng).unwrap();
    let (one, other) = (place.open().await, place.open().await);
    assert_eq!(one.get(id(1)).await.unwrap(), None);
    one.put(id(1), blob.bytes.clone(), NOON).await.unwrap();
    let got = other.get(id(1)).await.unwrap().unwrap();
    assert!(got == blob.bytes);
    assert!(*open_blob(&at, &key, &got).unwrap() == content);
    assert_eq!(other.get(id(2)).await.unwrap(), None);
    drop((one, other));
    assert!(place.open().await.get(id(1)).await.unwrap() == Some(blob.bytes));
}

async fn a_blob_is_never_replaced(place: Place) {
    let store = place.open().await;
    store.put(id(1), shaped(1), NOON).await.unwrap();
    let mut longer = vec![3; 68 + 4608 + 16];
    longer[0] = 1;
    for other in [shaped(2), longer, large(4), shaped(1)] {
        assert!(taken(&store.put(id(1), other, after(1)).await));
    }
    assert!(store.get(id(1)).await.unwrap() == Some(shaped(1)));
    assert_eq!(store.remove_leftovers(after(90)).await.unwrap(), 0, "what was refused left nothing");
}

async fn a_large_blob_goes_in_parts(place: Place) {
    let (store, other) = (place.open().await, place.open().await);
    store.put(id(1), large(1), NOON).await.unwrap();
    store.put(id(2), large(2), NOON).await.unwrap();
    store.put(id(3), shaped(3), NOON).await.unwrap();
    for (number, bytes) in [(1, large(1)), (2, large(2)), (3, shaped(3))] {
        assert!(other.get(id(number)).await.unwrap() == Some(bytes));
    }
    assert_eq!(store.list_older_than(after(1), None).await.unwrap(), [id(1), id(2), id(3)]);
    assert_eq!(store.remove_leftovers(after(1)).await.unwrap(), 0, "parts of what is kept are no leftovers");
    assert!(other.remove(id(1)).await.unwrap());
    assert_eq!(store.get(id(1)).await.unwrap(), None);
    assert_eq!(store.remove_leftovers(after(1)).await.unwrap(), 0, "its parts went with it");
    assert!(store.get(id(2)).await.unwrap() == Some(large(2)));
}

/// Given up, or dropped where the process ends: nothing is kept, and the sweep finds the rest.
async fn what_is_given_up_is_gone(place: Place) {
    let store = place.open().await;
    let (writing, kept) = (store.clone(), large(1));
    tokio::task::spawn_blocking(move || {
        let write = || {
            let mut writer = writing.write(id(1), NOON, &entropy()).unwrap();
            writer.write_all(&kept[BLOB_HEAD_MAX..]).unwrap();
            writer
        };
        write().discard();
        std::mem::forget(write());
    })
    .await
    .unwrap();
    assert_eq!(store.get(id(1)).await.unwrap(), None);
    assert_eq!(store.list_older_than(after(99), None).await.unwrap(), []);
    assert_eq!(store.remove_leftovers(NOON).await.unwrap(), 0, "somebody may still be writing it");
    // A file that is being written has the time of the file system, whatever this test's clock says.
    let left = store.remove_leftovers(after(10 * 365 * 86_400)).await.unwrap();
    assert_eq!(left, if matches!(place.kind, Kind::Folder) { 1 } else { 2 }, "a file, or the parts that were full");
    store.put(id(1), large(1), NOON).await.unwrap();
    assert!(store.get(id(1)).await.unwrap() == Some(large(1)));
}

async fn of_two_servers_that_write_at_once_one_wins(place: Place) {
    let (one, other) = (place.open().await, place.open().await);
    for round in 0..20 {
        let (mine, theirs) = tokio::join!(one.put(id(round), shaped(101), NOON), other.put(id(round), shaped(102), NOON));
        let kept = one.get(id(round)).await.unwrap().unwrap();
        match (&mine, &theirs) {
            (Ok(()), lost) if taken(lost) => assert!(kept == shaped(101)),
            (lost, Ok(())) if taken(lost) => assert!(kept == shaped(102)),
            _ => panic!("{mine:?} {theirs:?}"),
        }
    }
}

async fn a_removed_blob_is_gone(place: Place) {
    let store = place.open().await;
    assert!(!store.remove(id(1)).await.unwrap(), "before there is any folder");
    store.put(id(1), shaped(1), NOON).await.unwrap();
    store.put(id(2), shaped(2), NOON).await.unwrap();
    assert!(store.remove(id(1)).await.unwrap());
    assert!(!store.remove(id(1)).await.unwrap());
    assert_eq!(place.open().await.get(id(1)).await.unwrap(), None);
    assert_eq!(store.list_older_than(after(1), None).await.unwrap(), [id(2)]);
    store.put(id(1), shaped(3), NOON).await.unwrap();
    assert!(store.get(id(1)).await.unwrap() == Some(shaped(3)));
}

async fn lists_what_is_older_page_by_page(place: Place) {
    let store = place.open().await;
    assert_eq!(store.list_older_than(after(1), None).await.unwrap(), []);
    // Ids that differ in the first byte, the second, or the last: other folders, and one.
    let mut ids: Vec<BlobId> = [0x00, 0x0a, 0xa0, 0xff].map(id).to_vec();
    for at in [1, 1, 15, 15] {
        let mut bytes = *ids[1].as_bytes();
        bytes[at] = u8::try_from(ids.len()).unwrap() * 20;
        ids.push(BlobId::from_bytes(bytes));
    }
    for (id, seconds) in ids.iter().zip([0, 10, 20, 30, 40, 50, 60, 70]) {
        store.put(*id, shaped(1), after(seconds)).await.unwrap();
    }
    for seconds in [0, 1, 20, 21, 45, 70, 71] {
        let older = ids.iter().zip([0, 10, 20, 30, 40, 50, 60, 70]).filter(|(_, at)| *at < seconds);
        let mut expected: Vec<BlobId> = older.map(|(id, _)| *id).collect();
        expected.sort_unstable();
        assert_eq!(store.list_older_than(after(seconds), None).await.unwrap(), expected, "{seconds}");
        for most in [1, 2, 3, 8] {
            let (mut paged, mut last) = (Vec::new(), None);
            loop {
                let page = store.page(after(seconds), last, most).await.unwrap();
                assert!(page.len() <= most);
                let Some(end) = page.last() else { break };
                last = Some(*end);
                paged.extend(page);
            }
            assert_eq!(paged, expected, "{seconds} by {most}");
        }
    }
}

/// A second attempt at a command may come just before the sweep.
async fn renewing_keeps_it_from_the_sweep(place: Place) {
    let store = place.open().await;
    assert!(!store.renew(id(1), NOON).await.unwrap(), "nothing there");
    store.put(id(1), shaped(1), NOON).await.unwrap();
    assert!(store.renew(id(1), after(50)).await.unwrap());
    assert_eq!(store.list_older_than(after(50), None).await.unwrap(), []);
    assert_eq!(store.list_older_than(after(51), None).await.unwrap(), [id(1)]);
    // Neither a clock that is behind nor a put that is refused makes it older or younger.
    assert!(store.renew(id(1), NOON).await.unwrap());
    assert!(taken(&store.put(id(1), shaped(2), after(90)).await));
    assert_eq!(store.list_older_than(after(50), None).await.unwrap(), []);
    assert_eq!(store.list_older_than(after(51), None).await.unwrap(), [id(1)]);
}

async fn trusts_do_not_meet(place: Place) {
    let (one, other) = (place.open().await, place.open_for(TrustId::from_bytes([0x78; 16])).await);
    one.put(id(1), shaped(1), NOON).await.unwrap();
    assert_eq!(other.get(id(1)).await.unwrap(), None);
    assert_eq!(other.list_older_than(after(1), None).await.unwrap(), []);
    assert!(!other.remove(id(1)).await.unwrap());
    other.put(id(1), shaped(2), NOON).await.unwrap();
    assert!(one.get(id(1)).await.unwrap() == Some(shaped(1)));
    assert!(other.get(id(1)).await.unwrap() == Some(shaped(2)));
}

async fn nothing_unsealed_is_kept(place: Place) {
    let store = place.open().await;
    let mut short = shaped(1);
    short.pop();
    for bytes in [vec![], b"%PDF-1.7".to_vec(), vec![2; 68 + 4096 + 16], short] {
        let refused = store.put(id(1), bytes, NOON).await;
        assert!(matches!(refused, Err(BlobError::NotSealed(_))), "{refused:?}");
    }
    assert_eq!(store.list_older_than(after(1), None).await.unwrap(), []);
}

/// The process ends between giving the file its name and taking the old one away: it is kept, once.
#[tokio::test]
async fn cut_off_after_the_file_has_its_name() {
    let place = Place::new(Kind::Folder).await;
    let store = place.open().await;
    store.put(id(1), shaped(1), NOON).await.unwrap();
    let hex = id(1).to_string();
    let leftover = place.folder().join("tmp").join(format!("{hex}.0"));
    fs::hard_link(place.folder().join("01").join("cd").join(&hex), &leftover).unwrap();
    assert_eq!(store.list_older_than(after(1), None).await.unwrap(), [id(1)]);
    assert_eq!(store.remove_leftovers(after(1)).await.unwrap(), 1);
    assert!(store.get(id(1)).await.unwrap() == Some(shaped(1)));
}

#[tokio::test]
async fn files_and_folders_are_for_their_owner_only() {
    let place = Place::new(Kind::Folder).await;
    place.open().await.put(id(0xab), shaped(1), NOON).await.unwrap();
    let hex = id(0xab).to_string();
    let (ab, tmp) = (place.folder().join("ab"), place.folder().join("tmp"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&ab.join("cd").join(hex)), 0o600);
    for folder in [&place.dir.path().join("blobs"), &place.folder(), &ab, &ab.join("cd"), &tmp] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
    assert_eq!(fs::read_dir(tmp).unwrap().count(), 0);
}

#[tokio::test]
async fn files_of_others_are_neither_listed_nor_read_without_end() {
    let place = Place::new(Kind::Folder).await;
    let store = place.open().await;
    store.put(id(1), shaped(1), NOON).await.unwrap();
    let leaf = place.folder().join("01").join("cd");
    let hex = id(1).to_string();
    for name in ["notes.txt", &hex.to_uppercase(), &"0".repeat(32), &format!("{hex}.0"), ".nfs01"] {
        fs::write(leaf.join(name), b"x").unwrap();
    }
    fs::create_dir(leaf.join(id(1).to_string().replace("cdcdcdcd", "cdcdcdce"))).unwrap();
    fs::create_dir_all(place.folder().join("lost+found").join("cd")).unwrap();
    fs::write(place.folder().join("02"), b"x").unwrap();
    let far = Instant::from_micros(i64::MAX / 2);
    assert_eq!(store.list_older_than(far, None).await.unwrap(), [id(1)]);

    let file = fs::OpenOptions::new().write(true).open(leaf.join(hex)).unwrap();
    file.set_len(BLOB_SEALED_MAX as u64 + 1).unwrap();
    let error = store.get(id(1)).await.unwrap_err();
    assert!(matches!(&error, BlobError::Folder(cause) if cause.kind() == io::ErrorKind::FileTooLarge), "{error:?}");
}

/// A full disk or a folder that is not one: an error whose text names neither path nor id, and nothing is left.
#[tokio::test]
async fn a_folder_that_cannot_be_used() {
    let place = Place::new(Kind::Folder).await;
    fs::write(place.dir.path().join("blobs"), b"not a folder").unwrap();
    let store = place.open().await;
    for error in [store.put(id(1), shaped(1), NOON).await.unwrap_err(), store.get(id(1)).await.unwrap_err()] {
        let chain = format!("{error}: {}", std::error::Error::source(&error).unwrap());
        assert!(matches!(error, BlobError::Folder(_)), "{chain}");
        assert!(!chain.contains("cdcd") && !chain.contains("7777"), "{chain}");
        assert!(matches!(AppError::from(error), AppError::Unavailable(_)));
    }
}

/// No page of the list reads the whole table, or sorts it.
#[tokio::test]
async fn a_page_of_the_table_is_found_by_its_index() {
    let place = Place::new(Kind::Sqlite).await;
    let sql = table::LIST.replace("SELECT", "EXPLAIN QUERY PLAN SELECT");
    let args = [wardbook_views::sql::Arg::Int(0); 4];
    let plan = wardbook_views::sql::fetch(&place.database().await, sql, &args).await.unwrap();
    let lines: Vec<String> = plan.iter().map(|row| row.text(3).unwrap()).collect();
    assert_eq!(lines, ["SEARCH blobs USING INDEX sqlite_autoindex_blobs_1 (trust_id=? AND id>?)"]);
}
