"""Units, tokens and what is indexed."""

from __future__ import annotations

import pytest

from ingest.fold import fold_case_kept
from ingest.terms import indexed_tokens, tokens, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("即时零售", ["即", "时", "即时", "零", "时零", "售", "零售"]),
        ("即時", ["即", "时", "即时"]),
        ("DeepSeek-R1", ["deep", "seek", "deepseek", "r", "1", "r1"]),
        ("GPU卡", ["gpu", "卡", "gpu卡"]),
        ("1,200.5万", ["1200.5", "万", "1200.5万"]),
        ("２０２３年", ["2023", "年", "2023年"]),
        ("甲 乙，丙", ["甲", "乙", "丙"]),
        ("𠮷", ["𠮷"]),
        ("カタ", ["カ", "タ", "カタ"]),
        ("。！", []),
        ("", []),
    ],
)
def test_tokens_are_units_and_touching_pairs(text: str, expected: list[str]) -> None:
    """A text is indexed by its characters, words and numbers, and by each two that touch."""
    assert tokens(text) == expected


def test_units_know_their_places() -> None:
    """Each unit says where it stands in the folded text."""
    text = "成本為29.4萬美元，DeepSeek。"
    folded = fold_case_kept(text)
    for unit, start, end in units(text):
        assert folded[start:end].lower().replace(",", "") == unit


def test_no_token_holds_white_space() -> None:
    """Tokens are written with spaces between them, so none may hold one."""
    assert not any(any(c.isspace() for c in t) for t in tokens("a\u3000b c\td\u00a0e 1, 2 中\u2003文"))


def test_accented_capitals_are_letters() -> None:
    """A Latin word keeps its first letter, whatever accent it has."""
    assert tokens("Île") == tokens("île")


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("收入三千五百億元", "3500亿元"),
        ("共12,000万人", "1.2亿人"),
        ("共120,000,000人", "1.2亿人"),
        ("增长百分之十二", "12%"),
        ("民國112年", "2023年"),
        ("2023-12-05", "2023年12月5日"),
    ],
)
def test_amounts_are_also_indexed_in_digits(written: str, asked: str) -> None:
    """An amount or date is found by its form in digits, beside its own."""
    assert {t for t in tokens(asked) if any(c.isdigit() for c in t)} <= set(indexed_tokens(written))
    assert indexed_tokens(written)[: len(tokens(written))] == tokens(written)


@pytest.mark.parametrize("text", ["2023年收入3500亿元，增长12%", "三个月里的第一阶段", "没有数字"])
def test_plain_amounts_add_nothing(text: str) -> None:
    """What is in digits already, and small counts, are indexed once."""
    assert indexed_tokens(text) == tokens(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2021，2022年", ["2021", "2022"]),
        ("有100，200两种", ["100", "200"]),
        ("第1,2,3章", ["1", "2", "3"]),
        ("共1,234,567.5元", ["1234567.5"]),
        ("１，２００元", ["1200"]),
    ],
)
def test_only_thousands_are_joined_by_a_comma(text: str, numbers: list[str]) -> None:
    """A comma of full width, or one that marks no thousands, parts two numbers."""
    assert [t for t in tokens(text) if t[0].isdigit() and t[-1] not in "年章元两"] == numbers
