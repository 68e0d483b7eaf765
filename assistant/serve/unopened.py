"""What the chat page is given while there is no index: it opens, shows that there is nothing yet, and tells why when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Unpack

from assistant.answer import Assistant
from assistant.copies import Also
from assistant.question import Question
from assistant.rank import Weighted
from assistant.retrieve import Hit
from assistant.term_weights import weigh_in_general
from ingest.bounds import Bounds, Kept
from ingest.catalog import Passage
from ingest.document import Document
from ingest.listing import Listed


class Unopened:
    """No reports. Whoever looks for passages is told by `look` what is wrong with the index."""

    def __init__(self, look: Callable[[], Assistant]) -> None:
        """`look` gives the assistant over the index, or raises an IndexProblem."""
        self._look = look

    def retrieve(
        self,
        question: str | Question,
        k: int = 5,
        *,
        history: Sequence[str] = (),
        **kept: Unpack[Kept],
    ) -> list[Hit]:
        """Raises IndexProblem; the passages of an index that was made this very moment."""
        return self._look().retriever.retrieve(question, k, history=history, **kept)

    def weigh(self, question: Question) -> Weighted:
        """A question's terms with their weights in general prose."""
        return weigh_in_general(question)

    def document(self, path: str) -> Document:
        """A document of an index that was made this very moment. Raises IndexProblem, and KeyError."""
        return self._look().retriever.document(path)

    def documents(self) -> list[Listed]:
        """None."""
        return []

    def passages_of(self, path: str) -> list[Passage]:  # noqa: ARG002  # called as the others are
        """None."""
        return []

    def unknown(self, bounds: Bounds) -> tuple[list[str], list[str]]:
        """All that bounds name."""
        return sorted(bounds.documents or ()), sorted(bounds.publishers or ())

    def also_in(self, part: str, places: Iterable[Also]) -> tuple[Also, ...]:  # noqa: ARG002  # called as the others are
        """Nowhere."""
        return ()
