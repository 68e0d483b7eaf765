"""What requests bring and answers hold, for the description of the interface (OpenAPI)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ingest.bounds import Bounds

LONGEST_QUESTION = 2000
MOST_HISTORY = 50
MOST_PASSAGES = 100

Asked = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_QUESTION)]
History = Annotated[list[Asked], Field(max_length=MOST_HISTORY, description="Earlier questions, oldest first")]
Only = Annotated[list[str], Field(min_length=1, max_length=1000, description="Keep to these documents")]
OnlyOf = Annotated[list[str], Field(min_length=1, max_length=1000, description="Keep to what these published")]
DATE = r"^([0-9]{4}(-[0-9]{2}){0,2})?$"
"""A year, a month or a day; nothing for no date. Another pattern of digits would take those of other scripts too."""
Since = Annotated[str, Field(pattern=DATE, description="Keep to documents of this date or later: 2023, 2023-06")]
Until = Annotated[str, Field(pattern=DATE, description="Keep to documents of this date or earlier: 2023, 2023-06")]


class Bounded(BaseModel):
    """What a question keeps to. A document without a date is of none."""

    documents: Only | None = None
    publishers: OnlyOf | None = None
    since: Since = ""
    until: Until = ""

    def bounds(self) -> Bounds:
        """The same as one value."""
        return Bounds.of(self.documents, self.publishers, self.since, self.until)


class AskBody(Bounded):
    """A question."""

    question: Asked = Field(examples=["即時零售的五個核心屬性是什麼？"])
    history: History = []
    stream: bool = Field(False, description="Send each sentence as it is found, as server-sent events")


class RetrieveBody(Bounded):
    """A question whose passages are wanted."""

    question: Asked = Field(examples=["DeepSeek-R1 的训练成本"])
    id: str = Field("1", max_length=200, description="Given back in the answer")
    k: int = Field(10, ge=1, le=MOST_PASSAGES)
    history: History = []


class Shape(BaseModel):
    """What is given may hold more than is described."""

    model_config = ConfigDict(extra="allow")


class Problem(Shape):
    """Why a request was not served, and what to do."""

    error: str
    advice: str


class Place(Shape):
    """Where a copy of the source says the same; offsets are raw characters."""

    document: str
    page: str
    start: int
    end: int


class Cited(Shape):
    """A passage that an answer rests on: characters `start` to `end` of the raw text, which clean to `quote`."""

    document: str
    title: str
    page: str
    start: int
    end: int
    quote: str
    score: float
    repaired: bool
    damaged: bool
    also: list[Place]


class Said(Shape):
    """A sentence of an answer with the numbers, from 0, of its citations."""

    text: str
    citations: list[int]
    supported: bool
    doubts: list[str]


class Apart(Shape):
    """Values on which sources disagree, each with the number of its citation."""

    what: str
    values: list[str]
    citations: list[int]


class Answered(Shape):
    """An answer, as `wenju ask --json` prints it."""

    text: str
    abstained: bool
    script: Literal["zh-Hans", "zh-Hant"]
    confidence: float
    sentences: list[Said]
    citations: list[Cited]
    conflicts: list[Apart]
    notices: list[str]
    timings_ms: dict[str, float]


class Found(Cited):
    """A passage that bears on a question, and why."""

    text: str
    why: str


class Passages(Shape):
    """The passages that bear on a question, best first."""

    hits: list[Found]


class Retrieved(Passages):
    """The passages of a question, as a line of `wenju retrieve`."""

    id: str


class Report(Shape):
    """A document of the index."""

    path: str
    title: str
    format: str
    characters: int
    passages: int
    publisher: str
    date: str
    ingested: str


class Reports(Shape):
    """All documents of the index."""

    documents: list[Report]


class PassageOf(Shape):
    """A passage of a document: its clean text, its raw characters and its page."""

    start: int
    end: int
    text: str
    page: str
    heading: str
    repaired: bool
    damaged: bool


class PassagesOf(Shape):
    """The passages of a document, in its order."""

    document: str
    title: str
    passages: list[PassageOf]


class Source(Shape):
    """Raw characters of a document, what stands around them, and the same cleaned."""

    document: str
    title: str
    page: str
    start: int
    end: int
    before: str
    raw: str
    after: str
    quote: str


class Health(Shape):
    """That the server answers and its index is open."""

    status: Literal["ok"]
