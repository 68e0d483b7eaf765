"""The benchmarks in their one form, over data made by rule."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from noise import SENTENCES
from rich.console import Console
from typer.testing import CliRunner

from evals.bench import benchmarks
from evals.bench.benchmarks import BENCHMARKS, Given, table
from evals.cli import app


def test_a_table_has_every_single_value() -> None:
    """Rows and columns are the names; a list of examples is left to the JSON, what a row lacks is a dash."""
    rows = {"emoji": {"passages": 5, "restored": 0.5, "examples": ("a", "b")}, "clean": {"passages": 3}}
    assert shown(rows) == [["passages", "restored"], ["emoji", "5", "0.500"], ["clean", "3", "–"]]
    wide = {"all": {"passages": 5, "restored": 1, "left": 0.5}, "some": {"passages": 4, "restored": 0.5}}
    assert shown(wide) == [
        ["all", "some"],
        ["passages", "5", "4"],
        ["restored", "1.000", "0.500"],
        ["left", "0.500", "–"],
    ]


def shown(figures: dict[str, dict[str, object]]) -> list[list[str]]:
    out = StringIO()
    Console(file=out, width=100).print(table(figures))
    return [line.split() for line in out.getvalue().splitlines()]


def test_every_benchmark_has_the_form_that_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command gives a benchmark what it was told, and prints what came of it."""
    given: list[Given] = []

    def measured(told: Given) -> dict[str, dict[str, object]]:
        given.append(told)
        return {"row": {"share": 0.25}}

    for name in BENCHMARKS:
        monkeypatch.setitem(benchmarks.BENCHMARKS, name, measured)  # type: ignore[arg-type]
        ran = CliRunner().invoke(app, ["bench", name, str(tmp_path), "--articles", "7", "--json"])
        assert json.loads(ran.stdout) == {"row": {"share": 0.25}}
    assert {(g.bench, g.articles) for g in given} == {(tmp_path, 7)}


def test_cleaning_is_measured_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A benchmark over a few texts has its rows, and all of them are JSON."""
    texts = [(str(i), "".join(SENTENCES[i : i + 8])) for i in range(0, 32, 8)]
    monkeypatch.setattr("evals.bench.cleaning.passages", lambda bench: texts)
    monkeypatch.setattr("evals.bench.cleaning.news", lambda bench, articles: texts[:articles])
    figures = BENCHMARKS["cleaning"](Given(tmp_path, articles=2))
    assert set(figures) == {"emoji", "pinyin", "slipped", "clean"}
    assert figures["emoji"]["passages"] == 4
    assert figures["clean"]["texts"] == 6
    json.dumps(figures)
