"""Wenju as a model in the shape of OpenAI's interface, so that chat programs can ask it.

The last message of the user is the question, those before it are the history;
what the system and the assistant said is not read. Sentences carry the marks
[1], [2]; the sources they stand for are listed below the answer, and given
whole in `citations`. A request may keep to some reports by the fields of `/ask`
(`documents`, `publishers`, `since`, `until`), which clients send as `extra_body`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from assistant.answer import Answer, Citation, Event, Sentence
from assistant.serve.api import EVENT_SCHEMA, EVENTS, Service
from assistant.serve.events import sent, streamed
from assistant.serve.refusal import OPENAI_PATHS, Refused, body_of
from assistant.serve.shapes import LONGEST_QUESTION, MOST_HISTORY, Bounded

MODEL = "wenju"
DOUBTED = "（存疑：{doubts}）"
WITHDRAWN = "（以上前 {count} 句已撤回）"
END = sent("[DONE]")


class Part(BaseModel):
    """A part of a message; only text is read."""

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    """A message of a conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(p.text for p in self.content if p.type == "text").strip()
        return (self.content or "").strip()


class ChatBody(Bounded):
    """A conversation, and what its last question keeps to; how a model should sample is not read."""

    model: str = Field(examples=[MODEL])
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=1000)]
    stream: bool | None = None


class OpenAIProblem(BaseModel):
    """Why a request was not served, as OpenAI's clients expect it."""

    error: dict[str, str | None]
    advice: str


def add_chat_completions(app: FastAPI, service: Service) -> None:
    """Let an application be asked as OpenAI's is."""
    problems: dict[int | str, dict[str, Any]] = {
        status: {"model": OpenAIProblem, "description": HTTPStatus(status).phrase}
        for status in (400, 401, 404, 408, 413, 422, 503, 504)
    }
    completion: dict[int | str, dict[str, Any]] = {200: {"content": {EVENTS: {"schema": EVENT_SCHEMA}}}}

    @app.get("/v1/models", responses=problems)
    async def models() -> JSONResponse:
        """The one model there is."""
        return JSONResponse({"object": "list", "data": [model_told()]})

    @app.get("/v1/models/{name}", responses=problems)
    async def model(name: str) -> JSONResponse:
        """A model by its name."""
        known_model(name)
        return JSONResponse(model_told())

    @app.post("/v1/chat/completions", responses=problems | completion, response_model=None)
    async def complete(body: ChatBody, request: Request) -> JSONResponse | StreamingResponse:
        """Answer the last question of a conversation."""
        known_model(body.model)
        question, history = asked(body.messages)
        request.state.question = question
        number = f"chatcmpl-{request.state.request}"
        if body.stream:
            steps = service.steps(question, history, body.bounds())
            return await streamed(steps, Chunks(number), lambda exc: sent(body_of(exc, OPENAI_PATHS)), END)
        answer = await service.answer(question, history, body.bounds())
        message = {"role": "assistant", "content": content_of(answer), "citations": cited(answer.citations)}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return JSONResponse(envelope(number, "chat.completion", choice) | {"citations": cited(answer.citations)})


def model_told() -> dict[str, object]:
    """The model as a list of models names it."""
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def known_model(name: str) -> None:
    """Raises Refused for a model that is not served here."""
    if name != MODEL:
        raise Refused(HTTPStatus.NOT_FOUND, f"no model {name!r}", f"the one model here is {MODEL}")


def asked(messages: Sequence[ChatMessage]) -> tuple[str, list[str]]:
    """The question of a conversation, and the questions before it. Raises Refused where there is none."""
    questions = [m.text for m in messages if m.role == "user" and m.text]
    if not questions:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "no message of the user", "end with a question of role user")
    *history, question = questions
    if len(question) > LONGEST_QUESTION:
        raise Refused(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            f"the question has {len(question)} characters",
            f"ask in at most {LONGEST_QUESTION}",
        )
    return question, [h[:LONGEST_QUESTION] for h in history[-MOST_HISTORY:]]


class Chunks:
    """Makes the pieces of a streamed completion from the steps of one answer."""

    def __init__(self, number: str) -> None:
        self._number = number
        self._told: list[str] = []

    def __call__(self, step: Event) -> str:
        """One step as events of the stream."""
        if step.sentence is not None:
            self._told.append(said(step.sentence))
            return self._chunk({"role": "assistant", "content": self._told[-1]})
        if step.answer is None:
            return ""
        told, whole = "".join(self._told), content_of(step.answer)
        rest = whole.removeprefix(told)
        if rest == whole and told:
            # A language model broke off: its sentences stand already, those of the answer behind them.
            final = "".join(map(said, step.answer.sentences))
            withdrawn = len(self._told) - len(step.answer.sentences)
            rest = WITHDRAWN.format(count=withdrawn) + whole.removeprefix(final)
        citations = cited(step.answer.citations)
        last = self._chunk({"content": rest, "citations": citations})
        return last + self._chunk({}, "stop", {"citations": citations})

    def _chunk(self, delta: dict[str, object], finish: str | None = None, more: dict[str, object] | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return sent(envelope(self._number, "chat.completion.chunk", choice) | (more or {}))


def envelope(number: str, kind: str, choice: dict[str, Any]) -> dict[str, object]:
    """What a choice comes in."""
    return {"id": number, "object": kind, "created": int(time.time()), "model": MODEL, "choices": [choice]}


def said(sentence: Sentence) -> str:
    """A sentence with its marks, and what is doubted of it."""
    marks = "".join(f"[{i + 1}]" for i in sentence.citations)
    doubts = "" if sentence.supported else DOUBTED.format(doubts="；".join(sentence.doubts) or "无出处")
    return sentence.text + marks + doubts


def content_of(answer: Answer) -> str:
    """The whole message: sentences, what sources disagree about, then the sources and what went otherwise than set."""
    sentences = "".join(map(said, answer.sentences))
    conflicts = "".join(c.said_in(answer.script, marks=True) for c in answer.conflicts)
    sources = "\n".join(f"[{n}] {where(c)}" for n, c in enumerate(answer.citations, 1))
    return "\n\n".join(filter(None, [sentences + conflicts, sources, *answer.notices]))


def where(citation: Citation) -> str:
    """The place of a citation in a line."""
    page = f" · p. {citation.page}" if citation.page else ""
    return f"{citation.title or citation.document}{page} · {citation.document}"


def cited(citations: Sequence[Citation]) -> list[dict[str, object]]:
    """Citations as in the JSON of an answer."""
    return [c.to_dict() for c in citations]
