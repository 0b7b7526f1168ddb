"""Many views.

Any number of views of each sample, stacked or as a sequence.
"""
