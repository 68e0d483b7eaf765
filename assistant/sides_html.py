"""Both sides of a document as one page of HTML, which needs nothing but itself: no script, no font, no picture.

Text of the document only ever stands in the page escaped, and the page forbids
scripts, so nothing in it can become markup. What is filtered and in which
language the labels are is decided by the style sheet alone, from checkboxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from importlib.resources import files
from typing import NamedTuple

from assistant.sides import BINS, DAMAGED, FORMAT, HEADING, TABLE, Mark, Piece, Row, Sides, Work
from assistant.visible import one_line, visible

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
LONGEST_NOTE = 120
"""Characters of what a cleaner found that its mark tells when pointed at."""
LONG = 500
"""Characters of a stretch without any passage above which it is shown in a window of its own."""


class Named(NamedTuple):
    """A cleaner's name in Chinese and English, what it does, and its hue in degrees."""

    zh: str
    en: str
    about_zh: str
    about_en: str
    hue: int


NAMES: Mapping[str, Named] = {
    "emoji": Named("表情符号", "Emoji", "混进字词之间的表情符号", "pictographs dropped between characters", 55),
    "pinyin": Named("拼音残留", "Leaked pinyin", "括号里的读音", "readings in brackets behind their character", 250),
    "slipped": Named("错位字节", "Slipped bytes", "错一个字节的文字，已还原", "text read one byte off, put right", 150),
    "residue": Named("残留字符", "Residue", "符号字体与公式的残留", "remains of symbol fonts and formulas", 95),
    "breaks": Named("句中断开", "Broken sentences", "句子当中的空格与空行", "spaces and empty lines inside sentences", 200),
    "pages": Named("页码", "Page numbers", "粘在正文里的页码", "page numbers stuck to the text", 225),
    "tables": Named("粘连表格", "Run-together tables", "把连在一起的单元格分开", "cells that ran together, set apart", 180),
    "boilerplate": Named("网站套话", "Site boilerplate", "网站的按钮、声明与推荐", "controls, notices and lists of a site", 25),
    "contents": Named("目录", "Contents", "带点线和页码的目录", "tables of contents with dot leaders", 310),
    "learned": Named("各处雷同", "Learned boilerplate", "许多文件首尾相同的行", "lines that many files share", 40),
    "foreign": Named("无关内容", "Foreign blocks", "与上下文无关的罗列", "lists that belong to nothing around them", 340),
    "headers": Named("页眉", "Running heads", "混进正文的页眉，各成一行", "heads of slides that ran into the text, set in lines of their own", 285),
    "repeats": Named("重复", "Said twice", "连说两遍的话", "phrases put down twice in a row", 120),
    FORMAT: Named("版式标记", "Markup", "标签、标记和书眉", "tags, marks and running heads of the format", 270),
}  # fmt: skip
"""The cleaners as people are told of them."""


def page(sides: Sides) -> str:
    """The page; open it in any browser."""
    document = sides.document
    name = one_line(document.path)
    return "\n".join(
        (
            '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(name)} · 文据 Wenju</title>",
            f"<style>{_style(sides.works)}</style></head><body>",
            *_switches(sides.works),
            *_head(sides, name),
            *_overview(sides),
            *_bar(sides.works),
            "<main>",
            *_rows(sides.rows),
            "</main>",
            "</body></html>",
        )
    )


def named(cleaner: str) -> Named:
    """What a cleaner is called; one without an entry goes by its own name."""
    return NAMES.get(cleaner) or Named(cleaner, cleaner, "", "", 0)


def _both(zh: str, en: str) -> str:
    return f'<span lang="zh-CN">{escape(zh)}</span><span lang="en">{escape(en)}</span>'


def _style(works: Iterable[Work]) -> str:
    """The style sheet, with a rule for each cleaner: its colour, and what it looks like when it is not wanted."""
    rules = [files("assistant").joinpath("sides.css").read_text("utf-8")]
    for work in works:
        key, off = work.cleaner, f"body:has(#show-{work.cleaner}:not(:checked))"
        rules.append(f".{key} {{ --hue: {named(key).hue} }}")
        rules.append(f"{off} mark.{key} {{ all: unset; color: inherit }}")
        rules.append(f"{off} .switch.{key} {{ opacity: .45 }}")
        rules.append(f"{off} .switch.{key} i {{ background: transparent }}")
        rules.append(f"{off} .strip.{key} {{ opacity: .15 }}")
    return "\n".join(rules)


def _switches(works: Iterable[Work]) -> Iterator[str]:
    """The checkboxes that the style sheet obeys; their labels stand where they are wanted."""
    yield '<input class="state" type="radio" name="language" id="in-zh" checked>'
    yield '<input class="state" type="radio" name="language" id="in-en">'
    yield '<input class="state" type="checkbox" id="only-changed">'
    for work in works:
        yield f'<input class="state" type="checkbox" id="show-{work.cleaner}" checked>'


def _head(sides: Sides, name: str) -> Iterator[str]:
    document = sides.document
    passages = sum(bool(r.number) for r in sides.rows)
    kept = len("".join(document.view.text.split()))
    raw = len("".join(document.raw.split()))
    figures = (
        (f"{len(document.raw):,}", "原文字符", "characters of raw text"),
        (f"{len(document.view):,}", "净文字符", "characters of clean text"),
        (f"{100 * (1 - kept / raw) if raw else 0:.1f}%", "是噪音", "was noise"),
        (f"{sum(w.changes for w in sides.works):,}", "处改动", "changes"),
        (f"{passages:,}", "段落", "passages"),
        (f"{len(document.repaired):,}", "处已还原", "stretches repaired"),
        (f"{len(document.damaged):,}", "处仍残缺", "still damaged"),
    )
    about = " · ".join(
        one_line(t) for t in (document.format, document.encoding, document.publisher, document.date) if t
    )
    yield "<header>"
    yield f'<p class="brand"><b>文据</b> {_both("清理前后对照", "Before and after cleaning")}</p>'
    yield '<p class="languages"><label for="in-zh">中文</label><label for="in-en">English</label></p>'
    yield f"<h1>{escape(one_line(document.title) or name)}</h1>"
    yield f'<p class="file">{escape(name)} · {escape(about)}</p>'
    yield '<dl class="figures">'
    yield from (f"<div><dd>{escape(n)}</dd><dt>{_both(zh, en)}</dt></div>" for n, zh, en in figures)
    yield "</dl></header>"


def _overview(sides: Sides) -> Iterator[str]:
    """A line a cleaner: how much it did, and where in the document."""
    if not sides.works:
        yield f'<p class="nothing">{_both("没有发现噪音：净文与原文相同。", "No noise was found: the clean text is the raw text.")}</p>'
        return
    yield '<table class="overview"><thead><tr>'
    yield f"<th>{_both('清理器', 'Cleaner')}</th><th>{_both('改动', 'Changes')}</th>"
    yield f"<th>{_both('字符', 'Characters')}</th>"
    yield f"<th>{_both('在文中的位置', 'Where in the document')}</th></tr></thead><tbody>"
    for work in sides.works:
        told = named(work.cleaner)
        yield (
            f"<tr><th>{_switch(work)}<small>{_both(told.about_zh, told.about_en)}</small></th>"
            f"<td>{work.changes:,}</td><td>{work.characters:,}</td><td>{_strip(work)}</td></tr>"
        )
    yield "</tbody></table>"


def _switch(work: Work) -> str:
    told = named(work.cleaner)
    return f'<label class="switch {work.cleaner}" for="show-{work.cleaner}"><i></i>{_both(told.zh, told.en)}</label>'


def _strip(work: Work) -> str:
    bars = "".join(
        f'<rect x="{place}" width="1" height="1" opacity="{0.25 + 0.75 * share:.2f}"/>'
        for place, share in enumerate(work.strip)
        if share > 0
    )
    return f'<svg class="strip {work.cleaner}" viewBox="0 0 {BINS} 1" preserveAspectRatio="none" aria-hidden="true">{bars}</svg>'


def _bar(works: Iterable[Work]) -> Iterator[str]:
    yield '<nav><div class="switches">'
    yield from (_switch(w).replace("</label>", f" <b>{w.changes:,}</b></label>") for w in works)
    yield f'<label class="switch only" for="only-changed"><i></i>{_both("只看有改动的段落", "Changed passages only")}</label>'
    yield "</div>"
    yield f'<div class="row names"><span></span><span>{_both("原文", "Raw")}</span><span>{_both("净文", "Clean")}</span></div></nav>'


def _rows(rows: Iterable[Row]) -> Iterator[str]:
    page, heading = "", ""
    for row in rows:
        if row.page != page:
            page = row.page
            yield f'<h2 class="page">{_both("页", "Page")} {escape(one_line(page))}</h2>'
        if row.number and row.heading != heading:
            heading = row.heading
            yield f'<h3 class="path">{escape(visible(heading))}</h3>'
        yield _row(row)


def _row(row: Row) -> str:
    changed = " changed" if row.cleaners else ""
    number = f'<a href="#p{row.number}">{row.number}</a>' if row.number else "–"
    flags = ""
    if row.number and row.repaired:
        flags += f'<em class="flag repaired">{_both("已还原", "repaired")}</em>'
    if row.number and row.damaged:
        flags += f'<em class="flag lost">{_both("有残缺", "damaged")}</em>'
    where = f'id="p{row.number}"' if row.number else f'id="r{row.span.start}"'
    long = " long" if not row.number and len(row.span) > LONG else ""
    reach = ' tabindex="0"' if long else ""
    clean = "".join(map(_piece, row.clean)) if row.number else _taken_out(row)
    return (
        f'<section class="row{changed}{"" if row.number else " gone"}" {where}>'
        f'<div class="number" title="{row.span.start}–{row.span.end}">{number}{flags}</div>'
        f'<div class="raw{long}"{reach}>{"".join(map(_piece, row.raw))}</div>'
        f'<div class="clean">{clean}</div></section>'
    )


def _taken_out(row: Row) -> str:
    """What stands on the clean side where nothing of the raw text is left."""
    names = "、".join(named(c).zh for c in row.cleaners), ", ".join(named(c).en.lower() for c in row.cleaners)
    if not row.cleaners:
        return f"<p>{_both('（空白）', '(white space)')}</p>"
    return f"<p>∅ {_both('已移除：' + names[0], 'taken out: ' + names[1])}</p>"


def _piece(piece: Piece) -> str:
    shown = escape(visible(piece.text))
    for mark in reversed(piece.marks):
        shown = _marked(shown, piece.text, mark)
    return shown


def _marked(shown: str, text: str, mark: Mark) -> str:
    if mark.name in {HEADING, TABLE}:
        return f'<span class="{mark.name}">{shown}</span>'
    if mark.name == DAMAGED:
        return f'<mark class="damaged" title="有残缺，无法还原 · damaged, and not to be repaired">{shown}</mark>'
    told = named(mark.name)
    kind = "put" if mark.left.strip("\u2029") else "taken"
    blank = "" if text.strip() else " blank"
    note = f"{told.zh} · {told.en}: {_short(mark.found) or '∅'} → {_short(mark.left) or '∅'}"
    return f'<mark class="{mark.name} {kind}{blank}" title="{escape(note)}">{shown}</mark>'


def _short(text: str) -> str:
    line = one_line(text.strip("\u2029")).replace("␊", "↵")
    return line if len(line) <= LONGEST_NOTE else line[:LONGEST_NOTE] + "…"
