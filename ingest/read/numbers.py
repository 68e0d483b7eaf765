"""Numbers as Office shows them: 0.289 in the format 0.0% is 28.9%."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
"""What of a number format is no pattern: quoted text, colours, currencies and fillers."""


def number_shown(value: float, pattern: str) -> str:
    """A number as it is shown in a number format of Office, such as ``#,##0.0%``."""
    pattern = pattern.split(";", maxsplit=1)[0]
    bare = LITERAL.sub("", pattern)
    if bare in {"General", "@", ""} or "E" in bare or "/" in bare or "?" in bare or not re.search("[0#]", bare):
        return str(value) if isinstance(value, int) else format(Decimal(format(value, ".15g")), "f")
    before, after = _affixes(pattern)
    exact = Decimal(repr(value)) * (100 if "%" in bare else 1)
    exact /= 1000 ** len(m[0]) if (m := re.search(r"(?<=[0#]),+(?=[^0#.,]*$)", bare)) else 1
    fraction = m[1] if (m := re.search(r"\.([0#]+)", bare)) else ""
    number = exact.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    digits = format(number, ",f" if re.search(r"[0#],[0#]", bare) else "f")
    if fraction:
        whole, _, decimals = digits.partition(".")
        least = fraction.rfind("0") + 1
        decimals = decimals[:least] + decimals[least:].rstrip("0")
        digits = whole + ("." + decimals if decimals else "")
    else:
        digits = digits.split(".")[0]
    return f"{before}{digits}{'%' if '%' in bare else ''}{after}"


def _affixes(pattern: str) -> tuple[str, str]:
    """Text of a format that stands before and behind the number: a currency, a unit."""
    pattern = re.sub(r"\[\$([^\]-]*)[^\]]*\]", r'"\1"', pattern)
    places = [m.start() for m in re.finditer("[0#]", re.sub(LITERAL, lambda m: " " * len(m[0]), pattern))]
    said = [(m.start(), m[0].strip('"')) for m in re.finditer(r'"[^"]*"|[¥￥$€£元万亿]', pattern)]
    before = "".join(t for at, t in said if at < places[0])
    return before, "".join(t for at, t in said if at > places[-1])
