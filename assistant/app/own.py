"""Which paths are of files that readers brought, and how these are shown.

A collection lies in a folder of this form, and its documents go by paths that
begin with it: so a path tells whose document it is, and no report of the shared
index has the same. Whoever may see it need not see the folder's name.
"""

from __future__ import annotations

import hashlib
import re

FOLDER = "own-{}"
OWN = re.compile(r"own-[0-9a-f]{16}/")


def collection_of(owner: str) -> str:
    """The name of an owner's collection, from which nobody can tell the owner."""
    return hashlib.sha256(owner.encode()).hexdigest()[:16]


def is_own(path: str) -> bool:
    """Whether a document was brought by a reader."""
    return bool(OWN.match(path))


def shown_path(path: str) -> str:
    """A document's path without what only tells whose it is."""
    return OWN.sub("", path, count=1) if is_own(path) else path
