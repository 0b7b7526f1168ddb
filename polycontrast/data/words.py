"""English words in two views, how they are written and how they are spoken (see README.md)."""

from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise

import numpy as np

ATTRIBUTION = (
    "English words: the CMU Pronouncing Dictionary, Carnegie Mellon University, 1993-2015, "
    "https://github.com/cmusphinx/cmudict, BSD 2-Clause."
)
COLUMNS = 100
START, END = "<", ">"  # of a word


def load_words() -> tuple[dict[str, np.ndarray], list[str]]:
    """8000 English words in two views, and the words.

    Returns
    -------
    views : dict of array (8000, 100)
        ``spelling``: how often a word has each of the 100 most frequent single letters and pairs of
        letters. ``sound``: the same for its phonemes, without stress. In pairs, the start and the
        end of a word count as a letter and as a phoneme. Row ``i`` of both is the same word.
    words : list of str
        In alphabetical order: shuffle before you split.
    """
    text = (files("polycontrast") / "data" / "cmudict_words.tsv").read_text(encoding="utf-8")
    words, sounds = zip(*(line.split("\t") for line in text.splitlines()), strict=True)
    phonemes = [[sound.rstrip("012") for sound in line.split()] for line in sounds]
    return {"spelling": ngram_counts(words), "sound": ngram_counts(phonemes)}, list(words)


def ngram_counts(rows: Sequence[Sequence[str]], columns: int = COLUMNS) -> np.ndarray:
    """Counts (rows, columns) of the most frequent single symbols and pairs of neighbours.

    Symbols that are equally frequent are taken in alphabetical order.

    Parameters
    ----------
    rows : sequence of sequences of str
        Symbols in order; in pairs they have a start and an end.
    columns : int, default 100
    """
    counts = []
    for row in rows:
        symbols = [START, *row, END]
        counts.append(Counter([*zip(row, strict=True), *pairwise(symbols)]))
    total: Counter[tuple[str, ...]] = Counter()
    for count in counts:
        total.update(count)
    chosen = sorted(total, key=lambda ngram: (-total[ngram], ngram))[:columns]
    return np.array([[count[ngram] for ngram in chosen] for count in counts], dtype=np.float32)
