#!/usr/bin/env python3
"""Checks an audit log of Istmo without any program of Istmo.

This file is written from public texts, and not from Istmo's code, so that a fault in the one is not also in the other:

  C2SP (https://c2sp.org): signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy, tlog-proof, tlog-tiles
  RFC 6962 (the Merkle tree), RFC 8785 (canonical JSON), RFC 9651 (byte sequences in headers), RFC 8032 (Ed25519)

From Istmo's pages it takes only what no public text says: where a log keeps the history of its checkpoints, what the proofs of
replaced keys and of prunings look like, how shards follow one another (section "Istmo's own files" below), and what an export states.

It needs Python 3.9 or later and the package `cryptography` (Debian: apt-get install python3-cryptography). It opens no network
connection and writes no file.

  check.py log FOLDER... --policy FILE [--kept FILE]... [--only NAME]...
                                                           verifies the folders of logs, with all their shards: all logs that the
                                                           trust policy names must be there, or those of `--only`
  check.py proof FILE --policy FILE [--entry FILE] [--rotation FILE]...
                                                           verifies a proof: what `istmo audit prove` writes
  check.py receipt FILE --policy FILE                      verifies the value of a header `Istmo-Receipt`
  check.py export FILE... --policy FILE                    verifies each proof in files of `istmo audit export` or in folders
                                                           with them, and for a country that none of its parts is missing,
                                                           also of a gateway with several workers
  Without `--development`, a trust policy that one captured witness breaks is refused; only made-up records may have such a one.

  check.py batch                                           reads a JSON list of such argument lists, writes a JSON list of answers

Exit codes: 0 what was asked holds; 1 it does not hold; 2 it could not be told (a file is missing or is no proof), or nothing was altered, but
entries say a time at which they cannot have been written (TIME): a clock was wrong, or somebody dated them so. Their order is proven.

It does not tell whether the entries make sense otherwise: whether their ids are unique and of their times, their parts complete, and whether
the clocks of witnesses are right. `istmo audit verify` does. Nor does it ask the witnesses, or how old a count is: so it takes an old copy of
a log for the log.
"""

import base64
import binascii
import copy
import datetime
import decimal
import errno
import hashlib
import json
import math
import os
import re
import stat
import sys
import time as clock

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class Wrong(Exception):
    """Something does not hold. The kind is one word in capitals, as `istmo audit verify` uses them."""

    def __init__(self, kind, where, what):
        super().__init__(f"{kind} {where}: {what}")
        self.kind, self.where, self.what = kind, where, what


class CannotTell(Exception):
    """The question cannot be answered, because what was given is not what the question is about."""


# --- Base 64 and numbers: one form only, so that one proof has one text -----------------------------------------------------------


def parse_base64(text, length=None):
    """Decodes standard Base 64 (RFC 4648, section 4). Returns None if the text is not the one way to write its bytes."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None
    if base64.b64encode(data).decode() != text or (length is not None and len(data) != length):
        return None
    return data


def parse_decimal(text):
    """Parses an ASCII decimal without leading zeroes. Returns None for another text."""
    return int(text) if re.fullmatch(r"0|[1-9][0-9]{0,18}", text, re.ASCII) else None


# --- Signed notes (C2SP signed-note) and cosignatures (C2SP tlog-cosignature) -------------------------------------------------------

LOG_KEY = 0x01  # Ed25519 over the text
WITNESS_KEY = 0x04  # Ed25519 over a time and the text
MAX_SIGNATURES = 512  # of one note: those of hundreds of witnesses

PERIOD = r"/([0-9]{4}(?:-[0-9]{2})?)"  # behind the name of a log, in the name of a shard
UNICODE_SPACE = re.compile(r"[\s\u0085]")


class Key:
    """A verifier key: name+id+base64(type, public key)."""

    def __init__(self, vkey):
        parts = vkey.split("+", 2)
        data = parse_base64(parts[2]) if len(parts) == 3 else None
        if data is None or not is_key_name(parts[0]) or len(data) != 33 or data[0] not in (LOG_KEY, WITNESS_KEY):
            raise CannotTell(f"not a verifier key of a kind that this program knows: {vkey!r}")
        self.vkey, self.name, self.type, self.public = vkey, parts[0], data[0], data[1:]
        self.id = hashlib.sha256(self.name.encode() + b"\n" + data).digest()[:4]
        if self.id.hex() != parts[1]:
            raise CannotTell(f"the id of the verifier key of {self.name} is not that of its key")

    def of_shard(self, period):
        """The same key under the name of a shard of its log."""
        name, data = f"{self.name}/{period}", bytes([self.type]) + self.public
        key_id = sha256(name.encode() + b"\n" + data)[:4].hex()
        return Key(f"{name}+{key_id}+{base64.b64encode(data).decode()}")

    def verify(self, text, signature):
        """Returns the time in a cosignature (seconds since 1970), or 0 for the signature of a log. None if it is not valid."""
        message, time = text.encode(), 0
        if self.type == WITNESS_KEY:
            if len(signature) != 72:
                return None
            time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            if time >= 2**63:
                return None
            message = f"cosignature/v1\ntime {time}\n".encode() + message
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return None
        return time


def is_key_name(name):
    return name != "" and "+" not in name and not UNICODE_SPACE.search(name)


def parse_note(data):
    """Splits a note into its text and its signatures: a list of (name, key id, signature)."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("a note is UTF-8")
    if re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise ValueError("a note has no control characters but newlines")
    text, blank, lines = note.rpartition("\n\n")
    if blank == "" or not lines.endswith("\n"):
        raise ValueError("a note is a text, an empty line and signature lines")
    signatures = []
    if lines.count("\n") > MAX_SIGNATURES:
        raise ValueError(f"a note has at most {MAX_SIGNATURES} signatures")
    for line in lines[:-1].split("\n"):
        parts = line.split(" ")
        data = parse_base64(parts[2]) if len(parts) == 3 else None
        if parts[0] != "\u2014" or data is None or len(data) < 5 or not is_key_name(parts[1]):
            raise ValueError("a signature line is an em dash, a name and Base 64")
        signatures.append((parts[1], data[:4], data[4:]))
    return text + "\n", signatures


def open_note(data, keys):
    """Verifies the signatures of known keys. Returns the text, and the known keys that signed with their times."""
    text, signatures = parse_note(data)
    signed = {}
    for name, key_id, signature in signatures:
        for key in keys:
            if (key.name, key.id) != (name, key_id):
                continue  # a signature of an unknown key says nothing
            time = key.verify(text, signature)
            if time is None:
                raise ValueError(f"a signature of {name} is not valid")
            signed.setdefault(key.vkey, time)
    return text, signed


# --- Checkpoints (C2SP tlog-checkpoint) and trust policies (C2SP tlog-policy) --------------------------------------------------------


def parse_checkpoint(text):
    """Returns the origin, the size and the root of a checkpoint's text."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or "" in lines[:-1]:
        raise ValueError("a checkpoint has at least three lines, none of them empty")
    size, root = parse_decimal(lines[1]), parse_base64(lines[2], 32)
    if size is None or root is None:
        raise ValueError("a checkpoint has a size and a root of 32 bytes")
    return lines[0], size, root


class Policy:
    """Which logs and witnesses count, and how many witnesses it takes."""

    def __init__(self, data):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, None
        members_so_far = set()
        if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", data):
            raise CannotTell("a trust policy has no control characters but tab and newline")
        for line in data.decode("utf-8", "surrogateescape").split("\n"):
            items = [item for item in re.split(r"[ \t]+", line) if item != ""]
            if not items or items[0].startswith("#"):
                continue
            word, rest = items[0], items[1:]
            if word == "log" and len(rest) in (1, 2):
                self._add_key(rest[0], LOG_KEY, self.logs.append)
            elif word == "witness" and len(rest) in (2, 3):
                self._check_new_name(rest[0])
                self._add_key(rest[1], WITNESS_KEY, lambda key: self.witnesses.__setitem__(rest[0], key))
            elif word == "group" and len(rest) >= 3:
                self._check_new_name(rest[0])
                members = rest[2:]
                least = {"any": 1, "all": len(members)}.get(rest[1], parse_decimal(rest[1]))
                if least is None or not 1 <= least <= len(members):
                    raise CannotTell(f"the group {rest[0]} needs a number from 1 to {len(members)}")
                for member in members:
                    if member not in self.witnesses and member not in self.groups or member in members_so_far:
                        raise CannotTell(f"{member} is not defined above, or is in two groups")
                    members_so_far.add(member)
                self.groups[rest[0]] = (least, members)
            elif word == "quorum" and len(rest) == 1 and self.quorum is None:
                if rest[0] != "none" and rest[0] not in self.witnesses and rest[0] not in self.groups:
                    raise CannotTell(f"the quorum {rest[0]} is not defined above")
                self.quorum = rest[0]
            else:
                raise CannotTell(f"not a line of a trust policy: {line!r}")
        if self.quorum is None:
            raise CannotTell("a trust policy has a line `quorum`")

    def _check_new_name(self, name):
        if name == "none" or name in self.witnesses or name in self.groups:
            raise CannotTell(f"the name {name} is taken")

    def _add_key(self, vkey, key_type, add):
        key = Key(vkey)
        # A log whose key is also that of a witness would be its own witness.
        if key.type != key_type or any(key.public == other.public for other in [*self.logs, *self.witnesses.values()]):
            raise CannotTell(f"the key of {key.name} is of the wrong type, or stands in two lines")
        add(key)

    def for_shard(self, period, newest):
        """The policy for a shard of a log. `newest` has the keys of logs that were replaced in earlier shards, by the log's name."""
        shard = copy.copy(self)
        shard.logs = [newest.get(key.name, key).of_shard(period) for key in self.logs]
        return shard

    def for_worker(self, note):
        """The policy for the log of a worker of a gateway: its name is that of the gateway, a slash and a number, and its key is the gateway's."""
        origin, policy = origin_of(note or b"") or "", copy.copy(self)
        numbers = [re.match(re.escape(key.name) + r"/([1-9][0-9]?)(?:/[0-9]{4}(?:-[0-9]{2})?)?$", origin) for key in self.logs]
        policy.logs = [key.of_shard(number[1]) if number else key for key, number in zip(self.logs, numbers)]
        return policy

    def for_origin(self, note):
        """The policy for the log or the shard of a checkpoint: a shard has the key of its log, under the log's name, a slash and the period."""
        origin, policy = origin_of(note or b"") or "", self.for_worker(note)
        periods = [re.fullmatch(re.escape(key.name) + PERIOD, origin) for key in policy.logs]
        policy.logs = [key.of_shard(period[1]) if period else key for key, period in zip(policy.logs, periods)]
        return policy

    def is_quorum(self, names):
        """Says whether these witnesses, by their names in the policy, are enough."""

        def has(name):
            if name not in self.groups:
                return name in names
            least, members = self.groups[name]
            return sum(has(member) for member in members) >= least

        return self.quorum == "none" or has(self.quorum)

    def quorum_time(self, cosigned):
        """The latest time at or after which enough witnesses cosigned, in seconds since 1970. None if they are not enough."""
        names = set()
        for time, name in sorted(((time, name) for name, time in cosigned.items()), reverse=True):
            names.add(name)
            if self.is_quorum(names):
                return time
        return None

    def shared_witnesses(self):
        """How many witnesses any two quorums have in common, at least. No witness is in two groups."""

        def shared(name):
            if name not in self.groups:
                return 1
            least, members = self.groups[name]
            return sum(sorted(map(shared, members))[: max(0, 2 * least - len(members))])

        return shared(self.quorum)


def read_policy(options):
    """Reads the trust policy. One that a single captured witness breaks proves nothing, unless the reader says that the records are made up."""
    policy = Policy(read_file(options["policy"][-1]))
    if policy.quorum != "none" and policy.shared_witnesses() < 2 and not options["development"]:
        raise CannotTell(
            f"the quorum {policy.quorum} is too small: with one captured witness, the operator of a log could write it anew unseen."
            " Look whether somebody has changed the trust policy. For made-up records, give --development"
        )
    if policy.quorum == "none":
        options["notes"].append("the trust policy demands no witnesses: whoever has the log's key could have written all of it anew")
    return policy


def open_checkpoint(data, policy, rotations=()):
    """Verifies a checkpoint. Returns origin, size, root and when which witness cosigned, by their names. Raises ValueError."""
    keys = periods_of(policy, rotations)
    text, signed = open_note(data, [key for key, _, _ in keys] + list(policy.witnesses.values()))
    origin, size, root = parse_checkpoint(text)
    own = [(key, first, last) for key, first, last in keys if key.vkey in signed]
    if not own:
        raise ValueError("no log of the trust policy signed it")
    if all(key.name != origin for key, _, _ in own):
        raise ValueError("the name of the key is not the origin")
    if not any(key.name == origin and first <= size <= last for key, first, last in own):
        raise ValueError(f"signed with a key that was not in force for a tree of {size} entries")
    return origin, size, root, {name: signed[key.vkey] for name, key in policy.witnesses.items() if key.vkey in signed}


# --- The Merkle tree (RFC 6962, section 2.1) -----------------------------------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).digest()


def hash_leaf(entry):
    return sha256(b"\x00" + entry)


def hash_node(left, right):
    return sha256(b"\x01" + left + right)


def tree_hash(hashes):
    """MTH over hashes of leaves (or of subtrees of one height)."""
    if not hashes:
        return sha256(b"")
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hash_node(tree_hash(hashes[:half]), tree_hash(hashes[half:]))


class GrowingRoot:
    """The root of a tree while leaves are added: the roots of its perfect subtrees, the largest first."""

    def __init__(self):
        self.size, self.peaks = 0, []

    def add(self, leaf):
        self.size += 1
        self.peaks.append((1, leaf))
        while len(self.peaks) > 1 and self.peaks[-1][0] == self.peaks[-2][0]:
            (width, right), (_, left) = self.peaks.pop(), self.peaks.pop()
            self.peaks.append((2 * width, hash_node(left, right)))

    def root(self):
        if not self.peaks:
            return sha256(b"")
        root = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            root = hash_node(left, root)
        return root


def root_from_path(leaf, index, size, path):
    """The root to which an inclusion proof leads (RFC 9162, section 2.1.3.2). None if the path has the wrong length."""
    if index >= size:
        return None
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = hash_node(sibling, root)
            while node & 1 == 0 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            root = hash_node(root, sibling)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


# --- Proofs (C2SP tlog-proof) --------------------------------------------------------------------------------------------------------


def parse_proof(data):
    """Returns the extra bytes (or None), the index, the path and the checkpoint of a proof. Raises ValueError."""
    head, blank, checkpoint = data.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if blank == b"" or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise ValueError("a proof begins with c2sp.org/tlog-proof@v1")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = parse_base64(lines.pop(0)[len("extra ") :])
        if extra is None:
            raise ValueError("the extra data of a proof is Base 64")
    index = parse_decimal(lines.pop(0)[len("index ") :]) if lines and lines[0].startswith("index ") else None
    path = [parse_base64(line, 32) for line in lines]
    if index is None or None in path or len(path) > 63:
        raise ValueError("a proof has an index and up to 63 hashes")
    return extra, index, path, checkpoint


def check_proof(data, policy, rotations=(), entry=None, needs_quorum=True):
    """Verifies a proof of an entry. Returns what is wrong. Raises CannotTell if it is not a proof, or its entry is missing."""
    try:
        extra, index, path, checkpoint = parse_proof(data)
    except ValueError as error:
        raise CannotTell(str(error))
    entry = extra if entry is None else entry
    if entry is None:
        raise CannotTell("the proof has no entry; give it with --entry")
    try:
        origin, size, root, witnesses = open_checkpoint(checkpoint, policy.for_origin(checkpoint), rotations)
    except ValueError as error:
        return [Wrong("SIGNATURE", "the checkpoint of the proof", str(error))]
    found = []
    if root_from_path(hash_leaf(entry), index, size, path) != root:
        found.append(Wrong("RECEIPT", f"entry {index} of {origin}", "the path does not lead from this entry to the root"))
    if needs_quorum and not policy.is_quorum(witnesses):
        found.append(Wrong("NO_QUORUM", f"checkpoint of size {size}", f"cosigned by {', '.join(sorted(witnesses)) or 'nobody'}"))
    return found


# --- Istmo's own files ---------------------------------------------------------------------------------------------------------------
# checkpoints/<N>   every checkpoint that the log signed while it had N * 4096 entries or more, and once more with cosignatures: frames
#                   of the mark "istmo\x01", the length of a bundle (4 bytes), a number (8 bytes), a bundle, and SHA-256 of all of it.
# rotations/<N>     the proof that the key of the log was replaced: a proof with its entry, JSON with `kind` "key-rotation", `oldKey`
#                   and `newKey`. Both keys sign the checkpoint that ends with the entry. The old key may sign trees without it.
# prunings/<N>      the proof that the bundles of old entries were deleted: a proof with its entry, JSON with `kind` "prune" and
#                   `minimumIndex`. Bundles that end there or before may be missing, but not those of the ranges in `held`.
# log, shards/<P>   the shards of a log: the first one, and those that begin with the period P. Their origins are the log's name, and the
#                   name with `/` and P; their keys are the log's. A shard ends with an entry of kind "shard-end", whose `next` is the
#                   origin of the next one. That begins with a "shard-start", whose `previous` has the origin, size and root before it.
# workers/<K>       the home of the log of worker K, if a gateway has several: its name is that of the gateway with `/` and K, and its key the
#                   gateway's. Each entry "start" in it has `worker`, with its `number` and `of` how many: so many of these logs there are.

MARK = b"istmo\x01"
EVER = 2**63


def read_rotation(data):
    """Verifies the proof of a replaced key. Returns the index of its entry, the old key and the new key. Raises ValueError."""
    extra, index, path, checkpoint = parse_proof(data)
    entry = json.loads(extra or b"{}")
    if not isinstance(entry, dict) or entry.get("kind") != "key-rotation":
        raise ValueError("the proof of a replaced key has the entry of it")
    try:
        old, new = Key(str(entry.get("oldKey"))), Key(str(entry.get("newKey")))
    except CannotTell as error:
        raise ValueError(str(error))
    text, signed = open_note(checkpoint, [old, new])
    origin, size, root = parse_checkpoint(text)
    if len(signed) < 2 or {old.name, new.name} != {origin} or {old.type, new.type} != {LOG_KEY}:
        raise ValueError("both keys of the log sign the checkpoint of a replaced key")
    if size != index + 1 or root_from_path(hash_leaf(extra), index, size, path) != root:
        raise ValueError("the entry of a replaced key is the last one of its checkpoint")
    return index, old, new


def periods_of(policy, rotations):
    """Returns each key of a log that may sign, with the smallest and the largest tree that it may sign. Raises ValueError."""
    periods = []
    for key in policy.logs:
        own = [each for each in rotations if each[1].name == key.name]
        chain = [(own[0][1], 0, own[0][0])] if own else [(key, 0, EVER)]
        for at, (index, _, new) in enumerate(own):
            follower = own[at + 1] if at + 1 < len(own) else None
            if follower and (follower[1].vkey != new.vkey or follower[0] <= index):
                raise ValueError("the replaced keys do not follow one another")
            chain.append((new, index + 1, follower[0] if follower else EVER))
        if all(each.vkey != key.vkey for each, _, _ in chain):
            raise ValueError(f"the replaced keys do not lead to the trusted key of {key.name}")
        periods.extend(chain)
    return periods


def read_prunings(folder, origin, policy, rotations, found):
    """Returns the valid prunings: how far bundles may be missing, and the ranges that are held."""
    prunings = []
    number = 0
    while (data := folder.read(f"prunings/{number}")) is not None:
        try:
            extra, index, _, checkpoint = parse_proof(data)
            entry = json.loads(extra or b"{}")
            wrong = check_proof(data, policy, rotations, needs_quorum=False)
            held = [(each["from"], each["until"]) for each in entry["held"]]
            if not all(type(number) is int and number >= 0 for number in [entry["minimumIndex"], *sum(held, ())]):
                raise ValueError("a pruning names entries by whole numbers")
            if wrong or entry["kind"] != "prune" or entry["minimumIndex"] > index or origin_of(checkpoint) != origin:
                raise ValueError("not the proof of a pruning of this log")
            prunings.append((entry["minimumIndex"], held))
        except (ValueError, KeyError, TypeError, CannotTell) as error:
            found.append(Wrong("MALFORMED", f"prunings/{number}", str(error)))
        number += 1
    return prunings


def may_be_missing(prunings, bundle):
    start, end = bundle * WIDTH, (bundle + 1) * WIDTH
    return any(end <= least and not any(a < end and b > start for a, b in held) for least, held in prunings)


def read_frames(data):
    """Returns the notes in a file of the history, and whether a damaged frame has a complete one behind it."""
    notes, at = [], 0

    def frame_at(start):
        head = start + len(MARK) + 12
        if data[start : start + len(MARK)] != MARK or head + 32 > len(data):
            return None
        end = head + int.from_bytes(data[start + len(MARK) : start + len(MARK) + 4], "big")
        if end + 32 > len(data) or sha256(data[start:end]) != data[end : end + 32]:
            return None
        return data[head:end], end + 32

    while (frame := frame_at(at)) is not None:
        notes.extend(split_bundle(frame[0]))
        at = frame[1]
    stray = data.find(MARK, at)
    while stray >= 0 and frame_at(stray) is None:
        stray = data.find(MARK, stray + 1)
    return notes, stray >= 0


# --- A log in a folder (C2SP tlog-tiles) -----------------------------------------------------------------------------------------------

WIDTH = 256
LARGEST_FILE = WIDTH * (65535 + 2)
LARGEST_HISTORY = 256 * 1024 * 1024
MOST_FINDINGS = 100


def split_bundle(data):
    """Splits a bundle into its entries: each has a length of two bytes before it. Raises ValueError."""
    entries, at = [], 0
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise ValueError("the bundle ends within an entry")
        entries.append(data[at + 2 : end])
        at = end
    return entries


def path_of(number):
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([f"x{part}" for part in parts[:-1]] + parts[-1:])


class Folder:
    def __init__(self, path):
        below = os.path.join(path, "log")
        is_below = os.path.exists(os.path.join(below, "checkpoint")) and not os.path.exists(os.path.join(path, "checkpoint"))
        self.path, self.prunings = below if is_below else path, []
        if not os.path.isdir(path):
            raise CannotTell(f"{path} is not a folder")

    @staticmethod
    def periods(path):
        """Lists the shards in a folder, oldest first: their periods (None for the first one) and their folders."""
        below = os.path.join(path, "shards")
        if os.path.exists(os.path.join(path, "checkpoint")) or not os.path.isdir(below):
            return [(None, path)]
        periods = sorted(name for name in os.listdir(below) if re.fullmatch(r"[0-9]{4}(-[0-9]{2})?", name))
        first = [(None, os.path.join(path, "log"))] if os.path.isdir(os.path.join(path, "log")) else []
        return first + [(period, os.path.join(below, period)) for period in periods]

    def read(self, name):
        """Reads a file. None if it does not exist. The folder comes from the audited: nothing but a file of sane size is read."""
        full = os.path.join(self.path, name)
        try:
            found = os.stat(full)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise Wrong("MALFORMED", name, "a link that leads to itself")
            raise
        most = LARGEST_HISTORY if name.startswith("checkpoints/") else LARGEST_FILE
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            raise Wrong("MALFORMED", name, "not a file of a log")
        with open(full, "rb") as file:
            return file.read()

    def read_tile(self, level, index, width):
        """Reads a tile or a bundle. A partial one may have been replaced by the full one."""
        name = f"tile/{level}/{path_of(index)}"
        data = self.read(f"{name}.p/{width}") if width < WIDTH else None
        data = self.read(name) if data is None else data
        if data is None:
            raise Wrong("MISSING", name, "no such file")
        return data


def check_log(path, policy, kept=(), copies=()):
    """Verifies a log, shard by shard. Returns what is wrong, the names of the logs, and the origins of its shards."""
    found, names, shards, newest = [], set(), [], {}
    periods = Folder.periods(path)
    given, policy = policy, policy.for_worker(read_checkpoint(periods[0][1]))
    for period, place in periods:
        trusted = policy if period is None else policy.for_shard(period, newest)
        wrong, shard = check_shard(place, trusted, kept, copies)
        found += wrong
        shards.append(shard)
        names |= {key.name for key, own in zip(given.logs, trusted.logs) if own.name == shard.origin}
        for _, old, new in shard.rotations:
            name = old.name if period is None else old.name[: -len(period) - 1]
            newest[name] = rename(new, name)
    return found + check_links(shards, [period for period, _ in periods]), names, {shard.origin for shard in shards}


def read_checkpoint(place):
    """Reads the checkpoint of a shard. None if it cannot be read: whoever checks the shard says why."""
    try:
        return Folder(place).read("checkpoint")
    except Wrong:
        return None


def rename(key, name):
    renamed = copy.copy(key)
    renamed.name = name
    return renamed


class Shard:
    """What is known of a shard: its origin, size, root, rotations, and first and last entry. Unknown is None."""

    origin = size = root = first = last = None
    rotations = ()


def check_links(shards, periods):
    """Checks that each shard names the one after it, and that this one begins where it ended."""
    found = []
    for at, (shard, period) in enumerate(zip(shards, periods)):
        before = shards[at - 1] if at > 0 else None
        after = shards[at + 1].origin if at + 1 < len(shards) else None
        ends = shard.last is not None and shard.last.get("kind") == "shard-end"
        if (shard.last.get("next") if ends else None) != after and shard.last is not None:
            found.append(Wrong("SHARD", f"the end of {shard.origin}", f"the next shard is {after}"))
        if period is None or (shard.first is None and shard.size != 0):
            continue
        if shard.size == 0:
            found.append(Wrong("SHARD", f"the beginning of {shard.origin}", "it is empty, so it does not continue the shard before it"))
            continue
        start = shard.first.get("previous") if shard.first.get("kind") == "shard-start" else None
        known = None if before is None else (before.origin, before.size, before.root)
        stated = (start.get("origin"), start.get("size"), parse_base64(str(start.get("root")))) if isinstance(start, dict) else None
        if stated is None or stated != known:
            found.append(Wrong("SHARD", f"the beginning of {shard.origin}", "it does not continue the shard before it"))
    return found


def check_shard(path, policy, kept=(), copies=()):
    """Verifies one shard. `copies` are the checkpoints of all shards that were given. Returns what is wrong, and what is known of it."""
    folder, found, shard = Folder(path), [], Shard()
    try:
        head = folder.read("checkpoint")
        if head is None:
            return [Wrong("MISSING", "checkpoint", "no such file")], shard
        shard.origin = origin_of(head)
        shard.rotations = rotations = read_rotations(folder, found)
        try:
            origin, size, root, _ = open_checkpoint(head, policy, rotations)
        except ValueError as error:
            return found + [Wrong("SIGNATURE", "checkpoint", str(error))], shard
        shard.size, shard.root = size, root
        notes = [("checkpoint", head)] + read_history(folder, size, found)
        notes += [(name, note) for name, note in kept if origin_of(note) == origin]
        # Two copies of one log that were given to two readers can each be whole. The shorter one must be the beginning of the other one.
        notes += [(name, note) for name, note in copies if origin_of(note) == origin and size_of(note) <= size]
        claims = read_claims(notes, policy, rotations, found)
        folder.prunings = read_prunings(folder, origin, policy, rotations, found)
        tree = walk(folder, size, claims, rotations, policy, found)
        shard.first, shard.last = read_json_entry(folder, 0, size), read_json_entry(folder, size - 1, size)
    except Wrong as wrong:
        return found + [wrong], shard
    if tree.size == size and tree.root() != root:
        found.append(Wrong("ROOT", "checkpoint", "the tiles lead to another root"))
    beyond = [claimed for claimed in claims if claimed > size]
    if beyond:
        found.append(Wrong("ROLLBACK", f"size {max(beyond)}", f"somebody has a signed checkpoint of it; the log has {size} entries"))
    return found, shard


def read_json_entry(folder, number, size):
    """Reads one entry. {} if it is not an object, None if it was pruned or is not there."""
    if not 0 <= number < size or may_be_missing(folder.prunings, number // WIDTH):
        return None
    width = min(WIDTH, size - number // WIDTH * WIDTH)
    try:
        value = json.loads(split_bundle(folder.read_tile("entries", number // WIDTH, width))[number % WIDTH])
    except (ValueError, IndexError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def origin_of(note):
    try:
        return parse_checkpoint(parse_note(note)[0])[0]
    except ValueError:
        return None


def size_of(note):
    return parse_checkpoint(parse_note(note)[0])[1]


def read_rotations(folder, found):
    rotations = []
    while (data := folder.read(f"rotations/{len(rotations)}")) is not None:
        try:
            rotations.append(read_rotation(data))
        except (ValueError, json.JSONDecodeError) as error:
            found.append(Wrong("SIGNATURE", f"rotations/{len(rotations)}", str(error)))
            break
    return rotations


def read_history(folder, size, found):
    notes = []
    # One file more than there should be: a log that was set back may have it.
    for number in range((size + 4096) // 4096 + 1):
        name = f"checkpoints/{path_of(number)}"
        data = folder.read(name)
        if data is None:
            continue
        inside, is_damaged = read_frames(data)
        notes += [(name, note) for note in inside]
        if is_damaged:
            found.append(Wrong("MALFORMED", name, "complete checkpoints stand behind a damaged one"))
    return notes


def read_claims(notes, policy, rotations, found):
    """Verifies the signatures of all known checkpoints. Returns {size: [(name, root, is in quorum, when it was)]}."""
    claims = {}
    for name, note in dict((note, (name, note)) for name, note in reversed(notes)).values():
        try:
            _, size, root, witnesses = open_checkpoint(note, policy, rotations)
            claims.setdefault(size, []).append((name, root, policy.is_quorum(witnesses), policy.quorum_time(witnesses)))
        except ValueError as error:
            found.append(Wrong("SIGNATURE", name, str(error)))
    return claims


def walk(folder, size, claims, rotations, policy, found):
    """Builds the tree from the leaves, and holds entries, tiles and all checkpoints to it."""
    tree, witnessed = GrowingRoot(), -1  # an empty log needs its quorum too
    times = []
    above = {}  # the hashes of the full tiles of each level

    def hold(witnessed):
        for name, root, in_quorum, _ in claims.get(tree.size, []):
            if root != tree.root():
                found.append(Wrong("ROOT", f"checkpoint of size {tree.size} in {name}", "the tiles lead to another root"))
            elif in_quorum:
                witnessed = tree.size
        return witnessed

    witnessed = hold(witnessed)
    for index in range(-(-size // WIDTH)):
        width = min(WIDTH, size - index * WIDTH)
        tile = folder.read_tile(0, index, width)
        entries = read_entries(folder, index, width, rotations, found)
        if len(tile) < width * 32:
            raise Wrong("MALFORMED", f"tile/0/{path_of(index)}", f"expected {width} hashes, came {len(tile)} bytes")
        leaves = [tile[at * 32 : at * 32 + 32] for at in range(width)]
        for at, (leaf, entry) in enumerate(zip(leaves, entries or [])):
            if leaf != hash_leaf(entry) and len(found) < MOST_FINDINGS:
                found.append(Wrong("ENTRY", f"entry {index * WIDTH + at}", "its hash is not that in the tile"))
        times += [(index * WIDTH + at, time_of(entry)) for at, entry in enumerate(entries or [])]
        for leaf in leaves:
            tree.add(leaf)
            witnessed = hold(witnessed)
        if width == WIDTH:
            above.setdefault(1, []).append(tree_hash(leaves))
    check_higher_tiles(folder, above, found)
    check_times([(number, time) for number, time in times if time is not None], claims, found)
    if policy.quorum != "none" and witnessed < size:
        found.append(Wrong("NO_QUORUM", f"entries from {max(witnessed, 0)} on", "not enough witnesses have cosigned them"))
    return tree


MAX_CLOCK_SKEW_S = 5 * 60  # by how much the clocks of a log's owner and of witnesses may differ
MAX_DISORDER_S = 60  # entries of one moment wait for the disk in no particular order


def time_of(entry):
    """Returns the time of an entry, in seconds since 1970. None if it says none: whoever checks its form says why."""
    try:
        return datetime.datetime.strptime(json.loads(entry)["time"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def check_times(times, claims, found):
    """Holds each time to the trees that a quorum had cosigned without and with the entry, and to the entries before it. Neighbours are one finding."""
    now, latest, at, runs = clock.time(), -math.inf, 0, []
    cosigned = ((size, time) for size, claimed in claims.items() for _, _, _, time in claimed if time is not None)
    # A cosignature of the future is of a witness with a wrong clock.
    heads = sorted((size, time) for size, time in cosigned if time <= now + MAX_CLOCK_SKEW_S)
    for number, time in times:
        while at < len(heads) and heads[at][0] <= number:
            at += 1
        after, before = (heads[at - 1][1] if at else -math.inf), (heads[at][1] if at < len(heads) else now)
        if time > min(now, before) + MAX_CLOCK_SKEW_S:
            what = "later than the present, or than a cosigned tree with it"
        elif time < after - MAX_CLOCK_SKEW_S:
            what = "earlier than a cosigned tree without it"
        elif time < latest - MAX_DISORDER_S:
            what = "earlier than an entry before it"
        else:
            latest = max(latest, time)
            continue
        if runs and runs[-1][1] == number - 1:
            runs[-1][1:3] = [number, runs[-1][2] + [time]]
        else:
            runs.append([number, number, [time], what])
    for first, last, of, what in runs[:MOST_FINDINGS]:
        texts = [datetime.datetime.fromtimestamp(each, datetime.timezone.utc).isoformat() for each in (min(of), max(of))]
        where = f"entry {first}" if first == last else f"entries {first} to {last}"
        found.append(Wrong("TIME", where, f"a time that cannot be right, {' to '.join(dict.fromkeys(texts))}: {what}"))


def check_higher_tiles(folder, above, found):
    level = 1
    while hashes := above.get(level, []):
        for index in range(-(-len(hashes) // WIDTH)):
            part = hashes[index * WIDTH : (index + 1) * WIDTH]
            if folder.read_tile(level, index, len(part))[: 32 * len(part)] != b"".join(part):
                found.append(Wrong("TILE", f"tile/{level}/{path_of(index)}", "it does not follow from the tiles below it"))
            if len(part) == WIDTH:
                above.setdefault(level + 1, []).append(tree_hash(part))
        level += 1


def read_entries(folder, index, width, rotations, found):
    name = f"tile/entries/{path_of(index)}"
    if width == WIDTH and may_be_missing(folder.prunings, index) and folder.read(name) is None:
        return None
    try:
        entries = split_bundle(folder.read_tile("entries", index, width))[:width]
    except ValueError as error:
        raise Wrong("MALFORMED", name, str(error))
    if len(entries) < width:
        found.append(Wrong("MALFORMED", name, f"expected {width} entries, came {len(entries)}"))
    for at, entry in enumerate(entries):
        number = index * WIDTH + at
        problem = check_canonical(entry)
        if problem is not None and len(found) < MOST_FINDINGS:
            found.append(Wrong("FORM", f"entry {number}", problem))
        if b'"kind":"key-rotation"' in entry and all(number != known for known, _, _ in rotations):
            found.append(Wrong("MISSING", "rotations", f"the proof that the key was replaced at entry {number}"))
    return entries


# --- Entries: canonical JSON (RFC 8785) ------------------------------------------------------------------------------------------------


def check_canonical(entry):
    """Says what is wrong with the form of an entry, or None."""

    def no_doubles(pairs):
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError("a member stands twice")
        return dict(pairs)

    def no_constant(text):
        raise ValueError(f"{text} is not JSON")

    try:
        value = json.loads(entry.decode("utf-8"), object_pairs_hook=no_doubles, parse_constant=no_constant, parse_int=float)
        is_same = write_canonical(value).encode("utf-8") == entry
    except (ValueError, RecursionError) as error:
        return str(error) or "not JSON"
    return None if is_same else "it is not in the form of RFC 8785"


def write_canonical(value):
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{write_canonical(key)}:{write_canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write_canonical, value)) + "]"
    if isinstance(value, float):
        return write_number(value)
    return json.dumps(value, ensure_ascii=False)


def write_number(value):
    """Writes a number as ECMAScript does (RFC 8785, section 3.2.2.3): its shortest digits, and an exponent only where it is far from 1."""
    if math.isinf(value):
        raise ValueError("a number is too large")
    if value == 0:
        return "0"
    sign, digits, exponent = decimal.Decimal(repr(value)).as_tuple()
    digits = "".join(map(str, digits))
    point = exponent + len(digits)  # where the decimal point stands, counted from the first digit
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + f"e{point - 1:+d}"
    return ("-" if sign else "") + text


# --- Commands --------------------------------------------------------------------------------------------------------------------------


def read_file(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise CannotTell(f"{path}: {error.strerror}")


def run_log(places, options):
    policy = read_policy(options)
    # A receipt that was kept ends with its checkpoint.
    kept = [(path, read_file(path)) for path in options["kept"]]
    kept = [(path, data.partition(b"\n\n")[2] if data.startswith(b"c2sp.org/tlog-proof@v1\n") else data) for path, data in kept]
    found, names, origins = [], set(), set()
    shards = [folder for place in places for _, folder in Folder.periods(place)]
    heads = [(f"the copy {folder}", read_checkpoint(folder)) for folder in shards]
    copies = [(name, head) for name, head in heads if head is not None and origin_of(head) is not None]
    for place in places:
        wrong, named, own = check_log(place, policy, kept, copies)
        found += wrong
        names |= named
        origins |= own
    demanded = options["only"] or [key.name for key in policy.logs]
    for name in demanded:
        if name not in [key.name for key in policy.logs]:
            raise CannotTell(f"--only {name}: the trust policy names no such log")
    for key in policy.logs:
        if key.name not in names and key.name not in demanded:
            options["notes"].append(f"{key.name} was not looked at, although the trust policy names it")
        elif key.name not in names:
            found.append(Wrong("ORIGIN", key.name, "the trust policy names this log, and none of that name was given"))
    for name, note in kept:
        if origin_of(note) not in origins:
            found.append(Wrong("ORIGIN", name, "a checkpoint of none of the logs"))
    return found


def run_proof(places, options):
    rotations = sorted((read_rotation_file(path) for path in options["rotation"]), key=lambda each: each[0])
    entry = read_file(options["entry"][-1]) if options["entry"] else None
    return check_proof(read_file(places[0]), read_policy(options), rotations, entry)


def read_rotation_file(path):
    try:
        return read_rotation(read_file(path))
    except ValueError as error:
        raise CannotTell(f"{path}: {error}")


def run_receipt(places, options):
    """A receipt is written before witnesses cosign, so it has no quorum: it proves what the country's log signed."""
    value = read_file(places[0]).decode("ascii", "replace").strip()
    data = parse_base64(value[1:-1]) if re.fullmatch(r":[A-Za-z0-9+/=]*:", value) else None
    if data is None:
        raise CannotTell("expected a byte sequence of RFC 9651: a colon, Base 64, a colon")
    return check_proof(data, read_policy(options), needs_quorum=False)


def run_export(places, options):
    """Checks files of `istmo audit export`, or folders with them: each by itself, and what may be missing between them."""
    policy = read_policy(options)
    exports = [Export(path, policy) for place in places for path in list_exports(place)]
    several = len(exports) > 1
    found = [Wrong(wrong.kind, f"{each.path}: {wrong.where}" if several else wrong.where, wrong.what) for each in exports for wrong in each.found]
    found += check_between(exports)
    doubts = [f"{each.path}: {doubt}" for each in exports for doubt in each.doubts] + doubt_workers(exports)
    if not found and doubts:
        raise CannotTell("; ".join(doubts))
    return found


def list_exports(place):
    """Lists the files that a place names: those of a folder that is not that of a log, else the place itself."""
    if not os.path.isdir(place) or {"checkpoint", "log", "shards", "workers"} & set(os.listdir(place)):
        return [place]
    return [os.path.join(place, name) for name in sorted(os.listdir(place)) if name.endswith(".jsonl")] or [place]


class Export:
    """A file of an export. Each line is JSON with an entry and its proof. The last one has the member `export`, which states what the file must contain."""

    def __init__(self, path, policy):
        self.path, self.found, self.doubts, self.statement, self.worker = path, [], [], None, None
        lines, rotations = self._read_lines(), []
        for number, line in lines:
            if line["entry"].get("kind") == "key-rotation":
                try:
                    rotations.append(read_rotation(line["proof"].encode()))
                except ValueError:
                    raise CannotTell(f"line {number} has no proof of a replaced key")
        entries, last, starts = [], None, {}
        for number, line in lines:
            is_entry = line["entry"].get("kind") != "key-rotation"
            self.found += check_line(line, policy, rotations, needs_quorum=is_entry)
            place = place_of(line["proof"].encode())
            # The line of a rotation has the index in its own shard.
            self.found += check_index(line, log_of(place[0]), starts) if is_entry else check_index(line, place[0], {})
            if not is_entry:
                continue
            # The names of a log's shards sort like their times.
            if last is not None and place <= last:
                self.found.append(Wrong("EXPORT", f"entry {place[1]} of {place[0]}", f"it stands behind entry {last[1]} of {last[0]}"))
            entries.append((line["entry"], place))
            last = place
        if self.statement is None:
            self.doubts.append("the last line is missing, which states what the export must contain")
            return
        try:
            self._check_statement(entries, policy, rotations, starts)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            if not self.found:
                raise CannotTell(f"the last line does not state what the export must contain: {error!r}")

    def _read_lines(self):
        lines = []
        # Some programs put the mark U+FEFF before the first line.
        for number, line in enumerate(read_file(self.path).decode("utf-8-sig", "replace").removesuffix("\n").split("\n"), 1):
            try:
                value = json.loads(line, parse_int=float)  # RFC 8785 knows only one kind of number
                if self.statement is not None:
                    self.found.append(Wrong("EXPORT", f"line {number}", "it stands behind the last line"))
                if "export" in value:
                    self.statement = value["export"]
                    continue
                value["entry"].get, value["proof"].encode
                parse_proof(value["proof"].encode())
            except (ValueError, KeyError, TypeError, AttributeError):
                raise CannotTell(f"{self.path}: line {number} has no entry with its proof")
            lines.append((number, value))
        return lines

    def _check_statement(self, entries, policy, rotations, starts):
        log, beside = log_of(self.statement["origin"]), lines_beside(self.statement)
        # The log of another worker has the same key, and numbers the parts of a country too.
        for origin in sorted({origin for _, (origin, _) in entries} | {place_of(line["proof"].encode())[0] for line in beside}):
            if log_of(origin) != log:
                self.found.append(Wrong("EXPORT", "the export", f"it has an entry of {origin}"))
        for line in beside:
            self.found += check_index(line, log_of(place_of(line["proof"].encode())[0]), starts)
        self.found += self._find_worker(log, policy, rotations)
        if not self.found:
            found, self.doubts = check_parts(self.statement, entries, policy, rotations)
            self.found += found

    def _find_worker(self, log, policy, rotations):
        """Finds the worker whose log the export is of: the gateway, the number, and of how many. Returns what is wrong with its start entry."""
        name, started = re.fullmatch(r"(.+)/([1-9][0-9]?)", log), self.statement.get("started")
        if started is None:
            # A trust policy that names this very log does not make it one of several.
            if name and all(key.name != log for key in policy.logs):
                self.worker = name[1], int(name[2]), 0
            return []
        entry = started["entry"]
        worker = entry.get("worker") if entry.get("kind") == "start" and entry.get("v") == 3 else None
        found = check_line(started, policy, rotations)
        if not name or worker is None or worker["number"] != int(name[2]):
            return found + [Wrong("EXPORT", "the start", f"it is not the start of a worker, in {log}")]
        self.worker = name[1], int(name[2]), int(worker["of"])
        return found


def check_line(line, policy, rotations, needs_quorum=True):
    return check_proof(line["proof"].encode(), policy, rotations, write_canonical(line["entry"]).encode(), needs_quorum)


def check_index(line, first, starts):
    """The index of a line counts over all shards, and that of its proof is the one in its shard: each shard begins at one place.

    `first` is the origin that begins at 0, and `starts` is where the shards begin that were seen.
    """
    origin, index = place_of(line["proof"].encode())
    start = starts.setdefault(origin, 0 if origin == first else line.get("index", -1) - index)
    if start < 0 or line.get("index") != start + index:
        return [Wrong("EXPORT", f"entry {index} of {origin}", f"its line has the index {line.get('index')}")]
    return []


def check_between(exports):
    """Checks that no parts are missing between several exports of one log for one country."""
    found, groups = [], {}
    for statement in [each.statement for each in exports if each.statement is not None]:
        if statement.get("country") is not None and not statement.get("isExtract"):
            groups.setdefault((statement.get("origin"), statement["country"]), []).append(statement)
    for (_, country), group in groups.items():
        ranges = sorted((int(each["first"]), int(each["last"])) for each in group)
        end = ranges[0][0]
        for first, last in ranges:
            if first > end:
                found.append(Wrong("COUNT", "the export", f"the parts {end} to {first - 1} of {country} are missing"))
            end = max(end, last + 1)
    return found


def doubt_workers(exports):
    """Each worker of a gateway has a log of its own. Says why exports for a country are not all that the gateway has of it."""
    groups, doubts = {}, []
    for each in exports:
        if each.worker is not None and each.statement.get("country") is not None:
            groups.setdefault((each.worker[0], each.statement["country"]), []).append(each)
    for (gateway, _), group in groups.items():
        numbers, most = {each.worker[1] for each in group}, max(each.worker[2] for each in group)
        missing = [number for number in range(1, most + 1) if number not in numbers]
        ranges = set()
        for number in numbers:
            own = [each.statement for each in group if each.worker[1] == number]
            # "~" stands behind each time.
            ranges.add((min(each["from"] or "" for each in own), max(each["until"] or "~" for each in own)))
        if most == 0:
            doubts.append(f"{gateway} has several workers, and no start entry says how many")
        elif missing:
            doubts.append(f"{gateway} has {most} workers, and there is no export of {missing}")
        elif len(ranges) > 1:
            doubts.append(f"the exports of the workers of {gateway} are of different times")
    return doubts


def place_of(proof):
    """Where a proof says that its entry is: the origin and the index."""
    _, index, _, checkpoint = parse_proof(proof)
    return origin_of(checkpoint) or "", index


def lines_beside(statement):
    """The lines in the statement of an export, which prove where its range begins and ends, and what its log counted."""
    return [line for line in map(statement.get, ("before", "after", "counting", "started")) if line]


def log_of(origin):
    """The name of the log that an origin is a shard of."""
    return re.sub(PERIOD + "$", "", origin)


def is_part(entry, country):
    return entry.get("kind") == "continuation" and entry.get("v") == 2 and entry.get("country") == country


def check_parts(statement, placed, policy, rotations):
    """A country's parts are numbered in the log. Checks that the export has each from the first to the last, and nothing of others.

    Returns what is wrong, and why nobody can tell whether something is missing.
    """
    country, found = statement["country"], []
    if country is None:
        return found, []
    for entry, _ in placed:
        own = [entry, *entry.get("legs", []), *entry.get("denied", [])] if entry.get("v") == 2 and "legs" in entry else []
        if any(each.get("country") not in (None, country) for each in own):
            found.append(Wrong("EXPORT", f"entry {entry['id']}", f"it is not for {country}"))
    if statement["isExtract"]:
        return found, ["it is an extract"]
    first, last = int(statement["first"]), int(statement["last"])
    numbers = [int(entry["seq"]) for entry, _ in placed if is_part(entry, country)]
    if numbers != list(range(first, last + 1)):
        found.append(Wrong("COUNT", "the export", f"expected the parts {first} to {last} of {country}; came {numbers}"))
    # The parts before the first and behind the last one are outside the range of times, and the newest count has no further part.
    beside = {name: statement[name] and statement[name]["entry"] for name in ("before", "after", "counting")}
    for name, entry in beside.items():
        if entry is not None:
            found += check_line(statement[name], policy, rotations)
    since, until = statement["from"], statement["until"]
    if first > 1 and not (since and is_neighbour(beside["before"], country, first - 1) and beside["before"]["time"] < since):
        found.append(Wrong("COUNT", "the part before the first", "it does not show that the range begins there"))
    is_closed = until and is_neighbour(beside["after"], country, last + 1) and beside["after"]["time"] >= until
    if beside["after"] is not None and not is_closed:
        found.append(Wrong("COUNT", "the part behind the last", "it does not show that the range ends there"))
    if beside["counting"] is None:
        return found, ["no entry of the log states how many parts there are, so nobody can tell whether more are missing"]
    count, counted_at = int(beside["counting"]["counts"].get(country, 0)), place_of(statement["counting"]["proof"].encode())
    if count > last and not is_closed:
        found.append(Wrong("COUNT", "the export", f"the log has more parts of {country} than {last}"))
    for entry, place in placed:
        if is_part(entry, country) and (place < counted_at) != (entry["seq"] <= count):
            found.append(Wrong("COUNT", f"entry {place[1]} of {place[0]}", f"the log had counted {count} at entry {counted_at[1]} of {counted_at[0]}"))
    return found, []


def is_neighbour(entry, country, number):
    return entry is not None and is_part(entry, country) and entry["seq"] == number


COMMANDS = {"log": run_log, "proof": run_proof, "receipt": run_receipt, "export": run_export}


def answer(args):
    """Runs one command. Returns its verdict and what was found."""
    options, places, at = {"policy": [], "kept": [], "entry": [], "rotation": [], "only": [], "development": False, "notes": []}, [], 1
    try:
        while at < len(args):
            name = args[at][2:] if args[at].startswith("--") else None
            if name is None:
                places.append(args[at])
            elif name == "development":
                options[name] = True
            elif isinstance(options.get(name), list) and name != "notes" and at + 1 < len(args):
                options[name].append(args[at + 1])
                at += 1
            else:
                raise CannotTell(f"unknown option {args[at]}")
            at += 1
        if not args or args[0] not in COMMANDS or not places or not options["policy"]:
            raise CannotTell("expected a command, a file or folder, and --policy; see the beginning of this file")
        found = COMMANDS[args[0]](places, options)
    except CannotTell as error:
        return {"verdict": "UNTOLD", "kinds": [], "findings": [str(error)]}
    except Exception as error:  # What is read comes from the audited. Nobody should have to read a stack trace.
        return {"verdict": "UNTOLD", "kinds": [], "findings": [f"what was given cannot be read: {error!r}"[:500]]}
    kinds = sorted({wrong.kind for wrong in found})
    findings = [str(wrong) for wrong in found]
    verdict = "FAILS" if kinds not in ([], ["TIME"]) else "UNTOLD" if found else "HOLDS"
    return {"verdict": verdict, "kinds": kinds, "findings": findings, "notes": options["notes"]}


def main():
    if sys.argv[1:] == ["batch"]:
        json.dump([answer(args) for args in json.load(sys.stdin)], sys.stdout)
        return 0
    result = answer(sys.argv[1:])
    for line in result["findings"] + [f"note: {note}" for note in result.get("notes", [])]:
        print(f"  {line}")
    untold = "COULD NOT TELL WHEN: nothing was removed or altered" if result["kinds"] == ["TIME"] else "COULD NOT TELL"
    print({"HOLDS": "HOLDS", "FAILS": "DOES NOT HOLD", "UNTOLD": untold}[result["verdict"]])
    return {"HOLDS": 0, "FAILS": 1, "UNTOLD": 2}[result["verdict"]]


if __name__ == "__main__":
    sys.exit(main())
