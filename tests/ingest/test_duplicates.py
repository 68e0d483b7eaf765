"""The same report is known again in another script, layout or state, and another edition of it is not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from fakes import HashEmbedder, report
from hypothesis import given, settings
from hypothesis import strategies as st
from noise import drop_emoji, leak_pinyin, paragraphs
from opencc import OpenCC

from ingest.catalog import Catalog
from ingest.clean.stages import clean
from ingest.document import Document, Span, View
from ingest.duplicates import (
    PERMUTATIONS,
    are_copies,
    bands,
    find_again,
    joined,
    letters_of,
    likeness,
    said,
    shingles_of,
    sketch,
)
from ingest.pipeline import ingest
from ingest.prepare import indexed
from ingest.settings import Settings

TRADITIONAL = OpenCC("s2t")
TEXT = report(12, 8)
OTHER_YEAR = report(13, 8)


def cleaned(text: str) -> str:
    return clean(Document("a.txt", "txt", text, View.of(text))).view.text


def wrapped(text: str) -> str:
    """A text as a page of 30 columns breaks it, figures too."""
    return "\n".join(line[i : i + 30] for line in text.splitlines() for i in range(0, len(line), 30))


@pytest.mark.parametrize(
    "copy",
    [
        TEXT,
        TRADITIONAL.convert(TEXT),
        wrapped(TEXT),
        TEXT.replace("。", "。\n\n").replace("，", ","),
        cleaned(drop_emoji(TEXT, 11)),
        cleaned(leak_pinyin(TRADITIONAL.convert(TEXT), 9)),
        "\n".join(TEXT.splitlines()[:-2]),
    ],
    ids=["itself", "traditional", "wrapped", "marks", "emoji", "pinyin", "shortened"],
)
def test_a_copy_is_known(copy: str) -> None:
    """The same report in another script or layout, cleaned of noise or a little shorter, is a copy, either way round."""
    assert are_copies(TEXT, copy)
    assert are_copies(copy, TEXT)
    first, second = sketch(TEXT), sketch(copy)
    assert first is not None
    assert second is not None
    assert {*bands(first)} & {*bands(second)}


def test_another_edition_is_another_report() -> None:
    """Two reports that share nearly all their words and differ in their figures are no copies."""
    text = (
        "本公司在报告期内坚持稳健经营的方针，积极拓展线上线下融合的渠道，门店总数为{}家，比上一年有所扩大。"
        "供应链和会员运营是未来的重点，管理层认为行业仍有整合的空间，全年销售额为{}亿元，符合年初的预期。"
    )
    one, other = text.format(120, 3300), text.format(131, 3700)
    assert likeness(one, other) > 0.7
    assert not are_copies(one, other)
    assert not are_copies(TEXT, OTHER_YEAR)


def test_short_texts_have_no_copies() -> None:
    """A few words are no report, however often they occur."""
    assert sketch("无。" * 10) is None
    assert sketch("") is None


@given(paragraphs())
def test_a_sketch_is_the_same_in_either_script(text: str) -> None:
    """What a text is known by does not depend on its marks and white space."""
    spaced = text.replace("。", " 。\u3000")
    one, other = sketch(text), sketch(spaced)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one.key == other.key
        assert np.array_equal(one.signature, other.signature)
        assert one.signature.shape == (PERMUTATIONS,)


@given(st.text(max_size=80))
def test_letters_know_their_places(text: str) -> None:
    """The letters of any text are what `said` gives, and each stands for a stretch of the text that folds to it."""
    letters = letters_of(text)
    assert letters.view.text == said(text)
    for i, letter in enumerate(letters.view.text):
        assert letter in said(letters.view.span(i, i + 1).of(text))


PASSAGE = report(12, 8).split("\n\n")[3]


@pytest.mark.parametrize(
    "copy",
    [TRADITIONAL.convert(TEXT), wrapped(TEXT), TEXT.replace("，", ", ")],
    ids=["traditional", "wrapped", "marks"],
)
def test_a_passage_is_found_in_a_copy(copy: str) -> None:
    """The stretch that is found says exactly the passage."""
    found = find_again(PASSAGE, letters_of(copy))
    assert found is not None
    assert said(found.of(copy)) == said(PASSAGE)


def test_a_passage_with_a_slip_is_found() -> None:
    """A few other characters, or a sentence less, do not hide a passage; its ends are met."""
    slipped = TEXT.replace(PASSAGE[40:43], "某某某")
    found = find_again(PASSAGE, letters_of(slipped))
    assert found is not None
    assert found.of(slipped)[:8] == PASSAGE[:8]
    assert found.of(slipped)[-8:] in PASSAGE[-9:]


STATED = "本季度的销售额为12063万元，会员人数继续扩大，选址比促销更加重要，店长们在访谈里都提到了这一点，行业协会的统计也支持这个看法。"


@pytest.mark.parametrize(
    ("words", "others", "is_there"),
    [
        ("12063", "12064", False),
        ("选址比", "选址不比", False),
        ("", "", True),
        ("扩大，", "扩大，客单价为87元，没有下降，", True),
    ],
    ids=["figure", "negation", "wording", "addition"],
)
def test_a_passage_that_says_otherwise_is_not_found(words: str, others: str, *, is_there: bool) -> None:
    """With another figure or a negation it is another statement; a copy in other words, or that says more, is found."""
    copy = "前文说的是别的事情。" + STATED.replace("都提到了", "提到过").replace(words, others, 1) + "后文也是。"
    assert (find_again(STATED, letters_of(copy)) is not None) == is_there


def test_a_passage_is_looked_for_where_it_is_said_to_be() -> None:
    """Of a sentence that stands twice the one near a given place is found."""
    text = "共有12家门店。" + "中间的话很多。" * 20 + "共有12家门店。"
    again = text.rindex("共有")
    found = find_again("共有12家门店。", letters_of(text), Span(again - 5, len(text)))
    assert found == Span(again, len(text) - 1)
    assert find_again("共有13家门店。", letters_of(text)) is None
    assert find_again("。", letters_of(text)) is None


def test_groups_hang_together() -> None:
    """Texts that are copies by way of others are of one group."""
    groups = joined(range(6), [(0, 1), (3, 4), (1, 3), (5, 9)])
    assert sorted(map(sorted, groups)) == [[0, 1, 3, 4], [2], [5]]


VERSIONS: dict[str, str] = {
    **{
        f"甲{n}.txt": t
        for n, t in enumerate([TEXT, TRADITIONAL.convert(TEXT), wrapped(TEXT), TEXT[:-60], TEXT[60:], TEXT])
    },
    **{f"乙{n}.txt": t for n, t in enumerate([OTHER_YEAR, cleaned(drop_emoji(OTHER_YEAR, 13))])},
    "丙.txt": report(50, 8),
    "short.txt": "无。",
}


def put(catalog: Catalog, path: str, text: str) -> None:
    document = Document(path, "txt", text, View.of(text))
    catalog.put(replace(indexed(document, ()), vectors=np.zeros((0, 3), np.float32)))


def families(catalog: Catalog) -> list[Sequence[str]]:
    return [[m.path for m in family] for family in catalog.families.all()]


def test_families_hold_the_copies() -> None:
    """All versions of a report are one family, those of another one another, and what has no copy is in none."""
    catalog = Catalog(Path(":memory:"))
    for path, text in VERSIONS.items():
        put(catalog, path, text)
    assert families(catalog) == [["乙0.txt", "乙1.txt"], [f"甲{n}.txt" for n in range(6)]]
    catalog.close()


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(sorted(VERSIONS)), st.booleans()), max_size=20), st.randoms())
def test_families_do_not_depend_on_the_way_there(steps: list[tuple[str, bool]], random: Random) -> None:
    """After any additions and removals the families are those of the documents that are there, added in any order."""
    catalog, anew = Catalog(Path(":memory:")), Catalog(Path(":memory:"))
    there: set[str] = set()
    for path, adds in steps:
        catalog.remove(path)
        there.discard(path)
        if adds:
            put(catalog, path, VERSIONS[path])
            there.add(path)
    order = sorted(there)
    random.shuffle(order)
    for path in order:
        put(anew, path, VERSIONS[path])
    assert families(catalog) == families(anew)
    catalog.close()
    anew.close()


def test_documents_of_an_older_index_are_compared_later() -> None:
    """Documents that were taken in without being compared are compared once."""
    catalog = Catalog(Path(":memory:"))
    for path, text in VERSIONS.items():
        put(catalog, path, text)
    expected = families(catalog)
    for table in ("sketches", "texts", "bands", "copies"):
        catalog._db.execute(f"DELETE FROM {table}")  # noqa: S608
    assert not catalog.families.all_compared()
    assert families(catalog) == []
    catalog.families.compare_the_rest()
    assert catalog.families.all_compared()
    assert families(catalog) == expected
    catalog.close()


def test_an_ingest_tells_what_is_the_same(
    reports: Path, tmp_path: Path, settings: Settings, embedder: HashEmbedder
) -> None:
    """A file that is the same report as another is reported with that one's path, also when it comes later."""
    ingest([reports], tmp_path / "index", settings, embedder)
    (reports / "z.txt").write_text(TRADITIONAL.convert(report(3)), "utf-8")
    done = ingest([reports], tmp_path / "index", settings, embedder)
    assert {f.path: f.same_as for f in done.files if f.same_as} == {"z.txt": "003.txt"}


def test_a_sketch_needs_no_scipy_and_leaves_the_package_whole() -> None:
    """Of the library only what makes a sketch is imported; whoever imports the package afterwards gets all of it."""
    code = (
        "import sys; from ingest.duplicates import sketch; s = sketch('零售' + '某某某甲乙丙丁戊己庚辛' * 9);"
        "print('scipy' in sys.modules); from datasketch import MinHash, MinHashLSH;"
        "print((MinHash(64, seed=1, scheme='affine32', hashfunc=int).hashvalues.dtype == s.signature.dtype))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_a_signature_is_that_of_the_library() -> None:
    """The same shingles have the same signature in the library as it is imported by anybody."""
    from datasketch import MinHash

    theirs = MinHash(PERMUTATIONS, seed=1, scheme="affine32", hashfunc=int)
    theirs.update_batch(shingles_of(said(TEXT)).tolist())
    ours = sketch(TEXT)
    assert ours is not None
    assert np.array_equal(ours.signature, theirs.hashvalues)
