"""Vision and language.

Images with their captions or prompts: contrasts of pairs together with losses of text.
"""
