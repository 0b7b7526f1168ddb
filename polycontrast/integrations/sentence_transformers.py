"""Objectives as losses of sentence-transformers."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch

from polycontrast.arrays import describe
from polycontrast.chunked import registered
from polycontrast.integrations.columns import as_arguments
from polycontrast.objective import Objective, name_of
from polycontrast.torch import Loss, chunked_loss

Features = Mapping[str, Any]


class ObjectiveLoss(torch.nn.Module):  # type: ignore[misc]
    """An objective as a loss for ``SentenceTransformerTrainer``.

    The columns of the data set become the arguments of the objective: the first columns are its
    required embeddings, in the order of its signature. Further columns are stacked as its hard
    negatives (B, K, D), or as views where it takes any number of them. The label column becomes the
    required argument with one entry per sample, such as ``labels`` or ``target``.

    Parameters
    ----------
    model : SentenceTransformer
    objective : Objective, str, Loss or callable
        An objective, its name, a `polycontrast.torch.Loss`, or any callable that takes the
        embeddings of the columns, then the labels if the data set has them, and returns a 0-d loss.
    mini_batch_size : int, optional
        Rows that are encoded at a time, as in the cached losses of sentence-transformers. The
        memory is then that of the activations of one mini-batch, and ``backward()`` encodes each
        mini-batch again. Value and gradients are those of the whole batch. By default the batch
        is encoded at once.
    labels : str, optional
        Name of the argument that gets the label column, where the default is not right.
    **parameters
        Parameters of the objective and execution options, as in `polycontrast.torch.Loss`: a
        `Learnable` temperature is learned by the optimizer of the trainer. ``comm="world"`` shares
        the batch among all processes.

    Attributes
    ----------
    diagnostics : dict of str to torch.Tensor
        Figures of the last call with ``diagnostics=True``, as in `polycontrast.torch.Loss`.

    Raises
    ------
    TypeError, ValueError
        When an argument does not have its form, or parameters are given beside an objective that
        has its own. From a call: when the objective has no argument for a column or the labels.

    Notes
    -----
    Embeddings in half precision are computed in float32. With `mini_batch_size`, columns of padding
    at the end of a mini-batch are left out, so rounding differs where they change it.

    Examples
    --------
    A model that looks up its sentences, in place of a `SentenceTransformer`:

    >>> import torch
    >>> from polycontrast.integrations.sentence_transformers import ObjectiveLoss
    >>> class Model(torch.nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.rows = torch.nn.Embedding(10, 4)
    ...     def forward(self, features):
    ...         return {"sentence_embedding": self.rows(features["input_ids"]).mean(1)}
    >>> columns = [{"input_ids": torch.arange(12).reshape(4, 3) % k} for k in (9, 10)]
    >>> model = Model()
    >>> plain = ObjectiveLoss(model, "multiple_negatives_ranking", temperature=0.05)
    >>> cached = ObjectiveLoss(model, "multiple_negatives_ranking", mini_batch_size=2)
    >>> bool(torch.isclose(cached(columns, None), plain(columns, None)))
    True
    """

    def __init__(
        self,
        model: torch.nn.Module,
        objective: Objective | str | Callable[..., Any],
        *,
        mini_batch_size: int | None = None,
        labels: str | None = None,
        **parameters: Any,
    ):
        super().__init__()
        whole = isinstance(mini_batch_size, int) and not isinstance(mini_batch_size, bool)
        if mini_batch_size is not None and not (whole and mini_batch_size > 0):
            got = describe(mini_batch_size)
            raise ValueError(
                f"ObjectiveLoss: mini_batch_size must be a positive integer or None, got {got}"
            )
        self.model, self.mini_batch_size, self.labels = model, mini_batch_size, labels
        if isinstance(objective, (Objective, str)):
            objective = Loss(objective, **parameters)
        elif not callable(objective):
            got = describe(objective)
            raise TypeError(f"ObjectiveLoss: objective must be an objective or callable, got {got}")
        elif parameters:
            names = ", ".join(parameters)
            raise TypeError(
                f"ObjectiveLoss: {name_of(registered(objective) or objective)} has its own "
                f"parameters, got {names}"
            )
        self.loss = objective
        if labels is not None and labels not in getattr(registered(objective), "arguments", ()):
            raise ValueError(
                f"ObjectiveLoss: labels must name an argument of the objective, got {labels!r}"
            )

    def forward(self, sentence_features: Iterable[Features], labels: Any = None) -> torch.Tensor:
        """Loss of a batch.

        Parameters
        ----------
        sentence_features : iterable of dict
            Inputs of the model, one for each column.
        labels : torch.Tensor, optional
            The label column.
        """
        columns = list(sentence_features)
        value = functools.partial(self._value, labels)
        if self.mini_batch_size is None:
            return value(*(self.model(column)["sentence_embedding"] for column in columns))
        batches = [(column,) for column in columns]
        encoder = _Encoder(self.model)
        return chunked_loss(value, encoder, batches, chunk_size=self.mini_batch_size)

    def _value(self, labels: Any, *embeddings: torch.Tensor) -> torch.Tensor:
        """Loss of the embeddings of all columns."""
        embeddings = tuple(z.float() if z.dtype in _HALF else z for z in embeddings)
        objective = registered(self.loss)
        if objective is None:
            return self.loss(*embeddings, *([] if labels is None else [labels]))
        return self.loss(**as_arguments(objective, self._given(), embeddings, labels, self.labels))

    def _given(self) -> set[str]:
        """Names of the arguments that the loss holds."""
        return {*getattr(self.loss, "fixed", ()), *getattr(self.loss, "held", ())}

    @property
    def diagnostics(self) -> dict[str, torch.Tensor]:
        """Figures of the last call."""
        return getattr(self.loss, "diagnostics", {})

    @property
    def uses_gradient_cache(self) -> bool:
        """Whether ``backward()`` encodes again, which sentence-transformers asks of a loss."""
        return self.mini_batch_size is not None

    def get_config_dict(self) -> dict[str, Any]:
        """Settings, for the card of a model."""
        settings = {"objective": name_of(registered(self.loss) or self.loss)}
        fixed = getattr(self.loss, "fixed", {})
        settings |= {name: repr(value) for name, value in fixed.items()}
        return settings | {"mini_batch_size": self.mini_batch_size}


_HALF = (torch.float16, torch.bfloat16)


class _Encoder(torch.nn.Module):  # type: ignore[misc]
    """A model that returns the embeddings of a mini-batch alone."""

    def __init__(self, model: torch.nn.Module):
        super().__init__()
        self.model = model

    def forward(self, features: Features) -> torch.Tensor:
        """Embeddings (b, D)."""
        return self.model(_without_padding(features))["sentence_embedding"]


def _without_padding(features: Features) -> dict[str, Any]:
    """Features without the last columns, where these are padding in all rows."""
    mask = features.get("attention_mask")
    if not isinstance(mask, torch.Tensor) or mask.ndim != 2:
        return dict(features)
    width, used = mask.shape[1], mask.any(0).nonzero()
    stop = int(used[-1]) + 1 if len(used) else width
    return {
        name: t[:, :stop]
        if isinstance(t, torch.Tensor) and t.ndim > 1 and t.shape[1] == width
        else t
        for name, t in features.items()
    }
