"""What can be asked about: the shared index as it changes, beside what readers brought."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.app import page, shelf_html
from assistant.app.filters import Choice
from assistant.app.languages import LANGUAGES, Language
from assistant.app.shelf import Shared, Shelf, Work, free_name, indexed
from assistant.app.shelf_html import Wanted
from assistant.app.shelf_words import LIBRARY_WORDS
from assistant.app.uploads import Brought, Limits, Uploads
from assistant.serve.live import Live
from ingest.embed import SentenceTransformersEmbedder
from ingest.index import added_folder
from ingest.listing import Listed
from ingest.pipeline import IngestReport, ingest
from ingest.settings import Settings

WATCH = "# 智能手表报告\n\n2024年智能手表的销量为310万台，比上年增长一成。\n"
MARS = "# 火星咖啡调研\n\n2031年火星咖啡的市场规模为47亿元。\n"
ANNA = "user:安娜"
WORD = LIBRARY_WORDS["zh-Hans"]
HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "手表.md").write_text(WATCH, "utf-8")
    settings = Settings(_env_file=None, workers=1, index=tmp_path / "index")  # type: ignore[call-arg]
    ingest([tmp_path / "reports"], settings.index, settings, SentenceTransformersEmbedder(settings.model_path()))
    live = Live(settings, pause=0)
    uploads = Uploads(tmp_path / "uploads", settings, lambda: indexed(live.assistant()).embedder)
    yield Shelf(live.assistant, uploads, settings)
    uploads.close()


def bring(shelf: Shelf, name: str, text: str, owner: str = ANNA) -> None:
    """Bring a file, and wait until it has been read."""
    shelf.uploads.folder.mkdir(exist_ok=True)
    coming = shelf.uploads.folder / "coming-x"
    coming.write_text(text, "utf-8")
    shelf.uploads.take(owner, name, coming)
    shelf.uploads.wait()


def done(shelf: Shelf, *order: str) -> Work:
    """What came of something that was ordered."""
    assert shelf.order(*order)  # type: ignore[arg-type]
    shelf.uploads.wait()
    assert shelf.work is not None
    assert shelf.work.done
    return shelf.work


def paths(shelf: Shelf) -> list[str]:
    return [d.path for d in shelf.shared().listed]


def test_each_reader_asks_about_the_shared_reports_and_their_own_files(shelf: Shelf) -> None:
    """The one answers from both, the others from the reports alone."""
    bring(shelf, "火星.md", MARS)
    question = "2031年火星咖啡的市场规模是多少？"
    assert "47亿元" in shelf.assistant(ANNA).ask(question).text
    assert shelf.assistant("user:别人").ask(question).abstained
    assert "310万台" in shelf.assistant(ANNA).ask("2024年智能手表的销量是多少？").text
    assert len(shelf.documents(ANNA)) == 2
    assert len(shelf.documents()) == 1
    assert shelf.assistant(ANNA) is shelf.assistant(ANNA)


def test_the_index_is_brought_up_to_date_with_its_folders(shelf: Shelf, tmp_path: Path) -> None:
    """New and changed files are taken in, and what is shown is what there is then."""
    (tmp_path / "reports" / "新.md").write_text(MARS, "utf-8")
    (tmp_path / "reports" / "手表.md").write_text(WATCH.replace("310", "320"), "utf-8")
    work = done(shelf, "update")
    assert (work.added, work.replaced, work.failed, work.problem) == (1, 1, 0, "")
    assert paths(shelf) == ["手表.md", "新.md"]
    assert "320万台" in shelf.assistant().ask("2024年智能手表的销量是多少？").text


def test_one_report_is_read_again_and_no_other(shelf: Shelf, tmp_path: Path) -> None:
    """Though its file did not change; what else is new in its folder is left for an update."""
    (tmp_path / "reports" / "新.md").write_text(MARS, "utf-8")
    work = done(shelf, "again", "手表.md")
    assert (work.replaced, work.added, work.problem) == (1, 0, "")
    assert paths(shelf) == ["手表.md"]


def test_a_report_is_taken_out_and_its_file_stays(shelf: Shelf, tmp_path: Path) -> None:
    """Nothing of it is found any more."""
    assert done(shelf, "remove", "手表.md").problem == ""
    assert paths(shelf) == []
    assert shelf.assistant().ask("2024年智能手表的销量是多少？").abstained
    assert (tmp_path / "reports" / "手表.md").exists()


def test_a_file_becomes_everybodys(shelf: Shelf, tmp_path: Path) -> None:
    """It moves from its reader's files to the reports, beside one that has its name already."""
    bring(shelf, "手表.md", MARS)
    work = done(shelf, "promote", "手表.md", ANNA)
    assert (work.added, work.problem) == (1, "")
    assert paths(shelf) == ["手表 (2).md", "手表.md"]
    assert (added_folder(tmp_path / "index") / "手表 (2).md").read_text("utf-8") == MARS
    shelf.uploads.wait()
    assert shelf.uploads.files(ANNA) == []
    assert "47亿元" in shelf.assistant("user:别人").ask("2031年火星咖啡的市场规模是多少？").text


def test_what_became_everybodys_is_there_after_a_rebuild(shelf: Shelf, tmp_path: Path) -> None:
    """An ingest of the folders alone looks at it too, and says so; taken out of its folder, it is missed."""
    bring(shelf, "火星.md", MARS)
    assert done(shelf, "promote", "火星.md", ANNA).problem == ""
    added = added_folder(tmp_path / "index")
    embedder = SentenceTransformersEmbedder(shelf.settings.model_path())

    def ingested(**how: bool) -> IngestReport:
        return ingest([tmp_path / "reports"], tmp_path / "index", shelf.settings, embedder, **how)

    again = ingested(rebuild=True)
    assert [(f.path, f.status) for f in again.files] == [("手表.md", "added"), ("火星.md", "added")]
    assert [note for note in again.notes if f"too: 1 in {added}" in note]
    assert paths(shelf) == ["手表.md", "火星.md"]
    (added / "火星.md").write_text(MARS.replace("47", "48"), "utf-8")
    assert [f.path for f in ingested().files if f.status == "replaced"] == ["火星.md"]
    (added / "火星.md").unlink()
    assert ingested().missing == ("火星.md",)
    assert [f.path for f in ingested(prune=True).files if f.status == "removed"] == ["火星.md"]
    assert ingested().notes == ()


def test_the_folder_of_what_was_taken_in_is_read_once(shelf: Shelf, tmp_path: Path) -> None:
    """Where it is named, or lies in a folder that is, it is not looked at a second time."""
    added = added_folder(tmp_path / "index")
    added.mkdir()
    (added / "火星.md").write_text(MARS, "utf-8")
    embedder = SentenceTransformersEmbedder(shelf.settings.model_path())
    for named in ([added], [tmp_path / "reports", added]):
        report = ingest(named, tmp_path / "index", shelf.settings, embedder)
        assert [f.path for f in report.files].count("火星.md") == 1
        assert report.failed == ()


@pytest.mark.parametrize("order", [("promote", "没有.md", ANNA), ("again", "没有.md")])
def test_what_cannot_be_done_is_told(shelf: Shelf, order: tuple[str, ...]) -> None:
    """The reason stands in what came of it, and the next thing can be ordered."""
    assert "没有.md" in done(shelf, *order).problem
    assert done(shelf, "update").problem == ""


def test_one_thing_is_done_at_a_time(shelf: Shelf) -> None:
    """What is ordered meanwhile is turned away."""
    shelf.work = Work("update", "")
    assert not shelf.order("remove", "手表.md")


def test_the_page_lets_only_admins_change_the_reports(shelf: Shelf) -> None:
    """Without a door whoever sits at the machine is one; a word that is no deed does nothing."""
    client = TestClient(page.application(shelf), base_url="http://127.0.0.1")
    assert client.post("/shelf/work", json={"deed": "fly"}).status_code == 400
    assert client.post("/shelf/work", json={"deed": "remove", "path": "手表.md"}).status_code == 202
    shelf.uploads.wait()
    assert client.get("/shelf/work").json() == {"working": False}
    assert WORD.done_remove in client.get("/shelf", params={"lang": "zh-Hans"}).text


def test_an_upload_is_stopped_at_its_limit(shelf: Shelf) -> None:
    """Whatever the browser says of its size, no more is written, and nothing is left of it."""
    shelf.uploads.limits = Limits(file=100)
    client = TestClient(page.application(shelf), base_url="http://127.0.0.1")
    assert client.post("/uploads", params={"name": "a.md"}, content=b"x").status_code == 403  # no cookie: nobody's
    client.get("/")
    reply = client.post("/uploads", params={"name": "a.md", "lang": "en"}, content=b"x" * 101)
    assert reply.status_code == 413
    assert "Too large" in reply.json()["problem"]
    assert client.post("/uploads", params={"name": "a.exe"}, content=b"x").status_code == 415
    assert list(shelf.uploads.folder.glob("coming-*")) == []
    assert client.post("/uploads", params={"name": "a.md"}, content=WATCH.encode()[:99]).status_code == 201
    assert [f["name"] for f in client.get("/uploads").json()] == ["a.md"]
    elsewhere = {"Origin": "http://evil.example"}
    assert client.post("/uploads", params={"name": "b.md"}, content=b"x", headers=elsewhere).status_code == 403


LISTED = tuple(
    Listed(f"{n}.md", f"報告{n}", "pdf", "", 31_497, 3, f"2026-01-0{n}T00:00:00", "甲院" if n % 2 else "乙院", f"202{n}-01", cleaned=6000 * n, repaired=n, damaged=0, pages=4, root="r")
    for n in range(1, 5)
)  # fmt: skip


def test_reports_are_found_in_either_script_the_newest_first() -> None:
    """By words of title, publisher and path, and by what questions keep to."""
    found = shelf_html.matching(LISTED, Wanted("报告"))
    assert [d.path for d in found] == ["4.md", "3.md", "2.md", "1.md"]
    assert [d.path for d in shelf_html.matching(LISTED, Wanted("乙院 报告2"))] == ["2.md"]
    narrowed = Wanted(choice=Choice(publishers=("甲院",), since="2022"))
    assert [d.path for d in shelf_html.matching(LISTED, narrowed)] == ["3.md"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_tells_what_is_known_and_nothing_in_it_is_markup(language: Language) -> None:
    """Length, pages, cleaning, flaws and warnings; titles, publishers and paths are text."""
    strange = Listed(
        f"{HOSTILE}.md", HOSTILE, "pdf", "", 1000, 1, "2026-01-01", HOSTILE, HOSTILE, 200, 1, 2, 3, (HOSTILE,), "r"
    )
    words = LIBRARY_WORDS[language]
    shared = Shared(None, (strange, *LISTED), 13)  # type: ignore[arg-type]
    html = shelf_html.shelf_html(shared, Wanted(), Work("again", HOSTILE, done=True), language, admin=True)
    html += shelf_html.own_html([Brought(HOSTILE, 1, "failed", HOSTILE)], Limits(), language, admin=True)
    assert "<script" not in html
    assert "\u202e" not in re.sub(r"<[^>]*>", "", html)  # attributes hold paths as they are, and are not seen
    for told in (words.cleaned.format("20%"), words.damaged.format(2), words.pages.format(3), words.remove):
        assert told in html
    assert words.remove not in shelf_html.shelf_html(shared, Wanted(), None, language, admin=False)


def test_a_long_list_comes_in_pages() -> None:
    """A page that there is not is the last one."""
    many = tuple(Listed(f"{n}.md", f"第{n}份", "md", "", 1, 1, "") for n in range(120))
    shared = Shared(None, many, 120)  # type: ignore[arg-type]
    last = shelf_html.shelf_html(shared, Wanted(page=99), None, "zh-Hans", admin=False)
    assert last.count("<li") == 20
    assert WORD.of_pages.format(3, 3) in last


def test_a_name_that_is_taken_gets_a_number() -> None:
    """The first that is free."""
    assert free_name("a.md", set()) == "a.md"
    assert free_name("a.md", {"a.md", "a (2).md"}) == "a (3).md"


@pytest.mark.parametrize("language", LANGUAGES)
def test_whose_files_are_and_for_how_long_is_told(language: Language) -> None:
    """Who signed in keeps them; those of a browser go with it, after so many days."""
    words = LIBRARY_WORDS[language]
    own, here = (
        shelf_html.own_html([], Limits(), language, admin=False, signed_in=signed_in) for signed_in in (True, False)
    )
    assert words.private in own
    assert "14" not in own
    assert words.private_here.format(14) in here
