"""Two views, each row with its match in the other view."""
