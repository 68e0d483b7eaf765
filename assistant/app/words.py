"""Every label of the chat page, in its three languages."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.app import english, simplified, traditional
from assistant.app.labels import Words
from assistant.app.languages import Language

WORDS: Mapping[Language, Words] = {
    "zh-Hans": simplified.LABELS,
    "zh-Hant": traditional.LABELS,
    "en": english.LABELS,
}
