"""The three engines of an index: the same tests on all."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from commands_started import until
from fakes import ChromaProcess, HashEmbedder, MilvusProcess, ServerProcess, fill, mark, report

from ingest import circuit
from ingest.bounds import Bounds
from ingest.engine import open_engine, without_secrets
from ingest.errors import BadSettings, IndexMismatch, IndexProblem, IndexUnreachable
from ingest.index import Index, begin, clear, migrate, open_index, read_manifest, writing
from ingest.pipeline import IngestReport, ingest
from ingest.settings import Settings
from ingest.terms import tokens
from ingest.vectors import Vectors
from ingest.within import Within

REPORTS = 12
MODEL = HashEmbedder()


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    """A Chroma server."""
    started = ChromaProcess(tmp_path_factory.mktemp("chroma"))
    yield started
    started.kill()


ENGINES = [
    pytest.param("", id="folder"),
    pytest.param("chroma", id="chroma server", marks=pytest.mark.server),
    pytest.param("milvus+file:milvus.db", id="milvus"),
]
ELSEWHERE = ENGINES[1:]


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an engine."""
    kind = str(getattr(request, "param", ""))
    return str(request.getfixturevalue("chroma").url) if kind == "chroma" else kind


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder of reports."""
    fill(tmp_path / "reports", REPORTS)
    return tmp_path / "reports"


def settings_of(url: str) -> Settings:
    return Settings(_env_file=None, workers=1, index_url=url, passage_size=120)  # type: ignore[call-arg]


@pytest.fixture
def folder(tmp_path: Path, reports: Path, url: str) -> Iterator[Path]:
    """An index of the reports."""
    place = tmp_path / "index"
    done = ingest([reports], place, settings_of(url), MODEL)
    assert done.documents == REPORTS
    yield place
    with writing(place):
        clear(place)


def assert_answers(index: Index, numbers: range = range(REPORTS)) -> None:
    """Every passage is found by its own word and by its own vector, and nothing else is there."""
    assert index.catalog.counts()[0] == len(numbers)
    assert len(index.lexical) == len(index.vectors) == index.catalog.counts()[1]
    for number in numbers:
        for part in range(2):
            assert index.lexical.document_frequency(mark(number, part)) == 1
            (found,) = index.lexical.search([mark(number, part)], 5)
            assert index.catalog.passages([found[0]])[found[0]].document == f"{number:03d}.txt"
    for those, vectors in index.catalog.vectors(100):
        for number, vector in zip(those, vectors, strict=True):
            best = index.vectors.search(vector, 3)
            assert best[0][1] == pytest.approx(1, abs=0.002)
            assert number in {n for n, cosine in best if cosine > 0.99}


@pytest.mark.parametrize("url", ENGINES, indirect=True)
def test_what_is_ingested_is_found(folder: Path) -> None:
    """By its terms and by its vector, in an index that is opened to read."""
    with closing(open_index(folder, MODEL.identity)) as index:
        assert_answers(index)
        assert index.repairs == ()
        assert index.lexical.search(["zzz"], 3) == []
        assert index.lexical.document_frequency("zzz") == 0


@pytest.mark.parametrize("url", ENGINES, indirect=True)
def test_documents_change_and_go(folder: Path, reports: Path, url: str) -> None:
    """Changed ones are found by their new words alone, removed ones not at all, and terms are counted right."""
    (reports / "003.txt").write_text(report(103), "utf-8")
    (reports / "005.txt").unlink()
    (reports / "012.txt").write_text(report(12), "utf-8")
    ingest([reports], folder, settings_of(url), MODEL, prune=True)
    with closing(open_index(folder, MODEL.identity)) as index:
        assert len(index.lexical) == len(index.vectors) == index.catalog.counts()[1]
        for gone in (mark(3, 0), mark(5, 1)):
            assert index.lexical.search([gone], 3) == []
            assert index.lexical.document_frequency(gone) == 0
        for there in (mark(103, 1), mark(12, 0), mark(4, 0)):
            assert len(index.lexical.search([there], 3)) == 1
        texts = [p.chunk.text for d in index.catalog.listing.documents() for p in index.catalog.passages_of(d.path)]
        assert index.lexical.document_frequency("销售") == sum("销售" in t for t in texts)


@pytest.mark.parametrize("url", ENGINES, indirect=True)
def test_an_index_can_be_begun_anew(folder: Path, reports: Path, url: str) -> None:
    """Rebuilt, it holds each passage once, where it was."""
    ingest([reports], folder, settings_of(url), MODEL, rebuild=True)
    with closing(open_index(folder, MODEL.identity)) as index:
        assert_answers(index)
    manifest = read_manifest(folder)
    assert manifest is not None
    assert manifest.url == url


@pytest.mark.parametrize("url", ENGINES, indirect=True)
def test_a_store_that_was_cut_off_is_made_good(folder: Path, reports: Path, url: str) -> None:
    """What the catalog has and the engine was not given is given to it by the next ingest, once."""

    def cut(*given: object) -> None:
        raise IndexProblem("cut off")

    (reports / "012.txt").write_text(report(12), "utf-8")
    with writing(folder), closing(begin(folder, settings_of(url).fingerprint(), MODEL.identity)) as index:
        found = index.catalog.document("000.txt")
        index.engine.write = cut  # type: ignore[method-assign]
        with pytest.raises(IndexProblem, match="cut off"):
            index.store([], removed=[found.path])
    done = ingest([reports], folder, settings_of(url), MODEL)
    assert done.repairs
    with closing(open_index(folder, MODEL.identity)) as opened:
        assert_answers(opened, range(13))
        assert opened.repairs == ()


@pytest.mark.parametrize("url", ELSEWHERE, indirect=True)
def test_the_same_sent_twice_is_there_once(folder: Path) -> None:
    """A batch whose acknowledgement was lost may be sent again; what is not there may be removed."""
    with writing(folder), closing(begin(folder, settings_of("").fingerprint(), MODEL.identity)) as index:
        numbers, texts, vectors = next(index.catalog.rows(3))
        held: Any = index.vectors if index.manifest.url.startswith("chroma") else index.engine
        for _ in range(2):
            if held is index.engine:
                held.write(numbers, [" ".join(tokens(text)) for _, text in texts], vectors, [999_999])
            else:
                held.put(numbers, [""] * 3, vectors)
                held.take([999_999])
        assert_answers(index)


@pytest.mark.parametrize("url", ELSEWHERE, indirect=True)
def test_an_index_moves_there_and_back(tmp_path: Path, reports: Path, url: str) -> None:
    """Without an embedding; counts and samples are checked, the old place is emptied, and the answers are the same."""
    place, model = tmp_path / "index", HashEmbedder()
    ingest([reports], place, settings_of(""), model)
    embedded = model.embedded
    passages, found = migrate(place, url)
    assert passages == found
    with closing(open_index(place, MODEL.identity)) as index:
        assert_answers(index)
        assert bool(list(place.glob("lexical-*"))) == url.startswith("chroma")
        assert not list(place.glob("vectors-*"))
        identity = index.catalog.identity()
    migrate(place, "")
    with closing(open_index(place, MODEL.identity)) as index:
        assert_answers(index)
        assert index.repairs == ()
        if url.startswith("chroma"):
            import chromadb

            client = chromadb.HttpClient("127.0.0.1", int(url.rpartition(":")[2]))
            assert f"wenju-{identity}" not in {c.name for c in client.list_collections()}
    assert model.embedded == embedded
    assert ingest([reports], place, settings_of(""), MODEL).documents == REPORTS


def test_an_index_stays_where_it_is_when_it_cannot_move(folder: Path) -> None:
    """A server that is not there takes nothing away."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"chroma://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(IndexUnreachable):
        migrate(folder, nobody)
    with closing(open_index(folder, MODEL.identity)) as index:
        assert_answers(index)


@pytest.mark.parametrize("url", ELSEWHERE, indirect=True)
def test_an_older_copy_changes_nothing_on_the_server(folder: Path, reports: Path, tmp_path: Path, url: str) -> None:
    """A reader whose catalog is of another day is told so, and leaves alone what others use."""
    if url.startswith("milvus"):
        pytest.skip("Milvus Lite is a file beside the catalog and is copied with it")
    shutil.copytree(folder, tmp_path / "copy")
    (reports / "012.txt").write_text(report(12), "utf-8")
    ingest([reports], folder, settings_of(url), MODEL)
    with pytest.raises(IndexProblem, match="holds 26 passages, the catalog 24"):
        open_index(tmp_path / "copy", MODEL.identity)
    with closing(open_index(folder, MODEL.identity)) as index:
        assert_answers(index, range(13))


@pytest.mark.parametrize("url", ELSEWHERE, indirect=True)
def test_another_place_is_a_mismatch(folder: Path, reports: Path) -> None:
    """Settings that name another place than the index is searched at say how it can be moved."""
    with pytest.raises(IndexMismatch) as other:
        open_index(folder, MODEL.identity, "chroma://elsewhere:1")
    assert "wenju migrate --to chroma://elsewhere:1" in other.value.advice
    with pytest.raises(IndexMismatch):
        ingest([reports], folder, settings_of("chroma://elsewhere:1"), MODEL)


@pytest.mark.parametrize(
    "wrong",
    ["mongodb://host/x", "chroma://", "chroma://host:port", "http://host", "milvus+file:", "x", "milvus://h:1:2"],
)
def test_a_url_of_nothing_is_told(tmp_path: Path, reports: Path, wrong: str) -> None:
    """What is no URL of an engine makes no index, and the known ones are named."""
    with pytest.raises(BadSettings) as bad:
        ingest([reports], tmp_path / "index", settings_of(wrong), MODEL)
    assert "chroma://HOST:PORT" in bad.value.advice
    assert not (tmp_path / "index/manifest.json").exists()


def test_passwords_are_shown_nowhere(tmp_path: Path) -> None:
    """Neither in the settings that are shown nor in errors nor in the manifest."""
    url = "milvus://root:geheim@127.0.0.1:1"
    assert "geheim" not in settings_of(url).shown()["WENJU_INDEX_URL"]
    assert without_secrets(url) == "milvus://127.0.0.1:1"
    with pytest.raises(BadSettings) as bad:
        ingest([tmp_path], tmp_path / "index", settings_of("mongo://root:geheim@host"), MODEL)
    assert "geheim" not in str(bad.value)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers are given up sooner."""
    monkeypatch.setattr(circuit.Circuit.__init__, "__defaults__", ((0.01,), 0.2, time.monotonic, time.sleep))


SERVERS = pytest.mark.parametrize("kind", [ChromaProcess, MilvusProcess])


@pytest.mark.server
@pytest.mark.usefixtures("impatient")
@SERVERS
def test_a_server_that_goes_and_comes_back(tmp_path: Path, reports: Path, kind: type[ServerProcess]) -> None:
    """Searches fail in good order while it is away, an ingest loses nothing, and all is well when it is back."""
    server = kind(tmp_path / "server")
    place, settings = tmp_path / "index", settings_of(server.url)
    try:
        ingest([reports], place, settings, MODEL)
        with closing(open_index(place, MODEL.identity)) as index:
            vector = next(index.catalog.vectors(1))[1][0]
            assert index.vectors.search(vector, 1)
            server.kill()
            for _ in range(3):
                with pytest.raises(IndexUnreachable) as away:
                    index.vectors.search(vector, 1)
                assert "WENJU_INDEX_URL" in away.value.advice
            (reports / "012.txt").write_text(report(12), "utf-8")
            for opening in (
                lambda: open_index(place, MODEL.identity),
                lambda: ingest([reports], place, settings, MODEL),
            ):
                with pytest.raises(IndexUnreachable):
                    opening()
            server.start()

            def is_back() -> bool:
                with suppress(IndexUnreachable):
                    return bool(index.vectors.search(vector, 1) and index.lexical.search([mark(1, 0)], 1))
                return False

            until(is_back)
        ingest([reports], place, settings, MODEL)
        with closing(open_index(place, MODEL.identity)) as index:
            assert_answers(index, range(13))
    finally:
        server.kill()


@pytest.mark.server
@pytest.mark.usefixtures("impatient")
@SERVERS
def test_a_server_that_goes_in_mid_ingest_loses_nothing(
    tmp_path: Path, reports: Path, monkeypatch: pytest.MonkeyPatch, kind: type[ServerProcess]
) -> None:
    """The catalog keeps what was stored, and the next ingest gives it to the server, each passage once."""
    server = kind(tmp_path / "server")
    place, settings = tmp_path / "index", settings_of(server.url)
    monkeypatch.setattr("ingest.pipeline.STORED_AT_ONCE", 400)
    stored = Index.store
    batches: list[int] = []

    def store(self: Index, *given: Any, **more: Any) -> None:
        batches.append(1)
        if len(batches) == 3:
            server.kill()
        stored(self, *given, **more)

    monkeypatch.setattr(Index, "store", store)
    try:
        with pytest.raises(IndexUnreachable):
            ingest([reports], place, settings, MODEL)
        server.start()
        done: list[IngestReport] = []

        def goes_on() -> bool:
            with suppress(IndexUnreachable):
                done.append(ingest([reports], place, settings, MODEL))
            return bool(done)

        until(goes_on)  # who listens may not be quite ready
        assert any("to match the catalog" in told for told in done[0].repairs)
        with closing(open_index(place, MODEL.identity)) as index:
            assert_answers(index)
    finally:
        server.kill()


class Pretending:
    """Answers as a Chroma server of another version, or as a proxy that asks for a key."""

    def __init__(self, answer: Callable[[BaseHTTPRequestHandler], tuple[int, object]]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Say nothing."""

            def _answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, told = answer(self)
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = _answer  # noqa: N815  # as its base calls them

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


IDENTITY = {"user_id": "", "tenant": "default_tenant", "databases": ["default_database"]}
TENANT = {"name": "default_tenant", "id": "00000000-0000-0000-0000-000000000000", "tenant": "default_tenant"}


def known_answers(path: str, version: str) -> object:
    if path.endswith("/version"):
        return version
    return IDENTITY if path.endswith("/identity") else TENANT


@pytest.mark.server
@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda asked: (200, known_answers(asked.path, "0.6.3")), "version 0.6.3, 1.x is needed"),
        (lambda asked: (200, ["something", "else"]), "no answer of a Chroma server"),
        (lambda asked: (404, {"detail": "Not Found"}), "no answer of a Chroma server"),
        (lambda asked: (401, {"error": "Unauthorized"}), "does not take the key"),
        (lambda asked: (403, {"error": "Forbidden"}), "does not take the key"),
        (lambda asked: (503, {"error": "Unavailable"}), "not reached"),
    ],
)
def test_another_server_is_told_from_ours(tmp_path: Path, reports: Path, answer: Any, told: str) -> None:
    """A server of another version, of something else, or one that does not take the key is told as what it is."""
    pretending = Pretending(answer)
    try:
        with pytest.raises(IndexProblem, match=told) as problem:
            ingest([reports], tmp_path / "index", settings_of(f"chroma://KEY@{pretending.address}"), MODEL)
        assert "KEY@" not in str(problem.value)
        assert problem.value.advice
    finally:
        pretending.close()


@pytest.mark.server
def test_the_key_reaches_a_proxy(tmp_path: Path, reports: Path) -> None:
    """The key of the URL is sent as a bearer key."""
    seen: set[str | None] = set()

    def answer(asked: BaseHTTPRequestHandler) -> tuple[int, object]:
        seen.add(asked.headers["Authorization"])
        return 200, known_answers(asked.path, "0.6.3")

    pretending = Pretending(answer)
    try:
        with pytest.raises(IndexProblem, match="is needed"):
            ingest([reports], tmp_path / "index", settings_of(f"chroma://k%2Fey@{pretending.address}"), MODEL)
    finally:
        pretending.close()
    assert seen == {"Bearer k/ey"}


@pytest.mark.usefixtures("impatient")
def test_a_milvus_that_is_not_there_is_told(tmp_path: Path, reports: Path) -> None:
    """A cluster that is not reached is named, with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"milvus://root:geheim@127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(IndexUnreachable, match="not reached") as away:
        ingest([reports], tmp_path / "index", settings_of(nobody), MODEL)
    assert "geheim" not in str(away.value)


def test_without_its_library_there_is_no_milvus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has to be installed is told."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BadSettings) as missing:
        open_engine("milvus://host", None, "read")  # type: ignore[arg-type]
    assert "[milvus]" in missing.value.advice


def test_rows_without_columns_are_filled_anew(tmp_path: Path, reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collection of an older version is not searched as if it knew of bounds; the next ingest makes it anew."""
    with monkeypatch.context() as older:
        older.setattr("ingest.milvus.Columns", namedtuple("Columns", ()))
        older.setattr("ingest.milvus.columns_of", lambda *told: namedtuple("Columns", ())())
        ingest([reports], tmp_path / "index", settings_of("milvus+file:milvus.db"), MODEL)
    with pytest.raises(IndexProblem, match="an older version") as old:
        open_index(tmp_path / "index", MODEL.identity)
    assert "wenju ingest" in old.value.advice
    done = ingest([reports], tmp_path / "index", settings_of("milvus+file:milvus.db"), MODEL)
    assert {f.status for f in done.files} == {"unchanged"}
    assert done.repairs
    with closing(open_index(tmp_path / "index", MODEL.identity)) as index:
        assert_answers(index)
        only = Within(Bounds.of(documents=["003.txt"]), index.catalog.listing.passages_within)
        assert {n for n, _ in index.vectors.search(MODEL.question("销售"), 99, only)} == set(only.numbers.tolist())


def test_vectors_of_nothing_are_no_problem(tmp_path: Path) -> None:
    """An index that is begun in Milvus and holds nothing yet answers with nothing."""
    with writing(tmp_path), closing(begin(tmp_path, "s", "m", "milvus+file:milvus.db")) as index:
        nothing: Vectors = np.zeros(4, np.float32)
        assert index.vectors.search(nothing, 3) == index.lexical.search(["甲"], 3) == []
        assert len(index.vectors) == 0
        index.store([])
