"""The analysts' chat page: a conversation on the left, the source of what it says on the right."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse

from assistant.answer import Assistant, Sentence
from assistant.app import source
from assistant.app.examples import examples
from assistant.app.guard import Guard
from assistant.app.words import DEFAULT, LANGUAGES, NAMES, WORDS, Language, Words, first_language
from assistant.script import Script
from ingest.document import Document, Span
from ingest.errors import BadSettings, WenjuError

# Gradio reads it when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr  # noqa: E402

FOLDER = Path(__file__).parent
LONGEST_QUESTION = 2000
AT_ONCE = 8
"""Questions that are answered at the same time; others wait in line."""

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
CHAT: dict[str, Any] = {
    "show_label": False,
    "container": False,
    "height": "100%",
    "latex_delimiters": [],
    "allow_tags": False,
    "buttons": [],
    "group_consecutive_messages": False,
}
BOX: dict[str, Any] = {"lines": 1, "max_lines": 8, "max_length": LONGEST_QUESTION, "container": False, "autofocus": True}

# What the browser runs itself. `page.js` may still be on its way when the first of these is called.
WANTED_LANGUAGE = """() => [
    new URLSearchParams(location.search).get("lang"), localStorage.getItem("wenju-language"), ...navigator.languages
].filter(Boolean).join(",")"""
SPEAK = "(language) => { window.wenjuLanguage = language; window.wenju?.speak(language); }"
SPEAK_AND_KEEP = """(language) => {
    localStorage.setItem("wenju-language", language);
    window.wenju?.speak(language);
}"""
FINISHED = "() => window.wenju?.finished()"
CLEARED = "() => window.wenju?.cleared()"

Bubbles = list[dict[str, Any]]
log = logging.getLogger(__name__)


class Conversation:
    """What happens on the page. Holds no conversation: each comes from its browser and goes back there."""

    def __init__(self, assistant: Assistant, language: Language) -> None:
        self._assistant = assistant
        self._language = language
        self._examples = examples(assistant)

    def words(self, language: str | None) -> Words:
        """The labels of a language; of the page's first one when it is unknown."""
        return WORDS[cast("Language", language) if language in LANGUAGES else self._language]

    def greet(self, wanted: str) -> list[object]:
        """The page in the language that a browser wants: that language, then what `relabel` gives."""
        language = first_language(wanted, self._language)
        return [language, *self.relabel(language)]

    def relabel(self, language: str) -> list[object]:
        """All that carries words, in another language: header, conversation, question box, filter, button to clear."""
        header, *parts = self.labels(language)
        return [header["value"], *(gr.update(**p) for p in parts)]

    def labels(self, language: str) -> list[dict[str, Any]]:
        """What the parts of the page say in a language, in the order of `relabel`."""
        words = self.words(language)
        known = documents(self._assistant)
        return [
            {"value": source.header_html(words)},
            {
                "placeholder": source.welcome_html(words, empty=not known),
                "examples": [{"text": q} for q in self._examples[script_shown(language)]],
            },
            {"label": words.question, "placeholder": words.placeholder, "submit_btn": words.ask},
            {"label": words.documents, "choices": known},
            {"value": words.clear},
        ]

    def take(self, question: str, bubbles: Bubbles, asked: list[str], language: str) -> tuple[object, ...]:
        """Move a question from its box into the conversation."""
        question = question.strip()[:LONGEST_QUESTION]
        if not question:
            return gr.skip(), bubbles, asked
        box = gr.Textbox(value="", submit_btn=False, stop_btn=self.words(language).stop)
        return box, [*bubbles, _bubble("user", source.question_html(question))], [*asked, question]

    def take_example(
        self, bubbles: Bubbles, asked: list[str], language: str, event: gr.SelectData
    ) -> tuple[object, ...]:
        """Ask an example question."""
        return self.take(str(event.value["text"]), bubbles, asked, language)

    def answer(
        self, bubbles: Bubbles, asked: list[str], only: list[str], language: str
    ) -> Iterator[Bubbles]:
        """Answer the last question, sentence by sentence."""
        if not bubbles or bubbles[-1]["role"] != "user":
            return
        words, turn = self.words(language), len(asked)
        yield [*bubbles, _bubble("assistant", source.writing_html(turn, (), (), words))]
        try:
            for html in self._written(turn, asked, only, words):
                yield [*bubbles, _bubble("assistant", html)]
        except WenjuError as exc:
            yield [*bubbles, _bubble("assistant", source.failure_html(turn, str(exc), exc.advice))]
        except Exception:  # noqa: BLE001  whatever it is, the reader must be told, and the page go on
            log.exception("could not answer %r", asked[-1])
            yield [*bubbles, _bubble("assistant", source.failure_html(turn, words.failed, words.failed_advice))]

    def _written(self, turn: int, asked: Sequence[str], only: Sequence[str], words: Words) -> Iterator[str]:
        sentences: list[Sentence] = []
        for event in self._assistant.stream(asked[-1], asked[:-1], list(only) or None):
            if event.answer is not None:
                yield source.answer_html(turn, event.answer, words)
            elif event.sentence is not None:
                sentences.append(event.sentence)
                yield source.writing_html(turn, sentences, event.citations, words)

    def stop(self, bubbles: Bubbles, asked: list[str], language: str) -> tuple[object, Bubbles]:
        """Keep what was written so far, and let the next question come."""
        words, written = self.words(language), ""
        if bubbles and bubbles[-1]["role"] == "assistant":
            *bubbles, last = bubbles
            written = _html_of(last)
        if bubbles:
            bubbles = [*bubbles, _bubble("assistant", source.stopped_html(len(asked), words, written))]
        return self.ready(language), bubbles

    def ready(self, language: str) -> object:
        """The question box, open for the next question."""
        return gr.Textbox(submit_btn=self.words(language).ask, stop_btn=False)


def _bubble(role: str, html: str) -> dict[str, Any]:
    return {"role": role, "content": html}


def _html_of(bubble: dict[str, Any]) -> str:
    """The HTML of a bubble that comes back from the browser."""
    content = bubble["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def documents(assistant: Assistant) -> list[tuple[str, str]]:
    """Title and path of each document, for the filter; the path is told where titles are the same."""
    listed = assistant.retriever.index.catalog.documents()
    titles = [d.title or d.path for d in listed]
    count = Counter(titles)
    return [(t if count[t] == 1 else f"{t} ({d.path})", d.path) for t, d in zip(titles, listed, strict=True)]


def script_shown(language: str) -> Script:
    """The script of Chinese text on a page in some language."""
    return "zh-Hant" if language == "zh-Hant" else "zh-Hans"


def build(assistant: Assistant, language: str | None = None) -> gr.Blocks:
    """The page, in a given language or, by default, in that of the browser.

    `?lang=` in the address and the selector on the page come before both.
    Raises BadSettings for a language that the page does not speak.
    """
    if language is not None and language not in LANGUAGES:
        raise BadSettings(f"no page in {language!r}", f"choose one of {', '.join(LANGUAGES)}")
    first = cast("Language", language or DEFAULT)
    talk = Conversation(assistant, first)
    header, chat, box, only, clear = talk.labels(first)
    with gr.Blocks(title="文据 Wenju", analytics_enabled=False, fill_width=True) as page:
        asked, wanted = gr.State([]), gr.Textbox(visible=False)
        with gr.Row(elem_id="head"):
            head = gr.HTML(apply_default_css=False, **header)
            languages = gr.Radio([(NAMES[n], n) for n in LANGUAGES], value=first, elem_id="language", show_label=False)
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="talk", min_width=0):
                bubbles = gr.Chatbot(elem_id="chat", **CHAT, **chat)
                with gr.Column(elem_id="composer"):
                    question = gr.Textbox(elem_id="question", **BOX, **box)
                    with gr.Row(elem_id="below"):
                        documents_only = gr.Dropdown(elem_id="documents", value=[], multiselect=True, **only)
                        clearing = gr.Button(elem_id="clear", size="sm", **clear)
            with gr.Column(elem_id="source-column", min_width=0):
                gr.HTML('<section id="source" tabindex="-1"></section>', apply_default_css=False)
        parts = Parts(bubbles, question, documents_only, clearing, asked, languages)
        _answering(talk, parts)
        _speaking(page, talk, wanted, [languages, head, bubbles, question, documents_only, clearing], language)
    return page


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the page that take part in a conversation."""

    bubbles: gr.Chatbot
    question: gr.Textbox
    documents: gr.Dropdown
    clear: gr.Button
    asked: gr.State
    language: gr.Radio


def _answering(talk: Conversation, on: Parts) -> None:
    """Wire asking, stopping and clearing."""
    state = [on.bubbles, on.asked]
    quick: dict[str, Any] = {"queue": False, **QUIET}
    by_box = on.question.submit(talk.take, [on.question, *state, on.language], [on.question, *state], **quick)
    by_example = on.bubbles.example_select(talk.take_example, [*state, on.language], [on.question, *state], **quick)
    written = [
        taken.then(talk.answer, [*state, on.documents, on.language], on.bubbles, **QUIET)
        for taken in (by_box, by_example)
    ]
    for answered in written:
        answered.then(talk.ready, on.language, on.question, **quick).then(None, js=FINISHED, **QUIET)
    on.question.stop(talk.stop, [*state, on.language], [on.question, on.bubbles], cancels=written, **quick)
    on.clear.click(
        lambda language: (talk.ready(language), [], []),
        on.language,
        [on.question, *state],
        cancels=written,
        **quick,
    ).then(None, js=CLEARED, **QUIET)


def _speaking(
    page: gr.Blocks, talk: Conversation, wanted: gr.Textbox, labelled: list[Any], fixed: str | None
) -> None:
    """Wire the choice of the language: by the address, by what was chosen before, by the browser."""
    languages = labelled[0]
    js = WANTED_LANGUAGE.replace("navigator.languages", "[]") if fixed else WANTED_LANGUAGE
    greeted = page.load(talk.greet, wanted, labelled, js=js, queue=False, **QUIET)
    relabelled = languages.input(talk.relabel, languages, labelled[1:], queue=False, **QUIET)
    greeted.then(None, languages, js=SPEAK, **QUIET)
    relabelled.then(None, languages, js=SPEAK_AND_KEEP, **QUIET)


def application(assistant: Assistant, language: str | None = None) -> Guard:
    """The page with its sources as a web application."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    _add_sources(app, assistant)
    font = ["system-ui", "sans-serif"]
    gr.mount_gradio_app(
        app,
        build(assistant, language),
        path="/",
        theme=gr.themes.Base(font=font, font_mono=["ui-monospace", "monospace"]),
        head='<link rel="stylesheet" href="page.css"><script src="page.js"></script>',
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        pwa=False,
        max_file_size=0,
    )
    return Guard(app)


def _add_sources(app: FastAPI, assistant: Assistant) -> None:
    """Serve what the source pane shows, the page of a whole text, and the style sheet and script."""

    def found(path: str) -> Document | None:
        try:
            return assistant.retriever.document(path)
        except KeyError:
            return None

    @app.get("/source")
    def passage(
        lang: str, document: str = "", start: int = 0, end: int = 0, number: int = 0, text: str = "", whole: bool = False
    ) -> HTMLResponse:
        language = first_language(lang)
        if not document:
            return HTMLResponse(source.no_source_html(WORDS[language]))
        if (known := found(document)) is None:
            return HTMLResponse(source.gone_html(WORDS[language]))
        cited = cited_range(start, end)
        return HTMLResponse(source.source_html(known, cited, number, language, text_of(known, text), whole=whole))

    @app.get("/text")
    def whole_text(document: str, lang: str = "", start: int = 0, end: int = 0, text: str = "") -> HTMLResponse:
        language = first_language(lang)
        if (known := found(document)) is None:
            return HTMLResponse(source.gone_page(language), 404)
        return HTMLResponse(source.text_page(known, cited_range(start, end), language, text_of(known, text)))

    @app.get("/page.css")
    def style() -> FileResponse:
        return FileResponse(FOLDER / "page.css")

    @app.get("/page.js")
    def script() -> FileResponse:
        return FileResponse(FOLDER / "page.js")


def cited_range(start: int, end: int) -> Span:
    """The raw range that an address asks for; empty for one that means nothing."""
    return Span(start, end) if 0 <= start <= end else Span(0, 0)


def text_of(known: Document, name: str) -> source.Text:
    """The text of a document that an address asks for; the readable one unless it says which."""
    return name if name in ("raw", "clean") else source.readable(known)


class Announced(uvicorn.Server):
    """A server that says on stdout, once, that it answers. Uvicorn offers no other place to hear of it."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets)
        if sockets and self.started:
            print(f"Wenju is ready: {address_of(sockets[0])}  文据已就绪", flush=True)


def serve(assistant: Assistant, host: str = "127.0.0.1", port: int = 7860) -> None:
    """Show the page on this machine until Ctrl-C; port 0 takes any free one.

    Raises BadSettings for a host that others can reach, and for a port that cannot be had.
    """
    with bound(host, port) as own:
        config = uvicorn.Config(
            application(assistant),
            log_level="warning",
            access_log=False,
            # Open pages keep a connection for as long as they are open.
            timeout_graceful_shutdown=1,
        )
        with suppress(KeyboardInterrupt):
            Announced(config).run(sockets=[own])


def bound(host: str, port: int) -> socket.socket:
    """A socket on an address of this machine alone. Raises BadSettings."""
    if not is_loopback(host):
        raise BadSettings(
            f"{host}: others could read every report, for the page asks for no password", "wenju chat --host 127.0.0.1"
        )
    own = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind((host, port))
    except (OSError, OverflowError) as exc:
        own.close()
        raise BadSettings(f"port {port} on {host} cannot be had ({exc})", f"wenju chat --port {port_beside(port)}") from exc
    return own


def port_beside(port: int) -> int:
    """A port to try when another is taken."""
    return port + 1 if 1024 <= port < 65535 else 7860


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def address_of(own: socket.socket) -> str:
    """The address of the page on a bound socket."""
    host, port = own.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
