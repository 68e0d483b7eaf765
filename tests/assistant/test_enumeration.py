"""Lists in running text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES, paragraphs

from assistant.enumeration import CLOSE, NEXT_WITHIN, first_inside, first_of, items_after, marks, number_of
from ingest.document import BREAK, Span

LONGER = "".join(SENTENCES[:4])


def items(text: str, lead: str, announced: int = 0) -> list[str]:
    return [i.of(text) for i in items_after(text, text.index(lead) + len(lead), announced)]


@pytest.mark.parametrize(
    ("written", "value"),
    [("3", 3), ("三", 3), ("十", 10), ("十二", 12), ("二十", 20), ("二十一", 21), ("两", 2), ("兩", 2)],
)
def test_small_numbers_are_read(written: str, value: int) -> None:
    """Digits and Chinese numerals, as lists use them."""
    assert number_of(written) == value


@pytest.mark.parametrize(
    "signs",
    [
        ("第一是", "第二是", "第三是"),
        ("一是", "二是", "三是"),
        ("其一，", "其二，", "其三，"),
        ("（1）", "（2）", "（3）"),
        ("(一)", "(二)", "(三)"),
        ("1、", "2、", "3、"),
        ("1. ", "2. ", "3. "),
        ("2.1", "2.2", "2.3"),
        ("首先，", "其次，", "最后，"),
        ("第一步：", "第二步：", "第三步："),
        ("Step1:", "Step2:", "Step3:"),
        ("• ", "• ", "• "),
    ],
)
@pytest.mark.parametrize("between", ["\n", f"{LONGER}\n"])
def test_items_are_found_by_how_they_count(signs: tuple[str, ...], between: str) -> None:
    """The items of a list, however it counts, and whatever is said about each in between."""
    if signs[0] == "• " and between != "\n":
        pytest.skip("bullets follow on one another")
    names = ("做供应商。", "走高端化。", "平衡渠道。")
    text = f"品牌有三种选择：\n{between.join(s + n for s, n in zip(signs, names, strict=True))}\n{SENTENCES[5]}"
    found = items(text, "选择：", 3)
    assert len(found) == 3
    assert all(f.endswith(n) for f, n in zip(found, names, strict=True))


def test_items_with_labels() -> None:
    """Paragraphs that begin with a label are items, and so are sentences that do."""
    names = ("配送成本过高：每单要花20元。", "供应链不完善：反应太慢。", "体验有待提升：时有缺货。")
    assert items("面临三个制约：\n" + "\n".join(names) + "\n完。", "制约：", 3) == list(names)
    assert items("面临三个制约：" + "".join(names) + "完。", "制约：") == list(names)


def test_items_that_begin_alike() -> None:
    """As many sentences as were announced, all with the same two characters first, are its items."""
    text = "三个命题：建立货品体系，提效。建立内容矩阵，提升体验。建立多品类能力，最大化份额。完。"
    assert items(text, "命题：", 3) == [
        "建立货品体系，提效。",
        "建立内容矩阵，提升体验。",
        "建立多品类能力，最大化份额。",
    ]
    assert items(text, "命题：") == []


def test_a_long_item_is_cut_to_what_names_it() -> None:
    """An item keeps the clause that names it where its sentence is long."""
    tail = "与此同时还要看清它对上下游的影响，" * 4
    text = f"有两点：\n第一，成本过高，{tail}不必多说。\n第二，供应不稳。\n"
    assert items(text, "两点：", 2) == ["第一，成本过高", "第二，供应不稳。"]


def test_what_is_far_apart_is_no_list() -> None:
    """Ordinals count on within reach only; numbers of sections are farther apart than items that nothing announces."""
    text = f"如下：第一是甲。{'远' * (NEXT_WITHIN + 10)}。第二是乙。"
    assert items(text, "如下：") == []
    text = f"（1）甲。{'远' * (CLOSE + 10)}。（2）乙。"
    assert items_after(text, 0, 0, CLOSE) == []
    assert len(items_after(text, 0)) == 2


def test_dates_and_figures_are_no_ordinals() -> None:
    """第三季度, 1.2万亿 and 2023 count nothing."""
    assert list(marks("规模如下：第三季度增长。1.2万亿元。2023年。第十届大会。", 0, 40)) == []


def test_the_first_of_a_list_is_found_from_any_of_its_items() -> None:
    """From the third item back to the first of the same kind."""
    text = f"三步：第一步，诊断。{LONGER}第二步，行动。第三步，方案。"
    assert first_of(text, text.index("第三步")) == text.index("第一步")
    assert first_of(text, text.index("第一步")) == text.index("第一步")
    assert first_of(text, text.index("诊断")) is None


def test_an_announcement_may_run_into_its_first_item() -> None:
    """Behind a colon inside the sentence."""
    text = "主要表现在以下方面：2.1配送成本高企，难以持续。2.2供应链不完善。"
    assert first_inside(text, Span(0, 20)) == text.index("2.1")
    assert first_inside("没有列表的一句话。", Span(0, 9)) is None


@given(paragraphs(), st.integers(0, 200), st.integers(0, 5))
def test_items_stand_in_order_and_hold_words(text: str, place: int, announced: int) -> None:
    """Items never overlap, run across no break, and begin and end with words."""
    text = text.replace("\n", BREAK, 1)
    found = items_after(text, min(place, len(text)), announced)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(i.of(text).strip() == i.of(text) != "" and BREAK not in i.of(text) for i in found)


def test_numbers_run_into_what_stands_before_count_on() -> None:
    """Points of a slide whose lines ran together are told apart by their numbers; 2、3 are no ordinals."""
    text = "面临痛点:1、价格带红利不再:增速趋缓2、场景单一3、新品不足。"
    assert [i.of(text)[:4] for i in items_after(text, 5)] == ["1、价格", "2、场景", "3、新品"]
    text = "报告指出:销量增长2、3倍，门店增加。"
    assert items_after(text, 5) == []
