"""The retriever as a LlamaIndex retriever and the assistant as a query engine, for its agents and evaluators."""

from __future__ import annotations

import asyncio
from typing import Unpack

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.answer import Assistant, Citation
from assistant.retrieve import Hit, Retriever
from ingest.bounds import Bounds, Kept


class WenjuRetriever(BaseRetriever):
    """Gives passages as nodes; each carries in its metadata where it stands in the original file.

    The other keywords keep to some reports, as in `Retriever.retrieve`.
    """

    def __init__(self, retriever: Retriever, k: int = 5, **kept: Unpack[Kept]) -> None:
        self._retriever = retriever
        self._k = k
        self._bounds = Bounds.of(**kept)
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [
            _node(hit) for hit in self._retriever.retrieve(query_bundle.query_str, self._k, **self._bounds.keywords())
        ]


class WenjuQueryEngine(BaseQueryEngine):
    """Answers with sentences of the sources, or with the language model of the settings; needs none of LlamaIndex's.

    The response is the answer with its marks ([1] is the first of the source
    nodes), its metadata the JSON of `wenju ask --json`. The other keywords keep to
    some reports, as in `Assistant.ask`.
    """

    def __init__(self, assistant: Assistant, **kept: Unpack[Kept]) -> None:
        self._assistant = assistant
        self._bounds = Bounds.of(**kept)
        super().__init__(callback_manager=None)

    def _query(self, query_bundle: QueryBundle) -> Response:
        answer = self._assistant.ask(query_bundle.query_str, **self._bounds.keywords())
        nodes = [_node(citation) for citation in answer.citations]
        return Response(response=answer.marked_text, source_nodes=nodes, metadata=answer.to_dict())

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def _node(found: Hit | Citation) -> NodeWithScore:
    metadata = {k: v for k, v in found.to_dict().items() if k not in {"text", "quote", "score"}}
    node = TextNode(
        id_=f"{found.document}:{found.span.start}-{found.span.end}",
        text=found.quote,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=list(metadata),
    )
    return NodeWithScore(node=node, score=found.score)
