"""Names that a sentence has and its source has not."""

from __future__ import annotations

import pytest

from assistant.clauses import read
from assistant.names import strangers
from assistant.places import NAMES, SAME
from ingest.fold import fold


def found(sentence: str, source: str) -> list[tuple[str, str]]:
    return [tuple(s) for s in strangers(read(sentence), read(source))]


@pytest.mark.parametrize(
    ("sentence", "source", "stranger"),
    [
        ("Aster-13B支持32种语言。", "Aster-7B支持32种语言。", ("aster-13b", "")),
        ("《智能医疗白皮书》发布。", "《数字健康白皮书》发布。", ("智能医疗白皮书", "数字健康白皮书")),
        ("台中二期廠房動工。", "高雄二期廠房動工。", ("台中", "高雄")),
        ("董事长许志豪指出。", "董事长许明哲指出。", ("志豪", "明哲")),
        ("海澜集团亏损收窄。", "海岚集团亏损收窄。", ("海澜集", "海岚集")),
        ("星桥资本与高榕创投领投。", "星桥资本与远山创投领投。", ("高榕", "")),
    ],
)
def test_a_name_that_is_not_in_the_source_is_found(sentence: str, source: str, stranger: tuple[str, str]) -> None:
    """Latin names, titles, places, persons and companies, with the one that was there instead where it can be told."""
    assert stranger in found(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Deep Seek的成本为29.4万美元。", "DeepSeek的成本为29.4万美元。"),
        ("国内市场规模为5亿元。", "中国的市场规模为5亿元。"),
        ("中国市场规模为5亿元。", "国内市场规模为5亿元。"),
        ("训练花费约29万美元。", "训练成本大约是29万美元。"),
        ("4P变成4C。", "4P理论变成了4C理论。"),
        ("耗电12kWh。", "耗电12千瓦时。"),
        ("出口增长，其中东盟占24.6%。", "对东盟的出口占24.6%。"),
        ("總票房71億元，其中國片14億元。", "國片的票房為14億元，總票房為71億元。"),
    ],
)
def test_other_words_are_no_names(sentence: str, source: str) -> None:
    """Spelling, other names of one place, units and common words are left alone."""
    assert found(sentence, source) == []


def test_places_are_written_as_they_are_matched() -> None:
    """The table of places is folded, and other names are given of places that are in it."""
    assert all(fold(n) == n for n in NAMES)
    assert set(SAME) <= set(NAMES)
