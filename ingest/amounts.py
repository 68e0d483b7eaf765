"""Amounts and dates of a text, whatever they are written as, with their places and one value each.

三千五百亿, 3,500亿 and 350,000,000,000 are one amount; 百分之十二, 12％ and 12%
are; 民國112年, 二〇二三年 and 2023年 are one date. Texts may be in either script
and width. A full-width comma parts two numbers, a half-width one may mark
thousands. Names that hold digits (R1, 7B, 1.2.3) are no amounts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from ingest.document import Span
from ingest.fold import fold_in_place
from ingest.numerals import ARABIC, CHINESE, DIGITS, NUMBER, NUMERALS, SCALE, TENS, ZEROS, number_of, range_of
from ingest.units import CURRENCIES, MEASURES, SIGNS, UNITS, either

Kind = Literal["count", "percent", "points", "money", "multiple", "ordinal", "date"]
Bound = Literal["", "above", "below"]


class Day(NamedTuple):
    """A date as far as it is told: 0 stands for a part that is not. Years before our era are negative."""

    year: int = 0
    month: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount or a date: its place in the text it was found in, with its unit, and what it says.

    `value` is a `Day` for the kind "date" and a number for all others: percent
    and points are as written (12 for 12%), 三成 is 30 percent, 翻一番 the multiple 2.
    `upper` is the other end of a range. `unit` has one spelling (公里 for 千米 and
    km, 人 for 名 and 位; the currency of money; 年代 or 世纪 of a date that only
    tells these, and whose year is their first), "" where there is none.
    `approximate` is what comes with 约, 近, 左右, 多 and the like; `bound` tells of
    more than (超过, 余) and less than (不足, 以内).
    """

    place: Span
    kind: Kind
    value: Decimal | Day
    unit: str = ""
    upper: Decimal | Day | None = None
    approximate: bool = False
    bound: Bound = ""

    @property
    def plain(self) -> str:
        """The amount in digits, in one form: 3500亿元, 12%, 2023年12月5日."""
        if isinstance(self.value, Day) and self.unit == "世纪":
            return f"{self.value.year // 100 + 1}世纪"
        ends = [_in_digits(end) for end in (self.value, self.upper) if end is not None]
        if self.unit == "年代":
            return "-".join(ends).replace("年", "") + "年代"
        return _BEFORE.get(self.kind, "") + "-".join(ends) + _BEHIND.get(self.kind, self.unit)

    @property
    def telling(self) -> bool:
        """Whether it tells more than a small count or a range, of which any text has many."""
        if self.upper is not None:
            return False
        return self.kind not in {"count", "ordinal", "multiple"} or (
            not isinstance(self.value, Day) and abs(self.value) >= 10
        )

    def states(self, other: Amount) -> bool:
        """Whether this says what another amount says: the same value and unit, where the other one tells them.

        2023年12月5日 states 2023年, and 3500亿元 states 3500亿; not the other way about.
        """
        if self.kind != other.kind and not (self.kind == "money" and other.kind == "count" and not other.unit):
            return False
        if other.unit not in {"", self.unit} or (self.upper is None) != (other.upper is None):
            return False
        return _covers(self.value, other.value) and _covers(self.upper, other.upper)


_BEFORE: Mapping[str, str] = {"ordinal": "第"}
_BEHIND: Mapping[str, str] = {"percent": "%", "points": "个百分点", "multiple": "倍"}
_WRITTEN_SCALES = (("万亿", Decimal(10**12)), ("亿", Decimal(10**8)), ("万", Decimal(10**4)))


def _covers(said: Decimal | Day | None, wanted: Decimal | Day | None) -> bool:
    if isinstance(said, Day) and isinstance(wanted, Day):
        return all(w in {0, s} for s, w in zip(said, wanted, strict=True))
    return said == wanted


def _in_digits(value: Decimal | Day) -> str:
    if isinstance(value, Day):
        year = f"公元前{-value.year}年" if value.year < 0 else f"{value.year}年" if value.year else ""
        return year + (f"{value.month}月" if value.month else "") + (f"{value.day}日" if value.day else "")
    name, scale = next(((n, s) for n, s in _WRITTEN_SCALES if abs(value) >= s), ("", Decimal(1)))
    digits = f"{value / scale:f}"
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + name


def amounts(text: str) -> list[Amount]:
    """All amounts and dates of a text, in order; places are the text's own."""
    folded = fold_in_place(text)
    found = _ranges(folded, _scan(folded))
    return [_qualified(folded, a) for a in found if a.unit != _UNSAID]


def _scan(folded: str) -> Iterator[Amount]:
    at, end = 0, -1
    while (start := _START.search(folded, at)) is not None:
        at = start.start()
        if (m := _NAME.match(folded, at)) and not _NUMERIC.match(folded, at):
            at = m.end()
            continue
        if folded[at] in "-−" and at == end:
            at += 1  # behind another amount it joins a range
        for pattern, read in _readers(folded[at : at + _AHEAD]):
            m = pattern.match(folded, at)
            amount = m and read(m)
            if amount:
                yield amount
                at = end = amount.place.end
                break
        else:
            # What is no amount is passed over whole: no part of a word or a longer number is one.
            at = max(m.end() if (m := _PASSED.match(folded, at)) else 0, at + 1)


_LETTERED = tuple(sign for sign in SIGNS if sign[0].isascii() and sign[0].isalpha())
_START = re.compile(
    # Most characters that could begin an amount begin none, and trying them all takes longer than anything else: so
    # each is looked at only where what follows it can belong to one. A numeral by itself always counts.
    rf"[\d¥$€£{NUMERALS.replace('一', '')}万亿第]|一(?!(?:[些直般样旦起致定切路步共同贯连向味再家种项位条款名批系] ?)(?![{NUMERALS}万亿]))|[-−](?=\d)"
    rf"|公(?=元)|西(?=元)|民(?=国)|人(?=民币)|港(?=币)|台(?=币)|新(?=台币)|美(?=金)|翻(?=[了一两二三四五番])"
    rf"|[数几](?=[十百千万亿])|半(?=[年天小个数])|负(?=[\d数几半万亿兆{NUMERALS}])"
    # A word is a name that ends in a number, or stands before one.
    rf"|(?<![a-z])(?:[a-z]+(?:[-_][a-z]+)*[-_]?\d|q[1-4]|{'|'.join(map(re.escape, _LETTERED))})"
)
_PASSED = re.compile(rf"[a-z]+|{ARABIC}[a-z]*|{CHINESE}")
_NUMERIC = re.compile(
    r"(?P<year>[12]\d{3})(?P<mark>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=mark)(?P<day>3[01]|[12]\d|0?[1-9])(?![\d%])"
)
_NAME = re.compile(
    # R1, Qwen2-7B, GPT-4; not RMB100 and Q3
    rf"(?!(?:{'|'.join(s for s in SIGNS if s.isascii() and s.isalpha())})\d|q[1-4](?![a-z0-9_.-]))"
    r"[a-z]+(?:[-_][a-z]+)*[-_]?\d(?:[a-z0-9._-]*[a-z0-9])?"
    # 1.2.3, 0102030, 8:30, 3:1, 1/3
    r"|\d+(?:\.\d+){2,}"
    r"|0\d{2,}(?!\.)|\d+(?:\.\d+)?(?:[:：]\d+)+|\d{1,3}/\d{1,3}(?![\d/])"
    # 十四五, 二十大, 十分, 一季报
    r"|十[一二三四五]五(?![十百千万亿年月日天个家人元])|[一二]?十[一二三四五六七八九]?大(?![约概于多])|十分(?![之钟])|[一二三]季报"
)


def _small(written: str | None) -> int:
    """A year's, month's or day's number, 0 when it is none."""
    value = number_of(written) if written else None
    return int(value) if value is not None and value == int(value) else 0


_MONTH_AND_DAY = rf"(?P<month>\d{{1,2}}|[{NUMERALS}]{{1,2}}) ?月份?(?![薪活球亮])(?: ?(?P<day>\d{{1,2}}|[{NUMERALS}]{{1,3}}) ?[日号])?"
_ERAS: Mapping[str, int] = {"民国": 1911, "公元前": 0, "西元前": 0, "前": 0, "公元": 0, "西元": 0}
_YEAR = rf"(?P<year>[12]\d{{3}}|[{''.join(DIGITS)}]{{4}}|(?<!\d)\d\d(?= ?年 ?\d{{1,2}} ?月)) ?年度?(?!级)"
_DATE = re.compile(
    rf"(?:(?P<era>{either(_ERAS)}) ?(?P<of_era>\d{{1,4}}|元|[{NUMERALS}]{{1,6}}) ?年|{_YEAR})(?: ?{_MONTH_AND_DAY})?"
)
_MONTH = re.compile(_MONTH_AND_DAY)
_DAY = re.compile(r"(?P<day>\d{1,2}) ?日(?![均常元圆本用内后前])")
_DECADE = re.compile(
    rf"(?:(?P<century>\d{{1,2}}|[{NUMERALS}]{{1,3}}) ?世纪)? ?(?P<decade>[12]\d{{2}}0|\d0|[二三四五六七八九]?十) ?年代"
)
_CENTURY = re.compile(rf"(?P<century>\d{{1,2}}|[{NUMERALS}]{{1,3}}) ?世纪")


def _date(m: re.Match[str]) -> Amount | None:
    parts = m.groupdict()
    month, day = _small(parts.get("month")), _small(parts.get("day"))
    year = _small(parts.get("year"))
    if era := parts.get("era"):
        year = _ERAS[era] + (1 if parts["of_era"] == "元" else _small(parts["of_era"]))
        year = -year if era.endswith("前") else year
    elif 0 < year < 100:
        year += 1900 if year >= 30 else 2000
    told = (parts.get("month") is None or 1 <= month <= 12) and (parts.get("day") is None or 1 <= day <= 31)
    return Amount(_place(m), "date", Day(year, month, day)) if told and (year or month or day) else None


def _decade(m: re.Match[str]) -> Amount | None:
    decade = _small(m["decade"])
    century = _small(m["century"])
    if decade < 100:
        decade += 100 * (century - 1) if century else 1900 if decade >= 30 else 2000
    return Amount(_place(m), "date", Day(decade), "年代")


def _century(m: re.Match[str]) -> Amount | None:
    century = _small(m["century"])
    # 一个世纪 is a length of time, and so is 两世纪.
    return Amount(_place(m), "date", Day(100 * (century - 1)), "世纪") if 2 <= century <= 30 else None


_SHARE = re.compile(rf"(?P<minus>负)?(?P<of>[百千万]|{CHINESE}|\d+) ?分之 ?(?P<part>{NUMBER})")


def _share(m: re.Match[str]) -> Amount | None:
    of = Decimal(10 ** "十百千万".index(m["of"]) * 10) if m["of"] in "百千万" else number_of(m["of"])
    part = number_of(m["part"])
    if not of or part is None:
        return None
    value = (-part if m["minus"] else part) * 100 / of
    return Amount(_place(m), "percent", round(value, 4) if value != round(value, 8) else value)


_ORDINAL = re.compile(
    rf"第 ?(?P<nth>{NUMBER})(?:个?(?P<unit>{either(UNITS)}))?|(?P<quarter>[1-4一二三四]) ?季度|q(?P<q>[1-4])(?![a-z0-9_.-])"
)


def _ordinal(m: re.Match[str]) -> Amount | None:
    if m["nth"] is None:
        return Amount(_place(m), "ordinal", Decimal(_small(m["quarter"] or m["q"])), "季度")
    value = number_of(m["nth"])
    if value is None or range_of(m["nth"]):
        return None
    # 第三名 is a rank and no person.
    unit = "名" if m["unit"] in {"名", "位"} else UNITS.get(m["unit"] or "", "")
    return Amount(_place(m), "ordinal", value, unit)


_WORD = re.compile(r"(?P<half>一半|半数)|翻了?(?P<times>[一两二三四五])?番")


def _word(m: re.Match[str]) -> Amount | None:
    if m["half"]:
        return Amount(_place(m), "percent", Decimal(50))
    return Amount(_place(m), "multiple", Decimal(2) ** (DIGITS[m["times"]] if m["times"] else 1))


_POINTS = r"个?百分点|pct(?![a-z])|pp(?![a-z])"
_TENTHS = r"成(?![本立为功员长果交份品型就熟人效分都了年绩语因])"
_ENGLISH: Mapping[str, int] = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_RANGE_FOLLOWS = rf"(?= ?(?:[-~–−]|—{{1,2}}|至|到) ?[\d{NUMERALS}])"
_NUMBER = re.compile(
    rf"(?P<sign>(?:{either(SIGNS)})(?: ?[$¥])?)? ?(?P<minus>负|零下|[-−](?=\d))?"
    rf"(?:(?P<half>(?<![上下前后])半)(?=年|天|小时|个小时|个月|个世纪)|[数几](?P<vague>[十百千]?[万亿]?亿?)(?<=[十百千万亿])|(?P<number>(?>{NUMBER}))"
    rf"(?: ?(?P<more>[多余来几](?=个|{SCALE}|{either(UNITS)}|{either(CURRENCIES)}))(?P<scale>{SCALE})?)?(?: ?(?P<english>{either(_ENGLISH)}))?) ?"
    rf"(?:(?P<percent>%)|(?P<points>{_POINTS})|(?P<tenths>{_TENTHS})(?P<fifth>[一二三四五六七八九半](?![{NUMERALS}万亿]))?"
    rf"|(?P<times>倍|x(?![a-z0-9]))|(?P<money>{either(CURRENCIES)}|块(?=[,，。;；!！]))|(?P<unit>{either(UNITS)})(?![级])|(?P<unsaid>{_RANGE_FOLLOWS})|(?![a-z]))"
)
_UNSAID = "?"
_HALVES = frozenset({"年", "天", "小时", "周", "个月", "倍"})
_RARELY_COUNTED = re.compile(r"[这那每同某唯之统单任有了]$")


def _number(m: re.Match[str]) -> Amount | None:
    read = _value(m)
    if read is None:
        return None
    low, high = read
    kind, unit = _kind_and_unit(m)
    if not _is_amount(m, kind, unit, low):
        return None
    factor = Decimal(_ENGLISH.get(m["english"] or "", 1)) * (10 if m["tenths"] else 1) * (-1 if m["minus"] else 1)
    extra = Decimal(0)
    end = m.end()
    if m["fifth"]:
        extra = Decimal(5) if m["fifth"] == "半" else Decimal(DIGITS[m["fifth"]])
    elif unit in _HALVES and re.match("半(?![导球径数])", m.string[end:]):
        extra, end = Decimal("0.5"), end + 1
    vague = m["vague"] is not None or m["more"] is not None
    return Amount(
        Span(m.start(), end),
        kind,
        low * factor + extra,
        unit,
        None if high is None else high * factor,
        approximate=vague or (high is not None),
        bound="above" if vague else "",
    )


def _value(m: re.Match[str]) -> tuple[Decimal, Decimal | None] | None:
    """The value of a number, and the upper end of 三四百."""
    if m["half"]:
        return Decimal("0.5"), None
    if m["vague"] is not None:
        value = number_of("一" + m["vague"])
    else:
        written = m["number"] + (m["scale"] or "")
        if ends := range_of(written):
            return ends
        value = number_of(written)
    return None if value is None else (value, None)


def _kind_and_unit(m: re.Match[str]) -> tuple[Kind, str]:
    if m["percent"] or m["tenths"]:
        return "percent", ""
    if m["points"]:
        return "points", ""
    if m["times"]:
        return "multiple", "倍"
    if m["money"] or m["sign"]:
        sign = m["sign"] or ""
        before = SIGNS.get(sign) or SIGNS.get(sign.rstrip(" $¥"), "")
        # 港币208元 is told in Hong Kong dollars.
        behind = CURRENCIES.get(m["money"] or "", "元")
        return "money", before if before and behind == "元" else behind
    if m["unsaid"] is not None and m["number"] and all(c in DIGITS for c in m["number"]):
        return "count", _UNSAID
    return "count", UNITS.get(m["unit"] or "", "")


def _is_amount(m: re.Match[str], kind: Kind, unit: str, value: Decimal) -> bool:
    """Whether Chinese numerals count something: 一个, 三亚, 万一, 百姓 and 十分 do not."""
    written = m["number"]
    if written is None or written[0].isdigit():
        return True
    counts = kind != "count" or unit != ""
    if not any(c in DIGITS or c in "廿卅" for c in written):
        # 十家 and 十万家 are amounts, 百姓 is none, and 近百家 is as good as one.
        return counts and (written[0] in "十拾" or _BEFORE_WORD.search(m.string[: m.start()]) is not None)
    if written[0] in "百千万亿佰仟兆" or written in _CAPITALS:
        return False
    if written == "一" and kind == "count":
        return unit in MEASURES and _RARELY_COUNTED.search(m.string[: m.start()]) is None
    if all(c in DIGITS for c in written) and len(written) > 1 and range_of(written) is None:
        return any(c in ZEROS for c in written) and len(written) > 2
    return counts or (value >= 20 and any(c in TENS or c in "万亿兆" for c in written))


_CAPITALS = frozenset("壹贰叁肆伍陆柒捌玖拾")
"""Numerals of cheques that are names and words by themselves: 大陆, 伍."""
_BEFORE_WORD = re.compile(r"(?:[上近逾超过达约]|不足|不到|[低高多少大小]于)$")


def _place(m: re.Match[str]) -> Span:
    return Span(m.start(), m.end())


_Reader = tuple[re.Pattern[str], Callable[[re.Match[str]], Amount | None]]
_AHEAD = 32
"""Characters within which an amount has the sign by which a reader can be told to be of use."""
_READERS: tuple[tuple[str, _Reader], ...] = (
    ("年代", (_DECADE, _decade)),
    ("世纪", (_CENTURY, _century)),
    ("年", (_DATE, _date)),
    ("", (_NUMERIC, _date)),
    ("月", (_MONTH, _date)),
    ("日", (_DAY, _date)),
    ("分之", (_SHARE, _share)),
    ("", (_ORDINAL, _ordinal)),
    ("", (_WORD, _word)),
    ("", (_NUMBER, _number)),
)
"""What reads the kinds of amounts, in the order in which they are tried, each with what stands in all of its kind."""
_SIGNS_OF_KINDS = re.compile("年代?|世纪|月|日|分之")


def _readers(ahead: str) -> tuple[_Reader, ...]:
    """The readers that can be of use for an amount that begins a text."""
    return _readers_for(frozenset(_SIGNS_OF_KINDS.findall(ahead)))


@cache
def _readers_for(signs: frozenset[str]) -> tuple[_Reader, ...]:
    return tuple(reader for sign, reader in _READERS if not sign or any(sign in s for s in signs))


_TO = re.compile(r" ?(?:[-~–−]|—{1,2}|至|到) ?")
_ONE_SCALE = re.compile(rf"(?:{ARABIC}|[{''.join(DIGITS)}]) *(?P<scale>{SCALE})")
_NO_SCALE = re.compile(rf"(?:{ARABIC}|[{''.join(DIGITS)}])")


def _ranges(folded: str, found: Iterable[Amount]) -> list[Amount]:
    """The same amounts, those that a range joins as one."""
    done: list[Amount] = []
    for following in found:
        amount = following
        while done and (joined := _joined(folded, done[-1], amount)):
            amount = joined
            done.pop()
        done.append(amount)
    return done


def _joined(folded: str, low: Amount, high: Amount) -> Amount | None:
    """One amount of two: 3至5元, 10%-20%, 2019-2023年, 3月5日至8日, and 2023年 with 1-6月 behind it."""
    between = folded[low.place.end : high.place.start]
    if isinstance(low.value, Day) and isinstance(high.value, Day) and not between.strip():
        return _in_year(low, low.value, high, high.value)
    if not _TO.fullmatch(between) or low.upper is not None or high.upper is not None:
        return None
    place = Span(low.place.start, high.place.end)
    if isinstance(high.value, Day):
        if isinstance(low.value, Day):
            last = high.value
            if not last.year:
                last = last._replace(year=low.value.year, month=last.month or low.value.month)
            return replace(low, place=place, upper=last) if low.value < last else None
        return _joined_dates(low.value, high, high.value, place) if _bare(low) else None
    return None if isinstance(low.value, Day) else _joined_numbers(folded, low, low.value, high, high.value)


def _bare(amount: Amount) -> bool:
    return amount.kind == "count" and amount.unit in {"", _UNSAID}


def _in_year(year: Amount, told: Day, month: Amount, first: Day) -> Amount | None:
    """2023年 and the 1-6月 that stands right behind it."""
    if year.unit or year.upper is not None or told[1:] != (0, 0) or first.year:
        return None
    upper = month.upper._replace(year=told.year) if isinstance(month.upper, Day) else None
    place = Span(year.place.start, month.place.end)
    return replace(month, place=place, value=first._replace(year=told.year), upper=upper)


def _joined_numbers(folded: str, low: Amount, first: Decimal, high: Amount, last: Decimal) -> Amount | None:
    """Two numbers of one unit, which the first may leave to the second to tell, and so its scale."""
    begins, ends = low.place.of(folded), high.place.of(folded)
    kind, unit = low.kind, low.unit
    if _bare(low):
        kind, unit = high.kind, high.unit
        if ends.rstrip().endswith("成") and first < 10 <= last:
            first *= 10  # 五到七成
        elif _NO_SCALE.fullmatch(begins.strip()) and (m := _ONE_SCALE.match(ends)):
            scaled = first * (number_of("一" + m["scale"]) or 1)
            first = scaled if scaled < last else first
    elif not (
        (kind, unit) == (high.kind, high.unit)
        or (_bare(high) and "分之" in begins)
        or (kind == "money" and high.kind == "count" and not high.unit)
    ):
        return None
    if kind == "ordinal" or first >= last:
        return None
    return replace(low, place=Span(low.place.start, high.place.end), kind=kind, value=first, unit=unit, upper=last)


def _joined_dates(low: Decimal, high: Amount, last: Day, place: Span) -> Amount | None:
    """A bare number with the date it runs to: 2019-2023年, 1-6月, 5至8日."""
    year, month, day = last
    if low != int(low) or (year and (month or low < 1000)):
        return None
    first = Day(int(low)) if year else Day(0, month, int(low)) if day else Day(0, int(low))
    return replace(high, place=place, value=first, upper=last) if Day() < first < last else None


_BEFORE_AMOUNT = re.compile(
    r"(?:(?P<below>不超过?|未超过|不满|未满|未达|不高于|不多于|不足|不到|低于|少于|小于|至多|最多|最高)|(?P<above>不低于|不少于|不小于|超过|高于|多于|大于|至少|最少|最低|突破|超|逾|(?<!不)(?<!未)满)"
    r"|(?P<about>大约|大概|约为|约|将近|接近|近))[了为达到]? ?(?:每[股人件吨个单份位])?$"
)
_BEHIND_AMOUNT = re.compile(
    rf" ?(?:(?P<about>左右|上下|前后)|(?P<above>以上|之上|有余|余|多(?!种|个|次|样|元|方|数|家|年))|(?P<below>以下|以内|之内|不到(?![\d半两{NUMERALS}])))"
)


def _qualified(folded: str, amount: Amount) -> Amount:
    """The amount with what the words beside it say of it: about, more than, less than."""
    marks = (
        _BEFORE_AMOUNT.search(folded[max(0, amount.place.start - 7) : amount.place.start]),
        _BEHIND_AMOUNT.match(folded, amount.place.end),
    )
    for m in marks:
        if m and m["about"]:
            amount = replace(amount, approximate=True)
        elif m:
            amount = replace(amount, bound="above" if m["above"] else "below")
    return amount
