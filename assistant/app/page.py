"""The analysts' chat page: a conversation on the left, the source of what it says on the right."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Gradio reads it when it is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio as gr
import uvicorn
from fastapi import FastAPI

from assistant import listening
from assistant.answer import Assistant
from assistant.app.conversation import LONGEST_QUESTION, Conversation
from assistant.app.conversations import Conversations
from assistant.app.door import Door
from assistant.app.guard import Guard
from assistant.app.languages import DEFAULT, LANGUAGES, NAMES, Language
from assistant.app.page_picture import PagePictures
from assistant.app.routes import add_routes
from assistant.app.selections import add_selections
from assistant.app.shelf import Shelf, indexed
from assistant.app.shelf_routes import add_shelf
from assistant.app.uploads import SIGNED_IN, UPLOADS, Uploads, limits_of
from assistant.app.users import Users
from assistant.listening import address_of
from assistant.serve.attentive import Attentive
from ingest.errors import BadSettings
from ingest.settings import Settings, load_settings

AT_ONCE = 2
"""Questions that are answered at the same time, others wait in line: an answer is all computing, and who is first is answered first."""
AT_ONCE_OF_A_MODEL = 16
"""The same where a language model writes: most of the time of an answer is waiting for it."""
WAITING = 200
"""Questions that may wait; more are turned away."""
SECONDS_BETWEEN_ESTIMATES = 30
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
SHOWN = "(conversation) => window.wenju?.finished(conversation)"
ANSWERED = "(conversation, over) => window.wenju?.answered(conversation, over)"
SENT = "window.wenju.choice(), language, window.wenju.queue.ticket()]"
ASKED = f"(question, conversation, choice, language, ticket) => [question, conversation, {SENT}"
CHOSEN = f"(conversation, choice, language, ticket) => [conversation, {SENT}"
ORDERED = f"(order, conversation, choice, language, ticket) => [window.wenju.order(), conversation, {SENT}"
GONE = "(order, language, ticket) => [window.wenju.order(), language, window.wenju.queue.left()]"
HALTED = "(conversation, language, ticket) => [conversation, language, window.wenju.queue.shown()]"
CLEARED = "(ticket) => [window.wenju.queue.left()]"
PANEL = (
    '<aside id="keeping"></aside><dialog id="card"></dialog><dialog id="shelf"></dialog>'
    '<input type="file" id="files" multiple hidden><p id="told" role="status"></p>'
)
ABOVE = (
    '<div id="going"><span id="in-line" role="status"></span><button type="button" id="stop"></button></div>'
    '<p id="refused" role="alert" hidden></p><nav id="next"></nav>'
)
"""What stands above the question box: what is on its way, what was not taken, and what could be asked next."""
HEAD = "".join(
    [
        '<link rel="stylesheet" href="page.css"><link rel="stylesheet" href="workspace.css"><link rel="stylesheet" href="shelf.css">'
    ]
    + [f'<script src="{name}"></script>' for name in ("page.js", "asking.js", "queue.js", "shelf.js", "keeping.js")]
)


def build(
    shelf: Shelf, language: str | None = None, kept: Conversations | None = None
) -> tuple[gr.Blocks, Conversation]:
    """The page, in a given language or, by default, in that of the browser; and what happens on it.

    `?lang=` in the address and the selector on the page come before both.
    Raises BadSettings for a language that the page does not speak.
    """
    if language is not None and language not in LANGUAGES:
        raise BadSettings(f"no page in {language!r}", f"choose one of {', '.join(LANGUAGES)}")
    first: Language = language or DEFAULT
    talk = Conversation(shelf, first, kept)
    header, chat, box, clear = talk.labels(first)
    page = gr.Blocks(title="文据 Wenju", analytics_enabled=False, fill_width=True)
    with page:
        wanted, order, choice, ticket = (gr.Textbox(visible=False) for _ in range(4))
        # These are hidden by the style sheet: the script presses the buttons and reads the box.
        doing, going, halting = (gr.Button("", elem_id=name) for name in ("do", "go", "halt"))
        conversation, over = (gr.Textbox(elem_id=name, show_label=False) for name in ("conversation", "over"))
        with gr.Row(elem_id="head"):
            head = gr.HTML(apply_default_css=False, **header)
            languages = gr.Radio([(NAMES[n], n) for n in LANGUAGES], value=first, elem_id="language", show_label=False)
        with gr.Row(elem_id="columns"):
            gr.HTML(PANEL, elem_id="panel", apply_default_css=False)
            with gr.Column(elem_id="talk", min_width=0):
                messages = gr.Chatbot(elem_id="chat", **CHAT, **chat)
                with gr.Column(elem_id="composer"):
                    gr.HTML(ABOVE, apply_default_css=False)
                    question = gr.Textbox(elem_id="question", **BOX, **box)
                    with gr.Row(elem_id="below"):
                        gr.HTML('<div id="choice"></div>', apply_default_css=False)
                        clearing = gr.Button(elem_id="clear", size="sm", **clear)
            with gr.Column(elem_id="source-column", min_width=0):
                gr.HTML('<section id="source" tabindex="-1"></section>', apply_default_css=False)
        parts = Parts(
            messages, question, choice, clearing, conversation, languages, order, doing, going, halting, ticket, over
        )
        model = shelf.shared().assistant.writer is not None
        _answering(talk, parts, AT_ONCE_OF_A_MODEL if model else AT_ONCE)
        _speaking(page, talk, wanted, conversation, [languages, head, messages, question, clearing], language)
    # Told after each answer, how long the others may wait was a message to each of them: most of what was sent.
    page.queue(max_size=WAITING, status_update_rate=SECONDS_BETWEEN_ESTIMATES)
    return page, talk


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the page that take part in a conversation.

    `choice` is what a question keeps to, `ticket` what it is known by, `over` the ticket of one that has ended.
    """

    messages: gr.Chatbot
    question: gr.Textbox
    choice: gr.Textbox
    clear: gr.Button
    conversation: gr.Textbox
    language: gr.Radio
    order: gr.Textbox
    doing: gr.Button
    going: gr.Button
    halting: gr.Button
    ticket: gr.Textbox
    over: gr.Textbox


def _answering(talk: Conversation, on: Parts, at_once: int) -> None:
    """Wire asking, what the script orders, stopping and beginning anew.

    A question is taken and answered in one step: each that the browser has to ask for takes time.
    None is cancelled: it ends by itself, see `tickets`.
    """
    taken_from = [on.conversation, on.choice, on.language, on.ticket]
    shown = [on.question, on.messages, on.conversation, on.over]
    there = [on.messages, on.conversation]
    quick: dict[str, Any] = {"queue": False, **QUIET}
    slow: dict[str, Any] = {
        "concurrency_id": "answers", "concurrency_limit": at_once, "trigger_mode": "multiple", **QUIET,
    }  # fmt: skip
    written: list[Any] = [
        on.question.submit(talk.ask, [on.question, *taken_from], shown, js=ASKED, **slow),
        on.messages.example_select(talk.ask_example, taken_from, shown, js=CHOSEN, **slow),
        on.doing.click(talk.act, [on.order, *taken_from], shown, js=ORDERED, **slow),
    ]
    for answered in written:
        answered.then(None, [on.conversation, on.over], js=ANSWERED, **QUIET)
    stopped = on.halting.click(talk.stop, [on.conversation, on.language, on.ticket], on.messages, js=HALTED, **quick)
    cleared = on.clear.click(talk.clear, on.ticket, there, js=CLEARED, **quick)
    gone = on.going.click(talk.go, [on.order, on.language, on.ticket], there, js=GONE, **quick)
    for done in (stopped, cleared, gone):
        done.then(None, on.conversation, js=SHOWN, **QUIET)


def _speaking(
    page: gr.Blocks,
    talk: Conversation,
    wanted: gr.Textbox,
    conversation: gr.Textbox,
    labelled: list[Any],
    fixed: str | None,
) -> None:
    """Wire the choice of the language: by the address, by what was chosen before, by the browser."""
    languages = labelled[0]
    js = WANTED_LANGUAGE.replace("navigator.languages", "[]") if fixed else WANTED_LANGUAGE
    greeted = page.load(talk.greet, wanted, labelled, js=js, queue=False, **QUIET)
    relabelled = languages.input(talk.relabel, [conversation, languages], labelled[1:], queue=False, **QUIET)
    greeted.then(None, languages, js=SPEAK, **QUIET)
    relabelled.then(None, languages, js=SPEAK_AND_KEEP, **QUIET)


def application(
    shelf: Shelf,
    language: str | None = None,
    kept: Conversations | None = None,
    pictures: PagePictures | None = None,
    door: Door | None = None,
) -> Guard:
    """The page as it may be served: guarded, and behind a door where there is one."""
    return Guard(unguarded(shelf, language, kept, pictures), door)


def unguarded(
    shelf: Shelf,
    language: str | None = None,
    kept: Conversations | None = None,
    pictures: PagePictures | None = None,
) -> FastAPI:
    """The page with its sources as a web application, to be served behind a `Guard` only.

    Without `kept`, conversations end with the process.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    kept = kept or Conversations()
    page, talk = build(shelf, language, kept)
    app.state.end = talk.end
    add_routes(app, shelf, kept, pictures or PagePictures(), talk.busy)
    add_shelf(app, shelf)
    add_selections(app, kept)
    font = ["system-ui", "sans-serif"]
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=gr.themes.Base(font=font, font_mono=["ui-monospace", "monospace"]),
        head=HEAD,
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        pwa=False,
        max_file_size=0,
    )
    return app


class Announced(uvicorn.Server):
    """A server that says on stdout, once, that it answers. Uvicorn offers no other place to hear of it."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        """`ending` is called when it ends, before it waits for what is being answered."""
        super().__init__(config)
        self._ending = ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer."""
        await super().startup(sockets)
        if sockets and self.started:
            print(f"Wenju is ready: {address_of(sockets[0])}  文据已就绪", flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        self._ending()
        await super().shutdown(sockets)


def serve(
    assistant: Assistant | Callable[[], Assistant],
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    folder: Path | None = None,
    settings: Settings | None = None,
    users: Path | None = None,
) -> None:
    """Show the page until Ctrl-C; port 0 takes any free one.

    `assistant` may be what gives the one over the index as it is now. Conversations
    and the files that readers bring are kept in `folder`; without one they end with the process.
    With a file of users only they are let in. Raises BadSettings for a host that
    others can reach where there is none, for a file that holds no users, and for
    a port that cannot be had; IndexProblem for a folder that cannot be written to.
    """
    opened = assistant if callable(assistant) else lambda: assistant
    known = Users(users) if users else None
    with (
        bound(host, port, guarded=known is not None) as own,
        opened_page(opened, settings or load_settings(), folder, known) as app,
    ):
        config = uvicorn.Config(
            Guard(app, Door(known) if known else None),
            http=Attentive,
            log_level="warning",
            access_log=False,
            # Open pages keep a connection for as long as they are open.
            timeout_graceful_shutdown=1,
        )
        with suppress(KeyboardInterrupt):
            Announced(config, app.state.end).run(sockets=[own])


@contextmanager
def opened_page(
    assistant: Callable[[], Assistant], settings: Settings, folder: Path | None = None, users: Users | None = None
) -> Iterator[FastAPI]:
    """The page over an index, to be served behind a `Guard` only, with what it keeps in `folder` open meanwhile.

    Raises IndexProblem for a folder that cannot be written to, and what `assistant` raises.
    """
    with (
        closing(Conversations(folder)) as kept,
        _home(folder) as home,
        closing(Uploads(home, settings, lambda: indexed(assistant()).embedder, limits_of(settings))) as uploads,
    ):
        shelf = Shelf(assistant, uploads, settings)
        uploads.worker.submit(uploads.tidy, [f"{SIGNED_IN}{n}" for n in users.names()] if users else None)
        with closing(shelf.suggestions):
            yield unguarded(shelf, None, kept, PagePictures(settings.pdf_password))


@contextmanager
def _home(folder: Path | None) -> Iterator[Path]:
    """The folder of what readers bring; without one, one that is removed at the end."""
    if folder is not None:
        yield folder / UPLOADS
        return
    with TemporaryDirectory() as made:
        yield Path(made)


OPEN_TO_ALL = """others could read every report, for the page asks for no password
wenju chat --host 127.0.0.1, or name those who may: wenju chat --auth-file FILE"""


def bound(host: str, port: int, *, guarded: bool = False) -> socket.socket:
    """A socket on an address, of this machine alone unless the page is guarded. Raises BadSettings."""
    taken = f"wenju chat --port {port_beside(port)}"
    return listening.bound(host, port, others="" if guarded else OPEN_TO_ALL, taken=taken)


def port_beside(port: int) -> int:
    """A port to try when another is taken."""
    return port + 1 if 1024 <= port < 65535 else 7860
