"""The reading benchmark: encyclopedia passages with questions, hidden among news articles.

The data stand outside the project (see the README of the benchmark folder):
`reading/passages.jsonl`, `reading/questions.jsonl`, `news/part-*.jsonl.gz`.
"""

from __future__ import annotations

import gzip
import json
import shutil
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from opencc import OpenCC

from assistant.retrieve import Retriever
from evals.bench.noise import drop_emoji, leak_pinyin
from ingest.clean.stages import clean
from ingest.document import Document, Passages, View
from ingest.embed import Embedder, SentenceTransformersEmbedder, embedded
from ingest.errors import BadSettings
from ingest.index import begin, open_index, writing
from ingest.prepare import indexed
from ingest.read.formats import digest
from ingest.settings import load_settings
from ingest.split import split

STORED_AT_ONCE = 4000


@dataclass(frozen=True, slots=True)
class Asked:
    """A reading question: the path of its passage and the strings of it that answer."""

    id: str
    question: str
    passage: str
    answers: tuple[str, ...]


def passages(bench: Path) -> Iterator[tuple[str, str]]:
    """Id and text of each reading passage."""
    with (bench / "reading/passages.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            given = json.loads(line)
            yield given["id"], given["text"]


def questions(bench: Path) -> list[Asked]:
    """All reading questions but those of the data that are empty."""
    with (bench / "reading/questions.jsonl").open(encoding="utf-8") as lines:
        given = [json.loads(line) for line in lines]
    return [Asked(g["id"], g["question"], g["passage"], tuple(g["answers"])) for g in given if g["question"].strip()]


def news(bench: Path, count: int) -> Iterator[tuple[str, str]]:
    """Id and text of the first `count` news articles."""
    for part in sorted((bench / "news").glob("part-*.jsonl.gz")):
        with gzip.open(part, "rt", encoding="utf-8") as lines:
            for line in lines:
                if count == 0:
                    return
                given = json.loads(line)
                yield given["id"], given["text"]
                count -= 1


def for_training(passage: str) -> bool:
    """Whether a passage is in the 60 % on which weights are learned; by its id, so that all its questions go together."""
    return zlib.crc32(passage.encode()) % 100 < 60


def prepared(path: str, text: str, size: int) -> Passages:
    """A text as a plain-text file of this path would be ingested."""
    document = Document(path=path, format="txt", raw=text, view=View.of(text), sha256=digest(text.encode()))
    document = clean(document)
    return indexed(document, split(document, size))


def build(folder: Path, texts: Iterable[tuple[str, str]], embedder: Embedder) -> None:
    """Index texts by path, without files."""
    settings = load_settings()
    with writing(folder):
        index = begin(folder, settings.fingerprint(), embedder.identity)
        batch: list[Passages] = []
        for path, text in texts:
            batch.append(prepared(path, text, settings.passage_size))
            if len(batch) == STORED_AT_ONCE:
                index.store(embedded(batch, embedder))
                batch = []
        index.store(embedded(batch, embedder))
        index.close()


def damaged(passages: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Texts as real report files carry them: every other one with emoji, the rest in Traditional with leaked readings."""
    traditional = OpenCC("s2t")
    for number, (name, text) in enumerate(passages):
        random = Random(name)  # noqa: S311
        yield name, leak_pinyin(traditional.convert(text), random) if number % 2 else drop_emoji(text, random)


def retriever(folder: Path, bench: Path, articles: int, *, harmed: bool = False) -> Retriever:
    """A retriever over the reading passages among news articles; the index is made where there is none yet.

    With `harmed` the passages are `damaged` before they are ingested. It is made beside `folder` and moved
    there whole. Raises BadSettings when the index of `folder` is of other texts.
    """
    settings = load_settings()
    embedder = SentenceTransformersEmbedder.of(settings)
    if not (folder / "manifest.json").is_file():
        beside = folder.with_name(f"{folder.name}.unfinished")
        shutil.rmtree(beside, ignore_errors=True)
        beside.parent.mkdir(parents=True, exist_ok=True)
        texts = damaged(passages(bench)) if harmed else passages(bench)
        build(beside, [*texts, *news(bench, articles)], embedder)
        beside.replace(folder)
    index = open_index(folder, embedder.identity)
    held, wanted = len(index.catalog.listing.documents()), sum(1 for _ in passages(bench)) + articles
    if held != wanted:
        told = f"{folder}: an index of {held} texts, and {wanted} are wanted"
        raise BadSettings(told, "name another folder with --index, or delete that one")
    return Retriever(index, embedder)
