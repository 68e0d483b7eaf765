"""The interface over HTTP: a real server, asked as a stranger would ask it."""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant import Assistant
from assistant.serve.gate import Limits
from assistant.serve.live import Live
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

pytestmark = pytest.mark.server

Served = Callable[..., httpx.Client]
QUESTION = "DeepSeek-R1 的訓練花了多少美元？"
QUESTIONS = (
    QUESTION,
    "即时零售的五个核心属性是什么？",
    "超盒算NB 是什么时候改名的？",
    "DeepSeek-R1 的通讯作者是谁？",
    "月球背面的温度是多少？",
)


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs each time."""
    return {k: v for k, v in answer.items() if k != "timings_ms"}


def events(text: str) -> list[tuple[str, Any]]:
    """The server-sent events of a body: name and data."""
    found = []
    for block in filter(None, text.split("\n\n")):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def is_small_problem(answer: httpx.Response, status: int, *words: str) -> None:
    """A refusal tells what and what to do, and nothing of the inside."""
    assert answer.status_code == status
    told = answer.json()
    assert told.keys() == {"error", "advice"}
    assert told["advice"]
    assert len(answer.text) < 500
    assert "Traceback" not in answer.text
    assert "site-packages" not in answer.text
    for word in words:
        assert word in answer.text


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_that_of_the_command(client: httpx.Client, assistant: Assistant, question: str) -> None:
    """The JSON of /ask has what `ask --json` prints, to the letter."""
    answer = client.post("/ask", json={"question": question})
    assert answer.status_code == 200
    assert untimed(answer.json()) == untimed(json.loads(json.dumps(assistant.ask(question).to_dict())))
    assert answer.json().keys() == assistant.ask(question).to_dict().keys()


def test_history_and_documents_are_minded(client: httpx.Client, assistant: Assistant) -> None:
    """A follow-up is answered with the question before it, and only from the documents that are named."""
    asked = {"question": "那么通讯作者呢？", "history": [QUESTION], "documents": ["deepseek-r1-nature.txt"]}
    answer = client.post("/ask", json=asked).json()
    direct = assistant.ask("那么通讯作者呢？", [QUESTION], documents=["deepseek-r1-nature.txt"]).to_dict()
    assert untimed(answer) == untimed(json.loads(json.dumps(direct)))
    assert {c["document"] for c in answer["citations"]} == {"deepseek-r1-nature.txt"}


def test_hits_are_those_of_the_command(client: httpx.Client, assistant: Assistant) -> None:
    """The JSON of /retrieve is a line of `wenju retrieve`."""
    answer = client.post("/retrieve", json={"question": QUESTION, "k": 3, "id": "七"}).json()
    hits = [h.to_dict() for h in assistant.retriever.retrieve(QUESTION, 3)]
    assert answer == json.loads(json.dumps({"id": "七", "hits": hits}))


@pytest.mark.parametrize("how", [{"json": {"stream": True}}, {"headers": {"Accept": "text/event-stream"}}])
def test_an_answer_can_be_streamed(client: httpx.Client, how: dict[str, Any]) -> None:
    """Each sentence comes with its citations; the last event is the whole answer."""
    body = {"question": QUESTION, **how.get("json", {})}
    answer = client.post("/ask", json=body, headers=how.get("headers"))
    assert answer.headers["content-type"].startswith("text/event-stream")
    *steps, (last, whole) = events(answer.text)
    assert last == "answer"
    assert untimed(whole) == untimed(client.post("/ask", json={"question": QUESTION}).json())
    assert [s["sentence"] for _, s in steps] == whole["sentences"]
    assert {name for name, _ in steps} == {"sentence"}
    for (_, earlier), (_, later) in pairwise(steps):
        assert later["citations"][: len(earlier["citations"])] == earlier["citations"]


def test_a_stream_that_cannot_begin_has_the_status_of_its_failure(client: httpx.Client) -> None:
    """What goes wrong before the first sentence is no stream."""
    asked = {"question": QUESTION, "stream": True, "documents": ["nowhere.txt"]}
    is_small_problem(client.post("/ask", json=asked), 404, "nowhere.txt")


def test_documents_are_listed_with_their_passages(client: httpx.Client, assistant: Assistant) -> None:
    """Each document that is listed gives its passages, as many as it says."""
    listed = client.get("/documents").json()["documents"]
    assert [d["path"] for d in listed] == [d.path for d in assistant.retriever.documents()]
    for d in listed:
        told = client.get(f"/documents/{d['path']}/passages").json()
        assert len(told["passages"]) == d["passages"]
        assert [p["text"] for p in told["passages"]] == [
            p.chunk.text for p in assistant.retriever.passages_of(d["path"])
        ]


def test_a_citation_can_be_looked_up(client: httpx.Client, assistant: Assistant) -> None:
    """The source of a citation is its raw characters, and its quotation the same cleaned."""
    for cited in client.post("/ask", json={"question": QUESTION}).json()["citations"]:
        place = {"start": cited["start"], "end": cited["end"], "around": 20}
        told = client.get(f"/documents/{cited['document']}/source", params=place).json()
        raw = assistant.retriever.document(cited["document"]).raw
        assert told["raw"] == raw[cited["start"] : cited["end"]]
        assert told["quote"] == cited["quote"]
        assert told["before"] + told["raw"] + told["after"] in raw
        assert len(told["before"]) <= 20 >= len(told["after"])


@pytest.mark.parametrize("place", [{"start": 5, "end": 2}, {"start": 0, "end": 10**9}, {"start": -1, "end": 3}, {}])
def test_a_place_that_is_not_there_is_refused(client: httpx.Client, place: dict[str, int]) -> None:
    """A range that runs backwards or out of the text means nothing."""
    is_small_problem(client.get("/documents/deepseek-r1-nature.txt/source", params=place), 422)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"[]",
        b"\xff\xfe",
        b'{"question": null}',
        b'{"question": " \\n"}',
        b'{"question": "\\ud800"}',
        b'{"question": "a", "history": [""]}',
        b'{"question": "a", "documents": []}',
        b'{"question": "a", "publishers": []}',
        b'{"question": "a", "since": "soon"}',
        b'{"question": "a", "until": 2024}',
        json.dumps({"question": "问" * 2001}).encode(),
    ],
)
@pytest.mark.parametrize("path", ["/ask", "/retrieve"])
def test_what_means_nothing_is_told_so(client: httpx.Client, path: str, body: bytes) -> None:
    """Broken JSON, no question, and one that is too long are refused in one line."""
    is_small_problem(client.post(path, content=body, headers={"Content-Type": "application/json"}), 422)


def test_json_without_an_end_is_refused(client: httpx.Client) -> None:
    """Brackets that never close take the server nowhere."""
    is_small_problem(client.post("/ask", content=b"[" * 100_000, headers={"Content-Type": "application/json"}), 400)


@pytest.mark.parametrize("question", ["\0", "a\0b", "\u2029", "😀", "(?:", '" OR 1', "\ufeff问", "𠮷" * 2000])
def test_odd_questions_are_answered(client: httpx.Client, question: str) -> None:
    """Any text is a question, even where nobody can answer it."""
    assert client.post("/ask", json={"question": question}).status_code in {200, 422}


def test_a_body_too_large_is_not_read(client: httpx.Client) -> None:
    """It is refused by what it says of its length, or when it has grown too long."""
    large = b"x" * (1 << 20) + b"y"
    is_small_problem(client.post("/ask", content=large), 413, "1048576")
    chunks = (b"x" * 65536 for _ in range(20))
    is_small_problem(client.post("/ask", content=chunks), 413, "1048576")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/ask", 405)])
def test_there_is_nothing_else(client: httpx.Client, method: str, path: str, status: int) -> None:
    """A path or a method that is not there is told in the same shape."""
    is_small_problem(client.request(method, path), status)


def test_a_document_that_is_not_there(client: httpx.Client) -> None:
    """Its path is told back."""
    is_small_problem(client.get("/documents/../../etc/passwd/passages"), 404)
    is_small_problem(client.get("/documents/%2e%2e/%2e%2e/pyproject.toml/passages"), 404, "no document")


def test_clients_at_once_get_their_own_answers(url: str, assistant: Assistant) -> None:
    """Twenty clients that ask five different things are each told what they asked."""

    def ask(n: int) -> tuple[str, dict[str, Any]]:
        question = QUESTIONS[n % len(QUESTIONS)]
        return question, httpx.post(f"{url}/ask", json={"question": question}, timeout=60).json()

    direct = {q: untimed(json.loads(json.dumps(assistant.ask(q).to_dict()))) for q in QUESTIONS}
    with ThreadPoolExecutor(20) as pool:
        for question, answer in pool.map(ask, range(20)):
            assert untimed(answer) == direct[question]


def test_a_slow_client_is_sent_away(live: Live, settings: Settings, served: Served) -> None:
    """Who does not send what was announced is told so after a while; others are answered meanwhile."""
    http = served(live, settings, limits=Limits(seconds=0.5))
    with socket.create_connection((http.base_url.host, http.base_url.port or 0), timeout=10) as slow:
        head = "POST /ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
        slow.sendall(head.encode() + b'{"question"')
        assert http.post("/ask", json={"question": QUESTION}).status_code == 200
        answer = b""
        while block := slow.recv(65536):
            answer += block
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"advice"' in answer


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:7870", ""])
def test_without_keys_only_this_machine_is_named(client: httpx.Client, host: str) -> None:
    """A foreign name that points here gets no answer."""
    is_small_problem(client.get("/documents", headers={"Host": host}), 400, "127.0.0.1")


def test_a_missing_index_is_waited_for(tmp_path: Path, corpus_index: Path, served: Served) -> None:
    """Without an index each question is refused with the command that makes one; it is used once it is there."""
    settings = Settings(_env_file=None, index=tmp_path / "index")  # type: ignore[call-arg]
    http = served(Live(settings, pause=0), settings)
    for answer in (http.post("/ask", json={"question": QUESTION}), http.get("/documents"), http.get("/health")):
        is_small_problem(answer, 503, "wenju ingest")
    shutil.copytree(corpus_index, tmp_path / "index")
    assert http.get("/health").json() == {"status": "ok"}
    assert http.post("/ask", json={"question": QUESTION}).status_code == 200


def test_an_index_of_another_version_is_told(tmp_path: Path, corpus_index: Path, served: Served) -> None:
    """Each question is refused with what made it and how to make it anew; nothing of it is touched."""
    shutil.copytree(corpus_index, tmp_path / "index")
    file = tmp_path / "index" / "manifest.json"
    ours = file.read_text("utf-8")
    file.write_text(json.dumps(json.loads(ours) | {"format": 99}), "utf-8")
    catalog = (tmp_path / "index" / "catalog.sqlite").read_bytes()
    settings = Settings(_env_file=None, index=tmp_path / "index")  # type: ignore[call-arg]
    http = served(Live(settings, pause=0), settings)
    for answer in (http.post("/ask", json={"question": QUESTION}), http.get("/health")):
        is_small_problem(answer, 503, "--rebuild")
        assert "99" in answer.json()["error"]
    assert (tmp_path / "index" / "catalog.sqlite").read_bytes() == catalog
    file.write_text(ours, "utf-8")
    assert http.post("/ask", json={"question": QUESTION}).status_code == 200


def test_a_reader_that_goes_away_in_mid_answer_leaves_nothing_behind(
    live: Live, settings: Settings, served: Served
) -> None:
    """Its question is given up, its place is free again, and others are answered."""
    http = served(live, settings)
    for _ in range(5):
        with http.stream("POST", "/ask", json={"question": QUESTION, "stream": True}) as answer:
            assert answer.status_code == 200
    for _ in range(600):
        if "wenju_requests_under_way 1.0" in http.get("/metrics").text:  # the one that asks for it
            break
        time.sleep(0.05)
    else:
        pytest.fail("a request is under way for ever")
    assert http.post("/ask", json={"question": QUESTION}).status_code == 200


def test_a_changed_index_is_noticed(tmp_path: Path, corpus_index: Path, served: Served) -> None:
    """What is ingested while the server runs is found by the next question, after a rebuild too."""
    shutil.copytree(corpus_index, tmp_path / "index")
    settings = Settings(_env_file=None, index=tmp_path / "index", workers=1)  # type: ignore[call-arg]
    http = served(Live(settings, pause=0), settings)
    question = "青石镇的图书馆有多少册藏书？"
    assert "31457" not in http.post("/ask", json={"question": question}).text
    (tmp_path / "library.txt").write_text("青石镇的图书馆共有31457册藏书，其中三成是地方志。", "utf-8")
    embedder = SentenceTransformersEmbedder(settings.model_path())
    for rebuild in (False, True):
        ingest([tmp_path / "library.txt"], settings.index, settings, embedder, rebuild=rebuild)
        answer = http.post("/ask", json={"question": question}).json()
        assert "31457" in answer["text"]
        assert answer["citations"][0]["document"] == "library.txt"
    assert len(http.get("/documents").json()["documents"]) == 1


def test_a_fault_shows_nothing_of_the_inside(
    corpus_index: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug is told as a fault with the number that its log line has; the server goes on."""
    settings = Settings(_env_file=None, index=corpus_index)  # type: ignore[call-arg]
    live = Live(settings)
    http = served(live, settings)
    with monkeypatch.context() as broken:
        broken.setattr(live.assistant().retriever, "documents", lambda: 1 // 0)
        answer = http.get("/documents", headers={"X-Request-ID": "mine-1"})
    is_small_problem(answer, 500, "mine-1")
    assert answer.headers["x-request-id"] == "mine-1"
    assert http.get("/documents").status_code == 200


def test_an_answer_that_takes_too_long_is_given_up(
    corpus_index: Path, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has waited for as long as is set is told so, streamed or not."""
    settings = Settings(_env_file=None, index=corpus_index, serve_seconds=0.3)  # type: ignore[call-arg]
    live = Live(settings)
    monkeypatch.setattr(live.assistant().retriever, "retrieve", lambda *_, **__: time.sleep(1))
    http = served(live, settings)
    for stream in (False, True):
        is_small_problem(http.post("/ask", json={"question": QUESTION, "stream": stream}), 504, "WENJU_SERVE_SECONDS")


def test_requests_are_counted(live: Live, settings: Settings, served: Served) -> None:
    """Prometheus reads how many requests there were, how many answers and how many of them refused."""
    http = served(live, settings)
    for question in (QUESTION, "月球背面的温度是多少？"):
        http.post("/ask", json={"question": question})
    http.post("/ask", content=b"{")
    counts = http.get("/metrics").text.splitlines()
    assert 'wenju_requests_total{method="POST",route="/ask",status="200"} 2.0' in counts
    assert 'wenju_requests_total{method="POST",route="/ask",status="422"} 1.0' in counts
    assert sum(float(c.split()[-1]) for c in counts if c.startswith("wenju_answers_total")) == 2
    assert 'wenju_request_seconds_count{route="/ask"} 3.0' in counts
    assert "wenju_requests_under_way 1.0" in counts


@pytest.mark.parametrize("told", [False, True])
def test_the_log_tells_the_question_only_where_that_is_wanted(
    live: Live, served: Served, told: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """A line of JSON for each request, with its number, route, status and time."""
    caplog.set_level("INFO", "wenju.serve")
    http = served(live, Settings(_env_file=None, log_questions=told))  # type: ignore[call-arg]
    number = http.post("/ask", json={"question": QUESTION}).headers["x-request-id"]
    (line,) = [json.loads(r.getMessage()) for r in caplog.records if number in r.getMessage()]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/ask", 200)
    assert line["ms"] > 0
    assert line.get("question") == (QUESTION if told else None)
    assert told or QUESTION not in caplog.text
