"""A training loop of the kind of open_clip, with a model of the same interface."""

import math

import torch

from polycontrast.integrations.open_clip import ObjectiveLoss

torch.manual_seed(0)
images = torch.randn(256, 32)
texts = images @ torch.randn(32, 24) + 0.1 * torch.randn(256, 24)
batches = [(images[i : i + 64], texts[i : i + 64]) for i in range(0, 256, 64)] * 10


class Model(torch.nn.Module):
    """The outputs of a model of open_clip: rows of unit length, and the scale of the logits."""

    def __init__(self):
        super().__init__()
        self.visual, self.text = torch.nn.Linear(32, 16), torch.nn.Linear(24, 16)
        self.logit_scale = torch.nn.Parameter(torch.tensor([math.log(1 / 0.07)]))

    def forward(self, image, text):
        normalize = torch.nn.functional.normalize
        return {
            "image_features": normalize(self.visual(image), dim=-1),
            "text_features": normalize(self.text(text), dim=-1),
            "logit_scale": self.logit_scale.exp(),
        }


model, losses = Model(), []
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)

loss = ObjectiveLoss("info_nce")
for image, text in batches:
    optimizer.zero_grad()
    terms = loss(**model(image, text), output_dict=True)
    sum(terms.values()).backward()
    optimizer.step()
    losses.append(terms["contrastive_loss"].item())
