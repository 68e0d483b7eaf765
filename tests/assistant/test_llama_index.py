"""The retriever inside LlamaIndex itself."""

from __future__ import annotations

import pytest
from llama_index.core import Settings as LlamaSettings
from llama_index.core.base.response.schema import Response
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import ResponseMode
from llama_index.core.schema import MetadataMode

from assistant import Retriever
from assistant.adapters.llama_index import WenjuRetriever

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
