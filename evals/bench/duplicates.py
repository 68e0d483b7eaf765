"""How surely copies of a report are known, and other reports kept apart: ``python -m evals.bench.duplicates BENCH [--json]``.

BENCH holds the news articles (see `evals.bench.reading`). Each is held against
versions of itself: copies, which must be found, and other editions, which must
not, although they share most of their words. Then all articles are held
against each other, where what is found is printed to be looked at.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from random import Random

from opencc import OpenCC

from evals.bench.noise import drop_emoji, leak_pinyin, places_to_slip, slip
from evals.bench.reading import news
from ingest.clean.stages import clean
from ingest.document import Document, View
from ingest.duplicates import ALIKE, are_copies, bands, likeness, said, sketch, worth_comparing
from ingest.split import sentences

SEED = 20251101
ARTICLES = 600
COLUMNS = 38
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
TRADITIONAL = OpenCC("s2t")
Change = Callable[[str, Random], str]


@dataclass(frozen=True, slots=True)
class Told:
    """Pairs of texts; the share that was taken for copies, and the share that a Jaccard threshold alone would have taken."""

    pairs: int
    copies: float
    alike: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--among", type=int, default=0, help="hold this many articles against each other")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    told = figures(args.bench, args.articles)
    if args.json:
        print(json.dumps({name: asdict(t) for name, t in told.items()}, ensure_ascii=False, indent=2))
    else:
        print("| version | pairs | taken for copies | by Jaccard alone |\n|---|---|---|---|")
        for name, t in told.items():
            print(f"| {name} | {t.pairs} | {t.copies:.3f} | {t.alike:.3f} |")
    if args.among:
        show_pairs([text for _, text in news(args.bench, args.among)])


def figures(bench: Path, articles: int = ARTICLES) -> dict[str, Told]:
    """What is taken for copies, by how a text was changed."""
    return {name: figure(bench, articles, name) for name in CHANGES}


def figure(bench: Path, articles: int, change: str) -> Told:
    """The same for one way of changing a text, one of CHANGES."""
    return measured([text for _, text in news(bench, articles)], CHANGES[change])


def measured(texts: list[str], change: Change) -> Told:
    """Each text against its version. Those that the change leaves as they are, or that are too short, are left out."""
    pairs = copies = alike = 0
    for number, text in enumerate(texts):
        one, other = _clean(text), change(text, Random(SEED + number))  # noqa: S311 - repeatable, no secret
        if sketch(one) is None or sketch(other) is None or (said(one) == said(other) and change in EDITIONS.values()):
            continue
        pairs += 1
        copies += found(one, other)
        alike += likeness(one, other) >= ALIKE
    return Told(pairs, copies / max(1, pairs), alike / max(1, pairs))


def found(one: str, other: str) -> bool:
    """Whether an index would make the two texts one family."""
    a, b = sketch(one), sketch(other)
    if a is None or b is None:
        return False
    return a.key == b.key or (bool({*bands(a)} & {*bands(b)}) and worth_comparing(a, b) and are_copies(one, other))


def show_pairs(texts: list[str]) -> None:
    """Print how many pairs of some articles are taken for copies, and the ones that are least alike."""
    meet: dict[int, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        known = sketch(text)
        for band in bands(known) if known else ():
            meet[band].append(number)
    candidates = {pair for numbers in meet.values() for pair in combinations(numbers, 2)}
    pairs = sorted((likeness(texts[a], texts[b]), a, b) for a, b in candidates if found(texts[a], texts[b]))
    print(f"\n{len(pairs)} pairs of {len(texts)} articles are taken for copies; the least alike:")
    for share, a, b in pairs[:10]:
        print(f"{share:.2f}", *(" ".join(texts[n].split())[:50] for n in (a, b)), sep=" | ")


def _clean(text: str) -> str:
    return clean(Document("a.txt", "txt", text, View.of(text))).view.text


def _traditional(text: str, _random: Random) -> str:
    return str(TRADITIONAL.convert(text))


def _shorter(text: str, random: Random, share: float = 0.05) -> str:
    """Drop a share of the sentences."""
    kept, done = [], 0
    for place in sentences(text):
        kept.append(text[done : place.start] if random.random() < share else text[done : place.end])
        done = place.end
    return "".join([*kept, text[done:]])


def _slipped(text: str, random: Random) -> str:
    traditional = _traditional(text, random)
    places = places_to_slip(traditional)
    return slip(traditional, random.choice(places)) if places else traditional


def _on_pages(text: str, _random: Random) -> str:
    """Lines of a fixed width, with a running head and a number on each page."""
    lines = [p[i : i + COLUMNS] for p in text.split("\n") for i in range(0, len(p), COLUMNS)]
    pages = (lines[i : i + 30] for i in range(0, len(lines), 30))
    return "\n".join(f"某某研究院 · 行业观察\n{n}\n" + "\n".join(page) for n, page in enumerate(pages, 1))


def _other_figures(text: str, random: Random, share: float = 1.0) -> str:
    """The next edition: years one later, and the other figures changed."""

    def other(match: re.Match[str]) -> str:
        if random.random() > share:
            return match[0]
        if re.fullmatch(r"20\d\d", match[0]):
            return str(int(match[0]) + 1)
        return "".join(str((int(c) + random.randrange(1, 9)) % 10) if c.isdigit() else c for c in match[0])

    return FIGURE.sub(other, text)


COPIES: Mapping[str, Change] = {
    "in Traditional": lambda text, random: _clean(_traditional(text, random)),
    "with emoji": lambda text, random: _clean(drop_emoji(text, random)),
    "with leaked pinyin": lambda text, random: _clean(leak_pinyin(text, random)),
    "in Traditional, a byte slipped": lambda text, random: _clean(_slipped(text, random)),
    "on pages": lambda text, random: _clean(_on_pages(text, random)),
    "5 % of the sentences dropped": _shorter,
    "10 % of the sentences dropped": lambda text, random: _shorter(text, random, 0.1),
    "Traditional, emoji, pinyin, 5 % dropped": lambda text, random: _clean(
        leak_pinyin(drop_emoji(_shorter(_traditional(text, random), random), random), random)
    ),
}
EDITIONS: Mapping[str, Change] = {
    "another edition: all figures differ": _other_figures,
    "another edition: half of the figures differ": lambda text, random: _other_figures(text, random, 0.5),
    "a revised edition: a quarter of the figures differ": lambda text, random: _other_figures(text, random, 0.25),
}
CHANGES: Mapping[str, Change] = {**COPIES, **EDITIONS}


if __name__ == "__main__":
    main()
