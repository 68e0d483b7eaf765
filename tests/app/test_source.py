"""What is shown of answers and of their sources."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import get_args
from urllib.parse import parse_qs, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, Conflict, Sentence
from assistant.app import bubbles, marked, source
from assistant.app.languages import LANGUAGES, Language
from assistant.app.turns import State, Turn
from assistant.app.words import WORDS
from assistant.copies import Also
from ingest.clean.stages import clean
from ingest.document import Block, Document, Page, Span, View
from ingest.read.formats import read

WORD = WORDS["zh-Hans"]
HOSTILE = (
    """</mark></div><script>alert("1")</script><img src=x onerror='y()'> **粗** $$x$$ [a](javascript:b) `c` &lt; ${d}"""
)


class Elements(HTMLParser):
    """What a browser would make of HTML: its elements and attributes, the text, and the text inside `<mark>`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = self.mark = ""
        self._in_mark = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        self._in_mark += tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        """Note where the mark ends."""
        self._in_mark -= tag == "mark"

    def handle_data(self, data: str) -> None:
        """Collect the text."""
        self.text += data
        self.mark += data if self._in_mark else ""

    def names(self) -> set[str]:
        """The names of all elements."""
        return {name for name, _ in self.elements}


def document(raw: str, path: str = "报告.txt", **facts: object) -> Document:
    return Document(path=path, format=path.rsplit(".", 1)[-1], raw=raw, view=View.of(raw), title="报告", **facts)  # type: ignore[arg-type]


def reading(html: str) -> Elements:
    """The text region of the pane."""
    found = re.search(r'<div class="reading.*?</div>(?=<div class="deeds">)', html, re.DOTALL)
    assert found
    return Elements(found[0])


def citation(quote: str = "一句话。", path: str = "报告.txt", page: str = "", start: int = 0) -> Citation:
    return Citation(path, "某报告", page, Span(start, start + len(quote)), quote, 1.0)


def answer(*sentences: Sentence, citations: tuple[Citation, ...], **facts: object) -> Answer:
    return Answer("问", "zh-Hans", sentences, citations, **facts)  # type: ignore[arg-type]


def test_the_mark_holds_exactly_the_cited_raw_characters() -> None:
    """In the text as filed the mark is raw[start:end]."""
    found = document("一" * 1000 + "就是这一句 & <b>。" + "二" * 1000)
    cited = Span(1000, 1012)
    html = source.source_html(found, cited, 1, "zh-Hans", "raw", whole=False)
    assert reading(html).mark == cited.of(found.raw) == "就是这一句 & <b>。"


def test_the_context_is_some_300_characters_on_either_side() -> None:
    """The window holds the passage and about 300 characters before and behind it."""
    found = document("一" * 1000 + "就是这一句。" + "二" * 1000)
    text = reading(source.source_html(found, Span(1000, 1006), 1, "zh-Hans", "raw", whole=False)).text
    assert text == "一" * 300 + "就是这一句。" + "二" * 300


def test_the_context_begins_and_ends_with_sentences_where_it_can() -> None:
    """The window reaches a little further when that spares a torn sentence."""
    text = "甲乙丙丁戊己庚辛壬。" * 100
    window = marked.context_of(text, Span(500, 510))
    assert window == Span(200, 810 + 10)
    assert marked.context_of("短文。", Span(0, 3)) == Span(0, 3)


def test_the_whole_text_is_shown_on_demand() -> None:
    """As filed, the whole text is the file's characters, nothing added and nothing left out."""
    found = document("头\n" * 500 + "句。\n" + "尾\n" * 500)
    cited = Span(1000, 1002)
    shown = reading(source.source_html(found, cited, 1, "zh-Hans", "raw", whole=True))
    assert shown.text == found.raw
    assert shown.mark == "句。"


def test_clean_text_marks_the_cleaned_quotation() -> None:
    """The cleaned text shows and marks what people read, without the noise of the file."""
    found = clean(read("# 报告\n\n今年😀的销售额为三百万元🎉，比去年多。下一句。\n".encode(), "a.md"))
    start = found.raw.index("今年")
    cited = Span(start, found.raw.index("下一句"))
    as_filed = reading(source.source_html(found, cited, 1, "zh-Hans", "raw", whole=True))
    cleaned = reading(source.source_html(found, cited, 1, "zh-Hans", "clean", whole=True))
    assert "😀" in as_filed.mark
    assert cleaned.mark.strip() == "今年的销售额为三百万元，比去年多。"
    assert cleaned.mark == found.view.within(cited)


def test_what_cleaning_takes_out_is_set_off_in_the_text_as_filed() -> None:
    """Emoji and the tags of HTML are noise; the words between them are not."""
    found = clean(read("<html><body><p>今年😀的销售额为三百万元。</p></body></html>".encode(), "a.html"))
    noise = [s.of(found.raw) for s in marked.noise_of(found)]
    assert any("<p>" in n for n in noise)
    assert not any("销售额" in n for n in noise)


def test_the_noise_of_a_clean_text_is_nothing() -> None:
    """Nothing of a text without noise is set off."""
    assert marked.noise_of(document("一句。\n\n二句。")) == []


@given(st.text(st.characters(codec="utf-8"), max_size=400), st.integers(0, 400), st.integers(0, 400), st.booleans())
def test_any_text_is_shown_as_text(raw: str, a: int, b: int, whole: bool) -> None:
    """Whatever a document holds, the page has the elements of the page and the text of the document."""
    found = document(raw)
    cited = Span(min(a, b), max(a, b))
    shown = reading(source.source_html(found, cited, 1, "zh-Hans", "raw", whole=whole))
    assert shown.names() <= {"div", "span", "mark"}
    kept = raw.replace("\r\n", "\n").replace("\r", "\n")
    assert shown.text.replace("\r\n", "\n").replace("\r", "\n") in kept
    if cited.of(raw):
        assert shown.mark == cited.of(raw)


@pytest.mark.parametrize("text", get_args(marked.Text))
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_document_is_markup(language: Language, text: marked.Text) -> None:
    """Text, title, path, page and headings of a hostile document reach the page as text."""
    blocks = (Block("heading", Span(0, len(HOSTILE)), 2),)
    pages = (Page('"><script>', Span(0, len(HOSTILE) * 2)),)
    found = Document(
        f"{HOSTILE}.txt", '"x', HOSTILE * 2, View.of(HOSTILE * 2), title=HOSTILE, pages=pages, blocks=blocks
    )
    cited = Span(len(HOSTILE), len(HOSTILE) * 2)
    for html in (
        source.source_html(found, cited, 1, language, text, whole=True),
        source.source_html(found, cited, 1, language, text, whole=False),
        source.text_page(found, cited, language, text),
    ):
        page = Elements(html)
        assert not {"script", "img"} & page.names()
        assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
        assert page.mark == HOSTILE


def test_nothing_of_an_answer_is_markup() -> None:
    """Questions, sentences, titles, conflicts and notices of a hostile answer reach the conversation as text."""
    cited = Citation(HOSTILE, HOSTILE, HOSTILE, Span(0, 5), HOSTILE, 1.0)
    said = (Sentence(HOSTILE, (0,)), Sentence(HOSTILE, (0,), supported=False))
    conflict = Conflict((HOSTILE, HOSTILE), (0, 0))
    for html in (
        bubbles.question_html(HOSTILE, WORD),
        bubbles.writing_html(1, said, (cited,), WORD),
        bubbles.answer_html(1, answer(*said, citations=(cited,), conflicts=(conflict,), notices=(HOSTILE,)), WORD),
        bubbles.answer_html(1, answer(*said, citations=(cited,), abstained=True), WORD),
        bubbles.failure_html(1, HOSTILE, HOSTILE),
    ):
        page = Elements(html)
        assert page.names() <= {"div", "p", "span", "a", "strong", "br"}
        assert "<script>" in page.text
        assert "\n" not in html
        addresses = [a["href"] or "" for name, a in page.elements if name == "a"]
        assert all(re.fullmatch(r"#source\?[\w%&=.+-]+", address) for address in addresses)


@given(st.text(max_size=200))
def test_bubbles_hold_no_character_that_markdown_knows(text: str) -> None:
    """Everything that could mean something to Markdown is an entity, which stands for itself."""
    html = bubbles.inert(text)
    assert not set(bubbles.MARKDOWN.sub("", html.replace("<br>", ""))) & set("<>*_`[]$|~\\")
    assert unescape(html.replace("<br>", "\n")).split() == text.split()


def test_a_mark_carries_all_that_the_pane_needs() -> None:
    """The address of a citation names document, range and number, whatever the path holds."""
    address = bubbles.citation_address(citation("一句。", "a/报告 #1&2?.pdf", start=7), 3)
    place = parse_qs(address.partition("?")[2])
    assert place == {"document": ["a/报告 #1&2?.pdf"], "start": ["7"], "end": ["10"], "number": ["3"]}


def test_sentences_that_rest_on_the_same_share_a_mark() -> None:
    """A run of sentences has its mark at its end; another citation begins another run."""
    said = (Sentence("一。", (0,)), Sentence("二。", (0,)), Sentence("三。", (1,)))
    html = bubbles.writing_html(1, said, (citation(), citation()), WORD)
    assert Elements(html).text == "一。二。[1]三。[2]"


def test_items_of_a_list_stand_on_lines_of_their_own() -> None:
    """A sentence that begins with a number or a bullet is an item; one that begins with a figure is not."""
    said = tuple(Sentence(text, (0,)) for text in ("要点如下：", "1. 甲。", "• 乙。", "2.6 万题。"))
    html = bubbles.writing_html(1, said, (citation(),), WORD)
    assert html.count('class="sentence item"') == 2


def test_a_sentence_that_its_source_does_not_bear_out_is_shown_as_such() -> None:
    """An unsupported sentence is underlined and explained."""
    html = bubbles.answer_html(1, answer(Sentence("一。", (0,), supported=False), citations=(citation(),)), WORD)
    assert "unsupported" in html
    assert WORD.unsupported in unescape(html)


def test_sources_are_listed_once_for_each_document_and_page() -> None:
    """Two citations of one page share a line, that names title and page."""
    cited = (citation(page="3"), citation(page="3"), citation(page="4"))
    said = tuple(Sentence("句。", (i,)) for i in range(3))
    html = bubbles.answer_html(1, answer(*said, citations=cited), WORD)
    assert html.count('class="origin"') == 2
    assert Elements(html).text.endswith("来源[1][2]某报告 第 3 页[3]某报告 第 4 页")


def test_a_refusal_shows_the_nearest_passages() -> None:
    """A refusal is labelled, says so, and lists each passage with its mark and its first words."""
    refused = answer(Sentence("没有。", (0, 1)), citations=(citation("近" * 200), citation("远。")), abstained=True)
    html = bubbles.answer_html(1, refused, WORD)
    shown = Elements(html).text
    assert 'class="answer refused"' in html
    assert WORD.badge_refused in shown
    assert f"{WORD.nearest}[1]某报告{'近' * bubbles.SNIPPET}…[2]某报告远。" in shown


def test_sources_that_disagree_are_both_shown() -> None:
    """A conflict lists each value with its mark."""
    disagree = answer(
        Sentence("甲。", (0,)), citations=(citation(), citation()), conflicts=(Conflict(("1%", "2%"), (0, 1)),)
    )
    assert f"{WORD.conflict}1%[1]2%[2]" in Elements(bubbles.answer_html(1, disagree, WORD)).text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("sources", "来源说法不一1%[1]2%[2]"),
        ("within", "同一份资料前后不一1%[1]2%[2]"),
        ("headline", "标题与正文不一标题 1%[1]正文 2%[2]"),
        ("count", "说的数目与列出的不符说是 1%[1]列出 2%[2]"),
        ("of a later version", "来源说法不一1%[1]2%[2]"),
    ],
)
def test_a_disagreement_is_called_what_it_is(kind: str, said: str) -> None:
    """Of one report with itself, of a headline with its text, or of sources; the badge agrees."""
    disagree = answer(
        Sentence("甲。", (0,)),
        citations=(citation(), citation()),
        conflicts=(Conflict(("1%", "2%"), (0, 1), kind=kind),),
    )
    shown = Elements(bubbles.answer_html(1, disagree, WORD)).text
    assert said in shown
    assert (WORD.badge_conflict in shown) is said.startswith(WORD.conflict)
    assert (WORD.badge_within in shown) is not said.startswith(WORD.conflict)


def test_a_stopped_answer_keeps_what_was_written() -> None:
    """Stopping leaves the sentences that were there, or says that there were none."""
    begun = answer(Sentence("一。", (0,)), citations=(citation(),))
    assert Elements(bubbles.stopped_html(2, WORD, begun)).text == "一。[1]"
    assert "writing" not in bubbles.stopped_html(2, WORD, begun)
    for nothing in (None, answer(citations=())):
        assert Elements(bubbles.stopped_html(2, WORD, nothing)).text == WORD.stopped


def test_the_pane_tells_title_page_format_and_section() -> None:
    """The head of the pane says where the passage stands."""
    raw = "报告\n一、市场\n这里是正文。"
    blocks = (Block("heading", Span(0, 2), 1), Block("heading", Span(3, 7), 2))
    found = document(raw, "a/b.pdf", pages=(Page("12", Span(0, len(raw))),), blocks=blocks)
    html = source.source_html(found, Span(8, 14), 2, "zh-Hans", "raw", whole=False)
    text = Elements(html).text
    for fact in ("报告", "PDF", "第 12 页", "a/b.pdf", "一、市场", "引文 [2]"):
        assert fact in text


def test_damage_and_repairs_in_a_quotation_are_told() -> None:
    """A note appears when the cited range was repaired or is damaged, not when its surroundings are."""
    found = document("甲乙丙丁。" * 4, repaired=(Span(0, 2),), damaged=(Span(12, 13),))
    near, far = (source.source_html(found, Span(*s), 1, "en", "raw", whole=False) for s in ((0, 5), (10, 15)))
    assert WORDS["en"].repaired in near
    assert WORDS["en"].damaged not in near
    assert WORDS["en"].damaged in far


def test_the_copy_button_carries_quotation_and_reference() -> None:
    """What is copied is the cleaned quotation on one line with title, page and path."""
    found = document("前文。这是一\n句话。", pages=(Page("2", Span(0, 10)),))
    html = source.source_html(found, Span(3, 10), 1, "zh-Hant", "raw", whole=False)
    copied = [a["data-copy"] for _, a in Elements(html).elements if "data-copy" in a]
    assert copied == ["「这是一句话。」——《报告》，第 2 頁（报告.txt）"]


def test_the_link_to_the_whole_text_leads_to_the_mark() -> None:
    """The link names document, range, text and language, and scrolls to the mark."""
    html = source.source_html(document("一句。"), Span(0, 3), 1, "en", "clean", whole=False)
    link = next(a for name, a in Elements(html).elements if name == "a")
    assert unquote(link["href"] or "") == "text?document=报告.txt&start=0&end=3&text=clean&lang=en#mark"
    assert (link["target"], link["rel"]) == ("_blank", "noopener")
    assert 'id="mark"' in source.text_page(document("一句。"), Span(0, 3), "en", "raw")


def test_pages_are_announced_without_adding_to_the_text() -> None:
    """The name of a page is an attribute, so that what is selected and copied is the document's."""
    found = document("一页。二页。", pages=(Page("1", Span(0, 3)), Page("2", Span(3, 6))))
    shown = reading(source.source_html(found, Span(1, 5), 1, "en", "raw", whole=True))
    assert [a["data-page"] for _, a in shown.elements if "data-page" in a] == ["page 1", "page 2"]
    assert shown.text == found.raw
    assert shown.mark == "页。二页"


def test_lines_that_a_page_wrapped_run_on_in_the_clean_text_of_a_pdf() -> None:
    """A full line that nothing ends runs on; headings, items and ended lines do not."""
    full = "这一行写满了整整一页的宽度直到边缘才不得不换行去写"
    text = f"{full}\n{full}。\n{full}\n• 项目\n短行\n{full}"
    assert [text[w.start - 1 : w.end + 1] for w in marked.wraps_of(text, [])] == ["写\n这"]


@given(st.lists(st.sampled_from(["a", " | ", "\n", "长", "|"]), max_size=40).map("".join))
def test_a_mark_over_tables_holds_all_of_them(text: str) -> None:
    """Cells and what stands between them change no character."""
    found = document(text, "a.pdf")
    shown = reading(source.source_html(found, Span(0, len(text)), 1, "en", "clean", whole=True))
    assert shown.mark == text


@pytest.mark.parametrize("start", [0, 5, 99])
def test_a_range_that_the_document_does_not_have_is_harmless(start: int) -> None:
    """An address that someone made up shows the text with no mark."""
    for text in get_args(marked.Text):
        for whole in (True, False):
            html = source.source_html(document("一句。"), Span(start, 99), 1, "en", text, whole=whole)
            assert reading(html).mark == "一句。"[start:]
    assert reading(source.source_html(document(""), Span(0, 0), 1, "en", "raw", whole=True)).text == ""


def test_quotations_join_lines_as_chinese_does() -> None:
    """No space comes between two Chinese characters, one between words."""
    assert bubbles.one_line("上一\n行，\n下 a\nb\u2029 c") == "上一行，下 a b c"


@pytest.mark.parametrize("language", get_args(Language))
def test_copies_are_named_beside_their_source(language: Language) -> None:
    """The list of sources says in which other documents the same stands, once each and inert."""
    places = (Also("b/<i>.pdf", "7", 3, 9), Also("c.docx", "", 0, 6))
    cited = tuple(replace(citation(start=n), also=places) for n in (0, 9))
    told = answer(Sentence("一。", (0,)), Sentence("二。", (1,)), citations=cited)
    html = bubbles.answer_html(1, told, WORDS[language])
    found = Elements(html)
    assert f"{WORDS[language].also_in} b/<i>.pdf {WORDS[language].page('7')} · c.docx" in found.text
    assert found.text.count("c.docx") == 1
    assert "i" not in found.names()
    plain = answer(Sentence("一。", (0,)), citations=(citation(),))
    assert WORDS[language].also_in not in Elements(bubbles.answer_html(1, plain, WORDS[language])).text


BIDI = "正\u202e常\u2066报\u200f告\u2028"


def test_marks_of_direction_in_names_are_seen_and_do_nothing() -> None:
    """A title, a path, a heading or the name of a page cannot turn around what stands beside it."""
    found = Document(
        f"{BIDI}.txt", "txt", "一句。", View.of("一句。"), title=BIDI, pages=(Page(BIDI, Span(0, 3)),),
        blocks=(Block("heading", Span(0, 2), 2),),
    )  # fmt: skip
    cited = Citation(f"{BIDI}.txt", BIDI, BIDI, Span(0, 3), "一句。", 1.0, also=(Also(BIDI, BIDI, 0, 1),))
    told = answer(Sentence("一。", (0,)), citations=(cited,))
    shown = [
        bubbles.answer_html(1, told, WORD),
        bubbles.answer_html(1, replace(told, abstained=True), WORD),
        re.sub(r'data-copy="[^"]*"', "", source.source_html(found, Span(0, 3), 1, "en", "raw", whole=False)),
        source.text_page(found, Span(0, 3), "en", "raw"),
    ]
    for html in shown:
        text = unescape(re.sub(r'data-page="[^"]*"|href="[^"]*"|data-link="[^"]*"', "", html))
        assert "⟨202E⟩" in text
        assert not set("\u202e\u2066\u200f\u2028") & set(text)


def test_badges_say_what_there_is_to_know_before_believing() -> None:
    """Disagreement, want of support, repairs and damage are named at the head; without them there is no badge."""
    plain = answer(Sentence("一。", (0,)), citations=(citation(),))
    assert "badge" not in bubbles.answer_html(1, plain, WORD)
    flawed = answer(
        Sentence("一。", (0,), supported=False),
        citations=(replace(citation(), repaired=True, damaged=True),),
        conflicts=(Conflict(("1%", "2%"), (0, 0)),),
    )
    html = bubbles.answer_html(1, flawed, WORD)
    head = html[: html.index("</p>")]
    for badge in (WORD.badge_conflict, WORD.badge_unsupported, WORD.badge_damaged, WORD.badge_repaired):
        assert f">{badge}<" in head
    assert html.count(WORD.badge_damaged) == 2  # at the head and beside the source


def test_a_link_to_keep_tells_when_the_document_changed() -> None:
    """The link holds the beginning of the document's hash; another hash is told on the page."""
    found = replace(document("一句。"), sha256="ab" * 32)
    html = source.source_html(found, Span(0, 3), 1, "en", "raw", whole=False)
    link = next(a["data-link"] or "" for _, a in Elements(html).elements if "data-link" in a)
    assert parse_qs(link.partition("?")[2].partition("#")[0])["of"] == ["ab" * 6]
    assert WORDS["en"].changed_since not in source.text_page(found, Span(0, 3), "en", "raw", "ab" * 6)
    assert WORDS["en"].changed_since in source.text_page(found, Span(0, 3), "en", "raw", "cd" * 6)


@pytest.mark.parametrize(
    ("state", "good"), [("answered", None), ("answered", True), ("answered", False), ("stopped", None)]
)
def test_what_can_be_done_with_an_answer_depends_on_its_turn(state: State, good: bool | None) -> None:
    """The last turn can be edited and asked again; only an answer has reasons and an opinion."""
    turn = Turn(7, "c", 1, "问", state, answer(Sentence("一。", (0,)), citations=(citation(),)), good=good)
    last, earlier = (bubbles.turn_html(turn, WORD, last=here) for here in (True, False))
    assert ("do=edit" in last[0], "do=edit" in earlier[0]) == (True, False)
    assert ("do=retry" in last[1], "do=retry" in earlier[1]) == (True, False)
    assert ("do=why" in earlier[1]) == (state == "answered")
    assert earlier[1].count("thumb given") == (good is not None)


def test_entries_without_numbers_are_shown_as_a_list() -> None:
    """Three sentences that begin with what they are about stand on lines of their own; fewer run on."""
    told = [Sentence(f"{name}：从下单到送达。", (0,)) for name in ("时效性", "便捷性", "个性化")]
    cited = Citation("a.md", "甲", "", Span(0, 1), "一", 1.0)
    many = bubbles.writing_html(1, told, (cited,), WORDS["zh-Hans"])
    assert many.count("entry") == 3
    assert "entry" not in bubbles.writing_html(1, told[:2], (cited,), WORDS["zh-Hans"])
