"""How the confidence is learned."""

from __future__ import annotations

from random import Random

from evals.bench.train_confidence import Row, figures, fit, sureness, threshold


def rows(count: int = 400) -> list[Row]:
    """Questions whose answers have a good sentence and lack no name, with some noise, and a feature that is misleading by chance."""
    random = Random(7)  # noqa: S311
    made = []
    for i in range(count):
        answered = i % 2 == 0
        features = {
            "hit": random.gauss(1.0 if answered else -1.0, 1.0),
            "names_missing": float(random.random() < (0.1 if answered else 0.6)),
            "lead": random.gauss(-0.5 if answered else 0.5, 1.0),
        }
        made.append(Row(features, answered, "as asked"))
    return made


def test_weights_have_the_signs_of_their_meaning() -> None:
    """What is found makes surer, what is missing less sure; a feature that speaks against its meaning is left out."""
    learned = fit(rows())
    assert learned["hit"] > 0
    assert learned["names_missing"] < 0
    assert learned["lead"] == 0


def test_the_weights_tell_answered_from_unanswered() -> None:
    """The log-odds of rows that were not learned on are on the right side in most cases."""
    learned = fit(rows())
    unseen = rows(600)[400:]
    right = [(s > 0) is r.answered for s, r in zip(sureness(unseen, learned), unseen, strict=True)]
    assert sum(right) > 0.8 * len(right)


def test_the_threshold_refuses_the_share_that_is_set() -> None:
    """That share of the answered questions lies below it."""
    some = rows()
    learned = fit(some)
    below = threshold(some, learned, 0.05)
    answered = [s for s, r in zip(sureness(some, learned), some, strict=True) if r.answered]
    assert sum(s < below for s in answered) == int(0.05 * len(answered))


def test_the_figures_tell_the_curve() -> None:
    """Along the curve more is refused as less is answered."""
    some = rows()
    learned = fit(some)
    told = figures(some, learned, 0.0)
    curve = told["answered and refused"]
    assert isinstance(curve, list)
    assert [p[0] for p in curve] == sorted((p[0] for p in curve), reverse=True)
    assert [p[1] for p in curve] == sorted(p[1] for p in curve)
