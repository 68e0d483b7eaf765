"""Figures that follow from those of a source, and those that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.clauses import read
from assistant.derived import follows
from assistant.figures import figures
from assistant.verify import failures


def reckoned(sentence: str, source: str) -> bool:
    """Whether the last figure of a sentence follows from those of a source."""
    return follows(figures(read(sentence))[-1], figures(read(source)))


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("两类合计占69%。", "绿色贷款占43%，清洁能源占26%。"),
        ("三项合计18万元。", "库存6万元，物流5万元，平台7万元。"),
        ("两者相差41元。", "票价分别为24.5元和65.5元。"),
        ("其余为29%。", "财政占62%，居民占9%。"),
        ("占比下降了5个百分点。", "占比由12%变为7%。"),
        ("增幅约57%。", "销售额2021年为1115亿美元，2023年为1749亿美元。"),
        ("约占三成。", "1318所学校中有402所设有外籍教师。"),
        ("大约是它的六倍。", "寄卖型抽成18%，撮合型抽成3%。"),
        ("不到它的一半。", "会员的客单价是普通会员的两倍以上。"),
        ("上年为5.1元。", "单价降至4.2元，较上年下降0.9元。"),
        ("平均每家约4.2亿元。", "32家公司共获授权135亿元。"),
        ("约有1000亿元。", "市场规模为5165亿元，其中面向家庭的占两成。"),
        ("隔了22年。", "1977年迁村，1999年重新开放。"),
        ("国内每周2434班。", "每周2846班，国际412班。"),
    ],
)
def test_what_can_be_reckoned_follows(sentence: str, source: str) -> None:
    """Sums, differences, shares, multiples, what is left, what was before, averages, lengths of time."""
    assert reckoned(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("两类合计占68%。", "绿色贷款占43%，清洁能源占26%。"),
        ("较年初增加1680亿元。", "余额1.24万亿元，较年初增加1860亿元，较上月增加180亿元。"),
        ("失业率是12倍。", "失业率是12%，青年是1%。"),
        ("有69家。", "甲43家，乙26家。"),
        ("排在第三。", "第一名和第二名。"),
        ("大约三分之二是女性。", "女性约占三分之一。"),
    ],
)
def test_what_cannot_be_reckoned_does_not_follow(sentence: str, source: str) -> None:
    """Wrong sums, words that the source has with another figure, the number of another unit, sums that no word names."""
    assert not reckoned(sentence, source)


@given(st.integers(10, 10**6), st.integers(10, 10**6), st.integers(-3, 3))
def test_only_the_right_sum_is_a_sum(a: int, b: int, off: int) -> None:
    """A sum that is out by one is none."""
    assert reckoned(f"合计{a + b + off}吨。", f"东区{a}吨，西区{b}吨。") == (off == 0)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("2023年營業額為4128億元。", "112年營業額達4128億元。"),
        ("113學年度缺額2917名。", "2024學年度缺額2917名。"),
        ("公司有112年历史。", "公司有112年历史。"),
        ("占四分之三左右。", "占全部的75.6%。"),
        ("不到总经费的4%。", "约占总额的3.4%。"),
        ("使用300亿参数的模型。", "使用30B参数的模型。"),
        ("净流出159万元。", "净流出159.01万元。"),
        ("低于67%的平均水平。", "平均为67%，该库仅为49%。"),
        ("比第二季增长4.2%。", "第三季净利为86.4亿元，季增4.2%。"),
        ("客流没有超过8000人次的上限。", "日最大承载量为8000人次，客流7640人次。"),
        ("114年1月起实施。", "自2025年1月起实施。"),
        ("2022年占34.7%。", "2023年占46.2%，较上年提高11.5个百分点。"),
    ],
)
def test_other_ways_to_tell_a_figure_are_held(sentence: str, source: str) -> None:
    """Years of 民国, fractions, bounds told at a distance, billions of parameters, rounding, what is compared with."""
    assert failures(sentence, [source]) == ()


def test_the_month_behind_a_year_belongs_to_it() -> None:
    """114年1月 is one date, and 113年 elsewhere does not lend it its year."""
    assert failures("自113年1月起增为10趟。", ["自114年1月起增为10趟。113年服务31万人次。"])
