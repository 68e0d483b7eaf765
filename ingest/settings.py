"""Settings: a frozen value built once at the command line, each stage given its slice."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ingest.errors import BadSettings

FORMAT_VERSION = 3
"""Of the index on disk; another one means that it has to be built anew."""

PREFIX = "WENJU_"
MASK = "***"

SHIPPED_MODEL = Path(__file__).parent / "static_model"
"""The folder of the small embedding model that comes with the project."""


class Settings(BaseSettings):
    """What a user can set, by the environment (`WENJU_EMBEDDING` and so on) or a `.env` file.

    `embedding` is a folder or a hub name of any sentence-transformers model;
    empty means the small model that is shipped. `passage_size` is in characters.
    `reranker` is the same of any cross-encoder; empty means none.
    `pdf_password` opens encrypted PDF files.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore")

    index: Path = Path("index")
    index_url: str = Field(
        default="", description="where it is searched: see ingest.engine; empty: where it is until now"
    )
    embedding: str = ""
    embedding_device: str = Field(default="cpu", description="of the embedding model and the reranker: cpu, cuda, mps")
    embedding_instruction: str = Field(
        default="", description="put before questions, never before passages; empty: the model's own"
    )
    reranker: str = ""
    synonyms: Path | None = Field(default=None, description="file of words that mean the same")
    passage_size: int = Field(default=600, ge=50, le=4000)
    workers: int = Field(default=0, ge=0, description="processes that read and clean; 0 is one per core")
    scheduler: str = Field(
        default="", description="of a Dask cluster whose machines read and clean, such as tcp://HOST:8786"
    )
    file_seconds: float = Field(default=120, gt=0, description="how long one file may take to read")
    pdf_password: str = Field(default="", repr=False)
    conversations: Path | None = Field(
        default=None, description="the folder of the chat's; beside the index by default"
    )
    upload_mb: int = Field(
        default=20, ge=0, le=1000, description="how large a file may be that a reader of the chat brings"
    )
    llm_base_url: str = ""
    llm_model: str = ""
    llm_api_key: str = Field(default="", repr=False)
    keys: Path | None = Field(default=None, description="file of the keys that open the server")
    serve_seconds: float = Field(default=60, gt=0, description="how long one request may take")
    log_questions: bool = Field(default=False, description="whether the server's log tells what was asked")

    def model_path(self) -> str:
        """The folder or hub name of the embedding model."""
        return self.embedding or str(SHIPPED_MODEL)

    def conversations_folder(self) -> Path:
        """The folder that keeps the conversations of the chat."""
        return self.conversations or self.index.with_name(f"{self.index.resolve().name}-conversations")

    def shown(self) -> dict[str, str]:
        """Each variable with its value, what is secret only as being set."""
        hidden = {name for name, field in type(self).model_fields.items() if not field.repr}
        told = {
            name: str(getattr(self, name) if getattr(self, name) is not None else "")
            for name in type(self).model_fields
        }
        for name in ("llm_base_url", "index_url"):
            told[name] = re.sub(r"(?<=://)[^/]*@", f"{MASK}@", told[name])
        return {PREFIX + name.upper(): MASK if name in hidden and value else value for name, value in told.items()}

    def fingerprint(self) -> str:
        """A hash of all settings that shape an index, the embedding model aside."""
        shaping = {"format": FORMAT_VERSION, "passage_size": self.passage_size}
        return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()[:12]


def load_settings(**given: object) -> Settings:
    """The settings of the environment, with what was given on the command line before them.

    Raises BadSettings when a value means nothing.
    """
    try:
        return Settings(**{k: v for k, v in given.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as exc:
        first = exc.errors()[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise BadSettings(f"{name}: {first['msg']} (got {first['input']!r})", f"correct or unset {name}") from exc
