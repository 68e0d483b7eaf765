"""Models of a few thousand random weights, with a vocabulary of characters, in the form that sentence-transformers loads."""

from __future__ import annotations

from pathlib import Path

CHARACTERS = "的一是不了在有人我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长句表示检索相关章零售市规模少店0123456789"


def _saved(folder: Path, made: str, seed: int, labels: int) -> Path:
    # Imported here: what takes seconds to import is not for every test.
    import torch
    import transformers
    from transformers import BertConfig, BertTokenizerFast

    folder.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(CHARACTERS)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), "utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=512,
        initializer_range=1.0,
        num_labels=labels,
    )
    getattr(transformers, made)(config).save_pretrained(folder)
    return folder


def cross_encoder(folder: Path, seed: int = 0, labels: int = 1) -> Path:
    """A cross-encoder in a folder; with more than one label it tells classes."""
    return _saved(folder, "BertForSequenceClassification", seed, labels)


def bi_encoder(folder: Path, seed: int = 0) -> Path:
    """A bi-encoder in a folder."""
    return _saved(folder, "BertModel", seed, 1)
