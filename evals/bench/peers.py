"""Other libraries' retrievers over the same passages, each as its own pages say Chinese is searched best.

    LlamaIndex, stock      its splitter, its BM25 and its vectors (with Wenju's model), fused by reciprocal ranks: what a
                           beginner is told to do
    LlamaIndex, jieba      its BM25 over words that jieba cut, without its English stemmer and stop words
    LangChain, jieba       its BM25 with jieba as `preprocess_func`
    txtai                  its BM25 over pairs of characters (`ngrams`)
    Haystack               its BM25 in memory; its tokenizer takes each Chinese character for a word

They are installed by `pip install -e '.[peers]'`. Words of jieba go without the questions' and passages' punctuation.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.embed import Embedder
from ingest.errors import ModelProblem

Search = Callable[[str], list[str]]
"""Gives the documents of the first passages for a question, best first, as often as they have passages among them."""
FIRST = 10
PARTED = r"\S+"
"""What stands between spaces."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What all search: passages with the ids of their documents, and the documents whole; each id and text."""

    passages: Sequence[tuple[str, str]]
    documents: Sequence[tuple[str, str]]
    embedder: Embedder


def missing() -> list[str]:
    """The peers' packages that are not installed."""
    needed = ("jieba", "rank_bm25", "langchain_community", "txtai", "haystack", "llama_index.retrievers.bm25")
    return [name for name in needed if not _there(name)]


def check_installed() -> None:
    """Raises ModelProblem where a peer is not installed."""
    if absent := missing():
        raise ModelProblem(f"not installed: {', '.join(absent)}", "pip install -e '.[peers]'")


def _there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # the package that it would stand in
        return False


def words(text: str) -> list[str]:
    """A text as jieba cuts it, lower-cased, without punctuation and white space."""
    import jieba

    jieba.setLogLevel("WARNING")
    return [w for w in jieba.lcut(text.lower()) if any(c.isalnum() for c in w)]


def llama_index_stock(texts: Texts) -> Search:
    """LlamaIndex as its pages begin."""
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.llms import MockLLM
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.retrievers import QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.retrievers.bm25 import BM25Retriever

    embedder = texts.embedder

    class Same(BaseEmbedding):
        """The model of Wenju, as LlamaIndex calls one."""

        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(x) for x in embedder.question(query)]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return self._get_text_embeddings([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return [[float(x) for x in v] for v in embedder.passages(texts)]

    documents = [Document(text=text, id_=name) for name, text in texts.documents]
    nodes = SentenceSplitter().get_nodes_from_documents(documents)
    vectors = VectorStoreIndex(nodes, embed_model=Same(embed_batch_size=256)).as_retriever(similarity_top_k=FIRST)
    lexical = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=FIRST)
    fused = QueryFusionRetriever(
        [vectors, lexical],
        llm=MockLLM(),
        mode=FUSION_MODES.RECIPROCAL_RANK,
        similarity_top_k=FIRST,
        num_queries=1,
        use_async=False,
    )
    return lambda question: [str(hit.node.ref_doc_id) for hit in fused.retrieve(question)]


def llama_index_jieba(texts: Texts) -> Search:
    """LlamaIndex's BM25 over words; it cuts by a pattern, so the words are handed to it with spaces between."""
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever

    nodes = [TextNode(text=" ".join(words(text)), metadata={}) for _, text in texts.passages]
    of = {node.node_id: name for node, (name, _) in zip(nodes, texts.passages, strict=True)}
    found = BM25Retriever(nodes=nodes, similarity_top_k=FIRST, skip_stemming=True, language="zh", token_pattern=PARTED)
    return lambda question: [of[hit.node.node_id] for hit in found.retrieve(" ".join(words(question)))]


def langchain_jieba(texts: Texts) -> Search:
    """LangChain's BM25 over words."""
    from langchain_community.retrievers import BM25Retriever

    found = BM25Retriever.from_texts(
        [text for _, text in texts.passages],
        metadatas=[{"document": name} for name, _ in texts.passages],
        preprocess_func=words,
        k=FIRST,
    )
    return lambda question: [hit.metadata["document"] for hit in found.invoke(question)]


def txtai_pairs(texts: Texts) -> Search:
    """The BM25 of txtai over pairs of characters."""
    from txtai.scoring import ScoringFactory

    scoring: Any = ScoringFactory.create({"method": "bm25", "terms": True, "tokenizer": {"ngrams": 2}})
    scoring.index([(n, text, None) for n, (_, text) in enumerate(texts.passages)])
    return lambda question: [texts.passages[n][0] for n, _ in scoring.search(question, FIRST)]


def haystack_memory(texts: Texts) -> Search:
    """Haystack's document store in memory."""
    os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
    from haystack import Document
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore(shared=False)
    store.write_documents(
        [Document(id=str(n), content=text, meta={"document": name}) for n, (name, text) in enumerate(texts.passages)]
    )
    found = InMemoryBM25Retriever(store, top_k=FIRST)
    return lambda question: [hit.meta["document"] for hit in found.run(query=question)["documents"]]


PEERS: Mapping[str, Callable[[Texts], Search]] = {
    "LlamaIndex, stock": llama_index_stock,
    "LlamaIndex, jieba": llama_index_jieba,
    "LangChain, jieba": langchain_jieba,
    "txtai": txtai_pairs,
    "Haystack": haystack_memory,
}
