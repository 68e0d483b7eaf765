"""A run over five cases and two short reports."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from fakes import HashEmbedder
from rich.console import Console

from assistant import Assistant, Retriever
from evals.case import Case
from evals.report import show, show_failures
from evals.result import Report, Result
from evals.run import evidence_places, judge, run, summary
from ingest.index import open_index
from ingest.pipeline import ingest
from ingest.settings import Settings

REPORTS = {
    "cost.txt": "本文讨论训练的费用。DeepSeek-R1的训练成本约为29.4万美元，用了512块H800。论文由梁文锋担任通讯作者。",
    "retail.txt": "即時零售是指線上下單、由附近門店送達的零售方式。2023年的市場規模約為6500億元，比上一年增長28.9%。",
}
CASES = [
    Case(
        id="number",
        lang="zh-Hans",
        type="fact_number",
        question="DeepSeek-R1的训练成本约为多少美元？",
        answer="29.4万美元",
        must_include=(("29.4万美元",), ("512块",)),
        must_not_include=("208万",),
        evidence=("训练成本约为29.4万美元",),
        evidence_doc=("cost",),
    ),
    Case(
        id="wrong-fact",
        lang="zh-Hant",
        type="fact_number",
        question="2023年即時零售的市場規模約為多少？",
        answer="6500億元",
        must_include=(("5000亿元",),),
        must_not_include=("6500亿元",),
        evidence=("2023年的市场规模约为6500亿元",),
        evidence_doc=("retail.txt",),
    ),
    Case(
        id="name",
        lang="zh-Hans",
        type="fact_entity",
        question="论文由谁担任通讯作者？",
        answer="梁文锋",
        must_include=(("梁文锋",),),
        evidence=("由梁文锋担任通讯作者", "这句话哪里都没有"),
        evidence_doc=("cost.txt", "cost.txt"),
    ),
    Case(id="refused", lang="zh-Hans", type="unanswerable", question="H900集群有多少个节点？", answer=""),
    Case(id="answered", lang="zh-Hans", type="unanswerable", question="论文由谁担任通讯作者？", answer=""),
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """An assistant over two short reports."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "reports").mkdir()
    for name, text in REPORTS.items():
        (folder / "reports" / name).write_text(text, "utf-8")
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    ingest([folder / "reports"], folder / "index", settings, HashEmbedder())
    return Assistant(Retriever(open_index(folder / "index"), HashEmbedder()))


@pytest.fixture(scope="module")
def report(tiny: Assistant) -> Report:
    """Five cases over them, measured."""
    return run(tiny, CASES, {"made": "here"})


@pytest.fixture(scope="module")
def results(report: Report) -> dict[str, Result]:
    """The results by id."""
    return {r.id: r for r in report.results}


def test_cases_are_measured_in_their_order(report: Report) -> None:
    """There is a result for each case."""
    assert [r.id for r in report.results] == [c.id for c in CASES]
    assert report.signature == {"made": "here"}


def test_an_answer_is_measured_against_its_case(results: dict[str, Result]) -> None:
    """Facts, citations, evidence and refusal of an answer that is right."""
    number = results["number"]
    assert "29.4万美元" in number.text
    assert (number.facts, number.all_facts, number.none_wrong) == (1, True, True)
    assert number.recall == {"1": 1, "3": 1, "5": 1, "10": 1}
    assert number.mrr == 1
    assert number.evidence_found
    assert number.citations_exact == 1
    assert number.supported
    assert number.right_refusal
    assert number.right_script
    assert number.missing == ()
    assert number.length == len(number.text)
    assert number.milliseconds > 0


def test_a_wrong_answer_is_told_by_what_it_lacks(results: dict[str, Result]) -> None:
    """A fact that is missing and a wrong one that is stated are both counted."""
    wrong = results["wrong-fact"]
    assert (wrong.facts, wrong.all_facts, wrong.none_wrong) == (0, False, False)
    assert wrong.missing == ("5000亿元",)
    assert wrong.supported is None
    assert wrong.right_script


def test_evidence_that_is_nowhere_counts_against_recall(results: dict[str, Result]) -> None:
    """One of two evidences stands in no report: it is told, and recall is a half."""
    assert results["name"].evidence_found is False
    assert results["name"].recall["5"] == 0.5


def test_refusals_are_right_for_the_unanswerable(results: dict[str, Result]) -> None:
    """A refusal is right where the reports do not tell, an answer is not."""
    assert results["refused"].abstained
    assert results["refused"].right_refusal
    assert not results["answered"].abstained
    assert not results["answered"].right_refusal


def test_where_there_is_nothing_to_judge_there_is_no_figure(results: dict[str, Result]) -> None:
    """A case without facts and evidence has None for them, not 0."""
    refused = results["refused"]
    assert refused.facts is refused.all_facts is refused.none_wrong is refused.evidence_found is refused.mrr is None
    assert set(refused.recall.values()) == {None}


def test_means_are_by_type_and_by_script(report: Report) -> None:
    """Each type and script has the means of its own cases, of the same figures as the whole."""
    assert list(report.by_type) == ["fact_number", "fact_entity", "unanswerable"]
    assert list(report.by_script) == ["zh-Hans", "zh-Hant"]
    assert {n: row["cases"] for n, row in report.by_type.items()} == {
        "fact_number": 2,
        "fact_entity": 1,
        "unanswerable": 2,
    }
    assert {n: row["cases"] for n, row in report.by_script.items()} == {"zh-Hans": 4, "zh-Hant": 1}
    assert all(set(row) == set(report.overall) for row in (*report.by_type.values(), *report.by_script.values()))


def test_the_means_of_five_cases(report: Report) -> None:
    """Means counted by hand: what has no figure is left out, not counted as 0."""
    overall = report.overall
    assert overall["cases"] == 5
    assert overall["facts"] == pytest.approx(2 / 3)
    assert overall["all_facts"] == pytest.approx(2 / 3)
    assert overall["none_wrong"] == pytest.approx(1 / 2)
    assert overall["recall@5"] == pytest.approx(2.5 / 3)
    assert overall["evidence_in_corpus"] == pytest.approx(2 / 3)
    assert overall["refused_unanswerable"] == pytest.approx(1 / 2)
    assert overall["refused_answerable"] == 0
    assert overall["citations_exact"] == 1
    assert overall["right_script"] == 1
    assert report.by_type["unanswerable"]["facts"] is None
    assert report.by_type["unanswerable"]["refused_answerable"] is None
    assert report.by_type["fact_entity"]["refused_unanswerable"] is None


def test_a_summary_of_nothing_has_no_means() -> None:
    """No results have no mean of anything."""
    empty = summary([])
    assert empty.pop("cases") == 0
    assert set(empty.values()) == {None}


def test_refused_answers_count_as_wrong(results: dict[str, Result]) -> None:
    """An answerable question that is refused is counted as such, and has no length."""
    refused = replace(results["name"], abstained=True, right_refusal=False, facts=0.0, all_facts=False)
    row = summary([results["number"], refused])
    assert row["refused_answerable"] == 0.5
    assert row["all_facts"] == 0.5
    assert row["median_length"] == results["number"].length


def test_the_report_as_json(report: Report) -> None:
    """What is written holds results, means and signature, and comes through JSON unchanged but for tuples."""
    told = json.loads(json.dumps(report.to_dict()))
    assert {"results", "overall", "by_type", "by_script", "blames", "risk", "refusals", "parity", "signature"} == set(
        told
    )
    assert len(told["results"]) == 5
    assert {"id", "type", "lang", "question", "text", "abstained", "facts", "recall", "mrr", "missing"} <= set(
        told["results"][0]
    )
    assert told["overall"] == report.overall


def test_progress_is_told_after_each_case(tiny: Assistant) -> None:
    """The caller is told how many are done and how many there are."""
    told: list[tuple[int, int]] = []
    run(tiny, CASES[:3], {}, lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_asking_again_measures_the_same(tiny: Assistant, report: Report) -> None:
    """Two runs differ in nothing but time."""
    again = run(tiny, CASES, {})
    assert [replace(r, milliseconds=0) for r in again.results] == [replace(r, milliseconds=0) for r in report.results]


def test_a_follow_up_is_asked_with_its_history(tiny: Assistant) -> None:
    """The history of a case goes to the answer and to the passages."""
    case = replace(CASES[0], id="follow-up", question="那它的成本呢？", history=("DeepSeek-R1的训练用了几块H800？",))
    assert judge(tiny, case).recall["1"] == 1
    assert "29.4万美元" in judge(tiny, case).text


def test_evidence_is_looked_for_where_its_case_says(tiny: Assistant) -> None:
    """A prefix names the documents; without one all are searched."""
    anywhere = replace(CASES[0], evidence_doc=())
    elsewhere = replace(CASES[0], evidence_doc=("retail",))
    assert [p.document for (p,) in evidence_places(tiny, CASES[0])] == ["cost.txt"]
    assert evidence_places(tiny, anywhere) == evidence_places(tiny, CASES[0])
    assert evidence_places(tiny, elsewhere) == [[]]


def test_a_report_is_shown(report: Report) -> None:
    """The table has a row a type and script and one for all; the signature stands below."""
    shown = StringIO()
    show(report, Console(file=shown, width=200))
    for name in ("fact_number", "unanswerable", "zh-Hant", "all", ".667", "made: here"):
        assert name in shown.getvalue()
    assert "–" in shown.getvalue()


def test_failures_are_shown_with_what_they_lack(report: Report) -> None:
    """Cases that went wrong are told, those that went right are not."""
    shown = StringIO()
    show_failures(report, Console(file=shown, width=200))
    assert "wrong-fact" in shown.getvalue()
    assert "5000亿元" in shown.getvalue()
    assert "answered" in shown.getvalue()
    assert "number " not in shown.getvalue().replace("fact_number", "")


def test_brackets_in_a_question_are_no_markup(report: Report) -> None:
    """A question may hold what the terminal takes for style."""
    odd = replace(report, results=(replace(report.results[1], question="为什么是[/]这样[red]？"),))
    shown = StringIO()
    show_failures(odd, Console(file=shown, width=200))
    assert "[/]这样[red]" in shown.getvalue()


def test_the_index_of_a_run_is_left_alone(tiny: Assistant, tmp_path: Path) -> None:
    """Measuring writes nothing."""
    before = tiny.retriever.documents()
    run(tiny, CASES[:1], {})
    assert tiny.retriever.documents() == before
    assert list(tmp_path.iterdir()) == []
