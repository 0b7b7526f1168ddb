"""Contrastive losses for any array, any number of views, with closed-form gradients.

Written by tools/stub.py.
"""

# Calls of one objective are narrower than those of any objective.
# mypy: disable-error-code="override, overload-overlap"
# pyright: reportIncompatibleMethodOverride=false, reportOverlappingOverload=false

from collections.abc import Callable, Mapping, Sequence
from typing import (
    Any,
    Generic,
    Literal,
    NamedTuple,
    Protocol,
    TypedDict,
    TypeVar,
    Unpack,
    overload,
)

from polycontrast.objective import Diagnostics as Diagnostics

from polycontrast.objective.objective import Objective as Objective
from polycontrast.states.slots import gather_state as gather_state
from polycontrast.states.global_normalizer import global_contrastive_step as global_contrastive_step
from polycontrast.metrics.linear_separability import linear_separability as linear_separability
from polycontrast.states.auxiliary import log_normalizer as log_normalizer
from polycontrast.objective.objective import objectives as objectives
from polycontrast.planning import plan as plan
from polycontrast.metrics.recall_at_k import recall_at_k as recall_at_k
from polycontrast.metrics.roc_auc import roc_auc as roc_auc
from polycontrast.metrics.roc_curve import roc_curve as roc_curve
from polycontrast.states.auxiliary import sample_auxiliary as sample_auxiliary
from polycontrast.states.slots import scatter_state as scatter_state
from polycontrast.states.auxiliary import update_log_normalizer as update_log_normalizer
from polycontrast.states.global_normalizer import update_log_u as update_log_u
from polycontrast.states.temperatures import update_temperature as update_temperature

__version__: Literal["0.1.0"]
__all__: Sequence[str]

class _AnyArray(Protocol):
    """An array of any library: what has a shape and a dtype."""

    @property
    def shape(self) -> Any: ...
    @property
    def dtype(self) -> Any: ...

Array = TypeVar("Array", bound=_AnyArray)

class Options(TypedDict, total=False):
    """How a call is carried out; the value does not depend on it."""

    tile: tuple[int, int] | None
    workers: int | None
    memory: int | None
    check_finite: bool
    precision: Literal['highest', 'tf32', 'bf16']
    comm: Any
    gradients: Literal['average', 'sum']

class AaicGrads(NamedTuple, Generic[Array]):
    """Gradients of `aaic`, of the arguments that were differentiated."""

    views: Any
    temperature: Array

class _Aaic(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        live: Array,
        *,
        temperature: float | Array = 0.02,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Asymmetric augmented instance contrast: live samples form a class, each spoof its own.

        .. math:: \frac{1}{M B} \sum_i \Big[ \log \sum_{a \ne i} e^{\langle \hat z_i, \hat z_a \rangle
                  / \tau} - \frac{1}{|P_i|} \sum_{p \in P_i} \langle \hat z_i, \hat z_p \rangle / \tau
                  \Big]

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least one view; row i of each belongs to sample i. The originals and augmentations that
            mix styles.
        live : bool array (B,)
            True for the samples of the one class, False for those that are their own. In face
            anti-spoofing the real faces are the class.
        temperature : float or 0-d array, > 0, default 0.02
            Temperature :math:`\tau`, differentiable. The value of the authors' code.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are MB, those of the first view
            first.

        Returns
        -------
        loss : 0-d array, or (M B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `reduction` is not one of its words.

        Notes
        -----
        `sup_con` with one label for all live samples and a label of its own for each other one.
        Positives :math:`P_i` of a live row are all other live rows, those of a spoof its other views;
        all other rows are candidates. One view: spoofs have loss 0. No live sample and two views:
        `nt_xent`.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        J. Yang, Z. Yu, X. Ni, J. He, H. Li, "Generalized Face Anti-spoofing via Finer Domain Partition
        and Disentangling Liveness-irrelevant Factors", ECAI 2024, arXiv 2407.08243.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 2)
        >>> float(pc.aaic(views, np.array([True, True, False]), temperature=1.0).round(4))
        1.3493
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        live: Array,
        *,
        temperature: float | Array = 0.02,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, AaicGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        live: Array,
        *,
        temperature: float | Array = 0.02,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, AaicGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        live: Array,
        *,
        temperature: float | Array = 0.02,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AaicGrads[Array]]]: ...

aaic: _Aaic

class AlignmentGrads(NamedTuple, Generic[Array]):
    """Gradients of `alignment`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _Alignment(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        alpha: float = 2,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Mean power of the distance between matching rows; lower is closer.

        .. math:: \frac{1}{B} \sum_i |\hat x_i - \hat y_i|^\alpha

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views.
        alpha : float, > 0, default 2
            Power of the distance; the paper's value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        value : 0-d array, or (B,) for ``reduction="none"``
            In :math:`[0, 2^\alpha]` for unit rows.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `alpha` is not above 0 or `reduction`
            is not one of its words.

        Notes
        -----
        Gradient :math:`\alpha |d|^{\alpha - 2} d / B` with :math:`d = x_i - y_i`; 0 at :math:`d = 0`,
        where it does not exist for :math:`\alpha \le 1`. The cost is O(B D).

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised, an exchange of `x` and `y` with all
        that belongs to them or a common shift of all rows where they are not normalised.

        References
        ----------
        T. Wang, P. Isola, "Understanding Contrastive Representation Learning through Alignment and
        Uniformity on the Hypersphere", ICML 2020, arXiv 2005.10242.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.alignment(np.eye(2), np.eye(2)[::-1]).round(6))
        2.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        alpha: float = 2,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, AlignmentGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        alpha: float = 2,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, AlignmentGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        alpha: float = 2,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AlignmentGrads[Array]]]: ...

alignment: _Alignment

class AlphaClGrads(NamedTuple, Generic[Array]):
    """Gradients of `alpha_cl`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _AlphaCl(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float = 0.5,
        exponent: float = 4.0,
        eps: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Weighted mean of negatives minus positives, where the weights are constants.

        .. math:: \frac{1}{2B} \sum_{a=1}^{2B}
                  \frac{\sum_b w_{ab} (c_{ab} - c_{a p(a)})}{\sum_b w_{ab} + \epsilon (2B - 2)},
                  \quad w_{ab} = e^{-(1 - c_{ab})^\alpha / \tau},\quad
                  c_{ab} = \langle z_a, z_b \rangle,\quad z = [\hat x; \hat y]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views of at least 2 samples.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float, > 0, default 0.5
            Temperature :math:`\tau` of the weights; it has no gradient.
        exponent : float, > 0, default 4.0
            Power :math:`\alpha` of the distance of a pair. The authors' code has 2 for CIFAR-100.
        eps : float, >= 0, default 0.0
            Number :math:`\epsilon` that is added to the sum of the weights, once for each negative.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those of `x` first.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or `exponent` is not
            above 0, `eps` is negative or `reduction` is not one of its words. When ``B < 2``, as
            there is no negative.

        Notes
        -----
        Sums go over the rows b of other samples, :math:`p(a) = a \pm B` is the partner, and
        :math:`1 - c` below 0 counts as 0. The gradient weight of a negative is its share
        :math:`\bar w_{ab}` of the weights, that of the positive is minus their sum. Shares are a
        softmax, with :math:`\log \epsilon (2B - 2)` as one more logit, so small temperatures are safe.
        With ``exponent=1, eps=0`` the gradient is :math:`\tau` times that of `dcl`. An anchor that
        `ids` leave without a negative has loss 0.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        The gradient is by definition not that of the value, and finite differences do not apply
        to it.

        References
        ----------
        Y. Tian, "Understanding Deep Contrastive Learning via Coordinate-wise Optimization",
        NeurIPS 2022, arXiv 2201.12680.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.alpha_cl(x, x))
        -1.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float = 0.5,
        exponent: float = 4.0,
        eps: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, AlphaClGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float = 0.5,
        exponent: float = 4.0,
        eps: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, AlphaClGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float = 0.5,
        exponent: float = 4.0,
        eps: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AlphaClGrads[Array]]]: ...

alpha_cl: _AlphaCl

class AngleGrads(NamedTuple, Generic[Array]):
    """Gradients of `angle`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _Angle(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        pooling: Literal['sum', 'mean'] = 'sum',
        **options: Unpack[Options],
    ) -> Array:
        r"""CoSENT with the similarity of AnglE: angles of complex numbers in place of cosines.

        .. math:: \log \Big( 1 + \sum_{(i,j):\, t_i < t_j} e^{(s_i - s_j) / \tau} \Big), \quad
                  s_i = \Big| \sum_k (\mathrm{Re} + \mathrm{Im}) \frac{z_{ik} \bar w_{ik}}{|x_i||y_i|}
                  \Big|

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two texts of each sample. The halves of a row are the real and
            the imaginary parts of complex numbers z and w, so D is even.
        target : array (B,)
            Number that says how high each sample should score; equal ones tie. Without a gradient.
            Judged similarity t. Only the order counts.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. The published code multiplies similarities by
            20.
        pooling : {"sum", "mean"}, default "sum"
            Sum over k, or that sum over D.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `pooling` is not one of its words. When ranks share the batch (``comm=``). When D is odd.

        Notes
        -----
        With :math:`J(c, d) = (-d, c)`, multiplication by i, the similarity is :math:`|\langle \hat x,
        \hat y + J \hat y \rangle|`: :math:`\sqrt 2` times the absolute cosine of x and of y turned by
        45 degrees in every complex coordinate. So the loss is `cosent` with a rotated `y`, a factor and
        an absolute value, and costs as much. At a similarity of 0, where it has a kink, the gradient is
        0.

        A row has the similarity 1 with itself. The largest one is :math:`\sqrt 2`, opposite rows are as
        similar as equal ones, and x and y may not be exchanged. Equal targets or ``B = 1``: 0.

        The value does not depend on a permutation of the samples or the length of single rows
        where they are normalised.

        References
        ----------
        X. Li, J. Li, "AoE: Angle-optimized Embeddings for Semantic Textual Similarity" (AnglE), ACL
        2024, arXiv 2309.12871.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(2), np.asarray([[1.0, 0.0], [0.6, 0.8]])
        >>> float(pc.angle(x, y, np.asarray([0.0, 1.0]), temperature=1.0).round(6))
        0.513015
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        pooling: Literal['sum', 'mean'] = 'sum',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, AngleGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        pooling: Literal['sum', 'mean'] = 'sum',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, AngleGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        pooling: Literal['sum', 'mean'] = 'sum',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AngleGrads[Array]]]: ...

angle: _Angle

class AverageViewGrads(NamedTuple, Generic[Array]):
    """Gradients of `average_view`, of the arguments that were differentiated."""

    views: Any
    weights: Array
    temperature: Array

class _AverageView(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        pair: Literal['nt_xent', 'info_nce', 'dhel'] = 'nt_xent',
        temperature: float | Array = 0.5,
        normalize: bool = True,
        normalize_mean: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Mean over the views of a two-view loss between a view and the average of the others.

        .. math:: \frac{1}{M} \sum_a \mathrm{pair}(x_a, \mu_a), \quad \mu_a = \frac{1}{M-1}
                  \sum_{b \ne a} x_b

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row is no anchor,
            positive or negative, and averages use the existing views only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        pair : {"nt_xent", "info_nce", "dhel"}, default "nt_xent"
            The two-view loss, as in `multi_crop`.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. The value of Koromilas et al.
        normalize : bool, default True
            Scale rows to unit length first.
        normalize_mean : bool, default False
            Scale the means to unit length too.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a sample is the mean over
            its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree, all
            weights are zero, `pair` or `reduction` is not one of its words or `temperature` is not
            above 0. When ``B = 1`` with ``pair="dhel"``.

        Notes
        -----
        Rows and means are anchors or candidates, as the pair loss defines it. By default the means are
        not scaled. The cost is M pair losses, each differentiated in both of its arguments. The
        gradient of a mean is divided among its views. At M = 2 the loss is the pair loss.

        Of 2 views with ``pair="nt_xent"`` it equals `nt_xent`. Of 2 views with
        ``pair="info_nce"`` it equals `info_nce`. Of 2 views with ``pair="dhel"`` it equals
        `dhel`.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        P. Koromilas et al., "A Principled Framework for Multi-View Contrastive Learning", 2025,
        arXiv 2507.06979. Z. Piran, M. Klein, J. Thornton, M. Cuturi, ICML 2024, arXiv 2405.19532.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 4)
        >>> float(pc.average_view(views, temperature=1.0).round(6))
        0.904832
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        pair: Literal['nt_xent', 'info_nce', 'dhel'] = 'nt_xent',
        temperature: float | Array = 0.5,
        normalize: bool = True,
        normalize_mean: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, AverageViewGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        pair: Literal['nt_xent', 'info_nce', 'dhel'] = 'nt_xent',
        temperature: float | Array = 0.5,
        normalize: bool = True,
        normalize_mean: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, AverageViewGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        pair: Literal['nt_xent', 'info_nce', 'dhel'] = 'nt_xent',
        temperature: float | Array = 0.5,
        normalize: bool = True,
        normalize_mean: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AverageViewGrads[Array]]]: ...

average_view: _AverageView

class BrownianBridgeGrads(NamedTuple, Generic[Array]):
    """Gradients of `brownian_bridge`, of the arguments that were differentiated."""

    x: Array
    y: Array
    x_aug: Array

class _BrownianBridge(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        x_aug: Array,
        *,
        t: Any = 0.25,
        normalize: bool = True,
        likelihood: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Squared distance of augmented rows from the path between the two modalities.

        .. math:: \frac{1}{B} \sum_i \left| X'_i - \frac{m_i}{|m_i|} \right|^2, \quad m_i = t X_i + (1
                  - t) Y_i

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities.
        x_aug : array (B, D)
            Row i belongs to sample i. Augmented version of `x`. For an augmented `y`, exchange the
            modalities.
        t : float, or array (B,) or 0-d, default 0.25
            Place on the path in [0, 1]: the weight of `x`. The paper's value. The caller may also
            draw it for every step and every sample. It has no gradient.
        normalize : bool, default True
            Scale rows to unit length first. The point on the path has unit length either way.
        likelihood : bool, default False
            Divide the loss of a sample by :math:`2 t (1 - t)`, as the density of the bridge does. It
            matters when `t` varies, and needs 0 < t < 1.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            In [0, 4] for unit rows, without `likelihood`.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not one of its words.
            When `t` is not in its interval.

        Notes
        -----
        With :math:`m_i = t X_i + (1 - t) Y_i` and :math:`\mu_i = m_i / |m_i|`,

        .. math:: \ell_i = |X_{aug,i} - \mu_i|^2 .

        For unit rows this is :math:`2 - 2\,(t \langle X, X_{aug} \rangle + (1 - t) \langle Y, X_{aug}
        \rangle) / \sqrt{t^2 + (1 - t)^2 + 2 t (1 - t) \langle X, Y \rangle}`; the paper's second line
        lacks the 2 - 2(.) and the root.

        Gradient: :math:`\partial \ell / \partial X_{aug} = 2 (X_{aug} - \mu)`,
        :math:`\partial \ell / \partial m = -\tfrac{2}{|m|} (X_{aug} - \langle X_{aug}, \mu \rangle
        \mu)`, and t and 1 - t times that for X and Y. Where the path passes through the origin
        (:math:`t = 1/2`, :math:`Y = -X`, also up to round-off) :math:`\mu = 0` and the gradient of
        `x` and `y` is 0. The cost is O(B D); no pair of different samples is formed.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        Q. Jiang, C. Chen, H. Zhao, L. Chen, Q. Ping, S. D. Tran, Y. Xu, B. Zeng, T. Chilimbi,
        "Understanding and Constructing Latent Modality Structures in Multi-modal Representation
        Learning", CVPR 2023, arXiv 2303.05952.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(2), np.eye(2)[::-1]
        >>> float(pc.brownian_bridge(x, y, x).round(6)), float(pc.brownian_bridge(x, y, x, t=1.0))
        (1.367544, 0.0)
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_aug: Array,
        *,
        t: Any = 0.25,
        normalize: bool = True,
        likelihood: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, BrownianBridgeGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_aug: Array,
        *,
        t: Any = 0.25,
        normalize: bool = True,
        likelihood: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, BrownianBridgeGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        x_aug: Array,
        *,
        t: Any = 0.25,
        normalize: bool = True,
        likelihood: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], BrownianBridgeGrads[Array]]]: ...

brownian_bridge: _BrownianBridge

class CacrGrads(NamedTuple, Generic[Array]):
    """Gradients of `cacr`, of the arguments that were differentiated."""

    views: Any
    tau_pos: Array
    tau_neg: Array

class _Cacr(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        *,
        alpha: float = 1.0,
        beta: float = 1.0,
        tau_pos: float | Array = 1.0,
        tau_neg: float | Array = 1.0,
        cost: Literal['euclidean', 'rbf'] = 'euclidean',
        t: float = 2.0,
        stop_grad_weights: bool = False,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Farther positives attract more, nearer negatives repel more.

        .. math:: \frac{\alpha}{M B} \sum_{a i} \sum_{c \ne a} p^i_{ac} \delta^i_{ac}
                  - \frac{2 \beta}{M (M - 1) B} \sum_{a < c} \sum_{ij} w^{ac}_{ij} \delta^{ac}_{ij}

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i. At least 2 samples. The order
            counts: of two views the first holds the anchors of repulsion.
        alpha, beta : float, >= 0, default 1.0
            Weights of attraction and repulsion.
        tau_pos, tau_neg : float or 0-d array, > 0, default 1.0
            Differentiable. Sharpness of the weights, differentiable. The authors have 1 and, on
            CIFAR-10, 0.9 or, on CIFAR-100 and STL-10, 2.
        cost : {"euclidean", "rbf"}, default "euclidean"
            "rbf" replaces the repulsion of a pair of views, with B the samples, by :math:`\beta \log
            \frac{1}{B} \sum_{ij} w_{ij} e^{-t \delta_{ij}}`.
        t : float, > 0, default 2.0
            Sharpness of "rbf".
        stop_grad_weights : bool, default False
            Whether the weights are constants, as in the authors' code for ImageNet. Then `tau_pos`
            and `tau_neg` have gradients of 0.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree,
            `alpha` or `beta` is negative, `tau_pos`, `tau_neg` or `t` is not above 0 or `cost` is not
            one of its words. When there are fewer than two samples, as there is no negative.

        Notes
        -----
        Squared distances are :math:`\delta`. The weights :math:`p` are a softmax of :math:`\tau_{pos}
        \delta^i_{ac}` over the other views c of a sample, :math:`w` is one of :math:`-\tau_{neg}
        \delta_{ij}` over the other samples j. For a price :math:`\pi(\delta)` with the mean
        :math:`\bar \pi` the gradient by :math:`\delta` is :math:`w (\pi' - \tau (\pi - \bar \pi))`.
        One matrix product for each pair of views. Weights are computed in logs and in one pass.
        "rbf" is a difference of two log-sum-exps, with exponents :math:`-(\tau_{neg} + t) \delta` and
        :math:`-\tau_{neg} \delta`, so nothing underflows. Rows are centred first, and positives are
        compared by differences. There are no `ids`, as the repulsion spreads all samples.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or a common shift of all rows where
        they are not normalised.

        With ``stop_grad_weights=True`` the gradient is by definition not that of the value, and
        finite differences do not apply to it.

        References
        ----------
        H. Zheng, X. Chen, J. Yao, H. Yang, C. Li, Y. Zhang, H. Zhang, I. Tsang, J. Zhou, M. Zhou,
        "Contrastive Attraction and Contrastive Repulsion for Representation Learning", TMLR 2023,
        arXiv 2105.03746.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 2)
        >>> float(pc.cacr(views).round(6))
        -2.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        *,
        alpha: float = 1.0,
        beta: float = 1.0,
        tau_pos: float | Array = 1.0,
        tau_neg: float | Array = 1.0,
        cost: Literal['euclidean', 'rbf'] = 'euclidean',
        t: float = 2.0,
        stop_grad_weights: bool = False,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, CacrGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        *,
        alpha: float = 1.0,
        beta: float = 1.0,
        tau_pos: float | Array = 1.0,
        tau_neg: float | Array = 1.0,
        cost: Literal['euclidean', 'rbf'] = 'euclidean',
        t: float = 2.0,
        stop_grad_weights: bool = False,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, CacrGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        *,
        alpha: float = 1.0,
        beta: float = 1.0,
        tau_pos: float | Array = 1.0,
        tau_neg: float | Array = 1.0,
        cost: Literal['euclidean', 'rbf'] = 'euclidean',
        t: float = 2.0,
        stop_grad_weights: bool = False,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CacrGrads[Array]]]: ...

cacr: _Cacr

class CentroidGapGrads(NamedTuple, Generic[Array]):
    """Gradients of `centroid_gap`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _CentroidGap(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Distance between the centroids of two modalities: the modality gap.

        .. math:: \Big| \frac{1}{B} \sum_i \hat x_i - \frac{1}{B} \sum_i \hat y_i \Big|

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities. The order of the rows does not matter.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        value : 0-d array
            In [0, 2] for unit rows.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree.

        Notes
        -----
        With the difference d of the centroids the gradient is :math:`\pm d / (B |d|)` for every row of
        `x` and of `y`; 0 at :math:`d = 0`. The
        cost is O(B D). A gap of 0 does not mean that no classifier separates the modalities: see
        `linear_separability`.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised, an exchange of `x` and `y` with all
        that belongs to them or a common shift of all rows where they are not normalised.

        References
        ----------
        W. Liang, Y. Zhang, Y. Kwon, S. Yeung, J. Zou, "Mind the Gap: Understanding the Modality Gap
        in Multi-modal Contrastive Representation Learning", NeurIPS 2022, arXiv 2203.02053.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(2)
        >>> float(pc.centroid_gap(x, -x).round(6))
        1.414214
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, CentroidGapGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, CentroidGapGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CentroidGapGrads[Array]]]: ...

centroid_gap: _CentroidGap

class CircleGrads(NamedTuple, Generic[Array]):
    """Gradients of `circle`, of the arguments that were differentiated."""

    z: Array

class _Circle(Objective):
    def __call__(
        self,
        z: Array,
        labels: Array,
        *,
        m: float = 0.25,
        gamma: float = 256.0,
        detach_weights: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Soft difference of far and near pairs, each weighted by its distance from its optimum.

        .. math:: \frac{1}{|A|} \sum_{i \in A} \log \Big( 1
                  + \sum_{n \in Q_i} e^{\gamma a_n (s_{in} - m)}
                  \sum_{p \in P_i} e^{-\gamma a_p (s_{ip} - 1 + m)} \Big),\quad
                  a_n = \max(s_{in} + m, 0),\ a_p = \max(1 + m - s_{ip}, 0)

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i.
        labels : integer array (B,)
        m : float, default 0.25
            Margin: similarities of a class should exceed 1 - m, others stay below m.
        gamma : float, > 0, default 256.0
            Scale. The paper uses 256 for faces, and 64 to 128 elsewhere.
        detach_weights : bool, default True
            Hold the weights :math:`a` constant in the gradient, as published.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One per row. The set :math:`A` of the
            average holds the rows that have other rows :math:`P_i` of their class, and rows
            :math:`Q_i` of other classes. The rest are 0.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `m` is not finite, `gamma` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        With :math:`s_{ij} = \langle \hat z_i, \hat z_j \rangle` the loss of a row is the softplus of
        the sum of two log-sum-exps. Exponents reach :math:`\gamma (2 + m)(2 - m)`, so nothing else
        would be finite. With the sigmoid r of that sum, and the softmax q of a pair within its sum,
        the gradient weights are :math:`r q \gamma a_n` and :math:`-r q \gamma a_p`.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        With ``detach_weights=True`` the gradient of `z` is by definition not that of the value,
        and finite differences do not apply to it.

        References
        ----------
        Y. Sun, C. Cheng, Y. Zhang, C. Zhang, L. Zheng, Z. Wang, Y. Wei, "Circle Loss: A Unified
        Perspective of Pair Similarity Optimization", CVPR 2020, arXiv 2002.10857.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.circle(np.eye(4), np.asarray([0, 0, 1, 1]), gamma=1.0).round(6))
        1.75747
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        m: float = 0.25,
        gamma: float = 256.0,
        detach_weights: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, CircleGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        m: float = 0.25,
        gamma: float = 256.0,
        detach_weights: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, CircleGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        labels: Array,
        *,
        m: float = 0.25,
        gamma: float = 256.0,
        detach_weights: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CircleGrads[Array]]]: ...

circle: _Circle

class ClusterInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `cluster_info_nce`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _ClusterInfoNce(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        clusters: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""InfoNCE whose candidates are the samples of the anchor's own cluster.

        .. math:: \frac{1}{2B} \sum_i \Big[ \log \sum_{j : c_j = c_i} e^{\langle \hat x_i, \hat y_j
                  \rangle / \tau} + \log \sum_{j : c_j = c_i} e^{\langle \hat x_j, \hat y_i \rangle /
                  \tau} - 2 \langle \hat x_i, \hat y_i \rangle / \tau \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities.
        clusters : integer array (B,)
            Cluster of each sample.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
        symmetric : bool, default True
            Average both directions, or take `x` as the anchors only.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `reduction` is not one of its words.

        Notes
        -----
        Samples of one cluster share their easy features, so these do not lower the loss. The paper
        draws each batch from one cluster. With several clusters in a batch this is the mean of their
        losses by `info_nce`, weighted with their sizes. A sample alone in its cluster has the loss 0.
        In main memory samples are brought into the order of their clusters, and tiles without any pair
        are skipped: of large batches the work is that of the clusters alone.

        With equal `clusters` it equals `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        J. Zhang, X. Lan et al., "Learning the Unlearned: Mitigating Feature Suppression in Contrastive
        Learning", ECCV 2024, arXiv 2402.11816.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, clusters = np.eye(3), np.asarray([0, 0, 1])
        >>> float(pc.cluster_info_nce(x, x, clusters, temperature=1.0).round(6))
        0.208841
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        clusters: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, ClusterInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        clusters: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, ClusterInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        clusters: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ClusterInfoNceGrads[Array]]]: ...

cluster_info_nce: _ClusterInfoNce

class CmimGrads(NamedTuple, Generic[Array]):
    """Gradients of `cmim`, of the arguments that were differentiated."""

    z: Array
    temperature: Array

class _Cmim(Objective):
    def __call__(
        self,
        z: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Contrast of each row with the mean of all others, without a second view (cMIM).

        .. math:: \frac{1}{B} \sum_i \log \Big( 1 +
                  \frac{1}{B - 1} \sum_{j \ne i} e^{(\cos(z_i, z_j) - 1) / \tau} \Big)

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i. At least 2 codes. Rows are always scaled to unit length.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The paper's default is not known to us.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            In (0, log 2].

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `reduction` is not one of its words. When ``B < 2``, as there is no negative.

        Notes
        -----
        The positive is the row itself, with cosine 1. The mean over the negatives, and not their sum,
        makes the loss indifferent to the size of the batch. Rows that coincide have the loss
        :math:`\log 2`. The likelihood terms of the machine are the caller's. The form is read from the
        abstract and a public review; mean and positive were not compared with the authors' code.
        Half of one Gram matrix is computed, of centred rows: in float32 the value is accurate also for
        codes that nearly coincide.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        M. Livne, "cMIM", 2025, arXiv 2502.19642, and "Contrastive Mutual Information Learning", 2025,
        arXiv 2509.21511.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.cmim(np.eye(3), temperature=1.0).round(6))
        0.313262
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, CmimGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, CmimGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CmimGrads[Array]]]: ...

cmim: _Cmim

class CodiembStsGrads(NamedTuple, Generic[Array]):
    """Gradients of `codiemb_sts`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _CodiembSts(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        weights: tuple[float, float, float] = (2.0, 5.0, 0.5),
        temperature: float | Array = 0.05,
        **options: Unpack[Options],
    ) -> Array:
        r"""Sum of three losses of cosines against judged similarities.

        .. math:: w_0 \, \mathrm{pearson}(s, t) + w_1 \, \mathrm{rank\_kl}(s, t; \tau) + w_2 \,
                  \mathrm{preference\_ranking}(s, t; \tau), \quad s_i = \cos(x_i, y_i)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two texts of each sample, whose similarity is judged.
        target : array (B,)
            Number that says how high each sample should score; equal ones tie. Without a gradient.
            Judged similarity t.
        weights : tuple of 3 numbers, default (2.0, 5.0, 0.5)
            The published values.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. Of the second and the third loss. The published
            value.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `weights` is not 3 finite numbers of
            at least 0 or `temperature` is not above 0. When ranks share the batch (``comm=``).

        Notes
        -----
        The terms are `pearson`, `rank_kl` and `preference_ranking`; one with weight 0 is not computed.
        The published training adds InfoNCE of a middle layer over the pairs that are judged similar.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for Unified Representation
        Learning in Information Retrieval and Semantic Textual Similarity", 2025, arXiv 2508.11442.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(2), np.asarray([[1.0, 0.0], [0.6, 0.8]])
        >>> float(pc.codiemb_sts(x, y, np.asarray([0.0, 1.0]), temperature=1.0).round(6))
        4.804438
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        weights: tuple[float, float, float] = (2.0, 5.0, 0.5),
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, CodiembStsGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        weights: tuple[float, float, float] = (2.0, 5.0, 0.5),
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, CodiembStsGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        weights: tuple[float, float, float] = (2.0, 5.0, 0.5),
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CodiembStsGrads[Array]]]: ...

codiemb_sts: _CodiembSts

class ContrastiveGapLossGrads(NamedTuple, Generic[Array]):
    """Gradients of `contrastive_gap_loss`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _ContrastiveGapLoss(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.01,
        t: float = 2.0,
        contrastive_weight: float = 1.0,
        alignment_weight: float = 1.0,
        uniformity_weight: float = 1.0,
        cross_uniformity_weight: float = 1.0,
        **options: Unpack[Options],
    ) -> Array:
        r"""CLIP loss plus alignment and uniformity, within and across modalities (CUAXU).

        .. math:: w_c\, \mathrm{info\_nce}(X, Y; \tau) + \frac{w_a}{B} \sum_j |X_j - Y_j|^2
                  + \frac{w_u}{2} \Big[ \log \mathrm{mean}_{j < k} e^{-t |X_j - X_k|^2}
                  + \log \mathrm{mean}_{j < k} e^{-t |Y_j - Y_k|^2} \Big] + w_x
                  \log \mathrm{mean}_{j \ne k} e^{-t |X_j - Y_k|^2}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities. Rows are scaled to unit length.
        temperature : float or 0-d array, > 0, default 0.01
            Temperature :math:`\tau`, differentiable. Of the contrastive part. The authors' value,
            fixed there.
        t : float, > 0, default 2.0
            Sharpness of the potentials; the authors' value.
        contrastive_weight, alignment_weight, uniformity_weight : float, >= 0, default 1.0
            Weights of the terms; 1 in the authors' code. A term of weight 0 is not computed.
        cross_uniformity_weight : float, >= 0, default 1.0
            Weight of the potentials between modalities. With 0 the loss is the authors' CUA.

        Returns
        -------
        loss : 0-d array
            May be negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or `t` is not above 0 or
            `contrastive_weight`, `alignment_weight`, `uniformity_weight` or `cross_uniformity_weight`
            is negative. When ``B < 2`` and a weight of uniformity is not 0.

        Notes
        -----
        .. math::
           L_{Align} &= \tfrac1B \textstyle\sum_j |X_j - Y_j|^2 \\
           L_{Uniform} &= \tfrac12 \log \mathrm{mean}_{j<k} e^{-t |X_j - X_k|^2} +
                          \tfrac12 \log \mathrm{mean}_{j<k} e^{-t |Y_j - Y_k|^2} \\
           L_{XUniform} &= \log \mathrm{mean}_{j \ne k} e^{-t |X_j - Y_k|^2}

        The loss is the weighted sum of the symmetric `info_nce`, `alignment`, half of the `uniformity`
        of each modality, and :math:`L_{XUniform}`. On unit rows a potential is the exponential
        of a similarity at the temperature :math:`1/(2t)`. A uniformity is therefore a log-sum-exp over
        all pairs of different samples, with gradient :math:`2t` times their softmax. The cost is two
        matrices between the modalities, and half of the tiles of two matrices within them.
        :math:`-4t \le L_{Uniform} \le 0`. There are no `ids`, as the uniformities spread all samples.

        With ``alignment_weight=0.0, uniformity_weight=0.0, cross_uniformity_weight=0.0`` it
        equals `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        A. Fahim, A. Murphy, A. Fyshe, "It's Not a Modality Gap: Characterizing and Addressing the
        Contrastive Gap", 2024, arXiv 2405.18570.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.contrastive_gap_loss(x, x, temperature=1.0).round(6))
        -7.448555
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.01,
        t: float = 2.0,
        contrastive_weight: float = 1.0,
        alignment_weight: float = 1.0,
        uniformity_weight: float = 1.0,
        cross_uniformity_weight: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, ContrastiveGapLossGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.01,
        t: float = 2.0,
        contrastive_weight: float = 1.0,
        alignment_weight: float = 1.0,
        uniformity_weight: float = 1.0,
        cross_uniformity_weight: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, ContrastiveGapLossGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.01,
        t: float = 2.0,
        contrastive_weight: float = 1.0,
        alignment_weight: float = 1.0,
        uniformity_weight: float = 1.0,
        cross_uniformity_weight: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ContrastiveGapLossGrads[Array]]]: ...

contrastive_gap_loss: _ContrastiveGapLoss

class ContrastiveMarginGrads(NamedTuple, Generic[Array]):
    """Gradients of `contrastive_margin`, of the arguments that were differentiated."""

    z: Array

class _ContrastiveMargin(Objective):
    def __call__(
        self,
        z: Array,
        labels: Array,
        *,
        pos_margin: float = 0.0,
        neg_margin: float = 1.0,
        power: float = 1.0,
        average: Literal['nonzero', 'pairs'] = 'nonzero',
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Hinges on distances: rows of a class are drawn together, others are pushed apart.

        .. math:: \mathrm{avg}_{y_i = y_j} \max(d_{ij} - m_+, 0)^q
                  + \mathrm{avg}_{y_i \ne y_j} \max(m_- - d_{ij}, 0)^q,
                  \quad d_{ij} = |\hat z_i - \hat z_j|

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i.
        labels : integer array (B,)
        pos_margin : float, >= 0, default 0.0
            Distance :math:`m_+` that rows of a class may have.
        neg_margin : float, >= 0, default 1.0
            Distance :math:`m_-` that rows of different classes should have.
        power : float in [1, 16], default 1.0
            Exponent q of the hinges.
        average : {"nonzero", "pairs"}, default "nonzero"
            Over the pairs whose term is above 0, or over all pairs of their kind. An average of no
            pair is 0.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `pos_margin` or `neg_margin` is
            negative, `power` is outside [1, 16] or `average` is not one of its words.

        Notes
        -----
        Hadsell et al. have half of this with ``power=2, average="pairs"``, but one average over all
        pairs. The defaults are those of pytorch-metric-learning. Distances are
        roots of products of the rows less their mean. In float32 those of rows that lie close together
        are exact where all rows do; where clusters are apart, a distance below 1e-3 of their spread is
        lost in rounding, and one that is all rounding is 0. The slope of the distance of coincident
        rows is 0. Value and gradient take half of the tiles of one product each.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or a common shift of all rows where
        they are not normalised.

        References
        ----------
        R. Hadsell, S. Chopra, Y. LeCun, "Dimensionality Reduction by Learning an Invariant Mapping",
        CVPR 2006.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.contrastive_margin(np.eye(4), np.asarray([0, 0, 1, 1])).round(6))
        1.414214
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        pos_margin: float = 0.0,
        neg_margin: float = 1.0,
        power: float = 1.0,
        average: Literal['nonzero', 'pairs'] = 'nonzero',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, ContrastiveMarginGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        pos_margin: float = 0.0,
        neg_margin: float = 1.0,
        power: float = 1.0,
        average: Literal['nonzero', 'pairs'] = 'nonzero',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, ContrastiveMarginGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        labels: Array,
        *,
        pos_margin: float = 0.0,
        neg_margin: float = 1.0,
        power: float = 1.0,
        average: Literal['nonzero', 'pairs'] = 'nonzero',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ContrastiveMarginGrads[Array]]]: ...

contrastive_margin: _ContrastiveMargin

class CosentGrads(NamedTuple, Generic[Array]):
    """Gradients of `cosent`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _Cosent(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        **options: Unpack[Options],
    ) -> Array:
        r"""Log-sum-exp over all pairs of samples whose cosines are in the wrong order.

        .. math:: \log \Big( 1 + \sum_{(i,j):\, t_i < t_j} e^{(s_i - s_j) / \tau} \Big), \quad
                  s_i = \cos(x_i, y_i)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two texts of each sample, whose similarity is judged.
        target : array (B,)
            Number that says how high each sample should score; equal ones tie. Without a gradient.
            Judged similarity t. Only the order counts.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. The published code multiplies cosines by 20.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is not above 0. When
            ranks share the batch (``comm=``).

        Notes
        -----
        Samples with equal targets make no pair. The sum is divided by no number of pairs. Gradient: the
        share of each pair in the sum, :math:`p_{ij} = e^{(s_i - s_j)/\tau - L}`, over the temperature;
        it is added to :math:`s_i` and taken from :math:`s_j`.

        The double sum factorises. Sums of exponentials along the order of the targets, in logarithms,
        give value and gradient in O(B D + B log B) time and O(B) memory, without a matrix. Equal
        targets or ``B = 1``: 0.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        J. Su, "CoSENT: A More Efficient Sentence Embedding Scheme than Sentence-BERT", 2022,
        kexue.fm/archives/8847.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(2), np.asarray([[1.0, 0.0], [0.6, 0.8]])
        >>> float(pc.cosent(x, y, np.asarray([0.0, 1.0]), temperature=1.0).round(6))
        0.798139
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, CosentGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, CosentGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CosentGrads[Array]]]: ...

cosent: _Cosent

class CubeLogitsGrads(NamedTuple, Generic[Array]):
    """Gradients of `cube_logits`, of the arguments that were differentiated."""

    views: Any
    weights: Array

class _CubeLogits(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        weights: Array | None = None,
        *,
        similarity: Literal['deviation', 'variance', 'norm', 'product'] = 'deviation',
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Similarity of every tuple of rows, one of each view: an array with n axes of length B.

        .. math:: S_t = 1 - \sqrt{V_t}, \quad V_t = \sum_a |\hat x_a[t_a]|^2 - \tfrac{1}{n} \big|
                  \sum_a \hat x_a[t_a] \big|^2

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        weights : array (B, ..., B), optional
            With n axes. The value is then the weighted sum of all similarities, and needs no array of
            B^n entries besides the weights.
        similarity : {"deviation", "variance", "norm", "product"}, default "deviation"
            The similarity of a tuple, see the notes.
        normalize : bool, default True
            Scale rows to unit length first. The authors' training code does so.

        Returns
        -------
        logits : array (B, ..., B), or 0-d array with `weights`
            No temperature: divide by it outside.

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree or
            `similarity` is not one of its words. When ranks share the batch (``comm=``).

        Notes
        -----
        With :math:`s_t = \sum_a x_a[t_a]` and :math:`V_t = \sum_a |x_a[t_a]|^2 - |s_t|^2/n`: deviation
        :math:`1 - \sqrt{V_t}`, variance :math:`1 - V_t`, norm :math:`|s_t|`, product
        :math:`\sum_d \prod_a x_a[t_a]_d`. The first three are made from n (n - 1) / 2 products of pairs
        of views by broadcasting, the last from entrywise products of rows times one view.

        `cube_logits.value_and_grad` needs `weights` (it is the vector-Jacobian product);
        `cube_logits.vjp` takes a cotangent of the array's shape. The diagonal tuples are computed from
        differences. At :math:`V_t = 0` or :math:`s_t = 0` the gradient of the root is taken as 0.

        References
        ----------
        S. Mander, S. Piao, H. Rahmani, "Contrastive Training with More Data", ICLR 2023 tiny papers.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(2)] * 3)
        >>> pc.cube_logits(views, similarity="variance").shape
        (2, 2, 2)
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        weights: Array | None = None,
        *,
        similarity: Literal['deviation', 'variance', 'norm', 'product'] = 'deviation',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, CubeLogitsGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        weights: Array | None = None,
        *,
        similarity: Literal['deviation', 'variance', 'norm', 'product'] = 'deviation',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, CubeLogitsGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        weights: Array | None = None,
        *,
        similarity: Literal['deviation', 'variance', 'norm', 'product'] = 'deviation',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CubeLogitsGrads[Array]]]: ...

cube_logits: _CubeLogits

class CubeLossGrads(NamedTuple, Generic[Array]):
    """Gradients of `cube_loss`, of the arguments that were differentiated."""

    views: Any
    weights: Array
    temperature: Array

class _CubeLoss(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        similarity: Literal['deviation', 'variance', 'norm', 'product'] = 'deviation',
        temperature: float | Array = 0.07,
        negatives: Literal['all', 'axis'] = 'all',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Contrastive loss of n encoders over all B^n tuples, the diagonal as targets.

        .. math:: \frac{1}{nB} \sum_{a,i} \Big[ \log \sum_{t:\, t_a = i} e^{S_t/\tau}
                  - S_{(i,\dots,i)}/\tau \Big]

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A tuple with a missing member is
            left out, and only complete samples are anchors.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        similarity : {"deviation", "variance", "norm", "product"}, default "deviation"
            The similarity of a tuple, as in `cube_logits`.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. The authors' initial value of a learned scale.
        negatives : {"all", "axis"}, default "all"
            Every row against all :math:`B^{n-1}` tuples that contain it (the paper's ratio), or
            against the B tuples in which one index moves (as its code computes).
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a sample is the mean over
            its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree, all
            weights are zero, `similarity`, `negatives` or `reduction` is not one of its words or
            `temperature` is not above 0. When ranks share the batch (``comm=``).

        Notes
        -----
        The formula is that of "all". For "axis" the sum over t runs over
        :math:`(i,\dots,j,\dots,i)` with j at place a. There are three exact evaluations,
        none of which forms an array of B^n x D:

        - "axis": n products of B x B x D;
        - "all" with the variance, which is additive over pairs: contractions of exponentiated B x B
          matrices, 12 B^3 operations for n = 3 and B^{n-3} times that beyond, as long as the
          exponents fit the dtype (n / tau up to 80 in float32);
        - else blocks of the cube by broadcasting from the products of pairs: memory O(n^2 B^2).

        The diagonal tuple is summed apart, so digits survive when the loss is tiny. ``B = 1``: 0.
        At n = 2 both kinds of negatives are the same. There are no `ids`: a tuple joins several samples,
        of which some may be of one item and others not.
        :math:`0 \le L_\text{axis} \le L_\text{all}`.

        Of 2 views with ``similarity="variance", normalize=True`` it equals `info_nce`. Of 2 views
        with ``similarity="product"`` it equals `info_nce`. Of 2 views with
        ``similarity="product", negatives="axis"`` it equals `info_nce`.

        The value does not depend on a permutation of the samples, a permutation of the views or
        the length of single rows where they are normalised.

        References
        ----------
        S. Mander, S. Piao, H. Rahmani, "Contrastive Training with More Data", ICLR 2023 tiny papers.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(2)] * 3)
        >>> float(pc.cube_loss(views, temperature=1.0).round(6))
        0.665496
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        similarity: Literal['deviation', 'variance', 'norm', 'product'] = 'deviation',
        temperature: float | Array = 0.07,
        negatives: Literal['all', 'axis'] = 'all',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, CubeLossGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        similarity: Literal['deviation', 'variance', 'norm', 'product'] = 'deviation',
        temperature: float | Array = 0.07,
        negatives: Literal['all', 'axis'] = 'all',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, CubeLossGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        similarity: Literal['deviation', 'variance', 'norm', 'product'] = 'deviation',
        temperature: float | Array = 0.07,
        negatives: Literal['all', 'axis'] = 'all',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CubeLossGrads[Array]]]: ...

cube_loss: _CubeLoss

class CyclipGrads(NamedTuple, Generic[Array]):
    """Gradients of `cyclip`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _Cyclip(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        in_modal: float = 0.25,
        cross_modal: float = 0.25,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""CLIP loss plus geometric consistency within and across modalities.

        .. math:: \mathrm{info\_nce}(x, y; \tau) + \frac{1}{B}
                  \sum_{jk} \Big[ c \big( \langle X_j, Y_k \rangle - \langle X_k, Y_j \rangle \big)^2
                  + a \big( \langle X_j, X_k \rangle - \langle Y_j, Y_k \rangle \big)^2 \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. Of the contrastive part. CLIP's initial value.
        in_modal, cross_modal : float, >= 0, default 0.25
            Weights of the cyclic terms; the paper's values.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `in_modal` or `cross_modal` is negative.

        Notes
        -----
        The loss is the symmetric `info_nce` plus `geometric_consistency`. The cyclic terms use plain
        cosines, so the temperature gets its gradient from the contrastive part only. They cost
        O(B D^2) and form no pair. `ids` concern `info_nce` alone: the cyclic terms have no negatives.

        With ``in_modal=0.0, cross_modal=0.0`` it equals `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        S. Goel, H. Bansal, S. Bhatia, R. Rossi, V. Vinay, A. Grover, "CyCLIP: Cyclic Contrastive
        Language-Image Pretraining", NeurIPS 2022, arXiv 2205.14459.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(2), np.asarray([[1.0, 0.0], [0.6, 0.8]])
        >>> float(pc.cyclip(x, y, temperature=1.0).round(6))
        0.628879
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        in_modal: float = 0.25,
        cross_modal: float = 0.25,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, CyclipGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        in_modal: float = 0.25,
        cross_modal: float = 0.25,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, CyclipGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        in_modal: float = 0.25,
        cross_modal: float = 0.25,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CyclipGrads[Array]]]: ...

cyclip: _Cyclip

class DclGrads(NamedTuple, Generic[Array]):
    """Gradients of `dcl`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _Dcl(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Decoupled contrastive loss: NT-Xent without the positive in the denominator.

        .. math:: \frac{1}{2B}
                  \sum_{a=1}^{2B} \Big[ \log \sum_{b \ne a, p(a)} e^{\langle z_a, z_b \rangle / \tau}
                  - \langle z_a, z_{p(a)} \rangle / \tau \Big],\quad z = [\hat x; \hat y]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views of at least 2 samples.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The paper's value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those of `x` first.

        Returns
        -------
        loss : 0-d array, or (2B,) for ``reduction="none"``
            May be negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `reduction` is not one of its words. When ``B < 2``, as there is no negative.

        Notes
        -----
        The partner of row a is :math:`p(a) = a \pm B`. The gradient weight of a negative pair is its
        softmax over the negatives, that of the positive is :math:`-1`. For each anchor, the loss of
        `nt_xent` is the softplus of this one. Both cost the same.
        An anchor that `ids` leave without a negative has loss 0.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        C.-H. Yeh, C.-Y. Hong, Y.-C. Hsu, T.-L. Liu, Y. Chen, Y. LeCun, "Decoupled Contrastive
        Learning", ECCV 2022, arXiv 2110.06848.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.dcl(x, x, temperature=1.0).round(6))
        0.386294
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, DclGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, DclGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DclGrads[Array]]]: ...

dcl: _Dcl

class DclwGrads(NamedTuple, Generic[Array]):
    """Gradients of `dclw`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array
    sigma: Array

class _Dclw(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        sigma: float | Array = 0.5,
        stop_grad_weights: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Decoupled contrastive loss whose positives count more, the less similar they are.

        .. math:: \frac{1}{2B}
                  \sum_{a=1}^{2B} \Big[ \log \sum_{b \ne a, p(a)} e^{\langle z_a, z_b \rangle / \tau}
                  - w_a \langle z_a, z_{p(a)} \rangle / \tau \Big],\quad
                  w_i = 2 - B \frac{e^{\langle \hat x_i, \hat y_i \rangle / \sigma}}
                  {\sum_k e^{\langle \hat x_k, \hat y_k \rangle / \sigma}}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views of at least 2 samples.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The paper's value.
        sigma : float or 0-d array, > 0, default 0.5
            Temperature :math:`\sigma` of the weights; it has a gradient where they have one. The
            paper's value. With ``stop_grad_weights=True`` its gradient is 0.
        stop_grad_weights : bool, default True
            Take the weights as constants in the gradient.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those of `x` first.

        Returns
        -------
        loss : 0-d array, or (2B,) for ``reduction="none"``
            May be negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or `sigma` is not above
            0 or `reduction` is not one of its words. When ``B < 2``, as there is no negative.

        Notes
        -----
        The rows :math:`z = [\hat x; \hat y]` and partners :math:`p(a) = a \pm B` are those of `dcl`,
        which this becomes for a large :math:`\sigma`. The weights are a negative von Mises-Fisher
        function. Both views of a sample share one, their mean is 1, and they lie in (2 - B, 2). The
        paper does not say whether they are differentiated, and public codes do either. With
        :math:`\pi` the softmax, :math:`\partial w_i / \partial s_k = -\frac{B}{\sigma} \pi_i
        (\delta_{ik} - \pi_k)`. An anchor that `ids` leave without a negative has loss 0.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        With ``stop_grad_weights=True`` the gradient of `x` and `y` and `sigma` is by definition
        not that of the value, and finite differences do not apply to it.

        References
        ----------
        C.-H. Yeh, C.-Y. Hong, Y.-C. Hsu, T.-L. Liu, Y. Chen, Y. LeCun, "Decoupled Contrastive
        Learning", ECCV 2022, arXiv 2110.06848.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.dclw(x, x, temperature=1.0).round(6))
        0.386294
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        sigma: float | Array = 0.5,
        stop_grad_weights: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, DclwGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        sigma: float | Array = 0.5,
        stop_grad_weights: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, DclwGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        sigma: float | Array = 0.5,
        stop_grad_weights: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DclwGrads[Array]]]: ...

dclw: _Dclw

class DebiasedNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `debiased_nce`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _DebiasedNce(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        tau_plus: float = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Debiased contrastive loss: NT-Xent whose negatives are corrected for false ones.

        .. math:: \frac{1}{2B} \sum_{a=1}^{2B} \log \Big( 1 + \frac{g_a}{e^{s_a^+}} \Big),\quad
                  g_a = \max \Big( \frac{\sum_{b \ne a, p(a)} e^{s_{ab}} - \tau_+ n e^{s_a^+}}
                  {1 - \tau_+},\; n e^{-1/\tau} \Big)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views. Rows are always scaled to unit length.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. The paper's value.
        tau_plus : float in [0, 1), default 0.1
            Probability :math:`\tau_+` that another sample is of the anchor's class.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those of `x` first.

        Returns
        -------
        loss : 0-d array, or (2B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0,
            `tau_plus` is outside [0, 1) or `reduction` is not one of its words.

        Notes
        -----
        Here :math:`s_{ab}` are cosines over the temperature, :math:`p(a) = a \pm B` is the partner of
        row a, :math:`s_a^+` its score, and :math:`n = 2B - 2`, or the number of negatives that `ids`
        leave. All is computed from :math:`\log \sum e^{s_{ab}} - s_a^+`, so small temperatures do not
        overflow. At the floor :math:`n e^{-1/\tau}` no gradient reaches the negatives; where both terms
        are equal, the floor is taken. ``B = 1``: value 0, gradient 0. The cost is that of `nt_xent`.

        With ``tau_plus=0.0`` it equals `nt_xent`.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        C.-Y. Chuang, J. Robinson, Y.-C. Lin, A. Torralba, S. Jegelka, "Debiased Contrastive Learning",
        NeurIPS 2020, arXiv 2007.00224.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.debiased_nce(x, x, temperature=1.0).round(6))
        0.784164
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        tau_plus: float = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, DebiasedNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        tau_plus: float = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, DebiasedNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        tau_plus: float = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DebiasedNceGrads[Array]]]: ...

debiased_nce: _DebiasedNce

class DhelGrads(NamedTuple, Generic[Array]):
    """Gradients of `dhel`, of the arguments that were differentiated."""

    x: Array
    y: Array
    weights: Array
    temperature: Array

class _Dhel(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        both: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Alignment of matching rows and the energy within each view.

        .. math:: \frac{1}{B}
                  \sum_i \Big\{ -\langle x_i, y_i \rangle/\tau + \log \sum_{j \ne i} e^{\langle x_i, x_j
                  \rangle/\tau} + \log \sum_{j \ne i} e^{\langle y_i, y_j \rangle/\tau} \Big\}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views of at least 2 samples.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.3
            Temperature :math:`\tau`, differentiable. The authors' value.
        both : bool, default True
            Count the energy of `y` too (``include_augs`` in the authors' code).
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            May be negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, all weights are zero, `temperature` is
            not above 0 or `reduction` is not one of its words. When ``B < 2``.

        Notes
        -----
        No product of `x` with `y` is computed, only half of the tiles of each view's own Gram matrix.
        An anchor that `ids` leave without a negative has loss 0.
        `mv_dhel` of two views equals this loss.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        P. Koromilas, G. Bouritsas, T. Giannakopoulos, M. Nicolaou, Y. Panagakis, "Bridging Mini-Batch
        and Asymptotic Analysis in Contrastive Learning: From InfoNCE to Kernel-Based Losses",
        ICML 2024, arXiv 2405.18045.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.dhel(x, x, temperature=1.0).round(6))
        0.386294
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        both: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, DhelGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        both: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, DhelGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        both: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DhelGrads[Array]]]: ...

dhel: _Dhel

class DvBoundGrads(NamedTuple, Generic[Array]):
    """Gradients of `dv_bound`, of the arguments that were differentiated."""

    scores: Any
    temperature: Array

class _DvBound(Objective):
    def __call__(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Donsker-Varadhan estimate of mutual information: not limited by log B, of large variance.

        .. math:: \frac{1}{B} \sum_i s_{ii} - \log \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij}}

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones.
            Or embeddings x and y, as a sequence or one array (2, B, D). The scores are then their
            inner products over the temperature, computed in tiles and never stored, and the gradient
            is a pair as well. A matrix of scores is divided by the temperature, too, and never
            normalised.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            In nats. Maximise it, or minimise its negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is not above 0. When
            ``B < 2``, or ranks (``comm=``) share a matrix of scores.

        Notes
        -----
        The logarithm of a mean over samples makes the estimate biased. This version has no moving
        average as in MINE. `tuba_bound` with a baseline from other data is unbiased. A constant shift
        of all scores leaves the estimate unchanged.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        M. Donsker, S. Varadhan, 1983. M. I. Belghazi et al., "MINE: Mutual Information Neural
        Estimation", ICML 2018, arXiv 1801.04062. B. Poole et al., ICML 2019, arXiv 1905.06922.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.dv_bound(np.eye(3)).round(6))
        1.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, DvBoundGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, DvBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DvBoundGrads[Array]]]: ...

dv_bound: _DvBound

class FMiclGrads(NamedTuple, Generic[Array]):
    """Gradients of `f_micl`, of the arguments that were differentiated."""

    x: Array
    y: Array
    sigma: Array

class _FMicl(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        divergence: Literal['kl', 'chi2', 'js', 'hellinger'] = 'kl',
        sigma: float | Array = 1.0,
        weight: float = 1.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Lower bound of an f-divergence between matching and other rows, with Gaussian similarity.

        .. math:: \frac{1}{B} \sum_i \Big[ -f'(u(\hat x_i, \hat y_i))
                  + \frac{w}{B - 1} \sum_{j \ne i} f^*\big(f'(u(\hat x_i, \hat x_j))\big) \Big],
                  \quad u(a, b) = e^{-|a - b|^2 / (2 \sigma^2)}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views of at least 2 samples. Other rows are those of `x`.
        divergence : {"kl", "chi2", "js", "hellinger"}, default "kl"
            The function f, see below.
        sigma : float or 0-d array, > 0, default 1.0
            Width :math:`\sigma` of the Gaussian, differentiable.
        weight : float, >= 0, default 1.0
            Weight w of the other rows.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `divergence` or `reduction` is not one
            of its words, `sigma` is not above 0 or `weight` is negative. When ``B < 2``, as there is
            no other row.

        Notes
        -----
        Both functions are computed from the logarithm s of u, which does not underflow:

        ========= ============================== ============================
        f         :math:`f'(u)`                  :math:`f^*(f'(u))`
        ========= ============================== ============================
        kl        :math:`1 + s`                  :math:`u`
        chi2      :math:`2(u - 1)`               :math:`u^2 - 1`
        js        :math:`\log(2 u / (1 + u))`    :math:`\log((1 + u) / 2)`
        hellinger :math:`1 - u^{-1/2}`           :math:`u^{1/2} - 1`
        ========= ============================== ============================

        With "kl" the loss is ``alignment / (2 sigma^2) - 1`` plus the mean of u. The gradient of a row
        is :math:`-(x_i - x_j) / \sigma^2` times the derivative by s. As s has degree 2 in the rows
        and -2 in :math:`\sigma`, the latter needs no pass over the pairs. Half of the tiles of the Gram
        matrix of `x` are computed. Rows are centred first. With "hellinger", u of a match must not
        underflow: :math:`u^{-1/2}` would be infinite. There are no `ids`, as the divergence is one of
        independent pairs. The formula follows the paper's summary, the defaults are not verified.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or a common shift of all rows where
        they are not normalised.

        References
        ----------
        Y. Lu, G. Zhang, S. Sun, H. Guo, Y. Yu, "f-MICL: Understanding and Generalizing InfoNCE-based
        Contrastive Learning", TMLR 2023, arXiv 2402.10150.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.f_micl(x, x).round(6))
        -0.632121
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        divergence: Literal['kl', 'chi2', 'js', 'hellinger'] = 'kl',
        sigma: float | Array = 1.0,
        weight: float = 1.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, FMiclGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        divergence: Literal['kl', 'chi2', 'js', 'hellinger'] = 'kl',
        sigma: float | Array = 1.0,
        weight: float = 1.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, FMiclGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        divergence: Literal['kl', 'chi2', 'js', 'hellinger'] = 'kl',
        sigma: float | Array = 1.0,
        weight: float = 1.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], FMiclGrads[Array]]]: ...

f_micl: _FMicl

class FeatureSeparationGrads(NamedTuple, Generic[Array]):
    """Gradients of `feature_separation`, of the arguments that were differentiated."""

    x: Array
    y: Array
    x_specific: Array
    y_specific: Array
    x_specific_aug: Array
    y_specific_aug: Array
    temperature: Array

class _FeatureSeparation(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        x_specific: Array,
        y_specific: Array,
        x_specific_aug: Array,
        y_specific_aug: Array,
        *,
        temperature: float | Array = 0.07,
        t: float = 2.0,
        orthogonality_weight: float = 1.0,
        contrastive_weight: float = 1.0,
        uniformity_weight: float = 1.0,
        denominator: Literal['augmented', 'original'] = 'augmented',
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Deep feature separation: specific features orthogonal to the shared, and informative.

        A loss that aligns modalities keeps the information that they share. Extra features of each
        modality keep the rest: they are orthogonal to the shared ones, distinguish samples and cover
        the sphere. Add this loss to `multimodal_contrastive` or to another contrast of `x` and `y`; it
        includes none.

        .. math:: \frac{w_o}{B} \sum_j \big[ \langle X_j, P_j \rangle^2
                  + \langle Y_j, Q_j \rangle^2 \big] + w_c \big[ C(P, P'; A_P) + C(Q, Q'; A_Q) \big]
                  + w_u \log \frac{1}{B} \sum_{jk} \big[ e^{-t |P_j - P_k|^2}
                  + e^{-t |Q_j - Q_k|^2} \big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Shared features of two modalities.
        x_specific, y_specific : array (B, D)
            Row i belongs to sample i. Features specific to each modality.
        x_specific_aug, y_specific_aug : array (B, D)
            Row i belongs to sample i. Specific features of augmented versions of the samples.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. Of the contrast. CLIP's initial value.
        t : float, > 0, default 2.0
            Sharpness of the potential in the uniformity term; the value of Wang and Isola.
        orthogonality_weight, contrastive_weight, uniformity_weight : float, >= 0, default 1.0
            Weights of the three terms. The paper gives its weights in an appendix that we could not
            read. A term of weight 0 is not computed.
        denominator : {"augmented", "original"}, default "augmented"
            As in `multimodal_contrastive`.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or `t` is not above 0,
            `orthogonality_weight`, `contrastive_weight` or `uniformity_weight` is negative or
            `denominator` is not one of its words.

        Notes
        -----
        With :math:`P, Q` the specific features and C as in `multimodal_contrastive`,

        .. math::
           L_o &= \tfrac1B \textstyle\sum_j \langle X_j, P_j \rangle^2 + \langle Y_j, Q_j \rangle^2 \\
           L_c &= C(P, P_{aug}; A_P) + C(Q, Q_{aug}; A_Q) \\
           L_u &= \log \tfrac1B \textstyle\sum_{jk} \big( e^{-t |P_j - P_k|^2} +
                  e^{-t |Q_j - Q_k|^2} \big).

        The last sum includes k = j, so :math:`\log 2 \le L_u \le \log 2B`. The paper's formula leaves
        open whether one logarithm covers both modalities; here it does. In the paper's formula the
        positive of :math:`L_c` is a shared feature with itself; here it follows the paper's text.

        Gradient: :math:`\partial L_o / \partial X_j = \tfrac2B \langle X_j, P_j \rangle P_j`; the sums
        of :math:`L_u` are those of `uniformity`, each with its share of the whole. The cost is two
        matrices of similarities for :math:`L_c`, and half of the tiles of two for :math:`L_u`. None of
        them uses `x` or `y`. ``B = 1``: :math:`L_u = \log 2`, and :math:`L_c = 0` for ``"augmented"``.
        There are no `ids`, as the uniformity spreads all samples.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        Q. Jiang, C. Chen, H. Zhao, L. Chen, Q. Ping, S. D. Tran, Y. Xu, B. Zeng, T. Chilimbi,
        "Understanding and Constructing Latent Modality Structures in Multi-modal Representation
        Learning", CVPR 2023, arXiv 2303.05952.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> shared, specific = np.eye(4)[:2], np.eye(4)[2:]
        >>> arrays = (shared, shared, specific, specific, specific, specific)
        >>> float(pc.feature_separation(*arrays, contrastive_weight=0.0).round(6))
        0.711297
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_specific: Array,
        y_specific: Array,
        x_specific_aug: Array,
        y_specific_aug: Array,
        *,
        temperature: float | Array = 0.07,
        t: float = 2.0,
        orthogonality_weight: float = 1.0,
        contrastive_weight: float = 1.0,
        uniformity_weight: float = 1.0,
        denominator: Literal['augmented', 'original'] = 'augmented',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, FeatureSeparationGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_specific: Array,
        y_specific: Array,
        x_specific_aug: Array,
        y_specific_aug: Array,
        *,
        temperature: float | Array = 0.07,
        t: float = 2.0,
        orthogonality_weight: float = 1.0,
        contrastive_weight: float = 1.0,
        uniformity_weight: float = 1.0,
        denominator: Literal['augmented', 'original'] = 'augmented',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, FeatureSeparationGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        x_specific: Array,
        y_specific: Array,
        x_specific_aug: Array,
        y_specific_aug: Array,
        *,
        temperature: float | Array = 0.07,
        t: float = 2.0,
        orthogonality_weight: float = 1.0,
        contrastive_weight: float = 1.0,
        uniformity_weight: float = 1.0,
        denominator: Literal['augmented', 'original'] = 'augmented',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], FeatureSeparationGrads[Array]]]: ...

feature_separation: _FeatureSeparation

class FloBoundGrads(NamedTuple, Generic[Array]):
    """Gradients of `flo_bound`, of the arguments that were differentiated."""

    scores: Any
    u: Array
    temperature: Array

class _FloBound(Objective):
    def __call__(
        self,
        scores: Array | Sequence[Array],
        u: Array,
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""FLO bound on mutual information: InfoNCE with the logarithm unfolded by a dual variable.

        .. math:: -\frac{1}{B} \sum_i \Big[ u_i + \frac{e^{-u_i}}{B-1}
                  \sum_{j \ne i} e^{s_{ij} - s_{ii}} - 1 \Big]

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones.
            Or embeddings x and y, as a sequence or one array (2, B, D). The scores are then their
            inner products over the temperature, computed in tiles and never stored, and the gradient
            is a pair as well. A matrix of scores is divided by the temperature, too, and never
            normalised.
        u : array (B,)
            Dual variable :math:`u_i` of each pair, differentiable. It comes from a small network, or
            from a moving average (which is `global_contrastive`).
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            In nats. Maximise it, or minimise its negative. When u is far too small, it overflows to
            -inf.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is not above 0. When
            ``B < 2``, or ranks (``comm=``) share a matrix of scores.

        Notes
        -----
        The bound is unbiased for given u. It is largest, with derivative 0, when u is the logarithm of
        the mean exponential of the row's other scores relative to the match. Its gradient is then that
        of decoupled contrast (FlatNCE). A shift of a row leaves the bound unchanged.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        Q. Guo et al., "Tight Mutual
        Information Estimation With Contrastive Fenchel-Legendre Optimization", NeurIPS 2022, arXiv
        2107.01131.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.flo_bound(np.eye(3), -np.ones(3)).round(6))
        1.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        u: Array,
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, FloBoundGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        u: Array,
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, FloBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        u: Array,
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], FloBoundGrads[Array]]]: ...

flo_bound: _FloBound

class GammaInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `gamma_info_nce`, of the arguments that were differentiated."""

    x: Array
    y: Array
    log_auxiliary: Array
    temperature: Array

class _GammaInfoNce(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        log_auxiliary: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        scale: float = 1.0,
        include_positive: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""InfoNCE with the normaliser out of the logarithm, and one more number for each anchor.

        Given that number the loss is a plain sum over pairs, and a small batch estimates its gradient
        without bias. `sample_auxiliary` draws it from the state of `update_log_normalizer`.

        .. math:: \frac{1}{B} \sum_i \Big[ u_i \Big( e^{l_{ii}} + c \sum_{j \ne i} e^{l_{ij}} \Big)
                  - l_{ii} \Big], \quad l_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities.
        log_auxiliary : array (B,) or (2, B)
            Logarithm of :math:`u_i`, differentiable. (B,): the anchors are the rows of `x`. (2, B):
            both directions, the anchors of the second row are those of `y`. Take it from the state
            before this batch: drawn from this batch's own normaliser it has no use. -inf turns the
            repulsion of an anchor off.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable.
        scale : float, > 0, default 1.0
            Weight c of the other samples. The number of all negatives over B - 1 makes the sum an
            unbiased estimate of that over the whole data set.
        include_positive : bool, default True
            Whether the normaliser holds the match itself. (That of the paper is to be verified.)
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a sample is the mean over
            the directions.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or `scale` is not above
            0 or `reduction` is not one of its words.

        Notes
        -----
        From :math:`1/Z = \int_0^\infty e^{-uZ} du` the likelihood :math:`e^{l_{ii}}/Z_i` of an anchor
        is an average of :math:`e^{l_{ii} - u_i Z_i}` over :math:`u_i`, whose negative logarithm is

        .. math:: \ell_i = u_i Z_i - l_{ii},
                  \qquad Z_i = e^{l_{ii}} + c \sum_{j \ne i} e^{l_{ij}},

        and :math:`u_i` given the model is exponential with mean :math:`1/Z_i`. A pair gets the weight
        :math:`u_i e^{l_{ij}}`, always formed as one exponential. At ``log_auxiliary = -log Z`` the
        gradients are those of InfoNCE, and :math:`\ell_i - \log u_i - 1` is its value; for any other
        it is larger. Weights of pairs need no normaliser of this batch: value and gradient
        take one pass.
        For B = 1, and for an anchor that `ids` leave without a negative, only the match is left. Take
        the state from `log_normalizer` with the same `ids`.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        C. Chen, J. Zhang, Y. Xu, L. Chen, J. Duan, Y. Chen, S. Tran, B. Zeng, T. Chilimbi, "Why do we
        need large batch sizes in contrastive learning? A gradient-bias perspective", NeurIPS 2022.
        All beyond its abstract is derived here, and to be verified against the paper.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> log_z = pc.log_normalizer(x, x, temperature=1.0)
        >>> loss = pc.gamma_info_nce(x, x, -log_z, temperature=1.0)
        >>> float((loss + log_z.mean() - 1).round(6))  # InfoNCE
        0.551445
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        log_auxiliary: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        scale: float = 1.0,
        include_positive: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, GammaInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        log_auxiliary: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        scale: float = 1.0,
        include_positive: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, GammaInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        log_auxiliary: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        scale: float = 1.0,
        include_positive: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GammaInfoNceGrads[Array]]]: ...

gamma_info_nce: _GammaInfoNce

class GeometricConsistencyGrads(NamedTuple, Generic[Array]):
    """Gradients of `geometric_consistency`, of the arguments that were differentiated."""

    x: Array
    y: Array
    x_aug: Array
    y_aug: Array

class _GeometricConsistency(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        x_aug: Array | None = None,
        y_aug: Array | None = None,
        *,
        in_modal: float = 1.0,
        cross_modal: float = 1.0,
        augmented: float = 1.0,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Squared differences of similarities that a shared geometry would make equal.

        .. math:: \frac{1}{B} \sum_{jk} \Big[ c \big( \langle X_j, Y_k \rangle
                  - \langle X_k, Y_j \rangle \big)^2 + a \big( \langle X_j, X_k \rangle
                  - \langle Y_j, Y_k \rangle \big)^2 \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities.
        x_aug, y_aug : array (B, D), optional
            Row i belongs to sample i. Augmented versions of the same samples; both or none.
        in_modal, cross_modal : float, >= 0, default 1.0
            Weights a and c of the differences within and across modalities.
        augmented : float, >= 0, default 1.0
            Weight of the part with the augmented arrays.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        value : 0-d array
            At least 0.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `in_modal`, `cross_modal` or
            `augmented` is negative. When only one augmented array is given.

        Notes
        -----
        With augmented arrays the loss L also holds `augmented` times the same differences within each
        modality against its augmentation, and the squared differences of matched similarities.

        With :math:`P = X + Y` and :math:`Q = X - Y` the differences are the symmetric and the
        antisymmetric part of :math:`P Q^\top`, so
        :math:`B L = \frac{a+c}{2} \langle P^\top P, Q^\top Q \rangle + \frac{a-c}{2}
        \mathrm{tr}(Q^\top P\, Q^\top P)`: D x D products, 8 B D^2 operations with the gradient for
        equal weights and 14 B D^2 otherwise, and no pair is formed. For D > B the B x B form is
        cheaper and is used. Q is a true difference, so the value stays accurate when it is small. Ranks
        that share a batch exchange only the D x D products. The loss is also 0 at ``Y = -X``, so use
        it together with a contrastive loss.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        S. Goel, H. Bansal, S. Bhatia, R. Rossi, V. Vinay, A. Grover, "CyCLIP", NeurIPS 2022,
        arXiv 2205.14459. Q. Jiang et al., CVPR 2023, arXiv 2303.05952.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(2), np.asarray([[1.0, 0.0], [0.6, 0.8]])
        >>> float(pc.geometric_consistency(x, y).round(6))
        0.72
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_aug: Array | None = None,
        y_aug: Array | None = None,
        *,
        in_modal: float = 1.0,
        cross_modal: float = 1.0,
        augmented: float = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, GeometricConsistencyGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_aug: Array | None = None,
        y_aug: Array | None = None,
        *,
        in_modal: float = 1.0,
        cross_modal: float = 1.0,
        augmented: float = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, GeometricConsistencyGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        x_aug: Array | None = None,
        y_aug: Array | None = None,
        *,
        in_modal: float = 1.0,
        cross_modal: float = 1.0,
        augmented: float = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GeometricConsistencyGrads[Array]]]: ...

geometric_consistency: _GeometricConsistency

class GlobalContrastiveGrads(NamedTuple, Generic[Array]):
    """Gradients of `global_contrastive`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _GlobalContrastive(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        log_u: Array,
        temperature: float | Array = 0.1,
        ids: Array | None = None,
        *,
        rho: float = 0.0,
        negatives: Literal['cross', 'all'] = 'cross',
        relative: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Contrastive loss of each sample against the whole data set, from small batches.

        Each anchor has a moving average of its normaliser (`update_log_u`) in place of the normaliser
        of this batch: SogCLR. With a temperature for each sample it is iSogCLR.

        .. math:: \frac{1}{2B} \sum_{i, d} \Big[ \tau_i (\log u_i + \rho) + \mathrm{sg}(\tau_i) \Big(
                  \frac{1}{u_i K} \sum_{z \in N_i} e^{(\langle a_i, z \rangle - s_{ii}) / \tau_i}
                  - 1 \Big) \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities of at least 2 samples.
        log_u : array (B,) or (2, B)
            State of the samples, kept between steps; it has no gradient. Already updated with this
            batch. The first row is that of the anchors `x`, the second that of `y`; (B,) is shared by
            both.
        temperature : float, 0-d array or array (B,) or (2, B), > 0, default 0.1
            Temperature :math:`\tau` of all samples or of each, differentiable. See
            `update_temperature`.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        rho : float, >= 0, default 0.0
            Keeps learned temperatures away from 0. The authors' code: 0.3 for two views of an image
            (temperatures from 0.1), 6.0 for two modalities (from 0.01).
        negatives : {"cross", "all"}, default "cross"
            An anchor's negatives: the other samples in the other view (two modalities), or in both
            views (two views of one modality).
        relative : bool, default True
            Whether scores are taken relative to that of the match. `log_u` must have been made with
            the same choice.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B.

        Returns
        -------
        loss : 0-d array, or (2, B) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0, `rho` is
            negative or `negatives` or `reduction` is not one of its words. When ``B < 2``, as there
            is no negative.

        Notes
        -----
        For the anchor :math:`a_i` with K negatives z and :math:`h_{iz} = \langle a_i, z \rangle -
        s_{ii}`,

        .. math:: V_i = \tau_i (\log u_i + \rho) + \mathrm{sg}(\tau_i) \Big( \frac{g_i}{u_i} - 1 \Big),
                  \qquad g_i = \frac{1}{K} \sum_z e^{h_{iz} / \tau_i},

        without `relative`: :math:`h_{iz} = \langle a_i, z \rangle` and :math:`V_i - s_{ii}`. It is the
        tangent of :math:`\tau_i \log g_i` at :math:`u_i`, so never below it. The
        stop-gradient makes the derivative by the temperature the published one,
        :math:`\log u_i + \rho - \frac{1}{u_i K} \sum_z e^{h_{iz}/\tau_i} h_{iz} / \tau_i`: where
        :math:`u_i \ne g_i` it is not that of the value.
        Value and gradient are one pass over the pairs. With `ids` K is the number of negatives that are
        left; an anchor without any has loss 0.

        Against published code: LibAUC's unimodal loss is ``negatives="all", relative=False`` with a
        shared state (its gradient of the features is the sum over the directions, twice ours); its
        bimodal loss lacks the 1/(B - 1) of the mean in the gradient of the features; FastCLIP counts
        one term of the derivative by a global temperature twice.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        The gradient of `temperature` is by definition not that of the value, and finite
        differences do not apply to it.

        References
        ----------
        Z. Yuan et al., "Provable Stochastic Optimization for Global Contrastive Learning: Small Batch
        Does Not Harm Performance", ICML 2022, arXiv 2202.12387. Z. Qiu et al., "Not All Semantics are
        Created Equal: Contrastive Self-supervised Learning with Automatic Temperature
        Individualization", ICML 2023, arXiv 2305.11965. X. Wei et al., "FastCLIP", 2024, arXiv
        2407.01445.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, seen = np.eye(3), np.full((2, 3), -np.inf)  # no sample was seen before
        >>> log_u = pc.update_log_u(x, x, seen, temperature=1.0)
        >>> float(pc.global_contrastive(x, x, log_u, temperature=1.0).round(6))
        -1.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        log_u: Array,
        temperature: float | Array = 0.1,
        ids: Array | None = None,
        *,
        rho: float = 0.0,
        negatives: Literal['cross', 'all'] = 'cross',
        relative: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, GlobalContrastiveGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        log_u: Array,
        temperature: float | Array = 0.1,
        ids: Array | None = None,
        *,
        rho: float = 0.0,
        negatives: Literal['cross', 'all'] = 'cross',
        relative: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, GlobalContrastiveGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        log_u: Array,
        temperature: float | Array = 0.1,
        ids: Array | None = None,
        *,
        rho: float = 0.0,
        negatives: Literal['cross', 'all'] = 'cross',
        relative: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GlobalContrastiveGrads[Array]]]: ...

global_contrastive: _GlobalContrastive

class GramLossGrads(NamedTuple, Generic[Array]):
    """Gradients of `gram_loss`, of the arguments that were differentiated."""

    anchor: Array
    others: Any
    weights: Array
    temperature: Array

class _GramLoss(Objective):
    def __call__(
        self,
        anchor: Array,
        others: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Symmetric contrastive loss with minus the volume as similarity (GRAM).

        .. math:: \frac{1}{2B} \sum_i \big[ -\log \mathrm{softmax}_j(-\mathrm{Vol}_{ij}/\tau)_i
                  - \log \mathrm{softmax}_j(-\mathrm{Vol}_{ji}/\tau)_i \big], \quad \mathrm{Vol}_{ij}
                  = \mathrm{Vol}(x_i, y^1_j, \dots, y^k_j)

        Parameters
        ----------
        anchor : array (B, D)
            Row i belongs to sample i. The modality that is compared with all tuples.
        others : array (M, B, D), or sequence of M arrays (B, D)
            At least one view; row i of each belongs to sample i. The other modalities; row j of all
            of them makes the tuple j.
        mask : bool array (1 + M, B), optional
            True where a view of a sample exists; by default all do. The anchor comes first. Tuples
            with a missing member are left out, and only complete samples have a term.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. The authors' initial value of a learned
            temperature.
        label_smoothing : float in [0, 1], default 0.0
            Share of the target that is spread over all candidates; 0.1 in the authors' code.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, all weights are zero, `temperature` is
            not above 0, `label_smoothing` is outside [0, 1] or `reduction` is not one of its words.

        Notes
        -----
        With :math:`S_{ij} = -\mathrm{Vol}(x_i, y^1_j, \dots, y^k_j)/\tau` the loss is the mean of the
        cross-entropies along rows (given the anchor, find its tuple) and columns (the reverse).

        No determinant is taken for a pair: each tuple gets one thin QR with basis :math:`q_b` and
        height h, and :math:`\mathrm{Vol}_{ij} = h_j \sqrt{|x_i|^2 - \sum_b \langle x_i, q_{bj}
        \rangle^2}` from k products of B x B x D, six with the gradient. Matching pairs are computed
        from residuals. Dependent tuples have volume 0 and gradient 0. A loss of antipodal vectors is
        that of equal ones. ``B = 1``: 0.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        G. Cicchetti, E. Grassucci, L. Sigillo, D. Comminiello, "Gramian Multimodal Representation
        Learning and Alignment", ICLR 2025, arXiv 2412.11959.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.gram_loss(x, [x], temperature=1.0).round(6))
        0.551445
        """
        ...
    @overload
    def value_and_grad(
        self,
        anchor: Array,
        others: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, GramLossGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        anchor: Array,
        others: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, GramLossGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        anchor: Array,
        others: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GramLossGrads[Array]]]: ...

gram_loss: _GramLoss

class GramVolumeGrads(NamedTuple, Generic[Array]):
    """Gradients of `gram_volume`, of the arguments that were differentiated."""

    views: Any
    weights: Array

class _GramVolume(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'none',
        **options: Unpack[Options],
    ) -> Array:
        r"""Volume of the parallelotope that each sample's k vectors span.

        .. math:: \sqrt{\det G_i}, \quad G_i[a, b] = \langle \hat x_{a,i}, \hat x_{b,i} \rangle

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least one view; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. Incomplete samples have no volume
            (0 in "none", and they count in no average).
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "none"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        volumes : array (B,), or 0-d for ``reduction="mean"`` and ``"sum"``
            In [0, 1] for unit rows; 0 for dependent vectors, 1 for orthogonal ones.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, all weights are zero or `reduction` is
            not one of its words.

        Notes
        -----
        :math:`\sqrt{\det G_i}`, computed as the product of the residuals of Gram-Schmidt, each step
        done twice. :math:`\partial \mathrm{Vol}/\partial x_a = F_a e_a` with the volume :math:`F_a` of
        the other vectors and the unit residual :math:`e_a`; 0 where the residual is 0. A vector and
        its negative give the same volume. One minus the mean volume serves as a progress metric.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        G. Cicchetti, E. Grassucci, L. Sigillo, D. Comminiello, "Gramian Multimodal Representation
        Learning and Alignment", ICLR 2025, arXiv 2412.11959.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.asarray([[1.0, 0.0]]), np.asarray([[0.6, 0.8]])
        >>> pc.gram_volume([x, y]).round(6).tolist()
        [0.8]
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'none',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, GramVolumeGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'none',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, GramVolumeGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'none',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GramVolumeGrads[Array]]]: ...

gram_volume: _GramVolume

class GroupedInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `grouped_info_nce`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _GroupedInfoNce(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        groups: int = 1,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Symmetric InfoNCE within consecutive groups of samples: less work, fewer negatives.

        .. math:: \frac{1}{G} \sum_{g=1}^{G} \mathrm{InfoNCE}(x_g, y_g; \tau)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        groups : int, >= 1, default 1
            Number G of groups of equal size, in the order of the rows. It must divide B.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array
            At most :math:`\log(B/G) + 2/\tau` for unit rows.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `groups` is not an integer of at least
            1 or `temperature` is not above 0. When ranks share the batch (``comm=``). When `groups`
            does not divide B.

        Notes
        -----
        The loss is the mean of `info_nce` over the groups. Samples of different groups are not
        compared, so work and memory fall by G. ``groups=B``: value 0, gradient 0. On several machines a
        group is a communicator of its own: ``pc.info_nce(x, y, comm=group)``, averaged over the groups
        by the trainer. To have as many negatives as before, gather several mini-batches in each group,
        see ``chunked_step``.

        With ``groups=1`` it equals `info_nce`.

        The value does not depend on a common rotation of all rows, the length of single rows
        where they are normalised or an exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        Q. Guo et al., "M2-Encoder: Advancing Bilingual Image-Text Understanding by Large-scale
        Efficient Pretraining", 2024, arXiv 2401.15896. From its abstract and released configuration;
        to be verified against the training code, which is not public.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(4)
        >>> float(pc.grouped_info_nce(x, x, groups=2, temperature=1.0).round(6))
        0.313262
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        groups: int = 1,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, GroupedInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        groups: int = 1,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, GroupedInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        groups: int = 1,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GroupedInfoNceGrads[Array]]]: ...

grouped_info_nce: _GroupedInfoNce

class HardNegativeNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `hard_negative_nce`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _HardNegativeNce(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        tau_plus: float = 0.1,
        beta: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Debiased contrastive loss in which a negative counts more, the more similar it is.

        .. math:: \frac{1}{2B} \sum_{a=1}^{2B} \log \Big( 1 + \frac{g_a}{e^{s_a^+}} \Big),\quad
                  g_a = \max \Big( \frac{R_a - \tau_+ n e^{s_a^+}}{1 - \tau_+},\; n e^{-1/\tau} \Big),
                  \quad R_a = n \frac{\sum_{b \ne a, p(a)} e^{(1 + \beta) s_{ab}}}
                  {\sum_{b \ne a, p(a)} e^{\beta s_{ab}}}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views. Rows are always scaled to unit length.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. The paper's value.
        tau_plus : float in [0, 1), default 0.1
            Probability :math:`\tau_+` that another sample is of the anchor's class.
        beta : float, >= 0, default 1.0
            Concentration :math:`\beta` on hard negatives.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those of `x` first.

        Returns
        -------
        loss : 0-d array, or (2B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0,
            `tau_plus` is outside [0, 1), `beta` is negative or `reduction` is not one of its words.

        Notes
        -----
        Scores, partners and n are those of `debiased_nce`. The weights :math:`e^{\beta s}` are
        differentiated. Both sums are log-sum-exps of one product, so large :math:`\beta` and small
        temperatures do not overflow: :math:`\log R = \log n + \mathrm{LSE}((1 + \beta) s) -
        \mathrm{LSE}(\beta s)`. ``B = 1``: value 0, gradient 0.

        With ``beta=0.0`` it equals `debiased_nce`.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        J. Robinson, C.-Y. Chuang, S. Sra, S. Jegelka, "Contrastive Learning with Hard Negative
        Samples", ICLR 2021, arXiv 2010.04592.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.hard_negative_nce(x, x, temperature=1.0).round(6))
        0.784164
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        tau_plus: float = 0.1,
        beta: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, HardNegativeNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        tau_plus: float = 0.1,
        beta: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, HardNegativeNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        tau_plus: float = 0.1,
        beta: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], HardNegativeNceGrads[Array]]]: ...

hard_negative_nce: _HardNegativeNce

class InfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `info_nce`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    weights: Array
    temperature: Array

class _InfoNce(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        symmetric: bool = True,
        in_batch: bool = True,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each row's match among its candidates (InfoNCE, CLIP, MoCo, ALIGN).

        The default is CLIP, with a learned temperature. ALIGN: ``label_smoothing=0.1`` and twice the
        value. MoCo: ``symmetric=False, in_batch=False, negatives=queue``, temperature 0.07 or 0.2.

        .. math:: \frac{1}{2B} \sum_i \Big[ \log \sum_j e^{\langle \hat x_i, \hat y_j \rangle / \tau}
                  + \log \sum_j e^{\langle \hat x_j, \hat y_i \rangle / \tau}
                  - 2 \langle \hat x_i, \hat y_i \rangle / \tau \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities.
        negatives : array (K, D) or (B, K, D), optional
            More candidates for the rows of `x`: shared, or K for each row. They belong to the side of
            `y`, so the direction from `y` to `x` does not use them. With ``comm=``, shared ones are
            the same on all ranks.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        negative_ids : integer array (K,) or (B, K), optional
            The item of each of `negatives`; those of the anchor's item, see `ids`, are left out. Of
            the shape of `negatives` without D.
        negatives_mask : bool array (B, K), optional
            True where one of the K negatives of a row exists; what is elsewhere is not read.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
        symmetric : bool, default True
            Average both directions, or take `x` as the anchors only.
        in_batch : bool, default True
            Candidates of :math:`x_i` are all :math:`y_j`, or :math:`y_i` and the negatives alone
            (which needs ``symmetric=False``).
        label_smoothing : float in [0, 1], default 0.0
            Share :math:`e` of the target that is spread over all n candidates.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, all weights are zero, `temperature` is
            not above 0, `label_smoothing` is outside [0, 1] or `reduction` is not one of its words.
            When ``in_batch=False`` is used with ``symmetric=True``, `negative_ids` without `ids` and
            `negatives`, or `negatives_mask` without negatives of each row.

        Notes
        -----
        With the logits :math:`s` of an anchor, its n candidates and its positive :math:`d`,

        .. math:: \ell = \mathrm{LSE}(s) - (1 - e)\, d - \tfrac{e}{n} \sum s .

        It is computed as :math:`\mathrm{softplus}(N - d) + e\,(d - \bar s)` with the log-sum-exp
        :math:`N` over the other candidates. With :math:`q = \sigma(N - d)`, the gradient weight of a
        candidate is :math:`q\, e^{s - N}`, that of the positive is :math:`-q`, and smoothing adds
        constants. The value takes one product. Value and gradient take three, or four when tiled.
        Memory is O(B D) when tiled. An anchor without negatives has loss 0 and gradient 0. Where
        anchors differ in their number of candidates, smoothing takes one more product.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        A. van den Oord, Y. Li, O. Vinyals, "Representation Learning with Contrastive Predictive
        Coding", 2018, arXiv 1807.03748. K. He et al., CVPR 2020, arXiv 1911.05722. A. Radford et al.,
        ICML 2021, arXiv 2103.00020. C. Jia et al., ICML 2021, arXiv 2102.05918.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> value, grads = pc.info_nce.value_and_grad(x, x, temperature=1.0, wrt="temperature")
        >>> float(value.round(6)), float(grads.temperature.round(6))
        (0.551445, 0.423883)
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        symmetric: bool = True,
        in_batch: bool = True,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, InfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        symmetric: bool = True,
        in_batch: bool = True,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, InfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        symmetric: bool = True,
        in_batch: bool = True,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], InfoNceGrads[Array]]]: ...

info_nce: _InfoNce

class InfoNceBoundGrads(NamedTuple, Generic[Array]):
    """Gradients of `info_nce_bound`, of the arguments that were differentiated."""

    scores: Any
    temperature: Array

class _InfoNceBound(Objective):
    def __call__(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""InfoNCE lower bound on mutual information: little variance, never above log B.

        .. math:: \log B + \frac{1}{B} \sum_i \Big[ s_{ii} - \log \sum_j e^{s_{ij}} \Big]

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones.
            Or embeddings x and y, as a sequence or one array (2, B, D). The scores are then their
            inner products over the temperature, computed in tiles and never stored, and the gradient
            is a pair as well. A matrix of scores is divided by the temperature, too, and never
            normalised.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            In nats, at most log B. Maximise it, or minimise its negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is not above 0. When
            ranks (``comm=``) share a matrix of scores.

        Notes
        -----
        The bound is log B minus `info_nce` with ``symmetric=False``. A shift of a row leaves it
        unchanged.
        ``B = 1``: value 0, gradient 0.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        A. van den Oord, Y. Li, O. Vinyals, "Representation Learning with Contrastive Predictive
        Coding", 2018, arXiv 1807.03748.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.info_nce_bound(np.eye(3)).round(6))
        0.547168
        >>> x = np.eye(3)
        >>> float(pc.info_nce_bound((x, x)).round(6))  # the same scores, from embeddings
        0.547168
        """
        ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, InfoNceBoundGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, InfoNceBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], InfoNceBoundGrads[Array]]]: ...

info_nce_bound: _InfoNceBound

class JointEntropyGrads(NamedTuple, Generic[Array]):
    """Gradients of `joint_entropy`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _JointEntropy(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.5,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Negative joint entropy of two spaces; lower is less dependent.

        .. math:: \frac{1}{N} \sum_i \log \frac{1}{N}
                  \sum_j e^{-(|x_i - x_j|^2 + |y_i - y_j|^2) / (2 \tau)}

        Parameters
        ----------
        x : array (N, D)
            Rows of the first space.
        y : array (N, E)
            Rows of the same samples in the other space.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. Square of the width of the kernel.
        normalize : bool, default False
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        value : 0-d array, or (B,) for ``reduction="none"``
            In [-log N, 0].

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `reduction` is not one of its words.

        Notes
        -----
        The product of both kernels is the kernel of ``z = [x, y]``, so one Gram matrix is computed, and
        half of its tiles. Rows are centred first: distances come from inner products, of which far rows
        would lose digits. The kernel of a row with itself is exactly 1. With its softmaxes W, plus
        their transpose, the gradient is :math:`-(\mathrm{diag}(W 1)\, z - W z) / \tau`. ``N = 1``:
        value 0, gradient 0.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or a common shift of all rows where
        they are not normalised.

        References
        ----------
        R. Louiset, E. Duchesnay, A. Grigis, P. Gori, "Separating common from salient patterns with
        Contrastive Representation Learning", ICLR 2024, arXiv 2402.11928.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(2)
        >>> float(pc.joint_entropy(x, x, temperature=1.0).round(4))
        -0.5662
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.5,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, JointEntropyGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.5,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, JointEntropyGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.5,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], JointEntropyGrads[Array]]]: ...

joint_entropy: _JointEntropy

class JsdBoundGrads(NamedTuple, Generic[Array]):
    """Gradients of `jsd_bound`, of the arguments that were differentiated."""

    scores: Any
    temperature: Array

class _JsdBound(Objective):
    def __call__(
        self,
        scores: Array | Sequence[Array],
        *,
        estimate: Literal['jsd', 'nwj'] = 'jsd',
        temperature: float | Array = 1.0,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Jensen-Shannon estimate of dependence: a critic that trains well, no mutual information.

        .. math:: -\frac{1}{B} \sum_i \mathrm{softplus}(-s_{ii}) - \frac{1}{B(B-1)} \sum_{i \ne j}
                  \mathrm{softplus}(s_{ij})

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones.
            Or embeddings x and y, as a sequence or one array (2, B, D). The scores are then their
            inner products over the temperature, computed in tiles and never stored, and the gradient
            is a pair as well. A matrix of scores is divided by the temperature, too, and never
            normalised.
        estimate : {"jsd", "nwj"}, default "jsd"
            The value that is returned. "nwj": the value of `nwj_bound`, an estimate of mutual
            information, with the gradient of the Jensen-Shannon estimate, as published.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            A bound on twice the Jensen-Shannon divergence minus 2 log 2, at most 0. Maximise it, or
            minimise its negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `estimate` is not one of its words or
            `temperature` is not above 0. When ``B < 2``, or ranks (``comm=``) share a matrix of
            scores.

        Notes
        -----
        The best critic of this bound is the log density ratio. With
        it, the value is the mutual information minus 1/e; that of ``pc.nwj_bound(scores + 1)`` is not.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        With ``estimate="nwj"`` the gradient is by definition not that of the value, and finite
        differences do not apply to it.

        References
        ----------
        R. D. Hjelm et al., "Learning Deep Representations by Mutual Information Estimation and
        Maximization", ICLR 2019, arXiv 1808.06670. B. Poole et al., ICML 2019, arXiv 1905.06922.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.jsd_bound(np.eye(3)).round(6))
        -1.006409
        """
        ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        estimate: Literal['jsd', 'nwj'] = 'jsd',
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, JsdBoundGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        estimate: Literal['jsd', 'nwj'] = 'jsd',
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, JsdBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        *,
        estimate: Literal['jsd', 'nwj'] = 'jsd',
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], JsdBoundGrads[Array]]]: ...

jsd_bound: _JsdBound

class MannWhitneyGrads(NamedTuple, Generic[Array]):
    """Gradients of `mann_whitney`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _MannWhitney(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        temperature: float | Array = 0.01,
        scope: Literal['pooled', 'per_query'] = 'pooled',
        reduction: Literal['mean', 'sum', 'anchor_mean'] = 'mean',
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Logistic loss of every positive score against every negative score of the whole batch.

        .. math:: \frac{1}{P} \sum_i \sum_{s^- \in \mathcal{N}} \mathrm{softplus} \Big( \frac{s^- -
                  s_i}{\tau} \Big), \quad s_i = \langle \hat x_i, \hat y_i \rangle, \quad \mathcal{N} =
                  \bigcup_k \{ \langle \hat x_k, \hat y_j \rangle \}_{j \ne k} \cup \{ \langle \hat x_k,
                  \hat n_{jh} \rangle \}_{j, h}

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i. Queries.
        y : array (B, D)
            Row i belongs to sample i. Their matches.
        negatives : array (B, K, D), optional
            Hard negatives of each row of `x`. All of them are negatives of every query.
        temperature : float or 0-d array, > 0, default 0.01
            Temperature :math:`\tau`, differentiable. The paper's value.
        scope : {"pooled", "per_query"}, default "pooled"
            Each positive against the negatives of all queries, or against those of its own.
        reduction : {"mean", "sum", "anchor_mean"}, default "mean"
            Mean over all P pairs, their sum, or the sum over B: that is the paper's loss, which grows
            with the number of negatives, so that learning rates depend on the batch.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `scope` or `reduction` is not one of its words. When ranks share the batch (``comm=``).

        Notes
        -----
        One minus the area under the ROC curve of all scores is at most the mean over log 2. A shift of
        all scores changes nothing. InfoNCE does not change by a shift for each query either: it does
        not make scores of different queries comparable.

        With "pooled" the number of pairs is cubic in B, but the sum over positives is a smooth function
        of the negative score. It is tabulated at Chebyshev nodes, 16 in each interval of two
        temperatures (10 in float32), and interpolated at each negative. Gradients of the positives take
        the transpose of the interpolation. Value and gradient cost O(p B^2 (1 + K) + p B / tau) for p
        nodes, and O(B + p / tau) memory beside tiles. The interpolation's error is of the order of
        rounding. The product of the longest rows must be below 2^20 temperatures; where JAX traces
        the temperature, or rows that are not normalised, below 1024. Beyond, the value is nan. Without
        any negative: 0.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        M. Sheikholeslami et al., "Optimizing What Matters", 2025, arXiv 2510.00137.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(2)
        >>> float(pc.mann_whitney(x, x, temperature=1.0).round(6))
        0.313262
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        temperature: float | Array = 0.01,
        scope: Literal['pooled', 'per_query'] = 'pooled',
        reduction: Literal['mean', 'sum', 'anchor_mean'] = 'mean',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MannWhitneyGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        temperature: float | Array = 0.01,
        scope: Literal['pooled', 'per_query'] = 'pooled',
        reduction: Literal['mean', 'sum', 'anchor_mean'] = 'mean',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MannWhitneyGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        temperature: float | Array = 0.01,
        scope: Literal['pooled', 'per_query'] = 'pooled',
        reduction: Literal['mean', 'sum', 'anchor_mean'] = 'mean',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MannWhitneyGrads[Array]]]: ...

mann_whitney: _MannWhitney

class MannWhitneyScoresGrads(NamedTuple, Generic[Array]):
    """Gradients of `mann_whitney_scores`, of the arguments that were differentiated."""

    pos: Array
    neg: Array
    temperature: Array

class _MannWhitneyScores(Objective):
    def __call__(
        self,
        pos: Array,
        neg: Array,
        *,
        temperature: float | Array = 1.0,
        reduction: Literal['mean', 'sum'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Logistic loss of every pair of a positive and a negative score.

        .. math:: \frac{1}{P Q} \sum_{p,q} \mathrm{softplus} \Big( \frac{s^-_q - s_p}{\tau} \Big)

        Parameters
        ----------
        pos : array (P,)
            Scores of the positives.
        neg : array (Q,)
            Scores of the negatives.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable. At small ones the loss times the temperature is
            the mean hinge of the differences.
        reduction : {"mean", "sum"}, default "mean"
            Mean over all pairs, or their sum.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `reduction` is not one of its words. When ranks share the batch (``comm=``).

        Notes
        -----
        One minus `roc_auc` is at most the mean over log 2. A shift of all scores changes nothing. With
        one score in each set it is the logistic loss.

        The sum over positives is a smooth function of the negative score. It is tabulated on intervals
        of two temperatures and interpolated at each negative, in O(P n + Q) steps for n nodes, with an
        error of the order of rounding. Where there are more nodes than negatives, or JAX traces the
        call, all pairs are computed, in tiles.

        References
        ----------
        M. Sheikholeslami et al., "Optimizing What Matters", 2025, arXiv 2510.00137.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> pos, neg = np.asarray([1.0, 2.0]), np.asarray([0.0, 1.0])
        >>> float(pc.mann_whitney_scores(pos, neg).round(6))
        0.36165
        """
        ...
    @overload
    def value_and_grad(
        self,
        pos: Array,
        neg: Array,
        *,
        temperature: float | Array = 1.0,
        reduction: Literal['mean', 'sum'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MannWhitneyScoresGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        pos: Array,
        neg: Array,
        *,
        temperature: float | Array = 1.0,
        reduction: Literal['mean', 'sum'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MannWhitneyScoresGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        pos: Array,
        neg: Array,
        *,
        temperature: float | Array = 1.0,
        reduction: Literal['mean', 'sum'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MannWhitneyScoresGrads[Array]]]: ...

mann_whitney_scores: _MannWhitneyScores

class MatchingGapGrads(NamedTuple, Generic[Array]):
    """Gradients of `matching_gap`, of the arguments that were differentiated."""

    views: Any
    weights: Array

class _MatchingGap(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        epsilon: float = 0.2,
        normalize: bool = True,
        tol: float = 0.001,
        max_iter: int = 1000,
        **options: Unpack[Options],
    ) -> Array:
        r"""Cost of the given matching of n views less that of the best entropic one (M3G).

        .. math:: \frac{1}{B} \sum_i C_{(i,\dots,i)} - \epsilon \log B - \min_P \Big[ \sum_t P_t C_t
                  + \epsilon \sum_t P_t \log P_t \Big], \quad C_t = 1 - \tfrac{1}{n^2} \Big|
                  \sum_a x_a[t_a] \Big|^2

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. Incomplete samples are left out.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. They are the marginals, up to their sum.
        epsilon : float, > 0, default 0.2
            Entropic regularisation; the paper finds 0.05 to 1 robust. Below about 0.02 factors leave
            the range of float32.
        normalize : bool, default True
            Scale rows to unit length first.
        tol : float, >= 0, default 0.001
            Largest error of a marginal (sum of absolute differences) at which Sinkhorn stops. Use
            1e-10 where gradients must be exact.
        max_iter : int, >= 1, default 1000
            Largest number of sweeps.

        Returns
        -------
        gap : 0-d array
            At least 0.

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree, all
            weights are zero, `epsilon` is not above 0, `tol` is negative or `max_iter` is not an
            integer of at least 1. When ranks share the batch (``comm=``).

        Warns
        -----
        UserWarning
            When `max_iter` sweeps do not reach `tol`: the value is then an upper bound of the gap.
            Each sweep changes little where costs are many times `epsilon`; there 10^4 of them may leave
            errors of 1e-5 in the marginals.

        Notes
        -----
        .. math:: L = \sum_i w_i C_{d_i} + \epsilon \sum_i w_i \log w_i - \min_P \Big[ \sum_t P_t C_t
                  + \epsilon \sum_t P_t \log P_t \Big]

        over all P on the cube with every marginal w (1 / B by default). Up to numbers of single rows,
        which change no plan, :math:`C_t = \sum_{a<b} |x_a - x_b|^2 / n^2`, so
        :math:`e^{-C_t/\epsilon}` is a product of pair factors and an update of n = 3 views one product
        of B x B matrices; n = 4 loops over one index. No cost tensor is formed. By the envelope
        theorem :math:`\partial L/\partial C_t = w_i [t = d_i] - P_t`: the solver is not
        differentiated. The entropy's constants are chosen here so that the gap is not negative (to be
        verified against the paper). At collapse it is :math:`\epsilon (n - 1) \log B`.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        Z. Piran, M. Klein, J. Thornton, M. Cuturi, "Contrasting Multiple Representations with the
        Multi-Marginal Matching Gap", ICML 2024, arXiv 2405.19532.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.ones((3, 4, 2))
        >>> float(pc.matching_gap(views).round(6)), round(float(0.4 * np.log(4)), 6)
        (0.554518, 0.554518)
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        epsilon: float = 0.2,
        normalize: bool = True,
        tol: float = 0.001,
        max_iter: int = 1000,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MatchingGapGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        epsilon: float = 0.2,
        normalize: bool = True,
        tol: float = 0.001,
        max_iter: int = 1000,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MatchingGapGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        *,
        epsilon: float = 0.2,
        normalize: bool = True,
        tol: float = 0.001,
        max_iter: int = 1000,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MatchingGapGrads[Array]]]: ...

matching_gap: _MatchingGap

class MeowGrads(NamedTuple, Generic[Array]):
    """Gradients of `meow`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _Meow(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        clusters: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.4,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Decoupled contrast in which a negative counts by the clusterings that separate it.

        .. math:: -\frac{1}{B} \sum_i \log \frac{e^{\langle \hat x_i, \hat y_i \rangle / \tau}}
                  {\sum_j w_{ij} e^{\langle \hat x_i, \hat y_j \rangle / \tau}},\quad
                  w_{ij} = \#\{r : c_r(i) \ne c_r(j)\}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors (the coarse view) and candidates (the fine view).
        clusters : integer array (R, B)
            Labels of each sample in R clusterings. In the paper those of k-means on `y`, for several
            k.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.4
            Temperature :math:`\tau`, differentiable. The authors' value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            May be negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `reduction` is not one of its words.

        Notes
        -----
        As :math:`w_{ii} = 0` the positive is not in the denominator, and neither are samples that share
        all clusters of the anchor. An anchor without any negative has the loss and the gradient 0. One
        clustering in which every sample is a cluster of its own weights all negatives alike.
        Weights are made for each tile from the R labels of its samples.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        J. Yu, Q. Ge, X. Li, A. Zhou, "Heterogeneous Graph Contrastive Learning with Meta-path Contexts
        and Weighted Negative Samples", SDM 2023; with "Adaptively", TKDE 2024, arXiv 2212.13847.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, clusters = np.eye(3), np.asarray([[0, 1, 2]])
        >>> float(pc.meow(x, x, clusters, temperature=1.0).round(6))
        -0.306853
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        clusters: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.4,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MeowGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        clusters: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.4,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MeowGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        clusters: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.4,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MeowGrads[Array]]]: ...

meow: _Meow

class MetricLossGrads(NamedTuple, Generic[Array]):
    """Gradients of `metric_loss`, of the arguments that were differentiated."""

    z: Array

class _MetricLoss(Objective):
    def __call__(
        self,
        z: Array,
        labels: Array,
        *,
        base: Literal['contrastive', 'binomial_deviance', 'multi_similarity', 'lifted_structure', 'nca'] = 'multi_similarity',
        margin: float = 0.5,
        scale_pos: float = 2.0,
        scale_neg: float = 50.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""One of five losses: an outer function of sums over the pairs of a class, and over the rest.

        .. math:: \frac{1}{B} \sum_i \tau \Big( \sigma^+ \big( \sum_{p \in P_i} \rho^+(s_{ip}) \big)
                  + \sigma^- \big( \sum_{n \in Q_i} \rho^-(s_{in}) \big) \Big),\quad
                  s_{ij} = \langle \hat z_i, \hat z_j \rangle

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i.
        labels : integer array (B,)
        base : {"contrastive", "binomial_deviance", "multi_similarity", "lifted_structure", "nca"}, default "multi_similarity"
            The functions, see the notes.
        margin : float, default 0.5
            The margin m; `nca` has none.
        scale_pos : float, > 0, default 2.0
            The scale b of three bases. The default is that of `multi_similarity`.
        scale_neg : float, > 0, default 50.0
            The scale g of the same three.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One per row.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `base` or `reduction` is not one of
            its words, `margin` is not finite or `scale_pos` or `scale_neg` is not above 0.

        Notes
        -----
        With the other rows :math:`P_i` of the class of row i, and the rows :math:`Q_i` of other
        classes, the loss of a row is

        - ``"contrastive"``: :math:`-\sum_p s_{ip} + \sum_n \max(s_{in} - m, 0)`;
        - ``"binomial_deviance"``: :math:`\sum_p \log(1 + e^{-b(s_{ip} - m)})
          + \sum_n \log(1 + e^{g(s_{in} - m)})`;
        - ``"multi_similarity"``: :math:`\tfrac{1}{b} \log(1 + \sum_p e^{-b(s_{ip} - m)})
          + \tfrac{1}{g} \log(1 + \sum_n e^{g(s_{in} - m)})`, which is `multi_similarity`;
        - ``"lifted_structure"``: :math:`\max(\log \sum_p e^{-s_{ip}} + \log \sum_n e^{s_{in} - m}, 0)`;
        - ``"nca"``: :math:`-\log \sum_p e^{b s_{ip}} + \log \sum_n e^{g s_{in}}`.

        The last one may be negative. A sum without a pair is 0; in the last two the loss of such a row
        is 0. Sums of exponentials stay logarithms, and the gradient weights in them are softmaxes.

        With ``base="multi_similarity", margin=0.5`` it equals `multi_similarity` with
        ``base=0.5``.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        S. Venkataramanan, B. Psomas, E. Kijak, L. Amsaleg, K. Karantzalos, Y. Avrithis, "It Takes Two
        to Tango: Mixup for Deep Metric Learning", ICLR 2022, arXiv 2106.04990. The table of bases is
        to be verified against the paper.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.metric_loss(np.eye(4), np.asarray([0, 0, 1, 1]), base="contrastive"))
        0.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        base: Literal['contrastive', 'binomial_deviance', 'multi_similarity', 'lifted_structure', 'nca'] = 'multi_similarity',
        margin: float = 0.5,
        scale_pos: float = 2.0,
        scale_neg: float = 50.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MetricLossGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        base: Literal['contrastive', 'binomial_deviance', 'multi_similarity', 'lifted_structure', 'nca'] = 'multi_similarity',
        margin: float = 0.5,
        scale_pos: float = 2.0,
        scale_neg: float = 50.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MetricLossGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        labels: Array,
        *,
        base: Literal['contrastive', 'binomial_deviance', 'multi_similarity', 'lifted_structure', 'nca'] = 'multi_similarity',
        margin: float = 0.5,
        scale_pos: float = 2.0,
        scale_neg: float = 50.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MetricLossGrads[Array]]]: ...

metric_loss: _MetricLoss

class MultiCropGrads(NamedTuple, Generic[Array]):
    """Gradients of `multi_crop`, of the arguments that were differentiated."""

    views: Any
    weights: Array
    temperature: Array

class _MultiCrop(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        pair: Literal['nt_xent', 'info_nce', 'dhel'] = 'nt_xent',
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Mean of a two-view loss over all pairs of views (Multi-Crop, PWE).

        .. math:: \frac{2}{M(M-1)} \sum_{a<b} \mathrm{pair}(x_a, x_b)

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row is no anchor,
            positive or negative, and averages use the existing views only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        pair : {"nt_xent", "info_nce", "dhel"}, default "nt_xent"
            The two-view loss: `nt_xent`, the symmetric `info_nce`, or the decoupled hyperspherical
            energy loss with both energies.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a sample is the mean over
            its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree, all
            weights are zero, `pair` or `reduction` is not one of its words or `temperature` is not
            above 0. When ``B = 1`` with ``pair="dhel"``.

        Notes
        -----
        The log-sum-exps :math:`D_{ab,i}` of row i of view a over the other samples of view b are
        computed once per pair of views. With the positive :math:`s_{ab,i}` the loss of an anchor is
        :math:`\mathrm{softplus}(\mathrm{logaddexp}(D_{aa}, D_{ab}) - s_{ab})` for nt_xent,
        :math:`\mathrm{softplus}(D_{ab} - s_{ab})` for info_nce and :math:`2 D_{aa} - s_{ab}` for dhel.
        The value takes at most M^2 / 2 products of B x B x D. At M = 2 the loss is the pair loss. With
        dhel a pair of views that `ids` leave without a negative has loss 0.

        Of 2 views with ``pair="nt_xent"`` it equals `nt_xent`. Of 2 views with
        ``pair="info_nce"`` it equals `info_nce`. Of 2 views with ``pair="dhel"`` it equals
        `dhel`. With ``pair="info_nce"`` it equals `pairwise_sum` with ``average=True``.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        A. Shidani et al., "Poly-View Contrastive Learning", ICLR 2024, arXiv 2403.05490.
        P. Koromilas et al., "A Principled Framework for Multi-View Contrastive Learning", 2025,
        arXiv 2507.06979.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 4)
        >>> float(pc.multi_crop(views, temperature=1.0).round(6))
        0.904832
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        pair: Literal['nt_xent', 'info_nce', 'dhel'] = 'nt_xent',
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MultiCropGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        pair: Literal['nt_xent', 'info_nce', 'dhel'] = 'nt_xent',
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MultiCropGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        pair: Literal['nt_xent', 'info_nce', 'dhel'] = 'nt_xent',
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MultiCropGrads[Array]]]: ...

multi_crop: _MultiCrop

class MultiSimilarityGrads(NamedTuple, Generic[Array]):
    """Gradients of `multi_similarity`, of the arguments that were differentiated."""

    z: Array

class _MultiSimilarity(Objective):
    def __call__(
        self,
        z: Array,
        labels: Array,
        *,
        alpha: float = 2.0,
        beta: float = 50.0,
        base: float = 0.5,
        epsilon: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Soft maxima of the far pairs of a class, and of the near pairs of different classes.

        .. math:: \frac{1}{B} \sum_i \Big[
                  \frac{1}{\alpha} \log \Big(1 + \sum_{p \in P_i} e^{-\alpha (s_{ip} - m)} \Big)
                  + \frac{1}{\beta} \log \Big(1 + \sum_{n \in Q_i} e^{\beta (s_{in} - m)} \Big) \Big],
                  \quad s_{ij} = \langle \hat z_i, \hat z_j \rangle

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i.
        labels : integer array (B,)
        alpha : float, > 0, default 2.0
            Sharpness for the other rows :math:`P_i` of the class of row i.
        beta : float, > 0, default 50.0
            Sharpness for the rows :math:`Q_i` of other classes.
        base : float, default 0.5
            Similarity m that separates near from far.
        epsilon : float, >= 0, optional
            Mine pairs: keep those of the class of row i that are less similar than its nearest row of
            another class plus :math:`\varepsilon`, and those of other classes that are more similar
            than its farthest row of the class minus :math:`\varepsilon`. The paper uses 0.1. None:
            all pairs.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One per row.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `alpha` or `beta` is not above 0,
            `base` is not finite, `epsilon` is negative or `reduction` is not one of its words.

        Notes
        -----
        A sum without a pair is 0. With mining, the loss of a row is 0 when either sum has none, and
        the choice of pairs, which takes a product of its own, is constant in the gradient. The
        logarithms are softplus functions of two log-sum-exps, so no sharpness overflows. The gradient
        weight of a pair is its softmax among the pairs of its sum and one more candidate of logit 0.
        All pairs are read from one product, of which half of the tiles are computed.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        X. Wang, X. Han, W. Huang, D. Dong, M. R. Scott, "Multi-Similarity Loss with General Pair
        Weighting for Deep Metric Learning", CVPR 2019, arXiv 1904.06627.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.multi_similarity(np.eye(4), np.asarray([0, 0, 1, 1])).round(6))
        0.656631
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        alpha: float = 2.0,
        beta: float = 50.0,
        base: float = 0.5,
        epsilon: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MultiSimilarityGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        alpha: float = 2.0,
        beta: float = 50.0,
        base: float = 0.5,
        epsilon: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MultiSimilarityGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        labels: Array,
        *,
        alpha: float = 2.0,
        beta: float = 50.0,
        base: float = 0.5,
        epsilon: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MultiSimilarityGrads[Array]]]: ...

multi_similarity: _MultiSimilarity

class MultimodalContrastiveGrads(NamedTuple, Generic[Array]):
    """Gradients of `multimodal_contrastive`, of the arguments that were differentiated."""

    x: Array
    y: Array
    x_aug: Array
    y_aug: Array
    temperature: Array

class _MultimodalContrastive(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        x_aug: Array,
        y_aug: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        denominator: Literal['augmented', 'original'] = 'augmented',
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Four contrasts of two modalities: across, in both directions, and within each.

        .. math:: \frac{1}{4} \big[ C(X, Y; Y) + C(Y, X; X) + C(X, X'; A_X)
                  + C(Y, Y'; A_Y) \big],\quad C(Z, P; A) = \frac{1}{B}
                  \sum_j \Big[ \log \sum_k e^{\langle Z_j, A_k \rangle / \tau}
                  - \langle Z_j, P_j \rangle / \tau \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities.
        x_aug, y_aug : array (B, D)
            Row i belongs to sample i. Augmented versions of the same samples.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
        denominator : {"augmented", "original"}, default "augmented"
            Candidates within a modality: the augmented rows, as in the code of CyCLIP, on which Jiang
            et al. build; or the original rows, with the anchor among them, as in the formula of Jiang
            et al.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `denominator` is not one of its words.

        Notes
        -----
        Here :math:`X'` is the augmented X, and :math:`A_X = X'` (``"augmented"``) or :math:`A_X = X`
        (``"original"``). The first two contrasts are half of `info_nce`. The gradients of all contrasts
        are added. With ``"original"`` and a small temperature the anchor's product with itself
        dominates, and the loss becomes the alignment :math:`(1 - \langle X_j, X'_j \rangle)/\tau`. So
        it does for an anchor that `ids` leave without a negative.
        The cost is three matrices of similarities; ``"original"`` computes half of the tiles of two of
        them.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        S. Goel, H. Bansal, S. Bhatia, R. Rossi, V. Vinay, A. Grover, "CyCLIP", NeurIPS 2022,
        arXiv 2205.14459. Q. Jiang, C. Chen, H. Zhao, L. Chen, Q. Ping, S. D. Tran, Y. Xu, B. Zeng,
        T. Chilimbi, "Understanding and Constructing Latent Modality Structures in Multi-modal
        Representation Learning", CVPR 2023, arXiv 2303.05952.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.multimodal_contrastive(x, x, x, x, temperature=1.0).round(6))
        0.551445
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_aug: Array,
        y_aug: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        denominator: Literal['augmented', 'original'] = 'augmented',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MultimodalContrastiveGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_aug: Array,
        y_aug: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        denominator: Literal['augmented', 'original'] = 'augmented',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MultimodalContrastiveGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        x_aug: Array,
        y_aug: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        denominator: Literal['augmented', 'original'] = 'augmented',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MultimodalContrastiveGrads[Array]]]: ...

multimodal_contrastive: _MultimodalContrastive

class MultimodalSupconGrads(NamedTuple, Generic[Array]):
    """Gradients of `multimodal_supcon`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _MultimodalSupcon(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        labels: Array,
        anchors: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Supervised contrast of two modalities: all pairs of a class match, in both directions.

        .. math:: \frac{1}{2B} \sum_k \Big[ \log \sum_i e^{s_{ki}} + \log \sum_i e^{s_{ik}}
                  - \frac{1}{|P_k|} \sum_{p \in P_k} (s_{kp} + s_{pk}) \Big],
                  \quad s_{ki} = \langle \hat x_k, \hat y_i \rangle / \tau

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities, such as audio and text.
        labels : integer array (B,)
            Class of each sample. The positives :math:`P_k` are the samples of the class of k, with k.
        anchors : bool array (B,), optional
            True for the samples that count, by default all. The others are neither anchors nor
            candidates; they get no gradient.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `reduction` is not one of its words.

        Notes
        -----
        The authors select the samples of the new task and add the directions, which is twice the value.
        Where no sample counts, value and gradient are 0. The derivative of a direction with respect to
        a logit is its softmax, less 1/\|P\| on the positives. Both directions and their positives are
        read from one product. Different labels: `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        U. Cappellazzo, E. Fini, M. Yang, D. Falavigna, A. Brutti, B. Raj, "Continual Contrastive Spoken
        Language Understanding" (COCONUT), Findings of ACL 2024, arXiv 2310.02699. From its abstract and
        its reviews; no code is public, so the reduction is to be verified.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, labels = np.eye(4), np.array([0, 0, 1, 1])
        >>> float(pc.multimodal_supcon(x, x, labels, temperature=1.0).round(6))
        1.243668
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        labels: Array,
        anchors: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MultimodalSupconGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        labels: Array,
        anchors: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MultimodalSupconGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        labels: Array,
        anchors: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MultimodalSupconGrads[Array]]]: ...

multimodal_supcon: _MultimodalSupcon

class MultiviewCodingGrads(NamedTuple, Generic[Array]):
    """Gradients of `multiview_coding`, of the arguments that were differentiated."""

    views: Any
    weights: Array
    temperature: Array

class _MultiviewCoding(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        graph: Literal['full', 'core'] = 'full',
        core: int = 0,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Contrastive multiview coding: both cross-entropies of all pairs, or of those with one view.

        .. math:: \sum_{a<b} \big[ \mathrm{CE}(x_a \to x_b) + \mathrm{CE}(x_b \to x_a) \big] \
                  \text{(full)}, \quad \sum_{b \ne c} \big[ \mathrm{CE}(x_c \to x_b)
                  + \mathrm{CE}(x_b \to x_c) \big] \ \text{(core } c \text{)}

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row is no anchor,
            positive or negative, and averages use the existing views only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        graph : {"full", "core"}, default "full"
            All pairs of views, or the pairs with the core view.
        core : int, >= 0, default 0
            Index of the core view; unused with the full graph.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. The authors' value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree, all
            weights are zero, `graph` or `reduction` is not one of its words, `core` is not an integer
            of at least 0 or `temperature` is not above 0. When `core` is none of the views.

        Notes
        -----
        .. math:: L = \sum_{(a, b)} [\mathrm{CE}(x_a \to x_b) + \mathrm{CE}(x_b \to x_a)]

        over the pairs of the graph: a sum, not a mean. The authors use candidates from a memory bank;
        here the candidates are the batch. The full graph is twice `pairwise_sum`. The value takes
        M (M - 1) / 2 products with the full graph, and M - 1 with the core graph. The order of views
        matters only through `core`.

        With ``graph="full"`` it equals 2 times `pairwise_sum`. Of 2 views with ``graph="core"``
        it equals 2 times `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        Y. Tian, D. Krishnan, P. Isola, "Contrastive Multiview Coding", ECCV 2020, arXiv 1906.05849.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 4)
        >>> float(pc.multiview_coding(views, graph="core", temperature=1.0).round(6))
        3.308668
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        graph: Literal['full', 'core'] = 'full',
        core: int = 0,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MultiviewCodingGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        graph: Literal['full', 'core'] = 'full',
        core: int = 0,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MultiviewCodingGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        graph: Literal['full', 'core'] = 'full',
        core: int = 0,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MultiviewCodingGrads[Array]]]: ...

multiview_coding: _MultiviewCoding

class MvDhelGrads(NamedTuple, Generic[Array]):
    """Gradients of `mv_dhel`, of the arguments that were differentiated."""

    views: Any
    weights: Array
    temperature: Array

class _MvDhel(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Multi-view decoupled hyperspherical energy loss.

        .. math:: \frac{1}{B}
                  \sum_i \Big\{ -\log \sum_{l<l'} e^{\langle u_{il}, u_{il'} \rangle/\tau} + \sum_l \log
                  \sum_{j \ne i} e^{\langle u_{il}, u_{jl} \rangle/\tau} \Big\}

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i. At least two samples.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row is no anchor,
            positive or negative, and averages use the existing views only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. The authors' value on CIFAR and ImageNet-100.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            May be negative.

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree, all
            weights are zero, `temperature` is not above 0 or `reduction` is not one of its words.
            When there are fewer than two samples.

        Notes
        -----
        The formula is that of the authors' code. Their printed formula counts ordered pairs (a
        constant) and includes :math:`j = i`. Only the Gram matrix of each view is computed, and only
        half of its tiles: M / 2 products of B x B x D, M times fewer than the other losses of the
        family. The gradient has softmaxes over the other samples, and minus the softmax over the pairs
        of views. A sample that `ids` leave without a negative has loss 0.

        Of 2 views it equals `dhel`.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        P. Koromilas, E. Georgiou, G. Bouritsas, T. Giannakopoulos, M. A. Nicolaou, Y. Panagakis, "A
        Principled Framework for Multi-View Contrastive Learning", 2025, arXiv 2507.06979.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 4)
        >>> float(pc.mv_dhel(views, temperature=1.0).round(6))
        -0.019171
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MvDhelGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MvDhelGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.5,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MvDhelGrads[Array]]]: ...

mv_dhel: _MvDhel

class MvInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `mv_info_nce`, of the arguments that were differentiated."""

    views: Any
    weights: Array
    temperature: Array

class _MvInfoNce(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        energy: Literal['cross', 'all'] = 'cross',
        temperature: float | Array = 0.5,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Multi-view InfoNCE: all positive pairs of a sample over all its pairs, in one term.

        .. math:: -\frac{1}{B} \sum_i
                  \log \frac{\sum_l \sum_{l' \ne l} e^{\langle u_{il}, u_{il'} \rangle/\tau}}{\sum_l
                  \sum_{(j,m) \in A(i,l)} e^{\langle u_{il}, u_{jm} \rangle/\tau}}

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row is no anchor,
            positive or negative. Samples with fewer than two views have no term.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        energy : {"cross", "all"}, default "cross"
            Pairs in the denominator: those of different views (the authors' formula), or all except a
            row with itself (the authors' code, which produced their reported numbers).
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. The authors' value on CIFAR and ImageNet-100;
            they use 0.1 on ImageNet-1k.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree, all
            weights are zero, `energy` or `reduction` is not one of its words or `temperature` is not
            above 0.

        Notes
        -----
        .. math:: \ell_i = \log E_i - \log P_i, \quad
                  P_i = \sum_l \sum_{l' \ne l} e^{\langle u_{il}, u_{il'} \rangle/\tau}, \quad
                  E_i = \sum_l \sum_{(j,m) \in A(i,l)} e^{\langle u_{il}, u_{jm} \rangle/\tau}

        with :math:`A = \{m \ne l\}` or :math:`A = \{(j, m) \ne (i, l)\}`. Both contain the positives,
        so with the log-sum-exp :math:`N_i` over the other samples the loss is
        :math:`\mathrm{softplus}(N_i - \log P_i)`. A negative gets :math:`q\, e^{s - N_i}` and a
        positive :math:`-q\, e^{s} / P_i`, with :math:`q = \sigma(N_i - \log P_i)`. The value
        takes M (M - 1) / 2 products of B x B x D for "cross", and M^2 / 2 for "all". ``B = 1``: 0.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        P. Koromilas, E. Georgiou, G. Bouritsas, T. Giannakopoulos, M. A. Nicolaou, Y. Panagakis, "A
        Principled Framework for Multi-View Contrastive Learning", 2025, arXiv 2507.06979.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 4)
        >>> float(pc.mv_info_nce(views, temperature=1.0).round(6))
        0.551445
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        energy: Literal['cross', 'all'] = 'cross',
        temperature: float | Array = 0.5,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, MvInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        energy: Literal['cross', 'all'] = 'cross',
        temperature: float | Array = 0.5,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, MvInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        energy: Literal['cross', 'all'] = 'cross',
        temperature: float | Array = 0.5,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MvInfoNceGrads[Array]]]: ...

mv_info_nce: _MvInfoNce

class NPairGrads(NamedTuple, Generic[Array]):
    """Gradients of `n_pair`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _NPair(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        l2: float = 0.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Softmax of each match among the products with all rows of `y`, with a penalty on lengths.

        .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( 1 + \sum_{j \ne i}
                  e^{\langle x_i, y_j \rangle - \langle x_i, y_i \rangle} \Big)
                  + \tfrac{\lambda}{4} \big( |x_i|^2 + |y_i|^2 \big) \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors and their positives, from B different classes. They are
            not normalised.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
            Give the classes here where some repeat.
        l2 : float, >= 0, default 0.0
            Weight :math:`\lambda` of the penalty.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `l2` is negative or `reduction` is not
            one of its words.

        Notes
        -----
        The quarter is that of TensorFlow's loss of this name. ``B = 1``: the penalty alone. So it is
        for an anchor that `ids` leave without a negative.

        With ``l2=0.0`` it equals `info_nce` with ``symmetric=False, normalize=False,
        temperature=1.0``.

        The value does not depend on a permutation of the samples or a common rotation of all
        rows.

        References
        ----------
        K. Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss Objective", NeurIPS 2016.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.n_pair(x, x, l2=0.02).round(6))
        0.561445
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        l2: float = 0.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, NPairGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        l2: float = 0.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, NPairGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        l2: float = 0.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], NPairGrads[Array]]]: ...

n_pair: _NPair

class NsptGrads(NamedTuple, Generic[Array]):
    """Gradients of `nspt`, of the arguments that were differentiated."""

    x: Array
    temperature: Array

class _Nspt(Objective):
    def __call__(
        self,
        x: Array,
        teacher: Array,
        labels: Array,
        anchors: Array,
        *,
        temperature: float | Array = 0.1,
        negatives_from: Literal['student', 'teacher'] = 'student',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Contrast of rehearsed samples: positives of the teacher, negatives of the student.

        .. math:: \frac{1}{|I|} \sum_{k \in I} \Big[ \log \Big( \sum_{p \in P_k} e^{\langle \hat x_k,
                  \hat t_p \rangle / \tau} + \sum_{i : y_i \ne y_k} e^{\langle \hat x_k, \hat x_i
                  \rangle / \tau} \Big) - \frac{1}{|P_k|} \sum_{p \in P_k} \langle \hat x_k, \hat t_p
                  \rangle / \tau \Big],\quad P_k = \{p \in I : y_p = y_k\}

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i. Rows of the student.
        teacher : array (B, D)
            Rows of the same samples from a fixed encoder; they have no gradient.
        labels : integer array (B,)
            Class of each sample.
        anchors : bool array (B,)
            True for the samples that are rehearsed: anchors, and positives of anchors. All samples
            are candidates for negatives. The set I of the formula.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable.
        negatives_from : {"student", "teacher"}, default "student"
            Whose rows the negatives are. The authors found those of the teacher to be worse, as it
            does not know the new classes.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `negatives_from` or `reduction` is not one of its words.

        Notes
        -----
        The teacher's copy of the anchor is one of its positives. Without anchors value and gradient
        are 0. With the softmax over all candidates of an anchor, the derivative with respect to the
        logit of a negative is its softmax, that of a positive less 1/\|P\|. A student row also gets a
        gradient as a negative. Positives and their log-sum-exp are read from one product.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        U. Cappellazzo, E. Fini, M. Yang, D. Falavigna, A. Brutti, B. Raj, "Continual Contrastive Spoken
        Language Understanding" (COCONUT), Findings of ACL 2024, arXiv 2310.02699. From its abstract and
        its reviews; no code is public, so the anchor's own copy as a positive and the reduction are to
        be verified.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, labels, anchors = np.eye(4), np.array([0, 0, 1, 1]), np.ones(4, dtype=bool)
        >>> float(pc.nspt(x, x, labels, anchors, temperature=1.0).round(6))
        1.243668
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        teacher: Array,
        labels: Array,
        anchors: Array,
        *,
        temperature: float | Array = 0.1,
        negatives_from: Literal['student', 'teacher'] = 'student',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, NsptGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        teacher: Array,
        labels: Array,
        anchors: Array,
        *,
        temperature: float | Array = 0.1,
        negatives_from: Literal['student', 'teacher'] = 'student',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, NsptGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        teacher: Array,
        labels: Array,
        anchors: Array,
        *,
        temperature: float | Array = 0.1,
        negatives_from: Literal['student', 'teacher'] = 'student',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], NsptGrads[Array]]]: ...

nspt: _Nspt

class NtXentGrads(NamedTuple, Generic[Array]):
    """Gradients of `nt_xent`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _NtXent(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Normalised temperature-scaled cross-entropy: each of 2B rows against the 2B - 1 others.

        .. math:: \frac{1}{2B}
                  \sum_{a=1}^{2B} \Big[ \log \sum_{b \ne a} e^{\langle z_a, z_b \rangle / \tau}
                  - \langle z_a, z_{p(a)} \rangle / \tau \Big],\quad z = [\hat x; \hat y]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value; the paper uses 0.5 on
            CIFAR-10.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those of `x` first.

        Returns
        -------
        loss : 0-d array, or (2B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `reduction` is not one of its words.

        Notes
        -----
        The partner of row a is :math:`p(a) = a \pm B`. The loss of a row is computed as
        :math:`\mathrm{softplus}(N_a - s_a)` with the log-sum-exp :math:`N_a` over the negatives alone
        and the positive :math:`s_a`, which stays accurate when the loss is tiny. With :math:`q_a =
        \sigma(N_a - s_a)` the gradient weight of a negative pair is :math:`q_a e^{s_{ab} - N_a}`, that
        of the positive is :math:`-q_a`. The 2B x 2B Gram matrix is symmetric, so half of its tiles are
        computed. ``B = 1``: value 0, gradient 0.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        T. Chen, S. Kornblith, M. Norouzi, G. Hinton, "A Simple Framework for Contrastive Learning of
        Visual Representations", ICML 2020, arXiv 2002.05709.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.nt_xent(x, x, temperature=1.0).round(6))
        0.904832
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, NtXentGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, NtXentGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], NtXentGrads[Array]]]: ...

nt_xent: _NtXent

class NwjBoundGrads(NamedTuple, Generic[Array]):
    """Gradients of `nwj_bound`, of the arguments that were differentiated."""

    scores: Any
    temperature: Array

class _NwjBound(Objective):
    def __call__(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""NWJ (f-GAN, MINE-f) lower bound on mutual information: unbiased, of large variance.

        .. math:: \frac{1}{B} \sum_i s_{ii} - \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij} - 1}

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones.
            Or embeddings x and y, as a sequence or one array (2, B, D). The scores are then their
            inner products over the temperature, computed in tiles and never stored, and the gradient
            is a pair as well. A matrix of scores is divided by the temperature, too, and never
            normalised.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            In nats. Maximise it, or minimise its negative. Large scores overflow to -inf.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is not above 0. When
            ``B < 2``, or ranks (``comm=``) share a matrix of scores.

        Notes
        -----
        The bound is never above `dv_bound` of the same scores. Its best critic is 1 plus the log
        density ratio.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        X. Nguyen, M. Wainwright, M. Jordan, "Estimating Divergence Functionals and the Likelihood
        Ratio by Convex Risk Minimization", 2010, arXiv 0809.0853. B. Poole et al., ICML 2019, arXiv
        1905.06922.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.nwj_bound(np.eye(3)).round(6))
        0.632121
        """
        ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, NwjBoundGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, NwjBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], NwjBoundGrads[Array]]]: ...

nwj_bound: _NwjBound

class PairwiseSumGrads(NamedTuple, Generic[Array]):
    """Gradients of `pairwise_sum`, of the arguments that were differentiated."""

    views: Any
    weights: Array
    temperature: Array

class _PairwiseSum(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        average: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""CLIP loss summed over all pairs of views.

        .. math:: \sum_{a<b} \tfrac{1}{2} \big[ \mathrm{CE}(x_a \to x_b)
                  + \mathrm{CE}(x_b \to x_a) \big], \quad \mathrm{CE}(x \to y) = \tfrac{1}{B}
                  \sum_i \Big[ \log \sum_j e^{\langle \hat x_i, \hat y_j \rangle/\tau}
                  - \langle \hat x_i, \hat y_i \rangle/\tau \Big]

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row is no anchor,
            positive or negative, and averages use the existing views only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
        average : bool, default False
            Divide by the number of pairs, M (M - 1) / 2.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree, all
            weights are zero, `temperature` is not above 0 or `reduction` is not one of its words.

        Notes
        -----
        No view is contrasted with itself. One product of a pair of views is used for both directions,
        so the value takes M (M - 1) / 2 products. ``B = 1``: 0.

        Of 2 views it equals `info_nce`.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        A. Radford et al., ICML 2021, arXiv 2103.00020. S. Mander, S. Piao, H. Rahmani, "Contrastive
        Training with More Data", ICLR 2023 tiny papers.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 4)
        >>> float(pc.pairwise_sum(views, temperature=1.0).round(6))
        3.308668
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        average: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, PairwiseSumGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        average: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, PairwiseSumGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        average: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PairwiseSumGrads[Array]]]: ...

pairwise_sum: _PairwiseSum

class PearsonGrads(NamedTuple, Generic[Array]):
    """Gradients of `pearson`, of the arguments that were differentiated."""

    pred: Array
    target: Array

class _Pearson(Objective):
    def __call__(
        self,
        pred: Array,
        target: Array,
        **options: Unpack[Options],
    ) -> Array:
        r"""One minus Pearson's correlation of scores with targets.

        .. math:: 1 - \langle a, b \rangle, \quad a = \frac{s - \bar s}{|s - \bar s|}, \quad
                  b = \frac{t - \bar t}{|t - \bar t|}

        Parameters
        ----------
        pred, target : array (B,)
            Score of each sample. Scores s and targets t. Both have a gradient, and the loss does not
            change when they are exchanged.

        Returns
        -------
        value : 0-d array
            In [0, 2]; 0 when scores are a rising line of targets.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree. When ranks share the batch
            (``comm=``).

        Notes
        -----
        Gradient: :math:`-(b - \langle a, b \rangle a) / |s - \bar s|` for the scores, and likewise for
        the targets. A positive factor or a shift of either changes nothing. When all scores or all
        targets are equal, as for ``B = 1``, there is no correlation: value and gradient are then 0.

        The loss is computed as :math:`|a - b|^2 / 2`, which keeps its digits near 0.

        The value does not depend on a permutation of the samples.

        References
        ----------
        B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for Unified Representation
        Learning in Information Retrieval and Semantic Textual Similarity", 2025, arXiv 2508.11442.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.pearson(np.asarray([0.0, 1.0, 2.0]), np.asarray([1.0, 3.0, 2.0])).round(6))
        0.5
        """
        ...
    @overload
    def value_and_grad(
        self,
        pred: Array,
        target: Array,
        *,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, PearsonGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        pred: Array,
        target: Array,
        *,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, PearsonGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        pred: Array,
        target: Array,
        *,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PearsonGrads[Array]]]: ...

pearson: _Pearson

class PolyViewGrads(NamedTuple, Generic[Array]):
    """Gradients of `poly_view`, of the arguments that were differentiated."""

    views: Any
    weights: Array
    temperature: Array

class _PolyView(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        aggregation: Literal['geometric', 'arithmetic'] = 'geometric',
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""One-vs-rest poly-view contrastive loss: each view against all other views of its sample.

        .. math:: -\frac{1}{BM(M-1)} \sum_{i,\alpha} \sum_{\beta \ne \alpha}
                  \log \frac{e^{s(z_{i\alpha}, z_{i\beta})}}{e^{s(z_{i\alpha}, z_{i\beta})} + \sum_{j
                  \ne i} \sum_\gamma e^{s(z_{i\alpha}, z_{j\gamma})}}

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row is no anchor,
            positive or negative, and averages use the existing views only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        aggregation : {"geometric", "arithmetic"}, default "geometric"
            Mean of the positives' log-probabilities, or logarithm of their mean probability.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value (the paper's is to be
            verified).
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a sample is the mean over
            its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree, all
            weights are zero, `aggregation` or `reduction` is not one of its words or `temperature` is
            not above 0.

        Notes
        -----
        With :math:`s(u, v) = \langle u, v \rangle/\tau` and the log-sum-exp :math:`N_{i\alpha}` over
        all views of the other samples,
        :math:`-\log l_{i\alpha\beta} = \mathrm{softplus}(N_{i\alpha} - s(z_{i\alpha}, z_{i\beta}))`.
        The denominator holds neither the anchor itself nor the sample's further views.

        Each anchor needs one log-sum-exp, whatever the number of positives. With
        :math:`q = \sigma(N - s) = 1 - l`, a positive has the weight :math:`p = q/(M-1)` (geometric) or
        :math:`p = q\, l_\beta / \sum_\beta l` (arithmetic); it gets :math:`-p`, and a negative
        :math:`\sum_\beta p\; e^{s - N}`. Half of the tiles of one MB x MB Gram matrix are computed.
        ``B = 1``: value 0, gradient 0. Arithmetic is at most geometric.
        In expectation :math:`I(x_\alpha; x_{\text{rest}}) \ge \log(MB - M + 1) - L`.

        Of 2 views with ``aggregation="geometric"`` it equals `nt_xent`. Of 2 views with
        ``aggregation="arithmetic"`` it equals `nt_xent`.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        A. Shidani, D. Hjelm, J. Ramapuram, R. Webb, E. G. Dhekane, D. Busbridge, "Poly-View
        Contrastive Learning", ICLR 2024, arXiv 2403.05490.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 4)
        >>> float(pc.poly_view(views, temperature=1.0).round(6))
        1.371951
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        aggregation: Literal['geometric', 'arithmetic'] = 'geometric',
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, PolyViewGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        aggregation: Literal['geometric', 'arithmetic'] = 'geometric',
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, PolyViewGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        aggregation: Literal['geometric', 'arithmetic'] = 'geometric',
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PolyViewGrads[Array]]]: ...

poly_view: _PolyView

class PreferenceRankingGrads(NamedTuple, Generic[Array]):
    """Gradients of `preference_ranking`, of the arguments that were differentiated."""

    pred: Array
    temperature: Array

class _PreferenceRanking(Objective):
    def __call__(
        self,
        pred: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        eps: float = 1e-08,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each score among those with lower targets, scaled by the gaps of targets.

        .. math:: \frac{1}{K} \sum_k \Big[ \log \Big( e^{w_k s_k / \tau} + \sum_{j:\, t_k - t_j >
                  \epsilon} e^{(t_k - t_j) s_j / \tau} \Big) - w_k s_k / \tau \Big], \quad
                  w_k = \max_j (t_k - t_j)

        Parameters
        ----------
        pred : array (B,)
            Score of each sample. Scores s.
        target : array (B,)
            Number that says how high each sample should score; equal ones tie. Without a gradient.
            Numbers t whose gaps scale the scores. Without a gradient.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. The published value.
        eps : float, >= 0, default 1e-08
            Largest gap of two targets that count as equal.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One of each sample. Those with no
            lower target are 0, and K is the number of the others.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0, `eps` is
            negative or `reduction` is not one of its words. When ranks share the batch (``comm=``).

        Notes
        -----
        Gradient of a term: each share in the sum times its gap over the temperature, less :math:`w_k /
        \tau` for its own score. A shift of the targets changes nothing, and targets times c are the
        temperature over c. With targets 0 and 1 every positive has the InfoNCE loss against all scores
        with target 0. Equal targets or ``B = 1``: 0.

        The scaled scores are inner products of two numbers, :math:`(t_k, -1)` and :math:`(s_j, t_j
        s_j)`, so that they are computed in tiles and never stored. In main memory the work is O(B L)
        for L different targets; elsewhere it is O(B^2).

        The value does not depend on a permutation of the samples.

        References
        ----------
        B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for Unified Representation
        Learning in Information Retrieval and Semantic Textual Similarity", 2025, arXiv 2508.11442;
        after F. Song et al., "Preference Ranking Optimization for Human Alignment", AAAI 2024, arXiv
        2306.17492.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> scores, target = np.asarray([0.5, 0.0, 0.0]), np.asarray([1.0, 0.0, 0.0])
        >>> float(pc.preference_ranking(scores, target, temperature=1.0).round(6))
        0.794375
        """
        ...
    @overload
    def value_and_grad(
        self,
        pred: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        eps: float = 1e-08,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, PreferenceRankingGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        pred: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        eps: float = 1e-08,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, PreferenceRankingGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        pred: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        eps: float = 1e-08,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PreferenceRankingGrads[Array]]]: ...

preference_ranking: _PreferenceRanking

class ProxyAnchorGrads(NamedTuple, Generic[Array]):
    """Gradients of `proxy_anchor`, of the arguments that were differentiated."""

    z: Array
    proxies: Array

class _ProxyAnchor(Objective):
    def __call__(
        self,
        z: Array,
        proxies: Array,
        labels: Array,
        *,
        margin: float = 0.1,
        alpha: float = 32.0,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""One learned proxy of each class as the anchor, with all rows of the batch as its pairs.

        .. math:: \frac{1}{|C^+|} \sum_{c \in C^+} \log \Big( 1
                  + \sum_{y_i = c} e^{-\alpha (s_{ic} - \delta)} \Big)
                  + \frac{1}{C} \sum_c \log \Big( 1
                  + \sum_{y_i \ne c} e^{\alpha (s_{ic} + \delta)} \Big)

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i.
        proxies : array (C, D)
            Row c stands for class c.
        labels : integer array (B,), from 0 to C - 1
            Class of each row.
        margin : float, default 0.1
            The margin :math:`\delta`.
        alpha : float, > 0, default 32.0
            Sharpness of both sums.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `labels` is not from 0 to C - 1,
            `margin` is not finite or `alpha` is not above 0.

        Notes
        -----
        Here :math:`s_{ic}` is the product of row i and proxy c, and :math:`C^+` holds the classes of
        the batch. The work is linear in the number of rows. The gradient weight of a pair is
        :math:`\alpha` times its softmax among the pairs of its sum and one more candidate of logit 0.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        S. Kim, D. Kim, M. Cho, S. Kwak, "Proxy Anchor Loss for Deep Metric Learning", CVPR 2020,
        arXiv 2003.13911.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> z = np.eye(3)
        >>> float(pc.proxy_anchor(z, z, np.arange(3), alpha=1.0).round(6))
        1.507531
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        proxies: Array,
        labels: Array,
        *,
        margin: float = 0.1,
        alpha: float = 32.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, ProxyAnchorGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        proxies: Array,
        labels: Array,
        *,
        margin: float = 0.1,
        alpha: float = 32.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, ProxyAnchorGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        proxies: Array,
        labels: Array,
        *,
        margin: float = 0.1,
        alpha: float = 32.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ProxyAnchorGrads[Array]]]: ...

proxy_anchor: _ProxyAnchor

class RankKlGrads(NamedTuple, Generic[Array]):
    """Gradients of `rank_kl`, of the arguments that were differentiated."""

    pred: Array
    temperature: Array

class _RankKl(Objective):
    def __call__(
        self,
        pred: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        **options: Unpack[Options],
    ) -> Array:
        r"""Divergence of the softmax of scores from an ideal one, made of the ranks of targets.

        .. math:: \frac{1}{B} \sum_i q_i \log \frac{q_i}{p_i}, \quad p = \mathrm{softmax}(s / \tau),
                  \quad q = \mathrm{softmax}(e / \tau), \quad e_i = \frac{B - 1 - r_i}{B - 1}

        Parameters
        ----------
        pred : array (B,)
            Score of each sample. Scores s.
        target : array (B,)
            Number that says how high each sample should score; equal ones tie. Without a gradient.
            Numbers whose ranks r, from 0 for the largest, make the ideal scores e. Equal ones share
            the mean of their ranks. Without a gradient.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. Of both distributions. The published value.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is not above 0. When
            ranks share the batch (``comm=``).

        Notes
        -----
        Gradient: :math:`(p - q) / (B \tau)`. The temperature acts on both: Euler's theorem. The factor
        1 / B is that of the published code. It is 0 where scores are the ideal ones plus a constant,
        and for ``B = 1``. O(B log B).

        The value does not depend on a permutation of the samples.

        References
        ----------
        B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for Unified Representation
        Learning in Information Retrieval and Semantic Textual Similarity", 2025, arXiv 2508.11442.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> scores, target = np.asarray([1.0, 0.0]), np.asarray([0.1, 0.7])
        >>> float(pc.rank_kl(scores, target, temperature=1.0).round(6))
        0.231059
        """
        ...
    @overload
    def value_and_grad(
        self,
        pred: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, RankKlGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        pred: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, RankKlGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        pred: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], RankKlGrads[Array]]]: ...

rank_kl: _RankKl

class SbclGrads(NamedTuple, Generic[Array]):
    """Gradients of `sbcl`, of the arguments that were differentiated."""

    views: Any
    temperature: Array
    class_temperature: Array

class _Sbcl(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        labels: Array,
        clusters: Array,
        *,
        temperature: float | Array = 0.1,
        class_temperature: float | Array = 0.2,
        beta: float = 0.25,
        base_temperature: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Subclass-balancing contrast: of the rows of a subclass, and of the subclasses of a class.

        .. math:: \frac{1}{MB} \sum_r \Big[ \log \sum_{q \ne r} e^{s_{rq}/\tau} - \frac{1}{|F_r|}
                  \sum_{q \in F_r} \frac{s_{rq}}{\tau} + \beta \Big( \log \sum_{q \in O_r \cup D_r}
                  e^{s_{rq}/T} - \frac{1}{|G_r|} \sum_{q \in G_r} \frac{s_{rq}}{T} \Big) \Big]

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least one view; row i of each belongs to sample i.
        labels : integer array (B,)
            Class of each sample; below C where `class_temperature` has a number for each class.
        clusters : integer array (B,)
            Subclass of each sample.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. Of the subclass term.
        class_temperature : float, 0-d array or array (C,), > 0, default 0.2
            Temperature of the classes, one for all or one for each, differentiable. The T of the
            formula, that of the class of row r.
        beta : float, >= 0, default 0.25
            Weight of the class term.
        base_temperature : float, > 0, optional
            If given, the subclass term is multiplied by ``temperature / base_temperature``, as in the
            authors' code.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are MB, those of the first view
            first.

        Returns
        -------
        loss : 0-d array, or (M B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature`, `class_temperature` or
            `base_temperature` is not above 0, `beta` is negative or `reduction` is not one of its
            words. When a label is no index into `class_temperature`.

        Notes
        -----
        Here :math:`s_{rq} = \langle \hat z_r, \hat z_q \rangle`, :math:`F_r` are the other rows of the
        subclass, :math:`O_r` the other views of the sample, :math:`D_r` the rows of other subclasses,
        and :math:`G_r` those of :math:`O_r` and of the rows of the class in :math:`D_r`. So the class
        term does not contain other samples of the same subclass. That the own views are positives in it
        is what the authors' code does. A term without positives is 0. The derivative of a term with
        respect to a logit is its softmax, less one over their number on the positives. The class term
        takes a product of its own, of which half is computed where all classes have one temperature.
        ``beta=0`` with clusters as labels: `sup_con`, and the class term is not computed.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        C. Hou, J. Zhang, H. Wang, T. Zhou, "Subclass-balancing Contrastive Learning for Long-tailed
        Recognition", ICCV 2023, arXiv 2306.15925.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views, labels = np.stack([np.eye(4)] * 2), np.array([0, 0, 0, 1])
        >>> clusters = np.array([0, 0, 1, 2])
        >>> float(pc.sbcl(views, labels, clusters, temperature=1.0, beta=1.0).round(6))
        4.198536
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        labels: Array,
        clusters: Array,
        *,
        temperature: float | Array = 0.1,
        class_temperature: float | Array = 0.2,
        beta: float = 0.25,
        base_temperature: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, SbclGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        labels: Array,
        clusters: Array,
        *,
        temperature: float | Array = 0.1,
        class_temperature: float | Array = 0.2,
        beta: float = 0.25,
        base_temperature: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, SbclGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        labels: Array,
        clusters: Array,
        *,
        temperature: float | Array = 0.1,
        class_temperature: float | Array = 0.2,
        beta: float = 0.25,
        base_temperature: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SbclGrads[Array]]]: ...

sbcl: _Sbcl

class SepclrGrads(NamedTuple, Generic[Array]):
    """Gradients of `sepclr`, of the arguments that were differentiated."""

    common_x: Array
    common_y: Array
    salient_x: Array
    salient_y: Array
    temperature: Array

class _Sepclr(Objective):
    def __call__(
        self,
        common_x: Array,
        common_y: Array,
        salient_x: Array,
        salient_y: Array,
        labels: Array,
        *,
        temperature: float | Array = 0.5,
        uniform_weight: float = 2.0,
        salient_weight: float = 1000.0,
        null_weight: float = 1000.0,
        mi_weight: float = 10.0,
        **options: Unpack[Options],
    ) -> Array:
        r"""Alignment and uniformity in two spaces, a null code, and independence of both spaces.

        .. math:: A(c^x, c^y) + \tfrac{u}{2} (U(c^x) + U(c^y))
                  + s \big[ A_T(s^x, s^y) + \tfrac{u}{2} (U(\tilde s^x) + U(\tilde s^y)) \big]
                  + n \, Z_0(s) + \tfrac{m}{2} (H(c^x, \tilde s^x) + H(c^y, \tilde s^y))

        Parameters
        ----------
        common_x, common_y : array (B, D)
            Row i belongs to sample i. Two views in the common space, of at least 2 samples. Rows are
            scaled to unit length.
        salient_x, salient_y : array (B, E)
            The same views in the salient space; rows are not scaled.
        labels : integer array (B,)
            0 for background. All other labels are those of targets.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. Square of the width of the kernels.
        uniform_weight : float, >= 0, default 2.0
            Weight u of uniformity, against alignment.
        salient_weight, null_weight : float, >= 0, default 1000.0
            Weights s and n of the salient space and of its null code. The authors have 1000 and 1000
            on CelebA, 1 and 10 on CheXpert, 1 and 100 on ODIR.
        mi_weight : float, >= 0, default 10.0
            Weight m of the dependence of the spaces.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0 or
            `uniform_weight`, `salient_weight`, `null_weight` or `mi_weight` is negative. When ``B <
            2``, as there is no pair of samples.

        Notes
        -----
        A is the mean of :math:`|u - v|^2 / (2 \tau)`, over targets for :math:`A_T`; U is the log of the
        mean of :math:`e^{-|u_i - u_j|^2 / (2 \tau)}` over pairs; H is `joint_entropy`. Salient rows of
        the background are set to 0 in :math:`\tilde s`, which is then a constant. :math:`Z_0` is the
        mean of :math:`|s|^2 / (2 \tau)` over the background in both views. A mean over no samples is 0.
        Each view has three Gram matrices: of :math:`c`, of :math:`\tilde s`, and of both next to each
        other. Half of their tiles are computed. Rows are centred before their distances are taken.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        R. Louiset, E. Duchesnay, A. Grigis, P. Gori, "Separating common from salient patterns with
        Contrastive Representation Learning", ICLR 2024, arXiv 2402.11928.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, s = np.eye(2), np.zeros((2, 1))
        >>> float(pc.sepclr(x, x, s, s, np.asarray([0, 1])).round(4))
        -9.6622
        """
        ...
    @overload
    def value_and_grad(
        self,
        common_x: Array,
        common_y: Array,
        salient_x: Array,
        salient_y: Array,
        labels: Array,
        *,
        temperature: float | Array = 0.5,
        uniform_weight: float = 2.0,
        salient_weight: float = 1000.0,
        null_weight: float = 1000.0,
        mi_weight: float = 10.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, SepclrGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        common_x: Array,
        common_y: Array,
        salient_x: Array,
        salient_y: Array,
        labels: Array,
        *,
        temperature: float | Array = 0.5,
        uniform_weight: float = 2.0,
        salient_weight: float = 1000.0,
        null_weight: float = 1000.0,
        mi_weight: float = 10.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, SepclrGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        common_x: Array,
        common_y: Array,
        salient_x: Array,
        salient_y: Array,
        labels: Array,
        *,
        temperature: float | Array = 0.5,
        uniform_weight: float = 2.0,
        salient_weight: float = 1000.0,
        null_weight: float = 1000.0,
        mi_weight: float = 10.0,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SepclrGrads[Array]]]: ...

sepclr: _Sepclr

class SigmoidContrastiveGrads(NamedTuple, Generic[Array]):
    """Gradients of `sigmoid_contrastive`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array
    bias: Array

class _SigmoidContrastive(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        bias: float | Array = -10.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Logistic loss of every pair separately, without a normaliser.

        .. math:: -\frac{1}{B} \sum_{ij}
                  \log \sigma\big( z_{ij} ( \langle \hat x_i, \hat y_j \rangle / \tau + b ) \big),
                  \quad z_{ij} = 2 \cdot 1[i = j] - 1

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The paper learns :math:`t = 1/\tau`, from 10.
        bias : float or 0-d array, default -10.0
            Differentiable. Added to every logit. The paper starts it at -10, near the prior.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One per row of `x`, with its B pairs:
            the mean divides the sum over all pairs by B, not by B^2.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not above 0, `bias`
            is not finite or `reduction` is not one of its words.

        Notes
        -----
        With :math:`l_{ij} = \langle \hat x_i, \hat y_j \rangle/\tau + b`,

        .. math:: \ell_i = \mathrm{softplus}(-l_{ii}) + \sum_{j \ne i} \mathrm{softplus}(l_{ij}).

        Gradient: :math:`\sigma(l_{ij})` for pairs, :math:`-\sigma(-l_{ii})` for matches. The product
        of all pairs is computed once for the value and three times with the gradient, tiled or not.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        X. Zhai, B. Mustafa, A. Kolesnikov, L. Beyer, "Sigmoid Loss for Language Image Pre-Training",
        ICCV 2023, arXiv 2303.15343.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.sigmoid_contrastive(x, x, temperature=1.0, bias=0.0).round(6))
        1.699556
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        bias: float | Array = -10.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, SigmoidContrastiveGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        bias: float | Array = -10.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, SigmoidContrastiveGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        bias: float | Array = -10.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SigmoidContrastiveGrads[Array]]]: ...

sigmoid_contrastive: _SigmoidContrastive

class SmileBoundGrads(NamedTuple, Generic[Array]):
    """Gradients of `smile_bound`, of the arguments that were differentiated."""

    scores: Any
    temperature: Array

class _SmileBound(Objective):
    def __call__(
        self,
        scores: Array | Sequence[Array],
        *,
        clip: float = 5.0,
        surrogate: Literal['jsd', None] = 'jsd',
        temperature: float | Array = 1.0,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""SMILE estimate of mutual information: clipped scores trade variance for bias.

        .. math:: \frac{1}{B} \sum_i s_{ii} - \log \frac{1}{B(B-1)}
                  \sum_{i \ne j} e^{\mathrm{clip}(s_{ij}, -c, c)}

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones.
            Or embeddings x and y, as a sequence or one array (2, B, D). The scores are then their
            inner products over the temperature, computed in tiles and never stored, and the gradient
            is a pair as well. A matrix of scores is divided by the temperature, too, and never
            normalised.
        clip : float, > 0, default 5.0
            Scores of independent samples are clipped to [-clip, clip]; the paper's values are 1, 5
            and infinity.
        surrogate : {"jsd", None}, default "jsd"
            The source of the gradient: `jsd_bound`, as published, or (None) the estimate itself.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            In nats. It is not a bound.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `clip` or `temperature` is not above 0
            or `surrogate` is not one of its words. When ``B < 2``, or ranks (``comm=``) share a
            matrix of scores.

        Notes
        -----
        ``clip=math.inf, surrogate=None`` is `dv_bound`.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        With ``surrogate="jsd"`` the gradient is by definition not that of the value, and finite
        differences do not apply to it.

        References
        ----------
        J. Song, S. Ermon, "Understanding the Limitations of Variational Mutual Information
        Estimators", ICLR 2020, arXiv 1910.06222.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.smile_bound(8 * np.eye(3)).round(6))
        8.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        clip: float = 5.0,
        surrogate: Literal['jsd', None] = 'jsd',
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, SmileBoundGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        clip: float = 5.0,
        surrogate: Literal['jsd', None] = 'jsd',
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, SmileBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        *,
        clip: float = 5.0,
        surrogate: Literal['jsd', None] = 'jsd',
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SmileBoundGrads[Array]]]: ...

smile_bound: _SmileBound

class SoftTopKGrads(NamedTuple, Generic[Array]):
    """Gradients of `soft_top_k`, of the arguments that were differentiated."""

    scores: Array
    cotangent: Array

class _SoftTopK(Objective):
    def __call__(
        self,
        scores: Array,
        cotangent: Array | None = None,
        *,
        k: float | Array = 5,
        alpha: float = 2.0,
        **options: Unpack[Options],
    ) -> Array:
        r"""Smooth indicator of the k largest scores of each row.

        .. math:: p_{ij} = \sigma \big( \alpha (s_{ij} + t_i) \big), \quad t_i \text{ such that }
                  \sum_j p_{ij} = k_i

        Parameters
        ----------
        scores : array (B, L)
            Scores of each row.
        cotangent : array (B, L), optional
            Scores of each row. Weight of each entry. The value is then the weighted sum of all
            entries.
        k : float, 0-d array or array (B,), > 0, default 5
            Sum of each row, above 0 and below L; one number, or one of each row. Without a gradient.
        alpha : float, > 0, default 2.0
            Sharpness; at large ones the operator is the indicator itself. The published value.

        Returns
        -------
        indicator : array (B, L), or 0-d array with `cotangent`
            Each row adds up to k.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `k` or `alpha` is not above 0. When
            ranks share the batch (``comm=``). When k is not below L. Where JAX traces k, the result
            is then nan.

        Notes
        -----
        With :math:`v = \alpha p (1 - p)` the pullback of g is :math:`v g - v \sum_j v g / \sum_j v`. So
        each row of the Jacobian adds up to 0, and a shift of a row changes nothing.

        The shift t is the root of a function in logarithms, which has no cancellation, by Newton's
        method with a bracket: a sort and usually 2 to 6 passes. The published code halves an interval
        32 times. `soft_top_k.value_and_grad` needs `cotangent`; `soft_top_k.vjp` takes one of the
        array's shape.

        The value does not depend on a permutation of the samples.

        References
        ----------
        N. Gupta et al., "Dual-Encoders for Extreme Multi-Label Classification", ICLR 2024,
        arXiv 2310.10636.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> pc.soft_top_k(np.asarray([[3.0, 1.0, -1.0, -3.0]]), k=2).round(6)
        array([[0.997527, 0.880797, 0.119203, 0.002473]])
        """
        ...
    @overload
    def value_and_grad(
        self,
        scores: Array,
        cotangent: Array | None = None,
        *,
        k: float | Array = 5,
        alpha: float = 2.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, SoftTopKGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        scores: Array,
        cotangent: Array | None = None,
        *,
        k: float | Array = 5,
        alpha: float = 2.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, SoftTopKGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array,
        cotangent: Array | None = None,
        *,
        k: float | Array = 5,
        alpha: float = 2.0,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SoftTopKGrads[Array]]]: ...

soft_top_k: _SoftTopK

class SufficientStatisticsGrads(NamedTuple, Generic[Array]):
    """Gradients of `sufficient_statistics`, of the arguments that were differentiated."""

    views: Any
    weights: Array
    temperature: Array

class _SufficientStatistics(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        normalize_mean: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Sufficient-statistics poly-view loss: each view against the mean of the others.

        .. math:: -\frac{1}{BM} \sum_{i,\alpha}
                  \log \frac{e^{s(z_{i\alpha}, T_{i\alpha})}}{e^{s(z_{i\alpha}, T_{i\alpha})} + \sum_{j
                  \ne i} \sum_\gamma e^{s(z_{i\alpha}, T_{j\gamma})}},
                  \quad T_{j\gamma} = \frac{1}{M-1} \sum_{\beta \ne \gamma} z_{j\beta}

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row is no anchor,
            positive or negative, and averages use the existing views only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value (the paper's is to be
            verified).
        normalize : bool, default True
            Scale rows to unit length first.
        normalize_mean : bool, default False
            Scale the means to unit length too (whether the paper does is to be verified).
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a sample is the mean over
            its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or devices disagree, all
            weights are zero, `temperature` is not above 0 or `reduction` is not one of its words.

        Notes
        -----
        With :math:`s(u, v) = \langle u, v \rangle/\tau` and the log-sum-exp :math:`N_{i\alpha}` of
        :math:`s(z_{i\alpha}, T_{j\gamma})` over the other samples, the loss of an anchor is
        :math:`\mathrm{softplus}(N_{i\alpha} - s(z_{i\alpha}, T_{i\alpha}))`. The sample's own
        :math:`T_{i\gamma}`, :math:`\gamma \ne \alpha`, contain the anchor and are left out.

        Without `normalize_mean` the logits are block sums of the symmetric Gram matrix of the views,
        :math:`\langle z, T_{j\gamma} \rangle = (\sum_\beta \langle z, z_{j\beta} \rangle -
        \langle z, z_{j\gamma} \rangle)/(M-1)`, so half of its tiles are computed, and no product
        with the means. ``B = 1``: 0. A mean of zero with `normalize_mean` stays zero and gets
        gradient 0.

        Of 2 views it equals `nt_xent`.

        The value does not depend on a permutation of the samples, a permutation of the views, a
        common rotation of all rows or the length of single rows where they are normalised.

        References
        ----------
        A. Shidani, D. Hjelm, J. Ramapuram, R. Webb, E. G. Dhekane, D. Busbridge, "Poly-View
        Contrastive Learning", ICLR 2024, arXiv 2403.05490.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 4)
        >>> float(pc.sufficient_statistics(views, temperature=1.0).round(6))
        1.371951
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        normalize_mean: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, SufficientStatisticsGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        normalize_mean: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, SufficientStatisticsGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        mask: Array | None = None,
        weights: Array | None = None,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        normalize_mean: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SufficientStatisticsGrads[Array]]]: ...

sufficient_statistics: _SufficientStatistics

class SupConGrads(NamedTuple, Generic[Array]):
    """Gradients of `sup_con`, of the arguments that were differentiated."""

    z: Any
    temperature: Array

class _SupCon(Objective):
    def __call__(
        self,
        z: Array | Sequence[Array],
        labels: Array,
        *,
        temperature: float | Array = 0.07,
        variant: Literal['out', 'in'] = 'out',
        normalize: bool = True,
        base_temperature: float | None = None,
        anchors: int | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""Supervised contrastive loss: all rows of a class pull together, against all other rows.

        .. math:: \frac{1}{N} \sum_i \Big[ \log \sum_{a \ne i} e^{\langle \hat z_i, \hat z_a \rangle
                  / \tau} - \frac{1}{|P_i|} \sum_{p \in P_i} \langle \hat z_i, \hat z_p \rangle / \tau
                  \Big],\quad P_i = \{p \ne i : y_p = y_i\}

        Parameters
        ----------
        z : array (M, B, D) or (B, D), or sequence of M arrays (B, D)
            At least one view; row i of each belongs to sample i. Rows with a label each, or views of
            samples with a label each. All MB rows count.
        labels : integer array (B,)
            Class of each sample.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. The value of the authors' code.
        variant : {"out", "in"}, default "out"
            ``"out"`` has the mean over the positives outside of the logarithm, ``"in"`` inside.
        normalize : bool, default True
            Scale rows to unit length first.
        base_temperature : float, > 0, optional
            If given, the loss is multiplied by ``temperature / base_temperature``, as in the authors'
            code.
        anchors : int, >= 1, optional
            Number of anchors: only so many views, or rows where there are no views, the first ones.
            All rows remain candidates. Default: all.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for each anchor, those
            of the first view first.

        Returns
        -------
        loss : 0-d array, or (N,) for ``reduction="none"``, with N anchors

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or `base_temperature` is
            not above 0, `variant` or `reduction` is not one of its words or `anchors` is not an
            integer of at least 1. When there are fewer views or rows than `anchors`.

        Notes
        -----
        An anchor without positives has loss 0 and gradient 0, and still counts in the mean. With the
        softmax :math:`p_{ia}` over :math:`a \ne i`, the derivative with respect to a logit is
        :math:`p_{ia} - t_{ia}`, where t is 1/\|P\| on the positives for ``"out"``, and their own
        softmax for ``"in"``:

        .. math:: \ell^{in}_i = \log|P_i| + \mathrm{softplus}\big(\mathrm{LSE}_{Q_i} -
                  \mathrm{LSE}_{P_i}\big),

        with the rows :math:`Q_i` of other classes. It is at most :math:`\ell^{out}_i`. Log-sum-exp and
        mean are read from one product, of which half is computed, in O(N D) memory when tiled. With
        ``comm=`` and several views give them as views: rows of ranks that are joined view by view
        would change places. Two views and different labels: `nt_xent`.

        The value does not depend on a common rotation of all rows or the length of single rows
        where they are normalised.

        References
        ----------
        P. Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, arXiv 2004.11362.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.sup_con(np.eye(4), np.array([0, 0, 1, 1]), temperature=1.0).round(6))
        1.098612
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array | Sequence[Array],
        labels: Array,
        *,
        temperature: float | Array = 0.07,
        variant: Literal['out', 'in'] = 'out',
        normalize: bool = True,
        base_temperature: float | None = None,
        anchors: int | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, SupConGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array | Sequence[Array],
        labels: Array,
        *,
        temperature: float | Array = 0.07,
        variant: Literal['out', 'in'] = 'out',
        normalize: bool = True,
        base_temperature: float | None = None,
        anchors: int | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, SupConGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array | Sequence[Array],
        labels: Array,
        *,
        temperature: float | Array = 0.07,
        variant: Literal['out', 'in'] = 'out',
        normalize: bool = True,
        base_temperature: float | None = None,
        anchors: int | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SupConGrads[Array]]]: ...

sup_con: _SupCon

class ToleranceGrads(NamedTuple, Generic[Array]):
    """Gradients of `tolerance`, of the arguments that were differentiated."""

    z: Array

class _Tolerance(Objective):
    def __call__(
        self,
        z: Array,
        labels: Array,
        *,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Mean similarity of two rows with one label; higher is more tolerant.

        .. math:: \frac{1}{P} \sum_{i < j} 1[y_i = y_j] \, \langle \hat z_i, \hat z_j \rangle

        Parameters
        ----------
        z : array (N, D)
            Rows.
        labels : integer array (N,)
            Classes of the rows. P is the number of pairs with equal ones.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        value : 0-d array
            In [-1, 1] for unit rows, 1 when all coincide.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree. When no two rows have one label. Where
            JAX traces the call, the value is nan instead.

        Notes
        -----
        Gradient: the sum of the other rows of the class, over P. The measure pairs with `uniformity`.
        The paper's expectation multiplies by the indicator; this is the mean over the pairs of a class.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        F. Wang, H. Liu, "Understanding the Behaviour of Contrastive Loss", CVPR 2021,
        arXiv 2012.09740.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.tolerance(np.ones((3, 2)), np.asarray([0, 0, 1])).round(6))
        1.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, ToleranceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, ToleranceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        labels: Array,
        *,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ToleranceGrads[Array]]]: ...

tolerance: _Tolerance

class TubaBoundGrads(NamedTuple, Generic[Array]):
    """Gradients of `tuba_bound`, of the arguments that were differentiated."""

    scores: Any
    log_baseline: Array
    temperature: Array

class _TubaBound(Objective):
    def __call__(
        self,
        scores: Array | Sequence[Array],
        log_baseline: Array,
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""TUBA lower bound on mutual information, with a baseline for each sample.

        .. math:: 1 + \frac{1}{B} \sum_i (s_{ii} - a_i) - \frac{1}{B(B-1)}
                  \sum_{i \ne j} e^{s_{ij} - a_i}

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for independent ones.
            Or embeddings x and y, as a sequence or one array (2, B, D). The scores are then their
            inner products over the temperature, computed in tiles and never stored, and the gradient
            is a pair as well. A matrix of scores is divided by the temperature, too, and never
            normalised.
        log_baseline : array (B,)
            Logarithm :math:`a_i` of an estimate of the normaliser of row i, differentiable.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            In nats. Maximise it, or minimise its negative. When a score is far above its baseline, it
            overflows to -inf.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is not above 0. When
            ``B < 2``, or ranks (``comm=``) share a matrix of scores.

        Notes
        -----
        The bound is unbiased for a given baseline. With :math:`a_i = 1` it is `nwj_bound`. With the
        best constant, the logarithm of the mean exponential of all other scores, it is `dv_bound`.

        The value does not depend on a permutation of the samples, a common rotation of all rows
        or the length of single rows where they are normalised.

        References
        ----------
        B. Poole, S. Ozair, A. van den Oord, A. Alemi, G. Tucker, "On Variational Bounds of Mutual
        Information", ICML 2019, arXiv 1905.06922.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.tuba_bound(np.eye(3), np.zeros(3)).round(6))
        1.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        log_baseline: Array,
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, TubaBoundGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        log_baseline: Array,
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, TubaBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        log_baseline: Array,
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], TubaBoundGrads[Array]]]: ...

tuba_bound: _TubaBound

class UniformityGrads(NamedTuple, Generic[Array]):
    """Gradients of `uniformity`, of the arguments that were differentiated."""

    z: Array

class _Uniformity(Objective):
    def __call__(
        self,
        z: Array,
        *,
        t: float = 2.0,
        normalize: bool = True,
        **options: Unpack[Options],
    ) -> Array:
        r"""Logarithm of the mean Gaussian potential of all pairs of rows; lower is more even.

        .. math:: \log \frac{2}{N(N-1)} \sum_{i<j} e^{-t |\hat z_i - \hat z_j|^2}

        Parameters
        ----------
        z : array (N, D)
            At least two rows.
        t : float, > 0, default 2.0
            Sharpness of the potential; the paper's value.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        value : 0-d array
            In [-4t, 0] for unit rows, 0 when all coincide.

        Raises
        ------
        ValueError, TypeError
            When `z` is not a real floating array (N, D) or `t` is not above 0. When there are fewer
            than two rows.

        Notes
        -----
        For two views the authors average ``uniformity(x)`` and ``uniformity(y)``. With the softmax
        :math:`W` over all pairs the gradient is :math:`-2t\,(\mathrm{diag}(W 1)\, z - W z)`. Squared
        distances come from inner products, as a log-sum-exp, so distant points do not underflow. Half
        of the tiles are computed.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or a common shift of all rows where
        they are not normalised.

        References
        ----------
        T. Wang, P. Isola, "Understanding Contrastive Representation Learning through Alignment and
        Uniformity on the Hypersphere", ICML 2020, arXiv 2005.10242.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.uniformity(np.eye(3)).round(6))
        -4.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        *,
        t: float = 2.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, UniformityGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        *,
        t: float = 2.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, UniformityGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        *,
        t: float = 2.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], UniformityGrads[Array]]]: ...

uniformity: _Uniformity

class WeightedNtXentGrads(NamedTuple, Generic[Array]):
    """Gradients of `weighted_nt_xent`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _WeightedNtXent(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        weights: Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **options: Unpack[Options],
    ) -> Array:
        r"""NT-Xent with importance weights of samples, as anchors and as negatives.

        .. math:: \frac{1}{\sum_a w_a} \sum_{a=1}^{2B} w_a \Big[ \log \Big( e^{s_{a, p(a)}} +
                  (2B - 2) \frac{\sum_{b \ne a, p(a)} w_b e^{s_{ab}}}{\sum_{b \ne a, p(a)} w_b} \Big)
                  - s_{a, p(a)} \Big],\quad s_{ab} = \langle z_a, z_b \rangle / \tau

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views.
        weights : array (B,)
            Non-negative weight of each sample, at least two of them above zero; constants. "mean"
            divides by their sum. Both views of a sample share one.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. Those of a sample's two views are
            averaged.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, all weights are zero, `temperature` is
            not above 0 or `reduction` is not one of its words. When a single sample of several has a
            weight above zero, as it then has no negatives.

        Notes
        -----
        The rows :math:`z = [\hat x; \hat y]` and partners :math:`p(a) = a \pm B` are those of
        `nt_xent`. A common factor of the weights changes nothing. A sample of weight 0 is neither
        anchor nor negative, and its gradient is 0. Only half of the Gram matrix is computed, with
        :math:`\log w` added along its rows and columns.
        ``B = 1``: value 0, gradient 0. There are no `ids`, as the weighted mean is one of all others.

        The paper changes the sampler alone: real data are repeated :math:`\beta` times as often as
        generated data. This loss is the self-normalised estimate of the same objective from a batch
        that was drawn otherwise; it is ours.

        With equal `weights` it equals `nt_xent`.

        The value does not depend on a permutation of the samples, a common rotation of all rows,
        the length of single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        Y. Wang, J. Zhang, Y. Wang, "Do Generated Data Always Help Contrastive Learning?", ICLR 2024,
        arXiv 2403.12448.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, w = np.eye(3), np.asarray([1.0, 1.0, 0.0])
        >>> float(pc.weighted_nt_xent(x, x, w, temperature=1.0).round(6))
        0.904832
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        weights: Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **options: Unpack[Options],
    ) -> tuple[Array, WeightedNtXentGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        weights: Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **options: Unpack[Options],
    ) -> tuple[Array, WeightedNtXentGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        weights: Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **options: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], WeightedNtXentGrads[Array]]]: ...

weighted_nt_xent: _WeightedNtXent
