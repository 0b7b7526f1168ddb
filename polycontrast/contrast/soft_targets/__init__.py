"""Targets that are shares: how much each candidate is the match of an anchor."""
