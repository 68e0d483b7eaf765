"""Example questions made from the words of the indexed documents, each of which the assistant does answer.

No language model is asked: a question is a definition, a figure or a counted
list of a document, turned around. It is kept when the answer cites the very
sentence that it was made of.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from assistant.answer import Answer, Assistant
from assistant.script import Script, in_script
from ingest.catalog import Passage
from ingest.document import Span
from ingest.errors import WenjuError
from ingest.split import sentences

WANTED = 4
SCRIPTS: tuple[Script, ...] = ("zh-Hans", "zh-Hant")
DOCUMENTS_READ = 24
"""Documents that are looked through, spread over the whole index."""
PER_DOCUMENT = 12
"""Questions of one document that are tried, at most."""
TRIED = 80
"""Questions that are tried in all, at most: each is answered once in each script."""
ENOUGH = 3
"""Answered questions to choose from, for each that is wanted."""
PATIENCE = 1.0
BEHIND_HEADING = 120
TOLD, TOLD_BY_FIGURE = 10, 3
"""Characters that an answer must add to its question."""

NAME = r"[\w\-·“”「」《》]"
NAMED = re.compile(rf"(?:所谓|所謂)(?P<name>{NAME}{{2,10}}?)，?(?:是指|指的是|是)")
DEFINED = re.compile(
    rf"(?:^|[，。；：])(?P<name>{NAME}{{2,8}}?)，?(?:是指|指的是|是一种|是一種|(?:被)?(?:定义|定義)(?:为|為))"
)
ASKED = re.compile(
    rf"^(?:[一二三四五六七八九十\d]+[、.．\s]\s*)?(?P<question>(?:什么是|什麼是){NAME}{{2,12}}|{NAME}{{2,12}}(?:是什么|是什麼))$"
)
FIGURE = re.compile(
    rf"(?P<subject>{NAME}{{4,22}}?)(?:已?(?:达到|達到|达|達|约为|約為|为|為))(?:了|到)?[约約]?\s?"
    r"\d[\d.,]*\s?[%万萬亿億千百元美个個家倍张張塊块]"
)
MEASURED = re.compile(
    r"(?:规模|規模|成本|收入|营收|營收|销售额|銷售額|销量|銷量|增速|占比|佔比|比例|总数|總數|数量|數量|份额|份額|均价|均價|率|人数|人數)$"
)
COUNTED = re.compile(
    r"^(?:[一二三四五六七八九十\d]+[、.．\s]\s*)?(?P<topic>\w{0,10}?)的?(?P<count>[二三四五六七八九十两兩])"
    r"(?P<measure>[个個种種类類大项項条條])(?P<noun>[^\W与與和及]{2,8})$"
)
INCLUDES = re.compile(
    rf"(?:^|[，。；：])(?P<name>{NAME}{{3,14}}?)(?:主要|一般|大致|通常)?(?P<verb>包括|包含|分为|分為|分成)(?!了?在)"
)
CAUSED = re.compile(rf"(?:^|[，。；：])(?P<name>{NAME}{{4,18}}?)的(?:主要|根本|直接)?原因(?:是|在于|在於)")
SERIES = re.compile(r"(?:观察|觀察|报告|報告|指南|研究|白皮书|白皮書|案例集?|综述|綜述|要点|要點)$")
TOPIC_RECURS = 4
"""What a title names counts as a topic when the text says it so often."""
VAGUE = re.compile(
    r"^(?:[这這那它他她其该該此而但也并並就又还還即每各本我你的从從在对對把与與和使让讓于於比按据據只再更有是不都若如]|首先|其次|最后|最後|由此|因此|我们|我們|一则|一則|例如|其中|目前|当时|當時|当前|當前)"
    r"|[，。；：、这這那]|分别|分別|不再|只是|一样|一樣|往往|首次|确认|確認|估计|估計|预计|預計"
)


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that a sentence of a document should answer: where that sentence stands, and what is asked for.

    `about` are the words of it that other questions may not share, where they are not all of it.
    """

    kind: str
    question: str
    document: str
    place: Span
    about: str = ""


class Suggestions:
    """The example questions of an index as it is now. They are made in the background: each has to be answered."""

    def __init__(self, patience: float = PATIENCE) -> None:
        """`patience` are the seconds that who comes first waits for them."""
        self._patience = patience
        self._lock = threading.Lock()
        self._of: Assistant | None = None
        self._found: dict[Script, tuple[str, ...]] = dict.fromkeys(SCRIPTS, ())
        self._ready = threading.Event()
        self._making: list[threading.Thread] = []
        self._ended = threading.Event()

    def of(self, assistant: Assistant) -> dict[Script, tuple[str, ...]]:
        """Questions in both scripts; those of before, or none, while they are still being made."""
        with self._lock:
            if self._of is not assistant:
                self._of = assistant
                self._making = [t for t in self._making if t.is_alive()]
                self._making.append(threading.Thread(target=self._make, args=(assistant,), daemon=True))
                self._making[-1].start()
        self._ready.wait(self._patience)
        return self._found

    def _make(self, assistant: Assistant) -> None:
        try:
            self._found = examples(assistant, until=self._ended.is_set)
        except WenjuError:  # the index is being made anew: there are none for now
            log.warning("no example questions", exc_info=True)
        self._ready.set()

    def close(self) -> None:
        """Make no more: a thread that is still searching when the process ends takes it down in the end."""
        self._ended.set()
        for making in self._making:
            making.join()


def examples(
    assistant: Assistant, wanted: int = WANTED, until: Callable[[], bool] = lambda: False
) -> dict[Script, tuple[str, ...]]:
    """Questions for the start of a conversation, in both scripts, that the indexed documents answer, `until` they are not wanted.

    Each comes from another document as far as there are enough. The same index gives the same questions.
    """
    drafts = _in_turn([drafts_of(p) for p in _documents(assistant)])[:TRIED]
    left = list(islice((d for d in drafts if not until() and _answered(assistant, d)), ENOUGH * wanted))
    chosen: list[Draft] = []
    while left and len(chosen) < wanted:
        chosen.append(min(left, key=lambda d: _sameness(d, chosen)))
        left = [d for d in left if not alike(d.question, chosen[-1].question)]
    return {script: tuple(written_in(d.question, script) for d in chosen) for script in SCRIPTS}


def written_in(question: str, script: Script) -> str:
    """A question in a script, also where its own words and those around them are in two."""
    written = in_script(question, script)
    return written.replace("什么", "什麼") if script == "zh-Hant" else written.replace("什麼", "什么")


def _sameness(draft: Draft, chosen: Sequence[Draft]) -> tuple[bool, int, int]:
    """How often a question's document and its kind were chosen already; what is clear only to who reads on comes last."""
    same = (sum(d.document == draft.document for d in chosen), sum(d.kind == draft.kind for d in chosen))
    return draft.kind in {"parts", "reason"}, *same


def _documents(assistant: Assistant) -> Iterator[Sequence[Passage]]:
    """The passages of some documents, spread evenly over the index."""
    paths = [d.path for d in assistant.retriever.documents()]
    step = max(1, len(paths) // DOCUMENTS_READ)
    for path in paths[::step][:DOCUMENTS_READ]:
        yield assistant.retriever.passages_of(path)


def _in_turn(drafts: Iterable[Sequence[Draft]]) -> list[Draft]:
    """One question of each document, then a second of each, and so on."""
    return [draft for row in zip_longest(*drafts) for draft in row if draft is not None]


def drafts_of(passages: Sequence[Passage]) -> list[Draft]:
    """Questions that a document's own words suggest, definitions, figures, lists and reasons by turns."""
    text = "".join(p.chunk.text for p in passages)
    made = [
        [d for p in passages for d in _definitions(p)],
        [d for p in passages for d in _figures(p)],
        [d for p in passages for d in _lists(p, text)],
        [d for p in passages for d in _reasons(p)],
    ]
    return _in_turn(made)[:PER_DOCUMENT]


def _definitions(passage: Passage) -> Iterator[Draft]:
    for place, text in _sentences(passage):
        if asked := ASKED.search(text):
            yield _draft("definition", passage, place, asked["question"] + "？")
        named = NAMED.search(text) or DEFINED.search(text)
        if named and not VAGUE.search(named["name"]):
            yield _draft("definition", passage, place, f"{named['name']}是什么？")


def _figures(passage: Passage) -> Iterator[Draft]:
    for place, text in _sentences(passage):
        for m in FIGURE.finditer(text):
            subject = m["subject"].strip("“”「」")
            if MEASURED.search(subject) and not VAGUE.search(subject):
                yield _draft("figure", passage, place, f"{subject}是多少？")


def _lists(passage: Passage, whole: str) -> Iterator[Draft]:
    title = SERIES.sub("", re.split(r"[：:，,｜|]", passage.title)[0].strip())
    topic = title if whole.count(title) >= TOPIC_RECURS else ""
    for place, text in _sentences(passage):
        m = COUNTED.search(text)
        about = (m["topic"] or topic) if m else ""
        if m and 2 <= len(about) <= 10 and not VAGUE.search(about):
            yield _draft("list", passage, place, f"{about}有哪{m['count']}{m['measure']}{m['noun']}？")


def _reasons(passage: Passage) -> Iterator[Draft]:
    for place, text in _sentences(passage):
        if (caused := CAUSED.search(text)) and not VAGUE.search(caused["name"]):
            yield _draft("reason", passage, place, f"{caused['name']}的原因是什么？")
        if (parts := INCLUDES.search(text)) and not VAGUE.search(parts["name"]):
            yield _draft("parts", passage, place, f"{parts['name']}{parts['verb']}哪些？")


def _sentences(passage: Passage) -> Iterator[tuple[Span, str]]:
    for place in sentences(passage.chunk.text):
        yield place, place.of(passage.chunk.text)


def _draft(kind: str, passage: Passage, place: Span, question: str) -> Draft:
    start = passage.chunk.clean.start
    return Draft(kind, question, passage.document, Span(start + place.start, start + place.end))


def alike(a: str, b: str) -> bool:
    """Whether two questions ask for much the same, one perhaps in the other script."""
    x, y = (set(in_script(question, "zh-Hans")) for question in (a, b))
    return len(x & y) > 0.6 * min(len(x), len(y))


def _answered(assistant: Assistant, draft: Draft) -> bool:
    """Whether the answer, asked for in either script, rests on the sentence that the question was made of."""
    asked = (written_in(draft.question, script) for script in SCRIPTS)
    return all(rests_on(assistant, assistant.ask(question), draft) for question in asked)


def rests_on(assistant: Assistant, answer: Answer, draft: Draft) -> bool:
    """Whether an answer rests first on the sentence that a question was made of, and says more than the question."""
    if answer.abstained or not answer.citations:
        return False
    first = answer.citations[0]
    if first.document != draft.document:
        return False
    cited = assistant.retriever.document(first.document).view.locate(first.span)
    # A heading asks and the sentences behind it answer; they must follow at once.
    near = Span(draft.place.start, draft.place.end + BEHIND_HEADING)
    told = sum(c.isalnum() and c not in draft.question for c in first.quote)
    return cited.overlap(near) > 0 and told >= (TOLD_BY_FIGURE if draft.kind == "figure" else TOLD)
