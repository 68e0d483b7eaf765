"""The page of a report: all cases are on it, nothing on it is markup that should not be, and the charts tell the figures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evals.charts import Point, bars, curve, diverging, histogram, lines
from evals.compare import baseline_of, compare
from evals.report_html import page, past_of, read_past
from evals.result import Cited, Report, Result, Traced
from evals.run import summary
from ingest.errors import BadBaseline

CHROMIUM = Path("/usr/bin/chromium")
EVIL = "<script>alert(1)</script>\u202e&\"'<img src=x onerror=alert(1)>"


def result(id_: str, **changes: object) -> Result:
    made = Result(
        id=id_, type="fact_number", lang="zh-Hans", question="成本是多少？", text="成本约29.4万美元。", abstained=False,
        confidence=1.0, facts=1.0, all_facts=True, none_wrong=None, evidence_found=True,
        recall={"1": 1.0, "3": 1.0, "5": 1.0, "10": 1.0}, mrr=1.0, ndcg=1.0, f1=0.5, exact_match=False, citations=1,
        citations_exact=1.0, citation_precision=1.0, citation_recall=1.0, supported=True, support_rate=1.0, honest=1.0,
        right_refusal=True, right_script=True, length=11, milliseconds=5.0, false_conflict=False,
        cited=(Cited("a.txt", "3", 10, 20, "前文", "训练成本约29.4万美元", "后文", "训练成本约29.4万美元", True, True),),
        evidence=(Traced("训练成本约29.4万美元", "a.txt", "found", 1, True),),
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def report(*results: Result, **signature: str) -> Report:
    types, scripts = dict.fromkeys(r.type for r in results), dict.fromkeys(r.lang for r in results)
    blames = {b: sum(r.blame == b for r in results) for b in dict.fromkeys(r.blame for r in results) if b}
    return Report(
        results,
        summary(results),
        {t: summary([r for r in results if r.type == t]) for t in types},
        {s: summary([r for r in results if r.lang == s]) for s in scripts},
        blames,
        ((0.5, 0.0), (1.0, 0.5)),
        {"script": {"facts": -2.5, "recall@5": None}},
        {"made": "2026-01-01T00:00:00+00:00", **signature},
    )


LACKING = {"facts": 0.0, "all_facts": False, "missing": ("29.4万",), "blame": "not chosen"}
TWO = report(result("right"), result("wrong", lang="zh-Hant", question="成本是幾何？", **LACKING))


class Tags(HTMLParser):
    """Counts the elements of a page, and whether each is closed."""

    VOID = frozenset({"meta", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        assert not [name for name, _ in attrs if name.startswith("on") or name in {"src", "href"}]
        self.seen.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        assert self.open.pop() == tag


def tags(text: str) -> list[str]:
    parser = Tags()
    parser.feed(text)
    assert parser.open == []
    return parser.seen


def test_every_case_is_there_with_its_answer_and_its_blame() -> None:
    """Question, answer, what it should be, the mark in its source, the evidence."""
    shown = page(TWO)
    assert tags(shown).count("details") == 2
    for words in (
        "成本是多少？",
        "not chosen",
        "lacks 29.4万",
        "<mark>训练成本约29.4万美元</mark>",
        "前文",
        "rank 1 · cited",
        "10–20",
    ):
        assert words in shown


def test_times_and_other_ways_of_writing_are_shown() -> None:
    """How long each type takes, and for each way of writing every figure that changed, a dash where there is none."""
    slow = report(result("quick"), result("slow", type="list", milliseconds=250.0))
    shown = page(slow)
    assert "Time by type" in shown
    assert "list: 250" in shown
    assert '<th>script</th><td class="n">0</td><td class="n">-2.5</td><td class="n">–</td>' in shown
    assert "Time by type" not in page(report(result("at once", milliseconds=0.0)))


def test_the_page_needs_nothing_but_itself() -> None:
    """No script, no picture, nothing to fetch; the page forbids all of it."""
    shown = page(TWO, compare(baseline_of(TWO), TWO), [past_of(TWO)])
    assert not {"script", "img", "link", "iframe", "object"} & set(tags(shown))
    assert "default-src 'none'" in shown
    assert not re.findall(r"url\(|@import|https?://", shown)


def test_nothing_that_is_shown_becomes_markup() -> None:
    """Whatever stands in a case, a document or a signature is text."""
    evil = result(
        EVIL, type=EVIL, question=EVIL, text=EVIL, reference=EVIL, history=(EVIL,), blame=EVIL, missing=(EVIL,),
        cited=(Cited(EVIL, EVIL, 0, 1, EVIL, EVIL, EVIL, EVIL, False, False),),
        evidence=(Traced(EVIL, EVIL, "found", None),),
    )  # fmt: skip
    shown = page(report(evil, revision=EVIL))
    seen = tags(shown)
    assert not {"script", "img"} & set(seen)
    assert "\u202e" not in shown


def test_each_filter_has_its_rule() -> None:
    """A checkbox for each outcome, type and script, a label for it, and a rule that hides its cases."""
    shown = page(TWO)
    boxes = set(re.findall(r'type="checkbox" id="([\w-]+)"', shown))
    assert boxes == set(re.findall(r'<label for="([\w-]+)"', shown)) == set(re.findall(r"#(show-[\w-]+):not", shown))
    assert boxes == {
        "show-outcome-passed", "show-outcome-not-chosen", "show-type-fact-number", "show-script-zh-Hans", "show-script-zh-Hant",
    }  # fmt: skip


def test_the_verdict_and_what_changed_are_told() -> None:
    """Against a baseline the page says what fell, and of which cases."""
    before = report(*(result(f"q{i}") for i in range(20)))
    after = report(*(result(f"q{i}", **LACKING) for i in range(20)))
    shown = page(after, compare(baseline_of(before), after))
    assert 'class="verdict fails"' in shown
    assert '<tr class="loss"><td>facts</td><td class="n">1.000</td><td class="n">0.000</td>' in shown
    assert 'class="verdict passes"' in page(before, compare(baseline_of(before), before))


def test_earlier_reports_make_a_history(tmp_path: Path) -> None:
    """What --json wrote is read back, and drawn in a line with this run."""
    file = tmp_path / "r.json"
    file.write_text(json.dumps(TWO.to_dict()), "utf-8")
    assert read_past(file) == past_of(TWO)
    assert "3 runs" in page(TWO, past=[read_past(file)] * 2)


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"signature": {}, "overall": {"facts": "all"}}'])
def test_what_is_no_report_is_told(tmp_path: Path, content: str | None) -> None:
    """It is named."""
    if content is not None:
        (tmp_path / "r.json").write_text(content, "utf-8")
    with pytest.raises(BadBaseline, match=r"r\.json"):
        read_past(tmp_path / "r.json")


def lengths(svg: str, kind: str) -> list[float]:
    """The lengths of the bars of a chart, which has to be well-formed."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - made here
    return [float(r.attrib["width"]) for r in root.iter("rect") if r.attrib["class"] == kind]


def test_bars_are_as_long_as_their_figures() -> None:
    """In proportion, one a series; None has no bar."""
    drawn = bars([("a & b", [0.5, None]), ("c", [1.0, 0.25])], "<about>")
    assert lengths(drawn, "s0")[1] == pytest.approx(2 * lengths(drawn, "s0")[0])
    assert lengths(drawn, "s1") == [pytest.approx(lengths(drawn, "s0")[0] / 2)]
    assert lengths(bars([("x", [30.0])], "", 60, ".0f"), "s0") == [pytest.approx(lengths(drawn, "s0")[0])]


def test_what_falls_goes_to_the_left() -> None:
    """Losses and gains have their own colours, and lengths in proportion."""
    drawn = diverging([("facts", -4.0), ("recall", 2.0), ("same", 0.0)], "parity")
    assert lengths(drawn, "down") == [pytest.approx(2 * lengths(drawn, "up")[0])]


def test_a_histogram_holds_every_value() -> None:
    """The heights of its bars stand for all values; one value is enough."""
    told = re.findall(r"ms: (\d+)<", histogram([1, 2, 2, 3, 100], "times", " ms", {"p50": 2}))
    assert sum(map(int, told)) == 5
    assert "<rect" in histogram([0.0], "times", " ms", {})


def points(svg: str) -> Iterator[tuple[float, float]]:
    for x, y in re.findall(r"([\d.]+),([\d.]+)", re.findall(r'points="([^"]*)"', svg)[0]):
        yield float(x), float(y)


def test_lines_rise_with_their_figures() -> None:
    """More is further up and further to the right; a run without the figure leaves a gap."""
    (x1, y1), (x2, y2) = points(curve([Point(0.2, 0.1), Point(0.9, 0.8)], "risk", "coverage", "risk", {"end": 0.9}))
    assert x1 < x2
    assert y1 > y2
    drawn = list(points(lines({"facts": [0.5, None, 0.7]}, ["a", "b", "c"], "over time")))
    assert len(drawn) == 2
    assert drawn[0][1] > drawn[1][1]
    ElementTree.fromstring(lines({"facts": []}, [], "nothing"))  # noqa: S314 - made here


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed")
def test_cases_are_filtered_in_a_browser(tmp_path: Path) -> None:
    """A click on a label hides its cases and another shows them, without any script; nothing is complained of."""
    from playwright.sync_api import sync_playwright

    file = tmp_path / "report.html"
    file.write_text(page(TWO, compare(baseline_of(TWO), TWO), [past_of(TWO)]), "utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        opened = browser.new_context(java_script_enabled=True, offline=True).new_page()
        complaints: list[str] = []
        opened.on("console", lambda message: complaints.append(message.text))
        opened.goto(file.as_uri())
        assert opened.locator(".case:visible").count() == 2
        opened.locator('label[for="show-outcome-passed"]').click()
        assert opened.locator(".case:visible summary code").all_inner_texts() == ["wrong"]
        opened.locator('label[for="show-script-zh-Hant"]').click()
        assert opened.locator(".case:visible").count() == 0
        opened.locator('label[for="show-outcome-passed"]').click()
        assert opened.locator(".case:visible summary code").all_inner_texts() == ["right"]
        opened.locator(".case:visible summary").click()
        assert opened.locator(".case:visible mark").is_visible()
        browser.close()
    assert complaints == []
