"""Damage to clean text, as real report files carry it: the inverse of what the cleaners do.

Every injector is pure: the same text and the same random numbers give the same damage.
"""

from __future__ import annotations

from random import Random

from pypinyin import Style, pinyin

from ingest.fold import is_han

EMOJI = tuple("😘 👍 😉 👏 😡 🤗 😂 😊 🚀 😜 😎 😀 🤩 🥳 ❤️ 😅 😢 🙄 😍 🙌 😴 😁 💯 🤔 ⭐ 🌟 🎉 🔥 🤯 😆".split())
STEP, JITTER = 28, 4
LEAKS = 0.08
"""The share of Chinese characters behind which a reading leaks."""
LONGEST_SLIP = 60
"""Characters of a misread run."""
RESYNC = range(0x40, 0x7F)


def drop_emoji(text: str, random: Random) -> str:
    """Drop a pictograph between two characters every 28 to 31 of them."""
    damaged, wait = list[str](), STEP
    for here, behind in zip(text, text[1:] + "\n", strict=False):
        damaged.append(here)
        wait -= 1
        if wait <= 0 and not here.isspace() and not behind.isspace():
            damaged.append(random.choice(EMOJI))
            wait = STEP + random.randrange(JITTER)
    return "".join(damaged)


def leak_pinyin(text: str, random: Random) -> str:
    """Put a character's commonest reading in brackets behind some of the Chinese characters."""
    return "".join(f"{c}({_reading(c)})" if is_han(c) and random.random() < LEAKS else c for c in text)


def _reading(char: str) -> str:
    return str(pinyin(char, style=Style.TONE, errors=lambda c: "x")[0][0])


def places_to_slip(text: str, lost: str = "。") -> list[int]:
    """Where a character `lost` stands behind which a misread run comes to an end by itself."""
    return [i for i, c in enumerate(text) if c == lost and _end_of_slip(text, i) is not None]


def slip(text: str, place: int, *, halved: bool = True) -> str:
    """Lose the first byte, in GBK, of the character at a place; what follows is read one byte off until an ASCII byte.

    `halved` writes full-width ASCII among the misread characters as ASCII, as scrapers do.
    Raises ValueError where no run can end behind the place.
    """
    end = _end_of_slip(text, place)
    if end is None:
        raise ValueError(f"no misread run can begin at {place}")
    lost = text[place:end].encode("gb18030")
    misread = lost[1:-1].decode("gb18030")
    if halved:
        misread = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in misread)
    return text[:place] + "?" + misread + chr(lost[-1]) + text[end:]


def _end_of_slip(text: str, place: int) -> int | None:
    """Behind the character whose second byte is an ASCII letter, which sets the reading right again; None without one."""
    for end in range(place + 1, min(len(text), place + LONGEST_SLIP)):
        try:
            pair = text[end].encode("gb18030")
            if len(pair) != 2:
                return None
            if pair[1] in RESYNC:
                text[place : end + 1].encode("gb18030")[1:-1].decode("gb18030")
                return end + 1
        except UnicodeError:
            return None
    return None
