"""The objectives that there are: their list, how they are found, and which are the same."""
