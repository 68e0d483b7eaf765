"""The retriever and the assistant inside LlamaIndex itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from llama_index.core import Settings as LlamaSettings
from llama_index.core.base.response.schema import Response
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.schema import MetadataMode
from llama_index.core.tools import QueryEngineTool

from assistant import Assistant, Retriever
from assistant.adapters.llama_index import WenjuQueryEngine, WenjuRetriever

QUESTION = "DeepSeek-R1 的通讯作者是谁？"


def test_nodes_are_the_passages(retriever: Retriever) -> None:
    """Text, score and place of each node are those of the hit, in the same order."""
    nodes = WenjuRetriever(retriever, k=4).retrieve(QUESTION)
    hits = retriever.retrieve(QUESTION, 4)
    assert [n.score for n in nodes] == [h.score for h in hits]
    for node, hit in zip(nodes, hits, strict=True):
        assert node.node.get_content() == hit.text
        assert node.node.metadata["document"] == hit.document
        assert (node.node.metadata["start"], node.node.metadata["end"]) == (hit.span.start, hit.span.end)
        raw = retriever.document(node.node.metadata["document"]).raw
        assert raw[node.node.metadata["start"]] == hit.text[0]


def test_nodes_have_ids_that_stay(retriever: Retriever) -> None:
    """The same passage has the same id each time, and no two passages share one."""
    adapter = WenjuRetriever(retriever, k=10)
    ids = [n.node.node_id for n in adapter.retrieve(QUESTION)]
    assert ids == [n.node.node_id for n in adapter.retrieve(QUESTION)]
    assert len(set(ids)) == 10


def test_a_model_reads_the_passage_alone(retriever: Retriever) -> None:
    """Offsets and scores are kept from the prompt and from embeddings."""
    (node,) = WenjuRetriever(retriever, k=1).retrieve(QUESTION)
    for mode in (MetadataMode.LLM, MetadataMode.EMBED):
        assert node.node.get_content(mode) == node.node.get_content(MetadataMode.NONE)


@pytest.mark.parametrize("mode", [ResponseMode.COMPACT, ResponseMode.TREE_SUMMARIZE])
def test_a_query_engine_answers_from_the_passages(retriever: Retriever, mode: ResponseMode) -> None:
    """LlamaIndex's own query engine asks its model with our passages and keeps them as its sources."""
    engine = RetrieverQueryEngine.from_args(WenjuRetriever(retriever, k=2), llm=MockLLM(), response_mode=mode)
    response = engine.query(QUESTION)
    assert isinstance(response, Response)
    assert "通讯作者是公司创始人梁文锋" in str(response)  # this model repeats its prompt
    assert [n.node.metadata["document"] for n in response.source_nodes] == [
        h.document for h in retriever.retrieve(QUESTION, 2)
    ]


def test_the_settings_of_llama_index_are_left_alone(retriever: Retriever) -> None:
    """Retrieving needs neither a model nor an embedding of LlamaIndex."""
    before = LlamaSettings._llm, LlamaSettings._embed_model
    WenjuRetriever(retriever).retrieve("即時零售")
    assert (LlamaSettings._llm, LlamaSettings._embed_model) == before


def test_a_query_engine_of_ours_gives_the_answer_with_its_citations(assistant: Assistant) -> None:
    """Its text is the marked answer, its sources are the citations, whose offsets lead into the file."""
    response = WenjuQueryEngine(assistant).query(QUESTION)
    answer = assistant.ask(QUESTION)
    assert isinstance(response, Response)
    assert str(response) == answer.marked_text
    assert response.metadata == {**answer.to_dict(), "timings_ms": response.metadata["timings_ms"]}
    assert [n.node.get_content() for n in response.source_nodes] == [c.quote for c in answer.citations]
    assert response.source_nodes[0].node.metadata["start"] == answer.citations[0].span.start


def test_a_query_engine_of_ours_can_be_awaited_and_kept_to_documents(assistant: Assistant) -> None:
    """Questions that are awaited do not hold the loop up, and only the documents named are cited."""
    engine = WenjuQueryEngine(assistant, documents=["deepseek-r1-cost.md"])

    async def ask() -> list[Any]:
        return await asyncio.gather(*(engine.aquery("DeepSeek-R1 的训练成本是多少？") for _ in range(3)))

    for response in asyncio.run(ask()):
        assert {n.node.metadata["document"] for n in response.source_nodes} == {"deepseek-r1-cost.md"}


def test_a_query_engine_of_ours_is_a_tool_of_agents(assistant: Assistant) -> None:
    """LlamaIndex's own tool for query engines gives the answer."""
    tool = QueryEngineTool.from_defaults(WenjuQueryEngine(assistant), name="reports", description="asks the reports")
    assert "梁文锋" in str(tool.call(input=QUESTION))
