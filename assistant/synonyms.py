"""Other words for the words of a question: from the user's file, and acronyms that the reports spell out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from assistant.question import Question, Wording, informative_terms
from ingest.errors import BadSettings
from ingest.fold import HAN, fold

Synonyms = Mapping[str, tuple[str, ...]]
"""The other words for a word, all folded."""
OPENING = ("“", '"', "「", "『", "《", "(")
MOST = 4
"""Other wordings that a question is looked for in, beside those of regions."""
LEAST, LONGEST = 4, 14
"""Characters of what an acronym stands for: at least where it runs on from other words, and at most."""
SHORT = "[a-z][a-z0-9&+-]{1,7}"
ACRONYM = re.compile(rf"(?<![a-z0-9]){SHORT}(?![a-z0-9])")
BEHIND = re.compile(
    rf"(?<![a-z0-9])(?P<acronym>{SHORT}) ?(?:\((?:即|全称)?(?=[^()]{{3,{LONGEST}}}[,;、)])|\([^()]{{0,40}}\)[,;]? ?即)(?P<full>[{HAN}]{{3,{LONGEST}}})[,;、。)(]"
)
BEFORE = re.compile(rf"(?P<full>[{HAN}]{{3,{LONGEST}}}) ?\((?:[^()]{{0,40}}[,;、 ])?(?P<acronym>{SHORT})\)")


def read_synonyms(file: Path) -> Synonyms:
    """The synonyms of a file: on each line words that mean the same, with commas between; # begins a remark.

    Raises BadSettings with the line of the first fault.
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise BadSettings(f"{file}: cannot be read ({exc})", "check WENJU_SYNONYMS; the file is UTF-8 text") from exc
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines, 1):
        words = [fold(w).strip() for w in re.split("[,，、=]", line.partition("#")[0])]
        if not any(words):
            continue
        if len(words) < 2 or not all(words) or len({*words}) < len(words):
            told = f"{file}:{number}: {line.strip()!r} is not two or more different words with commas between"
            raise BadSettings(told, "write words that mean the same on one line: 关键意见消费者, KOC")
        for word in words:
            others = (*found.get(word, ()), *(w for w in words if w != word))
            found[word] = tuple(dict.fromkeys(others))
    return found


def acronyms_of(question: Question) -> list[str]:
    """The folded words of a question that may be acronyms."""
    return list(dict.fromkeys(m[0] for m in ACRONYM.finditer(question.folded)))


def spelled_out(acronym: str, texts: Iterable[str]) -> tuple[str, ...]:
    """What an acronym stands for where texts say it: KOC(关键意见消费者), 关键意见消费者(Key Opinion Consumer, KOC). Folded."""
    said = [n for text in texts for n in _names_in(fold(text)) if n.acronym == acronym]
    certain = dict.fromkeys(n.full for n in said if n.begins)
    return tuple(certain | dict.fromkeys(_shared([n.full for n in said if not n.begins])))[:MOST]


def abbreviated(question: Question, texts: Iterable[str]) -> Synonyms:
    """The acronyms of names in a question, where texts say what they stand for: the other way round than `spelled_out`.

    Of a name that runs on from what is said before it, so much is taken as the question has of its end.
    """
    found: dict[str, dict[str, None]] = {}
    for name in dict.fromkeys(n for text in texts for n in _names_in(fold(text))):
        full = name.full if name.full in question.folded else "" if name.begins else _end_in(name.full, question.folded)
        if full and not _stands(name.acronym, question.folded):
            found.setdefault(full, {})[name.acronym] = None
    return {full: tuple(acronyms)[:MOST] for full, acronyms in found.items()}


class Name(NamedTuple):
    """A name with its acronym, folded; `begins` tells whether it is certain where it begins."""

    acronym: str
    full: str
    begins: bool


def _names_in(folded: str) -> Iterator[Name]:
    """The names that a folded text gives with their acronyms, first those that stand behind."""
    if "(" not in folded:
        return
    yield from (Name(m["acronym"], m["full"], begins=True) for m in BEHIND.finditer(folded))
    for m in BEFORE.finditer(folded):
        # Behind an opening mark a name begins; else it runs on from what is said, and only what several places share is one.
        yield Name(m["acronym"], m["full"], begins=folded[: m.start()].endswith(OPENING))


def _end_in(run: str, folded: str) -> str:
    """The longest end of a run of characters that stands in a folded text, where it is long enough to be a name of its own."""
    return next((run[i:] for i in range(len(run) - LEAST + 1) if run[i:] in folded), "")


def _shared(ends: Sequence[str]) -> list[str]:
    """The longest end that some strings share, of three characters or more."""
    if len(ends) < 2:
        return []
    first, *rest = ends
    shared = next((first[i:] for i in range(len(first) - 2) if all(other.endswith(first[i:]) for other in rest)), "")
    return [shared] if len(shared) > 2 else []


def with_synonyms(question: Question, synonyms: Synonyms) -> Question:
    """The question with a further wording for each other word of one of its own."""
    more: list[Wording] = []
    for word, others in synonyms.items():
        if _stands(word, question.folded):
            for other in others:
                said = _replaced(word, other, question.folded)
                more.append(Wording(said, informative_terms(said), question.context))
    known = {w.folded for w in question.wordings} | {question.folded}
    new = [w for w in more if w.folded not in known][:MOST]
    return replace(question, wordings=(*question.wordings, *new)) if new else question


def _stands(word: str, folded: str) -> bool:
    return re.search(_whole(word), folded) is not None


def _replaced(word: str, other: str, folded: str) -> str:
    return re.sub(_whole(word), lambda _: other, folded)


def _whole(word: str) -> str:
    """A pattern of a word that is no part of another where it is written in Latin letters."""
    before = "(?<![a-z0-9])" if word[0].isascii() else ""
    behind = "(?![a-z0-9])" if word[-1].isascii() else ""
    return f"{before}{re.escape(word)}{behind}"
