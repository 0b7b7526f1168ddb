"""How frameworks differentiate and trace a function whose pullback is known."""
