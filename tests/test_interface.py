"""The commands and calls that others rely on: every field that is promised is there, of its type, and every offset holds.

What is checked here is checked as a script outside would do it. Of the sources it knows
their bytes and their encoding, of the product what it prints and the calls of `assistant`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from noise import drop_emoji, in_traditional, leak_pinyin

from assistant import Answer, Assistant, Hit, Retriever
from evals.cli import app, main
from ingest.settings import Settings

COST = "DeepSeek-R1的训练使用了512块H800 GPU，花费29.4万美元。论文于2025年9月登上《Nature》杂志的封面。"
RETAIL = "2023年，全国即时零售的市场规模约为6500亿元，比上一年增长28.9%。平台把订单交给最近的仓库，骑手平均用时31分钟。"
SHOPS = "硬折扣店只卖一千种左右的商品，其中七成是自有品牌。它的毛利率不到16%，净利率却比一般的超市高。"
LIVE = "直播电商走过了试点、快速发展和规范三个阶段。截至去年12月，直播用户达到8.16亿人，占网民的74.7%。"
LEVELS = "智慧营销分为需求、数据、分发和沉淀四个层面。有一家乳品公司用它把新品上市的周期从11个月缩短到了5个月。"
DTC = "一家运动品牌在三年里关闭了一半的经销商。会员的复购率因此从18%升到了35%，客单价却下降了4元。"

FILES: dict[str, tuple[str, str]] = {
    "cost.txt": (COST, "utf-8"),
    "windows/marked.txt": ("\ufeff" + RETAIL.replace("。", "。\r\n"), "utf-8"),
    "mainland.txt": (drop_emoji(SHOPS * 3, 11).replace("。", "。\n"), "gb18030"),
    "taiwan.txt": (in_traditional(LIVE), "big5"),
    "wide.txt": (in_traditional(leak_pinyin(LEVELS, 3)), "utf-16"),
    "page.md": (f"# 品牌\n\n{DTC}\n\n| 年份 | 会员数 |\n|---|---|\n| 2022 | 310万 |\n| 2023 | 420万 |\n", "utf-8"),
    "page.html": (
        f"<html><body><h1>前置仓</h1><p>前置仓每天超过<b>800单</b>才能盈利。</p><p>{COST}</p></body></html>",
        "utf-8",
    ),
}
"""Reports by path: their characters, and the encoding in which they are written."""
ASKED = (
    "DeepSeek-R1的训练花费多少美元？", "2023年即時零售的市場規模約為多少？", "硬折扣店的商品有几成是自有品牌？",
    "直播用户有多少人？", "新品上市的周期缩短到了几个月？", "會員的復購率升到了多少？", "2023年的会员数是多少？",
    "前置仓每天多少单才能盈利？", "红烧肉要炖多久才烂？",
)  # fmt: skip
CITATION = {
    "document": str, "title": str, "page": str, "start": int, "end": int, "quote": str, "score": float,
    "repaired": bool, "damaged": bool,
}  # fmt: skip
HIT = {
    "document": str, "page": str, "start": int, "end": int, "text": str, "quote": str, "score": float,
    "repaired": bool, "damaged": bool,
}  # fmt: skip
ANSWER = {
    "text": str, "abstained": bool, "script": str, "sentences": list, "citations": list, "conflicts": list,
    "timings_ms": dict,
}  # fmt: skip
Run = Callable[..., str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports in several encodings, clean and damaged, and their index beside them."""
    place = tmp_path_factory.mktemp("interface")
    for path, (text, encoding) in FILES.items():
        file = place / "reports" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode(encoding))
    (place / "questions.jsonl").write_text(
        "".join(json.dumps({"id": f"q{n}", "question": q}) + "\n" for n, q in enumerate(ASKED)), "utf-8"
    )
    return place


@pytest.fixture(scope="module")
def index(folder: Path) -> Path:
    """The index, made by the command that makes it."""
    command = [sys.executable, "-m", "evals.cli", "ingest", str(folder / "reports"), "--index", str(folder / "index")]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert {f["path"]: f["status"] for f in told["files"]} == dict.fromkeys(FILES, "added")
    return folder / "index"


@pytest.fixture
def wenju(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command that ends well, and gives what it printed."""

    def run(*arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", ["wenju", *map(str, arguments)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as exc:
            code = int(exc.code or 0)
        printed = capsys.readouterr()
        assert code == 0, printed.err
        return printed.out

    return run


@pytest.fixture(scope="module")
def asked(index: Path) -> dict[str, dict[str, Any]]:
    """What each question is answered, in the form of its JSON."""
    assistant = Assistant.open(str(index), Settings(_env_file=None))  # type: ignore[call-arg]
    return {q: json.loads(json.dumps(assistant.ask(q).to_dict())) for q in ASKED}


def has(given: dict[str, Any], fields: dict[str, type]) -> None:
    """Every field that is promised is there, and of its type."""
    assert {name: type(given.get(name)) for name in fields} == fields


def marks(folder: Path, given: dict[str, Any]) -> str:
    """The characters of the file that a citation or passage marks, found without the product."""
    _, encoding = FILES[given["document"]]
    return (folder / "reports" / given["document"]).read_bytes().decode(encoding)[given["start"] : given["end"]]


def stands_in(quote: str, marked: str) -> bool:
    """Whether a quotation is some of the marked characters in their order, the first and the last among them."""
    wanted, left = "".join(quote.split()), iter(marked)
    return (wanted[0], wanted[-1]) == (marked[0], marked[-1]) and all(c in left for c in wanted)


def test_an_answer_has_every_field(asked: dict[str, dict[str, Any]]) -> None:
    """Fields of the answer, its sentences and its citations; sentences count their citations from 0."""
    for told in asked.values():
        has(told, ANSWER)
        assert all(isinstance(ms, int | float) for ms in told["timings_ms"].values())
        for citation in told["citations"]:
            has(citation, CITATION)
        for sentence in told["sentences"]:
            has(sentence, {"text": str, "citations": list})
            assert set(sentence["citations"]) <= set(range(len(told["citations"])))
    assert [q for q, told in asked.items() if told["abstained"]] == [ASKED[-1]]


@pytest.mark.parametrize("path", FILES)
def test_offsets_count_the_characters_of_the_file(asked: dict[str, dict[str, Any]], folder: Path, path: str) -> None:
    """Of each file something is cited, and its bytes decoded and cut are the marked words."""
    cited = [c for told in asked.values() for c in told["citations"] if c["document"] == path]
    assert cited
    assert all(stands_in(c["quote"], marks(folder, c)) for c in cited)


def test_a_quotation_of_a_clean_text_is_the_marked_words(asked: dict[str, dict[str, Any]], folder: Path) -> None:
    """What needs no cleaning is quoted as it stands."""
    for told in asked.values():
        for citation in told["citations"]:
            if citation["document"] in {"cost.txt", "taiwan.txt"}:
                assert marks(folder, citation) == citation["quote"]


def test_what_is_wrong_by_one_character_is_seen(asked: dict[str, dict[str, Any]], folder: Path) -> None:
    """The check above fails for offsets that are shifted."""
    for told in asked.values():
        for citation in told["citations"]:
            shifted = {**citation, "start": citation["start"] + 1, "end": citation["end"] + 1}
            assert not stands_in(citation["quote"], marks(folder, shifted))


def test_ask_prints_what_the_call_gives(wenju: Run, index: Path, asked: dict[str, dict[str, Any]]) -> None:
    """`ask --json` and `Answer.to_dict` are one, but for the times."""
    told = json.loads(wenju("ask", ASKED[1], "--index", index, "--json"))
    assert {**told, "timings_ms": {}} == {**asked[ASKED[1]], "timings_ms": {}}
    assert told["script"] == "zh-Hant"
    assert "6500億" in told["text"]


def test_ask_takes_a_history(wenju: Run, index: Path) -> None:
    """Earlier questions tell what a short one is about."""
    told = json.loads(wenju("ask", "比上一年增长多少？", "--index", index, "--history", ASKED[1], "--json"))
    assert "28.9%" in told["text"]


@pytest.mark.parametrize("to_file", [False, True])
def test_lines_of_retrieve_have_every_field(wenju: Run, folder: Path, index: Path, to_file: bool) -> None:
    """A line a question, in their order, with at most k passages, each of which cuts the file to its words."""
    to = folder / "hits.jsonl"
    printed = wenju(
        "retrieve",
        "--questions",
        folder / "questions.jsonl",
        "-k",
        3,
        "--index",
        index,
        *(["--out", to] if to_file else []),
    )
    lines = [json.loads(line) for line in (to.read_text("utf-8") if to_file else printed).splitlines()]
    assert [line["id"] for line in lines] == [f"q{n}" for n in range(len(ASKED))]
    for line in lines:
        assert 1 <= len(line["hits"]) <= 3
        assert [h["score"] for h in line["hits"]] == sorted((h["score"] for h in line["hits"]), reverse=True)
        for hit in line["hits"]:
            has(hit, HIT)
            assert stands_in(hit["quote"], marks(folder, hit))


def test_eval_writes_its_reports_and_compares(wenju: Run, folder: Path, index: Path) -> None:
    """JSON, a page, and a baseline that the same figures pass."""
    case = {
        "id": "one", "lang": "zh-Hans", "type": "fact_number", "question": ASKED[0], "answer": "29.4万美元",
        "must_include": [["29.4万美元"]], "evidence": ["花费29.4万美元"], "evidence_doc": ["cost.txt"],
    }  # fmt: skip
    (folder / "cases.jsonl").write_text(json.dumps(case, ensure_ascii=False) + "\n", "utf-8")
    common = ("eval", folder / "cases.jsonl", "--index", index, "--baseline", folder / "baseline.json")
    wenju(*common, "--update-baseline")
    printed = wenju(*common, "--json", folder / "report.json", "--html", folder / "report.html")
    assert "no loss beyond noise" in printed
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert report["overall"]["facts"] == 1
    assert report["results"][0]["id"] == "one"
    assert (folder / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_status_and_doctor_tell_of_the_index(wenju: Run, index: Path) -> None:
    """What is in the index, and that it answers."""
    told = json.loads(wenju("status", "--index", index, "--json"))
    assert {d["path"] for d in told["documents"]} == set(FILES)
    assert "all is well" in wenju("doctor", "--index", index)


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("ingest", {"--index", "--json"}),
        ("ask", {"--index", "--history", "--json"}),
        ("retrieve", {"--questions", "-k", "--out", "--index"}),
        ("eval", {"--index", "--json", "--html", "--baseline"}),
        ("chat", {"--index", "--host", "--port"}),
        ("serve", {"--mcp"}),
        ("status", {"--index"}),
        ("doctor", {"--index"}),
    ],
)
def test_every_command_has_its_options(command: str, options: set[str]) -> None:
    """No command and no option that others call goes away."""
    group = typer.main.get_command(app)
    assert options <= {o for p in group.commands[command].params for o in p.opts}  # type: ignore[attr-defined]


def test_the_calls_of_a_script(index: Path) -> None:
    """What `Retriever` and `Assistant` give has the attributes that scripts read."""
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    hits = Retriever.open(str(index), settings).retrieve(ASKED[0], k=2)
    assert len(hits) == 2
    for hit in hits:
        assert isinstance(hit, Hit)
        assert all(isinstance(t, str) and t for t in (hit.text, hit.quote, hit.document, hit.why))
        assert isinstance(hit.page, str)
        assert isinstance(hit.score, float)
        assert 0 <= hit.span.start < hit.span.end
    assistant = Assistant.open(str(index), settings)
    answer = assistant.ask(ASKED[0], history=["什么是DeepSeek？"])
    assert isinstance(answer, Answer)
    assert answer.text
    assert answer.sentences[0].citations == (0,)
    assert (answer.abstained, answer.conflicts) == (False, ())
    *steps, last = assistant.stream(ASKED[0])
    assert last.answer == assistant.ask(ASKED[0])
    assert [s.sentence for s in steps] == list(last.answer.sentences)


def test_texts_that_a_caller_brings_are_called_by_their_numbers_from_0() -> None:
    """No index: the first text is "0", and offsets count the characters of the text as it was given."""
    texts = [drop_emoji(COST, 5), RETAIL, in_traditional(SHOPS)]
    assistant = Assistant.over(texts, Settings(_env_file=None))  # type: ignore[call-arg]
    for question, number in ((ASKED[0], "0"), (ASKED[1], "1"), (ASKED[2], "2")):
        told = assistant.ask(question).to_dict()
        has(told, ANSWER)
        (citation, *_) = told["citations"]  # type: ignore[misc]
        has(citation, CITATION)
        assert citation["document"] == number
        assert stands_in(citation["quote"], texts[int(number)][citation["start"] : citation["end"]])
