"""The command line: what it prints, writes and ends with."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fakes import fill

from assistant import Retriever
from assistant.answer import Answer, Sentence
from assistant.app.conversations import Conversations, Feedback
from assistant.app.users import Users
from assistant.script import script_of
from evals.case import read_cases
from evals.cli import main
from evals.parity import CONVERSIONS, DAMAGE
from ingest.catalog import Catalog
from ingest.errors import BadSettings
from ingest.index import open_index
from ingest.split import sentences

CASES = Path(__file__).parents[2] / "evals" / "cases" / "corpus.jsonl"
QUESTION = "DeepSeek-R1 的通讯作者是谁？"


class Ran(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


Wenju = Callable[..., Ran]


@pytest.fixture
def wenju(
    tmp_path: Path, corpus_index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Wenju:
    """Runs the command line in an empty folder, with the sample reports for its index."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WENJU_INDEX", str(corpus_index))

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["wenju", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as exc:
            code = int(exc.code or 0)
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder of two reports and a file that cannot be read."""
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "good.txt").write_text("训练成本约29.4万美元。", "utf-8")
    (folder / "good.md").write_text("# 成本\n\n訓練成本約 208 萬元。\n", "utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    return folder


def statuses(report: dict[str, Any]) -> dict[str, str]:
    return {f["path"]: f["status"] for f in report["files"]}


def told(ran: Ran) -> str:
    """The message of a failure, on one line."""
    return " ".join(ran.err.split())


def test_ingest_tells_each_file(wenju: Wenju, mixed: Path, tmp_path: Path) -> None:
    """The JSON of an ingest has a line a file; one broken file makes exit code 1 and stops no other."""
    ran = wenju("ingest", mixed, "--index", tmp_path / "index", "--json")
    assert ran.code == 1
    assert statuses(ran.json) == {"good.txt": "added", "good.md": "added", "broken.pdf": "failed"}
    assert ran.json["documents"] == 2
    (broken,) = [f for f in ran.json["files"] if f["status"] == "failed"]
    assert "broken.pdf" in broken["error"]
    assert broken["advice"]
    assert "29.4" in wenju("ask", "训练成本是多少美元？", "--index", tmp_path / "index").out


def test_a_second_ingest_changes_nothing(wenju: Wenju, mixed: Path, tmp_path: Path) -> None:
    """Files whose bytes are known are passed over, one that changed is replaced, one that is gone can be pruned."""
    (mixed / "broken.pdf").unlink()
    index = tmp_path / "index"
    first = wenju("ingest", mixed, "--index", index, "--json")
    assert first.code == 0
    again = wenju("ingest", mixed, "--index", index, "--json")
    assert again.code == 0
    assert set(statuses(again.json).values()) == {"unchanged"}
    assert (again.json["documents"], again.json["passages"]) == (first.json["documents"], first.json["passages"])
    (mixed / "good.txt").write_text("训练成本约30万美元。", "utf-8")
    (mixed / "good.md").unlink()
    changed = wenju("ingest", mixed, "--index", index, "--json")
    assert statuses(changed.json) == {"good.txt": "replaced"}
    assert changed.json["missing"] == ["good.md"]
    pruned = wenju("ingest", mixed, "--index", index, "--prune", "--json")
    assert statuses(pruned.json)["good.md"] == "removed"
    assert pruned.json["documents"] == 1
    rebuilt = wenju("ingest", mixed, "--index", index, "--rebuild", "--json")
    assert statuses(rebuilt.json) == {"good.txt": "added"}


def test_ingest_prints_a_table_for_people(wenju: Wenju, mixed: Path, tmp_path: Path) -> None:
    """Without --json the files, the sums and the reason of a failure are told."""
    ran = wenju("ingest", mixed, "--index", tmp_path / "index")
    assert ran.code == 1
    assert "good.txt" in ran.out
    assert "2 added, 1 failed" in ran.out
    assert "broken.pdf" in ran.out


@pytest.mark.parametrize("question", [QUESTION, "DeepSeek-R1 的通訊作者是誰？"])
def test_ask_prints_the_answer_as_json(wenju: Wenju, question: str) -> None:
    """The JSON of an answer is alone on the standard output."""
    ran = wenju("ask", question, "--json")
    assert ran.code == 0
    assert ran.json["script"] == script_of(question)
    assert not ran.json["abstained"]
    assert "梁文" in ran.json["text"]
    assert ran.json["citations"][0]["document"] == "deepseek-r1-nature.txt"
    assert ran.err == ""


def test_ask_prints_the_answer_for_people(wenju: Wenju) -> None:
    """The answer has marks, and each citation its file, its range and its words."""
    ran = wenju("ask", "美團和餓了麼 2023 年合計拿下多少份額？")
    assert ran.code == 0
    assert "85%" in ran.out
    assert "[1]" in ran.out
    assert "instant-retail.docx" in ran.out


def test_ask_takes_history_and_documents(wenju: Wenju) -> None:
    """Earlier questions are given with --history, and --document keeps to a file."""
    follow_up = wenju("ask", "那它的平均房价呢？", "--history", "帐篷客酒店的入住率是多少？", "--json")
    assert "3000元" in follow_up.json["text"]
    kept = wenju("ask", QUESTION, "--document", "dtc-guide.pdf", "--document", "live-commerce.html", "--json")
    assert {c["document"] for c in kept.json["citations"]} <= {"dtc-guide.pdf", "live-commerce.html"}


def test_questions_keep_to_publishers_and_dates(wenju: Wenju, tmp_path: Path) -> None:
    """`ask` and `retrieve` take the bounds of scripts; what is not there, or is no date, is told with exit code 2."""
    dates = {d["path"]: d["date"] for d in wenju("status", "--json").json["documents"]}
    late = {path for path, date in dates.items() if date >= "2025"}
    assert late
    assert late != {*dates}
    kept = wenju("ask", "即时零售是什么？", "--since", "2025", "--json")
    assert {c["document"] for c in kept.json["citations"]} <= late
    (tmp_path / "q.jsonl").write_text(json.dumps({"question": "即时零售是什么？"}), "utf-8")
    found = wenju("retrieve", "--questions", tmp_path / "q.jsonl", "--since", "2025")
    assert {h["document"] for h in found.json["hits"]} <= late
    for wrong, word in (
        ("--publisher", "没有这家"),
        ("--document", "nowhere.txt"),
        ("--since", "去年"),
        ("--until", "2023-6"),
    ):
        ran = wenju("ask", QUESTION, wrong, "没有这家" if wrong == "--publisher" else word)
        assert ran.code == 2
        assert word in ran.err
        assert "→" in ran.err


def test_a_refusal_is_no_error(wenju: Wenju) -> None:
    """A question that the reports do not answer ends with exit code 0."""
    ran = wenju("ask", "红烧肉要炖多久才烂？", "--json")
    assert ran.code == 0
    assert ran.json["abstained"] is True


def test_retrieve_writes_a_line_a_question(wenju: Wenju, tmp_path: Path) -> None:
    """Each question has a line with its id, or its number, and at most k hits; the same lines go to the screen."""
    questions = tmp_path / "questions.jsonl"
    asked = [{"id": "a", "question": QUESTION}, {"question": "那 R1 呢？", "history": ["R1-Zero 用了多少小时？"]}]
    questions.write_text("\n\n".join(json.dumps(q, ensure_ascii=False) for q in asked), "utf-8")
    ran = wenju("retrieve", "--questions", questions, "-k", 3, "--out", tmp_path / "hits.jsonl")
    assert (ran.code, ran.out) == (0, "")
    written = (tmp_path / "hits.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in written.splitlines()]
    assert [line["id"] for line in lines] == ["a", "3"]
    for line in lines:
        assert len(line["hits"]) == 3
        keys = {"document", "page", "start", "end", "text", "quote", "score", "repaired", "damaged"}
        assert all(set(h) >= keys for h in line["hits"])
    assert "梁文锋" in lines[0]["hits"][0]["text"]
    assert wenju("retrieve", "--questions", questions, "-k", 3).out == written


def test_retrieve_gives_ten_passages_unless_told(wenju: Wenju, tmp_path: Path) -> None:
    """The default depth is ten."""
    (tmp_path / "q.jsonl").write_text(json.dumps({"question": "零售"}), "utf-8")
    assert len(wenju("retrieve", "--questions", "q.jsonl").json["hits"]) == 10


def test_status_lists_the_documents(wenju: Wenju) -> None:
    """Status tells the documents and the model, for people and as JSON."""
    told = wenju("status", "--json").json
    assert len(told["documents"]) == 12
    assert all(d["passages"] > 0 for d in told["documents"])
    assert told["embedding"].startswith("static_model@")
    people = wenju("status")
    assert people.code == 0
    assert "12 documents" in people.out


def test_doctor_finds_all_well(wenju: Wenju) -> None:
    """Doctor opens the index and asks it."""
    ran = wenju("doctor")
    assert ran.code == 0
    assert "12 documents" in ran.out
    assert "all is well" in ran.out


def test_eval_writes_a_report(wenju: Wenju, tmp_path: Path) -> None:
    """The report as JSON has a result a case, means, and what it was made with."""
    cases = tmp_path / "cases.jsonl"
    cases.write_text("".join(line + "\n" for line in CASES.read_text("utf-8").splitlines()[::30]), "utf-8")
    ran = wenju("eval", cases, "--json", tmp_path / "report.json")
    assert ran.code == 0
    assert "recall" in ran.out or "@5" in ran.out
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert [r["id"] for r in report["results"]] == [json.loads(c)["id"] for c in cases.read_text("utf-8").splitlines()]
    assert report["overall"]["cases"] == 4
    assert report["overall"]["citations_exact"] == 1
    assert {"wenju", "packages", "settings", "embedding", "index", "cases", "seed"} <= set(report["signature"])


def test_eval_can_be_read_in_eighty_columns(wenju: Wenju, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of the report are shown in full in a terminal of the common width."""
    monkeypatch.setenv("COLUMNS", "80")
    cases = tmp_path / "cases.jsonl"
    cases.write_text(CASES.read_text("utf-8").splitlines()[0], "utf-8")
    assert "…" not in wenju("eval", cases).out


def test_eval_shows_what_went_wrong(wenju: Wenju, tmp_path: Path) -> None:
    """With --failures the cases that lack a fact are told with the fact."""
    case = {"id": "x1", "lang": "zh-Hans", "type": "fact_entity", "question": QUESTION, "must_include": [["王小明"]]}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case, ensure_ascii=False), "utf-8")
    ran = wenju("eval", "cases.jsonl", "--failures")
    assert "x1" in ran.out
    assert "王小明" in ran.out


def test_eval_compares_with_a_baseline(wenju: Wenju, tmp_path: Path) -> None:
    """A baseline is written on demand alone; the same cases then pass, and those that are lost beyond noise do not."""
    lines = CASES.read_text("utf-8").splitlines()[:8]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), "utf-8")
    assert wenju("eval", "cases.jsonl", "--baseline", "b.json").code == 2
    assert not (tmp_path / "b.json").exists()
    assert wenju("eval", "cases.jsonl", "--baseline", "b.json", "--update-baseline").code == 0
    same = wenju("eval", "cases.jsonl", "--baseline", "b.json")
    assert same.code == 0
    assert "8 cases compared" in same.out
    kept = (tmp_path / "b.json").read_text("utf-8")
    better = json.loads(kept)
    at = better["figures"].index("f1")
    for _, figures in better["cases"].values():
        figures[at] = 1
    (tmp_path / "b.json").write_text(json.dumps(better), "utf-8")
    worse = wenju("eval", "cases.jsonl", "--baseline", "b.json")
    assert worse.code == 1
    assert "fails: f1 fell from 1.000" in " ".join(worse.out.split())


def test_eval_takes_new_cases_into_a_baseline(wenju: Wenju, tmp_path: Path) -> None:
    """With --extend-baseline the new cases enter it, and what it had stays though the figures are others now."""
    lines = CASES.read_text("utf-8").splitlines()
    (tmp_path / "cases.jsonl").write_text("\n".join(lines[:3]), "utf-8")
    assert wenju("eval", "cases.jsonl", "--baseline", "b.json", "--update-baseline").code == 0
    kept = json.loads((tmp_path / "b.json").read_text("utf-8"))
    at = kept["figures"].index("f1")
    for _, figures in kept["cases"].values():
        figures[at] = 0
    (tmp_path / "b.json").write_text(json.dumps(kept), "utf-8")
    (tmp_path / "cases.jsonl").write_text("\n".join(lines[:5]), "utf-8")
    assert wenju("eval", "cases.jsonl", "--baseline", "b.json", "--extend-baseline").code == 0
    extended = json.loads((tmp_path / "b.json").read_text("utf-8"))["cases"]
    assert len(extended) == 5
    assert {i: extended[i] for i in kept["cases"]} == kept["cases"]
    assert wenju("eval", "cases.jsonl", "--extend-baseline").code == 2


def test_eval_asks_the_other_way_too(wenju: Wenju, tmp_path: Path) -> None:
    """With --parity the difference to other scripts and words, and over damaged reports, is told in points."""
    (tmp_path / "cases.jsonl").write_text("\n".join(CASES.read_text("utf-8").splitlines()[:3]), "utf-8")
    ran = wenju("eval", "cases.jsonl", "--parity", "--json", "r.json")
    assert "other script 3 +0.0" in " ".join(ran.out.split())
    rows = json.loads((tmp_path / "r.json").read_text("utf-8"))["parity"]
    assert list(rows) == [*CONVERSIONS, *DAMAGE]
    assert rows["leaked pinyin"]["cases"] == 3


def test_a_judge_has_to_be_set(wenju: Wenju) -> None:
    """Without a language model there is nobody to judge; nothing is asked before that is told."""
    ran = wenju("eval", CASES, "--judge")
    assert ran.code == 2
    assert "WENJU_LLM_BASE_URL" in told(ran)
    assert ran.out == ""


def test_cases_are_checked(wenju: Wenju, tmp_path: Path) -> None:
    """Files without faults pass; a fault is told with its line, and the exit code is 1."""
    assert wenju("cases", "check", CASES).out == "119 cases, 0 faults\n"
    broken = [
        {**json.loads(line), "evidence": ["这句话哪里都没有"]} for line in CASES.read_text("utf-8").splitlines()[:2]
    ]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(c, ensure_ascii=False) + "\n" for c in broken), "utf-8")
    ran = wenju("cases", "check", "c.jsonl")
    assert ran.code == 1
    assert "c.jsonl:2: field evidence[0]: stands nowhere in the clean text" in ran.out


def test_a_case_is_written_step_by_step(wenju: Wenju, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong entries are asked for again; the case that comes of it is added and passes the check."""
    question = "按那份成本短评的推算，R1 后两个阶段合起来是多少卡时？"
    typed = [
        "",
        "",
        question,
        "riddle",
        "fact_number",
        "99",
        "1.77",
        "{pick}",
        "142,336 | 142336",
        "",
        "合计 142,336 卡时。",
        "",
    ]
    reader = Retriever.open(os.environ["WENJU_INDEX"])
    passages = reader.retrieve(question, 6)
    places = [
        (p, s)
        for p, hit in enumerate(passages, 1)
        for s, span in enumerate(sentences(hit.text), 1)
        if "142,336" in span.of(hit.text)
    ]
    passage, sentence = places[0]
    typed[7] = f"{passage}.{sentence}"
    monkeypatch.setattr(sys, "stdin", StringIO("\n".join(typed) + "\n"))
    ran = wenju("cases", "new", "mine.jsonl")
    assert ran.code == 0, ran.out + ran.err
    assert "q001 added to mine.jsonl" in ran.out
    (made,) = read_cases(tmp_path / "mine.jsonl")
    assert (made.type, made.lang, made.question) == ("fact_number", "zh-Hans", question)
    assert made.must_include == (("142,336", "142336"),)
    assert made.evidence_doc == (passages[passage - 1].document,)
    assert wenju("cases", "check", "mine.jsonl").out == "1 cases, 0 faults\n"


def test_a_case_with_faults_is_not_written(wenju: Wenju, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact that the evidence does not state is told, and nothing is added."""
    typed = ["", "训练花了多少？", "1", "1.1", "一百头大象", "", "一百头大象。", ""]
    monkeypatch.setattr(sys, "stdin", StringIO("\n".join(typed) + "\n"))
    ran = wenju("cases", "new", "mine.jsonl")
    assert ran.code == 2
    assert "no evidence states '一百头大象'" in ran.out
    assert not (tmp_path / "mine.jsonl").exists()


def failure(*arguments: str, error: str, says: str = "", advice: str = "→") -> object:
    """A command that fails with an error, what it names and what it advises."""
    return pytest.param(arguments, error, says, advice, id=" ".join(arguments))


@pytest.mark.parametrize(
    ("arguments", "error", "says", "advice"),
    [
        failure("ask", "问题", "--index", "nowhere", error="IndexMissing", says="nowhere", advice="wenju ingest"),
        failure("ask", "问题", "--index", "a.txt", error="IndexMissing", says="a.txt"),
        failure("status", "--index", "nowhere", error="IndexMissing", advice="wenju ingest"),
        failure("doctor", "--index", "nowhere", error="IndexMissing", advice="wenju ingest"),
        failure("eval", "one.jsonl", "--index", "nowhere", error="IndexMissing", advice="wenju ingest"),
        failure("ask", "  ", error="BadSettings", says="empty", advice="wenju ask"),
        failure("ingest", "no-such-folder", "--index", "i", error="UnreadableFile", says="no-such-folder"),
        failure("retrieve", "--questions", "nothing.jsonl", error="BadCases", says="nothing.jsonl"),
        failure("retrieve", "--questions", "a.txt", error="BadCases", says="a.txt:1"),
        failure("retrieve", "--questions", "list.jsonl", error="BadCases", says="list.jsonl:1"),
        failure("retrieve", "--questions", "latin.jsonl", error="BadCases", says="UTF-8"),
        failure("eval", "nothing.jsonl", error="BadCases", says="nothing.jsonl"),
        failure("eval", "a.txt", error="BadCases", says="a.txt:1"),
        failure("eval", "question.jsonl", error="BadCases", says="question.jsonl:1"),
        failure("eval", "list.jsonl", error="BadCases", says="list.jsonl:1"),
        failure("retrieve", "--questions", "null.jsonl", error="BadCases", says="null.jsonl:1"),
        failure("ingest", ".", "--index", "a.txt", error="IndexProblem", says="a.txt", advice="--index"),
        failure(
            "retrieve", "--questions", "question.jsonl", "--out", "no/such/out.jsonl", error="BadSettings",
            says="no/such/out.jsonl", advice="--out",
        ),
        failure("eval", "one.jsonl", "--json", "no/such/out.json", error="BadSettings", says="no/such/out.json"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_advice(
    wenju: Wenju, tmp_path: Path, arguments: tuple[str, ...], error: str, says: str, advice: str
) -> None:
    """What a user can put right ends with exit code 2, says what and where, and gives the next step."""
    (tmp_path / "a.txt").write_text("no JSON", "utf-8")
    (tmp_path / "list.jsonl").write_text("[1]", "utf-8")
    (tmp_path / "null.jsonl").write_text('{"question": null}', "utf-8")
    (tmp_path / "question.jsonl").write_text('{"question": "零售"}', "utf-8")
    (tmp_path / "latin.jsonl").write_bytes(b'{"question": "\xe9"}')
    (tmp_path / "one.jsonl").write_text(CASES.read_text("utf-8").splitlines()[0], "utf-8")
    ran = wenju(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.lstrip().startswith(error)
    assert says in told(ran)
    assert advice in told(ran)
    assert "Traceback" not in ran.err


def test_a_name_that_is_no_text_can_be_told(wenju: Wenju) -> None:
    """A path whose bytes are no UTF-8, or hold controls, is named in the error."""
    ran = wenju("ingest", os.fsdecode(b"no-\xff-\x1b[31msuch"), "--index", "i")
    assert ran.code == 2
    assert "no-⟨DCFF⟩-␛[31msuch" in told(ran)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("WENJU_PASSAGE_SIZE", "many", "BadSettings"),
        ("WENJU_PASSAGE_SIZE", "1", "BadSettings"),
        ("WENJU_WORKERS", "-1", "BadSettings"),
        ("WENJU_EMBEDDING", "/no/such/model", "IndexMismatch"),
    ],
)
def test_a_wrong_setting_is_told(
    wenju: Wenju, monkeypatch: pytest.MonkeyPatch, name: str, value: str, error: str
) -> None:
    """A value that means nothing, or that does not fit the index, is told with what to set."""
    monkeypatch.setenv(name, value)
    ran = wenju("ask", QUESTION)
    assert ran.code == 2
    assert ran.err.startswith(error)
    assert "→" in ran.err


def test_an_index_of_other_settings_is_not_added_to(
    wenju: Wenju, mixed: Path, corpus_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Passages of another size would be out of place: the advice is to rebuild."""
    shutil.copytree(corpus_index, tmp_path / "copy")
    monkeypatch.setenv("WENJU_PASSAGE_SIZE", "200")
    ran = wenju("ingest", mixed, "--index", tmp_path / "copy")
    assert ran.code == 2
    assert ran.err.lstrip().startswith("IndexMismatch")
    assert "--rebuild" in ran.err


def test_a_setting_may_stand_in_a_file(wenju: Wenju, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A .env in the working folder is read; --index comes before it."""
    monkeypatch.delenv("WENJU_INDEX")
    (tmp_path / ".env").write_text("WENJU_INDEX=from-the-file\n", "utf-8")
    assert "from-the-file" in wenju("status").err
    assert "named" in wenju("status", "--index", "named").err


@pytest.mark.parametrize("arguments", [("frob",), ("ask",), ("retrieve",), ("retrieve", "--questions", "q", "-k", "0")])
def test_a_wrong_call_is_told(wenju: Wenju, arguments: tuple[str, ...]) -> None:
    """A command, argument or value that is not there ends with exit code 2 and the usage."""
    ran = wenju(*arguments)
    assert ran.code == 2
    assert "Usage" in ran.err
    assert "Traceback" not in ran.err


def test_what_readers_think_is_listed_and_written_as_cases(
    wenju: Wenju, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any opinion that is said; with one, its question is listed, and is a case that can be read."""
    monkeypatch.setenv("WENJU_CONVERSATIONS", str(tmp_path / "kept"))
    assert "no reader" in wenju("feedback").out
    kept = Conversations(tmp_path / "kept")
    told = Answer("问\x1b[2J题？", "zh-Hans", (Sentence("答。", ()),), ())
    kept.think(Feedback(1, "甲", False, "wrong", "第三章", told.question, (), told, (), "1a2b", "2026-01-02T03:04:05"))
    kept.close()
    listed = wenju("feedback").out
    assert "- 2026-01-02T03:04 甲 (wrong)" in listed
    assert "第三章" in listed
    assert "\x1b" not in listed
    assert wenju("feedback", "--cases", tmp_path / "cases.jsonl").code == 0
    (case,) = read_cases(tmp_path / "cases.jsonl")
    assert (case.id, case.tags) == ("reader-1", ("reader", "bad", "wrong"))


def test_users_of_the_chat_are_named(wenju: Wenju, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The password comes from a pipe; the name is listed, and removed at once."""
    file = tmp_path / "users.json"
    monkeypatch.setattr(sys, "stdin", io.StringIO("一个很长的密码，够长了\n"))
    assert "may use the chat now" in wenju("users", "add", "甲", "--auth-file", file).out
    assert wenju("users", "list", "--auth-file", file).out.split() == ["甲"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert wenju("users", "add", "乙", "--auth-file", file).code == 2
    assert wenju("users", "remove", "甲", "--auth-file", file).code == 0
    with pytest.raises(BadSettings):
        Users(file)


def test_every_command_explains_itself(wenju: Wenju) -> None:
    """The help names all commands, and each has a help of its own."""
    commands = ("ingest", "inspect", "ask", "retrieve", "chat", "users", "feedback", "status", "doctor", "eval")
    shown = wenju("--help").out
    for command in commands:
        assert re.search(rf"\b{command}\b", shown)
        assert wenju(command, "--help").code == 0


def test_the_installed_command_fails_without_a_traceback(tmp_path: Path) -> None:
    """The command itself, in a process of its own, ends with code 2 and two lines of advice."""
    installed = shutil.which("wenju", path=str(Path(sys.executable).parent))
    command = [installed] if installed else [sys.executable, "-c", "from evals.cli import main; main()"]
    ran = subprocess.run([*command, "ask", "问题"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.startswith("IndexMissing")
    assert "→ wenju ingest" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_ctrl_c_keeps_what_was_stored(tmp_path: Path) -> None:
    """An ingest that is interrupted says so in one line, exits with 130, and leaves an index from which the next one goes on."""
    fill(tmp_path / "reports", 60, passages=40)
    often = "from ingest import pipeline; pipeline.STORED_AT_ONCE = 20_000; from evals.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        often,
        "ingest",
        str(tmp_path / "reports"),
        "--index",
        str(tmp_path / "index"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 100
    while not stored(tmp_path / "index"):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "stopped; what was stored is kept, and the same command goes on from there"
    before = stored(tmp_path / "index")
    assert 0 < before < 60
    index = open_index(tmp_path / "index")
    assert index.repairs == ()
    assert len(index.lexical) == len(index.vectors) == index.catalog.counts()[1]
    index.close()
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    statuses = [f["status"] for f in json.loads(done.stdout)["files"]]
    assert (statuses.count("unchanged"), statuses.count("added")) == (before, 60 - before)


def stored(index: Path) -> int:
    """How many documents the catalog of an index that is being written to holds."""
    if not (index / "manifest.json").is_file():
        return 0
    catalog = Catalog(index / "catalog.sqlite")
    documents, _ = catalog.counts()
    catalog.close()
    return documents


def test_settings_are_shown(wenju: Wenju, corpus_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each setting is a line, or a field of the JSON; a key is not among them."""
    monkeypatch.setenv("WENJU_LLM_API_KEY", "geheim")
    ran = wenju("config", "show")
    assert f"WENJU_INDEX={corpus_index}" in ran.out.replace("\n", "")
    assert wenju("config", "show", "--json").json["WENJU_INDEX"] == str(corpus_index)
    assert "geheim" not in ran.out


def test_a_backup_is_written_and_restored(wenju: Wenju, tmp_path: Path, corpus_index: Path) -> None:
    """The two commands say how much they wrote and put back, and what cannot be is told with exit code 2."""
    written = wenju("backup", "wenju.backup")
    assert written.code == 0
    assert "12 documents" in written.out
    assert wenju("restore", "wenju.backup", "--index", "new").code == 0
    assert [d["path"] for d in wenju("status", "--json", "--index", "new").json["documents"]] == [
        d["path"] for d in wenju("status", "--json").json["documents"]
    ]
    again = wenju("restore", "wenju.backup", "--index", "new")
    assert again.code == 2
    assert "move it away" in again.err
