//! Signed checkpoints: the C2SP signed-note form of a tree head (`tlog-checkpoint`), Ed25519.
//!
//! ```text
//! wardbook/v1/<trust id, 32 hex digits>
//! <size, decimal>
//! <root, base64>
//!
//! — <key name> <base64( key hash 4 | signature 64 )>
//! ```
//!
//! The signature covers everything up to and including the line feed before the empty line. The key name is the
//! origin. key hash = SHA-256(name | 0x0A | 0x01 | public key)\[..4\]; a verifier key is written
//! `name+<key hash, 8 hex digits>+base64(0x01 | public key)`. Lines of other signers (witnesses) are kept as they are.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::TrustId;
use crate::tree::Hash;

/// A longer text is no note of ours.
const TEXT_BYTES_MAX: usize = 64 * 1024;
const SIGNATURES_MAX: usize = 64;
const ED25519: u8 = 1;

/// What is wrong with a note, a key or a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text is not a signed checkpoint; says which part.
    #[error("not a signed checkpoint: {0}")]
    Form(&'static str),
    /// The text is not a verifier key, or the name cannot name a key.
    #[error("not a checkpoint key: {0}")]
    Key(&'static str),
    /// No line of the note is signed by this key.
    #[error("the note is not signed by {name}")]
    NotSigned {
        /// Name of the key looked for.
        name: String,
    },
    /// A line claims this key and its signature is wrong.
    #[error("the signature of {name} is wrong")]
    BadSignature {
        /// Name of the key.
        name: String,
    },
}

/// The origin line of a trust's checkpoints, which is also the name of the key that signs them.
pub fn origin(trust: TrustId) -> String {
    format!("wardbook/v1/{trust}")
}

/// A tree head that may be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: see [`origin`].
    pub origin: String,
    /// Number of events.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The signed text: three lines, each ended by a line feed.
    pub fn body(&self) -> String {
        let root = BASE64.encode(self.root);
        format!("{}\n{}\n{root}\n", self.origin, self.size)
    }

    fn parse(body: &str) -> Result<Self, NoteError> {
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) = (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(NoteError::Form("it has three lines before the empty one"));
        };
        check_name(origin).map_err(NoteError::Form)?;
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: size.parse().map_err(|_| NoteError::Form("the second line is the size"))?,
            root: BASE64.decode(root).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(NoteError::Form("the third line is the root"))?,
        };
        // One head has one text: no plus sign, leading zero or other base64.
        if checkpoint.body() == body { Ok(checkpoint) } else { Err(NoteError::Form("it is not written in the one way")) }
    }
}

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// First bytes of a hash over the key; finds the right key, proves nothing.
    pub key_hash: [u8; 4],
    /// The signature: 64 bytes for Ed25519, whatever it is for other kinds.
    pub signature: Vec<u8>,
}

/// A checkpoint with its signature lines, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// By whom; at least one.
    pub signatures: Vec<NoteSignature>,
}

impl SignedNote {
    /// Reads a note strictly: what is accepted is written back by `Display` byte for byte.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(NoteError::Form("it is too long"));
        }
        let split = text.rfind("\n\n").ok_or(NoteError::Form("an empty line stands before the signatures"))?;
        let checkpoint = Checkpoint::parse(&text[..=split])?;
        let lines = text[split + 2..].strip_suffix('\n').ok_or(NoteError::Form("a line feed ends the last line"))?;
        let signatures = lines.split('\n').map(parse_signature).collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::Form("it has too many signatures"));
        }
        Ok(Self { checkpoint, signatures })
    }
}

/// The text of the note.
impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.checkpoint.body())?;
        for line in &self.signatures {
            let bytes = [&line.key_hash[..], &line.signature].concat();
            writeln!(f, "\u{2014} {} {}", line.name, BASE64.encode(bytes))?;
        }
        Ok(())
    }
}

fn parse_signature(line: &str) -> Result<NoteSignature, NoteError> {
    let wrong = NoteError::Form("a signature line is: dash, name, base64");
    let mut parts = line.split(' ');
    let (Some("\u{2014}"), Some(name), Some(encoded), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(wrong);
    };
    check_name(name).map_err(NoteError::Form)?;
    let bytes = BASE64.decode(encoded).map_err(|_| wrong.clone())?;
    let (key_hash, signature) = bytes.split_first_chunk::<4>().ok_or(wrong.clone())?;
    if signature.is_empty() {
        return Err(wrong);
    }
    Ok(NoteSignature { name: name.to_owned(), key_hash: *key_hash, signature: signature.to_vec() })
}

/// C2SP: not empty, no space of any kind, no plus sign; and no control character.
fn check_name(name: &str) -> Result<(), &'static str> {
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.len() > 256 || name.contains(forbidden) {
        return Err("a name has no spaces and no plus sign");
    }
    Ok(())
}

fn key_hash(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let hash: Hash = Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(public).finalize().into();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// Signs checkpoints under one name. The key is wiped when dropped.
pub struct Signer {
    name: String,
    key: SigningKey,
}

impl Signer {
    /// A signer from its 32-byte secret. `name` is the [`origin`] of the log it signs for.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        check_name(name).map_err(NoteError::Key)?;
        Ok(Self { name: name.to_owned(), key: SigningKey::from_bytes(seed) })
    }

    /// The name of the key, which is the origin of its notes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key others check these signatures with.
    pub fn verifier(&self) -> Verifier {
        Verifier { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// Signs a head. What may be signed is for [`sign_checkpoint`](crate::sign_checkpoint) to decide.
    pub(crate) fn sign(&self, size: u64, root: Hash) -> SignedNote {
        let checkpoint = Checkpoint { origin: self.name.clone(), size, root };
        let signature = self.key.sign(checkpoint.body().as_bytes());
        SignedNote {
            checkpoint,
            signatures: vec![NoteSignature {
                name: self.name.clone(),
                key_hash: key_hash(&self.name, self.key.verifying_key().as_bytes()),
                signature: signature.to_bytes().to_vec(),
            }],
        }
    }
}

/// The name only.
impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.name)
    }
}

/// Checks signatures of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key: VerifyingKey,
}

impl Verifier {
    /// Reads a verifier key: `name+hash+base64`.
    pub fn parse(vkey: &str) -> Result<Self, NoteError> {
        let wrong = NoteError::Key("it is name+hash+base64");
        let mut parts = vkey.trim_end().splitn(3, '+');
        let (Some(name), Some(hash), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong);
        };
        check_name(name).map_err(NoteError::Key)?;
        let bytes = BASE64.decode(encoded).map_err(|_| wrong.clone())?;
        let public = match bytes.split_first() {
            Some((&ED25519, public)) => <[u8; 32]>::try_from(public).map_err(|_| wrong)?,
            _ => return Err(NoteError::Key("it is not an Ed25519 key")),
        };
        if hash != hex::encode(key_hash(name, &public)) {
            return Err(NoteError::Key("its hash is not that of the key"));
        }
        let key = VerifyingKey::from_bytes(&public).map_err(|_| NoteError::Key("it is not an Ed25519 key"))?;
        Ok(Self { name: name.to_owned(), key })
    }

    /// The name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The note bears a good signature of this key.
    pub fn verify(&self, note: &SignedNote) -> Result<(), NoteError> {
        let hash = key_hash(&self.name, self.key.as_bytes());
        let line = note
            .signatures
            .iter()
            .find(|line| line.name == self.name && line.key_hash == hash)
            .ok_or_else(|| NoteError::NotSigned { name: self.name.clone() })?;
        let body = note.checkpoint.body();
        Signature::from_slice(&line.signature)
            .and_then(|signature| self.key.verify_strict(body.as_bytes(), &signature))
            .map_err(|_| NoteError::BadSignature { name: self.name.clone() })
    }
}

/// The text form, as [`Verifier::parse`] reads it.
impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = self.key.as_bytes();
        let hash = hex::encode(key_hash(&self.name, public));
        let encoded = BASE64.encode([&[ED25519][..], public].concat());
        write!(f, "{}+{hash}+{encoded}", self.name)
    }
}
