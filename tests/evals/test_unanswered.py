"""Questions that are not answered, made of such as are, and what is learned on them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant import Hit, Retriever
from assistant.question import understand
from evals.bench.unanswered import cut_out, draw, in_other_words, is_of, near_misses

TEXT = "波司登创立于1976年。它的总部在常熟。2021年双十一，风衣羽绒服使渗透率提升超过100%。"


def test_a_near_miss_differs_in_one_thing() -> None:
    """Another number, brand or measure stands where the question has its own."""
    found = dict(near_misses("2023年美团的市场份额是多少？", "DTC 是什么？"))
    assert found["number"] == "2026年美团的市场份额是多少?"
    assert found["brand"].startswith("2023年")
    assert "美团" not in found["brand"]
    assert "美团" in found["measure"]
    assert "市场份额" not in found["measure"]
    assert "place" not in found


def test_a_question_that_names_nothing_has_no_near_miss() -> None:
    """What has neither number nor name cannot be turned into a near miss."""
    assert list(near_misses("它有什么好处？", "DTC 是什么？")) == []


def test_what_is_drawn_is_always_the_same() -> None:
    """The same key draws the same word."""
    words = ("甲", "乙", "丙")
    assert draw(words, "问题") == draw(words, "问题")
    assert {draw(words, str(i)) for i in range(30)} == set(words)


def test_a_third_of_a_question_is_put_otherwise() -> None:
    """Every third pair of characters is another one; the rest stays."""
    assert in_other_words("甲乙丙丁戊己庚", "子丑") == "甲乙丙丁子丑庚"


@pytest.fixture
def hits() -> Callable[[Retriever], list[Hit]]:
    """The passages that are found for a question about the founding of a brand."""

    def hits(reader: Retriever) -> list[Hit]:
        return reader.retrieve("波司登创立于哪一年？", 10)

    return hits


def test_a_passage_loses_the_sentences_that_answer(
    corpus_assistant: object, hits: Callable[[Retriever], list[Hit]]
) -> None:
    """What is left is ranked anew, lower than before, and says nothing of the answer."""
    reader: Retriever = corpus_assistant.retriever  # type: ignore[attr-defined]
    weighted = reader.weigh(understand("波司登创立于哪一年？"))
    found = hits(reader)
    left = cut_out(found, weighted, lambda text: "1976" in text)
    assert any("1976" in h.text for h in found)
    assert not any("1976" in h.text for h in left)
    assert [h.score for h in left] == sorted((h.score for h in left), reverse=True)
    before = {h.number: h for h in found}
    assert all(h.score <= before[h.number].score + 1e-6 for h in left)
    assert cut_out(found, weighted, lambda _: False) == found


def test_a_sentence_is_of_an_evidence_or_states_a_fact() -> None:
    """What shares a stretch with the evidence answers, and what has a figure of the facts."""
    answers = is_of(["波司登创立于1976年"], [["1976"], ["常熟"]])
    assert answers("波司登创立于1976年。")
    assert answers("那是1976年的事。")
    assert not answers("它的总部在常熟。")
    assert not answers("风衣羽绒服卖得很好。")
