"""Wenju for models that use tools (MCP): search, ask, read the source of a citation, list the reports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, TypeVar
from urllib.parse import quote

from fastapi import FastAPI
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import Resource, ToolAnnotations
from pydantic import Field

from assistant.serve import shapes
from assistant.serve.api import Service, found, listed
from assistant.serve.refusal import Refused, refused
from assistant.serve.source import source_of
from ingest.bounds import Bounds
from ingest.document import Span
from ingest.errors import WenjuError

T = TypeVar("T")
PATH = "/mcp"
DOCUMENTS = "wenju://documents/"
INSTRUCTIONS = (
    "Chinese reports with citations that can be checked. `ask` answers from the reports alone, each sentence with its"
    " citations, and says so (`abstained`) when they do not tell. `search` gives passages. A citation names characters"
    " `start` to `end` of a `document`; `read_source` shows them in their surroundings."
)
READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)
Documents = Annotated[list[str] | None, Field(description="Keep to these documents, by path", max_length=1000)]
Publishers = Annotated[list[str] | None, Field(description="Keep to what these published", max_length=1000)]


class ReportServer(MCPServer):
    """A server whose resources are the documents of the index as it is now."""

    def __init__(self, service: Service) -> None:
        # Its log would tell what was asked.
        super().__init__("wenju", title="文据 Wenju", instructions=INSTRUCTIONS, log_level="WARNING")
        self._service = service

    async def list_resources(self) -> list[Resource]:
        """A resource for each document."""
        documents = (await told(self._service.work(listed))).documents
        return [
            Resource(
                uri=DOCUMENTS + quote(d.path), name=d.path, title=d.title, mime_type="text/plain", size=d.characters
            )
            for d in documents
        ]


def mcp_server(service: Service) -> MCPServer:
    """The server, with its tools and resources."""
    server = ReportServer(service)
    _add_tools(server, service)

    @server.resource(DOCUMENTS + "{+path}", name="document", mime_type="text/plain")
    async def document(path: str) -> str:
        """The whole clean text of a document."""
        try:
            return (await service.work(lambda assistant: found(assistant, path))).view.text
        except Refused as exc:
            raise ResourceNotFoundError(f"{exc.error} → {exc.advice}") from exc

    return server


def _add_tools(server: MCPServer, service: Service) -> None:
    @server.tool(annotations=READS)
    async def search(
        question: shapes.Asked,
        k: Annotated[int, Field(ge=1, le=shapes.MOST_PASSAGES, description="How many passages")] = 5,
        documents: Documents = None,
        publishers: Publishers = None,
        since: shapes.Since = "",
        until: shapes.Until = "",
    ) -> shapes.Passages:
        """Find the passages of the reports that bear most on a question, best first. Simplified or Traditional."""
        bounds = Bounds.of(documents, publishers, since, until)
        return shapes.Passages.model_validate({"hits": await told(service.hits(question, k, bounds=bounds))})

    @server.tool(annotations=READS)
    async def ask(
        question: shapes.Asked,
        history: shapes.History | None = None,
        documents: Documents = None,
        publishers: Publishers = None,
        since: shapes.Since = "",
        until: shapes.Until = "",
    ) -> shapes.Answered:
        """Answer a question from the reports, each sentence with the numbers of the citations it rests on."""
        answer = await told(service.answer(question, history or [], Bounds.of(documents, publishers, since, until)))
        return shapes.Answered.model_validate(answer.to_dict())

    @server.tool(annotations=READS)
    async def read_source(
        document: str,
        start: Annotated[int, Field(ge=0)],
        end: Annotated[int, Field(ge=0)],
        around: Annotated[int, Field(ge=0, le=10_000, description="Characters shown before and behind")] = 200,
    ) -> shapes.Source:
        """Read characters `start` to `end` of a document's raw text, as a citation names them, in their surroundings."""
        return await told(
            service.work(lambda assistant: source_of(found(assistant, document), Span(start, end), around))
        )

    @server.tool(annotations=READS)
    async def list_documents() -> shapes.Reports:
        """List the reports: path, title, format, publisher and date."""
        return await told(service.work(listed))


async def told(work: Awaitable[T]) -> T:
    """What some work gives; why it gives nothing is told to the model, with what to do."""
    try:
        return await work
    except WenjuError as exc:
        problem = refused(exc)
        raise ToolError(f"{problem.error} → {problem.advice}") from exc
    except Refused as exc:
        raise ToolError(f"{exc.error} → {exc.advice}") from exc
    except ValueError as exc:
        raise ToolError(f"{exc} → give the start and end of a citation or a passage") from exc


def mounted(server: MCPServer) -> tuple[Callable[[FastAPI], None], AbstractAsyncContextManager[None]]:
    """What adds the server to an application, and what has to be open while that is served."""
    # Who may come in is seen to at the gate. Nothing is kept between two requests.
    own = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    application = server.streamable_http_app(
        streamable_http_path=PATH, stateless_http=True, json_response=True, transport_security=own
    )

    def add(app: FastAPI) -> None:
        app.router.routes.extend(application.routes)

    return add, server.session_manager.run()
