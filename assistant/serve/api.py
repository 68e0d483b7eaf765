"""Wenju over HTTP: what the commands `ask` and `retrieve` give, and the texts behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import FastAPI, Query, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.exceptions import HTTPException

from assistant.answer import Answer, Assistant, Event
from assistant.retrieve import Hit
from assistant.serve import shapes
from assistant.serve.crew import Crew
from assistant.serve.events import sent, streamed
from assistant.serve.live import Live
from assistant.serve.measured import CONTENT_TYPE, Measured
from assistant.serve.refusal import Refused, body_of, refused
from assistant.serve.source import source_of
from ingest.bounds import EVERYTHING, Bounds, Kept
from ingest.document import Document, Span
from ingest.errors import WenjuError

T = TypeVar("T")
EVENTS = "text/event-stream"
EVENT_SCHEMA = {
    "type": "object",
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
    "required": ["data"],
}
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": shapes.Problem, "description": description}
    for status, description in (
        (400, "Another host was named"),
        (401, "No key of this server"),
        (408, "The request did not come in time"),
        (413, "The request is too large"),
        (422, "The request means nothing"),
        (503, "There is no index, or too many questions wait"),
        (504, "The answer took too long"),
    )
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"model": shapes.Problem, "description": "No such document or publisher"}
}


def checked(bounds: Bounds, assistant: Assistant) -> Kept:
    """Bounds as keywords. Raises Refused where they name a document or a publisher that is not there."""
    documents, publishers = assistant.retriever.unknown(bounds)
    for path in documents:
        raise no_document(path)
    for name in publishers:
        raise Refused(HTTPStatus.NOT_FOUND, f"nothing of {name!r} in the index", "GET /documents names all publishers")
    return bounds.keywords()


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes serve from."""

    live: Live
    crew: Crew
    measured: Measured

    async def work(self, work: Callable[[Assistant], T]) -> T:
        """What a piece of work gives with the assistant, done in a thread. Raises Refused and WenjuErrors."""
        return await self.crew.do(lambda: work(self.live.assistant()))

    async def answer(self, question: str, history: Sequence[str], bounds: Bounds = EVERYTHING) -> Answer:
        """The answer to a question. Raises Refused and WenjuErrors."""

        def ask(assistant: Assistant) -> Answer:
            return assistant.ask(question, history, **checked(bounds, assistant))

        answer = await self.work(ask)
        self.measured.answered(answer.abstained)
        return answer

    async def hits(
        self, question: str, k: int, history: Sequence[str] = (), bounds: Bounds = EVERYTHING
    ) -> list[dict[str, object]]:
        """The passages that bear on a question. Raises Refused and WenjuErrors."""

        def find(assistant: Assistant) -> list[Hit]:
            return assistant.retriever.retrieve(question, k, history=history, **checked(bounds, assistant))

        return [h.to_dict() for h in await self.work(find)]

    async def steps(self, question: str, history: Sequence[str], bounds: Bounds = EVERYTHING) -> AsyncIterator[Event]:
        """The answer as it is written. Raises Refused and WenjuErrors."""

        def ask() -> Any:
            assistant = self.live.assistant()
            return assistant.stream(question, history, **checked(bounds, assistant))

        async for step in self.crew.each(ask):
            if step.answer is not None:
                self.measured.answered(step.answer.abstained)
            yield step


def no_document(path: str) -> Refused:
    """The refusal for a document that is not in the index."""
    return Refused(HTTPStatus.NOT_FOUND, f"no document {path!r} in the index", "GET /documents names them all")


def listed(assistant: Assistant) -> shapes.Reports:
    """All documents of the index."""
    told = shapes.Report.model_fields
    documents = [asdict(d) for d in assistant.retriever.documents()]
    return shapes.Reports(documents=[shapes.Report(**{name: d[name] for name in told}) for d in documents])


def found(assistant: Assistant, path: str) -> Document:
    """A document of the index. Raises Refused."""
    try:
        return assistant.retriever.document(path)
    except KeyError as exc:
        raise no_document(path) from exc


def application(
    service: Service,
    *,
    keys: bool = False,
    session: str = "",
    beside: Sequence[AbstractAsyncContextManager[Any]] = (),
) -> FastAPI:
    """The interface as a web application; its description says that it wants `keys`, or the cookie of a `session`.

    What is `beside` is open for as long as the application is served.
    """
    bearer = [Security(HTTPBearer(auto_error=False))] if keys else []
    cookie = [Security(APIKeyCookie(name=session, auto_error=False))] if session else []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in beside:
                await stack.enter_async_context(part)
            yield
        service.crew.close()

    app = FastAPI(
        title="文据 Wenju",
        version="1",
        description="Answers about Chinese reports, each sentence with the exact words of the source it rests on.",
        # Its pages would load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        responses=REFUSALS,
        dependencies=[*bearer, *cookie],
        lifespan=lifespan,
    )
    _add_refusals(app)
    _add_questions(app, service)
    _add_documents(app, service)
    _add_state(app, service)
    return app


def _add_refusals(app: FastAPI) -> None:
    def answer(request: Request, refusal: Refused, headers: dict[str, str] | None = None) -> JSONResponse:
        return JSONResponse(body_of(refusal, request.url.path), refusal.status, headers)

    @app.exception_handler(Refused)
    async def refuse(request: Request, exc: Refused) -> JSONResponse:
        return answer(request, exc)

    @app.exception_handler(WenjuError)
    async def tell(request: Request, exc: WenjuError) -> JSONResponse:
        return answer(request, refused(exc))

    @app.exception_handler(RequestValidationError)
    async def correct(request: Request, exc: RequestValidationError) -> JSONResponse:
        first = exc.errors()[0]
        # Of what was sent only the names of our own fields are repeated.
        where = ".".join(str(part) for part in first["loc"][1:] if first["type"] != "json_invalid") or "the body"
        told = f"{where}: {first['msg']}".encode("utf-8", "replace").decode()
        return answer(request, Refused(HTTPStatus.UNPROCESSABLE_ENTITY, told, "GET /openapi.json tells what is wanted"))

    @app.exception_handler(HTTPException)
    async def point(request: Request, exc: HTTPException) -> JSONResponse:
        refusal = Refused(HTTPStatus(exc.status_code), str(exc.detail), "GET /openapi.json tells what there is")
        return answer(request, refusal, dict(exc.headers or {}))

    @app.exception_handler(Exception)
    async def confess(request: Request, _: Exception) -> JSONResponse:
        number = request.scope["state"]["request"]
        fault = Refused(
            HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of this server", f"its log tells more of request {number}"
        )
        # The connection is cut behind a fault, and its client must not ask over it again.
        return answer(request, fault, {"Connection": "close"})


def _add_questions(app: FastAPI, service: Service) -> None:
    answers: dict[int | str, dict[str, Any]] = {
        200: {
            "model": shapes.Answered,
            "description": "The answer. With `stream`, or `Accept: text/event-stream`: an event `sentence` for each"
            " sentence with the citations so far, then `answer` with the whole; `error` when it fails in between",
            "content": {EVENTS: {"schema": EVENT_SCHEMA}},
        }
    }

    @app.post("/ask", responses=answers | NOT_FOUND, response_model=None)
    async def ask(body: shapes.AskBody, request: Request) -> JSONResponse | StreamingResponse:
        """Answer one question, with citations."""
        request.state.question = body.question
        if body.stream or EVENTS in request.headers.get("accept", ""):
            steps = service.steps(body.question, body.history, body.bounds())
            return await streamed(steps, told_step, lambda exc: sent(body_of(exc, "/ask"), "error"))
        return JSONResponse((await service.answer(body.question, body.history, body.bounds())).to_dict())

    @app.post("/retrieve", responses={200: {"model": shapes.Retrieved}, **NOT_FOUND})
    async def retrieve(body: shapes.RetrieveBody, request: Request) -> JSONResponse:
        """Find the passages that bear on a question, best first."""
        request.state.question = body.question
        hits = await service.hits(body.question, body.k, body.history, body.bounds())
        return JSONResponse({"id": body.id, "hits": hits})


def told_step(step: Event) -> str:
    """A step of an answer as a server-sent event."""
    if step.answer is not None:
        return sent(step.answer.to_dict(), "answer")
    return sent(
        {
            "sentence": asdict(step.sentence) if step.sentence else None,
            "citations": [c.to_dict() for c in step.citations],
        },
        "sentence",
    )


def _add_documents(app: FastAPI, service: Service) -> None:
    @app.get("/documents", responses={200: {"model": shapes.Reports}})
    async def documents() -> JSONResponse:
        """All documents of the index."""
        return JSONResponse((await service.work(listed)).model_dump())

    @app.get("/documents/{path:path}/passages", responses={200: {"model": shapes.PassagesOf}, **NOT_FOUND})
    async def passages(path: str) -> JSONResponse:
        """The passages of a document, in its order."""

        def all_of(assistant: Assistant) -> dict[str, object]:
            document = found(assistant, path)
            chunks = [p.chunk for p in assistant.retriever.passages_of(path)]
            told = [
                {
                    "start": c.span.start,
                    "end": c.span.end,
                    "text": c.text,
                    "page": c.page,
                    "heading": c.heading,
                    "repaired": c.repaired,
                    "damaged": c.damaged,
                }
                for c in chunks
            ]
            return {"document": path, "title": document.title, "passages": told}

        return JSONResponse(await service.work(all_of))

    @app.get("/documents/{path:path}/source", responses={200: {"model": shapes.Source}, **NOT_FOUND})
    async def source(
        path: str, start: int = Query(ge=0), end: int = Query(ge=0), around: int = Query(200, ge=0, le=10_000)
    ) -> JSONResponse:
        """Raw characters `start` to `end` of a document, as a citation names them, with what stands around them."""

        def part(assistant: Assistant) -> shapes.Source:
            try:
                return source_of(found(assistant, path), Span(start, end), around)
            except ValueError as exc:
                raise Refused(
                    HTTPStatus.UNPROCESSABLE_ENTITY, str(exc), "give the start and end of a citation or a passage"
                ) from exc

        return JSONResponse((await service.work(part)).model_dump())


def _add_state(app: FastAPI, service: Service) -> None:
    @app.get("/health", responses={200: {"model": shapes.Health}})
    async def health() -> JSONResponse:
        """Whether there is an index to answer from. Does not stand in line with the questions."""
        if not service.live.opened:
            await service.work(lambda assistant: assistant)
        return JSONResponse({"status": "ok"})

    @app.get("/metrics", responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}})
    async def metrics() -> Response:
        """Counts for Prometheus."""
        return Response(service.measured.text(), media_type=CONTENT_TYPE)
