"""Which documents a question is about in so many words: 天猫那份白皮书, 2023年的报告里, 指南说, 《…》."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

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
END = "\0"
"""Stands behind each label."""
ASKS_BEFORE = re.compile(r"^(?:请问|根据|按照|按|在|据|从|问|照|看|讲|谈|关于|介绍|讨论|写|说)+")


def speaks_of_documents(folded: str) -> bool:
    """Whether a folded question may name a document: what `documents_named` is worth asking for."""
    return any(p.search(folded) for p in (TITLED, NAMED, DATED, OF_KIND, PUBLISHED))


class Labels:
    """The labels of many documents, searched as one text: a question that names a document looks at all of them."""

    def __init__(self, labels: Iterable[tuple[str, str, str, str]]) -> None:
        """Of paths, titles, publishers and dates."""
        self._paths: list[str] = []
        self._publishers: list[str] = []
        self._years: list[str] = []
        texts: list[str] = []
        for path, title, publisher, date in labels:
            self._paths.append(path)
            self._publishers.append(fold(publisher))
            self._years.append(date[:4])
            texts.append(fold(f"{path}\n{title}\n{publisher}").replace(END, " "))
        self._ends = list(accumulate(len(text) + 1 for text in texts))
        self._text = END.join([*texts, ""])

    def __len__(self) -> int:
        return len(self._paths)

    def having(self, words: Iterable[str]) -> list[int]:
        """The places of the labels that each of some words stands in."""
        wanted = sorted({*words}, key=self._text.count)
        if not wanted:
            return list(range(len(self)))
        rarest, *others = wanted
        return [at for at in self._with(rarest) if all(self._has(at, word) for word in others)]

    def _with(self, word: str) -> Iterator[int]:
        found = self._text.find(word)
        while found >= 0:
            at = bisect_right(self._ends, found)
            yield at
            found = self._text.find(word, self._ends[at])

    def _has(self, at: int, word: str) -> bool:
        return self._text.find(word, self._ends[at - 1] if at else 0, self._ends[at]) >= 0

    def fitting(self, condition: Condition) -> frozenset[str]:
        """The paths of the documents that a condition fits."""
        words = (*condition.words, condition.kind) if condition.kind else condition.words
        publishers = {p for p in {*self._publishers} - {""} if condition.publisher.endswith(p)}
        return frozenset(
            self._paths[at]
            for at in self.having(words)
            if (not condition.year or self._years[at] == condition.year)
            and (not condition.publisher or self._publishers[at] in publishers)
        )


def words_of(name: str) -> tuple[str, ...]:
    """What of a name has to stand in a label: each pair of its characters and each of its words."""
    told = tokens(name)
    return tuple(t for t in told if len(t) > 1) or tuple(told)


def documents_named(folded: str, labels: Labels) -> frozenset[str]:
    """The paths of the documents that a folded question names; empty where it names none, or as good as all.

    A kind of document alone names those that are called so, where they are fewer than half.
    """
    for condition in _conditions(folded):
        found = labels.fitting(condition)
        if found and 2 * len(found) <= len(labels):
            return found
    return frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """What a question says of a document: words of its label, its kind, its year, and what its publisher's name ends."""

    words: tuple[str, ...] = ()
    kind: str = ""
    year: str = ""
    publisher: str = ""


def _conditions(folded: str) -> Iterable[Condition]:
    """What is said of the documents, the most telling first; each again without the kind, which titles often leave out."""
    for m in TITLED.finditer(folded):
        yield Condition(words_of(m["title"]))
    for m in PUBLISHED.finditer(folded):
        yield Condition(kind=m["kind"], publisher=m["publisher"])
        yield Condition(publisher=m["publisher"])
    for m in NAMED.finditer(folded):
        before = ASKS_BEFORE.sub("", m["before"] or "")
        name = ASKS_BEFORE.sub("", m["name"])
        for said in (before, "" if before and len(name) < 3 else name):
            if len(said) > 1:
                yield Condition(words_of(said), kind=m["kind"])
                yield Condition(words_of(said))
    for m in DATED.finditer(folded):
        yield Condition(kind=m["kind"], year=m["year"])
        yield Condition(year=m["year"])
    for m in OF_KIND.finditer(folded):
        yield Condition(kind=m["kind"])
