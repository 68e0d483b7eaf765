"""Lists whose items have no ordinals."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import paragraphs

from assistant.enumeration import items_after
from assistant.parallel import beside, frame_at, parallel
from ingest.document import BREAK, Span


def items(text: str, lead: str, announced: int) -> list[str]:
    place = text.index(lead) + len(lead)
    return [i.of(text) for i in items_after(text, place, announced, wanted=True)]


@pytest.mark.parametrize(
    ("text", "lead", "announced", "expected"),
    [
        (
            "二、动力\n动力有三个。\n餐饮要降本\n人工上涨。房租也涨。\n家庭要省时\n做饭太久。\n供给有冷链\n冷库翻番。\n三、规模\n很大。",
            "三个。",
            3,
            ["餐饮要降本", "家庭要省时", "供给有冷链"],
        ),
        (
            "设有三道防线，层层把关。\n卖家实名是门票。要做人脸辨识。\n专业鉴定最贵。逐件拍照。\n延迟付款最保险。七天才拨款。\n三、趋势\n另说。",
            "把关。",
            3,
            ["卖家实名是门票。", "专业鉴定最贵。", "延迟付款最保险。"],
        ),
        (
            "五、四个环节\n冷链是一串接力。\n预冷：两小时内降温。最易省略。\n运输：用冷藏车。\n仓储：多温区的冷库。\n配送：用保温箱。\n六、建议\n完。",
            "五、四个环节",
            4,
            ["预冷：两小时内降温。", "运输：用冷藏车。", "仓储：多温区的冷库。", "配送：用保温箱。"],
        ),
        (
            "大致有兩種。寄賣型收下實物。撮合型只供場地。\n下一段。",
            "兩種。",
            2,
            ["寄賣型收下實物。", "撮合型只供場地。"],
        ),
        (
            "影響不一。對企業來說，成本更低。對消費者來說，選擇更多。對平台而言，抽成更少。\n完。",
            "不一。",
            0,
            ["對企業來說，成本更低。", "對消費者來說，選擇更多。", "對平台而言，抽成更少。"],
        ),
        (
            "主要包括以下几种:前置仓模式设立仓库。O2O模式线上线下结合。平台模式吸引商家。完。",
            "几种:",
            0,
            ["前置仓模式设立仓库。", "O2O模式线上线下结合。", "平台模式吸引商家。"],
        ),
    ],
    ids=["headings", "paragraphs", "labels below a heading", "sentences", "frames", "a word"],
)
def test_items_are_found_by_their_form(text: str, lead: str, announced: int, expected: list[str]) -> None:
    """Headings, paragraphs, labelled ones, sentences: whatever shares a form, or is as many as was announced."""
    assert items(text, lead, announced) == expected


@pytest.mark.parametrize(
    ("text", "lead", "announced"),
    [
        ("动力有三个。\n餐饮要降本\n人工上涨。\n家庭要省时\n做饭太久。", "三个。", 3),
        ("设有三道防线。\n实名是门票。\n鉴定最贵。\n\n趋势\n另说。", "防线。", 3),
        ("走访了三座城市。甲市很大。乙市不小。丙市最远。丁市未去。", "城市。", 3),
        ("结论如下。今年很好。明年更好。", "如下。", 0),
    ],
    ids=["too few headings", "too few paragraphs", "too many sentences", "no form"],
)
def test_what_shares_no_form_is_no_list(text: str, lead: str, announced: int) -> None:
    """Fewer or more than were announced, and nothing in common, make no list."""
    assert items(text, lead, announced) == []


def test_items_are_asked_for() -> None:
    """Where no items are wanted, sentences that happen to be as many as a number before them are none."""
    text = "大致有两种。寄卖型收下实物。撮合型只供场地。"
    assert items_after(text, 6, 2) == []


def test_a_list_ends_where_another_section_begins() -> None:
    """In text whose lines ran together, the number of a section ends the labelled sentences before it."""
    text = "优势如下:定位准:贴近需求。响应快:适合即时。(2)痛点如下:门槛高:投入大。资源少:支持有限。"
    assert [i.of(text) for i in items_after(text, 5)] == ["定位准:贴近需求。", "响应快:适合即时。"]


def test_an_item_is_found_with_those_beside_it() -> None:
    """From one framed sentence to all of its paragraph; a sentence of another form has none."""
    text = f"建议。{BREAK}对甲来说，先统一规格。对乙来说，先做研发。\n完。"
    assert beside(text, Span(text.index("对乙"), text.index("\n"))) == [text.index("对甲"), text.index("对乙")]
    assert beside(text, Span(0, 3)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("分为三个阶段。第一阶段做预研。第二阶段出成果。最后是定稿。", ["第一阶段做预研。", "第二阶段出成果。", "最后是定稿。"]),
        ("問題有二。一方面，成本高。另一方面，利潤薄。", ["一方面，成本高。", "另一方面，利潤薄。"]),
        ("空白很多。首先，没有定义。其次，没有标签。再者，无人负责。此外，各方不一。", ["首先，没有定义。", "其次，没有标签。", "再者，无人负责。", "此外，各方不一。"]),
    ],
)  # fmt: skip
def test_words_that_count_end_with_the_last(text: str, expected: list[str]) -> None:
    """最后 ends a list however it counts; 一方面 and 另一方面 are two; 此外 comes behind the others."""
    announced = 3 if "三个" in text else 2 if "有二" in text else 0
    assert [i.of(text) for i in items_after(text, text.index("。") + 1, announced)] == expected


@given(paragraphs(), st.integers(0, 200), st.integers(0, 5))
def test_items_begin_behind_the_place_and_in_order(text: str, place: int, announced: int) -> None:
    """Whatever the text, items begin with words, behind the place, one after another, on this side of a break."""
    text = text.replace("\n", BREAK, 1)
    place = min(place, len(text))
    found = parallel(text, place, len(text), announced)
    assert len(found) != 1
    assert all(a < b for a, b in pairwise([place - 1, *found]))
    assert all(text[start].strip() and BREAK not in text[place:start] for start in found)


def test_an_item_is_not_cut_to_the_frame_that_it_begins_with() -> None:
    """在物流业方面 says nothing yet: what is said of it goes with it."""
    said = "市里近年来对一批项目给予贷款贴息，带动了全市相关产业的进一步发展壮大，港口的吞吐量也随之逐年稳步上升，外地的企业纷纷前来设点。"
    text = f"情况不一。在物流业方面，{said}在旅游业方面，{said}"
    found = items(text, "不一。", 0)
    assert [i[:13] for i in found] == ["在物流业方面，市里近年来对", "在旅游业方面，市里近年来对"]
    assert all(len(i) < len(said) for i in found)


@pytest.mark.parametrize(
    ("sentence", "about"),
    [
        ("在物流業方面，市裡給予補貼。", "物流业"),
        ("对消费者来说，选择更多。", "消费者"),
        ("从成本角度来看，并不划算。", "成本"),
        ("有的人说好。", None),
        ("市里给予补贴。", None),
    ],
)
def test_the_frame_of_a_sentence_tells_what_it_is_about(sentence: str, about: str | None) -> None:
    """And where what is said of that begins."""
    frame = frame_at(sentence, 0)
    assert (frame and frame.about) == about
    assert frame is None or sentence[frame.end - 1] == "，"
