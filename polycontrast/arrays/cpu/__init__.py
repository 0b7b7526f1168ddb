"""The processor: its memory, its threads, and the settings of the libraries that compute on it."""
