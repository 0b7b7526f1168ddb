"""Losses with the names, arguments and values of other packages.

Each package has a module of its own. A constructor there takes the arguments of the package and
computes its value with the objectives and the closed gradients of this library. The package itself
need not be installed. What cannot be reproduced is refused.

>>> import torch
>>> from polycontrast.compat.pytorch_metric_learning import NTXentLoss
>>> loss = NTXentLoss(temperature=0.1)
>>> round(loss(torch.eye(4, dtype=torch.float64), torch.tensor([0, 0, 1, 1])).item(), 6)
1.098612
"""

from polycontrast.compat.crosswalk import PACKAGES, Counterpart, crosswalk

__all__ = ["PACKAGES", "Counterpart", "crosswalk"]
