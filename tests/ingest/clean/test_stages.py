"""All cleaners in their order: what they take, count and leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from noise import SENTENCES, add_contents, drop_emoji, in_traditional, leak_pinyin, paragraphs, wrap_in_site

from ingest.clean.stages import TITLE_LENGTH, clean, damage_in, tidy, trace
from ingest.document import BREAK, Block, Document, Span, View
from ingest.read.text import read_text


def document(text: str, title: str = "") -> Document:
    return Document(path="a.txt", format="txt", raw=text, view=View.of(text), title=title)


@given(paragraphs() | paragraphs(traditional=True))
@example("\n\n".join(SENTENCES))
@example(in_traditional("\n".join(SENTENCES)))
def test_a_clean_text_passes_as_it_is(text: str) -> None:
    """LAW 2: a clean document keeps every character, its map changes nothing, and nothing is counted."""
    cleaned = clean(document(text))
    assert cleaned.view == View.of(text)
    assert cleaned.cleaned == ()
    assert cleaned.damaged == ()
    assert tidy(text) == text


def test_every_cleaner_is_counted() -> None:
    """The characters that each cleaner took are counted under its name, in the order of the cleaners."""
    text = "\n\n".join(SENTENCES[:6])
    damaged = wrap_in_site(add_contents(drop_emoji(leak_pinyin(text + SENTENCES[5], 9), 30)))
    cleaned = clean(document(damaged))
    assert [name for name, _ in cleaned.cleaned] == ["emoji", "pinyin", "boilerplate", "contents", "repeats"]
    breaks = cleaned.view.text.count(BREAK)
    assert sum(n for _, n in cleaned.cleaned) == len(damaged) - len(cleaned.view.text) + breaks
    assert "".join(cleaned.view.text.split()) == "".join(text.split())


@given(paragraphs(traditional=True))
@example("\n\n".join(SENTENCES))
def test_a_trace_tells_every_change(text: str) -> None:
    """The trace goes with the same document, its changes add up to the counts, and what it found stood in raw."""
    damaged = wrap_in_site(drop_emoji(leak_pinyin(text, 9), 30))
    cleaned, changes = trace(document(damaged))
    assert cleaned == clean(document(damaged))
    counts = {c.cleaner: 0 for c in changes}
    for change in changes:
        counts[change.cleaner] += len(change.found) or len(change.left)
    assert tuple(counts.items()) == cleaned.cleaned
    first = [c for c in changes if c.cleaner == "emoji"]
    assert first
    assert all(c.raw.of(damaged) == c.found for c in first)
    assert all(c.raw.of(damaged).startswith(c.found[0]) for c in changes)


def test_cleaning_leaves_raw_and_all_else_as_it_was() -> None:
    """Only the view, the counts, the title and the damage change."""
    before = Document(
        path="a.md", format="md", raw="标😀题", view=View.of("标😀题"), sha256="x", encoding="gb18030",
        blocks=(Block("heading", Span(0, 3), 1),), warnings=("odd",),
    )  # fmt: skip
    after = clean(before)
    assert after.view.text == "标题"
    assert (after.raw, after.sha256, after.encoding, after.blocks, after.warnings) == (
        before.raw, before.sha256, before.encoding, before.blocks, before.warnings,
    )  # fmt: skip


def test_lost_characters_are_marked_as_damage() -> None:
    """Where characters were lost a mark stands, for private-use characters too, and the places in raw are noted."""
    cleaned = clean(document("好😀好\ufffd坏\ue2c4\ue2c5坏"))
    assert cleaned.view.text == "好好\ufffd坏\ufffd坏"
    assert cleaned.damaged == (Span(3, 4), Span(5, 7))
    assert damage_in(cleaned, Span(0, 4))
    assert not damage_in(cleaned, Span(0, 3))
    assert not damage_in(cleaned, Span(4, 5))


def test_the_title_is_the_documents_own_or_its_first_line() -> None:
    """A title is the one the format gives, without noise, or the first line, or what of it makes a title."""
    assert clean(document("首行\n正文", title="自😀己的")).title == "自己的"
    assert clean(document("\n  首😀行  \n正文")).title == "首行"
    long = SENTENCES[0] * 3
    assert clean(document(long)).title == SENTENCES[0]
    assert len(clean(document("长" * 500)).title) == TITLE_LENGTH
    assert clean(document("😀")).title == ""


@pytest.mark.parametrize("name", ["smart-marketing-4d.txt", "deepseek-r1-nature.txt"])
def test_the_noisy_reports_of_the_corpus_come_out_clean(name: str) -> None:
    """The corpus files that were damaged by rule are cleaned to the lines of their originals."""
    corpus = Path(__file__).parents[3] / "corpus"
    cleaned = clean(read_text((corpus / name).read_bytes(), name))
    original = (corpus / "sources" / name).read_text("utf-8")
    lines = [line for line in cleaned.view.text.replace(BREAK, "\n").splitlines() if line.strip()]
    assert lines == [line for line in original.splitlines() if line.strip()]
    assert cleaned.cleaned
