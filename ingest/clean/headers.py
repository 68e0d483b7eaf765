"""Heads and page numbers of slides and pages that run together with the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ingest.document import BREAK, Edit, Span, View
from ingest.fold import HAN, is_han

SHORTEST, LONGEST = 8, 60
"""Characters of a head; shorter ones cannot be told from words."""
SHORTEST_PART = 2
"""So few characters behind a dash are the beginning of different heads."""
OFTEN = 4
"""A head stands on so many slides at least."""
AGREED = 0.8
"""The share of a phrase's places that must go on alike for the phrase to be longer."""
TRIES = 60
"""Phrases looked at in one document."""

ENDS = frozenset("。！？!?…”』」》)）\n" + BREAK)
MARKS = frozenset("。，、；！？…,;!?\n" + BREAK)
"""A head holds no marks of a sentence."""
GOES_ON = frozenset("的是在和与與及或有了将將能可不也为為中上下等之者性化所以并並，。、；：:,;.!?！？)）》”」』")
"""What follows a phrase that is a part of a sentence."""
LEADS_ON = frozenset("的在和与與及或从從对對于於是把被由以为為向如，、；,;:：《“「")
"""What leads on to a phrase that is a part of a sentence."""
OWN_MARK = re.compile(r".——.|案例.{0,3}[:：].|^第.{1,3}[章节節部]")
"""A head of two parts, or that says so: other phrases may be the terms that a text is about."""
SOURCE = re.compile("[资資數数图圖]?[料据據表]?[来來]源|^注")
"""A note of where a figure comes from is on many slides too, but is no head."""

PAGE = re.compile(
    rf"(?<![\d.])(\d{{1,3}}) \1(?=第?[{HAN}\d]?[{HAN}])(?![年月日时時点點分秒元个個人家位年万萬亿億岁歲倍次])"
    rf"|(?<=[{HAN}])[1-9]\d(?=[2-9]月\d{{1,2}}日)"
)
"""A page number set twice, or stuck to a date: 教授386月30日 was on page 38."""
NUMBERS = re.compile(r"\d \d|\d\d\d月")
MARGIN = re.compile(f"[\n{BREAK}]")


def find_pages(view: View) -> list[Edit]:
    """Delete page numbers that cannot be anything else."""
    if not NUMBERS.search(view.text):
        return []
    return [Edit(m.start(), m.end()) for m in PAGE.finditer(view.text)]


def find_heads(view: View) -> list[Span]:
    """The places of phrases that stand between the sentences of many slides: the heads of these."""
    heads: list[Span] = []
    taken = np.zeros(len(view), bool)
    for phrase, places in _phrases(view.text, taken):
        if not _is_head(view.text, phrase, places):
            continue
        for place in places:
            heads.append(Span(place, place + len(phrase)))
            taken[place : place + len(phrase)] = True
    return sorted(heads)


def set_apart(view: View, heads: Sequence[Span]) -> list[Edit]:
    """Give each head a line of its own."""
    places = sorted({place for head in heads for place in (head.start, head.end)})
    return [Edit(p, p, "\n") for p in places if 0 < p < len(view) and not MARGIN.search(view.text, p - 1, p + 1)]


def _phrases(text: str, taken: npt.NDArray[np.bool_]) -> Iterator[tuple[str, list[int]]]:
    """Phrases that occur often, the commonest first, each as long as its places agree, and where they stand."""
    tried: set[str] = set()
    for _, first in _common_grams(text):
        gram = text[first : first + SHORTEST]
        if len(tried) == TRIES:
            return
        if not MARKS.isdisjoint(gram) or any(gram in t for t in tried):
            continue
        # The long head of a few slides first, then the one that all of them share.
        for share in (0.0, AGREED):
            places = _untaken(text, gram, taken)
            if len(places) < OFTEN:
                break
            phrase = _extended(text, places, share)
            places = _untaken(text, phrase, taken)
            if len(places) >= OFTEN:
                yield phrase, places
                if not taken[places[0]]:
                    tried.add(phrase)


def _untaken(text: str, phrase: str, taken: npt.NDArray[np.bool_]) -> list[int]:
    return [p for p in _occurrences(text, phrase) if not taken[p : p + len(phrase)].any()]


def _common_grams(text: str) -> list[tuple[int, int]]:
    """How often each repeated stretch of SHORTEST characters occurs (negative) and where first, the commonest first."""
    if len(text) < SHORTEST * OFTEN:
        return []
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    grams = np.zeros(len(codes) - SHORTEST + 1, np.uint64)
    for i in range(SHORTEST):
        grams = grams * np.uint64(0x100000001B3) + codes[i : i + len(grams)]
    _, first, times = np.unique(grams, return_index=True, return_counts=True)
    often = times >= OFTEN
    return sorted(zip((-times[often]).tolist(), first[often].tolist(), strict=True))


def _occurrences(text: str, phrase: str) -> list[int]:
    places, place = [], text.find(phrase)
    while place >= 0:
        places.append(place)
        place = text.find(phrase, place + len(phrase))
    return places


def _extended(text: str, places: Sequence[int], share: float) -> str:
    """The phrase at these places: right while it is common and so many of them agree, left while nearly all do."""
    start, end = 0, SHORTEST
    while end - start < LONGEST:
        char, times = _commonest(text, [p + end for p in places])
        if times < max(OFTEN, share * len(places)) or char in MARKS:
            break
        places = [p for p in places if text[p + end : p + end + 1] == char]
        end += 1
    while end - start < LONGEST:
        char, times = _commonest(text, [p + start - 1 for p in places])
        if times < 0.9 * len(places) or char in ENDS | MARKS:
            break
        start -= 1
    return text[places[0] + start : places[0] + end]


def _commonest(text: str, places: Sequence[int]) -> tuple[str, int]:
    chars = Counter(text[p] for p in places if 0 <= p < len(text))
    return chars.most_common(1)[0] if chars else ("", 0)


def _is_head(text: str, phrase: str, places: Sequence[int]) -> bool:
    """Whether a phrase stands between sentences, before ever new text, and looks like a head."""
    if (
        phrase[-1] in ":："
        or len(phrase.rpartition("——")[2]) <= SHORTEST_PART
        or SOURCE.search(phrase)
        or not OWN_MARK.search(phrase)
        or sum(map(is_han, phrase)) < SHORTEST // 2
    ):
        return False
    after = [text[p + len(phrase) : p + len(phrase) + 1] for p in places]
    joined = sum(a in GOES_ON for a in after) + sum(text[p - 1 : p] in LEADS_ON for p in places)
    return joined * 5 <= len(places) and len(set(after)) > 2
