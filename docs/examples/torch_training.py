"""A training loop in torch: two encoders and a learned temperature."""

import torch

import polycontrast as pc
from polycontrast.torch import Learnable, Loss

torch.manual_seed(0)
images = torch.randn(256, 32)
texts = images @ torch.randn(32, 24) + 0.1 * torch.randn(256, 24)
losses = []

encoders = torch.nn.ModuleList([torch.nn.Linear(32, 16), torch.nn.Linear(24, 16)])
loss = Loss(pc.info_nce, temperature=Learnable(0.07, min=0.01))
optimizer = torch.optim.AdamW([*encoders.parameters(), *loss.parameters()], lr=1e-2)
for _ in range(30):
    optimizer.zero_grad()
    value = loss(encoders[0](images), encoders[1](texts))
    value.backward()
    optimizer.step()
    losses.append(value.item())
