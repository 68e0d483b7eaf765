"""The retriever as a LangChain retriever, for its chains and evaluators."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, SkipValidation

from assistant.retrieve import Hit, Retriever
from ingest.bounds import EVERYTHING, Bounds


class WenjuRetriever(BaseRetriever):
    """Gives passages as documents; each carries in its metadata its score and where it stands in the original file.

    `bounds` keep to some reports: `Bounds.of(since="2024")`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: SkipValidation[Retriever]
    k: int = 5
    bounds: SkipValidation[Bounds] = EVERYTHING

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:  # noqa: ARG002
        return [_document(hit) for hit in self.retriever.retrieve(query, self.k, **self.bounds.keywords())]


def _document(hit: Hit) -> Document:
    metadata = {k: v for k, v in hit.to_dict().items() if k not in {"text", "quote"}}
    return Document(id=f"{hit.document}:{hit.span.start}-{hit.span.end}", page_content=hit.text, metadata=metadata)
