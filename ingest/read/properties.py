"""What an Office file says of itself: title, publisher and date, from the parts `docProps/core.xml` and `app.xml`."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TypedDict
from xml.etree import ElementTree

from ingest.read.package import DAMAGE

DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")
TEMPLATES = frozenset({"2013-12-23", "2013-01-27", "2006-09-16", "2000-01-01", "1980-01-01"})
"""Days on which the templates of python-docx, python-pptx and Excel were made, and on which reproducible files are dated."""
PLACEHOLDERS = frozenset(
    {"powerpoint presentation", "powerpoint 演示文稿", "演示文稿", "word 文档", "幻灯片 1", "slide 1"}
)


class Properties(TypedDict):
    """Fields of a Document."""

    title: str
    publisher: str
    date: str


def office_properties(data: bytes, title: str | None) -> Properties:
    """Publisher and date beside the title that was found; what is missing or damaged is empty."""
    title = " ".join((title or "").split())
    core, app = _part(data, "docProps/core.xml"), _part(data, "docProps/app.xml")
    return Properties(
        title="" if title.lower() in PLACEHOLDERS else title,
        publisher=app.get("Company", ""),
        date=_day(core.get("modified", "")) or _day(core.get("created", "")),
    )


def _day(moment: str) -> str:
    day = moment[:10] if DATE.match(moment) else ""
    return "" if day in TEMPLATES else day


def _part(data: bytes, name: str) -> dict[str, str]:
    """The text of each element right below the root of a part, by its name without namespace."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            root = ElementTree.fromstring(package.read(name))  # noqa: S314  # expat is told of no entities it would load
    except DAMAGE:
        return {}
    return {child.tag.rpartition("}")[2]: " ".join((child.text or "").split()) for child in root}
