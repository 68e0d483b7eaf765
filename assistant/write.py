"""Let a language model write the answer from numbered evidence, through llama-index, and put questions so that they stand alone.

Any server that speaks OpenAI's protocol will do. What it writes is held
against what it cites; what cannot be parsed or reached is an error for the
caller, who then answers without it. A stream that its reader leaves is closed,
which tells the server to stop. What the evidence says is data: its marks are
made unlike those of the answer, and nothing it orders is done here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from ssl import SSLContext, create_default_context
from typing import TYPE_CHECKING

from assistant.plain import MARK, MARK_BEGUN, numbers_named, spoken, undressed, unnumbered
from assistant.script import Script, in_script
from assistant.verify import Failure, failures
from ingest.errors import ModelProblem
from ingest.settings import Settings

if TYPE_CHECKING:
    from httpx import Client
    from llama_index.llms.openai_like import OpenAILike

NO_ANSWER = "NO_ANSWER"
SCRIPT_NAMES: dict[Script, str] = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文"}
ENDS = frozenset("。！？!?…；;：:”」』）)]")
"""What a whole answer ends with; one that is cut off mostly does not."""
SENTENCE = re.compile(
    rf".+?(?:(?:[。！？]|[!?](?![\w(=/&]|\[[^\]\n]*\]\()|(?<![：:\n])\n)(?:\s*{MARK.pattern})*|\Z)", re.DOTALL
)
"""A line that ends in a colon goes on: it leads to the list below it."""
CUT = "length"
"""How a server says that the model was cut off, at as many tokens as it may write."""
TIMEOUT = 60.0
"""Seconds that the server may take to begin, and between two pieces."""
LONGEST = 180.0
"""Seconds that a whole answer may take, however slowly it trickles."""
RETRIES = 2
"""How often a request is made again that was refused as too many or failed in the server, each time after a longer pause."""
CONTEXT, WRITES = 8192, 600
"""Tokens that the model reads and writes in all, and that it writes."""
BUDGET = 6000
"""Characters of evidence that it is given: about a token each, which leaves room for the rules and the question."""
QUESTIONS, LONGEST_QUESTION = 3, 120
"""Questions that one is put into, and their characters: what is longer is no question."""
UNCITED = 12
"""Characters of a sentence without marks that are told with it."""
EARLIER = 4
"""Earlier questions of a conversation that the model is told."""


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence of the model: its words without marks, the evidence it names (from 0), and whether that bears it out.

    `failures` tell what of it the evidence does not have, and that it names none, or some that is not there.
    It is `supported` when there are none.
    """

    text: str
    evidence: tuple[int, ...]
    supported: bool
    failures: tuple[Failure, ...] = ()


@dataclass(slots=True)
class Ending:
    """Why a stream ended, as the server says: stop, length; "" while it has not said."""

    reason: str = ""


class Writer:
    """A language model behind a base URL."""

    def __init__(
        self, base_url: str, model: str, api_key: str = "", *, timeout: float = TIMEOUT, longest: float = LONGEST
    ) -> None:
        """`timeout` are the seconds until the first piece and between two, `longest` those of a whole answer."""
        self.base_url, self.model = base_url, model
        self.timeout, self.longest = timeout, longest
        self._api_key = api_key

    @classmethod
    def of(cls, settings: Settings) -> Writer | None:
        """The writer of the settings, None when no model is set."""
        if not (settings.llm_base_url and settings.llm_model):
            return None
        return cls(settings.llm_base_url, settings.llm_model, settings.llm_api_key)

    @cached_property
    def _certificates(self) -> SSLContext:
        return create_default_context()

    def _llm(self, http: Client) -> OpenAILike:
        from llama_index.llms.openai_like import OpenAILike

        return OpenAILike(
            model=self.model, api_base=self.base_url, api_key=self._api_key or "none", http_client=http,
            is_chat_model=True, context_window=CONTEXT, max_tokens=WRITES, temperature=0.0, timeout=self.timeout, max_retries=RETRIES,
        )  # fmt: skip

    def write(
        self, question: str, evidence: Sequence[str], script: Script, history: Sequence[str] = ()
    ) -> Iterator[Written]:
        """The sentences of an answer, as they are finished; none when the model says that the evidence does not tell.

        `history` are the earlier questions of the conversation, oldest first; of the evidence that is used which
        fits. Raises ModelProblem when the server cannot be reached, breaks off or takes too long.
        """
        text = ""
        done = 0
        given = fitting(evidence)
        ending = Ending()
        for piece in spoken(self._stream(question, given, script, history, ending)):
            text += piece
            for m in SENTENCE.finditer(text, done):
                # The last one may still grow, or get its marks.
                if MARK_BEGUN.fullmatch(text, m.end()) or MARK.match(text[m.end() :].lstrip()):
                    break
                yield from _sentence(m[0], given, script)
                done = m.end()
        for m in SENTENCE.finditer(text, done):
            # What was cut off in the middle is no sentence.
            if ending.reason != CUT or MARK.sub("", m[0]).rstrip()[-1:] in ENDS:
                yield from _sentence(m[0], given, script)

    def put(self, question: str, script: Script, history: Sequence[str] = ()) -> list[str]:
        """The same question in one to three that stand alone; as it is where the model gives none that can be used.

        Raises ModelProblem as `write` does.
        """
        rules = _prompt("rewrite").format(script=SCRIPT_NAMES[script])
        asked = f"{_earlier(history)}问题：{question}"
        lines = [unnumbered(undressed(" ".join(line.split()))) for line in self.said(rules, asked).splitlines()]
        put = [line for line in lines if line and len(line) <= LONGEST_QUESTION and not MARK.search(line)]
        return put[:QUESTIONS] or [question]

    def said(self, rules: str, asked: str) -> str:
        """What the model says to some rules and a message, whole. Raises ModelProblem as `write` does."""
        return "".join(spoken(self._pieces(rules, asked, Ending())))

    def _stream(
        self, question: str, evidence: Sequence[str], script: Script, history: Sequence[str], ending: Ending
    ) -> Iterator[str]:
        numbered = "\n".join(f"[{n}] {as_data(text)}" for n, text in enumerate(evidence, 1))
        rules = _prompt("answer").format(script=SCRIPT_NAMES[script])
        return self._pieces(rules, f"资料：\n{numbered}\n\n{_earlier(history)}问题：{question}", ending)

    def _pieces(self, rules: str, asked: str, ending: Ending) -> Iterator[str]:
        """What the model says, piece by piece; `ending` is told why it ends."""
        from httpx import Client, HTTPError
        from llama_index.core.llms import ChatMessage
        from openai import OpenAIError

        messages = [ChatMessage(role="system", content=rules), ChatMessage(role="user", content=asked)]
        ends = time.monotonic() + self.longest
        last = ""
        try:
            # A client of its own: to close it is the one sure way to end a stream that its reader leaves.
            with Client(timeout=self.timeout, verify=self._certificates) as http:
                for response in self._llm(http).stream_chat(messages):
                    last = (response.delta or "").strip()[-1:] or last
                    ending.reason = _finished(response.raw) or ending.reason
                    yield response.delta or ""
                    if time.monotonic() > ends:
                        raise self._problem("took too long", "raise its speed, or choose a smaller model")
            if last and last not in ENDS and not ending.reason:
                raise self._problem("broke off in a sentence")
        except (OpenAIError, HTTPError, OSError, ValueError) as exc:
            raise self._problem(f"failed: {type(exc).__name__}") from exc

    def _problem(
        self, what: str, advice: str = "check WENJU_LLM_BASE_URL and WENJU_LLM_MODEL, and that the server runs"
    ) -> ModelProblem:
        return ModelProblem(f"the language model {self.model} at {self.base_url} {what}", advice)


def _finished(raw: object) -> str:
    """Why a piece of a stream says that it is the last one; "" where it is not."""
    return next((c.finish_reason for c in getattr(raw, "choices", None) or () if c.finish_reason), "")


def _prompt(name: str) -> str:
    return files("assistant").joinpath(f"prompts/{name}.txt").read_text("utf-8")


def _earlier(history: Sequence[str]) -> str:
    return "".join(f"此前的问题：{q}\n" for q in history[-EARLIER:])


def fitting(evidence: Sequence[str], budget: int = BUDGET) -> list[str]:
    """The first passages that fit into a budget of characters; the first one in part, where it alone does not."""
    kept: list[str] = []
    for text in evidence:
        if sum(map(len, kept)) + len(text) > budget:
            return kept or [text[:budget]]
        kept.append(text)
    return kept


def as_data(text: str) -> str:
    """A passage on one line, its own marks in brackets that are none of the answer's."""
    return MARK.sub(lambda m: f"〔{m[1]}〕", " ".join(text.split()))


def _sentence(written: str, evidence: Sequence[str], script: Script) -> Iterator[Written]:
    text = undressed(MARK.sub("", written))
    if not text or NO_ANSWER in text:
        return
    named = tuple(dict.fromkeys(n - 1 for m in MARK.finditer(written) for n in numbers_named(m[1])))
    known = tuple(n for n in named if 0 <= n < len(evidence))
    failed = failures(unnumbered(text), [evidence[n] for n in known]) if known else ()
    nowhere = tuple(Failure("nowhere", f"[{n + 1}]") for n in named if n not in known)
    uncited = () if named else (Failure("uncited", text[:UNCITED]),)
    failed = (*failed, *nowhere, *uncited)
    yield Written(in_script(text, script), known, not failed, failed)
