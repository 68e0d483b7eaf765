"""Recognise the text of pictured pages, through tesseract: the extra `ocr`, and tesseract with chi_sim and chi_tra."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Any, NamedTuple

from ingest.read.columns import Set

SCRIPTS = ("chi_sim", "chi_tra")
SCALE = 300 / 72
"""Pages are drawn with 300 dots an inch, for which tesseract is trained."""
LARGEST = 6000
"""Dots to the longer side of a page at most; larger ones are drawn smaller."""
SURE = 60
"""A page whose words have a lower mean confidence, of 100, is worth a warning."""
ADVICE = "pip install 'wenju[ocr]', and install tesseract with chi_sim and chi_tra"


class Recognised(NamedTuple):
    """The lines of each page by its number, the pages that are doubtful, and why pages are missing, if some are."""

    pages: Mapping[int, list[Set]]
    doubtful: tuple[int, ...] = ()
    missing: str = ""


def recognise(data: bytes, numbers: Sequence[int], password: str, seconds: float) -> Recognised:
    """Recognise pages of a PDF, counted from 0, in about `seconds`; what could not be is missing from the result."""
    try:
        import pypdfium2
        import pytesseract
    except ImportError:
        return Recognised({}, missing=f"the extra ocr is not installed: {ADVICE}")
    try:
        scripts = [s for s in SCRIPTS if s in pytesseract.get_languages()]
    except (pytesseract.TesseractNotFoundError, OSError):
        return Recognised({}, missing=f"tesseract is not installed: {ADVICE}")
    if not scripts:
        return Recognised({}, missing=f"tesseract has no Chinese: {ADVICE}")
    until = time.monotonic() + seconds
    pages: dict[int, list[Set]] = {}
    doubtful: list[int] = []
    try:
        with pypdfium2.PdfDocument(data, password=password or None) as source:
            for number in numbers:
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                page = source[number]
                scale = min(SCALE, LARGEST / max(page.get_size()))
                picture = page.render(scale=scale, grayscale=True).to_pil()
                lines, sure, scripts = _lines(picture, scripts, left, scale)
                if lines:
                    pages[number] = lines
                if lines and sure < SURE:
                    doubtful.append(number)
    except (TimeoutError, RuntimeError) as exc:
        # pytesseract raises RuntimeError when its time is up.
        late = isinstance(exc, TimeoutError) or "timeout" in str(exc).lower()
        reason = "the time was up: set WENJU_FILE_SECONDS higher" if late else str(exc)
        return Recognised(pages, tuple(doubtful), reason)
    except (pypdfium2.PdfiumError, pytesseract.TesseractError, OSError, ValueError) as exc:
        return Recognised(pages, tuple(doubtful), str(exc))
    return Recognised(pages, tuple(doubtful))


def _lines(picture: Any, scripts: list[str], seconds: float, scale: float) -> tuple[list[Set], float, list[str]]:
    """The lines of a picture in the script that fits better, the mean confidence, and that script for what follows."""
    best: tuple[float, list[Set], str] | None = None
    for script in scripts:
        words = _words(picture, script, seconds / len(scripts))
        sure = fmean([w["conf"] for w in words]) if words else 0.0
        if best is None or sure > best[0]:
            best = (sure, _set(words, picture.height, scale), script)
    sure, lines, script = best or (0.0, [], scripts[0])
    # A picture with hardly any words tells nothing of the document's script.
    return lines, sure, [script] if len(lines) > 3 else scripts


def _words(picture: Any, script: str, seconds: float) -> list[dict[str, Any]]:
    import pytesseract

    table = pytesseract.image_to_data(
        picture, lang=script, output_type=pytesseract.Output.DICT, timeout=max(1, int(seconds))
    )
    rows = [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]
    return [row for row in rows if row["conf"] >= 0 and row["text"].strip()]


def _set(words: Sequence[dict[str, Any]], height: int, scale: float) -> list[Set]:
    """Words joined to lines, in the coordinates of the page: points from its lower left corner."""
    grouped: dict[tuple[int, int, int], list[dict[str, Any]]] = defaultdict(list)
    for word in words:
        grouped[word["block_num"], word["par_num"], word["line_num"]].append(word)
    sizes = {key: median(w["height"] for w in line) for key, line in grouped.items()}
    usual = median(sizes.values()) if sizes else 1
    lines = []
    for key, line in grouped.items():
        # Heights vary with the characters in a line; only clearly larger type is told apart.
        size = sizes[key] if sizes[key] > 1.4 * usual else usual
        top = min(w["top"] for w in line)
        lines.append(Set(line[0]["left"] / scale, (height - top) / scale, size / scale, _joined(line)))
    return lines


def _joined(line: Sequence[dict[str, Any]]) -> str:
    """The words of a line; tesseract takes every few Chinese characters for a word."""
    text = ""
    for word in line:
        said = word["text"].strip()
        apart = text and text[-1] < "\u2e80" and said[0] < "\u2e80"
        text += (" " if apart else "") + said
    return text
