"""Passages of the sample reports for a question."""

from __future__ import annotations

import gc
import json
import shutil
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from noise import drop_emoji
from opencc import OpenCC

from assistant import Assistant, Hit, Retriever
from assistant.question import understand
from assistant.retrieve import MOST_OPEN
from evals.case import read_cases
from ingest.clean.stages import tidy
from ingest.document import Document
from ingest.embed import SentenceTransformersEmbedder
from ingest.errors import IndexMismatch, IndexMissing
from ingest.fold import fold, squeeze
from ingest.index import open_index
from ingest.pipeline import ingest
from ingest.settings import Settings

CASES = Path(__file__).parents[2] / "evals" / "cases" / "corpus.jsonl"
KEYS = {"document", "page", "start", "end", "text", "quote", "score", "repaired", "damaged", "also"}
QUESTIONS = ("通讯作者是谁？", "即時零售的市場規模是多少？", "R1 H800", "帳篷客酒店一晚平均多少錢？")


def places(hits: list[Hit]) -> list[tuple[str, int, int]]:
    return [(h.document, h.span.start, h.span.end) for h in hits]


@pytest.mark.parametrize("k", [0, 1, 3, 10])
def test_as_many_passages_as_asked_for_come_back(retriever: Retriever, k: int) -> None:
    """`k` passages come back, each once, the best first."""
    hits = retriever.retrieve("即时零售的市场规模是多少？", k)
    assert len(hits) == len(set(places(hits))) == k
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_fewer_passages_are_a_part_of_more(retriever: Retriever) -> None:
    """The first three are the same whether three or twenty are asked for."""
    for question in QUESTIONS:
        assert retriever.retrieve(question, 3) == retriever.retrieve(question, 20)[:3]


def test_many_questions_are_answered_in_their_order(retriever: Retriever) -> None:
    """Each question of many has the passages that it has alone."""
    assert retriever.retrieve_many(QUESTIONS, 3) == [retriever.retrieve(q, 3) for q in QUESTIONS]
    assert retriever.retrieve_many([]) == []


def test_less_than_no_passage_is_an_error(retriever: Retriever) -> None:
    """A negative number of passages cannot be asked for."""
    with pytest.raises(ValueError, match="k is -1"):
        retriever.retrieve("通讯作者是谁？", -1)


def test_the_passage_that_answers_is_first(retriever: Retriever) -> None:
    """A question in the report's words finds its passage."""
    (hit,) = retriever.retrieve("帐篷客酒店的平均房价和入住率是多少？", 1)
    assert hit.document == "smart-marketing-cases.docx"
    assert "平均房价超过3000元" in hit.text
    assert "terms of the question" in hit.why


def test_both_scripts_of_a_question_find_the_same(retriever: Retriever) -> None:
    """Converting a question changes neither passages nor scores."""
    to_simplified, to_traditional = OpenCC("t2s"), OpenCC("s2t")
    for case in read_cases(CASES)[::4]:
        simplified = retriever.retrieve(to_simplified.convert(case.question), 5)
        traditional = retriever.retrieve(to_traditional.convert(case.question), 5)
        assert places(simplified) == places(traditional)
        assert [h.score for h in simplified] == pytest.approx([h.score for h in traditional])


def test_only_the_named_documents_are_searched(retriever: Retriever) -> None:
    """A filter keeps to its documents, and to all of their passages."""
    named = ["instant-retail.docx", "dtc-guide.pdf"]
    listed = {d.path: d.passages for d in retriever.documents()}
    hits = retriever.retrieve("通讯作者是谁？的", 1000, documents=named)
    assert {h.document for h in hits} == set(named)
    assert len(hits) <= sum(listed[n] for n in named)
    assert retriever.retrieve("美团的份额", 3, documents=iter(["instant-retail.docx"]))


@pytest.mark.parametrize("documents", [[], ["no-such-report.txt"]])
def test_a_filter_that_names_no_document_finds_nothing(retriever: Retriever, documents: list[str]) -> None:
    """Nothing is searched where nothing is named."""
    assert retriever.retrieve("通讯作者是谁？", documents=documents) == []


def test_a_filter_leaves_the_best_first_and_loses_none(retriever: Retriever) -> None:
    """The passages of one document that are found among all are found in it alone too, the best first."""
    everywhere = [h for h in retriever.retrieve("即时零售的市场规模", 10) if h.document == "instant-retail.docx"]
    kept = retriever.retrieve("即时零售的市场规模", 10, documents=["instant-retail.docx"])
    assert places(kept)[0] == places(everywhere)[0]
    assert {*places(everywhere)} <= {*places(kept)}


def test_the_same_question_finds_the_same_again(retriever: Retriever, corpus_index: Path) -> None:
    """Two retrievers over one index agree on passages, scores and reasons."""
    embedder = SentenceTransformersEmbedder(Settings(_env_file=None).model_path())  # type: ignore[call-arg]
    other = Retriever(open_index(corpus_index, embedder.identity), embedder)
    for question in QUESTIONS:
        assert retriever.retrieve(question, 10) == retriever.retrieve(question, 10) == other.retrieve(question, 10)


def test_equal_passages_come_in_the_order_of_their_documents(tmp_path: Path) -> None:
    """Ties are broken by where the passages stand, not by chance."""
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("c.txt", "a.txt", "b.txt"):
        (folder / name).write_text("训练成本约29.4万美元。", "utf-8")
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    ingest([folder], tmp_path / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    hits = Retriever.open(tmp_path / "index", settings).retrieve("训练成本是多少？", 3)
    assert len({h.score for h in hits}) == 1
    assert [h.document for h in hits] == ["a.txt", "b.txt", "c.txt"]


def test_earlier_questions_are_context(retriever: Retriever) -> None:
    """A question that cannot stand alone finds what the one before it was about."""
    alone = retriever.retrieve("那后者呢？", 3)
    (first, *_) = retriever.retrieve("那后者呢？", 3, history=["R1-Zero 和 R1 的训练各用了多少小时？"])
    assert first.document.startswith("deepseek-r1")
    assert first not in alone


@pytest.mark.parametrize("question", ["", " ", "？", "zzzz", "𠮷", "的" * 5000, "\x00", "a OR b AND (", '"*:^~'])
def test_any_question_is_taken(retriever: Retriever, question: str) -> None:
    """No text of a question is an error or a query language."""
    assert len(retriever.retrieve(question, 2)) <= 2


def test_a_hit_tells_where_it_stands(retriever: Retriever) -> None:
    """Raw range, clean range and text of a hit agree with its document."""
    for question in QUESTIONS:
        for hit in retriever.retrieve(question, 10):
            document: Document = retriever.document(hit.document)
            assert hit.clean.of(document.view.text) == hit.text == hit.quote == document.view.within(hit.span)
            assert hit.page == document.page_at(hit.span.start)
            assert hit.title == document.title
            if document.format == "txt":
                assert tidy(hit.span.of(document.raw)) == hit.quote


def test_a_hit_as_json(retriever: Retriever) -> None:
    """The JSON of a hit has the promised keys and comes through JSON unchanged."""
    (hit,) = retriever.retrieve("2023年中国即时零售的市场规模", 1, documents=["instant-logistics.pdf"])
    told = hit.to_dict()
    assert set(told) >= KEYS
    assert (told["start"], told["end"]) == (hit.span.start, hit.span.end)
    assert told["page"] == hit.page != ""
    assert json.loads(json.dumps(told)) == told


def test_an_unknown_document_is_a_key_error(retriever: Retriever) -> None:
    """Asking for a document that the index has not is told by its path."""
    with pytest.raises(KeyError):
        retriever.document("no-such-report.txt")


def test_a_folder_without_an_index_is_told(tmp_path: Path) -> None:
    """Opening nothing says what to do."""
    with pytest.raises(IndexMissing) as caught:
        Retriever.open(tmp_path, Settings(_env_file=None))  # type: ignore[call-arg]
    assert "wenju ingest" in caught.value.advice


def test_an_index_of_another_model_is_not_opened(built_index: Path) -> None:
    """Vectors of another model are not searched with this one's."""
    with pytest.raises(IndexMismatch, match="embedding model"):
        Assistant.open(built_index, Settings(_env_file=None))  # type: ignore[call-arg]


def test_rare_terms_weigh_more(retriever: Retriever) -> None:
    """The weight of a term falls with the number of passages that it stands in."""
    weights = retriever.weigh(understand("DTC 帐篷客的品牌")).terms
    assert weights["篷"] > weights["品牌"] > 0


def test_context_weighs_less_than_the_question(retriever: Retriever) -> None:
    """A term of an earlier question counts less than it does in the question itself."""
    own = retriever.weigh(understand("帐篷客")).terms["帐篷"]
    context = retriever.weigh(understand("那它呢？", ["帐篷客"])).terms["帐篷"]
    assert 0 < context < own


SLIPPED = "门店的毛利率是100%??偛吭O在中國上海的徐匯區，分店遍布全國。\n"
"""A report says 總部設在中國; the bytes slipped by one behind the lost full stop."""


@pytest.fixture(scope="module")
def half_broken(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """Three reports that say the same; characters of one were put right, those of another lost."""
    folder = tmp_path_factory.mktemp("broken")
    whole = "前置仓的履约成本是每单12元，比去年少了两元。"
    (folder / "a-lost.txt").write_text(whole.replace("每单", "每\ufffd"), "utf-8")
    (folder / "b-whole.txt").write_text(whole.replace("前置仓", "前置倉"), "utf-8")
    (folder / "c-slipped.txt").write_text(SLIPPED, "utf-8")
    settings = Settings(index=folder / "index")
    ingest([folder], settings.index, settings, SentenceTransformersEmbedder(settings.model_path(), "cpu"))
    return Retriever.open(settings.index, settings)


def test_a_passage_tells_that_it_was_put_right(half_broken: Retriever) -> None:
    """A hit and a citation both say so, and read as the author wrote."""
    (hit,) = half_broken.retrieve("總部設在哪裡？", 1)
    assert hit.document == "c-slipped.txt"
    assert (hit.repaired, hit.damaged) == (True, False)
    assert "總部設在中國上海" in hit.quote


def test_a_damaged_passage_comes_second(half_broken: Retriever) -> None:
    """Of two passages that say the same, the one that lost characters is told so and ranked lower."""
    first, second = half_broken.retrieve("前置仓的履约成本是多少？", 2)
    assert (first.document, first.damaged) == ("b-whole.txt", False)
    assert (second.document, second.damaged) == ("a-lost.txt", True)


STORY = (
    "青岚超市在2023年新开了48家社区门店，全年销售额达到36.5亿元。公司认为选址和补货比促销更加重要。\n\n"
    "门店的平均面积为320平方米，商品约4200种，其中自有品牌占27%。店长每周盘点两次，缺货率下降到1.8%。\n\n"
    "会员总数为215万人，复购率为63%。公司计划在2024年把会员日从每月一次增加到每月两次。\n\n"
)
FILLER = "本章介绍研究方法：访谈了若干位店长，整理了公开资料，并与行业协会的统计作了比较。\n\n"
ASKED = "青岚超市的会员总数是多少？"


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    """One report three times (plain, Traditional in HTML, full of emoji), with a corrected figure in the third, and another."""
    folder = tmp_path_factory.mktemp("copies")
    (folder / "r").mkdir()
    traditional = OpenCC("s2t").convert(STORY + FILLER)
    corrected = drop_emoji((STORY + FILLER).replace("4200种", "4300种"), 12)
    (folder / "r" / "a-noisy.txt").write_text(corrected, "utf-8")
    (folder / "r" / "b-plain.txt").write_text(STORY + FILLER, "utf-8")
    page = "".join(f"<p>{p}</p>" for p in traditional.split("\n\n") if p)
    (folder / "r" / "c.html").write_text(f"<html><body>{page}</body></html>", "utf-8")
    (folder / "r" / "d-other.txt").write_text(
        "红杉便利店的会员总数是90万人，门店有300家。" + "它在南方经营。" * 9, "utf-8"
    )
    settings = Settings(_env_file=None, workers=1, passage_size=60)  # type: ignore[call-arg]
    embedder = SentenceTransformersEmbedder(settings.model_path())
    ingest([folder / "r"], folder / "index", settings, embedder)
    return Retriever.open(folder / "index", Settings(_env_file=None))  # type: ignore[call-arg]


def test_copies_are_counted_once(copies: Retriever) -> None:
    """A passage that stands in three copies is one hit, of the copy with the least noise, that names the other places."""
    assert [[m.path for m in f] for f in copies.index.catalog.families.all()] == [
        ["a-noisy.txt", "b-plain.txt", "c.html"]
    ]
    hits = copies.retrieve(ASKED, 10)
    (members,) = (h for h in hits if "215" in h.text)
    assert members.document == "b-plain.txt"
    assert [a.document for a in members.also] == ["a-noisy.txt", "c.html"]
    for place in members.also:
        raw = copies.document(place.document).raw[place.start : place.end]
        assert "215" in raw
        assert squeeze(raw.replace("</p><p>", ""))[:4] in {
            squeeze(members.text)[:4],
            squeeze(drop_emoji(members.text, 3))[:4],
        }


def test_a_corrected_figure_is_not_hidden(copies: Retriever) -> None:
    """Where a copy states another figure both passages are given, and neither names the other."""
    hits = [h for h in copies.retrieve("青岚超市的商品有多少种？", 10) if "商品约" in fold(h.text)]
    assert {h.document: [a.document for a in h.also] for h in hits} == {"b-plain.txt": ["c.html"], "a-noisy.txt": []}


def test_other_passages_move_up(copies: Retriever) -> None:
    """No two of the hits say the same, and what copies took up is filled by passages of other reports."""
    hits = copies.retrieve(ASKED, 4)
    assert len(hits) == 4
    assert len({squeeze(h.text) for h in hits}) == 4
    assert "d-other.txt" in {h.document for h in hits}


def test_only_the_documents_asked_for_are_named(copies: Retriever) -> None:
    """Kept to some documents, a hit is of them and names only them."""
    (hit, *_) = copies.retrieve(ASKED, 5, documents=["a-noisy.txt"])
    assert (hit.document, hit.also) == ("a-noisy.txt", ())


def test_a_citation_names_the_copies(copies: Retriever) -> None:
    """An answer cites one copy; the places of the others hold the cited words, and are in its JSON."""
    answer = Assistant(copies).ask(ASKED)
    (citation, *_) = answer.citations
    assert "215" in citation.quote
    assert [a.document for a in citation.also] == ["a-noisy.txt", "c.html"]
    for place in citation.also:
        assert "215" in copies.document(place.document).raw[place.start : place.end]
    told = answer.to_dict()["citations"][0]["also"]  # type: ignore[index]
    assert told == [{"document": a.document, "page": a.page, "start": a.start, "end": a.end} for a in citation.also]


def test_a_paragraph_that_two_reports_share_is_given_once(tmp_path: Path) -> None:
    """A long passage that another report has word for word counts once, and the hit names the other place."""
    shared = (
        "据协会统计，2023年全国社区团购的交易额为3228亿元，同比增长18.6%，参与的团长超过130万人，覆盖了九成以上的地级市，"
        "履约成本占销售额的比重降到了百分之九，生鲜的损耗率也从一成下降到百分之四，消费者的投诉则减少了三分之一。"
    )
    (tmp_path / "r").mkdir()
    for name, rest in (("a", STORY), ("b", FILLER + "完全不同的后文谈的是出口贸易与港口的吞吐量。" * 6)):
        (tmp_path / "r" / f"{name}.txt").write_text(f"{shared}\n\n{rest}", "utf-8")
    settings = Settings(_env_file=None, workers=1, passage_size=120)  # type: ignore[call-arg]
    ingest([tmp_path / "r"], tmp_path / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    retriever = Retriever.open(tmp_path / "index", Settings(_env_file=None))  # type: ignore[call-arg]
    assert retriever.index.catalog.families.all() == []
    hits = retriever.retrieve("社区团购的交易额是多少？", 10)
    first = hits[0]
    assert first.document == "a.txt"
    assert [a.document for a in first.also] == ["b.txt"]
    assert sum(squeeze(h.text) == squeeze(first.text) for h in hits) == 1


def test_opening_twice_costs_nothing(tmp_path: Path) -> None:
    """An index that is open is given again, to threads too, until it is changed or made anew."""
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "a.txt").write_text(STORY, "utf-8")
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    embedder = SentenceTransformersEmbedder(settings.model_path())
    ingest([tmp_path / "r"], tmp_path / "index", settings, embedder)
    with ThreadPoolExecutor(8) as pool:
        opened = set(pool.map(lambda _: id(Retriever.open(tmp_path / "index", settings)), range(32)))
    assert len(opened) == 1
    first = Retriever.open(tmp_path / "index", settings)
    assert Assistant.open(str(tmp_path / "index"), settings).retriever is first
    (tmp_path / "r" / "b.txt").write_text(FILLER, "utf-8")
    ingest([tmp_path / "r"], tmp_path / "index", settings, embedder)
    second = Retriever.open(tmp_path / "index", settings)
    assert [d.path for d in second.documents()] == ["a.txt", "b.txt"]
    ingest([tmp_path / "r"], tmp_path / "index", settings, embedder, rebuild=True)
    third = Retriever.open(tmp_path / "index", settings)
    assert len({id(r) for r in (first, second, third)}) == 3
    assert third.retrieve(FILLER[:20], 1)[0].document == "b.txt"


def test_only_a_few_indexes_are_kept_open(tmp_path: Path, corpus_index: Path) -> None:
    """A program that goes through many indexes does not hold them all."""
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    for n in range(MOST_OPEN + 1):
        shutil.copytree(corpus_index, tmp_path / f"index{n}")
    first = weakref.ref(Retriever.open(tmp_path / "index0", settings))
    for n in range(MOST_OPEN):
        assert first() is not None
        Retriever.open(tmp_path / f"index{n + 1}", settings)
    gc.collect()
    assert first() is None
