"""Any number of views of the same samples."""
