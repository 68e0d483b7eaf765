"""The retriever as a LlamaIndex retriever, for its query engines and evaluators."""

from __future__ import annotations

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.retrieve import Hit, Retriever


class WenjuRetriever(BaseRetriever):
    """Gives passages as nodes; each carries in its metadata where it stands in the original file."""

    def __init__(self, retriever: Retriever, k: int = 5) -> None:
        self._retriever = retriever
        self._k = k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(hit) for hit in self._retriever.retrieve(query_bundle.query_str, self._k)]


def _node(hit: Hit) -> NodeWithScore:
    metadata = {k: v for k, v in hit.to_dict().items() if k not in {"text", "quote", "score"}}
    node = TextNode(
        id_=f"{hit.document}:{hit.span.start}-{hit.span.end}",
        text=hit.text,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=list(metadata),
    )
    return NodeWithScore(node=node, score=hit.score)
