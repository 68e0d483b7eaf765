"""The benchmarks of scale: texts without an end, and figures that go on where they were cut off."""

from __future__ import annotations

import gzip
import json
import random
from itertools import islice
from pathlib import Path

import pytest

from evals.bench import scale
from evals.bench.many import LENGTH, many_texts, put_together, runs_of

STORY = "今年上半年，全市新开门店一百二十家，同比增长12.5%。其中三成在县城。业内人士认为，选址比促销更重要。"


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A benchmark folder of a few articles and questions."""
    (tmp_path / "news").mkdir()
    (tmp_path / "reading").mkdir()
    with gzip.open(tmp_path / "news/part-a.jsonl.gz", "wt", encoding="utf-8") as out:
        for number in range(30):
            out.write(json.dumps({"id": f"n{number}", "text": STORY.replace("12.5", f"{number}.5") * 3}) + "\n")
    with (tmp_path / "reading/questions.jsonl").open("w", encoding="utf-8") as asked:
        for number in range(1000):
            told = {"id": str(number), "question": f"第{number}家门店在哪里？", "passage": "p", "answers": ["县城"]}
            asked.write(json.dumps(told) + "\n")
    return tmp_path


def test_texts_come_without_an_end_and_the_same_each_time(bench: Path) -> None:
    """First the articles, then new texts of their sentences, no two alike."""
    first = list(islice(many_texts(bench, 5), 12))
    assert first == list(islice(many_texts(bench, 5), 12))
    assert [name for name, _ in first[:6]] == ["n0", "n1", "n2", "n3", "n4", "made-0000000"]
    assert len({text for _, text in first}) == 12
    assert all(len(text) >= LENGTH for _, text in first[5:])


def test_sentences_stay_whole_and_digits_change() -> None:
    """What is put together reads as the sentences do, but for its figures."""
    runs = runs_of(STORY)
    assert "".join(runs) == STORY
    made = put_together(runs, random.Random(1))  # noqa: S311  # no secret
    assert "其中三成在县城。" in made
    assert "12.5%" not in made[:200] or made.count("12.5%") < made.count("%")


def test_sizes_that_are_done_are_passed_over(
    bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run grows the index from size to size, writes each down, and measures no size twice."""
    monkeypatch.setattr(scale, "ARTICLES", 20)
    monkeypatch.setattr(scale, "AT_FIRST", 20)
    monkeypatch.setattr(scale, "COLD", 1)
    runs: list[str] = []

    def child(run: str, bench: Path, index: Path, url: str) -> dict[str, float]:
        runs.append(run)
        monkeypatch.setattr(scale, "WARM", 3)
        return scale.RUNS[run](bench, index, url)

    monkeypatch.setattr(scale, "child", child)
    arguments = ["scale", str(bench), "--index", str(tmp_path / "index"), "--out", str(tmp_path / "f.jsonl"), "--sizes"]
    monkeypatch.setattr("sys.argv", [*arguments, "20"])
    scale.main()
    assert runs == ["ingest", "cold", "warm"]
    monkeypatch.setattr("sys.argv", [*arguments, "20", "60"])
    scale.main()
    assert runs == ["ingest", "cold", "warm"] * 2
    first, second = scale.read(tmp_path / "f.jsonl")
    assert 0 < first["passages"] < second["passages"] == first["passages"] + second["added"]
    assert min(first["warm_p50_ms"], first["cold_ms"], first["added_per_second"], first["catalog_mb"]) > 0
    assert "| passages | " in capsys.readouterr().out
