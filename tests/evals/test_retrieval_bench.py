"""The retrieval benchmark: what is measured, and the others that are measured beside."""

from __future__ import annotations

import pytest

from assistant import Assistant
from evals.bench.benchmarks import Given
from evals.bench.peers import PEERS, Texts, missing
from evals.bench.reading import Asked, damaged
from evals.bench.retrieval import facts_of, measure, parts, searching, texts_of
from evals.case import Case
from ingest.clean.stages import tidy
from ingest.embed import SentenceTransformersEmbedder
from ingest.errors import ModelProblem
from ingest.fold import squeeze
from ingest.settings import SHIPPED_MODEL

LAKES = [
    ("a", "青海湖是中国最大的咸水湖，面积约四千六百平方公里，湖面海拔三千一百九十六米。"),
    ("b", "鄱阳湖是中国最大的淡水湖，位于江西省北部，每年有数十万只候鸟在这里越冬。"),
    ("c", "纳木错位于西藏自治区，藏语的意思是天湖，是世界上海拔最高的大型湖泊之一。"),
]
ASKED = [
    Asked("1", "中国最大的咸水湖是哪个？", "a", ("青海湖",)),
    Asked("2", "候鸟在哪里越冬？", "b", ("鄱阳湖",)),
    Asked("3", "天湖是什么意思？", "d", ("纳木错",)),
]


def test_ranks_are_those_of_the_right_documents() -> None:
    """First, second and missing give the recalls and the mean reciprocal rank."""
    found = {"x": ["a", "b"], "y": ["a", "b"], "z": ["a", "b"]}
    told = measure(found.__getitem__, ASKED, ["x", "y", "z"])
    assert (told["recall@1"], told["recall@5"], told["mrr@10"]) == (1 / 3, 2 / 3, 0.5)


def test_damaged_passages_are_cleaned_to_what_they_were() -> None:
    """Every other text gets emoji, the rest leaked readings in Traditional; the same each time; cleaning takes them out."""
    long = [(name, text * 3) for name, text in LAKES]
    harmed = dict(damaged(long))
    assert harmed == dict(damaged(long))
    for name, text in long:
        assert harmed[name] != text
        assert squeeze(tidy(harmed[name])) == squeeze(text)


@pytest.mark.parametrize("name", sorted(PEERS))
def test_every_peer_finds_what_is_asked_for(name: str) -> None:
    """Each of the other libraries is set up so that it finds Chinese passages in their own words; stock ones not always first."""
    if missing():
        pytest.skip(f"not installed: {', '.join(missing())}")
    find = PEERS[name](Texts(LAKES, LAKES, SentenceTransformersEmbedder(str(SHIPPED_MODEL))))
    told = measure(find, ASKED[:2], [q.question for q in ASKED[:2]])
    assert told["recall@5"] == 1
    assert told["recall@1"] == 1 or "stock" in name


def test_peers_get_the_passages_as_the_files_have_them(corpus_assistant: Assistant) -> None:
    """The passages of the index, uncleaned, under their documents."""
    retriever = corpus_assistant.retriever
    texts = texts_of(retriever, SentenceTransformersEmbedder(str(SHIPPED_MODEL)))
    assert len(texts.passages) == len(retriever.index.lexical)
    assert {name for name, _ in texts.passages} <= {name for name, _ in texts.documents}
    assert all(passage in dict(texts.documents)[name] for name, passage in texts.passages)
    (first, *_) = searching(retriever)("通讯作者是谁？")
    assert first in dict(texts.documents)


def test_facts_are_looked_for_in_the_first_passages(corpus_assistant: Assistant) -> None:
    """A fact that no passage states is not found; questions without facts are not counted."""
    asked = "帐篷客酒店的平均房价和入住率是多少？"
    cases = [
        Case("1", "zh-Hans", "fact_number", asked, "", must_include=(("3000元",), ("没有这个",))),
        Case("2", "zh-Hans", "unanswerable", asked, ""),
    ]
    row = facts_of(corpus_assistant.retriever, cases)["reports"]
    assert (row["questions"], row["facts@1"], row["facts@5"]) == (1, 0.5, 0.5)


def test_peers_that_are_not_installed_are_told_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    """What to install is said before anything is measured."""
    (tmp_path / "reading").mkdir()
    (tmp_path / "reading" / "questions.jsonl").write_text("", "utf-8")
    monkeypatch.setattr("evals.bench.peers.missing", lambda: ["jieba"])
    with pytest.raises(ModelProblem, match="not installed: jieba") as told:
        parts(Given(tmp_path, peers=True))
    assert told.value.advice == "pip install -e '.[peers]'"
