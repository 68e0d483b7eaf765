"""Where sources give different values for one thing, and where they only seem to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Answer, Assistant, Hit
from assistant.conflict import disagreement
from assistant.extract import candidates
from assistant.question import Question, understand
from assistant.rank import Weighted
from ingest.document import Document, View
from ingest.settings import Settings

ASKED = "2023年中国茶饮的市场规模是多少？"
FIRST = "据明川研究院统计，2023年中国茶饮的市场规模为1200亿元，门店超过四十万家。"


def ask(question: str, *texts: str) -> Answer:
    return Assistant.over(texts, Settings(_env_file=None)).ask(question)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("other", "value"),
    [
        ("另一份报告估计，2023年中国茶饮的市场规模为900亿元。", "900亿元"),
        ("協會的數字是：2023年中國茶飲的市場規模為1500億元。", "1500亿元"),
        ("2023年中国茶饮的市场规模约为一千三百亿元。", "一千三百亿元"),
    ],
)
def test_different_values_for_one_thing_are_both_given(other: str, value: str) -> None:
    """Both values with a citation each, both sentences, and a line that says so."""
    answer = ask(ASKED, FIRST, other)
    (conflict,) = answer.conflicts
    assert set(conflict.values) == {"1200亿元", value}
    assert {answer.citations[i].document for i in conflict.citations} == {"0", "1"}
    assert "茶饮的市场规模" in conflict.what
    assert all(v in answer.text for v in conflict.values)
    assert "来源说法不一：" in answer.text
    assert all(f"{v}[{i + 1}]" in answer.marked_text for v, i in zip(conflict.values, conflict.citations, strict=True))
    assert len(answer.sentences) == 2
    assert answer.to_dict()["conflicts"] == [
        {
            "what": conflict.what,
            "kind": "sources",
            "values": list(conflict.values),
            "citations": list(conflict.citations),
        }
    ]


def test_a_disagreement_is_told_in_the_script_of_the_question() -> None:
    """The line, what is measured and the values are converted."""
    answer = ask("2023年中國茶飲的市場規模是多少？", FIRST, "另一份报告估计，2023年中国茶饮的市场规模为900亿元。")
    assert "來源說法不一：2023年中國茶飲的市場規模，一說900億元，一說1200億元。" in answer.text


@pytest.mark.parametrize(
    "other",
    [
        "2022年中国茶饮的市场规模为1000亿元。",
        "2023年日本茶饮的市场规模为300亿元。",
        "2023年中国茶饮的市场规模为0.12万亿元。",
        "2023年中国茶饮的市场规模约为120,000百万元。",
        "2023年中国茶饮的市场规模超过1000亿元。",
        "2023年第一季度中国茶饮的市场规模为290亿元。",
        "2023年中国茶饮的市场规模同比增长12%。",
        "2023年中国咖啡的市场规模为600亿元。",
        "预计2023年中国茶饮的市场规模为1100亿元。",
        "2023年中国茶饮的市场规模累计为5000亿元。",
        "2023年中国茶饮的市场规模为1000至1300亿元。",
        "2023年中国茶饮的市场规模为90万家。",
        "茶饮很受欢迎。",
    ],
)
def test_what_only_seems_to_differ_is_no_disagreement(other: str) -> None:
    """Another year, place, scope or thing, the same in other units, a rounded value, a bound that holds."""
    assert ask(ASKED, FIRST, other).conflicts == ()


@pytest.mark.parametrize(("sold", "told"), [("23.4万", True), ("20万", False), ("2.3万", False)])
def test_a_headline_against_its_own_text(
    weigh: Callable[[Question], Weighted], passage: Callable[..., Hit], sold: str, told: bool
) -> None:
    """A title that says nearly, but not quite, what its text says, is told; a title of something else is not."""
    title = "新车三个月卖出20万辆"
    text = f"{title}\n\n本文回顾这款新车的销售情况。\n\n截至六月末，这款新车三个月共卖出{sold}辆，其中一半在华东。"
    document = Document("a.txt", "txt", text, View.of(text), title=title)
    question = understand("这款新车三个月卖出多少辆？")
    weighted = weigh(question)
    ranked = candidates(question, weighted, [passage(text, title=title)])
    found = disagreement(question, weighted, ranked, lambda _: document)
    assert (found is not None) is told
    assert found is None or {c.figure.words for c in found.claims} == {"20万辆", "23.4万辆"}


def test_reports_that_disagree(assistant: Assistant) -> None:
    """The sample reports disagree about the market and about the cost in yuan, and about nothing else that is asked here."""
    (market,) = assistant.ask("2023年中国即时零售的市场规模是多少？").conflicts
    assert set(market.values) == {"1.2万亿元", "5000亿元"}
    (cost,) = assistant.ask("R1 的訓練成本約合多少人民幣？").conflicts
    assert {v.strip("約人民幣元") for v in cost.values} == {"200萬", "208萬"}
    assert assistant.ask("R1 的训练成本是多少美元？").conflicts == ()
    assert assistant.ask("2022年即时零售的市场规模是多少？").conflicts == ()


def test_a_refusal_tells_of_no_disagreement(assistant: Assistant) -> None:
    """What is not answered has no two answers."""
    answer = assistant.ask("红烧肉要炖多久才烂？")
    assert answer.abstained
    assert answer.conflicts == ()


def test_names_behind_a_figure_do_not_keep_sources_apart() -> None:
    """What is left of a formula behind a figure is no name of what the figure is of."""
    answer = ask(ASKED, FIRST, "2023年中国茶饮的市场规模达900亿元，同比增长58.1%（CAGRXXX=。")
    assert [set(c.values) for c in answer.conflicts] == [{"1200亿元", "900亿元"}]


def test_amounts_do_not_disagree_where_a_rate_is_asked_for() -> None:
    """Who asks how fast a market grows is not told that its sizes differ."""
    told = ("2023年中国茶饮的市场规模为1200亿元，同比增长12%。", "2023年中国茶饮的市场规模为900亿元，同比增长12%。")
    assert not ask("2023年中国茶饮市场的同比增长率是多少？", *told).conflicts
    assert ask(ASKED, *told).conflicts
