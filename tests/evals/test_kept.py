"""The figures of README.md are those that are kept, and say what made them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench.benchmarks import BENCHMARKS, Given
from evals.bench.kept import AMONG, BEGIN, END, LINES, keep, read_kept, rendered, written_into
from evals.bench.measure import Measured
from ingest.errors import BadBaseline, BadSettings

README = Path(__file__).parents[2] / "README.md"
SIGNATURE = {"made": "2026-01-02", "revision": "abc1234"}
RETRIEVAL = {
    "data": {"questions": 1757, "documents": 16256},
    **{
        way: {"recall@1": 0.9512, "recall@5": 0.98}
        for way in ("own script", "other script", "Taiwan", "damaged, other script")
    },
}


def test_the_table_of_the_readme_is_that_of_the_figures() -> None:
    """`wenju bench table` would change nothing."""
    page = README.read_text("utf-8")
    assert written_into(page, read_kept()) == page, "run: wenju bench table"


def test_what_is_kept_was_measured_whole_by_a_benchmark() -> None:
    """Every figure says when and with which code it was made, and none is of a quick run."""
    for name, kept in read_kept().items():
        assert name in BENCHMARKS
        assert {"made", "revision", "source", "machine", "options", "packages"} <= set(kept["signature"])
        assert "quick" not in kept["signature"]["options"]
        assert kept["figures"]


def test_every_benchmark_of_a_line_is_there() -> None:
    """No line waits for a benchmark that nobody can run."""
    assert {name for line in LINES for name in line.of} <= set(BENCHMARKS)


def test_figures_are_rendered_with_what_made_them(tmp_path: Path) -> None:
    """A line stands where all its figures are kept; the page around the table stays as it is."""
    file = tmp_path / "figures.json"
    keep("retrieval", Given(tmp_path), Measured(SIGNATURE, RETRIEVAL), file)
    page = written_into(f"before\n{BEGIN}\nold\n{END}\nbehind", read_kept(file))
    assert page.startswith(f"before\n{BEGIN}\n")
    assert page.endswith(f"{END}\nbehind")
    assert "1,757 reading questions over 16,256 documents | 0.951 / 0.980 |" in page
    assert "retrieval 2026-01-02 at abc1234" in page
    assert "Reference questions" not in page
    assert written_into(page, read_kept(file)) == page


def test_other_libraries_are_shown_beside_it_where_they_were_measured(tmp_path: Path) -> None:
    """Each with its shares of questions in both scripts, over clean and damaged passages; not when one of them lacks."""
    file = tmp_path / "figures.json"
    row = {"recall@1": 0.9, "other@1": 0.4, "p50_ms": 7.6, "questions": 352}
    peers = {name: row for peer in AMONG for name in (peer, f"{peer}, damaged")}
    keep("retrieval", Given(tmp_path), Measured(SIGNATURE, {**RETRIEVAL, **peers}), file)
    table = rendered(read_kept(file))
    assert table.count("| 0.900 | 0.400 | 0.900 | 0.400 | 8 ms |") == len(AMONG)
    assert "352 questions" in table
    del peers[AMONG[1]]
    keep("retrieval", Given(tmp_path), Measured(SIGNATURE, {**RETRIEVAL, **peers}), file)
    assert "352" not in rendered(read_kept(file))


def test_figures_are_kept_beside_those_of_others(tmp_path: Path) -> None:
    """A benchmark takes the place of its own figures alone."""
    file = tmp_path / "figures.json"
    for name in ("retrieval", "cleaning", "retrieval"):
        keep(name, Given(tmp_path), Measured(SIGNATURE, {name: {"a": 1}}), file)
    assert {name: k["figures"] for name, k in read_kept(file).items()} == {
        "cleaning": {"cleaning": {"a": 1}},
        "retrieval": {"retrieval": {"a": 1}},
    }


@pytest.mark.parametrize("given", [{"quick": True}, {"questions": 5}, {"articles": 5}])
def test_figures_of_less_are_not_kept(tmp_path: Path, given: dict[str, int]) -> None:
    """Only whole benchmarks are quoted."""
    with pytest.raises(BadSettings, match="whole benchmark"):
        keep("retrieval", Given(tmp_path, **given), Measured(SIGNATURE, RETRIEVAL), tmp_path / "figures.json")


def test_a_figure_that_is_missing_is_told(tmp_path: Path) -> None:
    """A benchmark that was kept before its rows had other names has to be run again."""
    kept = {"retrieval": {"signature": SIGNATURE, "figures": {"data": RETRIEVAL["data"]}}}
    with pytest.raises(BadBaseline, match="own script"):
        rendered(kept)


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_page_without_the_marks_is_left_alone(page: str) -> None:
    """Where the table should stand has to be said once."""
    with pytest.raises(BadBaseline, match="marks"):
        written_into(page, {})


def test_figures_of_another_form_are_told(tmp_path: Path) -> None:
    """A file that holds something else is named."""
    (tmp_path / "figures.json").write_text('{"retrieval": []}', "utf-8")
    with pytest.raises(BadBaseline, match="no figures"):
        read_kept(tmp_path / "figures.json")
