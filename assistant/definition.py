"""Whether a text says what a thing is."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.question import ASKING, Question

MEANING = re.compile("定义|含义|意思|概念|内涵|界定")
QUOTED = re.compile('[「『“"]([^」』”"]{2,16})[」』”"]')
"""A thing that a question sets in quotes is what it asks about."""
IS = r"是|指|即|就是|被定义|定义为|一般指|通常指"
IS_CALLED = r"是指|指的是|是一种|定义为|称为"


def defines(question: Question, folded: str) -> bool:
    """Whether a folded text says what the thing is that a definition is asked of; never so for other questions."""
    if question.kind != "definition":
        return False
    named = QUOTED.search(question.folded)
    thing = named[1] if named else MEANING.sub("", ASKING.sub("", question.folded))
    pattern = _of_thing("".join(c for c in thing if c.isalnum() and c not in "的是"))
    return pattern is not None and pattern.search(folded) is not None


@lru_cache(maxsize=200)
def _of_thing(thing: str) -> re.Pattern[str] | None:
    """即时零售（Instant Retail）是…, 即时零售，顾名思义，是一种…"""
    if not thing:
        return None
    return re.compile(
        rf"{re.escape(thing)}(?:\W{{0,2}}(?:\([^)]{{0,40}}\))?\W{{0,2}}(?:{IS})|[^。!?\n]{{0,12}}?(?:{IS_CALLED}))"
    )
