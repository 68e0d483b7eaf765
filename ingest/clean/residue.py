r"""What a converter left of characters and formulas that it could not write.

Private-use characters stand for glyphs of one font or for bytes of one code
page; nobody can read them elsewhere. Of ``\\text{配送成本}`` a converter that
takes ``\\t`` for a tab leaves ``ext配送成本``. A bullet that a code page lacks becomes
a question mark, where nobody can have asked: behind the mark that ended a sentence.
"""

from __future__ import annotations

import re

from ingest.clean.slipped import LOST
from ingest.document import Edit, View
from ingest.fold import HAN

BULLET = "[\uf020-\uf0ff]"
"""Glyphs of symbol fonts: bullets, arrows and ticks, which say nothing by themselves."""
PRIVATE = "[\ue000-\uf01f\uf100-\uf8ff\U000f0000-\U0010fffd]"
FORMULA = rf"(?<=[:：=(（式])ext(?=[{HAN}A-Z])|(?<=[{HAN}])imesext(?=[{HAN}])|(?<==[a-z])imes(?=[a-z]\b)"
LOST_BULLET = rf"(?<=[。；;！!:：])\?(?=[{HAN}【])"
RESIDUE = re.compile(rf"(?P<bullet>{BULLET}+ ?|{LOST_BULLET})|{PRIVATE}+|{FORMULA}")
CHEAP = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]|ext|imes|[。；;！!:：]\\?")
"""Found in few texts, and fast."""


def find_residue(view: View) -> list[Edit]:
    """Delete bullets that were glyphs of symbol fonts or became question marks; put the mark of a loss where other characters or a formula were."""
    if not CHEAP.search(view.text):
        return []
    return [Edit(m.start(), m.end(), "" if m["bullet"] else LOST) for m in RESIDUE.finditer(view.text)]
