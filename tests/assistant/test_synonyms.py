"""Other words for the words of a question."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.question import understand
from assistant.retrieve import Retriever
from assistant.synonyms import abbreviated, acronyms_of, read_synonyms, spelled_out, with_synonyms
from ingest.embed import SentenceTransformersEmbedder
from ingest.errors import BadSettings
from ingest.pipeline import ingest
from ingest.settings import Settings


def test_each_word_of_a_line_stands_for_the_others(tmp_path: Path) -> None:
    """Commas of either width part them, remarks and empty lines are passed over, all is folded."""
    (tmp_path / "s.txt").write_text("\ufeff# words\n關鍵意見消費者，KOC\n\n私域, 私有流量, KOC # three\n", "utf-8")
    found = read_synonyms(tmp_path / "s.txt")
    assert found["koc"] == ("关键意见消费者", "私域", "私有流量")
    assert found["关键意见消费者"] == ("koc",)


@pytest.mark.parametrize("line", ["私域", "私域,", "KOC, koc", ", ,x"])
def test_a_faulty_line_is_named(tmp_path: Path, line: str) -> None:
    """The error tells the file, the line and what to write."""
    (tmp_path / "s.txt").write_text(f"a, b\n{line}\n", "utf-8")
    with pytest.raises(BadSettings, match=r"s\.txt:2: ") as told:
        read_synonyms(tmp_path / "s.txt")
    assert "one line" in told.value.advice


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """Which file, and which setting names it."""
    with pytest.raises(BadSettings, match=r"none\.txt") as told:
        read_synonyms(tmp_path / "none.txt")
    assert "WENJU_SYNONYMS" in told.value.advice


@pytest.mark.parametrize(
    ("texts", "full"),
    [
        (["比如KOC（关键意见消费者）的推荐"], ("关键意见消费者",)),
        (["所谓“关键意见消费者（Key Opinion Consumer，KOC）”很重要"], ("关键意见消费者",)),
        (["他们看重關鍵意見消費者（KOC）", "尤其是关键意见消费者（KOC）"], ("关键意见消费者",)),
        (["他们看重关键意见消费者（KOC）"], ()),
        (["没有说明KOC是什么", "SKOC（别的什么东西）"], ()),
        (["KOC（Key Opinion Consumer），即关键意见消费者，正在兴起"], ("关键意见消费者",)),
    ],
)
def test_an_acronym_stands_for_what_reports_say(texts: list[str], full: tuple[str, ...]) -> None:
    """Spelled out in brackets, or before them; a name whose beginning is not certain is none."""
    assert spelled_out("koc", texts) == full


@pytest.mark.parametrize(
    ("question", "texts", "found"),
    [
        ("關鍵意見消費者帶來多少轉化？", ["比如KOC（关键意见消费者）的推荐"], {"关键意见消费者": ("koc",)}),
        ("关键意见消费者有多少？", ["他们看重关键意见消费者（KOC）"], {"关键意见消费者": ("koc",)}),
        ("分布外测试是谁要求的？", ["要求补充：分布外（OOD）测试", "补充OOD（分布外）测试"], {"分布外": ("ood",)}),
        ("消费者看重什么？", ["他们看重关键意见消费者（KOC）"], {}),
        ("KOC（关键意见消费者）有多少？", ["比如KOC（关键意见消费者）的推荐"], {}),
        ("门店有多少？", ["比如KOC（关键意见消费者）的推荐", "没有括号"], {}),
    ],
)
def test_a_name_has_the_acronym_that_reports_give_it(
    question: str, texts: list[str], found: dict[str, tuple[str, ...]]
) -> None:
    """The whole name, or the end of what runs on before the bracket where the question has four characters of it or more."""
    assert abbreviated(understand(question), texts) == found


def test_a_word_is_exchanged_only_whole() -> None:
    """A further wording for each other word; what stands within a longer word stays."""
    asked = understand("KOC 的转化率是多少？")
    assert acronyms_of(asked) == ["koc"]
    (wording,) = with_synonyms(asked, {"koc": ("关键意见消费者",), "ko": ("击倒",)}).wordings
    assert wording.folded.startswith("关键意见消费者")
    again = with_synonyms(with_synonyms(asked, {"koc": ("达人",)}), {"koc": ("达人",)})
    assert len(again.wordings) == 1
    assert with_synonyms(asked, {"kol": ("达人",)}) is asked


def test_passages_are_found_by_synonyms_and_acronyms(tmp_path: Path) -> None:
    """A passage that has neither of the question's words is found by the user's, and by what another report spells out."""
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "a.txt").write_text(
        "品牌越来越看重KOC（关键意见消费者），也看重门店。" + "此处谈的是门店。" * 9, "utf-8"
    )
    (tmp_path / "r" / "b.txt").write_text(
        "关键意见消费者带来的转化率为百分之十二。" + "其余是投放的安排。" * 9, "utf-8"
    )
    (tmp_path / "r" / "c.txt").write_text("私有流量带来的复购占到四成。" + "平台流量则在下降。" * 9, "utf-8")
    (tmp_path / "r" / "d.txt").write_text("SKU超过一千个，新店更多。" + "其余是招商的安排。" * 9, "utf-8")
    (tmp_path / "r" / "e.txt").write_text("库存量单位（SKU）要逐一登记。" + "登记之后入库。" * 9, "utf-8")
    (tmp_path / "s.txt").write_text("私域, 私有流量\n", "utf-8")
    settings = Settings(_env_file=None, workers=1, synonyms=tmp_path / "s.txt")  # type: ignore[call-arg]
    ingest([tmp_path / "r"], tmp_path / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    retriever = Retriever.open(tmp_path / "index", settings)
    assert retriever.retrieve("KOC 带来多少转化？", 1)[0].document == "b.txt"
    assert retriever.retrieve("新店的库存量单位超过多少个？", 1)[0].document == "d.txt"
    hits = retriever.retrieve("私域的复购占多少？", 1)
    assert hits[0].document == "c.txt"
    without = Retriever.open(tmp_path / "index", Settings(_env_file=None))  # type: ignore[call-arg]
    (less,) = without.retrieve("私域的复购占多少？", 1, documents=["c.txt"])
    assert hits[0].features["rare"] > less.features["rare"]
