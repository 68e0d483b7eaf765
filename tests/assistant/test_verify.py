"""Figures of a sentence against those of what it cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.verify import figures, unsupported


def gap(*values: object, reason: str) -> object:
    """A case that is not caught yet."""
    return pytest.param(*values, marks=pytest.mark.xfail(reason=reason))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("约29.4万美元", {"294000"}),
        ("約 29.4 萬美元", {"294000"}),
        ("294,000 美元", {"294000"}),
        ("294000美元", {"294000"}),
        ("２９．４万", {"294000"}),
        ("1.2万亿元", {"1200000000000"}),
        ("12,000亿元", {"1200000000000"}),
        ("1.2萬億元", {"1200000000000"}),
        ("5百万人", {"5000000"}),
        ("5千萬人", {"50000000"}),
        ("增长12.3%", {"12.3%"}),
        ("成長１２．３％", {"12.3%"}),
        ("8 %", {"8%"}),
        ("8", {"8"}),
        ("0.10", {"0.1"}),
        ("2024年1月", {"2024", "1"}),
        ("3至5元", {"3", "5"}),
        ("512 块 H800", {"512", "h800"}),
        ("DeepSeek-R1 与 Qwen2-7B", {"deepseek-r1", "qwen2", "7b"}),
        ("没有数字", set()),
        ("", set()),
        gap("增长百分之八", {"8%"}, reason="figures in Chinese numerals are not read"),
    ],
)
def test_figures_have_one_form_in_all_notations(text: str, expected: set[str]) -> None:
    """A figure is read the same in either script, width, with separators or with 万 and 亿."""
    assert figures(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        gap("2021，2022年", {"2021", "2022"}, reason="a full-width comma between two numbers reads as a separator"),
        gap("第1,2,3章", {"1", "2", "3"}, reason="commas that part no thousands read as separators"),
        gap("2万5千元", {"25000"}, reason="a figure of two scales is read as two figures"),
    ],
)
def test_neighbouring_figures_are_told_apart(text: str, expected: set[str]) -> None:
    """A mark between two numbers makes them two; two scales of one number make it one."""
    assert {f for f in figures(text) if f[0].isdigit()} == expected


@given(st.integers(1, 10**12))
def test_separators_change_nothing(number: int) -> None:
    """A whole number is the same figure with its thousands marked."""
    assert figures(f"共{number:,}元") == figures(f"共{number}元") == {str(number)}


@given(st.integers(1, 99_999), st.integers(0, 99))
def test_a_figure_supports_itself_in_other_notation(whole: int, hundredths: int) -> None:
    """29.40万 is 294,000 whatever the digits."""
    short = f"约{whole}.{hundredths:02d}万元"
    assert not unsupported(short, [f"約 {whole * 10_000 + hundredths * 100:,} 元"])


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_another_number_is_never_supported(said: int, cited: int) -> None:
    """A sentence whose number differs from the source's is not borne out."""
    assert bool(unsupported(f"共{said}件。", [f"共{cited}件。"])) == (said != cited)


@pytest.mark.parametrize(
    ("sentence", "quotes"),
    [
        ("训练成本约29.4万美元。", ["訓練成本大約是 29.4 萬美元。"]),
        ("用了512块H800。", ["团队调用 512 块 H800 GPU。"]),
        ("增长12.3%，共80380辆。", ["销售80,380辆，", "同比增长12.3%。"]),
        ("没有数字的句子。", ["别的句子。"]),
        ("没有数字的句子。", []),
    ],
)
def test_a_sentence_whose_figures_are_cited_is_supported(sentence: str, quotes: list[str]) -> None:
    """All figures stand in one of the quotations."""
    assert not unsupported(sentence, quotes)


@pytest.mark.parametrize(
    ("sentence", "quote", "altered"),
    [
        ("训练成本约29.5万美元。", "训练成本约29.4万美元。", {"295000"}),
        ("训练成本约29.4亿美元。", "训练成本约29.4万美元。", {"2940000000"}),
        ("训练成本约29.4美元。", "训练成本约29.4万美元。", {"29.4"}),
        ("增长8。", "增长8%。", {"8"}),
        ("增长8%。", "共8家。", {"8%"}),
        ("增长58%。", "增长8%。", {"58%"}),
        ("增长8%。", "增长58%。", {"8%"}),
        ("用了H900。", "用了H800。", {"h900"}),
        ("2024年发布。", "2023年发布。", {"2024"}),
        ("共3,240件。", "共3,241件。", {"3240"}),
        ("有12%和13%。", "有12%。", {"13%"}),
    ],
)
def test_altered_figures_are_caught(sentence: str, quote: str, altered: set[str]) -> None:
    """A changed digit, scale, percent sign or name is told."""
    assert unsupported(sentence, [quote]) == altered


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        gap("训练成本约29.4万元。", "训练成本约29.4万美元。", reason="units other than % and scales are not compared"),
        gap("训练用了80分钟。", "训练用了80小时。", reason="units other than % and scales are not compared"),
        gap("高出17.9%。", "高出17.9个百分点。", reason="percent and percentage points are taken for the same"),
        gap("增长百分之九。", "增长8%。", reason="figures in Chinese numerals are not read"),
        gap("翻了三倍。", "翻了两倍。", reason="figures in Chinese numerals are not read"),
        gap("2023年8月5日发布。", "2023年5月8日发布。", reason="the parts of a date are compared one by one"),
        gap("作者并不是梁文锋。", "作者是梁文锋。", reason="negation is not compared"),
        gap("作者是王小明。", "作者是梁文锋。", reason="names without digits are not compared"),
    ],
)
def test_altered_words_are_caught(sentence: str, quote: str) -> None:
    """A changed unit, date, name or a negation is told."""
    assert unsupported(sentence, [quote])
