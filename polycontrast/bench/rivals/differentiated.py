"""Plain formulas in torch and in JAX, for automatic differentiation."""

from typing import Any


def torch_formulas() -> dict[str, Any]:
    """Formulas on torch tensors, by name of the objective."""
    import torch
    from torch.nn.functional import cross_entropy, logsigmoid, normalize

    def info_nce(x: Any, y: Any, temperature: float) -> Any:
        logits = normalize(x, dim=-1) @ normalize(y, dim=-1).T / temperature
        target = torch.arange(len(x), device=x.device)
        return (cross_entropy(logits, target) + cross_entropy(logits.T, target)) / 2

    def nt_xent(x: Any, y: Any, temperature: float) -> Any:
        z = normalize(torch.cat([x, y]), dim=-1)
        rows = torch.arange(len(z), device=x.device)
        itself = torch.eye(len(z), dtype=torch.bool, device=x.device)
        logits = (z @ z.T / temperature).masked_fill(itself, -torch.inf)
        return cross_entropy(logits, (rows + len(x)) % len(z))

    def sigmoid_contrastive(x: Any, y: Any, temperature: float, bias: float) -> Any:
        scores = normalize(x, dim=-1) @ normalize(y, dim=-1).T / temperature + bias
        signs = 2 * torch.eye(len(x), dtype=x.dtype, device=x.device) - 1
        return -logsigmoid(signs * scores).sum() / len(x)

    return {f.__name__: f for f in (info_nce, nt_xent, sigmoid_contrastive)}


def jax_formulas() -> dict[str, Any]:
    """Formulas on JAX arrays, by name of the objective."""
    import jax
    import jax.numpy as jnp

    def unit(t: Any) -> Any:
        return t / jnp.linalg.norm(t, axis=1, keepdims=True)

    def info_nce(x: Any, y: Any, temperature: float) -> Any:
        logits = unit(x) @ unit(y).T / temperature
        rows, columns = (jax.nn.logsumexp(logits, axis=k) for k in (1, 0))
        return jnp.mean((rows + columns) / 2 - jnp.diagonal(logits))

    def nt_xent(x: Any, y: Any, temperature: float) -> Any:
        z = unit(jnp.concatenate([x, y]))
        logits, n = z @ z.T / temperature, len(x)
        positive = jnp.concatenate([jnp.diagonal(logits, n), jnp.diagonal(logits, -n)])
        logits = jnp.where(jnp.eye(len(z), dtype=bool), -jnp.inf, logits)
        return jnp.mean(jax.nn.logsumexp(logits, axis=1) - positive)

    def sigmoid_contrastive(x: Any, y: Any, temperature: float, bias: float) -> Any:
        scores = unit(x) @ unit(y).T / temperature + bias
        signs = 2 * jnp.eye(len(x), dtype=x.dtype) - 1
        return -jnp.sum(jax.nn.log_sigmoid(signs * scores)) / len(x)

    return {f.__name__: f for f in (info_nce, nt_xent, sigmoid_contrastive)}
