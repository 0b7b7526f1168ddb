"""The arguments of a call: their roles, how they are bound to names, and their checks."""
