"""Retrieve passages and answer questions, with citations, from an index made by `ingest`."""

from assistant.answer import Answer, Assistant, Citation, Conflict, Event, Sentence
from assistant.retrieve import Hit, Retriever
from ingest.bounds import Bounds

__all__ = ["Answer", "Assistant", "Bounds", "Citation", "Conflict", "Event", "Hit", "Retriever", "Sentence"]
