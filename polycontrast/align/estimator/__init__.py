"""The estimator, as scikit-learn's tools take it."""
