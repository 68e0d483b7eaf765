"""A report as one page of HTML, which needs nothing but itself: no script, no font, no picture.

Text of cases and documents only ever stands in the page escaped, and the page
forbids scripts, so nothing in it can become markup. Cases are filtered by the
style sheet alone, from checkboxes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from assistant.visible import one_line, visible
from evals.charts import Point, bars, curve, diverging, histogram, lines
from evals.compare import Change, Comparison, failed_gate
from evals.metrics import mean
from evals.result import Cited, Past, Report, Result, Row, Traced
from ingest.errors import BadBaseline

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
PASSED = "passed"
FIGURES = (
    ("facts", "required facts stated"), ("all_facts", "answers with every fact"), ("recall@5", "evidence among five passages"),
    ("citations_exact", "citations exact"), ("support_rate", "sentences borne out"), ("citation_recall", "evidence cited"),
    ("refused_unanswerable", "unanswerable refused"), ("refused_answerable", "answerable refused"),
    ("judged", "found right by the judge"),
)  # fmt: skip
OVER_TIME = {
    "facts": "facts",
    "recall@5": "recall@5",
    "refused_unanswerable": "unanswerable refused",
    "risk": "wrong among answered",
}
SHOWN = (
    ("facts", "facts"), ("recall@1", "recall@1"), ("recall@5", "recall@5"), ("ndcg", "nDCG@10"), ("f1", "F1"),
    ("citation_precision", "citation precision"), ("citation_recall", "citation recall"), ("judged", "judged"),
)  # fmt: skip


def page(report: Report, comparison: Comparison | None = None, past: Sequence[Past] = ()) -> str:
    """The page; open it in any browser. `past` are earlier runs, oldest first."""
    return "\n".join(
        (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{len(report.results)} reference questions · 文据 Wenju</title>",
            f"<style>{_style(report)}</style></head><body>",
            *_switches(report),
            *_head(report, comparison),
            '<section class="charts">',
            *_charts(report, past),
            "</section>",
            *(_compared(comparison) if comparison else ()),
            *_bar(report),
            "<main>",
            *(_case(r) for r in report.results),
            "</main>",
            *_foot(report.signature),
            "</body></html>",
        )
    )


def read_past(file: Path) -> Past:
    """What an earlier report tells of its run. Raises BadBaseline when it is none."""
    try:
        given = json.loads(file.read_text("utf-8"))
        signature, overall = given["signature"], given["overall"]
        figures = {str(name): None if value is None else float(value) for name, value in overall.items()}
        return Past(str(signature.get("made", "")), str(signature.get("revision", "")), figures)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BadBaseline(f"{file}: no report ({exc})", "give what wenju eval --json wrote") from exc


def past_of(report: Report) -> Past:
    """A report as the last of a history."""
    return Past(report.signature.get("made", ""), report.signature.get("revision", ""), report.overall)


def _safe(text: str) -> str:
    return escape(visible(text))


def _key(kind: str, value: str) -> str:
    """The class that cases of a value have, and their checkbox by its id."""
    return f"{kind}-" + "".join(c if c.isalnum() else "-" for c in value)


def _groups(report: Report) -> Mapping[str, Mapping[str, int]]:
    """What cases can be filtered by, with how many there are of each."""
    return {
        "outcome": {PASSED: sum(not r.blame for r in report.results), **report.blames},
        "type": Counter(r.type for r in report.results),
        "script": Counter(r.lang for r in report.results),
    }


def _style(report: Report) -> str:
    rules = [files("evals").joinpath("report.css").read_text("utf-8")]
    for kind, values in _groups(report).items():
        for value in values:
            off = f"body:has(#{_key('show-' + kind, value)}:not(:checked))"
            rules.append(f"{off} .case.{_key(kind, value)} {{ display: none }}")
            rules.append(
                f'{off} label[for="{_key("show-" + kind, value)}"] {{ opacity: .4; text-decoration: line-through }}'
            )
    return "\n".join(rules)


def _switches(report: Report) -> Iterator[str]:
    for kind, values in _groups(report).items():
        for value in values:
            yield f'<input class="state" type="checkbox" id="{_key("show-" + kind, value)}" checked aria-label="{_safe(value)}">'


def _bar(report: Report) -> Iterator[str]:
    yield "<nav><div>"
    for kind, values in _groups(report).items():
        labels = (f'<label for="{_key("show-" + kind, v)}">{_safe(v)}<b>{n}</b></label>' for v, n in values.items())
        yield f"<p><span>{kind}</span>{''.join(labels)}</p>"
    yield "</div></nav>"


def _head(report: Report, comparison: Comparison | None) -> Iterator[str]:
    overall, signature = report.overall, report.signature
    made = " · ".join(v for n in ("made", "revision", "embedding", "writer") if (v := signature.get(n, "")))
    failed = sum(bool(r.blame) for r in report.results)
    yield '<header><p class="brand"><b>文据</b> Wenju: how well questions are answered</p>'
    yield f"<h1>{len(report.results)} reference questions, {failed} failed</h1>"
    yield f'<p class="made">{_safe(made)}</p><dl class="figures">'
    for name, words in FIGURES:
        if (value := overall.get(name)) is not None:
            yield f"<div><dt>{words}</dt><dd>{value:.3f}</dd></div>"
    yield f"<div><dt>median time</dt><dd>{overall['p50_ms'] or 0:.0f} ms</dd></div></dl>"
    if comparison:
        reasons = "; ".join(failed_gate(comparison))
        kind, told = (
            ("passes", "no loss beyond noise, every citation exact") if comparison.passes else ("fails", reasons)
        )
        yield f'<p class="verdict {kind}">{_safe(told)}</p>'
    yield "</header>"


def _charts(report: Report, past: Sequence[Past]) -> Iterator[str]:
    results = report.results
    scripts = list(report.by_script)
    rows = [
        (t, [mean(r.facts for r in results if r.type == t and r.lang == s) for s in scripts])
        for t, row in report.by_type.items()
        if row["facts"] is not None
    ]
    yield _figure(
        "Facts by type and script",
        "share of required facts in the answers",
        bars(rows, "Facts by type and script"),
        scripts,
    )
    if report.risk:
        end = {"refusals begin": report.risk[-1][0]}
        drawn = curve([Point(c, r) for c, r in report.risk], "Risk against coverage", "coverage", "risk", end)
        yield _figure("Risk and coverage", "share of wrong answers among the surest", drawn)
    if report.refusals:
        here = report.overall["refused_answerable"]
        set_at = {} if here is None else {"as set": 1 - here}
        steps = [Point(answered, refused) for answered, refused in report.refusals]
        drawn = curve(steps, "Refusals", "answerable answered", "unanswerable refused", set_at)
        yield _figure("Answered and refused", "by the confidence below which a question is refused", drawn)
    if times := [r.milliseconds for r in results]:
        marks = {name: report.overall[f"{name}_ms"] or 0 for name in ("p50", "p95")}
        yield _figure(
            "Time of an answer", "milliseconds, all questions", histogram(times, "Time of an answer", " ms", marks)
        )
    rows = [(t, [row["p50_ms"], row["p95_ms"]]) for t, row in report.by_type.items()]
    if longest := max((ms for _, pair in rows for ms in pair if ms is not None), default=0):
        drawn = bars(rows, "Time by type", longest, ".0f")
        yield _figure("Time by type", "milliseconds", drawn, ["median", "95th percentile"])
    if report.blames:
        stages: list[tuple[str, list[float | None]]] = [(b, [float(n)]) for b, n in report.blames.items()]
        drawn = bars(stages, "Failed cases by stage", max(report.blames.values()), ".0f")
        yield _figure("What failed cases failed in", "cases, by the first stage that let them down", drawn)
    if report.parity:
        told = "facts, in percentage points more or less than as asked and as reported"
        yield _figure("Asked and written otherwise", told, _parity(report.parity))
    if past:
        runs = [*past, past_of(report)]
        series = {words: [run.overall.get(name) for run in runs] for name, words in OVER_TIME.items()}
        labels = [run.made[:10] + (f" {run.revision}" if run.revision else "") for run in runs]
        yield _figure("Over time", f"{len(runs)} runs", lines(series, labels, "Figures of past runs"), list(series))


def _figure(title: str, about: str, drawn: str, series: Sequence[str] = ()) -> str:
    key = "".join(f'<span><i class="s{n}"></i>{_safe(name)}</span>' for n, name in enumerate(series))
    return (
        f"<figure><figcaption>{escape(title)}<small>{escape(about)}</small></figcaption>"
        f"{f'<p class=key>{key}</p>' if key else ''}{drawn}</figure>"
    )


def _parity(rows: Mapping[str, Row]) -> str:
    """The points of the facts as bars, of every figure as a table."""
    points = [(way, value) for way, row in rows.items() if (value := row.get("facts")) is not None]
    names = list(dict.fromkeys(name for row in rows.values() for name in row if name != "cases"))
    head = "".join(f"<th>{_safe(name.replace('_', ' '))}</th>" for name in ("", "cases", *names))
    body = "".join(
        f'<tr><th>{_safe(way)}</th><td class="n">{row.get("cases") or 0:.0f}</td>'
        + "".join(f'<td class="n">{_signed(row.get(name))}</td>' for name in names)
        + "</tr>"
        for way, row in rows.items()
    )
    table = f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    return diverging(points, "Asked and written otherwise") + table


def _signed(points: float | None) -> str:
    return "–" if points is None else f"{points:+.1f}"


def _compared(comparison: Comparison) -> Iterator[str]:
    yield f'<section class="compared"><h2>Against the baseline: {comparison.compared} cases</h2>'
    if comparison.differs:
        yield f"<p>Made otherwise: {_safe(', '.join(comparison.differs))}</p>"
    if comparison.changes:
        yield "<table><thead><tr><th>figure</th><th>before</th><th>now</th><th>95 % interval</th><th>verdict</th><th>worse</th><th>better</th></tr></thead><tbody>"
        yield from map(_change, comparison.changes)
        yield "</tbody></table>"
    else:
        yield "<p>No figure of any case changed.</p>"
    yield "</section>"


def _change(c: Change) -> str:
    ids = (f'<td class="ids">{_safe(", ".join(some))}</td>' for some in (c.worse, c.better))
    return (
        f'<tr class="{c.verdict}"><td>{_safe(c.name)}</td><td class="n">{c.before:.3f}</td><td class="n">{c.after:.3f}</td>'
        f'<td class="n">{c.low:+.3f} to {c.high:+.3f}</td><td>{c.verdict or "within noise"}</td>{"".join(ids)}</tr>'
    )


def _case(r: Result) -> str:
    classes = (
        "case",
        "failed" if r.blame else "",
        _key("outcome", r.blame or PASSED),
        _key("type", r.type),
        _key("script", r.lang),
    )
    numbers = (f"<span>{words} {value:.2f}</span>" for name, words in SHOWN if (value := r.figure(name)) is not None)
    history = "".join(f"<p>{_safe(h)}</p>" for h in r.history)
    return "".join(
        (
            f'<details class="{" ".join(filter(None, classes))}" id="{_key("case", r.id)}"><summary><code>{_safe(r.id)}</code>',
            f'<span class="type">{_safe(r.type)}</span><span class="q" lang="{r.lang}">{_safe(r.question)}</span>',
            f'<span class="chip">{_safe(r.blame or PASSED)}</span></summary><div class="body">',
            f"<div><h3>asked before</h3>{history}</div>" if history else "",
            f"<div><h3>answer{' (refused)' if r.abstained else ''}</h3>",
            f'<p class="answer{" refusal" if r.abstained else ""}" lang="{r.lang}">{_safe(r.text)}</p>',
            f'<p class="missing">lacks {_safe(", ".join(r.missing))}</p>' if r.missing else "",
            "</div>",
            f'<div><h3>as it should be</h3><p lang="{r.lang}">{_safe(r.reference)}</p></div>' if r.reference else "",
            f'<div class="numbers">{"".join(numbers)}<span>confidence {r.confidence:.2f}</span><span>{r.milliseconds:.0f} ms</span></div>',
            f"<div><h3>{'nearest passages' if r.abstained else 'cited'}</h3>{''.join(map(_source, r.cited))}</div>"
            if r.cited
            else "",
            f"<div><h3>evidence</h3>{''.join(map(_evidence, r.evidence))}</div>" if r.evidence else "",
            "</div></details>",
        )
    )


def _source(c: Cited) -> str:
    page_of = f" · p. {one_line(c.page)}" if c.page else ""
    told = "".join(
        f" · {words}" for words, holds in (("holds evidence", c.useful), ("not exact", not c.exact)) if holds
    )
    quote = "" if c.exact else f'<p class="missing">{_safe(c.quote)}</p>'
    return (
        f'<div class="source{" useful" if c.useful else ""}{"" if c.exact else " inexact"}">'
        f'<span class="where">{escape(one_line(c.document) + page_of)} · {c.start}–{c.end}{told}</span>'
        f'<p><span class="around">{_safe(c.before)}</span><mark>{_safe(c.marked)}</mark><span class="around">{_safe(c.after)}</span></p>{quote}</div>'
    )


def _evidence(e: Traced) -> str:
    where = e.state if e.state != "found" else f"rank {e.rank}" if e.rank else "not among the passages looked at"
    cited = " · cited" if e.cited else ""
    return (
        f'<div class="source{" useful" if e.cited else ""}"><span class="where">{escape(one_line(e.document))} · {where}{cited}</span>'
        f"<p>{_safe(e.text)}</p></div>"
    )


def _foot(signature: Mapping[str, str]) -> Iterable[str]:
    rows = "".join(f"<tr><th>{_safe(name)}</th><td>{_safe(value)}</td></tr>" for name, value in signature.items())
    yield f"<footer><h2>Made with</h2><table><tbody>{rows}</tbody></table></footer>"
