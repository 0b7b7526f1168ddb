"""A sentence-transformers model of a few thousand weights, and sentences, without a download."""

import tempfile
from pathlib import Path

import torch
from datasets import Dataset
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizerFast

COLOURS = ("red", "green", "blue", "black", "white", "small", "big")
WORDS = (*COLOURS, "old", "new", "cat", "dog", "bird", "fish", "tree", "house")
VERBS = ("sees", "likes", "finds", "takes")


def tiny_model(dropout: float = 0.0) -> SentenceTransformer:
    """A BERT of two layers whose vocabulary are the words above."""
    torch.manual_seed(0)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    with tempfile.TemporaryDirectory() as folder:
        vocabulary = Path(folder, "vocab.txt")
        vocabulary.write_text("\n".join([*special, *WORDS, *VERBS]))
        BertTokenizerFast(str(vocabulary)).save_pretrained(folder)
        config = BertConfig(
            vocab_size=len([*special, *WORDS, *VERBS]),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=dropout,
        )
        BertModel(config).save_pretrained(folder)
        words = Transformer(folder)
    return SentenceTransformer(modules=[words, Pooling(32)], device="cpu")


def sentence_pairs(count: int = 64) -> Dataset:
    """Pairs of a short and a long sentence about the same three words."""
    generator = torch.Generator().manual_seed(0)
    picks = torch.randint(len(WORDS), (count, 3), generator=generator).tolist()
    triples = [[WORDS[k] for k in pick] for pick in picks]
    return Dataset.from_dict(
        {
            "anchor": [f"{a} {b} {c}" for a, b, c in triples],
            "positive": [f"{c} {VERBS[len(a) % 4]} {b} {a} {b}" for a, b, c in triples],
        }
    )
