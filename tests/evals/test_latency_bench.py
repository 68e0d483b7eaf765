"""The benchmark of latency: its form over a small index, and not its times."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from evals.bench import latency
from evals.bench.benchmarks import BENCHMARKS, Given
from evals.bench.latency import child, grown, spread, started
from evals.bench.memory import memory
from evals.bench.reading import for_training
from evals.bench.scale import passages_of

STORY = "今年上半年，全市新开门店一百二十家，同比增长12.5%。其中三成在县城。业内人士认为，选址比促销更重要。"


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A benchmark folder of a few articles, one passage and its questions."""
    held_out = next(p for p in map(str, range(100)) if not for_training(p))
    (tmp_path / "news").mkdir()
    (tmp_path / "reading").mkdir()
    with gzip.open(tmp_path / "news/part-a.jsonl.gz", "wt", encoding="utf-8") as out:
        for number in range(9):
            out.write(json.dumps({"id": f"n{number}", "text": STORY.replace("12.5", f"{number}.5") * 3}) + "\n")
    (tmp_path / "reading/passages.jsonl").write_text(json.dumps({"id": held_out, "text": STORY}) + "\n", "utf-8")
    with (tmp_path / "reading/questions.jsonl").open("w", encoding="utf-8") as asked:
        for number in range(40):
            told = {
                "id": str(number),
                "question": f"第{number}家门店在哪里？",
                "passage": held_out,
                "answers": ["县城"],
            }
            asked.write(json.dumps(told) + "\n")
    return tmp_path


def test_each_size_has_its_rows(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The larger index is the first one grown; every row has its figures, and all of them are JSON."""

    def child(run: str, warm: Sequence[str], asked: Sequence[str], index: Path) -> dict[str, float]:
        return latency.RUNS[run](index, warm, asked)

    monkeypatch.setattr(latency, "LARGER", 300)
    monkeypatch.setattr(latency, "child", child)
    given = Given(bench, articles=9, index=bench / "index", questions=3, quick=True)
    rows = {name: row for part in BENCHMARKS["latency"].parts(given).values() for name, row in part().items()}
    assert set(rows) == {
        "python alone",
        *(f"{row}, {size}" for size in ("reading", "larger") for row in ("data", "opening", "retrieve", "ask")),
        *(f"first ask of a shell, {size}" for size in ("reading", "larger")),
    }
    assert rows["data, reading"]["documents"] == 10
    assert rows["data, larger"]["passages"] >= 30 > rows["data, reading"]["passages"]
    assert passages_of(bench / "index") == rows["data, reading"]["passages"]
    for size in ("reading", "larger"):
        for row in (rows[f"retrieve, {size}"], rows[f"ask, {size}"]):
            assert row["questions"] == 3
            assert 0 < row["p50_ms"] <= row["p95_ms"]
        assert rows[f"opening, {size}"]["seconds"] > 0
        assert rows[f"first ask of a shell, {size}"]["seconds"] > rows["python alone"]["seconds"] > 0
    json.dumps(rows)


def test_an_index_that_has_grown_is_taken_as_it_is(bench: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made once; what was begun before and not ended is thrown away."""
    first = latency.retriever(bench / "index", bench, 2).index
    before = first.catalog.counts()[1]
    first.close()
    begun = bench / "index-60.unfinished"
    begun.mkdir()
    (begun / "manifest.json").write_text("{}", "utf-8")
    made = grown(bench / "index", bench, 60)
    assert made == bench / "index-60"
    assert passages_of(made) >= 60 > before == passages_of(bench / "index")
    assert not begun.exists()
    monkeypatch.setattr(latency, "build", lambda *_: pytest.fail("made again"))
    assert grown(bench / "index", bench, 60) == made


def test_a_run_is_a_process_of_its_own(bench: Path) -> None:
    """Its memory is its own, and not that of the process that started it."""
    index = latency.retriever(bench / "index", bench, 2).index
    index.close()
    weight = bytearray(b"1") * (300 << 20)
    told = child("retrieve", ["门店"], ["门店在哪里？"], bench / "index")
    assert told["questions"] == 1
    if "peak_mb" in told:  # where the system tells it
        assert 0 < told["resident_mb"] <= told["peak_mb"] < memory()["resident_mb"]
    assert len(weight) == 300 << 20


def test_questions_come_from_all_over() -> None:
    """Never more than asked for, none twice; all where there are fewer."""
    given = [str(n) for n in range(100)]
    assert spread(given, 4) == ["0", "25", "50", "75"]
    assert len(set(spread(given, 33))) == 33
    assert spread(given[:3], 10) == ["0", "1", "2"]


def test_a_command_that_fails_gives_no_time() -> None:
    """A process that ends in an error was not the one to be measured."""
    assert set(started(latency.ALONE, 1)) == {"seconds", "cpu_seconds"}
    with pytest.raises(latency.subprocess.CalledProcessError):
        started([latency.sys.executable, "-c", "raise SystemExit(2)"], 1)
