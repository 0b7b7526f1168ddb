"""Images.

Comparisons of images by their structure, and changes of the style of feature maps.
"""
