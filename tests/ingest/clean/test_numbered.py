"""Numbered headings that ran into the text behind them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import in_traditional, leak_pinyin, paragraphs, run_headings_in

from ingest.clean.numbered import find_numbered
from ingest.clean.stages import clean, quoted
from ingest.document import Document, View
from ingest.split import split

PAPER = """# 社区团购研究
社区团购在县城里走过了三年。本文的材料来自八个县的走访。
## 一、发展现状
### 1.市场规模
社区团购的市场规模在去年达到一千二百亿元，比前年多两成。社区团购的订单有一半来自县城，另一半来自镇上。
### 2.供货渠道分析
社区团购的货主要来自县里的批发商，少数来自产地。批发商每天夜里送一次货，价格按当天的行情。
## 二、问题与挑战
### 1.履约成本偏高
随着油价上涨，每单的履约成本又多了三角钱。团长的佣金却没有变，许多人因此退出。
### 2.人才建设
人才建设是各家都头疼的事，县城里很难招到会管仓的人。工资已经比三年前高了四成。
## 三、政策建议
### 1.仓储路径
目前可以先把几个镇的仓合在一处，由两家共用。这样租金能省下三分之一。
### 2.监管机制
对于缺斤短两的团长，应当有一份公开的名单。名单由各家一起来记，顾客也能查。
"""
HEADINGS = [line.lstrip("# ") for line in PAPER.splitlines() if line.startswith("##")]


@pytest.mark.parametrize("script", ["Simplified", "Traditional"])
def test_headings_that_ran_in_are_found_again(script: str) -> None:
    """Most of them, in either script, each where it stood, and nothing else; chapters stand above what is in them."""
    flat = run_headings_in(PAPER)
    if script == "Traditional":
        flat = in_traditional(flat)
    found = find_numbered(View.of(flat))
    told = [flat[b.span.start : b.span.end] for b in found]
    wanted = HEADINGS if script == "Simplified" else [in_traditional(h) for h in HEADINGS]
    assert set(told) <= set(wanted)
    assert len(told) >= len(wanted) - 2
    assert [b.level for b in found] == [2 if t[1] == "、" else 3 for t in told]


def test_headings_on_their_own_lines_are_left_alone() -> None:
    """Nothing has to be found there."""
    assert find_numbered(View.of(PAPER)) == []


@pytest.mark.parametrize(
    "text",
    [
        "办理分三步：1.带上身份证到窗口取号等候2.把材料交给工作人员3.在家里等短信通知领取证件就可以了。" * 2,
        "该店卖三样东西：(1)自己地里种出来的青菜和萝卜；(2)邻村送来的鸡蛋；(3)县里批发来的米面粮油和调料。" * 2,
        "水温为3.5摄氏度，风速为1.2米，浪高2.1米，能见度10.5公里，气压略低于往年同期的平均水平。" * 3,
        "",
        "1.",
    ],
)
def test_items_and_numbers_are_no_headings(text: str) -> None:
    """Steps, lists and measurements have numbers as well."""
    assert find_numbered(View.of(text)) == []


@given(text=st.text("一二三四五六七八九十、.()（）0123456789市场规模在政府的分析机制，。\n", max_size=300))
def test_any_text_gives_headings_in_order_and_apart(text: str) -> None:
    """They never overlap, and never leave the text."""
    places = [b.span for b in find_numbered(View.of(text))]
    assert all(a.end <= b.start for a, b in pairwise(places))
    assert all(0 <= p.start < p.end <= len(text) for p in places)


@given(clear=paragraphs())
def test_a_careful_author_is_left_alone(clear: str) -> None:
    """Sentences with figures and marks hold no heading."""
    assert find_numbered(View.of(clear)) == []


def test_a_paper_without_lines_becomes_passages_under_their_headings() -> None:
    """Also where readings leaked in, and every passage still cleans to itself."""
    raw = leak_pinyin(run_headings_in(PAPER), 3)
    document = clean(Document(path="论文.txt", format="txt", raw=raw, view=View.of(raw)))
    lines = document.view.text.splitlines()
    assert len(set(HEADINGS) & set(lines)) >= len(HEADINGS) - 2
    chunks = split(document, 60)
    assert any(c.heading.endswith("一、发展现状 > 2.供货渠道分析") and "批发商" in c.text for c in chunks)
    assert all(quoted(document, c.span) == c.text for c in chunks)
