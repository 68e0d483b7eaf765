"""What happens on the chat page: questions are taken, answered, stopped, and the labels change their language."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from assistant.answer import Assistant, Sentence
from assistant.app import bubbles, source
from assistant.app.examples import examples
from assistant.app.words import LANGUAGES, WORDS, Language, Words, first_language
from assistant.script import Script
from ingest.errors import WenjuError

LONGEST_QUESTION = 2000
log = logging.getLogger(__name__)

Messages = list[dict[str, Any]]
"""What Gradio's Chatbot shows: bubbles, each with a role and a content."""


class Conversation:
    """Answers the events of the page. Holds no conversation: each is its browser's."""

    def __init__(self, assistant: Assistant, language: Language) -> None:
        self._assistant = assistant
        self._language = language
        self._examples = examples(assistant)

    def words(self, language: str | None) -> Words:
        """The labels of a language; of the page's first one when it is unknown."""
        return WORDS[language if language in LANGUAGES else self._language]

    def greet(self, wanted: str) -> list[object]:
        """The page in the language that a browser wants: that language, then what `relabel` gives."""
        language = first_language(wanted, self._language)
        return [language, *self.relabel(language)]

    def relabel(self, language: str) -> list[object]:
        """All that carries words, in another language: header, messages, question box, filter, button to clear."""
        header, *parts = self.labels(language)
        return [header["value"], *(gr.update(**p) for p in parts)]

    def labels(self, language: str) -> list[dict[str, Any]]:
        """What the parts of the page say in a language, in the order of `relabel`."""
        words = self.words(language)
        known = documents(self._assistant)
        return [
            {"value": source.header_html(words)},
            {
                "placeholder": bubbles.welcome_html(words, empty=not known),
                "examples": [{"text": q} for q in self._examples[script_shown(language)]],
            },
            {"label": words.question, "placeholder": words.placeholder, "submit_btn": words.ask},
            {"label": words.documents, "choices": known},
            {"value": words.clear},
        ]

    def take(self, question: str, messages: Messages, asked: list[str], language: str) -> tuple[object, ...]:
        """Move a question from its box into the conversation."""
        question = question.strip()[:LONGEST_QUESTION]
        if not question:
            return gr.skip(), messages, asked
        box = gr.update(value="", submit_btn=False, stop_btn=self.words(language).stop)
        return box, [*messages, _message("user", bubbles.question_html(question))], [*asked, question]

    def take_example(
        self, messages: Messages, asked: list[str], language: str, event: gr.SelectData
    ) -> tuple[object, ...]:
        """Ask an example question."""
        return self.take(str(event.value["text"]), messages, asked, language)

    def answer(self, messages: Messages, asked: list[str], only: list[str], language: str) -> Iterator[Messages]:
        """Answer the last question, sentence by sentence."""
        if not (messages and asked and messages[-1]["role"] == "user"):
            return
        words, turn = self.words(language), len(asked)
        yield [*messages, _message("assistant", bubbles.writing_html(turn, (), (), words))]
        try:
            for html in self._written(turn, asked, only, words):
                yield [*messages, _message("assistant", html)]
        except WenjuError as exc:
            yield [*messages, _message("assistant", bubbles.failure_html(turn, str(exc), exc.advice))]
        except Exception:  # whatever it is, the reader must be told, and the page go on
            log.exception("could not answer %r", asked[-1])
            yield [*messages, _message("assistant", bubbles.failure_html(turn, words.failed, words.failed_advice))]

    def _written(self, turn: int, asked: Sequence[str], only: Sequence[str], words: Words) -> Iterator[str]:
        sentences: list[Sentence] = []
        for event in self._assistant.stream(asked[-1], asked[:-1], list(only) or None):
            if event.answer is not None:
                yield bubbles.answer_html(turn, event.answer, words)
            elif event.sentence is not None:
                sentences.append(event.sentence)
                yield bubbles.writing_html(turn, sentences, event.citations, words)

    def stop(self, messages: Messages, asked: list[str], language: str) -> tuple[object, Messages]:
        """Keep what was written so far, and let the next question come."""
        written = ""
        if messages and messages[-1]["role"] == "assistant":
            written = _html_of(messages[-1])
            messages = messages[:-1]
        stopped = bubbles.stopped_html(len(asked), self.words(language), written)
        return self.ready(language), [*messages, _message("assistant", stopped)]

    def clear(self, language: str) -> tuple[object, Messages, list[str]]:
        """Begin anew."""
        return self.ready(language), [], []

    def ready(self, language: str) -> object:
        """The question box, open for the next question."""
        return gr.update(submit_btn=self.words(language).ask, stop_btn=False)


def _message(role: str, html: str) -> dict[str, Any]:
    return {"role": role, "content": html}


def _html_of(message: dict[str, Any]) -> str:
    """The HTML of a bubble that comes back from the browser."""
    content = message["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def documents(assistant: Assistant) -> list[tuple[str, str]]:
    """Title and path of each document, for the filter; the path is told where titles are the same."""
    listed = assistant.retriever.documents()
    titles = [d.title or d.path for d in listed]
    count = Counter(titles)
    return [(t if count[t] == 1 else f"{t} ({d.path})", d.path) for t, d in zip(titles, listed, strict=True)]


def script_shown(language: str) -> Script:
    """The script of Chinese text on a page in some language."""
    return "zh-Hant" if language == "zh-Hant" else "zh-Hans"
