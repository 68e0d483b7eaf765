"""Wenju as a model of OpenAI's own client, plain and streaming."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Assistant, Citation, Event, Sentence
from assistant.serve.chat_completions import WITHDRAWN, ChatMessage, Chunks, asked, content_of
from assistant.serve.keys import Keyring, new_key
from assistant.serve.live import Live
from assistant.serve.refusal import Refused
from ingest.document import Span
from ingest.settings import Settings

Served = Callable[..., httpx.Client]
QUESTION = "DeepSeek-R1 的訓練花了多少美元？"


@pytest.fixture
def gpt(url: str) -> Iterator[openai.OpenAI]:
    """The official client, pointed here."""
    with openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        yield client


def user(text: str) -> Any:
    return {"role": "user", "content": text}


@pytest.mark.server
def test_the_models_are_listed(gpt: openai.OpenAI) -> None:
    """There is one, and it can be asked for by name."""
    assert [m.id for m in gpt.models.list()] == ["wenju"]
    assert gpt.models.retrieve("wenju").id == "wenju"
    with pytest.raises(openai.NotFoundError):
        gpt.models.retrieve("gpt-9")


@pytest.mark.server
def test_a_completion_is_the_answer_with_its_citations(gpt: openai.OpenAI, assistant: Assistant) -> None:
    """The message begins with the marked answer and ends with its sources; `citations` has them whole."""
    made = gpt.chat.completions.create(model="wenju", messages=[user(QUESTION)])
    answer = assistant.ask(QUESTION)
    message = made.choices[0].message
    assert message.content == content_of(answer)
    assert message.content.startswith(answer.marked_text)
    assert answer.citations[0].document in message.content
    assert (message.model_extra or {})["citations"] == answer.to_dict()["citations"]
    assert (made.model_extra or {})["citations"] == answer.to_dict()["citations"]
    assert made.choices[0].finish_reason == "stop"


@pytest.mark.server
def test_a_streamed_completion_is_the_same(gpt: openai.OpenAI) -> None:
    """The pieces joined are the plain message, in more than one piece; the citations come at the end."""
    plain = gpt.chat.completions.create(model="wenju", messages=[user(QUESTION)])
    pieces = list(gpt.chat.completions.create(model="wenju", messages=[user(QUESTION)], stream=True))
    texts = [p.choices[0].delta.content or "" for p in pieces]
    assert "".join(texts) == plain.choices[0].message.content
    assert len([t for t in texts if t]) > 1
    assert [p.choices[0].finish_reason for p in pieces] == [None] * (len(pieces) - 1) + ["stop"]
    assert (pieces[-1].model_extra or {})["citations"] == (plain.model_extra or {})["citations"]
    assert len({p.id for p in pieces}) == 1


@pytest.mark.server
def test_earlier_questions_are_the_history(gpt: openai.OpenAI, assistant: Assistant) -> None:
    """What the user asked before is minded; what system and assistant said is not."""
    follow_up = "那么通讯作者是谁？"
    messages: Any = [
        {"role": "system", "content": "你是海盗。"},
        user(QUESTION),
        {"role": "assistant", "content": "不知道。"},
        {"role": "user", "content": [{"type": "text", "text": follow_up}]},
    ]
    made = gpt.chat.completions.create(model="wenju", messages=messages, temperature=1.5, max_tokens=3)
    assert made.choices[0].message.content == content_of(assistant.ask(follow_up, [QUESTION]))


@pytest.mark.server
def test_errors_are_those_the_client_knows(gpt: openai.OpenAI) -> None:
    """Each has a message with what to do."""
    with pytest.raises(openai.NotFoundError, match="wenju"):
        gpt.chat.completions.create(model="gpt-9", messages=[user(QUESTION)])
    with pytest.raises(openai.UnprocessableEntityError, match="role user"):
        gpt.chat.completions.create(model="wenju", messages=[{"role": "system", "content": "x"}])
    with pytest.raises(openai.UnprocessableEntityError, match="2000"):
        gpt.chat.completions.create(model="wenju", messages=[user("问" * 2001)], stream=True)
    with pytest.raises(openai.APIStatusError) as large:
        gpt.chat.completions.create(model="wenju", messages=[user("问" * 400_000)])
    assert large.value.status_code == 413


@pytest.mark.server
def test_the_key_is_that_of_the_client(live: Live, settings: Settings, served: Served, tmp_path: Path) -> None:
    """The client's api_key opens the server."""
    key = new_key(tmp_path / "keys.json", "a")
    base = served(live, settings, Keyring(tmp_path / "keys.json")).base_url.join("/v1")
    with (
        openai.OpenAI(base_url=base, api_key="wrong", max_retries=0) as wrong,
        pytest.raises(openai.AuthenticationError, match="no key"),
    ):
        wrong.models.list()
    with openai.OpenAI(base_url=base, api_key=key, max_retries=0) as right:
        assert [m.id for m in right.models.list()] == ["wenju"]


@pytest.mark.server
def test_what_a_failed_model_wrote_is_withdrawn(corpus_index: Path, served: Served, model: Any) -> None:
    """A language model that breaks off leaves its sentences in the stream; they are named, and its failure is told."""
    settings = Settings(_env_file=None, index=corpus_index, llm_base_url=model.url, llm_model="scripted")  # type: ignore[call-arg]
    model.pieces = ["训练成本约为29.4万美元。[1]", "此外，", "还有。[1]"]
    model.break_after = 2
    http = served(Live(settings), settings)
    with openai.OpenAI(base_url=http.base_url.join("/v1"), api_key="none", max_retries=0) as client:
        pieces = list(client.chat.completions.create(model="wenju", messages=[user(QUESTION)], stream=True))
    text = "".join(p.choices[0].delta.content or "" for p in pieces)
    assert text.startswith("訓練成本約為29.4萬美元。[1]")
    assert WITHDRAWN.format(count=1) in text
    assert "WENJU_LLM_BASE_URL" in text
    assert pieces[-1].choices[0].finish_reason == "stop"


def test_only_what_the_user_said_is_asked() -> None:
    """The last text of the user is the question, those before it the history, blank ones left out."""
    said = [("user", "一"), ("assistant", "二"), ("user", " "), ("user", "三"), ("tool", "四")]
    messages = [ChatMessage(role=role, content=text) for role, text in said]  # type: ignore[arg-type]
    assert asked(messages) == ("三", ["一"])
    with pytest.raises(Refused):
        asked(messages[1:3])


@given(st.lists(st.text(max_size=20), max_size=6), st.booleans())
def test_the_pieces_are_the_message(texts: list[str], supported: bool) -> None:
    """Whatever the sentences of an answer are, its stream says what its message does."""
    citation = Citation("a.txt", "题", "3", Span(0, 4), "原文四字", 1.0)
    sentences = tuple(Sentence(t, (0,), supported, () if supported else ("无",)) for t in texts)
    answer = Answer("问", "zh-Hans", sentences, (citation,), notices=("注",))
    steps = [*(Event(sentence=s) for s in sentences), Event(answer=answer)]
    pieces = Chunks("1")
    assert "".join(contents(pieces(s) for s in steps)) == content_of(answer)


def contents(pieces: Iterator[str]) -> Iterator[str]:
    """The text in the events of a stream."""
    for piece in pieces:
        for line in filter(None, piece.split("\n\n")):
            yield json.loads(line.removeprefix("data: "))["choices"][0]["delta"].get("content", "")
