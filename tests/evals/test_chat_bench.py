"""What the speed of the chat is measured with."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assistant import Assistant
from evals.bench.chat import ROUNDS, at_once, letters, served
from ingest.embed import SentenceTransformersEmbedder
from ingest.pipeline import ingest
from ingest.settings import Settings

ASKED = ("2024年智能手表的销量是多少？", "2024年無線耳機的均價是多少？")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two small reports."""
    folder = tmp_path_factory.mktemp("chat")
    (folder / "reports").mkdir()
    (folder / "reports" / "手表.md").write_text("# 手表\n\n2024年智能手表的销量为310万台，比上年增长一成。\n", "utf-8")
    (folder / "reports" / "耳机.md").write_text("# 耳机\n\n2024年无线耳机的均价为299元。\n", "utf-8")
    settings = Settings(_env_file=None, workers=1)  # type: ignore[call-arg]
    ingest([folder / "reports"], folder / "index", settings, SentenceTransformersEmbedder(settings.model_path()))
    return folder / "index"


@pytest.mark.server
def test_many_readers_are_each_told_their_own_answer(index: Path) -> None:
    """The clients speak as the page does, and an answer that is not the one of its question counts as wrong."""
    assistant = Assistant.open(index)
    told = [(q, letters(assistant.ask(q).text)) for q in ASKED]
    with served(index) as chat:
        came = asyncio.run(at_once(chat.address, told, 3))
        mixed = asyncio.run(at_once(chat.address, [(q, told[0][1]) for q in ASKED], 1))
    assert len(came) == 3 * ROUNDS
    assert all(a.right for a in came)
    assert all(0 < a.first <= a.whole for a in came)
    assert [a.right for a in mixed] == [True, False, True]


def test_letters_are_what_is_said() -> None:
    """Neither punctuation nor the marks of footnotes count."""
    assert letters("一、二。[^12]3.5%\n") == "一二35"
