"""What of a question a text lacks: its words, names, years, places and numbers, and what stands there in their place."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.brands import NAME as BRAND
from assistant.brands import has_brand
from assistant.matches import stands_in
from assistant.places import NAME as PLACE
from assistant.places import SAME
from assistant.question import ASKING, FUNCTION, Question
from assistant.rank import Weighted
from assistant.term_weights import general_frequencies
from ingest.fold import HAN

__all__ = [
    "Named",
    "focus_lost",
    "has_brand",
    "has_name",
    "has_place",
    "lost",
    "named",
    "sibling",
    "subject_missing",
    "without",
    "words_missing",
]

RUN = re.compile(f"[{HAN}]{{2,}}")
NAME = re.compile(r"(?<![a-z0-9])(?=[a-z0-9]*[a-z])[a-z0-9]+")
"""A Latin word, or a name of letters and digits, as r1, 4r and h800."""
GLOSS = re.compile(rf"(?<=[{HAN}])\s?[(（][a-z0-9 .&-]+[)）]|[a-z0-9][a-z0-9 .&-]*(?=[(（][{HAN}]+[)）])")
"""A Latin name beside the Chinese one that it translates: either will do."""
NUMBER = re.compile(r"(?<![a-z\d.])\d+(?:\.\d+)?(?![a-z\d])")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
QUOTED = re.compile(r"[《「『“\"]([^《》「」『』“”\"]{2,30})[》」』”\"]")
ORDINAL = re.compile(r"第[一二三四五六七八九十\d]+")
COMMON_NOUNS = frozenset(("app", "apps", "ai", "pc", "vs", "it", "ok", "and", "or", "of", "the"))
"""Latin words that name nothing in particular."""
EVERYWHERE = frozenset({"中国"})
ASKS = re.compile(
    r"百分之几|多少|几多|多[久大长高远]|几|哪一?[些个家位种年月天里儿座处款项部所]?|谁|什么|何[时地人种]|为什么|为何|怎么样?|怎样|如何"
)
TAIL = re.compile(r"[是为有达到占约共要卖叫在开设了能会可以一总大概的]+$")
PART = re.compile(r"[的,;。、:?!|(）)\s]")
SPAN_OF_TIME = re.compile(r"[\d一二三四五六七八九十]+(?:年|月|日|号|季度)")
LEADING = re.compile(
    rf"^(?:[跟和与在从对让给把被那这其该此当按据]|关于|对于|根据|目前|现在|当时|全国|今年|去年|\s|[^{HAN}])+"
)
LONG_RUN = 4
MANY = 4
COMMON = 120
"""Of 50,000 articles those that a pair of characters stands in at least to be a word of general prose."""
TOGETHER = -3.0
"""The least logarithm of how much oftener they stand together than articles chosen at random would have both."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names that no other words can stand for."""

    names: tuple[str, ...]
    years: tuple[str, ...]
    numbers: tuple[str, ...]
    places: tuple[str, ...]
    brands: tuple[str, ...]
    quoted: tuple[str, ...]
    ordinals: tuple[str, ...]


def named(question: Question) -> Named:
    """The Latin names, years, other numbers, places, brands, quoted words and ordinals of a question."""
    folded = question.folded
    years = _once(YEAR.findall(folded))
    return Named(
        names=tuple(n for n in _once(NAME.findall(GLOSS.sub(" ", folded))) if n not in COMMON_NOUNS),
        years=years,
        numbers=tuple(n for n in _once(NUMBER.findall(folded)) if n not in years and len(n) > 1),
        places=tuple(p for p in _once(PLACE.findall(folded)) if p not in EVERYWHERE),
        brands=_once(BRAND.findall(folded)),
        quoted=_once(QUOTED.findall(folded)),
        ordinals=_once(ORDINAL.findall(folded)),
    )


def _once(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def without(terms: Sequence[str], folded: str, has: Callable[[str, str], bool] = stands_in) -> float:
    """The share of some terms that a folded text does not have; 0 when there are none."""
    return sum(not has(t, folded) for t in terms) / len(terms) if terms else 0.0


def has_name(name: str, folded: str) -> bool:
    """Whether a Latin name stands in a text by itself; a longer word also as part of what is written together."""
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", folded) is not None or (
        len(name) > 3 and name in re.sub(r"[-_ .](?=[a-z0-9])", "", folded)
    )


def has_place(place: str, folded: str) -> bool:
    """Whether a text names a place, by any of its names."""
    return place in folded or (place in SAME and re.search(SAME[place], folded) is not None)


def sibling(name: str, folded: str) -> str:
    """Another name of the same shape, as r1 is of r2 and v3 of v4, that a text has; "" when it has none."""
    if not re.search(r"\d", name):
        return ""
    shape = re.sub(r"\d+", r"\\d+", name)
    found = re.search(rf"(?<![a-z0-9]){shape}(?![a-z0-9])", folded)
    return found[0] if found else ""


def lost(question: Question, weighted: Weighted, folded: str) -> tuple[float, float]:
    """How much of a question's Chinese words a folded text lacks: the share of their weight, and the longest run in a row, 0 to 1.

    A character is there when it stands there with one of its neighbours. Of a
    question in the words of several regions that one counts that lacks least.
    """
    return min(_lost(text, weights, folded) for text, weights in _wordings(question, weighted))


def _wordings(question: Question, weighted: Weighted) -> Iterator[tuple[str, Mapping[str, float]]]:
    yield question.folded, weighted.terms
    for wording, other in zip(question.wordings, weighted.others, strict=False):
        yield wording.folded, other.terms


def _lost(asked: str, weights: Mapping[str, float], folded: str) -> tuple[float, float]:
    whole = gone = longest = 0.0
    for run in RUN.findall(ASKING.sub(" ", asked)):
        pairs = [run[i : i + 2] in folded for i in range(len(run) - 1)]
        length = 0
        for character, before, after in zip(run, [False, *pairs], [*pairs, False], strict=True):
            weight = 0.0 if character in FUNCTION else weights.get(character, 0.0)
            whole += weight
            if before or after:
                length = 0
            else:
                gone += weight
                length += character not in FUNCTION
                longest = max(longest, length)
    return (gone / whole if whole else 0.0), min(longest, LONG_RUN) / LONG_RUN


def focus(asked: str) -> str:
    """The words next to what asks in a folded question: mostly those of the measure, quality or part that is asked for."""
    m = ASKS.search(asked)
    if m is None:
        return ""
    before = PART.split(TAIL.sub("", asked[: m.start()]))[-1][-8:]
    after = PART.split(asked[m.end() :])[0][:6]
    return f"{before} {after}"


def focus_lost(question: Question, weighted: Weighted, folded: str) -> float:
    """The share of the weight of its focus that a folded text lacks."""
    return min(_lost(focus(text), weights, folded)[0] for text, weights in _wordings(question, weighted))


def subject(asked: str) -> str:
    """The first two characters of what a folded question begins with: mostly of the name of what it is about."""
    bare = LEADING.sub("", ASKING.sub(" ", SPAN_OF_TIME.sub(" ", asked)))
    m = re.match(f"[{HAN}]{{2}}", bare)
    return m[0] if m else ""


def subject_missing(question: Question, folded: str) -> bool:
    """Whether a folded text has not what a question begins with, in any of its wordings."""
    return all(subject(q) not in folded for q in (question.folded, *(w.folded for w in question.wordings)))


def words_missing(question: Question, folded: str) -> float:
    """How many words of general prose a question has and a folded text has not, as a share of four, to one."""
    asked = (question.folded, *(w.folded for w in question.wordings))
    return min(MANY, *(_words_missing(a, folded) for a in asked)) / MANY


def _words_missing(asked: str, folded: str) -> int:
    runs = RUN.findall(ASKING.sub(" ", asked))
    pairs = {run[i : i + 2] for run in runs for i in range(len(run) - 1)}
    return sum(p not in folded and is_word(p) for p in pairs)


@lru_cache(maxsize=4000)
def is_word(pair: str) -> bool:
    """Whether two characters are a word of general prose: they stand together oftener than those of no word do."""
    articles, counts = general_frequencies()
    both = counts.get(pair, 0)
    return both >= COMMON and math.log(both * articles / (counts[pair[0]] * counts[pair[1]])) > TOGETHER
