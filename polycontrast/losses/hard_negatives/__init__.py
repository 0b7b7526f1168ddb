"""Hard and false negatives.

Which of the other samples are negatives, and how much each of them counts.
"""
