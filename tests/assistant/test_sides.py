"""Raw and clean side by side: nothing is lost between the rows, and each change is told by its cleaner."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES, drop_emoji, leak_pinyin, paragraphs, say_twice, wrap_in_portal, wrap_in_site
from rich.console import Console

from assistant.sides import FORMAT, Piece, Row, Sides, side_by_side
from assistant.sides_html import NAMES, page
from assistant.sides_terminal import COLOURS, sides_lines
from assistant.visible import one_line, visible
from ingest.clean.stages import BLOCKS, INSIDE, OF_SCRAPES
from ingest.document import BREAK
from ingest.read.formats import read

CLEANERS = {*INSIDE, *BLOCKS, *OF_SCRAPES, "learned", "headers", FORMAT}
HOSTILE = "<script>alert(1)</script>标题\n\n</style><img src=x onerror=alert(1)>正文😀里有\u202e反写\x1b[31m和\"引号'。</mark></div>"


def sides(text: str, path: str = "a.txt", context: int | None = None) -> Sides:
    return side_by_side(read(text.encode(), path), 400, context)


def said(pieces: tuple[Piece, ...]) -> str:
    return "".join(p.text for p in pieces)


def marked(rows: tuple[Row, ...], name: str) -> list[str]:
    return [p.text for row in rows for p in row.raw if any(m.name == name for m in p.marks)]


def in_terminal(shown: Sides, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(*sides_lines(shown), sep="\n", highlight=False)
    written = console.file
    assert isinstance(written, io.StringIO)
    return written.getvalue()


class Tags(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data


def parsed(written: str) -> Tags:
    tags = Tags()
    tags.feed(written)
    return tags


@given(
    paragraphs(), st.sampled_from([wrap_in_site, wrap_in_portal, lambda t: t]), st.integers(3, 40), st.integers(3, 40)
)
def test_rows_hold_every_character(text: str, wrap, pictures: int, readings: int) -> None:  # type: ignore[no-untyped-def]
    """Read row by row the raw side is the raw text and the clean side the clean one, white space between rows aside."""
    raw = wrap(drop_emoji(leak_pinyin(text, readings), pictures))
    shown = sides(raw)
    assert "".join("".join(said(r.raw) for r in shown.rows).split()) == "".join(raw.split())
    clean = shown.document.view.text.replace(BREAK, "\n")
    assert "".join("".join(said(r.clean) for r in shown.rows).split()) == "".join(clean.split())
    spans = [r.span for r in shown.rows]
    assert all(a.end <= b.start for a, b in pairwise(spans))


def test_each_change_is_told_by_its_cleaner() -> None:
    """What a cleaner took stands marked with its name on the raw side and is gone on the clean one."""
    text = "\n\n".join(SENTENCES[:8])
    shown = sides(say_twice(leak_pinyin(drop_emoji(text, 50), 60), SENTENCES[3]))
    works = {w.cleaner: w for w in shown.works}
    assert set(works) == {"emoji", "pinyin", "repeats"}
    assert len(marked(shown.rows, "emoji")) == works["emoji"].changes > 2
    assert all(re.fullmatch(r"\(\w+\)", m) for m in marked(shown.rows, "pinyin"))
    assert dict(shown.document.cleaned) == {w.cleaner: w.characters for w in shown.works}
    (gone,) = [r for r in shown.rows if not r.number]
    assert "repeats" in gone.cleaners
    assert all(len(w.strip) == 400 and 0 < max(w.strip) <= 1 for w in shown.works)


def test_what_was_put_right_is_marked_on_both_sides() -> None:
    """Mended characters are marked where they stand and where they stood, and their row says so."""
    shown = sides("全球員工超過10萬人,市場份額達到100%??偛吭O在中國,並且在多個國家設有研發中心和工廠。")
    (row,) = shown.rows
    assert row.repaired
    assert "".join(p.text for p in row.clean if any(m.name == "slipped" for m in p.marks)) == "。總部設"
    assert "".join(marked(shown.rows, "slipped")) == "??偛吭O"


def test_what_the_format_holds_is_marked() -> None:
    """Tags that are no text are marked as the format's; headings, tables and pages are known."""
    source = "<h1>标题</h1><p>第一<b>段</b>。</p><nav>首页</nav><table><tr><td>甲</td><td>乙</td></tr></table>"
    shown = sides(source, "a.html")
    assert "<b>" in "".join(marked(shown.rows, FORMAT))
    assert "首页" in "".join(marked(shown.rows, FORMAT))
    assert "标题" in marked(shown.rows, "heading")
    written = page(shown)
    assert 'class="heading"' in written
    assert 'class="table"' in written


def test_only_what_was_changed_is_shown_with_a_context() -> None:
    """With a context, rows hold the changes and so many characters around them, on both sides."""
    text = SENTENCES[0] + SENTENCES[1] + "登上《N😘ature》封面。" + SENTENCES[2]
    (row,) = sides(text, context=5).rows
    assert said(row.raw) == "。登上《N😘ature"
    assert said(row.clean) == "。登上《Nature"
    assert sides("".join(SENTENCES[:4]), context=5).rows == ()


def test_a_page_is_made_of_nothing_but_itself() -> None:
    """The page asks for nothing from anywhere, runs no script, and is told so by its policy."""
    written = page(sides(wrap_in_site("\n\n".join(SENTENCES[:20]))))
    tags = parsed(written)
    assert not tags.tags & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert all(link.startswith("#") for link in tags.links)
    assert "url(" not in written
    assert "@import" not in written
    assert "default-src 'none'" in written


@pytest.mark.parametrize("path", ["a.txt", "a.md"])
def test_no_text_of_a_document_becomes_markup(path: str) -> None:
    """Tags and attributes in a document, or in its name, stand in the page as text."""
    hostile = side_by_side(read(HOSTILE.encode(), f"<script>alert(2)</script>{path}"), 400)
    tags = parsed(page(hostile))
    assert not tags.tags & {"script", "img"}
    assert not any(name.startswith("on") for name in tags.attributes)
    assert "<script>alert(1)</script>" in tags.text
    assert "\x1b" not in tags.text
    assert "\u202e" not in tags.text


def test_a_page_speaks_both_languages() -> None:
    """Each cleaner that did something has a label in either language, a switch, and its number of changes."""
    shown = sides(drop_emoji("".join(SENTENCES[:6]), 20))
    written = page(shown)
    assert "表情符号" in written
    assert "Emoji" in written
    assert 'id="show-emoji"' in written
    assert f"{shown.works[0].changes:,}</td>" in written


def test_a_clean_document_is_said_to_be_clean() -> None:
    """Where there is nothing to show, that is said."""
    shown = sides("\n\n".join(SENTENCES[:5]))
    assert shown.works == ()
    assert "没有发现噪音" in page(shown)
    assert "no noise was found" in in_terminal(shown)


@pytest.mark.parametrize("cleaner", sorted(CLEANERS))
def test_every_cleaner_has_a_name_and_a_colour(cleaner: str) -> None:
    """No cleaner goes without a name in either language, and none without a colour."""
    assert all((NAMES[cleaner].zh, NAMES[cleaner].en, NAMES[cleaner].about_zh, NAMES[cleaner].about_en))
    assert cleaner in COLOURS


def test_a_terminal_is_not_steered_by_a_document() -> None:
    """Controls and marks of direction in a text are written out."""
    told = in_terminal(sides(HOSTILE))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "␛" in told
    assert "emoji" in told


@given(st.text())
def test_visible_text_has_no_controls(text: str) -> None:
    """Whatever a name holds, it is shown as one line that any encoding can hold."""
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", one_line(text))
    one_line(text).encode()
    assert re.sub(r"[\t\n]", "", visible(text)).isprintable() or not text.isprintable()


@pytest.fixture
def noisy(tmp_path: Path) -> Path:
    """A report with pictographs, by itself and in an archive."""
    file = tmp_path / "报告.txt"
    file.write_text(drop_emoji("\n\n".join(SENTENCES[:9]), 40) + "\n\n" + "".join(SENTENCES[9:40]), "utf-8")
    with zipfile.ZipFile(tmp_path / "卷.zip", "w") as archive:
        archive.write(file, "甲/报告.txt")
        archive.writestr("乙.txt", SENTENCES[0])
    return file


def inspect(*arguments: object) -> tuple[int, str]:
    """Run the command; its exit code and all that it printed."""
    from typer.testing import CliRunner

    from assistant.cli import app

    done = CliRunner().invoke(app, ["inspect", *map(str, arguments)])
    return done.exit_code, done.output + str(done.exception or "") + getattr(done.exception, "advice", "")


def test_the_command_shows_and_writes(noisy: Path, tmp_path: Path) -> None:
    """Both sides are printed, or written as a page; `--all` shows what was not changed too."""
    code, told = inspect(noisy)
    assert code == 0
    assert "emoji" in told
    assert len(inspect(noisy, "--all")[1]) > len(told)
    assert inspect(noisy, "--html", tmp_path / "o.html")[0] == 0
    assert "表情符号" in (tmp_path / "o.html").read_text("utf-8")


def test_the_command_looks_into_archives(noisy: Path) -> None:
    """A file in an archive is named by the archive's path and its own; an archive alone by one of its files."""
    code, told = inspect(noisy.parent / "卷.zip" / "甲" / "报告.txt")
    assert code == 0
    assert "emoji" in told
    code, told = inspect(noisy.parent / "卷.zip")
    assert code != 0
    assert "an archive of 2 files" in told
    assert "卷.zip/乙.txt" in told
    assert "no such file" in inspect(noisy.parent / "卷.zip" / "丙.txt")[1]
    assert "a folder" in inspect(noisy.parent)[1]
