"""How well passages are found: the reading benchmark in both scripts.

    python -m evals.bench.retrieval BENCH [--index FOLDER] [--articles 15000]

Asks the questions of the passages that no weight was learned on, as they are
and converted into the other script, into Taiwan's characters alone, and into
the words of Taiwan and of the mainland (* those that this changes), and prints
recall@1, recall@5, MRR and the median time of a question.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from opencc import OpenCC

from assistant.retrieve import Retriever
from assistant.script import script_of
from evals.bench.reading import Asked, for_training, questions, retriever
from ingest.fold import fold


def measure(reader: Retriever, asked: Sequence[Asked], written: Sequence[str]) -> dict[str, float]:
    """Recall@k, MRR and milliseconds a question; `written` are the questions as they are put."""
    ranks, times = [], []
    for question, text in zip(asked, written, strict=True):
        began = time.perf_counter()
        hits = reader.retrieve(text, 10)
        times.append(1000 * (time.perf_counter() - began))
        ranks.append(next((r for r, h in enumerate(hits, 1) if h.document == question.passage), 0))
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


def figures(reader: Retriever, asked: Sequence[Asked]) -> dict[str, dict[str, float]]:
    """The figures of the questions as they are and written in other ways; a star marks those alone that are written differently."""
    reader.retrieve("文", 1)
    table = {
        "own script": measure(reader, asked, [q.question for q in asked]),
        "other script": measure(reader, asked, [other_script(q.question) for q in asked]),
    }
    for region in ("characters", "Taiwan", "mainland"):
        written = [in_wording(q.question, region) for q in asked]
        table[region] = measure(reader, asked, written)
        changed = [i for i, (q, w) in enumerate(zip(asked, written, strict=True)) if fold(q.question) != fold(w)]
        table[f"{region}*"] = measure(reader, [asked[i] for i in changed], [written[i] for i in changed]) | {
            "questions": len(changed)
        }
        table[f"{region}* as is"] = measure(reader, [asked[i] for i in changed], [asked[i].question for i in changed])
    return table


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description="Measure retrieval on the reading questions.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--index", type=Path, default=Path("build/reading-index"))
    parser.add_argument("--articles", type=int, default=15_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    reader = retriever(given.index, given.bench, given.articles)
    asked = [q for q in questions(given.bench) if not for_training(q.passage)]
    table = figures(reader, asked)
    if given.json:
        print(json.dumps(table, ensure_ascii=False, indent=1))
        return
    print(f"{len(asked)} held-out questions, {len(reader.index.lexical)} passages")
    for name, row in table.items():
        print(f"{name:14}" + "  ".join(f"{k} {v:.4f}" if "ms" not in k else f"{k} {v:.1f}" for k, v in row.items()))


if __name__ == "__main__":
    main()
