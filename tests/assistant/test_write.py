"""Sentences and marks of what a language model streams."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from assistant.script import Script
from assistant.write import Ending, Writer, Written, as_data, fitting
from ingest.settings import Settings

EVIDENCE = ("訓練成本大約是 29.4 萬美元。", "团队调用 512 块 H800 GPU，跑了约 198 小时。")
ANSWER = "训练成本约 29.4 万美元。[1]用了 512 块 H800，约 198 小时。[2][1]"


class Recited(Writer):
    """A writer whose model says what it is given, in pieces of a set length."""

    def __init__(self, said: str, size: int = 1000, ends: str = "stop") -> None:
        super().__init__("http://127.0.0.1:9/v1", "recited", "sk-secret")
        self.ends = ends
        self._pieces = [said[i : i + size] for i in range(0, len(said), size)]

    def _stream(
        self, question: str, evidence: Sequence[str], script: Script, history: Sequence[str], ending: Ending
    ) -> Iterator[str]:
        ending.reason = self.ends
        yield from self._pieces


def written(said: str, size: int = 1000, script: Script = "zh-Hans") -> list[Written]:
    return list(Recited(said, size).write("问题", EVIDENCE, script))


def test_each_sentence_has_the_evidence_that_it_names() -> None:
    """Marks become numbers from 0 and leave the words."""
    assert written(ANSWER) == [
        Written("训练成本约 29.4 万美元。", (0,), supported=True),
        Written("用了 512 块 H800，约 198 小时。", (1, 0), supported=True),
    ]


@pytest.mark.parametrize("size", [15, 16, 50])
def test_a_stream_may_be_cut_anywhere_but_in_a_mark(size: int) -> None:
    """The sentences and their marks are the same where the model streams long pieces."""
    assert written(ANSWER, size) == written(ANSWER)


def test_a_stream_may_be_cut_anywhere() -> None:
    """The sentences and their marks are the same whether the model streams characters or sentences."""
    for size in range(1, len(ANSWER)):
        assert written(ANSWER, size) == written(ANSWER)


@pytest.mark.parametrize(
    ("said", "evidence", "supported"),
    [
        ("成本约 29.4 万美元。[1]", (0,), True),
        ("成本约 29.4 万美元[1]。", (0,), True),
        ("成本约 29.4 万美元。 [1]", (0,), True),
        ("成本约 294,000 美元。[1]", (0,), True),
        ("成本约 29.4 万美元[1]", (0,), True),
        ("成本约 29.4 万美元。[1][2]", (0, 1), True),
        ("成本约 29.4 万美元。[1][1]", (0,), True),
        ("成本约 29.5 万美元。[1]", (0,), False),
        ("成本约 29.4 万美元。[2]", (1,), False),
        ("成本约 29.4 万美元。", (), False),
        ("成本约 29.4 万美元。[3]", (), False),
        ("成本约 29.4 万美元。[0]", (), False),
        ("成本约 29.4 万美元。[1][9]", (0,), False),
        ("这很便宜。[1]", (0,), True),
        ("这很便宜。", (), False),
    ],
)
def test_a_sentence_is_supported_by_evidence_that_bears_it_out(
    said: str, evidence: tuple[int, ...], supported: bool
) -> None:
    """A sentence that names no evidence, one that is not there, or figures that it has not, is not supported."""
    (sentence,) = written(said)
    assert sentence.evidence == evidence
    assert sentence.supported is supported
    assert "[" not in sentence.text


@pytest.mark.parametrize("said", ["", "NO_ANSWER", "NO_ANSWER。", " NO_ANSWER\n", "\n\n"])
@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_model_that_cannot_tell_writes_nothing(said: str, size: int) -> None:
    """No answer makes no sentence, however it arrives."""
    assert written(said, size) == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [("zh-Hans", "训练成本约 29.4 万美元。"), ("zh-Hant", "訓練成本約 29.4 萬美元。")],
)
@pytest.mark.parametrize("said", ["训练成本约 29.4 万美元。[1]", "訓練成本約 29.4 萬美元。[1]"])
def test_sentences_are_in_the_script_of_the_question(said: str, script: Script, expected: str) -> None:
    """What the model wrote in the other script is converted, and still held against its evidence."""
    assert written(said, script=script) == [Written(expected, (0,), supported=True)]


def test_sentences_come_as_they_are_finished() -> None:
    """The first sentence is there before the last was written."""
    stream = Recited(ANSWER, 30).write("问题", EVIDENCE, "zh-Hans")
    assert next(stream).text == "训练成本约 29.4 万美元。"
    assert len(list(stream)) == 1


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ({}, False),
        ({"llm_base_url": "http://127.0.0.1:1/v1"}, False),
        ({"llm_model": "qwen"}, False),
        ({"llm_base_url": "http://127.0.0.1:1/v1", "llm_model": "qwen"}, True),
    ],
)
def test_a_writer_needs_a_server_and_a_model(given: dict[str, str], there: bool) -> None:
    """Without both settings the answers are extractive."""
    settings = Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]
    assert (Writer.of(settings) is not None) is there


def test_the_key_is_not_shown() -> None:
    """Neither the settings nor the writer show the key when they are printed."""
    settings = Settings(_env_file=None, llm_base_url="http://127.0.0.1:1/v1", llm_model="qwen", llm_api_key="sk-secret")  # type: ignore[call-arg]
    assert "sk-secret" not in repr(settings) + str(settings) + repr(Writer.of(settings))


def test_evidence_is_cut_to_a_budget() -> None:
    """Whole passages from the first on; only one that is too long by itself is given in part."""
    assert fitting(["甲" * 40, "乙" * 40, "丙" * 40], 100) == ["甲" * 40, "乙" * 40]
    assert fitting(["甲" * 140, "乙"], 100) == ["甲" * 100]
    assert fitting([], 100) == []


def test_the_marks_of_a_passage_are_none_of_the_answer() -> None:
    """A passage stands on one line, with its own [1] in other brackets."""
    assert as_data("一句[1]\n二句 [23]。") == "一句〔1〕 二句 〔23〕。"


@pytest.mark.parametrize(
    ("said", "evidence"),
    [
        ("成本约 29.4 万美元。【1】", (0,)),
        ("成本约 29.4 万美元［1］。", (0,)),
        ("成本约 29.4 万美元，跑了约 198 小时。[1, 2]", (0, 1)),
        ("成本约 29.4 万美元，跑了约 198 小时。[1-2]", (0, 1)),
        ("成本约 29.4 万美元，跑了约 198 小时。[资料1、资料2]", (0, 1)),
    ],
)
def test_marks_may_be_written_in_other_ways(said: str, evidence: tuple[int, ...]) -> None:
    """Models use the brackets that they have seen most; they are resolved however the stream is cut."""
    for size in range(1, len(said) + 1):
        (sentence,) = written(said, size)
        assert (sentence.evidence, sentence.supported) == (evidence, True)
        assert not set("[]【】［］") & set(sentence.text)


def test_the_thoughts_of_a_model_are_no_part_of_its_answer() -> None:
    """What stands between <think> and </think> is left out, however the stream is cut."""
    said = "<think>资料一说 29.4 万。[9]\n答：</think>\n\n" + ANSWER
    for size in range(1, len(said) + 1):
        assert written(said, size) == written(ANSWER)


def test_markdown_is_taken_off_and_a_number_of_a_list_is_no_figure() -> None:
    """Headings go, emphasis and pictures too, and the line that leads to a list is of its first item."""
    said = (
        "## 结论\n\n成本约 **29.4 万**美元。[1]\n\n主要有：\n1. 用了 512 块 H800。[2]\n2. 跑了约 198 小时。[2]\n"
        "![x](http://evil.example/?q=1)"
    )
    sentences = written(said)
    assert [s.text for s in sentences] == [
        "成本约 29.4 万美元。",
        "主要有：1. 用了 512 块 H800。",
        "2. 跑了约 198 小时。",
    ]
    assert all(s.supported for s in sentences)


def test_what_was_cut_off_at_its_length_is_no_sentence() -> None:
    """A model that may write no more is in the middle of something: what it had finished is kept."""
    cut = Recited("成本约 29.4 万美元。[1]用了 512 块", ends="length").write("问题", EVIDENCE, "zh-Hans")
    assert [s.text for s in cut] == ["成本约 29.4 万美元。"]
    whole = Recited("成本约 29.4 万美元。[1]", ends="length").write("问题", EVIDENCE, "zh-Hans")
    assert len(list(whole)) == 1


def test_a_sentence_without_evidence_says_so() -> None:
    """Its reader is told that it names none, or which of those it names is not there."""
    (uncited,), (nowhere,) = written("成本约 29.4 万美元。"), written("成本约 29.4 万美元。[1][9]")
    assert [f.said_in("zh-Hant") for f in uncited.failures] == ["沒有標明出處"]
    assert [f.said_in("zh-Hans") for f in nowhere.failures] == ["标明的出处[9]不存在"]
