"""What a question is kept to: the same in Python and in the catalog."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import HashEmbedder, report
from hypothesis import given
from hypothesis import strategies as st

from ingest.bounds import EVERYTHING, Bounds
from ingest.catalog import Catalog
from ingest.columns import columns_of, expression
from ingest.prepare import indexed
from ingest.read.text import read_text
from ingest.split import split

DOCUMENTS = [
    ("a.pdf", "天猫", "2023-06-01"),
    ("b.pdf", "艾瑞", "2022-03"),
    ("c.pdf", "艾瑞", "2024"),
    ("d.pdf", "", ""),
    ("e.pdf", "京东", "2024-05-05"),
    ("f.pdf", "", "2023"),
]
DATES = st.sampled_from(
    ["", "2022", "2022-03", "2022-03-09", "2023", "2023-06", "2023-06-01", "2023-06-02", "2024-05", "2025"]
)
BOUNDS = st.builds(
    Bounds.of,
    st.none() | st.lists(st.sampled_from(["a.pdf", "b.pdf", "f.pdf", "none.pdf"])),
    st.none() | st.lists(st.sampled_from(["天猫", "艾瑞", "", "没有"])),
    DATES,
    DATES,
)


def held(bounds: Bounds) -> str:
    return "".join(path[0] for path, publisher, date in DOCUMENTS if bounds.hold(path, publisher, date))


@pytest.mark.parametrize(
    ("bounds", "paths"),
    [
        ({}, "abcdef"),
        ({"publishers": ["艾瑞"]}, "bc"),
        ({"since": "2023"}, "acef"),
        ({"since": "2023-06-01"}, "acef"),
        ({"since": "2023-06-02"}, "cef"),
        ({"until": "2022-03"}, "b"),
        ({"until": "2022-02"}, ""),
        ({"until": "2023-01"}, "bf"),
        ({"since": "2023-06-01", "until": "2024"}, "acef"),
        ({"documents": ["a.pdf", "b.pdf"], "publishers": ["艾瑞", "京东"]}, "b"),
        ({"publishers": []}, ""),
    ],
)
def test_a_document_lies_within_by_path_publisher_and_date(bounds: dict[str, object], paths: str) -> None:
    """A date that may lie within does, as far as it and the bound go; no date is of no time."""
    assert held(Bounds.of(**bounds)) == paths  # type: ignore[arg-type]


@pytest.mark.parametrize("date", ["去年", "2023-6", "2023-06-30-01", "２０２３", "23"])
def test_a_date_told_in_another_way_is_an_error(date: str) -> None:
    """And not one that nothing, or everything, fits."""
    with pytest.raises(ValueError, match="is no date"):
        Bounds.of(until=date)


def test_keywords_tell_the_same_bounds() -> None:
    """What one call was given can be handed on to another."""
    bounds = Bounds.of(["a.pdf"], iter(["艾瑞"]), "2023", "2024-01")
    assert Bounds.of(**bounds.keywords()) == bounds
    assert Bounds.of(**EVERYTHING.keywords()) == Bounds.of() == EVERYTHING


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The documents of the table above."""
    made = Catalog(tmp_path_factory.mktemp("bounds") / "catalog.sqlite")
    with made.transaction():
        for number, (path, publisher, date) in enumerate(DOCUMENTS):
            document = replace(read_text(report(number).encode(), path), publisher=publisher, date=date)
            chunks = split(document, 80)
            vectors = HashEmbedder().passages([c.text for c in chunks])
            made.put(replace(indexed(document, chunks), vectors=vectors))
    return made


@given(BOUNDS)
def test_the_catalog_chooses_the_same(catalog: Catalog, bounds: Bounds) -> None:
    """The passages within bounds are those of the documents that they hold, and each document is known to be held or not."""
    within = [
        n
        for path, *told in DOCUMENTS
        if bounds.hold(path, *told)
        for n in (p.number for p in catalog.passages_of(path))
    ]
    assert catalog.listing.passages_within(bounds).tolist() == sorted(within)
    assert "".join(p[0] for p, *_ in DOCUMENTS if catalog.listing.holds(bounds, p)) == held(bounds)
    unknown = catalog.listing.unknown(bounds)
    assert unknown[0] == (["none.pdf"] if "none.pdf" in (bounds.documents or ()) else [])
    assert unknown[1] == (["没有"] if "没有" in (bounds.publishers or ()) else [])


@given(BOUNDS, st.sampled_from(["", "天猫", '艾瑞" or 1 == 1']), DATES)
def test_an_expression_over_numbers_holds_the_same(bounds: Bounds, publisher: str, date: str) -> None:
    """What an engine with columns is asked is true of just the documents that the bounds hold, whatever they are called."""
    numbers = {path: number for number, (path, *_) in enumerate(DOCUMENTS)}
    told = expression(bounds, lambda paths: [numbers[p] for p in paths if p in numbers])
    for path, number in numbers.items():
        columns = columns_of(number, publisher, date)._asdict()
        true = told is not None and (told == "" or bool(eval(told, {}, columns)))  # noqa: S307
        assert true == bounds.hold(path, publisher, date)
    assert (told == "") == (bounds == Bounds.of())


def test_what_is_told_of_a_passage_is_its_documents(catalog: Catalog) -> None:
    """Of the passages that are asked for, and no others."""
    listed = {d.path: d for d in catalog.listing.documents()}
    for path, publisher, date in DOCUMENTS:
        (number,) = catalog.listing.numbers([path, "none.pdf"])
        own = [p.number for p in catalog.passages_of(path)]
        assert catalog.listing.told_of(own) == dict.fromkeys(own, (number, publisher, date))
        assert listed[path].passages == len(own)
    assert catalog.listing.told_of([]) == {}
