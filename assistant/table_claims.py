"""Values of table rows held against what the text, or another table, states of the same thing.

A cell states something when the names of its row and its column say of what:
one may be a year, the other the measure, or one the thing and the other the
measure. Whatever the text says more than these, or less, speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from assistant.claims import Claim
from assistant.clauses import grams, read
from assistant.extract import Candidate
from assistant.figures import figures
from assistant.offered import ROW
from assistant.question import Question
from assistant.rows import BRACKETS, cells
from ingest.document import Span
from ingest.flat_tables import flat_tables, row
from ingest.fold import fold

YEAR = re.compile(r"(?:19|20)\d\d")
UNIT = re.compile(r"[(（]([^()（）]{1,6})[)）]")
NUMBER = re.compile(r"[-\d.,]+(?:\s?[%％])?|.{0,3}\d[\d.,]*.{0,4}")
FORECAST = re.compile("预测|预计|预期|估|目标|e$")
GROUPS = (
    re.compile("增长|增速|增幅|成长|年增|同比"),
    re.compile("占比|份额|比重|市占|占(?!地|领)"),
)
"""What a share may be of: how much more than a year before, or how much of the whole."""
OF_GROUPS = re.compile("增长|增加|增速|增幅|提升|成长|同比|占比|占|比例|每")
"""What the words next to a figure restrict it to and a group says, too."""
MORE = re.compile("复合|平均|累计|环比|预计|预测|目标|合计|以上|以下|超过")
"""What a figure is restricted to that its column would have to say."""
LONGEST_VALUE = 12
CAPTION = 40
"""Characters above a table that may name it."""
SHARES = frozenset({"percent", "points"})


@dataclass(frozen=True)
class Cell:
    """A figure of a table as a claim, with the folded names of what it measures and of what, and its year (0 where none is told)."""

    claim: Claim
    measure: str
    thing: str
    year: int


def of_tables(ranked: Sequence[Candidate], text_of: Callable[[str], str]) -> Iterator[Cell]:
    """The figures of the rows among some candidates, and of the flattened tables in their passages."""
    for c in ranked:
        head, of_row = cells(c.before), cells(c.text)
        if ROW in c.text and ROW in c.before and len(head) == len(of_row):
            start = c.hit.clean.start + c.place.start
            text = text_of(c.hit.document)
            above = _above(text, text.rfind(c.before, 0, start))
            yield from _of_row(c, Span(start, start + len(c.place)), head, of_row, above)
    for c in {c.hit.number: c for c in reversed(ranked)}.values():
        text = text_of(c.hit.document)
        stretch = text[c.hit.clean.start : c.hit.clean.end]
        for table in flat_tables(stretch):
            for values in table.rows if table.head else ():
                place = Span(c.hit.clean.start + table.place.start, c.hit.clean.start + table.place.end)
                above = _above(stretch, table.place.start)
                yield from _of_row(c, place, cells(row(stretch, table.head)), cells(row(stretch, values)), above)


def _above(text: str, place: int) -> str:
    """The words above a table, which name it mostly."""
    return re.split("[。！？!?]", text[max(0, place - CAPTION) : max(0, place)])[-1]


def _of_row(c: Candidate, place: Span, head: Sequence[str], of_row: Sequence[str], above: str) -> Iterator[Cell]:
    label = of_row[0]
    for name, value in zip(head[1:], of_row[1:], strict=True):
        if len(value) > LONGEST_VALUE or not NUMBER.fullmatch(value):
            continue
        years = {int(y) for y in YEAR.findall(f"{label} {name}")}
        if len(years) > 1 or FORECAST.search(fold(f"{label} {name}")):
            continue
        of_year = YEAR.match(name) is not None
        measure, thing = (label, "") if of_year else (name, "" if years else label)
        unit = UNIT.search(measure) if value[-1].isdigit() else None
        year = next(iter(years), 0)
        told = read(f"{f'{year}年' if year else ''}{_bare(thing)}{_bare(measure)}为{value}{unit[1] if unit else ''}")
        found = [f for f in figures(told) if f.measure != "date"]
        if len(found) == 1:
            around = f"{c.hit.title}\n{c.hit.heading}\n{above}"
            claim = Claim(c.hit.document, place, told, found[0], around, c)
            yield Cell(claim, fold(_bare(measure)), fold(_bare(thing)), year)


def _bare(name: str) -> str:
    return BRACKETS.sub("", name).strip()


def asked_for(question: Question, cell: Cell) -> bool:
    """Whether a question asks for what a cell measures, and of what, and when."""
    named = grams(cell.measure) & grams(question.folded) or any(
        g.search(cell.measure) and g.search(question.folded) for g in GROUPS
    )
    years = {int(y) for y in YEAR.findall(question.folded)}
    return bool(named) and cell.thing in question.folded and (not cell.year or years in ({cell.year}, set()))


def against_text(
    cell: Cell, claims: Iterable[Claim], labels: frozenset[str], agree: Callable[[Claim, Claim], bool]
) -> Claim | None:
    """The first claim of a text that states another value of what a cell states; `labels` name the things of all rows."""
    return next((c for c in claims if _same_thing(c, cell, labels) and not agree(c, cell.claim)), None)


def _same_thing(claim: Claim, cell: Cell, labels: frozenset[str]) -> bool:
    figure, own = claim.figure, cell.claim.figure
    if figure.measure != own.measure or claim.place.overlap(cell.claim.place):
        return False
    years = {y for y in claim.period if isinstance(y, int)}
    near = claim.document == cell.claim.document and _section(cell.claim).startswith(_section(claim))
    if years != ({cell.year} if cell.year else set()) or not (cell.year or near):
        return False
    if cell.thing and (cell.thing not in figure.before or _later(figure.before, cell.thing, labels)):
        return False
    words = claim.clause
    said = grams(cell.measure) & grams(words)
    if figure.measure in SHARES:
        groups = [bool(g.search(words)) for g in GROUPS]
        if groups != [bool(g.search(cell.measure)) for g in GROUPS] or not (any(groups) or said):
            return False
    elif not said:
        return False
    restricted = {s for s in claim.scope if not OF_GROUPS.search(s)} | set(MORE.findall(words))
    if any(s not in cell.measure for s in restricted) or figure.amount.bound:
        return False
    known = fold(f"{cell.claim.around}\n{cell.claim.text.text}")
    return near or (all(n in known for n in (*claim.names, *claim.places)) and _of_one_subject(claim, cell))


def _section(claim: Claim) -> str:
    """The headings that a claim stands under; under a table's caption it is one more."""
    return claim.candidate.hit.heading if claim.candidate else ""


def _later(before: str, thing: str, labels: frozenset[str]) -> bool:
    """Whether the words before a figure name another row's thing behind this one's."""
    at = before.rfind(thing)
    return any(before.rfind(other) > at for other in labels if other and other != thing and other not in thing)


def _of_one_subject(claim: Claim, cell: Cell) -> bool:
    """Whether the headings of a table share a word of what the text's sentence is about."""
    return len(grams(fold(claim.text.text)) & grams(fold(cell.claim.around))) > 1


def against_tables(found: Sequence[Cell], agree: Callable[[Claim, Claim], bool]) -> tuple[Claim, Claim] | None:
    """Two tables that give different values for one thing, measure and year."""
    for a, b in combinations(found, 2):
        one = (a.thing, a.year, a.claim.figure.measure) == (b.thing, b.year, b.claim.figure.measure) and a.year
        apart = a.claim.document != b.claim.document or not a.claim.place.overlap(b.claim.place)
        heads = a.claim.around.split("\n")[-1] != b.claim.around.split("\n")[-1] or a.claim.document != b.claim.document
        alike = a.measure == b.measure
        if one and alike and apart and heads and not agree(a.claim, b.claim):
            shared = grams(fold(a.claim.around)) & grams(fold(b.claim.around)) - grams(a.measure)
            if len(shared) > 1:
                return a.claim, b.claim
    return None
