"""What `help` shows of an objective: its full signature and its full docstring."""
