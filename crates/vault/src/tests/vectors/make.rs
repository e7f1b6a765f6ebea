//! Makes every vector from [`VectorRng`]; the leaf and tree part stands alone, on plain SHA-256.

use hmac::Mac;
use sha2::{Digest, Sha256};

use super::super::{VectorRng, item};
use super::shape::*;
use crate::agefile;
use crate::commit::{commit_item, item_root};
use crate::encode::{put_lp, tag};
use crate::envelope;
use crate::pad::Classes;
use crate::secret::random;
use crate::shares::split;
use crate::vault::{keyset::set_mac, secrets};
use crate::wrap::wrap;
use crate::*;

const TRUST: [u8; 16] = [0xa1; 16];

fn text(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(bytes)
}

/// A sealed event taken apart again.
struct Event {
    place: Place,
    keys: Vec<RecordKey>,
    sealed: Sealed,
    opened: Vec<OpenedGroup>,
}

fn event(rng: &mut VectorRng, version: u64, contents: Vec<(&'static str, Vec<Item>)>) -> Event {
    let place = Place { trust: TRUST, stream: [0xb2; 16], version };
    let keys: Vec<RecordKey> = contents.iter().map(|_| RecordKey::generate(rng)).collect();
    let groups = contents.into_iter().zip(&keys).map(|((name, items), key)| Group { name, key, items }).collect();
    let sealed = seal_event(&place, groups, rng).unwrap();
    let opened = sealed.envelopes.iter().zip(&keys).map(|(envelope, key)| open_envelope(&place, envelope.as_bytes(), key).unwrap());
    let opened = opened.collect();
    Event { place, keys, sealed, opened }
}

fn events(rng: &mut VectorRng) -> Vec<Event> {
    let first = vec![
        (
            "record",
            vec![item("type", b"report-filed"), item("schema", &[1]), item("story", "Laptop left on the 42 bus — café stop.".as_bytes())],
        ),
        ("reporter", vec![item("reporter", b"R. Example"), item("empty", b"")]),
    ];
    let second = vec![("record", vec![item("note", &vec![b'n'; 1500])])];
    vec![event(rng, 1, first), event(rng, u64::MAX, second)]
}

/// The plaintext as the format says, put together apart from the code that seals.
fn plaintext(group: &OpenedGroup) -> Vec<u8> {
    let mut out = vec![1, u8::try_from(group.name.len()).unwrap()];
    out.extend(group.name.as_bytes());
    out.extend(u16::try_from(group.commitments.len()).unwrap().to_be_bytes());
    out.extend(group.commitments.as_flattened());
    out.extend(u16::try_from(group.items.len()).unwrap().to_be_bytes());
    for item in &group.items {
        out.extend(item.index.to_be_bytes());
        out.extend(u16::try_from(item.name.len()).unwrap().to_be_bytes());
        out.extend(item.name.as_bytes());
        out.extend(item.salt.as_slice());
        out.extend((item.content.len() as u64).to_be_bytes());
        out.extend(item.content.as_slice());
    }
    out
}

pub(super) fn vectors(audience_file: Option<String>) -> Vectors {
    let mut rng = VectorRng { counter: 0 };
    let events = events(&mut rng);
    let bad_envelopes = bad_envelopes(&events, &mut rng);
    let (wraps, bad_wraps) = wraps(&mut rng);
    let payload_key = Secret32::generate(&mut rng);
    let payload = agefile::payload("data-protection", &payload_key);
    let (shares, bad_shares) = shares(&mut rng);
    let leaves = leaves(&events);
    let (blobs, bad_blobs) = super::blobs::vectors();
    Vectors {
        format: "wardbook/format/v1".to_owned(),
        keys: events
            .iter()
            .flat_map(|event| &event.keys)
            .map(|key| Key { id: text(key.id().0), key: text(key.secret().expose()) })
            .collect(),
        items: events.iter().zip(0..).flat_map(|(event, number)| items(event, number)).collect(),
        item_roots: events.iter().zip(0..).map(|(event, number)| root(event, number)).collect(),
        groups: events.iter().zip(0..).flat_map(|(event, number)| groups(event, number)).collect(),
        bad_envelopes,
        wraps,
        bad_wraps,
        audience_payload: PayloadVector { name: "data-protection".to_owned(), key: text(payload_key.expose()), payload: text(&*payload) },
        audience_file: file(audience_file, &mut rng),
        key_set: key_set(&mut rng),
        named_secrets: ["index/people", "state/draft/20000", &"n".repeat(64)].map(|name| secret(name, &mut rng)).into(),
        states: [b"".as_slice(), b"half a story", &[0x5a; 300]].map(|plaintext| state(plaintext, &mut rng)).into(),
        blinds: [&[] as &[&[u8]], &[b"ab", b"c"], &[b"a", b"bc"]].map(|parts| blinded(parts, &mut rng)).into(),
        shares,
        bad_shares,
        tree: tree(&leaves),
        leaves,
        blobs,
        bad_blobs,
    }
}

fn items(event: &Event, number: u32) -> Vec<ItemVector> {
    let all = event.opened.iter().flat_map(|group| &group.items);
    all.map(|item| ItemVector {
        event: number,
        salt: text(*item.salt),
        name: item.name.clone(),
        content: text(&*item.content),
        commitment: text(commit_item(&item.salt, &item.name, &item.content)),
    })
    .collect()
}

fn root(event: &Event, number: u32) -> RootVector {
    let commitments = event.opened[0].commitments.iter().map(text).collect();
    RootVector { event: number, commitments, root: text(event.sealed.item_root) }
}

fn groups(event: &Event, number: u32) -> Vec<GroupVector> {
    let both = event.opened.iter().zip(&event.sealed.envelopes);
    both.map(|(group, envelope)| GroupVector {
        event: number,
        place: PlaceVector::new(&event.place),
        name: group.name.clone(),
        key: text(envelope.key_id().0),
        own: group.items.iter().map(|item| item.index).collect(),
        plaintext: text(plaintext(group)),
        nonce: text(&envelope.as_bytes()[17..41]),
        envelope: text(envelope.as_bytes()),
    })
    .collect()
}

fn bad_envelopes(events: &[Event], rng: &mut VectorRng) -> Vec<BadEnvelope> {
    let event = &events[0];
    let key = &event.keys[0];
    let good = event.sealed.envelopes[0].as_bytes();
    let bad = |what: &str, error: &str, place: Place, key: &RecordKey, envelope: &[u8]| BadEnvelope {
        what: what.to_owned(),
        error: error.to_owned(),
        place: PlaceVector::new(&place),
        key_id: text(key.id().0),
        key: text(key.secret().expose()),
        envelope: text(envelope),
    };
    let flipped = |at: usize| {
        let mut envelope = good.to_vec();
        envelope[at] ^= 1;
        envelope
    };
    let mut sealed = |change: &dyn Fn(&mut Vec<u8>), pad: &dyn Fn(&mut Vec<u8>)| {
        let mut content = plaintext(&event.opened[0]);
        change(&mut content);
        let mut padded = Classes::GROUP.start(content.len(), 16).unwrap();
        padded.extend(&content);
        Classes::GROUP.finish(&mut padded);
        pad(&mut padded);
        envelope::seal(&event.place, key, random(rng), padded)
    };
    let nothing = |_: &mut Vec<u8>| {};
    let uncommitted = sealed(&|content| content[11] ^= 1, &nothing);
    let trailing = sealed(&|content| content.push(0), &nothing);
    let later_group = sealed(&|content| content[0] = 2, &nothing);
    let dirty = sealed(&nothing, &|padded| *padded.last_mut().unwrap() = 1);
    let larger = sealed(&nothing, &|padded| padded.resize(padded.len() * 2, 0));
    let place = event.place;
    let other = RecordKey::from_parts(key.id(), Secret32::new([0x0f; 32]));
    let end = good.len() - 1;
    vec![
        bad("version byte 2", "WrongVersion", place, key, &[&[2], &good[1..]].concat()),
        bad("one byte short", "Malformed", place, key, &good[..end]),
        bad("empty", "Malformed", place, key, &[]),
        bad("key id, one bit", "KeyMismatch", place, key, &flipped(1)),
        bad("another key", "KeyMismatch", place, &event.keys[1], good),
        bad("another secret under the key id", "WrongPlace", place, &other, good),
        bad("nonce, one bit", "WrongPlace", place, key, &flipped(17)),
        bad("ciphertext, first byte, one bit", "Altered", place, key, &flipped(41)),
        bad("cipher's tag, one bit", "Altered", place, key, &flipped(end - 32)),
        bad("commitment tag, one bit", "Altered", place, key, &flipped(end)),
        bad("moved to another trust", "WrongPlace", Place { trust: [0xa2; 16], ..place }, key, good),
        bad("moved to another stream", "WrongPlace", Place { stream: [0xb3; 16], ..place }, key, good),
        bad("moved to another version", "WrongPlace", Place { version: 2, ..place }, key, good),
        bad("a commitment that is not its item's", "NotCommitted", place, key, &uncommitted),
        bad("a byte after the last item", "Malformed", place, key, &trailing),
        bad("group version 2", "Malformed", place, key, &later_group),
        bad("padding that is not zero", "Malformed", place, key, &dirty),
        bad("a class too large", "Malformed", place, key, &larger),
    ]
}

fn wraps(rng: &mut VectorRng) -> (Vec<WrapVector>, Vec<WrapVector>) {
    let (outer, audience) = (Secret32::generate(rng), Secret32::generate(rng));
    let audience_id: [u8; 16] = random(rng);
    let key = RecordKey::generate(rng);
    let wrapped = wrap(&TRUST, &outer, (&audience_id, &audience), &key, rng);
    let vector = |what: &str, trust: [u8; 16], id: KeyId, wrapped: &[u8]| WrapVector {
        what: what.to_owned(),
        trust: text(trust),
        outer_key: text(outer.expose()),
        audience_key_id: text(audience_id),
        audience_key: text(audience.expose()),
        key_id: text(id.0),
        record_key: text(key.secret().expose()),
        wrapped: text(wrapped),
    };
    let flipped = [&wrapped[..60], &[wrapped[60] ^ 1], &wrapped[61..]].concat();
    let later = [&[2], &wrapped[1..]].concat();
    let bad = vec![
        vector("one bit", TRUST, key.id(), &flipped),
        vector("version byte 2", TRUST, key.id(), &later),
        vector("another trust", [0xa2; 16], key.id(), &wrapped),
        vector("another key id", TRUST, KeyId([0xcc; 16]), &wrapped),
        vector("one byte short", TRUST, key.id(), &wrapped[..128]),
    ];
    (vec![vector("good", TRUST, key.id(), &wrapped)], bad)
}

/// age draws its own randomness, so this one file is kept from when it was first made.
fn file(kept: Option<String>, rng: &mut VectorRng) -> FileVector {
    let (service, recovery, key) = (Secret32::generate(rng), Secret32::generate(rng), Secret32::generate(rng));
    let fresh = || {
        let identities = [&service, &recovery].map(|secret| ServiceIdentity::from_secret(secret.clone()).recipient());
        text(agefile::seal("record-keeping", &key, [&identities[0], &identities[1]]))
    };
    FileVector {
        name: "record-keeping".to_owned(),
        key: text(key.expose()),
        service_secret: text(service.expose()),
        recovery_secret: text(recovery.expose()),
        file: kept.unwrap_or_else(fresh),
    }
}

fn key_set(rng: &mut VectorRng) -> KeySetVector {
    let service_secret = Secret32::generate(rng);
    let service = ServiceIdentity::from_secret(service_secret.clone());
    let recovery = RecoveryIdentity::generate(rng).recipient();
    let recipients = Recipients { service: service.recipient(), recovery };
    // Two stand-ins for age files, in the wrong order: the MAC sorts by id.
    let mut set: Vec<([u8; 16], Vec<u8>)> = (0..2).map(|_| (random(rng), Secret32::generate(rng).expose().to_vec())).collect();
    set.sort_unstable();
    set.reverse();
    let mac = set_mac(&TRUST, &recipients, &set, &service).finalize().into_bytes();
    KeySetVector {
        trust: text(TRUST),
        service_secret: text(service_secret.expose()),
        service: recipients.service.to_string(),
        recovery: recipients.recovery.to_string(),
        set: set.iter().map(|(id, file)| SealedKeyVector { id: text(id), file: text(file) }).collect(),
        set_mac: text(mac),
    }
}

fn secret(name: &str, rng: &mut VectorRng) -> SecretVector {
    let (settings, secret) = (Secret32::generate(rng), Secret32::generate(rng));
    let id = secrets::secret_id(&TRUST, &settings, name);
    let sealed = secrets::seal_secret(&TRUST, &settings, &id, name, &secret, rng);
    SecretVector {
        trust: text(TRUST),
        settings_key: text(settings.expose()),
        name: name.to_owned(),
        id: text(id),
        secret: text(secret.expose()),
        sealed: text(sealed),
    }
}

fn state(plaintext: &[u8], rng: &mut VectorRng) -> StateVector {
    let key = Secret32::generate(rng);
    let sealed = seal_state(&key, b"draft/0001", plaintext, rng).unwrap();
    StateVector { key: text(key.expose()), context: text(b"draft/0001"), plaintext: text(plaintext), sealed: text(sealed) }
}

fn blinded(parts: &[&[u8]], rng: &mut VectorRng) -> BlindVector {
    let key = Secret32::generate(rng);
    BlindVector {
        key: text(key.expose()),
        parts: parts.iter().map(text).collect(),
        digest: text(keyed_digest(&key, parts)),
        blind: text(blind(&key, parts)),
    }
}

fn shares(rng: &mut VectorRng) -> (SharesVector, Vec<BadShare>) {
    let identity = RecoveryIdentity::generate(rng);
    let shares = split(&identity, 2, 3, rng).unwrap();
    let words: Vec<String> = shares.iter().map(|share| share.to_words().to_string()).collect();
    let all: Vec<&str> = words[0].split(' ').collect();
    let mut swapped = all.clone();
    swapped.swap(3, 4);
    let mut unknown = all.clone();
    unknown[9] = "wardbook";
    let bad = |what: &str, error: &str, words: &[&str]| BadShare { what: what.to_owned(), error: error.to_owned(), words: words.join(" ") };
    let bad = vec![
        bad("two words exchanged", "CheckDigits", &swapped),
        bad("a word that is not on the list", "WrongWord", &unknown),
        bad("a word too few", "WordCount", &all[1..]),
    ];
    let good = SharesVector {
        secret: text(identity.secret().expose()),
        recipient: identity.recipient().to_string(),
        k: 2,
        n: 3,
        shares: shares.iter().zip(words).map(|(share, words)| ShareVector { bytes: text(share.as_bytes()), words }).collect(),
    };
    (good, bad)
}

/// The ledger's leaves over the envelopes above: both events, then five short ones, as `docs/format.md` says.
fn leaves(events: &[Event]) -> Vec<LeafVector> {
    let real = events.iter().map(|event| {
        let envelopes: Vec<&[u8]> = event.sealed.envelopes.iter().map(SealedEnvelope::as_bytes).collect();
        leaf(event.place, 1_795_000_000_000_000 + i64::from(event.place.version == 1), &envelopes, event.sealed.item_root)
    });
    let small = &events[0].sealed.envelopes[1];
    let more = (0..5).map(|number| {
        let place = Place { trust: TRUST, stream: [number; 16], version: 1 };
        leaf(place, 1_795_000_000_000_001, &[small.as_bytes()], item_root(&[[number; 32]]))
    });
    real.chain(more).collect()
}

fn leaf(place: Place, recorded_at: i64, envelopes: &[&[u8]], item_root: [u8; 32]) -> LeafVector {
    let mut leaf = tag("wardbook/leaf/v1");
    put_lp(&mut leaf, &place.trust);
    put_lp(&mut leaf, &place.stream);
    leaf.extend(place.version.to_be_bytes());
    leaf.extend(recorded_at.to_be_bytes());
    leaf.push(u8::try_from(envelopes.len()).unwrap());
    for envelope in envelopes {
        leaf.extend(&envelope[1..17]);
        leaf.extend(Sha256::digest(envelope));
    }
    leaf.extend(item_root);
    LeafVector {
        trust: text(place.trust),
        stream: text(place.stream),
        version: place.version,
        recorded_at,
        envelopes: envelopes.iter().map(text).collect(),
        item_root: text(item_root),
        leaf_hash: text(Sha256::digest([&[0], leaf.as_slice()].concat())),
        leaf: text(leaf),
    }
}

fn node(left: &[u8], right: &[u8]) -> [u8; 32] {
    Sha256::digest([&[1], left, right].concat()).into()
}

/// The definition in RFC 6962 §2.1, as it stands there.
fn tree_root(hashes: &[[u8; 32]]) -> [u8; 32] {
    match hashes {
        [] => Sha256::digest([]).into(),
        [only] => *only,
        more => {
            let split = more.len().next_power_of_two() / 2;
            node(&tree_root(&more[..split]), &tree_root(&more[split..]))
        }
    }
}

/// RFC 6962 §2.1.1.
fn path(index: usize, hashes: &[[u8; 32]]) -> Vec<[u8; 32]> {
    if hashes.len() < 2 {
        return Vec::new();
    }
    let split = hashes.len().next_power_of_two() / 2;
    let (left, right) = hashes.split_at(split);
    let (mut path, other) = if index < split { (path(index, left), right) } else { (path(index - split, right), left) };
    path.push(tree_root(other));
    path
}

fn tree(leaves: &[LeafVector]) -> TreeVector {
    let hashes: Vec<[u8; 32]> = leaves.iter().map(|leaf| super::array(&leaf.leaf_hash)).collect();
    let inclusion = [(0, 1), (0, 7), (3, 7), (6, 7), (4, 5)].map(|(index, size)| InclusionVector {
        index: index as u64,
        size: size as u64,
        path: path(index, &hashes[..size]).iter().map(text).collect(),
    });
    TreeVector {
        leaf_hashes: hashes.iter().map(text).collect(),
        roots: (0..=hashes.len()).map(|size| text(tree_root(&hashes[..size]))).collect(),
        inclusion: inclusion.into(),
    }
}
