"""How well answers stand against hard distractors, over passages that the caller brings.

    python -m evals.bench.answers BENCH [--index FOLDER] [--questions 300]

Each held-out reading question comes with five passages, of which 0 to 100 %
are distractors: wrong documents that retrieval finds for it, harder the more
there are. At 20 % it is the fourth best of them, at 80 % the four best, at
100 % the five best. Prints the share of answers whose text holds an answer
(folded), the share refused, and the mean length in characters.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

from assistant.answer import Assistant
from assistant.retrieve import Retriever
from evals.bench.reading import Asked, for_training, passages, questions, retriever
from ingest.fold import squeeze

BROUGHT = 5
DISTRACTORS = (0, 1, 2, 3, 4, 5)
"""How many of the five are wrong. With none, the others are passages around the right one's neighbours in the data."""


def brought(reader: Retriever, asked: Asked, texts: dict[str, str], wrong: int) -> list[str]:
    """Five texts for a question, `wrong` of them distractors, the right one in a place that its id decides.

    One right passage is all there is, so those that are no distractors are passages drawn from elsewhere. Of the four
    best wrong documents the hardest come last: one distractor is the fourth best, two are the third and fourth.
    """
    hits = reader.retrieve(asked.question, 30)
    others = list(dict.fromkeys(h.document for h in hits if h.document != asked.passage))
    last = max(wrong, BROUGHT - 1)
    hard = [reader.document(path).raw for path in others[last - wrong : last]]
    known = sorted(texts)
    place = known.index(asked.passage)
    easy = [texts[known[(place + 97 * i) % len(known)]] for i in range(1, BROUGHT)]
    chosen = hard + easy[: BROUGHT - len(hard)] if wrong == BROUGHT else hard + easy[: BROUGHT - 1 - len(hard)]
    if wrong < BROUGHT:
        chosen.insert(sum(map(ord, asked.id)) % BROUGHT, texts[asked.passage])
    return chosen


def measure(reader: Retriever, asked: Sequence[Asked], texts: dict[str, str], wrong: int) -> dict[str, float]:
    """Accuracy, refusals and mean length over the questions with `wrong` distractors of five."""
    right, refused, lengths = [], [], []
    for question in asked:
        answer = Assistant.over(brought(reader, question, texts, wrong)).ask(question.question)
        text = squeeze(answer.text)
        refused.append(answer.abstained)
        right.append(not answer.abstained and any(squeeze(a) in text for a in question.answers))
        if not answer.abstained:
            lengths.append(len(answer.text))
    return {"right": mean(right), "refused": mean(refused), "length": mean(lengths) if lengths else 0.0}


def some_of(bench: Path, count: int) -> list[Asked]:
    """So many of the held-out questions, evenly spread over them."""
    held = [q for q in questions(bench) if not for_training(q.passage)]
    return held[:: max(1, len(held) // count)][:count]


def figures(reader: Retriever, asked: Sequence[Asked], texts: dict[str, str]) -> dict[str, dict[str, float]]:
    """The figures by the share of distractors."""
    return {f"{wrong / BROUGHT:.0%}": measure(reader, asked, texts, wrong) for wrong in DISTRACTORS}


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description="Measure answers over brought passages.")
    parser.add_argument("bench", type=Path)
    parser.add_argument("--index", type=Path, default=Path("build/reading-index"))
    parser.add_argument("--articles", type=int, default=15_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    reader = retriever(given.index, given.bench, given.articles)
    asked = some_of(given.bench, given.questions)
    table = figures(reader, asked, dict(passages(given.bench)))
    if given.json:
        print(json.dumps(table, indent=1))
        return
    print(f"{len(asked)} held-out questions, five passages each")
    for name, row in table.items():
        print(
            f"{name:>5} distractors  "
            + "  ".join(f"{k} {v:.3f}" if k != "length" else f"{k} {v:.0f}" for k, v in row.items())
        )


if __name__ == "__main__":
    main()
