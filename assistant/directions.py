"""Words that say which way things went, or which of two kinds they are of, where a source says the opposite.

Beside a figure the word counts that stands with it: 增长20% against 下降20% of the source. Elsewhere the clause of the
source that has most in common with a clause tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.agreement import agree
from assistant.clauses import Clause, Read, grams, nearest
from assistant.figures import Figure, figures
from assistant.negation import Turned

NUMBER = r"约?近?(?!一[些点样])[\d一二两三四五六七八九十百]"
RISES = r"增长|成长|增加|增至|增到|增(?=\d)|年增|季增|月增|上升|升至|升到|升高|回升|提升|提高|上涨|涨至|上调|攀升|扩大|延长|走高|走强|新增"
FALLS = r"减少|减至|减到|减(?=\d)|年减|季减|月减|下降|降至|降到|降低|降(?=\d)|下滑|下跌|跌至|跌(?=\d)|回落|下调|收窄|缩小|缩减|缩短|缩水|走低|走弱|衰退|萎缩"
OPPOSITES: tuple[tuple[str, str], ...] = (
    (RISES, FALLS),
    (r"加快|加速", r"放缓|趋缓|减速|减慢"),
    (r"盈利|盈余|获利|赢利|净利润?(?!率|为?[-负])", r"亏损|赔钱"),
    (r"转盈|转亏为盈|扭亏", r"盈转亏|转亏(?!为盈)"),
    (
        r"最高|最多|最大|最快|最早|最长|最好|最强|至多|不超过|不高于",
        r"最低|最少|最小|最慢|最晚|最短|最差|最弱|至少|不低于|不少于",
    ),
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
UP_TO = r"[了约近超逾过达至到为幅]*$"
UP = re.compile(rf"(?:{RISES}|[多高升涨增](?!达)出?){UP_TO}".replace(r"(?=\d)", ""))
DOWN = re.compile(rf"(?:{FALLS}|[少低降跌减缩])出?{UP_TO}".replace(r"(?=\d)", ""))
"""Which way the words right before a figure say that things went by it, or to it."""
ENDS = re.compile("[至到]$")
BEGINS = re.compile("(?:由(?!于)|从|自)[^;。到至]{0,6}$")
"""Where something went to, and where it came from."""
NEXT = 6
BESIDE_FIGURE = re.compile(rf"[了约近超逾过达至到为幅]*{NUMBER}")


def opposites(sentence: Read, source: Read) -> Iterator[Turned]:
    """Words of a sentence whose opposite the source has with the same figure, or in the clause most like theirs, and not the word itself."""
    yield from _with_figures(sentence, source)
    clauses, sources = sentence.clauses, source.clauses
    for clause in clauses:
        text = NEUTRAL.sub("□", clause.text)
        for pair in PAIRS:
            for mine, other in (pair, pair[::-1]):
                said = mine.search(text)
                if (
                    said is None
                    or other.search(text)
                    or (pair[0] is PAIRS[0][0] and BESIDE_FIGURE.match(text, said.end()))
                ):
                    continue
                yield from _turned(clause, said[0], (mine, other), sources, alone=len(clauses) == 1)
        yield from _other_kinds(clause, sources)


def _with_figures(sentence: Read, source: Read) -> Iterator[Turned]:
    """Directions of figures that the source has, each time with the other one."""
    known = [(k, _way(k) or _way_of_clause(k)) for k in figures(source) if k.measure != "date"]
    for f in figures(sentence):
        way = _way(f) if f.measure != "date" else 0
        if not way:
            continue
        same = [(k, w) for k, w in known if agree(f, k, source) and f.low in {k.low, -k.low, k.high}]
        if ENDS.search(f.before) and same and all(BEGINS.search(k.before) for k, _ in same):
            yield Turned(f.before[-NEXT:] + f.words, same[0][0].before[-1:] + same[0][0].words)
        elif same and all(w == -way for _, w in same) and not _other_way_about(_clause(f), _clause(same[0][0])):
            yield Turned(f.before[-NEXT:] + f.words, same[0][0].before[-NEXT:] + same[0][0].words)


def _way(figure: Figure) -> int:
    """1 where the words before a figure say up, -1 where they say down, 0 where neither."""
    before = re.split("[;。、|]", figure.before)[-1][-NEXT:]
    return 1 if UP.search(before) else -1 if DOWN.search(before) else 0


def _way_of_clause(figure: Figure) -> int:
    """The same of the words before a figure back to the mark: 下调存款准备金率0.5个百分点."""
    before = re.split("[;。、|]", figure.before)[-1]
    ways = [
        (m.start(), way) for pattern, way in ((PAIRS[0][0], 1), (PAIRS[0][1], -1)) for m in pattern.finditer(before)
    ]
    return max(ways)[1] if ways else 0


def _clause(figure: Figure) -> Clause:
    return Clause(re.split("[;。]", figure.before)[-1] + figure.words, 0)


def _turned(
    clause: Clause, said: str, pair: tuple[re.Pattern[str], re.Pattern[str]], sources: Sequence[Clause], *, alone: bool
) -> Iterator[Turned]:
    mine, other = pair
    telling = [s for s in sources if any(p.search(NEUTRAL.sub("□", s.text)) for p in pair)]
    bare = Clause(mine.sub(";", clause.text), 0)
    like = nearest(bare, telling) or (telling if alone else [])
    if not like or _other_way_about(clause, like[0]):
        return
    if any(t in like or _fits_better(bare, t, like[0]) for t in telling if mine.search(NEUTRAL.sub("□", t.text))):
        return
    against = other.search(like[0].text)
    yield Turned(said, against[0] if against else "")


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
