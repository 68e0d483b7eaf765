"""The lexical index: BM25 over single characters and pairs, kept by tantivy.

Chinese is not segmented into words: dictionaries miss names and terms, and cut
question and report differently. Units are Han characters, Latin words and
numbers; tokens are the units and each two that touch.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from operator import add
from pathlib import Path

import tantivy

from ingest.amounts import Amount, amounts
from ingest.errors import IndexProblem
from ingest.fold import HAN, commas_apart, fold_case_kept

CHARACTER = f"[{HAN}\u3007\u3040-\u30ff]"
WORD = "[A-Z\u00c0-\u00de]?[a-z\u00df-\u024f]+|[A-Z\u00c0-\u00de]+(?![a-z])|[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\\.[0-9]+)*|[0-9]+(?:\\.[0-9]+)*|[\uac00-\ud7a3\u0370-\u1fff]+"
UNIT = re.compile(f"{CHARACTER}|{WORD}")
RUN = re.compile(f"({CHARACTER}+)|{WORD}")
"""Like UNIT, with characters that touch taken together: most of a text is read at a few steps."""
WRITER_MEMORY = 24_000_000


def units(text: str) -> Iterator[tuple[str, int, int]]:
    """Characters, words and numbers of a text, folded, with their places in the folded text.

    Words written together are told apart by their capitals: DeepSeek is deep, seek.
    """
    for m in UNIT.finditer(fold_case_kept(commas_apart(text))):
        yield m[0].lower().replace(",", ""), m.start(), m.end()


def tokens(text: str) -> list[str]:
    """What a text is indexed by: its units and the pairs of units that touch."""
    found: list[str] = []
    previous, end = "", -1
    for m in RUN.finditer(fold_case_kept(commas_apart(text))):
        start, stop = m.span()
        characters = m[1]
        unit = characters[0] if characters else m[0].lower().replace(",", "")
        found.append(unit)
        if start == end:
            found.append(previous + unit)
        if characters and len(characters) > 1:
            more: list[str] = [""] * (2 * len(characters) - 2)
            more[::2] = characters[1:]
            more[1::2] = map(add, characters, characters[1:])
            found += more
            unit = characters[-1]
        previous, end = unit, stop
    return found


def indexed_tokens(text: str) -> list[str]:
    """The tokens of a text, and once each the numbers of its amounts and dates in digits where it writes them otherwise.

    三千五百亿 is also found as 3500亿, 12,000万 as 1.2亿 and 民國112年 as 2023年.
    """
    own = tokens(text)
    return [*own, *sorted(numbers_in_digits(amounts(text)).difference(own))]


def numbers_in_digits(told: Iterable[Amount]) -> set[str]:
    """The tokens with digits of amounts and dates as reports most often write them, small counts aside."""
    return {t for a in told if a.telling for t in tokens(a.plain) if any(c.isdigit() for c in t)}


class LexicalIndex:
    """A BM25 index of passages by number, in a folder of its own. One process may write to it."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, or begin one. Raises IndexProblem when it does not open."""
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("cid", stored=True, indexed=True, fast=True)
        builder.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = builder.build()
        self.folder = folder
        with self._guarded("does not open"):
            self._index = tantivy.Index(self._schema, path=str(folder))
            self._searcher = self._index.searcher()
            self._holds_removed = self._removed_are_held()
        self._term = lru_cache(maxsize=20_000)(self._count_documents)

    @contextmanager
    def _guarded(self, what: str) -> Iterator[None]:
        """Raises IndexProblem for whatever goes wrong inside."""
        try:
            yield
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as exc:
            # tantivy panics on truncated and missing files, and its PanicException is no Exception.
            raise IndexProblem(f"{self.folder}: the lexical index {what} ({exc})") from exc

    def __len__(self) -> int:
        return int(self._searcher.num_docs)

    def write(self, added: Iterable[tuple[int, str]], removed: Iterable[int] = ()) -> None:
        """Add passages (number and text) and remove others, in one commit."""
        writer = self._index.writer(heap_size=WRITER_MEMORY, num_threads=1)
        for cid in removed:
            writer.delete_documents("cid", cid)
        for cid, text in added:
            writer.add_document(tantivy.Document(cid=cid, body=" ".join(indexed_tokens(text))))
        writer.commit()
        writer.wait_merging_threads()
        self.refresh()

    def refresh(self) -> None:
        """See what was committed since."""
        self._index.reload()
        self._searcher = self._index.searcher()
        self._holds_removed = self._removed_are_held()
        self._term.cache_clear()

    def search(self, terms: Sequence[str], k: int) -> list[tuple[int, float]]:
        """The `k` passages of highest BM25 (k1 1.2, b 0.75) for the terms, with their scores."""
        distinct = [t for t in dict.fromkeys(terms) if self.document_frequency(t)]
        if not distinct or not len(self):
            return []
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "body", t, "freq")) for t in distinct]
        )
        with self._guarded("does not answer"):
            hits = self._searcher.search(query, k).hits
            numbered = [(int(self._searcher.doc(address)["cid"][0]), float(score)) for score, address in hits]
        return sorted(numbered, key=lambda hit: (-hit[1], hit[0]))

    def document_frequency(self, term: str) -> int:
        """In how many passages a term stands."""
        return self._term(term)

    def _count_documents(self, term: str) -> int:
        with self._guarded("does not answer"):
            if not self._holds_removed:
                return int(self._searcher.doc_freq("body", term))
            query = tantivy.Query.term_query(self._schema, "body", term, "freq")
            return int(self._searcher.search(query, 1).count or 0)

    def _removed_are_held(self) -> bool:
        """Whether passages that were removed are still in some segment, where tantivy's frequencies count them."""
        listed = self.folder / "meta.json"
        segments = json.loads(listed.read_text("utf-8"))["segments"] if listed.is_file() else []
        return any(segment.get("deletes") for segment in segments)


def drop_lexical(folder: Path) -> None:
    """Remove an index, readable or not."""
    shutil.rmtree(folder, ignore_errors=True)
