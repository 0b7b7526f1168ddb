"""The same losses in torch, beside which `gpu.py` sets ours: the formula, and other packages."""

import contextlib
import functools
import importlib.util
import math

from polycontrast.bench import device, median_times


def formulas(torch):
    """Plain formulas on torch tensors, as one writes them."""
    from polycontrast.bench.rivals.differentiated import torch_formulas

    def poly_view(views, temperature):
        count, rows = views.shape[:2]
        z = torch.nn.functional.normalize(views, dim=-1).flatten(0, 1)
        scores = z @ z.T / temperature
        sample = torch.arange(rows, device=z.device).repeat(count)
        same = sample[:, None] == sample[None, :]
        others = torch.logsumexp(scores.masked_fill(same, -torch.inf), dim=1)
        itself = torch.eye(len(z), dtype=torch.bool, device=z.device)
        positive = scores[same & ~itself].reshape(len(z), count - 1)
        return torch.nn.functional.softplus(others[:, None] - positive).mean()

    return torch_formulas() | {"poly_view": poly_view}


def peers(torch):
    """Losses of other packages that are installed: their name and a function of the tensors."""

    def unit(t):
        return torch.nn.functional.normalize(t, dim=-1)

    found = {}
    if importlib.util.find_spec("memeff"):
        from memeff import MemoryEfficientCLIPLoss

        # `stable` would scale the gradient by something else.
        found["info_nce", "memeff"] = lambda x, y, temperature: MemoryEfficientCLIPLoss(
            temperature, stable=False
        )(x, y)
    if importlib.util.find_spec("inf_cl"):
        from inf_cl import cal_flash_loss

        def inf_cl(x, y, temperature):
            a, b = unit(x), unit(y)
            both = (cal_flash_loss(*pair, scale=1 / temperature) for pair in ((a, b), (b, a)))
            return sum(loss.mean() for loss in both) / 2

        found["info_nce", "Inf-CL"] = inf_cl
    if importlib.util.find_spec("siglip_kernel"):
        from siglip_kernel import fused_siglip_loss

        def siglip(x, y, temperature, bias):
            log_scale = torch.tensor(-math.log(temperature), device=x.device)
            return fused_siglip_loss(unit(x), unit(y), log_scale, torch.tensor(bias).to(x))

        found["sigmoid_contrastive", "siglip-kernel"] = siglip
    return found


class Torch:
    """Others' times, where torch is installed and sees the GPU."""

    def __init__(self):
        self.torch = None
        if importlib.util.find_spec("torch"):
            import torch

            if torch.cuda.is_available():
                self.torch, self.formulas, self.peers = torch, formulas(torch), peers(torch)

    @contextlib.contextmanager
    def precision(self, precision):
        """Products of torch in the same precision."""
        torch = self.torch
        torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
        with torch.autocast("cuda", torch.bfloat16, enabled=precision == "bf16"):
            yield

    def seconds(self, loss, case, inputs, value, precision, runs):
        """Time of value and gradients, or why there is none; the value is compared first."""
        torch = self.torch
        leaves = [torch.from_dlpack(t).clone().requires_grad_() for t in inputs]

        def call():
            with self.precision(precision):
                made = loss(*leaves, **case.parameters)
            torch.autograd.grad(made, leaves)
            return made

        try:
            theirs = float(call())
            if not abs(theirs - value) <= 2e-2 * abs(value):
                return f"differs: {theirs:.6g}"
            return f"{median_times(call, runs=runs, finish=device.finish)[0]:.4f}"
        except torch.cuda.OutOfMemoryError:
            return "no memory"
        except Exception as error:  # a package may refuse a size or a device in its own way
            return f"fails: {type(error).__name__}"
        finally:
            torch.cuda.empty_cache()

    def compiled(self, formula):
        """The formula, compiled anew: after eight sizes torch runs it eagerly, without a word."""
        self.torch._dynamo.reset()
        return self.torch.compile(formula, fullgraph=True, dynamic=False)

    def row(self, case, inputs, value, precision, runs):
        """Times of the formula, eager and compiled, and of a peer, with its name."""
        if self.torch is None or case.name not in self.formulas:
            return ["", "", "", ""]
        import cupy

        cupy.get_default_memory_pool().free_all_blocks()
        time = functools.partial(
            self.seconds, case=case, inputs=inputs, value=value, precision=precision, runs=runs
        )
        formula = self.formulas[case.name]
        eager, compiled = time(formula), time(self.compiled(formula))
        mine = {peer: loss for (name, peer), loss in self.peers.items() if name == case.name}
        return [eager, compiled, " / ".join(mine), " / ".join(map(time, mine.values()))]
