"""Objectives as losses of open_clip."""

from typing import Any

import torch

from polycontrast.objective import Objective
from polycontrast.torch import Loss


class ObjectiveLoss(torch.nn.Module):  # type: ignore[misc]
    r"""An objective with the call of open_clip's ``ClipLoss`` and ``SigLipLoss``.

    It goes into ``CLIPTask(model, loss=...)``, and into a training loop that calls
    ``loss(**model(images, texts), output_dict=True)``. The temperature is
    :math:`\tau = 1 / \text{logit\_scale}`, and a ``logit_bias`` is the bias of the objective.

    Parameters
    ----------
    objective : Objective or str, default "info_nce"
        An objective of two views with a temperature. With the default it equals ``ClipLoss``;
        ``"sigmoid_contrastive"`` equals ``SigLipLoss``.
    **parameters
        Parameters of the objective and execution options, as in `polycontrast.torch.Loss`. Defaults
        here are ``comm="world"``, so that all processes share the batch, and ``normalize=False``,
        because models of open_clip return rows of unit length.

    Attributes
    ----------
    diagnostics : dict of str to torch.Tensor
        Figures of the last call with ``diagnostics=True``, as in `polycontrast.torch.Loss`.

    Raises
    ------
    TypeError, ValueError
        When the objective has no temperature, or a parameter does not have its form. From a call:
        when the model has a ``logit_bias`` and the objective has no bias.

    Notes
    -----
    ``local_loss``, ``gather_with_grad`` and ``rank`` of ``ClipLoss`` are not needed: the average of
    the gradients over the processes, which `DistributedDataParallel` computes, is exact.

    References
    ----------
    G. Ilharco et al., "OpenCLIP", 2021, Zenodo 5143773.

    Examples
    --------
    >>> import torch
    >>> from polycontrast.integrations.open_clip import ObjectiveLoss
    >>> rows = torch.nn.functional.normalize(torch.randn(2, 8, 4), dim=-1)
    >>> scale = torch.tensor([10.0])
    >>> loss = ObjectiveLoss()
    >>> found = loss(image_features=rows[0], text_features=rows[1], logit_scale=scale)
    >>> logits, target = 10 * rows[0] @ rows[1].T, torch.arange(8)
    >>> cross_entropy = torch.nn.functional.cross_entropy
    >>> wanted = (cross_entropy(logits, target) + cross_entropy(logits.T, target)) / 2
    >>> bool(torch.isclose(found, wanted))
    True
    """

    def __init__(self, objective: Objective | str = "info_nce", **parameters: Any):
        super().__init__()
        loss = Loss(objective)
        arguments = loss.objective.arguments
        if "temperature" not in arguments:
            name = loss.objective.name
            raise ValueError(f"ObjectiveLoss: objective must have a temperature, {name} has none")
        for name in ("temperature", "bias"):
            if name in parameters:
                raise TypeError(f"ObjectiveLoss: {name} comes from the model, got {name}=")
        defaults: dict[str, Any] = {"comm": "world"}
        if "normalize" in arguments:
            defaults["normalize"] = False
        self.loss = Loss(objective, **{**defaults, **parameters})

    def forward(
        self,
        image_features: torch.Tensor,
        text_features: torch.Tensor,
        logit_scale: torch.Tensor,
        logit_bias: torch.Tensor | None = None,
        output_dict: bool = False,
    ) -> Any:
        """Loss of the pairs of a batch.

        Parameters
        ----------
        image_features, text_features : torch.Tensor (B, D)
        logit_scale, logit_bias : torch.Tensor () or (1,)
            As a model of open_clip returns them: the scale is not in logarithms.
        output_dict : bool, default False
            Whether to return ``{"contrastive_loss": loss}``.
        """
        learned = {"temperature": 1 / logit_scale.reshape(())}
        if logit_bias is not None:
            objective = self.loss.objective
            if "bias" not in objective.arguments:
                raise ValueError(
                    f"ObjectiveLoss: the model has a logit_bias, and {objective.name} has no bias; "
                    "make the model without init_logit_bias, or take an objective with a bias"
                )
            learned["bias"] = logit_bias.reshape(())
        value = self.loss(image_features, text_features, **learned)
        return {"contrastive_loss": value} if output_dict else value

    @property
    def diagnostics(self) -> dict[str, torch.Tensor]:
        """Figures of the last call."""
        return self.loss.diagnostics
