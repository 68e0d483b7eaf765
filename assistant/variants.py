"""What sources say otherwise in words: two definitions of a term, a name put in another's place, a list of another length than announced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import combinations, takewhile

from assistant.claims import Worded
from assistant.extract import Candidate
from assistant.question import Question
from ingest.document import Span
from ingest.fold import HAN, fold, fold_in_place

DEFINITION = re.compile(r"(?:指的是|是指|定义为|定义是|可定义为|即是|意思是|就是|指)(?P<body>[^。；;!?！？\n]{6,80})")
LIKE = 0.75
"""Two definitions that share more than this are one, put a little otherwise."""
SHARED = 10
"""Characters that two sentences share around a name that one has in another's place."""
LEADS_UP = re.compile(r"借助|使用|利用|运用|通过|采用|选用|经由|名为|叫做|[是为由在用叫向对把被和与及的中]")
LONGEST = 14
ANNOUNCED = re.compile(
    r"(?P<number>[二两三四五六七八九十]|\d{1,2})(?P<unit>(?:个|大|种|类|项|步|点|条|款|家|位|座|怕|阶段|维度|要素|场景|方面)[^,，。:：;；、()（）|\d]{0,12})"
)
IN_BRACKETS = re.compile(r"\s*[(（](?P<items>[^()（）]{4,120})[)）]")
LABEL = re.compile(rf"(?:^|(?<=[,，。;；、\s]))?(?P<label>[{HAN}A-Za-z0-9]{{2,16}})[:：]")
LINE = re.compile(r"\s*(?:[-•·●]|\d{1,2}[.、)）])\s*(?P<label>[^:：。；;，,\n]{2,30})")
ITEM = re.compile(r"[、,，;；]|(?:和|与|以及|及)(?=[^、]*$)")
NUMERALS = {c: i for i, c in enumerate("零一二三四五六七八九十")} | {"两": 2}
REACH = 420
"""Characters behind an announced number in which its items stand."""


def two_definitions(question: Question, good: Sequence[Candidate]) -> tuple[Worded, Worded] | None:
    """The first two sentences that define what a question wants defined, otherwise; None where there are no two."""
    if re.search("定义|意思|含义|概念|怎么(?:说|解释|界定)|说法", question.folded) is None:
        return None
    found: list[Worded] = []
    for c in good:
        m = DEFINITION.search(fold_in_place(c.text))
        about = fold(c.text[: m.start()]) if m else ""
        if m and any(t in about for t in _asked_words(question)):
            body = Span(m.start("body"), m.end("body")).of(c.text)
            if all(_unlike(body, other.value) for other in found):
                found.append(_worded(c, body))
    return (found[0], found[1]) if len(found) > 1 else None


def _asked_words(question: Question) -> list[str]:
    """What is quoted in a question, else its longest run of Chinese characters."""
    quoted = re.findall('[「『“"《]([^」』”"》]{2,20})', question.folded)
    return quoted or sorted(re.findall(f"[{HAN}]{{3,}}", re.sub("[的对给了是有]", " ", question.folded)), key=len)[-1:]


def _unlike(one: str, other: str) -> bool:
    return SequenceMatcher(None, fold(one), fold(other), autojunk=False).ratio() < LIKE


def _worded(candidate: Candidate, value: str) -> Worded:
    start = candidate.hit.clean.start + candidate.place.start
    return Worded(candidate.hit.document, Span(start, start + len(candidate.place)), value.strip(), candidate)


def two_wordings(question: Question, good: Sequence[Candidate]) -> tuple[Worded, Worded] | None:
    """Two sentences that say the same but for one name or word, which the question does not tell; None where there are no two."""
    for one, other in combinations(good, 2):
        if one.hit.document == other.hit.document and one.lies_in(other.hit.document, other.hit.clean):
            continue
        for a, b in _replaced(one.text, other.text):
            if fold(a) not in question.folded and fold(b) not in question.folded:
                return _worded(one, a), _worded(other, b)
    return None


def _replaced(one: str, other: str) -> Iterator[tuple[str, str]]:
    """The words of two texts that stand in the same words, with the characters that they have in common with these."""
    a, b = fold_in_place(one), fold_in_place(other)
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    for before, (tag, i, j, x, y), after in zip(codes, codes[1:], codes[2:], strict=False):
        around = (before[2] - before[1], after[2] - after[1])
        words = re.fullmatch(f"[{HAN}A-Za-z0-9]+", a[i:j]) and re.fullmatch(f"[{HAN}A-Za-z0-9]+", b[x:y])
        if tag == "replace" and words and max(j - i, y - x) <= LONGEST and min(around) >= 2 and sum(around) >= SHARED:
            left = _begin_of_name(a, i)
            yield one[left:j], other[x - (i - left) : y]


def _begin_of_name(text: str, start: int) -> int:
    """Where the name begins that a difference lies in: at most four characters back, behind a word that leads up to one."""
    before = re.search(f"[{HAN}a-z0-9]{{0,4}}$", text[:start])
    begin = before.start() if before else start
    led = [m.end() for m in LEADS_UP.finditer(text, begin, start)]
    return led[-1] if led else begin


def counts_otherwise(
    question: Question, good: Sequence[Candidate], text_of: Callable[[str], str]
) -> tuple[Worded, Worded] | None:
    """A number of things that is announced, and the things that are then listed, where these are more or fewer."""
    for c in good:
        for m in ANNOUNCED.finditer(fold_in_place(c.text)):
            number, length = _value(m["number"]), _named_in(question, m[0])
            if number < 2 or not length:
                continue
            start = c.hit.clean.start + c.place.start
            text = text_of(c.hit.document)
            items = _items(text[start + m.end() : start + m.end() + REACH], c.text[m.start() + length :])
            if items and len(items) != number:
                words = c.text[m.start() : m.start() + length]
                return _worded(c, words), _worded(c, f"{len(items)}项（{'、'.join(items)}）")
    return None


def _named_in(question: Question, announced: str) -> int:
    """How many characters of an announced number of things the question has, too; 0 when it does not name the things."""
    if announced in question.folded:
        return len(announced)
    begin = next((i for i in range(1, 5) if announced[i : i + 2] in question.folded and len(announced) > i + 1), 0)
    end = begin + 2
    while begin and end < len(announced) and announced[end - 1 : end + 1] in question.folded:
        end += 1
    return end if begin else 0


def _items(follows: str, rest: str) -> list[str]:
    """The items of a list in brackets right behind a number, else what is labelled in the rest of its sentence, or on the lines behind it."""
    if bracket := IN_BRACKETS.match(follows):
        return [i.strip() for i in ITEM.split(bracket["items"]) if i.strip()]
    labels = [m["label"] for m in LABEL.finditer(rest)]
    if len(labels) > 1:
        return labels
    lines = [x for x in follows.split("\n")[1:] if x.strip()]
    marked = [m["label"] for m in takewhile(bool, map(LINE.match, lines)) if m]
    return marked if len(marked) > 1 else []


def _value(numeral: str) -> int:
    return int(numeral) if numeral.isdigit() else NUMERALS[numeral]
