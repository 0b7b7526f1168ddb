"""What tests of several commands share."""

import pytest


@pytest.fixture
def plain_pictures(monkeypatch):
    """Pictures are not drawn: they take most of the time of a command, and have own tests."""
    panels = {name: ["<svg></svg>"] for name in ("recall", "gap", "curves", "projection")}
    drawn = {"summary": b"a picture", **panels}
    monkeypatch.setattr("polycontrast.align.job.results.draw", lambda *_: drawn)
