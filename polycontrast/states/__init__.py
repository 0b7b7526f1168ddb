"""States of estimators: numbers per sample, kept between steps in plain arrays."""

from polycontrast.states.auxiliary import log_normalizer, sample_auxiliary, update_log_normalizer
from polycontrast.states.class_temperatures import class_temperature
from polycontrast.states.concentrations import concentration
from polycontrast.states.global_normalizer import global_contrastive_step, update_log_u
from polycontrast.states.slots import gather_state, scatter_state
from polycontrast.states.temperatures import update_temperature

__all__ = [
    "class_temperature",
    "concentration",
    "gather_state",
    "global_contrastive_step",
    "log_normalizer",
    "sample_auxiliary",
    "scatter_state",
    "update_log_normalizer",
    "update_log_u",
    "update_temperature",
]
