"""The list of a user's conversations, and the card that asks what was wrong with an answer, as HTML that is safe to show."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.app.conversations import Kept
from assistant.app.labels import Words
from assistant.app.opinions import LONGEST_NOTE, reasons
from assistant.script import script_of
from assistant.visible import one_line


def conversations_html(kept: Sequence[Kept], current: str, words: Words, *, searched: bool) -> str:
    """The lines of the list; what there is to do with each."""
    if not kept:
        return f'<p class="none">{escape(words.none_found if searched else words.none_kept)}</p>'
    return f"<ul>{''.join(_line(k, current, words) for k in kept)}</ul>"


def _line(kept: Kept, current: str, words: Words) -> str:
    title = one_line(kept.title) or words.untitled
    here = ' aria-current="true"' if kept.id == current else ""
    deeds = "".join(
        f'<button type="button" data-list="{deed}" title="{escape(word)}" aria-label="{escape(word)}: {escape(title)}">{sign}</button>'
        for deed, word, sign in (("rename", words.rename, "✎"), ("delete", words.delete, "×"))
    )
    return (
        f'<li data-conversation="{escape(kept.id)}" data-title="{escape(title)}"{here}>'
        f'<button type="button" class="open" data-list="open" lang="{script_of(title)}">{escape(title)}'
        f'<span class="when">{escape(kept.changed[:10])}</span></button>{deeds}</li>'
    )


def keeping_html(words: Words, user: str = "") -> str:
    """The panel around the list: a new conversation, the search, what to take along, and the way out for who came in."""
    leave = f'<button type="button" data-list="leave">{escape(words.sign_out)}</button>'
    who = f'<div class="take"><span>{escape(one_line(user))}</span>{leave}</div>' if user else ""
    return (
        f'<div class="keeping-bar"><h2>{escape(words.conversations)}</h2>'
        f'<button type="button" data-list="new">＋ {escape(words.clear)}</button>'
        f'<button type="button" class="shut" data-list="close" aria-label="{escape(words.close_list)}" title="{escape(words.close_list)}">×</button></div>'
        f'<input type="search" id="search" placeholder="{escape(words.search)}" aria-label="{escape(words.search)}">'
        f'<div id="kept" data-rename="{escape(words.new_title)}" data-delete="{escape(words.sure_to_delete)}"></div>'
        f'<div class="take" role="group" aria-label="{escape(words.export)}"><span>{escape(words.export)}</span>'
        '<button type="button" data-export="md">Markdown</button><button type="button" data-export="docx">Word</button>'
        f'<button type="button" data-export="print">{escape(words.print_it)}</button></div>'
        f'{who}<p class="whose">{escape(words.whose_user if user else words.whose_browser)}</p>'
    )


def keys_html(words: Words) -> str:
    """The card that tells what the keyboard does."""
    keys = (
        ("Enter", words.key_ask),
        ("Shift + Enter", words.key_line),
        ("Esc", words.key_stop),
        ("Alt + ← →", words.key_steps),
        ("/", words.key_box),
        ("Ctrl + K", words.key_find),
        ("?", words.key_help),
    )
    told = "".join(f"<dt><kbd>{escape(key)}</kbd></dt><dd>{escape(does)}</dd>" for key, does in keys)
    return (
        f'<form method="dialog"><h2>{escape(words.keys)}</h2><dl class="keys">{told}</dl>'
        f'<div class="buttons"><button type="button" data-card="close" autofocus>{escape(words.close_card)}</button></div></form>'
    )


def opinion_html(turn: int, words: Words) -> str:
    """The card that asks for the reason of a thumb that was turned down."""
    chosen = "".join(
        f'<label><input type="radio" name="reason" value="{name}"{" checked" if not n else ""}>{escape(word)}</label>'
        for n, (name, word) in enumerate(reasons(words))
    )
    return (
        f'<form method="dialog" data-turn="{turn}"><h2>{escape(words.what_was_wrong)}</h2>'
        f'<div class="choices">{chosen}</div>'
        f'<textarea name="note" rows="3" maxlength="{LONGEST_NOTE}" placeholder="{escape(words.note)}" aria-label="{escape(words.note)}"></textarea>'
        f'<div class="buttons"><button type="button" data-card="close">{escape(words.cancel)}</button>'
        f'<button type="button" class="send" data-card="send">{escape(words.send)}</button></div></form>'
    )
