"""Cross-encoders that put the first passages anew: tiny ones made here, through the real library."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC
from tiny_models import bi_encoder, cross_encoder
from typer.testing import CliRunner

from assistant import Assistant, Hit, Retriever
from assistant.cli import app
from assistant.question import understand
from assistant.rerank import READ, CrossEncoderReranker, dealt_out, reranker_of
from assistant.together import Together
from ingest.embed import SentenceTransformersEmbedder
from ingest.errors import IndexMismatch, ModelProblem
from ingest.fold import fold_case_kept
from ingest.pipeline import ingest
from ingest.settings import SHIPPED_MODEL, Settings
from ingest.terms import indexed_text

QUESTION = "即时零售的市场规模是多少？"


def with_(**given: object) -> Settings:
    return Settings(_env_file=None, workers=1, **given)  # type: ignore[call-arg, arg-type]


def places(hits: Sequence[Hit]) -> list[tuple[str, int]]:
    return [(h.document, h.span.start) for h in hits]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of random weights."""
    return cross_encoder(tmp_path_factory.mktemp("model") / "cross")


@pytest.fixture(scope="module")
def reading(corpus_index: Path, model: Path) -> Retriever:
    """The sample reports with a reranker."""
    return Retriever.open(corpus_index, with_(reranker=str(model)))


def test_the_first_passages_come_in_the_order_of_the_cross_encoder(
    retriever: Retriever, reading: Retriever, model: Path
) -> None:
    """The same twenty come, by what the library itself says of each with the question; those behind stay where they were."""
    plain, read = retriever.retrieve(QUESTION, READ + 5), reading.retrieve(QUESTION, READ + 5)
    judged = [h for h in read if "cross_encoder" in h.features]
    assert places(read) != places(plain)
    assert judged == read[: len(judged)]
    assert set(places(judged)) <= set(places(plain))
    texts = [fold_case_kept(indexed_text(h.heading, h.text)) for h in judged]
    theirs = CrossEncoderReranker(str(model)).log_odds(fold_case_kept(QUESTION), texts)
    assert [h.features["cross_encoder"] for h in judged] == pytest.approx(theirs, abs=2e-3)
    told = [h.features["cross_encoder"] - 0.3 * h.damaged for h in judged]
    assert all(a >= b - 1e-9 for a, b in pairwise(told))
    assert all("cross-encoder" in h.why for h in judged)
    assert not any("cross-encoder" in h.why for h in [*plain, *read[len(judged) :]])


def test_scores_stay_those_of_the_ranker(retriever: Retriever, reading: Retriever) -> None:
    """They are dealt out anew: when to refuse was learned on them."""
    plain, read = retriever.retrieve(QUESTION, READ), reading.retrieve(QUESTION, READ)
    assert read[0].score == pytest.approx(plain[0].score, abs=1e-4)
    assert [h.score for h in read] == sorted((h.score for h in read), reverse=True)


def test_fewer_are_a_part_of_more_and_the_same_each_time(reading: Retriever) -> None:
    """How many are asked for, and from how many threads at once, changes nothing."""
    whole = reading.retrieve(QUESTION, 20)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda k: reading.retrieve(QUESTION, k), [3, 5, 20])) == [whole[:3], whole[:5], whole]


def test_the_script_of_the_question_changes_nothing(reading: Retriever) -> None:
    """Question and passages are folded before they are read."""
    assert places(reading.retrieve(OpenCC("s2t").convert(QUESTION))) == places(reading.retrieve(QUESTION))


def test_answers_and_several_indexes_are_put_in_order_too(corpus_index: Path, reading: Retriever, model: Path) -> None:
    """What the settings name reads for the assistant, for an index with others beside it, and for passages that are brought."""
    settings = with_(reranker=str(model))
    assert Assistant.open(corpus_index, settings).retriever is reading
    both = Together([reading, Retriever.open(corpus_index, with_())])
    assert "cross-encoder" in both.retrieve(QUESTION, 1)[0].why
    brought = Assistant.over(["零售的规模是三千亿。", "今天没有下雨。"], settings)
    assert all("cross-encoder" in h.why for h in brought.retriever.retrieve("零售的规模是多少？", 2))


@dataclass(frozen=True)
class Against:
    """Finds all passages equally good, those that hold some texts so much worse."""

    texts: frozenset[str]
    by: float

    def log_odds(self, question: str, texts: Sequence[str]) -> list[float]:
        """The log-odds of each text."""
        assert question
        return [-self.by * (text in self.texts) for text in texts]


def test_who_is_undecided_leaves_the_order(retriever: Retriever) -> None:
    """Passages that are judged alike stay as the ranker had them."""
    undecided = Retriever(retriever.index, retriever.embedder, reranker=Against(frozenset(), 0.0))
    for question in (QUESTION, "R1 H800 用了多少？", "通讯作者是谁？"):
        assert places(undecided.retrieve(question, 8)) == places(retriever.retrieve(question, 8))


@pytest.mark.parametrize(("by", "first"), [(3.5, True), (4.5, False)])
def test_a_report_that_is_named_is_given_as_much_as_by_the_ranker(retriever: Retriever, by: float, first: bool) -> None:
    """Whoever names a report gets its passages, unless the model is surer than that of others."""
    path = "smart-marketing-cases.docx"
    own = [fold_case_kept(indexed_text(p.chunk.heading, p.chunk.text)) for p in retriever.passages_of(path)]
    against = Retriever(retriever.index, retriever.embedder, reranker=Against(frozenset(own), by))
    (hit,) = against.retrieve("智慧营销案例那份报告里，即时零售的市场规模是多少？", 1)
    assert (hit.document == path) == first


def test_a_follow_up_is_read_behind_what_it_leans_on() -> None:
    """`那2022年呢` alone tells a model nothing."""
    assert "即时零售" in understand("那线下呢？", ["即时零售的市场规模是多少？"]).before
    assert understand("即时零售的市场规模是多少？", ["通讯作者是谁？"]).before == ""


def test_a_model_that_is_not_there_is_told_at_once(corpus_index: Path) -> None:
    """A folder or a hub name that is not here fails with the first question, and says what to do; nothing is fetched."""
    for name, said, advice in (
        ("./nowhere", "no such folder", "WENJU_RERANKER"),
        ("nobody/no-such-reranker", "not on this machine", "WENJU_DOWNLOAD=1"),
    ):
        with pytest.raises(ModelProblem, match=said) as caught:
            Retriever.open(corpus_index, with_(reranker=name)).retrieve(QUESTION)
        assert advice in caught.value.advice


def test_nothing_is_printed_while_a_model_is_read(model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its library draws bars, which do not belong between a question and its answer."""
    CrossEncoderReranker(str(model)).log_odds("问", ["答"])
    assert capfd.readouterr() == ("", "")


def test_the_doctor_reads_with_the_reranker(
    corpus_index: Path, model: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`wenju doctor` names it where it loads, and fails where it does not."""
    monkeypatch.setenv("WENJU_RERANKER", str(model))
    well = CliRunner().invoke(app, ["doctor", "--index", str(corpus_index)])
    assert (well.exit_code, "reranker: " in well.stdout) == (0, True)
    monkeypatch.setenv("WENJU_RERANKER", str(tmp_path / "none"))
    assert isinstance(CliRunner().invoke(app, ["doctor", "--index", str(corpus_index)]).exception, ModelProblem)


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A bi-encoder, which the library would give a head of random weights, and one that tells classes order nothing."""
    with pytest.raises(ModelProblem, match="not a cross-encoder") as caught:
        CrossEncoderReranker(str(bi_encoder(tmp_path / "bi"))).log_odds("问", ["答"])
    assert "WENJU_EMBEDDING" in caught.value.advice
    with pytest.raises(ModelProblem, match="tells classes"):
        CrossEncoderReranker(str(cross_encoder(tmp_path / "classes", labels=3))).log_odds("问", ["答", "案"])


def test_no_setting_is_no_reranker(model: Path) -> None:
    """Without one nothing is loaded; with one all indexes share it."""
    assert reranker_of(with_()) is None
    assert reranker_of(with_(reranker=str(model))) is reranker_of(with_(reranker=str(model)))


def test_an_index_is_only_read_with_the_model_it_was_built_with(reports: Path, tmp_path: Path) -> None:
    """Another embedding model is refused; another instruction or a reranker is none."""
    first, second = (bi_encoder(tmp_path / name, seed=seed) for seed, name in enumerate(("one", "two")))
    settings = with_(embedding=str(first))
    ingest([reports], tmp_path / "index", settings, SentenceTransformersEmbedder.of(settings))
    told = with_(embedding=str(first), embedding_instruction="问：")
    assert Assistant.open(tmp_path / "index", told).retriever.retrieve("店长")
    for other in (str(second), str(SHIPPED_MODEL)):
        with pytest.raises(IndexMismatch, match="embedding model"):
            Assistant.open(tmp_path / "index", with_(embedding=other))


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=30), st.integers(1, 30))
def test_dealing_out_orders_the_first_and_leaves_the_rest(rows: list[tuple[int, int]], read: int) -> None:
    """Scores fall along the new order, and are those there were but for a hair; equal judgements leave the old order."""
    scores = [float(score) for score, _ in rows]
    order = sorted(range(len(rows)), key=lambda at: (-scores[at], at))
    judged = {at: float(rows[at][1]) for at in order[:read]}
    anew, dealt = dealt_out(order, scores, judged)
    assert anew[read:] == order[read:]
    assert anew[:read] == sorted(order[:read], key=lambda at: (-judged[at], order.index(at)))
    assert all(dealt[a] > dealt[b] for a, b in pairwise(anew[: read + 1]))
    assert [dealt[at] for at in anew] == pytest.approx([scores[at] for at in order], abs=1e-4)
