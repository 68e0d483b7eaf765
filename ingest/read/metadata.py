"""Who published a report and when: from a sidecar file, from the head of its text, or from the file's own properties."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

import yaml

from ingest.document import BREAK, Document
from ingest.errors import UndecodableFile
from ingest.read.encoding import decode

HEAD = 1500
"""Characters of the text in which date and publisher are looked for."""
NEAR = 3
"""A publisher that nothing names as such stands within this many lines of the date."""
LONGEST_LINE = 45
LARGEST_SIDECAR = 64 * 1024

KEYS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "标题", "標題", "题名", "題名"),
    "publisher": ("publisher", "source", "organization", "organisation", "发布机构", "發佈機構", "出版者", "机构", "機構", "来源", "來源"),
    "date": ("date", "published", "publish_date", "pubdate", "日期", "发布日期", "發佈日期", "发布时间", "發佈時間"),
}  # fmt: skip
"""The names by which front matter and sidecars call each field, the surest first."""

DIGITS = {**{c: n for n, c in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0, "Ｏ": 0, "O": 0}
NUMBER = r"[\d〇零○一二三四五六七八九十]"
DATE = re.compile(
    rf"(?P<minguo>(?:中華)?民[國国]\s*)?(?P<year>(?<!\d)(?:\d{{2,4}}|[〇零○ＯO一二三四五六七八九十]{{2,4}}))\s*年"
    rf"(?:\s*(?P<month>{NUMBER}{{1,2}})\s*月(?:\s*(?P<day>{NUMBER}{{1,3}})\s*[日号號])?)?"
    r"|(?<!\d)(?P<y>(?:19|20)\d\d)(?P<sep>[-/.])(?P<m>0?[1-9]|1[0-2])(?:(?P=sep)(?P<d>0?[1-9]|[12]\d|3[01]))?(?!\d|[-/.]\d|%)"
)
LABELLED_DATE = re.compile(
    r"(?:[发發][布佈表稿]|更新|出版|[报報]告|[编編][制製印]|刊登|上[传傳]|印[发發])?(?:日期|[时時][间間])\s*[:：]?\s*"
)
LABELLED_PUBLISHER = re.compile(
    r"(?:[来來]源|出版(?:者|单位|單位|社|[机機][构構])|[发發][布佈]?(?:者|[机機][构構]|[单單]位|方)"
    r"|[编編][制製写寫](?:者|[单單]位|[机機][构構])|出品(?:方|[单單]位)?|主[办辦][单單]位)\s*[:：]\s*(?P<name>[^\s，。；;|,]{2,30})"
)
ORGANISATION = re.compile(
    r"[\u4e00-\u9fff（）()·A-Za-z0-9&]{2,28}?"
    r"(?:研究院|研究所|研究中心|研究室|研究会|研究會|[中资資][心讯訊]|公司|集[团團]|大[学學]|[学學]院|[协協][会會]|[学學][会會]"
    r"|委[员員][会會]|[总總]局|[办辦]公室|部|局|[厅廳]|[处處]|[银銀]行|[证證]券|[咨諮][询詢]|智[库庫]|出版社|[报報]社|日[报報]|新[华華]社|[论論][坛壇]|商[会會]|基金[会會]|[联聯]盟)"
    r"(?=$|[\s，、|·）)])"
)
SENTENCE = re.compile(r"[。！？；]")


def describe(document: Document, sidecar: bytes = b"") -> Document:
    """Fill in title, publisher and date. A sidecar (YAML) counts most, the file's statement next, the text's head after it.

    The properties of PDF and Office files tell when a file was saved, so there
    a date printed at the head counts more. A sidecar that cannot be read is a warning.
    """
    saved = document.format in {"pdf", "docx", "pptx", "xlsx"}
    printed = date_in_head(document)
    day = (printed or document.date) if saved else (document.date or printed)
    document = replace(document, date=day, publisher=document.publisher or publisher_in_head(document))
    if not sidecar:
        return document
    stated, problem = _stated(sidecar)
    if problem:
        document = replace(document, warnings=(*document.warnings, f"its .meta.yaml was left out: {problem}"))
    return replace(
        document,
        title=stated.get("title", document.title),
        publisher=stated.get("publisher", document.publisher),
        date=stated.get("date", document.date),
    )


def _stated(sidecar: bytes) -> tuple[dict[str, str], str]:
    if len(sidecar) > LARGEST_SIDECAR:
        return {}, f"longer than {LARGEST_SIDECAR >> 10} KB"
    try:
        return fields(decode(sidecar, "it").text), ""
    except (yaml.YAMLError, UndecodableFile, RecursionError, ValueError) as exc:
        return {}, " ".join(str(exc).split())[:200]


def fields(text: str) -> dict[str, str]:
    """Title, publisher and date in YAML; those that are there. Raises yaml.YAMLError, and ValueError when it is no mapping."""
    loaded = yaml.safe_load(text.removeprefix("\ufeff"))
    if not isinstance(loaded, dict):
        raise ValueError("not a list of `name: value`")
    given = {str(k).strip().lower(): v for k, v in loaded.items()}
    found = {name: next((given[k] for k in keys if given.get(k)), None) for name, keys in KEYS.items()}
    values = {name: _value(name, v) for name, v in found.items() if isinstance(v, str | int | date | datetime)}
    return {name: value for name, value in values.items() if value}


def _value(name: str, value: str | int | date) -> str:
    text = value.isoformat()[:10] if isinstance(value, date) else " ".join(str(value).split())
    return iso_date(text) if name == "date" else text


def iso_date(text: str) -> str:
    """The first date in a text as ISO 8601, as precise as it is given; empty without one."""
    if m := re.match(r"\s*(\d{4})\s*$", text):
        return m[1]
    return next((day for m in DATE.finditer(text) if (day := _iso(m))), "")


def _iso(match: re.Match[str]) -> str:
    if match["y"]:
        return _joined(int(match["y"]), int(match["m"]), int(match["d"] or 0))
    year = _number(match["year"], digits=True)
    if match["minguo"]:
        year += 1911
    return _joined(year, _number(match["month"] or ""), _number(match["day"] or ""))


def _joined(year: int, month: int, day: int) -> str:
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return ""
    if not 1900 <= year <= 2100:
        return ""
    return f"{year}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if month and day else "")


def _number(text: str, *, digits: bool = False) -> int:
    """A number up to 99, or with `digits` a year written digit by digit; 0 for none."""
    if not text or (text.isascii() and text.isdigit()):
        return int(text or 0)
    if digits and "十" not in text:
        return int("".join(str(DIGITS.get(c, c)) for c in text))
    tens, ten, ones = text.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def date_in_head(document: Document) -> str:
    """The date at the head of a text: one that is named as such, else one that stands in a line of its own."""
    lines = list(_head_lines(document))
    for line in lines:
        if (m := LABELLED_DATE.search(line)) and (d := DATE.match(line, m.end())) and (day := _iso(d)):
            return day
    return next((day for line in lines if (day := _own_date(line))), "")


def _own_date(line: str) -> str:
    """The date of a short line that says little else, and is no sentence."""
    if len(line) > LONGEST_LINE or SENTENCE.search(line) or "，" in line.rstrip("，"):
        return ""
    for m in DATE.finditer(line):
        precise = bool(m["month"] or m["m"])
        rest = (line[: m.start()] + line[m.end() :]).strip(" \t·|—-（）()[]【】：:,，")
        if (not rest or (precise and (ORGANISATION.search(rest) or len(rest) <= 6))) and (day := _iso(m)):
            return day
    return ""


def publisher_in_head(document: Document) -> str:
    """Who published a text, by its head: one named as such, else an organisation in a line beside the date."""
    lines = list(_head_lines(document))
    for line in lines:
        if m := LABELLED_PUBLISHER.search(line):
            return m["name"]
    dated = next((i for i, line in enumerate(lines) if _own_date(line)), None)
    if dated is None:
        return ""
    near = sorted(range(max(0, dated - NEAR), min(len(lines), dated + NEAR + 1)), key=lambda i: abs(i - dated))
    return next((name for i in near if (name := _organisation(lines[i]))), "")


def _organisation(line: str) -> str:
    if len(line) > LONGEST_LINE or SENTENCE.search(line):
        return ""
    rest = DATE.sub(" ", line).strip(" \t·|—-（）()[]【】：:,，")
    m = ORGANISATION.fullmatch(rest) or ORGANISATION.match(rest)
    return m[0] if m else ""


def _head_lines(document: Document) -> Iterator[str]:
    text = document.view.text[:HEAD]
    return (line.strip() for line in re.split(f"[\n{BREAK}]", text) if line.strip())
