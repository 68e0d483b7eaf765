"""The errors a user can act on."""

from __future__ import annotations

import re

from ingest import errors


def test_every_error_has_one_root() -> None:
    """All errors that a user can act on share one root, and the module's drawing names each of them."""
    classes = {name: c for name, c in vars(errors).items() if isinstance(c, type) and issubclass(c, Exception)}
    assert all(issubclass(c, errors.WenjuError) for c in classes.values())
    assert set(re.findall(r"[├└]── (\w+)|^    (\w+)$", errors.__doc__ or "", re.MULTILINE)) == {
        (name, "") if name != "WenjuError" else ("", name) for name in classes
    }


def test_an_error_carries_its_advice() -> None:
    """The message says what happened; the advice is kept apart."""
    error = errors.IndexMissing("here: no index", "make one")
    assert str(error) == "here: no index"
    assert error.advice == "make one"
    assert errors.IndexMissing("here").advice == ""
