"""The keys of those who may ask over the network. The file holds their hashes, never a key."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.errors import BadSettings

PREFIX = "wenju_"
BYTES = 32
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Key:
    """Who holds a key, the SHA-256 of it in hex, and when it was made (UTC, ISO 8601)."""

    name: str
    sha256: str
    made: str


def read_keys(file: Path) -> list[Key]:
    """The keys of a file, oldest first. Raises BadSettings when there is no such file or it holds something else."""
    try:
        return [Key(**line) for line in json.loads(file.read_text("utf-8"))]
    except OSError as exc:
        raise BadSettings(
            f"{file}: no keys can be read here ({exc.strerror})", f"wenju keys new NAME --keys {file}"
        ) from exc
    except (ValueError, TypeError) as exc:
        raise BadSettings(
            f"{file}: not a file of keys", f"move it away, then wenju keys new NAME --keys {file}"
        ) from exc


def new_key(file: Path, name: str) -> str:
    """Make a key, keep its hash in the file, and give the key: it can be read here and nowhere else.

    Raises BadSettings when the name has a key already.
    """
    keys = read_keys(file) if file.exists() else []
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadSettings(f"{name!r} names nobody", f"wenju keys new NAME, of at most {LONGEST_NAME} characters")
    if any(k.name == name for k in keys):
        raise BadSettings(
            f"{name} has a key already", f"wenju keys revoke {name} --keys {file}, or choose another name"
        )
    key = PREFIX + secrets.token_urlsafe(BYTES)
    _write(file, [*keys, Key(name, digest(key), datetime.now(UTC).isoformat(timespec="seconds"))])
    return key


def revoke_key(file: Path, name: str) -> None:
    """Let a key open nothing any more. Raises BadSettings when there is none of that name."""
    keys = read_keys(file)
    kept = [k for k in keys if k.name != name]
    if len(kept) == len(keys):
        raise BadSettings(f"{file}: no key of {name}", f"wenju keys list --keys {file}")
    _write(file, kept)


def digest(key: str) -> str:
    """What is kept of a key. A key is 32 random bytes: nobody can guess it, so that no slow hash is needed."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def holder(keys: Sequence[Key], key: str) -> str | None:
    """Whose key it is, None when it is nobody's. Takes as long whichever it is."""
    given, name = digest(key), None
    for known in keys:
        if hmac.compare_digest(known.sha256, given):
            name = known.name
    return name


class Keyring:
    """The keys of a file as they are now: one that is revoked opens nothing from then on.

    When the file can no longer be read, no key opens anything.
    """

    def __init__(self, file: Path) -> None:
        """Raises BadSettings when the file holds no keys."""
        self._file = file
        self._seen = self._state()
        self._keys = read_keys(file)
        if not self._keys:
            raise BadSettings(f"{file}: holds no key", f"wenju keys new NAME --keys {file}")

    def holder(self, key: str) -> str | None:
        """Whose key it is, None when it is nobody's."""
        state = self._state()
        if state != self._seen:
            try:
                self._keys = read_keys(self._file)
            except BadSettings:
                self._keys = []
            self._seen = state
        return holder(self._keys, key)

    def _state(self) -> tuple[int, int, int] | None:
        try:
            at = self._file.stat()
        except OSError:
            return None
        return at.st_ino, at.st_mtime_ns, at.st_size


def _write(file: Path, keys: Sequence[Key]) -> None:
    """Put another file in place of this one, readable to its owner alone."""
    beside = file.with_name(file.name + ".new")
    try:
        # Nobody else can be writing while this file is there.
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as exc:
        raise BadSettings(f"{beside}: the keys are being written", "try again; if nobody is, remove this file") from exc
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(json.dumps([asdict(k) for k in keys], ensure_ascii=False, indent=1) + "\n")
        out.flush()
        os.fsync(out.fileno())
    beside.replace(file)
