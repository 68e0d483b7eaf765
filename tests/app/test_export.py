"""Conversations that are taken along."""

from __future__ import annotations

import io
import re
import zipfile

import docx as word
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, Conflict, Sentence
from assistant.app.export import exported, markdown
from assistant.app.export_docx import docx
from assistant.app.languages import LANGUAGES, Language
from assistant.app.turns import Turn
from assistant.app.words import WORDS
from ingest.document import Span

WORD = WORDS["zh-Hans"]
HOSTILE = "<script>alert(1)</script> **粗** [a](javascript:b) `c` [^1]: # | $x$ \x0b\x00"


def cited(quote: str = "一句话。", title: str = "某报告", **facts: object) -> Citation:
    return Citation("a/b.pdf", title, "3", Span(0, 3), quote, 1.0, **facts)  # type: ignore[arg-type]


def turn(question: str, *sentences: Sentence, citations: tuple[Citation, ...] = (), **facts: object) -> Turn:
    told = Answer(question, "zh-Hans", sentences, citations, **facts)  # type: ignore[arg-type]
    return Turn(1, "c", 1, question, "answered", told)


TURNS = (
    turn(
        "一？", Sentence("甲。", (0,)), Sentence("乙。", (0,)), Sentence("丙。", (1,)), citations=(cited(), cited("二"))
    ),
    turn("二？", Sentence("丁。", (0,), supported=False), citations=(cited("三", damaged=True),)),
    Turn(3, "c", 3, "三？", "failed", failure=("坏了", "再试")),
    Turn(4, "c", 4, "四？", "stopped"),
)


def test_footnotes_are_numbered_through_the_conversation() -> None:
    """Each citation is one footnote, with title, page and path; sentences on the same share a mark."""
    text = markdown(exported("标题", TURNS, WORD))
    assert "甲。乙。[^1]丙。[^2]" in text
    assert "丁。[^3]" in text
    assert re.search(r"^\[\^1\]: “一句话。”——《某报告》，第 3 页（a/b.pdf）$", text, re.MULTILINE)
    assert WORD.damaged in text.splitlines()[-1]
    assert [line for line in text.splitlines() if line.startswith("## ")] == [f"## {n}？" for n in "一二三四"]
    assert "> 坏了" in text
    assert f"> {WORD.stopped}" in text
    assert f"> {WORD.unsupported}" in text


@given(st.text(max_size=60))
def test_markdown_holds_no_markup_of_others(text: str) -> None:
    """Behind backslashes nothing of a question, an answer or a quotation means anything, and no line is added."""
    told = markdown(exported(text, [turn(text, Sentence(text, (0,)), citations=(cited(text, text),))], WORD))
    ours = markdown(exported("", [turn("", Sentence("x", (0,)), citations=(cited("", ""),))], WORD))
    assert len(told.strip().split("\n\n")) <= len(ours.strip().split("\n\n")) + 2
    left = re.sub(r"\\[\\`*_{}\[\]<>#|~$!&.)=+-]", "", told)
    assert not re.search(r"[<>`*|$]", left)
    assert left.count("[^1]") == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_document_has_real_footnotes(language: Language) -> None:
    """The file opens, and each mark in the text has a footnote of its number with the quotation."""
    data = docx(exported("标题", TURNS, WORDS[language]))
    opened = word.Document(io.BytesIO(data))
    texts = [p.text for p in opened.paragraphs]
    assert texts[0] == "标题"
    assert "甲。乙。丙。" in texts
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        body, notes = (parts.read(f"word/{name}.xml").decode() for name in ("document", "footnotes"))
        kinds = parts.read("[Content_Types].xml").decode()
    marks = re.findall(r'<w:footnoteReference w:id="(\d+)"/>', body)
    assert marks == ["2", "3", "4"]
    assert set(marks) < set(re.findall(r'<w:footnote [^>]*w:id="(\d+)"', notes))
    assert "一句话。" in notes
    assert "/word/footnotes.xml" in kinds


def test_a_disagreement_is_told_with_its_places() -> None:
    """Of a headline and its text, each value has the name of its place; other kinds have their own words."""
    for kind, told in (
        ("sources", "来源说法不一: 销量 1% / 2%"),
        ("within", "同一份资料前后不一: 销量 1% / 2%"),
        ("headline", "标题与正文不一: 销量 标题 1% / 正文 2%"),
    ):
        of = turn(
            "一？",
            Sentence("甲。", (0,)),
            citations=(cited(),),
            conflicts=(Conflict(("1%", "2%"), (0, 0), "销量", kind),),
        )
        assert exported("", [of], WORD).turns[0].remarks == (told,)


def test_anything_can_be_written_to_word() -> None:
    """Controls that XML cannot hold do not stop it, and markup stays text."""
    hostile = turn(
        HOSTILE, Sentence(HOSTILE, (0,)), citations=(cited(HOSTILE, HOSTILE),), conflicts=(Conflict((HOSTILE,), (0,)),)
    )
    opened = word.Document(io.BytesIO(docx(exported(HOSTILE, [hostile], WORD))))
    assert any("<script>alert(1)</script>" in p.text for p in opened.paragraphs)
