"""Units, tokens and BM25."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import IndexProblem
from ingest.fold import fold_case_kept
from ingest.lexical import LexicalIndex, drop_lexical, indexed_tokens, tokens, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("即时零售", ["即", "时", "即时", "零", "时零", "售", "零售"]),
        ("即時", ["即", "时", "即时"]),
        ("DeepSeek-R1", ["deep", "seek", "deepseek", "r", "1", "r1"]),
        ("GPU卡", ["gpu", "卡", "gpu卡"]),
        ("1,200.5万", ["1200.5", "万", "1200.5万"]),
        ("２０２３年", ["2023", "年", "2023年"]),
        ("甲 乙，丙", ["甲", "乙", "丙"]),
        ("𠮷", ["𠮷"]),
        ("カタ", ["カ", "タ", "カタ"]),
        ("。！", []),
        ("", []),
    ],
)
def test_tokens_are_units_and_touching_pairs(text: str, expected: list[str]) -> None:
    """A text is indexed by its characters, words and numbers, and by each two that touch."""
    assert tokens(text) == expected


def test_units_know_their_places() -> None:
    """Each unit says where it stands in the folded text."""
    text = "成本為29.4萬美元，DeepSeek。"
    folded = fold_case_kept(text)
    for unit, start, end in units(text):
        assert folded[start:end].lower().replace(",", "") == unit


def test_no_token_holds_white_space() -> None:
    """Tokens are written with spaces between them, so none may hold one."""
    assert not any(any(c.isspace() for c in t) for t in tokens("a\u3000b c\td\u00a0e 1, 2 中\u2003文"))


def test_accented_capitals_are_letters() -> None:
    """A Latin word keeps its first letter, whatever accent it has."""
    assert tokens("Île") == tokens("île")


def test_search_ranks_by_bm25(tmp_path: Path) -> None:
    """The passage with more and rarer terms of the question comes first; equal ones come by number."""
    index = LexicalIndex(tmp_path / "l")
    index.write([(1, "即时零售的规模"), (2, "即时配送"), (3, "完全无关"), (5, "即时配送"), (4, "即时配送")])
    assert [n for n, _ in index.search(tokens("即时零售"), 10)] == [1, 2, 4, 5]
    assert [n for n, _ in index.search(tokens("即時零售"), 1)] == [1]
    assert index.search(tokens("查询"), 10) == []
    assert index.search([], 10) == []


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    """A new index can be asked at once."""
    index = LexicalIndex(tmp_path / "l")
    assert len(index) == 0
    assert index.search(["即"], 5) == []


def test_writing_removes_and_adds_in_one_commit(tmp_path: Path) -> None:
    """A passage is replaced by removing its number and adding another."""
    index = LexicalIndex(tmp_path / "l")
    index.write([(1, "旧文"), (2, "别文")])
    index.write([(3, "新文")], removed=[1])
    assert len(index) == 2
    assert index.search(["旧"], 5) == []
    assert [n for n, _ in index.search(["新"], 5)] == [3]


def test_removed_passages_are_not_counted(tmp_path: Path) -> None:
    """A term's document frequency counts the passages that are there."""
    index = LexicalIndex(tmp_path / "l")
    index.write([(1, "旧文"), (2, "别文")])
    index.write([(3, "新文")], removed=[1])
    assert index.document_frequency("文") == 2


def test_another_opening_sees_what_was_written(tmp_path: Path) -> None:
    """An index that is open sees later commits when it is refreshed, and a new opening sees them at once."""
    writer = LexicalIndex(tmp_path / "l")
    reader = LexicalIndex(tmp_path / "l")
    writer.write([(1, "零售")])
    assert len(reader) == 0
    reader.refresh()
    assert [n for n, _ in reader.search(["零售"], 5)] == [1]
    assert len(LexicalIndex(tmp_path / "l")) == 1


@pytest.mark.parametrize("suffix", ["meta.json", ".term", ".idx", ".store", ".fast", ".fieldnorm", ".managed.json"])
def test_a_truncated_file_is_an_index_problem(tmp_path: Path, suffix: str) -> None:
    """A file that lost its end makes the index refuse to open, and never lets the engine's panic through."""
    LexicalIndex(tmp_path / "l").write([(1, "即时零售")])
    (file,) = (f for f in (tmp_path / "l").iterdir() if f.name.endswith(suffix))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(IndexProblem, match="does not open"):
        LexicalIndex(tmp_path / "l")


def test_dropping_removes_what_cannot_be_read(tmp_path: Path) -> None:
    """A damaged index can be removed, and so can one that is not there."""
    (tmp_path / "l").mkdir()
    (tmp_path / "l" / "meta.json").write_text("garbage")
    drop_lexical(tmp_path / "l")
    drop_lexical(tmp_path / "l")
    assert not (tmp_path / "l").exists()


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("收入三千五百億元", "3500亿元"),
        ("共12,000万人", "1.2亿人"),
        ("共120,000,000人", "1.2亿人"),
        ("增长百分之十二", "12%"),
        ("民國112年", "2023年"),
        ("2023-12-05", "2023年12月5日"),
    ],
)
def test_amounts_are_also_indexed_in_digits(written: str, asked: str) -> None:
    """An amount or date is found by its form in digits, beside its own."""
    assert {t for t in tokens(asked) if any(c.isdigit() for c in t)} <= set(indexed_tokens(written))
    assert indexed_tokens(written)[: len(tokens(written))] == tokens(written)


@pytest.mark.parametrize("text", ["2023年收入3500亿元，增长12%", "三个月里的第一阶段", "没有数字"])
def test_plain_amounts_add_nothing(text: str) -> None:
    """What is in digits already, and small counts, are indexed once."""
    assert indexed_tokens(text) == tokens(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2021，2022年", ["2021", "2022"]),
        ("有100，200两种", ["100", "200"]),
        ("第1,2,3章", ["1", "2", "3"]),
        ("共1,234,567.5元", ["1234567.5"]),
        ("１，２００元", ["1200"]),
    ],
)
def test_only_thousands_are_joined_by_a_comma(text: str, numbers: list[str]) -> None:
    """A comma of full width, or one that marks no thousands, parts two numbers."""
    assert [t for t in tokens(text) if t[0].isdigit() and t[-1] not in "年章元两"] == numbers
