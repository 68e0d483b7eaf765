"""Embedding models that are there, and those that are not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from noise import SENTENCES, in_traditional
from tiny_models import bi_encoder

from ingest.embed import SentenceTransformersEmbedder, instruction_of, pieces_of, precision, sentence_transformer
from ingest.errors import ModelProblem
from ingest.settings import SHIPPED_MODEL, Settings
from ingest.terms import tokens


def test_identity_follows_the_files(tmp_path: Path) -> None:
    """A model folder is known by its content: its place does not matter, a changed file does."""
    small = tmp_path / "model"
    shutil.copytree(SHIPPED_MODEL, small, ignore=shutil.ignore_patterns("*.safetensors"))
    moved = tmp_path / "elsewhere" / "model"
    shutil.copytree(small, moved)
    before = SentenceTransformersEmbedder(str(small)).identity
    assert before == SentenceTransformersEmbedder(str(moved)).identity
    (moved / "modules.json").write_text("[]", "utf-8")
    assert before != SentenceTransformersEmbedder(str(moved)).identity


def test_identity_of_a_hub_model_is_its_name() -> None:
    """A model from the hub is known by its name, and naming it loads nothing."""
    assert SentenceTransformersEmbedder("someone/some-model").identity == "someone/some-model"


def test_a_folder_that_is_not_there_is_a_model_problem() -> None:
    """A missing folder is reported at once, with the setting to look at."""
    with pytest.raises(ModelProblem, match="no such folder") as caught:
        SentenceTransformersEmbedder("./nowhere").passages(["文"])
    assert "WENJU_EMBEDDING" in caught.value.advice


def test_a_folder_without_a_model_is_a_model_problem(tmp_path: Path) -> None:
    """A folder that holds something else is no model."""
    (tmp_path / "modules.json").write_text("garbage", "utf-8")
    with pytest.raises(ModelProblem, match="not a sentence-transformers model"):
        SentenceTransformersEmbedder(str(tmp_path)).question("文")


def test_a_name_that_is_not_here_is_not_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A hub name that is not on this machine fails at once, and says how to allow the download."""
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(ModelProblem, match="not on this machine") as caught:
        SentenceTransformersEmbedder("nobody/no-such-model").question("文")
    assert "WENJU_DOWNLOAD=1" in caught.value.advice
    assert os.environ.get("WENJU_DOWNLOAD") is None


def test_the_shipped_model_is_read_as_its_library_reads_it() -> None:
    """The table of rows gives the vectors of sentence-transformers, for passages as for questions, unknown and empty texts too."""
    texts = [*SENTENCES, in_traditional("".join(SENTENCES)), "DeepSeek R1 3,000.5", "ꙮ", "", "文" * 3000]
    ours = SentenceTransformersEmbedder(str(SHIPPED_MODEL)).passages(texts)
    model = sentence_transformer(str(SHIPPED_MODEL), "cpu")
    written = [" ".join(tokens(text)) for text in texts]
    theirs = model.encode(written, normalize_embeddings=True, convert_to_numpy=True)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, theirs, atol=2e-6)
    asked = SentenceTransformersEmbedder(str(SHIPPED_MODEL)).question(texts[0])
    np.testing.assert_allclose(asked, theirs[0], atol=2e-6)


def test_no_text_has_no_vector() -> None:
    """Nothing to embed is no error."""
    assert SentenceTransformersEmbedder(str(SHIPPED_MODEL)).passages([]).shape[0] == 0


def test_another_model_is_loaded_by_its_library(tmp_path: Path) -> None:
    """A model that does not read units goes through sentence-transformers, whatever kind it is."""
    folder = tmp_path / "model"
    shutil.copytree(SHIPPED_MODEL, folder, ignore=shutil.ignore_patterns("wenju_units.txt"))
    texts = ["零 售 零售", "平 台"]
    ours = SentenceTransformersEmbedder(str(folder)).passages(texts)
    theirs = sentence_transformer(str(folder), "cpu").encode_document(texts, normalize_embeddings=True)
    np.testing.assert_allclose(ours, theirs, atol=2e-6)


def test_an_ingest_with_the_shipped_model_imports_no_torch(tmp_path: Path) -> None:
    """The library that takes seconds and hundreds of MB is not loaded for it."""
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "a.txt").write_text(SENTENCES[0], "utf-8")
    code = (
        "import sys; from pathlib import Path; from ingest.pipeline import ingest; from ingest.settings import Settings;"
        "from ingest.embed import SentenceTransformersEmbedder as E; s = Settings(_env_file=None);"
        f"r = ingest([Path({str(tmp_path / 'r')!r})], Path({str(tmp_path / 'i')!r}), s, E(s.model_path()));"
        "print(r.documents, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False"]


def test_an_instruction_is_put_before_questions_alone(tmp_path: Path) -> None:
    """What is set is prepended to the question, never to a passage, and leaves the identity as it was."""
    folder = bi_encoder(tmp_path / "model")
    settings = Settings(_env_file=None, embedding=str(folder), embedding_instruction="表示这个句子：")  # type: ignore[call-arg]
    told, plain = SentenceTransformersEmbedder.of(settings), SentenceTransformersEmbedder(str(folder))
    text = "零售的规模"
    np.testing.assert_allclose(told.question(text), plain.passages([f"表示这个句子：{text}"])[0], atol=1e-6)
    np.testing.assert_allclose(told.passages([text]), plain.passages([text]), atol=1e-6)
    assert np.abs(told.question(text) - plain.question(text)).max() > 0.01
    assert told.identity == plain.identity


def test_what_a_model_would_cut_off_counts_too(tmp_path: Path) -> None:
    """The end of a passage that is longer than the model reads moves its vector; shorter passages keep theirs."""
    embedder = SentenceTransformersEmbedder(str(bi_encoder(tmp_path / "model")))
    long = "零售的规模" * 200
    short, other, same = embedder.passages(["零售的规模", long + "店" * 100, long])
    assert np.abs(other - same).max() > 0.01
    np.testing.assert_allclose(np.linalg.norm([short, other, same], axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(short, embedder.passages(["零售的规模"])[0], atol=1e-6)


@given(st.text(min_size=1, max_size=2000), st.integers(3, 600))
def test_pieces_are_the_whole_text_and_fit(text: str, tokens: int) -> None:
    """Nothing is lost between pieces, none is too long, and none is more than needed."""
    pieces = pieces_of(text, tokens)
    assert "".join(pieces) == text
    assert max(map(len, pieces)) <= tokens - 2
    assert len(pieces) == -(-len(text) // (tokens - 2))


def test_well_known_models_have_their_instruction(tmp_path: Path) -> None:
    """A bge model for Chinese that ships no instruction gets that of its card; one that ships its own keeps it."""
    folder = bi_encoder(tmp_path / "bge-small-zh-v1.5")
    text, wanted = "零售的规模", "为这个句子生成表示以用于检索相关文章："
    plain = SentenceTransformersEmbedder(str(folder))
    np.testing.assert_allclose(plain.question(text), plain.passages([wanted + text])[0], atol=1e-6)
    model = sentence_transformer(str(folder), "cpu")
    model.prompts = {"query": "问：", "document": ""}
    model.save(str(tmp_path / "own" / "bge-small-zh-v1.5"))
    own = SentenceTransformersEmbedder(str(tmp_path / "own" / "bge-small-zh-v1.5"))
    np.testing.assert_allclose(own.question(text), plain.passages([f"问：{text}"])[0], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("BAAI/bge-large-zh-v1.5", "为这个句子"),
        ("cache/models--BAAI--bge-base-zh-v1.5/snapshots/0a1b", "为这个句子"),
        ("BAAI/bge-small-en-v1.5", "Represent this"),
        ("BAAI/bge-m3", ""),
        ("bge-small-zh-v1.5/another", ""),
    ],
)
def test_instructions_follow_the_name(name: str, told: str) -> None:
    """By folder, hub name or the hub's cache; other models have none."""
    assert instruction_of(name).startswith(told)
    assert bool(instruction_of(name)) == bool(told)


def test_floats_are_those_of_the_device() -> None:
    """A CPU computes in 32 bits whatever a model was saved in; a card that is not there is told at once."""
    assert precision("cpu") == "float32"
    if not torch.cuda.is_available():
        with pytest.raises(ModelProblem, match="cuda: no such device") as caught:
            SentenceTransformersEmbedder("BAAI/bge-m3", "cuda").question("文")
        assert "WENJU_EMBEDDING_DEVICE" in caught.value.advice


def test_a_model_saved_in_16_bits_computes_in_32_on_a_cpu(tmp_path: Path) -> None:
    """Half floats are slow there."""
    sentence_transformer(str(bi_encoder(tmp_path / "one")), "cpu").to(torch.bfloat16).save(str(tmp_path / "half"))
    assert sentence_transformer(str(tmp_path / "half"), "cpu").dtype == torch.float32
