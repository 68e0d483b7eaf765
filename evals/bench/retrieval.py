"""How well passages are found: the reading benchmark in both scripts.

    wenju bench retrieval BENCH [--index FOLDER] [--peers] [--reports DIR --cases FILE]

Asks the questions of the passages that no weight was learned on, as they are
and converted into the other script, into Taiwan's characters alone, and into
the words of Taiwan and of the mainland (* those that this changes), and the
first two ways once more with the passages damaged before they were ingested:
recall@1, recall@5, MRR and the median time of a question. With `--peers` some
of the questions are also put to other libraries over the same passages, clean
and damaged; with `--reports` reference questions to real reports.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from opencc import OpenCC

from assistant.retrieve import Retriever
from assistant.script import script_of
from evals.bench.benchmarks import Figures, Given, Part
from evals.bench.peers import FIRST, PEERS, Search, Texts, check_installed
from evals.bench.reading import Asked, for_training, questions, retriever
from evals.case import Case, read_cases
from evals.metrics import fact_recall
from ingest.embed import Embedder, SentenceTransformersEmbedder
from ingest.fold import fold
from ingest.index import open_index
from ingest.pipeline import ingest
from ingest.settings import load_settings

WENJU = "Wenju"
PUT_TO_PEERS = 5
"""Every so many-th question is put to the peers too: some of them look at every passage for each."""


def measure(find: Search, asked: Sequence[Asked], written: Sequence[str]) -> dict[str, float]:
    """Recall@k, MRR and milliseconds a question; `written` are the questions as they are put."""
    ranks, times = [], []
    for question, text in zip(asked, written, strict=True):
        began = time.perf_counter()
        found = find(text)
        times.append(1000 * (time.perf_counter() - began))
        ranks.append(found.index(question.passage) + 1 if question.passage in found else 0)
    return {
        "recall@1": sum(r == 1 for r in ranks) / len(ranks),
        "recall@5": sum(0 < r <= 5 for r in ranks) / len(ranks),
        "mrr@10": sum(1 / r for r in ranks if r) / len(ranks),
        "p50_ms": median(times),
    }


def other_script(text: str) -> str:
    """The same text in the other script, in Taiwan's wording where that is Traditional."""
    return str(OpenCC("t2s" if script_of(text) == "zh-Hant" else "s2twp").convert(text))


def in_wording(text: str, region: str) -> str:
    """The same text in the other region's words: "Taiwan" or "mainland", or in Taiwan's characters alone."""
    simplified = OpenCC("t2s").convert(text)
    if region == "mainland":
        return str(OpenCC("tw2sp").convert(OpenCC("s2tw").convert(simplified)))
    return str(OpenCC("s2twp" if region == "Taiwan" else "s2tw").convert(simplified))


def parts(given: Given) -> Mapping[str, Part]:
    """What is measured, one after the other. Raises ModelProblem where peers are wanted that are not installed."""
    asked = [q for q in questions(given.bench) if not for_training(q.passage)]
    asked = asked[:: max(1, len(asked) // given.questions)] if given.questions else asked[:: 8 if given.quick else 1]
    folder = given.index_folder()

    def reader(*, harmed: bool = False) -> Retriever:
        beside = folder.with_name(f"{folder.name}-damaged") if harmed else folder
        return retriever(beside, given.bench, given.among(), harmed=harmed)

    def data() -> Figures:
        index = reader().index
        documents = sum(1 for _ in index.catalog.listing.documents())
        return {"data": {"questions": len(asked), "documents": documents, "passages": len(index.lexical)}}

    measured: dict[str, Part] = {
        "data": data,
        "questions in every way": lambda: figures(reader(), asked),
        "damaged": lambda: of_damaged(reader(harmed=True), asked),
    }
    if given.reports and given.cases:
        measured["reports"] = partial(_of_reports, given.reports, given.cases)
    if given.peers:
        check_installed()
        some = asked[:: 1 if given.quick or given.questions else PUT_TO_PEERS]
        for harmed in (False, True):
            for name in (WENJU, *PEERS):
                told = f"{name}, damaged" if harmed else name
                measured[told] = partial(_beside, name, told, partial(reader, harmed=harmed), some)
    return measured


def _of_reports(reports: Path, cases: Path) -> Figures:
    settings = load_settings()
    embedder = SentenceTransformersEmbedder.of(settings)
    with TemporaryDirectory() as place:
        ingest([reports], Path(place) / "index", settings, embedder)
        return facts_of(Retriever(open_index(Path(place) / "index", embedder.identity), embedder), read_cases(cases))


def _beside(name: str, told: str, reader: Callable[[], Retriever], asked: Sequence[Asked]) -> Figures:
    """A row of a peer, over the same passages as the files have them, or of Wenju beside the peers."""
    settings = load_settings()
    opened = reader()
    if name == WENJU:
        return beside_peers(told, searching(opened), asked, None)
    texts = texts_of(opened, SentenceTransformersEmbedder.of(settings))
    began = time.monotonic()
    find = PEERS[name](texts)
    return beside_peers(told, find, asked, time.monotonic() - began)


def figures(reader: Retriever, asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """The figures of the questions as they are and written in other ways; a star marks those alone that are written differently."""
    find = searching(reader)
    find("文")
    table = {
        "own script": measure(find, asked, [q.question for q in asked]),
        "other script": measure(find, asked, [other_script(q.question) for q in asked]),
    }
    for region in ("characters", "Taiwan", "mainland"):
        written = [in_wording(q.question, region) for q in asked]
        table[region] = measure(find, asked, written)
        changed = [i for i, (q, w) in enumerate(zip(asked, written, strict=True)) if fold(q.question) != fold(w)]
        if not changed:
            continue
        table[f"{region}*"] = measure(find, [asked[i] for i in changed], [written[i] for i in changed]) | {
            "questions": len(changed)
        }
        table[f"{region}* as is"] = measure(find, [asked[i] for i in changed], [asked[i].question for i in changed])
    return table


def of_damaged(reader: Retriever, asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """The figures where the passages were damaged before they were ingested."""
    find = searching(reader)
    return {
        "damaged": measure(find, asked, [q.question for q in asked]),
        "damaged, other script": measure(find, asked, [other_script(q.question) for q in asked]),
    }


def facts_of(reader: Retriever, cases: Iterable[Case]) -> dict[str, dict[str, float]]:
    """Over real reports: the mean share of a question's required facts that stand in the first one and five passages."""
    shares: dict[int, list[float]] = {1: [], 5: []}
    times = []
    for case in cases:
        if not case.must_include:
            continue
        began = time.perf_counter()
        hits = reader.retrieve(case.question, max(shares), history=case.history)
        times.append(1000 * (time.perf_counter() - began))
        for k, found in shares.items():
            found.append(fact_recall("\n".join(h.text for h in hits[:k]), case.must_include) or 0.0)
    told = {f"facts@{k}": sum(found) / len(found) for k, found in shares.items()}
    return {"reports": {"questions": len(times), **told, "p50_ms": median(times)}}


def beside_peers(name: str, find: Search, asked: Sequence[Asked], built: float | None) -> Figures:
    """One row of a peer, or of Wenju among them; `built` are the seconds that its index took.

    `other@1` and `other@5` are the recalls of the same questions asked in the other script.
    """
    find("文")
    own = measure(find, asked, [q.question for q in asked])
    other = measure(find, asked, [other_script(q.question) for q in asked])
    return {
        name: own | {f"other@{k}": other[f"recall@{k}"] for k in (1, 5)} | {"questions": len(asked), "built_s": built}
    }


def searching(reader: Retriever) -> Search:
    """A retriever as what peers are: the documents of the first passages."""
    return lambda question: [hit.document for hit in reader.retrieve(question, FIRST)]


def texts_of(reader: Retriever, embedder: Embedder) -> Texts:
    """The passages of an index as the files have them, cut where it cuts them, for others to search."""
    passages, documents = [], []
    for listed in reader.documents():
        raw = reader.document(listed.path).raw
        documents.append((listed.path, raw))
        passages += [(listed.path, raw[p.chunk.span.start : p.chunk.span.end]) for p in reader.passages_of(listed.path)]
    return Texts(passages, documents, embedder)
