"""The check of cases against the reports they ask about."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from evals.check import check
from evals.new_case import Evidence, append, next_id, pick, put_together

GOOD: dict[str, Any] = {
    "id": "t1",
    "lang": "zh-Hans",
    "type": "fact_number",
    "question": "照那篇短评的粗估，一张卡跑一个小时差不多要花几美元？",
    "answer": "大约是每卡时 2 美元。",
    "must_include": [["2美元"]],
    "must_not_include": ["29.4万"],
    "evidence": ["大约是每卡时 2 美元。这是本文的粗估"],
    "evidence_doc": ["deepseek-r1-cost.md"],
}


def write(file: Path, *cases: object) -> Path:
    file.write_text("".join(json.dumps(c, ensure_ascii=False) + "\n" for c in cases), "utf-8")
    return file


def test_good_cases_have_no_faults(tmp_path: Path, corpus_assistant: Assistant) -> None:
    """What is right passes, and is counted."""
    again = {**GOOD, "id": "t2", "question": "别的问题是什么？", "note": "for authors"}
    assert check([write(tmp_path / "c.jsonl", GOOD, again)], corpus_assistant.retriever) == (2, [])


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"evidence": ["大约是每卡时 3 美元。"]}, "evidence[0]", "clean text"),
        ({"evidence": ["大约是每卡时"]}, "must_include[0]", "2美元"),
        ({"must_include": [["2美元"], ["8%", "百分之八"]]}, "must_include[1]", "'8%' or '百分之八'"),
        ({"answer": "不知道。"}, "answer", "2美元"),
        ({"answer": ""}, "answer", "needed"),
        ({"must_not_include": ["2美元"]}, "must_not_include[0]", "itself"),
        ({"evidence_doc": ["no-such.md"]}, "evidence_doc[0]", "no-such.md"),
        ({"evidence_doc": []}, "evidence_doc", "0 entries for 1"),
        ({"evidence_raw": ["这句哪里都没有"]}, "evidence_raw[0]", "raw text"),
        ({"must_include": []}, "must_include", "needed"),
        ({"type": "unanswerable"}, "evidence", "not wanted"),
        ({"type": "followup"}, "history", "needed"),
        ({"type": "conflict"}, "must_include", "two values"),
        ({"lang": "zh-Hant"}, "question", "zh-Hans"),
        ({"must_inlcude": [["2美元"]]}, "must_inlcude", "must_include"),
        ({"type": "riddle"}, "type", "riddle"),
    ],
)
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, corpus_assistant: Assistant, change: dict[str, object], field: str, says: str
) -> None:
    """File, line, field, and what is wrong; the other lines are checked all the same."""
    file = write(tmp_path / "c.jsonl", {**GOOD, "id": "t0", "question": "另一个是什么？"}, {**GOOD, **change})
    _, faults = check([file], corpus_assistant.retriever)
    told = [f for f in faults if f.field == field]
    assert told
    assert str(told[0]).startswith(f"{file}:2: field {field}: ")
    assert says in told[0].what
    assert {f.line for f in faults} == {2}


def test_all_faults_are_told_at_once(tmp_path: Path, corpus_assistant: Assistant) -> None:
    """Whoever wrote ten cases corrects them in one go."""
    file = tmp_path / "c.jsonl"
    file.write_text('{"id": 5}\nnot json\n' + json.dumps({**GOOD, "answer": ""}, ensure_ascii=False), "utf-8")
    checked, faults = check([file], corpus_assistant.retriever)
    assert checked == 1
    assert {f.line for f in faults} == {1, 2, 3}
    assert {f.field for f in faults if f.line == 1} >= {"id", "lang", "type", "question"}


def test_files_are_checked_against_each_other(tmp_path: Path, corpus_assistant: Assistant) -> None:
    """An id or a question that another file has is told where it stands second."""
    one = write(tmp_path / "one.jsonl", GOOD)
    two = write(
        tmp_path / "two.jsonl",
        {**GOOD, "question": "照那篇短評的粗估，一張卡跑一個小時差不多要花幾美元？", "lang": "zh-Hant"},
    )
    _, faults = check([one, two], corpus_assistant.retriever)
    assert {(f.file, f.field) for f in faults} == {(two, "id"), (two, "question"), (two, "answer")}


def test_the_reference_questions_have_no_faults(corpus_assistant: Assistant, case_files: tuple[Path, ...]) -> None:
    """Ours stand up to it: those that the gate asks, those that refusing is learned on, and those put in other words."""
    cases = case_files[0].parent
    others = (cases / "near-misses.jsonl", cases / "paraphrases.jsonl")
    checked, faults = check((*case_files, *others), corpus_assistant.retriever)
    assert checked > 700
    assert faults == []


def test_evidence_is_picked_by_number(corpus_assistant: Assistant) -> None:
    """Sentences that follow each other are one evidence, and every evidence is found where it was picked."""
    hits = corpus_assistant.retriever.retrieve(GOOD["question"], 3)
    (whole,) = pick("1", hits, corpus_assistant.retriever)
    one, apart = pick("1.1-2, 2.1", hits, corpus_assistant.retriever)
    assert whole.text.startswith(one.text)
    assert (one.document, apart.document) == (hits[0].document, hits[1].document)
    for evidence in (whole, one, apart):
        assert evidence.raw in corpus_assistant.retriever.document(evidence.document).raw


@pytest.mark.parametrize("numbers", ["", "9", "0", "1.99", "1.2-1", "eins", "1.0"])
def test_what_cannot_be_picked_is_told(corpus_assistant: Assistant, numbers: str) -> None:
    """A number that is not there names what is."""
    hits = corpus_assistant.retriever.retrieve(GOOD["question"], 3)
    with pytest.raises(ValueError, match="passage"):
        pick(numbers, hits, corpus_assistant.retriever)


def test_a_case_that_is_put_together_has_no_faults(tmp_path: Path, corpus_assistant: Assistant) -> None:
    """What was picked and appended is read back, and passes the check."""
    file = tmp_path / "c.jsonl"
    evidence = [Evidence("deepseek-r1-cost.md", GOOD["evidence"][0], "")]
    case = put_together("t1", "fact_number", GOOD["question"], (), evidence, ["2美元 | 两美元"], GOOD["answer"])
    assert case.must_include == (("2美元", "两美元"),)
    append(file, case)
    append(file, put_together("t2", "unanswerable", "谁也没有说过的是什么？", ("前一个问题？",), [], [], ""))
    assert next_id([case]) == "t2"
    assert check([file], corpus_assistant.retriever) == (2, [])
