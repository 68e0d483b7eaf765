"""The languages of the chat page, and which of them a browser wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Language = Literal["zh-Hans", "zh-Hant", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "zh-Hans"

NAMES: Mapping[Language, str] = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
"""What each language calls itself."""


def language_of(tag: str | None) -> Language | None:
    """The language of the page that a browser's language tag asks for; None where none fits.

    Taiwan, Hong Kong and Macau write Traditional, other Chinese is Simplified unless its tag says so.
    """
    parts = (tag or "").strip().lower().replace("_", "-").split("-")
    if parts[0] == "en":
        return "en"
    if parts[0] not in {"zh", "yue"}:
        return None
    if "hans" in parts:
        return "zh-Hans"
    traditional = {"hant", "tw", "hk", "mo"} & set(parts) or parts[0] == "yue"
    return "zh-Hant" if traditional else "zh-Hans"


def first_language(tags: str | None, otherwise: Language = DEFAULT) -> Language:
    """The language for an Accept-Language header: the first that is known, by the browser's preference."""
    weighed = []
    for place, part in enumerate((tags or "").split(",")):
        tag, _, quality = part.partition(";q=")
        try:
            weighed.append((-float(quality or 1), place, tag))
        except ValueError:
            continue
    found = (language_of(tag) for _, _, tag in sorted(weighed))
    return next((language for language in found if language), otherwise)
