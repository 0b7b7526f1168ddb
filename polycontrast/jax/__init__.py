"""What lets JAX's transformations use the analytic gradients; loaded when a tracer arrives."""
