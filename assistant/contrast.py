"""Sentences that set two things apart: what a question for their difference wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.extract import Candidate, points_on
from assistant.neighbours import sentence_before, sentence_behind
from assistant.offered import ROW
from assistant.question import Question
from assistant.run import Run
from ingest.document import Span
from ingest.fold import fold

BEHIND = 6.0
"""Log-odds that a sentence which sets the two apart may be behind the best that does not."""
ALONE = 4.0
"""The same for sentences about one of the two alone, where none sets them apart."""
SAYS_HOW, SAYS_THAT = 3.0, 1.0
"""Log-odds that it gains: where it says of each what it is, and where it only says that they differ."""
DIFFERS = re.compile(
    r"(?:区别|差别|差异|不同|分别|分野|差距)(?:之处|点)?[^,。;]{0,6}(?:在于|是|在|为|:)|不同于|[与和跟同][^,。;]{1,16}(?:不同|不一样|有别)|相比|比起|相较"
    r"|[高低多少大小快慢优强弱早晚]于|比[^,。;]{1,14}(?:高|低|多|少|大|小|快|慢|贵|便宜|早|晚|强|弱)|并?不(?:完全)?(?:等同|相同|一样)"
)
TURNS = re.compile("则|却|而")
BOTH = re.compile("前者.*后者|一个.*一个|一者.*一者")
THE_TWO = re.compile("(?:两者|二者|它们|两种|前者|其中前者)")
ONLY_NAMES = re.compile("辨析|探讨|异同|共同点|差异点|混为一谈|见(?:下|上)?[表图]|(?:表|图)\\s?\\d")
"""A sentence that says that there is a difference, not which."""
CLAUSE = re.compile("[,。;:!?]")
LONGEST_NAME = 8
SAYS = 3
"""Characters that a clause has at least behind the name which it begins with."""
NEAR = 6
"""So far behind its beginning a clause may name what it is about."""

Tells = Callable[[str, str], bool]


def contrast(names: tuple[str, str], candidate: Candidate, tells_of: Tells) -> float:
    """How much more likely a sentence answers what the difference of two named things is, in log-odds; 0 where it sets them not apart."""
    words = fold(candidate.text)
    if ROW in candidate.text:
        return SAYS_HOW if all(tells_of(n, candidate.before) for n in names) else 0.0
    named = [tells_of(n, words) for n in names]
    leans = THE_TWO.match(words) is not None and all(tells_of(n, f"{candidate.before} {words}") for n in names)
    goes_on = _goes_on(names, candidate.before, words, tells_of)
    if ONLY_NAMES.search(words) or not (all(named) or leans or goes_on):
        return 0.0
    if goes_on or BOTH.search(words) or (leans and TURNS.search(words)) or _each_in_a_clause(names, words):
        return SAYS_HOW
    return SAYS_THAT if DIFFERS.search(words) else 0.0


def _goes_on(names: tuple[str, str], before: str, words: str, tells_of: Tells) -> bool:
    """Whether a sentence turns to one of two things behind one about the other: VR由计算机生成…。MR则把现实…"""
    told, one = fold(before), [tells_of(n, words) for n in names]
    first = CLAUSE.split(words)[0]
    return any(
        one[n] and not one[1 - n] and tells_of(names[n], first) and tells_of(names[1 - n], told) for n in (0, 1)
    ) and (TURNS.search(first) is not None)


def _each_in_a_clause(names: tuple[str, str], words: str) -> bool:
    """Whether one stretch begins with the one and another, which a semicolon or 而, 则 or 却 sets against it, with the other."""
    clauses = [_alone(names, clause) for clause in CLAUSE.split(words)]
    first = [next((i for i, c in enumerate(clauses) if c[n]), None) for n in (0, 1)]
    if first[0] is None or first[1] is None:
        return False
    later = CLAUSE.split(words)[max(first[0], first[1])]
    at_once = any(
        re.sub("^[而但且]", "", later).startswith(n[:LONGEST_NAME]) and len(later) > len(n) + SAYS for n in names
    )
    return TURNS.search(later) is not None or ";" in words or at_once


def _alone(names: tuple[str, str], words: str) -> tuple[bool, bool]:
    """Which of two names folded words begin with and are about alone; of a longer one that holds the shorter, only the longer."""
    short, long = sorted((0, 1), key=lambda n: len(names[n]))
    at = [-1, -1]
    at[long] = words.find(names[long][:LONGEST_NAME])
    at[short] = words.replace(names[long], "□").find(names[short][:LONGEST_NAME])
    # 甲把货送给乙 says what the two do together.
    return 0 <= at[0] <= NEAR and at[1] < 0, 0 <= at[1] <= NEAR and at[0] < 0


def set_apart(
    question: Question, names: tuple[str, str], ranked: Sequence[Candidate], tells_of: Tells
) -> Candidate | None:
    """The sentence that best sets two things apart; None where none does."""
    near = (c for c in ranked if c.score >= ranked[0].score - BEHIND and not points_on(question, c.text))
    gains = [(gain, c) for c in near if (gain := contrast(names, c, tells_of))]
    return max(gains, key=lambda g: g[0] + g[1].score)[1] if gains else None


def each_alone(names: tuple[str, str], ranked: Sequence[Candidate], tells_of: Tells) -> list[Candidate]:
    """The best sentence about each of two things that does not name the other; empty where one has none."""
    short, long = sorted(names, key=len)
    near = [c for c in ranked if c.score >= ranked[0].score - ALONE and ROW not in c.text]
    of_long = next((c for c in near if long in fold(c.text) and short not in fold(c.text).replace(long, "")), None)
    of_short = next(
        (c for c in near if tells_of(short, fold(c.text).replace(long, "")) and long not in fold(c.text)), None
    )
    return sorted((of_long, of_short), key=lambda c: -c.score) if of_long and of_short else []


def with_what_it_leans_on(run: Run, names: tuple[str, str], text: str, tells_of: Tells) -> Run:
    """A sentence about 前者 and 后者 with the one before it, which names the two."""
    words = fold(run.clean.of(text))
    before = sentence_before(text, run.clean)
    if not before or all(tells_of(n, words) for n in names):
        return run
    if THE_TWO.match(words) is None and not _goes_on(names, before[0].of(text), words, tells_of):
        return run
    return replace(run, clean=Span(before[0].start, run.clean.end), sentences=(*before, *run.sentences))


def going_on(run: Run, names: tuple[str, str], text: str) -> Span | None:
    """The sentence behind, where that goes on with the other of two things: 与旧书不同，旧衣…。旧书则…"""
    behind = sentence_behind(text, run.clean)
    words = fold(behind.of(text)) if behind else ""
    begins = any(_alone(names, words)) or THE_TWO.match(words) is not None
    return behind if begins and TURNS.search(CLAUSE.split(words)[0]) and ROW not in words else None
