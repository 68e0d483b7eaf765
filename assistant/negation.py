"""Negations that a sentence has and its source has not, or the other way about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from assistant.clauses import KEPT, Clause, grams

NEGATION = re.compile(
    r"(?!(?<=[卖跑做看听说吃买打走跟拿想忍舍离放撑])不(?:[动了起出下住掉清完上开]|到))(?:没有|没能|没|(?<!所)(?<!从)未曾|未能|未必|(?<!所)未(?!来|央|婚|成年|遂|[^;。]{2,4}的)"
    r"|毫无|并无|无法|无须|无需|绝非|并非|而非|非(?=本|该|独|其|由|因|是)"
    r"|(?<!差)不(?!超|高于|低于|多于|少于|大于|小于|逾|仅|但|只|断|同|过(?!关)|久|少|足|到|良|锈|动产|料|妨|论|管|如|及|止|乏|一|惜|错|菲|凡|俗|限于|可或缺|得不|容忽视|外乎|约而同|雅|当|利|育|停|亚|幸|明|适|法|安|平|便|慎|孕|规范|公|孝|义|毛|忘|懈|虚|休|住|等|愧|禁|由得|得已|得了|可避免|可抗|可分|可否认|倒|变)"
    r"|(?<![毫并全])无(?!人|线|锡|论|疑|形|数|限|缝|奈|非|穷|故|敌|缘|视|意|辜|碍|大碍|小|言|力|愧|私|比|上|穷|时|理|息|偿|机|极|名|边|障碍|一例外)|(?<![特类区性个分告差级识鉴辨派国])别(?=[超让把用吃喝碰去再做买给说忘接看])|[切请]?勿|禁止|禁用|严禁|拒绝|否认|杜绝|避免|缺乏)"
)
DENYING = re.compile(
    r"[不没无未非]|拒|否|禁|杜绝|避|免|缺|失败|失去|取消|终止|停[止业运工产牌机用办]|休[馆市业刊]|闭[馆店]|关闭|关停|放弃|难以|谣|辟|质疑"
)
"""What may deny without being a negation: a clause that has it is not said to state what another one denies."""
DENIES = re.compile(r"否认|并非|不是|不属实|没有|不得|不能|不应|禁止|严禁|避免|误区|误解|谣言|错误")
"""What says of the words behind a colon or a list mark that they are not so."""
FILLER = re.compile(
    r"(?:曾|再|被|把|将|会|能|可以|可|有|是|必|需|须|应|宜|得|要|用|拿|以|它|其|来|去|让|给|存在|出现|发生|进行|任何|重大|明显|过|了|的|在|对|于|与|和|为|\d+[年月日号]?)+"
)
REACH = 10
"""How many characters before a word a negation may stand that turns it round."""
IN_COMMON = 2
SHARE_IN_COMMON = 0.3
"""Two clauses that share fewer pairs of characters, or less of the shorter one, speak of different things."""
LIGHT = frozenset("的了在和与及或也都就还又是有被把对为以从到向于之其这那个些此该并而且但给让将来去曾已“”\"'、()|")
"""Characters that carry little: no pair that has one is what a negation turns round."""
DIRECTLY = 4
"""How many characters behind a negation are what it turns round."""

FALLS_SHORT = re.compile(r"(?:[高低多少大小好早晚强弱优逊先快慢]于|不及|不如)[^;。]{0,6}")
"""What is compared with is not stated: 低于预期 says that it is not reached."""


class Turned(NamedTuple):
    """Words of a sentence that say the opposite of the source, and the words of the source."""

    words: str
    source: str
    added: bool = False


class _Met(NamedTuple):
    """A pair of characters in a clause, and the negation before it, if any, and where; `direct` when it follows at once."""

    clause: Clause
    negation: str
    at: int
    direct: bool


def negations(clauses: Sequence[Clause], sources: Sequence[Clause]) -> Iterator[Turned]:
    """What a sentence denies that the source states in the clause most like it, or states that the source denies."""
    theirs = _met(tuple(sources))
    denials = [c for c in sources if DENYING.search(c.text)]
    for clause in clauses:
        if clause.text.endswith("的"):
            continue  # what somebody does who does so is no statement
        pairs = [(g, met[0], _most_like(clause, theirs[g])) for g, met in _met((clause,)).items() if g in theirs]
        # A negation that the source has before one of the words behind it is borne out for all of them.
        borne = {here.at for _, here, best in pairs if here.direct and any(m.negation for m in best)}
        for gram, here, best in pairs:
            if not best or any(bool(m.negation) == bool(here.negation) for m in best):
                continue
            if any(_denied_besides(clause, m) for m in best):
                continue
            if here.negation and (here.at in borne or any(_denies_it(d, clause, best[0].clause) for d in denials)):
                continue
            if here.direct:
                yield Turned(here.negation + gram, gram, added=True)
                return
            if best[0].direct:
                yield Turned(gram, best[0].negation + gram)
                return


def _most_like(clause: Clause, met: Sequence[_Met]) -> list[_Met]:
    """Where a pair of characters is met in the clauses most like one, as far as they speak of the same thing."""
    shared = [len(_telling(clause) & _telling(m.clause)) for m in met]
    most = max(shared)
    return [m for m, n in zip(met, shared, strict=True) if n == most and _of_one_thing(clause, m.clause)]


def _denied_besides(clause: Clause, met: _Met) -> bool:
    """Whether the one of two clauses that seems to state something has a denial of its own, elsewhere in it or in other words."""
    stating, denying = (clause, met.clause) if met.negation else (met.clause, clause)
    if NEGATION.search(stating.text):
        return True
    return bool(set(DENYING.findall(stating.text)) - set(DENYING.findall(denying.text)))


def _denies_it(denial: Clause, clause: Clause, stating: Clause) -> bool:
    """Whether another clause denies in other words what one denies, of something that the stating one does not speak of: 周一休馆 for 周一不开放."""
    other_words = set(DENYING.findall(denial.text)) - set(DENYING.findall(clause.text))
    return bool(other_words and (_telling(clause) & _telling(denial)) - _telling(stating))


def _of_one_thing(clause: Clause, other: Clause) -> bool:
    """Whether two clauses share enough to speak of one thing; one that hardly says more than what it denies shares that."""
    mine, theirs = _telling(clause), _telling(other)
    fewest = min(len(mine), len(theirs))
    return len(mine & theirs) >= max(min(IN_COMMON, fewest), SHARE_IN_COMMON * fewest)


@lru_cache(maxsize=KEPT)
def _telling(clause: Clause) -> frozenset[str]:
    """The pairs of characters of a clause without its negations that tell what it is about."""
    return frozenset(g for g in grams(NEGATION.sub(";", clause.text)) if not set(g) & LIGHT)


@lru_cache(maxsize=KEPT)
def _met(clauses: tuple[Clause, ...]) -> dict[str, list[_Met]]:
    """The pairs of characters of clauses with the negations before them."""
    found: dict[str, list[_Met]] = {}
    for clause in clauses:
        marks = list(NEGATION.finditer(clause.text))
        left_open = [m.span() for m in FALLS_SHORT.finditer(clause.text)]
        text = clause.text
        behind = [_behind(text, m.end()) for m in marks]
        for i in range(len(text) - 1):
            gram = text[i : i + 2]
            if set(gram) & LIGHT or any(c.isdigit() for c in gram) or any(a < i < b for a, b in left_open):
                continue
            negation, at, direct = "", -1, False
            for m, start in zip(marks, behind, strict=True):
                if m.start() <= i < m.end() or m.start() == i + 1:
                    break
                if m.end() <= i < max(start, m.end()) + REACH:
                    negation, at = m[0], m.start()
                    direct = i < start + DIRECTLY - 1
            else:
                found.setdefault(gram, []).append(_Met(clause, negation, at, direct))
    return found


def _behind(text: str, end: int) -> int:
    """Where the words begin that a negation turns round, past those that carry little."""
    m = FILLER.match(text, end)
    return m.end() if m and m.end() < len(text) - 1 else end
