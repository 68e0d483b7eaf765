"""The analysts' chat page: a conversation on the left, the source of what it says on the right."""

from __future__ import annotations

import ipaddress
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Gradio reads it when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse

from assistant.answer import Assistant
from assistant.app import source
from assistant.app.conversation import LONGEST_QUESTION, Conversation
from assistant.app.guard import Guard
from assistant.app.marked import Text
from assistant.app.words import DEFAULT, LANGUAGES, NAMES, WORDS, Language, first_language
from ingest.document import Document, Span
from ingest.errors import BadSettings

FOLDER = Path(__file__).parent
AT_ONCE = 8
"""Questions that are answered at the same time; others wait in line."""
WAITING = 200
"""Questions that may wait; more are turned away."""
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
BOX: dict[str, Any] = {
    "lines": 1,
    "max_lines": 8,
    "max_length": LONGEST_QUESTION,
    "container": False,
    "autofocus": True,
}

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


def build(assistant: Assistant, language: str | None = None) -> gr.Blocks:
    """The page, in a given language or, by default, in that of the browser.

    `?lang=` in the address and the selector on the page come before both.
    Raises BadSettings for a language that the page does not speak.
    """
    if language is not None and language not in LANGUAGES:
        raise BadSettings(f"no page in {language!r}", f"choose one of {', '.join(LANGUAGES)}")
    first: Language = language or DEFAULT
    talk = Conversation(assistant, first)
    header, chat, box, only, clear = talk.labels(first)
    page = gr.Blocks(title="文据 Wenju", analytics_enabled=False, fill_width=True)
    with page:
        asked, wanted = gr.State([]), gr.Textbox(visible=False)
        with gr.Row(elem_id="head"):
            head = gr.HTML(apply_default_css=False, **header)
            languages = gr.Radio([(NAMES[n], n) for n in LANGUAGES], value=first, elem_id="language", show_label=False)
        with gr.Row(elem_id="columns"):
            with gr.Column(elem_id="talk", min_width=0):
                messages = gr.Chatbot(elem_id="chat", **CHAT, **chat)
                with gr.Column(elem_id="composer"):
                    question = gr.Textbox(elem_id="question", **BOX, **box)
                    with gr.Row(elem_id="below"):
                        documents_only = gr.Dropdown(elem_id="documents", value=[], multiselect=True, **only)
                        clearing = gr.Button(elem_id="clear", size="sm", **clear)
            with gr.Column(elem_id="source-column", min_width=0):
                gr.HTML('<section id="source" tabindex="-1"></section>', apply_default_css=False)
        parts = Parts(messages, question, documents_only, clearing, asked, languages)
        _answering(talk, parts)
        _speaking(page, talk, wanted, [languages, head, messages, question, documents_only, clearing], language)
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE)
    return page


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the page that take part in a conversation."""

    messages: gr.Chatbot
    question: gr.Textbox
    documents: gr.Dropdown
    clear: gr.Button
    asked: gr.State
    language: gr.Radio


def _answering(talk: Conversation, on: Parts) -> None:
    """Wire asking, stopping and clearing."""
    state = [on.messages, on.asked]
    quick: dict[str, Any] = {"queue": False, **QUIET}
    by_box = on.question.submit(talk.take, [on.question, *state, on.language], [on.question, *state], **quick)
    by_example = on.messages.example_select(talk.take_example, [*state, on.language], [on.question, *state], **quick)
    # A stopped answer may still be waiting for its next word, and must not keep others from being written.
    written = [
        taken.then(talk.answer, [*state, on.documents, on.language], on.messages, trigger_mode="multiple", **QUIET)
        for taken in (by_box, by_example)
    ]
    for answered in written:
        answered.then(talk.ready, on.language, on.question, **quick).then(None, js=FINISHED, **QUIET)
    on.question.stop(talk.stop, [*state, on.language], [on.question, on.messages], cancels=written, **quick)
    cleared = on.clear.click(talk.clear, on.language, [on.question, *state], cancels=written, **quick)
    cleared.then(None, js=CLEARED, **QUIET)


def _speaking(page: gr.Blocks, talk: Conversation, wanted: gr.Textbox, labelled: list[Any], fixed: str | None) -> None:
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
        lang: str,
        document: str = "",
        start: int = 0,
        end: int = 0,
        number: int = 0,
        text: str = "",
        whole: bool = False,
    ) -> HTMLResponse:
        language = first_language(lang)
        if not document:
            return HTMLResponse(source.no_source_html(WORDS[language]))
        if (known := found(document)) is None:
            return HTMLResponse(source.gone_html(WORDS[language]))
        cited = cited_range(start, end)
        return HTMLResponse(source.source_html(known, cited, number, language, text_of(text), whole=whole))

    @app.get("/text")
    def whole_text(document: str, lang: str = "", start: int = 0, end: int = 0, text: str = "") -> HTMLResponse:
        language = first_language(lang)
        if (known := found(document)) is None:
            return HTMLResponse(source.gone_page(language), 404)
        return HTMLResponse(source.text_page(known, cited_range(start, end), language, text_of(text)))

    @app.get("/page.css")
    def style() -> FileResponse:
        return FileResponse(FOLDER / "page.css")

    @app.get("/page.js")
    def script() -> FileResponse:
        return FileResponse(FOLDER / "page.js")


def cited_range(start: int, end: int) -> Span:
    """The raw range that an address asks for; empty for one that means nothing."""
    return Span(start, end) if 0 <= start <= end else Span(0, 0)


def text_of(name: str) -> Text:
    """The text that an address asks for: what people read unless it says raw."""
    return "raw" if name == "raw" else "clean"


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
        raise BadSettings(
            f"port {port} on {host} cannot be had ({exc})", f"wenju chat --port {port_beside(port)}"
        ) from exc
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
