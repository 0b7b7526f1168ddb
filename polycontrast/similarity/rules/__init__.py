"""Rules that say which pairs count."""
