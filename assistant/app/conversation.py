"""What happens on the chat page: questions are taken, answered, stopped, asked again, and the labels change their language."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, Queue
from threading import Thread
from typing import Any

import gradio as gr

from assistant.answer import Answer, Assistant, Citation, Event, Sentence
from assistant.app import bubbles, filters, source
from assistant.app.conversations import Conversations
from assistant.app.examples import examples
from assistant.app.filters import Choice
from assistant.app.guard import USER
from assistant.app.turns import Turn
from assistant.app.words import LANGUAGES, WORDS, Language, Words, first_language
from assistant.script import Script, script_of
from ingest.errors import WenjuError

LONGEST_QUESTION = 2000
LISTENS = 0.1
"""Seconds after which a wait for the next word looks up whether it was stopped."""
AT_ONCE_EACH = 2
"""Questions of one user that are answered at the same time, where users sign in."""
log = logging.getLogger(__name__)

Messages = list[dict[str, Any]]
"""What Gradio's Chatbot shows: bubbles, each with a role and a content."""


class Conversation:
    """Answers the events of the page. A browser names the conversation it shows; whose it is, is checked."""

    def __init__(self, assistant: Assistant, language: Language, kept: Conversations | None = None) -> None:
        self._assistant = assistant
        self._language = language
        self._examples = examples(assistant)
        self._kept = kept or Conversations()
        self._writing: dict[int, Answer] = {}
        """What was written so far of the answers that are being written."""
        self._askers: dict[int, str] = {}
        """Whose these are."""

    def words(self, language: str | None) -> Words:
        """The labels of a language; of the page's first one when it is unknown."""
        return WORDS[language if language in LANGUAGES else self._language]

    def greet(self, wanted: str) -> list[object]:
        """The page in the language that a browser wants: that language, then what `relabel` gives."""
        language = first_language(wanted, self._language)
        return [language, *self.relabel("", language, None)]

    def relabel(self, conversation: str, language: str, request: gr.Request | None) -> list[object]:
        """All that carries words, in another language, in the order of `labels`."""
        header, chat, *parts = self.labels(language)
        own = self._own(conversation, request)
        shown = [{**chat, "value": self._shown(own, language)} if own else chat, *parts]
        return [header["value"], *(gr.update(**p) for p in shown)]

    def labels(self, language: str) -> list[dict[str, Any]]:
        """What the parts of the page say in a language.

        They are header, messages, question box, the filters by document, publisher
        and years, and the button that begins anew.
        """
        words = self.words(language)
        listed = self._assistant.retriever.documents()
        years = [(words.any_year, ""), *((y, y) for y in filters.years(listed))]
        return [
            {"value": source.header_html(words)},
            {
                "placeholder": bubbles.welcome_html(words, empty=not listed),
                "examples": [{"text": q} for q in self._examples[script_shown(language)]],
            },
            {"label": words.question, "placeholder": words.placeholder, "submit_btn": words.ask},
            {"label": words.documents, "choices": filters.named(listed)},
            {"label": words.publishers, "choices": filters.publishers(listed)},
            {"label": words.since, "choices": years},
            {"label": words.until, "choices": years},
            {"value": words.clear},
        ]

    def take(
        self,
        question: str,
        conversation: str,
        documents: list[str],
        publishers: list[str],
        since: str,
        until: str,
        language: str,
        request: gr.Request | None = None,
    ) -> tuple[object, ...]:
        """Move a question from its box into the conversation, a new one where none is named.

        Gives what the box shows, the bubbles, and the name of the conversation.
        """
        question = question.strip()[:LONGEST_QUESTION]
        if not question:
            return gr.skip(), gr.skip(), gr.skip()
        choice = Choice(tuple(documents or ()), tuple(publishers or ()), since or "", until or "")
        own = self._own(conversation, request) or self._kept.begin(user_of(request), question)
        self._ask(own, question, choice, language)
        box = gr.update(value="", submit_btn=False, stop_btn=self.words(language).stop)
        return box, self._shown(own, language), own

    def take_example(
        self,
        conversation: str,
        documents: list[str],
        publishers: list[str],
        since: str,
        until: str,
        language: str,
        event: gr.SelectData,
        request: gr.Request | None = None,
    ) -> tuple[object, ...]:
        """Ask an example question."""
        question = str(event.value["text"])
        return self.take(question, conversation, documents, publishers, since, until, language, request)

    def act(
        self,
        order: str,
        conversation: str,
        documents: list[str],
        publishers: list[str],
        since: str,
        until: str,
        language: str,
        request: gr.Request | None = None,
    ) -> tuple[object, ...]:
        """Do what the script of the page asks for, as JSON: ask, ask again, or open another conversation.

        Gives what `take` gives. An order that means nothing does nothing.
        """
        chosen = documents, publishers, since, until, language
        try:
            told = json.loads(order)
            do, question = told["do"], str(told.get("question", ""))
        except (ValueError, TypeError, KeyError):
            return gr.skip(), gr.skip(), gr.skip()
        if do == "new":
            return self.ready(language), [], ""
        if do == "open":
            return self._open(str(told.get("conversation", "")), language, request)
        if do == "ask":
            return self.take(question, conversation, *chosen, request)
        turns = self._kept.turns(self._own(conversation, request))
        if do not in {"retry", "edit"} or not turns:
            return gr.skip(), gr.skip(), gr.skip()
        self._writing.pop(turns[-1].number, None)
        asked = (question.strip() if do == "edit" else "") or turns[-1].question
        self._kept.withdraw(turns[-1].number)
        return self.take(asked, conversation, *chosen, request)

    def _open(self, conversation: str, language: str, request: gr.Request | None) -> tuple[object, ...]:
        own = self._own(conversation, request)
        for turn in self._kept.turns(own):
            # Asked, and nobody is answering: the page was closed, or the process ended.
            if turn.state == "asked" and turn.number not in self._writing:
                self._kept.settle(turn.number, "stopped")
        return self.ready(language), self._shown(own, language), own

    def _ask(self, conversation: str, question: str, choice: Choice, language: str) -> None:
        documents = filters.kept(self._assistant.retriever.documents(), choice) if choice else []
        turn = self._kept.ask(conversation, question, documents)
        if choice and not documents:
            self._kept.settle(turn.number, "failed", failure=(self.words(language).nothing_fits, ""))

    def answer(self, conversation: str, language: str, request: gr.Request | None = None) -> Iterator[Messages]:
        """Answer the last question, sentence by sentence."""
        own = self._own(conversation, request)
        turns = self._kept.turns(own)
        if not turns or turns[-1].state != "asked" or turns[-1].number in self._writing:
            yield self._shown(own, language)  # of a generator that gives nothing Gradio makes an empty conversation
            return
        user = user_of(request)
        if user and list(self._askers.values()).count(user) >= AT_ONCE_EACH:
            self._kept.settle(turns[-1].number, "failed", failure=(self.words(language).too_many_questions, ""))
            yield self._shown(own, language)
            return
        turn, words, before = turns[-1], self.words(language), self._shown(own, language)
        self._writing[turn.number] = Answer(turn.question, script_of(turn.question), (), ())
        self._askers[turn.number] = user
        try:
            yield [*before, _message("assistant", bubbles.writing_html(turn.place, (), (), words))]
            for sentences, citations in self._written(turn, [t.question for t in turns[:-1]], words):
                html = bubbles.writing_html(turn.place, sentences, citations, words)
                yield [*before, _message("assistant", html)]
        finally:
            self._writing.pop(turn.number, None)
            self._askers.pop(turn.number, None)
        yield self._shown(own, language)

    def _written(
        self, turn: Turn, history: list[str], words: Words
    ) -> Iterator[tuple[tuple[Sentence, ...], tuple[Citation, ...]]]:
        """What is written of an answer so far, again and again; what came of it is kept at the end."""
        try:
            stream = self._assistant.stream(turn.question, history, list(turn.documents) or None)
            for event in heard(stream, lambda: turn.number in self._writing):
                if (so_far := self._writing.get(turn.number)) is None:
                    return
                if event.answer is not None:
                    self._kept.settle(turn.number, "answered", event.answer)
                elif event.sentence is not None:
                    sentences = (*so_far.sentences, event.sentence)
                    self._writing[turn.number] = Answer(so_far.question, so_far.script, sentences, event.citations)
                    yield sentences, event.citations
        except WenjuError as exc:
            self._kept.settle(turn.number, "failed", failure=(str(exc), exc.advice))
        except Exception:  # whatever it is, the reader must be told, and the page go on
            log.exception("could not answer %r", turn.question)
            self._kept.settle(turn.number, "failed", failure=(words.failed, words.failed_advice))

    def stop(self, conversation: str, language: str, request: gr.Request | None = None) -> tuple[object, object]:
        """Keep what was written so far, and let the next question come."""
        own = self._own(conversation, request)
        turns = self._kept.turns(own)
        if turns and turns[-1].state == "asked":
            self._kept.settle(turns[-1].number, "stopped", self._writing.pop(turns[-1].number, None))
        return self.ready(language), self._shown(own, language)

    def clear(self, language: str) -> tuple[object, Messages, str]:
        """Begin anew; what was said is kept."""
        return self.ready(language), [], ""

    def ready(self, language: str) -> object:
        """The question box, open for the next question."""
        return gr.update(submit_btn=self.words(language).ask, stop_btn=False)

    def _own(self, conversation: str, request: gr.Request | None) -> str:
        """The name of a conversation if it is the asking user's, else nothing."""
        return conversation if conversation and self._kept.owns(user_of(request), conversation) else ""

    def _shown(self, conversation: str, language: str) -> Messages:
        """All bubbles of a conversation; of a question that is being answered only its own."""
        words, turns = self.words(language), self._kept.turns(conversation)
        messages: Messages = []
        for turn in turns:
            if turn.state == "asked":
                messages.append(_message("user", bubbles.question_html(turn.question, words)))
                continue
            question, answer = bubbles.turn_html(turn, words, last=turn is turns[-1])
            messages += [_message("user", question), _message("assistant", answer)]
        return messages


def heard(events: Iterable[Event], wanted: Callable[[], bool]) -> Iterator[Event]:
    """Some events as they come, until they are not wanted any more: whoever waits for a slow one is let go at once."""
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
    while wanted():
        try:
            event = come.get(timeout=LISTENS)
        except Empty:
            continue
        if event is None:
            return
        if isinstance(event, Exception):
            raise event
        yield event


def user_of(request: gr.Request | None) -> str:
    """Who asks."""
    scope = getattr(getattr(request, "request", None), "scope", None) or {}
    return str(scope.get(USER, ""))


def _message(role: str, html: str) -> dict[str, Any]:
    return {"role": role, "content": html}


def script_shown(language: str) -> Script:
    """The script of Chinese text on a page in some language."""
    return "zh-Hant" if language == "zh-Hant" else "zh-Hans"
