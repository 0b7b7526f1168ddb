"""Structure within and between modalities."""
