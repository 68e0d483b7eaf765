"""Amounts and dates: one value for all their forms, and exact places."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES
from opencc import OpenCC

from ingest.amounts import Amount, Day, amounts
from ingest.numerals import number_of

WIDE = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
DIGITS = "零一二三四五六七八九"


def only(text: str) -> Amount:
    """The single amount of a text."""
    (found,) = amounts(text)
    return found


def spelt(number: int) -> str:
    """A whole number below 10**12 in Chinese numerals."""
    if number == 0:
        return "零"
    text = ""
    for scale, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, number = divmod(number, scale)
        if part:
            text += ("零" if text and part < 1000 else "") + _below_ten_thousand(part) + name
    return text


def _below_ten_thousand(number: int) -> str:
    text = ""
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, scale)
        if digit:
            text += DIGITS[digit] + name
        elif text and number and not text.endswith("零"):
            text += "零"
    return text


@pytest.mark.parametrize(
    ("forms", "kind", "value", "unit"),
    [
        ("三千五百亿元 3500亿元 3,500 億元 350,000,000,000元 ３５００亿元 0.35万亿元 人民币3500亿", "money", "350000000000", "元"),
        ("1.2亿 12000万 120,000,000 一亿二千万 1亿2000万 １．２億", "count", "120000000", ""),
        ("29.4万美元 294,000美元 US$29.4万 29.4 萬美金 二十九万四千美元", "money", "294000", "美元"),
        ("2.5 billion", "count", "2500000000", ""),
        ("百分之十二 12% 12％ １２％ 百分之12", "percent", "12", ""),
        ("三成 30% 百分之三十 十分之三", "percent", "30", ""),
        ("三成五 35%", "percent", "35", ""),
        ("负二点五% -2.5%", "percent", "-2.5", ""),
        ("千分之三 0.3%", "percent", "0.3", ""),
        ("17.9个百分点 17.9 個百分點 十七点九个百分点 17.9pct", "points", "17.9", ""),
        ("翻两番 四倍 4倍", "multiple", "4", "倍"),
        ("512塊 512块 五百一十二块", "count", "512", "块"),
        ("5公里 5km 5千米 五公里", "count", "5", "公里"),
        ("两年半 2.5年", "count", "2.5", "年"),
        ("三个月 3 個月 3个月", "count", "3", "个月"),
        ("第三季度 三季度 第3季度 Q3", "ordinal", "3", "季度"),
        ("2万5千元 2.5万元 25,000元 两万五千元 二万五元", "money", "25000", "元"),
        ("四百萬兩", "count", "4000000", "两"),
        ("２，０００元", "money", "2000", "元"),
    ],
)  # fmt: skip
def test_all_forms_of_an_amount_are_one(forms: str, kind: str, value: str, unit: str) -> None:
    """Numerals, scales, separators, widths, scripts and spellings of the unit make no difference."""
    for form in (
        forms.replace(" 億", "億").replace(" 萬", "萬").replace(" 個", "個").replace(" billion", "billion").split()
    ):
        found = only(form)
        assert (found.kind, found.value, found.place.of(form)) == (kind, Decimal(value), form), form
        if kind != "multiple":
            assert found.unit == unit, form


@pytest.mark.parametrize(
    ("forms", "day"),
    [
        ("2023年 二〇二三年 二零二三年 二○二三年 ２０２３年 民國112年 民国一百一十二年 公元2023年", Day(2023)),
        ("2023年12月5日 2023-12-05 2023/12/5 2023.12.5 二〇二三年十二月五日 民國112年12月5日", Day(2023, 12, 5)),
        ("12月 十二月 １２月 12月份", Day(0, 12)),
        ("12月5日 十二月五日 12月5号", Day(0, 12, 5)),
        ("民國元年 1912年", Day(1912)),
        ("公元前221年 西元前221年", Day(-221)),
        ("20世纪90年代 九十年代 1990年代 二十世纪九十年代", Day(1990)),
        ("98年5月 1998年5月", Day(1998, 5)),
    ],
)
def test_all_forms_of_a_date_are_one(forms: str, day: Day) -> None:
    """Eras, numerals and ways to write a date make no difference."""
    for form in forms.split():
        found = only(form)
        assert (found.kind, found.value, found.place.of(form)) == ("date", day, form), form


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("3至5元", "money", Decimal(3), Decimal(5)),
        ("三到五年", "count", Decimal(3), Decimal(5)),
        ("100~200万元", "money", Decimal(10**6), Decimal(2 * 10**6)),
        ("5000至1万元", "money", Decimal(5000), Decimal(10**4)),
        ("3万-5万元", "money", Decimal(30000), Decimal(50000)),
        ("10%-20%", "percent", Decimal(10), Decimal(20)),
        ("5-8%", "percent", Decimal(5), Decimal(8)),
        ("百分之三到百分之五", "percent", Decimal(3), Decimal(5)),
        ("三四百人", "count", Decimal(300), Decimal(400)),
        ("十七八歲", "count", Decimal(17), Decimal(18)),
        ("2019-2023年", "date", Day(2019), Day(2023)),
        ("2019年至2023年", "date", Day(2019), Day(2023)),
        ("3月5日至8日", "date", Day(0, 3, 5), Day(0, 3, 8)),
        ("1-6月", "date", Day(0, 1), Day(0, 6)),
        ("2023年1-6月", "date", Day(2023, 1), Day(2023, 6)),
        ("2023年3月至5月", "date", Day(2023, 3), Day(2023, 5)),
    ],
)
def test_ranges_are_one_amount(text: str, kind: str, low: object, high: object) -> None:
    """Both ends are read in the unit and scale that stand behind the second."""
    found = only(text)
    assert (found.kind, found.value, found.upper, found.place.of(text)) == (kind, low, high, text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2021，2022年", [Decimal(2021), Day(2022)]),
        ("有100，200两种", [Decimal(100), Decimal(200)]),
        ("第1,2,3章", [1, 2, 3]),
        ("比分3-1", [3, 1]),
        ("增长8%、9%和10%", [8, 9, 10]),
    ],
)
def test_neighbours_stay_apart(text: str, values: list[object]) -> None:
    """A comma of full width, or one that marks no thousands, parts two numbers."""
    assert [a.value for a in amounts(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "R1 与 H800，Qwen2-7B、GPT-4、5G 和 3D", "版本1.2.3", "统一、三亚、万一、百姓、十分好、一些、一带一路", "十四五规划与二十大报告",
        "在8:30开会", "大陆集团", "编号0102030", "四川和五粮液", "一个人",
    ],
)  # fmt: skip
def test_names_and_words_are_no_amounts(text: str) -> None:
    """Digits within names, and numerals within words, count nothing."""
    assert [a.place.of(text) for a in amounts(text)] == []


@pytest.mark.parametrize(
    ("text", "approximate", "bound"),
    [
        ("约29.4万美元", True, ""),
        ("3.5万元左右", True, ""),
        ("将近千家", True, ""),
        ("300余家", True, "above"),
        ("二十多年", True, "above"),
        ("數十億元", True, "above"),
        ("超過5億元", False, "above"),
        ("不超过5亿元", False, "below"),
        ("10万元以上", False, "above"),
        ("不足三成", False, "below"),
        ("共5亿元", False, ""),
    ],
)
def test_words_beside_an_amount_qualify_it(text: str, approximate: bool, bound: str) -> None:
    """About, more than and less than are told."""
    found = only(text)
    assert (found.approximate, found.bound) == (approximate, bound)


@pytest.mark.parametrize(
    ("said", "asked", "expected"),
    [
        ("2023年12月5日", "民國112年", True),
        ("2023年", "2023年12月", False),
        ("三千五百亿元", "3500亿", True),
        ("3500亿", "3500亿元", False),
        ("3500亿美元", "3500亿元", False),
        ("12%", "12个百分点", False),
        ("3至5元", "3元", False),
        ("3至5元", "3-5元", True),
    ],
)
def test_an_amount_states_what_it_includes(said: str, asked: str, expected: bool) -> None:
    """A fuller date states its year, money a bare number; not the other way about, nor another unit."""
    assert only(said).states(only(asked)) is expected


@given(st.integers(0, 10**12 - 1))
def test_numerals_are_read_as_written(number: int) -> None:
    """Any whole number is read back from its Chinese numerals, with and without scales, and from marked thousands."""
    assert number_of(spelt(number)) == number
    assert number_of(f"{number:,}") == number_of(str(number)) == number
    assert only(f"{spelt(number)}元").value == only(f"{number:,}元").value == number


@given(st.decimals(0, 10**6, places=2))
def test_plain_form_is_read_as_the_same(value: Decimal) -> None:
    """What an amount is written as in digits is the same amount."""
    for text in (f"{value}万元", f"{value}%", f"{value}亿人"):
        found = only(text)
        again = only(found.plain)
        assert (again.kind, again.value, again.unit, again.plain) == (found.kind, found.value, found.unit, found.plain)


@given(st.dates().filter(lambda d: d.year >= 1912))
def test_dates_are_read_in_every_form(day: object) -> None:
    """A day is the same in digits, with slashes, in full width and by the Republic's years."""
    year, month, date = (int(p) for p in str(day).split("-"))
    forms = [
        f"{year}年{month}月{date}日", str(day), f"{year}/{month}/{date}", f"民國{year - 1911}年{month}月{date}日",
        f"{year}年{month}月{date}日".translate(WIDE), "".join(DIGITS[int(c)] for c in str(year)) + f"年{spelt(month).removeprefix('一') if 9 < month < 13 else spelt(month)}月{date}日",
    ]  # fmt: skip
    if year >= 1000 and year < 3000:
        assert {only(f).value for f in forms} == {Day(year, month, date)}


fragments = st.sampled_from(
    [
        *"0123456789，,.％%年月日元个亿万十百千一二三五两半成-~至第约多余 aR零点",
        "民國",
        "百分之",
        "億",
        "①",
        "ﬁ",
        "２０２３年",
    ]
)


@given(st.lists(fragments, max_size=25).map("".join))
def test_places_are_exact(text: str) -> None:
    """Places follow one another within the text, hold no white space at their ends, and by themselves say the same."""
    end = 0
    for a in amounts(text):
        assert end <= a.place.start < a.place.end <= len(text)
        end = a.place.end
        assert a.plain


@pytest.mark.parametrize("table", ["s2t", "s2tw", "s2hk"])
def test_amounts_are_the_same_in_every_script(table: str) -> None:
    """Sentences hold the same amounts at the same places in the spelling of each region."""
    convert = OpenCC(table).convert
    for sentence in SENTENCES:
        assert amounts(convert(sentence)) == amounts(sentence)
