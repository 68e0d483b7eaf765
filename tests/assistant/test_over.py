"""Answers over texts that the caller brings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from noise import drop_emoji, in_traditional, paragraphs

from assistant import Assistant
from assistant.question import understand
from assistant.script import script_of
from assistant.term_weights import weigh_in_general
from evals.metrics import citation_exact
from ingest.settings import Settings

TEXTS = (
    "即时零售是指消费者在线上下单、由附近门店在一小时内送达的零售方式。2023年，全国即时零售的市场规模约为6500亿元。",
    "DeepSeek-R1的訓練使用了512塊H800 GPU，花費29.4萬美元。論文於2025年9月登上《Nature》雜誌的封面。",
    "硬折扣店只卖一千种左右的商品，其中七成是自有品牌。",
)


def over(*texts: str) -> Assistant:
    return Assistant.over(texts, Settings(_env_file=None))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("question", "document", "fact"),
    [
        ("2023年即时零售的市场规模是多少？", "0", "6500亿"),
        ("2023年即時零售的市場規模是多少？", "0", "6500億"),
        ("DeepSeek-R1的训练花了多少美元？", "1", "29.4万美元"),
        ("硬折扣店的商品有幾成是自有品牌？", "2", "七成"),
    ],
)
def test_a_text_answers(question: str, document: str, fact: str) -> None:
    """The answer comes from the text that has it, in the question's script; texts go by their numbers."""
    answer = over(*TEXTS).ask(question)
    assert fact in answer.text
    assert answer.citations[0].document == document
    assert answer.script == script_of(question)


def test_citations_point_into_the_texts() -> None:
    """Start and end count the characters of the text as it was given, noise and all."""
    noisy = drop_emoji(TEXTS[1], 7)
    (citation, *_) = over(TEXTS[0], noisy).ask("DeepSeek-R1的訓練花了多少美元？").citations
    assert citation.document == "1"
    marked = citation.span.of(noisy)
    assert len(marked) > len(citation.quote)
    assert citation.quote in TEXTS[1]


def test_what_no_text_tells_is_refused() -> None:
    """Texts about something else are the nearest passages of a refusal."""
    answer = over(*TEXTS).ask("红烧肉要炖多久才烂？")
    assert answer.abstained
    assert {c.document for c in answer.citations} <= {"0", "1", "2"}


@pytest.mark.parametrize("texts", [(), ("",), (" \n", ""), ("🚀",)])
def test_without_words_there_is_a_refusal(texts: tuple[str, ...]) -> None:
    """No text, and texts without a word, answer nothing and break nothing."""
    answer = over(*texts).ask("训练成本是多少？")
    assert answer.abstained
    assert answer.citations == ()


def test_only_the_named_texts_are_read() -> None:
    """The filter takes the numbers of the texts."""
    assistant = over(*TEXTS)
    assert {h.document for h in assistant.retriever.retrieve("即时零售", documents=["1", "2"])} == {"1", "2"}
    assert assistant.ask("2023年即时零售的市场规模是多少？", documents=["2"]).abstained


def test_a_long_text_is_split_and_its_passages_are_found() -> None:
    """The answer is found at the end of a text of many passages."""
    filler = "前置仓的选址取决于三公里以内的人口密度、租金水平与竞争者的数量。"
    long = "\n\n".join(filler for _ in range(200)) + "\n\n" + TEXTS[1]
    (citation, *_) = over(long).ask("DeepSeek-R1的訓練花了多少美元？").citations
    assert citation.span.start > 5000
    assert "29.4" in citation.span.of(long)


def test_documents_and_passages_are_listed() -> None:
    """The texts are listed by number with their passages."""
    retriever = over(*TEXTS).retriever
    assert [d.path for d in retriever.documents()] == ["0", "1", "2"]
    assert [d.passages for d in retriever.documents()] == [len(retriever.passages_of(n)) for n in "012"]
    assert retriever.document("0").raw == TEXTS[0]
    with pytest.raises(KeyError):
        retriever.document("3")


@examples(max_examples=15)
@given(texts=st.lists(paragraphs(most=4) | paragraphs(most=4, traditional=True), max_size=4))
def test_every_citation_is_exact(texts: list[str]) -> None:
    """Whatever texts are brought, quotations are their own characters, and asking again changes nothing."""
    assistant = over(*texts)
    for question in ("2023年的市场规模是多少？", "為什麼複購率上升了？"):
        answer = assistant.ask(question)
        assert answer == assistant.ask(question)
        for citation in answer.citations:
            assert citation_exact(citation, assistant.retriever.document(citation.document))
            assert citation.quote in texts[int(citation.document)]


def test_terms_weigh_as_in_general_prose() -> None:
    """A rare word tells more than a common one, in either script, though there are too few texts to count in."""
    simplified = weigh_in_general(understand("即时零售的蔓越莓"))
    traditional = weigh_in_general(understand(in_traditional("即时零售的蔓越莓")))
    assert simplified.terms == traditional.terms
    assert simplified.terms["越莓"] > simplified.terms["零售"] > simplified.terms["时"] > 0


def test_who_asks_of_one_of_parallel_sentences_is_given_that_one_whole() -> None:
    """在物流业方面，… answers how that came about; cut to the items of a list it would say the half of it."""
    text = (
        "全市的几个行业各有起色。在物流业方面，市政府近年来对一批物流项目给予贷款贴息，带动了物流业的发展，一批大型项目陆续投入运营。"
        "在房地产业方面，近年来几家开发商合建了一座新城，先后建成三处公园，吸引外地人前来置业安家落户。"
        "在旅游业方面，市里注重把文化与旅游结合起来，老街修缮一新，去年接待的游客因此多了整整一倍。"
    )
    answer = over(text).ask("物流业的发展是如何被带动的？")
    assert "给予贷款贴息，带动了物流业的发展" in answer.text
