"""The writer against a server that is not ours: `transformers serve` with a model made here, which says one sentence."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from assistant.write import Writer
from ingest.errors import ModelProblem

pytestmark = pytest.mark.server

SAYS = "梁文锋是通讯作者。[1]"
EVIDENCE = ["《自然》的封面论文，通讯作者是梁文锋。"]
STARTS = 240.0
"""Seconds that the server may take to import what it needs and to answer for the first time, on a machine that is busy."""


@dataclass(frozen=True)
class Served:
    """Where the server listens, and its model."""

    url: str
    model: str


def make_model(folder: Path) -> None:
    """A Llama whose attention says nothing: each character leads to the next one of `SAYS`, so it says that and ends."""
    import torch
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokens = ["<unk>", "<end>", "<answer>", *SAYS]
    assert len(set(tokens)) == len(tokens), "a character that comes twice would lead to two others"
    words = Tokenizer(models.WordLevel({t: i for i, t in enumerate(tokens)}, unk_token="<unk>"))  # noqa: S106
    words.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    words.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>", eos_token="<end>")  # noqa: S106
    tokenizer.add_special_tokens({"additional_special_tokens": ["<answer>"]})
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }}{% endfor %}<answer>"
    width = len(tokens) + len(tokens) % 2
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokens), hidden_size=width, intermediate_size=2, num_hidden_layers=1, num_attention_heads=1,
            num_key_value_heads=1, max_position_embeddings=8192, bos_token_id=None, eos_token_id=1, pad_token_id=1,
            tie_word_embeddings=False,
        )
    )  # fmt: skip
    with torch.no_grad():
        for weights in (*model.model.layers.parameters(), model.lm_head.weight):
            weights.zero_()
        model.model.embed_tokens.weight.copy_(torch.eye(len(tokens), width))
        chain = [2, *range(3, len(tokens)), 1]
        model.lm_head.weight[chain[1:], chain[:-1]] = 10.0
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server, once it has answered: it imports half of transformers for its first answer only."""
    folder = tmp_path_factory.mktemp("model")
    make_model(folder)
    port = free_port()
    log = folder / "log.txt"
    command = [Path(sys.executable).with_name("transformers"), "serve", folder, "--device", "cpu"]
    with log.open("w", encoding="utf-8") as told:
        server = subprocess.Popen(
            [*map(str, command), "--host", "127.0.0.1", "--port", str(port)],
            stdout=told,
            stderr=told,
            env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(folder / "home")},
        )
    try:
        url, ends = f"http://127.0.0.1:{port}/v1", time.monotonic() + STARTS
        first = {"model": str(folder), "messages": [{"role": "user", "content": "在吗？"}], "max_tokens": 20}
        while True:
            assert server.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < ends, log.read_text("utf-8")
            try:
                answer = httpx.post(f"{url}/chat/completions", json=first, timeout=STARTS)
            except httpx.TransportError:
                time.sleep(0.2)  # it does not listen yet
                continue
            assert answer.status_code == 200, answer.text
            break
        yield Served(url, str(folder))
    finally:
        server.kill()
        server.wait()


def test_what_a_real_server_streams_is_read_cited_and_verified(served: Served) -> None:
    """Its pieces make the sentence, the mark is resolved, and the evidence bears it out."""
    writer = Writer(served.url, served.model)
    (sentence,) = writer.write("通讯作者是谁？", EVIDENCE, "zh-Hans")
    assert sentence.text == SAYS.removesuffix("[1]")
    assert sentence.evidence == (0,)
    assert sentence.supported
    (doubted,) = writer.write("通讯作者是谁？", ["论文的通讯作者是陈立群。"], "zh-Hans")
    assert not doubted.supported


def test_the_answer_of_a_real_server_comes_in_the_script_of_the_question(served: Served) -> None:
    """A model that knows one script only is converted."""
    (sentence,) = Writer(served.url, served.model).write("通訊作者是誰？", EVIDENCE, "zh-Hant")
    assert sentence.text == "梁文鋒是通訊作者。"


def test_a_real_server_that_is_too_slow_is_told(served: Served) -> None:
    """Neither a first piece that does not come in time nor a whole answer that takes too long is waited for."""
    with pytest.raises(ModelProblem, match="failed: APITimeoutError"):
        list(Writer(served.url, served.model, timeout=0.001).write("通讯作者是谁？", EVIDENCE, "zh-Hans"))
    with pytest.raises(ModelProblem, match="took too long"):
        list(Writer(served.url, served.model, longest=0.0).write("通讯作者是谁？", EVIDENCE, "zh-Hans"))


def test_a_model_that_a_real_server_has_not_is_told(served: Served) -> None:
    """The error names the model and where it was looked for, and what to check."""
    with pytest.raises(ModelProblem, match="the language model 没有这个模型 at http") as told:
        list(Writer(served.url, "没有这个模型").write("通讯作者是谁？", EVIDENCE, "zh-Hans"))
    assert "WENJU_LLM_MODEL" in told.value.advice
