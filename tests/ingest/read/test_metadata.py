"""Who published a report, and when."""

from __future__ import annotations

import pytest

from ingest.discover import discover
from ingest.document import Document, View
from ingest.prepare import prepare
from ingest.read.formats import READERS, read
from ingest.read.metadata import describe, fields, iso_date


def described(text: str, kind: str = "txt", sidecar: str = "", **known: str) -> Document:
    return describe(Document("a." + kind, kind, text, View.of(text), **known), sidecar.encode())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023年3月20日", "2023-03-20"),
        ("2023 年 3 月", "2023-03"),
        ("2023年", "2023"),
        ("2023", "2023"),
        ("2023-3-5", "2023-03-05"),
        ("2023/12/05", "2023-12-05"),
        ("2023.06", "2023-06"),
        ("二〇二三年三月二十日", "2023-03-20"),
        ("二○二四年十一月", "2024-11"),
        ("民國112年3月20日", "2023-03-20"),
        ("中華民國一百年", ""),
        ("2023年13月1日", ""),
        ("2023年2月30日", ""),
        ("1.2.3", ""),
        ("第2023号", ""),
        ("2023.5%", ""),
        ("", ""),
    ],
)
def test_dates_become_iso(text: str, day: str) -> None:
    """Dates in the forms that reports use, as precise as they are given; what is none is empty."""
    assert iso_date(text) == day


@pytest.mark.parametrize(
    ("head", "day", "publisher"),
    [
        ("即时零售报告\n中国互联网络信息中心\n2024年3月\n\n正文。", "2024-03", "中国互联网络信息中心"),
        ("即时零售报告\n\n2023年3月20日\n\n中国连锁经营协会\n\n正文。", "2023-03-20", "中国连锁经营协会"),
        ("题目\n发布时间：2024-05-06 10:20  来源：第一财经\n正文。", "2024-05-06", "第一财经"),
        ("題目\n發佈日期:2024年5月6日\n來源：聯合報\n正文。", "2024-05-06", "聯合報"),
        ("题目\n艾瑞咨询 2023年12月\n正文。", "2023-12", "艾瑞咨询"),
        ("2023年，全国即时零售的市场规模约为6500亿元。\n2022年3月20日，公司成立了研究院。", "", ""),
        ("2023年中国即时零售行业研究报告\n正文从这里开始，说的是某公司。", "", ""),
        ("正文。", "", ""),
    ],
)
def test_date_and_publisher_stand_at_the_head(head: str, day: str, publisher: str) -> None:
    """A date in a line of its own, or named as such, and the organisation beside it; none is guessed from sentences."""
    document = described(head)
    assert (document.date, document.publisher) == (day, publisher)


def test_what_stands_far_below_is_not_the_heads() -> None:
    """A date beyond the head of a text does not date it."""
    assert described("正文。\n" * 400 + "2023年3月20日").date == ""


def test_the_day_of_saving_counts_less_than_the_printed_one() -> None:
    """Of a PDF or Office file the printed date counts more, of a web page its own statement."""
    head = "题目\n2023年3月20日\n正文。"
    assert described(head, "pdf", date="2025-01-01").date == "2023-03-20"
    assert described("题目", "pdf", date="2025-01-01").date == "2025-01-01"
    assert described(head, "html", date="2023-03-21").date == "2023-03-21"


def test_a_sidecar_counts_most() -> None:
    """What a sidecar states replaces what was found; what it does not state stays."""
    document = described("题\n2020年1月", sidecar="标题: 真题目\n机构: 某研究院\ndate: 2023-03-20\n", title="旧")
    assert (document.title, document.publisher, document.date) == ("真题目", "某研究院", "2023-03-20")
    assert described("题\n2020年1月", sidecar="publisher: 甲").date == "2020-01"


@pytest.mark.parametrize("sidecar", ["- 甲\n- 乙\n", "a: [", "&a [*a]", "x" * 70_000, "!!python/object:os.system x"])
def test_a_sidecar_that_says_nothing_is_told(sidecar: str) -> None:
    """A sidecar that cannot be read is a warning, and the report stands without it."""
    document = described("题", sidecar=sidecar, title="题")
    assert document.title == "题"
    assert ".meta.yaml" in document.warnings[0]


def test_numbers_are_no_titles_lost() -> None:
    """Values that YAML takes for numbers or dates are text again; lists and mappings are passed over."""
    assert fields("title: 2023\ndate: 2023\npublisher: [a]\n") == {"title": "2023", "date": "2023"}


def test_pages_state_their_metadata() -> None:
    """Of a web page the meta elements are read."""
    source = (
        '<html><head><title>题</title><meta property="article:published_time" content="2024-05-06T10:20:00+08:00">'
        '<meta name="ContentSource" content="国家统计局"></head><body><p>正文。</p></body></html>'
    )
    document = read(source.encode(), "a.html")
    assert (document.title, document.publisher, document.date) == ("题", "国家统计局", "2024-05-06")


def test_front_matter_states_metadata() -> None:
    """Of Markdown the front matter is read; a heading of the first level counts more as title."""
    document = read("---\ntitle: 题\nsource: 某协会\ndate: 2024-05-06\n---\n正文。\n".encode(), "a.md")
    assert (document.title, document.publisher, document.date) == ("题", "某协会", "2024-05-06")
    assert document.view.text == "正文。\n"
    assert read("---\ntitle: [\n---\n正文。\n".encode(), "a.md").warnings


def test_a_sidecar_is_found_beside_its_report(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """`NAME.meta.yaml` beside a report is read with it, is no report itself, and a change in it makes the report new."""
    (tmp_path / "a.txt").write_text("正文。", "utf-8")
    (tmp_path / "b.txt").write_text("正文。", "utf-8")
    (tmp_path / "a.txt.meta.yaml").write_text("publisher: 某局\n", "utf-8")
    (tmp_path / "b.meta.yaml").write_text("publisher: 某部\n", "utf-8")
    found = list(discover([tmp_path], READERS))
    passages = [prepare(f, None, 400)[0] for f in found]
    assert [p.document.publisher for p in passages if p] == ["某局", "某部"]
    assert len({p.document.sha256 for p in passages if p}) == 2
