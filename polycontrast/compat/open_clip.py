"""Losses of open_clip."""

import torch

import polycontrast as pc
from polycontrast.compat.arguments import refuse
from polycontrast.compat.crosswalk import counterpart

__all__ = ["ClipLoss", "CoCaLoss", "DistillClipLoss", "SigLipLoss"]

RANKS = "call the objective with comm=, see the page on several devices"
REFUSED = "`world_size` above 1"
CLIP = "info_nce(image_features, text_features, temperature=1 / logit_scale, normalize=False)"


def _one_process(name, world_size):
    refuse(name, RANKS, world_size=world_size if world_size > 1 else None)


def _temperature(logit_scale):
    """One over the scale, in float32 at least: a temperature need not have the dtype of rows."""
    if isinstance(logit_scale, torch.Tensor) and torch.finfo(logit_scale.dtype).bits < 32:
        logit_scale = logit_scale.float()
    return 1 / logit_scale


def _clip(image_features, text_features, logit_scale):
    options = {"temperature": _temperature(logit_scale), "normalize": False}
    return pc.info_nce(image_features, text_features, **options)


@counterpart(CLIP, reducer="mean over 2B rows", refuses=REFUSED)
class ClipLoss(torch.nn.Module):
    """CLIP, of rows of unit length."""

    def __init__(
        self,
        local_loss=False,
        gather_with_grad=False,
        cache_labels=False,
        rank=0,
        world_size=1,
        use_horovod=False,
    ):
        super().__init__()
        _one_process("ClipLoss", world_size)

    def forward(
        self, image_features, text_features, logit_scale, logit_bias=None, output_dict=False
    ):
        value = _clip(image_features, text_features, logit_scale)
        if logit_bias is not None:  # a softmax does not change with it, so its gradient is 0
            value = value + 0 * torch.as_tensor(logit_bias, dtype=value.dtype).sum()
        return {"contrastive_loss": value} if output_dict else value


@counterpart(
    "sigmoid_contrastive(image_features, text_features, temperature=1 / logit_scale, "
    "bias=logit_bias, normalize=False)",
    reducer="sum over B x B pairs, over B",
    refuses=REFUSED,
)
class SigLipLoss(torch.nn.Module):
    """SigLIP, of rows of unit length."""

    def __init__(self, cache_labels=False, rank=0, world_size=1, dist_impl=None):
        super().__init__()
        _one_process("SigLipLoss", world_size)

    def forward(self, image_features, text_features, logit_scale, logit_bias, output_dict=False):
        value = pc.sigmoid_contrastive(
            image_features,
            text_features,
            temperature=_temperature(logit_scale),
            bias=0.0 if logit_bias is None else logit_bias,
            normalize=False,
        )
        return {"contrastive_loss": value} if output_dict else value


@counterpart(
    f"({CLIP}, caption_cross_entropy(logits, labels, ignore_index=pad_id))",
    factor="`clip_loss_weight`, `caption_loss_weight`",
    reducer="mean over 2B rows; mean over words",
    refuses=REFUSED,
    note="The sum of both values is `coca`, which has the rows scaled to unit length.",
)
class CoCaLoss(torch.nn.Module):
    """CLIP and the cross-entropy of captions, as two values."""

    def __init__(
        self,
        caption_loss_weight,
        clip_loss_weight,
        pad_id=0,
        local_loss=False,
        gather_with_grad=False,
        cache_labels=False,
        rank=0,
        world_size=1,
        use_horovod=False,
    ):
        super().__init__()
        _one_process("CoCaLoss", world_size)
        self.caption_loss_weight = caption_loss_weight
        self.clip_loss_weight = clip_loss_weight
        self.pad_id = pad_id

    def forward(
        self, image_features, text_features, logits, labels, logit_scale, output_dict=False
    ):
        contrast = torch.tensor(0, device=logits.device)
        if self.clip_loss_weight:
            contrast = self.clip_loss_weight * _clip(image_features, text_features, logit_scale)
        caption = pc.caption_cross_entropy(logits, labels, ignore_index=self.pad_id)
        caption = self.caption_loss_weight * caption
        both = {"contrastive_loss": contrast, "caption_loss": caption}
        return both if output_dict else tuple(both.values())


@counterpart(
    f"({CLIP}, similarity_distill(image_features, text_features, dist_image_features, "
    "dist_text_features, temperature=1 / logit_scale, "
    "teacher_temperature=float(1 / dist_logit_scale), normalize=False))",
    reducer="mean over 2B rows, of both",
    refuses=f"{REFUSED}, a teacher with a gradient",
)
class DistillClipLoss(torch.nn.Module):
    """CLIP and its distillation from a teacher, as two values."""

    def __init__(
        self,
        local_loss=False,
        gather_with_grad=False,
        cache_labels=False,
        rank=0,
        world_size=1,
        use_horovod=False,
    ):
        super().__init__()
        _one_process("DistillClipLoss", world_size)

    def forward(
        self,
        image_features,
        text_features,
        logit_scale,
        dist_image_features,
        dist_text_features,
        dist_logit_scale,
        output_dict=False,
    ):
        teacher = dist_image_features, dist_text_features
        if any(t.requires_grad for t in teacher):
            raise ValueError("DistillClipLoss: rows of the teacher have no gradient here; got some")
        contrast = _clip(image_features, text_features, logit_scale)
        distill = pc.similarity_distill(
            image_features,
            text_features,
            *teacher,
            temperature=_temperature(logit_scale),
            teacher_temperature=float(1 / dist_logit_scale),
            normalize=False,
        )
        both = {"contrastive_loss": contrast, "distill_loss": distill}
        return both if output_dict else tuple(both.values())
