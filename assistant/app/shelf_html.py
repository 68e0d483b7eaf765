"""What can be asked about, as HTML that is safe to show: the shared reports, and the files that a reader brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlencode

from assistant.app import filters
from assistant.app.filters import Choice
from assistant.app.languages import Language
from assistant.app.shelf import Shared, Work
from assistant.app.shelf_words import LIBRARY_WORDS, ShelfWords
from assistant.app.uploads import FORGOTTEN, Brought, Limits
from assistant.script import script_of
from assistant.visible import one_line
from ingest.fold import fold
from ingest.listing import Listed
from ingest.read.formats import READERS

AT_ONCE = 50
"""Reports that are listed on a page."""
PUBLISHERS = 200
"""Publishers that can be chosen from."""
FORMATS = ("pdf", "docx", "pptx", "xlsx", "txt", "md", "html", "csv")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reports are looked at: words of their titles, what questions keep to, and the page of the list, from 0."""

    words: str = ""
    choice: Choice = field(default_factory=Choice)
    page: int = 0


def shelf_html(shared: Shared, wanted: Wanted, work: Work | None, language: Language, *, admin: bool) -> str:
    """The shared reports: what there is to choose by, a line for each, and what an admin can do."""
    words = LIBRARY_WORDS[language]
    if not shared.listed:
        return f'{_work(work, words)}<p class="none">{escape(words.nothing_shared)}</p>'
    found = matching(shared.listed, wanted)
    last = max(0, (len(found) - 1) // AT_ONCE)
    page = max(0, min(wanted.page, last))
    lines = "".join(_report(d, words, language, admin=admin) for d in found[page * AT_ONCE : (page + 1) * AT_ONCE])
    shown = f'<ul class="documents">{lines}</ul>' if lines else f'<p class="none">{escape(words.nothing_found)}</p>'
    return (
        f"{_tools(shared.listed, wanted, words)}{_summary(shared, len(found), words, admin=admin)}{_work(work, words)}"
        f"{shown}{_paging(page, last, words)}"
    )


def matching(listed: Sequence[Listed], wanted: Wanted) -> list[Listed]:
    """The documents that are looked at, the newest first, those without a date last."""
    asked = fold(wanted.words).split()
    choice = wanted.choice
    by_facts = Choice(publishers=choice.publishers, since=choice.since, until=choice.until)
    paths = frozenset(filters.kept(listed, by_facts)) if by_facts else None
    fits = [
        d
        for d in listed
        if (paths is None or d.path in paths)
        and (not asked or all(w in fold(f"{d.title} {d.publisher} {d.path}") for w in asked))
    ]
    return sorted(fits, key=lambda d: (d.date or "0", d.ingested), reverse=True)


def own_html(
    brought: Sequence[Brought], limits: Limits, language: Language, *, admin: bool, signed_in: bool = True
) -> str:
    """The files that a reader brought: where to put more, whose they are, and how far each is."""
    words = LIBRARY_WORDS[language]
    if not limits.file:
        return f'<p class="none">{escape(words.no_uploads)}</p>'
    told = words.limits.format(" ".join(FORMATS), limits.file // 2**20, limits.files)
    whose = words.private if signed_in else words.private_here.format(FORGOTTEN // (24 * 3600))
    zone = (
        f'<div class="drop"><p><strong>{escape(words.drop)}</strong></p>'
        f'<button type="button" data-shelf="choose">{escape(words.choose)}</button>'
        f'<p class="small">{escape(told)}</p><p class="small">{escape(whose)}</p></div>'
    )
    lines = "".join(_file(b, words, language, admin=admin) for b in brought)
    shown = f'<ul class="documents">{lines}</ul>' if lines else f'<p class="none">{escape(words.none_own)}</p>'
    return f'{zone}<ul class="documents" id="sending"></ul>{shown}'


def work_html(work: Work | None, language: Language) -> str:
    """What is being done to the shared index, or came of what was done last."""
    return _work(work, LIBRARY_WORDS[language])


def frame_html(tab: str, inside: str, own: int, reports: int, language: Language) -> str:
    """The window around one of the two, with the way to the other."""
    words = LIBRARY_WORDS[language]
    tabs = "".join(
        f'<button type="button" role="tab" data-tab="{name}" aria-selected="{"true" if name == tab else "false"}">'
        f'{escape(word)} <span class="count">{count}</span></button>'
        for name, word, count in (("shared", words.shared, reports), ("own", words.own, own))
    )
    close = escape(words.close)
    return (
        f'<div class="shelf-bar"><h2>{escape(words.shelf)}</h2><div class="tabs" role="tablist">{tabs}</div>'
        f'<button type="button" class="shut" data-shelf="close" aria-label="{close}" title="{close}">×</button></div>'
        f'<div class="shelf-inside" role="tabpanel"><div id="selections" role="group" aria-label="{escape(words.selections)}"></div>{inside}</div>'
        f'<div class="shelf-foot"><span class="scope"></span>'
        f'<button type="button" data-shelf="save">{escape(words.save_selection)}</button>'
        f'<button type="button" data-shelf="clear">{escape(words.clear)}</button>'
        f'<button type="button" class="send" data-shelf="close">{escape(words.done)}</button></div>'
    )


def choice_html(language: Language, limits: Limits) -> str:
    """The line below the question box: more files, and what questions keep to. The script fills it in."""
    words = LIBRARY_WORDS[language]
    names = {
        "all": words.all,
        "own": words.only_own,
        "chosen": words.chosen,
        "clear": words.clear,
        "selections": words.selections,
        "selectionname": words.selection_name,
        "selectionforget": words.forget_selection,
        "selectionkept": words.selection_kept,
        "selectionrefused": words.selection_refused,
        "sending": words.sending,
        "reading": words.reading,
        "ready": words.can_ask,
        "failed": words.failed,
        "notsent": words.not_sent,
        "busy": words.busy,
        "remove": words.sure_to_remove,
        "promote": words.sure_to_promote,
        "delete": words.sure_to_delete,
        "wrongtype": words.wrong_type,
        "toolarge": words.too_large.format(limits.file // 2**20),
    }
    told = " ".join(f'data-{name}="{escape(word)}"' for name, word in names.items())
    accepted = ",".join(READERS)
    return (
        f'<div id="choosing" data-accept="{accepted}" data-most="{limits.file}" {told}>'
        f'<button type="button" data-shelf="choose" aria-label="{escape(words.add)}" title="{escape(words.add)}">'
        f'<span aria-hidden="true">＋</span> <span class="word">{escape(words.add)}</span></button>'
        f'<button type="button" data-shelf="open" data-tab="shared" aria-haspopup="dialog" title="{escape(words.scope)}">'
        f'<span class="label">{escape(words.scope)}</span> <span id="scope"></span></button>'
        f'<button type="button" id="own-count" data-shelf="open" data-tab="own" aria-haspopup="dialog" hidden>'
        f'{escape(words.own)} <span class="count"></span></button>'
        f'<span id="coming" role="status"></span></div>'
    )


def _tools(listed: Sequence[Listed], wanted: Wanted, words: ShelfWords) -> str:
    choice = wanted.choice
    publishers = filters.publishers(listed)[:PUBLISHERS]
    years = filters.years(listed)
    parts = [
        f'<input type="search" id="find" value="{escape(wanted.words)}" placeholder="{escape(words.search)}" aria-label="{escape(words.search)}">'
    ]
    if publishers:
        chosen = choice.publishers[0] if choice.publishers else ""
        options = [("", words.any_publisher), *((p, one_line(p)) for p in publishers)]
        parts.append(_select("publisher", words.publisher, options, chosen))
    if years:
        options = [("", words.any_year), *((y, one_line(y)) for y in years)]
        parts.append(
            f'<span class="years"><span>{escape(words.since)}</span>{_select("since", words.since, options, choice.since)}'
        )
        parts.append(f"<span>{escape(words.until)}</span>{_select('until', words.until, options, choice.until)}</span>")
    return f'<div class="tools">{"".join(parts)}</div>'


def _select(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    inside = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(word)}</option>'
        for value, word in options
    )
    return f'<select data-choice="{name}" aria-label="{escape(label)}">{inside}</select>'


def _summary(shared: Shared, found: int, words: ShelfWords, *, admin: bool) -> str:
    last = max((d.ingested for d in shared.listed), default="")[:10]
    told = words.summary.format(len(shared.listed), shared.passages, last)
    if found != len(shared.listed):
        told += f" · {words.found.format(found)}"
    update = (
        f'<button type="button" data-deed="update" title="{escape(words.update_means)}">{escape(words.update)}</button>'
        if admin
        else ""
    )
    return f'<div class="summary"><span>{escape(told)}</span>{update}</div>'


def _work(work: Work | None, words: ShelfWords) -> str:
    """What is being done to the shared index, or came of what was done last."""
    if work is None:
        return ""
    if not work.done:
        told = getattr(words, f"working_{work.deed}")
        return f'<p class="work" role="status" data-working><span class="waiting">{escape(told)}</span> {escape(one_line(work.path))}</p>'
    if work.problem:
        return f'<p class="work wrong" role="status">{escape(words.work_failed + one_line(work.problem))}</p>'
    told = getattr(words, f"done_{work.deed}").format(work.added, work.replaced, work.failed)
    return f'<p class="work" role="status">{escape(told)} {escape(one_line(work.path))}</p>'


def _report(d: Listed, words: ShelfWords, language: Language, *, admin: bool) -> str:
    title = one_line(d.title) or one_line(d.path)
    deeds = _read(d, words, language)
    if admin:
        deeds += _deed("again", d.path, words.again, "") if d.root else ""
        deeds += _deed("remove", d.path, words.remove, "")
    return (
        f'<li data-path="{escape(d.path)}"><label><input type="checkbox" data-document="{escape(d.path)}" data-title="{escape(title)}">'
        f'<span class="title" lang="{script_of(title)}">{escape(title)}</span></label>{_facts(d, words)}'
        f'<p class="deeds">{deeds}</p></li>'
    )


def _file(b: Brought, words: ShelfWords, language: Language, *, admin: bool) -> str:
    name = one_line(b.name)
    state = {"waiting": words.waiting, "reading": words.reading, "ready": words.ready, "failed": words.failed}[b.state]
    told = f'<span class="state {b.state}">{escape(state)}</span>'
    box, title, facts, deeds = "", name, "", ""
    if b.listed is not None:
        title = one_line(b.listed.title) or name
        box = f'<input type="checkbox" data-document="{escape(b.listed.path)}" data-title="{escape(title)}">'
        facts = _facts(b.listed, words)
        deeds = _read(b.listed, words, language)
        deeds += f'<button type="button" data-shelf="only" data-document="{escape(b.listed.path)}" data-title="{escape(title)}">{escape(words.ask_this)}</button>'
        if admin:
            deeds += _deed("promote", b.name, words.promote, words.promote_means)
    problem = f'<p class="problem">{escape(one_line(b.problem))}</p>' if b.problem else ""
    deeds += f'<button type="button" data-shelf="delete" data-name="{escape(b.name)}">{escape(words.delete)}</button>'
    working = " data-working" if b.state in {"waiting", "reading"} else ""
    return (
        f'<li data-name="{escape(b.name)}" class="{b.state}"{working}><label>{box}<span class="title" lang="{script_of(title)}">{escape(title)}</span></label>'
        f'{told}{facts}{problem}<p class="deeds">{deeds}</p></li>'
    )


def _read(d: Listed, words: ShelfWords, language: Language) -> str:
    address = f"text?{urlencode({'document': d.path, 'lang': language})}"
    return f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(words.read)}</a>'


def _deed(deed: str, path: str, word: str, means: str) -> str:
    title = f' title="{escape(means)}"' if means else ""
    return f'<button type="button" data-deed="{deed}" data-of="{escape(path)}"{title}>{escape(word)}</button>'


def _facts(d: Listed, words: ShelfWords) -> str:
    """What is known of a document: who published it and when, how long it is, how much of it was cleaned out."""
    units = {"pptx": words.slides, "xlsx": words.sheets}
    facts = [
        one_line(d.publisher),
        one_line(d.date),
        units.get(d.format, words.pages).format(d.pages) if d.pages else "",
        words.length(d.characters),
        words.ingested.format(d.ingested[:10]),
    ]
    share = d.cleaned / max(1, d.characters)
    cleaned = words.cleaned.format(f"{share:.0%}" if share >= 0.01 else "<1%") if d.cleaned else words.untouched
    flaws = [(words.repaired, d.repaired, "repaired"), (words.damaged, d.damaged, "damaged")]
    badges = "".join(f'<span class="badge {kind}">{escape(word.format(n))}</span>' for word, n, kind in flaws if n)
    warned = "".join(f"<li>{escape(one_line(w))}</li>" for w in d.warnings)
    notes = (
        f"<details><summary>{escape(words.warnings)} {len(d.warnings)}</summary><ul>{warned}</ul></details>"
        if warned
        else ""
    )
    told = " · ".join(escape(f) for f in facts if f)
    return (
        f'<p class="facts"><span class="format">{escape(d.format.upper())}</span> {told} · '
        f'<span title="{escape(words.cleaned_means)}">{escape(cleaned)}</span> {badges}</p>{notes}'
    )


def _paging(page: int, last: int, words: ShelfWords) -> str:
    if not last:
        return ""
    steps = []
    for by, word, sign in ((-1, words.before, "‹"), (1, words.after, "›")):
        off = "" if 0 <= page + by <= last else " disabled"
        steps.append(
            f'<button type="button" data-to="{page + by}" aria-label="{escape(word)}" title="{escape(word)}"{off}>{sign}</button>'
        )
    return f'<nav class="paging">{steps[0]}<span>{escape(words.of_pages.format(page + 1, last + 1))}</span>{steps[1]}</nav>'
