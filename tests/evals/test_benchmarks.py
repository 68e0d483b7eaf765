"""The benchmarks in their one form, over data made by rule."""

from __future__ import annotations

import gzip
import json
from io import StringIO
from pathlib import Path

import pytest
from noise import SENTENCES
from rich.console import Console
from typer.testing import CliRunner

from evals.bench import benchmarks
from evals.bench.benchmarks import BENCHMARKS, Benchmark, Given, Part, table
from evals.bench.reading import retriever
from evals.cli import app
from ingest.errors import BadSettings


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
    """The command of each gives it what it was told, and prints what came of it with what made it."""
    given: list[Given] = []

    def parts(told: Given) -> dict[str, Part]:
        given.append(told)
        return {"one": lambda: {"row": {"share": 0.25}}, "two": lambda: {"other": {"share": 1}}}

    monkeypatch.chdir(tmp_path)
    for name in BENCHMARKS:
        monkeypatch.setitem(benchmarks.BENCHMARKS, name, Benchmark("told", parts))  # type: ignore[arg-type]
        ran = CliRunner().invoke(app, ["bench", name, str(tmp_path), "--articles", "7", "--json"])
        told = json.loads(ran.stdout)
        assert told["figures"] == {"row": {"share": 0.25}, "other": {"share": 1}}
        assert {"made", "revision", "source", "packages", "machine", "options", "seconds", "load"} <= set(
            told["signature"]
        )
    assert {(g.bench, g.articles, g.quick) for g in given} == {(tmp_path, 7, False)}


def test_cleaning_is_measured_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A benchmark over a few texts has its rows, and all of them are JSON."""
    texts = [(str(i), "".join(SENTENCES[i : i + 8])) for i in range(0, 32, 8)]
    monkeypatch.setattr("evals.bench.cleaning.passages", lambda bench: texts)
    monkeypatch.setattr("evals.bench.cleaning.news", lambda bench, articles: texts[:articles])
    parts = BENCHMARKS["cleaning"].parts(Given(tmp_path, articles=2))
    figures = {name: row for part in parts.values() for name, row in part().items()}
    assert set(figures) == {"emoji", "pinyin", "slipped", "clean"}
    assert figures["emoji"]["passages"] == 4
    assert figures["clean"]["texts"] == 6
    json.dumps(figures)


def test_every_benchmark_names_its_parts_before_it_measures(tmp_path: Path) -> None:
    """Progress can be told from the beginning, quick or whole; nothing is measured or opened for that but the questions."""
    (tmp_path / "reading").mkdir()
    asked = {"id": "q", "question": "问", "passage": "p", "answers": ["答"]}
    (tmp_path / "reading/questions.jsonl").write_text(json.dumps(asked) + "\n", "utf-8")
    for benchmark in BENCHMARKS.values():
        whole, quick = (list(benchmark.parts(Given(tmp_path, quick=q))) for q in (False, True))
        assert whole == quick
        assert whole


def test_an_index_of_other_texts_is_not_measured(tmp_path: Path) -> None:
    """An index that was made over fewer articles is named, not used; one that was begun is made anew."""
    (tmp_path / "reading").mkdir()
    (tmp_path / "news").mkdir()
    passage = {"id": "p", "text": SENTENCES[0]}
    (tmp_path / "reading/passages.jsonl").write_text(json.dumps(passage) + "\n", "utf-8")
    with gzip.open(tmp_path / "news/part-0.jsonl.gz", "wt", encoding="utf-8") as lines:
        for n, text in enumerate(SENTENCES[1:4]):
            lines.write(json.dumps({"id": f"n{n}", "text": text}) + "\n")
    begun = tmp_path / "index.unfinished"
    begun.mkdir()
    (begun / "manifest.json").write_text("{}", "utf-8")
    found = retriever(tmp_path / "index", tmp_path, 2).retrieve(SENTENCES[0], 1)
    assert [h.document for h in found] == ["p"]
    assert not begun.exists()
    with pytest.raises(BadSettings, match="3 texts, and 4 are wanted"):
        retriever(tmp_path / "index", tmp_path, 3)
