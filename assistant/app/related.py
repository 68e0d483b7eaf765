"""Questions to go on with after an answer, made of what was found beside it, each of which the assistant does answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from assistant.answer import Answer, Assistant
from assistant.app.examples import Draft, alike, drafts_of, rests_on, written_in
from assistant.script import Script, in_script
from ingest.catalog import Passage

WANTED = 3
TRIED = 14
"""Questions that are tried, at most: each is answered once."""
LOOKED_AT = 10
"""Passages that bear on the question asked, beside those of the documents that were cited."""
BESIDE = 2
"""Passages before and behind a cited one that are looked at."""
HEADING = re.compile(
    r"^(?:第?[一二三四五六七八九十\d]+[章节節部分]?[、.．\s]\s*|[(（][一二三四五六七八九十\d]+[)）]\s*)+"
)
ASKS: dict[Script, str] = {"zh-Hans": "关于“{}”，报告说了什么？", "zh-Hant": "關於「{}」，報告說了什麼？"}
QUOTED = re.compile("(?:" + "|".join(re.escape(a).replace(r"\{\}", "(.+)") for a in ASKS.values()) + ")")
NAMED = re.compile(r"^[\w\-·—“”「」《》、与與和及的\s]{4,20}$")


def related(
    assistant: Assistant,
    answer: Answer,
    asked: Sequence[str],
    documents: Sequence[str] = (),
) -> tuple[str, ...]:
    """At most three questions, in the script of the answer, that keep to `documents` where there are some.

    `asked` are the questions of the conversation so far, none of which is given again.
    """
    passages = list(_near(assistant, answer, documents))
    tried = (d for d in _drafts(passages, answer.script))
    chosen: list[Draft] = []
    said = [_asked_about(q) for q in asked]
    for draft in islice(tried, TRIED):
        if len(chosen) == WANTED:
            break
        about = _asked_about(draft.question)
        if any(alike(about, other) for other in said):
            continue
        found = assistant.ask(written_in(draft.question, answer.script), (), list(documents) or None)
        if rests_on(assistant, found, draft) and not _says_the_same(found, answer):
            chosen.append(draft)
            said.append(about)
    return tuple(written_in(d.question, answer.script) for d in chosen)


def _near(assistant: Assistant, answer: Answer, documents: Sequence[str]) -> Iterator[Passage]:
    """The passages beside what was cited, then those that bear on the question too, each once."""
    seen: set[tuple[str, int]] = set()
    for passage in chain(_beside(assistant, answer), _found(assistant, answer, documents)):
        place = (passage.document, passage.chunk.clean.start)
        if place not in seen:
            seen.add(place)
            yield passage


def _beside(assistant: Assistant, answer: Answer) -> Iterator[Passage]:
    cited = {} if answer.abstained else dict.fromkeys(c.document for c in answer.citations)
    for path in cited:
        passages = assistant.retriever.passages_of(path)
        places = [c.span for c in answer.citations if c.document == path]
        at = [i for i, p in enumerate(passages) if any(p.chunk.span.overlap(s) for s in places)]
        near = {j for i in at for j in range(i - BESIDE, i + BESIDE + 1) if 0 <= j < len(passages)}
        yield from (passages[j] for j in sorted(near))


def _found(assistant: Assistant, answer: Answer, documents: Sequence[str]) -> Iterator[Passage]:
    hits = assistant.retriever.retrieve(answer.question, LOOKED_AT, documents=list(documents) or None)
    for hit in hits:
        yield from (p for p in assistant.retriever.passages_of(hit.document) if p.chunk.clean == hit.clean)


def _drafts(passages: Sequence[Passage], script: Script) -> Iterator[Draft]:
    """What the passages suggest by their sentences, then by their headings."""
    yield from drafts_of(passages)
    yield from _of_headings(passages, script)


def _of_headings(passages: Iterable[Passage], script: Script) -> Iterator[Draft]:
    seen: set[str] = set()
    for passage in passages:
        heading = HEADING.sub("", passage.chunk.heading.rsplit(" > ", 1)[-1]).strip()
        if NAMED.match(heading) and heading not in seen and heading not in passage.title:
            seen.add(heading)
            question = ASKS[script].format(in_script(heading, script))
            yield Draft("heading", question, passage.document, passage.chunk.clean)


def _asked_about(question: str) -> str:
    """A question without the words in which it asks about a heading: those all share."""
    named = QUOTED.fullmatch(question)
    return (named[1] or named[2]) if named else question


def _says_the_same(found: Answer, answer: Answer) -> bool:
    """Whether an answer rests first on what was cited already."""
    first = found.citations[0]
    return any(
        c.document == first.document and 2 * c.span.overlap(first.span) > len(first.span) for c in answer.citations
    )
