"""Pictographs that scraping dropped between characters, even inside words and numbers."""

from __future__ import annotations

import re

from ingest.document import Edit, View

# Shown as pictures by default (Unicode's Emoji_Presentation), or asked to be by U+FE0F.
_PICTURE = (
    "[\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd"
    "\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u270a\u270b\u2728\u2b1b\u2b1c\u2b50"
    "\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f1e6-\U0001f1ff\U0001f201\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f236\U0001f238-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f64f\U0001f680-\U0001f6ff"
    "\U0001f7e0-\U0001f7eb\U0001f7f0\U0001f90c-\U0001f9ff\U0001fa70-\U0001faff]"
)
# These mean yes, no, more or less in lists and tables; they are noise only inside text.
_SIGN = "[\u2705\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b55]"
_ASKED = "[\u203c\u2049\u2139\u2194-\u21aa\u2328\u23cf\u23ed-\u23ef\u23f1\u23f2\u23f8-\u23fa\u24c2\u25aa-\u25fc\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u3297\u3299]\ufe0f"
# Skin tones, joints, and the invisible letters that spell the flag of a region.
_TAIL = "(?:\ufe0f|[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff]))"
# What draws a digit as a key; the digit is text.
_KEY = "(?<=[0-9#*])\ufe0f?\u20e3"
EMOJI = re.compile(f"(?:(?:{_ASKED}|{_PICTURE}){_TAIL}*|(?<=\\w){_SIGN}\ufe0f?(?=\\w)|{_KEY})+")
ANY = re.compile("[\u203c\u2049\u20e3\u2139-\u2bff\u3297\u3299\U0001f000-\U0001faff]")
"""A quick look for what an emoji may begin with; most texts hold none."""


def find_emoji(view: View) -> list[Edit]:
    """Delete runs of pictographs; signs such as ✅ only where they stand inside a word, of a key only what is not its digit."""
    if not ANY.search(view.text):
        return []
    return [Edit(m.start(), m.end()) for m in EMOJI.finditer(view.text)]
