"""Values of table rows against those of the text and of other tables."""

from __future__ import annotations

import pytest

from assistant import Answer, Assistant
from ingest.settings import Settings

HEAD = "年份 | 规模（亿元） | 同比增速"
TABLE = f"表1 预制菜市场规模与增速\n{HEAD}\n2022年 | 4196 | 21.3%\n2023年 | 5165 | 26.4%\n2024年（预测） | 6150 | 19.1%"
ASKED = "2023年预制菜市场规模的同比增速是多少？"


def ask(question: str, *texts: str) -> Answer:
    return Assistant.over(texts, Settings(_env_file=None)).ask(question)  # type: ignore[call-arg]


def told(answer: Answer) -> list[set[str]]:
    return [set(c.values) for c in answer.conflicts]


def test_a_row_against_the_text() -> None:
    """Both values, each with the place where it stands."""
    answer = ask(ASKED, f"2023年，国内预制菜市场规模为5165亿元，同比增长23.1%。\n{TABLE}")
    assert told(answer) == [{"23.1%", "26.4%"}]
    (conflict,) = answer.conflicts
    assert conflict.kind == "within"
    assert ["23.1%" in answer.citations[i].quote for i in conflict.citations].count(True) == 1


def test_a_flattened_row_against_the_text() -> None:
    """A table whose cells ran together is held against the text as well."""
    text = (
        "2023年中国即时零售市场规模达5000亿元,同比增长58.1%。"
        "即时零售市场规模与增长率年份2021202220232024规模(亿元)2000350050007500同比增长率-75%42.9%50%。"
    )
    assert told(ask("2023年即时零售市场规模的同比增长率是多少？", text)) == [{"58.1%", "42.9%"}]


def test_a_row_that_names_the_thing() -> None:
    """The share of one thing in the text against the cell of its row, though no year stands there."""
    text = "手機數位類占成交額的三成四，居各類之首。\n表1 各類商品占成交額的比重\n類別 | 占比 | 年增率\n手機數位 | 38% | 22%\n服飾鞋包 | 21% | 31%"
    assert told(ask("手機數位類占成交額多少？", text)) == [{"三成四", "38%"}]


@pytest.mark.parametrize(
    "text",
    [
        "2023年，国内预制菜市场规模为5165亿元，同比增长26.4%。",
        "2023年，国内预制菜市场规模为5165亿元，同比增长约26%。",
        "2022年，国内预制菜市场规模为4196亿元，同比增长23.1%。",
        "2023年，国内预制菜市场规模的家庭部分占23.1%。",
        "2023年，国内预制菜市场规模预计同比增长23.1%。",
        "2023年，国内预制菜市场规模的年均复合增长率为23.1%。",
        "2023年，国内预制菜市场规模的毛利率为23.1%。",
        "2023年，国内预制菜市场规模环比增长23.1%。",
        "2023年，国内预制菜市场规模同比增长超过23.1%。",
        "预制菜市场规模同比增长23.1%。",
    ],
    ids=[
        "the same",
        "rounded",
        "another year",
        "a share",
        "a forecast",
        "a mean",
        "another rate",
        "another base",
        "a bound",
        "no year",
    ],
)
def test_what_only_seems_to_disagree(text: str) -> None:
    """Another year, measure, base or scope, or one value more exactly told, is no disagreement."""
    assert told(ask(ASKED, f"{text}\n{TABLE}")) == []


def test_what_is_not_asked_is_not_told() -> None:
    """A disagreement about the growth is none of the question for the size."""
    text = f"2023年，国内预制菜市场规模为5165亿元，同比增长23.1%。\n{TABLE}"
    assert told(ask("2023年预制菜市场规模是多少亿元？", text)) == []


def test_two_tables() -> None:
    """Of two reports, for the same measure and year."""
    other = "预制菜市场规模与增速\n年份 | 同比增速\n2022年 | 21.3%\n2023年 | 18.2%"
    answer = ask(ASKED, TABLE, other)
    assert told(answer) == [{"26.4%", "18.2%"}]
    assert answer.conflicts[0].kind == "sources"
