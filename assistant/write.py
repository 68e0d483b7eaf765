"""Let a language model write the answer from numbered evidence, through llama-index.

Any server that speaks OpenAI's protocol will do. What it writes is held
against what it cites; what cannot be parsed or reached is an error for the
caller, who then answers without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

from assistant.script import Script, in_script
from assistant.verify import Failure, failures
from ingest.errors import ModelProblem
from ingest.settings import Settings

if TYPE_CHECKING:
    from llama_index.llms.openai_like import OpenAILike

NO_ANSWER = "NO_ANSWER"
SCRIPT_NAMES: dict[Script, str] = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文"}
MARK = re.compile(r"\[(\d{1,2})\]")
MARK_BEGUN = re.compile(r"\s*(?:\[\d{0,2}\]?\s*)*")
SENTENCE = re.compile(r".+?(?:[。！？!?\n](?:\s*\[\d{1,2}\])*|\Z)", re.DOTALL)
TIMEOUT = 60.0
EARLIER = 4
"""Earlier questions of a conversation that the model is told."""


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence of the model: its words without marks, the evidence it names (from 0), and whether that bears it out.

    `failures` tell what of it the evidence does not have. One that names no
    evidence, or some that is not there, is not `supported` either.
    """

    text: str
    evidence: tuple[int, ...]
    supported: bool
    failures: tuple[Failure, ...] = ()


class Writer:
    """A language model behind a base URL."""

    def __init__(self, base_url: str, model: str, api_key: str = "") -> None:
        self.base_url, self.model = base_url, model
        self._api_key = api_key

    @classmethod
    def of(cls, settings: Settings) -> Writer | None:
        """The writer of the settings, None when no model is set."""
        if not (settings.llm_base_url and settings.llm_model):
            return None
        return cls(settings.llm_base_url, settings.llm_model, settings.llm_api_key)

    @cached_property
    def _llm(self) -> OpenAILike:
        from llama_index.llms.openai_like import OpenAILike

        return OpenAILike(
            model=self.model, api_base=self.base_url, api_key=self._api_key or "none",
            is_chat_model=True, context_window=8192, max_tokens=600, temperature=0.0, timeout=TIMEOUT, max_retries=2,
        )  # fmt: skip

    def write(
        self, question: str, evidence: Sequence[str], script: Script, history: Sequence[str] = ()
    ) -> Iterator[Written]:
        """The sentences of an answer, as they are finished; none when the model says that the evidence does not tell.

        `history` are the earlier questions of the conversation, oldest first. Raises ModelProblem when the server cannot be reached or breaks off.
        """
        text = ""
        done = 0
        for piece in self._stream(question, evidence, script, history):
            text += piece
            for m in SENTENCE.finditer(text, done):
                # The last one may still grow, or get its marks.
                if MARK_BEGUN.fullmatch(text, m.end()) or MARK.match(text[m.end() :].lstrip()):
                    break
                yield from _sentence(m[0], evidence, script)
                done = m.end()
        for m in SENTENCE.finditer(text, done):
            yield from _sentence(m[0], evidence, script)

    def said(self, rules: str, asked: str) -> str:
        """What the model says to some rules and a message, whole. Raises ModelProblem as `write` does."""
        return "".join(self._pieces(rules, asked))

    def _stream(self, question: str, evidence: Sequence[str], script: Script, history: Sequence[str]) -> Iterator[str]:
        rules = files("assistant").joinpath("prompts/answer.txt").read_text("utf-8")
        numbered = "\n".join(f"[{n}] {' '.join(text.split())}" for n, text in enumerate(evidence, 1))
        earlier = "".join(f"此前的问题：{q}\n" for q in history[-EARLIER:])
        asked = f"资料：\n{numbered}\n\n{earlier}问题：{question}"
        return self._pieces(rules.format(script=SCRIPT_NAMES[script]), asked)

    def _pieces(self, rules: str, asked: str) -> Iterator[str]:
        from httpx import HTTPError
        from llama_index.core.llms import ChatMessage
        from openai import OpenAIError

        messages = [ChatMessage(role="system", content=rules), ChatMessage(role="user", content=asked)]
        try:
            for response in self._llm.stream_chat(messages):
                yield response.delta or ""
        except (OpenAIError, HTTPError, OSError, ValueError) as exc:
            raise ModelProblem(
                f"the language model {self.model} at {self.base_url} failed: {type(exc).__name__}",
                "check WENJU_LLM_BASE_URL and WENJU_LLM_MODEL, and that the server runs",
            ) from exc


def _sentence(written: str, evidence: Sequence[str], script: Script) -> Iterator[Written]:
    text = MARK.sub("", written).strip()
    if not text or NO_ANSWER in text:
        return
    named = tuple(dict.fromkeys(int(m[1]) - 1 for m in MARK.finditer(written)))
    known = tuple(n for n in named if 0 <= n < len(evidence))
    failed = failures(text, [evidence[n] for n in known]) if known else ()
    supported = bool(known) and len(known) == len(named) and not failed
    yield Written(in_script(text, script), known, supported, failed)
