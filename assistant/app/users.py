"""Those who may use the page, in a file with the hashes of their passwords."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from ingest.errors import BadSettings

Role = Literal["reader", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
LONGEST_NAME = 60
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
AT_ONCE = 2
"""Passwords that are held against their hashes at the same time: each takes 64 MB."""


@dataclass(frozen=True, slots=True)
class User:
    """Who may use the page, and the Argon2id hash of their password.

    A `reader` asks and brings files of their own; an `admin` also changes what all share.
    """

    name: str
    password: str
    role: Role = "reader"


def read_users(file: Path) -> list[User]:
    """The users of a file. Raises BadSettings when there is no such file or it holds something else."""
    try:
        users = [User(**line) for line in json.loads(file.read_text("utf-8"))]
    except OSError as exc:
        raise BadSettings(
            f"{file}: no users can be read here ({exc.strerror})", f"wenju users add NAME --auth-file {file}"
        ) from exc
    except (ValueError, TypeError) as exc:
        raise BadSettings(
            f"{file}: not a file of users", f"move it away, then wenju users add NAME --auth-file {file}"
        ) from exc
    for user in users:
        role_called(user.role)
    return users


def role_called(name: str | None) -> Role | None:
    """The role of a name; None for none. Raises BadSettings for one that there is not."""
    found = next((role for role in ROLES if role == name), None)
    if name is not None and found is None:
        raise BadSettings(f"no role is called {name!r}", f"one of {', '.join(ROLES)}")
    return found


def add_user(file: Path, name: str, password: str, role: Role | None = None) -> bool:
    """Let somebody in with a password, or give them another one; whether they are new.

    Without a role they keep theirs; who is new is a reader. Raises BadSettings for
    a name that names nobody, a password that is too short, and a role that there is not.
    """
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadSettings(f"{name!r} names nobody", f"wenju users add NAME, of at most {LONGEST_NAME} characters")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadSettings(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters", "choose another password"
        )
    role_called(role)
    users = read_users(file) if file.exists() else []
    others = [u for u in users if u.name != name]
    before: Role = next((u.role for u in users if u.name == name), "reader")
    _write(file, [*others, User(name, PasswordHasher().hash(password), role or before)])
    return len(others) == len(users)


def remove_user(file: Path, name: str) -> None:
    """Let somebody in no more. Raises BadSettings when there is nobody of that name."""
    users = read_users(file)
    others = [u for u in users if u.name != name]
    if len(others) == len(users):
        raise BadSettings(f"{file}: no user {name}", f"wenju users list --auth-file {file}")
    _write(file, others)


def _write(file: Path, users: list[User]) -> None:
    """Put the users in the place of those before, readable by the owner alone."""
    beside = file.with_name(file.name + ".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump([asdict(u) for u in users], out, ensure_ascii=False, indent=1)
    beside.replace(file)


class Users:
    """The users of a file as they are now. Safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        """Raises BadSettings when the file holds no users."""
        self._file = file
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash("nobody's password")
        self._at_once = threading.Semaphore(AT_ONCE)
        self._read: tuple[int, dict[str, User]] = (-1, {})
        if not read_users(file):
            raise BadSettings(f"{file}: nobody is named here", f"wenju users add NAME --auth-file {file}")

    def hash_of(self, name: str) -> str:
        """The hash of a user's password; empty where there is no such user any more."""
        user = self._now().get(name)
        return user.password if user else ""

    def role_of(self, name: str) -> Role | None:
        """What a user may do; None where there is no such user any more."""
        user = self._now().get(name)
        return user.role if user else None

    def names(self) -> list[str]:
        """All users that there are now."""
        return list(self._now())

    def knows(self, name: str, password: str) -> bool:
        """Whether somebody has this password. Takes as long whether there is such a user or not."""
        known = self.hash_of(name)
        with self._at_once:
            try:
                right = self._hasher.verify(known or self._nobody, password[:LONGEST_PASSWORD])
            except (Argon2Error, InvalidHashError):
                return False
        return right and bool(known)

    def _now(self) -> dict[str, User]:
        """The users by name, read again when the file was written anew; nobody when it cannot be read."""
        try:
            written = self._file.stat().st_mtime_ns
            if written != self._read[0]:
                self._read = (written, {u.name: u for u in read_users(self._file)})
        except (OSError, BadSettings):
            return {}
        return self._read[1]
