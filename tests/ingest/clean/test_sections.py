"""Slide heads, foreign lists, articles and what a corpus repeats: blocks that are cut or become headings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from noise import PORTAL_TAIL, SENTENCES, drop_emoji, paragraphs

from ingest.clean.articles import find_articles, find_ends
from ingest.clean.foreign import find_foreign
from ingest.clean.headers import find_heads
from ingest.clean.learned import ENOUGH, NOTHING, ends, find_learned, learn, number_of
from ingest.clean.stages import clean, tidy
from ingest.document import BREAK, Document, View
from ingest.split import split

HEAD = "营销创新的迫切性和必要性——营销环境今非昔比"
DISTRICTS = "\n".join(
    f"{city}:({'、'.join(f'{a}{b}区' for b in '东西南北中')}、{a}县、{a}水县)"
    for city, a in (
        ("甲州市", "嘉"),
        ("乙州市", "怡"),
        ("丙州市", "秉"),
        ("丁州市", "鼎"),
        ("戊州市", "茂"),
        ("己州市", "纪"),
        ("庚州市", "耕"),
    )
)


def document(text: str, path: str = "a.txt") -> Document:
    return Document(path=path, format="txt", raw=text, view=View.of(text))


def slides(count: int = 6) -> str:
    return "".join(f"{HEAD}{SENTENCES[i]}{SENTENCES[i + 10]}" for i in range(count))


def test_heads_of_slides_become_headings() -> None:
    """A head that runs together with text is given a line of its own and stands over its passages."""
    cleaned = clean(document(drop_emoji(slides(), 40)))
    assert cleaned.view.text.split("\n")[1::2] == [f"{SENTENCES[i]}{SENTENCES[i + 10]}" for i in range(6)]
    heads = [b.span.of(cleaned.raw) for b in cleaned.blocks]
    assert [tidy(h) for h in heads] == [HEAD] * 6
    chunks = split(cleaned, 400)
    assert {c.heading for c in chunks} == {HEAD}
    assert all(tidy(c.span.of(cleaned.raw)) == c.text.replace("\n", "") for c in chunks)
    assert dict(cleaned.cleaned)["headers"] == 11


def test_terms_and_sources_are_no_heads() -> None:
    """What a text is about recurs inside sentences; where a figure comes from is a note."""
    term = "".join(f"{SENTENCES[i]}直播电商与即时零售的融合发展是第{i}点。" for i in range(6))
    note = "".join(f"{SENTENCES[i]}资料来源:2018——营销白皮书{SENTENCES[i + 10]}" for i in range(6))
    assert find_heads(View.of(term)) == find_heads(View.of(note)) == []


@given(paragraphs() | paragraphs(traditional=True))
def test_clean_text_holds_no_blocks_to_cut(text: str) -> None:
    """No heads, foreign lists or ends of articles are found in clean text."""
    view = View.of(text)
    assert find_heads(view) == find_foreign(view) == find_ends(view) == find_articles(view, []) == []


def test_lists_that_belong_to_nothing_go() -> None:
    """A block of districts between two articles is cut; a break is left."""
    text = f"{SENTENCES[0]}\n{DISTRICTS}\n{SENTENCES[1]}"
    view = View.of(text)
    assert view.edit(find_foreign(view)).text == f"{SENTENCES[0]}\n{BREAK}\n{SENTENCES[1]}"


def test_lists_that_the_text_speaks_of_stay() -> None:
    """Where the text around mentions what is listed, the list is part of it."""
    mentioned = "".join(f"{a}{b}区的订单最多。" for a in "嘉怡秉鼎茂纪" for b in "东西南北中")
    assert find_foreign(View.of(f"{mentioned}\n{DISTRICTS}")) == []


def test_each_article_is_a_section() -> None:
    """The second article of a file stands under its own first sentence."""
    first = "".join(SENTENCES[:20]) * 2
    second = "".join(SENTENCES[20:36])
    text = f"{first}返回搜狐，查看更多\n文 | 大V商业,作者 | 庄莉 {second}{second}\n{PORTAL_TAIL}"
    cleaned = clean(document(text))
    headings = [c.heading for c in split(cleaned, 200)]
    assert headings[0] == ""
    assert headings[-1] == SENTENCES[20]


def test_an_end_without_an_article_behind_it_opens_no_section() -> None:
    """The mark at the end of the only article parts nothing."""
    text = "".join(SENTENCES[:30]) + "返回搜狐，查看更多\n" + PORTAL_TAIL
    assert clean(document(text)).blocks == ()


def corpus(count: int) -> list[Document]:
    """Documents of one site: the same lines around each, and three sentences that no other has."""
    site = "欢迎关注某某文库公众号\n{n}人已经下载过这份材料\n"
    own = [
        "\n".join(f"{SENTENCES[n + i][:-1]}，{name}说。" for i in range(3))
        for n, name in enumerate("赵钱孙李周吴郑王冯陈")
    ]
    return [
        document(f"{site.format(n=n * 7)}{own[n]}\n某某文库，版权所有，侵权必究\n", f"{n}.txt") for n in range(count)
    ]


def test_what_a_site_repeats_is_learned() -> None:
    """Lines at the ends of many documents go, whatever numbers they hold; the documents' own stay."""
    documents = corpus(10)
    learned = learn(map(ends, documents))
    assert learned == learn(map(ends, documents[::-1]))
    lines = "欢迎关注某某文库公众号", "0人已经下载过这份材料", "某某文库,版权所有,侵权必究"
    assert (learned.lines, learned.documents) == ({number_of(line) for line in lines}, 10)
    cleaned = clean(documents[3], learned)
    assert [line for line in cleaned.view.text.replace(BREAK, "\n").splitlines() if line] == documents[
        3
    ].raw.splitlines()[2:5]
    assert dict(cleaned.cleaned)["learned"]


def test_copies_tell_nothing_about_sites() -> None:
    """Documents that share nearly all their lines are copies of one."""
    copies = [document("\n".join(SENTENCES[:8]), f"{i}.txt") for i in range(ENOUGH)]
    assert learn(map(ends, copies)).lines == frozenset()


def test_few_documents_teach_nothing() -> None:
    """Below a number of documents nothing is learned, and nothing learned cuts nothing."""
    assert learn(map(ends, corpus(ENOUGH - 1))).lines == frozenset()
    assert find_learned(View.of(SENTENCES[0]), NOTHING) == []


@given(st.lists(paragraphs(), min_size=ENOUGH, max_size=ENOUGH + 2))
def test_learning_knows_no_order(texts: list[str]) -> None:
    """The same documents teach the same lines in whatever order they come."""
    documents = [document(t, f"{i}.txt") for i, t in enumerate(texts)]
    assert learn(map(ends, documents)) == learn(map(ends, documents[::-1]))
