"""Cases written another way, and what made a report."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from fakes import HashEmbedder

from assistant import Assistant, Retriever
from assistant.script import Script
from evals.case import Case
from evals.parity import CONVERSIONS, DAMAGE, OTHER_SCRIPT, in_other_words, over_damage, rewritten
from evals.run import run
from evals.signature import revision
from ingest.fold import fold
from ingest.index import open_index
from ingest.pipeline import ingest
from ingest.settings import Settings

HANS = Case(
    "s", "zh-Hans", "fact_number", "软件的信息量有多大？", "信息量很大。", (("很大",),), history=("软件是什么？",)
)
HANT = Case("t", "zh-Hant", "fact_number", "軟體的資訊量有多大？", "資訊量很大。", (("很大",),))


TAIWAN, HONGKONG, MAINLAND = "Taiwan's words", "Hong Kong's words", "mainland's words"


@pytest.mark.parametrize(
    ("case", "way", "question", "lang"),
    [
        (HANS, OTHER_SCRIPT, "軟件的信息量有多大？", "zh-Hant"),
        (HANT, OTHER_SCRIPT, "软体的资讯量有多大？", "zh-Hans"),
        (HANS, TAIWAN, "軟體的資訊量有多大？", "zh-Hant"),
        (HANT, TAIWAN, "軟體的資訊量有多大？", "zh-Hant"),
        (HANS, HONGKONG, "軟件的信息量有多大？", "zh-Hant"),
        (HANS, MAINLAND, "软件的信息量有多大？", "zh-Hans"),
        (HANT, MAINLAND, "软件的信息量有多大？", "zh-Hans"),
    ],
)
def test_a_case_is_written_as_another_reader_asks_it(case: Case, way: str, question: str, lang: Script) -> None:
    """Characters alone, or with the words of a region; facts and evidence stay."""
    other = rewritten(case, way)
    assert other.question == question
    assert other.lang == lang
    assert len(other.history) == len(case.history)
    assert replace(other, lang=lang, question="", answer="", history=()) == replace(
        case, lang=lang, question="", answer="", history=()
    )


def untold(way: str, done: int, cases: int) -> None:
    """Somebody who does not listen."""


def test_parity_is_told_in_points(corpus_assistant: Assistant, all_corpus_cases: list[Case]) -> None:
    """The difference of the means of the two runs, times a hundred; None where neither has one."""
    some = [c for c in all_corpus_cases if c.answerable][:12]
    report = run(corpus_assistant, some, {})
    told: list[tuple[str, int, int]] = []
    rows = in_other_words(corpus_assistant, some, report, lambda *step: told.append(step))
    assert list(rows) == list(CONVERSIONS)
    assert told[-1] == (MAINLAND, 12, 12)
    other = run(corpus_assistant, [rewritten(c, OTHER_SCRIPT) for c in some], {})
    facts, own = other.overall["facts"], report.overall["facts"]
    assert facts is not None
    assert own is not None
    assert rows[OTHER_SCRIPT]["facts"] == pytest.approx(100 * (facts - own))
    assert rows[OTHER_SCRIPT]["right_script"] == 0
    assert rows[OTHER_SCRIPT]["refused_unanswerable"] is None


def test_only_what_words_can_change_is_counted(tiny: Assistant) -> None:
    """Script and width are folded before anything is looked for: cases that differ in them alone are the same."""
    plain = replace(HANS, question="费用是多少？", history=())
    rows = in_other_words(tiny, [HANS, plain], run(tiny, [HANS, plain], {}), untold)
    assert {way: row["cases"] for way, row in rows.items()} == {OTHER_SCRIPT: 2, TAIWAN: 1, HONGKONG: 0, MAINLAND: 0}


REPORTS = {
    "cost.txt": "DeepSeek-R1的训练使用了512块H800，花费29.4万美元。论文由梁文锋担任通讯作者，于2025年9月登上封面。" * 2,
    "shop.txt": "硬折扣店只卖一千种左右的商品。其中七成是自有品牌，毛利率不到16%。" * 2,
}
ABOUT_COST = Case(
    "cost", "zh-Hans", "fact_number", "R1的训练花费多少美元？", "29.4万美元", (("29.4万美元",),),
    evidence=("花费29.4万美元",), evidence_doc=("cost.txt",),
)  # fmt: skip


@pytest.fixture
def tiny(tmp_path: Path) -> Assistant:
    """An assistant over two short reports."""
    (tmp_path / "reports").mkdir()
    for name, text in REPORTS.items():
        (tmp_path / "reports" / name).write_text(text, "utf-8")
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    ingest([tmp_path / "reports"], tmp_path / "index", settings, HashEmbedder())
    return Assistant(Retriever(open_index(tmp_path / "index"), HashEmbedder()))


def test_damage_that_is_cleaned_costs_nothing_and_other_damage_is_seen(
    tiny: Assistant, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """The reports are ingested with each kind of damage; what stays in them costs points."""
    documents = [tiny.retriever.document(name) for name in REPORTS]
    monkeypatch.setattr("evals.parity.DAMAGE", {**DAMAGE, "cut": lambda text, random: text[:20]})
    rows = over_damage(documents, [ABOUT_COST], settings, HashEmbedder(), untold)
    assert list(rows) == [*DAMAGE, "cut"]
    assert rows["emoji in words"] == {**rows["emoji in words"], "cases": 1, "facts": 0, "recall@1": 0}
    assert rows["cut"] == {**rows["cut"], "cases": 1, "facts": -100, "recall@1": -100}


def test_every_kind_of_damage_damages() -> None:
    """The same numbers give the same damage, and it is some; bytes slip at more than one place of a long text."""
    text = REPORTS["cost.txt"].replace("封面", "封面麼") * 40
    for damage in DAMAGE.values():
        once, again = (damage(text, Random(7)) for _ in range(2))  # noqa: S311
        assert once == again
        assert fold(once) != fold(text)
    assert DAMAGE["slipped bytes"](text, Random(7)).count("?") > 1  # noqa: S311


def test_the_revision_is_that_of_the_checkout(tmp_path: Path) -> None:
    """Its short hash, a plus where something was changed, and nothing where there is no checkout."""
    assert revision(tmp_path) == ""
    for words in ("init -q", "-c user.name=n -c user.email=e commit -q --allow-empty -m first"):
        subprocess.run(["git", "-C", str(tmp_path), *words.split()], check=True)
    clean = revision(tmp_path)
    assert len(clean) >= 7
    (tmp_path / "new.txt").write_text("new", "utf-8")
    assert revision(tmp_path) == clean + "+"


def test_a_broken_checkout_has_no_revision(tmp_path: Path) -> None:
    """A folder that only looks like one stops no run."""
    (tmp_path / ".git").mkdir()
    assert revision(tmp_path) == ""
