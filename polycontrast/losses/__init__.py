"""The objectives: one family per folder, one objective per file, named as its file.

To add a loss, write its file. The file is imported when the name is first used.
"""
