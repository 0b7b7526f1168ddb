"""The SimCLR head of lightly, whose loss is replaced."""

import torch
from lightly.models.modules import SimCLRProjectionHead

import polycontrast as pc
from polycontrast.torch import Loss

torch.manual_seed(0)
images = torch.randn(256, 32)
views = images + 0.1 * torch.randn(2, 256, 32)
losses = []

backbone, head = torch.nn.Linear(32, 32), SimCLRProjectionHead(32, 32, 16)
criterion = Loss(pc.nt_xent, temperature=0.5, comm="world")  # was NTXentLoss(temperature=0.5)
optimizer = torch.optim.SGD([*backbone.parameters(), *head.parameters()], lr=0.5)
for i in range(0, 256, 64):
    optimizer.zero_grad()
    value = criterion(*(head(backbone(view[i : i + 64])) for view in views))
    value.backward()
    optimizer.step()
    losses.append(value.item())
