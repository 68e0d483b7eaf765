"""What is made of one file before any index sees it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fakes import report

from ingest.clean.stages import clean
from ingest.discover import Found
from ingest.document import Document, Passages, View
from ingest.duplicates import sketch
from ingest.embed import SentenceTransformersEmbedder
from ingest.errors import ModelProblem
from ingest.prepare import cut, indexed, prepare
from ingest.settings import SHIPPED_MODEL
from ingest.split import split
from ingest.terms import indexed_text, indexed_tokens


@pytest.fixture(scope="module")
def document() -> Document:
    """A cleaned report of several passages, with a number in numerals."""
    text = "# 标题\n\n" + report(3, 6) + "收入三千五百亿元。\n"
    return clean(Document("a.md", "md", text, View.of(text)))


def test_passages_carry_what_an_index_keeps(document: Document) -> None:
    """The terms of each passage are those of its text below its heading, and the sketch is the document's."""
    made = indexed(document, split(document, 100))
    assert len(made.chunks) > 3
    assert [t.split() for t in made.terms] == [indexed_tokens(indexed_text(c.heading, c.text)) for c in made.chunks]
    whole = sketch(document.view.text)
    assert whole is not None
    assert made.sketch is not None
    assert made.sketch.key == whole.key
    assert made.vectors is None


def test_a_static_model_gives_vectors_at_once(document: Document) -> None:
    """Vectors that are made with the passages are those of the embedder."""
    embedder = SentenceTransformersEmbedder(str(SHIPPED_MODEL))
    made = indexed(document, split(document, 100), embedder.static)
    assert made.vectors is not None
    assert np.array_equal(made.vectors, embedder.passages([indexed_text(c.heading, c.text) for c in made.chunks]))


def test_a_folder_without_a_model_makes_no_vectors(document: Document, tmp_path: Path) -> None:
    """A static model that cannot be read is an error and not a passage without a vector."""
    with pytest.raises(ModelProblem, match="not a static embedding model"):
        indexed(document, split(document, 100), tmp_path)


def test_passages_without_their_terms_are_refused(document: Document) -> None:
    """What no search would find is not handed on."""
    with pytest.raises(ValueError, match=r"a\.md: 2 passages with the terms of 1"):
        Passages(document, split(document, 400)[:2], ("文",), None)


def test_a_file_is_cut_as_it_is_prepared(tmp_path: Path) -> None:
    """What is measured as making passages makes the very ones that are indexed; a file that cannot be read is told by both."""
    (tmp_path / "a.txt").write_text(report(1, 6), "utf-8")
    found = Found(tmp_path / "a.txt", "a.txt")
    made, _ = cut(found, None, 400)
    passages, _ = prepare(found, None, 400)
    assert made is not None
    assert passages is not None
    assert made == (passages.document, passages.chunks)
    missing = Found(tmp_path / "b.txt", "b.txt")
    assert cut(missing, None, 400) == prepare(missing, None, 400)
