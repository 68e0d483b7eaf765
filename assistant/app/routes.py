"""What the script of the page asks for beside Gradio: sources, pictures of pages, conversations, reasons, opinions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from assistant.app import listing, source
from assistant.app.conversations import Conversations
from assistant.app.export import copied, exported, markdown
from assistant.app.guard import OWNER, USER, reader_of
from assistant.app.languages import first_language
from assistant.app.marked import Text
from assistant.app.opinions import opinion
from assistant.app.page_picture import PagePictures
from assistant.app.related import related
from assistant.app.shelf import Shelf
from assistant.app.told import told_of
from assistant.app.turns import Turn
from assistant.app.why import found_for, why_html
from assistant.app.words import WORDS
from ingest.document import Document, Span

FOLDER = Path(__file__).parent
FILES = ("page.css", "workspace.css", "shelf.css", "page.js", "asking.js", "queue.js", "shelf.js", "keeping.js")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST_OFFSET = 2**31 - 1


def add_routes(
    app: FastAPI,
    shelf: Shelf,
    kept: Conversations,
    pictures: PagePictures,
    busy: Callable[[], bool] = lambda: False,
) -> None:
    """Add all of them to an application. `busy` tells whether somebody waits for an answer: what can wait does so then."""
    _add_files(app)
    _add_sources(app, shelf, pictures)
    _add_conversations(app, kept)
    _add_turns(app, shelf, kept, busy)


def _add_files(app: FastAPI) -> None:
    def serving(name: str) -> Callable[[], FileResponse]:
        return lambda: FileResponse(FOLDER / name)

    for name in FILES:
        app.get(f"/{name}")(serving(name))


def _add_sources(app: FastAPI, shelf: Shelf, pictures: PagePictures) -> None:
    """Serve what the source pane shows, the pictures of pages, and the page of a whole text."""

    def found(request: Request, path: str) -> Document | None:
        try:
            return shelf.assistant(owner_of(request)).retriever.document(path)
        except KeyError:
            return None

    @app.get("/source")
    def passage(
        request: Request,
        lang: str,
        document: str = "",
        start: int = 0,
        end: int = 0,
        number: int = 0,
        text: str = "",
        whole: bool = False,
        page: int | None = None,
        script: bool = False,
    ) -> HTMLResponse:
        language = first_language(lang)
        if not document:
            return HTMLResponse(source.no_source_html(WORDS[language]))
        if (known := found(request, document)) is None:
            return HTMLResponse(source.gone_html(WORDS[language]))
        cited = cited_range(start, end)
        if known.format == "pdf" and text in {"", "picture"}:
            sheet = pictures.sheet(known, cited, page)
            if sheet is not None or text:
                return HTMLResponse(source.picture_html(known, cited, number, language, sheet))
        return HTMLResponse(
            source.source_html(known, cited, number, language, text_of(text), whole=whole, converted=script)
        )

    @app.get("/page-picture")
    def page_picture(request: Request, document: str, page: int) -> Response:
        known = found(request, document)
        png = pictures.png(known, page) if known else None
        if png is None:
            return Response(status_code=404)
        return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=600"})

    @app.get("/text")
    def whole_text(
        request: Request, document: str, lang: str = "", start: int = 0, end: int = 0, text: str = "", of: str = ""
    ) -> HTMLResponse:
        language = first_language(lang)
        if (known := found(request, document)) is None:
            return HTMLResponse(source.gone_page(language), 404)
        return HTMLResponse(source.text_page(known, cited_range(start, end), language, text_of(text), of))


def _add_conversations(app: FastAPI, kept: Conversations) -> None:
    """Serve the list of conversations, and what is done with one."""

    @app.get("/conversations")
    def conversations(request: Request, lang: str, q: str = "", current: str = "") -> HTMLResponse:
        words = WORDS[first_language(lang)]
        found = kept.listed(reader_of(request.scope), q)
        return HTMLResponse(listing.conversations_html(found, current, words, searched=bool(q.strip())))

    @app.get("/keeping")
    def keeping(request: Request, lang: str) -> HTMLResponse:
        return HTMLResponse(listing.keeping_html(WORDS[first_language(lang)], _user(request)))

    @app.get("/keys")
    def keys(lang: str) -> HTMLResponse:
        return HTMLResponse(listing.keys_html(WORDS[first_language(lang)]))

    @app.post("/conversations/{name}/rename")
    async def rename(request: Request, name: str) -> Response:
        told = await told_of(request)
        return _done(kept.rename(reader_of(request.scope), name, str(told.get("title", ""))))

    @app.post("/conversations/{name}/delete")
    async def delete(request: Request, name: str) -> Response:
        await told_of(request)
        return _done(kept.delete(reader_of(request.scope), name))

    @app.get("/export")
    def export(request: Request, conversation: str, lang: str, form: str = "md") -> Response:
        if not kept.owns(reader_of(request.scope), conversation):
            return Response(status_code=404)
        title = kept.title(conversation)
        told = exported(title, kept.turns(conversation), WORDS[first_language(lang)])
        if form == "docx":
            from assistant.app.export_docx import docx

            return _attached(docx(told), WORD, f"{title}.docx")
        return _attached(markdown(told).encode(), "text/markdown; charset=utf-8", f"{title}.md")


def _add_turns(app: FastAPI, shelf: Shelf, kept: Conversations, busy: Callable[[], bool]) -> None:
    """Serve what there is to a turn: the questions to go on with, the reasons for its sources, and opinions on it."""

    def own(request: Request, number: int) -> tuple[Turn, list[Turn]] | None:
        turn = kept.turn(number)
        if turn is None or not kept.owns(reader_of(request.scope), turn.conversation):
            return None
        return turn, kept.turns(turn.conversation)

    @app.get("/related")
    def going_on(request: Request, turn: int) -> Response:
        known = own(request, turn)
        if known is None or known[0].answer is None or known[0].state != "answered":
            return JSONResponse([])
        asked = [t.question for t in known[1]]
        assistant = shelf.assistant(owner_of(request))
        found, only = known[0].answer, known[0].documents
        others = () if only else shelf.suggestions.of(shelf.shared().assistant)[found.script]
        return JSONResponse(list(related(assistant, found, asked, only, busy, others)))

    @app.get("/answer")
    def answer(request: Request, turn: int, lang: str) -> Response:
        """An answer with its sources as plain text, to be copied."""
        known = own(request, turn)
        if known is None:
            return Response(status_code=404)
        return Response(copied(known[0], WORDS[first_language(lang)]), media_type="text/plain; charset=utf-8")

    @app.get("/why")
    def why(request: Request, turn: int, lang: str) -> HTMLResponse:
        words = WORDS[first_language(lang)]
        known = own(request, turn)
        if known is None:
            return HTMLResponse(source.gone_html(words), 404)
        history = [t.question for t in known[1][: known[0].place - 1]]
        return HTMLResponse(
            source.reasons_html(
                words, why_html(known[0], found_for(shelf.assistant(owner_of(request)), known[0], history), words)
            )
        )

    @app.get("/opinion")
    def card(turn: int, lang: str) -> HTMLResponse:
        return HTMLResponse(listing.opinion_html(turn, WORDS[first_language(lang)]))

    @app.post("/opinion")
    async def think(request: Request) -> Response:
        told = await told_of(request)
        known = own(request, _number(told.get("turn")))
        if known is None or known[0].answer is None or not isinstance(told.get("good"), bool):
            return Response(status_code=400)
        turn, turns = known
        history = [t.question for t in turns[: turn.place - 1]]
        reason, note = str(told.get("reason", "")), str(told.get("note", ""))
        assistant = shelf.assistant(owner_of(request))
        kept.think(opinion(assistant, _user(request), turn, known[0].answer, history, told["good"], reason, note))
        return Response(status_code=204)


def _user(request: Request) -> str:
    return str(request.scope.get(USER, ""))


def owner_of(request: Request) -> str:
    """Whose files are asked about beside the shared ones."""
    return str(request.scope.get(OWNER, ""))


def _number(told: object) -> int:
    return told if isinstance(told, int) else 0


def _done(done: bool) -> Response:
    return Response(status_code=204 if done else 404)


def _attached(data: bytes, kind: str, name: str) -> Response:
    """A file to be saved. The name comes from a question, so it is coded whole."""
    return Response(
        data, media_type=kind, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    )


def cited_range(start: int, end: int) -> Span:
    """The raw range that an address asks for; empty for one that means nothing."""
    return Span(start, end) if 0 <= start <= end <= LARGEST_OFFSET else Span(0, 0)


def text_of(name: str) -> Text:
    """The text that an address asks for: what people read unless it says raw."""
    return "raw" if name == "raw" else "clean"
