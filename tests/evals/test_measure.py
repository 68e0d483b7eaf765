"""Benchmarks go on where they were cut off, and their figures say what made them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.bench import benchmarks
from evals.bench.benchmarks import Benchmark, Given, Part
from evals.bench.measure import Measured, measure
from evals.signature import source_digest
from ingest.errors import BadBaseline


class Counting:
    """A benchmark of three parts that counts what is measured, and is cut off in `broken`."""

    def __init__(self) -> None:
        self.measured: list[str] = []
        self.broken = ""

    def parts(self, given: Given) -> dict[str, Part]:
        """Its parts, each a row."""

        def part(name: str) -> Part:
            def rows() -> dict[str, dict[str, object]]:
                if name == self.broken:
                    raise KeyboardInterrupt
                self.measured.append(name)
                return {f"row {name}": {"share": len(self.measured) / 4}}

            return rows

        return {name: part(name) for name in "abc"}


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    """Such a benchmark, known as `cleaning`."""
    made = Counting()
    monkeypatch.setitem(benchmarks.BENCHMARKS, "cleaning", Benchmark("counts", made.parts))  # type: ignore[arg-type]
    return made


def run(tmp_path: Path, *, anew: bool = False, quick: bool = False) -> Measured:
    return measure("cleaning", Given(tmp_path, quick=quick), lambda *_: None, tmp_path / "unfinished", anew=anew)


def cut_off(tmp_path: Path, counting: Counting) -> None:
    counting.broken = "c"
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    counting.broken = ""


def test_what_was_measured_is_not_measured_again(tmp_path: Path, counting: Counting) -> None:
    """Behind a run that was cut off only what is missing is measured, and nothing is left lying about."""
    cut_off(tmp_path, counting)
    done = run(tmp_path)
    assert counting.measured == ["a", "b", "c"]
    assert done.figures == {"row a": {"share": 0.25}, "row b": {"share": 0.5}, "row c": {"share": 0.75}}
    assert done.went_on == 2
    assert list((tmp_path / "unfinished").iterdir()) == []


def test_a_run_that_ended_is_measured_anew(tmp_path: Path, counting: Counting) -> None:
    """Only what was cut off goes on."""
    run(tmp_path)
    assert run(tmp_path).went_on == 0
    assert counting.measured == ["a", "b", "c"] * 2


@pytest.mark.parametrize("other", ["anew", "quick", "code"])
def test_other_options_or_code_begin_anew(
    tmp_path: Path, counting: Counting, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    """Figures of two kinds are never put together."""
    cut_off(tmp_path, counting)
    if other == "code":
        monkeypatch.setattr("evals.bench.measure.source_digest", lambda: "another")
    assert run(tmp_path, anew=other == "anew", quick=other == "quick").went_on == 0
    assert counting.measured == ["a", "b", "a", "b", "c"]


def test_a_file_that_is_no_run_is_named(tmp_path: Path, counting: Counting) -> None:
    """What cannot be gone on with is told, not passed over."""
    (tmp_path / "unfinished").mkdir()
    (tmp_path / "unfinished/cleaning.json").write_text("[]", "utf-8")
    with pytest.raises(BadBaseline, match=r"cleaning\.json"):
        run(tmp_path)


def test_each_part_is_told(tmp_path: Path, counting: Counting) -> None:
    """How many parts are measured, of how many, and which is next."""
    told: list[tuple[str, int, int]] = []
    measure("cleaning", Given(tmp_path), lambda *step: told.append(step), tmp_path)
    assert told == [("a", 0, 3), ("b", 1, 3), ("c", 2, 3), ("", 3, 3)]


def test_the_digest_is_that_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of code or data changes it; a change of figures that it made does not."""
    for package in ("ingest", "assistant", "evals/baselines"):
        (tmp_path / package).mkdir(parents=True)
    monkeypatch.setattr("evals.signature.__file__", str(tmp_path / "evals/signature.py"))
    (tmp_path / "ingest/fold.py").write_text("1", "utf-8")
    first = source_digest()
    (tmp_path / "evals/figures.json").write_text("{}", "utf-8")
    (tmp_path / "evals/baselines/corpus.json").write_text("{}", "utf-8")
    assert source_digest() == first
    (tmp_path / "ingest/fold.py").write_text("2", "utf-8")
    assert source_digest() != first
