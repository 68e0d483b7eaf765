"""Numbers as Chinese texts write them: digits, numerals, and both with 万 and 亿."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

DIGITS: Mapping[str, int] = {
    c: i
    for i, written in enumerate(
        ("零〇○◯", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"),
    )
    for c in written
}
ZEROS = "零〇○◯"
TENS: Mapping[str, int] = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
SCALES: Mapping[str, int] = {"万": 10**4, "亿": 10**8, "兆": 10**12}
NUMERALS = "".join(DIGITS) + "".join(TENS) + "廿卅"
"""The inside of a regular-expression class of the numerals below 万."""

ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?![\d,])|\d+)(?:\.\d+)?"
SCALE = r"(?:[十百千]?(?:万亿|亿万|[万亿]|兆(?![瓦赫帕欧字比宽光]))|千(?![米克瓦卡赫焦帕伏字])|百(?![分货度科合]))"
_NUMERAL = rf"[{NUMERALS.replace('两', '')}万亿兆]"
CHINESE = (
    rf"(?:(?!(?<=[万亿])千[瓦米克卡]){_NUMERAL}|(?<![{NUMERALS}万亿兆])两|两(?=[百千万亿]))+(?:点[{''.join(DIGITS)}]+)?"
)
NUMBER = rf"(?:(?:{ARABIC} {{0,2}}{SCALE})+(?:\d{{4}}(?![\d.]))?|{ARABIC}|{CHINESE})"
"""A pattern of whatever may be a number in folded text; `number_of` tells whether it is."""

_ALL_DIGITS = "".join(DIGITS)
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[^ ]")
_NEIGHBOURS = frozenset({(3, 5), *((n, n + 1) for n in range(1, 9))})


@lru_cache(maxsize=8192)  # the same few thousand numbers make most of any text's
def number_of(written: str) -> Decimal | None:
    """The value of a folded number, None when it is none: 1,234.5, 3.5万, 2万5千, 三千五百亿, 一万二, 二〇二三, 三点五."""
    text = written.replace("廿", "二十").replace("卅", "三十")
    whole, dot, part = text.partition("点")
    if dot:
        value = number_of(whole)
        return None if value is None or not _is_digits(part) else value + Decimal(f"0.{_positional(part)}")
    if _is_digits(text):
        return Decimal(_positional(text))
    return _scaled(_TOKEN.findall(text))


def _is_digits(text: str) -> bool:
    return bool(text) and not text.strip(_ALL_DIGITS)


def _positional(digits: str) -> str:
    return "".join(str(DIGITS[c]) for c in digits)


def _scaled(tokens: Sequence[str]) -> Decimal | None:
    """The value of digits with scales: what is below 万 gathers in `section`, what has its 万 or 亿 in `parts`."""
    parts: list[Decimal] = []
    section = Decimal(0)
    digit: Decimal | None = None
    last, below_ten_thousand, below_all, spelt = 1, 10**4, 10**16, False
    for token in tokens:
        if token in TENS:
            last = TENS[token]
            if last >= below_ten_thousand and section:
                return None
            section += (Decimal(1) if digit is None else digit) * last
            digit, below_ten_thousand = None, last
        elif token in SCALES:
            last = SCALES[token]
            lower = [p for p in parts if p < last]
            gathered = section + (digit or 0) + sum(lower)
            parts = [p for p in parts if p >= last]
            if (digit is None and not gathered) or (parts and gathered * last >= below_all):
                return None
            parts.append(gathered * last)
            section, digit, below_ten_thousand, below_all = Decimal(0), None, 10**4, last
        elif token in ZEROS:
            spelt = False
            last = 1
        elif digit is not None:
            return None
        else:
            spelt = token in DIGITS
            digit = Decimal(DIGITS[token]) if spelt else Decimal(token.replace(",", ""))
    if digit is not None and spelt and last > 10:
        digit *= last // 10  # 一万二 is 12,000
    return sum(parts, section + (digit or 0)) if tokens else None


@lru_cache(maxsize=8192)
def range_of(written: str) -> tuple[Decimal, Decimal] | None:
    """The ends of a number told by two neighbouring digits: 三四百, 十七八, 三五; None for any other number."""
    for i in range(len(written) - 1):
        low, high = DIGITS.get(written[i]), DIGITS.get(written[i + 1])
        before, after = written[:i], written[i + 2 :]
        if (
            low is None
            or high is None
            or (low, high) not in _NEIGHBOURS
            or before[-1:] in DIGITS
            or after[:1] in DIGITS
            or (before and not after and before[-1] not in "十拾廿卅")
        ):
            continue
        first, second = number_of(before + written[i] + after), number_of(before + written[i + 1] + after)
        return None if first is None or second is None else (first, second)
    return None
