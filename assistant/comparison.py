"""Which of two things is more: comparisons of a sentence whose sides stand the other way round in its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assistant.clauses import Read, grams
from assistant.figures import figures

MORE = r"高于|多于|大于|优于|强于|快于|领先于?|超过|超越|胜过|早于|长于|反超"
LESS = r"低于|少于|小于|逊于|弱于|慢于|落后于?|不及|不如|晚于|短于|仅次于|次于"
ADVERB = r"(?:也|都|略|明显|显著|大幅|远远|远|首次|已|已经|仍|均|却|则|将|曾|会)*"
BY_VERB = re.compile(rf"^(?P<a>.*?){ADVERB}(?:(?P<more>{MORE})|(?P<less>{LESS}))(?P<b>.+)$")
BY_BI = re.compile(
    r"^(?P<a>.*?)(?:比(?![例重率值较较])|较|相较于?)(?P<b>.{2,14}?)(?:要|更|略|明显|还|相比)*"
    r"(?:(?P<more>高|多|大|快|强|长|贵|早|增|提升|上升|提高|领先)|(?P<less>低|少|小|慢|弱|短|便宜|晚|减|下降|降低|缩短|落后))"
)
TIMES = re.compile(
    r"^(?P<a>.*?)(?:约|大约|几乎|将近|近)?(?:为|是|达|达到|相当于)(?P<b>[^为是达]+?)的?[一二两三四五六七八九十百\d.]+倍"
)
BECOMES = re.compile(
    r"^(?P<a>.*?)(?:转为|转向|转型为|变为|变成|改为|改成|改名[为成]|更名[为成]|升级为|升级成|迁至|迁到|迁往|搬到|搬至|换成|扩大到|扩展到|放大到)(?P<b>.+)$"
)
RANK = re.compile(r"第[一二三四五六七八九十\d]+(?:名|位|大)?的?")


AMOUNT = re.compile(r"约?(?!\d{2,4}年)[\d一二三四五六七八九十百两几]")
"""超过一亿 sets nothing beside another thing: two such are not compared with each other."""
TIME = re.compile(
    r"(?:(?:[\d一二三四五六七八九十]+|[上去今本同前]一?)(?:年度?|季度?|月|周|期)[末底初]?|[\d一二三四五六七八九十]+[日号]|同期|[常往历]年|以前|之前|此前|的|水平|预期|预测|目标|平均|原[来先]?)+"
)
"""Sides that are a time or a mark to reach: that things were more or less then is told by their direction."""
LEANS_ON = 40
OWN_VERB = re.compile(
    rf"(?:(?P<more>{MORE})|(?P<less>{LESS}))[^;。]{{1,14}}(?P<of>[(的占为达]+[^;。()]{{0,2}}?\d[^;。)]*)"
)
OWN_BI = re.compile(
    r"[比较][^;。]{1,14}?(?P<of>[(的占为达]+[^;。()]{0,2}?\d[^;。()]*?)\)?(?:要|更|略|还)?(?:(?P<more>贵|高|多|大|快|长|重|久)|(?P<less>便宜|低|少|小|慢|短|轻))(?:$|[;。,一了得些])"
)
"""How many characters before a clause may name what it compares."""


class Relation(NamedTuple):
    """What is more, what is less, and the words that say so; of a turn, what becomes and what was."""

    more: str
    less: str
    words: str
    kind: str = "more"


def relations(text: Read) -> Iterator[Relation]:
    """The comparisons of a text. What is compared may stand in the clause before."""
    before, end = "", 0
    for clause in text.clauses:
        if re.search("[。!?]", text.folded[end : clause.start]):
            before = ""
        for pattern in (BY_BI, BY_VERB, TIMES, BECOMES):
            if m := pattern.match(clause.text):
                if pattern is BECOMES:
                    yield Relation(m["b"], f"{before};{m['a']}", m[0], "turn")
                    break
                one, other = f"{before};{m['a']}", RANK.sub("", m["b"])
                less = "less" in pattern.groupindex and m["less"]
                kind = "times" if pattern is TIMES else "more"
                yield Relation(other, one, m[0]) if less else Relation(one, other, m[0], kind)
                break
        before = f"{before};{clause.text}"[-LEANS_ON:]
        end = clause.start + len(clause.text)


def swapped(sentence: Read, source: Read) -> Iterator[tuple[str, str]]:
    """The comparisons of a sentence that the source has the other way round, with its words."""
    known = [k for k in relations(source) if not (TIME.fullmatch(k.less) or TIME.fullmatch(k.more))]
    for said in relations(sentence):
        if any(AMOUNT.match(side) or TIME.fullmatch(side) for side in (said.less, said.more)):
            continue
        # What is some times another thing is not held against what is more than an amount.
        bare = said.kind == "times"
        verdicts = [
            (_turned(said, k), k)
            for k in known
            if (k.kind == "turn") == (said.kind == "turn") and not (bare and AMOUNT.match(k.less))
        ]
        worst = max((v for v, _ in verdicts), default=0)
        if worst > 0 and min(v for v, _ in verdicts) >= 0:
            yield said.words, next(k.words for v, k in verdicts if v == worst)


def contradicted(sentence: Read) -> Iterator[tuple[str, str]]:
    """The comparisons of a sentence that its own figures contradict: 增速(5%)慢于农业(4.7%), 每升7.3元;比它(每升9元)贵."""
    found = [f for f in figures(sentence) if f.measure != "date"]
    for m in (*OWN_VERB.finditer(sentence.folded), *OWN_BI.finditer(sentence.folded)):
        first = [f for f in found if f.amount.place.end <= m.start() and m.start() - f.amount.place.end <= LEANS_ON]
        second = [f for f in found if m.start("of") <= f.amount.place.start < m.end()]
        if not first or not second or first[-1].measure != second[0].measure:
            continue
        one, other = first[-1], second[0]
        if (m["more"] and one.high < other.low) or (m["less"] and one.low > other.high):
            yield m[0], f"{one.words}、{other.words}"


def _turned(said: Relation, known: Relation) -> int:
    """How much more the barer side of a comparison is like the other side of a known one than like the same side."""
    more, less = grams(known.more), grams(known.less)
    more, less = more - less, less - more
    if len(said.less) <= len(said.more):
        bare = grams(said.less)
        return len(bare & more) - len(bare & less)
    bare = grams(said.more)
    return len(bare & less) - len(bare & more)
