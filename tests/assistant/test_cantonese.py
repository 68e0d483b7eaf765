"""Questions in written Cantonese, put into the words of written Chinese."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant
from assistant.cantonese import OWN, written
from assistant.question import Kind, understand
from ingest.fold import fold_case_kept


@pytest.mark.parametrize(
    ("spoken", "put"),
    [
        ("美團旗下第一間分店喺邊度？", "美团旗下第一间分店在哪里?"),
        ("SheIn 幾時上市、募咗幾多錢？", "SheIn 什么时候上市、募了多少钱?"),
        ("AES 同 RSA 邊個快啲？", "AES 和 RSA 哪个快些?"),
        ("乜嘢係冷鏈？", "什么是冷链?"),
        ("嗰啲緊急單幾耐送到？", "那些紧急单多久送到?"),
        ("個市場有幾大？", "个市场有几大?"),
        ("點解唔可以同時用？", "为什么不可以同时用?"),
        ("佢哋關係有冇變？", "他们关系有没有变?"),
    ],
)
def test_cantonese_is_put_into_written_chinese(spoken: str, put: str) -> None:
    """Words that only Cantonese has are exchanged, and with them those that mean something else elsewhere."""
    assert written(spoken) == put


@pytest.mark.parametrize(
    "text",
    ["街边的店铺同时卖什么？", "联系系统的边界呢？", "哪一系车型卖得最好，同比涨了几成？", "身边个体户怎么点单？"],
)
def test_written_chinese_stays(text: str) -> None:
    """Characters that Cantonese uses otherwise mean what they mean."""
    assert written(text) == fold_case_kept(text)


@given(st.text("街边系同呢咩几大的，。？幾點嘅 aR1"))
def test_a_text_without_cantonese_is_only_folded(text: str) -> None:
    """Whatever else a text holds."""
    if not OWN.search(fold_case_kept(text)):
        assert written(text) == fold_case_kept(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("幾耐要送到？", "number"),
        ("邊間公司整嘅？", "name"),
        ("點解停售？", "reason"),
        ("幾時上線㗎，喺邊度？", "date"),
    ],
)
def test_what_is_asked_is_understood(text: str, kind: Kind) -> None:
    """The kind of a question is read in either way of writing it."""
    assert understand(text).kind == kind


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("餓了麼喺 2023 年攞到幾多市佔？", "40%"),
        ("AES 同 RSA 邊個快啲？", "RSA"),
        ("小紅書第一間實體店叫咩名？", "REDhome"),
    ],
)
def test_reports_answer_it(assistant: Assistant, question: str, fact: str) -> None:
    """The answer is in Traditional characters, as the question is."""
    answer = assistant.ask(question)
    assert not answer.abstained
    assert fact in answer.text
    assert answer.script == "zh-Hant"
