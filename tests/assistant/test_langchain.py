"""The retriever inside LangChain itself."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.documents import Document
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from assistant import Retriever
from assistant.adapters.langchain import WenjuRetriever

QUESTION = "DeepSeek-R1 的通讯作者是谁？"
QUESTIONS = [QUESTION, "即时零售的五个核心属性是什么？", "超盒算NB 是什么时候改名的？"]


def places(documents: list[Document]) -> list[tuple[str, int, int]]:
    return [(d.metadata["document"], d.metadata["start"], d.metadata["end"]) for d in documents]


def test_documents_are_the_passages(retriever: Retriever) -> None:
    """Text, score and place of each document are those of the hit, in the same order."""
    documents = WenjuRetriever(retriever=retriever, k=4).invoke(QUESTION)
    hits = retriever.retrieve(QUESTION, 4)
    assert [d.page_content for d in documents] == [h.text for h in hits]
    assert places(documents) == [(h.document, h.span.start, h.span.end) for h in hits]
    assert [d.metadata["score"] for d in documents] == [round(h.score, 4) for h in hits]
    assert len({d.id for d in documents}) == 4


def test_many_questions_at_once_get_their_own_passages(retriever: Retriever) -> None:
    """LangChain's batch and its asynchronous calls give what single calls give."""
    adapter = WenjuRetriever(retriever=retriever, k=3)
    single = [places(adapter.invoke(q)) for q in QUESTIONS]
    assert [places(found) for found in adapter.batch(QUESTIONS)] == single
    assert [places(found) for found in asyncio.run(adapter.abatch(QUESTIONS))] == single
    assert len({str(found) for found in single}) == len(QUESTIONS)


def test_a_chain_answers_from_the_passages(retriever: Retriever) -> None:
    """A chain of LangChain's own parts hands our passages to its model."""
    seen: list[str] = []

    def joined(documents: list[Document]) -> str:
        seen.append("\n".join(d.page_content for d in documents))
        return seen[-1]

    prompt = ChatPromptTemplate.from_template("资料：{context}\n问题：{question}")
    chain = (
        {
            "context": WenjuRetriever(retriever=retriever, k=2) | RunnableLambda(joined),
            "question": RunnablePassthrough(),
        }
        | prompt
        | FakeListChatModel(responses=["梁文锋"])
        | StrOutputParser()
    )
    assert chain.invoke(QUESTION) == "梁文锋"
    assert "通讯作者是公司创始人梁文锋" in seen[0]


def test_a_retriever_has_to_be_given() -> None:
    """Without one it is not made."""
    with pytest.raises(ValueError, match="retriever"):
        WenjuRetriever()  # type: ignore[call-arg]
