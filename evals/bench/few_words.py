"""What is found where a question shares few words with what answers it: by words alone, by vectors alone, by both.

    wenju bench few_words BENCH

Two kinds of questions. Of the reading questions that no weight was learned on,
those of whose informative pairs of characters at most a quarter stand in the
sentence (or the whole passage) that answers them; and questions over the sample
reports that were written in other words on purpose, `evals/cases/paraphrases.jsonl`.
Figures are recall@k: whether one of the first k passages is the one that answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.answer import Assistant
from assistant.question import Question, in_digits, understand
from assistant.rank import matchable
from assistant.retrieve import Retriever
from evals.bench.reading import Asked, for_training, passages, questions
from evals.case import read_cases
from evals.metrics import holds_evidence
from evals.run import evidence_places
from ingest.embed import Embedder, SentenceTransformersEmbedder
from ingest.fold import HAN, squeeze
from ingest.index import open_index
from ingest.pipeline import ingest
from ingest.settings import load_settings
from ingest.split import sentences

ROOT = Path(__file__).parents[2]
CASES = ROOT / "evals" / "cases" / "paraphrases.jsonl"
FEW = 0.25
"""The share of a question's pairs in its evidence up to which they share few words."""
PAIR = re.compile(f"[{HAN}]{{2}}")
DEPTHS = (1, 5, 20, 50)
Search = Callable[[Question], list[int]]
"""Numbers of passages for a question, best first, as many as the last of DEPTHS."""


def shared(question: str, evidence: Iterable[str]) -> float | None:
    """The share of a question's informative pairs of characters that stand in the evidence closest to it.

    None where the question has no such pair.
    """
    pairs = [t for t in understand(question).terms if PAIR.fullmatch(t)]
    if not pairs:
        return None
    texts = [matchable(text) for text in evidence]
    return max(sum(pair in text for pair in pairs) / len(pairs) for text in texts)


def answering(text: str, answers: Sequence[str]) -> list[str]:
    """The sentences of a passage in which one of the answers stands; the whole passage where none holds one."""
    parts = [text[s.start : s.end] for s in sentences(text)]
    wanted = [squeeze(a) for a in answers]
    return [p for p in parts if any(a in squeeze(p) for a in wanted)] or [text]


def searches(reader: Retriever, embedder: Embedder) -> dict[str, Search]:
    """The three ways to look for passages: by BM25 of the question as it is put, by cosine, and as the product does."""
    index, deepest = reader.index, DEPTHS[-1]

    def by_words(asked: Question) -> list[int]:
        terms = [*asked.terms, *asked.context, *in_digits(asked)]
        return [n for n, _ in index.lexical.search(terms, deepest)]

    def by_vectors(asked: Question) -> list[int]:
        return [n for n, _ in index.vectors.search(embedder.question(asked.search_text), deepest)]

    def by_both(asked: Question) -> list[int]:
        return [h.number for h in reader.retrieve(asked, deepest)]

    return {"words": by_words, "vectors": by_vectors, "both": by_both}


def recall(ranks: Sequence[int | None]) -> dict[str, float]:
    """Recall@k of the ranks, from 1, at which questions found their passages."""
    return {f"recall@{k}": sum(r is not None and r <= k for r in ranks) / max(1, len(ranks)) for k in DEPTHS}


def reading_figures(reader: Retriever, embedder: Embedder, bench: Path, every: int = 1) -> dict[str, dict[str, float]]:
    """The held-out reading questions, all of them and those that share few words with what answers them."""
    asked = [q for q in questions(bench) if not for_training(q.passage)][::every]
    texts = dict(passages(bench))
    overlaps = {
        "sentence": [shared(q.question, answering(texts[q.passage], q.answers)) for q in asked],
        "passage": [shared(q.question, [texts[q.passage]]) for q in asked],
    }
    groups = {"all": range(len(asked))} | {
        f"few words of the {what}": [i for i, o in enumerate(found) if o is not None and o <= FEW]
        for what, found in overlaps.items()
    }
    table = {}
    for way, search in searches(reader, embedder).items():
        ranks = [_rank(reader, search(understand(q.question)), q) for q in asked]
        for name, members in groups.items():
            table[f"{name}, {way}"] = {"questions": len(members), **recall([ranks[i] for i in members])}
    return table


def _rank(reader: Retriever, numbers: Sequence[int], asked: Asked) -> int | None:
    found = reader.index.catalog.passages(numbers)
    return next((r for r, n in enumerate(numbers, 1) if found[n].document == asked.passage), None)


def paraphrase_figures() -> dict[str, dict[str, float]]:
    """The paraphrased questions over the sample reports, indexed for it."""
    settings = load_settings()
    embedder = SentenceTransformersEmbedder.of(settings)
    with TemporaryDirectory() as folder:
        ingest([ROOT / "corpus"], Path(folder) / "index", settings, embedder)
        reader = Retriever(open_index(Path(folder) / "index", embedder.identity), embedder)
        return {
            f"paraphrases, {way}": {"questions": len(ranks), **recall(ranks)}
            for way, ranks in _ranks_of_cases(reader, embedder)
        }


def _ranks_of_cases(reader: Retriever, embedder: Embedder) -> Iterator[tuple[str, list[int | None]]]:
    assistant = Assistant(reader)
    cases = read_cases(CASES)
    places = [evidence_places(assistant, case) for case in cases]
    for way, search in searches(reader, embedder).items():
        ranks = []
        for case, evidence in zip(cases, places, strict=True):
            numbers = search(understand(case.question))
            found = reader.index.catalog.passages(numbers)
            holds = (holds_evidence(found[n].document, found[n].chunk.span, evidence) for n in numbers)
            ranks.append(next((r for r, held in enumerate(holds, 1) if held), None))
        yield way, ranks


def parts(
    reader: Callable[[], Retriever], bench: Path, every: int
) -> Mapping[str, Callable[[], dict[str, dict[str, float]]]]:
    """The parts of the benchmark by name; `reader` opens the index of the reading passages among news articles."""

    def reading() -> dict[str, dict[str, float]]:
        settings = load_settings()
        embedder = SentenceTransformersEmbedder.of(settings)
        return reading_figures(reader(), embedder, bench, every)

    return {"reading questions": reading, "paraphrases": paraphrase_figures}
