"""What is kept between steps, in plain arrays: numbers of samples, queues, banks, clusters."""

from polycontrast.states.auxiliary import log_normalizer, sample_auxiliary, update_log_normalizer
from polycontrast.states.banks import (
    assign_clusters,
    bank_update,
    cluster_means,
    track_update,
)
from polycontrast.states.class_temperatures import class_temperature
from polycontrast.states.concentrations import concentration
from polycontrast.states.global_normalizer import global_contrastive_step, update_log_u
from polycontrast.states.moving_average import ema
from polycontrast.states.queue import enqueue
from polycontrast.states.slots import gather_state, scatter_state
from polycontrast.states.spherical_layer import SphericalLayer
from polycontrast.states.temperatures import update_temperature
from polycontrast.states.trajectories import TrajectoryBuffer

__all__ = [
    "SphericalLayer",
    "TrajectoryBuffer",
    "assign_clusters",
    "bank_update",
    "class_temperature",
    "cluster_means",
    "concentration",
    "ema",
    "enqueue",
    "gather_state",
    "global_contrastive_step",
    "log_normalizer",
    "sample_auxiliary",
    "scatter_state",
    "track_update",
    "update_log_normalizer",
    "update_log_u",
    "update_temperature",
]
