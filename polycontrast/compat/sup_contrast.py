"""Loss of the SupContrast repository."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import number, one_of, refuse
from polycontrast.compat.crosswalk import counterpart

__all__ = ["SupConLoss"]


@counterpart(
    "sup_con(features.transpose(0, 1), labels, temperature=temperature, "
    'base_temperature=base_temperature, anchors=1 if contrast_mode == "one" else None, '
    "normalize=False)",
    reducer="mean over anchors",
    refuses="`mask`",
    note="The call has the factor `temperature / base_temperature`. Without labels each sample is "
    "its own class.",
)
class SupConLoss(torch.nn.Module):
    """Supervised contrastive loss of features (B, V, D)."""

    def __init__(self, temperature=0.07, contrast_mode="all", base_temperature=0.07):
        super().__init__()
        self.anchors = one_of("SupConLoss", "contrast_mode", contrast_mode, {"all": None, "one": 1})
        self.temperature = temperature
        self.base_temperature = base_temperature

    def forward(self, features, labels=None, mask=None):
        refuse("SupConLoss", "give labels", mask=mask)
        if features.ndim < 3:
            got = tuple(features.shape)
            raise ValueError(f"SupConLoss: features must have 3 axes, (B, V, D); got {got}")
        if labels is None:
            labels = torch.arange(len(features), device=features.device)
        return pc.sup_con(
            features.flatten(2).transpose(0, 1).contiguous(),
            labels.reshape(-1).to(features.device),
            temperature=number(self.temperature),
            base_temperature=self.base_temperature,
            anchors=self.anchors,
            normalize=False,
        )
