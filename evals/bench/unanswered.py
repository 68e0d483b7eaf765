"""Questions that are not answered, made of such as are: to learn when to refuse.

Of a question whose answer is known, the passage is taken out, or only the
sentences that answer; or it asks of another year, number, name or measure of
the same kind.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assistant.brands import NAMES as KNOWN_BRANDS
from assistant.features import Found, features_of
from assistant.places import NAME as PLACE
from assistant.places import NAMES as PLACES
from assistant.rank import Weighted, coverage, matchable, score
from assistant.retrieve import RANK, Hit
from ingest.fold import HAN, fold, squeeze
from ingest.split import sentences

MEASURES = (
    "市场规模 市场份额 员工人数 门店数量 净利润 营业收入 毛利率 退货率 客单价 复购率 获客成本 研发费用 专利数量 注册资本 负债率 股价 市盈率 出口额 碳排放量 用电量"
    " 投诉量 平均年龄 人均收入 租金 面积 会员费 转化率 点击率 交货周期 库存天数 离职率 估值 融资额 销售额 增长率 渗透率 训练成本 参数量 准确率 月活跃用户数"
).split()
"""Measures of companies, products and markets."""
OTHER_BRANDS = (
    "贝亲 冠能 致知 千趣会 凉露 合生元 快乐猴 超盒算 盒马鲜生 朗鸿 云集 贝店 寺库 洋码头 蘑菇街 每日黑巧 王饱饱 认养一头牛 空刻 拉面说 自嗨锅 钟薛高 小仙炖 官栈 内外 蕉内"
    " 素士 云鲸 追觅 石头科技 添可 小熊电器 摩飞 北鼎 橘朵 酵色 逐本 溪木源 且初 参半 可复美 敷尔佳"
).split()
"""Brands that fewer know: the assistant has no list of them."""
BRANDS = (*KNOWN_BRANDS, *OTHER_BRANDS)
BRAND, MEASURE = (re.compile("|".join(sorted(names, key=len, reverse=True))) for names in (BRANDS, MEASURES))
ASKED_OF = re.compile(
    "(?:市场规模|市场份额|份额|规模|成本|销售额|成交额|收入|渗透率|增长率|增速|占比|比例|销量|时长|价格|房价|入住率|会员|人数|数量|月活)"
    "(?=(?:各|分别|大概|大约|约|一共|总共)?[是为有达占]?(?:到|了)?(?:多少|多大|多高|几|[?？]|$))"
)
"""What questions ask for that a measure can take the place of."""
NUMBER = re.compile(r"(?<![A-Za-z\d.])\d{2,}(?![\d.])|(?<=[A-Za-z-])\d+(?![\d.])")
LATIN = re.compile(r"[A-Za-z][A-Za-z-]+")
LEAST = 20
"""Characters of a passage below which nothing is left of it."""
LIKE = 0.5
"""The share of a sentence's pairs of characters in an evidence at which it is taken for that."""


def draw(words: Sequence[str], key: str) -> str:
    """One of some words; always the same for a key."""
    return words[zlib.crc32(key.encode()) % len(words)]


def near_misses(question: str, elsewhere: str) -> Iterator[tuple[str, str]]:
    """The same question of another number, place, brand, measure or Latin name, each by the kind of what was changed; folded.

    `elsewhere` is a question that a Latin name is taken from.
    """
    asked = fold(question)
    if number := NUMBER.search(asked):
        digits = number[0]
        yield "number", _put(asked, number, digits[:-1] + str((int(digits[-1]) + 3) % 10))
    for kind, pattern, names in (("place", PLACE, PLACES), ("brand", BRAND, BRANDS), ("measure", ASKED_OF, MEASURES)):
        found = pattern.search(asked)
        if found and (other := draw(names, question)) not in asked and found[0] not in other:
            yield kind, _put(asked, found, other)
    name, other_name = LATIN.search(asked), LATIN.search(fold(elsewhere))
    if name and other_name and name[0] != other_name[0]:
        yield "name", _put(asked, name, other_name[0])


def _put(text: str, found: re.Match[str], other: str) -> str:
    return text[: found.start()] + other + text[found.end() :]


def in_other_words(question: str, elsewhere: str) -> str:
    """The same question with every third pair of Chinese characters taken from another one.

    Readers ask in words of their own, more than the writers of reading
    questions do: what remains in common is what such a question shares with
    its passage.
    """
    others = iter("".join(re.findall(f"[{HAN}]", elsewhere)))
    pairs = 0

    def other(match: re.Match[str]) -> str:
        nonlocal pairs
        pairs += 1
        return match[0] if pairs % 3 else "".join(next(others, c) for c in match[0])

    return re.sub(f"[{HAN}]{{2}}", other, question)


def cut_out(hits: Sequence[Hit], weighted: Weighted, answers: Callable[[str], bool]) -> list[Hit]:
    """The passages without the sentences that answer, ranked anew; those of which little is left are gone."""
    left = [(hit, text) for hit in hits if len(text := _without(hit.text, answers)) >= LEAST or text == hit.text]
    now = features_of(weighted, [_found(hit, text, weighted) for hit, text in left])
    cut = [
        replace(
            hit, text=text, features=now.of(at), score=hit.score + (score(now.of(at), RANK) - score(hit.features, RANK))
        )
        if text != hit.text
        else hit
        for at, (hit, text) in enumerate(left)
    ]
    return sorted(cut, key=lambda h: (-h.score, h.number))


def _without(text: str, answers: Callable[[str], bool]) -> str:
    places = list(sentences(text))
    kept = [p for p in places if not answers(p.of(text))]
    return text if len(kept) == len(places) else "".join(p.of(text) for p in kept)


def _found(hit: Hit, text: str, weighted: Weighted) -> Found:
    """What is left of a passage, of as much less BM25 as of the question's weight."""
    before = coverage(weighted, matchable(hit.text, weighted)) or 1.0
    share = coverage(weighted, matchable(text, weighted)) / before
    around = matchable(f"{hit.title}\n{hit.heading}", weighted)
    bm25, cosine = hit.features["bm25_to_best"] * share, hit.features["cosine"]
    return Found(matchable(text, weighted), around, bm25, cosine, hit.document, hit.number)


def is_of(evidence: Sequence[str], facts: Sequence[Sequence[str]]) -> Callable[[str], bool]:
    """Whether a sentence is of an evidence, or states a fact with a figure or a word that is long enough to be its own."""
    known = [squeeze(e) for e in evidence]
    telling = [squeeze(f) for forms in facts for f in forms if re.search(r"\d", f) or len(f) > 3]

    def answers(sentence: str) -> bool:
        said = squeeze(sentence)
        pairs = {said[i : i + 2] for i in range(len(said) - 1)}
        return any(f in said for f in telling) or any(
            sum(p in e for p in pairs) >= LIKE * len(pairs) and _shared(said, e) for e in known if pairs
        )

    return answers


def _shared(said: str, evidence: str, least: int = 8) -> bool:
    """Whether a stretch of a sentence stands in an evidence."""
    width = min(least, len(said), len(evidence))
    return any(said[i : i + width] in evidence for i in range(len(said) - width + 1))
