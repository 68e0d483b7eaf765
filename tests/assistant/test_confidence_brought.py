"""How far the best of a few brought passages stands out, and how much of it is told."""

from __future__ import annotations

import pytest

from assistant import Assistant
from assistant.confidence_brought import FARTHEST, standing_out
from assistant.extract import candidates
from assistant.question import understand

RIGHT = "青石大桥于1987年动工，1991年建成通车。大桥全长1280米，连接南北两岸的旧城与新区。"
WRONG = ("白沙大桥于2004年建成，主跨为斜拉结构。", "该市地铁三号线全长41公里，共设28座车站。")


def told(question: str, texts: list[str]) -> dict[str, float]:
    """What stands out among some texts."""
    reader = Assistant.over(texts).retriever
    asked = understand(question)
    weighted = reader.weigh(asked)
    return standing_out(weighted, candidates(asked, weighted, reader.retrieve(asked, 10)))


def test_the_passage_that_answers_stands_out() -> None:
    """It is ahead of the others and has more of the question than any of wrong ones alone."""
    right, wrong = told("青石大桥是哪一年动工的？", [*WRONG, RIGHT]), told("青石大桥是哪一年动工的？", list(WRONG))
    assert right["ahead"] >= wrong["ahead"]
    assert right["more_covered"] > 0
    assert right["covered"] > wrong["covered"]
    assert right["rarest_passage"] > wrong["rarest_passage"]
    assert right["alone"] == wrong["alone"] == 0


@pytest.mark.parametrize("texts", [[RIGHT], ["青石大桥很长。"]])
def test_a_passage_alone_is_ahead_of_nothing(texts: list[str]) -> None:
    """There is nothing to stand out from, and that is told."""
    found = told("青石大桥是哪一年动工的？", texts)
    assert (found["alone"], found["ahead"], found["more_covered"]) == (1.0, 0.0, 0.0)
    assert all(-FARTHEST <= found[name] <= FARTHEST for name in ("before_second", "before_third"))


def test_more_is_told_of_the_passage_that_answers_and_of_no_other() -> None:
    """Who brought the passages cannot look around in them: the sentences beside the best one come too."""
    answer = Assistant.over([*WRONG, RIGHT]).ask("青石大桥是哪一年动工的？")
    assert answer.text.startswith("青石大桥于1987年动工")
    assert {c.document for c in answer.citations} == {"2"}


def test_wrong_passages_alone_are_refused() -> None:
    """A bridge of another name is not the one that was asked about."""
    assert Assistant.over(list(WRONG)).ask("青石大桥是哪一年动工的？").abstained
