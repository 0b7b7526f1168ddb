"""A tag of scikit-learn that refuses folds of views.

Its tools take the first axis of `X` for that of the samples. The first axis of a list of views is
that of the views, so two folds of six views would fit three of them and score the other three.
"""

from polycontrast.align.errors import BadInput


class ViewsAreNotSamples:
    """Value of the tag ``pairwise``, which scikit-learn reads before it takes samples of `X`.

    The tag says whether more than the first axis has to be divided. Here no answer is right.
    """

    def __bool__(self) -> bool:
        raise BadInput(
            "Aligner: scikit-learn would divide the list of views into folds, not their rows; "
            "pass one table (rows, columns) to a pipeline of ViewSplitter and Aligner"
        )
