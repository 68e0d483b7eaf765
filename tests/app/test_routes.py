"""What the script of the page asks for beside Gradio."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import unquote

import gradio as gr
import pytest
from fastapi import Request as Asked
from opened import shelf_over
from starlette.testclient import TestClient

from assistant import Assistant
from assistant.answer import Event as Told
from assistant.app import opinions, page, related, why
from assistant.app.conversation import Conversation, Step
from assistant.app.conversations import Conversations
from assistant.app.guard import USER
from assistant.app.shelf import Shelf
from assistant.app.turns import Turn
from assistant.app.words import WORDS
from assistant.rank import CROSS_ENCODER
from evals.case import read_cases
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

REPORT = (
    "# 智能手表报告\n\n## 一、销量\n\n2024年智能手表的销量为310万台，比上年增长一成。"
    + "各个季度都有增长，其中第四季度最多，主要来自节日的促销和学校的采购。" * 9
    + "\n\n## 二、线下门店的作用\n\n线下门店以体验为主，买家先在门店里试戴，再到线上下单。"
    + "门店的店员负责教人使用，也负责售后和维修，投诉因此少了很多。" * 9
    + "\n\n## 三、血氧监测的原理\n\n血氧监测是指用光测量血液里的氧，手腕上的传感器发出红光和红外光，再比较两者被吸收的多少。"
    + "皮肤的颜色、温度和佩戴的松紧都影响读数，因此只能作为参考。" * 9
    + "\n"
)
ASKED = "2024年智能手表的销量是多少？"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("routes")
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    (folder / "reports").mkdir()
    (folder / "reports" / "手表.md").write_text(REPORT, "utf-8")
    ingest([folder / "reports"], folder / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    return Assistant.open(folder / "index")


@pytest.fixture
def kept() -> Conversations:
    return Conversations()


@pytest.fixture(scope="module")
def shelf(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelf_over(assistant, tmp_path_factory.mktemp("uploads"))


@pytest.fixture
def client(shelf: Shelf, kept: Conversations) -> TestClient:
    return TestClient(page.application(shelf, "zh-Hans", kept), base_url="http://127.0.0.1")


def answered(assistant: Assistant, kept: Conversations, question: str = ASKED, user: str = "") -> Turn:
    """A conversation of one answered question."""
    name = kept.begin(user, question)
    turn = kept.ask(name, question)
    kept.settle(turn.number, "answered", assistant.ask(question))
    found = kept.turn(turn.number)
    assert found is not None
    return found


def test_related_questions_are_new_and_have_answers(assistant: Assistant) -> None:
    """None was asked before, none rests on what was just cited, and each is answered."""
    answer = assistant.ask(ASKED)
    offered = related.related(assistant, answer, [ASKED])
    assert 1 <= len(offered) <= related.WANTED
    assert ASKED not in offered
    for question in offered:
        found = assistant.ask(question)
        assert not found.abstained
        assert found.citations[0].span.overlap(answer.citations[0].span) == 0
    assert not set(related.related(assistant, answer, [ASKED, *offered])) & set(offered)


def test_related_questions_are_in_the_script_of_the_question(assistant: Assistant) -> None:
    """A Traditional question is followed by Traditional ones."""
    offered = related.related(assistant, assistant.ask("2024年智能手錶的銷量是多少？"), [])
    assert offered
    assert any("麼" in q or "關於" in q for q in offered)


def test_related_questions_of_another_are_not_told(
    assistant: Assistant, kept: Conversations, client: TestClient
) -> None:
    """The routes of a turn answer its owner alone."""
    own, other = answered(assistant, kept), answered(assistant, kept, user="乙")
    assert client.get("/related", params={"turn": own.number}).json()
    assert client.get("/related", params={"turn": other.number}).json() == []
    assert client.get("/why", params={"turn": other.number, "lang": "en"}).status_code == 404
    assert client.get("/export", params={"conversation": other.conversation, "lang": "en"}).status_code == 404
    assert client.post("/opinion", json={"turn": other.number, "good": True}).status_code == 400
    for deed in ("rename", "delete"):
        assert client.post(f"/conversations/{other.conversation}/{deed}", json={"title": "x"}).status_code == 404
    assert other.question not in client.get("/conversations", params={"lang": "en", "q": "没有"}).text


def test_the_reasons_name_each_citation(assistant: Assistant, kept: Conversations, client: TestClient) -> None:
    """Each citation has the words for its shares, and its mark leads to it."""
    turn = answered(assistant, kept)
    html = client.get("/why", params={"turn": turn.number, "lang": "zh-Hans"}).text
    assert turn.answer is not None
    assert html.count('class="cite"') >= len(turn.answer.citations)
    for word in (WORDS["zh-Hans"].by_terms, WORDS["zh-Hans"].by_meaning, "[1]"):
        assert word in html


def test_the_reasons_tell_what_a_reranking_model_thinks(assistant: Assistant, kept: Conversations) -> None:
    """Where one is set its judgement comes first, the log-odds of 0 in the middle; where none is, nothing is told of it."""
    turn = answered(assistant, kept)
    hits = why.found_for(assistant, turn, [])
    label = WORDS["en"].by_reading
    assert label not in why.why_html(turn, hits, WORDS["en"])
    for odds, share, word in ((0.0, "0.50", "strong"), (4.0, "0.98", "very strong"), (-6.0, "0.00", "weak")):
        judged = [replace(h, features={**h.features, CROSS_ENCODER: odds}) for h in hits]
        html = why.why_html(turn, judged, WORDS["en"])
        told = f"<div><dt>{label}</dt><dd><meter min='0' max='1' value='{share}'></meter> {word}</dd></div>"
        assert html.count(told) >= len(hits)


@pytest.mark.parametrize(
    ("share", "word"), [(1.0, "very_strong"), (0.8, "very_strong"), (0.6, "strong"), (0.25, "middling"), (0.0, "weak")]
)
def test_shares_are_told_in_words(share: float, word: str) -> None:
    """The more, the stronger."""
    assert why.strength(share, WORDS["en"]) == getattr(WORDS["en"], word)


def test_an_opinion_is_kept_with_all_it_is_about(
    assistant: Assistant, kept: Conversations, client: TestClient, tmp_path: Path
) -> None:
    """Question, answer, marked characters and the index; and it becomes a reference question that the reader accepts."""
    good = answered(assistant, kept)
    bad = answered(assistant, kept, "智能手表怎么样？")
    assert client.post("/opinion", json={"turn": good.number, "good": True}).status_code == 204
    told = {"turn": bad.number, "good": False, "reason": "incomplete", "note": " 第二章 "}
    assert client.post("/opinion", json=told).status_code == 204
    first, second = kept.feedback()
    assert first.answer == good.answer
    assert first.raw == tuple(c.span.of(assistant.retriever.document(c.document).raw) for c in first.answer.citations)
    assert first.identity == opinions.identity(assistant)
    assert (second.good, second.reason, second.note) == (False, "incomplete", "第二章")
    file = tmp_path / "cases.jsonl"
    file.write_text(opinions.cases(kept.feedback()), "utf-8")
    one, two = read_cases(file)
    assert (one.type, set(one.evidence_doc), one.evidence_raw) == ("fact_number", {"手表.md"}, first.raw)
    assert (two.evidence, two.answer, two.tags) == ((), "", ("reader", "bad", "incomplete"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"turn": "x", "good": true}',
        b'{"turn": 1, "good": 1}',
        b'{"note": "' + b"x" * 20_000 + b'"}',
    ],
)
def test_what_means_nothing_is_refused(client: TestClient, body: bytes) -> None:
    """No opinion comes of a body that is no opinion, or too large."""
    assert client.post("/opinion", content=body).status_code == 400


def test_another_site_can_send_nothing(assistant: Assistant, kept: Conversations, client: TestClient) -> None:
    """A request that a page elsewhere made is refused."""
    turn = answered(assistant, kept)
    told = {"turn": turn.number, "good": True}
    assert client.post("/opinion", json=told, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/opinion", json=told, headers={"Origin": "http://127.0.0.1"}).status_code == 204


def test_a_file_is_named_by_the_conversation(assistant: Assistant, kept: Conversations, client: TestClient) -> None:
    """Whatever the question holds, the header is one line."""
    turn = answered(assistant, kept)
    kept.rename("", turn.conversation, 'a"; x=\r\n报告/..')
    for form in ("md", "docx"):
        reply = client.get("/export", params={"conversation": turn.conversation, "lang": "en", "form": form})
        name = reply.headers["content-disposition"].partition("UTF-8''")[2]
        assert unquote(name) == f'a"; x= 报告/...{form}'
        assert '"' not in name
        assert reply.content


def test_titles_are_shown_as_text(kept: Conversations, client: TestClient) -> None:
    """A question that is markup is the title of its conversation, and nothing else."""
    kept.begin("", "<img src=x onerror=alert(1)>\u202e")
    html = client.get("/conversations", params={"lang": "en"}).text
    assert "<img" not in html
    assert "&lt;img" in html
    assert "\u202e" not in html


def talked(talk: Conversation, question: str, name: str = "") -> tuple[str, list[dict[str, str]]]:
    """Ask in a conversation; its name and its bubbles at the end."""
    steps = list(talk.ask(question, name, "", "zh-Hans"))
    return str(steps[0][2]), steps[-1][1]  # type: ignore[return-value]


def order(talk: Conversation, name: str, **told: str) -> list[tuple[object, ...]]:
    return list(talk.act(json.dumps(told), name, "", "zh-Hans"))


def test_asking_again_takes_the_place_of_the_last_turn(shelf: Shelf, kept: Conversations) -> None:
    """Retry asks the same, edit asks anew; what came before stays."""
    talk = Conversation(shelf, "zh-Hans", kept)
    name, _ = talked(talk, "一？")
    talked(talk, ASKED, name)
    order(talk, name, do="retry")
    assert [(t.question, t.state) for t in kept.turns(name)] == [("一？", "answered"), (ASKED, "answered")]
    order(talk, name, do="edit", question=" 二？ ")
    assert [t.question for t in kept.turns(name)] == ["一？", "二？"]


@pytest.mark.parametrize("told", ["", "[]", "{", '{"do": "fly"}', '{"do": "retry"}'])
def test_an_order_that_means_nothing_does_nothing(shelf: Shelf, kept: Conversations, told: str) -> None:
    """Not even without a conversation."""
    talk = Conversation(shelf, "zh-Hans", kept)
    list(talk.act(told, "", "", "zh-Hans"))
    assert talk.go(told, "zh-Hans")[1] != ""
    assert kept.listed("") == []


def test_a_question_that_nobody_answers_any_more_is_stopped(shelf: Shelf, kept: Conversations) -> None:
    """After the end of the process an open question is shown as stopped, and can be asked again."""
    name = kept.begin("", "问")
    kept.ask(name, "问")
    shown, own = Conversation(shelf, "zh-Hans", kept).go(json.dumps({"do": "open", "conversation": name}), "zh-Hans")
    assert own == name
    assert isinstance(shown, list)
    assert "do=retry" in shown[-1]["content"]
    assert kept.turns(name)[0].state == "stopped"


def test_the_conversation_of_another_is_not_shown(shelf: Shelf, kept: Conversations) -> None:
    """A name alone opens nothing, and asks nothing in it."""
    theirs = kept.begin("乙", "秘密")
    kept.ask(theirs, "秘密")
    talk = Conversation(shelf, "zh-Hans", kept)
    assert talk.go(json.dumps({"do": "open", "conversation": theirs}), "zh-Hans") == ([], "")
    talked(talk, ASKED, theirs)
    assert len(kept.turns(theirs)) == 1


def test_nobody_takes_all_the_places(
    assistant: Assistant, shelf: Shelf, kept: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where users sign in, a third question of one at the same time is turned away; another's is answered."""
    talk = Conversation(shelf, "zh-Hans", kept)
    stream, go_on, slow = assistant.stream, Event(), iter([True, True])

    def waiting(*asked: Any, **kept: Any) -> Iterator[Told]:
        if next(slow, False):
            go_on.wait(60)
        yield from stream(*asked, **kept)

    monkeypatch.setattr(assistant, "stream", waiting)

    def asking(user: str) -> Iterator[Step]:
        return talk.ask(
            ASKED, "", "", "zh-Hans", request=gr.Request(Asked({"type": "http", "headers": [], USER: user}))
        )

    def last(steps: Iterator[Step]) -> str:
        return str(list(steps)[-1][1][-1]["content"])  # type: ignore[index]

    running = [asking("甲"), asking("甲")]
    for one in running:
        next(one)
    assert talk.busy()
    assert WORDS["zh-Hans"].too_many_questions in last(asking("甲"))
    assert "answered" in last(asking("乙"))
    go_on.set()
    for one in running:
        assert "answered" in last(one)
    assert "answered" in last(asking("甲"))
    assert not talk.busy()


def test_an_answer_is_copied_with_its_sources(assistant: Assistant, kept: Conversations, client: TestClient) -> None:
    """Plain text with the numbers of its sources, each with quotation, title and path; another's is not told."""
    turn = answered(assistant, kept)
    text = client.get("/answer", params={"turn": turn.number, "lang": "zh-Hans"}).text
    assert "310万台" in text.splitlines()[0]
    assert "[1] “" in text
    assert "《智能手表报告》" in text
    other = answered(assistant, kept, user="乙")
    assert client.get("/answer", params={"turn": other.number, "lang": "en"}).status_code == 404


def test_other_questions_fill_the_places_that_are_left(assistant: Assistant) -> None:
    """Where an answer suggests fewer than are wanted; none is like what was asked."""
    answer = assistant.ask(ASKED)
    own = related.related(assistant, answer, [ASKED])
    others = (ASKED, "什么是血氧监测的原理呢？", "完全另一件事怎么样？", "还有一个问题？")
    filled = related.related(assistant, answer, [ASKED], others=others)
    assert filled[: len(own)] == own
    assert len(filled) == related.WANTED
    assert ASKED not in filled


def test_questions_to_go_on_with_wait_for_answers(assistant: Assistant) -> None:
    """While somebody waits for an answer none is looked for, and not for ever."""
    answer = assistant.ask(ASKED)
    waits = iter([True, True, False])
    assert related.related(assistant, answer, [ASKED], busy=lambda: next(waits, False))


@pytest.mark.parametrize(
    ("heading", "topic", "question"),
    [
        ("钱花在哪里", "训练成本", "训练成本：钱花在哪里？"),
        ("训练成本花在哪里", "训练成本", "训练成本花在哪里？"),
        ("四个常见的误读", "训练成本", "训练成本有哪四个常见的误读？"),
        ("品牌的三条出路", "直播", "品牌有哪三条出路？"),
        ("市场背景", "直播电商", "直播电商的市场背景是什么？"),
        ("门店的作用", "", "门店的作用是什么？"),
        ("市场背景", "", "关于“市场背景”，报告说了什么？"),
        ("对读者", "直播电商", "关于“对读者”，报告说了什么？"),
    ],
)
def test_a_heading_becomes_a_question(heading: str, topic: str, question: str) -> None:
    """It is put so that who has not seen the report knows what it is about."""
    assert related.asking_for(heading, topic, "zh-Hans") == question
