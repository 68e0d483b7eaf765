"""The lexical index: BM25 over the terms of passages, kept by tantivy. The only file that knows tantivy."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import tantivy

from ingest.errors import IndexProblem
from ingest.within import FEW, Hits, Within, found_within

WRITER_MEMORY = 24_000_000


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
        """Add passages (number and terms, see `ingest.terms`) and remove others, in one commit."""
        with self.writing(added, removed):
            pass

    @contextmanager
    def writing(self, added: Iterable[tuple[int, str]], removed: Iterable[int] = ()) -> Iterator[None]:
        """The same, committed at the end of a block: tantivy works through the passages while that goes on."""
        writer = self._index.writer(heap_size=WRITER_MEMORY, num_threads=1)
        try:
            for cid in removed:
                writer.delete_documents("cid", cid)
            for cid, terms in added:
                writer.add_document(tantivy.Document(cid=cid, body=terms))
            yield
        except BaseException:
            writer.rollback()
            raise
        writer.commit()
        writer.wait_merging_threads()
        self.refresh()

    def refresh(self) -> None:
        """See what was committed since."""
        self._index.reload()
        self._searcher = self._index.searcher()
        self._holds_removed = self._removed_are_held()
        self._term.cache_clear()

    def search(self, terms: Sequence[str], k: int, within: Within | None = None) -> Hits:
        """The `k` passages of highest BM25 (k1 1.2, b 0.75) for the terms, with their scores.

        Where `within` is given, only those count.
        """
        only = None if within is None else within.numbers
        distinct = [t for t in dict.fromkeys(terms) if self.document_frequency(t)]
        if not distinct or not len(self) or (only is not None and not len(only)):
            return []
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "body", t, "freq")) for t in distinct]
        )
        if only is None:
            return self._hits(query, k)
        if len(only) > FEW:
            return found_within(lambda wide: self._hits(query, wide), k, only, len(self))
        # These add nothing to a score.
        those = tantivy.Query.const_score_query(tantivy.Query.term_set_query(self._schema, "cid", only.tolist()), 0.0)
        both = [(tantivy.Occur.Must, those), (tantivy.Occur.Must, query)]
        return self._hits(tantivy.Query.boolean_query(both), k)

    def _hits(self, query: tantivy.Query, k: int) -> Hits:
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
