"""How fast files become an index, and in how much memory, beside a stock pipeline.

    python -m evals.bench.ingest BENCH [--reports DIR] [--articles 1588] [--many 20000] [--json]

Reading passages, news articles and the text files of DIR are written out as single
files. Over these run, each in a process of its own and one after another: Wenju from end to end;
Wenju again, with nothing changed; its stages up to the passages alone; and what a LlamaIndex user
would write down first: SimpleDirectoryReader, SentenceSplitter as it comes, Chroma on the disk and
llama-index-retrievers-bm25, with the very model that Wenju embeds with. `--many` ingests so many small
files instead, and tells the memory along the way.

Memory is the resident memory of a process and all its children together, at its highest as seen
ten times a second; pages that processes share count for each, which is to the
disadvantage of the one that has several. CPU seconds are those of all processes too. The model comes to LlamaIndex
as it would for any user, by sentence-transformers, and once more by Wenju's own table of its rows,
which spares it the import of torch.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from evals.bench.reading import news, passages
from ingest.embed import SentenceTransformersEmbedder, sentence_transformer
from ingest.settings import load_settings
from ingest.terms import tokens

EVERY = 0.1
ARTICLES = 1588
SMALL = 600
"""Characters of each of many small files."""
QUARTERS = 4
SETTLES = 2.5
"""Seconds until files that were just written are as others: before that an ingest trusts no stamp of theirs."""
UNCHANGED = "wenju, unchanged"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took. `peak_mb` is resident memory of all its processes, `path` the memory when so many files were done."""

    seconds: float
    cpu_seconds: float
    mb_per_second: float
    peak_mb: float
    told: dict[str, Any]
    path: tuple[tuple[int, float], ...] = ()


def main() -> None:
    """Measure and print; with `--run` be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description="Measure ingests.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--reports", type=Path)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--many", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--run", choices=RUNS, help=argparse.SUPPRESS)
    parser.add_argument("--index", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        RUNS[given.run](given.bench, given.index)
        return
    costs = figures(given.bench, given.reports, given.articles, given.many)
    print(json.dumps({n: asdict(c) for n, c in costs.items()}, indent=1) if given.json else "\n".join(table(costs)))


def figures(bench: Path, reports: Path | None = None, articles: int = ARTICLES, many: int = 0) -> dict[str, Cost]:
    """The cost of each run, by its name, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as place:
        return measure(Path(place), bench, reports, articles, many)


def measure(place: Path, bench: Path, reports: Path | None, articles: int, many: int) -> dict[str, Cost]:
    """The cost of each run, by its name."""
    folder = place / "texts"
    if many:
        size = write_out(folder, small_texts(bench, many))
        return {"wenju": cost("wenju", folder, place / "wenju", size, many)}
    texts = [*passages(bench), *news(bench, articles)]
    texts += [(f.name, f.read_text("utf-8")) for f in sorted(reports.glob("*.txt"))] if reports else []
    size = write_out(folder, texts)
    time.sleep(SETTLES)
    runs = ["wenju", "wenju", "to passages", "llama-index", "llama-index, table"]
    names = [UNCHANGED if run in runs[:n] else run for n, run in enumerate(runs)]
    return {name: cost(run, folder, place / run, size) for name, run in zip(names, runs, strict=True)}


def write_out(folder: Path, texts: Iterable[tuple[str, str]]) -> int:
    """Write each text into a file of its own; the bytes of all."""
    folder.mkdir()
    size = 0
    for number, (_, text) in enumerate(texts):
        data = text.encode()
        (folder / f"{number:06d}.txt").write_bytes(data)
        size += len(data)
    return size


def small_texts(bench: Path, many: int) -> Iterator[tuple[str, str]]:
    """The beginnings of so many articles."""
    for name, text in news(bench, many):
        yield name, text[:SMALL]


def cost(run: str, folder: Path, index: Path, size: int, files: int = 0) -> Cost:
    """Start a run and watch its memory until it ends. Raises CalledProcessError when it fails."""
    command = [sys.executable, "-m", "evals.bench.ingest", str(folder), "--run", run, "--index", str(index)]
    began, used = time.monotonic(), _used()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    seen = [0.0]
    quarters: dict[int, float] = {}
    done = index / "done"
    while process.poll() is None:
        seen.append(resident(process.pid))
        ready = int(done.read_text() or 0) if files and done.exists() else 0
        for mark in range(files // QUARTERS, ready + 1, files // QUARTERS) if files else ():
            quarters.setdefault(mark, round(seen[-1], 1))
        time.sleep(EVERY)
    seconds = time.monotonic() - began
    told = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    path = tuple(sorted(quarters.items()))
    return Cost(
        round(seconds, 2),
        round(_used() - used, 2),
        round(size / 1e6 / seconds, 3),
        round(max(seen), 1),
        json.loads(told),
        path,
    )


def _used() -> float:
    """CPU seconds of all processes that this one has started, and they, and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def resident(process: int) -> float:
    """Resident memory, in MB, of a process and all that it started; what has ended meanwhile counts nothing."""
    total = 0.0
    try:
        status = Path(f"/proc/{process}/status").read_text()
        total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024
        threads = list(Path(f"/proc/{process}/task").iterdir())
        children = [int(c) for t in threads for c in (t / "children").read_text().split()]
    except (OSError, StopIteration):
        return total
    return total + sum(map(resident, children))


def run_wenju(folder: Path, index: Path) -> None:
    """Ingest, as `wenju ingest` does."""
    from ingest.pipeline import FileReport, Tally, ingest

    settings = load_settings()
    embedder = SentenceTransformersEmbedder.of(settings)
    index.mkdir(exist_ok=True)

    def progress(report: FileReport, tally: Tally) -> None:  # noqa: ARG001
        if tally.files % 1000 == 0 or tally.files == tally.all_files:
            (index / "done").write_text(str(tally.files))

    report = ingest([folder], index, settings, embedder, progress=progress)
    print(json.dumps({"files": len(report.files), "passages": report.passages, "seconds": round(report.seconds, 2)}))


def run_to_passages(folder: Path, index: Path) -> None:  # noqa: ARG001
    """Discover, read, clean and split, without an index; a look at the ends of all files before, as in an ingest."""
    from ingest.clean.learned import learn
    from ingest.discover import discover
    from ingest.prepare import Job, cut, look_at_ends
    from ingest.read.formats import READERS
    from ingest.workers import Crew

    settings = load_settings()
    began = time.monotonic()
    jobs = [Job(found, None) for found in discover([folder], READERS)]
    with Crew(settings.workers or 2, settings.file_seconds) as crew:
        learned = learn(seen for seen, _ in crew.each(look_at_ends, jobs) if seen is not None)
        work = partial(cut, size=settings.passage_size, learned=learned)
        passages = sum(len(made[1]) for made, _ in crew.each(work, jobs) if made is not None)
    print(json.dumps({"files": len(jobs), "passages": passages, "seconds": round(time.monotonic() - began, 2)}))


def run_llama_index(folder: Path, index: Path, *, table: bool = False) -> None:
    """What LlamaIndex's own pages tell a beginner to do, with the same embedding model."""
    import chromadb
    from llama_index.core import SimpleDirectoryReader, StorageContext, VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.chroma import ChromaVectorStore

    settings = load_settings()
    embedder = SentenceTransformersEmbedder.of(settings)

    def embed(texts: list[str]) -> list[list[float]]:
        if table:
            listed: list[list[float]] = embedder.passages(texts).tolist()
            return listed
        written = [" ".join(tokens(text)) for text in texts]
        return [list(map(float, v)) for v in loaded().encode(written, batch_size=1024, normalize_embeddings=True)]

    @cache
    def loaded() -> Any:
        return sentence_transformer(settings.model_path(), settings.embedding_device)

    class Same(BaseEmbedding):
        """The model of Wenju, as LlamaIndex calls one."""

        def _get_query_embedding(self, query: str) -> list[float]:
            return embed([query])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return embed(texts)

    began = time.monotonic()
    documents = SimpleDirectoryReader(str(folder)).load_data()
    nodes = SentenceSplitter().get_nodes_from_documents(documents)
    collection = chromadb.PersistentClient(str(index / "chroma")).get_or_create_collection("passages")
    storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    VectorStoreIndex(nodes, storage_context=storage, embed_model=Same(embed_batch_size=256))
    BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=5).persist(str(index / "bm25"))
    told = {"files": len(documents), "passages": collection.count(), "seconds": round(time.monotonic() - began, 2)}
    print(json.dumps(told))


RUNS: Mapping[str, Callable[[Path, Path], None]] = {
    "wenju": run_wenju,
    "to passages": run_to_passages,
    "llama-index": run_llama_index,
    "llama-index, table": partial(run_llama_index, table=True),
}


def table(costs: dict[str, Cost]) -> Iterator[str]:
    """A line a run, then the ratios; of many files the memory along the way."""
    yield f"{'run':18}{'s':>8}{'CPU s':>8}{'MB/s':>8}{'peak MB':>10}{'files':>8}{'passages':>10}"
    for name, c in costs.items():
        told: Sequence[int] = (c.told["files"], c.told["passages"])
        yield f"{name:18}{c.seconds:8.2f}{c.cpu_seconds:8.2f}{c.mb_per_second:8.2f}{c.peak_mb:10.0f}{told[0]:8}{told[1]:10}"
        if c.path:
            yield "  ".join(f"{files} files: {mb:.0f} MB" for files, mb in c.path)
    wenju = costs["wenju"]
    for name, other in ((n, c) for n, c in costs.items() if n.startswith("llama-index")):
        yield f"throughput {other.seconds / wenju.seconds:.1f} x, memory {wenju.peak_mb / other.peak_mb:.2f} x that of {name}"
    if UNCHANGED in costs:
        first, second = wenju.told["seconds"], max(costs[UNCHANGED].told["seconds"], 0.01)
        yield f"an unchanged run takes 1/{first / second:.0f} of the first's time, start-up aside"


if __name__ == "__main__":
    main()
