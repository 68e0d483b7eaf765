"""What of a passage is offered as an answer: its sentences, long ones in parts, each with what it continues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assistant.negation import DENIES
from ingest.clean.glued import seams
from ingest.document import Span
from ingest.fold import HAN, fold, is_han
from ingest.split import sentences

LONG = 110
"""A longer sentence is also offered in parts: what stands between its semicolons, list marks and labels."""
SHORT = 24
ROW = " | "

SECTION = rf"\d{{1,2}}(?:\.\d{{1,2}}){{1,2}}(?!\s?[万萬亿億元倍个個公米折升级級百千年月日小分秒])(?=[{HAN}])"
"""The number of a section that ran into the text before it: 较慢2.2数据备份."""
PART = re.compile(
    r"[；;]|(?<=[^\d\s])(?=\d{1,2}[、.．)）](?!\d))|(?<=.)(?=第[一二三四五六七八九十\d]{1,2}(?:步|是|、|,|，))|(?<=[。！？!?])\s*"
    r"|(?<=.)(?=《[^《》]{2,30}》(?:19|20)\d\d年)"
    rf"|(?<=[{HAN}。，；：)）])(?={SECTION})"
)
TITLED = re.compile(r"《([^《》]{2,30})》(?:19|20)\d\d年")
"""How a row of a flattened table begins whose first columns are titles and years."""
COMMA = re.compile(r"[，,：:](?!\d)")
PAUSE = re.compile(r"[,;。!?]\s*")
MARKS = r"\s，。！？；：、,!?;:…“”‘’\"（）()《》—·「」『』【】|\[\]"
UNMARKED_RUN = re.compile(f"[^{MARKS}]{{30,}}")
"""So many characters on end without any mark are hardly ever one clause: they may be glued together."""
SEAM = 1.0
"""Log-odds from which on a glued run is cut at a place."""
GLUED, LEAST = 60, 14
"""Characters of the parts of a glued run: longer ones are cut again, and none is shorter."""
DAMAGE = "\ufffd"
OPENING = tuple("([（【「『《“")
PAUSES_AT_END = ", ，、：:"
FEWEST_KEPT = 6
PAUSED = re.compile(r"[，,；;。！？!?(（](?!\d)")
CAPTION = re.compile(
    r"[【\[]?(?:[表图圖]|图表|圖表)\s?[】\]]?\s?[\d一二三四五六七八九十]{0,2}[-.]?\d*[】\]]?\s?[^，,]{2,40}$"
)
ADDRESS = re.compile(r"(?:https?://|www\.)[!-~]+")
VALUE = re.compile(r"[-+约]?\d[\d.,]*\s?[%％万亿萬億元倍]?(?<!(?:19|20)\d\d)")
"""A cell that is a figure, and no year."""
LEANS_ON = 12
"""Characters before a seam in which a negation would deny what stands behind it."""
END_MARKS = "。！？!?；;…：:"


class Offer(NamedTuple):
    """A sentence or part of one: its place, the sentence it continues (for a row the head of its table), its nearest heading."""

    place: Span
    before: str
    heading: str


def offers(text: str, heading: str) -> Iterator[Offer]:
    """Each sentence with the one it continues (for a row the head of its table) and its nearest heading.

    Headings, questions and heads of tables name what follows them and are not offered themselves.
    """
    before = head = ""
    known = {fold(h) for h in heading.split(" > ")}
    places = list(_offered(text))
    for i, place in enumerate(places):
        sentence = place.of(text)
        following = places[i + 1].of(text) if i + 1 < len(places) else ""
        if ROW in sentence:
            if not head and ROW in following and not _of_values(sentence):
                head = sentence
                continue
            yield Offer(place, head, heading)
        elif not _says_something(sentence):
            continue
        elif following and (
            fold(sentence) in known or asks(sentence) or is_heading(sentence, text[place.end : place.end + 1])
        ):
            heading, before, head = sentence, "", ""
        else:
            yield Offer(place, before, heading)
            before, head = sentence, ""


def _of_values(row: str) -> bool:
    """Whether all cells of a row but the first are figures: it is no head, whose row was lost or ran into the text."""
    _, *others = row.split(ROW)
    return all(VALUE.fullmatch(cell.strip()) for cell in others)


def _says_something(sentence: str) -> bool:
    """Whether words are more than the caption of a table or figure, or an address to be looked up."""
    if CAPTION.match(sentence) and not sentence.rstrip("”」』").endswith(tuple("。！？!?")):
        return False
    return sum(map(len, ADDRESS.findall(sentence))) * 2 < len(sentence)


def asks(sentence: str) -> bool:
    """Whether a sentence is a question; the ? of a formula that lost its right side is none."""
    return re.search(r"(?<![=＝])[？?][”」』\"' ]*$", sentence) is not None


def is_heading(sentence: str, follows: str) -> bool:
    """Whether a sentence stands alone on a short line that no mark ends."""
    return (
        len(sentence) <= 30
        and follows in {"\n", ""}
        and sentence[-1] not in END_MARKS + "。”」』"
        and ROW not in sentence
    )


def _offered(text: str) -> Iterator[Span]:
    """The sentences of a text, long ones in parts."""
    for sentence in sentences(text):
        for part in parts(text, sentence):
            yield undamaged(text, part)


def parts(text: str, sentence: Span) -> Iterator[Span]:
    """A sentence; a long one cut at semicolons, list marks and labels, then at commas, and a glued one at its seams."""
    for part in _cut(text, sentence, PART):
        for piece in _cut(text, part, COMMA, 4 * LONG):
            yield from _unglued(text, piece)


def _unglued(text: str, whole: Span) -> Iterator[Span]:
    """A run in which marks were lost, cut where they stood; any other stretch as it is."""
    words = whole.of(text)
    if ROW in words or len(words) <= GLUED or not UNMARKED_RUN.search(words):
        yield whole
        return
    long = [m.span() for m in UNMARKED_RUN.finditer(words)]
    found = [(whole.start + at, odds) for at, odds in seams(words, SEAM) if any(a < at < b for a, b in long)]
    yield from _apart(text, whole, found)


def _apart(text: str, whole: Span, found: Sequence[tuple[int, float]]) -> Iterator[Span]:
    """A run cut at its surest seam, and its parts again."""
    inside = [
        (odds, at)
        for at, odds in found
        if whole.start + LEAST <= at <= whole.end - LEAST and not _denied(text[at - LEANS_ON : at])
    ]
    if not inside or len(whole) <= GLUED:
        yield whole
        return
    _, at = max(inside)
    yield from _apart(text, _stripped(text, whole.start, at), found)
    yield from _apart(text, _stripped(text, at, whole.end), found)


def _cut(text: str, whole: Span, marks: re.Pattern[str], longest: int = LONG) -> Iterator[Span]:
    """A stretch that is too long, cut behind marks into parts of at least `SHORT` characters."""
    if len(whole) <= longest:
        yield whole
        return
    start = whole.start
    cuts = [whole.start + m.end() for m in marks.finditer(whole.of(text))]
    for cut in [*cuts, whole.end]:
        long_enough = cut - start >= longest // 4 and whole.end - cut >= SHORT and not _denied(text[start:cut])
        if (long_enough or cut == whole.end) and text[start:cut].strip():
            yield _stripped(text, start, cut)
            start = cut


def undamaged(text: str, place: Span) -> Span:
    """A place without what could not be read at its ends, and without a bracket that nothing closes.

    From its first clause goes what stands up to the last such character, and its last clause where
    it is the rest of a formula: 规模达5000亿元，增长58.1%(�CAGR=?. As it is where little would be left.
    """
    start, end = place.start, place.end
    pauses = [m.end() for m in PAUSED.finditer(text, start, end)]
    inside = [p for p in pauses if start < p < end]
    if inside and (damaged := text.rfind(DAMAGE, start, inside[0])) >= 0:
        start = damaged + 1
    tail = text[inside[-1] : end] if inside else ""
    if DAMAGE in tail and sum(map(is_han, tail)) * 2 < len(tail):
        end = inside[-1]
    kept = text[start:end].rstrip()
    while kept[-1:] in OPENING and kept:
        kept = kept[:-1].rstrip(PAUSES_AT_END)
    return _stripped(text, start, start + len(kept)) if len(kept) >= FEWEST_KEPT else place


def _denied(before: str) -> bool:
    """Whether the words before a cut deny what follows: of 误区：... only both together may be shown."""
    clause = PAUSE.split(fold(before))[-1]
    return DENIES.search(clause) is not None


def _stripped(text: str, start: int, end: int) -> Span:
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return Span(start, end)
