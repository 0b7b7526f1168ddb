"""One batch on four devices of JAX; here the devices are four parts of the CPU."""

import jax
from jax.sharding import AxisType
from jax.sharding import PartitionSpec as P

import polycontrast as pc

jax.config.update("jax_num_cpu_devices", 4)
mesh = jax.make_mesh((4,), ("ranks",), axis_types=(AxisType.Auto,))


def share(x, y):
    loss, grads = pc.info_nce.value_and_grad(x, y, comm="ranks", gradients="sum")
    return loss, grads.x, grads.y


rows, whole = P("ranks"), P()
step = jax.jit(
    jax.shard_map(share, mesh=mesh, in_specs=(rows, rows), out_specs=(whole, rows, rows))
)
x, y = jax.random.normal(jax.random.key(0), (2, 32, 8))
loss, grad_x, grad_y = step(x, y)
print(f"loss of all 32 samples: {loss:.4f}, in one process: {pc.info_nce(x, y):.4f}")
