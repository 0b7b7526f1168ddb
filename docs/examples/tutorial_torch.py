"""Two encoders that learn to match digits, in torch, with a learned temperature."""

import torch
from matplotlib.figure import Figure

import polycontrast as pc
from polycontrast.data import load_digits
from polycontrast.torch import Learnable, Loss

torch.manual_seed(0)

# Two views of 2000 digits: the pixels, and the outlines. Row i of both is the same digit.
views, _ = load_digits()
pixels, outlines = (torch.tensor(views[name]).float() for name in ("pixel", "profile"))
pixels, outlines = ((v - v.mean(0)) / (v.std(0) + 1e-6) for v in (pixels, outlines))
train, test = torch.randperm(2000).split([1400, 600])


# One encoder for each view. Both end in 32 numbers, which are compared.
def encoder(columns):
    return torch.nn.Sequential(
        torch.nn.Linear(columns, 64), torch.nn.ReLU(), torch.nn.Linear(64, 32)
    )


towers = torch.nn.ModuleList([encoder(240), encoder(216)])
loss = Loss(pc.info_nce, temperature=Learnable(0.1, min=0.01))
optimizer = torch.optim.AdamW([*towers.parameters(), *loss.parameters()], lr=2e-3)

losses, recalls, temperatures = [], [], []
for step in range(200):
    batch = train[torch.randint(len(train), (128,))]
    value = loss(towers[0](pixels[batch]), towers[1](outlines[batch]))
    optimizer.zero_grad()
    value.backward()
    optimizer.step()

    losses.append(value.item())
    temperatures.append(loss.temperature().item())
    if step % 20 == 19:  # how many unseen digits are nearest to their own outline?
        with torch.no_grad():
            found = pc.recall_at_k(towers[0](pixels[test]), towers[1](outlines[test]), k=1)
        recalls.append(found.item())

print(f"recall@1 on 600 unseen digits: {recalls[-1]:.2f}, by guessing 0.002")
print(f"temperature: {temperatures[-1]:.3f}")

figure = Figure(figsize=(7.6, 2.6), layout="constrained")
left, middle, right = figure.subplots(1, 3)
left.plot(losses)
left.set(title="Loss of the batch", xlabel="step", ylim=0)
middle.plot(range(20, 201, 20), recalls)
middle.set(title="Recall@1, unseen digits", xlabel="step", ylim=(0, 1.03))
right.plot(temperatures)
right.set(title="Temperature", xlabel="step")
figure.savefig("tutorial_torch.png", dpi=200)
