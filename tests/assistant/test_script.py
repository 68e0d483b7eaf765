"""Simplified and Traditional."""

from __future__ import annotations

import pytest
from hypothesis import given
from noise import paragraphs

from assistant.script import Script, in_script, script_of
from ingest.fold import fold

SCRIPTS: tuple[Script, ...] = ("zh-Hans", "zh-Hant")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("训练成本是多少？", "zh-Hans"),
        ("訓練成本是多少？", "zh-Hant"),
        ("软件", "zh-Hans"),
        ("軟體", "zh-Hant"),
        ("佔比", "zh-Hant"),
        ("後面", "zh-Hant"),
        ("甚麼", "zh-Hant"),
        ("为", "zh-Hans"),
        ("训练、训练、訓練", "zh-Hans"),
        ("訓練、訓練、训练", "zh-Hant"),
    ],
)
def test_the_script_is_the_one_of_most_telling_characters(text: str, expected: Script) -> None:
    """Characters that only one script has decide, the majority where both stand in a text."""
    assert script_of(text) == expected
    assert script_of(text, "zh-Hant") == expected


@pytest.mark.parametrize("text", ["", "R1", "29.4", "台北", "里程", "什么", "皇后", "占比多少", "公司"])
def test_text_that_tells_nothing_is_in_the_default_script(text: str) -> None:
    """Characters of both scripts leave the choice to the default: Taiwan writes 台 and 占 too."""
    for default in SCRIPTS:
        assert script_of(text, default) == default


@pytest.mark.parametrize(
    ("text", "script", "expected"),
    [
        ("訓練花費約 29.4 萬美元", "zh-Hans", "训练花费约 29.4 万美元"),
        ("训练花费约 29.4 万美元", "zh-Hant", "訓練花費約 29.4 萬美元"),
        ("DeepSeek-R1 GPU", "zh-Hant", "DeepSeek-R1 GPU"),
        ("软件和网络", "zh-Hant", "軟件和網絡"),
        ("头发", "zh-Hant", "頭髮"),
        ("這意味著什麼", "zh-Hans", "这意味着什么"),
        ("請沿著河邊走著，著急著問附著物的著落", "zh-Hans", "请沿着河边走着，着急着问附着物的着落"),
        ("著名學者編著的名著與顯著的著作權，原住民土著", "zh-Hans", "著名学者编著的名著与显著的著作权，原住民土著"),
        ("餓了麼的著作意味著什麼", "zh-Hans", "饿了么的著作意味着什么"),
    ],
)
def test_text_is_converted_by_characters(text: str, script: Script, expected: str) -> None:
    """A text is shown as the readers of a script write it, its words unchanged."""
    assert in_script(text, script) == expected


@pytest.mark.parametrize("text", ["台北到高雄的里程", "後面的台階", "系統"])
def test_text_in_the_script_stays_to_the_letter(text: str) -> None:
    """A Traditional text keeps its own choice among variants."""
    assert in_script(text, "zh-Hant") == text


@given(paragraphs(most=4) | paragraphs(most=4, traditional=True))
def test_conversion_changes_nothing_but_the_script(text: str) -> None:
    """A converted text is in the script that was asked for, and folds to what it folded to before."""
    for script in SCRIPTS:
        converted = in_script(text, script)
        assert script_of(converted, script) == script
        assert fold(converted) == fold(text)
        assert in_script(converted, script) == converted
