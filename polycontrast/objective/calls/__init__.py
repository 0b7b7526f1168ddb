"""A call of an objective: its evaluation, reduction, diagnostics, second derivatives and ranks."""
