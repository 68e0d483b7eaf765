"""Which documents a question is about in so many words: 天猫那份白皮书, 2023年的报告里, 指南说, 《…》."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from ingest.catalog import Listed
from ingest.fold import fold
from ingest.terms import tokens

KIND = "白皮书|蓝皮书|研究报告|报告|指南|课件|案例集|案例|短评|论文|手册|年报|季报|财报|研报|公告|讲义|文章|新闻稿|新闻|通知|合同|说明书|调查"
"""What documents call themselves."""
TELLING = "白皮书|蓝皮书|指南|课件|案例集|短评|手册|讲义|合同|说明书"
"""Kinds that say by themselves which document is meant, where few are called so; any may be called a report."""
NAMED = re.compile(
    rf"(?:(?P<before>[^,。?!;:、的那这\s]{{2,12}})的?)?[那这该][份篇本个](?P<name>[^,。?!;:、那这\s]{{0,12}}?)的?(?P<kind>{KIND})"
)
DATED = re.compile(
    rf"(?P<year>(?:19|20)\d\d) ?年?度?(?:发布|发表|出版|公布|写|出)?的?[那这]?[份篇本]?(?P<kind>{TELLING}|研究报告|报告|文章|新闻稿|新闻|公告|通知)"
)
OF_KIND = re.compile(rf"(?P<kind>{TELLING})(?:里|中|说|认为|指出|提到|觉得|建议|显示|上)")
TITLED = re.compile(r"《(?P<title>[^》]{2,60})》")
PUBLISHED = re.compile(rf"(?P<publisher>[^,。?!;:、的那这\s\d]{{2,16}})(?:发布|发表|出版|公布)的(?P<kind>{KIND})")
SEVERAL = re.compile(rf"(?:[两二三四五几各]|多)[份篇本](?:{KIND})|各(?:{KIND})|不同的?(?:{KIND})|(?:{KIND})(?:之间|各)")
"""Asks of several documents."""
ASKS_BEFORE = re.compile(r"^(?:请问|根据|按照|按|在|据|从|问|照|看|讲|谈|关于|介绍|讨论|写|说)+")


def speaks_of_documents(folded: str) -> bool:
    """Whether a folded question may name a document: what `documents_named` is worth asking for."""
    return any(p.search(folded) for p in (TITLED, NAMED, DATED, OF_KIND, PUBLISHED))


@dataclass(frozen=True, slots=True)
class Label:
    """What a document is known by, folded: its path, title and publisher; and its year."""

    path: str
    text: str
    publisher: str
    year: str

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """The label of a document."""
        return cls(
            listed.path,
            fold(f"{listed.path}\n{listed.title}\n{listed.publisher}"),
            fold(listed.publisher),
            listed.date[:4],
        )

    def has(self, words: Iterable[str]) -> bool:
        """Whether each of some words stands in it."""
        return all(word in self.text for word in words)


def words_of(name: str) -> tuple[str, ...]:
    """What of a name has to stand in a label: each pair of its characters and each of its words."""
    told = tokens(name)
    return tuple(t for t in told if len(t) > 1) or tuple(told)


def documents_named(folded: str, labels: Sequence[Label]) -> frozenset[str]:
    """The paths of the documents that a folded question names; empty where it names none, or as good as all.

    A kind of document alone names those that are called so, where they are fewer than half.
    """
    for condition in _conditions(folded):
        found = frozenset(label.path for label in labels if condition.fits(label))
        if found and 2 * len(found) <= len(labels):
            return found
    return frozenset()


@dataclass(frozen=True, slots=True)
class _Condition:
    words: tuple[str, ...] = ()
    kind: str = ""
    year: str = ""
    publisher: str = ""

    def fits(self, label: Label) -> bool:
        return (
            label.has(self.words)
            and (not self.kind or self.kind in label.text)
            and (not self.year or label.year == self.year)
            and (not self.publisher or (label.publisher != "" and self.publisher.endswith(label.publisher)))
        )


def _conditions(folded: str) -> Iterable[_Condition]:
    """What is said of the documents, the most telling first; each again without the kind, which titles often leave out."""
    for m in TITLED.finditer(folded):
        yield _Condition(words_of(m["title"]))
    for m in PUBLISHED.finditer(folded):
        yield _Condition(kind=m["kind"], publisher=m["publisher"])
        yield _Condition(publisher=m["publisher"])
    for m in NAMED.finditer(folded):
        before = ASKS_BEFORE.sub("", m["before"] or "")
        name = ASKS_BEFORE.sub("", m["name"])
        for said in (before, "" if before and len(name) < 3 else name):
            if len(said) > 1:
                yield _Condition(words_of(said), kind=m["kind"])
                yield _Condition(words_of(said))
    for m in DATED.finditer(folded):
        yield _Condition(kind=m["kind"], year=m["year"])
        yield _Condition(year=m["year"])
    for m in OF_KIND.finditer(folded):
        yield _Condition(kind=m["kind"])
