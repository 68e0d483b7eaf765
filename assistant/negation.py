"""Words that turn a statement round: negations, and pairs of words that mean the opposite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from assistant.clauses import KEPT, Clause, grams, nearest

NEGATION = re.compile(
    r"(?!(?<=[卖跑做看听说吃买打走跟拿想忍舍离放撑])不(?:[动了起出下住掉清完上开]|到))(?:没有|没能|没|未曾|未能|未必|未(?!来|央|婚|成年)|毫无|并无|无法|无须|无需|绝非|并非|而非|非(?=本|该|法|独|其|由|因|是)"
    r"|(?<!差)不(?!仅|但|只|断|同|过(?!关)|久|少|足|到|良|锈|动产|料|妨|论|管|如|及|止|乏|一|惜|错|菲|凡|俗|限于|可或缺|得不|容忽视|外乎|约而同)"
    r"|(?<![毫并全])无(?!人|线|锡|论|疑|形|数|限|缝|奈|非|穷)|禁止|禁用|严禁|拒绝|否认|杜绝|避免|缺乏)"
)
DENIES = re.compile(r"否认|并非|不是|不属实|没有|不得|不能|不应|禁止|严禁|避免|误区|误解|谣言|错误")
"""What says of the words behind a colon or a list mark that they are not so."""
FILLER = re.compile(
    r"(?:曾|再|被|把|将|会|能|可以|可|有|是|必|需|须|应|宜|得|存在|出现|发生|进行|任何|重大|明显|过|了|的|在|对|于|与|和|为)+"
)
REACH = 10
"""How many characters before a word a negation may stand that turns it round."""
IN_COMMON = 2
"""Two clauses that share fewer pairs of characters speak of different things."""
DIRECTLY = 4
"""How many characters behind a negation are what it turns round."""

OPPOSITES: tuple[tuple[str, str], ...] = (
    (
        r"增长|成长|增加|增至|增到|增(?=\d)|年增|季增|月增|上升|升至|升到|升高|回升|提升|提高|上涨|涨至|上调|攀升|扩大|加快|加速|延长|走高|新增|多了|高出",
        r"减少|减至|减到|减(?=\d)|年减|季减|月减|下降|降至|降到|降低|降(?=\d)|下滑|下跌|跌至|跌(?=\d)|下调|收窄|缩小|缩减|缩短|放缓|减速|减慢|走低|衰退|萎缩|少了",
    ),
    (r"盈利|盈余|获利|赢利", r"亏损|赔钱"),
    (r"转盈|转亏为盈|扭亏", r"盈转亏|转亏(?!为盈)"),
    (r"最高|最多|最大|最快|最早|最长|最好|最强|至多", r"最低|最少|最小|最慢|最晚|最短|最差|最弱|至少"),
    (r"不晚于|不迟于", r"不早于"),
    (r"上半年", r"下半年"),
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
NEUTRAL = re.compile(r"增长率|增速|成长率|涨价|降价|最高人民|支持(?=\d)")


class Turned(NamedTuple):
    """Words of a sentence that say the opposite of the source, and the words of the source."""

    words: str
    source: str
    added: bool = False


class _Met(NamedTuple):
    """A pair of characters in a clause, and the negation before it, if any; `direct` when it follows at once."""

    clause: Clause
    negation: str
    direct: bool


def negations(clauses: Sequence[Clause], sources: Sequence[Clause]) -> Iterator[Turned]:
    """What a sentence denies that the source states in the clause most like it, or states that the source denies."""
    theirs = _met(tuple(sources))
    for clause in clauses:
        mine = _met((clause,))
        for gram, met in mine.items():
            found = theirs.get(gram)
            if not found:
                continue
            here = met[0]
            like = nearest(clause, [m.clause for m in found])
            best = [m for m in found if m.clause in like and _of_one_thing(clause, m.clause)]
            if not best or any(bool(m.negation) == bool(here.negation) for m in best):
                continue
            if any(NEGATION.search((clause if m.negation else m.clause).text) for m in best):
                continue  # the negation stands elsewhere in the clause
            if here.direct:
                yield Turned(here.negation + gram, gram, added=True)
                return
            if best[0].direct:
                yield Turned(gram, best[0].negation + gram)
                return


def _of_one_thing(clause: Clause, other: Clause) -> bool:
    """Whether two clauses share enough to speak of one thing; one that hardly says more than what it denies shares that."""
    says = len(grams(NEGATION.sub(";", other.text)))
    return len(clause.grams & other.grams) >= min(IN_COMMON, says)


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
            negation, direct = "", False
            for m, start in zip(marks, behind, strict=True):
                if m.start() <= i < m.end() or m.start() == i + 1:
                    break
                if m.end() <= i < max(start, m.end()) + REACH:
                    negation = m[0]
                    direct = i < start + DIRECTLY - 1
            else:
                found.setdefault(gram, []).append(_Met(clause, negation, direct))
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
                if like and not any(
                    t in like or _fits_better(bare, t, like[0])
                    for t in telling
                    if mine.search(NEUTRAL.sub("□", t.text))
                ):
                    against = other.search(like[0].text)
                    yield Turned(said[0], against[0] if against else "")


def _fits_better(clause: Clause, this: Clause, like: Clause) -> bool:
    """Whether one clause has words of another in common with it that the one most like it has not."""
    return bool((clause.grams & this.grams) - like.grams)
