"""Volumes of the GRAM repository, of each row of language with each tuple of other rows."""

import torch

import polycontrast as pc
from polycontrast.compat.crosswalk import counterpart

__all__ = [
    "volume_computation",
    "volume_computation3",
    "volume_computation4",
    "volume_computation5",
]

OURS = "gram_volume(views, normalize=False), of all pairs"
NOTE = (
    "The training loss, cross-entropies of minus the volumes over `contra_temp`, is "
    "`gram_loss(language, [video, audio], temperature=contra_temp, label_smoothing=0.1)`, which "
    "never forms the pairs. Here they are formed: B1 B2 D numbers for each modality."
)


@counterpart(OURS, reducer="none: a matrix (B1, B2)", note=NOTE)
def volume_computation(language, *inputs):
    """Volumes (B1, B2) that row i of language spans with row j of each input."""
    many, few = len(inputs[0]), len(language)
    views = [language.repeat_interleave(many, 0), *(t.repeat(few, 1) for t in inputs)]
    return pc.gram_volume(torch.stack(views), normalize=False, reduction="none").reshape(few, many)


@counterpart(OURS, reducer="none: a matrix (B1, B2)", note=NOTE)
def volume_computation3(language, video, audio):
    """Volumes of three modalities."""
    return volume_computation(language, video, audio)


@counterpart(OURS, reducer="none: a matrix (B1, B2)", note=NOTE)
def volume_computation4(language, video, audio, subtitles):
    """Volumes of four modalities."""
    return volume_computation(language, video, audio, subtitles)


@counterpart(OURS, reducer="none: a matrix (B1, B2)", note=NOTE)
def volume_computation5(language, video, audio, subtitles, depth):
    """Volumes of five modalities."""
    return volume_computation(language, video, audio, subtitles, depth)
