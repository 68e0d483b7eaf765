"""Sentences that a break cut in two."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from noise import paragraphs
from pptx import Presentation
from pptx.util import Inches

from assistant import Assistant, Hit
from assistant.broken import beginning, rest, whole
from assistant.run import Run
from evals.metrics import citation_exact
from ingest.document import BREAK, Span
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings


@pytest.mark.parametrize(
    ("first", "second", "cut"),
    [
        ("自建冷链反而便宜，因为冷库的", "固定成本被摊薄。", True),
        ("品牌從社區發酵口碑，電商引流實現變現，", "形成了一個閉環。後來改名。", True),
        ("规模为五千亿元。", "其中餐饮占八成。", False),
        ("各年的规模见下", "年份 | 规模", False),
        ("主要有以下几种，", "一、前置仓", False),
        ("平台包括美团、", "其他：京东", False),
    ],
)
def test_a_sentence_goes_on_behind_a_break(first: str, second: str, cut: bool) -> None:
    """Where what stands before ends with a comma or a word that leads on, and a sentence follows."""
    text = f"前文。{first}\n{BREAK}\n{second}"
    one, end = Span(3, 3 + len(first)), len(first) + 6
    sentence = Span(end, end + second.index("。") + 1) if "。" in second else Span(end, len(text))
    assert rest(text, one) == (sentence if cut else None)
    assert beginning(text, sentence) == (one if cut else None)


def test_each_part_is_a_run(passage: Callable[..., Hit]) -> None:
    """The part before and the part behind, each in its place, and all but the last go on."""
    text = f"它把门店的{BREAK}冷库与车辆的{BREAK}成本摊薄。"
    hit = passage("冷库与车辆的")
    middle = Span(text.index("冷库"), text.index("成本") - 1)
    parts = list(whole(Run(hit.document, hit, 1.0, middle, (middle,)), text))
    assert [(p.clean.of(text), p.goes_on) for p in parts] == [
        ("它把门店的", True),
        ("冷库与车辆的", True),
        ("成本摊薄。", False),
    ]


@given(paragraphs(), st.integers(0, 60), st.integers(1, 60))
def test_no_part_holds_a_break(text: str, start: int, length: int) -> None:
    """Whatever is added to a sentence lies outside of it and on one side of a break."""
    text = text.replace("，", f"，{BREAK}", 1)
    place = Span(min(start, len(text)), min(start + length, len(text)))
    for part in (rest(text, place), beginning(text, place)):
        assert part is None or (BREAK not in part.of(text) and not part.overlap(place) and part.of(text).strip())


def test_a_sentence_over_two_slides_is_quoted_in_two_places(tmp_path: Path) -> None:
    """It is told as one, and each of its citations is a stretch of the source to the letter."""
    slides = Presentation()
    for words in (
        "二手交易的難處。寄賣型平台的抽成較高，平均為成交價的一成八，因為平台要替每一件商品的",
        "成色擔保，並負責拍照、定價與發貨。撮合型只收服務費。",
    ):
        slide = slides.slides.add_slide(slides.slide_layouts[6])
        slide.shapes.add_textbox(0, 0, Inches(8), Inches(4)).text_frame.text = words
    slides.save(str(tmp_path / "平台.pptx"))
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    index = tmp_path / "index"
    ingest([tmp_path / "平台.pptx"], index, settings, SentenceTransformersEmbedder(settings.model_path()))
    assistant = Assistant.open(index, settings)
    answer = assistant.ask("寄賣型平台的抽成為什麼較高？")
    first = answer.sentences[0]
    assert "商品的成色擔保" in first.text
    assert len(first.citations) == 2
    assert all(citation_exact(c, assistant.retriever.document(c.document)) for c in answer.citations)
