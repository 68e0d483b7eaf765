"""Train the embedding model that is shipped.

    python -m ingest.train_static_model NEWS.jsonl.gz... [--out FOLDER]

Reads JSON lines with a field `text`. The model gives each token (a character,
word or number, or a pair of these) one vector, and a text the mean of its
tokens' vectors. Vectors begin as a latent semantic analysis of the articles
(truncated SVD of TF-IDF) and are then trained so that a short stretch of an
article lies nearer to the passage it was taken from than to those of the
other articles in the batch (InfoNCE, van den Oord et al. 2018). In half of
the pairs the stretch is cut out of the passage, so that words which merely
go together have to do. The same seed gives the same model.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from scipy.sparse import csr_matrix
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from sklearn.decomposition import TruncatedSVD
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from torch.nn import EmbeddingBag
from torch.nn.functional import cross_entropy, normalize

from ingest.embed import UNITS_MARK
from ingest.settings import SHIPPED_MODEL
from ingest.terms import tokens

Ids = npt.NDArray[np.int32]

VOCABULARY = 32_000
DIMENSION = 128
COMMONEST = 0.25
"""Tokens in more than this share of the articles tell nothing and get no vector."""
PASSAGE = (120, 600)
QUESTION = (8, 48)
BATCH = 1024
TEMPERATURE = 0.05
RATE = 0.004


def read_articles(paths: Sequence[Path]) -> Iterator[str]:
    """The texts of JSON-lines files, gzipped or not."""
    for path in paths:
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]


def choose_vocabulary(articles: Sequence[Sequence[str]]) -> dict[str, int]:
    """Ids of the tokens that stand in most articles, the commonest of all left out; 0 is everything else."""
    frequency = Counter(t for article in articles for t in set(article))
    telling = [(n, t) for t, n in frequency.items() if n <= COMMONEST * len(articles)]
    chosen = sorted(telling, key=lambda p: (-p[0], p[1]))[: VOCABULARY - 1]
    return {"[UNK]": 0} | {t: i for i, (_, t) in enumerate(chosen, 1)}


def latent_semantics(articles: Sequence[Ids], seed: int) -> npt.NDArray[np.float32]:
    """Vectors of shape (vocabulary, dimension): the right singular vectors of TF-IDF, weighted by IDF."""
    indptr = np.cumsum([0] + [len(a) for a in articles])
    counts = csr_matrix(
        (np.ones(indptr[-1], np.float32), np.concatenate(articles), indptr), shape=(len(articles), VOCABULARY)
    )
    counts.sum_duplicates()
    idf = np.log(len(articles) / (1 + np.bincount(counts.indices, minlength=VOCABULARY))).clip(0)
    counts.data = np.log1p(counts.data)
    weighted = counts.multiply(idf[None, :]).tocsr()
    svd = TruncatedSVD(DIMENSION, random_state=seed, n_iter=3).fit(weighted)
    vectors = svd.components_.T * svd.singular_values_[None, :] ** -0.25 * idf[:, None]
    vectors[0] = 0
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1).mean(), np.float32)


def draw_pairs(articles: Sequence[Ids], draw: np.random.Generator) -> tuple[list[Ids], list[Ids]]:
    """One batch: stretches of articles, and the passages they come from."""
    questions, passages = [], []
    for i in draw.integers(len(articles), size=BATCH):
        article = articles[i]
        length = min(len(article), int(draw.integers(*PASSAGE)))
        start = int(draw.integers(len(article) - length + 1))
        passage = article[start : start + length]
        asked = min(length // 2, int(draw.integers(*QUESTION)))
        place = int(draw.integers(length - asked + 1))
        questions.append(passage[place : place + asked])
        cut = draw.random() < 0.5
        passages.append(np.concatenate([passage[:place], passage[place + asked :]]) if cut else passage)
    return questions, passages


def train(articles: Sequence[Ids], start: npt.NDArray[np.float32], steps: int, seed: int) -> npt.NDArray[np.float32]:
    """The vectors after `steps` batches of contrastive training."""
    torch.manual_seed(seed)
    draw = np.random.default_rng(seed)
    model = EmbeddingBag.from_pretrained(torch.from_numpy(start), freeze=False, mode="mean")
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.1)

    def embed(texts: Sequence[Ids]) -> torch.Tensor:
        offsets = torch.tensor(np.cumsum([0] + [len(t) for t in texts])[:-1])
        return normalize(model(torch.from_numpy(np.concatenate(texts)).long(), offsets))

    for step in range(steps):
        questions, passages = draw_pairs(articles, draw)
        similarity = embed(questions) @ embed(passages).T / TEMPERATURE
        labels = torch.arange(BATCH)
        loss = (cross_entropy(similarity, labels) + cross_entropy(similarity.T, labels)) / 2
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 0:
            print(f"step {step}/{steps}: loss {loss.item():.4f}", file=sys.stderr, flush=True)
    return np.asarray(model.weight.detach(), np.float32)


def save(vocabulary: dict[str, int], vectors: npt.NDArray[np.float32], folder: Path) -> None:
    """Write a folder that sentence-transformers loads."""
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106
    tokenizer.pre_tokenizer = WhitespaceSplit()
    vectors[0] = 0
    module = StaticEmbedding(tokenizer, embedding_weights=vectors)
    SentenceTransformer(modules=[module], device="cpu").save_pretrained(str(folder), create_model_card=False)
    (folder / UNITS_MARK).write_text("Texts are written as ingest.terms.tokens, set apart by spaces.\n", "utf-8")


def main() -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="Train the embedding model that is shipped.")
    parser.add_argument("news", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED_MODEL)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    written = [tokens(text) for text in read_articles(given.news)]
    vocabulary = choose_vocabulary(written)
    articles = [np.array([i for t in w if (i := vocabulary.get(t, 0))], np.int32) for w in written]
    articles = [a for a in articles if len(a) >= 2 * QUESTION[1]]
    del written
    print(f"{len(articles)} articles, {len(vocabulary)} tokens", file=sys.stderr)
    vectors = train(articles, latent_semantics(articles, given.seed), given.steps, given.seed)
    save(vocabulary, vectors, given.out)


if __name__ == "__main__":
    main()
