//! Groups of fields: an event's items, split by who may open them, sealed together and provable apart.
//!
//! Every group's plaintext holds the salts of its own items and the commitments of all items of the event, so whoever
//! opens one group can prove its items against the leaf without seeing another group.

use std::collections::HashSet;
use std::fmt;

use rand::CryptoRng;
use zeroize::{Zeroize, Zeroizing};

use crate::aead::OVERHEAD;
use crate::commit::{Commitment, commit_item, item_root};
use crate::encode::Reader;
use crate::envelope::{self, Place};
use crate::pad::Classes;
use crate::secret::{KeyId, RecordKey, random};

const PLAINTEXT_VERSION: u8 = 0x01;
/// Groups an event may have.
const GROUPS_MAX: usize = 8;
/// Items an event may have, over all its groups.
const ITEMS_MAX: usize = 512;

/// One field or attachment reference of an event. `Debug` shows the name's length only.
pub struct Item {
    /// The name, unique within the event; at most 65,535 bytes.
    pub name: String,
    /// The content; wiped when dropped.
    pub content: Vec<u8>,
}

impl Drop for Item {
    fn drop(&mut self) {
        self.content.zeroize();
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Item(redacted)")
    }
}

/// The items of an event that one key seals.
#[derive(Debug)]
pub struct Group<'a> {
    /// The group's name, sealed with it; at most 255 bytes.
    pub name: &'static str,
    /// The record key; every group of an event has another.
    pub key: &'a RecordKey,
    /// The items; at least one.
    pub items: Vec<Item>,
}

/// One sealed group. Only sealing makes one, so nothing unsealed passes for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEnvelope {
    key: KeyId,
    bytes: Vec<u8>,
}

impl SealedEnvelope {
    /// The key that opens it.
    pub fn key_id(&self) -> KeyId {
        self.key
    }

    /// The envelope as stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The envelope as stored.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// A sealed event: one envelope a group, in the order given, and the root that goes into the leaf.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// One envelope a group.
    pub envelopes: Vec<SealedEnvelope>,
    /// Root over the commitments of all items.
    pub item_root: [u8; 32],
}

/// Why an event or a blob cannot be sealed: each is a mistake of the caller's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// No group at all, or one without items.
    #[error("an event needs at least one group, and a group at least one item")]
    Empty,
    /// More than eight groups.
    #[error("an event has at most {GROUPS_MAX} groups, not {0}")]
    TooManyGroups(usize),
    /// More than 512 items.
    #[error("an event has at most {ITEMS_MAX} items, not {0}")]
    TooManyItems(usize),
    /// Two groups under one key: whoever opens one would open both.
    #[error("two groups of the event use key {0}")]
    SameKey(KeyId),
    /// Two items of one name: a proof could show either.
    #[error("two items of the event have the same name")]
    SameName,
    /// A group or item name beyond its length prefix, or empty.
    #[error("a group name has 1 to 255 bytes, an item name 1 to 65535")]
    NameLength,
    /// The group does not fit the largest class; large content goes to an attachment.
    #[error("a group of {0} bytes is above the largest class of 1 MiB")]
    TooLarge(usize),
    /// The attachment is above [`crate::BLOB_MAX`].
    #[error("an attachment of {0} bytes is above 500 MiB")]
    BlobTooLarge(usize),
}

/// Why an envelope or a blob does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Not a version this release reads.
    #[error("format version {0} is not known")]
    WrongVersion(u8),
    /// Not shaped like an envelope, a group or a blob.
    #[error("the sealed bytes are malformed: {0}")]
    Malformed(&'static str),
    /// The caller brought another key than the one that sealed it.
    #[error("sealed under key {sealed_under}, but key {given} was given")]
    KeyMismatch {
        /// The key id in the clear header.
        sealed_under: KeyId,
        /// The key id the caller brought.
        given: KeyId,
    },
    /// Not sealed for this place (trust, stream and version, or trust and blob) under this key: moved, or the wrong key material.
    #[error("the bytes were not sealed for this place under this key")]
    WrongPlace,
    /// Sealed for this place under this key, but changed since.
    #[error("the sealed bytes were altered")]
    Altered,
    /// An item does not match its commitment, or the commitments do not match the leaf's root.
    #[error("the items do not match their commitments")]
    NotCommitted,
}

/// One item of an opened group.
#[derive(Clone)]
pub struct OpenedItem {
    /// Position among all items of the event.
    pub index: u16,
    /// The name.
    pub name: String,
    /// The salt of its commitment: show it to prove the item.
    pub salt: Zeroizing<[u8; 32]>,
    /// The content; wiped when dropped.
    pub content: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for OpenedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenedItem({}, redacted)", self.index)
    }
}

/// An opened group; its items have been checked against the commitments.
#[derive(Clone)]
pub struct OpenedGroup {
    /// The group's name.
    pub name: String,
    /// Its items, by rising index.
    pub items: Vec<OpenedItem>,
    /// The commitments of all items of the event, in order.
    pub commitments: Vec<Commitment>,
}

impl OpenedGroup {
    /// The content of the item of that name.
    pub fn item(&self, name: &str) -> Option<&[u8]> {
        self.items.iter().find(|item| item.name == name).map(|item| item.content.as_slice())
    }

    /// Checks the commitments against the root in the event's leaf.
    ///
    /// # Errors
    /// [`OpenError::NotCommitted`].
    pub fn check_root(&self, root: &[u8; 32]) -> Result<(), OpenError> {
        if item_root(&self.commitments) == *root { Ok(()) } else { Err(OpenError::NotCommitted) }
    }
}

impl fmt::Debug for OpenedGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenedGroup({} of {} items, redacted)", self.items.len(), self.commitments.len())
    }
}

/// Seals an event: salts and commits every item, then seals each group under its key for this place.
///
/// # Errors
/// [`SealError`]: bounds, repeated keys or names.
pub fn seal_event<R: CryptoRng + ?Sized>(place: &Place, groups: Vec<Group<'_>>, rng: &mut R) -> Result<Sealed, SealError> {
    check(&groups)?;
    // Sized once: a growing vector would leave copies of salts behind. Drawn at once: the source may be a system call.
    let mut salts = vec![[0_u8; 32]; groups.iter().map(|group| group.items.len()).sum()];
    rng.fill_bytes(salts.as_flattened_mut());
    let items = groups.iter().flat_map(|group| &group.items);
    let commitments: Vec<Commitment> = items.zip(&salts).map(|(item, salt)| commit_item(salt, &item.name, &item.content)).collect();
    let mut first = 0;
    let mut envelopes = Vec::with_capacity(groups.len());
    for group in groups {
        let own = first..first + group.items.len();
        let padded = encode(&group, first, &salts[own.clone()], &commitments)?;
        let bytes = envelope::seal(place, group.key, random(rng), padded);
        envelopes.push(SealedEnvelope { key: group.key.id(), bytes });
        first = own.end;
    }
    salts.zeroize();
    Ok(Sealed { envelopes, item_root: item_root(&commitments) })
}

fn check(groups: &[Group<'_>]) -> Result<(), SealError> {
    if groups.len() > GROUPS_MAX {
        return Err(SealError::TooManyGroups(groups.len()));
    }
    if groups.is_empty() || groups.iter().any(|group| group.items.is_empty()) {
        return Err(SealError::Empty);
    }
    let count = groups.iter().map(|group| group.items.len()).sum();
    if count > ITEMS_MAX {
        return Err(SealError::TooManyItems(count));
    }
    let mut keys = HashSet::new();
    let mut names = HashSet::new();
    for group in groups {
        if group.name.is_empty() || group.name.len() > usize::from(u8::MAX) {
            return Err(SealError::NameLength);
        }
        if !keys.insert(group.key.id()) {
            return Err(SealError::SameKey(group.key.id()));
        }
        for item in &group.items {
            if item.name.is_empty() || item.name.len() > usize::from(u16::MAX) {
                return Err(SealError::NameLength);
            }
            if !names.insert(item.name.as_str()) {
                return Err(SealError::SameName);
            }
        }
    }
    Ok(())
}

fn put_u16(out: &mut Vec<u8>, value: usize) {
    out.extend_from_slice(&u16::try_from(value).expect("check() bounded it").to_be_bytes());
}

/// The padded plaintext of one group, in a buffer that encryption will not move.
fn encode(group: &Group<'_>, first: usize, salts: &[[u8; 32]], commitments: &[Commitment]) -> Result<Vec<u8>, SealError> {
    let items: usize = group.items.iter().map(|item| 2 + 2 + item.name.len() + 32 + 8 + item.content.len()).sum();
    let length = 1 + 1 + group.name.len() + 2 + 32 * commitments.len() + 2 + items;
    let mut out = Classes::GROUP.start(length, OVERHEAD).ok_or(SealError::TooLarge(length))?;
    out.push(PLAINTEXT_VERSION);
    out.push(u8::try_from(group.name.len()).expect("check() bounded it"));
    out.extend_from_slice(group.name.as_bytes());
    put_u16(&mut out, commitments.len());
    out.extend_from_slice(commitments.as_flattened());
    put_u16(&mut out, group.items.len());
    for (offset, (item, salt)) in group.items.iter().zip(salts).enumerate() {
        put_u16(&mut out, first + offset);
        put_u16(&mut out, item.name.len());
        out.extend_from_slice(item.name.as_bytes());
        out.extend_from_slice(salt);
        out.extend_from_slice(&(item.content.len() as u64).to_be_bytes());
        out.extend_from_slice(&item.content);
    }
    Classes::GROUP.finish(&mut out);
    Ok(out)
}

/// Opens one envelope with its key at its place, and checks its items against their commitments.
///
/// Check the event's leaf too, where it is at hand: [`OpenedGroup::check_root`].
///
/// # Errors
/// [`OpenError`], each with its own meaning.
pub fn open_envelope(place: &Place, envelope: &[u8], key: &RecordKey) -> Result<OpenedGroup, OpenError> {
    let padded = envelope::open(place, key, envelope)?;
    let plaintext = Classes::GROUP.unpad(&padded).ok_or(OpenError::Malformed("padding"))?;
    let group = decode(plaintext).ok_or(OpenError::Malformed("group"))?;
    let mut last = None;
    for item in &group.items {
        let commitment = group.commitments.get(usize::from(item.index)).ok_or(OpenError::Malformed("item index"))?;
        if last.is_some_and(|last| last >= item.index) {
            return Err(OpenError::Malformed("item order"));
        }
        if commit_item(&item.salt, &item.name, &item.content) != *commitment {
            return Err(OpenError::NotCommitted);
        }
        last = Some(item.index);
    }
    Ok(group)
}

fn decode(plaintext: &[u8]) -> Option<OpenedGroup> {
    let mut reader = Reader::new(plaintext);
    if reader.u8()? != PLAINTEXT_VERSION {
        return None;
    }
    let name_length = usize::from(reader.u8()?);
    let name = text(reader.take(name_length)?)?;
    let count = usize::from(reader.u16()?);
    if count > ITEMS_MAX {
        return None;
    }
    let commitments = (0..count).map(|_| reader.array()).collect::<Option<Vec<Commitment>>>()?;
    let own = usize::from(reader.u16()?);
    if own == 0 || own > count {
        return None;
    }
    let items = (0..own).map(|_| decode_item(&mut reader)).collect::<Option<Vec<_>>>()?;
    reader.is_empty().then_some(OpenedGroup { name, items, commitments })
}

fn decode_item(reader: &mut Reader<'_>) -> Option<OpenedItem> {
    let index = reader.u16()?;
    let name_length = usize::from(reader.u16()?);
    let name = text(reader.take(name_length)?)?;
    let salt = Zeroizing::new(reader.array()?);
    let length = usize::try_from(reader.u64()?).ok()?;
    let content = Zeroizing::new(reader.take(length)?.to_vec());
    Some(OpenedItem { index, name, salt, content })
}

fn text(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}
