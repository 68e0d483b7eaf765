"""Text in GBK that was read one byte off, and the leaks that pushed it there.

A scraper worked on bytes where it should have worked on characters. It lost a
byte of a character, or put a reading in brackets between two bytes, and what
follows was read from the second byte of each character on, until an ASCII
character or another such accident set it right again::

    100%。總部設在中國      100%??偛吭O在中國
    研究內容概括為下表      研究?jī)?nèi)容概括為下表

Each misread character still holds one byte of either neighbour, so the text
can be read again from the right byte. Where that gives clean text which is far
likelier than what stands there, it is put back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from ingest.clean.characters import characters
from ingest.clean.pinyin import LATIN, LEAK, is_reading
from ingest.document import Edit, View
from ingest.fold import is_han

LOST = "\ufffd"
"""Stands for what was lost for good."""
MARK = re.compile(f"[?{LOST}](?![?{LOST}]{{3}})")
"""Where a run may begin. Rows of marks are drawn, or all that is left of a text in the wrong encoding."""
SWALLOWED = re.compile(rf"\?({LATIN})\)")
"""A reading whose opening bracket was taken for the second byte of the character before it."""
PRIVATE = re.compile("[\ue000-\uf8ff]")
LEAK_BEFORE = re.compile(rf"\({LATIN}\)$")
LEAK_BEHIND = re.compile(rf"\(({LATIN})\)")
TAG = re.compile(r"/?p>|br ?/?>")
SURE = re.compile(rf"\?!\?(?={TAG.pattern}|”|0\d\d年)")
"""。” or 。“ and a character that was lost; too short to be weighed, but nobody writes it so."""
SENTENCE_END = frozenset("。！？!?\n\u2029 \u3000”」』")

PUNCTUATION = frozenset("。，、；：？！“”‘’（）《》「」『』【】—…·．％")

LEADS, TRAILS = range(0x81, 0xFF), range(0x40, 0xFF)
FULL_WIDTH = 0xA3
"""Lead byte of full-width ASCII, which scrapers turn into ASCII: A3BB is ; (3B with the high bit set)."""

LONGEST = 300
"""Characters after which a misread run is given up."""
ENDINGS = 6
"""Possible ends of a run that are weighed against each other."""

GARBLED = 7.5
"""Text whose characters surprise less than this, in nats on average, was not misread."""
CLEAN, STRANGE = 9.0, 12.0
"""Text whose characters surprise more than this is no repair; nor may a pair or a single character more than that."""
GAIN, LEAST_GAIN = 2.0, 8.0
"""Nats a character, and nats in all, by which a repair must be likelier than what stands there."""
GUESSED = 4.0
"""Nats by which a character of which one byte is lost must be likelier than any other."""
FULL_STOP = 3.0
"""Nats by which a lost 。 is likelier than the neighbours tell: mostly the byte is lost at the end of a sentence."""
BOUND, CERTAIN = 2.5, 1.5
"""No 。 where another character, bound to the one before it by so many nats, fits better or so little worse."""

Bytes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Symbol:
    """What stands where a character stood: its place in the text and the bytes its first half may have been."""

    start: int
    end: int
    first: Bytes


@dataclass(frozen=True, slots=True)
class Ending:
    """One way to read a run: its symbols, the bytes of their second halves, its end, what was lost behind it."""

    symbols: tuple[Symbol, ...]
    seconds: tuple[Bytes, ...]
    end: int
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """The characters that belong to the symbols of a run, and how much likelier they are, in nats."""

    ending: Ending
    texts: tuple[str, ...]
    gain: float

    def edits(self) -> Iterator[Edit]:
        """One edit a character: each stands for the symbol that began where it begins."""
        symbols = self.ending.symbols
        stops = [*(s.start for s in symbols[1:]), self.ending.end]
        for symbol, stop, text in zip(symbols, stops, self.texts, strict=True):
            yield Edit(symbol.start, stop, text)


def find_slipped(view: View) -> list[Edit]:
    """Put misread characters right wherever the repair is certain."""
    edits: list[Edit] = []
    if "?" not in view.text and LOST not in view.text:
        return edits
    for start in _marks(view.text):
        if edits and start < edits[-1].end:
            continue
        if repair := _repair(view.text, start):
            edits += repair.edits()
    return edits


def find_garbled(text: str) -> list[tuple[int, int]]:
    """Ranges, beginning at a lost mark, that were misread and could not be put right."""
    found = []
    for start in _marks(text):
        if text[start] == LOST:
            continue
        end = start + 1
        while end < len(text) and end - start < LONGEST and ord(text[end]) > 0x7F:
            end += 1
        if end - start > 2 and _strangeness(text, start) > GARBLED + 2:
            found.append((start, end))
    return found


def _marks(text: str) -> Iterator[int]:
    return (m.start() for m in MARK.finditer(text))


def _reads_well(beside: str) -> bool:
    """Whether the two characters behind a mark are what one finds in any text."""
    return all(map(is_han, beside)) and len(beside) == 2 and float(characters().surprise(beside)[0]) < GARBLED


def _strangeness(text: str, start: int) -> float:
    """The mean surprise of the characters right behind a lost mark."""
    beside = text[start + 1 : start + 7].split("\n", maxsplit=1)[0].lstrip("?!;,:")
    return float(characters().surprise(beside).mean()) if len(beside) > 2 else 0.0


def _repair(text: str, start: int) -> Repair | None:
    """The best certain reading of the run that begins at a lost mark."""
    told, runs_on = _begin(text, start)
    if not told and _reads_well(text[start + 1 : start + 3]):
        return None
    repairs = (_read(text, ending, told) for ending in _endings(text, runs_on))
    return max((r for r in repairs if r), key=lambda r: r.gain, default=None)


def _begin(text: str, start: int) -> tuple[bool, Symbol]:
    """Whether a reading tells which byte was lost, and the symbol that holds it."""
    if text[start] == "?" and (m := SWALLOWED.match(text, start)):
        before = LEAK_BEFORE.sub("", text[max(0, start - 10) : start])[-1:]
        second = _bytes(before) if before else None
        if second and (told := _completing(second[1], m[1])):
            return True, Symbol(start, m.end(), told)
    return SURE.match(text, start) is not None, Symbol(start, start + 1, tuple(LEADS))


def _bytes(char: str) -> tuple[int, int] | None:
    """The two bytes of a character in GBK; ASCII punctuation, letters and digits count as full-width."""
    if "!" <= char <= "~":
        return FULL_WIDTH, ord(char) | 0x80
    try:
        pair = char.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return (pair[0], pair[1]) if len(pair) == 2 else None


@cache
def _completing(first: int, reading: str) -> Bytes:
    """The second bytes that make, with a first one, a character of this reading."""
    row = _grid()[first - LEADS.start] if first in LEADS else ""
    return tuple(b for b, c in zip(TRAILS, row, strict=False) if is_han(c) and is_reading(c, reading))


@cache
def _grid() -> tuple[str, ...]:
    """The characters of GBK: one string for each lead byte, one character for each trail byte, a space for none."""
    return tuple("".join(_decoded(lead, trail) for trail in TRAILS) for lead in LEADS)


def _decoded(lead: int, trail: int) -> str:
    try:
        char = bytes((lead, trail)).decode("gb18030")
    except UnicodeDecodeError:
        return " "
    return " " if "\ue000" <= char <= "\uf8ff" else char


def _endings(text: str, begun: Symbol) -> Iterator[Ending]:
    """The ways to read on from a symbol with half a character pending, shortest first."""
    symbols, seconds = [begun], list[Bytes]()
    place, found = begun.end, 0
    while found < ENDINGS and len(symbols) < LONGEST:
        for ending in _endings_at(text, place, symbols, seconds):
            found += 1
            yield ending
        if place == len(text) or (pair := _bytes(text[place])) is None or text[place] == LOST:
            return
        seconds.append((pair[0],))
        # A reading behind the misread character, put there by its two bytes, belongs to it.
        leak = LEAK.match(text, place)
        end = leak.end() if leak and is_reading(leak[1], leak[2]) else place + 1
        symbols.append(Symbol(place, end, (pair[1],)))
        place = end


def _endings_at(text: str, place: int, symbols: Sequence[Symbol], seconds: Sequence[Bytes]) -> Iterator[Ending]:
    """The ways in which a run may end at a place, where its last symbol waits for its second byte."""
    char = text[place] if place < len(text) else ""
    so_far, before = tuple(symbols), tuple(seconds)
    if "@" <= char <= "~":
        yield Ending(so_far, (*before, (ord(char),)), place + 1)
    if char == "?" and (m := SWALLOWED.match(text, place)):
        pending = symbols[-1].first
        if len(pending) < len(LEADS) and (told := tuple(b for p in pending for b in _completing(p, m[1]))):
            yield Ending(so_far, (*before, told), m.end())
    if len(symbols) < 2:
        return
    if char == "?" and (m := TAG.match(text, place + 1)):
        yield Ending(so_far, (*before, tuple(TRAILS)), m.end())
    elif char == "?":
        yield Ending(so_far, (*before, tuple(TRAILS)), place + 1, LOST)
    elif char == LOST:
        yield Ending(so_far, (*before, tuple(TRAILS)), place + 1)
    elif char < "@" and not char.isalpha():
        yield Ending(so_far, (*before, tuple(TRAILS)), place)


def _read(text: str, ending: Ending, told: bool) -> Repair | None:
    """The characters of a run read this way, if they are clean text and far likelier than the run."""
    choices = [_choices(s.first, b) for s, b in zip(ending.symbols, ending.seconds, strict=True)]
    if not all(choices):
        return None
    # A leaked reading behind the run tells that its last character is right.
    leak = LEAK_BEHIND.match(text, ending.end)
    told = told or bool(leak and len(choices[-1]) == 1 and is_reading(choices[-1], leak[1]))
    known = sum(len(c) == 1 for c in choices)
    if not told and known < 2 and not (known and _goes_on(choices[-1], text[ending.end : ending.end + 1])):
        return None
    start = ending.symbols[0].start
    before = text[start - 1] if start and text[start - 1] not in SENTENCE_END | {")"} else ""
    after = text[ending.end : ending.end + 1].strip() if not leak else ""
    chosen = _chosen(choices, before, after)
    standing = characters().surprise(before + text[start : ending.end] + after)
    put = characters().surprise(before + "".join(chosen) + after)
    gain = float(standing.sum() - put.sum())
    # A mark inside a run may be another loss as well as half a character.
    doubtful = "?" in text[start + 2 : ending.symbols[-1].end]
    # Private-use characters leave no doubt that the run was misread; what it reads may hold rare names.
    limit = STRANGE if PRIVATE.search(text, start, ending.end) else CLEAN
    if gain < (0.0 if told else max(GAIN * len(chosen), LEAST_GAIN)) or not _is_clean(choices, limit, doubtful):
        return None
    chosen[-1] += ending.lost
    return Repair(ending, tuple(chosen), gain)


def _goes_on(last: str, after: str) -> bool:
    """Whether the only character of a run of which there is no doubt is a common one before the one that follows."""
    return len(last) == 1 and bool(after) and is_han(after) and float(characters().surprise(last + after)[0]) < CLEAN


def _is_clean(choices: Sequence[str], limit: float, doubtful: bool) -> bool:
    """Whether the characters of which there is no doubt make up running text; to the last pair where it is doubtful."""
    words = "".join(c if len(c) == 1 and is_han(c) else " " for c in choices).split()
    surprises = [characters().surprise(w) for w in words if len(w) > 1]
    rare = any(len(w) == 1 and characters().alone[characters().ids(w)[0]] > STRANGE for w in words)
    if not surprises:
        return not rare
    inner = np.concatenate(surprises)
    if doubtful and float(inner.max()) > STRANGE:
        return False
    return float(inner.mean()) <= (limit if len(inner) > 2 else STRANGE)


@cache
def _choices(firsts: Bytes, seconds: Bytes) -> str:
    """The characters that two halves may make, the common ones only where there are several."""
    found = "".join(_grid()[f - LEADS.start][s - TRAILS.start] for f in firsts if f in LEADS for s in seconds)
    found = found.replace(" ", "")
    return found if len(found) < 2 else "".join(c for c in found if _is_common(c))


@cache
def _is_common(char: str) -> bool:
    return (is_han(char) or char in PUNCTUATION) and bool(characters().ids(char)[0])


def _chosen(choices: Sequence[str], before: str, after: str) -> list[str]:
    """For each place the choice that goes best with its neighbours; LOST where two go nearly as well."""
    chosen: list[str] = []
    for i, options in enumerate(choices):
        left = chosen[-1] if chosen else before
        right = choices[i + 1] if i + 1 < len(choices) else after
        if i and (mark := _closing("".join(chosen), options, right)):
            chosen.append(mark)
        else:
            chosen.append(_fitting(options, left, right if len(right) == 1 else ""))
    return chosen


def _closing(before: str, options: str, after: str) -> str:
    """The bracket or quotation mark to which two marks in a row, or an open one, leave no choice."""
    if "”" not in options or len(options) == 1:
        return ""
    for opening, closing in ("【】", "《》", "「」", "“”"):
        if before.count(opening) > before.count(closing):
            return closing
    if before[-1] == "。":
        return "“" if after == "”" else "”"
    return ""


def _fitting(options: str, left: str, right: str) -> str:
    if len(options) == 1:
        return options
    model = characters()
    ids = model.ids(options)
    costs: npt.NDArray[np.float32] = model.alone[ids] if not left else model.between(model.ids(left), ids)
    bound = (model.alone[ids] - costs > BOUND) & is_han(left or " ")
    if right:
        costs = costs + model.between(ids, model.ids(right))
    weighed = costs - FULL_STOP * np.array([c == "。" for c in options], np.float32)
    order = np.argsort(weighed, kind="stable")
    best, second = int(order[0]), int(order[1])
    if options[best] == "。":
        is_certain = not (bound & (costs < costs[best] + CERTAIN)).any()
    else:
        is_certain = bool(weighed[second] - weighed[best] >= GUESSED)
    return options[best] if is_certain else LOST
