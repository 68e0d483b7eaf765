"""Conversations that are kept, and what readers thought of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, Conflict, Sentence
from assistant.app.conversations import FILE, LONGEST_TITLE, Conversations, Feedback, titled
from assistant.app.turns import answer_from_json, answer_to_json
from assistant.copies import Also
from ingest.document import Span
from ingest.errors import IndexProblem

ANSWER = Answer(
    "即时零售是什么？",
    "zh-Hans",
    (Sentence("即时零售是一种模式。", (0,)), Sentence("据说如此。", (0, 1), supported=False)),
    (
        Citation("a.md", "报告", "3", Span(2, 9), "即時零售", 1.25, repaired=True, also=(Also("b.pdf", "1", 0, 4),)),
        Citation("c.md", "", "", Span(0, 1), "据", -2.5, damaged=True),
    ),
    confidence=0.5,
    conflicts=(Conflict(("1%", "2%"), (0, 1)),),
    notices=("注意",),
    timings_ms={"total": 3.0},
)


@pytest.fixture
def kept() -> Conversations:
    return Conversations()


def test_an_answer_is_kept_whole() -> None:
    """What is read again is what was written, but for the last digits of scores."""
    assert answer_from_json(answer_to_json(ANSWER)) == ANSWER


def test_an_answer_of_another_version_is_read() -> None:
    """A field that is not known is passed over, one that was not kept has its default."""
    told = answer_to_json(ANSWER)
    sentences = [{"text": "一。", "citations": [0], "later": "x"}]
    assert answer_from_json({**told, "sentences": sentences}).sentences == (Sentence("一。", (0,)),)


def test_conversations_outlive_the_process(tmp_path: Path) -> None:
    """What was asked and answered is there when the folder is opened again, readable by its owner alone."""
    first = Conversations(tmp_path / "kept")
    name = first.begin("", "即时零售是什么？")
    asked = first.ask(name, "即时零售是什么？", ["a.md"])
    first.settle(asked.number, "answered", ANSWER)
    first.close()
    again = Conversations(tmp_path / "kept")
    (turn,) = again.turns(name)
    assert (turn.state, turn.answer, turn.documents, turn.place) == ("answered", ANSWER, ("a.md",), 1)
    assert (tmp_path / "kept" / FILE).stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """The error names the setting that chooses another one."""
    (tmp_path / "kept").write_text("a file")
    with pytest.raises(IndexProblem) as caught:
        Conversations(tmp_path / "kept")
    assert "WENJU_CONVERSATIONS" in caught.value.advice


def test_each_user_has_their_own(kept: Conversations) -> None:
    """Nobody lists, renames or deletes what is another's."""
    name = kept.begin("甲", "问")
    assert kept.listed("乙") == []
    assert not kept.owns("乙", name)
    assert not kept.rename("乙", name, "新")
    assert not kept.delete("乙", name)
    assert [k.title for k in kept.listed("甲")] == ["问"]


def test_the_last_changed_comes_first(kept: Conversations) -> None:
    """A question moves its conversation to the top of the list."""
    one, two = (kept.begin("", title) for title in ("一", "二"))
    kept.ask(two, "二")
    kept.ask(one, "一")
    assert [k.id for k in kept.listed("")] == [one, two]


@pytest.mark.parametrize("words", ["即時零售", "即时 模式", "一种模式", "标题"])
def test_conversations_are_found_in_either_script(kept: Conversations, words: str) -> None:
    """The search sees titles, questions and answers, all its words, in Simplified and Traditional."""
    name = kept.begin("", "标题")
    asked = kept.ask(name, "即时零售是什么？")
    kept.settle(asked.number, "answered", ANSWER)
    kept.begin("", "另一个")
    assert [k.id for k in kept.listed("", words)] == [name]
    assert kept.listed("", words + " 不存在") == []


def test_a_conversation_is_renamed_and_deleted(kept: Conversations) -> None:
    """An empty name changes nothing; what is deleted is gone with its turns."""
    name = kept.begin("", "旧")
    turn = kept.ask(name, "问")
    assert kept.rename("", name, " 新 名 ")
    assert not kept.rename("", name, " \n ")
    assert kept.title(name) == "新 名"
    assert kept.delete("", name)
    assert not kept.delete("", name)
    assert kept.turn(turn.number) is None
    assert kept.title(name) == ""


def test_a_withdrawn_question_leaves_its_place(kept: Conversations) -> None:
    """The next question has the place of the one that was taken out, and a number of its own."""
    name = kept.begin("", "问")
    first = kept.ask(name, "一")
    second = kept.ask(name, "二")
    kept.withdraw(second.number)
    third = kept.ask(name, "三")
    assert [t.question for t in kept.turns(name)] == ["一", "三"]
    assert (third.place, third.number > second.number > first.number) == (2, True)


def test_an_opinion_takes_the_place_of_the_one_before(kept: Conversations) -> None:
    """It outlives the conversation it is about."""
    name = kept.begin("", "问")
    turn = kept.ask(name, "问")
    kept.settle(turn.number, "answered", ANSWER)

    def think(good: bool) -> Feedback:
        told = Feedback(turn.number, "", good, "", "", "问", ("前",), ANSWER, ("raw", ""), "1a2b", "2026-01-01")
        kept.think(told)
        return told

    think(True)
    last = think(False)
    assert kept.feedback() == [last]
    assert kept.turns(name)[0].good is False
    kept.delete("", name)
    assert kept.feedback() == [last]


@given(st.text())
def test_a_title_is_one_short_line(question: str) -> None:
    """Whatever is asked."""
    title = titled(question)
    assert len(title) <= LONGEST_TITLE
    assert len(title.splitlines()) <= 1
