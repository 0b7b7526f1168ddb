"""A loop of accelerate, with gradient accumulation and the activations of 16 samples at a time."""

import torch
from accelerate import Accelerator

import polycontrast as pc
from polycontrast.torch import Learnable, Loss, chunked_loss

torch.manual_seed(0)
images = torch.randn(256, 32)
texts = images @ torch.randn(32, 24) + 0.1 * torch.randn(256, 24)
data = torch.utils.data.TensorDataset(images, texts)
losses = []

accelerator = Accelerator(gradient_accumulation_steps=2, cpu=True)
image, text = torch.nn.Linear(32, 16), torch.nn.Linear(24, 16)
loss = Loss(pc.info_nce, temperature=Learnable(0.07, min=0.01), comm="world")
parameters = [*image.parameters(), *text.parameters(), *loss.parameters()]
optimizer = torch.optim.AdamW(parameters, lr=2e-2)
loader = torch.utils.data.DataLoader(data, batch_size=64)
image, text, loss, optimizer, loader = accelerator.prepare(image, text, loss, optimizer, loader)
for _ in range(10):
    for batch in loader:
        with accelerator.accumulate(image, text, loss):
            value = chunked_loss(loss, [image, text], batch, chunk_size=16)
            accelerator.backward(value)
            optimizer.step()
            optimizer.zero_grad()
            losses.append(value.item())
