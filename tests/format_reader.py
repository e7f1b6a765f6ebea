#!/usr/bin/env python3
"""Reads Wardbook's formats (docs/format.md) without any of Wardbook's code: a second implementation.

    python3 tests/format_reader.py --words FILE  check tests/vectors/format-v1.json; exit 0 when all of it holds
    python3 tests/format_reader.py --words FILE VECTORS   check another vector file
    python3 tests/format_reader.py --self-test  change every value in turn and want each change to be noticed

FILE is the BIP-39 English word list (2,048 lines), which the recovery shares are written with.
Python 3.8 or later and its standard library, nothing else. The primitives below are written for reading, not for
secrets: they are slow and not constant-time. To add a format: a check, and a line in CHECKS.
"""

import base64
import copy
import functools
import hashlib
import hmac
import json
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORDS_SHA256 = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"


class Refused(Exception):
    """What is read is not what it should be; the text is the error's name in the vectors."""


def want(condition, error):
    if not condition:
        raise Refused(error)


# --- primitives: RFC 8439, draft-irtf-cfrg-xchacha, RFC 5869, RFC 7748 ---


def quarter(s, a, b, c, d):
    for x, y, z, shift in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = (s[x] + s[y]) & 0xFFFFFFFF
        t = s[z] ^ s[x]
        s[z] = ((t << shift) | (t >> (32 - shift))) & 0xFFFFFFFF


def chacha_rounds(key, last16):
    s = list(struct.unpack("<16I", b"expand 32-byte k" + key + last16))
    for _ in range(10):
        for columns in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)):
            quarter(s, *columns)
        for diagonals in ((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(s, *diagonals)
    return s


def chacha20_block(key, counter, nonce):
    last16 = struct.pack("<I", counter) + nonce
    start = struct.unpack("<16I", b"expand 32-byte k" + key + last16)
    mixed = chacha_rounds(key, last16)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(mixed, start)))


def hchacha20(key, nonce16):
    mixed = chacha_rounds(key, nonce16)
    return struct.pack("<8I", *(mixed[:4] + mixed[12:]))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at : at + 16] + b"\x01", "little")) * r % ((1 << 130) - 5)
    return ((total + int.from_bytes(key[16:], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")


@functools.lru_cache(maxsize=1024)  # the self-test opens the same things again and again
def aead_open(key, nonce, aad, sealed):
    """ChaCha20-Poly1305 with a 12-byte nonce; None when the tag does not hold."""
    if len(sealed) < 16:
        return None
    text, tag = sealed[:-16], sealed[-16:]

    def pad16(data):
        return data + bytes(-len(data) % 16)

    message = pad16(aad) + pad16(text) + struct.pack("<QQ", len(aad), len(text))
    if not hmac.compare_digest(poly1305(chacha20_block(key, 0, nonce)[:32], message), tag):
        return None
    stream = b"".join(chacha20_block(key, 1 + n, nonce) for n in range((len(text) + 63) // 64))
    return bytes(a ^ b for a, b in zip(text, stream))


def xaead_open(key, nonce, aad, sealed):
    """XChaCha20-Poly1305 with a 24-byte nonce."""
    return aead_open(hchacha20(key, nonce[:16]), bytes(4) + nonce[16:], aad, sealed)


def hmac_sha256(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf(ikm, salt, info, length):
    prk, block, out = hmac_sha256(salt or bytes(32), ikm), b"", b""
    while len(out) < length:
        block = hmac_sha256(prk, block + info + bytes([len(out) // 32 + 1]))
        out += block
    return out[:length]


def x25519(secret, point):
    p = 2**255 - 19
    k = int.from_bytes(secret, "little") & ~7 & ((1 << 254) - 1) | (1 << 254)
    x1 = int.from_bytes(point, "little") & ((1 << 255) - 1)
    x2, z2, x3, z3 = 1, 0, x1, 1
    for bit in reversed(range(255)):
        if k >> bit & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        x3, z3 = (d * a + c * b) ** 2 % p, x1 * (d * a - c * b) ** 2 % p
        e = a * a - b * b
        x2, z2 = a * a * b * b % p, e * (a * a + 121665 * e) % p
        if k >> bit & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, p - 2, p) % p).to_bytes(32, "little")


# --- encodings ---


def tag(name):
    return bytes([len(name)]) + name.encode("ascii")


def lp(data):
    return struct.pack(">I", len(data)) + data


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Reader:
    def __init__(self, data, error="Malformed"):
        self.data, self.error = data, error

    def take(self, length):
        want(length <= len(self.data), self.error)
        head, self.data = self.data[:length], self.data[length:]
        return head

    def number(self, length):
        return int.from_bytes(self.take(length), "big")


def unpad(padded, smallest, doublings):
    reader = Reader(padded)
    length = reader.number(4)
    content = reader.take(length)
    fitting = [smallest << k for k in range(doublings + 1) if smallest << k >= length + 4]
    want(fitting and fitting[0] == len(padded) and not any(reader.data), "Malformed")
    return content


def named(block, width):
    """u8 length, name, zeros up to `width`."""
    reader = Reader(block)
    length = reader.number(1)
    name = reader.take(length)
    want(len(block) == 1 + width and not any(reader.data), "Malformed")
    return name.decode()


# --- events: commitments, groups, envelopes ---


def commitment(salt, name, content):
    return sha256(tag("wardbook/item/v1"), salt, lp(name.encode()), content, struct.pack(">Q", len(content)))


def item_root(commitments):
    return sha256(tag("wardbook/item-root/v1"), struct.pack(">H", len(commitments)), *commitments)


def open_envelope(place, key_id, key, envelope):
    """The padded plaintext of an envelope at its place."""
    want(len(envelope) > 0, "Malformed")
    want(envelope[0] == 1, "WrongVersion")
    want(len(envelope) - 89 in [512 << k for k in range(12)], "Malformed")
    want(envelope[1:17] == key_id, "KeyMismatch")
    nonce, sealed, mac = envelope[17:41], envelope[41:-32], envelope[-32:]
    okm = hkdf(key, nonce, tag("wardbook/envelope/v1"), 64)
    trust, stream = bytes.fromhex(place["trust"]), bytes.fromhex(place["stream"])
    aad = lp(b"\x01") + lp(trust) + lp(stream) + lp(struct.pack(">Q", place["version"])) + lp(key_id)
    tag_holds = hmac.compare_digest(hmac_sha256(okm[32:], aad), mac)
    opened = xaead_open(okm[:32], nonce, aad, sealed)
    want(tag_holds or opened is not None, "WrongPlace")
    want(tag_holds and opened is not None, "Altered")
    return opened


def read_group(plaintext):
    reader = Reader(plaintext)
    want(reader.number(1) == 1, "Malformed")
    name = reader.take(reader.number(1)).decode()
    commitments = [reader.take(32) for _ in range(reader.number(2))]
    items = []
    for _ in range(reader.number(2)):
        index = reader.number(2)
        item_name = reader.take(reader.number(2)).decode()
        salt = reader.take(32)
        content = reader.take(reader.number(8))
        want(index < len(commitments) and (not items or items[-1][0] < index), "Malformed")
        items.append((index, item_name, salt, content))
    want(not reader.data and 0 < len(items) and len(commitments) <= 512, "Malformed")
    for index, item_name, salt, content in items:
        want(commitment(salt, item_name, content) == commitments[index], "NotCommitted")
    return name, commitments, items


def check_events(v):
    keys = {key["id"]: bytes.fromhex(key["key"]) for key in v["keys"]}
    want(len(keys) == len(v["keys"]) == len(v["groups"]), "keys")
    roots = {root["event"]: root for root in v["item_roots"]}
    items = {event: [item for item in v["items"] if item["event"] == event] for event in roots}
    want(sum(map(len, items.values())) == len(v["items"]), "items")
    for event, root in roots.items():
        commitments = [bytes.fromhex(one) for one in root["commitments"]]
        want(item_root(commitments).hex() == root["root"], "root")
        for item, expected in zip(items[event], commitments):
            made = commitment(bytes.fromhex(item["salt"]), item["name"], bytes.fromhex(item["content"]))
            want(made == expected == bytes.fromhex(item["commitment"]), "commitment")
        own = [index for group in v["groups"] if group["event"] == event for index in group["own"]]
        want(own == list(range(len(commitments))) == list(range(len(items[event]))), "every item in one group")
    for group in v["groups"]:
        envelope = bytes.fromhex(group["envelope"])
        want(envelope[17:41].hex() == group["nonce"], "nonce")
        padded = open_envelope(group["place"], bytes.fromhex(group["key"]), keys[group["key"]], envelope)
        plaintext = unpad(padded, 512, 11)
        want(plaintext.hex() == group["plaintext"], "plaintext")
        name, commitments, opened = read_group(plaintext)
        want(name == group["name"] and [item[0] for item in opened] == group["own"], "group")
        want(item_root(commitments).hex() == roots[group["event"]]["root"], "root")
        for index, item_name, salt, content in opened:
            known = items[group["event"]][index]
            want((item_name, salt.hex(), content.hex()) == (known["name"], known["salt"], known["content"]), "item")
            # The proof of one item: its content and salt, the other commitments, the root; no key.
            shown = commitments[:index] + [commitment(salt, item_name, content)] + commitments[index + 1 :]
            want(item_root(shown).hex() == roots[group["event"]]["root"], "proof")


def refused(read, error):
    """`read` must be refused, and for that reason."""
    try:
        read()
    except Refused as refusal:
        want(str(refusal) == error, f"refused as {refusal}, not as {error}")
    else:
        raise Refused(f"was taken, should be {error}")


def check_bad_envelopes(v):
    for bad in v["bad_envelopes"]:
        key_id, key, envelope = (bytes.fromhex(bad[name]) for name in ("key_id", "key", "envelope"))
        refused(lambda: read_group(unpad(open_envelope(bad["place"], key_id, key, envelope), 512, 11)), bad["error"])


# --- blobs: attachments, in chunks ---


CHUNK = 65536
BLOB_CLASSES = sorted({m << k for m in range(8, 16) for k in range(9, 27) if m << k <= 512 << 20})


def open_blob(place, key_id, key, blob):
    """The content of a blob at its place."""
    want(len(blob) > 0, "Malformed")
    want(blob[0] == 1, "WrongVersion")
    chunks = [blob[at : at + CHUNK + 16] for at in range(68, len(blob), CHUNK + 16)]
    size = len(blob) - 68 - 16 * len(chunks)
    want(size in BLOB_CLASSES and len(chunks) == -(-size // CHUNK), "Malformed")
    want(blob[1:17] == key_id, "KeyMismatch")
    prefix, mac = blob[17:36], blob[36:68]
    okm = hkdf(key, prefix, tag("wardbook/blob/v1"), 64)
    aad = lp(b"\x01") + lp(bytes.fromhex(place["trust"])) + lp(bytes.fromhex(place["blob"])) + lp(key_id)
    tag_holds = hmac.compare_digest(hmac_sha256(okm[32:], aad), mac)
    padded = b""
    for number, chunk in enumerate(chunks):
        nonce = prefix + struct.pack(">IB", number, number == len(chunks) - 1)
        opened = xaead_open(okm[:32], nonce, aad, chunk)
        want(tag_holds or opened is not None or number > 0, "WrongPlace")
        want(tag_holds and opened is not None, "Altered")
        padded += opened
    reader = Reader(padded)
    length = reader.number(8)
    content = reader.take(length)
    fitting = [size for size in BLOB_CLASSES if size >= length + 8]
    want(length <= 500 << 20 and fitting[0] == len(padded) and not any(reader.data), "Malformed")
    return content


def check_blobs(v):
    for vector in v["blobs"]:
        key_id, key, unit, salt, sealed = (
            bytes.fromhex(vector[name]) for name in ("key_id", "key", "unit", "salt", "sealed")
        )
        want(sealed[17:36].hex() == vector["prefix"], "prefix")
        content = open_blob(vector["place"], key_id, key, sealed)
        want(len(content) == vector["length"], "length")
        want(content == (unit * (len(content) + 1))[: len(content)], "content")
        want(commitment(salt, "content", content).hex() == vector["commitment"], "commitment")
        want(len(sealed) == 68 + vector["padded"] + 16 * -(-vector["padded"] // CHUNK), "padded")


def joined(parts, blobs):
    """Hex, or a cut out of a blob: `number:from-to`."""
    out = b""
    for part in parts:
        if ":" in part:
            number, start, end = map(int, part.replace("-", ":").split(":"))
            out += bytes.fromhex(blobs[number]["sealed"])[start:end]
        else:
            out += bytes.fromhex(part)
    return out


def check_bad_blobs(v):
    for bad in v["bad_blobs"]:
        key_id, key, blob = bytes.fromhex(bad["key_id"]), bytes.fromhex(bad["key"]), joined(bad["parts"], v["blobs"])
        refused(lambda: open_blob(bad["place"], key_id, key, blob), bad["error"])


# --- keys: wraps, age files, the set's MAC, secrets, state, blind indexes ---


def unwrap(v):
    trust, outer, audience_id, audience, key_id, wrapped = (
        bytes.fromhex(v[name])
        for name in ("trust", "outer_key", "audience_key_id", "audience_key", "key_id", "wrapped")
    )
    want(len(wrapped) == 129 and wrapped[0] == 1, "Unwrap")
    plaintext = xaead_open(outer, wrapped[1:25], tag("wardbook/wrap/outer/v1") + trust + key_id, wrapped[25:])
    want(plaintext is not None and plaintext[:16] == audience_id, "Unwrap")
    aad = tag("wardbook/wrap/inner/v1") + trust + audience_id + key_id
    key = xaead_open(audience, plaintext[16:40], aad, plaintext[40:])
    want(key is not None, "Unwrap")
    return key


def check_wraps(v):
    for good in v["wraps"]:
        want(unwrap(good).hex() == good["record_key"], "record key")
    for bad in v["bad_wraps"]:
        refused(lambda: unwrap(bad), "Unwrap")


def read_payload(payload):
    want(len(payload) == 66 and payload[0] == 1, "Malformed")
    return named(payload[1:34], 32), payload[34:]


def check_payload(v):
    name, key = read_payload(bytes.fromhex(v["audience_payload"]["payload"]))
    want((name, key.hex()) == (v["audience_payload"]["name"], v["audience_payload"]["key"]), "payload")


def unbase64(text):
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def age_open(file, secret):
    """One binary age file for X25519 recipients, of one chunk (https://age-encryption.org/v1)."""
    end = file.index(b"\n--- ")
    header = file[: end + 4]
    mac, payload = file[end + 5 :].split(b"\n", 1)
    lines = header.decode().split("\n")
    want(lines[0] == "age-encryption.org/v1", "Malformed")
    public, zero = x25519(secret, b"\x09" + bytes(31)), bytes(12)
    file_key = None
    for at, line in enumerate(lines):
        if line.startswith("-> X25519 ") and file_key is None:
            share = unbase64(line.split(" ")[2])
            wrap_key = hkdf(x25519(secret, share), share + public, b"age-encryption.org/v1/X25519", 32)
            file_key = aead_open(wrap_key, zero, b"", unbase64(lines[at + 1]))
    want(file_key is not None, "NoMatch")
    want(hmac_sha256(hkdf(file_key, b"", b"header", 32), header) == unbase64(mac.decode()), "HeaderMac")
    want(sum(line.startswith("-> X25519 ") for line in lines) == 2, "exactly two recipients")
    payload_key = hkdf(file_key, payload[:16], b"payload", 32)
    opened = aead_open(payload_key, bytes(11) + b"\x01", b"", payload[16:])
    want(opened is not None, "Altered")
    return opened


def check_age_file(v):
    vector = v["audience_file"]
    for secret in ("service_secret", "recovery_secret"):
        name, key = read_payload(age_open(bytes.fromhex(vector["file"]), bytes.fromhex(vector[secret])))
        want((name, key.hex()) == (vector["name"], vector["key"]), "audience key")
    refused(lambda: age_open(bytes.fromhex(vector["file"]), bytes(32)), "NoMatch")


def recipient(secret):
    """age1...: bech32 of the X25519 public key."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{byte:08b}" for byte in x25519(secret, b"\x09" + bytes(31)))
    bits += "0" * (-len(bits) % 5)
    data = [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]
    check = 1
    for value in [ord(c) >> 5 for c in "age"] + [0] + [ord(c) & 31 for c in "age"] + data + [0] * 6:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    data += [(check ^ 1) >> 5 * (5 - n) & 31 for n in range(6)]
    return "age1" + "".join(alphabet[value] for value in data)


def check_key_set(v):
    key_set = v["key_set"]
    secret = bytes.fromhex(key_set["service_secret"])
    want(recipient(secret) == key_set["service"], "service recipient")
    message = lp(bytes.fromhex(key_set["trust"])) + lp(key_set["service"].encode()) + lp(key_set["recovery"].encode())
    for key in sorted(key_set["set"], key=lambda key: key["id"]):
        message += lp(bytes.fromhex(key["id"])) + lp(sha256(bytes.fromhex(key["file"])))
    mac = hmac_sha256(hkdf(secret, b"", tag("wardbook/key-set/v1"), 32), message)
    want(mac.hex() == key_set["set_mac"], "set MAC")


def check_secrets(v):
    for vector in v["named_secrets"]:
        trust, settings, sealed = (bytes.fromhex(vector[name]) for name in ("trust", "settings_key", "sealed"))
        id_key = hkdf(settings, trust, tag("wardbook/secret-id/v1"), 32)
        secret_id = hmac_sha256(id_key, lp(vector["name"].encode()))[:16]
        want(secret_id.hex() == vector["id"] and sealed[0] == 1, "id")
        opened = xaead_open(settings, sealed[1:25], tag("wardbook/secret/v1") + trust + secret_id, sealed[25:])
        want(opened is not None and len(opened) == 97, "secret")
        want((named(opened[:65], 64), opened[65:].hex()) == (vector["name"], vector["secret"]), "secret")


def check_states(v):
    for vector in v["states"]:
        key, context, sealed = (bytes.fromhex(vector[name]) for name in ("key", "context", "sealed"))
        opened = xaead_open(key, sealed[1:25], tag("wardbook/state/v1") + lp(context), sealed[25:])
        want(sealed[0] == 1 and opened is not None, "state")
        want(unpad(opened, 256, 12).hex() == vector["plaintext"], "state")


def check_blinds(v):
    for vector in v["blinds"]:
        digest = hmac_sha256(bytes.fromhex(vector["key"]), b"".join(lp(bytes.fromhex(part)) for part in vector["parts"]))
        want((digest.hex(), digest[:16].hex()) == (vector["digest"], vector["blind"]), "blind")


# --- recovery shares ---


WORDS = None  # the file of the BIP-39 English list, given with --words


def word_list():
    want(WORDS is not None, "give the BIP-39 English word list with --words FILE")
    text = Path(WORDS).read_bytes()
    want(hashlib.sha256(text).hexdigest() == WORDS_SHA256, "this is not the BIP-39 English list")
    return text.decode().split()


def read_share(words, listed):
    words = words.lower().split()
    want(len(words) == 32, "WordCount")
    want(all(word in listed for word in words), "WrongWord")
    bits = "".join(f"{listed.index(word):011b}" for word in words)
    share = bytes(int(bits[at : at + 8], 2) for at in range(0, 352, 8))
    want(sha256(tag("wardbook/share/v1"), share[:40])[:4] == share[40:], "CheckDigits")
    want(share[0] == 1 and 2 <= share[5] <= share[6] <= 16 and 1 <= share[7] <= share[6], "Unknown")
    return share


def gf_mul(a, b):
    product = 0
    for bit in range(8):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(14, 7, -1):
        if product >> bit & 1:
            product ^= 0x11B << (bit - 8)
    return product


def gf_inverse(a):
    return next(b for b in range(1, 256) if gf_mul(a, b) == 1)


def combine(shares):
    want(len({share[1:7] for share in shares}) == 1, "DifferentSets")
    want(len({share[7] for share in shares}) == len(shares), "Duplicate")
    want(len(shares) >= shares[0][5], "TooFew")
    secret = bytes(32)
    for share in shares[: shares[0][5]]:
        weight = 1
        for other in shares[: shares[0][5]]:
            if other is not share:
                weight = gf_mul(weight, gf_mul(other[7], gf_inverse(other[7] ^ share[7])))
        secret = bytes(a ^ gf_mul(weight, b) for a, b in zip(secret, share[8:40]))
    return secret


def check_shares(v):
    listed, vector = word_list(), v["shares"]
    shares = [read_share(share["words"], listed) for share in vector["shares"]]
    want([share.hex() for share in shares] == [share["bytes"] for share in vector["shares"]], "bytes")
    want(all((share[5], share[6]) == (vector["k"], vector["n"]) for share in shares), "numbers")
    for pair in ((0, 1), (0, 2), (2, 1)):
        want(combine([shares[n] for n in pair]).hex() == vector["secret"], "secret")
    want(recipient(bytes.fromhex(vector["secret"])) == vector["recipient"], "recipient")
    refused(lambda: combine(shares[:1]), "TooFew")
    refused(lambda: combine([shares[0], shares[0]]), "Duplicate")
    for bad in v["bad_shares"]:
        refused(lambda: read_share(bad["words"], listed), bad["error"])


# --- the book: leaves, tree (RFC 6962), inclusion (RFC 9162 section 2.1.3.2) ---


def leaf_bytes(leaf):
    envelopes = [bytes.fromhex(envelope) for envelope in leaf["envelopes"]]
    return b"".join(
        [tag("wardbook/leaf/v1"), lp(bytes.fromhex(leaf["trust"])), lp(bytes.fromhex(leaf["stream"]))]
        + [struct.pack(">Qq", leaf["version"], leaf["recorded_at"]), bytes([len(envelopes)])]
        + [envelope[1:17] + sha256(envelope) for envelope in envelopes]
        + [bytes.fromhex(leaf["item_root"])]
    )


def tree_root(hashes):
    if len(hashes) < 2:
        return hashes[0] if hashes else sha256()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01", tree_root(hashes[:split]), tree_root(hashes[split:]))


def included(leaf_hash, index, size, path, root):
    want(index < size, "NotIncluded")
    fn, sn, node = index, size - 1, leaf_hash
    for sibling in path:
        want(sn > 0, "NotIncluded")
        if fn & 1 or fn == sn:
            node = sha256(b"\x01", sibling, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = sha256(b"\x01", node, sibling)
        fn, sn = fn >> 1, sn >> 1
    want(sn == 0 and node == root, "NotIncluded")


def check_book(v):
    tree = v["tree"]
    hashes = [bytes.fromhex(one) for one in tree["leaf_hashes"]]
    want(len(hashes) == len(v["leaves"]), "leaves")
    for leaf, leaf_hash in zip(v["leaves"], hashes):
        made = leaf_bytes(leaf)
        want(made.hex() == leaf["leaf"], "leaf")
        want(sha256(b"\x00", made) == leaf_hash == bytes.fromhex(leaf["leaf_hash"]), "leaf hash")
    want([tree_root(hashes[:size]).hex() for size in range(len(hashes) + 1)] == tree["roots"], "roots")
    for proof in tree["inclusion"]:
        index, size, path = proof["index"], proof["size"], [bytes.fromhex(one) for one in proof["path"]]
        root = bytes.fromhex(tree["roots"][size])
        included(hashes[index], index, size, path, root)
        refused(lambda: included(hashes[index - 1], index, size, path, bytes(32)), "NotIncluded")
        refused(lambda: included(hashes[index], index, size, path + [bytes(32)], root), "NotIncluded")


CHECKS = [
    (check_events, ["keys", "items", "item_roots", "groups"]),
    (check_bad_envelopes, ["bad_envelopes"]),
    (check_wraps, ["wraps", "bad_wraps"]),
    (check_payload, ["audience_payload"]),
    (check_age_file, ["audience_file"]),
    (check_key_set, ["key_set"]),
    (check_secrets, ["named_secrets"]),
    (check_states, ["states"]),
    (check_blinds, ["blinds"]),
    (check_shares, ["shares", "bad_shares"]),
    (check_book, ["leaves", "tree"]),
    (check_blobs, ["blobs"]),
    (check_bad_blobs, ["bad_blobs"]),
]


def read_all(vectors):
    want(vectors["format"] == "wardbook/format/v1", "format")
    covered = {"format"}.union(*(sections for _, sections in CHECKS))
    want(set(vectors) == covered, f"sections without a check: {set(vectors) ^ covered}")
    for check, sections in CHECKS:
        for section in sections:
            want(len(vectors[section]) > 0, f"{section} is empty")
        try:
            check(vectors)
        except Refused as refusal:
            raise Refused(f"{check.__name__}: {refusal}") from refusal


def places(value, path=()):
    if isinstance(value, dict):
        value = value.items()
    elif isinstance(value, list):
        value = enumerate(value)
    else:
        yield path
        return
    for name, inner in value:
        yield from places(inner, path + (name,))


def changed(value):
    if isinstance(value, int):
        return value + 1 if value < 2**63 else value - 1
    # The middle, as X25519 ignores some bits at the ends of a secret.
    at = len(value) // 2
    while value and not value[at].isalnum():
        at -= 1
    return value[:at] + ("0" if value[at : at + 1] != "0" else "1") + value[at + 1 :]


def self_test(vectors):
    """Every value of every good vector, and every error name of a bad one, must matter."""
    tried, unnoticed = 0, []
    for check, sections in CHECKS:
        for section in sections:
            for path in places(vectors[section], (section,)):
                if path[-1] == "what" or section.startswith("bad_") and path[-1] != "error":
                    continue
                altered = dict(vectors, **{section: copy.deepcopy(vectors[section])})
                inner = altered
                for name in path[:-1]:
                    inner = inner[name]
                inner[path[-1]] = changed(inner[path[-1]])
                tried += 1
                try:
                    check(altered)
                except (Refused, ValueError, KeyError, IndexError, struct.error):
                    continue
                unnoticed.append(path)
    want(tried > 100, f"only {tried} changes tried")
    want(not unnoticed, f"changes that nobody noticed: {unnoticed}")
    return tried


def main(arguments):
    global WORDS
    testing = "--self-test" in arguments
    arguments = [argument for argument in arguments if argument != "--self-test"]
    if "--words" in arguments:
        at = arguments.index("--words")
        WORDS = arguments[at + 1]
        del arguments[at : at + 2]
    files = arguments
    vectors = json.loads(Path(files[0] if files else HERE / "vectors" / "format-v1.json").read_text())
    try:
        read_all(vectors)
        print(f"{len(CHECKS)} groups of vectors read")
        if testing:
            print(f"{self_test(vectors)} changes tried, each was noticed")
    except Refused as refusal:
        print(f"format_reader: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
