"""Solutions in closed form: whitening and multi-set canonical correlation analysis."""
