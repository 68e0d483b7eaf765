"""What happens on the chat page: questions are taken, answered, stopped, asked again, and the labels change their language."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from queue import Empty, Queue
from threading import Lock, Thread
from traceback import format_tb
from typing import Any

import gradio as gr

from assistant.answer import Answer, Citation, Event, Sentence
from assistant.app import bubbles, filters, source
from assistant.app.conversations import Conversations
from assistant.app.filters import Choice, choice_of
from assistant.app.guard import OWNER, reader_of
from assistant.app.labels import Words
from assistant.app.languages import LANGUAGES, Language, first_language
from assistant.app.shelf import Shelf
from assistant.app.tickets import Tickets
from assistant.app.turns import Line, Turn
from assistant.app.words import WORDS
from assistant.script import Script, script_of
from ingest.errors import WenjuError

LONGEST_QUESTION = 2000
LISTENS = 0.1
"""Seconds after which a wait for the next word looks up whether it was stopped."""
GATHERS = 0.015
"""Seconds for which more is waited for before what has come is shown: a step of the page costs more than a sentence."""
AT_FIRST = 0.15
"""Seconds within which an answer may come before it is said that it is being looked for: a step less for most."""
BUBBLES = 2000
"""Turns whose bubbles are held for the next time that their conversation is shown."""
AT_ONCE_EACH = 2
"""Questions of one reader that are answered at the same time."""
log = logging.getLogger(__name__)

Messages = list[dict[str, Any]]
"""What Gradio's Chatbot shows: bubbles, each with a role and a content."""
Step = tuple[object, object, object, object]
"""What the question box shows, the bubbles, the name of the conversation, and at the end the ticket of what is over."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: whose conversation it is, and whose files are asked about beside the shared ones."""

    user: str = ""
    owner: str = ""


class Conversation:
    """Answers the events of the page. A browser names the conversation it shows; whose it is, is checked."""

    def __init__(self, shelf: Shelf, language: Language, kept: Conversations | None = None) -> None:
        self._shelf = shelf
        self._language = language
        self._kept = kept or Conversations()
        self._writing: dict[int, Answer] = {}
        """What was written so far of the answers that are being written."""
        self._askers: dict[int, Asker] = {}
        """Whose these are."""
        self._tickets = Tickets()
        self._lock = Lock()
        self._made: dict[tuple[Line, str, bool], tuple[str, str]] = {}
        """Bubbles that were shown, those that were shown last at the end."""

    def busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return bool(self._writing)

    def end(self) -> None:
        """Stop all answers that are being written: a process does not end before its threads do."""
        for number, written in list(self._writing.items()):
            self._kept.settle(number, "stopped", written)
        self._writing.clear()

    def words(self, language: str | None) -> Words:
        """The labels of a language; of the page's first one when it is unknown."""
        return WORDS[language if language in LANGUAGES else self._language]

    def greet(self, wanted: str, request: gr.Request | None = None) -> list[object]:
        """The page in the language that a browser wants: that language, then what `relabel` gives."""
        language = first_language(wanted, self._language)
        return [language, *self.relabel("", language, request)]

    def relabel(self, conversation: str, language: str, request: gr.Request | None = None) -> list[object]:
        """All that carries words, in another language, in the order of `labels`."""
        header, chat, *parts = self.labels(language)
        own = self._own(conversation, asker_of(request))
        shown = [{**chat, "value": self._shown(own, language)} if own else chat, *parts]
        return [header["value"], *(gr.update(**p) for p in shown)]

    def labels(self, language: str) -> list[dict[str, Any]]:
        """What the parts of the page say in a language: header, messages, question box, and the button that begins anew."""
        words, shared = self.words(language), self._shelf.shared()
        asked = self._shelf.suggestions.of(shared.assistant)[script_shown(language)]
        welcome = bubbles.welcome_html(words, len(shared.listed), shared.passages)
        return [
            {"value": source.header_html(words)},
            {"placeholder": welcome, "examples": [{"text": q} for q in asked]},
            {"label": words.question, "placeholder": words.placeholder, "submit_btn": words.ask},
            {"value": words.clear},
        ]

    def ask(
        self,
        question: str,
        conversation: str,
        choice: str,
        language: str,
        ticket: str = "",
        request: gr.Request | None = None,
    ) -> Iterator[Step]:
        """Move a question from its box into the conversation, a new one where none is named, and answer it.

        `choice` is what it keeps to, as JSON. By its `ticket` it is stopped or left.
        """
        question = question.strip()[:LONGEST_QUESTION]
        if not question or not self._tickets.begin(ticket):
            yield _over(ticket)
            return
        try:
            asker = asker_of(request)
            own = self._own(conversation, asker) or self._kept.begin(asker.user, question)
            turn = self._taken(own, question, choice_of(choice), language, asker)
            yield from self._answered(turn, language, asker, ticket)
        finally:
            self._tickets.end(ticket)

    def ask_example(
        self,
        conversation: str,
        choice: str,
        language: str,
        ticket: str,
        event: gr.SelectData,
        request: gr.Request | None = None,
    ) -> Iterator[Step]:
        """Ask an example question."""
        yield from self.ask(str(event.value["text"]), conversation, choice, language, ticket, request)

    def act(
        self,
        order: str,
        conversation: str,
        choice: str,
        language: str,
        ticket: str = "",
        request: gr.Request | None = None,
    ) -> Iterator[Step]:
        """Do what the script of the page asks for, as JSON: ask, ask again, or ask something else instead.

        An order that means nothing does nothing.
        """
        do, told = _order(order)
        question = str(told.get("question", ""))
        if do == "ask":
            yield from self.ask(question, conversation, choice, language, ticket, request)
            return
        own = self._own(conversation, asker_of(request))
        lines = self._kept.outline(own)
        if do not in {"retry", "edit"} or not lines or not self._tickets.wanted(ticket):
            yield _over(ticket)
            return
        self._writing.pop(lines[-1].number, None)
        asked = (question.strip() if do == "edit" else "") or lines[-1].question
        self._kept.withdraw(lines[-1].number)
        yield from self.ask(asked, own, choice, language, ticket, request)

    def go(
        self, order: str, language: str, ticket: str = "", request: gr.Request | None = None
    ) -> tuple[object, object]:
        """Show another conversation, or none: what the script of the page asks for, as JSON.

        What is being answered where the page was is answered to its end.
        """
        do, told = _order(order)
        if do in {"open", "new"}:
            self._tickets.leave(ticket)
        if do == "open":
            return self._open(str(told.get("conversation", "")), language, asker_of(request))
        return ([], "") if do == "new" else (gr.skip(), gr.skip())

    def _open(self, conversation: str, language: str, asker: Asker) -> tuple[object, object]:
        own = self._own(conversation, asker)
        lines = self._kept.outline(own)
        for line in lines:
            # Asked, and nobody is answering: the page was closed, or the process ended.
            if line.state == "asked" and line.number not in self._writing:
                self._kept.settle(line.number, "stopped")
        shown = self._shown(own, language)
        so_far = self._writing.get(lines[-1].number) if lines else None
        if so_far is not None and (turn := self._kept.turn(lines[-1].number)) is not None and turn.state == "asked":
            shown.append(_writing(turn, so_far.sentences, so_far.citations, self.words(language)))
        return shown, own

    def _taken(self, conversation: str, question: str, choice: Choice, language: str, asker: Asker) -> Turn:
        """A question as a turn of its conversation; one that cannot be answered is settled already."""
        documents = filters.kept(self._shelf.documents(asker.owner), choice) if choice else []
        turn = self._kept.ask(conversation, question, documents)
        failure = ""
        if choice and not documents:
            failure = self.words(language).nothing_fits
        elif asker != Asker() and list(self._askers.values()).count(asker) >= AT_ONCE_EACH:
            failure = self.words(language).too_many_questions
        if failure:
            self._kept.settle(turn.number, "failed", failure=(failure, ""))
            return replace(turn, state="failed", failure=(failure, ""))
        return turn

    def _answered(self, turn: Turn, language: str, asker: Asker, ticket: str) -> Iterator[Step]:
        """Answer a question, sentence by sentence, for as long as its page shows it."""
        words, own = self.words(language), turn.conversation
        if turn.state != "asked":
            yield "", self._shown(own, language), own, ticket
            return
        history = [line.question for line in self._kept.outline(own) if line.number < turn.number]
        before, begun = self._shown(own, language), False
        self._writing[turn.number] = Answer(turn.question, script_of(turn.question), (), ())
        self._askers[turn.number] = asker
        try:
            for sentences, citations in self._written(turn, history, words, asker, ticket):
                if self._tickets.shown(ticket):
                    bubble = _writing(turn, sentences, citations, words)
                    yield gr.skip() if begun else "", [*before, bubble], gr.skip() if begun else own, gr.skip()
                    begun = True
        except GeneratorExit:  # its page is gone
            self._kept.settle(turn.number, "stopped", self._writing.get(turn.number))
            raise
        finally:
            self._writing.pop(turn.number, None)
            self._askers.pop(turn.number, None)
        if not self._tickets.shown(ticket):
            yield _over(ticket)
            return
        # Once begun, what stands in the box may be the next question.
        yield gr.skip() if begun else "", self._shown(own, language), gr.skip() if begun else own, ticket

    def _written(
        self, turn: Turn, history: list[str], words: Words, asker: Asker, ticket: str
    ) -> Iterator[tuple[tuple[Sentence, ...], tuple[Citation, ...]]]:
        """What is written of an answer so far, again and again; what came of it is kept at the end."""
        try:
            assistant = self._shelf.assistant(asker.owner)
            stream = assistant.stream(turn.question, history, documents=list(turn.documents) or None)
            for events in heard(stream, lambda: turn.number in self._writing and self._tickets.wanted(ticket)):
                if (so_far := self._writing.get(turn.number)) is None:
                    return
                if events and (answer := events[-1].answer) is not None:
                    self._kept.settle(turn.number, "answered", answer)
                    return
                sentences = (*so_far.sentences, *(e.sentence for e in events if e.sentence is not None))
                citations = events[-1].citations if events else ()
                self._writing[turn.number] = Answer(so_far.question, so_far.script, sentences, citations)
                yield sentences, citations
        except WenjuError as exc:
            self._kept.settle(turn.number, "failed", failure=(str(exc), exc.advice))
        except Exception as exc:  # noqa: BLE001 whatever it is, the reader must be told, and the page go on
            self._log(turn, exc)
            self._kept.settle(turn.number, "failed", failure=(words.failed, words.failed_advice))

    def _log(self, turn: Turn, exc: Exception) -> None:
        """Tell who runs the page where an answer broke off. What was asked stays its reader's, unless the settings want it told."""
        if self._shelf.settings.log_questions:
            log.error("could not answer %r", turn.question, exc_info=exc)
            return
        log.error(
            "could not answer question %d: %s\n%s(WENJU_LOG_QUESTIONS=1 tells the question and the message, too)",
            turn.number, type(exc).__qualname__, "".join(format_tb(exc.__traceback__)),
        )  # fmt: skip

    def stop(self, conversation: str, language: str, ticket: str = "", request: gr.Request | None = None) -> object:
        """Keep what was written so far, and let the next question come."""
        self._tickets.stop(ticket)
        own = self._own(conversation, asker_of(request))
        lines = self._kept.outline(own)
        if lines and lines[-1].state == "asked":
            self._kept.settle(lines[-1].number, "stopped", self._writing.pop(lines[-1].number, None))
        return self._shown(own, language)

    def clear(self, ticket: str = "") -> tuple[Messages, str]:
        """Begin anew; what was said is kept, and what is being answered is answered to its end."""
        self._tickets.leave(ticket)
        return [], ""

    def _own(self, conversation: str, asker: Asker) -> str:
        """The name of a conversation if it is the asking user's, else nothing."""
        return conversation if conversation and self._kept.owns(asker.user, conversation) else ""

    def _shown(self, conversation: str, language: str) -> Messages:
        """All bubbles of a conversation; of a question that is being answered only its own."""
        words, lines = self.words(language), self._kept.outline(conversation)
        messages: Messages = []
        for line in lines:
            if line.state == "asked":
                messages.append(_message("user", bubbles.question_html(line.question, words)))
                continue
            question, answer = self._bubbles(line, language, last=line is lines[-1])
            messages += [_message("user", question), _message("assistant", answer)]
        return messages

    def _bubbles(self, line: Line, language: str, *, last: bool) -> tuple[str, str]:
        """The bubbles of a turn that is over. Nothing of it changes but what its line tells, so they are made once."""
        key = line, language, last
        with self._lock:
            made = self._made.pop(key, None)
        if made is None:
            turn = self._kept.turn(line.number)
            if turn is None:  # it was taken back a moment ago
                return bubbles.question_html(line.question, self.words(language)), ""
            made = bubbles.turn_html(turn, self.words(language), last=last)
        with self._lock:
            self._made[key] = made
            while len(self._made) > BUBBLES:
                self._made.pop(next(iter(self._made)))
        return made


def heard(events: Iterable[Event], wanted: Callable[[], bool]) -> Iterator[list[Event]]:
    """Some events as they come, those of one moment together, until they are not wanted any more.

    Where the first is slow, none comes first. Whoever waits for a slow one is let go at once.
    """
    come: Queue[Event | Exception | None] = Queue()

    def listen() -> None:
        try:
            for event in events:
                come.put(event)
                if not wanted():
                    return
            come.put(None)
        except Exception as exc:  # noqa: BLE001 it is raised where the events are wanted
            come.put(exc)

    Thread(target=listen, daemon=True).start()
    together: list[Event] = []
    first = True
    while wanted():
        try:
            event = come.get(timeout=AT_FIRST if first else GATHERS if together else LISTENS)
        except Empty:
            if together or first:
                yield together
                together = []
            first = False
            continue
        first = False
        if isinstance(event, Event):
            together.append(event)
            continue
        if together:
            yield together
        if event is None:
            return
        raise event


def asker_of(request: gr.Request | None) -> Asker:
    """Who asks."""
    scope = getattr(getattr(request, "request", None), "scope", None) or {}
    return Asker(reader_of(scope), str(scope.get(OWNER, "")))


def _order(told: str) -> tuple[str, dict[str, Any]]:
    """What is to be done, and with what; nothing for what means nothing."""
    try:
        order = json.loads(told)
        return str(order["do"]), dict(order)
    except (ValueError, TypeError, KeyError):
        return "", {}


def _over(ticket: str) -> Step:
    """A question is over, and the page shows what it showed before."""
    return gr.skip(), gr.skip(), gr.skip(), ticket


def _writing(turn: Turn, sentences: Sequence[Sentence], citations: Sequence[Citation], words: Words) -> dict[str, Any]:
    return _message("assistant", bubbles.writing_html(turn.place, sentences, citations, words))


def _message(role: str, html: str) -> dict[str, Any]:
    return {"role": role, "content": html}


def script_shown(language: str) -> Script:
    """The script of Chinese text on a page in some language."""
    return "zh-Hant" if language == "zh-Hant" else "zh-Hans"
