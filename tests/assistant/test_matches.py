"""Terms found in many texts at once are those found in each by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.matches import Laid, find, find_all, find_stretches, stands_in
from assistant.rank import matchable
from ingest.fold import fold

ROUNDING = 1e-9
words = st.text(alphabet="数据中心成本增长率8512.,% ar-\n\0𠮷", max_size=60)
terms_sought = st.lists(
    st.text(alphabet="数据中心成本率812.ar𠮷", min_size=1, max_size=4), min_size=1, max_size=12, unique=True
)


@pytest.mark.parametrize(
    ("text", "folded", "expected"),
    [
        ("8", "增长8%", True),
        ("8", "增长58%", False),
        ("8", "增长85%", False),
        ("8", "58%和8%", True),
        ("29.4", "约29.4万", True),
        ("29.4", "约129.4万", False),
        ("2023", "2023年", True),
        ("r1", "deepseek-r1-zero", True),
        ("ai", "chain", False),
        ("ai", "用ai做", True),
        ("成本", "训练成本", True),
        ("成本", "成文本", False),
        ("7", "qwen2-7b", True),
        ("8", "增长8.5%", False),
        ("年8", "年85%", False),
        ("年8", "2023年8月", True),
        ("8月", "18月", False),
        ("8月", "2023年8月底", True),
        ("12", matchable("12,345辆"), False),
        ("80380", matchable("80,380辆"), True),
    ],
)
def test_numbers_and_words_stand_in_a_text_only_whole(text: str, folded: str, expected: bool) -> None:
    """8 stands in 8% and not in 58%; Chinese has no such borders."""
    assert stands_in(text, folded) is expected


@given(st.lists(words, max_size=5), terms_sought)
def test_every_place_is_found(texts: list[str], terms: list[str]) -> None:
    """The places in the laid texts are those that a search in each text gives, and none spans two texts."""
    matches = find_all(Laid.of(texts), terms)
    found = {
        (int(t), terms[n], int(at - matches.laid.starts[t]))
        for at, n, t in zip(matches.at, matches.term, matches.text, strict=True)
    }
    expected = set()
    for number, text in enumerate(texts):
        for term_ in terms:
            at = find(term_, text, 0)
            while at >= 0:
                expected.add((number, term_, at))
                at = find(term_, text, at + 1)
    assert found == expected
    assert np.all(np.diff(matches.at) >= 0)
    present = matches.present()
    assert [[bool(x) for x in row] for row in present] == [[stands_in(t, text) for t in terms] for text in texts]


@given(st.lists(words, min_size=1, max_size=5), terms_sought, st.integers(1, 40))
def test_the_best_window_is_that_of_trying_all(texts: list[str], terms: list[str], size: int) -> None:
    """The window that weighs most is found as by looking at each stretch of each text."""
    weights = np.arange(1.0, len(terms) + 1)
    best = find_all(Laid.of(texts), terms).best_window(weights, size)
    for text, found in zip(texts, best, strict=True):
        starts = {n: {at for at in range(len(text)) if find(t, text, at) == at} for n, t in enumerate(terms)}
        tried = [
            sum(weights[n] for n, places in starts.items() if any(first <= at <= first + size for at in places))
            for first in range(len(text) or 1)
        ]
        assert abs(found - max(tried)) < ROUNDING


@given(st.lists(words, max_size=5), words, st.integers(1, 6))
def test_stretches_stand_where_they_stand(texts: list[str], phrase: str, length: int) -> None:
    """A stretch of the phrase is found in a text exactly where it is a part of it."""
    phrase, texts = phrase.replace("\0", ""), [t.replace("\0", "") for t in texts]
    stretches = list(dict.fromkeys(phrase[i : i + length] for i in range(len(phrase) - length + 1)))
    standing = find_stretches(Laid.of(texts), phrase, length)
    assert standing.tolist() == [[s in text for s in stretches] for text in texts]


def test_a_phrase_of_very_many_characters_is_looked_for_too() -> None:
    """More characters than a key can tell apart: the stretches of the others are still found."""
    phrase = "".join(map(chr, range(0x4E00, 0x4E00 + 2000)))
    standing = find_stretches(Laid.of([phrase, "一"]), phrase, 6)
    assert standing.shape == (2, 1995)
    assert 1000 < standing[0].sum() < 1995
    assert not standing[1].any()


def test_folded_texts_count_in_code_points() -> None:
    """Characters beyond the basic plane and lone surrogates are one each."""
    laid = Laid.of([fold("𠮷\ud800數據"), "据"])
    matches = find_all(laid, ["数据", "据"])
    assert [int(a) for a in matches.at] == [2, 3, 6]
