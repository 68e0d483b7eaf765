"""From files to an index, again and again."""

from __future__ import annotations

import json
import os
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakes import HashEmbedder, fill, mark, report
from noise import drop_emoji, leak_pinyin, wrap_in_site

from ingest.clean.stages import quoted
from ingest.discover import Found
from ingest.document import BREAK
from ingest.errors import IndexBusy, IndexMismatch, UnreadableFile
from ingest.index import open_index, writing
from ingest.lexical import LexicalIndex
from ingest.pipeline import FileReport, IngestReport, Tally, ingest, prepare
from ingest.settings import Settings


def statuses(done: IngestReport) -> dict[str, str]:
    return {f.path: f.status for f in done.files}


class Run:
    """Ingests of one folder into one index."""

    def __init__(self, reports: Path, index: Path, settings: Settings, embedder: HashEmbedder) -> None:
        self.reports, self.index, self.settings, self.embedder = reports, index, settings, embedder

    def __call__(self, *paths: Path, rebuild: bool = False, prune: bool = False) -> IngestReport:
        """Ingest these paths, or else the folder."""
        return ingest(paths or (self.reports,), self.index, self.settings, self.embedder, rebuild=rebuild, prune=prune)

    def found(self, word: str) -> list[str]:
        """The documents whose passages hold a word."""
        index = open_index(self.index)
        numbers = [n for n, _ in index.lexical.search([word], 50)]
        documents = sorted({p.document for p in index.catalog.passages(numbers).values()})
        index.close()
        return documents


@pytest.fixture
def run(reports: Path, tmp_path: Path, settings: Settings, embedder: HashEmbedder) -> Run:
    """Ingest the folder of five reports."""
    return Run(reports, tmp_path / "index", settings, embedder)


def test_a_folder_becomes_an_index(run: Run) -> None:
    """Each report is added, counted and found by what it says."""
    done = run()
    assert set(statuses(done).values()) == {"added"}
    assert done.documents == 5
    assert done.passages == sum(f.chunks for f in done.files) == run.embedder.embedded
    assert done.missing == done.repairs == done.failed == ()
    assert [f.characters for f in done.files] == [len(report(n)) for n in range(5)]
    assert run.found(mark(3, 1)) == ["003.txt"]


def test_a_second_run_does_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read anew, embedded or written when no file has changed."""
    monkeypatch.setattr("ingest.discover.SETTLED", -3_600_000_000_000)  # else it depends on the time between the runs
    run()
    embedded = run.embedder.embedded
    catalog = (run.index / "catalog.sqlite").stat().st_mtime_ns
    done = run()
    assert set(statuses(done).values()) == {"unchanged"}
    assert (done.documents, run.embedder.embedded) == (5, embedded)
    assert (run.index / "catalog.sqlite").stat().st_mtime_ns == catalog


def test_a_second_run_loads_no_model(run: Run) -> None:
    """The model is not asked for a single vector when there is nothing to embed."""

    class Unloadable(HashEmbedder):
        def passages(self, texts):  # type: ignore[no-untyped-def]
            raise AssertionError("the model was loaded")

    run()
    run.embedder = Unloadable()
    assert set(statuses(run()).values()) == {"unchanged"}


def test_a_changed_file_takes_its_own_place(run: Run) -> None:
    """Only the changed file is embedded; its old words are found no more, its new ones are."""
    run()
    before = run.embedder.embedded
    (run.reports / "002.txt").write_text(report(55), "utf-8")
    done = run()
    assert statuses(done) == {f"{n:03d}.txt": "replaced" if n == 2 else "unchanged" for n in range(5)}
    assert done.documents == 5
    assert run.embedder.embedded - before == next(f.chunks for f in done.files if f.status == "replaced")
    assert run.found(mark(2, 0)) == []
    assert run.found(mark(55, 0)) == ["002.txt"]


def test_a_new_file_is_added(run: Run) -> None:
    """A file that came since is taken in beside the others."""
    run()
    (run.reports / "new").mkdir()
    (run.reports / "new" / "一.txt").write_text(report(60), "utf-8")
    assert statuses(run())["new/一.txt"] == "added"
    assert run.found(mark(60, 0)) == ["new/一.txt"]


def test_a_file_that_vanished_is_told_and_kept(run: Run) -> None:
    """A document whose file is gone is named, and stays until it is pruned."""
    run()
    (run.reports / "001.txt").unlink()
    done = run()
    assert done.missing == ("001.txt",)
    assert done.documents == 5
    assert run.found(mark(1, 0)) == ["001.txt"]
    pruned = run(prune=True)
    assert statuses(pruned)["001.txt"] == "removed"
    assert (pruned.missing, pruned.documents) == ((), 4)
    assert run.found(mark(1, 0)) == []
    assert run().missing == ()


def test_a_file_that_came_back_is_unchanged(run: Run) -> None:
    """A file that was away for one run and is back as it was need not be read again."""
    run()
    content = (run.reports / "001.txt").read_bytes()
    (run.reports / "001.txt").unlink()
    run()
    (run.reports / "001.txt").write_bytes(content)
    assert set(statuses(run()).values()) == {"unchanged"}


def test_broken_files_never_stop_the_rest(run: Run) -> None:
    """Files that are empty, damaged, encrypted or binary are reported, each with advice, and all others are taken in."""
    broken = {
        "a.pdf": b"%PDF-1.4 broken",
        "b.docx": b"PK\x03\x04 broken",
        "c.txt": b"",
        "d.txt": bytes(range(256)) * 20,
        "e.html": b"<html><script>x</script></html>",
        "f.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    }
    for name, data in broken.items():
        (run.reports / name).write_bytes(data)
    (run.reports / "nowhere.txt").symlink_to(run.reports / "gone")
    done = run()
    assert {f.path for f in done.failed} == {*broken, "nowhere.txt"}
    assert all(f.error and f.advice and f.path in f.error for f in done.failed)
    assert done.documents == 5
    assert set(statuses(run()).values()) == {"unchanged", "failed"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.html", "<html><body><p>前文。</p><table></table></body></html>".encode()),
        ("a.html", "<html><body><p>前文。</p><![foo[x]]></body></html>".encode()),
        ("a.md", "\ufeff结尾是**重点**".encode()),
    ],
)
def test_odd_files_never_stop_the_rest(run: Run, name: str, data: bytes) -> None:
    """Files that a reader does not expect are read or reported, and all others are taken in."""
    (run.reports / name).write_bytes(data)
    assert run().documents >= 5


def test_a_name_in_another_encoding_never_stops_the_rest(run: Run) -> None:
    """A file whose name is in GB18030, as in archives made on Windows, is taken in or reported."""
    name = os.fsencode(run.reports) + b"/" + "报告.txt".encode("gb18030")
    Path(os.fsdecode(name)).write_text(report(70), "utf-8")
    done = run()
    assert done.documents + len(done.failed) == 6
    assert set(statuses(run()).values()) <= {"unchanged", "failed"}


def test_a_file_that_broke_keeps_its_document(run: Run) -> None:
    """When a known file cannot be read any more, the index keeps what it had, and the file is reported."""
    run()
    (run.reports / "002.txt").write_bytes(b"")
    done = run(prune=True)
    assert statuses(done)["002.txt"] == "failed"
    assert done.documents == 5
    assert run.found(mark(2, 0)) == ["002.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_reported(run: Run) -> None:
    """A file without permission is reported, and the others are taken in."""
    (run.reports / "002.txt").chmod(0)
    done = run()
    assert statuses(done)["002.txt"] == "failed"
    assert done.documents == 4


def test_a_path_that_is_not_there_stops_the_ingest(run: Run, tmp_path: Path) -> None:
    """A path that does not exist is an error before anything is written."""
    with pytest.raises(UnreadableFile, match="no such file"):
        run(run.reports, tmp_path / "nowhere")
    assert not run.index.exists()


def test_two_files_of_one_path_are_told_apart(run: Run, tmp_path: Path) -> None:
    """A second file that would go by the same path is reported with the way out; the first is taken in."""
    fill(tmp_path / "other", 1)
    (tmp_path / "other" / "000.txt").write_text(report(80), "utf-8")
    done = run(run.reports, tmp_path / "other")
    assert [(f.path, f.error) for f in done.failed] == [
        ("000.txt", "000.txt: another file of this run already goes by this path")
    ]
    assert done.failed[0].advice
    assert run.found(mark(0, 0)) == ["000.txt"]
    assert run.found(mark(80, 0)) == []


def test_the_same_file_twice_is_no_failure(run: Run) -> None:
    """A file that is named once by itself and once by its folder is taken in once, without a complaint."""
    done = run(run.reports / "000.txt", run.reports)
    assert done.failed == ()
    assert done.documents == 5


def test_a_loop_of_links_ends(run: Run) -> None:
    """A link from a folder to the one above it does not multiply the reports."""
    (run.reports / "loop").symlink_to(run.reports, target_is_directory=True)
    assert run().documents == 5


def test_what_is_ignored_stays_out(run: Run) -> None:
    """What `.wenjuignore` lists is not ingested, and is missing once it was."""
    run()
    (run.reports / ".wenjuignore").write_text("00[12].txt\n", "utf-8")
    assert run().missing == ("001.txt", "002.txt")


def test_an_empty_folder_makes_an_empty_index(run: Run, tmp_path: Path) -> None:
    """Nothing to ingest is no error."""
    (tmp_path / "empty").mkdir()
    done = run(tmp_path / "empty")
    assert (done.files, done.documents, done.passages) == ((), 0, 0)
    assert run.found("甲") == []


def test_a_file_of_nothing_but_noise_has_no_passages(run: Run, tmp_path: Path) -> None:
    """A document that cleaning leaves empty is known, so that it is not read at every run, and has no passages."""
    (run.reports / "noise.txt").write_text("😀😀😀", "utf-8")
    (only,) = (f for f in run().files if f.path == "noise.txt")
    assert (only.status, only.chunks, only.cleaned) == ("added", 0, {"emoji": 3})
    assert statuses(run())["noise.txt"] == "unchanged"


def test_the_report_counts_what_was_cleaned(run: Run) -> None:
    """Each file's report says how much of each kind of noise was taken out, how it was read and how long it took."""
    text = report(90)
    (run.reports / "n.txt").write_text(wrap_in_site(drop_emoji(leak_pinyin(text, 9), 30)), "utf-8")
    (noisy,) = (f for f in run().files if f.path == "n.txt")
    assert set(noisy.cleaned) == {"emoji", "pinyin", "boilerplate"}
    assert all(noisy.cleaned.values())
    assert noisy.format == "txt"
    assert noisy.seconds > 0
    assert run.found(mark(90, 0)) == ["n.txt"]


def test_warnings_reach_the_report(run: Run) -> None:
    """What a reader warns of is in the file's report."""
    data = bytearray(report(91, 8).encode())
    data[20] = 0xFF
    (run.reports / "w.txt").write_bytes(bytes(data))
    (warned,) = (f for f in run().files if f.path == "w.txt")
    assert "not UTF-8" in warned.warnings[0]


def test_progress_is_told_of_each_file(run: Run) -> None:
    """Progress hears of every file once, with how many are done and how many there are."""
    heard: list[tuple[str, Tally]] = []

    def progress(file: FileReport, tally: Tally) -> None:
        heard.append((file.path, tally))

    ingest([run.reports], run.index, run.settings, run.embedder, progress=progress)
    sizes = [(run.reports / f"{n:03d}.txt").stat().st_size for n in range(5)]
    assert heard == [(f"{n:03d}.txt", Tally(n + 1, 5, sum(sizes[: n + 1]), sum(sizes))) for n in range(5)]


def test_the_report_can_be_printed_as_json(run: Run) -> None:
    """The report becomes plain values."""
    (run.reports / "bad.txt").write_bytes(b"")
    printed = json.loads(json.dumps(run().to_dict()))
    assert printed["documents"] == 5
    assert [f["path"] for f in printed["files"] if f["status"] == "failed"] == ["bad.txt"]


def test_many_batches_make_the_same_index(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes no difference how many files one commit takes in."""

    def content(folder: Path) -> list[tuple[str, str, str]]:
        index = open_index(folder)
        rows = [
            (p.document, p.chunk.text, p.chunk.heading)
            for d in index.catalog.listing.documents()
            for p in index.catalog.passages_of(d.path)
        ]
        index.close()
        return rows

    run()
    at_once = content(run.index)
    monkeypatch.setattr("ingest.pipeline.STORED_AT_ONCE", 1)
    run.index = tmp_path / "other"
    run()
    assert content(run.index) == at_once


def test_several_processes_make_the_same_index(tmp_path: Path, embedder: HashEmbedder) -> None:
    """Many files are prepared by several processes, and come out in the same order and form."""
    fill(tmp_path / "reports", 40)
    (tmp_path / "reports" / "017.txt").write_bytes(b"")
    done = [
        ingest(
            [tmp_path / "reports"],
            tmp_path / f"index{n}",
            Settings(_env_file=None, workers=n),
            embedder,  # type: ignore[call-arg]
        )
        for n in (1, 2)
    ]
    alone, together = ([(f.path, f.status, f.characters, f.chunks, f.error) for f in d.files] for d in done)
    assert alone == together
    assert done[0].passages == done[1].passages


def test_other_settings_are_refused(run: Run) -> None:
    """An index made with other settings or another model is not mixed with new passages."""
    run()
    run.settings = Settings(_env_file=None, workers=1, passage_size=100)  # type: ignore[call-arg]
    with pytest.raises(IndexMismatch, match="settings"):
        run()
    run.settings, run.embedder = Settings(_env_file=None, workers=1), HashEmbedder("other")  # type: ignore[call-arg]
    with pytest.raises(IndexMismatch, match="embedding model"):
        run()


def test_a_rebuild_makes_the_index_anew(run: Run) -> None:
    """A rebuild drops what was there, takes the files in again and works in the process that had the index open."""
    run()
    (run.reports / "004.txt").unlink()
    run.settings = Settings(_env_file=None, workers=1, passage_size=100)  # type: ignore[call-arg]
    done = run(rebuild=True)
    assert set(statuses(done).values()) == {"added"}
    assert (done.documents, done.missing) == (4, ())
    assert run.found(mark(3, 0)) == ["003.txt"]
    assert run.found(mark(4, 0)) == []


def test_a_broken_manifest_can_be_rebuilt(run: Run, tmp_path: Path) -> None:
    """The advice of a damaged manifest works: a rebuild makes the index anew."""
    run.index.mkdir()
    (run.index / "manifest.json").write_text("garbage", "utf-8")
    assert run(rebuild=True).documents == 5
    assert run().documents == 5


def test_a_busy_index_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ingest that does not get to write gives up with an error of its own, and leaves the index as it was."""
    run()
    monkeypatch.setattr("ingest.pipeline.writing", lambda folder, patience: writing(folder, 0.1))
    with writing(run.index), pytest.raises(IndexBusy):
        run()
    assert run().documents == 5


def test_a_model_that_fails_leaves_what_was_stored(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the model stops half-way, earlier batches stay, the lock is free, and the next run does the rest."""

    class Failing(HashEmbedder):
        def passages(self, texts):  # type: ignore[no-untyped-def]
            if self.embedded:
                raise MemoryError
            return super().passages(texts)

    monkeypatch.setattr("ingest.pipeline.STORED_AT_ONCE", 1)
    quick, run.embedder = run.embedder, Failing()
    with pytest.raises(MemoryError):
        run()
    run.embedder = quick
    assert list(statuses(run()).values()) == ["unchanged", "added", "added", "added", "added"]


def test_preparing_never_raises_for_a_bad_file(tmp_path: Path) -> None:
    """Preparing a file that cannot be read gives its report."""
    (tmp_path / "a.txt").write_bytes(b"")
    for found in (Found(tmp_path / "a.txt", "a.txt"), Found(tmp_path, "b.txt"), Found(tmp_path / "c.txt", "c.txt")):
        passages, told = prepare(found, None, 400)
        assert passages is None
        assert told.status == "failed"
        assert told.advice


def test_another_folder_leaves_the_first_alone(run: Run, tmp_path: Path) -> None:
    """Documents of a folder that is not looked at now are neither missing nor pruned."""
    first = run()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "six.txt").write_text("第六份报告说明了零售的变化。", "utf-8")
    second = run(tmp_path / "more", prune=True)
    assert second.missing == ()
    assert second.documents == first.documents + 1


def of_a_site(folder: Path, count: int) -> None:
    """Reports that a site has put its own lines around."""
    fill(folder, count)
    for file in folder.iterdir():
        text = file.read_text("utf-8").replace("\n\n", "\n")
        file.write_text(f"欢迎关注某某文库公众号\n{text}某某文库，版权所有，侵权必究\n", "utf-8")


def content(folder: Path) -> list[tuple[str, str, list[str]]]:
    """What an index holds: of each document its path, its clean text and its passages."""
    index = open_index(folder)
    found = [
        (
            d.path,
            index.catalog.document(d.path).view.text,
            [p.chunk.text for p in index.catalog.passages_of(d.path)],
        )
        for d in index.catalog.listing.documents()
    ]
    index.close()
    return found


def test_what_a_corpus_repeats_is_no_passage(run: Run, tmp_path: Path) -> None:
    """The lines of a site go, counted for each file; a passage is exact and never runs across where one stood."""
    of_a_site(tmp_path / "site", 10)
    done = run(tmp_path / "site")
    assert all(f.cleaned["learned"] > 0 for f in done.files)
    assert run.found("库") == run.found("侵") == []
    index = open_index(run.index)
    for listed in index.catalog.listing.documents():
        document = index.catalog.document(listed.path)
        for passage in index.catalog.passages_of(listed.path):
            assert quoted(document, passage.chunk.span) == passage.chunk.text
            assert BREAK not in passage.chunk.text
    index.close()


def test_what_was_learned_stays(run: Run, tmp_path: Path) -> None:
    """Files that come later are cleaned by what the index learned when it was begun, and those that stay are left alone."""
    of_a_site(tmp_path / "site", 10)
    run(tmp_path / "site")
    of_a_site(tmp_path / "site", 12)
    done = run(tmp_path / "site")
    assert sorted(statuses(done).values()) == ["added"] * 2 + ["unchanged"] * 10
    assert run.found("库") == []
    assert done.notes == ()


def test_a_grown_corpus_learns_when_it_is_rebuilt(run: Run, tmp_path: Path) -> None:
    """An index that was begun with few files says when it has outgrown what they taught; a rebuild learns anew."""
    of_a_site(tmp_path / "site", 3)
    assert run(tmp_path / "site").notes == ()
    of_a_site(tmp_path / "site", 10)
    grown = run(tmp_path / "site")
    assert "learned from 3 texts, and there are 10 now; --rebuild" in grown.notes[0]
    assert run.found("库")
    assert run(tmp_path / "site", rebuild=True).notes == ()
    assert run.found("库") == []


def test_the_order_of_the_files_makes_no_difference(run: Run, tmp_path: Path) -> None:
    """The same files learn and become the same whatever order they are named in, in one process or in several."""
    of_a_site(tmp_path / "site", 40)
    files = sorted((tmp_path / "site").iterdir())
    run(*files)
    one = content(run.index)
    run.index, run.settings = tmp_path / "other", Settings(_env_file=None, workers=2)  # type: ignore[call-arg]
    run(*files[::-1])
    assert content(run.index) == one


def test_an_index_from_before_learns_nothing(run: Run, tmp_path: Path) -> None:
    """An index with documents that nothing was learned for goes on as it was made."""
    of_a_site(tmp_path / "site", 4)
    run(tmp_path / "site")
    index = open_index(run.index)
    with index.catalog.transaction():
        index.catalog._db.execute("DELETE FROM facts WHERE name = 'learned'")
    index.close()
    of_a_site(tmp_path / "site", 10)
    run(tmp_path / "site")
    assert len(run.found("库")) == 10


def test_a_text_that_is_too_long_is_refused(run: Run) -> None:
    """A text that would take more memory than there is fails by its size, before it is read, and the rest goes on."""
    with (run.reports / "long.txt").open("wb") as file:
        file.truncate(200_000_000)
    done = run()
    (refused,) = done.failed
    assert "191 MB of text in one file, more than the 64 MB" in refused.error
    assert "split" in refused.advice
    assert done.documents == 5


def test_ctrl_c_ends_an_ingest_between_commits(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt in the midst of a commit waits for it; then the ingest ends, and the index is whole and current."""

    class Interrupting(LexicalIndex):
        @contextmanager
        def writing(self, added, removed=()):  # type: ignore[no-untyped-def]
            with super().writing(added, removed):
                yield
            if len(self):
                os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("ingest.pipeline.STORED_AT_ONCE", 1)
    monkeypatch.setattr("ingest.embedded.LexicalIndex", Interrupting)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.undo()
    index = open_index(run.index)
    assert index.repairs == ()
    assert len(index.lexical) == len(index.vectors) == index.catalog.counts()[1]
    assert index.catalog.counts()[0] == 1
    index.close()
    assert sorted(statuses(run()).values()) == ["added"] * 4 + ["unchanged"]
