"""The tools for models, asked with the client of MCP's own library: over stdin and stdout, and over HTTP."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.exceptions import MCPError

from assistant import Assistant
from assistant.serve.keys import Keyring, new_key
from assistant.serve.live import Live
from assistant.serve.mcp_server import DOCUMENTS, mcp_server
from assistant.serve.server import gated, service_of
from ingest.settings import Settings

pytestmark = pytest.mark.server

T = TypeVar("T")
ROOT = Path(__file__).parents[3]
QUESTION = "DeepSeek-R1 的訓練花了多少美元？"
Ask = Callable[[Callable[[Client], Awaitable[T]]], T]


def connected_to(server: Any) -> Ask[Any]:
    """Does something with a client that is connected to a server."""

    async def run(do: Callable[[Client], Awaitable[Any]]) -> Any:
        async with Client(server) as client:
            return await do(client)

    return lambda do: asyncio.run(run(do))


@pytest.fixture(scope="module")
def ask(live: Live, running: Any) -> Iterator[Ask[Any]]:
    """Does something with a client that is connected over HTTP."""
    with running(gated(live, Settings(_env_file=None), mcp=True)) as address:  # type: ignore[call-arg]
        yield connected_to(f"{address}/mcp")


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs each time."""
    return {k: v for k, v in answer.items() if k != "timings_ms"}


@pytest.mark.parametrize("way", ["http", "stdio"])
def test_an_answer_is_followed_to_its_source(way: str, ask: Ask[Any], corpus_index: Path, assistant: Assistant) -> None:
    """A model lists the tools, asks, and reads the source of the first citation; all is as the library gives it."""
    if way == "stdio":
        arguments = ["-m", "evals.cli", "serve", "--mcp", "--stdio", "--index", str(corpus_index)]
        ask = connected_to(StdioServerParameters(command=sys.executable, args=arguments, cwd=ROOT))

    async def converse(client: Client) -> tuple[Any, Any, Any, Any]:
        tools = [t.name for t in (await client.list_tools()).tools]
        answer: Any = (await client.call_tool("ask", {"question": QUESTION})).structured_content
        place = {name: answer["citations"][0][name] for name in ("document", "start", "end")}
        mistake = await client.call_tool("read_source", {**place, "document": "nowhere.txt"})
        return tools, answer, (await client.call_tool("read_source", place)).structured_content, mistake

    tools, answer, source, mistake = ask(converse)
    assert tools == ["search", "ask", "read_source", "list_documents"]
    assert untimed(answer) == untimed(json.loads(json.dumps(assistant.ask(QUESTION).to_dict())))
    cited = answer["citations"][0]
    assert source["quote"] == cited["quote"]
    assert source["raw"] == assistant.retriever.document(cited["document"]).raw[cited["start"] : cited["end"]]
    assert mistake.is_error


@pytest.mark.parametrize("bounds", [{"documents": ["deepseek-r1-nature.txt"]}, {"since": "2025", "until": "2025-10"}])
def test_search_gives_hits(ask: Ask[Any], assistant: Assistant, bounds: dict[str, Any]) -> None:
    """Passages are those of the retriever, and keep to what is named."""

    async def search(client: Client) -> Any:
        given = {"question": QUESTION, "k": 3, **bounds}
        return (await client.call_tool("search", given)).structured_content

    hits = [h.to_dict() for h in assistant.retriever.retrieve(QUESTION, 3, **bounds)]
    assert ask(search) == json.loads(json.dumps({"hits": hits}))


def test_documents_are_resources(ask: Ask[Any], assistant: Assistant) -> None:
    """Each document is listed by tool and as a resource, whose text is its clean text."""

    async def read(client: Client) -> tuple[Any, list[str], str]:
        told = (await client.call_tool("list_documents", {})).structured_content
        resources = (await client.list_resources()).resources
        first = (await client.read_resource(str(resources[0].uri))).contents[0]
        return told, [r.name for r in resources], first.text  # type: ignore[union-attr]

    told, names, text = ask(read)
    paths = [d.path for d in assistant.retriever.documents()]
    assert names == paths == [d["path"] for d in told["documents"]]
    assert text == assistant.retriever.document(paths[0]).view.text


@pytest.mark.parametrize(
    ("tool", "given", "word"),
    [
        ("ask", {"question": " "}, "question"),
        ("ask", {"question": "问", "documents": ["nowhere.txt"]}, "nowhere.txt"),
        ("search", {"question": "问", "k": 0}, "k"),
        ("read_source", {"document": "nowhere.txt", "start": 0, "end": 1}, "nowhere.txt"),
        ("read_source", {"document": "deepseek-r1-nature.txt", "start": 9, "end": 1}, "not a span"),
        ("read_source", {"document": "deepseek-r1-nature.txt", "start": 0, "end": 10**9}, "characters"),
    ],
)
def test_a_mistake_is_told_to_the_model(ask: Ask[Any], tool: str, given: dict[str, Any], word: str) -> None:
    """A call that means nothing is an error that the model can read, without the inside of the server."""

    async def call(client: Client) -> Any:
        return await client.call_tool(tool, given)

    result = ask(call)
    assert result.is_error
    assert word in result.content[0].text
    assert "Traceback" not in result.content[0].text


def test_a_resource_that_is_not_there(ask: Ask[Any]) -> None:
    """An unknown document is an error of the protocol, and so is a path that climbs out."""

    async def read(client: Client) -> None:
        for path in ("nowhere.txt", "../pyproject.toml", "%2e%2e/pyproject.toml"):
            with pytest.raises(MCPError):
                await client.read_resource(DOCUMENTS + path)

    ask(read)


def test_a_missing_index_is_told(tmp_path: Path) -> None:
    """The model reads what to do, and can go on when it is done."""
    settings = Settings(_env_file=None, index=tmp_path / "index")  # type: ignore[call-arg]

    async def run() -> Any:
        async with Client(mcp_server(service_of(Live(settings), settings))) as client:
            return await client.call_tool("ask", {"question": QUESTION})

    result = asyncio.run(run())
    assert result.is_error
    assert "wenju ingest" in result.content[0].text


def test_the_tools_ask_for_the_key(live: Live, settings: Settings, tmp_path: Path, running: Any) -> None:
    """Over HTTP the same keys open the tools; without one, and without --mcp, there are none."""
    file = tmp_path / "keys.json"
    key = new_key(file, "model")
    with running(gated(live, settings, Keyring(file), mcp=True)) as address:
        assert httpx.post(f"{address}/mcp", json={}).status_code == 401

        async def run() -> list[str]:
            async with (
                create_mcp_http_client(headers={"Authorization": f"Bearer {key}"}) as http,
                Client(streamable_http_client(f"{address}/mcp", http_client=http)) as client,
            ):
                return [t.name for t in (await client.list_tools()).tools]

        assert "ask" in asyncio.run(run())
    with running(gated(live, settings)) as address:
        assert httpx.post(f"{address}/mcp", json={}).status_code == 404
