"""A step on a batch of 64 pairs with the activations of 16 samples."""

import torch

import polycontrast as pc
from polycontrast.torch import chunked_step

torch.manual_seed(0)
width, dim = 20, 8
image = torch.nn.Sequential(torch.nn.Linear(width, 32), torch.nn.GELU(), torch.nn.Linear(32, dim))
text = torch.nn.Sequential(torch.nn.Dropout(0.1), torch.nn.Linear(width, dim))
log_temperature = torch.nn.Parameter(torch.tensor(0.1).log())
parameters = [*image.parameters(), *text.parameters(), log_temperature]
optimizer = torch.optim.AdamW(parameters, lr=1e-2)

pixels = torch.randn(64, width)
tokens = {"input": pixels + 0.1 * torch.randn(64, width)}  # a mapping: text(**tokens)

losses = []
for _ in range(20):
    loss = chunked_step(
        pc.info_nce,
        [image, text],
        [pixels, tokens],
        chunk_size=16,
        temperature=log_temperature.exp(),
    )
    optimizer.step()
    optimizer.zero_grad()
    losses.append(loss.item())
