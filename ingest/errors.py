"""Everything that can go wrong for a reason a user can act on.

    WenjuError
    ├── UnreadableFile          a file that cannot become text
    │   ├── UndecodableFile     no encoding fits
    │   └── UnsupportedFormat   no reader for its suffix
    ├── IndexProblem
    │   ├── IndexMissing        nothing was ingested here
    │   ├── IndexMismatch       made with other settings or another model
    │   ├── IndexBusy           another process writes to it
    │   └── IndexUnreachable    the server that keeps a part of it does not answer
    ├── ModelProblem            an embedding or language model that will not load or answer
    ├── ClusterProblem          a cluster that is not reached, or whose machines cannot do the work
    ├── BadSettings             a setting that means nothing
    ├── BadCases                a case file that does not follow its schema
    ├── BadBaseline             a baseline that is not there or of another form
    └── BadBackup               a backup that is none or cannot be put back

Each says what happened and where, and gives the next step in `advice`.
"""

from __future__ import annotations


class WenjuError(Exception):
    """An error a user can act on: `str()` says what and where, `advice` what to do next."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class UnreadableFile(WenjuError):
    """A file whose text cannot be had."""


class UndecodableFile(UnreadableFile):
    """A text file in none of the encodings known here."""


class UnsupportedFormat(UnreadableFile):
    """A file of a kind that no reader takes."""


class IndexProblem(WenjuError):
    """An index that cannot be used as it is."""


class IndexMissing(IndexProblem):
    """A directory that holds no index."""


class IndexMismatch(IndexProblem):
    """An index made with other settings or another embedding model."""


class IndexBusy(IndexProblem):
    """An index that another process is writing to."""


class IndexUnreachable(IndexProblem):
    """An index of which a part is kept on a server that is not reached."""


class ModelProblem(WenjuError):
    """A model that does not load or does not answer."""


class ClusterProblem(WenjuError):
    """Machines of a cluster that are not there or cannot do the work."""


class BadSettings(WenjuError):
    """A setting whose value means nothing."""


class BadCases(WenjuError):
    """A case file that does not follow its schema."""


class BadBaseline(WenjuError):
    """A file of figures that is not there or of another form."""


class BadBackup(WenjuError):
    """A file that is no backup, or one that cannot be put where it was asked for."""
