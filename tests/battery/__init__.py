"""One battery of tests over the registry: what every objective has to satisfy.

No test here knows a single objective. What they need comes from the registry: the arguments with
their shapes, the cases (parameters that differ from the defaults) and the declared invariances.
"""
