"""The words of the mainland, Taiwan and Hong Kong are looked for alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.question import understand
from assistant.regions import wordings
from ingest.fold import fold_case_kept


@pytest.mark.parametrize(
    ("asked", "looked_for"),
    [
        ("這套軟體的品質如何", "这套软件的质量如何"),
        ("智慧型手機的作業系統", "智能手机的操作系统"),
        ("网络信息安全", "网路资讯安全"),
        ("網路資訊安全", "网络信息安全"),
        ("網路资讯安全", "网络信息安全"),
        ("有哪些計畫", "有哪些计划"),
        ("DeepSeek的視訊", "DeepSeek的视频"),
        ("項鍊", "项链"),
    ],
)
def test_a_word_has_its_counterpart(asked: str, looked_for: str) -> None:
    """Taiwan's and the mainland's words are found for one another, in whichever script they are asked."""
    assert looked_for in wordings(asked)


@pytest.mark.parametrize("asked", ["土豆的产量", "花生的產量", "DeepSeek 的训练成本", ""])
def test_words_that_all_share_have_no_other(asked: str) -> None:
    """Nothing is looked for beside a question that is put alike everywhere, or whose words are foods of two kinds."""
    assert wordings(asked) == ()


@given(st.text(alphabet="軟體软件資訊信息网络網路影片视频計畫划Ab1，? ", max_size=30))
def test_wordings_are_folded_and_differ(text: str) -> None:
    """No wording is the text itself, none comes twice, and all are folded."""
    found = wordings(text)
    assert len(set(found)) == len(found)
    assert fold_case_kept(text) not in found
    assert all(fold_case_kept(w) == w for w in found)


TEXTS = [
    "2023年，这家公司的软件收入为1.2亿元，同比增长百分之十二。",
    "該公司的硬體營收為八千萬元。",
    "地铁站旁的商店卖土豆和视频会员。",
]


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("該公司的軟體收入是多少？", "0"),
        ("这家公司的硬件营业收入是多少？", "1"),
        ("捷運站旁的商店賣什麼影片會員？", "2"),
        ("民國112年軟體收入多少？", "0"),
        ("哪項收入為120,000,000元？", "0"),
        ("哪项收入是8000万元？", "1"),
        ("什么收入增长12%？", "0"),
    ],
)
def test_another_region_s_question_finds_the_passage(question: str, document: str) -> None:
    """The passage comes first whichever region's words and numbers the question is put in."""
    assert Assistant.over(TEXTS).ask(question).citations[0].document == document


def test_a_follow_up_is_worded_with_what_it_leans_on() -> None:
    """The question before goes into the same region's words."""
    asked = understand("那資訊呢？", ["這套軟體的價格是多少？"])
    assert any("软件" in w.context and "信息" in w.terms for w in asked.wordings)
    assert "软体" in asked.context
