"""One batch on several MPI processes: ``mpiexec -n 2 python mpi_ranks.py``."""

import numpy as np
from mpi4py import MPI

import polycontrast as pc

comm = MPI.COMM_WORLD
rng = np.random.default_rng(comm.rank)
views = rng.standard_normal((3, 8, 5))  # three views of the samples of this rank

loss, grads = pc.poly_view.value_and_grad(views, comm=comm, gradients="sum")
if comm.rank == 0:
    print(f"loss of all {8 * comm.size} samples: {loss:.4f}")
