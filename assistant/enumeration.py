"""Lists in running text: the items that an announcement is followed by, each cut to what names it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from assistant.parallel import SECTION, frame_at, parallel
from ingest.document import BREAK, Span
from ingest.fold import HAN

REACH = 3000
"""Characters behind an announcement in which its items are looked for."""
FIRST_WITHIN = 160
NEXT_WITHIN = 1000
CLOSE = 250
"""How far an item may stand behind the announcement, and behind the item before it; ordinals that nothing announces
and that stand farther apart than `CLOSE` are the numbers of sections."""
MOST = 12
LEAST_ROOM, MOST_ROOM = 24, 60
"""Characters an item is given, depending on how many share the answer."""
ROOM = 320
"""Characters of a whole list."""
LABEL_LENGTH = 16

DIGITS = "一二三四五六七八九十"
_AT = f"(?:(?<=[。！？!?；;：:，,”」』）)\n{BREAK}])|^)\\s*(?:[-•·●○■◆▪*–—] ?)?"
_NUMBER = f"(?:[{DIGITS}]{{1,3}}|\\d{{1,2}})"
ORDINAL = re.compile(
    _AT
    + rf"(?:(?P<di>第)(?P<n1>{_NUMBER})(?P<kind>步|点|點|种|種|个|個|条|條|类|類|项|項|大)?(?![季届屆年月日章节節名次轮輪代期位])"
    rf"|(?P<qi>其)(?P<n2>[{DIGITS}])(?=[是,，、:：])"
    rf"|(?P<n3>[{DIGITS}])(?P<shi>是)"
    rf"|[（(](?P<n4>{_NUMBER})(?P<paren>[)）])"
    rf"|(?P<over>(?:\d{{1,2}}\.)+)(?P<n6>\d{{1,2}})(?![.\d%％]|\s?[万萬亿億元倍个個公米折升级級])"
    rf"|(?P<n5>{_NUMBER})(?P<dot>[、.．)）])(?!\d)"
    r"|(?P<word>首先|其次|再次|再者|此外|另外|然后|然後|最后|最後)"
    r"|(?P<side>(?:另|又)?一方面))"
    rf"|(?P<step>第|[Ss]tep ?)(?P<n7>{_NUMBER})步?(?=[:：])"
    rf"|(?<=[{HAN}%+）)])(?P<n8>\d{{1,2}})、(?=[{HAN}])"
)
"""Ordinals where an item may begin; 第2步: and Step2: anywhere, and 2、 between characters, for they are often run into
what stands before."""
WORDS = {
    "首先": 1, "其次": 2, "再次": 3, "再者": 3, "此外": 8, "另外": 8, "然后": 2, "然後": 2, "最后": 9, "最後": 9,
    "一方面": 1, "另一方面": 2, "又一方面": 3,
}  # fmt: skip
LAST = 9
"""The number of what ends a list, however its other items count: 第一阶段…第二阶段…最后…"""
STARTS = re.compile(f"(?:^|[\n{BREAK}]|(?<=[。；;：:]))[ \t]*(?=\\S)")
BULLET = re.compile(r"[-•·●○■◆▪*–—]\s*")
LABEL = re.compile(rf"(?:[-•·●○■◆▪*–—]\s*)?[^。，,：:；;|\n{BREAK}]{{2,{LABEL_LENGTH}}}[：:]")
SENTENCE_END = re.compile(f"[。！？!?；;\n{BREAK}]|$")
ENDS = ("。", "！", "？", "!", "?", "；", ";")
LINE_START = re.compile(f"(?:\\A|(?<=[\n{BREAK}]))(?=[^\\s{BREAK}])")
SENTENCE_START = re.compile(f"(?:\\A|(?<=[。！？!?；;：:\n{BREAK}]))\\s*(?=[^\\s{BREAK}])")
NAME_END = re.compile(r"[：:，,]|——")


@dataclass(frozen=True, slots=True)
class Mark:
    """An ordinal: where it stands, with its bullet, its way of counting, its number."""

    start: int
    end: int
    style: str
    number: int


def number_of(written: str) -> int:
    """The value of a small number in digits or Chinese numerals; 两 is 2."""
    if written.isdigit():
        return int(written)
    written = written.replace("两", "二").replace("兩", "二")
    tens, ten, ones = written.rpartition("十")
    value = DIGITS.find(ones) + 1 if ones else 0
    return value + (10 * (DIGITS.find(tens) + 1 if tens else 1) if ten else 0)


def marks(text: str, start: int, end: int) -> Iterator[Mark]:
    """The ordinals of a stretch of text, where items may begin."""
    for m in ORDINAL.finditer(text, start, end):
        given = m.groupdict()
        begins = m.start() + len(m[0]) - len(m[0].lstrip())
        if word := given["word"] or given["side"]:
            yield Mark(begins, m.end(), "word" if given["word"] else "side", WORDS[word])
            continue
        name = next(n for n in ("n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8") if given[n])
        style = {
            "n1": f"第{(given['kind'] or '').replace('点', '點')}",
            "n6": given["over"] or "",
            "n7": "第步",
            "n8": "n5",
        }.get(name, name)
        if name in {"n4", "n5"} and not given[name].isdigit():
            style += "han"
        yield Mark(begins, m.end(), style, number_of(given[name]))


def items_after(
    text: str, place: int, announced: int = 0, within: int = NEXT_WITHIN, *, wanted: bool = False
) -> list[Span]:
    """The items that follow a place, each from its mark to the end of what names it.

    `announced` is how many there should be, 0 when that is not known; `within` how
    far one may stand behind the other. Found are
    ordinals that count on, or else lines or sentences that begin alike: with a
    bullet, a label, the same words; or as many lines as were announced. Where items are
    `wanted`, whatever else shares a form is one. Empty when there are fewer than two.
    """
    end = min(len(text), place + REACH)
    starts = (
        _counted(text, place, end, within, announced)
        or _labelled(text, place, end)
        or _alike(text, place, end, announced)
        or _lines(text, place, end, announced)
        or (parallel(text, place, end, announced) if wanted else [])
    )
    if announced:
        starts = starts[:announced]
    return cut(text, starts[:MOST]) if len(starts) > 1 else []


def first_inside(text: str, place: Span, *, anywhere: bool = False) -> int | None:
    """Where a colon inside a sentence is followed by the first of counted items; or where, colon or not, that stands."""
    found = marks(text, place.start + 4, place.end)
    return next((m.start for m in found if m.number == 1 and (anywhere or text[m.start - 1] in ":：")), None)


def first_of(text: str, place: int) -> int | None:
    """Where the enumeration begins that counts on at `place`; None where no ordinal stands there."""
    here = next((m for m in marks(text, place, min(len(text), place + 12)) if m.start <= place + 2), None)
    if here is None or here.number == 1:
        return None if here is None else here.start
    before = [m for m in marks(text, max(0, place - REACH), place) if m.style == here.style and m.number < here.number]
    return next((m.start for m in reversed(before) if m.number == 1), None)


def _counted(text: str, place: int, end: int, within: int, announced: int) -> list[int]:
    found = list(marks(text, place, end))
    for first in found:
        if first.start > place + FIRST_WITHIN:
            break
        if first.number != 1:
            continue
        row = [first]
        for m in found:
            counts_on = m.style == first.style and (
                m.number == row[-1].number + 1 or (m.style == "word" and m.number > row[-1].number)
            )
            ends = m.style == "word" and m.number == LAST and 1 < len(row) == announced - 1
            if m.start > row[-1].start and (counts_on or ends):
                if m.start > row[-1].start + within:
                    break
                row.append(m)
        if len(row) > 1:
            return [m.start for m in row]
    return []


def _labelled(text: str, place: int, end: int) -> list[int]:
    """Lines that follow at once and all begin with a bullet, or with a label; or sentences with labels, one apart at most."""
    lines = [m.start() for m in LINE_START.finditer(text, place, end)]
    for pattern in (BULLET, LABEL):
        starts = list(takewhile(partial(pattern.match, text), lines))
        if len(starts) > 1:
            return starts
    starts = []
    others = 0
    section = SECTION.search(text, place + 1, end)
    end = section.start() if section else end
    for start in dict.fromkeys(m.end() for m in SENTENCE_START.finditer(text, place, end)):
        if LABEL.match(text, start):
            starts.append(start)
            others = 0
        else:
            others += 1
        if others == 2 or not starts:
            break
    return starts


def _alike(text: str, place: int, end: int, announced: int) -> list[int]:
    """Sentences behind a colon that begin with the same two characters, as many as were announced."""
    if announced < 2:
        return []
    starts = [m.end() for m in STARTS.finditer(text, place, end)]
    if not starts or starts[0] > place + 2:
        starts.insert(0, place)
    opening = text[starts[0] : starts[0] + 2]
    same = [s for s in starts if text.startswith(opening, s)]
    return same if len(same) == announced else []


def _lines(text: str, place: int, end: int, announced: int) -> list[int]:
    """As many lines behind a colon at a line's end as were announced, each a sentence or more."""
    if announced < 2 or text[:place].rstrip()[-1:] not in ("：", ":"):
        return []
    starts = [m.start() for m in LINE_START.finditer(text, place, end)][:announced]
    ends = [text.find("\n", start, end) for start in starts]
    whole = [
        text[start : stop if stop > 0 else end].rstrip()[-1:] in ENDS for start, stop in zip(starts, ends, strict=True)
    ]
    return starts if len(starts) == announced and all(whole) and not text[place : starts[0]].strip() else []


def cut(text: str, starts: Sequence[int]) -> list[Span]:
    """Each item up to the end of its sentence, or of its first clause where it is long."""
    room = min(MOST_ROOM, max(LEAST_ROOM, ROOM // len(starts)))
    spans = []
    for start, following in zip(starts, [*starts[1:], len(text)], strict=True):
        body = next((m.end for m in marks(text, start, min(len(text), start + 12)) if m.start == start), start)
        stop = SENTENCE_END.search(text, body + 1)
        end = min(stop.end() if stop else len(text), following)
        frame = frame_at(text, body)
        if end - start > room and (name := NAME_END.search(text, frame.end if frame else body + 3, end)):
            end = name.start()
        while (end > start and text[end - 1].isspace()) or text[end - 1] == BREAK:
            end -= 1
        spans.append(Span(start, end))
    return spans
