"""Questions to go on with after an answer, made of what was found beside it, each of which the assistant does answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain, islice

from assistant.answer import Answer, Assistant
from assistant.app.examples import COUNTED, SERIES, Draft, alike, drafts_of, rests_on, written_in
from assistant.script import Script, in_script
from ingest.catalog import Passage

WANTED = 3
TRIED = 20
"""Questions that are tried, at most: each is answered once."""
LOOKED_AT = 10
"""Passages that bear on the question asked, beside those of the documents that were cited."""
PATIENCE, PAUSE = 5.0, 0.05
"""Seconds for which these questions may be looked for, and after which it is looked again whether it is busy."""
BESIDE = 4
"""Passages before and behind a cited one that are looked at."""
HEADING = re.compile(
    r"^(?:第?[一二三四五六七八九十\d]+[章节節部分]?[、.．\s]\s*|[(（][一二三四五六七八九十\d]+[)）]\s*)+"
)
ASKS: dict[Script, str] = {"zh-Hans": "关于“{}”，报告说了什么？", "zh-Hant": "關於「{}」，報告說了什麼？"}
ASKING = re.compile(r"怎么|怎麼|什么|什麼|哪[些里裡个個]|如何|为何|為何|为什么|為什麼|多少|是否|几[个個种種]")
"""A heading that is a question as it stands."""
QUOTED = re.compile("(?:" + "|".join(re.escape(a).replace(r"\{\}", "(.+)") for a in ASKS.values()) + ")")
ASPECT = re.compile(
    r"(?:背景|原理|作用|影响|影響|原因|挑战|挑戰|问题|問題|趋势|趨勢|特点|特點|优势|優勢|风险|風險|建议|建議|对策|對策|路径|路徑|策略|模式|格局"
    r"|现状|現狀|定义|定義|流程|方法|条件|條件|目标|目標|价值|價值|前景|机制|機制|标准|標準|要求|结论|結論|成因|构成|構成|来源|來源)$"
)
"""A heading that names an aspect of what the report is about."""
PARTS = re.compile(r"[：:—|｜]| - ")
LONGEST_TOPIC = 20
NAMED = re.compile(r"^[\w\-·—“”「」《》、与與和及的\s]{4,20}$")


def related(
    assistant: Assistant,
    answer: Answer,
    asked: Sequence[str],
    documents: Sequence[str] = (),
    busy: Callable[[], bool] = lambda: False,
    others: Sequence[str] = (),
) -> tuple[str, ...]:
    """At most three questions, in the script of the answer, that keep to `documents` where there are some.

    `asked` are the questions of the conversation so far, none of which is given again. While it is `busy`,
    others wait for answers, and these questions are left until it is not; for so long only, then there are fewer.
    `others` are questions about something else that have answers: they fill the places that are left.
    """
    ends = time.monotonic() + PATIENCE
    passages = list(_near(assistant, answer, documents))
    cited = () if answer.abstained else {c.document for c in answer.citations}
    tried = _drafts(passages, answer.script, cited)
    chosen: list[Draft] = []
    said = [_asked_about(q) for q in asked]
    for draft in islice(tried, TRIED):
        while busy() and time.monotonic() < ends:
            time.sleep(PAUSE)
        if len(chosen) == WANTED or time.monotonic() >= ends:
            break
        about = draft.about or _asked_about(draft.question)
        if any(alike(about, other) for other in said):
            continue
        found = assistant.ask(written_in(draft.question, answer.script), documents=list(documents) or None)
        if rests_on(assistant, found, draft) and not _says_the_same(found, answer):
            chosen.append(draft)
            said.append(about)
    questions = [written_in(d.question, answer.script) for d in chosen]
    for other in others:
        if len(questions) < WANTED and not any(alike(other, q) for q in (*said, *questions)):
            questions.append(other)
    return tuple(questions)


def questions_about(assistant: Assistant, path: str, script: Script) -> tuple[str, ...]:
    """At most three questions to begin with about one document, each of which it answers."""
    chosen: list[Draft] = []
    for draft in islice(_drafts(assistant.retriever.passages_of(path), script), TRIED):
        if len(chosen) == WANTED:
            break
        if any(alike(draft.about or draft.question, d.about or d.question) for d in chosen):
            continue
        if rests_on(assistant, assistant.ask(written_in(draft.question, script), documents=[path]), draft):
            chosen.append(draft)
    return tuple(written_in(d.question, script) for d in chosen)


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


def _drafts(passages: Sequence[Passage], script: Script, cited: Collection[str] = ()) -> Iterator[Draft]:
    """What passages suggest: sentences of the cited documents, their headings, sentences of others; headings by their names at last."""
    own = [p for p in passages if not cited or p.document in cited]
    yield from drafts_of(own)
    headings = list(_of_headings(own, script))
    yield from (d for d in headings if not QUOTED.fullmatch(d.question))
    yield from drafts_of([p for p in passages if p not in own])
    yield from (d for d in headings if QUOTED.fullmatch(d.question))


def _of_headings(passages: Iterable[Passage], script: Script) -> Iterator[Draft]:
    seen: set[str] = set()
    for passage in passages:
        heading = HEADING.sub("", passage.chunk.heading.rsplit(" > ", 1)[-1]).strip()
        if NAMED.match(heading) and heading not in seen and heading not in passage.title:
            seen.add(heading)
            question = written_in(asking_for(heading, topic_of(passage.title), script), script)
            yield Draft("heading", question, passage.document, passage.chunk.clean, in_script(heading, script))


def topic_of(title: str) -> str:
    """What a report is about, by the first part of its title; empty where that is too long to be said in a question."""
    first = SERIES.sub("", PARTS.split(title)[0].strip())
    return first if 2 <= len(first) <= LONGEST_TOPIC else ""


def asking_for(heading: str, topic: str, script: Script) -> str:
    """A question for what stands under a heading, as somebody would put it who has not seen the report."""
    if ASKING.search(heading):
        return f"{heading}？" if topic in heading else f"{topic}：{heading}？"
    counted = COUNTED.match(heading)
    about = counted["topic"] if counted else ""
    if counted and (about or topic):
        return f"{about or topic}有哪{heading[len(about) :].removeprefix('的')}？"
    if ASPECT.search(heading) and ("的" in heading or topic):
        return f"{heading}是什么？" if "的" in heading else f"{topic}的{heading}是什么？"
    return ASKS[script].format(heading)


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
