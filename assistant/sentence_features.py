"""What can be told of a sentence that may answer a question: named features, from which it is scored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.asked import says
from assistant.definition import defines
from assistant.matches import stands_in
from assistant.offered import LONG, ROW, TITLED, Offer, asks, is_heading
from assistant.question import ASKING, Question
from assistant.rank import Weighted, coverage, matchable, phrase_overlap
from ingest.fold import HAN, squeeze

DATE = re.compile(r"\d{2,4}年|\d{1,2}月|\d{1,2}日|世纪|年代|公元|民国")
CALENDAR = re.compile(r"\d{1,4}\s*(?:年|月|日|号)(?!前|后|内|间|均|薪|活)")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
COUNT = re.compile(r"\d+(?:[.,]\d+)*|[一二三四五六七八九十百千万亿两]+(?=[个家条种款倍成名座])")
UNIT_ASKED = re.compile(
    r"(?:多少|几)(?:个|多)?([家个款箱辆台组项条人元块张道次天年月日岁集名所座位步种篇件份倍度米斤吨公里小时分钟秒美]{1,2})"
)
MARKS = {
    "reason": re.compile(r"因为|由于|因此|所以|原因|为了|导致|使得|源于|在于|归因|得益|缘于|旨在"),
    "definition": re.compile(r"是指|指的是|定义为|称为|称之为|是一种|即|就是|意思是|被称作|简称|指"),
    "list": re.compile(r"、.+、|包括|包含|分为|分别|一是|第一|首先|1[、.)]"),
    "comparison": re.compile(r"而|则|相比|不同|区别|高于|低于|比|但"),
    "method": re.compile(r"通过|采用|利用|借助|首先|步骤|方法"),
    "place": re.compile(r"省|市|县|区|国|州|位于|在|路|岛"),
}
NAMED = {
    "number": COUNT,
    "date": DATE,
    "place": re.compile(f"[{HAN}]{{1,5}}(?:省|市|县|区|国|州|岛|山|河|湖|镇|乡|村|路|街|城|府|港|湾)"),
    "name": re.compile(rf"[《“「『\"][^》”」』\"]{{2,20}}[》”」』\"]|[a-z][\w.-]+|[{HAN}]{{1,4}}·[{HAN}·]{{1,10}}"),
}
"""What answers of a kind look like."""
MOST_NAMED = 6
NEAR = 20
"""Characters on either side of such an answer in which the words of the question should stand."""
ASKS_FOR = re.compile(
    r"什么时候|为什么|为啥|为何|什么样|什么|啥|是谁|谁|哪一年|哪年|哪一?[个家部项位种些]|哪里|哪儿|哪|何时|何地|何种|何|如何|怎么样|怎么|怎样|多少|多久|多长|多大|多高|多远|几"
)
BRACKETS = re.compile(r"[(（].*?[)）]")
"""A remark beside the name of a row: 2024年（预测）."""
BESIDE = 4
"""Characters on either side of the word that asks: what they name stands beside the answer more often than not."""
TELLING = 4


@dataclass(frozen=True)
class Sought:
    """A question with its weighted terms, and what sentences are held against besides."""

    question: Question
    weighted: Weighted

    @cached_property
    def words(self) -> str:
        """The letters of the question without the words that only ask."""
        return _letters(ASKING.sub("", self.question.folded)) or self.weighted.phrase

    @cached_property
    def beside(self) -> tuple[Sequence[str], Sequence[str]]:
        """The pairs of letters right before and right behind the word that asks."""
        asking = self.question.asking
        m = ASKS_FOR.search(asking)
        if m is None:
            return (), ()
        before, behind = (_letters(ASKING.sub(" ", part)) for part in (asking[: m.start()], asking[m.end() :]))
        return _pairs(before[-BESIDE:]), _pairs(behind[:BESIDE])

    @cached_property
    def telling(self) -> Weighted:
        """The few terms that tell most."""
        most = sorted(self.weighted.terms.items(), key=lambda item: -item[1])[:TELLING]
        return Weighted.of(dict(most), "")


def sentence_features(sought: Sought, text: str, offer: Offer, after: str = "") -> dict[str, float]:
    """The features of one sentence of words `text`; `after` is the one that follows it."""
    question, weighted, before = sought.question, sought.weighted, offer.before
    said = matchable(text, weighted)
    head = matchable(before, weighted)
    of_row = ROW in text
    tells = says(question, said, head if of_row else "")
    # A row says little without the head of its table.
    folded = f"{head}\n{said}" if of_row else said
    covered = coverage(weighted, folded)
    with_before = covered if of_row or not before else coverage(weighted, f"{head}\n{folded}")
    under = matchable(offer.heading, weighted)
    features = {
        "coverage": covered,
        "coverage_before": with_before - covered,
        "coverage_heading": coverage(weighted, f"{under}\n{'' if of_row else head}\n{folded}") - with_before,
        "coverage_after": _added(weighted, folded, covered, after),
        "phrases": phrase_overlap(weighted, folded),
        "phrases_short": phrase_overlap(weighted, folded, 2),
        "new": min(_new_characters(question, folded), 40) / 40,
        "short": float(len(text) < 12),
        "heading": float(is_heading(text, "\n")),
        "long": max(0, len(text) - LONG) / 100,
        "asks": float(asks(text)),
        "defines": float(defines(question, folded)),
        "other_year": float(of_other_year(question, f"{matchable(before) if of_row else ''}\n{folded}")),
        "asked_said": float(tells is True),
        "asked_missing": float(tells is False),
        "row": float(_is_row_asked_for(question, text)),
    }
    return features | _of_kind(question, folded) | _of_words(sought, folded)


def _added(weighted: Weighted, folded: str, covered: float, other: str) -> float:
    """How much of the question a sentence that stands beside another covers beyond it."""
    return coverage(weighted, f"{folded}\n{matchable(other, weighted)}") - covered if other else 0.0


def _of_kind(question: Question, folded: str) -> dict[str, float]:
    """Whether a sentence has what a question of this kind asks for."""
    unit = UNIT_ASKED.search(question.asking)
    marks = MARKS.get(question.kind)
    return {
        # A date is no amount: it does not answer how much.
        "number_for_number": float(question.kind == "number" and _has_new(COUNT, question, CALENDAR.sub(" ", folded))),
        "date_for_date": float(question.kind == "date" and _has_new(DATE, question, folded)),
        "unit": float(unit is not None and has_unit(unit[1], folded)),
        "marks": float(marks is not None and marks.search(folded) is not None),
    }


def _of_words(sought: Sought, folded: str) -> dict[str, float]:
    """How a sentence goes along with the words of the question, and with what stands beside an answer."""
    letters = _letters(folded)
    left, right = sought.beside
    named = list(_new(NAMED.get(sought.question.kind), sought.question, folded))[:MOST_NAMED]
    around = (folded[max(0, m.start() - NEAR) : m.end() + NEAR] for m in named)
    return {
        "in_order": common_subsequence(sought.words, letters) / max(1, len(sought.words)),
        "beside_left": _share(left, letters),
        "beside_right": _share(right, letters),
        "telling": sum(w for t, w in sought.telling.terms.items() if stands_in(t, folded)) / sought.telling.total,
        "named": len(named) / MOST_NAMED,
        "near_named": max((coverage(sought.weighted, words) for words in around), default=0.0),
    }


def beside_others(rows: Sequence[dict[str, float]], passages: Sequence[int]) -> None:
    """Add to the features of all sentences how their coverage stands to the best of their passage, and of all."""
    best: dict[int, float] = {}
    for row, passage in zip(rows, passages, strict=True):
        best[passage] = max(best.get(passage, 0.0), row["coverage"])
    most = max(best.values(), default=0.0)
    for row, passage in zip(rows, passages, strict=True):
        row["coverage_in_passage"] = row["coverage"] - best[passage]
        row["coverage_in_all"] = row["coverage"] - most


def common_subsequence(one: str, other: str) -> int:
    """The length of the longest common subsequence of two texts, by bits (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for i, c in enumerate(one):
        places[c] = places.get(c, 0) | (1 << i)
    every = (1 << len(one)) - 1
    row = every
    for c in other:
        met = row & places.get(c, 0)
        row = ((row + met) | (row - met)) & every
    return len(one) - row.bit_count()


def _is_row_asked_for(question: Question, text: str) -> bool:
    """Whether a row of a table is the one of a thing that the question names, or one of those before it."""
    if titled := TITLED.match(text):
        label = titled[1]
    elif ROW in text:
        label = BRACKETS.sub("", text.split(ROW, maxsplit=1)[0])
    else:
        return False
    named = _letters(squeeze(label))
    asked = (f"{question.before} {question.text}", *(w.folded for w in question.wordings))
    return len(named) > 1 and any(named in _letters(squeeze(text)) for text in asked)


def of_other_year(question: Question, folded: str) -> bool:
    """Whether a folded text tells of years, and of none that the question names."""
    asked = set(YEAR.findall(question.folded))
    told = set(YEAR.findall(folded)) if asked else set()
    return bool(told) and not asked & told


def has_unit(unit: str, folded: str) -> bool:
    """Whether a folded text has a number of this unit."""
    return re.search(r"[\d一二三四五六七八九十百千万亿两]\s?(?:多|余)?" + unit, folded) is not None


def _new_characters(question: Question, folded: str) -> int:
    return sum(c.isalnum() and c not in question.folded for c in folded)


def _new(pattern: re.Pattern[str] | None, question: Question, folded: str) -> Iterator[re.Match[str]]:
    """What a pattern finds that the question does not say itself."""
    return (m for m in pattern.finditer(folded) if m[0] not in question.folded) if pattern else iter(())


def _has_new(pattern: re.Pattern[str], question: Question, folded: str) -> bool:
    return next(_new(pattern, question, folded), None) is not None


def _letters(folded: str) -> str:
    return "".join(c for c in folded if c.isalnum())


def _pairs(letters: str) -> Sequence[str]:
    return [letters[i : i + 2] for i in range(len(letters) - 1)] or ([letters] if letters else [])


def _share(pairs: Sequence[str], letters: str) -> float:
    return sum(p in letters for p in pairs) / len(pairs) if pairs else 0.0
