"""How sure an answer is, and that near misses are less so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Assistant, Hit
from assistant.confidence import NOTHING_FOUND, REFUSE_BELOW, confidence, confidence_features
from assistant.extract import candidates
from assistant.question import Question, understand
from assistant.rank import Weighted, weights

Sure = Callable[..., float]
REPORT = (
    "本报告讨论零售业的配送。2023年，沃尔玛的骑手平均用时31分钟，比上一年快3分钟。"
    "报告还考察了H800集群的能耗：该集群由512块GPU组成，训练用了198小时。"
)


@pytest.fixture(scope="session")
def sure(weigh: Callable[[Question], Weighted], passage: Callable[..., Hit]) -> Sure:
    """How sure it is that a text answers a question."""

    def sure(question: str, *texts: str) -> float:
        asked = understand(question)
        hits = [passage(t, number=n) for n, t in enumerate(texts)]
        return confidence(asked, weigh(asked), candidates(asked, weigh(asked), hits))

    return sure


def test_an_answered_question_is_surer_than_one_about_something_else(sure: Sure) -> None:
    """A text that states the answer beats one that has nothing to do with the question."""
    question = "2023年沃尔玛的骑手平均用时多少分钟？"
    assert sure(question, REPORT) > REFUSE_BELOW
    assert sure(question, REPORT) > sure(question, "前置仓的选址取决于租金与人口密度。")


@pytest.mark.parametrize(
    ("answered", "near_miss"),
    [
        ("2023年沃尔玛的骑手平均用时多少分钟？", "2021年沃尔玛的骑手平均用时多少分钟？"),
        ("2023年沃尔玛的骑手平均用时多少分钟？", "2023年沃尔玛的骑手平均收入多少元？"),
        ("沃尔玛的骑手平均用时多少分钟？", "沃尔玛的骑手平均用时多少公里？"),
        ("2023年沃尔玛的骑手平均用时多少分钟？", "2023年家乐福的骑手平均用时多少分钟？"),
        ("H800集群训练用了多少小时？", "H900集群训练用了多少小时？"),
        ("H800集群由多少块GPU组成？", "H800集群由多少块TPU组成？"),
        ("2023年沃爾瑪的騎手平均用時多少分鐘？", "2021年沃爾瑪的騎手平均用時多少分鐘？"),
    ],
)
def test_a_near_miss_is_less_sure(sure: Sure, answered: str, near_miss: str) -> None:
    """Another year, unit or name than the text's lowers the log-odds that it answers."""
    assert sure(near_miss, REPORT) < sure(answered, REPORT)


def test_nothing_found_is_refused(sure: Sure) -> None:
    """Without a sentence there is no answer to be sure of."""
    assert sure("训练成本是多少？") == NOTHING_FOUND < REFUSE_BELOW


def test_every_feature_has_a_weight(weigh: Callable[[Question], Weighted], passage: Callable[..., Hit]) -> None:
    """The learned weights are those of the features that are computed."""
    asked = understand("训练用了多少小时？")
    features = confidence_features(asked, weigh(asked), candidates(asked, weigh(asked), [passage(REPORT)]))
    assert set(features) == set(weights("confidence.json")) - {"intercept"}


def test_what_misses_the_year_and_what_misses_the_unit_are_told_apart(
    weigh: Callable[[Question], Weighted], passage: Callable[..., Hit]
) -> None:
    """A figure of the question that the passage lacks and a unit that the sentence lacks are features of their own."""

    def features(question: str) -> dict[str, float]:
        asked = understand(question)
        return confidence_features(asked, weigh(asked), candidates(asked, weigh(asked), [passage(REPORT)]))

    assert features("2021年骑手平均用时多少分钟？")["years_missing"] == 1
    assert features("2023年骑手平均用时多少分钟？")["years_missing"] == 0
    assert features("骑手平均用时多少公里？")["unit_missing"] == 1
    assert features("骑手平均用时多少分钟？")["unit_missing"] == 0


@pytest.mark.parametrize(
    ("answered", "near_miss"),
    [
        ("2023年中国即时零售的市场规模是多少？", "2031年中国即时零售的市场规模是多少？"),
        ("H800 用了多少块？", "H900 用了多少块？"),
        ("沃爾沃2019年1月至7月在華賣了多少輛？", "沃爾沃2019年1月至7月在華賣了多少噸？"),
        ("沃尔沃2019年1月至7月在华卖了多少辆？", "沃尔沃2016年1月至7月在华卖了多少辆？"),
        ("R1-Zero 跑了多少小时？", "R1-Zero 跑了多少公里？"),
    ],
)
def test_a_near_miss_over_the_sample_reports_is_less_sure(assistant: Assistant, answered: str, near_miss: str) -> None:
    """Of the real reports, too, less is believed to answer a question with a changed year, name or unit."""
    assert assistant.ask(near_miss).confidence < assistant.ask(answered).confidence


@pytest.mark.parametrize("question", ["2031年中国即时零售的市场规模是多少？", "H900 用了多少块？"])
def test_a_year_or_name_that_no_report_has_is_refused(assistant: Assistant, question: str) -> None:
    """What the reports never name they do not answer."""
    assert assistant.ask(question).abstained
