"""What cleaning puts right, and what it leaves alone: ``python -m evals.bench.cleaning BENCH [--reports DIR] [--json]``.

BENCH holds the reading passages and the news articles (see `evals.bench.reading`).
Passages are damaged as real files are and must come back to the letter; texts that
need no cleaning must stay. DIR holds real reports; beside it, in ``../qa/dev.jsonl``
or in the file of ``--questions``, stand questions with the evidence that must survive.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from random import Random

from opencc import OpenCC

from evals.bench.benchmarks import Figures, Part
from evals.bench.noise import drop_emoji, leak_pinyin, places_to_slip, slip
from evals.bench.reading import news, passages
from evals.case import read_cases
from evals.metrics import locate
from ingest.clean.emoji import EMOJI
from ingest.clean.pinyin import LEAK, is_reading
from ingest.clean.slipped import LOST
from ingest.clean.stages import clean, quoted
from ingest.document import Chunk, Document, View
from ingest.fold import squeeze
from ingest.read.formats import READERS, read
from ingest.settings import load_settings
from ingest.split import split

SEED = 20251101
ARTICLES = 8000
LEAST_LEFT = 0.8
"""The share of an evidence's characters that must be left of it."""
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
SITE = re.compile(
    "(?:已閱讀|已阅读)\\d|[繼继][續续]免[費费][閱阅]|下[載载]本文[檔档]|版[權权][說说]明[:：]|[溫温]馨提示|提交[評评][論论]|0/150"
    "|浏览次数|展开全文|返回搜狐|推荐阅读|_第\\d+[頁页]|PAGE ?PAGE|/p>"
)


@dataclass(frozen=True, slots=True)
class Restored:
    """Damaged passages and how many of them came back to the letter, were marked as damaged, stayed damaged, or came out wrong."""

    passages: int
    restored: float
    marked: float
    left: float
    wrong: float
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Clean texts: how many characters cleaning changed, in 100,000 of them, and how fast it read them (MB of UTF-8 a second)."""

    texts: int
    characters: int
    changed: int
    changed_per_100k: float
    by_cleaner: dict[str, int]
    mb_per_second: float


@dataclass(frozen=True, slots=True)
class Reports:
    """Real reports: what noise is left in their passages, how much evidence is found, whether each passage is exact."""

    documents: int
    passages: int
    pinyin: int
    emoji: int
    private_use: int
    site: int
    inexact: int
    evidence: int
    evidence_found: int
    mb_per_second: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--reports", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    report = figures(args.bench, args.articles, args.reports, args.questions)
    print(json.dumps(report, ensure_ascii=False, indent=2) if args.json else _table(report))


def figures(
    bench: Path, articles: int = ARTICLES, reports: Path | None = None, questions: Path | None = None
) -> Figures:
    """What cleaning does to each kind of damage and to clean texts, and to real reports where a folder of them is given."""
    return {name: row for part in parts(bench, articles, reports, questions).values() for name, row in part().items()}


def parts(
    bench: Path, articles: int = ARTICLES, reports: Path | None = None, questions: Path | None = None
) -> Mapping[str, Part]:
    """The same, a part a row."""

    def simplified() -> list[str]:
        return [text for _, text in passages(bench)]

    def traditional() -> list[str]:
        return [OpenCC("s2t").convert(text) for text in simplified()]

    def clean_texts() -> list[str]:
        return [*simplified(), *(text for _, text in news(bench, articles))]

    measured: dict[str, Callable[[], Restored | Kept | Reports]] = {
        "emoji": lambda: restored(simplified(), drop_emoji),
        "pinyin": lambda: restored(simplified(), leak_pinyin),
        "slipped": lambda: restored(traditional(), _slipped),
        "clean": lambda: kept(clean_texts()),
    }
    if reports:
        evidence = questions or reports.parent / "qa/dev.jsonl"
        measured["reports"] = lambda: over_reports(reports, evidence)
    return {name: partial(_row, name, row) for name, row in measured.items()}


def _row(name: str, measured: Callable[[], Restored | Kept | Reports]) -> Figures:
    return {name: asdict(measured())}


def _slipped(text: str, random: Random) -> str:
    places = places_to_slip(text)
    return slip(text, random.choice(places)) if places else text


def restored(texts: Iterable[str], damage: Callable[[str, Random], str]) -> Restored:
    """Damage each text, clean it, compare. Texts that cannot be damaged so are left out."""
    counts: Counter[str] = Counter()
    examples: list[tuple[str, str]] = []
    for number, text in enumerate(texts):
        damaged = damage(text, Random(SEED + number))  # noqa: S311 - repeatable damage, no secret
        if damaged == text:
            continue
        document = clean(_document(damaged))
        outcome = _outcome(text, document)
        counts[outcome] += 1
        if outcome == "wrong" and len(examples) < 10:
            examples.append(_difference(text, document.view.text))
    total = counts.total()
    shares = {name: counts[name] / max(total, 1) for name in ("restored", "marked", "left", "wrong")}
    return Restored(total, **shares, examples=tuple(examples))


def _outcome(text: str, document: Document) -> str:
    """What became of a text: marked is one whose loss is marked where the text had something, or that was not repaired."""
    cleaned = document.view.text
    if cleaned == text:
        return "restored"
    if cleaned == document.raw:
        return "left"
    if document.damaged and not document.repaired:
        return "marked"
    pattern = ".{0,2}".join(re.escape(part) for part in cleaned.split(LOST))
    return "marked" if LOST in cleaned and re.fullmatch(pattern, text, re.DOTALL) else "wrong"


def _difference(text: str, cleaned: str) -> tuple[str, str]:
    """The first place where two texts differ, as either has it."""
    at = next((i for i, (a, b) in enumerate(zip(text, cleaned, strict=False)) if a != b), min(len(text), len(cleaned)))
    return text[max(0, at - 12) : at + 20], cleaned[max(0, at - 12) : at + 20]


def _document(text: str) -> Document:
    return Document(path="passage.txt", format="txt", raw=text, view=View.of(text))


def kept(texts: Iterable[str]) -> Kept:
    """Clean texts that need no cleaning; count what it changes, and time it (after one text to warm up)."""
    documents = [_document(text) for text in texts]
    clean(documents[0])
    began = time.process_time()
    cleaned = [clean(d) for d in documents]
    seconds = time.process_time() - began
    by_cleaner: Counter[str] = Counter()
    for document in cleaned:
        by_cleaner.update(dict(document.cleaned))
    characters = sum(len(d.raw) for d in documents)
    changed = sum(_changed(d) for d in cleaned)
    size = sum(len(d.raw.encode()) for d in documents) / 1e6
    return Kept(
        len(documents), characters, changed, 1e5 * changed / characters, dict(by_cleaner), round(size / seconds, 2)
    )


def _changed(document: Document) -> int:
    """How many characters were taken, put in or replaced."""
    if document.view.text == document.raw:
        return 0
    matcher = SequenceMatcher(None, document.raw, document.view.text, autojunk=False)
    return sum(max(b - a, d - c) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal")


def over_reports(folder: Path, questions: Path) -> Reports:
    """Clean real reports and look at every passage."""
    files = [f for f in sorted(folder.iterdir()) if f.suffix in READERS]
    documents = [read(f.read_bytes(), f.name) for f in files]
    clean(documents[0])
    began = time.process_time()
    cleaned = [clean(d) for d in documents]
    seconds = time.process_time() - began
    size = load_settings().passage_size
    chunks = [(d, chunk) for d in cleaned for chunk in split(d, size)]
    found = list(_evidence(cleaned, questions)) if questions.is_file() else []
    return Reports(
        documents=len(cleaned),
        passages=len(chunks),
        pinyin=sum(is_reading(m[1], m[2]) for _, c in chunks for m in LEAK.finditer(c.text)),
        emoji=sum(len(EMOJI.findall(c.text)) for _, c in chunks),
        private_use=sum(len(PRIVATE.findall(c.text)) for _, c in chunks),
        site=sum(len(SITE.findall(c.text)) for _, c in chunks),
        inexact=sum(not _is_exact(d, c) for d, c in chunks),
        evidence=len(found),
        evidence_found=sum(found),
        mb_per_second=round(sum(len(d.raw.encode()) for d in documents) / 1e6 / seconds, 2),
    )


def _is_exact(document: Document, chunk: Chunk) -> bool:
    return document.view.within(chunk.span) == chunk.text == quoted(document, chunk.span)


def _evidence(documents: Iterable[Document], questions: Path) -> Iterator[bool]:
    """For each evidence, whether nearly all of it stands in the clean text of its document."""
    by_path = {d.path: d for d in documents}
    for case in read_cases(questions):
        raws = case.evidence_raw or ("",) * len(case.evidence)
        for name, evidence, raw in zip(case.evidence_doc, case.evidence, raws, strict=True):
            for document in (d for path, d in by_path.items() if path.startswith(name)):
                wanted = LEAST_LEFT * len(squeeze(evidence))
                places = locate(document, evidence, raw)
                yield any(len(squeeze(document.view.within(p))) >= wanted for p in places)


def _table(report: Figures) -> str:
    lines = []
    for name, values in report.items():
        shown = (f"{k} {v:.4f}" if isinstance(v, float) else f"{k} {v}" for k, v in values.items() if k != "examples")
        lines.append(f"{name:8} {'  '.join(shown)}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
