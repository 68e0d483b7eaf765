"""Words that turn a statement round: negations, and pairs of words that mean the opposite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from assistant.clauses import KEPT, Clause, grams, nearest

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

NUMBER = r"约?近?(?!一[些点样])[\d一二两三四五六七八九十百]"
OPPOSITES: tuple[tuple[str, str], ...] = (
    (
        r"增长|成长|增加|增至|增到|增(?=\d)|年增|季增|月增|上升|升至|升到|升高|回升|提升|提高|上涨|涨至|上调|攀升|扩大|加快|加速|延长|走高|走强|新增|多了|高出"
        rf"|(?<![最不至很许])[多高]了?(?={NUMBER})",
        r"减少|减至|减到|减(?=\d)|年减|季减|月减|下降|降至|降到|降低|降(?=\d)|下滑|下跌|跌至|跌(?=\d)|回落|下调|收窄|缩小|缩减|缩短|缩水|放缓|趋缓|减速|减慢|走低|走弱|衰退|萎缩|少了"
        rf"|(?<![最不至减缺])[少低]了?(?={NUMBER})",
    ),
    (r"盈利|盈余|获利|赢利|净利润?(?!率|为?[-负])", r"亏损|赔钱"),
    (r"转盈|转亏为盈|扭亏", r"盈转亏|转亏(?!为盈)"),
    (r"最高|最多|最大|最快|最早|最长|最好|最强|至多", r"最低|最少|最小|最慢|最晚|最短|最差|最弱|至少"),
    (r"不晚于|不迟于", r"不早于"),
    (r"上半年", r"下半年"),
    (r"简单", r"复杂"),
    (r"同意|批准|支持|赞成", r"反对|否决|驳回"),
    (r"流入", r"流出"),
    (r"供过于求|过剩", r"供不应求|短缺"),
    (r"包括|包含|含有|计入", r"不含|不包括|不包含|剔除|除外"),
    (r"增持", r"减持"),
    (r"买入|购入", r"卖出|出售"),
    (r"顺差", r"逆差"),
    (r"乐观", r"悲观"),
)
PAIRS = tuple((re.compile(a), re.compile(b)) for a, b in OPPOSITES)
OTHER_KINDS = tuple(
    (re.compile(a), re.compile(b))
    for a, b in (
        ("进口", "出口"),
        ("国内|境内", "国际|国外|海外|境外"),
        ("城镇", "农村"),
        ("线上", "线下"),
        ("男[性子童]", "女[性子童]"),
        ("收入", "支出"),
        ("上游", "下游"),
        ("资产", "负债"),
        ("短期", "长期"),
    )
)
"""Kinds of things that are told apart by one word."""
SAME_BUT_FOR = 0.3
"""How much of a clause another one must share that tells of another kind of the same."""
AGAINST = re.compile(r"[比较]([^比较]{2,14}?)[高多低少增减上下提降]")
NEUTRAL = re.compile(r"增长(?:率|预期|预测|目标|点|潜力|空间|动力|乏力)|增速|成长率|涨价|降价|最高人民|支持(?=\d)")


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
        text = clause.text
        behind = [_behind(text, m.end()) for m in marks]
        for i in range(len(text) - 1):
            gram = text[i : i + 2]
            if set(gram) & LIGHT or any(c.isdigit() for c in gram):
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


def opposites(clauses: Sequence[Clause], sources: Sequence[Clause]) -> Iterator[Turned]:
    """Words of a sentence whose opposite the source has in the clause most like it, and not the word itself."""
    for clause in clauses:
        text = NEUTRAL.sub("□", clause.text)
        for pair in PAIRS:
            for mine, other in (pair, pair[::-1]):
                said = mine.search(text)
                if said is None or other.search(text):
                    continue
                telling = [s for s in sources if any(p.search(NEUTRAL.sub("□", s.text)) for p in pair)]
                bare = Clause(mine.sub(";", clause.text), 0)
                like = nearest(bare, telling) or (telling if len(clauses) == 1 else [])
                if (
                    like
                    and not _other_way_about(clause, like[0])
                    and not any(
                        t in like or _fits_better(bare, t, like[0])
                        for t in telling
                        if mine.search(NEUTRAL.sub("□", t.text))
                    )
                ):
                    against = other.search(like[0].text)
                    yield Turned(said[0], against[0] if against else "")
        yield from _other_kinds(clause, sources)


def _other_kinds(clause: Clause, sources: Sequence[Clause]) -> Iterator[Turned]:
    """Kinds of things that a clause names and its source nowhere, where that has their counterpart in the clause most like it."""
    for pair in OTHER_KINDS:
        for mine, other in (pair, pair[::-1]):
            said = mine.search(clause.text)
            if said is None or other.search(clause.text) or any(mine.search(s.text) for s in sources):
                continue
            bare = Clause(mine.sub(";", clause.text), 0)
            for like in nearest(bare, [s for s in sources if other.search(s.text)])[:1]:
                against = other.search(like.text)
                if against and len(bare.grams & like.grams) >= SAME_BUT_FOR * len(bare.grams):
                    yield Turned(said[0], against[0])


def _other_way_about(clause: Clause, other: Clause) -> bool:
    """Whether one names what the other compares with: A比B低 says what B比A高 does."""
    mine, theirs = AGAINST.search(clause.text), AGAINST.search(other.text)
    return bool(mine and theirs and (grams(theirs[1]) - grams(mine[1])) & clause.grams)


def _fits_better(clause: Clause, this: Clause, like: Clause) -> bool:
    """Whether one clause has words of another in common with it that the one most like it has not."""
    return bool((clause.grams & this.grams) - like.grams)
