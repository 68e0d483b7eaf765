"""Questions over HTTP and MCP that keep to some publishers and dates."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from mcp.client import Client

from assistant.serve.live import Live
from assistant.serve.server import gated
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

pytestmark = pytest.mark.server

FACTS = {
    "a.md": ("甲研究院", "2022-05-01"),
    "b.md": ("甲研究院", "2024-02"),
    "c.md": ("乙研究院", "2024-06-30"),
    "d.md": ("", ""),
}
"""Publisher and date of each report."""
QUESTION = "即时零售的门店有多少家？"
CASES = [
    ({"publishers": ["甲研究院"]}, {"a.md", "b.md"}),
    ({"publishers": ["甲研究院", "乙研究院"], "since": "2024"}, {"b.md", "c.md"}),
    ({"since": "2024-06", "until": ""}, {"c.md"}),
    ({"until": "2023"}, {"a.md"}),
    ({"documents": ["b.md", "d.md"], "until": "2024"}, {"b.md"}),
    ({"since": "2025"}, set()),
]


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Live:
    """An index of four reports that say much the same."""
    folder = tmp_path_factory.mktemp("dated")
    (folder / "reports").mkdir()
    for number, (name, (publisher, date)) in enumerate(FACTS.items(), 1):
        text = f"# 第{number}份观察\n\n即时零售的门店在第{number}个城市有{number * 17}家，都在社区附近。\n"
        (folder / "reports" / name).write_text(text, "utf-8")
        if date:
            facts = f"publisher: {publisher}\ndate: {date}\n"
            (folder / "reports" / f"{name}.meta.yaml").write_text(facts, "utf-8")
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    ingest([folder / "reports"], folder / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    return Live(Settings(_env_file=None, index=folder / "index"))  # type: ignore[call-arg]


@pytest.fixture(scope="module")
def address(dated: Live, running: Any) -> Iterator[str]:
    """A server of it, with the tools for models."""
    with running(gated(dated, Settings(_env_file=None), mcp=True)) as url:  # type: ignore[call-arg]
        yield url


@pytest.mark.parametrize(("bounds", "paths"), CASES)
def test_passages_and_answers_keep_to_them(address: str, dated: Live, bounds: dict[str, Any], paths: set[str]) -> None:
    """The passages are the retriever's within the same bounds; an answer cites nothing beyond, streamed or whole."""
    given = {"question": QUESTION, **bounds}
    hits = httpx.post(f"{address}/retrieve", json=given).json()["hits"]
    assert {h["document"] for h in hits} == paths
    direct = [h.to_dict() for h in dated.assistant().retriever.retrieve(QUESTION, 10, **bounds)]
    assert hits == json.loads(json.dumps(direct))
    answer = httpx.post(f"{address}/ask", json=given).json()
    assert {c["document"] for c in answer["citations"]} <= paths
    assert bool(answer["citations"]) == bool(paths)
    streamed = httpx.post(f"{address}/ask", json={**given, "stream": True}).text
    assert json.loads(streamed.strip().rpartition("data: ")[2])["text"] == answer["text"]


@pytest.mark.parametrize(("bounds", "paths"), CASES)
def test_tools_keep_to_them(address: str, bounds: dict[str, Any], paths: set[str]) -> None:
    """`search` and `ask` take the same bounds."""

    async def call() -> tuple[Any, Any]:
        async with Client(f"{address}/mcp") as client:
            given = {"question": QUESTION, **bounds}
            found, answer = [await client.call_tool(tool, given) for tool in ("search", "ask")]
            return found.structured_content, answer.structured_content

    found, answer = asyncio.run(call())
    assert {h["document"] for h in found["hits"]} == paths
    assert {c["document"] for c in answer["citations"]} <= paths


@pytest.mark.parametrize(("bounds", "paths"), CASES)
def test_chat_programs_keep_to_them(address: str, bounds: dict[str, Any], paths: set[str]) -> None:
    """The official client sends them beside its own fields, plain and streaming."""
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as gpt:
        asked: Any = [{"role": "user", "content": QUESTION}]
        made = gpt.chat.completions.create(model="wenju", messages=asked, extra_body=bounds)
        cited = {c["document"] for c in (made.model_extra or {})["citations"]}
        assert cited <= paths
        assert bool(cited) == bool(paths)
        *_, last = gpt.chat.completions.create(model="wenju", messages=asked, extra_body=bounds, stream=True)
        assert {c["document"] for c in (last.model_extra or {})["citations"]} == cited
        with pytest.raises(openai.NotFoundError, match="没有这家"):
            gpt.chat.completions.create(model="wenju", messages=asked, extra_body={"publishers": ["没有这家"]})


@pytest.mark.parametrize("path", ["/ask", "/retrieve", "/v1/chat/completions"])
@pytest.mark.parametrize("bounds", [{"since": "去年"}, {"until": "2023-6"}, {"documents": []}, {"publishers": "甲"}])
def test_bounds_that_mean_nothing_are_refused(address: str, path: str, bounds: dict[str, Any]) -> None:
    """With the field that is wrong."""
    asked = {"question": QUESTION, "model": "wenju", "messages": [{"role": "user", "content": QUESTION}], **bounds}
    answer = httpx.post(f"{address}{path}", json=asked)
    assert answer.status_code == 422
    assert next(iter(bounds)) in answer.text


@pytest.mark.parametrize("path", ["/ask", "/retrieve"])
def test_a_publisher_that_is_not_there_is_told(address: str, path: str) -> None:
    """As a document is: a name that nobody bears is a slip of who asks."""
    answer = httpx.post(f"{address}{path}", json={"question": QUESTION, "publishers": ["没有这家"]})
    assert answer.status_code == 404
    assert "没有这家" in answer.json()["error"]
