"""The call in progress: its settings, ranks, promised cotangent, diagnostics and noted plans."""

from polycontrast.context.current import (
    Promise,
    current_report,
    current_settings,
    current_watch,
    diagnostics_to,
    in_progress,
    note_comparison,
    note_plan,
    promised_cotangent,
    split_settings,
    whole_batch,
)
from polycontrast.context.diagnostics import Anchors, Diagnostics, Watch
from polycontrast.context.settings import SETTING_NAMES, Settings

__all__ = [
    "SETTING_NAMES",
    "Anchors",
    "Diagnostics",
    "Promise",
    "Settings",
    "Watch",
    "current_report",
    "current_settings",
    "diagnostics_to",
    "current_watch",
    "in_progress",
    "note_comparison",
    "note_plan",
    "promised_cotangent",
    "split_settings",
    "whole_batch",
]
