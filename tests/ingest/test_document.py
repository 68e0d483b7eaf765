"""Spans and views: the map that no edit may lose."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Chunk, Edit, Page, Span, View, page_at

TEXTS = st.text(alphabet="ab中文。\n𠮷😀", max_size=40)


@dataclass(frozen=True)
class Kept:
    """A character of the model of a view: `original` where no edit has touched it."""

    char: str
    start: int
    end: int
    original: bool


def edits_of(length: int, longest: int = 3) -> st.SearchStrategy[list[Edit]]:
    """Disjoint edits of a text of `length` characters: deletions, replacements and insertions."""
    places = st.lists(st.integers(0, length), max_size=8).map(sorted)
    texts = st.lists(st.text("XYZ书", max_size=longest), min_size=4, max_size=4)
    return st.builds(lambda p, t: [Edit(a, b, x) for a, b, x in zip(p[::2], p[1::2], t, strict=False)], places, texts)


def by_hand(text: str, edits: list[Edit]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def model_edit(model: list[Kept], edits: list[Edit]) -> list[Kept]:
    for start, end, new in sorted(edits, reverse=True):
        if start < end:
            raw = (model[start].start, model[end - 1].end)
        else:
            raw = (model[start - 1].end,) * 2 if start else (0, 0)
        model = model[:start] + [Kept(c, *raw, original=False) for c in new] + model[end:]
    return model


def test_span_refuses_what_is_no_range() -> None:
    """A span neither begins before the text nor ends before it begins."""
    for start, end in ((-1, 2), (3, 2)):
        with pytest.raises(ValueError, match="not a span"):
            Span(start, end)


def test_span_measures_and_cuts() -> None:
    """A span knows its length, its overlap with others and its characters."""
    span = Span(2, 5)
    assert len(span) == 3
    assert span.of("零一二三四五") == "二三四"
    assert [span.overlap(s) for s in (Span(0, 2), Span(0, 3), Span(3, 4), Span(4, 9), Span(5, 9))] == [0, 1, 1, 1, 0]


def test_view_of_raw_changes_nothing() -> None:
    """The first view of a text maps each character to itself."""
    view = View.of("报告A")
    assert view.text == "报告A"
    assert view.starts.tolist() == [0, 1, 2]
    assert view.ends.tolist() == [1, 2, 3]
    assert len(View.of("")) == 0


def test_view_refuses_a_map_of_another_length() -> None:
    """A text and a map of different lengths make no view."""
    offsets = np.arange(2, dtype=np.int32)
    with pytest.raises(ValueError, match="3 characters with 2 starts"):
        View("abc", offsets, offsets)


def test_views_are_equal_by_text_and_map() -> None:
    """Two views are equal when both their texts and their maps are."""
    assert View.of("abc") == View.of("abc")
    assert View.of("abc") != View.of("abd")
    assert View.of("aab").edit([Edit(0, 1)]) != View.of("aab").edit([Edit(1, 2)])
    assert View.of("abc") != "abc"


def test_edits_delete_replace_and_insert() -> None:
    """Deletions, replacements and insertions come in one call and in any order."""
    view = View.of("0123456789").edit([Edit(8, 8, "+"), Edit(4, 6, "xyz"), Edit(0, 2)])
    assert view.text == "23xyz67+89"
    assert view.starts.tolist() == [2, 3, 4, 4, 4, 6, 7, 8, 8, 9]
    assert view.ends.tolist() == [3, 4, 6, 6, 6, 7, 8, 8, 9, 10]


def test_no_edits_give_the_same_view() -> None:
    """Editing nothing gives back the very same view."""
    view = View.of("abc")
    assert view.edit([]) is view


@pytest.mark.parametrize(
    "edits", [[Edit(0, 3), Edit(2, 4)], [Edit(4, 6)], [Edit(3, 2)], [Edit(-1, 1)], [Edit(1, 3), Edit(2, 2, "x")]]
)
def test_impossible_edits_are_refused(edits: list[Edit]) -> None:
    """Edits that overlap, run backwards or leave the text raise ValueError."""
    with pytest.raises(ValueError, match="overlaps another or leaves"):
        View.of("01234").edit(edits)


def test_span_of_a_stretch_is_its_raw_range() -> None:
    """The span of a stretch runs over all that was deleted within it, and not over what was deleted beside it."""
    view = View.of("0123456789").edit([Edit(0, 2), Edit(4, 6)])
    assert view.text == "236789"
    assert view.span(0, 3) == Span(2, 7)
    assert view.span(0, 2) == Span(2, 4)
    for start, end in ((2, 2), (3, 7), (-1, 2)):
        with pytest.raises(ValueError, match="not a stretch"):
            view.span(start, end)


def test_locate_finds_what_stands_inside() -> None:
    """A raw range is located as the characters that stand for any of it."""
    view = View.of("0123456789").edit([Edit(2, 4), Edit(6, 8, "x")])
    assert view.text == "0145x89"
    assert view.within(Span(0, 10)) == "0145x89"
    assert view.within(Span(1, 5)) == "14"
    assert view.within(Span(2, 4)) == ""
    assert view.within(Span(7, 9)) == "x8"


def test_page_of_an_offset() -> None:
    """An offset lies on the page whose range holds it, or on none."""
    pages = (Page("i", Span(0, 5)), Page("1", Span(6, 9)))
    assert [page_at(pages, n) for n in (0, 4, 5, 6, 9)] == ["i", "i", "", "1", ""]


@given(text=TEXTS, data=st.data())
def test_edit_applies_edits_as_by_hand(text: str, data: st.DataObject) -> None:
    """The edited text is what slicing it by hand gives, and the map grows with it."""
    edits = data.draw(edits_of(len(text), longest=5))
    view = View.of(text).edit(edits)
    assert view.text == by_hand(text, edits)
    assert len(view.starts) == len(view.ends) == len(view.text)
    assert (np.diff(view.starts) >= 0).all()
    assert (np.diff(view.ends) >= 0).all()


@given(text=TEXTS, data=st.data())
def test_the_map_survives_any_stack_of_edits(text: str, data: st.DataObject) -> None:
    """After any number of edits, each character stands for what it came from, and the map never decreases."""
    view = View.of(text)
    model = [Kept(c, i, i + 1, original=True) for i, c in enumerate(text)]
    for _ in range(data.draw(st.integers(1, 4))):
        edits = data.draw(edits_of(len(view), longest=1))
        view, model = view.edit(edits), model_edit(model, edits)
    assert view.text == "".join(k.char for k in model)
    assert view.starts.tolist() == [k.start for k in model]
    assert view.ends.tolist() == [k.end for k in model]
    assert all(text[k.start : k.end] == k.char for k in model if k.original)
    assert (np.diff(view.starts) >= 0).all()
    assert (np.diff(view.ends) >= 0).all()


def test_inserting_into_a_replacement_keeps_the_order() -> None:
    """The map never decreases where something is inserted into what replaced a longer stretch."""
    view = View.of("abc").edit([Edit(0, 3, "XY")]).edit([Edit(1, 1, "-")])
    assert (np.diff(view.starts) >= 0).all()


@given(text=TEXTS, data=st.data())
def test_locate_agrees_with_looking_at_every_character(text: str, data: st.DataObject) -> None:
    """Locating a raw range finds exactly the characters that reach into it."""
    view = View.of(text).edit(data.draw(edits_of(len(text))))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    inside = [i for i in range(len(view)) if view.starts[i] < end and view.ends[i] > start]
    place = view.locate(Span(start, end))
    assert list(range(place.start, place.end)) == inside


@given(text=TEXTS.filter(bool), data=st.data())
def test_a_stretch_is_found_again_by_its_span(text: str, data: st.DataObject) -> None:
    """What deletions have left is found again, exactly, by the raw range behind it."""
    edits = [e._replace(text="") for e in data.draw(edits_of(len(text)))]
    view = View.of(text).edit(edits)
    if len(view):
        start = data.draw(st.integers(0, len(view) - 1))
        end = data.draw(st.integers(start + 1, len(view)))
        span = view.span(start, end)
        assert view.locate(span) == Span(start, end)
        assert view.within(span) == view.text[start:end]


def test_chunks_and_spans_go_whole_from_process_to_process() -> None:
    """Each of their fields arrives: their own way of being sent forgets none."""
    for value in (Span(3, 9), Chunk(Span(3, 9), Span(2, 7), "文", "12", "甲 > 乙", repaired=True, damaged=True)):
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301
        assert len(value.__reduce__()[1]) == len(fields(value))
