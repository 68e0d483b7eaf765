"""Thoughts, Markdown and marks of what a language model writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.plain import MARK, numbers_named, spoken, undressed, unnumbered


@given(st.text(alphabet="<think>/甲乙。", max_size=40), st.integers(1, 6))
def test_how_a_stream_is_cut_does_not_matter(said: str, size: int) -> None:
    """Tags may arrive in pieces; what is left of them is the same."""
    pieces = [said[i : i + size] for i in range(0, len(said), size)]
    assert "".join(spoken(pieces)) == "".join(spoken([said]))


@given(st.text(alphabet="甲乙。<", max_size=20), st.text(alphabet="丙丁。/>", max_size=20))
def test_only_thoughts_are_left_out(before: str, thought: str) -> None:
    """What stands before and behind them stays as it is, and a stream that ends in thought says no more."""
    assert "".join(spoken([before, "<think>", thought, "</think>", "完"])) == before + "完"
    assert "".join(spoken([before, "<think>", thought])) == before


@pytest.mark.parametrize(
    ("mark", "numbers"),
    [
        ("[1]", (1,)),
        ("【12】", (12,)),
        ("[1, 3]", (1, 3)),
        ("[2-4]", (2, 3, 4)),
        ("[资料1、資料2]", (1, 2)),
        ("[4-2]", (4, 2)),
    ],
)
def test_the_numbers_of_a_mark(mark: str, numbers: tuple[int, ...]) -> None:
    """In any brackets, several at once, and from one to another."""
    found = MARK.fullmatch(mark)
    assert found
    assert numbers_named(found[1]) == numbers


@pytest.mark.parametrize("said", ["[2023年]", "[a]", "(1)", "〔1〕", "[123]"])
def test_what_is_no_mark(said: str) -> None:
    """Years, letters, and the brackets that marks of the evidence are put into."""
    assert not MARK.search(said)


def test_what_a_sentence_says_stays() -> None:
    """Only its dress goes; multiplication and underscores inside words are none."""
    assert undressed("约 **29.4 万**美元，见[附录](http://a.example)") == "约 29.4 万美元，见附录"
    assert undressed("## 结论") == undressed("**结论**") == undressed("---") == ""
    assert undressed("**成本约 29.4 万美元。**") == "成本约 29.4 万美元。"
    assert undressed("3*4=12，snake_case") == "3*4=12，snake_case"
    assert unnumbered("1. 用了 512 块") == "用了 512 块"
    assert unnumbered("1.5 倍") == "1.5 倍"
