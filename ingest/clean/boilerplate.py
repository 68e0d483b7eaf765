"""What a site wraps around a text: reader's controls, notices, lists of other articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from ingest.document import BREAK, Edit, View
from ingest.fold import fold_view

# All patterns see folded text: Simplified, half-width, lower case.
SURE = re.compile(
    r".{0,120}_第\d+页"
    r"|已阅读\d+页,还剩\d+页未读.{0,12}"
    r"|(?:继续)?免费阅读|下载本文档|提交评论|发表评论|0/\d{2,4}"
    r"|版权说明:.{0,100}(?:举报或认领|用户提供).{0,20}"
    r"|更新时间:.{0,30}浏览次数:\s*\d*"
    r"|/p>"
)
"""A line that only sites write."""
LIKELY = re.compile(
    r"文档简介|最新文档|收藏|分享|举报|评论|相关推荐|猜你喜欢|热门推荐|上一篇.{0,60}|下一篇.{0,60}|网友评论.{0,12}"
    r"|</?(?:p|br|div|span|a|b|i|strong|em|font|img|table|tr|td|ul|ol|li|h[1-6]|center|section)/?>|p>"
)
"""A line that a report may have as well: it goes where it stands among lines that only sites write."""
TAILS = (re.compile(r"温馨提示"), re.compile(r"推荐阅读|相关阅读|延伸阅读|更多推荐"))
"""A line that is one of these ends the text, when only boilerplate or headlines follow it."""
INLINE = re.compile(
    r"(?:(?<=\s)|^)展开全文(?=\s|$)|返回搜狐,?查看更多(?:责任编辑:[^\n]{0,20})?"
    r"|page\s*page\s*\d{1,3}|(?<=[^<\w])/p>|点击(?:展开|查看)(?:全文|更多)",
    re.MULTILINE,
)
SIGNALS = 2
"""One such phrase alone may be part of a text; a scraped page shows several."""


class _Line(NamedTuple):
    start: int
    end: int
    text: str


def find_boilerplate(view: View) -> list[Edit]:
    """Delete the head and tail of document-sharing sites and news portals, and their controls inside the text.

    Nothing is deleted from a text that shows fewer than `SIGNALS` of them.
    """
    folded = fold_view(view)
    lines = list(_lines(folded.text))
    edits = [Edit(n.start, n.end) for n in _controls(lines)]
    edits += [Edit(m.start(), m.end()) for m in INLINE.finditer(folded.text)]
    if (tail := _tail(lines)) is not None:
        edits = [e for e in edits if e.end <= tail] + [Edit(tail, len(folded))]
    if len(edits) < SIGNALS:
        return []
    return [_unfolded(e, folded, view) for e in _merged(edits, folded.text)]


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for line in re.split(f"[\n{BREAK}]", text):
        if stripped := line.strip():
            lead = line.index(stripped[0])
            yield _Line(start + lead, start + lead + len(stripped), stripped)
        start += len(line) + 1


def _controls(lines: list[_Line]) -> Iterator[_Line]:
    """The lines of each run of controls in which at least one is sure."""
    for is_control, run in groupby(lines, lambda n: bool(SURE.fullmatch(n.text) or LIKELY.fullmatch(n.text))):
        together = list(run)
        if is_control and any(SURE.fullmatch(n.text) for n in together):
            yield from together


def _tail(lines: list[_Line]) -> int | None:
    for i, line in enumerate(lines):
        if any(p.fullmatch(line.text) for p in TAILS) and all(_is_tail_line(n.text) for n in lines[i + 1 :]):
            return line.start
    return None


def _is_tail_line(line: str) -> bool:
    """A bullet of a site's notice, a control, or a headline: short, and no sentence ends it."""
    if re.match(r"[•·●]?\s*\d{1,2}[.、]|[•·●]", line) or SURE.fullmatch(line) or LIKELY.fullmatch(line):
        return True
    return len(line) <= 60 and line[-1] not in "。;"


def _merged(edits: list[Edit], text: str) -> list[Edit]:
    """Edits in order; those with nothing but white space between them become one. Each leaves a break."""
    merged: list[Edit] = []
    for edit in sorted(edits):
        if merged and not text[merged[-1].end : edit.start].strip():
            merged[-1] = Edit(merged[-1].start, max(edit.end, merged[-1].end), BREAK)
        else:
            merged.append(Edit(edit.start, edit.end, BREAK))
    return merged


def _unfolded(edit: Edit, folded: View, view: View) -> Edit:
    """The same edit in the coordinates of the text before folding."""
    if len(folded) == len(view):
        return edit
    place = view.locate(folded.span(edit.start, edit.end))
    return Edit(place.start, place.end, edit.text)
