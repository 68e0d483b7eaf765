"""The same cases written another way, and the same reports damaged: what a reader loses by either.

Questions are put in the other script and in the words of Taiwan, of Hong Kong and of the mainland. Reports are
ingested anew from their clean text, once as it is and once with the damage that real files carry; the two are
compared, so that nothing but the damage makes the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from opencc import OpenCC

from assistant.answer import Assistant
from assistant.retrieve import Retriever
from assistant.script import Script, script_of
from evals.bench.noise import drop_emoji, leak_pinyin, places_to_slip, slip
from evals.case import Case
from evals.result import Report, Row
from evals.run import run
from evals.signature import SEED
from ingest.document import Document
from ingest.embed import Embedder
from ingest.fold import fold
from ingest.index import open_index
from ingest.pipeline import ingest
from ingest.settings import Settings

OTHER: Mapping[Script, Script] = {"zh-Hans": "zh-Hant", "zh-Hant": "zh-Hans"}
OTHER_SCRIPT = "other script"
CONVERSIONS: Mapping[str, Mapping[Script, Sequence[str]]] = {
    OTHER_SCRIPT: {"zh-Hans": ("s2t",), "zh-Hant": ("t2s",)},
    "Taiwan's words": {"zh-Hans": ("s2twp",), "zh-Hant": ("t2s", "s2twp")},
    "Hong Kong's words": {"zh-Hans": ("s2hkp",), "zh-Hant": ("t2s", "s2hkp")},
    "mainland's words": {"zh-Hans": ("s2tw", "tw2sp"), "zh-Hant": ("tw2sp",)},
}
"""OpenCC's conversions, one after the other, by the script of a case."""
COMPARED = ("facts", "all_facts", "recall@1", "recall@5", "refused_answerable", "refused_unanswerable", "right_script")
POINTS = 100
APART = 300
"""Characters between two places of a text at which a byte is lost."""
Told = Callable[[str, int, int], None]
"""Told what is asked, how many cases are done, and of how many."""


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def rewritten(case: Case, way: str) -> Case:
    """A case as another reader asks it: question, history and model answer converted."""

    def convert(text: str) -> str:
        for name in CONVERSIONS[way][case.lang]:
            text = _converter(name).convert(text)
        return text

    asked = replace(
        case, question=convert(case.question), history=tuple(map(convert, case.history)), answer=convert(case.answer)
    )
    script = OTHER[case.lang] if way == OTHER_SCRIPT else case.lang
    return replace(asked, lang=script_of("".join((*asked.history, asked.question)), script))


def in_other_words(assistant: Assistant, cases: Sequence[Case], report: Report, told: Told) -> dict[str, Row]:
    """For each way to write the cases, how many percentage points the means of a report then rise or fall.

    `cases` is how many are then written otherwise, script and width aside for words, in which alone they can differ.
    """
    rows = {}
    for way in CONVERSIONS:
        asked = [rewritten(c, way) for c in cases]
        other = run(assistant, asked, {}, _of(told, way)).overall
        rows[way] = _row(_differ(cases, asked, way), report.overall, other)
    return rows


def _differ(cases: Sequence[Case], asked: Sequence[Case], way: str) -> int:
    same = str if way == OTHER_SCRIPT else fold
    return sum(same(c.question) != same(a.question) for c, a in zip(cases, asked, strict=True))


def _traditional(text: str) -> str:
    return str(_converter("s2t").convert(text))


def slipped(text: str, random: Random) -> str:
    """A text in Traditional that lost bytes here and there, each of which garbles some characters behind it."""
    traditional = _traditional(text)
    end = len(traditional)
    for place in reversed(places_to_slip(traditional)):
        if place <= end - APART and random.random() < 0.5:
            traditional, end = slip(traditional, place), place
    return traditional


DAMAGE: Mapping[str, Callable[[str, Random], str]] = {
    "emoji in words": drop_emoji,
    "leaked pinyin": leak_pinyin,
    "emoji and pinyin": lambda text, random: leak_pinyin(drop_emoji(text, random), random),
    "slipped bytes": slipped,
}


def over_damage(
    documents: Sequence[Document], cases: Sequence[Case], settings: Settings, embedder: Embedder, told: Told
) -> dict[str, Row]:
    """For each kind of damage to the reports, how many percentage points the means rise or fall.

    `cases` is how many stand on evidence of a report that is damaged.
    """

    def asked(way: str, texts: Iterable[tuple[str, str]]) -> Row:
        with TemporaryDirectory() as place:
            return run(_over(Path(place), texts, settings, embedder), cases, {}, _of(told, way)).overall

    texts = [(d.path, d.view.text) for d in documents]
    plain = asked("the clean text", texts)
    rows = {}
    for way, damage in DAMAGE.items():
        harmed = [(path, damage(text, Random(SEED + n))) for n, (path, text) in enumerate(texts)]  # noqa: S311
        changed = tuple(path for (path, text), (_, other) in zip(texts, harmed, strict=True) if text != other)
        touched = sum(any(path.startswith(c.evidence_doc) for path in changed) for c in cases if c.evidence_doc)
        rows[way] = _row(touched, plain, asked(way, harmed))
    return rows


def _over(folder: Path, texts: Iterable[tuple[str, str]], settings: Settings, embedder: Embedder) -> Assistant:
    """An assistant over texts as files of their own, whose names begin with the paths that cases know them by."""
    for path, text in texts:
        file = folder / "reports" / f"{path}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    ingest([folder / "reports"], folder / "index", settings, embedder)
    return Assistant(Retriever(open_index(folder / "index", embedder.identity), embedder))


def _row(cases: int, own: Row, other: Row) -> Row:
    return {"cases": float(cases), **{name: _points(own[name], other[name]) for name in COMPARED}}


def _points(own: float | None, other: float | None) -> float | None:
    return None if own is None or other is None else POINTS * (other - own)


def _of(told: Told, way: str) -> Callable[[int, int], None]:
    return lambda done, total: told(way, done, total)
