"""The file of reference questions, and its faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.case import TYPES, Case, read_cases
from ingest.errors import BadCases

GOOD: dict[str, Any] = {
    "id": "q1",
    "lang": "zh-Hant",
    "type": "fact_number",
    "question": "訓練花了多少美元？",
    "answer": "約 29.4 萬美元。",
    "must_include": [["29.4万美元", "294000美元"], ["H800"]],
    "must_not_include": ["208万美元"],
    "evidence": ["训练成本约29.4万美元"],
    "evidence_doc": ["r1.txt"],
    "evidence_raw": ["訓練成本約 29.4 萬美元"],
    "history": ["R1 是什麼？"],
    "tags": ["noise"],
}


def write(file: Path, *cases: object) -> Path:
    lines = [c if isinstance(c, str) else json.dumps(c, ensure_ascii=False) for c in cases]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def without(name: str) -> dict[str, Any]:
    return {k: v for k, v in GOOD.items() if k != name}


def test_a_case_is_read_field_by_field(tmp_path: Path) -> None:
    """Each field comes into the case, lists as tuples."""
    assert read_cases(write(tmp_path / "cases.jsonl", GOOD)) == [
        Case(
            id="q1",
            lang="zh-Hant",
            type="fact_number",
            question="訓練花了多少美元？",
            answer="約 29.4 萬美元。",
            must_include=(("29.4万美元", "294000美元"), ("H800",)),
            must_not_include=("208万美元",),
            evidence=("训练成本约29.4万美元",),
            evidence_doc=("r1.txt",),
            evidence_raw=("訓練成本約 29.4 萬美元",),
            history=("R1 是什麼？",),
            tags=("noise",),
        )
    ]


def test_only_four_fields_are_needed(tmp_path: Path) -> None:
    """What is left out, null or unknown is empty or passed over."""
    least = {"id": "q1", "lang": "zh-Hans", "type": "list", "question": "有哪些？"}
    given = {**least, "must_include": None, "evidence": [], "doc": ["x"], "note": 1}
    (read,) = read_cases(write(tmp_path / "cases.jsonl", given))
    assert read == Case(id="q1", lang="zh-Hans", type="list", question="有哪些？", answer="")


def test_cases_keep_their_order_and_empty_lines_are_passed_over(tmp_path: Path) -> None:
    """A file may have empty lines between its cases."""
    file = write(tmp_path / "cases.jsonl", {**GOOD, "id": "b"}, "", "  ", {**GOOD, "id": "a"})
    assert [c.id for c in read_cases(file)] == ["b", "a"]


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_but_one_is_answerable(tmp_path: Path, kind: str) -> None:
    """The reports answer all types but the unanswerable."""
    (case,) = read_cases(write(tmp_path / "cases.jsonl", {**GOOD, "type": kind}))
    assert case.answerable == (kind != "unanswerable")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (without("id"), "id"),
        (without("lang"), "lang"),
        (without("type"), "type"),
        (without("question"), "question"),
        ({**GOOD, "id": 1}, "id"),
        ({**GOOD, "question": ""}, "question"),
        ({**GOOD, "question": None}, "question"),
        ({**GOOD, "type": "riddle"}, "type"),
        ({**GOOD, "lang": "en"}, "lang"),
        ({**GOOD, "must_include": ["29.4万"]}, "must_include"),
        ({**GOOD, "must_include": "29.4万"}, "must_include"),
        ({**GOOD, "must_include": [[29.4]]}, "must_include"),
        ({**GOOD, "must_not_include": "208万"}, "must_not_include"),
        ({**GOOD, "evidence": "训练成本"}, "evidence"),
        ({**GOOD, "evidence": [None]}, "evidence"),
        ({**GOOD, "evidence_doc": {"r1.txt": 1}}, "evidence_doc"),
        ({**GOOD, "evidence_raw": 5}, "evidence_raw"),
        ({**GOOD, "history": "R1 是什么？"}, "history"),
        ({**GOOD, "tags": [1]}, "tags"),
        ("{not json", "JSON"),
        ('{"id": "q1"', "JSON"),
        ({**GOOD, "must_include": 5}, "must_include"),
        ("[1]", "object"),
        ('"q1"', "object"),
        ({**GOOD, "answer": 5}, "answer"),
        ({**GOOD, "must_include": [[]]}, "must_include"),
        ({**GOOD, "question": "  "}, "question"),
        ({**GOOD, "history": [None]}, "history"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_field(tmp_path: Path, line: object, field: str) -> None:
    """Whoever writes cases is told where to look and what to do."""
    file = write(tmp_path / "cases.jsonl", {**GOOD, "id": "first"}, "", line)
    with pytest.raises(BadCases) as caught:
        read_cases(file)
    assert str(caught.value).startswith(f"{file}:3: ")
    assert field in str(caught.value)
    assert caught.value.advice


def test_two_cases_of_one_id_are_told(tmp_path: Path) -> None:
    """Results are compared by id, so each has its own."""
    file = write(tmp_path / "cases.jsonl", GOOD, {**GOOD, "question": "别的？"})
    with pytest.raises(BadCases, match="q1") as caught:
        read_cases(file)
    assert str(file) in str(caught.value)


def test_two_cases_of_one_id_are_told_with_the_line(tmp_path: Path) -> None:
    """The second of the two is pointed at."""
    file = write(tmp_path / "cases.jsonl", GOOD, GOOD)
    with pytest.raises(BadCases, match=r"cases\.jsonl:2"):
        read_cases(file)


@pytest.mark.parametrize("content", [b"", b"\n \n", b'{"id": "\xff"}', None])
def test_a_file_without_cases_is_told(tmp_path: Path, content: bytes | None) -> None:
    """An empty file, one in another encoding and one that is not there are told by name."""
    file = tmp_path / "cases.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadCases, match=r"cases\.jsonl"):
        read_cases(file)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_separator_inside_a_text_cuts_no_line(tmp_path: Path, separator: str) -> None:
    """Only a line feed ends a line of JSON lines."""
    file = write(tmp_path / "cases.jsonl", {**GOOD, "question": f"成本？{separator}时间？"})
    assert len(read_cases(file)) == 1
