"""What verification catches and what it takes amiss: ``python -m evals.bench.verification [BENCH] [--part PART] [--file FILE] [--failed] [--json]``.

The pairs of `cases/verification*.jsonl`, a sentence and what it cites, were
written for this project: some of the sentences were altered in one point. The
rules were made on "dev", and corrected on what each other part showed after it
had been measured once, unseen ("sealed-6" for one name alone). With BENCH (see `evals.bench.reading`) sentences
of its passages are altered by rule as well; with --file the pairs of one other
file are judged alone. At the end stands for each kind of doubt how often it was
right: raised over an altered sentence.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from itertools import islice
from pathlib import Path
from random import Random

from assistant.directions import OPPOSITES
from assistant.negation import NEGATION
from assistant.places import NAME, NAMES
from assistant.verify import Failure, failures
from evals.bench.reading import news, passages
from ingest.amounts import amounts
from ingest.fold import fold_in_place
from ingest.split import sentences

SEED = 20251101
PARTS = ("dev", "held", "fresh", "sealed", "sealed-2", "sealed-3", "sealed-4", "sealed-5", "sealed-6", "natural")
FIGURES = frozenset(
    "date digit number_changed number_added magnitude unit currency percent_point range ratio rounding_wrong year month_day quarter half minguo bound ordinal".split()
)
"""Kinds of alteration that change a number, a date or a unit."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence with the quotations that it cites, whether it was altered, and how."""

    id: str
    part: str
    altered: bool
    kind: str
    sentence: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A kind of doubt: over how many altered and how many supported sentences it was raised, and over how many of each alone."""

    kind: str
    altered: int
    supported: int
    only_altered: int
    only_supported: int

    @property
    def precision(self) -> float:
        """The share of the sentences it was raised over that were altered."""
        return self.altered / (self.altered + self.supported)


@dataclass(frozen=True, slots=True)
class Row:
    """Pairs of one kind: how many there are, and for how many of them something was found wrong."""

    kind: str
    altered: bool
    pairs: int
    failed: int

    @property
    def share(self) -> float:
        """The recall of an alteration, the false alarms of what is supported."""
        return self.failed / self.pairs


def written() -> list[Pair]:
    """The pairs that were written by hand."""
    found = sorted(f.name for f in files("evals").joinpath("cases").iterdir() if f.name.startswith("verification"))
    return [p for name in found for p in pairs_of(files("evals").joinpath(f"cases/{name}").read_text("utf-8"))]


def pairs_of(lines: str) -> Iterator[Pair]:
    """The pairs of a file's text, one a line."""
    for g in map(json.loads, lines.splitlines()):
        yield Pair(g["id"], g["part"], g["label"] == "altered", g["kind"], g["sentence"], tuple(g["evidence"]))


def generated(texts: Iterable[tuple[str, str]], random: Random) -> Iterator[Pair]:
    """Sentences of passages, each altered in every way that it can be, and told in other ways that change nothing."""
    for name, text in texts:
        for place in sentences(text[:500]):
            sentence = place.of(text)
            if not 15 <= len(sentence) <= 120:
                continue
            for kind, (altered, change) in CHANGES.items():
                changed = change(sentence, random)
                if changed and changed != sentence and changed not in text:
                    yield Pair(f"{name}-{place.start}", "generated", altered, kind, changed, (text[:500],))


def _digit(sentence: str, random: Random) -> str:
    """One digit of a number is another one."""
    places = [a.place for a in amounts(sentence) if a.kind != "date" and re.search(r"\d", a.place.of(sentence))]
    if not places:
        return ""
    place = random.choice(places)
    at = random.choice([place.start + m.start() for m in re.finditer(r"\d", place.of(sentence))])
    other = random.choice([d for d in "123456789" if d != fold_in_place(sentence[at])])
    return sentence[:at] + other + sentence[at + 1 :]


def _year(sentence: str, random: Random) -> str:
    """A year is one of the ten around it."""
    years = list(re.finditer(r"(?<!\d)(?:1[89]|20)\d\d(?=\s*年)", sentence))
    if not years:
        return ""
    m = random.choice(years)
    return f"{sentence[: m.start()]}{int(m[0]) + random.choice([-3, -2, -1, 1, 2, 3])}{sentence[m.end() :]}"


def _month(sentence: str, random: Random) -> str:
    months = list(re.finditer(r"(?<!\d)(?:1[0-2]|[1-9])(?=\s*月)", sentence))
    if not months:
        return ""
    m = random.choice(months)
    return f"{sentence[: m.start()]}{int(m[0]) % 12 + 1}{sentence[m.end() :]}"


def _magnitude(sentence: str, _: Random) -> str:
    m = re.search(r"(?<=\d)\s*[万萬亿億](?![万萬亿億])", sentence)
    return (m and f"{sentence[: m.start()]}{'亿' if m[0].strip() in '万萬' else '万'}{sentence[m.end() :]}") or ""


def _unit(sentence: str, _: Random) -> str:
    for unit, other in (
        ("公里", "米"),
        ("%", "倍"),
        ("％", "倍"),
        ("公斤", "吨"),
        ("平方公里", "公顷"),
        ("小时", "分钟"),
        ("人", "元"),
        ("元", "美元"),
    ):
        if m := re.search(rf"(?<=[\d万萬亿億]){unit}", sentence):
            return f"{sentence[: m.start()]}{other}{sentence[m.end() :]}"
    return ""


def _place(sentence: str, random: Random) -> str:
    m = NAME.search(fold_in_place(sentence))
    return f"{sentence[: m.start()]}{random.choice(NAMES)}{sentence[m.end() :]}" if m else ""


def _undenied(sentence: str, _: Random) -> str:
    m = NEGATION.search(fold_in_place(sentence))
    return sentence[: m.start()] + sentence[m.end() :] if m else ""


def _opposite(sentence: str, _: Random) -> str:
    folded = fold_in_place(sentence)
    for pair in OPPOSITES[:4]:
        words = [w for w in pair[0].split("|") if "(" not in w], [w for w in pair[1].split("|") if "(" not in w]
        for mine, other in (words, words[::-1]):
            for i, word in enumerate(mine):
                if word in folded and not any(w in folded for w in other):
                    return sentence.replace(sentence[folded.index(word) :][: len(word)], other[min(i, len(other) - 1)])
    return ""


def _reordered(sentence: str, _: Random) -> str:
    """The clauses of a sentence the other way about, where they say no less so."""
    clauses = re.split("[，,](?!\\d)", sentence.rstrip("。！？"))
    return f"{clauses[1]}，{clauses[0]}。" if len(clauses) == 2 else ""


def _shortened(sentence: str, _: Random) -> str:
    """A sentence without its middle clause."""
    clauses = re.split("[，,](?!\\d)", sentence)
    return f"{clauses[0]}，{clauses[-1]}" if len(clauses) == 3 else ""


def _notation(sentence: str, _: Random) -> str:
    """The amounts as they are mostly written."""
    for a in reversed(amounts(sentence)):
        if a.upper is None and a.kind in {"count", "money", "percent"} and "分之" not in a.place.of(sentence):
            sentence = sentence[: a.place.start] + a.plain + sentence[a.place.end :]
    return sentence


CHANGES: dict[str, tuple[bool, Callable[[str, Random], str]]] = {
    "digit": (True, _digit),
    "year": (True, _year),
    "month_day": (True, _month),
    "magnitude": (True, _magnitude),
    "unit": (True, _unit),
    "place": (True, _place),
    "negation_dropped": (True, _undenied),
    "direction": (True, _opposite),
    "reordered": (False, _reordered),
    "shortened": (False, _shortened),
    "notation": (False, _notation),
}


def judged(pairs: Iterable[Pair]) -> list[tuple[Pair, tuple[Failure, ...]]]:
    """Each pair with what verification finds wrong in it."""
    return [(p, failures(p.sentence, p.evidence)) for p in pairs]


def rows(found: Sequence[tuple[Pair, tuple[Failure, ...]]]) -> list[Row]:
    """The pairs by kind, then all that are altered in a figure, all others altered, all that are supported."""
    kinds = sorted({(p.altered, p.kind) for p, _ in found})
    made = [
        _row(kind, altered, [f for p, f in found if (p.altered, p.kind) == (altered, kind)]) for altered, kind in kinds
    ]
    figures = [f for p, f in found if p.altered and p.kind in FIGURES]
    words = [f for p, f in found if p.altered and p.kind not in FIGURES]
    supported = [f for p, f in found if not p.altered]
    totals = (("numbers, dates, units", True, figures), ("words", True, words), ("supported", False, supported))
    made += [_row(name, altered, chosen) for name, altered, chosen in totals if chosen]
    return made


def _row(kind: str, altered: bool, found: Sequence[tuple[Failure, ...]]) -> Row:
    return Row(kind, altered, len(found), sum(bool(f) for f in found))


def precision(found: Sequence[tuple[Pair, tuple[Failure, ...]]]) -> float:
    """The share of the pairs with a failure that were altered."""
    failed = [p for p, f in found if f]
    return sum(p.altered for p in failed) / len(failed) if failed else 1.0


def doubts(found: Sequence[tuple[Pair, tuple[Failure, ...]]]) -> list[Doubt]:
    """Each kind of doubt that was raised, and how often rightly."""
    raised = [(p.altered, {f.kind for f in failed}) for p, failed in found]
    made = []
    for kind in sorted({k for _, kinds in raised for k in kinds}):
        over = [(altered, len(kinds) == 1) for altered, kinds in raised if kind in kinds]
        altered = sum(a for a, _ in over)
        alone = over.count((True, True)), over.count((False, True))
        made.append(Doubt(kind, altered, len(over) - altered, *alone))
    return made


def show_doubts(found: Sequence[tuple[Pair, tuple[Failure, ...]]]) -> None:
    """Print how often each kind of doubt was right."""
    print("doubt           altered  supported  precision  (alone)")
    for d in doubts(found):
        print(
            f"  {d.kind:<12} {d.altered:>8} {d.supported:>10} {d.precision:>10.3f}  ({d.only_altered}, {d.only_supported})"
        )


def show(title: str, found: Sequence[tuple[Pair, tuple[Failure, ...]]], seconds: float) -> None:
    """Print what was found by kind."""
    print(
        f"{title}: {len(found)} pairs, precision {precision(found):.3f}, {1000 * seconds / len(found):.2f} ms a sentence"
    )
    for row in rows(found):
        print(
            f"  {'caught' if row.altered else 'false alarms':<12} {row.kind:<24} {row.failed:>5} of {row.pairs:>5}  {row.share:.3f}"
        )


def sets_of(args: argparse.Namespace) -> dict[str, list[Pair]]:
    """The pairs to judge, by part."""
    if args.file:
        return {args.file.stem: list(pairs_of(args.file.read_text("utf-8")))}
    sets = {part: [p for p in written() if p.part == part] for part in ([args.part] if args.part else PARTS)}
    if args.bench:
        texts = [*islice(passages(args.bench), args.texts), *news(args.bench, args.texts)]
        sets["generated"] = list(generated(texts, Random(SEED)))  # noqa: S311
    return sets


def main() -> None:
    """Judge the pairs and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", nargs="?", type=Path)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--file", type=Path, help="judge the pairs of this file alone")
    parser.add_argument("--texts", type=int, default=400, help="reading passages, and as many news articles")
    parser.add_argument("--failed", action="store_true", help="print what was judged wrongly")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    failures("预热", ["预热"])
    everything = []
    for name, pairs in sets_of(args).items():
        began = time.process_time()
        found = judged(pairs)
        took = time.process_time() - began
        everything += found
        if args.json:
            print(json.dumps({"part": name, "precision": precision(found), "rows": [asdict(r) for r in rows(found)]}))
        else:
            show(name, found, took)
        for pair, failed in found if args.failed else ():
            if bool(failed) != pair.altered:
                print(
                    f"  {pair.id} {pair.kind}: {pair.sentence} <= {' '.join(pair.evidence)[:300]} {[tuple(asdict(f).values()) for f in failed]}"
                )
    if not args.json:
        show_doubts(everything)


if __name__ == "__main__":
    main()
