"""Serving the page: where it may be served, and what it answers."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from opened import shelf_over
from starlette.testclient import TestClient

from assistant import Assistant
from assistant.answer import Event as Told
from assistant.app import page
from assistant.app.conversation import Conversation, heard
from assistant.app.conversations import Conversations
from assistant.app.opinions import opinion
from assistant.app.shelf import Shelf
from assistant.app.words import WORDS
from assistant.listening import address_of
from ingest.embed import SentenceTransformersEmbedder
from ingest.errors import BadSettings
from ingest.pipeline import ingest
from ingest.settings import Settings

FACT = "2024年智能手表的销量为310万台，比上年增长一成。"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    settings = Settings(_env_file=None, workers=1)
    (folder / "reports").mkdir()
    (folder / "reports" / "手表.md").write_text(f"# 智能手表报告\n\n## 一、销量\n\n{FACT}价格没有变化。\n", "utf-8")
    (folder / "reports" / "耳机.md").write_text("# 耳机报告\n\n2024年无线耳机的均价为299元。\n", "utf-8")
    ingest([folder / "reports"], folder / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    return folder / "index"


@pytest.fixture(scope="module")
def assistant(index: Path) -> Assistant:
    return Assistant.open(index)


@pytest.fixture(scope="module")
def shelf(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelf_over(assistant, tmp_path_factory.mktemp("uploads"))


@pytest.fixture(scope="module")
def client(shelf: Shelf) -> TestClient:
    return TestClient(page.application(shelf), base_url="http://127.0.0.1")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.com", "::", ""])  # noqa: S104
def test_a_host_that_others_reach_is_refused(host: str) -> None:
    """Without a password the page is for this machine only, and the error says what to do."""
    with pytest.raises(BadSettings) as caught:
        page.bound(host, 0)
    assert "--host 127.0.0.1" in caught.value.advice


def test_a_port_in_use_is_told_with_another_to_try() -> None:
    """A taken port is a setting that can be changed, not a crash."""
    with page.bound("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadSettings) as caught:
            page.bound("127.0.0.1", port)
    assert str(port) in str(caught.value)
    assert f"--port {page.port_beside(port)}" in caught.value.advice


def test_a_port_that_cannot_be_is_refused() -> None:
    """Ports end at 65535."""
    with pytest.raises(BadSettings):
        page.bound("127.0.0.1", 70_000)


def test_the_address_names_the_port_that_was_given() -> None:
    """Port 0 takes a free one, and the address says which."""
    with page.bound("localhost", 0) as own:
        assert address_of(own) == f"http://127.0.0.1:{own.getsockname()[1]}"


def test_serving_checks_the_address_before_it_builds_the_page() -> None:
    """A wrong host fails at once."""
    with pytest.raises(BadSettings):
        page.serve(None, host="0.0.0.0")  # type: ignore[arg-type]  # noqa: S104


def test_the_page_says_where_it_is_and_ends_at_ctrl_c(index: Path) -> None:
    """One line on stdout once it answers; Ctrl-C ends it in order, though a page is still open."""
    serving = (
        "import sys; from assistant import Assistant; from assistant.app.page import serve;"
        "serve(Assistant.open(sys.argv[1]), port=0); print('over')"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(page.__file__).parents[2])}
    command = [sys.executable, "-c", serving, str(index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=index, env=environment) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        try:
            found = re.fullmatch(r"Wenju is ready: (http://127\.0\.0\.1:\d+)  文据已就绪\n", line)
            assert found, line
            address = found[1]
            with (
                urllib.request.urlopen(f"{address}/?lang=en", timeout=10) as shown,  # noqa: S310
                urllib.request.urlopen(f"{address}/gradio_api/heartbeat/x", timeout=10),  # noqa: S310
            ):
                assert b"gradio" in shown.read()
                server.send_signal(signal.SIGINT)
                assert server.wait(15) == 0
            assert server.stdout.read() == "over\n"
        finally:
            server.kill()


def test_a_language_without_a_page_is_refused(shelf: Shelf) -> None:
    """The error names the languages that there are."""
    with pytest.raises(BadSettings) as caught:
        page.build(shelf, "fr")
    assert "zh-Hant" in caught.value.advice


def test_a_source_is_served_with_its_passage_marked(client: TestClient, assistant: Assistant) -> None:
    """The pane's HTML marks the cited range."""
    cited = assistant.ask("2024年智能手表的销量是多少？").citations[0]
    place: dict[str, str | int] = {
        "document": cited.document,
        "start": cited.span.start,
        "end": cited.span.end,
        "number": 1,
        "lang": "en",
    }
    html = client.get("/source", params=place).text
    assert f"{cited.quote}</mark>" in html
    assert 'id="mark"' in client.get("/text", params=place).text


@pytest.mark.parametrize("document", ["没有.md", "../../etc/passwd", "/etc/passwd", "手表.md\x00"])
def test_what_is_not_in_the_index_is_not_served(client: TestClient, document: str) -> None:
    """Only documents of the index have a page, whatever else the machine holds."""
    reply = client.get("/text", params={"document": document, "lang": "en"})
    assert reply.status_code == 404
    assert WORDS["en"].gone in reply.text
    assert WORDS["en"].gone in client.get("/source", params={"document": document, "lang": "en"}).text


@pytest.mark.parametrize("place", [{"start": -5, "end": 3}, {"start": 9, "end": 2}, {"start": 10**9, "end": 10**10}])
def test_a_made_up_range_is_harmless(client: TestClient, place: dict[str, int]) -> None:
    """An address with numbers that mean nothing shows the document without a mark."""
    reply = client.get("/source", params={"document": "手表.md", "lang": "en", **place})
    assert reply.status_code == 200
    assert "<mark" not in reply.text


def test_style_and_script_are_served(client: TestClient) -> None:
    """The page's own files come from this machine."""
    assert client.get("/page.css").headers["content-type"].startswith("text/css")
    assert "javascript" in client.get("/page.js").headers["content-type"]


def written(talk: Conversation, question: str, **choice: object) -> list[list[Any]]:
    """The bubbles of each step."""
    return [shown for _, shown, *_ in talk.ask(question, "", json.dumps(choice), "zh-Hans") if isinstance(shown, list)]


def test_an_answer_is_written_step_by_step(assistant: Assistant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow one is first told to be looked for, then sentences come, and at last the sources."""
    steps: list[str] = []
    stream, shown = assistant.stream, [Event(), Event()]

    def slow(*asked: Any, **kept: Any) -> Iterator[Told]:
        for of, event in zip(shown, stream(*asked, **kept), strict=False):
            of.wait(60)
            yield event

    monkeypatch.setattr(assistant, "stream", slow)
    for _, messages, *_ in Conversation(shelf, "zh-Hans").ask("2024年智能手表的销量是多少？", "", "", "zh-Hans"):
        assert isinstance(messages, list)
        steps.append(messages[-1]["content"])
        shown[min(len(steps), 2) - 1].set()
    assert len(steps) == 3
    assert "waiting" in steps[0]
    assert "310万台" in steps[1]
    assert 'class="sources"' not in steps[1]
    assert "310万台" in steps[-1]
    assert 'class="answer answered"' in steps[-1]
    assert 'class="sources"' in steps[-1]
    assert "do=retry" in steps[-1]


def test_an_answer_that_comes_at_once_is_one_step(
    assistant: Assistant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is sent the whole of it, the name of its conversation, and an empty box."""
    whole = assistant.ask("2024年智能手表的销量是多少？")
    monkeypatch.setattr(assistant, "stream", lambda *_, **__: iter([Told(answer=whole, citations=whole.citations)]))
    [(box, messages, conversation, _)] = Conversation(shelf, "zh-Hans").ask(whole.question, "", "", "zh-Hans")
    assert box == ""
    assert isinstance(messages, list)
    assert 'class="sources"' in messages[-1]["content"]
    assert isinstance(conversation, str)


def test_a_bubble_changes_with_what_is_thought_of_it(shelf: Shelf, assistant: Assistant) -> None:
    """Bubbles that were made are shown again; an opinion, another language and a later turn make them anew."""
    kept = Conversations()
    talk = Conversation(shelf, "zh-Hans", kept)
    question = "2024年智能手表的销量是多少？"
    for _, _, told, _ in talk.ask(question, "", "", "zh-Hans"):
        conversation = str(told)

    def shown(language: str = "zh-Hans") -> str:
        messages, _ = talk.go(json.dumps({"do": "open", "conversation": conversation}), language)
        assert isinstance(messages, list)
        return str(messages[1]["content"])

    first, [turn] = shown(), kept.turns(conversation)
    assert shown() == first
    assert "thumb given" not in first
    assert turn.answer is not None
    kept.think(opinion(assistant, "", turn, turn.answer, [], True, "", ""))
    assert "thumb given" in shown()
    assert WORDS["en"].helpful in shown("en")
    assert "do=retry" in shown()
    list(talk.ask("耳机呢？", conversation, "", "zh-Hans"))
    assert "do=retry" not in shown()


def test_all_answers_are_stopped_at_the_end(
    assistant: Assistant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits any more for one that is still being written, and it is kept as stopped."""
    never = Event()

    def slow(*_: Any, **__: Any) -> Iterator[Told]:
        never.wait(60)
        yield Told()

    monkeypatch.setattr(assistant, "stream", slow)
    kept = Conversations()
    talk = Conversation(shelf, "zh-Hans", kept)
    steps = talk.ask("问", "", "", "zh-Hans")
    _, _, conversation, _ = next(steps)
    talk.end()
    [(_, messages, *_)] = list(steps)
    assert isinstance(messages, list)
    assert "stopped" in messages[-1]["content"]
    assert [turn.state for turn in kept.turns(str(conversation))] == ["stopped"]
    assert not talk.busy()
    never.set()


def test_a_question_stopped_in_line_is_not_asked(shelf: Shelf) -> None:
    """When its turn comes nothing is shown and nothing kept."""
    kept = Conversations()
    talk = Conversation(shelf, "zh-Hans", kept)
    talk.stop("", "zh-Hans", "票")
    [(*shown, over)] = talk.ask("2024年智能手表的销量是多少？", "", "", "zh-Hans", "票")
    assert over == "票"
    assert not any(isinstance(part, list | str) for part in shown)
    assert kept.listed("") == []


def held(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> Event:
    """Answers wait behind their first sentence until this is set."""
    stream, go_on = assistant.stream, Event()

    def slow(*asked: Any, **kept: Any) -> Iterator[Told]:
        for event in stream(*asked, **kept):
            yield event
            go_on.wait(60)

    monkeypatch.setattr(assistant, "stream", slow)
    return go_on


def test_a_stopped_answer_ends_and_leaves_the_page_as_it_is(
    assistant: Assistant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes of it late could stand before the next answer."""
    go_on = held(assistant, monkeypatch)
    kept = Conversations()
    talk = Conversation(shelf, "zh-Hans", kept)
    steps = talk.ask("2024年智能手表的销量是多少？", "", "", "zh-Hans", "票")
    _, messages, conversation, _ = next(steps)
    shown = talk.stop(str(conversation), "zh-Hans", "票")
    assert isinstance(shown, list)
    assert "stopped" in shown[-1]["content"]
    [(_, messages, _, over)] = list(steps)
    go_on.set()
    assert not isinstance(messages, list)
    assert over == "票"
    assert [turn.state for turn in kept.turns(str(conversation))] == ["stopped"]


@pytest.mark.parametrize("to", ["new", "open"])
def test_an_answer_that_is_left_is_written_to_its_end(
    assistant: Assistant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    """The page shows something else meanwhile; who comes back early sees how far it is."""
    go_on = held(assistant, monkeypatch)
    kept = Conversations()
    talk = Conversation(shelf, "zh-Hans", kept)
    other = kept.begin("", "别的")
    steps = talk.ask("2024年智能手表的销量是多少？", "", "", "zh-Hans", "票")
    _, _, name, _ = next(steps)
    messages, own = talk.go(json.dumps({"do": to, "conversation": other}), "zh-Hans", "票")
    assert (messages, own) == ([], other if to == "open" else "")
    back, _ = talk.go(json.dumps({"do": "open", "conversation": name}), "zh-Hans")
    assert isinstance(back, list)
    assert "writing" in back[-1]["content"]
    go_on.set()
    assert [isinstance(messages, list) for _, messages, *_ in steps] == [False]
    back, _ = talk.go(json.dumps({"do": "open", "conversation": name}), "zh-Hans")
    assert isinstance(back, list)
    assert "310万台" in back[-1]["content"]
    assert "answered" in back[-1]["content"]


def test_what_was_written_for_a_page_that_is_gone_is_kept(
    assistant: Assistant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a stopped answer."""
    go_on = held(assistant, monkeypatch)
    kept = Conversations()
    steps = Conversation(shelf, "zh-Hans", kept).ask("2024年智能手表的销量是多少？", "", "", "zh-Hans", "票")
    _, messages, conversation, _ = next(steps)
    while "310万台" not in str(messages):
        assert "waiting" in str(messages)
        messages = next(steps)[1]
    steps.close()  # type: ignore[attr-defined]
    go_on.set()
    [turn] = kept.turns(str(conversation))
    assert turn.state == "stopped"
    assert turn.answer is not None
    assert "310万台" in turn.answer.text


def test_a_filter_keeps_to_its_documents(shelf: Shelf) -> None:
    """Only the chosen documents are cited."""
    steps = written(Conversation(shelf, "zh-Hans"), "2024年智能手表的销量是多少？", documents=["耳机.md"])
    assert "手表报告" not in steps[-1][-1]["content"]


def test_an_empty_question_asks_nothing(shelf: Shelf) -> None:
    """White space is no question."""
    assert written(Conversation(shelf, "zh-Hans"), " \n ") == []


def test_a_failure_is_told_and_the_page_goes_on(
    assistant: Assistant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error with advice is shown with it; any other is shown as such, and logged."""

    def fail_with(exc: Exception) -> str:
        def fail(*args: object, **kept: object) -> Any:
            raise exc

        talk = Conversation(shelf, "zh-Hans")
        monkeypatch.setattr(assistant, "stream", fail)
        told = written(talk, "问")[-1][-1]["content"]
        monkeypatch.undo()
        return str(told)

    assert "什么坏了" in fail_with(BadSettings("什么坏了", "换一个"))
    assert "换一个" in fail_with(BadSettings("什么坏了", "换一个"))
    assert WORDS["zh-Hans"].failed in fail_with(RuntimeError("秘密"))
    assert "秘密" not in fail_with(RuntimeError("秘密"))
    assert "RuntimeError" in caplog.text


@pytest.mark.parametrize("wanted", [False, True])
def test_the_log_tells_a_question_only_where_that_is_wanted(
    assistant: Assistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    wanted: bool,
) -> None:
    """A crash is logged with its kind and its place; the question, and messages that may quote it, when it is set."""

    def fail(question: str, *args: object, **kept: object) -> Any:
        raise RuntimeError(f"cannot read {question}")

    monkeypatch.setattr(assistant, "stream", fail)
    uploads = shelf_over(assistant, tmp_path).uploads
    shelf = Shelf(lambda: assistant, uploads, Settings(_env_file=None, log_questions=wanted))
    written(Conversation(shelf, "zh-Hans"), "某公司会被收购吗？")
    assert "RuntimeError" in caplog.text
    assert "in _written" in caplog.text
    assert ("某公司" in caplog.text) is wanted


def test_the_socket_of_the_sixth_version_has_its_address_in_brackets() -> None:
    """An address can be copied into a browser as it is."""
    try:
        own = page.bound("::1", 0)
    except BadSettings:
        pytest.skip("this machine has no IPv6")
    with own:
        assert address_of(own).startswith("http://[::1]:")
        assert own.family == socket.AF_INET6


def test_the_shipped_files_exist() -> None:
    """Style sheet and script lie beside the code."""
    folder = Path(page.__file__).parent
    assert (folder / "page.css").is_file()
    assert (folder / "page.js").is_file()


def test_a_slow_word_keeps_nobody_who_does_not_want_it() -> None:
    """Whoever stops is let go at once; whoever listens hears all events, and the error at their end."""
    go_on = Event()

    def slow() -> Iterator[Told]:
        yield Told()
        go_on.wait(60)
        yield Told()

    wanted = [True]
    listening = heard(slow(), lambda: wanted[0])
    assert len(next(listening)) == 1
    wanted[0] = False
    assert list(listening) == []
    go_on.set()

    def failing() -> Iterator[Told]:
        yield Told()
        raise BadSettings("什么坏了", "")

    listening = heard(failing(), lambda: True)
    assert len(next(listening)) == 1
    with pytest.raises(BadSettings):
        next(listening)
