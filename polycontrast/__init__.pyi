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
from polycontrast.states.spherical_layer import SphericalLayer as SphericalLayer
from polycontrast.states.trajectories import TrajectoryBuffer as TrajectoryBuffer
from polycontrast.sampling.inflation import adainf_weights as adainf_weights
from polycontrast.calculus.adaptive_temperature import adaptive_temperature as adaptive_temperature
from polycontrast.states.banks import assign_clusters as assign_clusters
from polycontrast.sampling.subclasses import balanced_assign as balanced_assign
from polycontrast.states.banks import bank_update as bank_update
from polycontrast.calculus.class_pair_gate import class_pair_gate as class_pair_gate
from polycontrast.states.class_temperatures import class_temperature as class_temperature
from polycontrast.sampling.clusters import cluster_batches as cluster_batches
from polycontrast.states.banks import cluster_means as cluster_means
from polycontrast.states.concentrations import concentration as concentration
from polycontrast.decoding.contrastive_search import contrastive_search_scores as contrastive_search_scores
from polycontrast.states.moving_average import ema as ema
from polycontrast.states.queue import enqueue as enqueue
from polycontrast.metrics.filter_degeneration import filter_degeneration as filter_degeneration
from polycontrast.metrics.filter_shift import filter_shift as filter_shift
from polycontrast.states.slots import gather_state as gather_state
from polycontrast.states.global_normalizer import global_contrastive_step as global_contrastive_step
from polycontrast.contrast.queues.hardest import hardest_negatives as hardest_negatives
from polycontrast.sampling.propensity import ipw_probabilities as ipw_probabilities
from polycontrast.metrics.knn_probe import knn_probe as knn_probe
from polycontrast.metrics.linear_separability import linear_separability as linear_separability
from polycontrast.states.auxiliary import log_normalizer as log_normalizer
from polycontrast.losses.distillation.loss_weights import loss_weights as loss_weights
from polycontrast.decoding.two_views import m3id_logits as m3id_logits
from polycontrast.sampling.class_mixing import metrix_pairs as metrix_pairs
from polycontrast.sampling.mixing import mochi_mixing as mochi_mixing
from polycontrast.contrast.queues.neighbours import nearest_neighbours as nearest_neighbours
from polycontrast.losses.distillation.nearest_prototype import nearest_prototype as nearest_prototype
from polycontrast.sampling.clusters import nested_clusters as nested_clusters
from polycontrast.objective.objective import objectives as objectives
from polycontrast.losses.patches.pixel_mask import pixel_mask as pixel_mask
from polycontrast.planning import plan as plan
from polycontrast.metrics.recall_at_k import recall_at_k as recall_at_k
from polycontrast.calculus.reweighting_head import reweighting_head as reweighting_head
from polycontrast.decoding.two_views import ritual_logits as ritual_logits
from polycontrast.metrics.roc_auc import roc_auc as roc_auc
from polycontrast.metrics.roc_curve import roc_curve as roc_curve
from polycontrast.states.auxiliary import sample_auxiliary as sample_auxiliary
from polycontrast.sampling.propensity import sample_candidates as sample_candidates
from polycontrast.sampling.mixing import sample_mixing as sample_mixing
from polycontrast.sampling.mixing import sample_negative_mixing as sample_negative_mixing
from polycontrast.sampling.permutations import sample_permutations as sample_permutations
from polycontrast.states.slots import scatter_state as scatter_state
from polycontrast.sampling.hard_negatives import semi_hard_negatives as semi_hard_negatives
from polycontrast.losses.soft_targets.sinkhorn import sinkhorn as sinkhorn
from polycontrast.sampling.subclasses import subclass_counts as subclass_counts
from polycontrast.sampling.target_mixing import supremix_lam as supremix_lam
from polycontrast.states.banks import track_update as track_update
from polycontrast.states.auxiliary import update_log_normalizer as update_log_normalizer
from polycontrast.states.global_normalizer import update_log_u as update_log_u
from polycontrast.states.temperatures import update_temperature as update_temperature
from polycontrast.decoding.two_views import vcd_logits as vcd_logits
from polycontrast.metrics._gaussian_classes import fit as _naive_bayes_fit
from polycontrast.metrics._gaussian_classes import predict as _naive_bayes_predict

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
    repeatable: bool
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Asymmetric augmented instance contrast: live samples form a class, each spoof its own.

        .. math:: \frac{1}{M B} \sum_i \Big[ \log \sum_{a \ne i} e^{\langle \hat z_i, \hat z_a \rangle
                  / \tau} - \frac{1}{|P_i|} \sum_{p \in P_i} \langle \hat z_i, \hat z_p \rangle / \tau
                  \Big]

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least one view; row i of each belongs to sample i. The originals and
            augmentations that mix styles.
        live : bool array (B,)
            True for the samples of the one class, False for those that are their
            own. In face anti-spoofing the real faces are the class.
        temperature : float or 0-d array, > 0, default 0.02
            Temperature :math:`\tau`, differentiable. The value of the authors'
            code.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are MB, those
            of the first view first.

        Returns
        -------
        loss : 0-d array, or (M B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        `sup_con` with one label for all live samples and a label of its own for
        each other one. Positives :math:`P_i` of a live row are all other live rows,
        those of a spoof its other views; all other rows are candidates. One view:
        spoofs have loss 0. No live sample and two views: `nt_xent`.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        J. Yang, Z. Yu, X. Ni, J. He, H. Li, "Generalized Face Anti-spoofing via
        Finer Domain Partition and Disentangling Liveness-irrelevant Factors", ECAI
        2024, arXiv 2407.08243.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AaicGrads[Array]]]: ...

aaic: _Aaic

class AdameowGrads(NamedTuple, Generic[Array]):
    """Gradients of `adameow`, of the arguments that were differentiated."""

    x: Array
    y: Array
    w1: Array
    b1: Array
    w2: Array
    b2: Array
    temperature: Array

class _Adameow(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        w1: Array,
        b1: Array,
        w2: Array,
        b2: Array,
        *,
        temperature: float | Array = 0.4,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrast in which a network of each pair says how much the candidate counts.

        .. math:: -\frac{1}{B} \sum_i \log \frac{e^{\langle \hat x_i, \hat y_i \rangle / \tau}}
                  {\sum_j w_{ij} e^{\langle \hat x_i, \hat y_j \rangle / \tau}},\quad
                  w_{ij} = \sigma \big( w_2^\top \tanh(W_1^\top (\hat x_i + \hat y_j) + b_1) + b_2 \big)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors (the coarse view) and candidates (the
            fine view).
        w1 : array (D, H)
            Weights of the first layer; H units. The authors have 16 units. With
            ``comm=``, all ranks have the same network.
        b1 : array (H,)
            Bias of the first layer.
        w2 : array (H,)
            Weights of the second layer.
        b2 : array ()
            Bias of the second layer.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        The match is in the sum, with its weight. The loss is not bounded below: as
        all weights fall to 0 it falls to minus infinity, because the numerator has
        no weight. The authors stop early; a fixed mean of the weights is another
        way, and outside of this function.

        With the share :math:`r_{ij}` of a candidate in the sum, the derivative by
        its similarity is :math:`(r_{ij} - [i = j]) / \tau`, and that by the logit
        of its weight is :math:`r_{ij} (1 - w_{ij})`. The first layer is a sum
        :math:`p_i + q_j` of vectors of each row, so no array of B x B x D is made.
        One of B x B x H is not made either: units are taken one at a time, in
        blocks of rows. O(B D H + B^2 H) time. Weights are computed in logarithms.

        The value does not depend on a permutation of the samples or the length of
        single rows where they are normalised.

        References
        ----------
        J. Yu, Q. Ge, X. Li, A. Zhou, "Heterogeneous Graph Contrastive Learning with
        Meta-path Contexts and Adaptively Weighted Negative Samples", TKDE 2024,
        arXiv 2212.13847.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, w1, zeros = np.eye(3), np.ones((3, 2)), np.zeros(2)
        >>> float(pc.adameow(x, x, w1, zeros, zeros, np.asarray(0.0), temperature=1.0).round(6))
        -0.141702
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        w1: Array,
        b1: Array,
        w2: Array,
        b2: Array,
        *,
        temperature: float | Array = 0.4,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, AdameowGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        w1: Array,
        b1: Array,
        w2: Array,
        b2: Array,
        *,
        temperature: float | Array = 0.4,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, AdameowGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        w1: Array,
        b1: Array,
        w2: Array,
        b2: Array,
        *,
        temperature: float | Array = 0.4,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AdameowGrads[Array]]]: ...

adameow: _Adameow

class AdvStyleGrads(NamedTuple, Generic[Array]):
    """Gradients of `adv_style`, of the arguments that were differentiated."""

    x: Array
    adv_mu: Array
    adv_sigma: Array
    cotangent: Array

class _AdvStyle(Objective):
    def __call__(
        self,
        x: Array,
        adv_mu: Array,
        adv_sigma: Array,
        noise_mu: Array,
        noise_sigma: Array,
        cotangent: Array | None = None,
        *,
        adv_weight: float = 1.0,
        eps: float = 1e-06,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Feature maps with noise in the mean and deviation of each channel, at adversarial scales.

        .. math:: \frac{x - \mu}{\sigma} \, (\sigma + n_\sigma a_\sigma) + \mu + n_\mu a_\mu,\quad
                  \sigma^2 = \frac{1}{P - 1} \sum_p (x_p - \mu)^2 + \epsilon

        Parameters
        ----------
        x : array (B, C, H, W)
            Feature maps of C channels.
        adv_mu : array (C,)
            Scale of the change of the mean of each channel. Its gradient is
            reversed.
        adv_sigma : array (C,)
            Scale of the change of each channel's deviation. Its gradient is
            reversed.
        noise_mu, noise_sigma : array (B, C)
            Standard normal numbers.
        cotangent : array (B, C, H, W), optional
            Weight of each entry. The value is then the weighted sum of all entries.
        adv_weight : float, default 1.0
            Factor of the reversed gradients, the authors' value.
        eps : float, > 0, default 1e-06
            Number :math:`\epsilon` that is added to the variances, the authors'
            value.

        Returns
        -------
        maps : array (B, C, H, W), or 0-d array with `cotangent`
            `adv_style.vjp` takes a cotangent of this shape;
            `adv_style.value_and_grad` needs `cotangent`.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `adv_weight` is not
            finite or `eps` is not above 0. When a map has a single position.

        Notes
        -----
        Mean :math:`\mu` and deviation :math:`\sigma` are those of the P positions
        of a channel of an image; :math:`a` stands for `adv_mu` and `adv_sigma`, n
        for the noise. The gradients of `adv_mu` and `adv_sigma` are those of the
        value times ``-adv_weight``. So the step of an optimiser that lowers the
        loss in the network raises it in the style. With :math:`\hat x = (x - \mu) /
        \sigma`, :math:`d = n_\sigma a_\sigma` and :math:`h = \sum_p g_p \hat x_p`,
        the gradient of x is

        .. math:: g + \frac{d}{\sigma} \Big( g - \bar g - \frac{h}{P - 1} \hat x \Big).

        Start `adv_mu` and `adv_sigma` with the deviations of :math:`\mu` and of
        :math:`\sigma` over a first batch. The authors change the style so in a
        third of the steps. In another third they take these deviations as
        constants, and in the last they leave x as it is. Noise of 0 gives x.

        The value does not depend on a permutation of the samples.

        The gradient of `adv_mu` and `adv_sigma` is by definition not that of the
        value, and finite differences do not apply to it.

        References
        ----------
        Y. Zhang, B. Deng, R. Li, K. Jia, L. Zhang, "Adversarial Style Augmentation
        for Domain Generalization", 2023, arXiv 2301.12643.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, one = np.asarray([0.0, 2.0]).reshape(1, 1, 1, 2), np.ones((1, 1))
        >>> pc.adv_style(x, one[0], one[0], one, 0 * one).ravel().tolist()
        [1.0, 3.0]
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        adv_mu: Array,
        adv_sigma: Array,
        noise_mu: Array,
        noise_sigma: Array,
        cotangent: Array | None = None,
        *,
        adv_weight: float = 1.0,
        eps: float = 1e-06,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, AdvStyleGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        adv_mu: Array,
        adv_sigma: Array,
        noise_mu: Array,
        noise_sigma: Array,
        cotangent: Array | None = None,
        *,
        adv_weight: float = 1.0,
        eps: float = 1e-06,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, AdvStyleGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        adv_mu: Array,
        adv_sigma: Array,
        noise_mu: Array,
        noise_sigma: Array,
        cotangent: Array | None = None,
        *,
        adv_weight: float = 1.0,
        eps: float = 1e-06,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AdvStyleGrads[Array]]]: ...

adv_style: _AdvStyle

class AlignLossGrads(NamedTuple, Generic[Array]):
    """Gradients of `align_loss`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _AlignLoss(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 1.0,
        label_smoothing: float = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Loss of ALIGN: both directions of InfoNCE, with a share of the target on all candidates.

        .. math:: -\frac{1}{2B} \sum_{ij} \Big[ (1 - e)\, \delta_{ij} + \frac{e}{B} \Big]
                  \Big[ \log \frac{e^{s_{ij}}}{\sum_k e^{s_{ik}}}
                  + \log \frac{e^{s_{ij}}}{\sum_k e^{s_{kj}}} \Big],\quad
                  s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Images and texts.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable. The initial value of the
            paper, which learns it.
        label_smoothing : float in [0, 1], default 0.1
            The share e, of which the match has its part. The paper's value.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `label_smoothing` is outside [0, 1] or `reduction` is not one
            of its words.

        Notes
        -----
        The paper adds the directions, which is twice the value. The name ``align``
        is a package here. The uniform part of the targets takes the mean candidate
        in place of another matrix.

        It equals `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        C. Jia, Y. Yang, Y. Xia, Y.-T. Chen, Z. Parekh, H. Pham, Q. V. Le, Y. Sung,
        Z. Li, T. Duerig, "Scaling Up Visual and Vision-Language Representation
        Learning With Noisy Text Supervision", ICML 2021, arXiv 2102.05918.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.align_loss(x, x).round(6))
        0.618111
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 1.0,
        label_smoothing: float = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, AlignLossGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 1.0,
        label_smoothing: float = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, AlignLossGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 1.0,
        label_smoothing: float = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AlignLossGrads[Array]]]: ...

align_loss: _AlignLoss

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
        **settings: Unpack[Options],
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
            When shapes, dtypes, libraries or devices disagree, `alpha` is not above
            0 or `reduction` is not one of its words.

        Notes
        -----
        Gradient :math:`\alpha |d|^{\alpha - 2} d / B` with :math:`d = x_i - y_i`; 0
        at :math:`d = 0`, where it does not exist for :math:`\alpha \le 1`. The cost
        is O(B D).

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised, an
        exchange of `x` and `y` with all that belongs to them or a common shift of
        all rows where they are not normalised.

        References
        ----------
        T. Wang, P. Isola, "Understanding Contrastive Representation Learning
        through Alignment and Uniformity on the Hypersphere", ICML 2020, arXiv
        2005.10242.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float, > 0, default 0.5
            Temperature :math:`\tau` of the weights; it has no gradient.
        exponent : float, > 0, default 4.0
            Power :math:`\alpha` of the distance of a pair. The authors' code has 2
            for CIFAR-100.
        eps : float, >= 0, default 0.0
            Number :math:`\epsilon` that is added to the sum of the weights, once
            for each negative.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those
            of `x` first.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or
            `exponent` is not above 0, `eps` is negative or `reduction` is not one
            of its words. When ``B < 2``, as there is no negative.

        Notes
        -----
        Sums go over the rows b of other samples, :math:`p(a) = a \pm B` is the
        partner, and :math:`1 - c` below 0 counts as 0. The gradient weight of a
        negative is its share :math:`\bar w_{ab}` of the weights, that of the
        positive is minus their sum. Shares are a softmax, with :math:`\log \epsilon
        (2B - 2)` as one more logit, so small temperatures are safe. With
        ``exponent=1, eps=0`` the gradient is :math:`\tau` times that of `dcl`. An
        anchor that `ids` leave without a negative has loss 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        The gradient is by definition not that of the value, and finite differences
        do not apply to it.

        References
        ----------
        Y. Tian, "Understanding Deep Contrastive Learning via Coordinate-wise
        Optimization", NeurIPS 2022, arXiv 2201.12680.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AlphaClGrads[Array]]]: ...

alpha_cl: _AlphaCl

class AmclGrads(NamedTuple, Generic[Array]):
    """Gradients of `amcl`, of the arguments that were differentiated."""

    x: Array
    y: Array
    tau_pos: Array
    tau_neg: Array

class _Amcl(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        tau_pos: Array,
        tau_neg: Array,
        *,
        beta: float = 0.1,
        pool: Literal['max', 'lse'] = 'max',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Hardest negative against match in each of several heads, with a temperature for each pair.

        .. math:: \frac{1}{B} \sum_i \sum_c \Big[ - \frac{s^c_{ii}}{\tau^{c+}_i} + \beta \Omega
                  (\tau^{c+}_i) + \frac{s^c_{ij^*}}{\tau^{c-}_{ij^*}} - \beta \Omega
                  (\tau^{c-}_{ij^*}) \Big],\quad \Omega(\tau) = \frac{D}{2} \log \tau + \frac{1}{\tau}

        Parameters
        ----------
        x, y : array (C, B, D)
            C embeddings of each sample, by C heads.
        tau_pos : array (C, B)
            Temperatures of the match of each sample.
        tau_neg : array (C, B, B)
            Temperatures of each row of `x` with each row of `y`; the diagonal has
            no effect. The method makes both of features of the pairs, see
            `adaptive_temperature`.
        beta : float, >= 0, default 0.1
            Weight of the log-normaliser :math:`\Omega` of a Gaussian; 1 is the
            likelihood itself.
        pool : {"max", "lse"}, default "max"
            "max": :math:`j^*` is the most similar other sample of the head. "lse":
            in place of its two terms, the log-sum-exp over all other samples.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample is the sum over its heads.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            May be negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `beta` is negative
            or `pool` or `reduction` is not one of its words. When ranks share the
            batch (``comm=``). When ``B < 2``, as there is no negative.

        Notes
        -----
        Here :math:`s^c_{ij} = \langle \hat x^c_i, \hat y^c_j \rangle`. The loss is
        not bounded below: it falls as :math:`\tau^-` grows, as :math:`\tau^- \to 0`
        where :math:`s < \beta`, and as :math:`\tau^+ \to 0` where :math:`s >
        \beta`. So the bounds of `adaptive_temperature` belong to the method. It is
        equation 2.1 of the paper: the released classes have a form for two classes
        that does not run.

        With the weight p of a negative, 1 at :math:`j^*` or its softmax, the
        derivative by :math:`s` is :math:`p / \tau^-`, and that by :math:`\tau^-` is
        :math:`-p (s / (\tau^-)^2 + \beta \Omega')`. Similarities within rounding of
        the largest tie with it, and the first of them is taken. `tau_neg` and its
        gradient have the size of all similarities; these are computed in blocks.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        L. Wang, P. Koniusz, T. Gedeon, L. Zheng, "Adaptive Multi-head Contrastive
        Learning", ECCV 2024, arXiv 2310.05615.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)[None]
        >>> float(pc.amcl(x, x, np.full((1, 3), 0.5), np.ones((1, 3, 3))).round(6))
        -2.003972
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        tau_pos: Array,
        tau_neg: Array,
        *,
        beta: float = 0.1,
        pool: Literal['max', 'lse'] = 'max',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, AmclGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        tau_pos: Array,
        tau_neg: Array,
        *,
        beta: float = 0.1,
        pool: Literal['max', 'lse'] = 'max',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, AmclGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        tau_pos: Array,
        tau_neg: Array,
        *,
        beta: float = 0.1,
        pool: Literal['max', 'lse'] = 'max',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AmclGrads[Array]]]: ...

amcl: _Amcl

class AnchorBindingGrads(NamedTuple, Generic[Array]):
    """Gradients of `anchor_binding`, of the arguments that were differentiated."""

    views: Any
    temperature: Array

class _AnchorBinding(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        weights: Array | None = None,
        mask: Array | None = None,
        ids: Array | None = None,
        *,
        anchor: int = 0,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""InfoNCE of every other modality with the anchor modality (ImageBind).

        .. math:: \sum_{m \ne a} w_m\, \tfrac{1}{2} \big[ \mathrm{CE}(x_a \to x_m; \tau_m)
                  + \mathrm{CE}(x_m \to x_a; \tau_m) \big]

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        weights : array (M,), optional
            Weight of each modality; that of the anchor is unused. The default
            :math:`w_m = 1 / (M - 1)` is the mean over the modalities.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row
            is no anchor, positive or negative. The weights remain as they are, and
            a sample without a pair counts in no mean.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        anchor : int, >= 0, default 0
            Index of the anchor modality a; the images in the paper.
        temperature : float, 0-d array or array (M,), > 0, default 0.07
            Temperature :math:`\tau` of all modalities, or of each; differentiable.
            CLIP's initial value. That of the anchor is unused. The fixed ones of
            the paper are 0.05 for audio, 0.2 for depth, 0.1 for thermal images and
            0.2 for movements.
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
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, `anchor` is not an integer of at least 0,
            `temperature` is not above 0 or `reduction` is not one of its words.
            When `anchor` is none of the views.

        Notes
        -----
        The paper trains one modality in a batch and adds both directions, which is
        twice the value. Other modalities come together by way of the anchor alone:
        M - 1 products and not M (M - 1) / 2. Without weights it is
        `multiview_coding` with ``graph="core"`` over 2 (M - 1). With the softmax P
        of a direction, the derivative by a logit is :math:`w_m (P_{ij} -
        \delta_{ij}) / 2`.

        Of 2 views it equals `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as ImageBind.

        References
        ----------
        R. Girdhar et al., "ImageBind: One Embedding Space To Bind Them All", CVPR
        2023, arXiv 2305.05665.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 4)
        >>> float(pc.anchor_binding(views, temperature=1.0).round(6))
        0.551445
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        weights: Array | None = None,
        mask: Array | None = None,
        ids: Array | None = None,
        *,
        anchor: int = 0,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, AnchorBindingGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        weights: Array | None = None,
        mask: Array | None = None,
        ids: Array | None = None,
        *,
        anchor: int = 0,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, AnchorBindingGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        weights: Array | None = None,
        mask: Array | None = None,
        ids: Array | None = None,
        *,
        anchor: int = 0,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AnchorBindingGrads[Array]]]: ...

anchor_binding: _AnchorBinding

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""CoSENT with the similarity of AnglE: angles of complex numbers in place of cosines.

        .. math:: \log \Big( 1 + \sum_{(i,j):\, t_i < t_j} e^{(s_i - s_j) / \tau} \Big), \quad
                  s_i = \Big| \sum_k (\mathrm{Re} + \mathrm{Im}) \frac{z_{ik} \bar w_{ik}}{|x_i||y_i|}
                  \Big|

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two texts of each sample. The halves of a row
            are the real and the imaginary parts of complex numbers z and w, so D is
            even.
        target : array (B,)
            Number that says how high each sample should score; equal ones tie.
            Without a gradient. Judged similarity t. Only the order counts.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. The published code multiplies
            similarities by 20.
        pooling : {"sum", "mean"}, default "sum"
            Sum over k, or that sum over D.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `pooling` is not one of its words. When ranks share the batch
            (``comm=``). When D is odd.

        Notes
        -----
        With :math:`J(c, d) = (-d, c)`, multiplication by i, the similarity is
        :math:`|\langle \hat x, \hat y + J \hat y \rangle|`: :math:`\sqrt 2` times
        the absolute cosine of x and of y turned by 45 degrees in every complex
        coordinate. So the loss is `cosent` with a rotated `y`, a factor and an
        absolute value, and costs as much. At a similarity of 0, where it has a
        kink, the gradient is 0.

        A row has the similarity 1 with itself. The largest one is :math:`\sqrt 2`,
        opposite rows are as similar as equal ones, and x and y may not be
        exchanged. Equal targets or ``B = 1``: 0.

        The value does not depend on a permutation of the samples or the length of
        single rows where they are normalised.

        Also known as AnglELoss.

        References
        ----------
        X. Li, J. Li, "AoE: Angle-optimized Embeddings for Semantic Textual
        Similarity" (AnglE), ACL 2024, arXiv 2309.12871.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AngleGrads[Array]]]: ...

angle: _Angle

class AttributeBindingGrads(NamedTuple, Generic[Array]):
    """Gradients of `attribute_binding`, of the arguments that were differentiated."""

    attributes: Array
    entities: Array

class _AttributeBinding(Objective):
    def __call__(
        self,
        attributes: Array,
        entities: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'sum',
        **settings: Unpack[Options],
    ) -> Array:
        r"""One minus the overlap of the attention maps of each attribute and its entity.

        .. math:: \sum_r \Big( 1 - \frac{\sum_u a_{ru} b_{ru}}{\sum_u (a_{ru} + b_{ru})} \Big)

        Parameters
        ----------
        attributes, entities : array (N, H, W)
            Row i holds the maps of relation i.
        reduction : {"mean", "sum", "none"}, default "sum"
            Mean or sum of the losses, or the losses themselves. There is one for
            each pair of an attribute and an entity; the authors add them.

        Returns
        -------
        loss : 0-d array, or (N,) for ``reduction="none"``
            That of a pair is in [1/2, 1].

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words.

        Notes
        -----
        Here a and b are the maps of the attribute and of the entity, each shifted
        and scaled so that its entries reach from 0 to 1. The overlap and its
        gradient are those of `entity_mixing`. It is 1/2 for equal maps of zeros and
        ones alone.

        The value does not depend on a permutation of the samples.

        References
        ----------
        A. M. Izadi, S. M. H. Hosseini, S. Vafaie Tabar, A. Abdollahi, A. Saghafian,
        M. Soleymani Baghshah, "Fine-Grained Alignment and Noise Refinement for
        Compositional Text-to-Image Generation", 2025, arXiv 2503.06506.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> red, car = np.eye(2)[None, :, :], np.asarray([[[1.0, 1.0], [0.0, 0.0]]])
        >>> float(pc.attribute_binding(red, red)), float(pc.attribute_binding(red, car))
        (0.5, 0.75)
        """
        ...
    @overload
    def value_and_grad(
        self,
        attributes: Array,
        entities: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'sum',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, AttributeBindingGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        attributes: Array,
        entities: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'sum',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, AttributeBindingGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        attributes: Array,
        entities: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'sum',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AttributeBindingGrads[Array]]]: ...

attribute_binding: _AttributeBinding

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Mean over the views of a two-view loss between a view and the average of the others.

        .. math:: \frac{1}{M} \sum_a \mathrm{pair}(x_a, \mu_a), \quad \mu_a = \frac{1}{M-1}
                  \sum_{b \ne a} x_b

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row
            is no anchor, positive or negative, and averages use the existing views
            only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        pair : {"nt_xent", "info_nce", "dhel"}, default "nt_xent"
            The two-view loss, as in `multi_crop`.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. The value of Koromilas et al.
        normalize : bool, default True
            Scale rows to unit length first.
        normalize_mean : bool, default False
            Scale the means to unit length too.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample is the mean over its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, all weights are zero, `pair` or `reduction` is not one
            of its words or `temperature` is not above 0. When ``B = 1`` with
            ``pair="dhel"``.

        Notes
        -----
        Rows and means are anchors or candidates, as the pair loss defines it. By
        default the means are not scaled. The cost is M pair losses, each
        differentiated in both of its arguments. The gradient of a mean is divided
        among its views. At M = 2 the loss is the pair loss.

        Of 2 views with ``pair="nt_xent"`` it equals `nt_xent`. Of 2 views with
        ``pair="info_nce"`` it equals `info_nce`. Of 2 views with ``pair="dhel"`` it
        equals `dhel`.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        P. Koromilas et al., "A Principled Framework for Multi-View Contrastive
        Learning", 2025, arXiv 2507.06979. Z. Piran, M. Klein, J. Thornton, M.
        Cuturi, ICML 2024, arXiv 2405.19532.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], AverageViewGrads[Array]]]: ...

average_view: _AverageView

class BarlipGrads(NamedTuple, Generic[Array]):
    """Gradients of `barlip`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _Barlip(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        off_diagonal_weight: float = 0.005,
        scale: float = 0.025,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Barlow Twins across modalities, of columns that are standardised already.

        .. math:: s \Big[ \sum_d (1 - C_{dd})^2 + w \sum_{d \ne e} C_{de}^2 \Big],\qquad
                  C = \frac{1}{B} X^\top Y

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities, as the batch normalisation at
            the end of a projector makes them. Neither rows nor columns are changed.
        off_diagonal_weight : float, >= 0, default 0.005
            Weight w of the entries off the diagonal; the authors' value.
        scale : float, >= 0, default 0.025
            Factor s; the authors' value.

        Returns
        -------
        value : 0-d array
            At least 0.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or
            `off_diagonal_weight` or `scale` is negative.

        Notes
        -----
        Of standardised columns it is `scale` times `barlow_twins` with ``eps=0``,
        up to the gradient of standardising. The authors add it to the loss of CLIP.
        The cost is that of `barlow_twins`.

        The value does not depend on a permutation of the samples or an exchange of
        `x` and `y` with all that belongs to them.

        References
        ----------
        E. Fini, P. Astolfi, A. Romero-Soriano, J. Verbeek, M. Drozdzal, "Improved
        Baselines for Vision-Language Pre-training", TMLR 2023, arXiv 2305.08675.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.asarray([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> float(pc.barlip(x, x)), float(pc.barlip(x, -x).round(6))
        (0.0, 0.2)
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        off_diagonal_weight: float = 0.005,
        scale: float = 0.025,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, BarlipGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        off_diagonal_weight: float = 0.005,
        scale: float = 0.025,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, BarlipGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        off_diagonal_weight: float = 0.005,
        scale: float = 0.025,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], BarlipGrads[Array]]]: ...

barlip: _Barlip

class BarlowTwinsGrads(NamedTuple, Generic[Array]):
    """Gradients of `barlow_twins`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _BarlowTwins(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        weight: float = 0.0051,
        eps: float = 1e-05,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Squared distance of the cross-correlation of two views from the identity.

        .. math:: \sum_d (1 - C_{dd})^2 + w \sum_{d \ne e} C_{de}^2,\qquad
                  C = \frac{1}{B} \tilde X^\top \tilde Y,\quad
                  \tilde X_{id} = \frac{X_{id} - \mu_d}{\sqrt{\sigma_d^2 + \epsilon}}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views; rows are not normalised.
        weight : float, >= 0, default 0.0051
            Weight w of the entries off the diagonal; the authors' value.
        eps : float, >= 0, default 1e-05
            Number :math:`\epsilon` that is added to the variances, as in batch
            normalisation.

        Returns
        -------
        value : 0-d array
            At least 0.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `weight` or `eps`
            is negative.

        Notes
        -----
        Means and biased variances are those of the columns, over the batch of all
        ranks. With ``eps=0`` the value does not depend on the scale of a column,
        and a constant column has gradient 0. A constant column adds 1, and so does
        each column of a single sample. C costs 6 B D^2 operations with the
        gradient. For D > 4 B / 3 its squares are the products of the B x B Gram
        matrices of both views, in 8 B^2 D operations, but not over ranks.

        The value does not depend on a permutation of the samples, an exchange of
        `x` and `y` with all that belongs to them or a common shift of all rows
        where they are not normalised.

        Also known as BarlowTwinsLoss.

        References
        ----------
        J. Zbontar, L. Jing, I. Misra, Y. LeCun, S. Deny, "Barlow Twins:
        Self-Supervised Learning via Redundancy Reduction", ICML 2021, arXiv
        2103.03230.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.asarray([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> float(pc.barlow_twins(x, x).round(6)), float(pc.barlow_twins(x, -x).round(4))
        (0.0, 7.9999)
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        weight: float = 0.0051,
        eps: float = 1e-05,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, BarlowTwinsGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        weight: float = 0.0051,
        eps: float = 1e-05,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, BarlowTwinsGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        weight: float = 0.0051,
        eps: float = 1e-05,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], BarlowTwinsGrads[Array]]]: ...

barlow_twins: _BarlowTwins

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Squared distance of augmented rows from the path between the two modalities.

        .. math:: \frac{1}{B} \sum_i \left| X'_i - \frac{m_i}{|m_i|} \right|^2, \quad m_i = t X_i + (1
                  - t) Y_i

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities.
        x_aug : array (B, D)
            Row i belongs to sample i. Augmented version of `x`. For an augmented
            `y`, exchange the modalities.
        t : float, or array (B,) or 0-d, default 0.25
            Place on the path in [0, 1]: the weight of `x`. The paper's value. The
            caller may also draw it for every step and every sample. It has no
            gradient.
        normalize : bool, default True
            Scale rows to unit length first. The point on the path has unit length
            either way.
        likelihood : bool, default False
            Divide the loss of a sample by :math:`2 t (1 - t)`, as the density of
            the bridge does. It matters when `t` varies, and needs 0 < t < 1.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            In [0, 4] for unit rows, without `likelihood`.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words. When `t` is not in its interval.

        Notes
        -----
        With :math:`m_i = t X_i + (1 - t) Y_i` and :math:`\mu_i = m_i / |m_i|`,

        .. math:: \ell_i = |X_{aug,i} - \mu_i|^2 .

        For unit rows this is :math:`2 - 2\,(t \langle X, X_{aug} \rangle + (1 - t)
        \langle Y, X_{aug} \rangle) / \sqrt{t^2 + (1 - t)^2 + 2 t (1 - t) \langle X,
        Y \rangle}`; the paper's second line lacks the 2 - 2(.) and the root.

        Gradient: :math:`\partial \ell / \partial X_{aug} = 2 (X_{aug} - \mu)`,
        :math:`\partial \ell / \partial m = -\tfrac{2}{|m|} (X_{aug} - \langle
        X_{aug}, \mu \rangle \mu)`, and t and 1 - t times that for X and Y. Where
        the path passes through the origin (:math:`t = 1/2`, :math:`Y = -X`, also up
        to round-off) :math:`\mu = 0` and the gradient of `x` and `y` is 0. The cost
        is O(B D); no pair of different samples is formed.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        Q. Jiang, C. Chen, H. Zhao, L. Chen, Q. Ping, S. D. Tran, Y. Xu, B. Zeng, T.
        Chilimbi, "Understanding and Constructing Latent Modality Structures in
        Multi-modal Representation Learning", CVPR 2023, arXiv 2303.05952.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], BrownianBridgeGrads[Array]]]: ...

brownian_bridge: _BrownianBridge

class ByolGrads(NamedTuple, Generic[Array]):
    """Gradients of `byol`, of the arguments that were differentiated."""

    px: Array
    py: Array

class _Byol(Objective):
    def __call__(
        self,
        px: Array,
        py: Array,
        zx: Array,
        zy: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Squared distance of the prediction of each view to the target projection of the other.

        .. math:: \frac{1}{B} \sum_i \Big[ 2 - 2 \langle \hat p^x_i, \hat z^y_i \rangle
                  + 2 - 2 \langle \hat p^y_i, \hat z^x_i \rangle \Big]

        Parameters
        ----------
        px, py : array (B, D)
            Row i belongs to sample i. Predictions of the online network from the
            two views.
        zx, zy : array (B, D)
            Row i belongs to sample i; it has no gradient. Projections of the two
            views by the target network, a moving average.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        value : 0-d array, or (B,) for ``reduction="none"``
            In [0, 8].

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words.

        Notes
        -----
        It equals ``4 + 4 * simsiam``. The squares are those of the difference of
        unit rows, so a small loss keeps its digits. A zero row has cosine 0,
        distance 2.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        J.-B. Grill et al., "Bootstrap Your Own Latent", NeurIPS 2020, arXiv
        2006.07733.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(2), np.ones((2, 2))
        >>> float(pc.byol(x, x, x, y).round(6))
        0.585786
        """
        ...
    @overload
    def value_and_grad(
        self,
        px: Array,
        py: Array,
        zx: Array,
        zy: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, ByolGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        px: Array,
        py: Array,
        zx: Array,
        zy: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, ByolGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        px: Array,
        py: Array,
        zx: Array,
        zy: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ByolGrads[Array]]]: ...

byol: _Byol

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
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Farther positives attract more, nearer negatives repel more.

        .. math:: \frac{\alpha}{M B} \sum_{a i} \sum_{c \ne a} p^i_{ac} \delta^i_{ac}
                  - \frac{2 \beta}{M (M - 1) B} \sum_{a < c} \sum_{ij} w^{ac}_{ij} \delta^{ac}_{ij}

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i. At least 2
            samples. The order counts: of two views the first holds the anchors of
            repulsion.
        alpha, beta : float, >= 0, default 1.0
            Weights of attraction and repulsion.
        tau_pos, tau_neg : float or 0-d array, > 0, default 1.0
            Differentiable. Sharpness of the weights, differentiable. The authors
            have 1 and, on CIFAR-10, 0.9 or, on CIFAR-100 and STL-10, 2.
        cost : {"euclidean", "rbf"}, default "euclidean"
            "rbf" replaces the repulsion of a pair of views, with B the samples, by
            :math:`\beta \log \frac{1}{B} \sum_{ij} w_{ij} e^{-t \delta_{ij}}`.
        t : float, > 0, default 2.0
            Sharpness of "rbf".
        stop_grad_weights : bool, default False
            Whether the weights are constants, as in the authors' code for ImageNet.
            Then `tau_pos` and `tau_neg` have gradients of 0.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample is the mean of its views' attractions, with the repulsion of its
            rows in the first view of each pair. The repulsion of "rbf" is one
            number for all samples.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, `alpha` or `beta` is negative, `tau_pos`, `tau_neg` or
            `t` is not above 0 or `cost` or `reduction` is not one of its words.
            When there are fewer than two samples, as there is no negative.

        Notes
        -----
        Squared distances are :math:`\delta`. The weights :math:`p` are a softmax of
        :math:`\tau_{pos} \delta^i_{ac}` over the other views c of a sample,
        :math:`w` is one of :math:`-\tau_{neg} \delta_{ij}` over the other samples
        j. For a price :math:`\pi(\delta)` with the mean :math:`\bar \pi` the
        gradient by :math:`\delta` is :math:`w (\pi' - \tau (\pi - \bar \pi))`. One
        matrix product for each pair of views. Weights are computed in logs and in
        one pass. "rbf" is a difference of two log-sum-exps, with exponents
        :math:`-(\tau_{neg} + t) \delta` and :math:`-\tau_{neg} \delta`, so nothing
        underflows. Rows are centred first, and positives are compared by
        differences. There are no `ids`, as the repulsion spreads all samples.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        With ``stop_grad_weights=True`` the gradient is by definition not that of
        the value, and finite differences do not apply to it.

        References
        ----------
        H. Zheng, X. Chen, J. Yao, H. Yang, C. Li, Y. Zhang, H. Zhang, I. Tsang, J.
        Zhou, M. Zhou, "Contrastive Attraction and Contrastive Repulsion for
        Representation Learning", TMLR 2023, arXiv 2105.03746.

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
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
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
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
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
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CacrGrads[Array]]]: ...

cacr: _Cacr

class CaptionCrossEntropyGrads(NamedTuple, Generic[Array]):
    """Gradients of `caption_cross_entropy`, of the arguments that were differentiated."""

    logits: Array

class _CaptionCrossEntropy(Objective):
    def __call__(
        self,
        logits: Array,
        targets: Array,
        *,
        ignore_index: int = -100,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of the next word at every place of a caption that is not left out.

        .. math:: \frac{1}{|K|} \sum_{(b, t) \in K} \Big[ \log \sum_v e^{z_{btv}} - z_{bt,\, y_{bt}}
                  \Big],\quad K = \{(b, t) : y_{bt} \ne \mathrm{ignored}\}

        Parameters
        ----------
        logits : array (B, T, V)
            Scores of the V words at each of T places.
        targets : integer array (B, T)
            The word at each place, from 0 to V - 1, or `ignore_index`.
        ignore_index : int, default -100
            Target of places to leave out. The value of PyTorch.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are B T;
            those that are left out are 0 and count in no average.

        Returns
        -------
        loss : 0-d array, or (B, T) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `ignore_index` is
            not an integer or `reduction` is not one of its words. When a target is
            neither a word nor `ignore_index`. Where JAX traces the targets, the
            loss is nan instead.

        Notes
        -----
        The gradient is the softmax minus 1 at the word, over the number of places
        that count. Places are worked on in blocks, so the softmax is never held
        beside the gradient. Logits of places that are left out are not read. All
        places left out: value 0, gradient 0.

        The value does not depend on a permutation of the samples.

        References
        ----------
        J. Yu, Z. Wang, V. Vasudevan, L. Yeung, M. Seyedhosseini, Y. Wu, "CoCa:
        Contrastive Captioners are Image-Text Foundation Models", TMLR 2022, arXiv
        2205.01917.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> logits, targets = np.eye(3)[None, :, :], np.array([[0, 2, -100]])
        >>> float(pc.caption_cross_entropy(logits, targets).round(6))
        1.051445
        """
        ...
    @overload
    def value_and_grad(
        self,
        logits: Array,
        targets: Array,
        *,
        ignore_index: int = -100,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, CaptionCrossEntropyGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        logits: Array,
        targets: Array,
        *,
        ignore_index: int = -100,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, CaptionCrossEntropyGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        logits: Array,
        targets: Array,
        *,
        ignore_index: int = -100,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CaptionCrossEntropyGrads[Array]]]: ...

caption_cross_entropy: _CaptionCrossEntropy

class CdvgGrads(NamedTuple, Generic[Array]):
    """Gradients of `cdvg`, of the arguments that were differentiated."""

    x: Array
    y: Array
    logits_x: Array
    logits_y: Array
    temperature: Array

class _Cdvg(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        logits_x: Array,
        logits_y: Array,
        labels: Array,
        *,
        temperature: float | Array = 0.1,
        weight: float = 1.0,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of an image and of its translation to another bias, and their NT-Xent.

        .. math:: \frac{1}{2B} \sum_i \Big[ \log \sum_c e^{l^x_{ic}} - l^x_{i y_i}
                  + \log \sum_c e^{l^y_{ic}} - l^y_{i y_i} \Big] + w \, \mathrm{NTXent}(x, y; \tau)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Embeddings of the images, and of their
            translations to another mode of the bias.
        logits_x, logits_y : array (B, C)
            Scores of C classes. Those of the images, and of their translations.
        labels : integer array (B,), from 0 to C - 1
            Class of each sample.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable.
        weight : float, >= 0, default 1.0
            Weight w of `nt_xent`; with 0 it is not computed.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `labels` is not from
            0 to C - 1, `temperature` is not above 0 or `weight` is negative.

        Notes
        -----
        Written from the abstract of the paper: the classification of the translated
        image and the weight are a reading of it.

        The value does not depend on a permutation of the samples.

        References
        ----------
        Y. Jung, H. Shim, J. Y. Yang, E. Yang, "Fighting Fire with Fire: Contrastive
        Debiasing without Bias-free Data via Generative Bias-transformation", ICML
        2023, arXiv 2112.01021.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, logits, labels = np.eye(3), np.zeros((3, 2)), np.array([0, 1, 1])
        >>> float(pc.cdvg(x, x, logits, logits, labels, temperature=1.0).round(6))
        1.59798
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        logits_x: Array,
        logits_y: Array,
        labels: Array,
        *,
        temperature: float | Array = 0.1,
        weight: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, CdvgGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        logits_x: Array,
        logits_y: Array,
        labels: Array,
        *,
        temperature: float | Array = 0.1,
        weight: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, CdvgGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        logits_x: Array,
        logits_y: Array,
        labels: Array,
        *,
        temperature: float | Array = 0.1,
        weight: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CdvgGrads[Array]]]: ...

cdvg: _Cdvg

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Distance between the centroids of two modalities: the modality gap.

        .. math:: \Big| \frac{1}{B} \sum_i \hat x_i - \frac{1}{B} \sum_i \hat y_i \Big|

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities. The order of the rows does
            not matter.
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
        With the difference d of the centroids the gradient is :math:`\pm d / (B
        |d|)` for every row of `x` and of `y`; 0 at :math:`d = 0`. The cost is O(B
        D). A gap of 0 does not mean that no classifier separates the modalities:
        see `linear_separability`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised, an
        exchange of `x` and `y` with all that belongs to them or a common shift of
        all rows where they are not normalised.

        References
        ----------
        W. Liang, Y. Zhang, Y. Kwon, S. Yeung, J. Zou, "Mind the Gap: Understanding
        the Modality Gap in Multi-modal Contrastive Representation Learning",
        NeurIPS 2022, arXiv 2203.02053.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, CentroidGapGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            Margin: similarities of a class should exceed 1 - m, others stay below
            m.
        gamma : float, > 0, default 256.0
            Scale. The paper uses 256 for faces, and 64 to 128 elsewhere.
        detach_weights : bool, default True
            Hold the weights :math:`a` constant in the gradient, as published.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One per row. The
            set :math:`A` of the average holds the rows that have other rows
            :math:`P_i` of their class, and rows :math:`Q_i` of other classes. The
            rest are 0.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `m` is not finite,
            `gamma` is not above 0 or `reduction` is not one of its words.

        Notes
        -----
        With :math:`s_{ij} = \langle \hat z_i, \hat z_j \rangle` the loss of a row
        is the softplus of the sum of two log-sum-exps. Exponents reach
        :math:`\gamma (2 + m)(2 - m)`, so nothing else would be finite. With the
        sigmoid r of that sum, and the softmax q of a pair within its sum, the
        gradient weights are :math:`r q \gamma a_n` and :math:`-r q \gamma a_p`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``detach_weights=True`` the gradient of `z` is by definition not that
        of the value, and finite differences do not apply to it.

        Also known as CircleLoss.

        References
        ----------
        Y. Sun, C. Cheng, Y. Zhang, C. Zhang, L. Zheng, Z. Wang, Y. Wei, "Circle
        Loss: A Unified Perspective of Pair Similarity Optimization", CVPR 2020,
        arXiv 2002.10857.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CircleGrads[Array]]]: ...

circle: _Circle

class ClipRocketGrads(NamedTuple, Generic[Array]):
    """Gradients of `clip_rocket`, of the arguments that were differentiated."""

    x: Array
    y: Array
    x_local: Array
    y_local: Array
    temperature: Array
    local_temperature: Array

class _ClipRocket(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        x_local: Array,
        y_local: Array,
        *,
        temperature: float | Array = 0.07,
        local_temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        aggregate: Literal['mean', 'sum'] = 'mean',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""CLIP loss of plain views together with those of all pairs of augmented views.

        .. math:: \frac{1}{1 + A} \Big[ \mathrm{info\_nce}(x, y; \tau)
                  + \frac{1}{A} \sum_{ab} \mathrm{info\_nce}_e(x^a, y^b; \tau') \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Images and texts without augmentation.
        x_local, y_local : array (A, B, E)
            A augmented views of each sample, from a projector of their own; A may
            be 0.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
        local_temperature : float or 0-d array, > 0, default 0.07
            That of the augmented views, differentiable. :math:`\tau'`.
        label_smoothing : float in [0, 1], default 0.0
            The share e of `info_nce` in the terms of the augmented views; the
            recipe of the paper has 0.1.
        aggregate : {"mean", "sum"}, default "mean"
            Mean of both directions, or their sum as in the recipe of the paper.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` or
            `local_temperature` is not above 0, `label_smoothing` is outside [0, 1]
            or `aggregate` or `reduction` is not one of its words.

        Notes
        -----
        The recipe of the paper has A = 2. The matrices of the direction from texts
        are the transposes of those from images, so there are :math:`A^2 + 1`
        products, not twice as many. Without augmented views it is `info_nce`, or
        twice that with ``aggregate="sum"``.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        E. Fini, P. Astolfi, A. Romero-Soriano, J. Verbeek, M. Drozdzal, "Improved
        Baselines for Vision-Language Pre-Training", TMLR 2023, arXiv 2305.08675.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, local = np.eye(3), np.stack([np.eye(3), np.eye(3)])
        >>> options = dict(temperature=1.0, local_temperature=1.0, label_smoothing=0.1)
        >>> float(pc.clip_rocket(x, x, local, local, **options).round(6))
        0.595889
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_local: Array,
        y_local: Array,
        *,
        temperature: float | Array = 0.07,
        local_temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        aggregate: Literal['mean', 'sum'] = 'mean',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, ClipRocketGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_local: Array,
        y_local: Array,
        *,
        temperature: float | Array = 0.07,
        local_temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        aggregate: Literal['mean', 'sum'] = 'mean',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, ClipRocketGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        x_local: Array,
        y_local: Array,
        *,
        temperature: float | Array = 0.07,
        local_temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        aggregate: Literal['mean', 'sum'] = 'mean',
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ClipRocketGrads[Array]]]: ...

clip_rocket: _ClipRocket

class ClubBoundGrads(NamedTuple, Generic[Array]):
    """Gradients of `club_bound`, of the arguments that were differentiated."""

    scores: Any
    temperature: Array

class _ClubBound(Objective):
    def __call__(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Upper bound on mutual information of a critic that is a conditional log-likelihood (CLUB).

        .. math:: \frac{1}{B} \sum_i s_{ii} - \frac{1}{B^2} \sum_{i, j} s_{ij}

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for
            independent ones. Or embeddings x and y, as a sequence or one array (2,
            B, D). The scores are then their inner products over the temperature,
            computed in tiles and never stored, and the gradient is a pair as well.
            A matrix of scores is divided by the temperature, too, and never
            normalised. The value bounds the information from above where
            :math:`s_{ij}` is the log-likelihood of :math:`y_j` given :math:`x_i`,
            up to a number for each :math:`y_j`.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            In nats. Minimise it to train an encoder that forgets what x and y
            share. Fit the critic by its likelihood and not by this value, which has
            no maximum in the scores.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is
            not above 0. When ranks (``comm=``) share a matrix of scores.

        Notes
        -----
        The second mean is over all pairs, matches included. Of embeddings no pair
        is formed: with the mean row :math:`\bar y` the value is :math:`\frac{1}{B}
        \sum_i \langle x_i, y_i - \bar y \rangle / \tau`, in O(B D). A number added
        to all scores of a row or of a column leaves it unchanged. ``B = 1``: value
        0, gradient 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as CLUB.

        References
        ----------
        P. Cheng, W. Hao, S. Dai, J. Liu, Z. Gan, L. Carin, "CLUB: A Contrastive
        Log-ratio Upper Bound of Mutual Information", ICML 2020, arXiv 2006.12013.
        P. P. Liang et al., "Factorized Contrastive Learning: Going Beyond
        Multi-view Redundancy", NeurIPS 2023, arXiv 2306.05268.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.club_bound(np.eye(3)).round(6))
        0.666667
        >>> x = np.eye(3)
        >>> float(pc.club_bound((x, x)).round(6))  # the same scores, from embeddings
        0.666667
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
        **settings: Unpack[Options],
    ) -> tuple[Array, ClubBoundGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, ClubBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ClubBoundGrads[Array]]]: ...

club_bound: _ClubBound

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
        **settings: Unpack[Options],
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
            The item that each sample stands for; samples of one item are no
            negatives of each other.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        Samples of one cluster share their easy features, so these do not lower the
        loss. The paper draws each batch from one cluster. With several clusters in
        a batch this is the mean of their losses by `info_nce`, weighted with their
        sizes. A sample alone in its cluster has the loss 0. In main memory samples
        are brought into the order of their clusters, and tiles without any pair are
        skipped: of large batches the work is that of the clusters alone.

        With equal `clusters` it equals `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        J. Zhang, X. Lan et al., "Learning the Unlearned: Mitigating Feature
        Suppression in Contrastive Learning", ECCV 2024, arXiv 2402.11816.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrast of each row with the mean of all others, without a second view (cMIM).

        .. math:: \frac{1}{B} \sum_i \log \Big( 1 +
                  \frac{1}{B - 1} \sum_{j \ne i} e^{(\cos(z_i, z_j) - 1) / \tau} \Big)

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i. At least 2 codes. Rows are always scaled to
            unit length.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The default is ours; that of
            the paper was not found.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            In (0, log 2].

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words. When ``B < 2``, as there
            is no negative.

        Notes
        -----
        The positive is the row itself, with cosine 1. The mean over the negatives,
        and not their sum, makes the loss indifferent to the size of the batch. Rows
        that coincide have the loss :math:`\log 2`. The likelihood terms of the
        machine are the caller's. The form is read from the abstract and a public
        review; mean and positive were not compared with the authors' code. Half of
        one Gram matrix is computed, of centred rows: in float32 the value is
        accurate also for codes that nearly coincide.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        M. Livne, "cMIM", 2025, arXiv 2502.19642, and "Contrastive Mutual
        Information Learning", 2025, arXiv 2509.21511.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, CmimGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        ids: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CmimGrads[Array]]]: ...

cmim: _Cmim

class CocaGrads(NamedTuple, Generic[Array]):
    """Gradients of `coca`, of the arguments that were differentiated."""

    x: Array
    y: Array
    logits: Array
    temperature: Array

class _Coca(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        logits: Array,
        targets: Array,
        *,
        contrastive_weight: float = 1.0,
        caption_weight: float = 2.0,
        temperature: float | Array = 0.07,
        ignore_index: int = 0,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Symmetric InfoNCE of images and captions plus the cross-entropy of the captions (CoCa).

        .. math:: w_{con} \, \mathrm{InfoNCE}(x, y; \tau) + w_{cap} \, \frac{1}{|K|}
                  \sum_{(b, t) \in K} \Big[ \log \sum_v e^{z_{btv}} - z_{bt,\, y_{bt}} \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Images and captions.
        logits : array (B, T, V)
            Scores of the V words at each of T places.
        targets : integer array (B, T)
            The word at each place, from 0 to V - 1, or `ignore_index`.
        contrastive_weight : float, >= 0, default 1.0
            The paper's value. It adds both directions of the contrast, so its
            weight 1 is 2 here.
        caption_weight : float, >= 0, default 2.0
            The paper's value.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable.
        ignore_index : int, default 0
            Target of places to leave out. The padding of a caption.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `contrastive_weight`
            or `caption_weight` is negative, `temperature` is not above 0 or
            `ignore_index` is not an integer. When a target is neither a word nor
            `ignore_index`. Where JAX traces the targets, the loss is nan instead,
            unless `caption_weight` is 0.

        Notes
        -----
        The parts are `info_nce` and `caption_cross_entropy`; K holds the places
        that are not left out. A part with weight 0 is not computed.

        With ``caption_weight=0.0`` it equals `info_nce`. With
        ``contrastive_weight=0.0, caption_weight=1.0`` it equals
        `caption_cross_entropy`.

        The value does not depend on a permutation of the samples.

        Also known as CoCaLoss.

        References
        ----------
        J. Yu, Z. Wang, V. Vasudevan, L. Yeung, M. Seyedhosseini, Y. Wu, "CoCa:
        Contrastive Captioners are Image-Text Foundation Models", TMLR 2022, arXiv
        2205.01917.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, logits = np.eye(3), np.zeros((3, 2, 5))
        >>> targets = np.array([[1, 2], [3, 0], [4, 0]])  # 0 is the padding
        >>> float(pc.coca(x, x, logits, targets, temperature=1.0).round(6))
        3.770321
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        logits: Array,
        targets: Array,
        *,
        contrastive_weight: float = 1.0,
        caption_weight: float = 2.0,
        temperature: float | Array = 0.07,
        ignore_index: int = 0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, CocaGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        logits: Array,
        targets: Array,
        *,
        contrastive_weight: float = 1.0,
        caption_weight: float = 2.0,
        temperature: float | Array = 0.07,
        ignore_index: int = 0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, CocaGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        logits: Array,
        targets: Array,
        *,
        contrastive_weight: float = 1.0,
        caption_weight: float = 2.0,
        temperature: float | Array = 0.07,
        ignore_index: int = 0,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CocaGrads[Array]]]: ...

coca: _Coca

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Sum of three losses of cosines against judged similarities.

        .. math:: w_0 \, \mathrm{pearson}(s, t) + w_1 \, \mathrm{rank\_kl}(s, t; \tau) + w_2 \,
                  \mathrm{preference\_ranking}(s, t; \tau), \quad s_i = \cos(x_i, y_i)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two texts of each sample, whose similarity is
            judged.
        target : array (B,)
            Number that says how high each sample should score; equal ones tie.
            Without a gradient. Judged similarity t.
        weights : tuple of 3 numbers, default (2.0, 5.0, 0.5)
            The published values.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. Of the second and the third
            loss. The published value.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `weights` is not a
            tuple of 3 numbers, each of at least 0 or `temperature` is not above 0.
            When ranks share the batch (``comm=``).

        Notes
        -----
        The terms are `pearson`, `rank_kl` and `preference_ranking`; one with weight
        0 is not computed. The published training adds InfoNCE of a middle layer
        over the pairs that are judged similar.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for
        Unified Representation Learning in Information Retrieval and Semantic
        Textual Similarity", 2025, arXiv 2508.11442.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""CLIP loss plus alignment and uniformity, within and across modalities (CUAXU).

        .. math:: w_c\, \mathrm{info\_nce}(X, Y; \tau) + \frac{w_a}{B} \sum_j |X_j - Y_j|^2
                  + \frac{w_u}{2} \Big[ \log \mathrm{mean}_{j < k} e^{-t |X_j - X_k|^2}
                  + \log \mathrm{mean}_{j < k} e^{-t |Y_j - Y_k|^2} \Big] + w_x
                  \log \mathrm{mean}_{j \ne k} e^{-t |X_j - Y_k|^2}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities. Rows are scaled to unit
            length.
        temperature : float or 0-d array, > 0, default 0.01
            Temperature :math:`\tau`, differentiable. Of the contrastive part. The
            authors' value, fixed there.
        t : float, > 0, default 2.0
            Sharpness of the potentials; the authors' value.
        contrastive_weight, alignment_weight, uniformity_weight : float, >= 0, default 1.0
            Weights of the terms; 1 in the authors' code. A term of weight 0 is not
            computed.
        cross_uniformity_weight : float, >= 0, default 1.0
            Weight of the potentials between modalities. With 0 the loss is the
            authors' CUA.

        Returns
        -------
        loss : 0-d array
            May be negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or `t`
            is not above 0 or `contrastive_weight`, `alignment_weight`,
            `uniformity_weight` or `cross_uniformity_weight` is negative. When ``B <
            2`` and a weight of uniformity is not 0.

        Notes
        -----
        .. math::
           L_{Align} &= \tfrac1B \textstyle\sum_j |X_j - Y_j|^2 \\
           L_{Uniform} &= \tfrac12 \log \mathrm{mean}_{j<k} e^{-t |X_j - X_k|^2} +
                          \tfrac12 \log \mathrm{mean}_{j<k} e^{-t |Y_j - Y_k|^2} \\
           L_{XUniform} &= \log \mathrm{mean}_{j \ne k} e^{-t |X_j - Y_k|^2}

        The loss is the weighted sum of the symmetric `info_nce`, `alignment`, half
        of the `uniformity` of each modality, and :math:`L_{XUniform}`. On unit rows
        a potential is the exponential of a similarity at the temperature
        :math:`1/(2t)`. A uniformity is therefore a log-sum-exp over all pairs of
        different samples, with gradient :math:`2t` times their softmax. The cost is
        two matrices between the modalities, and half of the tiles of two matrices
        within them. :math:`-4t \le L_{Uniform} \le 0`. There are no `ids`, as the
        uniformities spread all samples.

        With ``alignment_weight=0.0, uniformity_weight=0.0,
        cross_uniformity_weight=0.0`` it equals `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        A. Fahim, A. Murphy, A. Fyshe, "It's Not a Modality Gap: Characterizing and
        Addressing the Contrastive Gap", 2024, arXiv 2405.18570.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            Over the pairs whose term is above 0, or over all pairs of their kind.
            An average of no pair is 0.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `pos_margin` or
            `neg_margin` is negative, `power` is outside [1, 16] or `average` is not
            one of its words.

        Notes
        -----
        Hadsell et al. have half of this with ``power=2, average="pairs"``, but one
        average over all pairs. The defaults are those of pytorch-metric-learning.
        Distances are roots of products of the rows less their mean. In float32
        those of rows that lie close together are exact where all rows do; where
        clusters are apart, a distance below 1e-3 of their spread is lost in
        rounding, and one that is all rounding is 0. The slope of the distance of
        coincident rows is 0. Value and gradient take half of the tiles of one
        product each.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        Also known as ContrastiveLoss.

        References
        ----------
        R. Hadsell, S. Chopra, Y. LeCun, "Dimensionality Reduction by Learning an
        Invariant Mapping", CVPR 2006, doi 10.1109/CVPR.2006.100.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Log-sum-exp over all pairs of samples whose cosines are in the wrong order.

        .. math:: \log \Big( 1 + \sum_{(i,j):\, t_i < t_j} e^{(s_i - s_j) / \tau} \Big), \quad
                  s_i = \cos(x_i, y_i)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two texts of each sample, whose similarity is
            judged.
        target : array (B,)
            Number that says how high each sample should score; equal ones tie.
            Without a gradient. Judged similarity t. Only the order counts.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. The published code multiplies
            cosines by 20.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is
            not above 0. When ranks share the batch (``comm=``).

        Notes
        -----
        Samples with equal targets make no pair. The sum is divided by no number of
        pairs. Gradient: the share of each pair in the sum, :math:`p_{ij} = e^{(s_i
        - s_j)/\tau - L}`, over the temperature; it is added to :math:`s_i` and
        taken from :math:`s_j`.

        The double sum factorises. Sums of exponentials along the order of the
        targets, in logarithms, give value and gradient in O(B D + B log B) time and
        O(B) memory, without a matrix. Equal targets or ``B = 1``: 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        Also known as CoSENTLoss.

        References
        ----------
        J. Su, "CoSENT: A More Efficient Sentence Embedding Scheme than
        Sentence-BERT", 2022, https://kexue.fm/archives/8847

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, CosentGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CosentGrads[Array]]]: ...

cosent: _Cosent

class CtvisGrads(NamedTuple, Generic[Array]):
    """Gradients of `ctvis`, of the arguments that were differentiated."""

    anchor: Array
    candidates: Array

class _Ctvis(Objective):
    def __call__(
        self,
        anchor: Array,
        candidates: Array,
        positive: Array,
        *,
        weight: float = 2.0,
        aux_weight: float = 3.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Log of all differences of a negative and a positive, with a regression of the cosines.

        .. math:: \frac{1}{B} \sum_i \Big[ w \log \Big( 1 + \sum_{n, p} e^{s_{in} - s_{ip}} \Big)
                  + \frac{w'}{C} \sum_k (\cos(a_i, c_{ik}) - y_{ik})^2 \Big],\quad
                  s_{ik} = \langle a_i, c_{ik} \rangle

        Parameters
        ----------
        anchor : array (B, D)
            One row of each instance. In the paper the embedding of an instance in a
            frame.
        candidates : array (B, C, D)
            C candidates of each instance. In the paper an earlier embedding or the
            memory of the instance, and all other queries of the frame before.
            Products are of the rows as they are.
        positive : bool array (B, C)
            True for the candidates that are the same instance, False for negatives.
            y of the formula.
        weight : float, >= 0, default 2.0
            w; the authors' value.
        aux_weight : float, >= 0, default 3.0
            w'; the authors' value.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `weight` or
            `aux_weight` is negative or `reduction` is not one of its words.

        Notes
        -----
        The sum over pairs is a product of two sums, so the first term is
        :math:`\mathrm{softplus}(\mathrm{LSE}_n(s) + \mathrm{LSE}_p(-s))`: O(C)
        numbers, where the authors' code has :math:`C^2`. It is 0 without a
        positive, and without a negative. With the sigmoid r of that sum, the
        gradient weight of a negative is r times its softmax, that of a positive -r
        times the softmax of -s. With one positive it is a cross-entropy. In the
        cosines a zero row counts as 0 and gets no gradient.

        The value does not depend on a permutation of the samples or a common
        rotation of all rows.

        References
        ----------
        K. Ying et al., "CTVIS: Consistent Training for Online Video Instance
        Segmentation", ICCV 2023, arXiv 2307.12616.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> anchor, candidates = np.eye(2), np.stack([np.eye(2)] * 2)
        >>> float(pc.ctvis(anchor, candidates, np.eye(2) > 0).round(6))
        0.626523
        """
        ...
    @overload
    def value_and_grad(
        self,
        anchor: Array,
        candidates: Array,
        positive: Array,
        *,
        weight: float = 2.0,
        aux_weight: float = 3.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, CtvisGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        anchor: Array,
        candidates: Array,
        positive: Array,
        *,
        weight: float = 2.0,
        aux_weight: float = 3.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, CtvisGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        anchor: Array,
        candidates: Array,
        positive: Array,
        *,
        weight: float = 2.0,
        aux_weight: float = 3.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CtvisGrads[Array]]]: ...

ctvis: _Ctvis

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Similarity of every tuple of rows, one of each view: an array with n axes of length B.

        .. math:: S_t = 1 - \sqrt{V_t}, \quad V_t = \sum_a |\hat x_a[t_a]|^2 - \tfrac{1}{n} \big|
                  \sum_a \hat x_a[t_a] \big|^2

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        weights : array (B, ..., B), optional
            With n axes. The value is then the weighted sum of all similarities, and
            needs no array of B^n entries besides the weights.
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
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree or `similarity` is not one of its words. When ranks
            share the batch (``comm=``).

        Notes
        -----
        With :math:`s_t = \sum_a x_a[t_a]` and :math:`V_t = \sum_a |x_a[t_a]|^2 -
        |s_t|^2/n`: deviation :math:`1 - \sqrt{V_t}`, variance :math:`1 - V_t`, norm
        :math:`|s_t|`, product :math:`\sum_d \prod_a x_a[t_a]_d`. The first three
        are made from n (n - 1) / 2 products of pairs of views by broadcasting, the
        last from entrywise products of rows times one view.

        `cube_logits.value_and_grad` needs `weights` (it is the vector-Jacobian
        product); `cube_logits.vjp` takes a cotangent of the array's shape. The
        diagonal tuples are computed from differences. At :math:`V_t = 0` or
        :math:`s_t = 0` the gradient of the root is taken as 0.

        References
        ----------
        S. Mander, S. Piao, H. Rahmani, "Contrastive Training with More Data", ICLR
        2023 tiny papers.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, CubeLogitsGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        weights: Array | None = None,
        *,
        similarity: Literal['deviation', 'variance', 'norm', 'product'] = 'deviation',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrastive loss of n encoders over all B^n tuples, the diagonal as targets.

        .. math:: \frac{1}{nB} \sum_{a,i} \Big[ \log \sum_{t:\, t_a = i} e^{S_t/\tau}
                  - S_{(i,\dots,i)}/\tau \Big]

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A tuple with a
            missing member is left out, and only complete samples are anchors.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        similarity : {"deviation", "variance", "norm", "product"}, default "deviation"
            The similarity of a tuple, as in `cube_logits`.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. The authors' initial value of
            a learned scale.
        negatives : {"all", "axis"}, default "all"
            Every row against all :math:`B^{n-1}` tuples that contain it (the
            paper's ratio), or against the B tuples in which one index moves (as its
            code computes).
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample is the mean over its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, all weights are zero, `similarity`, `negatives` or
            `reduction` is not one of its words or `temperature` is not above 0.
            When ranks share the batch (``comm=``).

        Notes
        -----
        The formula is that of "all". For "axis" the sum over t runs over
        :math:`(i,\dots,j,\dots,i)` with j at place a. There are three exact
        evaluations, none of which forms an array of B^n x D:

        - "axis": n products of B x B x D;
        - "all" with the variance, which is additive over pairs: contractions of exponentiated B x B
          matrices, 12 B^3 operations for n = 3 and B^{n-3} times that beyond, as long as the
          exponents fit the dtype (n / tau up to 80 in float32);
        - else blocks of the cube by broadcasting from the products of pairs: memory O(n^2 B^2).

        The diagonal tuple is summed apart, so digits survive when the loss is tiny.
        ``B = 1``: 0. At n = 2 both kinds of negatives are the same. There are no
        `ids`: a tuple joins several samples, of which some may be of one item and
        others not. `symile` has the scores of "product" with B shuffled tuples of
        each row in place of all. :math:`0 \le L_\text{axis} \le L_\text{all}`.

        Of 2 views with ``similarity="variance", normalize=True`` it equals
        `info_nce`. Of 2 views with ``similarity="product"`` it equals `info_nce`.
        Of 2 views with ``similarity="product", negatives="axis"`` it equals
        `info_nce`.

        The value does not depend on a permutation of the samples, a permutation of
        the views or the length of single rows where they are normalised.

        References
        ----------
        S. Mander, S. Piao, H. Rahmani, "Contrastive Training with More Data", ICLR
        2023 tiny papers.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CubeLossGrads[Array]]]: ...

cube_loss: _CubeLoss

class CwclGrads(NamedTuple, Generic[Array]):
    """Gradients of `cwcl`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _Cwcl(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        weights: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrast in which all samples match in part, as far as a frozen modality finds them alike.

        .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_j e^{s_{ij}} - \sum_j \bar w_{ij} s_{ij}
                  + \log \sum_j e^{s_{ji}} - s_{ii} \Big],\quad
                  s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau,\quad
                  \bar w_{ij} = \frac{1 + \langle \hat x_i, \hat x_j \rangle}
                  {\sum_k (1 + \langle \hat x_i, \hat x_k \rangle)}

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i. The frozen modality. Its rows are anchors
            with soft targets; those of `y` have one match.
        y : array (B, D)
            Row i belongs to sample i. The modality that learns.
        weights : array (B, B), optional
            How much each sample matches each other; constants, at least 0, a row
            not all zero. In place of the cosines :math:`1 + \langle \hat x_i, \hat
            x_k \rangle`; rows are divided by their sums. With ``comm=`` there are
            none.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
        normalize : bool, default True
            Scale rows to unit length first. The weights are of cosines in any case.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. Those of a sample
            are the sum of both directions.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words. When a row of `weights`
            is all zero, or they are given with ``comm=``. Where JAX traces them,
            the loss is nan instead for such a row.

        Notes
        -----
        The gradient of `x` leaves out that through the weights, which are
        constants. With P and Q the softmax of rows and of columns, the derivative
        with respect to :math:`s_{ij}` is :math:`P_{ij} - \bar w_{ij} + Q_{ij} -
        \delta_{ij}`. The matrix of cosines has rank D + 1, so its products with
        rows take O(B D^2), and no pair beside those of the log-sum-exps; memory is
        O(B D) when tiled. Given `weights` are of size B x B themselves. With the
        identity as weights it is twice `info_nce`. ``B = 1``: value 0, gradient 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``weights=None`` the gradient of `x` is by definition not that of the
        value, and finite differences do not apply to it.

        References
        ----------
        R. S. Srinivasa, J. Cho, C. Yang, Y. M. Saidutta, C.-H. Lee, Y. Shen, H.
        Jin, "CWCL: Cross-Modal Transfer with Continuously Weighted Contrastive
        Loss", NeurIPS 2023, arXiv 2309.14580.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.cwcl(x, x, temperature=1.0).round(6))
        1.602889
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        weights: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, CwclGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        weights: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, CwclGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        weights: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], CwclGrads[Array]]]: ...

cwcl: _Cwcl

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
        **settings: Unpack[Options],
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
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. Of the contrastive part.
            CLIP's initial value.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `in_modal` or `cross_modal` is negative.

        Notes
        -----
        The loss is the symmetric `info_nce` plus `geometric_consistency`. The
        cyclic terms use plain cosines, so the temperature gets its gradient from
        the contrastive part only. They cost O(B D^2) and form no pair. `ids`
        concern `info_nce` alone: the cyclic terms have no negatives.

        With ``in_modal=0.0, cross_modal=0.0`` it equals `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        Also known as CyCLIP, CyCLIPLoss.

        References
        ----------
        S. Goel, H. Bansal, S. Bhatia, R. Rossi, V. Vinay, A. Grover, "CyCLIP:
        Cyclic Contrastive Language-Image Pretraining", NeurIPS 2022, arXiv
        2205.14459.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The paper's value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those
            of `x` first.

        Returns
        -------
        loss : 0-d array, or (2B,) for ``reduction="none"``
            May be negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words. When ``B < 2``, as there
            is no negative.

        Notes
        -----
        The partner of row a is :math:`p(a) = a \pm B`. The gradient weight of a
        negative pair is its softmax over the negatives, that of the positive is
        :math:`-1`. For each anchor, the loss of `nt_xent` is the softplus of this
        one. Both cost the same. An anchor that `ids` leave without a negative has
        loss 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        Also known as decoupled contrastive loss, DCLLoss.

        References
        ----------
        C.-H. Yeh, C.-Y. Hong, Y.-C. Hsu, T.-L. Liu, Y. Chen, Y. LeCun, "Decoupled
        Contrastive Learning", ECCV 2022, arXiv 2110.06848.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The paper's value.
        sigma : float or 0-d array, > 0, default 0.5
            Temperature :math:`\sigma` of the weights; it has a gradient where they
            have one. The paper's value. With ``stop_grad_weights=True`` its
            gradient is 0.
        stop_grad_weights : bool, default True
            Take the weights as constants in the gradient.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those
            of `x` first.

        Returns
        -------
        loss : 0-d array, or (2B,) for ``reduction="none"``
            May be negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or
            `sigma` is not above 0 or `reduction` is not one of its words. When ``B
            < 2``, as there is no negative.

        Notes
        -----
        The rows :math:`z = [\hat x; \hat y]` and partners :math:`p(a) = a \pm B`
        are those of `dcl`, which this becomes for a large :math:`\sigma`. The
        weights are a negative von Mises-Fisher function. Both views of a sample
        share one, their mean is 1, and they lie in (2 - B, 2). The paper does not
        say whether they are differentiated, and public codes do either. With
        :math:`\pi` the softmax, :math:`\partial w_i / \partial s_k =
        -\frac{B}{\sigma} \pi_i (\delta_{ik} - \pi_k)`. An anchor that `ids` leave
        without a negative has loss 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        With ``stop_grad_weights=True`` the gradient of `x` and `y` and `sigma` is
        by definition not that of the value, and finite differences do not apply to
        it.

        Also known as DCLWLoss.

        References
        ----------
        C.-H. Yeh, C.-Y. Hong, Y.-C. Hsu, T.-L. Liu, Y. Chen, Y. LeCun, "Decoupled
        Contrastive Learning", ECCV 2022, arXiv 2110.06848.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Debiased contrastive loss: NT-Xent whose negatives are corrected for false ones.

        .. math:: \frac{1}{2B} \sum_{a=1}^{2B} \log \Big( 1 + \frac{g_a}{e^{s_a^+}} \Big),\quad
                  g_a = \max \Big( \frac{\sum_{b \ne a, p(a)} e^{s_{ab}} - \tau_+ n e^{s_a^+}}
                  {1 - \tau_+},\; n e^{-1/\tau} \Big)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views. Rows are always scaled to unit
            length.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. The paper's value.
        tau_plus : float in [0, 1), default 0.1
            Probability :math:`\tau_+` that another sample is of the anchor's class.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those
            of `x` first.

        Returns
        -------
        loss : 0-d array, or (2B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `tau_plus` is outside [0, 1) or `reduction` is not one of its
            words.

        Notes
        -----
        Here :math:`s_{ab}` are cosines over the temperature, :math:`p(a) = a \pm B`
        is the partner of row a, :math:`s_a^+` its score, and :math:`n = 2B - 2`, or
        the number of negatives that `ids` leave. All is computed from :math:`\log
        \sum e^{s_{ab}} - s_a^+`, so small temperatures do not overflow. At the
        floor :math:`n e^{-1/\tau}` no gradient reaches the negatives; where both
        terms are equal, the floor is taken. ``B = 1``: value 0, gradient 0. The
        cost is that of `nt_xent`.

        With ``tau_plus=0.0`` it equals `nt_xent`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        C.-Y. Chuang, J. Robinson, Y.-C. Lin, A. Torralba, S. Jegelka, "Debiased
        Contrastive Learning", NeurIPS 2020, arXiv 2007.00224.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DebiasedNceGrads[Array]]]: ...

debiased_nce: _DebiasedNce

class DecKlGrads(NamedTuple, Generic[Array]):
    """Gradients of `dec_kl`, of the arguments that were differentiated."""

    z: Array
    centers: Array

class _DecKl(Objective):
    def __call__(
        self,
        z: Array,
        centers: Array,
        target: Array | None = None,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Divergence of soft assignments to clusters from sharper ones, which are held (DEC).

        .. math:: \frac{1}{N} \sum_i \sum_c p_{ic} \log \frac{p_{ic}}{q_{ic}}, \quad
                  q_{ic} \propto \frac{1}{1 + |z_i - \mu_c|^2}, \quad
                  p_{ic} \propto \frac{q_{ic}^2}{\sum_j q_{jc}}

        Parameters
        ----------
        z : array (N, D)
            Embeddings.
        centers : array (C, D)
            Row c is the centre of cluster c. With ``comm=``, all ranks have the
            same.
        target : array (N, C), optional
            Shares p of the clusters from an earlier pass; by default those of this
            call. Each row has the sum 1.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words.

        Notes
        -----
        Rows of q and p have the sum 1. The sum of clusters in p goes over the
        samples of all ranks. The targets p are constants: with :math:`A =
        \frac{2}{N} k (p - q)` and the kernel :math:`k = 1 / (1 + |z - \mu|^2)` the
        gradients are :math:`\mathrm{diag}(A 1) z - A \mu` and
        :math:`\mathrm{diag}(A^\top 1) \mu - A^\top z`. All shares are computed in
        logarithms. Distances are made of products, after the mean row is
        subtracted: in float32 a squared distance has an error of about 1e-7 times
        the squared length of the rows from their mean.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or a common shift of all rows where they are not normalised.

        With ``target=None`` the gradient of `z` and `centers` is by definition not
        that of the value, and finite differences do not apply to it.

        References
        ----------
        J. Xie, R. Girshick, A. Farhadi, "Unsupervised Deep Embedding for Clustering
        Analysis" (DEC), ICML 2016, arXiv 1511.06335.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> z = np.asarray([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
        >>> float(pc.dec_kl(z, z[:2]).round(6))
        0.032513
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        centers: Array,
        target: Array | None = None,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, DecKlGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        centers: Array,
        target: Array | None = None,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, DecKlGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        centers: Array,
        target: Array | None = None,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DecKlGrads[Array]]]: ...

dec_kl: _DecKl

class DecoupledSoftmaxGrads(NamedTuple, Generic[Array]):
    """Gradients of `decoupled_softmax`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _DecoupledSoftmax(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        positive: Array,
        ignore: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each label of a sample against the labels that it does not have.

        .. math:: -\frac{1}{B} \sum_i \frac{1}{|P_i|} \sum_{p \in P_i} \log
                  \frac{e^{s_{ip}}}{e^{s_{ip}} + \sum_{n \in N_i} e^{s_{in}}},\quad
                  s_{il} = \langle \hat x_i, \hat y_l \rangle / \tau

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i.
        y : array (L, D)
            Row l stands for label l. With ``comm=``, all ranks have the same.
        positive : bool array (B, L) or integer array (B, P)
            True for the labels that a sample has. Integers are the numbers of these
            labels, with -1 in the places of shorter lists. The sets :math:`P_i` of
            the formula; all other labels are in :math:`N_i`.
        ignore : bool array (B, L) or integer array (B, U), optional
            True for labels that are neither positives nor negatives of a sample.
            Integers are the numbers of these labels, with -1 in the places of
            shorter lists. It wins over `positive`. The authors draw one positive of
            each sample and ignore the others.
        temperature : float or 0-d array, > 0, default 0.05
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
            When shapes, dtypes, libraries or devices disagree, an integer of
            `positive` or an integer of `ignore` is not from -1 to L - 1,
            `temperature` is not above 0 or `reduction` is not one of its words.
            When there are lists as long as there are labels, which might be meant
            as a mask.

        Notes
        -----
        A sample without a positive, or without a negative, has loss and gradient 0
        and still counts in the mean. Other positives are not in the denominator.
        With one positive of each sample it is the softmax over all labels. With the
        log-sum-exp :math:`N_i` of the negatives a positive has the loss
        :math:`\mathrm{softplus}(N_i - s_{ip})`, and with the mean :math:`q_i` of
        its derivatives :math:`\sigma(N_i - s_{ip})` a negative has the gradient
        weight :math:`q_i e^{s_{in} - N_i}`. There are two passes over the labels,
        one for :math:`N_i`. Similarities are computed in tiles. A mask is as large
        as all of them, lists are not. A number that is listed twice counts once.
        Where JAX traces the lists, a number that is no label makes the loss nan.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        N. Gupta et al., "Dual-Encoders for Extreme Multi-Label Classification"
        (DEXML), ICLR 2024, arXiv 2310.10636.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, labels = np.eye(3), np.array([[1, 1, 0], [0, 1, 0], [1, 0, 1]]) > 0
        >>> float(pc.decoupled_softmax(x, np.eye(3), labels, temperature=1.0).round(6))
        0.519285
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        positive: Array,
        ignore: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, DecoupledSoftmaxGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        positive: Array,
        ignore: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, DecoupledSoftmaxGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        positive: Array,
        ignore: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DecoupledSoftmaxGrads[Array]]]: ...

decoupled_softmax: _DecoupledSoftmax

class DeglaGrads(NamedTuple, Generic[Array]):
    """Gradients of `degla`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _Degla(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        teacher_x: Array,
        teacher_y: Array,
        teacher_negatives: Array,
        *,
        temperature: float | Array = 0.07,
        text_temperature: float = 0.1,
        igc_weight: float = 0.1,
        tgc_weight: float = 0.1,
        distill_weight: float = 0.005,
        shared_negatives: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrasts of images and captions with hard captions, kept near a teacher (DeGLA).

        .. math:: \mathrm{base}(x, y, n; \tau) + w_I\, \mathrm{IGC}(x, y, n; \tau)
                  + w_T\, \mathrm{TGC}(y, y^*, n; \tau') + w_D \sum_i \Big[ |\hat x_i - \hat x^*_i|^2
                  + |\hat y_i - \hat y^*_i|^2 + \sum_k |\hat n_{ik} - \hat n^*_{ik}|^2 \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Images and captions.
        negatives : array (B, K, D)
            K hard captions of each sample, such as its caption with a wrong word.
        teacher_x, teacher_y : array (B, D)
            Rows of the same samples from a teacher. :math:`x^*` and :math:`y^*`; in
            the paper those of moving averages of the encoders.
        teacher_negatives : array (B, K, D)
            Rows of `negatives` from the teacher.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
        text_temperature : float, > 0, default 0.1
            :math:`\tau'`, the constant of the authors' code.
        igc_weight : float, >= 0, default 0.1
            Weight :math:`w_I` of `image_grounded_contrast`. The paper's value.
        tgc_weight : float, >= 0, default 0.1
            Weight :math:`w_T` of `text_grounded_contrast`. The paper's value.
        distill_weight : float, >= 0, default 0.005
            Weight :math:`w_D` of the distances. They are a sum over the batch and
            not a mean, so it depends on B. The paper's value.
        shared_negatives : bool, default True
            Whether each image of the base has the hard captions of all samples as
            negatives, as in the authors' code, or its own, as in equation 4 of the
            paper.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample holds B times its distances, so that the mean of the losses is
            the formula.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or
            `text_temperature` is not above 0, `igc_weight`, `tgc_weight` or
            `distill_weight` is negative or `reduction` is not one of its words.

        Notes
        -----
        The base is the mean of both directions of `info_nce`, with hard captions in
        the direction from images. The authors' code lays the hard captions of
        :math:`\mathrm{TGC}` out by caption and reads them by sample, so that a
        caption is set against those of other samples. Here it has its own. Parts
        with weight 0 are not computed.

        With ``igc_weight=0.0, tgc_weight=0.0, distill_weight=0.0,
        shared_negatives=False`` it equals `info_nce`. With ``igc_weight=0.0,
        tgc_weight=0.0, distill_weight=0.0`` it equals `multiple_negatives_ranking`
        with ``directions=('query_to_doc', 'doc_to_query'),
        partition="per_direction"``.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        X. Hu et al., "Decoupled Global-Local Alignment for Improving Compositional
        Understanding" (DeGLA), 2025, arXiv 2504.16801.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, negatives = np.eye(3), np.ones((3, 2, 3))
        >>> float(pc.degla(x, x, negatives, x, x, negatives, temperature=1.0).round(6))
        1.229736
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        teacher_x: Array,
        teacher_y: Array,
        teacher_negatives: Array,
        *,
        temperature: float | Array = 0.07,
        text_temperature: float = 0.1,
        igc_weight: float = 0.1,
        tgc_weight: float = 0.1,
        distill_weight: float = 0.005,
        shared_negatives: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, DeglaGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        teacher_x: Array,
        teacher_y: Array,
        teacher_negatives: Array,
        *,
        temperature: float | Array = 0.07,
        text_temperature: float = 0.1,
        igc_weight: float = 0.1,
        tgc_weight: float = 0.1,
        distill_weight: float = 0.005,
        shared_negatives: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, DeglaGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        teacher_x: Array,
        teacher_y: Array,
        teacher_negatives: Array,
        *,
        temperature: float | Array = 0.07,
        text_temperature: float = 0.1,
        igc_weight: float = 0.1,
        tgc_weight: float = 0.1,
        distill_weight: float = 0.005,
        shared_negatives: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DeglaGrads[Array]]]: ...

degla: _Degla

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
        **settings: Unpack[Options],
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
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
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
            When shapes, dtypes, libraries or devices disagree, all weights are
            zero, `temperature` is not above 0 or `reduction` is not one of its
            words. When ``B < 2``.

        Notes
        -----
        No product of `x` with `y` is computed, only half of the tiles of each
        view's own Gram matrix. An anchor that `ids` leave without a negative has
        loss 0. `mv_dhel` of two views equals this loss.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        P. Koromilas, G. Bouritsas, T. Giannakopoulos, M. Nicolaou, Y. Panagakis,
        "Bridging Mini-Batch and Asymptotic Analysis in Contrastive Learning: From
        InfoNCE to Kernel-Based Losses", ICML 2024, arXiv 2405.18045.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DhelGrads[Array]]]: ...

dhel: _Dhel

class DistillKlGrads(NamedTuple, Generic[Array]):
    """Gradients of `distill_kl`, of the arguments that were differentiated."""

    scores: Array

class _DistillKl(Objective):
    def __call__(
        self,
        scores: Array,
        teacher_scores: Array,
        *,
        temperature: float = 1.0,
        rescale: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Divergence of a student's softmax from that of a teacher, over the candidates of a sample.

        .. math:: \frac{T^2}{B} \sum_i \sum_k q_{ik} \log \frac{q_{ik}}{p_{ik}}, \quad
                  p = \mathrm{softmax}(s / T), \quad q = \mathrm{softmax}(t / T)

        Parameters
        ----------
        scores : array (B, K)
            Scores of K candidates of each sample: documents, or classes.
        teacher_scores : array (B, K)
            Those of the teacher.
        temperature : float, > 0, default 1.0
            T of both. Without a gradient.
        rescale : bool, default True
            Multiply by :math:`T^2`, so that the gradient has one size at all
            temperatures.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        With :math:`T^2` the gradient is :math:`(p - q) T / B`, else :math:`(p - q)
        / (B T)`. It is 0 where the rows of scores differ by constants. At large T
        the value is the squared difference of rows without their means, over 2 K.
        Rerankers are distilled in this way, with the scores of a list of documents.

        The value does not depend on a permutation of the samples.

        References
        ----------
        G. Hinton, O. Vinyals, J. Dean, "Distilling the Knowledge in a Neural
        Network", 2015, arXiv 1503.02531.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> scores, teacher = np.zeros((1, 2)), np.asarray([[1.0, -1.0]])
        >>> float(pc.distill_kl(scores, teacher).round(6))
        0.327813
        """
        ...
    @overload
    def value_and_grad(
        self,
        scores: Array,
        teacher_scores: Array,
        *,
        temperature: float = 1.0,
        rescale: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, DistillKlGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        scores: Array,
        teacher_scores: Array,
        *,
        temperature: float = 1.0,
        rescale: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, DistillKlGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array,
        teacher_scores: Array,
        *,
        temperature: float = 1.0,
        rescale: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DistillKlGrads[Array]]]: ...

distill_kl: _DistillKl

class DualPatchNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `dual_patch_nce`, of the arguments that were differentiated."""

    target: Array
    temperature: Array

class _DualPatchNce(Objective):
    def __call__(
        self,
        source: Array,
        target: Array,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrast of the places of an edited image with those of its source, in both directions.

        .. math:: \frac{1}{N n} \sum_{b=1}^{N} \sum_{i=1}^{n} \Big[ \log \sum_j
                  e^{\langle \hat s_{bi}, \hat t_{bj} \rangle / \tau}
                  + \log \sum_j e^{\langle \hat s_{bj}, \hat t_{bi} \rangle / \tau}
                  - 2 \langle \hat s_{bi}, \hat t_{bi} \rangle / \tau \Big]

        Parameters
        ----------
        source : array (N, n, D)
            Features of n places of each of N images; they have no gradient. The
            reference.
        target : array (N, n, D)
            Features of n places of each of N images. Its edit.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. The value of `patch_nce`.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each place.

        Returns
        -------
        loss : 0-d array, or (N, n) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        The sum of `patch_nce` of source and target and of target and source, whose
        source is held, from one matrix for each image: twice the mean over the
        images of the symmetric `info_nce`. Written from the abstract of the paper:
        its second loss is a reading of it.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        S. M. Israr, F. Zhao, "Single-Reference Text-to-Image Manipulation with Dual
        Contrastive Denoising Score", 2025, arXiv 2508.12718.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> places = np.stack([np.eye(3)] * 2)
        >>> float(pc.dual_patch_nce(places, places, temperature=1.0).round(6))
        1.102889
        """
        ...
    @overload
    def value_and_grad(
        self,
        source: Array,
        target: Array,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, DualPatchNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        source: Array,
        target: Array,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, DualPatchNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        source: Array,
        target: Array,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DualPatchNceGrads[Array]]]: ...

dual_patch_nce: _DualPatchNce

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Donsker-Varadhan estimate of mutual information: not limited by log B, of large variance.

        .. math:: \frac{1}{B} \sum_i s_{ii} - \log \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij}}

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for
            independent ones. Or embeddings x and y, as a sequence or one array (2,
            B, D). The scores are then their inner products over the temperature,
            computed in tiles and never stored, and the gradient is a pair as well.
            A matrix of scores is divided by the temperature, too, and never
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
            When shapes, dtypes, libraries or devices disagree or `temperature` is
            not above 0. When ``B < 2``, or ranks (``comm=``) share a matrix of
            scores.

        Notes
        -----
        The logarithm of a mean over samples makes the estimate biased. This version
        has no moving average as in MINE. `tuba_bound` with a baseline from other
        data is unbiased. A constant shift of all scores leaves the estimate
        unchanged.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as MINE.

        References
        ----------
        M. Donsker, S. Varadhan, 1983. M. I. Belghazi et al., "MINE: Mutual
        Information Neural Estimation", ICML 2018, arXiv 1801.04062. B. Poole et
        al., ICML 2019, arXiv 1905.06922.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, DvBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], DvBoundGrads[Array]]]: ...

dv_bound: _DvBound

class EntityMissingGrads(NamedTuple, Generic[Array]):
    """Gradients of `entity_missing`, of the arguments that were differentiated."""

    maps: Array

class _EntityMissing(Objective):
    def __call__(
        self,
        maps: Array,
        *,
        scale: float = 1000.0,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Entities whose attention map nowhere exceeds those of the others.

        .. math:: \sum_i \max \Big( 1 - \frac{s}{\max(K - 1, 1)} \sum_{j \ne i}
                  \max_u (p_{iu} - p_{ju}), 0 \Big),\quad p_i = \frac{m_i}{\sum_u m_{iu}}

        Parameters
        ----------
        maps : array (K, H, W)
            One map of each of K entities. Entries are at least 0.
        scale : float, >= 0, default 1000.0
            Factor s of the excess, the authors' value. An entity then costs
            something only where its map exceeds those of the others by less than
            1/1000 on average. On maps of 16 x 16 that is nearly the copy of another
            map; a smaller factor asks for more.

        Returns
        -------
        loss : 0-d array
            In [0, K]. A single entity has value 1 and gradient 0.

        Raises
        ------
        ValueError, TypeError
            When `maps` is not a real floating array (K, H, W) or `scale` is
            negative. When ranks share the batch (``comm=``).

        Notes
        -----
        The gradient of a pair goes through the place of its largest excess, the
        first of equal ones. So it is 0 for two equal maps. A map of zeros has
        shares p of 0 and no gradient. Work and memory grow with the square of the
        number of entities, of which a prompt has a few.

        References
        ----------
        A. M. Izadi, S. M. H. Hosseini, S. Vafaie Tabar, A. Abdollahi, A. Saghafian,
        M. Soleymani Baghshah, "Fine-Grained Alignment and Noise Refinement for
        Compositional Text-to-Image Generation", 2025, arXiv 2503.06506.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> maps = np.asarray([[[3.0, 1.0], [2.0, 2.0]], [[2.0, 2.0], [2.0, 2.0]]])
        >>> float(pc.entity_missing(maps)), float(pc.entity_missing(maps, scale=4.0))
        (0.0, 1.0)
        """
        ...
    @overload
    def value_and_grad(
        self,
        maps: Array,
        *,
        scale: float = 1000.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, EntityMissingGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        maps: Array,
        *,
        scale: float = 1000.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, EntityMissingGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        maps: Array,
        *,
        scale: float = 1000.0,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], EntityMissingGrads[Array]]]: ...

entity_missing: _EntityMissing

class EntityMixingGrads(NamedTuple, Generic[Array]):
    """Gradients of `entity_mixing`, of the arguments that were differentiated."""

    maps: Array

class _EntityMixing(Objective):
    def __call__(
        self,
        maps: Array,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Overlap of the attention maps of all pairs of entities.

        .. math:: \sum_{i < j} \frac{\sum_u a_{iu} a_{ju}}{\sum_u (a_{iu} + a_{ju})},\quad
                  a = \frac{m - \min m}{\max m - \min m}

        Parameters
        ----------
        maps : array (K, H, W)
            One map of each of K entities. The authors take a softmax over the words
            of the prompt, without the words of its start and end, and the mean of
            the maps of an entity of two words.

        Returns
        -------
        loss : 0-d array
            Each pair is in [0, 1/2]. A single entity has value 0.

        Raises
        ------
        ValueError, TypeError
            When `maps` is not a real floating array (K, H, W). When ranks share the
            batch (``comm=``).

        Notes
        -----
        The sums of products are one product of the scaled maps with themselves, of
        K x K numbers. The smallest and largest entry of a map have a part of the
        gradient; where several are equal, it is the first. A constant map overlaps
        with none and has gradient 0. Positive affine changes of a map change
        nothing. The authors add this to `entity_missing` and `attribute_binding`
        for prompts without a spatial relation, and `spatial_relation` to them for
        the others.

        References
        ----------
        A. M. Izadi, S. M. H. Hosseini, S. Vafaie Tabar, A. Abdollahi, A. Saghafian,
        M. Soleymani Baghshah, "Fine-Grained Alignment and Noise Refinement for
        Compositional Text-to-Image Generation", 2025, arXiv 2503.06506.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> maps = np.asarray([[[1.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]])
        >>> float(pc.entity_mixing(maps).round(6))
        0.333333
        """
        ...
    @overload
    def value_and_grad(
        self,
        maps: Array,
        *,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, EntityMixingGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        maps: Array,
        *,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, EntityMixingGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        maps: Array,
        *,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], EntityMixingGrads[Array]]]: ...

entity_mixing: _EntityMixing

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Lower bound of an f-divergence between matching and other rows, with Gaussian similarity.

        .. math:: \frac{1}{B} \sum_i \Big[ -f'(u(\hat x_i, \hat y_i))
                  + \frac{w}{B - 1} \sum_{j \ne i} f^*\big(f'(u(\hat x_i, \hat x_j))\big) \Big],
                  \quad u(a, b) = e^{-|a - b|^2 / (2 \sigma^2)}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views of at least 2 samples. Other rows
            are those of `x`.
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
            When shapes, dtypes, libraries or devices disagree, `divergence` or
            `reduction` is not one of its words, `sigma` is not above 0 or `weight`
            is negative. When ``B < 2``, as there is no other row.

        Notes
        -----
        Both functions are computed from the logarithm s of u, which does not
        underflow:

        ========= ============================== ============================ f
        :math:`f'(u)` :math:`f^*(f'(u))` ========= ==============================
        ============================ kl :math:`1 + s` :math:`u` chi2 :math:`2(u -
        1)` :math:`u^2 - 1` js :math:`\log(2 u / (1 + u))` :math:`\log((1 + u) / 2)`
        hellinger :math:`1 - u^{-1/2}` :math:`u^{1/2} - 1` =========
        ============================== ============================

        With "kl" the loss is ``alignment / (2 sigma^2) - 1`` plus the mean of u.
        The gradient of a row is :math:`-(x_i - x_j) / \sigma^2` times the
        derivative by s. As s has degree 2 in the rows and -2 in :math:`\sigma`, the
        latter needs no pass over the pairs. Half of the tiles of the Gram matrix of
        `x` are computed. Rows are centred first. With "hellinger", u of a match
        must not underflow: :math:`u^{-1/2}` would be infinite. There are no `ids`,
        as the divergence is one of independent pairs. The formula follows the
        paper's summary, the defaults are not verified.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        References
        ----------
        Y. Lu, G. Zhang, S. Sun, H. Guo, Y. Yu, "f-MICL: Understanding and
        Generalizing InfoNCE-based Contrastive Learning", TMLR 2023, arXiv
        2402.10150.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Deep feature separation: specific features orthogonal to the shared, and informative.

        A loss that aligns modalities keeps the information that they share. Extra
        features of each modality keep the rest: they are orthogonal to the shared
        ones, distinguish samples and cover the sphere. Add this loss to
        `multimodal_contrastive` or to another contrast of `x` and `y`; it includes
        none.

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
            Row i belongs to sample i. Specific features of augmented versions of
            the samples.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. Of the contrast. CLIP's
            initial value.
        t : float, > 0, default 2.0
            Sharpness of the potential in the uniformity term; the value of Wang and
            Isola.
        orthogonality_weight, contrastive_weight, uniformity_weight : float, >= 0, default 1.0
            Weights of the three terms. The paper gives its weights in an appendix
            that we could not read. A term of weight 0 is not computed.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` or `t`
            is not above 0, `orthogonality_weight`, `contrastive_weight` or
            `uniformity_weight` is negative or `denominator` is not one of its
            words.

        Notes
        -----
        With :math:`P, Q` the specific features and C as in
        `multimodal_contrastive`,

        .. math::
           L_o &= \tfrac1B \textstyle\sum_j \langle X_j, P_j \rangle^2 + \langle Y_j, Q_j \rangle^2 \\
           L_c &= C(P, P_{aug}; A_P) + C(Q, Q_{aug}; A_Q) \\
           L_u &= \log \tfrac1B \textstyle\sum_{jk} \big( e^{-t |P_j - P_k|^2} +
                  e^{-t |Q_j - Q_k|^2} \big).

        The last sum includes k = j, so :math:`\log 2 \le L_u \le \log 2B`. The
        paper's formula leaves open whether one logarithm covers both modalities;
        here it does. In the paper's formula the positive of :math:`L_c` is a shared
        feature with itself; here it follows the paper's text.

        Gradient: :math:`\partial L_o / \partial X_j = \tfrac2B \langle X_j, P_j
        \rangle P_j`; the sums of :math:`L_u` are those of `uniformity`, each with
        its share of the whole. The cost is two matrices of similarities for
        :math:`L_c`, and half of the tiles of two for :math:`L_u`. None of them uses
        `x` or `y`. ``B = 1``: :math:`L_u = \log 2`, and :math:`L_c = 0` for
        ``"augmented"``. There are no `ids`, as the uniformity spreads all samples.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        Q. Jiang, C. Chen, H. Zhao, L. Chen, Q. Ping, S. D. Tran, Y. Xu, B. Zeng, T.
        Chilimbi, "Understanding and Constructing Latent Modality Structures in
        Multi-modal Representation Learning", CVPR 2023, arXiv 2303.05952.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""FLO bound on mutual information: InfoNCE with the logarithm unfolded by a dual variable.

        .. math:: -\frac{1}{B} \sum_i \Big[ u_i + \frac{e^{-u_i}}{B-1}
                  \sum_{j \ne i} e^{s_{ij} - s_{ii}} - 1 \Big]

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for
            independent ones. Or embeddings x and y, as a sequence or one array (2,
            B, D). The scores are then their inner products over the temperature,
            computed in tiles and never stored, and the gradient is a pair as well.
            A matrix of scores is divided by the temperature, too, and never
            normalised.
        u : array (B,)
            Dual variable :math:`u_i` of each pair, differentiable. It comes from a
            small network, or from a moving average (which is `global_contrastive`).
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            In nats. Maximise it, or minimise its negative. When u is far too small,
            it overflows to -inf.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is
            not above 0. When ``B < 2``, or ranks (``comm=``) share a matrix of
            scores.

        Notes
        -----
        The bound is unbiased for given u. It is largest, with derivative 0, when u
        is the logarithm of the mean exponential of the row's other scores relative
        to the match. Its gradient is then that of decoupled contrast (FlatNCE). A
        shift of a row leaves the bound unchanged.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        Q. Guo et al., "Tight Mutual Information Estimation With Contrastive
        Fenchel-Legendre Optimization", NeurIPS 2022, arXiv 2107.01131.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, FloBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        u: Array,
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], FloBoundGrads[Array]]]: ...

flo_bound: _FloBound

class FocalInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `focal_info_nce`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _FocalInfoNce(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        gamma: float = 0.5,
        temperature: float | Array = 0.01,
        detach_weight: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each query's document, times a power of its distance from certainty.

        .. math:: -\frac{1}{B} \sum_i (1 - p_i)^\gamma \log p_i,\quad
                  p_i = \frac{e^{\langle \hat x_i, \hat y_i \rangle / \tau}}
                  {\sum_j \big( e^{\langle \hat x_i, \hat y_j \rangle / \tau} + \sum_k
                  e^{\langle \hat x_i, \hat n_{jk} \rangle / \tau} \big)}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Queries, and the document of each.
        negatives : array (B, K, D), optional
            Hard negatives of each query. All queries share them. With ``comm=``
            their number may depend on the rank.
        ids : integer array (B,), optional
            The document that each match is; a query has none of its own document as
            a negative.
        negative_ids : integer array (B, K), optional
            The document that each of `negatives` is, see `ids`.
        negatives_mask : bool array (B, K), optional
            True where one of the K hard negatives exists, by default all; what is
            elsewhere is not read.
        gamma : float, >= 0, default 0.5
            Power of the weight; 0 is plain cross-entropy.
        temperature : float or 0-d array, > 0, default 0.01
            Temperature :math:`\tau`, differentiable.
        detach_weight : bool, default False
            Hold the weight constant in the gradient.
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
            When shapes, dtypes, libraries or devices disagree, `gamma` is negative,
            `temperature` is not above 0 or `reduction` is not one of its words.
            When `negative_ids` is used without `ids` and `negatives`, or
            `negatives_mask` without `negatives`.

        Notes
        -----
        With the difference u of the log-sum-exp of the negatives and the match, :math:`1 - p =
        \sigma(u)` and :math:`-\log p = \mathrm{softplus}(u)`, so the gradient is that of InfoNCE with
        one factor per query, :math:`\sigma(u)^\gamma (1 + \gamma (1 - \sigma(u)) \,
        \mathrm{softplus}(u) / \sigma(u))`. The loss falls as `gamma` grows. Without any negative it is
        0. Form and default are from the abstract and a public summary, as no code is public; another
        loss of this name (Hou and Li, 2023) has another formula.

        With ``gamma=0.0`` it equals `multiple_negatives_ranking`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``detach_weight=True`` the gradient of `x` and `y` and `negatives` and
        `temperature` is by definition not that of the value, and finite differences
        do not apply to it.

        References
        ----------
        X. Zhao et al., "KaLM-Embedding-V2: Superior Training Techniques and Data
        Inspire A Versatile Embedding Model", ICLR 2026, arXiv 2506.20923.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.focal_info_nce(x, x, gamma=2.0, temperature=1.0).round(6))
        0.099082
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        gamma: float = 0.5,
        temperature: float | Array = 0.01,
        detach_weight: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, FocalInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        gamma: float = 0.5,
        temperature: float | Array = 0.01,
        detach_weight: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, FocalInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        gamma: float = 0.5,
        temperature: float | Array = 0.01,
        detach_weight: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], FocalInfoNceGrads[Array]]]: ...

focal_info_nce: _FocalInfoNce

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""InfoNCE with the normaliser out of the logarithm, and one more number for each anchor.

        Given that number the loss is a plain sum over pairs, and a small batch
        estimates its gradient without bias. `sample_auxiliary` draws it from the
        state of `update_log_normalizer`.

        .. math:: \frac{1}{B} \sum_i \Big[ u_i \Big( e^{l_{ii}} + c \sum_{j \ne i} e^{l_{ij}} \Big)
                  - l_{ii} \Big], \quad l_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities.
        log_auxiliary : array (B,) or (2, B)
            Logarithm of :math:`u_i`, differentiable. (B,): the anchors are the rows
            of `x`. (2, B): both directions, the anchors of the second row are those
            of `y`. Take it from the state before this batch: drawn from this
            batch's own normaliser it has no use. -inf turns the repulsion of an
            anchor off.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable.
        scale : float, > 0, default 1.0
            Weight c of the other samples. The number of all negatives over B - 1
            makes the sum an unbiased estimate of that over the whole data set.
        include_positive : bool, default True
            Whether the normaliser holds the match itself. (That of the paper is to
            be verified.)
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample is the mean over the directions.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or
            `scale` is not above 0 or `reduction` is not one of its words.

        Notes
        -----
        From :math:`1/Z = \int_0^\infty e^{-uZ} du` the likelihood
        :math:`e^{l_{ii}}/Z_i` of an anchor is an average of :math:`e^{l_{ii} - u_i
        Z_i}` over :math:`u_i`, whose negative logarithm is

        .. math:: \ell_i = u_i Z_i - l_{ii},
                  \qquad Z_i = e^{l_{ii}} + c \sum_{j \ne i} e^{l_{ij}},

        and :math:`u_i` given the model is exponential with mean :math:`1/Z_i`. A
        pair gets the weight :math:`u_i e^{l_{ij}}`, always formed as one
        exponential. At ``log_auxiliary = -log Z`` the gradients are those of
        InfoNCE, and :math:`\ell_i - \log u_i - 1` is its value; for any other it is
        larger. Weights of pairs need no normaliser of this batch: value and
        gradient take one pass. For B = 1, and for an anchor that `ids` leave
        without a negative, only the match is left. Take the state from
        `log_normalizer` with the same `ids`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        C. Chen, J. Zhang, Y. Xu, L. Chen, J. Duan, Y. Chen, S. Tran, B. Zeng, T.
        Chilimbi, "Why do we need large batch sizes in contrastive learning? A
        gradient-bias perspective", NeurIPS 2022,
        https://scholars.duke.edu/individual/pub1588096 All beyond its abstract is
        derived here, and to be verified against the paper.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GammaInfoNceGrads[Array]]]: ...

gamma_info_nce: _GammaInfoNce

class GaussianNllGrads(NamedTuple, Generic[Array]):
    """Gradients of `gaussian_nll`, of the arguments that were differentiated."""

    mean: Array
    log_var: Array
    target: Array

class _GaussianNll(Objective):
    def __call__(
        self,
        mean: Array,
        log_var: Array,
        target: Array,
        *,
        full: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Negative log-likelihood of numbers under normal distributions with predicted variances.

        .. math:: \frac{1}{n} \sum_i \Big[ \frac{v_i}{2} + \frac{(y_i - m_i)^2}{2} e^{-v_i} \Big]

        Parameters
        ----------
        mean : array (B, ...)
            Predicted means m. The three arrays have one shape.
        log_var : array (B, ...)
            Logarithms v of predicted variances.
        target : array (B, ...)
            Numbers y that were observed.
        full : bool, default False
            Add :math:`\log(2 \pi) / 2` to each loss, so that it is the whole
            likelihood.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words. When the three shapes differ.

        Notes
        -----
        Gradients of an entry: :math:`(m - y) e^{-v}` for the mean, minus that for
        the target, and :math:`(1 - (y - m)^2 e^{-v}) / 2` for the logarithm of the
        variance. At the minimum the mean is the conditional mean, and the variance
        the conditional variance. It is unbounded below where a mean is exact.
        Written from the abstract of the paper and not verified against it. The
        paper predicts means and deviations by two heads of one network, in context.

        The value does not depend on a permutation of the samples.

        References
        ----------
        S. Liu, Z. Cai, G. Chen, X. Li, "Towards Better Understanding of In-Context
        Learning Ability from In-Context Uncertainty Quantification", 2024, arXiv
        2405.15115.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> mean, log_var, target = np.zeros(2), np.zeros(2), np.asarray([1.0, 2.0])
        >>> float(pc.gaussian_nll(mean, log_var, target))
        1.25
        """
        ...
    @overload
    def value_and_grad(
        self,
        mean: Array,
        log_var: Array,
        target: Array,
        *,
        full: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, GaussianNllGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        mean: Array,
        log_var: Array,
        target: Array,
        *,
        full: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, GaussianNllGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        mean: Array,
        log_var: Array,
        target: Array,
        *,
        full: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GaussianNllGrads[Array]]]: ...

gaussian_nll: _GaussianNll

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
        **settings: Unpack[Options],
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
            Row i belongs to sample i. Augmented versions of the same samples; both
            or none.
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
            When shapes, dtypes, libraries or devices disagree or `in_modal`,
            `cross_modal` or `augmented` is negative. When only one augmented array
            is given.

        Notes
        -----
        With augmented arrays the loss L also holds `augmented` times the same
        differences within each modality against its augmentation, and the squared
        differences of matched similarities.

        With :math:`P = X + Y` and :math:`Q = X - Y` the differences are the
        symmetric and the antisymmetric part of :math:`P Q^\top`, so :math:`B L =
        \frac{a+c}{2} \langle P^\top P, Q^\top Q \rangle + \frac{a-c}{2}
        \mathrm{tr}(Q^\top P\, Q^\top P)`: D x D products, 8 B D^2 operations with
        the gradient for equal weights and 14 B D^2 otherwise, and no pair is
        formed. For D > 3 B / 4 the B x B form is cheaper and is used. Q is a true
        difference, so the value stays accurate when it is small. Ranks that share a
        batch exchange only the D x D products. The loss is also 0 at ``Y = -X``, so
        use it together with a contrastive loss.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        S. Goel, H. Bansal, S. Bhatia, R. Rossi, V. Vinay, A. Grover, "CyCLIP",
        NeurIPS 2022, arXiv 2205.14459. Q. Jiang et al., CVPR 2023, arXiv
        2303.05952.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GeometricConsistencyGrads[Array]]]: ...

geometric_consistency: _GeometricConsistency

class GistEmbedGrads(NamedTuple, Generic[Array]):
    """Gradients of `gist_embed`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _GistEmbed(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        guide_x: Array,
        guide_y: Array,
        negatives: Array | None = None,
        guide_negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.01,
        margin: float = 0.0,
        margin_strategy: Literal['absolute', 'relative'] = 'absolute',
        contrast_anchors: bool = True,
        contrast_positives: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrast of queries and documents from which a guide takes out the false negatives.

        .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_{c \in C_i} e^{s(c) / \tau}
                  - \langle \hat x_i, \hat y_i \rangle / \tau \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Queries, and the document of each. All rows
            are scaled to unit length.
        guide_x, guide_y : array (B, E)
            Rows of the same texts from the guide, of a dimension of their own;
            constants. A guide is a trained model that does not learn.
        negatives : array (B, K, D), optional
            Hard negatives of each query. All queries share them. They need
            `guide_negatives`. With ``comm=`` their number may depend on the rank.
        guide_negatives : array (B, K, E), optional
            Those of the hard negatives.
        ids : integer array (B,), optional
            The document that each match is; a query has none of its own document as
            a negative.
        negative_ids : integer array (B, K), optional
            The document that each of `negatives` is, see `ids`.
        temperature : float or 0-d array, > 0, default 0.01
            Temperature :math:`\tau`, differentiable.
        margin : float, default 0.0
            A candidate is left out whose similarity for the guide is above that of
            the anchor's pair :math:`r_i` less this margin; with
            ``margin_strategy="relative"`` less its product with :math:`|r_i|`.
        margin_strategy : {"absolute", "relative"}, default "absolute"
        contrast_anchors : bool, default True
            Whether other queries are candidates.
        contrast_positives : bool, default True
            Whether pairs of the anchor's document with other documents are
            candidates.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `margin` is not finite or `margin_strategy` or `reduction` is
            not one of its words. When `negatives` or `guide_negatives` is given
            alone, or `negative_ids` is used without `ids` and `negatives`.

        Notes
        -----
        The candidates :math:`C_i` are the pair :math:`(x_i, y_i)` itself,
        :math:`(x_i, y_j)`, :math:`(x_i, x_j)` and :math:`(y_i, y_j)` of other
        samples j, and :math:`(x_i, n_{jk})` of all samples, where the guide finds
        them at most as similar as the margin allows. Similarities that are level up
        to rounding stay. A text with itself is no candidate; the published code has
        it where :math:`r_i = 1`. Similarities of the guide are computed tile by
        tile beside those of the model, so no pair is stored, and memory is O(B (D +
        E)) when tiled. An anchor whose candidates are all left out has loss 0 and
        gradient 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as GISTEmbedLoss.

        References
        ----------
        A. V. Solatorio, "GISTEmbed: Guided In-sample Selection of Training
        Negatives for Text Embedding Fine-tuning", 2024, arXiv 2402.16829. The
        margins are those of Sentence Transformers.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.gist_embed(x, x, x, x, temperature=1.0).round(6))
        1.165422
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        guide_x: Array,
        guide_y: Array,
        negatives: Array | None = None,
        guide_negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.01,
        margin: float = 0.0,
        margin_strategy: Literal['absolute', 'relative'] = 'absolute',
        contrast_anchors: bool = True,
        contrast_positives: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, GistEmbedGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        guide_x: Array,
        guide_y: Array,
        negatives: Array | None = None,
        guide_negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.01,
        margin: float = 0.0,
        margin_strategy: Literal['absolute', 'relative'] = 'absolute',
        contrast_anchors: bool = True,
        contrast_positives: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, GistEmbedGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        guide_x: Array,
        guide_y: Array,
        negatives: Array | None = None,
        guide_negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.01,
        margin: float = 0.0,
        margin_strategy: Literal['absolute', 'relative'] = 'absolute',
        contrast_anchors: bool = True,
        contrast_positives: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GistEmbedGrads[Array]]]: ...

gist_embed: _GistEmbed

class GlobalContrastiveGrads(NamedTuple, Generic[Array]):
    """Gradients of `global_contrastive`, of the arguments that were differentiated."""

    x: Array
    y: Array
    log_u: Array
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrastive loss of each sample against the whole data set, from small batches.

        Each anchor has a moving average of its normaliser (`update_log_u`) in place
        of the normaliser of this batch: SogCLR. With a temperature for each sample
        it is iSogCLR.

        .. math:: \frac{1}{2B} \sum_{i, d} \Big[ \tau_i (\log u_i + \rho) + \mathrm{sg}(\tau_i) \Big(
                  \frac{1}{u_i K} \sum_{z \in N_i} e^{(\langle a_i, z \rangle - s_{ii}) / \tau_i}
                  - 1 \Big) \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities of at least 2
            samples.
        log_u : array (B,) or (2, B)
            State of the samples, or a prediction of it; it has a gradient where
            `wrt` names it. A state is already updated with this batch. The first
            row is that of the anchors `x`, the second that of `y`; (B,) is shared
            by both.
        temperature : float, 0-d array or array (B,) or (2, B), > 0, default 0.1
            Temperature :math:`\tau` of all samples or of each, differentiable. See
            `update_temperature`.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        rho : float, >= 0, default 0.0
            Keeps learned temperatures away from 0. The authors' code: 0.3 for two
            views of an image (temperatures from 0.1), 6.0 for two modalities (from
            0.01).
        negatives : {"cross", "all"}, default "cross"
            An anchor's negatives: the other samples in the other view (two
            modalities), or in both views (two views of one modality).
        relative : bool, default True
            Whether scores are taken relative to that of the match. `log_u` must
            have been made with the same choice.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `rho` is negative or `negatives` or `reduction` is not one of
            its words. When ``B < 2``, as there is no negative.

        Notes
        -----
        For the anchor :math:`a_i` with K negatives z and :math:`h_{iz} = \langle
        a_i, z \rangle - s_{ii}`,

        .. math:: V_i = \tau_i (\log u_i + \rho) + \mathrm{sg}(\tau_i) \Big( \frac{g_i}{u_i} - 1 \Big),
                  \qquad g_i = \frac{1}{K} \sum_z e^{h_{iz} / \tau_i},

        without `relative`: :math:`h_{iz} = \langle a_i, z \rangle` and :math:`V_i -
        s_{ii}`. It is the tangent of :math:`\tau_i \log g_i` at :math:`u_i`, so
        never below it. The stop-gradient makes the derivative by the temperature
        the published one, :math:`\log u_i + \rho - \frac{1}{u_i K} \sum_z
        e^{h_{iz}/\tau_i} h_{iz} / \tau_i`: where :math:`u_i \ne g_i` it is not that
        of the value. The derivative by :math:`\log u_i` is :math:`\tau_i (1 - g_i /
        u_i)`. The loss is convex in it, and least at :math:`u_i = g_i`: minimised
        by a small network that predicts :math:`\log u`, it needs no state
        (NeuCLIP). `flo_bound` has the same variable. Value and gradient are one
        pass over the pairs. With `ids` K is the number of negatives that are left;
        an anchor without any has loss 0.

        Against published code: LibAUC's unimodal loss is ``negatives="all",
        relative=False`` with a shared state (its gradient of the features is the
        sum over the directions, twice ours); its bimodal loss lacks the 1/(B - 1)
        of the mean in the gradient of the features; FastCLIP counts one term of the
        derivative by a global temperature twice.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        The gradient of `temperature` is by definition not that of the value, and
        finite differences do not apply to it.

        Also known as SogCLR, GlobalContrastiveLoss.

        References
        ----------
        Z. Yuan et al., "Provable Stochastic Optimization for Global Contrastive
        Learning: Small Batch Does Not Harm Performance", ICML 2022, arXiv
        2202.12387. Z. Qiu et al., "Not All Semantics are Created Equal: Contrastive
        Self-supervised Learning with Automatic Temperature Individualization", ICML
        2023, arXiv 2305.11965. X. Wei et al., "FastCLIP", 2024, arXiv 2407.01445.
        X. Wei, C.-J. Lin, T. Yang, "NeuCLIP: Efficient Large-Scale CLIP Training
        with Neural Normalizer Optimization", ICLR 2026, arXiv 2511.08417.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GlobalContrastiveGrads[Array]]]: ...

global_contrastive: _GlobalContrastive

class GoproGrads(NamedTuple, Generic[Array]):
    """Gradients of `gopro`, of the arguments that were differentiated."""

    logits: Array
    text: Array
    text_views: Array
    x: Array
    y: Array
    temperature: Array

class _Gopro(Objective):
    def __call__(
        self,
        logits: Array,
        labels: Array,
        text: Array,
        text_views: Array,
        x: Array,
        y: Array,
        *,
        visual_weight: float = 0.1,
        consistency_weight: float = 1.0,
        temperature: float | Array = 0.1,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of classes, consistency of prompts and NT-Xent of two views (GOPro).

        .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_c e^{l_{ic}} - l_{i y_i} \Big]
                  + w_{con} \, \mathrm{consistency}(t, t^{(1)}, t^{(2)})
                  + w_{vis} \, \mathrm{NTXent}(x, y; \tau)

        Parameters
        ----------
        logits : array (B, C)
            Scores of C classes. Similarities of each image and the prompts of the
            classes, over their temperature.
        labels : integer array (B,), from 0 to C - 1
            Class of each sample.
        text : array (B, C, E)
            Prompts of the plain images, of dimension E.
        text_views : array (2, B, C, E)
            Prompts of two augmentations.
        x, y : array (B, D)
            Row i belongs to sample i. Projected embeddings of the two
            augmentations.
        visual_weight : float, >= 0, default 0.1
            Weight of the contrast, as in the authors' code.
        consistency_weight : float, >= 0, default 1.0
            Weight of the consistency, as in the authors' code.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `labels` is not from
            0 to C - 1, `visual_weight` or `consistency_weight` is negative or
            `temperature` is not above 0.

        Notes
        -----
        The parts are `prompt_consistency` and `nt_xent` with 2B anchors. A part
        with weight 0 is not computed.

        The value does not depend on a permutation of the samples.

        References
        ----------
        M. Singha, A. Jha, B. Banerjee, "GOPro: Generate and Optimize Prompts in
        CLIP using Self-Supervised Learning", BMVC 2023, arXiv 2308.11605.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, text = np.eye(3), np.ones((3, 2, 4))
        >>> logits, labels, views = np.zeros((3, 2)), np.array([0, 1, 1]), np.ones((2, 3, 2, 4))
        >>> float(pc.gopro(logits, labels, text, views, x, x, temperature=1.0).round(6))
        0.78363
        """
        ...
    @overload
    def value_and_grad(
        self,
        logits: Array,
        labels: Array,
        text: Array,
        text_views: Array,
        x: Array,
        y: Array,
        *,
        visual_weight: float = 0.1,
        consistency_weight: float = 1.0,
        temperature: float | Array = 0.1,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, GoproGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        logits: Array,
        labels: Array,
        text: Array,
        text_views: Array,
        x: Array,
        y: Array,
        *,
        visual_weight: float = 0.1,
        consistency_weight: float = 1.0,
        temperature: float | Array = 0.1,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, GoproGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        logits: Array,
        labels: Array,
        text: Array,
        text_views: Array,
        x: Array,
        y: Array,
        *,
        visual_weight: float = 0.1,
        consistency_weight: float = 1.0,
        temperature: float | Array = 0.1,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GoproGrads[Array]]]: ...

gopro: _Gopro

class GradientMatchGrads(NamedTuple, Generic[Array]):
    """Gradients of `gradient_match`, of the arguments that were differentiated."""

    syn: tuple[Array, ...]
    real: tuple[Array, ...]

class _GradientMatch(Objective):
    def __call__(
        self,
        syn: Sequence[Array],
        real: Sequence[Array],
        *,
        contrast: bool = True,
        distance: Literal['layerwise', 'mse', 'cos'] = 'layerwise',
        eps: float = 1e-06,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Distance between the gradients of a network by synthetic samples and by real ones (DC, DCC).

        .. math:: \sum_l \sum_o \Big[ 1 - \frac{\langle s_{lo}, r_{lo} \rangle}
                  {|s_{lo}| \, |r_{lo}| + \epsilon} \Big]

        Parameters
        ----------
        syn : sequence of arrays (C, ...)
            For each parameter, its gradient by the loss of the synthetic samples of
            each class.
        real : sequence of arrays (C, ...)
            The same of real samples, in the same order.
        contrast : bool, default True
            Whether gradients are averaged over the classes first (DCC), which is
            the gradient of the mean loss of all classes. Otherwise each class has a
            distance, and these are added (DC).
        distance : {"layerwise", "mse", "cos"}, default "layerwise"
            ``"layerwise"``: cosine distances of the rows o of each parameter l,
            which has the shape (out, ...); parameters with a single axis, such as
            biases, do not count. ``"cos"``: one cosine distance of all parameters
            together. ``"mse"``: the sum of all squared differences.
        eps : float, > 0, default 1e-06
            Number :math:`\epsilon` that keeps gradients of 0 apart from the rest.
            The authors' value.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `distance` is not
            one of its words or `eps` is not above 0. When ranks share the batch
            (``comm=``). When both lists do not hold arrays of the same shapes, or
            none of them counts.

        Notes
        -----
        With unit rows :math:`\hat s, \hat r` and a distance f, the gradient of a
        row is :math:`|r| (\hat s - \hat r - f \hat s) / (|s| |r| + \epsilon)`. A
        row of zeros has distance 1, and the gradient :math:`-r / \epsilon`. Where
        rows are nearly parallel, distances are made of differences of unit rows,
        and keep their digits. For one class both values of `contrast` give the
        same. DCC has the distances of classes for the first steps, and those of
        means later.

        References
        ----------
        S. Lee, S. Chun, S. Jung, S. Yun, S. Yoon, "Dataset Condensation with
        Contrastive Signals" (DCC), ICML 2022, arXiv 2202.02916. B. Zhao, K. R.
        Mopuri, H. Bilen, "Dataset Condensation with Gradient Matching" (DC), ICLR
        2021, arXiv 2006.05929.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> weights, biases = np.ones((2, 3, 4)), np.ones((2, 3))
        >>> float(pc.gradient_match([weights, biases], [-weights, biases]).round(5))
        6.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        syn: Sequence[Array],
        real: Sequence[Array],
        *,
        contrast: bool = True,
        distance: Literal['layerwise', 'mse', 'cos'] = 'layerwise',
        eps: float = 1e-06,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, GradientMatchGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        syn: Sequence[Array],
        real: Sequence[Array],
        *,
        contrast: bool = True,
        distance: Literal['layerwise', 'mse', 'cos'] = 'layerwise',
        eps: float = 1e-06,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, GradientMatchGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        syn: Sequence[Array],
        real: Sequence[Array],
        *,
        contrast: bool = True,
        distance: Literal['layerwise', 'mse', 'cos'] = 'layerwise',
        eps: float = 1e-06,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GradientMatchGrads[Array]]]: ...

gradient_match: _GradientMatch

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Symmetric contrastive loss with minus the volume as similarity (GRAM).

        .. math:: \frac{1}{2B} \sum_i \big[ -\log \mathrm{softmax}_j(-\mathrm{Vol}_{ij}/\tau)_i
                  - \log \mathrm{softmax}_j(-\mathrm{Vol}_{ji}/\tau)_i \big], \quad \mathrm{Vol}_{ij}
                  = \mathrm{Vol}(x_i, y^1_j, \dots, y^k_j)

        Parameters
        ----------
        anchor : array (B, D)
            Row i belongs to sample i. The modality that is compared with all
            tuples.
        others : array (M, B, D), or sequence of M arrays (B, D)
            At least one view; row i of each belongs to sample i. The other
            modalities; row j of all of them makes the tuple j.
        mask : bool array (1 + M, B), optional
            True where a view of a sample exists; by default all do. The anchor
            comes first. Tuples with a missing member are left out, and only
            complete samples have a term.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. The authors' initial value of
            a learned temperature.
        label_smoothing : float in [0, 1], default 0.0
            Share of the target that is spread over all candidates; 0.1 in the
            authors' code.
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
            When shapes, dtypes, libraries or devices disagree, all weights are
            zero, `temperature` is not above 0, `label_smoothing` is outside [0, 1]
            or `reduction` is not one of its words.

        Notes
        -----
        With :math:`S_{ij} = -\mathrm{Vol}(x_i, y^1_j, \dots, y^k_j)/\tau` the loss
        is the mean of the cross-entropies along rows (given the anchor, find its
        tuple) and columns (the reverse).

        No determinant is taken for a pair: each tuple gets one thin QR with basis
        :math:`q_b` and height h, and :math:`\mathrm{Vol}_{ij} = h_j \sqrt{|x_i|^2 -
        \sum_b \langle x_i, q_{bj} \rangle^2}` from k products of B x B x D, six
        with the gradient. Matching pairs are computed from residuals. Dependent
        tuples have volume 0 and gradient 0. A loss of antipodal vectors is that of
        equal ones. ``B = 1``: 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as GRAM.

        References
        ----------
        G. Cicchetti, E. Grassucci, L. Sigillo, D. Comminiello, "Gramian Multimodal
        Representation Learning and Alignment", ICLR 2025, arXiv 2412.11959.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Volume of the parallelotope that each sample's k vectors span.

        .. math:: \sqrt{\det G_i}, \quad G_i[a, b] = \langle \hat x_{a,i}, \hat x_{b,i} \rangle

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least one view; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. Incomplete
            samples have no volume (0 in "none", and they count in no average).
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
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
            When shapes, dtypes, libraries or devices disagree, all weights are zero
            or `reduction` is not one of its words.

        Notes
        -----
        :math:`\sqrt{\det G_i}`, computed as the product of the residuals of
        Gram-Schmidt, each step done twice. :math:`\partial \mathrm{Vol}/\partial
        x_a = F_a e_a` with the volume :math:`F_a` of the other vectors and the unit
        residual :math:`e_a`; 0 where the residual is 0. A vector and its negative
        give the same volume. One minus the mean volume serves as a progress metric.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        G. Cicchetti, E. Grassucci, L. Sigillo, D. Comminiello, "Gramian Multimodal
        Representation Learning and Alignment", ICLR 2025, arXiv 2412.11959.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GramVolumeGrads[Array]]]: ...

gram_volume: _GramVolume

class GrocoGrads(NamedTuple, Generic[Array]):
    """Gradients of `groco`, of the arguments that were differentiated."""

    views: Any

class _Groco(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        *,
        k: int = 10,
        steepness: float = 1.0,
        n_pos: int | None = None,
        stop_grad: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Chance that a soft sorting network exchanges positives and hard negatives of an anchor.

        .. math:: -\frac{1}{M B} \sum_{a i} \frac{1}{n_a} \Big[ \sum_{r \in \mathrm{neg}}
                  \log \pi^{ai}_r + \sum_{r \in \mathrm{pos}} \log (1 - \pi^{ai}_r) \Big]

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        k : int, >= 0, default 10
            Number of negatives of an anchor: its most similar rows of the same
            view.
        steepness : float, > 0, default 1.0
            How sharply the network sorts.
        n_pos : int, >= 1, optional
            How many views, the first ones, are positives of the others. The views
            after them, small crops, are anchors only. All views by default.
        stop_grad : bool, default True
            Hold the other side of every cosine constant in the gradient, as the
            authors do.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample is the mean over its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, `k` is not an integer of at least 0, `steepness` is
            not above 0, `n_pos` is not an integer of at least 1 or `reduction` is
            not one of its words. When there are not more samples than `k`, or fewer
            views than `n_pos`.

        Notes
        -----
        The inputs of the network are the k cosines of negatives and those of the
        positives, each in rising order: :math:`n_a` in all. It has :math:`n_a`
        layers. A layer compares neighbours a and b, which keep their places with
        the probability :math:`w = 1/2 + \arctan(c (b - a)) / \pi`, where c is the
        steepness. Input r ends among the first k places with the probability
        :math:`\pi_r`. For a finite steepness the loss is never 0. Logarithms are at
        least -100. An anchor without a positive has loss 0, and so has each with
        ``k=0``.

        Value and gradient take :math:`O(n_a^2)` numbers for each anchor, without
        the matrix of all permutations. Which rows are negatives is constant.
        Cosines within rounding of each other count as equal: of negatives the first
        rows are taken, and views keep their order. After the search for them the
        gradient takes the rows in question alone.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``stop_grad=True`` the gradient of `views` is by definition not that of
        the value, and finite differences do not apply to it.

        References
        ----------
        N. Shvetsova, F. Petersen, A. Kukleva, B. Schiele, H. Kuehne, "Learning by
        Sorting: Self-supervised Learning with Group Ordering Constraints", ICCV
        2023, arXiv 2301.02009.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(4)] * 2)
        >>> float(pc.groco(views, k=2).round(6))
        0.184915
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        *,
        k: int = 10,
        steepness: float = 1.0,
        n_pos: int | None = None,
        stop_grad: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, GrocoGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        *,
        k: int = 10,
        steepness: float = 1.0,
        n_pos: int | None = None,
        stop_grad: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, GrocoGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        *,
        k: int = 10,
        steepness: float = 1.0,
        n_pos: int | None = None,
        stop_grad: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GrocoGrads[Array]]]: ...

groco: _Groco

class GroupWhitenGrads(NamedTuple, Generic[Array]):
    """Gradients of `group_whiten`, of the arguments that were differentiated."""

    x: Array

class _GroupWhiten(Objective):
    def __call__(
        self,
        x: Array,
        perm: Array | None = None,
        *,
        num_groups: int,
        eps: float = 0.0,
        detach_whitening: bool = False,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Whitened columns: each group of them has mean 0 and covariance I.

        .. math:: (X_g - \bar X_g) \, \Big( \tfrac{1}{B} (X_g - \bar X_g)^\top (X_g - \bar X_g)
                  + \epsilon I \Big)^{-1/2}

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i.
        perm : integer array (D,), from 0 to D - 1, optional
            Order in which columns are cut into groups; by default their own.
        num_groups : int, >= 1
            Number of groups of equal size d; it must divide D.
        eps : float, >= 0, default 0.0
            Number :math:`\epsilon` that is added to the variances. It bounds the
            gradient.
        detach_whitening : bool, default False
            Take the inverse root as a constant, as the authors' code does.

        Returns
        -------
        rows : array (B, D)
            Columns in their places. `group_whiten.vjp` takes a cotangent of this
            shape.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `perm` is not from 0
            to D - 1, `perm` holds a number twice, `num_groups` is not an integer of
            at least 1 or `eps` is negative. When `num_groups` does not divide D, or
            a group has as many columns as there are rows and `eps` is 0.

        Notes
        -----
        The rows of a batch are those of all ranks. With :math:`S + \epsilon I = U
        \mathrm{diag}(r^2) U^\top`, the derivative by the covariance is :math:`U (K
        \circ U^\top M U) U^\top` with :math:`K_{kl} = -1 / (r_k r_l (r_k + r_l))`
        and the symmetric part M of the centred rows times the cotangent: finite
        where eigenvalues coincide. The cost is O(B D d + D d^2). Directions whose
        variance is 0 up to rounding, as of equal rows, become 0 and have gradient
        0. Derivatives of the third and higher orders, which frameworks may ask for,
        are not those of the formula. A rotation within a group rotates the result.

        The value does not depend on a permutation of the samples.

        With ``detach_whitening=True`` the gradient of `x` is by definition not that
        of the value, and finite differences do not apply to it.

        References
        ----------
        W. Zhuo, Y. Sun, X. Wang, L. Zhu, Y. Yang, "WhitenedCSE: Whitening-based
        Contrastive Learning of Sentence Embeddings", ACL 2023, arXiv 2305.17746.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.random.default_rng(0).normal(size=(9, 4))
        >>> z = pc.group_whiten(x, num_groups=2)
        >>> bool(np.allclose(z[:, :2].T @ z[:, :2] / 9, np.eye(2)))
        True
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        perm: Array | None = None,
        *,
        num_groups: int,
        eps: float = 0.0,
        detach_whitening: bool = False,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, GroupWhitenGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        perm: Array | None = None,
        *,
        num_groups: int,
        eps: float = 0.0,
        detach_whitening: bool = False,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, GroupWhitenGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        perm: Array | None = None,
        *,
        num_groups: int,
        eps: float = 0.0,
        detach_whitening: bool = False,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GroupWhitenGrads[Array]]]: ...

group_whiten: _GroupWhiten

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Symmetric InfoNCE within consecutive groups of samples: less work, fewer negatives.

        .. math:: \frac{1}{G} \sum_{g=1}^{G} \mathrm{InfoNCE}(x_g, y_g; \tau)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        groups : int, >= 1, default 1
            Number G of groups of equal size, in the order of the rows. It must
            divide B.
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
            When shapes, dtypes, libraries or devices disagree, `groups` is not an
            integer of at least 1 or `temperature` is not above 0. When ranks share
            the batch (``comm=``). When `groups` does not divide B.

        Notes
        -----
        The loss is the mean of `info_nce` over the groups. Samples of different
        groups are not compared, so work and memory fall by G. ``groups=B``: value
        0, gradient 0. On several machines a group is a communicator of its own:
        ``pc.info_nce(x, y, comm=group)``, averaged over the groups by the trainer.
        To have as many negatives as before, gather several mini-batches in each
        group, see ``chunked_step``.

        With ``groups=1`` it equals `info_nce`.

        The value does not depend on a common rotation of all rows, the length of
        single rows where they are normalised or an exchange of `x` and `y` with all
        that belongs to them.

        References
        ----------
        Q. Guo et al., "M2-Encoder: Advancing Bilingual Image-Text Understanding by
        Large-scale Efficient Pretraining", 2024, arXiv 2401.15896. From its
        abstract and released configuration; to be verified against the training
        code, which is not public.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], GroupedInfoNceGrads[Array]]]: ...

grouped_info_nce: _GroupedInfoNce

class HardContrastiveGrads(NamedTuple, Generic[Array]):
    """Gradients of `hard_contrastive`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _HardContrastive(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        hard_fraction: float = 0.1,
        threshold: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each match among the hardest negatives of its anchor.

        .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( e^{\langle \hat x_i, \hat y_i \rangle / \tau}
                  + \sum_{k \in A_i} e^{\langle \hat x_i, \hat n_k \rangle / \tau} \Big)
                  - \langle \hat x_i, \hat y_i \rangle / \tau \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors and their matches. The negatives
            :math:`n_k` of an anchor are the matches of all others and the rows of
            `negatives`.
        negatives : array (K, D), optional
            Further negatives of all anchors, such as a bank of features; the same
            on all ranks.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. A value common for banks of
            features.
        hard_fraction : float in [0, 1], default 0.1
            Share of the negatives of an anchor that are kept, the most similar
            ones; at least one.
        threshold : float, optional
            Keep the negatives of at least this similarity, in place of a share of
            them. An anchor without any has loss 0.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `hard_fraction` is outside [0, 1], `threshold` is not finite or
            `reduction` is not one of its words.

        Notes
        -----
        :math:`A_i` holds the ``max(1, ceil(hard_fraction * n))`` most similar of n
        negatives. That the paper's upper quantile is meant so is not verified.
        Negatives within rounding of the last one, or of the threshold, tie with it
        and are kept as well. Which negatives are kept is constant in the gradient:
        it is that of a softmax over the kept ones. Anchors are the rows of `x`
        only.

        As :math:`\tau \to 0` the loss times :math:`\tau` becomes the gap to the
        hardest negative, where this is more similar than the match. The loss does
        not fall as `hard_fraction` rises. Whole rows of similarities are searched,
        block by block.

        With ``hard_fraction=1.0`` it equals `info_nce` with ``symmetric=False``.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        F. Wang, H. Liu, "Understanding the Behaviour of Contrastive Loss", CVPR
        2021, arXiv 2012.09740.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(3), np.asarray([[1.0, 0.5, 0.0], [0.0, 1.0, 0.5], [0.5, 0.0, 1.0]])
        >>> float(pc.hard_contrastive(x, y, temperature=1.0, hard_fraction=0.5).round(6))
        0.494335
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        hard_fraction: float = 0.1,
        threshold: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, HardContrastiveGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        hard_fraction: float = 0.1,
        threshold: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, HardContrastiveGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        hard_fraction: float = 0.1,
        threshold: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], HardContrastiveGrads[Array]]]: ...

hard_contrastive: _HardContrastive

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Debiased contrastive loss in which a negative counts more, the more similar it is.

        .. math:: \frac{1}{2B} \sum_{a=1}^{2B} \log \Big( 1 + \frac{g_a}{e^{s_a^+}} \Big),\quad
                  g_a = \max \Big( \frac{R_a - \tau_+ n e^{s_a^+}}{1 - \tau_+},\; n e^{-1/\tau} \Big),
                  \quad R_a = n \frac{\sum_{b \ne a, p(a)} e^{(1 + \beta) s_{ab}}}
                  {\sum_{b \ne a, p(a)} e^{\beta s_{ab}}}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views. Rows are always scaled to unit
            length.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. The paper's value.
        tau_plus : float in [0, 1), default 0.1
            Probability :math:`\tau_+` that another sample is of the anchor's class.
        beta : float, >= 0, default 1.0
            Concentration :math:`\beta` on hard negatives.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those
            of `x` first.

        Returns
        -------
        loss : 0-d array, or (2B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `tau_plus` is outside [0, 1), `beta` is negative or `reduction`
            is not one of its words.

        Notes
        -----
        Scores, partners and n are those of `debiased_nce`. The weights
        :math:`e^{\beta s}` are differentiated. Both sums are log-sum-exps of one
        product, so large :math:`\beta` and small temperatures do not overflow:
        :math:`\log R = \log n + \mathrm{LSE}((1 + \beta) s) - \mathrm{LSE}(\beta
        s)`. ``B = 1``: value 0, gradient 0.

        With ``beta=0.0`` it equals `debiased_nce`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        Also known as HCL.

        References
        ----------
        J. Robinson, C.-Y. Chuang, S. Sra, S. Jegelka, "Contrastive Learning with
        Hard Negative Samples", ICLR 2021, arXiv 2010.04592.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], HardNegativeNceGrads[Array]]]: ...

hard_negative_nce: _HardNegativeNce

class HydraGrads(NamedTuple, Generic[Array]):
    """Gradients of `hydra`, of the arguments that were differentiated."""

    z: Array
    gates: Array
    temperature: Array

class _Hydra(Objective):
    def __call__(
        self,
        z: Array,
        gates: Array,
        labels: Array,
        pair_labels: Array,
        *,
        temperature: float | Array = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""InfoNCE with rows of a paired class as positives, in a gated subspace (Hydra, SimLAP).

        .. math:: \frac{1}{\sum_i |P_i|} \sum_i \sum_{j \in P_i} \Big[ \log \Big( e^{s_{ij}} + \sum_{k
                  \in N_i} e^{s_{ik}} \Big) - s_{ij} \Big],\quad s_{ij} = \cos(z_i \circ g_i, z_j \circ
                  g_i) / \tau

        Parameters
        ----------
        z : array (N, D)
            One row of each sample.
        gates : array (N, D)
            Gate of each anchor, from 0 to 1 in each dimension, for its class and
            the paired one. Only their proportions matter. `class_pair_gate` makes
            them.
        labels : integer array (N,)
            Class of each sample.
        pair_labels : integer array (N,)
            Class that each sample is paired with as an anchor, its own or another.
            Positives :math:`P_i` are all rows of this class, the anchor itself
            where it is its own. Negatives :math:`N_i` are the rows of neither
            class.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The value of the authors'
            code.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of an
            anchor is the sum over its positives, over the mean number of positives.
            So their mean is the mean over all pairs.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words. When no row has a
            positive. Where JAX traces the labels, the loss is then nan.

        Notes
        -----
        Other positives are not in the denominator. A pair of an anchor without
        negatives has loss 0, and so has an anchor without positives. Where a gate
        leaves nothing of a row its cosines are 0.

        No gated row is made for a pair. Cosines are :math:`\langle z_i g_i^2, z_j
        \rangle / (a_i b_{ij})`, with :math:`a_i = |z_i \circ g_i|` and
        :math:`b_{ij}^2 = \langle g_i^2, z_j^2 \rangle`: two products of matrices.
        With the log-sum-exp :math:`\nu_i` of the negatives, a pair has the loss
        :math:`\mathrm{softplus}(\nu_i - s_{ij})`. The gradient of a cosine C with
        the weight W adds :math:`W / (ab)` to the numerator, and :math:`-W C / (2
        b^2)` and :math:`-W C / (2 a^2)` to both squares. That is six products of N
        x N x D, in blocks of rows.

        The value does not depend on a permutation of the samples or the length of
        single rows where they are normalised.

        References
        ----------
        J. Wu, S. Mo, Z. Feng, S. Atito, J. Kittler, M. Awais, "Rethinking Positive
        Pairs in Contrastive Learning", 2024, arXiv 2410.18200.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> z, labels = np.eye(4) + 0.5, np.asarray([0, 1, 2, 2])
        >>> float(pc.hydra(z, np.ones((4, 4)), labels, 1 - labels, temperature=1.0).round(6))
        1.098612
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        gates: Array,
        labels: Array,
        pair_labels: Array,
        *,
        temperature: float | Array = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, HydraGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        gates: Array,
        labels: Array,
        pair_labels: Array,
        *,
        temperature: float | Array = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, HydraGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        gates: Array,
        labels: Array,
        pair_labels: Array,
        *,
        temperature: float | Array = 0.1,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], HydraGrads[Array]]]: ...

hydra: _Hydra

class IcnnGrads(NamedTuple, Generic[Array]):
    """Gradients of `icnn`, of the arguments that were differentiated."""

    z: Array

class _Icnn(Objective):
    def __call__(
        self,
        z: Array,
        labels: Array,
        *,
        k: int = 4,
        pool: int | None = None,
        eps: float = 1e-07,
        eps_dist: float = 1e-06,
        normalize: bool = False,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Minus the logarithm of a score of nearest neighbours: near ones should share the class.

        .. math:: -\log \tfrac12 \Big( \tfrac12 (\lambda_s + \lambda_d) + \gamma \Big),\quad
                  \lambda_s = 1 - \mathrm{avg}_i\, \frac{1}{c_i + \epsilon}
                  \sum_{j \in S_i} \frac{d_{ij}}{\max(f_i + \epsilon, \max_{l \in K_i} d_{il})},\quad
                  \lambda_d = \mathrm{avg}_i\, \frac{1}{c'_i + \epsilon}
                  \sum_{j \in O_i} \frac{d_{ij}}{D + \epsilon},\quad
                  \gamma = \frac{1}{k B} \sum_i c_i

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i.
        labels : integer array (B,)
        k : int, >= 1, default 4
            Size of the set :math:`K_i` of nearest other rows. The authors' value.
            With B < k + 3 rows it is B - 2, and :math:`\gamma` is 1.
        pool : int, >= 1, optional
            Number of nearest other rows among which the nearest one of another
            class is looked for. None is ``k + 1``; a number below k counts as k.
            The authors have the number of rows of a class.
        eps : float in [1e-12, 1], default 1e-07
            :math:`\epsilon`. The authors' value.
        eps_dist : float, > 0, default 1e-06
            Is added to squares of distances. The authors' value.
        normalize : bool, default False
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `k` or `pool` is not
            an integer of at least 1, `eps` is outside [1e-12, 1] or `eps_dist` is
            not above 0.

        Notes
        -----
        With :math:`d_{ij} = \sqrt{|z_i - z_j|^2 + \epsilon_d}`, the nearest
        neighbours :math:`K_i` of row i are :math:`c_i` rows :math:`S_i` of its
        class and :math:`c'_i` others :math:`O_i`. Their averages are over the rows
        that have some, whose number also has :math:`\epsilon` added. The distance
        :math:`f_i` is that of the nearest row of another class in the pool. Without
        one, the inner sum of :math:`\lambda_s` is 0. D is the largest distance of a
        neighbour of another class; without one, :math:`\lambda_d = 1`.

        Neighbours, counts and :math:`\gamma` are constant in the gradient. Of
        squares of distances that are equal up to 64 epsilons, the lowest index
        counts first. Distances are sorted some whole rows at a time. A batch of
        less than 3 rows has the loss 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        References
        ----------
        M. Mendez-Ruiz et al., "SuSana Distancia is all you need: Enforcing class
        separability in metric learning via two novel distance-based loss functions
        for few-shot image classification", 2023, arXiv 2305.09062. The score: A.
        Garcia Ramirez et al., 2021, arXiv 2107.06992.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> z, labels = np.asarray([[0.0], [1.0], [5.0], [7.0], [8.0]]), np.asarray([0, 0, 1, 1, 1])
        >>> mixed = np.asarray([0, 1, 0, 1, 0])
        >>> float(pc.icnn(z, labels, k=1).round(6)), float(pc.icnn(z, mixed, k=1).round(6))
        (0.022757, 0.916291)
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        k: int = 4,
        pool: int | None = None,
        eps: float = 1e-07,
        eps_dist: float = 1e-06,
        normalize: bool = False,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, IcnnGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        k: int = 4,
        pool: int | None = None,
        eps: float = 1e-07,
        eps_dist: float = 1e-06,
        normalize: bool = False,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, IcnnGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        labels: Array,
        *,
        k: int = 4,
        pool: int | None = None,
        eps: float = 1e-07,
        eps_dist: float = 1e-06,
        normalize: bool = False,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], IcnnGrads[Array]]]: ...

icnn: _Icnn

class ImageGroundedContrastGrads(NamedTuple, Generic[Array]):
    """Gradients of `image_grounded_contrast`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _ImageGroundedContrast(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each image's caption among its own hard captions (DeGLA).

        .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( e^{s_i} + \sum_k
                  e^{\langle \hat x_i, \hat n_{ik} \rangle / \tau} \Big) - s_i \Big],\quad
                  s_i = \langle \hat x_i, \hat y_i \rangle / \tau

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Images and captions.
        negatives : array (B, K, D)
            K hard captions of each sample, such as its caption with a wrong word.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        Other samples of the batch are no negatives. So the cost is O(B K D) in time
        and memory, where the authors' code computes all captions for all images and
        masks them. ``K = 0``: 0.

        It equals `info_nce` with ``symmetric=False, in_batch=False``.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        X. Hu et al., "Decoupled Global-Local Alignment for Improving Compositional
        Understanding" (DeGLA), 2025, arXiv 2504.16801.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, negatives = np.eye(3), np.ones((3, 2, 3))
        >>> float(pc.image_grounded_contrast(x, x, negatives, temperature=1.0).round(6))
        0.837514
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, ImageGroundedContrastGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, ImageGroundedContrastGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.07,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ImageGroundedContrastGrads[Array]]]: ...

image_grounded_contrast: _ImageGroundedContrast

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each row's match among its candidates (InfoNCE, CLIP, MoCo, ALIGN).

        The default is CLIP, with a learned temperature. ALIGN:
        ``label_smoothing=0.1`` and twice the value. MoCo: ``symmetric=False,
        in_batch=False, negatives=queue``, temperature 0.07 or 0.2.

        .. math:: \frac{1}{2B} \sum_i \Big[ \log \sum_j e^{\langle \hat x_i, \hat y_j \rangle / \tau}
                  + \log \sum_j e^{\langle \hat x_j, \hat y_i \rangle / \tau}
                  - 2 \langle \hat x_i, \hat y_i \rangle / \tau \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities.
        negatives : array (K, D) or (B, K, D), optional
            More candidates for the rows of `x`: shared, or K for each row; a queue
            may still be empty. They belong to the side of `y`, so the direction
            from `y` to `x` does not use them. With ``comm=``, shared ones are the
            same on all ranks.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        negative_ids : integer array (K,) or (B, K), optional
            The item of each of `negatives`; those of the anchor's item, see `ids`,
            are left out. Of the shape of `negatives` without D.
        negatives_mask : bool array (B, K), optional
            True where one of the K negatives of a row exists, by default all; what
            is elsewhere is not read.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
        symmetric : bool, default True
            Average both directions, or take `x` as the anchors only.
        in_batch : bool, default True
            Candidates of :math:`x_i` are all :math:`y_j`, or :math:`y_i` and the
            negatives alone (which needs ``symmetric=False``).
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
            When shapes, dtypes, libraries or devices disagree, all weights are
            zero, `temperature` is not above 0, `label_smoothing` is outside [0, 1]
            or `reduction` is not one of its words. When ``in_batch=False`` is used
            with ``symmetric=True``, `negative_ids` without `ids` and `negatives`,
            or `negatives_mask` without negatives of each row.

        Notes
        -----
        With the logits :math:`s` of an anchor, its n candidates and its positive
        :math:`d`,

        .. math:: \ell = \mathrm{LSE}(s) - (1 - e)\, d - \tfrac{e}{n} \sum s .

        It is computed as :math:`\mathrm{softplus}(N - d) + e\,(d - \bar s)` with
        the log-sum-exp :math:`N` over the other candidates. With :math:`q =
        \sigma(N - d)`, the gradient weight of a candidate is :math:`q\, e^{s - N}`,
        that of the positive is :math:`-q`, and smoothing adds constants. The value
        takes one product. Value and gradient take three, or four when tiled. Memory
        is O(B D) when tiled. An anchor without negatives has loss 0 and gradient 0.
        Where anchors differ in their number of candidates, smoothing takes one more
        product.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as InfoNCE, CLIP, ClipLoss.

        References
        ----------
        A. van den Oord, Y. Li, O. Vinyals, "Representation Learning with
        Contrastive Predictive Coding", 2018, arXiv 1807.03748. K. He et al., CVPR
        2020, arXiv 1911.05722. A. Radford et al., ICML 2021, arXiv 2103.00020. C.
        Jia et al., ICML 2021, arXiv 2102.05918.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""InfoNCE lower bound on mutual information: little variance, never above log B.

        .. math:: \log B + \frac{1}{B} \sum_i \Big[ s_{ii} - \log \sum_j e^{s_{ij}} \Big]

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for
            independent ones. Or embeddings x and y, as a sequence or one array (2,
            B, D). The scores are then their inner products over the temperature,
            computed in tiles and never stored, and the gradient is a pair as well.
            A matrix of scores is divided by the temperature, too, and never
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
            When shapes, dtypes, libraries or devices disagree or `temperature` is
            not above 0. When ranks (``comm=``) share a matrix of scores.

        Notes
        -----
        The bound is log B minus `info_nce` with ``symmetric=False``. A shift of a
        row leaves it unchanged. ``B = 1``: value 0, gradient 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        A. van den Oord, Y. Li, O. Vinyals, "Representation Learning with
        Contrastive Predictive Coding", 2018, arXiv 1807.03748.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, InfoNceBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], InfoNceBoundGrads[Array]]]: ...

info_nce_bound: _InfoNceBound

class InterclrGrads(NamedTuple, Generic[Array]):
    """Gradients of `interclr`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _Interclr(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        queue: Array,
        bank: Array,
        pos_index: Array,
        neg_index: Array,
        *,
        temperature: float | Array = 0.2,
        intra_margin: float = 0.0,
        inter_margin: float = -0.5,
        intra_weight: float = 0.75,
        inter_weight: float = 0.25,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrast of an image with its own view, and with another image of its cluster (InterCLR).

        .. math:: w_1 \, \mathrm{M}(x, y, \text{queue}; m_1)
                  + w_2 \, \mathrm{M}(x, \text{bank}[p], \text{bank}[n]; m_2)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors and their other views. Rows are
            always scaled to unit length.
        queue : array (K, D)
            Rows of other samples; they have no gradient. Negatives of the first
            term, the same on all ranks with ``comm=``.
        bank : array (R, D)
            Latest rows of the R samples of the data set; they have no gradient. The
            same on all ranks. `bank` need not be of unit length.
        pos_index : integer array (B,), from 0 to R - 1
            A row of the bank for each anchor: a member of its cluster. It may be
            the anchor itself.
        neg_index : integer array (B, J), from 0 to R - 1
            Rows of the bank that are its negatives. `semi_hard_negatives` draws
            them; the paper has 16384 of the 128000 most similar rows.
        temperature : float or 0-d array, > 0, default 0.2
            Temperature :math:`\tau`, differentiable. The paper's value.
        intra_margin : float, default 0.0
            Margin :math:`m_1` of the cosine.
        inter_margin : float, default -0.5
            Margin :math:`m_2`.
        intra_weight : float, >= 0, default 0.75
            The weight :math:`w_1`.
        inter_weight : float, >= 0, default 0.25
            The weight :math:`w_2`.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `pos_index` or
            `neg_index` is not from 0 to R - 1, `temperature` is not above 0,
            `intra_margin` or `inter_margin` is not finite, `intra_weight` or
            `inter_weight` is negative or `reduction` is not one of its words.

        Notes
        -----
        M is `margin_info_nce` with ``kind="cos"``. Rows of the bank are gathered
        for some anchors at a time, twice, so memory stays at the rows of the
        arguments and one block.

        With ``inter_weight=0.0, intra_weight=1.0`` it equals `margin_info_nce` with
        ``margin=0.0``, `queue` in the place of `negatives`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        J. Xie, X. Zhan, Z. Liu, Y. S. Ong, C. C. Loy, "Delving into Inter-Image
        Invariance for Unsupervised Visual Representations", IJCV 2022, arXiv
        2008.11702.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, queue, index = np.eye(3), np.ones((2, 3)), np.asarray([[1], [2], [0]])
        >>> float(pc.interclr(x, x, queue, x, np.arange(3), index, temperature=1.0).round(6))
        0.678489
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        queue: Array,
        bank: Array,
        pos_index: Array,
        neg_index: Array,
        *,
        temperature: float | Array = 0.2,
        intra_margin: float = 0.0,
        inter_margin: float = -0.5,
        intra_weight: float = 0.75,
        inter_weight: float = 0.25,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, InterclrGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        queue: Array,
        bank: Array,
        pos_index: Array,
        neg_index: Array,
        *,
        temperature: float | Array = 0.2,
        intra_margin: float = 0.0,
        inter_margin: float = -0.5,
        intra_weight: float = 0.75,
        inter_weight: float = 0.25,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, InterclrGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        queue: Array,
        bank: Array,
        pos_index: Array,
        neg_index: Array,
        *,
        temperature: float | Array = 0.2,
        intra_margin: float = 0.0,
        inter_margin: float = -0.5,
        intra_weight: float = 0.75,
        inter_weight: float = 0.25,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], InterclrGrads[Array]]]: ...

interclr: _Interclr

class IpwInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `ipw_info_nce`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _IpwInfoNce(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        negative_weights: Array,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each match among the batch and own hard negatives with weights.

        .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( \sum_j e^{\langle \hat x_i, \hat y_j \rangle /
                  \tau} + \sum_k w_{ik} e^{\langle \hat x_i, \hat n_{ik} \rangle / \tau} \Big)
                  - \langle \hat x_i, \hat y_i \rangle / \tau \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors and their matches.
        negatives : array (B, K, D)
            Hard negatives of each query. They belong to their own row alone.
        negative_weights : array (B, K)
            Weight of each of `negatives`; it is constant. A negative of weight 0 is
            left out. `ipw_probabilities` gives weights.
        ids : integer array (B,), optional
            The document that each match is; a query has none of its own document as
            a negative.
        negative_ids : integer array (B, K), optional
            The document that each of `negatives` is, see `ids`.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. That of SimCSE.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words. When `negative_ids` is
            used without `ids`.

        Notes
        -----
        With the logarithms of the weights added to the logits this is `info_nce`
        with own negatives and ``symmetric=False``; all weights 1 are that loss. The
        paper weights the *draw* of positives and negatives by their inverse
        propensity. This loss, which weights negatives in place of drawing them, is
        ours.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        P. Miao, Z. Du, J. Zhang, "DebCSE: Rethinking Unsupervised Contrastive
        Sentence Embedding Learning in the Debiasing Perspective", CIKM 2023, arXiv
        2309.07396.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, negatives = np.eye(3), np.ones((3, 1, 3))
        >>> loss = pc.ipw_info_nce(x, x, negatives, np.full((3, 1), 2.0), temperature=1.0)
        >>> float(loss.round(6))
        1.113952
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        negative_weights: Array,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, IpwInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        negative_weights: Array,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, IpwInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        negative_weights: Array,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], IpwInfoNceGrads[Array]]]: ...

ipw_info_nce: _IpwInfoNce

class IsotropyGrads(NamedTuple, Generic[Array]):
    """Gradients of `isotropy`, of the arguments that were differentiated."""

    hidden: Array

class _Isotropy(Objective):
    def __call__(
        self,
        hidden: Array,
        mask: Array | None = None,
        **settings: Unpack[Options],
    ) -> Array:
        r"""One minus the mean cosine of two tokens of one sequence; higher is more isotropic.

        .. math:: 1 - \frac{\sum_b \sum_{i \ne j} \cos(h_{bi}, h_{bj})}{\sum_b n_b (n_b - 1)}

        Parameters
        ----------
        hidden : array (B, T, D)
            States of the T tokens of each sequence. States of a language model.
        mask : bool array (B, T), optional
            True where a token exists; what is elsewhere is not read. Default: all
            exist. Sequence b has :math:`n_b` tokens.

        Returns
        -------
        value : 0-d array
            0 when the tokens of each sequence coincide, about 1 when they are
            isotropic. It is at most 1 + 1 / (n - 1) for sequences of n tokens,
            which sum to zero then.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree. When no sequence has
            two tokens. Where JAX traces the call, the value is nan instead.

        Notes
        -----
        With the mean :math:`\bar u` of the unit rows of a sequence the numerator of
        the value is :math:`n \sum_i |u_i - \bar u|^2`. No T x T matrix is formed,
        the cost is O(B T D), and tokens that lie close together keep their digits.
        Gradient :math:`2 n (u_i - \bar u)` by a unit row, over the number of pairs.
        A zero row has cosine 0 with all others.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        Y. Su, J. Xu, "Contrastive Search Is What You Need for Neural Text
        Generation", TMLR 2023, arXiv 2210.14140.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.isotropy(np.eye(3)[None, :, :]).round(6))
        1.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        hidden: Array,
        mask: Array | None = None,
        *,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, IsotropyGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        hidden: Array,
        mask: Array | None = None,
        *,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, IsotropyGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        hidden: Array,
        mask: Array | None = None,
        *,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], IsotropyGrads[Array]]]: ...

isotropy: _Isotropy

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
        **settings: Unpack[Options],
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
            Temperature :math:`\tau`, differentiable. Square of the width of the
            kernel.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        The product of both kernels is the kernel of ``z = [x, y]``, so one Gram
        matrix is computed, and half of its tiles. Rows are centred first: distances
        come from inner products, of which far rows would lose digits. The kernel of
        a row with itself is exactly 1. With its softmaxes W, plus their transpose,
        the gradient is :math:`-(\mathrm{diag}(W 1)\, z - W z) / \tau`. ``N = 1``:
        value 0, gradient 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        References
        ----------
        R. Louiset, E. Duchesnay, A. Grigis, P. Gori, "Separating common from
        salient patterns with Contrastive Representation Learning", ICLR 2024, arXiv
        2402.11928.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Jensen-Shannon estimate of dependence: a critic that trains well, no mutual information.

        .. math:: -\frac{1}{B} \sum_i \mathrm{softplus}(-s_{ii}) - \frac{1}{B(B-1)} \sum_{i \ne j}
                  \mathrm{softplus}(s_{ij})

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for
            independent ones. Or embeddings x and y, as a sequence or one array (2,
            B, D). The scores are then their inner products over the temperature,
            computed in tiles and never stored, and the gradient is a pair as well.
            A matrix of scores is divided by the temperature, too, and never
            normalised.
        estimate : {"jsd", "nwj"}, default "jsd"
            The value that is returned. "nwj": the value of `nwj_bound`, an estimate
            of mutual information, with the gradient of the Jensen-Shannon estimate,
            as published.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            A bound on twice the Jensen-Shannon divergence minus 2 log 2, at most 0.
            Maximise it, or minimise its negative.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `estimate` is not
            one of its words or `temperature` is not above 0. When ``B < 2``, or
            ranks (``comm=``) share a matrix of scores.

        Notes
        -----
        The best critic of this bound is the log density ratio. With it, the value
        is the mutual information minus 1/e; that of ``pc.nwj_bound(scores + 1)`` is
        not.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``estimate="nwj"`` the gradient is by definition not that of the value,
        and finite differences do not apply to it.

        References
        ----------
        R. D. Hjelm et al., "Learning Deep Representations by Mutual Information
        Estimation and Maximization", ICLR 2019, arXiv 1808.06670. B. Poole et al.,
        ICML 2019, arXiv 1905.06922.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, JsdBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        *,
        estimate: Literal['jsd', 'nwj'] = 'jsd',
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], JsdBoundGrads[Array]]]: ...

jsd_bound: _JsdBound

class LocalMiGrads(NamedTuple, Generic[Array]):
    """Gradients of `local_mi`, of the arguments that were differentiated."""

    x: Array
    local: Array
    temperature: Array

class _LocalMi(Objective):
    def __call__(
        self,
        x: Array,
        local: Array,
        mask: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrast of whole samples with their own parts, against the parts of other samples.

        .. math:: \frac{1}{B} \sum_i \frac{1}{n_i} \sum_j \Big[ \log \Big( e^{u_{ij}} + \sum_{k \ne i}
                  \sum_l e^{\langle \hat x_i, \hat l_{kl} \rangle / \tau} \Big) - u_{ij} \Big],\quad
                  u_{ij} = \langle \hat x_i, \hat l_{ij} \rangle / \tau

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i. Embeddings of whole samples. All rows are
            scaled to unit length.
        local : array (B, L, D)
            Embeddings of the L parts of each sample, such as patches or tokens. In
            the paper they are of the momentum encoder, and constants.
        mask : bool array (B, L), optional
            True where a part exists, by default all; what is elsewhere is not read.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value, as in
            the authors' code.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. That of a sample is
            the mean over its :math:`n_i` parts that exist.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        Other parts of the same sample are neither positives nor negatives. So the
        log-sum-exp over the negatives is one for all parts of a sample, and the B x
        BL products are computed once, in tiles; the published code repeats them for
        each part. A sample without parts counts in no mean. With L = 1 it is one
        direction of `info_nce`. ``B = 1``: value 0, gradient 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        J. Yang, J. Duan, S. Tran, Y. Xu, S. Chanda, L. Chen, B. Zeng, T. Chilimbi,
        J. Huang, "Vision-Language Pre-Training with Triple Contrastive Learning",
        CVPR 2022, arXiv 2202.10401.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> local = np.stack([x, np.roll(x, 1, axis=1)], axis=1)
        >>> float(pc.local_mi(x, local, temperature=1.0).round(6))
        1.518704
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        local: Array,
        mask: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, LocalMiGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        local: Array,
        mask: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, LocalMiGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        local: Array,
        mask: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], LocalMiGrads[Array]]]: ...

local_mi: _LocalMi

class LossReweightGrads(NamedTuple, Generic[Array]):
    """Gradients of `loss_reweight`, of the arguments that were differentiated."""

    losses: Array

class _LossReweight(Objective):
    def __call__(
        self,
        losses: Array,
        *,
        strategy: Literal['linupper', 'quadratic', 'extremes'] = 'linupper',
        r: float = 1.0,
        delta: float = 1.0,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Sum of the losses of a batch, with weights that depend on the losses and are held.

        .. math:: \sum_i w_i l_i, \quad w = \mathrm{softmax}(f(h) / r), \quad
                  h_i = \delta \, \frac{2 l_i - \max l - \min l}{\max l - \min l}

        Parameters
        ----------
        losses : array (B,)
            Loss of each sample.
        strategy : {"linupper", "quadratic", "extremes"}, default "linupper"
            The function f. ``"linupper"``, :math:`\min(h + \delta, \delta)`: small
            losses count less, and the upper half counts the same. ``"quadratic"``,
            :math:`1 - h^2 / \delta^2`: losses in the middle count most.
            ``"extremes"``, :math:`|h|`: the smallest and the largest do. The
            authors recommend the first.
        r : float, > 0, default 1.0
            Evenness of the weights. With infinity all are the same, as the authors
            have it at the start of training.
        delta : float, > 0, default 1.0
            Losses are scaled to the interval from :math:`-\delta` to
            :math:`\delta`.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When `losses` is not a real floating array (B,), `strategy` is not one
            of its words or `r` or `delta` is not above 0.

        Notes
        -----
        The weights, whose sum is 1, are constants; the gradient is the weights
        themselves. `loss_weights` returns them. Where all losses are the same, so
        are the weights: the range of the losses counts as 1e-6 at least. The
        authors' code for language models multiplies the weights by the number of
        ranks.

        The value does not depend on a permutation of the samples.

        The gradient of `losses` is by definition not that of the value, and finite
        differences do not apply to it.

        References
        ----------
        D. Sow et al., "Dynamic Loss-Based Sample Reweighting for Improved Large
        Language Model Pretraining", ICLR 2025, arXiv 2502.06733.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> value, grads = pc.loss_reweight.value_and_grad(np.asarray([1.0, 2.0, 3.0]))
        >>> float(value.round(6)), grads.losses.round(6).tolist()
        (2.266956, [0.155362, 0.422319, 0.422319])
        """
        ...
    @overload
    def value_and_grad(
        self,
        losses: Array,
        *,
        strategy: Literal['linupper', 'quadratic', 'extremes'] = 'linupper',
        r: float = 1.0,
        delta: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, LossReweightGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        losses: Array,
        *,
        strategy: Literal['linupper', 'quadratic', 'extremes'] = 'linupper',
        r: float = 1.0,
        delta: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, LossReweightGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        losses: Array,
        *,
        strategy: Literal['linupper', 'quadratic', 'extremes'] = 'linupper',
        r: float = 1.0,
        delta: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], LossReweightGrads[Array]]]: ...

loss_reweight: _LossReweight

class M3ColGrads(NamedTuple, Generic[Array]):
    """Gradients of `m3col`, of the arguments that were differentiated."""

    x: Array
    y: Array
    lam_x: Array
    lam_y: Array
    temperature: Array

class _M3Col(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        perm_x: Array,
        lam_x: float | Array,
        perm_y: Array,
        lam_y: float | Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Mixup contrast of two modalities: each is mixed in turn, and set against the other.

        .. math:: \mathrm{mixco}(\tilde x, y; \pi^x, \lambda^x) +
                  \mathrm{mixco}(\tilde y, x; \pi^y, \lambda^y),\quad
                  \tilde x_i = \lambda^x_i x_i + (1 - \lambda^x_i) x_{\pi^x_i}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities. Their rows are mixed before
            they are scaled.
        perm_x : integer array (B,), from 0 to B - 1
            The partner that each sample is mixed with; with ``comm=`` one of the
            same rank. :math:`\pi^x`, see `sample_mixing`.
        lam_x : float, 0-d array or array (B,) in [0, 1]
            Share of the sample itself in each mixture, in [0, 1].
            :math:`\lambda^x`.
        perm_y : integer array (B,), from 0 to B - 1
            The partner that each sample is mixed with; with ``comm=`` one of the
            same rank. :math:`\pi^y`.
        lam_y : float, 0-d array or array (B,) in [0, 1]
            Share of the sample itself in each mixture, in [0, 1].
            :math:`\lambda^y`.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The authors' value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. Those of a sample
            are the sum of both terms.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `perm_x` or `perm_y`
            is not from 0 to B - 1, `perm_x` or `perm_y` holds a number twice,
            `lam_x` or `lam_y` is outside [0, 1], `temperature` is not above 0 or
            `reduction` is not one of its words.

        Notes
        -----
        The shares are differentiated through the rows and through the targets. The
        authors weigh it with 0.1 beside their losses of classification, and after
        the first third of the training use ``soft_clip(x, y) + soft_clip(y, x)`` in
        its place. Of three modalities they take the cyclic sum of `mixco`.

        The value does not depend on a permutation of the samples or a common
        rotation of all rows.

        References
        ----------
        R. Kumar, R. Singhal, P. Kulkarni, D. Mehta, K. Jadhav, "Harnessing Shared
        Relations via Multimodal Mixup Contrastive Learning for Multimodal
        Classification" (M3CoL), 2024, arXiv 2409.17777.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, perm, lam = np.eye(3), np.asarray([1, 2, 0]), np.asarray([1.0, 0.5, 1.0])
        >>> float(pc.m3col(x, x, perm, lam, perm, lam, temperature=1.0).round(6))
        1.393417
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        perm_x: Array,
        lam_x: float | Array,
        perm_y: Array,
        lam_y: float | Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, M3ColGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        perm_x: Array,
        lam_x: float | Array,
        perm_y: Array,
        lam_y: float | Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, M3ColGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        perm_x: Array,
        lam_x: float | Array,
        perm_y: Array,
        lam_y: float | Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], M3ColGrads[Array]]]: ...

m3col: _M3Col

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
        **settings: Unpack[Options],
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
            Hard negatives of each row of `x`. All of them are negatives of every
            query.
        temperature : float or 0-d array, > 0, default 0.01
            Temperature :math:`\tau`, differentiable. The paper's value.
        scope : {"pooled", "per_query"}, default "pooled"
            Each positive against the negatives of all queries, or against those of
            its own.
        reduction : {"mean", "sum", "anchor_mean"}, default "mean"
            Mean over all P pairs, their sum, or the sum over B: that is the paper's
            loss, which grows with the number of negatives, so that learning rates
            depend on the batch.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `scope` or `reduction` is not one of its words. When ranks
            share the batch (``comm=``).

        Notes
        -----
        One minus the area under the ROC curve of all scores is at most the mean
        over log 2. A shift of all scores changes nothing. InfoNCE does not change
        by a shift for each query either: it does not make scores of different
        queries comparable.

        With "pooled" the number of pairs is cubic in B, but the sum over positives
        is a smooth function of the negative score. It is tabulated at Chebyshev
        nodes, 16 in each interval of two temperatures (10 in float32), and
        interpolated at each negative. Gradients of the positives take the transpose
        of the interpolation. Value and gradient cost O(p B^2 (1 + K) + p B / tau)
        for p nodes, and O(B + p / tau) memory beside tiles. The interpolation's
        error is of the order of rounding. The product of the longest rows must be
        below 2^20 temperatures; where JAX traces the temperature, or rows that are
        not normalised, below 1024. Beyond, the value is nan. Without any negative:
        0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as direct AUC optimisation.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            Temperature :math:`\tau`, differentiable. At small ones the loss times
            the temperature is the mean hinge of the differences.
        reduction : {"mean", "sum"}, default "mean"
            Mean over all pairs, or their sum.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words. When ranks share the
            batch (``comm=``).

        Notes
        -----
        One minus `roc_auc` is at most the mean over log 2. A shift of all scores
        changes nothing. With one score in each set it is the logistic loss.

        The sum over positives is a smooth function of the negative score. It is
        tabulated on intervals of two temperatures and interpolated at each
        negative, in O(P n + Q) steps for n nodes, with an error of the order of
        rounding. Where there are more nodes than negatives, or JAX traces the call,
        all pairs are computed, in tiles.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, MannWhitneyScoresGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        pos: Array,
        neg: Array,
        *,
        temperature: float | Array = 1.0,
        reduction: Literal['mean', 'sum'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MannWhitneyScoresGrads[Array]]]: ...

mann_whitney_scores: _MannWhitneyScores

class MarginInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `margin_info_nce`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _MarginInfoNce(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.2,
        margin: float = -0.5,
        kind: Literal['cos', 'arc'] = 'cos',
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each match among negatives, with a margin on its cosine or its angle.

        .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( e^{\varphi(c_i) / \tau} + \sum_k e^{\langle \hat
                  x_i, \hat n_k \rangle / \tau} \Big) - \varphi(c_i) / \tau \Big],\quad
                  c_i = \langle \hat x_i, \hat y_i \rangle

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors and their matches. Rows are always
            scaled to unit length.
        negatives : array (K, D) or (B, K, D)
            Shared by all rows, or K for each row. With ``comm=`` shared ones are
            the same on all ranks.
        temperature : float or 0-d array, > 0, default 0.2
            Temperature :math:`\tau`, differentiable. The paper's value.
        margin : float, default -0.5
            The margin m. One below 0 loosens the boundary.
        kind : {"cos", "arc"}, default "cos"
            :math:`\varphi(c) = c - m`, or :math:`\varphi(c) = \cos(\arccos c + m)`.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `margin` is not finite or `kind` or `reduction` is not one of
            its words. When ``kind="arc"`` has a margin beyond :math:`\pm \pi`.

        Notes
        -----
        ``"cos"`` is the same as a factor :math:`e^{m / \tau}` on all negatives. Where :math:`\arccos c
        + m` leaves the angles from 0 to :math:`\pi`, ``"arc"`` is a line of slope 1, as in the authors'
        code: :math:`c - m \sin m` for m > 0 and :math:`c \le -\cos m`, :math:`c + m \sin m` for m < 0
        and :math:`c \ge \cos m`. It jumps there, in the direction in which it grows anyway. Its slope
        elsewhere is :math:`\cos m + c \sin m / \sqrt{1 - c^2}`, with :math:`1 - c^2` at least 1e-12,
        where the root counts as constant. The derivative by the temperature is that of :math:`\varphi /
        \tau`.

        With ``margin=0.0`` it equals `info_nce` with ``symmetric=False,
        in_batch=False``.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        J. Xie, X. Zhan, Z. Liu, Y. S. Ong, C. C. Loy, "Delving into Inter-Image
        Invariance for Unsupervised Visual Representations", IJCV 2022, arXiv
        2008.11702.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, queue = np.eye(3), np.ones((2, 3))
        >>> float(pc.margin_info_nce(x, x, queue, temperature=1.0).round(6))
        0.584965
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.2,
        margin: float = -0.5,
        kind: Literal['cos', 'arc'] = 'cos',
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, MarginInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.2,
        margin: float = -0.5,
        kind: Literal['cos', 'arc'] = 'cos',
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, MarginInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.2,
        margin: float = -0.5,
        kind: Literal['cos', 'arc'] = 'cos',
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MarginInfoNceGrads[Array]]]: ...

margin_info_nce: _MarginInfoNce

class MarginMseGrads(NamedTuple, Generic[Array]):
    """Gradients of `margin_mse`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array

class _MarginMse(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        target: Array,
        *,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Squared difference of the margins of a model and those of a teacher (MarginMSE).

        .. math:: \frac{1}{BK} \sum_{i, k} \big( \langle x_i, y_i - n_{ik} \rangle - t_{ik} \big)^2

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Queries, and the document of each.
        negatives : array (B, K, D)
            Hard negatives of each query.
        target : array (B, K)
            Score that a teacher gives to the document of a query, less that of each
            negative.
        normalize : bool, default False
            Scale rows to unit length first. The paper takes rows as they are, since
            margins of a reranker have no bound.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words.

        Notes
        -----
        With the errors :math:`e_{ik}` of the margins, the gradient is :math:`2
        \sum_k e_{ik} (y_i - n_{ik}) / (BK)` for a query, :math:`2 \sum_k e_{ik} x_i
        / (BK)` for its document, and :math:`-2 e_{ik} x_i / (BK)` for a negative. A
        margin is the product with a difference of rows, so it keeps its digits
        where documents are alike. A constant that a query's scores have in common
        changes nothing. The cost is O(B K D).

        The value does not depend on a permutation of the samples or a common
        rotation of all rows.

        Also known as MarginMSELoss.

        References
        ----------
        S. Hofstätter, S. Althammer, M. Schröder, M. Sertkan, A. Hanbury, "Improving
        Efficient Neural Ranking Models with Cross-Architecture Knowledge
        Distillation", 2020, arXiv 2010.02666.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, negatives = np.eye(3), np.zeros((3, 2, 3))
        >>> target = np.asarray([[1.0, 2.0]] * 3)
        >>> float(pc.margin_mse(x, x, negatives, target))
        0.5
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        target: Array,
        *,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, MarginMseGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        target: Array,
        *,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, MarginMseGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        target: Array,
        *,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MarginMseGrads[Array]]]: ...

margin_mse: _MarginMse

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
        **settings: Unpack[Options],
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
            True where a view of a sample exists; by default all do. Incomplete
            samples are left out.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. They are the
            marginals, up to their sum.
        epsilon : float, > 0, default 0.2
            Entropic regularisation; the paper finds 0.05 to 1 robust. Below about
            0.02 factors leave the range of float32.
        normalize : bool, default True
            Scale rows to unit length first.
        tol : float, >= 0, default 0.001
            Largest error of a marginal (sum of absolute differences) at which
            Sinkhorn stops. Use 1e-10 where gradients must be exact.
        max_iter : int, >= 1, default 1000
            Largest number of sweeps.

        Returns
        -------
        gap : 0-d array
            At least 0.

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, all weights are zero, `epsilon` is not above 0, `tol`
            is negative or `max_iter` is not an integer of at least 1. When ranks
            share the batch (``comm=``).

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

        over all P on the cube with every marginal w (1 / B by default). Up to
        numbers of single rows, which change no plan, :math:`C_t = \sum_{a<b} |x_a -
        x_b|^2 / n^2`, so :math:`e^{-C_t/\epsilon}` is a product of pair factors and
        an update of n = 3 views one product of B x B matrices; n = 4 loops over one
        index. No cost tensor is formed. By the envelope theorem :math:`\partial
        L/\partial C_t = w_i [t = d_i] - P_t`: the solver is not differentiated. The
        entropy's constants are chosen here so that the gap is not negative (to be
        verified against the paper). At collapse it is :math:`\epsilon (n - 1) \log
        B`.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        Z. Piran, M. Klein, J. Thornton, M. Cuturi, "Contrasting Multiple
        Representations with the Multi-Marginal Matching Gap", ICML 2024, arXiv
        2405.19532.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MatchingGapGrads[Array]]]: ...

matching_gap: _MatchingGap

class MatryoshkaGrads(NamedTuple, Generic[Array]):
    """Gradients of `matryoshka`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _Matryoshka(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        dims: Any,
        weights: Any | None = None,
        temperature: float | Array = 0.05,
        loss: Any = 'multiple_negatives_ranking',
        options: Any | None = None,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Weighted sum of an objective over prefixes of the dimensions.

        .. math:: \sum_k w_k \, \ell \big( x_{:, 1..d_k}, \; y_{:, 1..d_k}; \tau \big)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views or modalities.
        negatives : array (B, K, D) or (K, D), optional
            More candidates, for losses that take them.
        dims : tuple of int
            Lengths :math:`d_k` of the prefixes, different and at most D.
        weights : tuple of float, optional
            Weight :math:`w_k` of each prefix, by default 1.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. That of the objective, if it
            has one.
        loss : str or Objective, default "multiple_negatives_ranking"
            The objective, or its name. It takes `x` and `y`, and perhaps
            `negatives`.
        options : dict, optional
            Further parameters of the objective, which are no arrays.

        Returns
        -------
        value : as the objective's
            0-d, or one number for each anchor with ``options={"reduction":
            "none"}``.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is
            not above 0. When `dims` holds other than different lengths of at most
            D, `weights` is not a number for each of them, `loss` names no objective
            of `x` and `y`, or `options` holds what is no parameter of it.

        Notes
        -----
        The sum is not divided by the number of prefixes. Each prefix is normalised
        by the objective itself, as a whole row is. The cost is that of the
        objective at each length. With ``dims=(D,)`` it is the objective. A gradient
        of the objective that is by definition not that of its value remains so.

        The value does not depend on a permutation of the samples.

        With ``loss="cwcl"`` the gradient of `x` is by definition not that of the
        value, and finite differences do not apply to it.

        Also known as MatryoshkaLoss.

        References
        ----------
        A. Kusupati, G. Bhatt, A. Rege, M. Wallingford, A. Sinha, V. Ramanujan, W.
        Howard-Snyder, K. Chen, S. Kakade, P. Jain, A. Farhadi, "Matryoshka
        Representation Learning", NeurIPS 2022, arXiv 2205.13147.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.random.default_rng(0).normal(size=(2, 5, 4))
        >>> nested = pc.matryoshka(x, y, dims=(4, 2), weights=(1.0, 0.3), loss="info_nce")
        >>> parts = [pc.info_nce(x[:, :d], y[:, :d], temperature=0.05) for d in (4, 2)]
        >>> bool(abs(nested - (parts[0] + 0.3 * parts[1])) < 1e-12)
        True
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        dims: Any,
        weights: Any | None = None,
        temperature: float | Array = 0.05,
        loss: Any = 'multiple_negatives_ranking',
        options: Any | None = None,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, MatryoshkaGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        dims: Any,
        weights: Any | None = None,
        temperature: float | Array = 0.05,
        loss: Any = 'multiple_negatives_ranking',
        options: Any | None = None,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, MatryoshkaGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        *,
        dims: Any,
        weights: Any | None = None,
        temperature: float | Array = 0.05,
        loss: Any = 'multiple_negatives_ranking',
        options: Any | None = None,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MatryoshkaGrads[Array]]]: ...

matryoshka: _Matryoshka

class MaxSimInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `max_sim_info_nce`, of the arguments that were differentiated."""

    queries: Array
    documents: Array
    temperature: Array

class _MaxSimInfoNce(Objective):
    def __call__(
        self,
        queries: Array,
        documents: Array,
        query_mask: Array | None = None,
        document_mask: Array | None = None,
        *,
        temperature: float | Array = 0.02,
        average: bool = False,
        symmetric: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""InfoNCE of sums over query tokens of the best match in a document (ColBERT, ColPali).

        .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_{j=1}^{N} e^{S_{ij} / \tau} - S_{ii} / \tau \Big],
                  \quad S_{ij} = \sum_q \max_t \langle \hat q_{iq}, \hat d_{jt} \rangle

        Parameters
        ----------
        queries : array (B, Q, D)
            Tokens of each query.
        documents : array (N, T, D)
            Tokens of each document; document i belongs to query i, further ones are
            negatives. ``N >= B``.
        query_mask : bool array (B, Q), optional
            True where a token exists, by default all; what is elsewhere is not
            read.
        document_mask : bool array (N, T), optional
            True where a token exists, by default all; what is elsewhere is not
            read.
        temperature : float or 0-d array, > 0, default 0.02
            Temperature :math:`\tau`, differentiable. ColPali trains with 0.02.
        average : bool, default False
            Divide a score by the number of tokens of the query.
        symmetric : bool, default False
            Average with the direction from documents to queries, which needs ``N =
            B``.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words. When there are fewer
            documents than queries, or more with ``symmetric=True`` or ``comm=``, or
            when the document of a query has no tokens.

        Notes
        -----
        The gradient of a pair belongs to the winners: the token with the largest
        product for each token of the query, of equal products the first. Products
        are made in tiles of queries and documents, in both passes, so memory is
        that of the tokens and of a few tiles. In main memory the gradient takes the
        winners alone, in 1/T of the work of a product; elsewhere it takes two
        products.

        A query without tokens has score 0 everywhere and no gradient. A document
        without tokens is no candidate. Masking a token equals cutting it off. With
        one token on both sides, this is `info_nce` in one direction.

        The value does not depend on a common rotation of all rows or the length of
        single rows where they are normalised.

        Also known as ColBERT, ColPali, late interaction.

        References
        ----------
        O. Khattab, M. Zaharia, "ColBERT: Efficient and Effective Passage Search via
        Contextualized Late Interaction over BERT", SIGIR 2020, arXiv 2004.12832. M.
        Faysse, H. Sibille, T. Wu, B. Omrani, G. Viaud, C. Hudelot, P. Colombo,
        "ColPali: Efficient Document Retrieval with Vision Language Models", 2024,
        arXiv 2407.01449.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> queries = np.eye(4).reshape(2, 2, 4)
        >>> documents = np.stack([np.eye(4)[:3], np.eye(4)[1:]])  # 2 and 1 of query 0, 1 and 2 of 1
        >>> float(pc.max_sim_info_nce(queries, documents, temperature=1.0).round(6))
        0.313262
        """
        ...
    @overload
    def value_and_grad(
        self,
        queries: Array,
        documents: Array,
        query_mask: Array | None = None,
        document_mask: Array | None = None,
        *,
        temperature: float | Array = 0.02,
        average: bool = False,
        symmetric: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, MaxSimInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        queries: Array,
        documents: Array,
        query_mask: Array | None = None,
        document_mask: Array | None = None,
        *,
        temperature: float | Array = 0.02,
        average: bool = False,
        symmetric: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, MaxSimInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        queries: Array,
        documents: Array,
        query_mask: Array | None = None,
        document_mask: Array | None = None,
        *,
        temperature: float | Array = 0.02,
        average: bool = False,
        symmetric: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MaxSimInfoNceGrads[Array]]]: ...

max_sim_info_nce: _MaxSimInfoNce

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Decoupled contrast in which a negative counts by the clusterings that separate it.

        .. math:: -\frac{1}{B} \sum_i \log \frac{e^{\langle \hat x_i, \hat y_i \rangle / \tau}}
                  {\sum_j w_{ij} e^{\langle \hat x_i, \hat y_j \rangle / \tau}},\quad
                  w_{ij} = \#\{r : c_r(i) \ne c_r(j)\}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors (the coarse view) and candidates (the
            fine view).
        clusters : integer array (R, B)
            Labels of each sample in R clusterings. In the paper those of k-means on
            `y`, for several k.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        As :math:`w_{ii} = 0` the positive is not in the denominator, and neither
        are samples that share all clusters of the anchor. An anchor without any
        negative has the loss and the gradient 0. One clustering in which every
        sample is a cluster of its own weights all negatives alike. Weights are made
        for each tile from the R labels of its samples.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        J. Yu, Q. Ge, X. Li, A. Zhou, "Heterogeneous Graph Contrastive Learning with
        Meta-path Contexts and Weighted Negative Samples", SDM 2023; with
        "Adaptively", TKDE 2024, arXiv 2212.13847.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            When shapes, dtypes, libraries or devices disagree, `base` or
            `reduction` is not one of its words, `margin` is not finite or
            `scale_pos` or `scale_neg` is not above 0.

        Notes
        -----
        With the other rows :math:`P_i` of the class of row i, and the rows
        :math:`Q_i` of other classes, the loss of a row is

        - ``"contrastive"``: :math:`-\sum_p s_{ip} + \sum_n \max(s_{in} - m, 0)`;
        - ``"binomial_deviance"``: :math:`\sum_p \log(1 + e^{-b(s_{ip} - m)})
          + \sum_n \log(1 + e^{g(s_{in} - m)})`;
        - ``"multi_similarity"``: :math:`\tfrac{1}{b} \log(1 + \sum_p e^{-b(s_{ip} - m)})
          + \tfrac{1}{g} \log(1 + \sum_n e^{g(s_{in} - m)})`, which is `multi_similarity`;
        - ``"lifted_structure"``: :math:`\max(\log \sum_p e^{-s_{ip}} + \log \sum_n e^{s_{in} - m}, 0)`;
        - ``"nca"``: :math:`-\log \sum_p e^{b s_{ip}} + \log \sum_n e^{g s_{in}}`.

        The last one may be negative. A sum without a pair is 0; in the last two the
        loss of such a row is 0. Sums of exponentials stay logarithms, and the
        gradient weights in them are softmaxes.

        With ``base="multi_similarity", margin=0.5`` it equals `multi_similarity`
        with ``base=0.5``.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as LiftedStructureLoss, NCALoss.

        References
        ----------
        S. Venkataramanan, B. Psomas, E. Kijak, L. Amsaleg, K. Karantzalos, Y.
        Avrithis, "It Takes Two to Tango: Mixup for Deep Metric Learning", ICLR
        2022, arXiv 2106.04990. The table of bases is to be verified against the
        paper.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MetricLossGrads[Array]]]: ...

metric_loss: _MetricLoss

class MetrixGrads(NamedTuple, Generic[Array]):
    """Gradients of `metrix`, of the arguments that were differentiated."""

    z: Array
    lam: Array
    mixed: Array

class _Metrix(Objective):
    def __call__(
        self,
        z: Array,
        labels: Array,
        anchor: Array,
        first: Array,
        second: Array,
        lam: Array,
        mixed: Array | None = None,
        *,
        base: Literal['contrastive', 'binomial_deviance', 'multi_similarity', 'lifted_structure', 'nca'] = 'multi_similarity',
        margin: float = 0.5,
        scale_pos: float = 2.0,
        scale_neg: float = 50.0,
        weight: float = 0.4,
        clean: bool = True,
        renormalize: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""`metric_loss` of the rows, and the same of mixtures with labels in between (Metrix).

        .. math:: \frac{1}{B} \sum_i \Big[ \ell_i + w\, \tau \Big( \sigma^+ \big( \sum_{k \in M_i}
                  y_k\, \rho^+(s_k) \big) + \sigma^- \big( \sum_{k \in M_i} (1 - y_k)\, \rho^-(s_k)
                  \big) \Big) \Big],\quad s_k = \langle \hat z_i, \hat v_k \rangle,\
                  v_k = \lambda_k \hat z_{f_k} + (1 - \lambda_k) \hat z_{g_k}

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i.
        labels : integer array (B,)
        anchor : integer array (N,), from 0 to B - 1
            Anchor of each of N mixtures. The set :math:`M_i` holds the mixtures of
            anchor i. `metrix_pairs` makes all four arrays.
        first : integer array (N,), from 0 to B - 1
            Row that is mixed first. :math:`f_k`; it may be the anchor itself.
        second : integer array (N,), from 0 to B - 1
            Row that is mixed with it. :math:`g_k`.
        lam : array (N,)
            Share of the first row, differentiable. :math:`\lambda_k`.
        mixed : array (N, D), optional
            Embeddings of inputs that were mixed. In place of the mixtures
            :math:`v_k` of embeddings. Their labels are those of `first`, `second`
            and `lam`.
        base : {"contrastive", "binomial_deviance", "multi_similarity", "lifted_structure", "nca"}, default "multi_similarity"
            The functions, see `metric_loss`.
        margin : float, default 0.5
            As in `metric_loss`.
        scale_pos : float, > 0, default 2.0
            As in `metric_loss`.
        scale_neg : float, > 0, default 50.0
            As in `metric_loss`.
        weight : float, >= 0, default 0.4
            The weight w of the mixtures. The authors' value.
        clean : bool, default True
            Whether the loss :math:`\ell_i` of the rows themselves is part of the
            sum.
        renormalize : bool, default True
            Scale mixtures to unit length.
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
            When shapes, dtypes, libraries or devices disagree, `anchor`, `first` or
            `second` is not from 0 to B - 1, `base` or `reduction` is not one of its
            words, `margin` is not finite, `scale_pos` or `scale_neg` is not above 0
            or `weight` is negative.

        Notes
        -----
        The label of a mixture is :math:`y_k = \lambda_k [c_{f_k} = c_i] + (1 -
        \lambda_k) [c_{g_k} = c_i]` with the classes c. An anchor without a mixture
        has a second term of 0. So has one whose labels leave a sum empty, with
        ``"lifted_structure"`` and ``"nca"``.

        Mixtures are not built: their products and lengths follow from those of
        their rows, so the work beside the products is that of N numbers. Rows that
        are nearly opposite cancel where they are mixed half and half. The mixture
        then loses digits, and where all that is left is rounding, it counts as 0
        without a gradient. With ``comm=``, each rank has mixtures of its own rows,
        and :math:`\ell_i` compares all.

        Where every :math:`\lambda_k` is 1 and the first rows are all other rows,
        the second term is `metric_loss`. The paper changes at random between the
        two modes of `metrix_pairs`. Its code has distances in the contrastive base
        and averages over terms above 0; the formula of the paper is meant here.

        With ``weight=0.0`` it equals `metric_loss`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        S. Venkataramanan, B. Psomas, E. Kijak, L. Amsaleg, K. Karantzalos, Y.
        Avrithis, "It Takes Two to Tango: Mixup for Deep Metric Learning", ICLR
        2022, arXiv 2106.04990. The table of bases is to be verified against the
        paper.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> z, labels, row = np.eye(4), np.asarray([0, 0, 1, 1]), np.asarray
        >>> mixture = row([0]), row([0]), row([2]), row([0.5])  # of anchor 0: itself and a negative
        >>> float(pc.metrix(z, labels, *mixture).round(6))
        0.69023
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        anchor: Array,
        first: Array,
        second: Array,
        lam: Array,
        mixed: Array | None = None,
        *,
        base: Literal['contrastive', 'binomial_deviance', 'multi_similarity', 'lifted_structure', 'nca'] = 'multi_similarity',
        margin: float = 0.5,
        scale_pos: float = 2.0,
        scale_neg: float = 50.0,
        weight: float = 0.4,
        clean: bool = True,
        renormalize: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, MetrixGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        anchor: Array,
        first: Array,
        second: Array,
        lam: Array,
        mixed: Array | None = None,
        *,
        base: Literal['contrastive', 'binomial_deviance', 'multi_similarity', 'lifted_structure', 'nca'] = 'multi_similarity',
        margin: float = 0.5,
        scale_pos: float = 2.0,
        scale_neg: float = 50.0,
        weight: float = 0.4,
        clean: bool = True,
        renormalize: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, MetrixGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        labels: Array,
        anchor: Array,
        first: Array,
        second: Array,
        lam: Array,
        mixed: Array | None = None,
        *,
        base: Literal['contrastive', 'binomial_deviance', 'multi_similarity', 'lifted_structure', 'nca'] = 'multi_similarity',
        margin: float = 0.5,
        scale_pos: float = 2.0,
        scale_neg: float = 50.0,
        weight: float = 0.4,
        clean: bool = True,
        renormalize: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MetrixGrads[Array]]]: ...

metrix: _Metrix

class MixcoGrads(NamedTuple, Generic[Array]):
    """Gradients of `mixco`, of the arguments that were differentiated."""

    x: Array
    y: Array
    lam: Array
    temperature: Array

class _Mixco(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        perm: Array,
        lam: float | Array,
        *,
        temperature: float | Array = 0.1,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrast of mixed samples: each matches both of its parts, by their shares.

        .. math:: -\frac{1}{2B} \sum_{ij} T_{ij} \Big[ \log \frac{e^{s_{ij}}}{\sum_k e^{s_{ik}}}
                  + \log \frac{e^{s_{ij}}}{\sum_k e^{s_{kj}}} \Big],\quad
                  T_{ij} = \lambda_i \delta_{ij} + (1 - \lambda_i) \delta_{\pi_i j},\quad
                  s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i. Rows of mixed inputs: sample i with the share
            :math:`\lambda_i`, and sample :math:`\pi_i`.
        y : array (B, D)
            Row i belongs to sample i. The other modality, of the samples
            themselves.
        perm : integer array (B,), from 0 to B - 1
            The partner that each sample is mixed with; with ``comm=`` one of the
            same rank. :math:`\pi`.
        lam : float, 0-d array or array (B,) in [0, 1]
            Share of the sample itself in each mixture, in [0, 1]. :math:`\lambda`.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The authors' value.
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
            When shapes, dtypes, libraries or devices disagree, `perm` is not from 0
            to B - 1, `perm` holds a number twice, `lam` is outside [0, 1],
            `temperature` is not above 0 or `reduction` is not one of its words.

        Notes
        -----
        The authors' code overwrites an entry of T where a sample is its own
        partner; here both shares add, so that rows of T have the sum 1. Columns
        have the sum :math:`\kappa_j` of all shares of sample j. With P and Q the
        softmax of rows and of columns, twice B times the derivative with respect to
        :math:`s_{ij}` is :math:`P_{ij} + \kappa_j Q_{ij} - 2 T_{ij}`. The products
        of T are gathers, so it costs what `info_nce` does, which it equals for
        :math:`\lambda = 1`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        R. Kumar, R. Singhal, P. Kulkarni, D. Mehta, K. Jadhav, "Harnessing Shared
        Relations via Multimodal Mixup Contrastive Learning for Multimodal
        Classification" (M3CoL), 2024, arXiv 2409.17777.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, perm, lam = np.eye(3), np.asarray([1, 2, 0]), np.asarray([1.0, 0.5, 1.0])
        >>> float(pc.mixco(x, x, perm, lam, temperature=1.0).round(6))
        0.718111
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        perm: Array,
        lam: float | Array,
        *,
        temperature: float | Array = 0.1,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, MixcoGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        perm: Array,
        lam: float | Array,
        *,
        temperature: float | Array = 0.1,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, MixcoGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        perm: Array,
        lam: float | Array,
        *,
        temperature: float | Array = 0.1,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MixcoGrads[Array]]]: ...

mixco: _Mixco

class MixedNegativeInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `mixed_negative_info_nce`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _MixedNegativeInfoNce(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        index: Array | None = None,
        lam: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        mode: Literal['pair', 'list'] = 'pair',
        gamma: float = 0.0,
        temperature: float | Array = 0.01,
        detach_mixing: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Focal InfoNCE whose hard negatives are enlarged by mixtures of them.

        .. math:: -\frac{1}{B} \sum_i (1 - p_i)^\gamma \log p_i,\quad
                  p_i = \frac{e^{\langle \hat x_i, \hat y_i \rangle / \tau}}
                  {\sum_j \big( e^{\langle \hat x_i, \hat y_j \rangle / \tau} + \sum_k
                  e^{\langle \hat x_i, \hat n_{jk} \rangle / \tau} + \sum_q
                  e^{\langle \hat x_i, \hat m_{jq} \rangle / \tau} \big)},\quad
                  m_{jq} = \sum_k w_{jqk} \hat n_{jk}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Queries, and the document of each. Rows are
            always scaled to unit length.
        negatives : array (B, K, D)
            Hard negatives of each query. All queries share them and their mixtures.
        index : integer array (B, Q, 2), from 0 to K - 1, optional
            Places of two hard negatives of the query, for each of Q mixtures.
            Needed by ``mode="pair"`` alone. `sample_negative_mixing` draws them.
        lam : array (B, Q), optional
            Share of the first of the two; it is constant. Needed by ``mode="pair"``
            alone.
        ids : integer array (B,), optional
            The document that each match is; a query has none of its own document as
            a negative.
        negative_ids : integer array (B, K), optional
            The document that each of `negatives` is, see `ids`. A mixture is left
            out with any of its parts.
        mode : {"pair", "list"}, default "pair"
            Mixtures of two hard negatives of a query, ``lam n_a + (1 - lam) n_b``,
            or one of all of them with the weights :math:`\mathrm{softmax}_k \langle
            \hat x_j, \hat n_{jk} \rangle / \tau`.
        gamma : float, >= 0, default 0.0
            As in `focal_info_nce`.
        temperature : float or 0-d array, > 0, default 0.01
            Temperature :math:`\tau`, differentiable.
        detach_mixing : bool, default True
            Hold the weights of ``mode="list"`` constant in the gradient.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `index` is not from
            0 to K - 1, `mode` or `reduction` is not one of its words, `gamma` is
            negative or `temperature` is not above 0. When `index` or `lam` lacks in
            ``mode="pair"``, or is given in ``mode="list"``; when `negative_ids` is
            used without `ids`.

        Notes
        -----
        The gradient g of a mixture :math:`\hat m = m / |m|` goes to its parts as
        :math:`w_k (g - \langle \hat m, g \rangle \hat m) / |m|`. A mixture of
        length 0 has no gradient. With ``lam=1`` the first negative counts twice,
        and so does a single one with ``mode="list"``. Where JAX traces the index, a
        place of no negative makes the loss nan. The two modes are from the abstract
        and a public summary, as no code is public.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``mode="list", detach_mixing=True`` the gradient of `x` and `negatives`
        and `temperature` is by definition not that of the value, and finite
        differences do not apply to it.

        References
        ----------
        X. Zhao et al., "KaLM-Embedding-V2: Superior Training Techniques and Data
        Inspire A Versatile Embedding Model", ICLR 2026, arXiv 2506.20923.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> negatives = np.stack([np.roll(x, 1, axis=0), np.roll(x, 2, axis=0)], axis=1)
        >>> loss = pc.mixed_negative_info_nce(x, x, negatives, mode="list", temperature=1.0)
        >>> float(loss.round(6))
        1.955487
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        index: Array | None = None,
        lam: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        mode: Literal['pair', 'list'] = 'pair',
        gamma: float = 0.0,
        temperature: float | Array = 0.01,
        detach_mixing: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, MixedNegativeInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        index: Array | None = None,
        lam: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        mode: Literal['pair', 'list'] = 'pair',
        gamma: float = 0.0,
        temperature: float | Array = 0.01,
        detach_mixing: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, MixedNegativeInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        index: Array | None = None,
        lam: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        mode: Literal['pair', 'list'] = 'pair',
        gamma: float = 0.0,
        temperature: float | Array = 0.01,
        detach_mixing: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MixedNegativeInfoNceGrads[Array]]]: ...

mixed_negative_info_nce: _MixedNegativeInfoNce

class MochiGrads(NamedTuple, Generic[Array]):
    """Gradients of `mochi`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _Mochi(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        pairs: Array,
        alpha: Array,
        query_index: Array,
        beta: Array,
        *,
        temperature: float | Array = 0.2,
        stop_grad: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each match among a queue and mixtures of its rows (MoCHi).

        .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( e^{s(\hat y_i)} + \sum_k e^{s(\hat n_k)}
                  + \sum_k e^{s(\hat h_{ik})} + \sum_k e^{s(\hat h'_{ik})} \Big) - s(\hat y_i) \Big],
                  \quad h_{ik} = \alpha_{ik} \hat n_a + (1 - \alpha_{ik}) \hat n_b,\quad
                  h'_{ik} = \beta_{ik} \hat x_i + (1 - \beta_{ik}) \hat n_c

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors and their matches.
        negatives : array (K, D)
            Rows of other samples, which all anchors share. With ``comm=`` they are
            the same on all ranks.
        pairs : integer array (B, S, 2), from 0 to K - 1
            Places in the queue of the two rows of each of S mixtures. The places a
            and b. `mochi_mixing` draws all four arrays out of the hardest
            negatives.
        alpha : array (B, S)
            Share of the first of the two. The paper draws it uniformly from 0 to 1.
        query_index : integer array (B, T), from 0 to K - 1
            Places in the queue of the rows that are mixed with the anchor, T of
            them. The places c.
        beta : array (B, T)
            Share of the anchor. The paper draws it uniformly from 0 to 1/2.
        temperature : float or 0-d array, > 0, default 0.2
            Temperature :math:`\tau`, differentiable. The paper's value.
        stop_grad : bool, default True
            Hold mixtures constant in the gradient, as known codes do.
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
            When shapes, dtypes, libraries or devices disagree, `pairs` or
            `query_index` is not from 0 to K - 1, `temperature` is not above 0 or
            `reduction` is not one of its words.

        Notes
        -----
        Here :math:`s(v) = \langle \hat x_i, v \rangle / \tau`. Mixtures are always
        of unit length, and those of length 0 stay 0. With ``stop_grad=False`` their
        gradients go to their parts, by the derivative of the normalisation. Where
        JAX traces a share that is not from 0 to 1, the loss is nan. Mixtures are
        built for some anchors at a time, twice, and not kept. Without mixtures this
        is `info_nce` with ``symmetric=False, in_batch=False``, a lower bound. No
        code of the authors is public.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``stop_grad=True`` the gradient of `x` and `negatives` is by definition
        not that of the value, and finite differences do not apply to it.

        References
        ----------
        Y. Kalantidis, M. B. Sariyildiz, N. Pion, P. Weinzaepfel, D. Larlus, "Hard
        Negative Mixing for Contrastive Learning", NeurIPS 2020, arXiv 2010.01028.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, pairs, half = np.eye(3), np.asarray([[[0, 1]]] * 3), np.full((3, 1), 0.5)
        >>> loss = pc.mochi(x, x, -x, pairs, half, pairs[:, :, 0], half, temperature=1.0)
        >>> float(loss.round(6))
        1.002219
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        pairs: Array,
        alpha: Array,
        query_index: Array,
        beta: Array,
        *,
        temperature: float | Array = 0.2,
        stop_grad: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, MochiGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        pairs: Array,
        alpha: Array,
        query_index: Array,
        beta: Array,
        *,
        temperature: float | Array = 0.2,
        stop_grad: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, MochiGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array,
        pairs: Array,
        alpha: Array,
        query_index: Array,
        beta: Array,
        *,
        temperature: float | Array = 0.2,
        stop_grad: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MochiGrads[Array]]]: ...

mochi: _Mochi

class MsSsimGrads(NamedTuple, Generic[Array]):
    """Gradients of `ms_ssim`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _MsSsim(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        data_range: float = 1.0,
        window_size: int = 11,
        sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        weights: tuple[float, ...] = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""One minus the structural similarity at several scales.

        .. math:: 1 - \frac{1}{C} \sum_c \prod_j \max(m_{cj}, 0)^{w_j}

        Parameters
        ----------
        x, y : array (B, C, H, W)
            Images of C channels.
        data_range : float, > 0, default 1.0
            Difference of the largest and the smallest possible pixel.
        window_size : int, >= 1, default 11
            Side of the window, in pixels.
        sigma : float, > 0, default 1.5
            Width of the window, in pixels.
        k1 : float, > 0, default 0.01
            Root of the constant of the luminance, over the data range.
        k2 : float, > 0, default 0.03
            Root of the constant of contrast and structure, over the data range.
        weights : tuple of one or more numbers, default (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
            Exponent of each scale, from fine to coarse. There are as many scales as
            weights. The values of Wang et al.; the parameters above are those of
            `ssim`.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each image.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            In [0, 1], 0 for equal images.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `data_range`,
            `sigma`, `k1` or `k2` is not above 0, `window_size` is not an integer of
            at least 1, `weights` is not a tuple of one or more numbers, each above
            0 or `reduction` is not one of its words. When a side is not above
            ``(window_size - 1) * 2 ** (scales - 1)``: 160 pixels by default.

        Notes
        -----
        Here :math:`m_{cj}` is the mean of the contrast and structure s of channel c
        at scale j, at the last scale that of :math:`l s`, see `ssim`. From one
        scale to the next, squares of 2 x 2 pixels are averaged; an odd side gets a
        row of zeros at its start first. Where some :math:`m_{cj}` is not above 0,
        the product and its gradient are 0. The product is computed from the
        logarithms of :math:`m`, so a small loss keeps its digits. The gradient of a
        scale has the factor :math:`w_j \prod / m_{cj}`; that of coarse pixels goes
        by quarters to the finer ones. With one weight of 1 it is `ssim`, for
        similarities above 0.

        The value does not depend on a permutation of the samples or an exchange of
        `x` and `y` with all that belongs to them.

        Also known as MS-SSIM.

        References
        ----------
        J. Snell, K. Ridgeway, R. Liao, B. D. Roads, M. C. Mozer, R. S. Zemel,
        "Learning to Generate Images with Perceptual Similarity Metrics", ICIP 2017,
        arXiv 1511.06409. Z. Wang, E. P. Simoncelli, A. C. Bovik, "Multiscale
        Structural Similarity for Image Quality Assessment", Asilomar Conference on
        Signals, Systems and Computers 2003.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.linspace(0, 1, 1024).reshape(1, 1, 32, 32)
        >>> float(pc.ms_ssim(x, x**2, weights=(0.5, 0.5)).round(6))
        0.148775
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        data_range: float = 1.0,
        window_size: int = 11,
        sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        weights: tuple[float, ...] = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, MsSsimGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        data_range: float = 1.0,
        window_size: int = 11,
        sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        weights: tuple[float, ...] = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, MsSsimGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        data_range: float = 1.0,
        window_size: int = 11,
        sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        weights: tuple[float, ...] = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MsSsimGrads[Array]]]: ...

ms_ssim: _MsSsim

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Mean of a two-view loss over all pairs of views (Multi-Crop, PWE).

        .. math:: \frac{2}{M(M-1)} \sum_{a<b} \mathrm{pair}(x_a, x_b)

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row
            is no anchor, positive or negative, and averages use the existing views
            only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        pair : {"nt_xent", "info_nce", "dhel"}, default "nt_xent"
            The two-view loss: `nt_xent`, the symmetric `info_nce`, or the decoupled
            hyperspherical energy loss with both energies.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample is the mean over its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, all weights are zero, `pair` or `reduction` is not one
            of its words or `temperature` is not above 0. When ``B = 1`` with
            ``pair="dhel"``.

        Notes
        -----
        The log-sum-exps :math:`D_{ab,i}` of row i of view a over the other samples
        of view b are computed once per pair of views. With the positive
        :math:`s_{ab,i}` the loss of an anchor is
        :math:`\mathrm{softplus}(\mathrm{logaddexp}(D_{aa}, D_{ab}) - s_{ab})` for
        nt_xent, :math:`\mathrm{softplus}(D_{ab} - s_{ab})` for info_nce and
        :math:`2 D_{aa} - s_{ab}` for dhel. The value takes at most M^2 / 2 products
        of B x B x D. At M = 2 the loss is the pair loss. With dhel a pair of views
        that `ids` leave without a negative has loss 0.

        Of 2 views with ``pair="nt_xent"`` it equals `nt_xent`. Of 2 views with
        ``pair="info_nce"`` it equals `info_nce`. Of 2 views with ``pair="dhel"`` it
        equals `dhel`. With ``pair="info_nce"`` it equals `pairwise_sum` with
        ``average=True``.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        A. Shidani et al., "Poly-View Contrastive Learning", ICLR 2024, arXiv
        2403.05490. P. Koromilas et al., "A Principled Framework for Multi-View
        Contrastive Learning", 2025, arXiv 2507.06979.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            Mine pairs: keep those of the class of row i that are less similar than
            its nearest row of another class plus :math:`\varepsilon`, and those of
            other classes that are more similar than its farthest row of the class
            minus :math:`\varepsilon`. The paper uses 0.1. None: all pairs.
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
            When shapes, dtypes, libraries or devices disagree, `alpha` or `beta` is
            not above 0, `base` is not finite, `epsilon` is negative or `reduction`
            is not one of its words.

        Notes
        -----
        A sum without a pair is 0. With mining, the loss of a row is 0 when either
        sum has none, and the choice of pairs, which takes a product of its own, is
        constant in the gradient. The logarithms are softplus functions of two
        log-sum-exps, so no sharpness overflows. The gradient weight of a pair is
        its softmax among the pairs of its sum and one more candidate of logit 0.
        All pairs are read from one product, of which half of the tiles are
        computed.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as MultiSimilarityLoss.

        References
        ----------
        X. Wang, X. Han, W. Huang, D. Dong, M. R. Scott, "Multi-Similarity Loss with
        General Pair Weighting for Deep Metric Learning", CVPR 2019, arXiv
        1904.06627.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value.
        denominator : {"augmented", "original"}, default "augmented"
            Candidates within a modality: the augmented rows, as in the code of
            CyCLIP, on which Jiang et al. build; or the original rows, with the
            anchor among them, as in the formula of Jiang et al.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `denominator` is not one of its words.

        Notes
        -----
        Here :math:`X'` is the augmented X, and :math:`A_X = X'` (``"augmented"``)
        or :math:`A_X = X` (``"original"``). The first two contrasts are half of
        `info_nce`. The gradients of all contrasts are added. With ``"original"``
        and a small temperature the anchor's product with itself dominates, and the
        loss becomes the alignment :math:`(1 - \langle X_j, X'_j \rangle)/\tau`. So
        it does for an anchor that `ids` leave without a negative. The cost is three
        matrices of similarities; ``"original"`` computes half of the tiles of two
        of them.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        S. Goel, H. Bansal, S. Bhatia, R. Rossi, V. Vinay, A. Grover, "CyCLIP",
        NeurIPS 2022, arXiv 2205.14459. Q. Jiang, C. Chen, H. Zhao, L. Chen, Q.
        Ping, S. D. Tran, Y. Xu, B. Zeng, T. Chilimbi, "Understanding and
        Constructing Latent Modality Structures in Multi-modal Representation
        Learning", CVPR 2023, arXiv 2303.05952.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            Class of each sample. The positives :math:`P_k` are the samples of the
            class of k, with k.
        anchors : bool array (B,), optional
            True for the samples that count, by default all. The others are neither
            anchors nor candidates; they get no gradient.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        The authors select the samples of the new task and add the directions, which
        is twice the value. Where no sample counts, value and gradient are 0. The
        derivative of a direction with respect to a logit is its softmax, less
        1/\|P\| on the positives. Both directions and their positives are read from
        one product. Different labels: `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        U. Cappellazzo, E. Fini, M. Yang, D. Falavigna, A. Brutti, B. Raj,
        "Continual Contrastive Spoken Language Understanding" (COCONUT), Findings of
        ACL 2024, arXiv 2310.02699. From its abstract and its reviews; no code is
        public, so the reduction is to be verified.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MultimodalSupconGrads[Array]]]: ...

multimodal_supcon: _MultimodalSupcon

class MultipleNegativesRankingGrads(NamedTuple, Generic[Array]):
    """Gradients of `multiple_negatives_ranking`, of the arguments that were differentiated."""

    x: Array
    y: Array
    negatives: Array
    temperature: Array

class _MultipleNegativesRanking(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        directions: tuple[Literal['query_to_doc', 'query_to_query', 'doc_to_query', 'doc_to_doc'], ...] = ('query_to_doc',),
        partition: Literal['joint', 'per_direction'] = 'joint',
        hardness_mode: Literal[None, 'in_batch_negatives', 'hard_negatives', 'all_negatives'] = None,
        hardness_strength: float = 0.0,
        false_negative_margin: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each query's document among all documents of the batch.

        With the documents :math:`d_{j0} = y_j` and hard negatives :math:`d_{jk}`,

        .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_{j, k} e^{\langle \hat x_i, \hat d_{jk} \rangle /
                  \tau} - \langle \hat x_i, \hat y_i \rangle / \tau \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Queries, and the document of each.
        negatives : array (B, K, D), optional
            Hard negatives of each query. All queries share them. With ``comm=``
            their number may depend on the rank.
        ids : integer array (B,), optional
            The document that each match is; a query has none of its own document as
            a negative.
        negative_ids : integer array (B, K), optional
            The document that each of `negatives` is, see `ids`.
        negatives_mask : bool array (B, K), optional
            True where one of the K hard negatives exists, by default all; what is
            elsewhere is not read.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. One over the usual scale of
            20.
        directions : tuple of {"query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"}, default ('query_to_doc',)
            Blocks of candidates of a sample i, of which ``"query_to_doc"`` is
            required. ``"query_to_query"``: :math:`\langle x_i, x_j \rangle` for the
            other queries. ``"doc_to_query"``: :math:`\langle y_i, x_j \rangle` for
            all queries. ``"doc_to_doc"``: :math:`\langle y_i, d_{jk} \rangle` for
            documents of the other queries.
        partition : {"joint", "per_direction"}, default "joint"
            One logarithm of all blocks, or the mean of the logarithms of
            ``"query_to_doc"`` and ``"doc_to_query"``, which alone hold the match.
        hardness_mode : {None, "in_batch_negatives", "hard_negatives", "all_negatives"}, optional
            Candidates of ``"query_to_doc"`` that count more, the more similar they
            are: documents of other queries, own hard negatives, or both.
        hardness_strength : float, >= 0, default 0.0
            Factor :math:`\alpha` of the similarity that is added to their logits,
            as a constant. The papers use 9 and 5.
        false_negative_margin : float, optional
            Candidates whose similarity is above that of the match by more than this
            are left out of all blocks, as a constant decision. Qwen3-Embedding uses
            0.1.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `directions` holds another word, `partition`, `hardness_mode`
            or `reduction` is not one of its words, `hardness_strength` is negative
            or `false_negative_margin` is not finite. When `directions` lacks
            ``"query_to_doc"``, ``partition="per_direction"`` is used with blocks
            that lack the match, `negative_ids` without `ids` and `negatives`,
            `negatives_mask` without `negatives`, or `hardness_strength` without
            `hardness_mode`.

        Notes
        -----
        ``Cached`` variants have the same value, and tiles take no more memory than
        they do. With ``"doc_to_query"`` and one logarithm the match counts twice,
        so the loss is at least log 2. The product of queries and documents serves
        both directions, unless hardness changes one of them. With the softmax P
        over the candidates of a sample, hardness included, the derivative with
        respect to a similarity is :math:`P / \tau`, less :math:`1 / \tau` for the
        match. GTE: all directions. Queries of one document, see `ids`, are no
        negatives of each other and of it. The match in ``"doc_to_query"`` always
        counts. A candidate at the margin may be rounded to either side of it; so
        may one that equals the match, with a margin of 0. The identities are those
        without hard negatives.

        With ``directions=('query_to_doc',)`` it equals `info_nce` with
        ``symmetric=False``. With ``directions=('query_to_doc', 'doc_to_query'),
        partition="per_direction"`` it equals `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``hardness_mode="in_batch_negatives" or "hard_negatives" or
        "all_negatives"`` the gradient of `x` and `y` and `negatives` is by
        definition not that of the value, and finite differences do not apply to it.

        Also known as MNRL, MultipleNegativesRankingLoss, InfoNCE with hard
        negatives.

        References
        ----------
        M. Henderson et al., "Efficient Natural Language Response Suggestion for
        Smart Reply", 2017, arXiv 1705.00652. Z. Li et al., "Towards General Text
        Embeddings with Multi-stage Contrastive Learning" (GTE), 2023, arXiv
        2308.03281. Z. Lan et al., "LLaVE", 2025, arXiv 2503.04812. Y. Zhang et al.,
        "Qwen3 Embedding", 2025, arXiv 2506.05176.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, negatives = np.eye(3), -np.eye(3)[:, None, :]
        >>> float(pc.multiple_negatives_ranking(x, x, negatives, temperature=1.0).round(6))
        0.958144
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        directions: tuple[Literal['query_to_doc', 'query_to_query', 'doc_to_query', 'doc_to_doc'], ...] = ('query_to_doc',),
        partition: Literal['joint', 'per_direction'] = 'joint',
        hardness_mode: Literal[None, 'in_batch_negatives', 'hard_negatives', 'all_negatives'] = None,
        hardness_strength: float = 0.0,
        false_negative_margin: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, MultipleNegativesRankingGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        directions: tuple[Literal['query_to_doc', 'query_to_query', 'doc_to_query', 'doc_to_doc'], ...] = ('query_to_doc',),
        partition: Literal['joint', 'per_direction'] = 'joint',
        hardness_mode: Literal[None, 'in_batch_negatives', 'hard_negatives', 'all_negatives'] = None,
        hardness_strength: float = 0.0,
        false_negative_margin: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, MultipleNegativesRankingGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        negatives_mask: Array | None = None,
        *,
        temperature: float | Array = 0.05,
        directions: tuple[Literal['query_to_doc', 'query_to_query', 'doc_to_query', 'doc_to_doc'], ...] = ('query_to_doc',),
        partition: Literal['joint', 'per_direction'] = 'joint',
        hardness_mode: Literal[None, 'in_batch_negatives', 'hard_negatives', 'all_negatives'] = None,
        hardness_strength: float = 0.0,
        false_negative_margin: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], MultipleNegativesRankingGrads[Array]]]: ...

multiple_negatives_ranking: _MultipleNegativesRanking

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
        **settings: Unpack[Options],
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
            True where a view of a sample exists; by default all do. A missing row
            is no anchor, positive or negative, and averages use the existing views
            only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
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
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, all weights are zero, `graph` or `reduction` is not
            one of its words, `core` is not an integer of at least 0 or
            `temperature` is not above 0. When `core` is none of the views.

        Notes
        -----
        .. math:: L = \sum_{(a, b)} [\mathrm{CE}(x_a \to x_b) + \mathrm{CE}(x_b \to x_a)]

        over the pairs of the graph: a sum, not a mean. The authors use candidates
        from a memory bank; here the candidates are the batch. The full graph is
        twice `pairwise_sum`. The value takes M (M - 1) / 2 products with the full
        graph, and M - 1 with the core graph. The order of views matters only
        through `core`.

        With ``graph="full"`` it equals 2 times `pairwise_sum`. Of 2 views with
        ``graph="core"`` it equals 2 times `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as CMC.

        References
        ----------
        Y. Tian, D. Krishnan, P. Isola, "Contrastive Multiview Coding", ECCV 2020,
        arXiv 1906.05849.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Multi-view decoupled hyperspherical energy loss.

        .. math:: \frac{1}{B}
                  \sum_i \Big\{ -\log \sum_{l<l'} e^{\langle u_{il}, u_{il'} \rangle/\tau} + \sum_l \log
                  \sum_{j \ne i} e^{\langle u_{il}, u_{jl} \rangle/\tau} \Big\}

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i. At least two
            samples.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. A missing row
            is no anchor, positive or negative, and averages use the existing views
            only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. The authors' value on CIFAR
            and ImageNet-100.
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
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, all weights are zero, `temperature` is not above 0 or
            `reduction` is not one of its words. When there are fewer than two
            samples.

        Notes
        -----
        The formula is that of the authors' code. Their printed formula counts
        ordered pairs (a constant) and includes :math:`j = i`. Only the Gram matrix
        of each view is computed, and only half of its tiles: M / 2 products of B x
        B x D, M times fewer than the other losses of the family. The gradient has
        softmaxes over the other samples, and minus the softmax over the pairs of
        views. A sample that `ids` leave without a negative has loss 0.

        Of 2 views it equals `dhel`.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        P. Koromilas, E. Georgiou, G. Bouritsas, T. Giannakopoulos, M. A. Nicolaou,
        Y. Panagakis, "A Principled Framework for Multi-View Contrastive Learning",
        2025, arXiv 2507.06979.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            True where a view of a sample exists; by default all do. A missing row
            is no anchor, positive or negative. Samples with fewer than two views
            have no term.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        energy : {"cross", "all"}, default "cross"
            Pairs in the denominator: those of different views (the authors'
            formula), or all except a row with itself (the authors' code, which
            produced their reported numbers).
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. The authors' value on CIFAR
            and ImageNet-100; they use 0.1 on ImageNet-1k.
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
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, all weights are zero, `energy` or `reduction` is not
            one of its words or `temperature` is not above 0.

        Notes
        -----
        .. math:: \ell_i = \log E_i - \log P_i, \quad
                  P_i = \sum_l \sum_{l' \ne l} e^{\langle u_{il}, u_{il'} \rangle/\tau}, \quad
                  E_i = \sum_l \sum_{(j,m) \in A(i,l)} e^{\langle u_{il}, u_{jm} \rangle/\tau}

        with :math:`A = \{m \ne l\}` or :math:`A = \{(j, m) \ne (i, l)\}`. Both
        contain the positives, so with the log-sum-exp :math:`N_i` over the other
        samples the loss is :math:`\mathrm{softplus}(N_i - \log P_i)`. A negative
        gets :math:`q\, e^{s - N_i}` and a positive :math:`-q\, e^{s} / P_i`, with
        :math:`q = \sigma(N_i - \log P_i)`. The value takes M (M - 1) / 2 products
        of B x B x D for "cross", and M^2 / 2 for "all". ``B = 1``: 0.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        P. Koromilas, E. Georgiou, G. Bouritsas, T. Giannakopoulos, M. A. Nicolaou,
        Y. Panagakis, "A Principled Framework for Multi-View Contrastive Learning",
        2025, arXiv 2507.06979.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Softmax of each match among the products with all rows of `y`, with a penalty on lengths.

        .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( 1 + \sum_{j \ne i}
                  e^{\langle x_i, y_j \rangle - \langle x_i, y_i \rangle} \Big)
                  + \tfrac{\lambda}{4} \big( |x_i|^2 + |y_i|^2 \big) \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors and their positives, from B different
            classes. They are not normalised.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other. Give the classes here where some repeat.
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
            When shapes, dtypes, libraries or devices disagree, `l2` is negative or
            `reduction` is not one of its words.

        Notes
        -----
        The quarter is that of TensorFlow's loss of this name. ``B = 1``: the
        penalty alone. So it is for an anchor that `ids` leave without a negative.
        Products of very long rows overflow, from lengths of about 1e154 in float64
        and 1e19 in float32. The loss and its gradient are then nan, as for every
        infinite score.

        With ``l2=0.0`` it equals `info_nce` with ``symmetric=False,
        normalize=False, temperature=1.0``.

        The value does not depend on a permutation of the samples or a common
        rotation of all rows.

        Also known as NPairsLoss.

        References
        ----------
        K. Sohn, "Improved Deep Metric Learning with Multi-class N-pair Loss
        Objective", NeurIPS 2016, https://dl.acm.org/doi/10.5555/3157096.3157304

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], NPairGrads[Array]]]: ...

n_pair: _NPair

class NaiveBayesGrads(NamedTuple, Generic[Array]):
    """Gradients of `naive_bayes`, of the arguments that were differentiated."""

    z: Array
    queries: Array

class _NaiveBayes(Objective):
    def __call__(
        self,
        z: Array,
        labels: Array,
        queries: Array,
        query_labels: Array,
        *,
        shared: bool = True,
        smoothing: float = 1e-09,
        classes: int | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Negative log-posterior of labelled rows, under Gaussian classes of other rows.

        .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_c e^{J_{ic}} - J_{i y_i} \Big],\quad
                  J_{ic} = \log \pi_c - \frac{1}{2} \sum_d \Big[ \frac{(q_{id} - \mu_{cd})^2}{v_d}
                  + \log 2 \pi v_d \Big]

        Parameters
        ----------
        z : array (N, D)
            Rows that the classifier is fitted to.
        labels : integer array (N,)
            Their classes, from 0 to C - 1; each class has a row.
        queries : array (B, D)
            Rows to be classified.
        query_labels : integer array (B,)
            Classes of the queries.
        shared : bool, default True
            Whether all classes have one variance :math:`v_d` per dimension: the
            mean of theirs, by their shares. The classifier is linear then.
            Otherwise each class has its own.
        smoothing : float, > 0, default 1e-09
            Number that is added to the variances.
        classes : int, >= 1, optional
            The number C; by default one more than the largest label. It must be
            given where JAX traces the labels.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each query.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `smoothing` is not
            above 0, `classes` is not an integer of at least 1 or `reduction` is not
            one of its words. When a label is not from 0 to C - 1, or a class has no
            row. Where JAX traces the labels, the value is nan instead.

        Notes
        -----
        Priors :math:`\pi_c` are the shares of the classes, and means :math:`\mu`
        and biased variances those of the rows of all ranks; with ``comm=`` rows and
        queries are shared out. Gradients go through the moments to `z`.
        ``naive_bayes.fit`` returns the moments and ``naive_bayes.predict`` the
        classes of queries. Differences of rows and means are taken before they are
        squared, some classes at a time: O(B C D) operations, and constant
        dimensions cost no digits. The authors scale features to [0, 1] first. They
        show that it approaches its limit with O(log n) samples, and logistic
        regression with O(n), so it is better where labels are few.

        The value does not depend on a permutation of the samples or a common shift
        of all rows where they are not normalised.

        References
        ----------
        C. Zheng, G. Wu, F. Bao, Y. Cao, C. Li, J. Zhu, "Revisiting Discriminative
        vs. Generative Classifiers: Theory and Implications", ICML 2023, arXiv
        2302.02334.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> z, labels = np.asarray([[0.0], [2.0], [5.0], [7.0]]), np.asarray([0, 0, 1, 1])
        >>> float(pc.naive_bayes(z, labels, np.asarray([[3.0]]), np.asarray([0])).round(6))
        0.07889
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        queries: Array,
        query_labels: Array,
        *,
        shared: bool = True,
        smoothing: float = 1e-09,
        classes: int | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, NaiveBayesGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        queries: Array,
        query_labels: Array,
        *,
        shared: bool = True,
        smoothing: float = 1e-09,
        classes: int | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, NaiveBayesGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        labels: Array,
        queries: Array,
        query_labels: Array,
        *,
        shared: bool = True,
        smoothing: float = 1e-09,
        classes: int | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], NaiveBayesGrads[Array]]]: ...
    fit = staticmethod(_naive_bayes_fit)
    predict = staticmethod(_naive_bayes_predict)

naive_bayes: _NaiveBayes

class NdGrads(NamedTuple, Generic[Array]):
    """Gradients of `nd`, of the arguments that were differentiated."""

    student: Array

class _Nd(Objective):
    def __call__(
        self,
        student: Array,
        teacher: Array,
        centers: Array,
        labels: Array,
        *,
        weight: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""One minus a student's feature along the centre of its class, over the longer feature (KD++).

        .. math:: \frac{w}{B} \sum_i \Big[ 1 - \frac{\langle s_i, \hat c_{y_i} \rangle}
                  {\max(|s_i|, |t_i|)} \Big]

        Parameters
        ----------
        student : array (B, D)
            Row i belongs to sample i. Features s.
        teacher : array (B, D)
            Features of the teacher. Features t, of which only the length counts.
        centers : array (C, D)
            Mean feature of each class, of the teacher over the training set. Rows
            c; they are scaled to unit length. With ``comm=``, all ranks have the
            same.
        labels : integer array (B,), from 0 to C - 1
            Class of each sample.
        weight : float, >= 0, default 1.0
            Weight w. The authors have 0.5 to 2.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `labels` is not from
            0 to C - 1, `weight` is negative or `reduction` is not one of its words.

        Notes
        -----
        A feature as long as the teacher's, or longer, is turned towards its centre:
        with the unit row u the gradient is :math:`-(\hat c - \langle u, \hat c
        \rangle u) / |s|`. A shorter one also grows: :math:`-\hat c / |t|`. At equal
        lengths, where the radial part jumps, it is the first. Where both features
        are 0 the loss is 1 and the gradient 0. Each loss is in [0, 2]. KD++ adds
        the cross-entropy and `distill_kl` at temperature 4.

        The value does not depend on a permutation of the samples or a common
        rotation of all rows.

        References
        ----------
        Y. Wang et al., "Improving Knowledge Distillation via Regularizing Feature
        Norm and Direction", 2023, arXiv 2305.17007.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> student, teacher = np.asarray([[1.0, 0.0]]), np.asarray([[0.0, 2.0]])
        >>> float(pc.nd(student, teacher, np.eye(2), np.array([0])))
        0.5
        """
        ...
    @overload
    def value_and_grad(
        self,
        student: Array,
        teacher: Array,
        centers: Array,
        labels: Array,
        *,
        weight: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, NdGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        student: Array,
        teacher: Array,
        centers: Array,
        labels: Array,
        *,
        weight: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, NdGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        student: Array,
        teacher: Array,
        centers: Array,
        labels: Array,
        *,
        weight: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], NdGrads[Array]]]: ...

nd: _Nd

class NegativeCosineGrads(NamedTuple, Generic[Array]):
    """Gradients of `negative_cosine`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _NegativeCosine(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        stop_grad: Literal['x', 'y'] | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Minus the cosine of matching rows.

        .. math:: -\frac{1}{B} \sum_i \langle \hat x_i, \hat y_i \rangle

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views, or predictions and their targets.
        stop_grad : {"x", "y"}, optional
            The argument that is a constant; its gradient is 0.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        value : 0-d array, or (B,) for ``reduction="none"``
            In [-1, 1].

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `stop_grad` or
            `reduction` is not one of its words.

        Notes
        -----
        The cosine of a zero row is 0. Without a predictor and a held side all rows
        collapse to one: see `simsiam`. The cost is O(B D).

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        The gradient of the argument that `stop_grad` names is by definition not
        that of the value, and finite differences do not apply to it.

        Also known as NegativeCosineSimilarity.

        References
        ----------
        X. Chen, K. He, "Exploring Simple Siamese Representation Learning", CVPR
        2021, arXiv 2011.10566.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.negative_cosine(np.eye(2), np.ones((2, 2))).round(6))
        -0.707107
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        stop_grad: Literal['x', 'y'] | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, NegativeCosineGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        stop_grad: Literal['x', 'y'] | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, NegativeCosineGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        stop_grad: Literal['x', 'y'] | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], NegativeCosineGrads[Array]]]: ...

negative_cosine: _NegativeCosine

class NnclrGrads(NamedTuple, Generic[Array]):
    """Gradients of `nnclr`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _Nnclr(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        queue: Array,
        *,
        temperature: float | Array = 0.1,
        decoupled: bool = False,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""InfoNCE of each row's nearest neighbour in a queue with the other view (NNCLR).

        .. math:: \frac{1}{2B} \sum_i \Big[ \log \sum_j e^{\langle n(x_i), \hat y_j \rangle / \tau}
                  - \langle n(x_i), \hat y_i \rangle / \tau
                  + \log \sum_j e^{\langle n(y_i), \hat x_j \rangle / \tau}
                  - \langle n(y_i), \hat x_i \rangle / \tau \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views.
        queue : array (K, D)
            Rows of earlier steps, in which neighbours are looked for; the same on
            all ranks. A constant, without a gradient.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The paper's value.
        decoupled : bool, default False
            Leave the positive out of the sum over j, as in `dcl`. This needs 2
            samples, and the loss may be negative.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words. When ``decoupled=True``
            and ``B < 2``.

        Notes
        -----
        The neighbour :math:`n(x_i)` is the row of the queue with the largest
        cosine, of equal ones the first: `nearest_neighbours` gives it. Both the
        choice and the row are constant. So the term of :math:`x_i` has a gradient
        for `y` only. With ``normalize=False`` rows enter the scores as they are,
        and neighbours are chosen by cosine all the same. Put the rows of the step
        into the queue after the call. Where the queue holds all rows of the batch
        and no nearer ones, the value is that of `info_nce`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        D. Dwibedi, Y. Aytar, J. Tompson, P. Sermanet, A. Zisserman, "With a Little
        Help from My Friends: Nearest-Neighbor Contrastive Learning of Visual
        Representations", ICCV 2021, arXiv 2104.14548.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, queue = np.eye(3), np.eye(3)[:2]  # the third row has no neighbour: the first is taken
        >>> float(pc.nnclr(x, x, queue, temperature=1.0).round(6))
        0.884778
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        queue: Array,
        *,
        temperature: float | Array = 0.1,
        decoupled: bool = False,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, NnclrGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        queue: Array,
        *,
        temperature: float | Array = 0.1,
        decoupled: bool = False,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, NnclrGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        queue: Array,
        *,
        temperature: float | Array = 0.1,
        decoupled: bool = False,
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], NnclrGrads[Array]]]: ...

nnclr: _Nnclr

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
        **settings: Unpack[Options],
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
            True for the samples that are rehearsed: anchors, and positives of
            anchors. All samples are candidates for negatives. The set I of the
            formula.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable.
        negatives_from : {"student", "teacher"}, default "student"
            Whose rows the negatives are. The authors found those of the teacher to
            be worse, as it does not know the new classes.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `negatives_from` or `reduction` is not one of its words.

        Notes
        -----
        The teacher's copy of the anchor is one of its positives. Without anchors
        value and gradient are 0. With the softmax over all candidates of an anchor,
        the derivative with respect to the logit of a negative is its softmax, that
        of a positive less 1/\|P\|. A student row also gets a gradient as a
        negative. Positives and their log-sum-exp are read from one product.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        U. Cappellazzo, E. Fini, M. Yang, D. Falavigna, A. Brutti, B. Raj,
        "Continual Contrastive Spoken Language Understanding" (COCONUT), Findings of
        ACL 2024, arXiv 2310.02699. From its abstract and its reviews; no code is
        public, so the anchor's own copy as a positive and the reduction are to be
        verified.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value; the
            paper uses 0.5 on CIFAR-10.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are 2B, those
            of `x` first.

        Returns
        -------
        loss : 0-d array, or (2B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        The partner of row a is :math:`p(a) = a \pm B`. The loss of a row is
        computed as :math:`\mathrm{softplus}(N_a - s_a)` with the log-sum-exp
        :math:`N_a` over the negatives alone and the positive :math:`s_a`, which
        stays accurate when the loss is tiny. With :math:`q_a = \sigma(N_a - s_a)`
        the gradient weight of a negative pair is :math:`q_a e^{s_{ab} - N_a}`, that
        of the positive is :math:`-q_a`. The 2B x 2B Gram matrix is symmetric, so
        half of its tiles are computed. ``B = 1``: value 0, gradient 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        Also known as SimCLR, NTXentLoss.

        References
        ----------
        T. Chen, S. Kornblith, M. Norouzi, G. Hinton, "A Simple Framework for
        Contrastive Learning of Visual Representations", ICML 2020, arXiv
        2002.05709.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""NWJ (f-GAN, MINE-f) lower bound on mutual information: unbiased, of large variance.

        .. math:: \frac{1}{B} \sum_i s_{ii} - \frac{1}{B(B-1)} \sum_{i \ne j} e^{s_{ij} - 1}

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for
            independent ones. Or embeddings x and y, as a sequence or one array (2,
            B, D). The scores are then their inner products over the temperature,
            computed in tiles and never stored, and the gradient is a pair as well.
            A matrix of scores is divided by the temperature, too, and never
            normalised.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            In nats. Maximise it, or minimise its negative. Large scores overflow to
            -inf.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is
            not above 0. When ``B < 2``, or ranks (``comm=``) share a matrix of
            scores.

        Notes
        -----
        The bound is never above `dv_bound` of the same scores. Its best critic is 1
        plus the log density ratio.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        X. Nguyen, M. Wainwright, M. Jordan, "Estimating Divergence Functionals and
        the Likelihood Ratio by Convex Risk Minimization", 2010, arXiv 0809.0853. B.
        Poole et al., ICML 2019, arXiv 1905.06922.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, NwjBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], NwjBoundGrads[Array]]]: ...

nwj_bound: _NwjBound

class OrthogonalGrads(NamedTuple, Generic[Array]):
    """Gradients of `orthogonal`, of the arguments that were differentiated."""

    u: Array
    v: Array

class _Orthogonal(Objective):
    def __call__(
        self,
        u: Array,
        v: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Mean squared inner product of the rows of two sets.

        .. math:: \frac{1}{PQ} \sum_{ij} \langle \hat u_i, \hat v_j \rangle^2

        Parameters
        ----------
        u : array (B, D)
            Row i belongs to sample i. The P rows of one set.
        v : array (N, D)
            Rows of the other set. The Q rows of the other. With ``comm=``, both are
            those of this rank.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each row of `u`.

        Returns
        -------
        value : 0-d array, or (B,) for ``reduction="none"``
            In [0, 1] for unit rows, up to rounding; 0 when the sets are orthogonal.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words.

        Notes
        -----
        With :math:`G = V^\top V` the squares of a row sum to :math:`u_i^\top G
        u_i`, which costs O((P + Q) D^2) and forms no pair; the products themselves
        are used where they cost less. The authors take one set for liveness and the
        other for identity, and each in turn as a constant: ``wrt="u"`` and
        ``wrt="v"``.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        J. Yang, Z. Yu, X. Ni, J. He, H. Li, "Generalized Face Anti-spoofing via
        Finer Domain Partition and Disentangling Liveness-irrelevant Factors"
        (DLIF), ECAI 2024, arXiv 2407.08243.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> u, v = np.eye(3)[:2], np.eye(3)[1:]
        >>> float(pc.orthogonal(u, v)), float(pc.orthogonal(u, v[1:]))
        (0.25, 0.0)
        """
        ...
    @overload
    def value_and_grad(
        self,
        u: Array,
        v: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, OrthogonalGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        u: Array,
        v: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, OrthogonalGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        u: Array,
        v: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], OrthogonalGrads[Array]]]: ...

orthogonal: _Orthogonal

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
        **settings: Unpack[Options],
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
            True where a view of a sample exists; by default all do. A missing row
            is no anchor, positive or negative, and averages use the existing views
            only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
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
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, all weights are zero, `temperature` is not above 0 or
            `reduction` is not one of its words.

        Notes
        -----
        No view is contrasted with itself. One product of a pair of views is used
        for both directions, so the value takes M (M - 1) / 2 products. ``B = 1``:
        0.

        Of 2 views it equals `info_nce`.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        A. Radford et al., ICML 2021, arXiv 2103.00020. S. Mander, S. Piao, H.
        Rahmani, "Contrastive Training with More Data", ICLR 2023 tiny papers.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PairwiseSumGrads[Array]]]: ...

pairwise_sum: _PairwiseSum

class PamcGrads(NamedTuple, Generic[Array]):
    """Gradients of `pamc`, of the arguments that were differentiated."""

    z: Array
    weights: Array
    shares: Array
    scale: Array

class _Pamc(Objective):
    def __call__(
        self,
        z: Array,
        edges: Array,
        weights: Array,
        assign: Array | None = None,
        shares: Array | None = None,
        *,
        clusters: int | None = None,
        scale: float | Array = 0.5,
        eps: float = 1e-10,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Contrast of the nodes of a graph: edges attract, and sums of clusters repel (PAMC).

        .. math:: -\frac{1}{N} \sum_i \log \Big( \epsilon + \sum_{e = (i, j)} w_e e^{s c_{ij}} \Big)
                  + \frac{1}{K} \sum_k \log \Big( \epsilon + \sum_l e^{s \hat c_{kl}} \Big)

        Parameters
        ----------
        z : array (N, D)
            Embeddings of the nodes.
        edges : integer array (2, E), from 0 to N - 1
            First and last node of each edge. An edge both ways is two.
        weights : array (E,)
            Weight of each edge, such as the entries of a power of the adjacency
            matrix.
        assign : integer array (N,), optional
            Cluster of each node, from 0 on. Without it, each node is a cluster of
            its own.
        shares : array (N, C), optional
            Share of each node in each cluster, in the place of `assign`.
        clusters : int, >= 1, optional
            Number of clusters of `assign`; by default one more than the largest.
            Needed where JAX traces `assign`.
        scale : float or 0-d array, > 0, default 0.5
            Factor s of the cosines, an inverse temperature. Differentiable. The
            authors' value.
        eps : float, > 0, default 1e-10
            Number :math:`\epsilon` that keeps nodes without an edge finite. The
            authors' value.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `edges` is not from
            0 to N - 1, `clusters` is not an integer of at least 1 or `scale` or
            `eps` is not above 0. When ranks share the batch (``comm=``). When both
            `assign` and `shares` are given, `assign` is below 0 or not below
            `clusters`, or `clusters` lacks where JAX traces `assign`.

        Notes
        -----
        :math:`c_{ij}` is the cosine of two nodes, and :math:`\hat c_{kl}` that of
        the sums :math:`m_k = \sum_i q_{ik} z_i` of two clusters, with the shares q.
        Of a node and itself, and of a cluster and itself, both count as 0. Clusters
        that no node belongs to are left out of the mean over K. Rows enter the sums
        as they are, so the length of a single row matters. In place of all pairs of
        nodes there are E edges and pairs of clusters: the time is O(E D + N D + K^2
        D), with shares O(N K D), and no N x N array exists. All sums of
        exponentials are computed relative to their largest term. A sum of rows that
        is 0 has cosine 0 and no gradient. The whole method adds `dec_kl`.

        The value does not depend on a permutation of the samples or a common
        rotation of all rows.

        References
        ----------
        G. K. Kulatilleke, M. Portmann, S. S. Chandra, "Efficient block contrastive
        learning via parameter-free meta-node approximation" (PAMC), 2022, arXiv
        2209.14067.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> z, edges, weights = np.eye(3), np.array([[0, 1, 2], [1, 0, 2]]), np.ones(3)
        >>> float(pc.pamc(z, edges, weights, np.array([0, 0, 1])).round(6))
        0.693147
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        edges: Array,
        weights: Array,
        assign: Array | None = None,
        shares: Array | None = None,
        *,
        clusters: int | None = None,
        scale: float | Array = 0.5,
        eps: float = 1e-10,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, PamcGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        edges: Array,
        weights: Array,
        assign: Array | None = None,
        shares: Array | None = None,
        *,
        clusters: int | None = None,
        scale: float | Array = 0.5,
        eps: float = 1e-10,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, PamcGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        edges: Array,
        weights: Array,
        assign: Array | None = None,
        shares: Array | None = None,
        *,
        clusters: int | None = None,
        scale: float | Array = 0.5,
        eps: float = 1e-10,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PamcGrads[Array]]]: ...

pamc: _Pamc

class PatchNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `patch_nce`, of the arguments that were differentiated."""

    query: Array
    key: Array
    temperature: Array

class _PatchNce(Objective):
    def __call__(
        self,
        query: Array,
        key: Array,
        *,
        temperature: float | Array = 0.07,
        stop_grad: Literal[None, 'query', 'key'] = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""InfoNCE between the same places of two feature maps; other places of the image are negative.

        .. math:: \frac{1}{N n} \sum_{b=1}^{N} \sum_{i=1}^{n} \Big[ \log \sum_j
                  e^{\langle \hat q_{bi}, \hat k_{bj} \rangle / \tau}
                  - \langle \hat q_{bi}, \hat k_{bi} \rangle / \tau \Big]

        Parameters
        ----------
        query, key : array (N, n, D)
            Features of n places of each of N images. CUT compares the features of
            the output with those of the input, which are held. CDS compares those
            of the reference, which are held, with those of the edit.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. The papers' value.
        stop_grad : {None, "query", "key"}, optional
            The side whose gradient is 0.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each place.

        Returns
        -------
        loss : 0-d array, or (N, n) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `stop_grad` or `reduction` is not one of its words.

        Notes
        -----
        The mean over the images of `info_nce` with ``symmetric=False`` of the
        places of each image. The loss of a place is computed as
        :math:`\mathrm{softplus}(N - d)` with the log-sum-exp over the other places.
        Matrices of n x n are computed in chunks of images. ``n = 1``: value 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        The gradient of the argument that `stop_grad` names is by definition not
        that of the value, and finite differences do not apply to it.

        References
        ----------
        T. Park, A. A. Efros, R. Zhang, J.-Y. Zhu, "Contrastive Learning for
        Unpaired Image-to-Image Translation", ECCV 2020, arXiv 2007.15651. H. Nam,
        G. Kwon, G. Y. Park, J. C. Ye, "Contrastive Denoising Score for Text-guided
        Latent Diffusion Image Editing", CVPR 2024, arXiv 2311.18608.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> places = np.stack([np.eye(3)] * 2)
        >>> float(pc.patch_nce(places, places, temperature=1.0).round(6))
        0.551445
        """
        ...
    @overload
    def value_and_grad(
        self,
        query: Array,
        key: Array,
        *,
        temperature: float | Array = 0.07,
        stop_grad: Literal[None, 'query', 'key'] = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, PatchNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        query: Array,
        key: Array,
        *,
        temperature: float | Array = 0.07,
        stop_grad: Literal[None, 'query', 'key'] = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, PatchNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        query: Array,
        key: Array,
        *,
        temperature: float | Array = 0.07,
        stop_grad: Literal[None, 'query', 'key'] = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PatchNceGrads[Array]]]: ...

patch_nce: _PatchNce

class PearsonGrads(NamedTuple, Generic[Array]):
    """Gradients of `pearson`, of the arguments that were differentiated."""

    pred: Array
    target: Array

class _Pearson(Objective):
    def __call__(
        self,
        pred: Array,
        target: Array,
        **settings: Unpack[Options],
    ) -> Array:
        r"""One minus Pearson's correlation of scores with targets.

        .. math:: 1 - \langle a, b \rangle, \quad a = \frac{s - \bar s}{|s - \bar s|}, \quad
                  b = \frac{t - \bar t}{|t - \bar t|}

        Parameters
        ----------
        pred, target : array (B,)
            Score of each sample. Scores s and targets t. Both have a gradient, and
            the loss does not change when they are exchanged.

        Returns
        -------
        value : 0-d array
            In [0, 2]; 0 when scores are a rising line of targets.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree. When ranks share the
            batch (``comm=``).

        Notes
        -----
        Gradient: :math:`-(b - \langle a, b \rangle a) / |s - \bar s|` for the
        scores, and likewise for the targets. A positive factor or a shift of either
        changes nothing. When all scores or all targets are equal, as for ``B = 1``,
        there is no correlation: value and gradient are then 0.

        The loss is computed as :math:`|a - b|^2 / 2`, which keeps its digits near
        0.

        The value does not depend on a permutation of the samples.

        References
        ----------
        B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for
        Unified Representation Learning in Information Retrieval and Semantic
        Textual Similarity", 2025, arXiv 2508.11442.

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
        **settings: Unpack[Options],
    ) -> tuple[Array, PearsonGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        pred: Array,
        target: Array,
        *,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, PearsonGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        pred: Array,
        target: Array,
        *,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PearsonGrads[Array]]]: ...

pearson: _Pearson

class PixContrastGrads(NamedTuple, Generic[Array]):
    """Gradients of `pix_contrast`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _PixContrast(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        mask: Array,
        x_target: Array | None = None,
        y_target: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""InfoNCE between the pixels of two crops of an image, with pixels of one place as positives.

        .. math:: \frac{1}{2B} \sum_b \Big[ \frac{1}{|V_b|} \sum_{i \in V_b} \ell_{bi}
                  + \text{the same from } y \Big],\quad
                  \ell_{bi} = \log \sum_j e^{s_{bij}} - \log \sum_{j : m_{bij}} e^{s_{bij}}

        Parameters
        ----------
        x, y : array (B, n, D)
            Features of n pixels of each image. Two crops of each image.
        mask : bool array (B, n, n)
            True where pixel i of `x` and pixel j of `y` show the same place, see
            `pixel_mask`.
        x_target, y_target : array (B, n, D), optional
            Keys of the other crop's pixels, as of a momentum encoder; they have no
            gradient. Both or none; by default the pixels of the crops themselves
            are the keys.
        temperature : float or 0-d array, > 0, default 0.3
            Temperature :math:`\tau`, differentiable. The paper's value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each image.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words. When only one of
            `x_target` and `y_target` is given.

        Notes
        -----
        Here :math:`s_{bij} = \langle \hat x_{bi}, \hat y_{bj} \rangle / \tau`, with
        the targets :math:`\langle \hat x_{bi}, \hat y'_{bj} \rangle / \tau` and
        :math:`\langle \hat y_{bi}, \hat x'_{bj} \rangle / \tau`, and :math:`V_b`
        holds the pixels with a positive. An image without any adds 0. The loss of a
        pixel is the softplus of the difference of two log-sum-exps, over the
        negatives and over the positives; its gradient is a softmax over all pixels
        minus one over the positives. Matrices of n x n are computed in chunks of
        images, one for both directions without targets. The average over the pixels
        of an image is from recollection of the paper; published code holds another
        variant. The symmetric `info_nce` of each image where only equal indices are
        positives.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        Z. Xie, Y. Lin, Z. Zhang, Y. Cao, S. Lin, H. Hu, "Propagate Yourself:
        Exploring Pixel-Level Consistency for Unsupervised Visual Representation
        Learning", CVPR 2021, arXiv 2011.10043.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> pixels = np.eye(3)[None, :, :]
        >>> float(pc.pix_contrast(pixels, pixels, pixels > 0, temperature=1.0).round(6))
        0.551445
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        mask: Array,
        x_target: Array | None = None,
        y_target: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, PixContrastGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        mask: Array,
        x_target: Array | None = None,
        y_target: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, PixContrastGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        mask: Array,
        x_target: Array | None = None,
        y_target: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PixContrastGrads[Array]]]: ...

pix_contrast: _PixContrast

class PixelPropagationGrads(NamedTuple, Generic[Array]):
    """Gradients of `pixel_propagation`, of the arguments that were differentiated."""

    f: Array
    values: Array

class _PixelPropagation(Objective):
    def __call__(
        self,
        f: Array,
        values: Array | None = None,
        *,
        p: float = 2.0,
        clamp: float = 0.0,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Features of each pixel as a sum over all pixels of the image, by their similarity.

        .. math:: o_{bi} = \sum_j \max(\langle \hat f_{bi}, \hat f_{bj} \rangle, c)^p \; \hat v_{bj}

        Parameters
        ----------
        f : array (B, n, D)
            Features of n pixels of each image.
        values : array (B, n, D), optional
            Features that are propagated, such as those of one more layer; by
            default the pixels.
        p : float, >= 1, default 2.0
            Power of the similarities; larger ones leave more to the most similar
            pixels. The authors' value.
        clamp : float, >= 0, default 0.0
            Least similarity. Least similarity c, the authors' value.

        Returns
        -------
        features : array (B, n, D)
            `pixel_propagation.vjp` takes a cotangent of this shape.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `p` or `clamp` is
            negative.

        Notes
        -----
        Rows of both arrays are scaled to unit length. The own pixel counts as well.
        Where a similarity is not above c it has no gradient. The matrices of n x n
        are computed in chunks of images. It is the module inside of `pixpro`.

        The value does not depend on a permutation of the samples or the length of
        single rows where they are normalised.

        References
        ----------
        Z. Xie, Y. Lin, Z. Zhang, Y. Cao, S. Lin, H. Hu, "Propagate Yourself:
        Exploring Pixel-Level Consistency for Unsupervised Visual Representation
        Learning", CVPR 2021, arXiv 2011.10043.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> pixels = np.asarray([[[2.0, 0.0], [3.0, 4.0]]])
        >>> pc.pixel_propagation(pixels).round(4).tolist()
        [[[1.216, 0.288], [0.96, 0.8]]]
        """
        ...
    @overload
    def value_and_grad(
        self,
        f: Array,
        values: Array | None = None,
        *,
        p: float = 2.0,
        clamp: float = 0.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, PixelPropagationGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        f: Array,
        values: Array | None = None,
        *,
        p: float = 2.0,
        clamp: float = 0.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, PixelPropagationGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        f: Array,
        values: Array | None = None,
        *,
        p: float = 2.0,
        clamp: float = 0.0,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PixelPropagationGrads[Array]]]: ...

pixel_propagation: _PixelPropagation

class PixproGrads(NamedTuple, Generic[Array]):
    """Gradients of `pixpro`, of the arguments that were differentiated."""

    x: Array
    y: Array
    x_values: Array
    y_values: Array

class _Pixpro(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        x_target: Array,
        y_target: Array,
        mask: Array,
        x_values: Array | None = None,
        y_values: Array | None = None,
        *,
        p: float = 2.0,
        clamp: float = 0.0,
        eps: float = 1e-06,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Consistency of propagated pixels of one crop with the same places of the other.

        .. math:: -\frac{2}{B} \sum_b \Big[ \frac{\sum_{ij} m_{bij} \langle \hat o_{bi}, \hat y'_{bj}
                  \rangle}{\sum_{ij} m_{bij} + \epsilon} + \text{the same from } y \Big]

        Parameters
        ----------
        x, y : array (B, n, D)
            Features of n pixels of each image. Two crops of each image.
        x_target, y_target : array (B, n, D)
            Keys of the other crop's pixels, as of a momentum encoder; they have no
            gradient.
        mask : bool array (B, n, n)
            True where pixel i of `x` and pixel j of `y` show the same place, see
            `pixel_mask`.
        x_values, y_values : array (B, n, D), optional
            Features that are propagated, such as those of one more layer; by
            default the pixels. Both or none.
        p : float, >= 1, default 2.0
            Power of the similarities; larger ones leave more to the most similar
            pixels. The authors' value.
        clamp : float, >= 0, default 0.0
            Least similarity. The authors' value.
        eps : float, >= 0, default 1e-06
            Number :math:`\epsilon`, the authors' value.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each image.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            In [-4, 4].

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `p`, `clamp` or
            `eps` is negative or `reduction` is not one of its words. When only one
            of `x_values` and `y_values` is given.

        Notes
        -----
        The features :math:`o` are those of `pixel_propagation`, scaled to unit
        length here, and :math:`y'` are the targets. The paper has no factor 2; this
        is the loss of the authors' code. No pair at all: value 0. Matrices of n x n
        are computed in chunks of images: two products for each direction of the
        value.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        Z. Xie, Y. Lin, Z. Zhang, Y. Cao, S. Lin, H. Hu, "Propagate Yourself:
        Exploring Pixel-Level Consistency for Unsupervised Visual Representation
        Learning", CVPR 2021, arXiv 2011.10043.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> pixels = np.eye(3)[None, :, :]
        >>> float(pc.pixpro(pixels, pixels, pixels, pixels, pixels > 0).round(5))
        -4.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_target: Array,
        y_target: Array,
        mask: Array,
        x_values: Array | None = None,
        y_values: Array | None = None,
        *,
        p: float = 2.0,
        clamp: float = 0.0,
        eps: float = 1e-06,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, PixproGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        x_target: Array,
        y_target: Array,
        mask: Array,
        x_values: Array | None = None,
        y_values: Array | None = None,
        *,
        p: float = 2.0,
        clamp: float = 0.0,
        eps: float = 1e-06,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, PixproGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        x_target: Array,
        y_target: Array,
        mask: Array,
        x_values: Array | None = None,
        y_values: Array | None = None,
        *,
        p: float = 2.0,
        clamp: float = 0.0,
        eps: float = 1e-06,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PixproGrads[Array]]]: ...

pixpro: _Pixpro

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
        **settings: Unpack[Options],
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
            True where a view of a sample exists; by default all do. A missing row
            is no anchor, positive or negative, and averages use the existing views
            only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        aggregation : {"geometric", "arithmetic"}, default "geometric"
            Mean of the positives' log-probabilities, or logarithm of their mean
            probability.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value (the
            paper's is to be verified).
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample is the mean over its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, all weights are zero, `aggregation` or `reduction` is
            not one of its words or `temperature` is not above 0.

        Notes
        -----
        With :math:`s(u, v) = \langle u, v \rangle/\tau` and the log-sum-exp
        :math:`N_{i\alpha}` over all views of the other samples, :math:`-\log
        l_{i\alpha\beta} = \mathrm{softplus}(N_{i\alpha} - s(z_{i\alpha},
        z_{i\beta}))`. The denominator holds neither the anchor itself nor the
        sample's further views.

        Each anchor needs one log-sum-exp, whatever the number of positives. With
        :math:`q = \sigma(N - s) = 1 - l`, a positive has the weight :math:`p =
        q/(M-1)` (geometric) or :math:`p = q\, l_\beta / \sum_\beta l` (arithmetic);
        it gets :math:`-p`, and a negative :math:`\sum_\beta p\; e^{s - N}`. Half of
        the tiles of one MB x MB Gram matrix are computed. ``B = 1``: value 0,
        gradient 0. Arithmetic is at most geometric. In expectation
        :math:`I(x_\alpha; x_{\text{rest}}) \ge \log(MB - M + 1) - L`.

        Of 2 views with ``aggregation="geometric"`` it equals `nt_xent`. Of 2 views
        with ``aggregation="arithmetic"`` it equals `nt_xent`.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        A. Shidani, D. Hjelm, J. Ramapuram, R. Webb, E. G. Dhekane, D. Busbridge,
        "Poly-View Contrastive Learning", ICLR 2024, arXiv 2403.05490.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
            Number that says how high each sample should score; equal ones tie.
            Without a gradient. Numbers t whose gaps scale the scores. Without a
            gradient.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. The published value.
        eps : float, >= 0, default 1e-08
            Largest gap of two targets that count as equal.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One of each sample.
            Those with no lower target are 0, and K is the number of the others.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `eps` is negative or `reduction` is not one of its words. When
            ranks share the batch (``comm=``).

        Notes
        -----
        Gradient of a term: each share in the sum times its gap over the
        temperature, less :math:`w_k / \tau` for its own score. A shift of the
        targets changes nothing, and targets times c are the temperature over c.
        With targets 0 and 1 every positive has the InfoNCE loss against all scores
        with target 0. Equal targets or ``B = 1``: 0.

        The scaled scores are inner products of two numbers, :math:`(t_k, -1)` and
        :math:`(s_j, t_j s_j)`, so that they are computed in tiles and never stored.
        In main memory the work is O(B L) for L different targets; elsewhere it is
        O(B^2).

        The value does not depend on a permutation of the samples.

        References
        ----------
        B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for
        Unified Representation Learning in Information Retrieval and Semantic
        Textual Similarity", 2025, arXiv 2508.11442; after F. Song et al.,
        "Preference Ranking Optimization for Human Alignment", AAAI 2024, arXiv
        2306.17492.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> scores, target = np.asarray([0.5, 0.0, 0.0]), np.asarray([1.0, 0.0, 0.0])
        >>> float(pc.preference_ranking(scores, target, temperature=1.0).round(6))
        0.794377
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PreferenceRankingGrads[Array]]]: ...

preference_ranking: _PreferenceRanking

class PromptConsistencyGrads(NamedTuple, Generic[Array]):
    """Gradients of `prompt_consistency`, of the arguments that were differentiated."""

    text: Array
    text_views: Array

class _PromptConsistency(Objective):
    def __call__(
        self,
        text: Array,
        text_views: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Squared difference of the prompts of an image and those of its augmentations.

        .. math:: \frac{1}{B} \sum_i \sum_v \frac{1}{n} \big| t_i - t_i^{(v)} \big|^2

        Parameters
        ----------
        text : array (B, D) or (B, ...)
            Embeddings of the prompts of each sample, such as one, or one of each
            class.
        text_views : array (V, B, D) or (V, B, ...)
            Those of V augmentations, each of the shape of `text`.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words. When the augmentations do not have the shape of
            `text`.

        Notes
        -----
        The mean goes over all samples and the n numbers of each, the sum over the
        augmentations. Rows are not normalised here. The gradient is :math:`2 (t -
        t^{(v)}) / (B n)` for `text`, summed over v, and minus each term for its
        augmentation.

        The value does not depend on a permutation of the samples or a common
        rotation of all rows.

        References
        ----------
        M. Singha, A. Jha, B. Banerjee, "GOPro: Generate and Optimize Prompts in
        CLIP using Self-Supervised Learning", BMVC 2023, arXiv 2308.11605.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> text = np.eye(2)
        >>> float(pc.prompt_consistency(text, np.stack([text, text + 0.5])))
        0.25
        """
        ...
    @overload
    def value_and_grad(
        self,
        text: Array,
        text_views: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, PromptConsistencyGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        text: Array,
        text_views: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, PromptConsistencyGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        text: Array,
        text_views: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], PromptConsistencyGrads[Array]]]: ...

prompt_consistency: _PromptConsistency

class ProtoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `proto_nce`, of the arguments that were differentiated."""

    x: Array
    prototypes: Array

class _ProtoNce(Objective):
    def __call__(
        self,
        x: Array,
        prototypes: Array,
        assign: Array,
        concentration: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each row's prototype among the prototypes of all clusters (PCL).

        .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_k e^{\langle \hat x_i, \hat c_k \rangle /
                  \varphi_k} - \langle \hat x_i, \hat c_{a_i} \rangle / \varphi_{a_i} \Big]

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i.
        prototypes : array (C, D)
            Row k is the centre of cluster k. Constants in the papers: leave them
            out of ``wrt=``. With ``comm=``, all ranks have the same.
        assign : integer array (B,), from 0 to C - 1
            Cluster of each row. :math:`a_i`.
        concentration : array (C,)
            Temperature :math:`\varphi_k` of each cluster. See
            `polycontrast.concentration`.
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
            When shapes, dtypes, libraries or devices disagree, `assign` is not from
            0 to C - 1 or `reduction` is not one of its words.

        Notes
        -----
        The papers add `info_nce` or `meow`, and average over several clusterings.
        PCL draws some of the other prototypes; here all of them count. MEOW's code
        has a mean over k in place of the sum, times B, which adds :math:`\log(B /
        C)`. The matches and all others are read from one product, in tiles. With
        the softmax P of a row, the derivative by :math:`\langle \hat x_i, \hat c_k
        \rangle` is :math:`(P_{ik} - [k = a_i]) / \varphi_k`. One prototype: 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        J. Li, P. Zhou, C. Xiong, S. Hoi, "Prototypical Contrastive Learning of
        Unsupervised Representations" (PCL), ICLR 2021, arXiv 2005.04966. J. Yu, Q.
        Ge, X. Li, A. Zhou (MEOW), arXiv 2212.13847.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.proto_nce(x, x[:2], np.array([0, 1, 1]), np.array([1.0, 0.5])).round(6))
        0.377779
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        prototypes: Array,
        assign: Array,
        concentration: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, ProtoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        prototypes: Array,
        assign: Array,
        concentration: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, ProtoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        prototypes: Array,
        assign: Array,
        concentration: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ProtoNceGrads[Array]]]: ...

proto_nce: _ProtoNce

class ProtoTripletGrads(NamedTuple, Generic[Array]):
    """Gradients of `proto_triplet`, of the arguments that were differentiated."""

    x: Array
    prototypes: Array

class _ProtoTriplet(Objective):
    def __call__(
        self,
        x: Array,
        prototypes: Array,
        labels: Array,
        *,
        margin: float = 0.5,
        eps: float = 1e-06,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Hinge on the distances of a query to its own prototype and to the nearest other one.

        .. math:: \frac{1}{B} \sum_i \max \Big( d(x_i, c_{y_i}) - \min_{k \ne y_i} d(x_i, c_k) + m,
                  0 \Big),\quad d(a, b) = \sqrt{|a - b|^2 + \epsilon}

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i. Queries.
        prototypes : array (C, D)
            Row c stands for class c. In the paper the means of the rows of a class
            in the support set. With ``comm=``, all ranks have the same.
        labels : integer array (B,), from 0 to C - 1
            Class of each row.
        margin : float, default 0.5
            The margin m. The authors' value.
        eps : float, > 0, default 1e-06
            :math:`\epsilon`, which gives the distance of coincident rows a slope.
            The authors' value.
        normalize : bool, default False
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One per query.
            Those whose hinge is 0 count in the mean.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `labels` is not from
            0 to C - 1, `margin` is not finite, `eps` is not above 0 or `reduction`
            is not one of its words. When there is only one prototype.

        Notes
        -----
        A query inside the hinge has the gradient :math:`(x - c_y) / d_y - (x - c_k)
        / d_k`; both prototypes have minus their own part. The choice of the nearest
        is constant in the gradient, and of equal distances the lowest index counts.
        At the edge of the hinge the gradient is 0. The paper adds this loss to a
        cross-entropy of the negative squared distances.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        References
        ----------
        M. Mendez-Ruiz et al., "SuSana Distancia is all you need: Enforcing class
        separability in metric learning via two novel distance-based loss functions
        for few-shot image classification", 2023, arXiv 2305.09062.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, prototypes = np.asarray([[0.0, 3.0], [1.0, 0.5]]), np.asarray([[0.0, 0.0], [1.0, 0.0]])
        >>> float(pc.proto_triplet(x, prototypes, np.asarray([0, 1])).round(6))
        0.168861
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        prototypes: Array,
        labels: Array,
        *,
        margin: float = 0.5,
        eps: float = 1e-06,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, ProtoTripletGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        prototypes: Array,
        labels: Array,
        *,
        margin: float = 0.5,
        eps: float = 1e-06,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, ProtoTripletGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        prototypes: Array,
        labels: Array,
        *,
        margin: float = 0.5,
        eps: float = 1e-06,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ProtoTripletGrads[Array]]]: ...

proto_triplet: _ProtoTriplet

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
        **settings: Unpack[Options],
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
            Class of each sample.
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
            When shapes, dtypes, libraries or devices disagree, `labels` is not from
            0 to C - 1, `margin` is not finite or `alpha` is not above 0.

        Notes
        -----
        Here :math:`s_{ic}` is the product of row i and proxy c, and :math:`C^+`
        holds the classes of the batch. The work is linear in the number of rows.
        The gradient weight of a pair is :math:`\alpha` times its softmax among the
        pairs of its sum and one more candidate of logit 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        Also known as ProxyAnchorLoss.

        References
        ----------
        S. Kim, D. Kim, M. Cho, S. Kwak, "Proxy Anchor Loss for Deep Metric
        Learning", CVPR 2020, arXiv 2003.13911.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Divergence of the softmax of scores from an ideal one, made of the ranks of targets.

        .. math:: \frac{1}{B} \sum_i q_i \log \frac{q_i}{p_i}, \quad p = \mathrm{softmax}(s / \tau),
                  \quad q = \mathrm{softmax}(e / \tau), \quad e_i = \frac{B - 1 - r_i}{B - 1}

        Parameters
        ----------
        pred : array (B,)
            Score of each sample. Scores s.
        target : array (B,)
            Number that says how high each sample should score; equal ones tie.
            Without a gradient. Numbers whose ranks r, from 0 for the largest, make
            the ideal scores e. Equal ones share the mean of their ranks. Without a
            gradient.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. Of both distributions. The
            published value.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is
            not above 0. When ranks share the batch (``comm=``).

        Notes
        -----
        Gradient: :math:`(p - q) / (B \tau)`. The temperature acts on both: Euler's
        theorem. The factor 1 / B is that of the published code. It is 0 where
        scores are the ideal ones plus a constant, and for ``B = 1``. O(B log B).

        The value does not depend on a permutation of the samples.

        References
        ----------
        B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for
        Unified Representation Learning in Information Retrieval and Semantic
        Textual Similarity", 2025, arXiv 2508.11442.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, RankKlGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        pred: Array,
        target: Array,
        *,
        temperature: float | Array = 0.05,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], RankKlGrads[Array]]]: ...

rank_kl: _RankKl

class RankNContrastGrads(NamedTuple, Generic[Array]):
    """Gradients of `rank_n_contrast`, of the arguments that were differentiated."""

    z: Array
    temperature: Array

class _RankNContrast(Objective):
    def __call__(
        self,
        z: Array,
        targets: Array,
        *,
        temperature: float | Array = 2.0,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Each row against all rows whose targets are at least as far from that of the anchor.

        .. math:: \frac{1}{B(B-1)} \sum_i \sum_{j \ne i} \Big( \log \sum_{k \ne i,\, g_{ik} \ge g_{ij}}
                  e^{s_{ik} / \tau} - \frac{s_{ij}}{\tau} \Big), \quad s_{ij} = -|z_i - z_j|,\
                  g_{ij} = |t_i - t_j|_1

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i.
        targets : array (B,) or (B, T)
            Target of each sample: a number, or T numbers. Without a gradient.
        temperature : float or 0-d array, > 0, default 2.0
            Temperature :math:`\tau`, differentiable. The paper's value.
        normalize : bool, default False
            Scale rows to unit length first. The published code does not.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One per row.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        Only the order of the gaps :math:`g_{ij}` of an anchor counts. Equal gaps
        are those that are equal after rounding: targets on a grid should be
        integers. With the sums :math:`Z_{ij}` of the logarithms, the gradient is

        .. math:: \frac{\partial L}{\partial s_{ij}} = \frac{1}{B(B-1) \tau} \Big( e^{s_{ij} / \tau}
                  \sum_{k \ne i,\, g_{ik} \le g_{ij}} \frac{1}{Z_{ik}} - 1 \Big).

        Both kinds of sums run along the order of the gaps, in logarithms: O(B^2 D +
        B^2 log B) operations, where the published code takes O(B^3), and O(B)
        memory for each anchor of a block.

        Distances of rows that lie close together keep their digits in float32,
        because they are made in float64, or where JAX traces without it from
        differences. A distance within rounding is 0. The slope of the distance of
        coincident rows is 0. ``B = 2``: 0. A target that is not finite makes the
        loss nan.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        Also known as RNC, RnCLoss.

        References
        ----------
        K. Zha, P. Cao, J. Son, Y. Yang, D. Katabi, "Rank-N-Contrast: Learning
        Continuous Representations for Regression", NeurIPS 2023, arXiv 2210.01189.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> z, targets = np.asarray([[0.0], [1.0], [3.0]]), np.asarray([20.0, 21.0, 50.0])
        >>> float(pc.rank_n_contrast(z, targets, temperature=1.0).round(6))
        0.125575
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        targets: Array,
        *,
        temperature: float | Array = 2.0,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, RankNContrastGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        targets: Array,
        *,
        temperature: float | Array = 2.0,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, RankNContrastGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        targets: Array,
        *,
        temperature: float | Array = 2.0,
        normalize: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], RankNContrastGrads[Array]]]: ...

rank_n_contrast: _RankNContrast

class RerankBceGrads(NamedTuple, Generic[Array]):
    """Gradients of `rerank_bce`, of the arguments that were differentiated."""

    yes: Array
    no: Array

class _RerankBce(Objective):
    def __call__(
        self,
        yes: Array,
        no: Array,
        *,
        document_reduction: Literal['mean', 'sum'] = 'mean',
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of the right one of the answers "yes" and "no" for each document.

        .. math:: \frac{1}{B (1 + K)} \sum_i \Big[ \mathrm{softplus}(-u_{i0})
                  + \sum_{k=1}^{K} \mathrm{softplus}(u_{ik}) \Big],
                  \quad u_{ik} = s^{\mathrm{yes}}_{ik} - s^{\mathrm{no}}_{ik}

        Parameters
        ----------
        yes : array (B, 1 + K)
            Logit of the answer "yes" for each document of a query, of which the
            first is relevant.
        no : array (B, 1 + K)
            That of the answer "no".
        document_reduction : {"mean", "sum"}, default "mean"
            Mean or sum over the documents of a query.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or
            `document_reduction` or `reduction` is not one of its words.

        Notes
        -----
        Fine-tuning of a language model with this loss is "SFT" in the paper. Only
        the difference u of the two logits counts: the gradients of `yes` and `no`
        are opposite, :math:`\pm (\sigma(u_{ik}) - [k = 0]) / (B (1 + K))`.

        The value does not depend on a permutation of the samples.

        References
        ----------
        Z. Dai et al., "Supervised Fine-Tuning or Contrastive Learning? Towards
        Better Multimodal LLM Reranking", 2025, arXiv 2510.14824.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> yes, no = np.asarray([[2.0, 0.0, 1.0]]), np.asarray([[0.0, 1.0, 1.0]])
        >>> float(pc.rerank_bce(yes, no).round(6))
        0.377779
        """
        ...
    @overload
    def value_and_grad(
        self,
        yes: Array,
        no: Array,
        *,
        document_reduction: Literal['mean', 'sum'] = 'mean',
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, RerankBceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        yes: Array,
        no: Array,
        *,
        document_reduction: Literal['mean', 'sum'] = 'mean',
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, RerankBceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        yes: Array,
        no: Array,
        *,
        document_reduction: Literal['mean', 'sum'] = 'mean',
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], RerankBceGrads[Array]]]: ...

rerank_bce: _RerankBce

class RerankInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `rerank_info_nce`, of the arguments that were differentiated."""

    yes: Array
    temperature: Array

class _RerankInfoNce(Objective):
    def __call__(
        self,
        yes: Array,
        *,
        temperature: float | Array = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of the relevant document of a query among its documents.

        .. math:: \frac{1}{B} \sum_i \Big[ \log \sum_{k=0}^{K} e^{s_{ik} / \tau} - s_{i0} / \tau \Big]

        Parameters
        ----------
        yes : array (B, 1 + K)
            Logit of the answer "yes" for each document of a query, of which the
            first is relevant. Any other score of a document will do as well.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable. By default scores are logits
            already.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When `yes` is not a real floating array (B, 1 + K), `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        With the softmax P of a query, the gradient is :math:`(P_{ik} - [k = 0]) /
        (B \tau)`. A shift of all scores of a query changes nothing. A query without
        other documents has loss 0. In `unified_rerank` it is weight ``"cl"`` with
        direction ``"cl"``.

        The value does not depend on a permutation of the samples.

        References
        ----------
        Z. Dai et al., "Supervised Fine-Tuning or Contrastive Learning? Towards
        Better Multimodal LLM Reranking", 2025, arXiv 2510.14824.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> yes = np.asarray([[2.0, 0.0, 1.0], [0.5, 0.5, 0.5]])
        >>> float(pc.rerank_info_nce(yes).round(6))
        0.753109
        """
        ...
    @overload
    def value_and_grad(
        self,
        yes: Array,
        *,
        temperature: float | Array = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, RerankInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        yes: Array,
        *,
        temperature: float | Array = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, RerankInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        yes: Array,
        *,
        temperature: float | Array = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], RerankInfoNceGrads[Array]]]: ...

rerank_info_nce: _RerankInfoNce

class RetrievalInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `retrieval_info_nce`, of the arguments that were differentiated."""

    x: Array
    positives: Array
    negatives: Array
    temperature: Array

class _RetrievalInfoNce(Objective):
    def __call__(
        self,
        x: Array,
        positives: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.02,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of each positive of a query among the positives of its rank and all negatives.

        .. math:: \frac{1}{BP} \sum_{i, p} \Big[ \log \Big( \sum_j e^{\langle \hat x_i, \hat y_{jp}
                  \rangle / \tau} + \sum_{j, k} e^{\langle \hat x_i, \hat n_{jk} \rangle / \tau} \Big)
                  - \langle \hat x_i, \hat y_{ip} \rangle / \tau \Big]

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i. Queries.
        positives : array (B, P, D)
            P documents that belong to each query. The other positives of a query
            are no candidates of its p-th. The paper has P = 2.
        negatives : array (B, K, D), optional
            Hard negatives of each query. All queries share them. The paper has 4 of
            each. With ``comm=`` their number may depend on the rank.
        ids : integer array (B,), optional
            The document that each match is; a query has none of its own document as
            a negative. They stand for all positives of a query.
        negative_ids : integer array (B, K), optional
            The document that each of `negatives` is, see `ids`.
        temperature : float or 0-d array, > 0, default 0.02
            Temperature :math:`\tau`, differentiable. The paper's value.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words. When `negative_ids` is
            used without `ids` and `negatives`.

        Notes
        -----
        All P terms of a query share one log-sum-exp of the negatives. So P + K
        blocks of products are computed, where P (1 + K) would be without that. With
        the softmax of each term, the weight of a negative is the sum of its P
        softmax values, over P. One positive: `multiple_negatives_ranking`. Without
        any negative the loss is 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        B. Zhang et al., "CoDiEmb: A Collaborative yet Distinct Framework for
        Unified Representation Learning in Information Retrieval and Semantic
        Textual Similarity", 2025, arXiv 2508.11442.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> positives = np.stack([x, np.ones((3, 3))], axis=1)
        >>> float(pc.retrieval_info_nce(x, positives, temperature=1.0).round(6))
        0.825029
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        positives: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.02,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, RetrievalInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        positives: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.02,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, RetrievalInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        positives: Array,
        negatives: Array | None = None,
        ids: Array | None = None,
        negative_ids: Array | None = None,
        *,
        temperature: float | Array = 0.02,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], RetrievalInfoNceGrads[Array]]]: ...

retrieval_info_nce: _RetrievalInfoNce

class RmtGrads(NamedTuple, Generic[Array]):
    """Gradients of `rmt`, of the arguments that were differentiated."""

    logits: Array
    logits_aug: Array
    anchors: Array
    x: Array
    y: Array
    temperature: Array

class _Rmt(Objective):
    def __call__(
        self,
        logits: Array,
        logits_aug: Array,
        teacher_logits: Array,
        anchors: Array,
        x: Array,
        y: Array,
        *,
        alpha: float = 0.5,
        temperature: float | Array = 0.1,
        ce_weight: float = 1.0,
        contrast_weight: float = 1.0,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Symmetric cross-entropy with a teacher, and contrast of each image with its prototype.

        .. math:: \frac{w}{2} \big[ \mathrm{SCE}(l, t) + \mathrm{SCE}(l', t) \big]
                  - \frac{v}{6B} \sum_a \sum_{p \sim a} \log \frac{e^{s_{ap}}}
                  {\sum_{b \ne a} e^{s_{ab}}},\quad s_{ab} = \langle \hat z_a, \hat z_b \rangle / \tau

        Parameters
        ----------
        logits, logits_aug : array (B, C)
            Scores of C classes. Scores l of the test images, and l' of their
            augmentations.
        teacher_logits : array (B, C)
            Scores of the teacher, without a gradient.
        anchors : array (B, D)
            Row i belongs to sample i. Projections of the source prototypes that are
            nearest to the images.
        x, y : array (B, D)
            Row i belongs to sample i. Projections of the images, and of their
            augmentations.
        alpha : float in [0, 1], default 0.5
            Share of the reverse direction in `symmetric_cross_entropy`.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The authors' value.
        ce_weight, contrast_weight : float, >= 0, default 1.0
            Weights w and v; a part of weight 0 is not computed.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `alpha` is outside
            [0, 1], `temperature` is not above 0 or `ce_weight` or `contrast_weight`
            is negative.

        Notes
        -----
        The second sum is over the 3B rows z of `anchors`, `x` and `y`, and over the
        two other rows p of the same image: it is `sup_con` of three views with one
        class for each image. Two images with one prototype have equal anchors,
        which are negatives of each other, as in the authors' code. The authors can
        also add a cross-entropy on replayed source images; that is not part of this
        loss. With the softmax P over the other rows and targets T of 1/2 for both
        siblings, the gradient by s is :math:`(P - T) / (3B)`.

        The value does not depend on a permutation of the samples.

        References
        ----------
        M. Döbler, R. A. Marsden, B. Yang, "Robust Mean Teacher for Continual and
        Gradual Test-Time Adaptation", CVPR 2023, arXiv 2211.13081.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> logits, rows = np.zeros((3, 2)), np.eye(3)
        >>> float(pc.rmt(logits, logits, logits, rows, rows, rows, temperature=1.0).round(6))
        2.129963
        """
        ...
    @overload
    def value_and_grad(
        self,
        logits: Array,
        logits_aug: Array,
        teacher_logits: Array,
        anchors: Array,
        x: Array,
        y: Array,
        *,
        alpha: float = 0.5,
        temperature: float | Array = 0.1,
        ce_weight: float = 1.0,
        contrast_weight: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, RmtGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        logits: Array,
        logits_aug: Array,
        teacher_logits: Array,
        anchors: Array,
        x: Array,
        y: Array,
        *,
        alpha: float = 0.5,
        temperature: float | Array = 0.1,
        ce_weight: float = 1.0,
        contrast_weight: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, RmtGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        logits: Array,
        logits_aug: Array,
        teacher_logits: Array,
        anchors: Array,
        x: Array,
        y: Array,
        *,
        alpha: float = 0.5,
        temperature: float | Array = 0.1,
        ce_weight: float = 1.0,
        contrast_weight: float = 1.0,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], RmtGrads[Array]]]: ...

rmt: _Rmt

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
        **settings: Unpack[Options],
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
            Class of each sample; below C where `class_temperature` has a number for
            each class.
        clusters : integer array (B,)
            Subclass of each sample.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. Of the subclass term.
        class_temperature : float, 0-d array or array (C,), > 0, default 0.2
            Temperature of the classes, one for all or one for each, differentiable.
            The T of the formula, that of the class of row r.
        beta : float, >= 0, default 0.25
            Weight of the class term.
        base_temperature : float, > 0, optional
            If given, the subclass term is multiplied by ``temperature /
            base_temperature``, as in the authors' code.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There are MB, those
            of the first view first.

        Returns
        -------
        loss : 0-d array, or (M B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature`,
            `class_temperature` or `base_temperature` is not above 0, `beta` is
            negative or `reduction` is not one of its words. When a label is no
            index into `class_temperature`.

        Notes
        -----
        Here :math:`s_{rq} = \langle \hat z_r, \hat z_q \rangle`, :math:`F_r` are
        the other rows of the subclass, :math:`O_r` the other views of the sample,
        :math:`D_r` the rows of other subclasses, and :math:`G_r` those of
        :math:`O_r` and of the rows of the class in :math:`D_r`. So the class term
        does not contain other samples of the same subclass. That the own views are
        positives in it is what the authors' code does. A term without positives is
        0. The derivative of a term with respect to a logit is its softmax, less one
        over their number on the positives. The class term takes a product of its
        own, of which half is computed where all classes have one temperature.
        ``beta=0`` with clusters as labels: `sup_con`, and the class term is not
        computed.

        `subclass_counts` and `balanced_assign` make the clusters,
        `class_temperature` the temperatures. The authors make both again every 10
        epochs, after 10 epochs of `sup_con`; plain k-means of the cosines is an
        alternative.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        C. Hou, J. Zhang, H. Wang, T. Zhou, "Subclass-balancing Contrastive Learning
        for Long-tailed Recognition", ICCV 2023, arXiv 2306.15925.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Alignment and uniformity in two spaces, a null code, and independence of both spaces.

        .. math:: A(c^x, c^y) + \tfrac{u}{2} (U(c^x) + U(c^y))
                  + s \big[ A_T(s^x, s^y) + \tfrac{u}{2} (U(\tilde s^x) + U(\tilde s^y)) \big]
                  + n \, Z_0(s) + \tfrac{m}{2} (H(c^x, \tilde s^x) + H(c^y, \tilde s^y))

        Parameters
        ----------
        common_x, common_y : array (B, D)
            Row i belongs to sample i. Two views in the common space, of at least 2
            samples. Rows are scaled to unit length.
        salient_x, salient_y : array (B, E)
            The same views in the salient space; rows are not scaled.
        labels : integer array (B,)
            0 for background. All other labels are those of targets.
        temperature : float or 0-d array, > 0, default 0.5
            Temperature :math:`\tau`, differentiable. Square of the width of the
            kernels.
        uniform_weight : float, >= 0, default 2.0
            Weight u of uniformity, against alignment.
        salient_weight, null_weight : float, >= 0, default 1000.0
            Weights s and n of the salient space and of its null code. The authors
            have 1000 and 1000 on CelebA, 1 and 10 on CheXpert, 1 and 100 on ODIR.
        mi_weight : float, >= 0, default 10.0
            Weight m of the dependence of the spaces.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `uniform_weight`, `salient_weight`, `null_weight` or
            `mi_weight` is negative. When ``B < 2``, as there is no pair of samples.

        Notes
        -----
        A is the mean of :math:`|u - v|^2 / (2 \tau)`, over targets for :math:`A_T`;
        U is the log of the mean of :math:`e^{-|u_i - u_j|^2 / (2 \tau)}` over
        pairs; H is `joint_entropy`. Salient rows of the background are set to 0 in
        :math:`\tilde s`, which is then a constant. :math:`Z_0` is the mean of
        :math:`|s|^2 / (2 \tau)` over the background in both views. A mean over no
        samples is 0. Each view has three Gram matrices: of :math:`c`, of
        :math:`\tilde s`, and of both next to each other. Half of their tiles are
        computed. Rows are centred before their distances are taken. There is no
        `reduction`: a uniformity is the log of a mean over pairs, not a mean of
        losses.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        R. Louiset, E. Duchesnay, A. Grigis, P. Gori, "Separating common from
        salient patterns with Contrastive Representation Learning", ICLR 2024, arXiv
        2402.11928.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SepclrGrads[Array]]]: ...

sepclr: _Sepclr

class SiamlipGrads(NamedTuple, Generic[Array]):
    """Gradients of `siamlip`, of the arguments that were differentiated."""

    p_x: Array
    p_y: Array

class _Siamlip(Objective):
    def __call__(
        self,
        p_x: Array,
        p_y: Array,
        v_x: Array,
        v_y: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Mean of the squared distances of the predictions of two modalities to their targets.

        .. math:: \frac{1}{2B} \sum_i \Big[ 2 - 2 \langle \hat p^x_i, \hat v^y_i \rangle
                  + 2 - 2 \langle \hat p^y_i, \hat v^x_i \rangle \Big]

        Parameters
        ----------
        p_x, p_y : array (B, D)
            Row i belongs to sample i. Predictions from two modalities.
        v_x, v_y : array (B, D)
            Row i belongs to sample i; it has no gradient. Projections of both, by
            the same projector (SiamLIP) or by its moving average (BYOLIP).
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        value : 0-d array, or (B,) for ``reduction="none"``
            In [0, 4].

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words.

        Notes
        -----
        With A augmented views of each modality the authors average over all pairs
        of views. There are no negatives, so the sum of all cosines is that of one
        pair: of the sums of the unit rows. The authors add the loss to that of
        CLIP.

        It equals 0.5 times `byol`, `p_x` in the place of `px`, `p_y` in the place
        of `py`, `v_x` in the place of `zx`, `v_y` in the place of `zy`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        E. Fini, P. Astolfi, A. Romero-Soriano, J. Verbeek, M. Drozdzal, "Improved
        Baselines for Vision-Language Pre-training", TMLR 2023, arXiv 2305.08675.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(2), np.ones((2, 2))
        >>> float(pc.siamlip(x, x, x, y).round(6))
        0.292893
        """
        ...
    @overload
    def value_and_grad(
        self,
        p_x: Array,
        p_y: Array,
        v_x: Array,
        v_y: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SiamlipGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        p_x: Array,
        p_y: Array,
        v_x: Array,
        v_y: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SiamlipGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        p_x: Array,
        p_y: Array,
        v_x: Array,
        v_y: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SiamlipGrads[Array]]]: ...

siamlip: _Siamlip

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
        **settings: Unpack[Options],
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
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The paper learns :math:`t =
            1/\tau`, from 10.
        bias : float or 0-d array, default -10.0
            Differentiable. Added to every logit. The paper starts it at -10, near
            the prior.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One per row of `x`,
            with its B pairs: the mean divides the sum over all pairs by B, not by
            B^2.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `bias` is not finite or `reduction` is not one of its words.

        Notes
        -----
        With :math:`l_{ij} = \langle \hat x_i, \hat y_j \rangle/\tau + b`,

        .. math:: \ell_i = \mathrm{softplus}(-l_{ii}) + \sum_{j \ne i} \mathrm{softplus}(l_{ij}).

        Gradient: :math:`\sigma(l_{ij})` for pairs, :math:`-\sigma(-l_{ii})` for
        matches. The product of all pairs is computed once for the value and three
        times with the gradient, tiled or not.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        Also known as SigLIP, SigLipLoss.

        References
        ----------
        X. Zhai, B. Mustafa, A. Kolesnikov, L. Beyer, "Sigmoid Loss for Language
        Image Pre-Training", ICCV 2023, arXiv 2303.15343.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SigmoidContrastiveGrads[Array]]]: ...

sigmoid_contrastive: _SigmoidContrastive

class SimctgGrads(NamedTuple, Generic[Array]):
    """Gradients of `simctg`, of the arguments that were differentiated."""

    hidden: Array

class _Simctg(Objective):
    def __call__(
        self,
        hidden: Array,
        mask: Array | None = None,
        *,
        margin: float = 0.5,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Mean hinge of the cosine of two tokens of a sequence.

        .. math:: \frac{\sum_b \sum_{i \ne j} \max(\rho - 1 + \cos(h_{bi}, h_{bj}), 0)}{\sum_b n_b
                  (n_b - 1)}

        Parameters
        ----------
        hidden : array (B, T, D)
            Representations of the T tokens of each sequence.
        mask : bool array (B, T), optional
            True for tokens, False for padding, which is not read; by default all
            are tokens.
        margin : float, default 0.5
            Margin :math:`\rho`; cosines below :math:`1 - \rho` cost nothing. The
            paper's value.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `margin` is not
            finite.

        Notes
        -----
        There are :math:`n_b` tokens in sequence b. The sum is divided once, by the
        number of pairs of all sequences. No pair at all: value 0, gradient 0. Where
        a hinge is exactly 0, so is its gradient. Matrices of T x T are computed in
        chunks of sequences. The authors train with the sum of this and
        `caption_cross_entropy`. With a margin of 0 or less the value is 0, with one
        of 2 or more it is the margin minus 1 plus the mean cosine.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        Y. Su, T. Lan, Y. Wang, D. Yogatama, L. Kong, N. Collier, "A Contrastive
        Framework for Neural Text Generation", NeurIPS 2022, arXiv 2202.06417.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> hidden = np.asarray([[[1.0, 0.0], [0.0, 1.0], [3.0, 0.0]]])
        >>> float(pc.simctg(hidden).round(6))
        0.166667
        """
        ...
    @overload
    def value_and_grad(
        self,
        hidden: Array,
        mask: Array | None = None,
        *,
        margin: float = 0.5,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SimctgGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        hidden: Array,
        mask: Array | None = None,
        *,
        margin: float = 0.5,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SimctgGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        hidden: Array,
        mask: Array | None = None,
        *,
        margin: float = 0.5,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SimctgGrads[Array]]]: ...

simctg: _Simctg

class SimilarityDistillGrads(NamedTuple, Generic[Array]):
    """Gradients of `similarity_distill`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _SimilarityDistill(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        teacher_x: Array,
        teacher_y: Array,
        *,
        temperature: float | Array = 0.05,
        teacher_temperature: float = 0.05,
        kind: Literal['cross_entropy', 'kl'] = 'cross_entropy',
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Distillation in which the similarities of a batch follow those of a teacher.

        .. math:: -\frac{1}{2B} \sum_{ij} \Big[ Q_{ij} \log P_{ij} + Q'_{ij} \log P'_{ij} \Big],\quad
                  P_{ij} = \frac{e^{s_{ij}}}{\sum_k e^{s_{ik}}},\quad
                  P'_{ij} = \frac{e^{s_{ij}}}{\sum_k e^{s_{kj}}},\quad
                  s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Queries and documents, or images and texts.
        teacher_x, teacher_y : array (B, E)
            Rows of the same samples from a teacher, of a dimension of their own;
            constants. The targets Q and Q' are P and P' of these rows.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable.
        teacher_temperature : float, > 0, default 0.05
            Temperature of Q and Q', a constant.
        kind : {"cross_entropy", "kl"}, default "cross_entropy"
            Cross-entropy, or the Kullback-Leibler divergence, which is 0 where both
            agree. Their gradients are the same.
        symmetric : bool, default True
            Average both directions, or take `x` as the anchors only.
        normalize : bool, default True
            Scale rows to unit length first. Those of the teacher as well.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or
            `teacher_temperature` is not above 0 or `kind` or `reduction` is not one
            of its words.

        Notes
        -----
        The derivative with respect to :math:`s_{ij}` is :math:`P_{ij} - Q_{ij}`
        over B in each direction. Similarities of the teacher are computed tile by
        tile beside those of the student, in one pass, so memory is O(B (D + E))
        when tiled. As the temperature of the teacher goes to 0, it becomes
        `info_nce` where its best match of each sample is the sample itself.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        X. Zhao et al., "KaLM-Embedding-V2: Superior Training Techniques and Data
        Inspire A Versatile Embedding Model", 2025, arXiv 2506.20923, in whose
        training the last stage is of this kind. The cross-entropy of both
        directions is the distillation of OpenCLIP.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.random.default_rng(0).normal(size=(2, 4, 3))
        >>> value, grads = pc.similarity_distill.value_and_grad(x, y, x, y, kind="kl")
        >>> bool(abs(value) < 1e-12), bool(abs(grads.x).max() < 1e-12)
        (True, True)
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        teacher_x: Array,
        teacher_y: Array,
        *,
        temperature: float | Array = 0.05,
        teacher_temperature: float = 0.05,
        kind: Literal['cross_entropy', 'kl'] = 'cross_entropy',
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SimilarityDistillGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        teacher_x: Array,
        teacher_y: Array,
        *,
        temperature: float | Array = 0.05,
        teacher_temperature: float = 0.05,
        kind: Literal['cross_entropy', 'kl'] = 'cross_entropy',
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SimilarityDistillGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        teacher_x: Array,
        teacher_y: Array,
        *,
        temperature: float | Array = 0.05,
        teacher_temperature: float = 0.05,
        kind: Literal['cross_entropy', 'kl'] = 'cross_entropy',
        symmetric: bool = True,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SimilarityDistillGrads[Array]]]: ...

similarity_distill: _SimilarityDistill

class SimpleContrastiveGrads(NamedTuple, Generic[Array]):
    """Gradients of `simple_contrastive`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _SimpleContrastive(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        weight: float = 1.0,
        hard_fraction: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Similarities of the negatives minus that of the match, without a softmax.

        .. math:: \frac{1}{B} \sum_i \Big[ - \langle \hat x_i, \hat y_i \rangle
                  + w \sum_{j \in A_i} \langle \hat x_i, \hat y_j \rangle \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Anchors and their matches.
        weight : float, >= 0, default 1.0
            w of the formula: of a sum over negatives, not a mean.
        hard_fraction : float in [0, 1], optional
            Share of the negatives of an anchor that are kept, the most similar
            ones; at least one. See `hard_contrastive`. By default :math:`A_i` holds
            all other samples.
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
            When shapes, dtypes, libraries or devices disagree, `weight` is
            negative, `hard_fraction` is outside [0, 1] or `reduction` is not one of
            its words.

        Notes
        -----
        All negatives pull alike, so easy ones as much as hard ones. The paper shows
        that this fails on all negatives, and works on the hardest. The loss of all
        negatives needs no similarity matrix: the sum over j is a product with the
        sum of the other rows, O(BD). The gradient by :math:`\hat x_i` is :math:`(w
        \sum_{j \in A_i} \hat y_j - \hat y_i) / B`. Which negatives are kept is
        constant. ``B = 1`` gives the negative cosine of the match.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        F. Wang, H. Liu, "Understanding the Behaviour of Contrastive Loss", CVPR
        2021, arXiv 2012.09740.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(3), np.asarray([[1.0, 0.5, 0.0], [0.0, 1.0, 0.5], [0.5, 0.0, 1.0]])
        >>> float(pc.simple_contrastive(x, y).round(6))
        -0.447214
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        weight: float = 1.0,
        hard_fraction: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SimpleContrastiveGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        weight: float = 1.0,
        hard_fraction: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SimpleContrastiveGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        weight: float = 1.0,
        hard_fraction: float | None = None,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SimpleContrastiveGrads[Array]]]: ...

simple_contrastive: _SimpleContrastive

class SimsiamGrads(NamedTuple, Generic[Array]):
    """Gradients of `simsiam`, of the arguments that were differentiated."""

    px: Array
    py: Array

class _Simsiam(Objective):
    def __call__(
        self,
        px: Array,
        py: Array,
        zx: Array,
        zy: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Negative cosine of the prediction of each view with the held projection of the other.

        .. math:: -\frac{1}{2B} \sum_i \Big[ \langle \hat p^x_i, \hat z^y_i \rangle
                  + \langle \hat p^y_i, \hat z^x_i \rangle \Big]

        Parameters
        ----------
        px, py : array (B, D)
            Row i belongs to sample i. Predictions from the two views.
        zx, zy : array (B, D)
            Row i belongs to sample i; it has no gradient. Projections of the two
            views.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        value : 0-d array, or (B,) for ``reduction="none"``
            In [-1, 1].

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words.

        Notes
        -----
        The mean of `negative_cosine` of both pairs, with the projection held.
        `byol` is 4 times this loss, plus 4. The cosine of a zero row is 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        X. Chen, K. He, "Exploring Simple Siamese Representation Learning", CVPR
        2021, arXiv 2011.10566.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, y = np.eye(2), np.ones((2, 2))
        >>> float(pc.simsiam(x, x, x, y).round(6))
        -0.853553
        """
        ...
    @overload
    def value_and_grad(
        self,
        px: Array,
        py: Array,
        zx: Array,
        zy: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SimsiamGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        px: Array,
        py: Array,
        zx: Array,
        zy: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SimsiamGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        px: Array,
        py: Array,
        zx: Array,
        zy: Array,
        *,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SimsiamGrads[Array]]]: ...

simsiam: _Simsiam

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""SMILE estimate of mutual information: clipped scores trade variance for bias.

        .. math:: \frac{1}{B} \sum_i s_{ii} - \log \frac{1}{B(B-1)}
                  \sum_{i \ne j} e^{\mathrm{clip}(s_{ij}, -c, c)}

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for
            independent ones. Or embeddings x and y, as a sequence or one array (2,
            B, D). The scores are then their inner products over the temperature,
            computed in tiles and never stored, and the gradient is a pair as well.
            A matrix of scores is divided by the temperature, too, and never
            normalised.
        clip : float, > 0, default 5.0
            Scores of independent samples are clipped to [-clip, clip]; the paper's
            values are 1, 5 and infinity.
        surrogate : {"jsd", None}, default "jsd"
            The source of the gradient: `jsd_bound`, as published, or (None) the
            estimate itself.
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
            When shapes, dtypes, libraries or devices disagree, `clip` or
            `temperature` is not above 0 or `surrogate` is not one of its words.
            When ``B < 2``, or ranks (``comm=``) share a matrix of scores.

        Notes
        -----
        ``clip=math.inf, surrogate=None`` is `dv_bound`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``surrogate="jsd"`` the gradient is by definition not that of the
        value, and finite differences do not apply to it.

        References
        ----------
        J. Song, S. Ermon, "Understanding the Limitations of Variational Mutual
        Information Estimators", ICLR 2020, arXiv 1910.06222.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SmileBoundGrads[Array]]]: ...

smile_bound: _SmileBound

class SoftClipGrads(NamedTuple, Generic[Array]):
    """Gradients of `soft_clip`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _SoftClip(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.125,
        stop_grad_targets: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""CLIP with soft targets: as far as two rows of `y` are alike, their samples match.

        .. math:: -\frac{1}{2B} \sum_{ij} R_{ij} \Big[ \log \frac{e^{s_{ij}}}{\sum_k e^{s_{ik}}}
                  + \log \frac{e^{s_{ji}}}{\sum_k e^{s_{ki}}} \Big],\quad
                  s_{ij} = \langle \hat x_i, \hat y_j \rangle / \tau,\quad
                  R_{ij} = \frac{e^{\langle \hat y_i, \hat y_j \rangle / \tau}}
                  {\sum_k e^{\langle \hat y_i, \hat y_k \rangle / \tau}}

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two modalities. The targets of both
            directions are those of `y`.
        temperature : float or 0-d array, > 0, default 0.125
            Temperature :math:`\tau`, differentiable. The authors' value, of the
            logits and of the targets.
        stop_grad_targets : bool, default False
            Take the targets as constants, their temperature included. The authors
            differentiate them.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. Those of a sample
            average both directions.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        With P and Q the softmax of rows and of columns, 2B times the derivative
        with respect to :math:`s_{ij}` is :math:`P_{ij} - R_{ij} + Q_{ij} - R_{ji}`.
        The products of `y` with itself are computed tile by tile beside those of
        both modalities, in one pass, and get their gradient from the same tiles:
        memory is O(B D) when tiled. With held targets it is `similarity_distill`
        with `y` as both rows of the teacher. The authors add the loss with both
        modalities exchanged. ``B = 1``: value 0, gradient 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``stop_grad_targets=True`` the gradient of `y` and `temperature` is by
        definition not that of the value, and finite differences do not apply to it.

        References
        ----------
        R. Kumar, R. Singhal, P. Kulkarni, D. Mehta, K. Jadhav, "Harnessing Shared
        Relations via Multimodal Mixup Contrastive Learning for Multimodal
        Classification" (M3CoL), 2024, arXiv 2409.17777. Y. Gao, J. Liu, Z. Xu, T.
        Wu, E. Zhang, W. Liu, J. Yang, K. Li, X. Sun, "SoftCLIP: Softer Cross-modal
        Alignment Makes CLIP Stronger", AAAI 2024, arXiv 2303.17561.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.eye(3)
        >>> float(pc.soft_clip(x, x, temperature=1.0).round(6))
        0.975328
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.125,
        stop_grad_targets: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SoftClipGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.125,
        stop_grad_targets: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SoftClipGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.125,
        stop_grad_targets: bool = False,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SoftClipGrads[Array]]]: ...

soft_clip: _SoftClip

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Smooth indicator of the k largest scores of each row.

        .. math:: p_{ij} = \sigma \big( \alpha (s_{ij} + t_i) \big), \quad t_i \text{ such that }
                  \sum_j p_{ij} = k_i

        Parameters
        ----------
        scores : array (B, L)
            Scores of each row.
        cotangent : array (B, L), optional
            Scores of each row. Weight of each entry. The value is then the weighted
            sum of all entries.
        k : float, 0-d array or array (B,), > 0, default 5
            Sum of each row, above 0 and below L; one number, or one of each row.
            Without a gradient.
        alpha : float, > 0, default 2.0
            Sharpness; at large ones the operator is the indicator itself. The
            published value.

        Returns
        -------
        indicator : array (B, L), or 0-d array with `cotangent`
            Each row adds up to k.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `k` or `alpha` is
            not above 0. When ranks share the batch (``comm=``). When k is not below
            L. Where JAX traces k, the result is then nan.

        Notes
        -----
        With :math:`v = \alpha p (1 - p)` the pullback of g is :math:`v g - v \sum_j
        v g / \sum_j v`. So each row of the Jacobian adds up to 0, and a shift of a
        row changes nothing.

        The shift t is the root of a function in logarithms, which has no
        cancellation, by Newton's method with a bracket: a sort and usually 2 to 6
        passes. The published code halves an interval 32 times.
        `soft_top_k.value_and_grad` needs `cotangent`; `soft_top_k.vjp` takes one of
        the array's shape.

        The value does not depend on a permutation of the samples.

        References
        ----------
        N. Gupta et al., "Dual-Encoders for Extreme Multi-Label Classification",
        ICLR 2024, arXiv 2310.10636.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, SoftTopKGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array,
        cotangent: Array | None = None,
        *,
        k: float | Array = 5,
        alpha: float = 2.0,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SoftTopKGrads[Array]]]: ...

soft_top_k: _SoftTopK

class SoftTopKLossGrads(NamedTuple, Generic[Array]):
    """Gradients of `soft_top_k_loss`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _SoftTopKLoss(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        positive: Array,
        ignore: Array | None = None,
        *,
        k: float | Array = 5,
        alpha: float = 2.0,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of the labels of a sample under the soft top-k operator of its scores.

        .. math:: -\frac{1}{B} \sum_i \frac{1}{|P_i|} \sum_{p \in P_i} \log \sigma \big( \alpha (s_{ip}
                  + t_i) \big), \quad t_i \text{ such that } \sum_l \sigma \big( \alpha (s_{il} + t_i)
                  \big) = k_i, \quad s_{il} = \langle \hat x_i, \hat y_l \rangle / \tau

        Parameters
        ----------
        x : array (B, D)
            Row i belongs to sample i.
        y : array (L, D)
            Row l stands for label l. With ``comm=``, all ranks have the same.
        positive : bool array (B, L)
            True for the labels that a sample has. The sets :math:`P_i` of the
            formula.
        ignore : bool array (B, L), optional
            True for labels that are left out of the scores of a sample. It wins
            over `positive`.
        k : float, 0-d array or array (B,), > 0, default 5
            Number of labels to choose, one for all samples or one of each. Without
            a gradient. The authors have a fixed number, or that of the labels of
            each sample.
        alpha : float, > 0, default 2.0
            Sharpness of the operator. The published value.
        temperature : float or 0-d array, > 0, default 0.05
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
            When shapes, dtypes, libraries or devices disagree, `k`, `alpha` or
            `temperature` is not above 0 or `reduction` is not one of its words.
            When k is not below the number of labels of a sample that are not
            ignored. Where JAX traces it, the loss of the sample is then nan.

        Notes
        -----
        With more labels than k it cannot reach 0. A sample without a label has loss
        and gradient 0 and still counts in the mean.

        With :math:`m_p = -\alpha \, \sigma(-\alpha (s_p + t)) / |P|` for labels and
        the slopes :math:`v_l` of all sigmoids, the gradient by :math:`s_l` is
        :math:`m_l - v_l \sum_p m_p / \sum_l v_l`. The shift is found as for
        `soft_top_k`. Masks are given as arrays, so their size is that of all
        similarities; these are computed in blocks of rows.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        N. Gupta et al., "Dual-Encoders for Extreme Multi-Label Classification"
        (DEXML), ICLR 2024, arXiv 2310.10636.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, labels = np.eye(3), np.array([[1, 1, 0], [0, 1, 0], [1, 0, 1]]) > 0
        >>> float(pc.soft_top_k_loss(x, np.eye(3), labels, k=1, temperature=1.0).round(6))
        0.87081
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        positive: Array,
        ignore: Array | None = None,
        *,
        k: float | Array = 5,
        alpha: float = 2.0,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SoftTopKLossGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        positive: Array,
        ignore: Array | None = None,
        *,
        k: float | Array = 5,
        alpha: float = 2.0,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SoftTopKLossGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        positive: Array,
        ignore: Array | None = None,
        *,
        k: float | Array = 5,
        alpha: float = 2.0,
        temperature: float | Array = 0.05,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SoftTopKLossGrads[Array]]]: ...

soft_top_k_loss: _SoftTopKLoss

class SpatialRelationGrads(NamedTuple, Generic[Array]):
    """Gradients of `spatial_relation`, of the arguments that were differentiated."""

    first: Array
    second: Array

class _SpatialRelation(Objective):
    def __call__(
        self,
        first: Array,
        second: Array,
        *,
        axis: Literal['x', 'y'] = 'x',
        reduction: Literal['mean', 'sum', 'none'] = 'sum',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Sigmoid of the distance by which the first map's centre comes after the second's.

        .. math:: \sum_r \sigma(c(m_r) - c(n_r)),\quad c(m) = \frac{\sum_u t_u m_u}{\sum_u m_u}

        Parameters
        ----------
        first, second : array (N, H, W)
            Row i holds the maps of relation i. Entries are at least 0.
        axis : {"x", "y"}, default "x"
            With "x" the first should be left of the second, with "y" above it.
            Exchange the maps for right and below.
        reduction : {"mean", "sum", "none"}, default "sum"
            Mean or sum of the losses, or the losses themselves. There is one for
            each relation; the authors add them.

        Returns
        -------
        loss : 0-d array, or (N,) for ``reduction="none"``
            That of a relation is in (0, 1).

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `axis` or
            `reduction` is not one of its words.

        Notes
        -----
        Here t is the column of a place, or its row. The sum of a map does not
        matter. The gradient of a centre is :math:`(t - c) / \sum_u m_u`. The centre
        of a map of zeros is the middle, and it has gradient 0. The authors take a
        softmax of 100 times the attention over the words of the prompt.

        The value does not depend on a permutation of the samples.

        References
        ----------
        A. M. Izadi, S. M. H. Hosseini, S. Vafaie Tabar, A. Abdollahi, A. Saghafian,
        M. Soleymani Baghshah, "Fine-Grained Alignment and Noise Refinement for
        Compositional Text-to-Image Generation", 2025, arXiv 2503.06506.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> left, right = np.asarray([[[1.0, 0.0, 0.0]]]), np.asarray([[[0.0, 0.0, 1.0]]])
        >>> [float(pc.spatial_relation(a, b).round(4)) for a, b in ((left, right), (right, left))]
        [0.1192, 0.8808]
        """
        ...
    @overload
    def value_and_grad(
        self,
        first: Array,
        second: Array,
        *,
        axis: Literal['x', 'y'] = 'x',
        reduction: Literal['mean', 'sum', 'none'] = 'sum',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SpatialRelationGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        first: Array,
        second: Array,
        *,
        axis: Literal['x', 'y'] = 'x',
        reduction: Literal['mean', 'sum', 'none'] = 'sum',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SpatialRelationGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        first: Array,
        second: Array,
        *,
        axis: Literal['x', 'y'] = 'x',
        reduction: Literal['mean', 'sum', 'none'] = 'sum',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SpatialRelationGrads[Array]]]: ...

spatial_relation: _SpatialRelation

class SpectralContrastiveGrads(NamedTuple, Generic[Array]):
    """Gradients of `spectral_contrastive`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _SpectralContrastive(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        mu: float | None = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Squared similarities of the negatives less twice the similarity of the positives.

        .. math:: \frac{1}{\mu} \Big[ -\frac{2}{B} \sum_i \langle x_i, y_i \rangle
                  + \frac{1}{B(B-1)} \sum_{i \ne j} \langle x_i, y_j \rangle^2 \Big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views with at least two rows, which keep
            their lengths up to :math:`\sqrt{\mu}`.
        mu : float, > 0, or None, default 1.0
            Longer rows are first scaled to the length :math:`\sqrt{\mu}`. None:
            rows stay as they are, and the loss is not divided. The authors take 10
            for ImageNet.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each row of `x`.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `mu` is not above 0
            or `reduction` is not one of its words. When there is a single sample.

        Notes
        -----
        With :math:`G = Y^\top Y` the squares of a row sum to :math:`x_i^\top G
        x_i`, so no pair is formed: 8 B D^2 operations with the gradient, linear in
        B. For D > 3 B / 4 the products of all pairs are cheaper and are used, but
        not over ranks. At the length :math:`\sqrt\mu` the gradient is that of a
        scaled row. Minimising it factorises the normalised adjacency matrix of the
        graph of augmentations. With ``mu=None`` it is at least minus the square of
        the mean positive similarity over the mean squared negative one, reached at
        the best common scale of the rows.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or an exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        J. Z. HaoChen, C. Wei, A. Gaidon, T. Ma, "Provable Guarantees for
        Self-Supervised Deep Learning with Spectral Contrastive Loss", NeurIPS 2021,
        arXiv 2106.04156.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.spectral_contrastive(np.eye(3), np.eye(3)))
        -2.0
        >>> float(pc.spectral_contrastive(np.ones((3, 2)), np.ones((3, 2)), mu=None))
        0.0
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        mu: float | None = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SpectralContrastiveGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        mu: float | None = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SpectralContrastiveGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        mu: float | None = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SpectralContrastiveGrads[Array]]]: ...

spectral_contrastive: _SpectralContrastive

class SsimGrads(NamedTuple, Generic[Array]):
    """Gradients of `ssim`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _Ssim(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        data_range: float = 1.0,
        window_size: int = 11,
        sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""One minus the structural similarity, the mean of luminance times contrast and structure.

        .. math:: 1 - \frac{1}{C P} \sum_{c, p} l_{cp} \, s_{cp},\quad
                  l = \frac{2 \mu_x \mu_y + c_1}{\mu_x^2 + \mu_y^2 + c_1},\quad
                  s = \frac{2 \sigma_{xy} + c_2}{\sigma_x^2 + \sigma_y^2 + c_2}

        Parameters
        ----------
        x, y : array (B, C, H, W)
            Images of C channels.
        data_range : float, > 0, default 1.0
            Difference of the largest and the smallest possible pixel.
        window_size : int, >= 1, default 11
            Side of the window, in pixels. The authors' value.
        sigma : float, > 0, default 1.5
            Width of the window, in pixels. The authors' value.
        k1 : float, > 0, default 0.01
            Root of the constant of the luminance, over the data range. The authors'
            value.
        k2 : float, > 0, default 0.03
            Root of the constant of contrast and structure, over the data range. The
            authors' value.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each image.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``
            In [0, 2], 0 for equal images. It is a loss: the similarity is ``1 -
            ssim``.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `data_range`,
            `sigma`, `k1` or `k2` is not above 0, `window_size` is not an integer of
            at least 1 or `reduction` is not one of its words. When an image is
            smaller than the window.

        Notes
        -----
        Means :math:`\mu`, variances :math:`\sigma^2` and the covariance are those
        of the pixels under a Gaussian window, at the P positions p at which it lies
        inside of the image. The constants are :math:`c_i = (k_i R)^2` for the data
        range R. A mean under the window takes a product with a banded matrix for
        each axis, and its adjoint with the transpose: four such means for the
        value, four more for both gradients. Long axes are divided into blocks.
        Averages of :math:`(x - y)^2` in place of those of :math:`x y` keep the
        digits of a small loss. For equal images the gradient is 0.

        The value does not depend on a permutation of the samples or an exchange of
        `x` and `y` with all that belongs to them.

        References
        ----------
        Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image Quality
        Assessment: From Error Visibility to Structural Similarity", IEEE
        Transactions on Image Processing 13, 2004. As a loss: J. Snell et al.,
        "Learning to Generate Images with Perceptual Similarity Metrics", ICIP 2017,
        arXiv 1511.06409.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.linspace(0, 1, 144).reshape(1, 1, 12, 12)
        >>> float(pc.ssim(x, x)), float(pc.ssim(x, 1 - x).round(6))
        (0.0, 1.93168)
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        data_range: float = 1.0,
        window_size: int = 11,
        sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SsimGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        data_range: float = 1.0,
        window_size: int = 11,
        sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SsimGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        data_range: float = 1.0,
        window_size: int = 11,
        sigma: float = 1.5,
        k1: float = 0.01,
        k2: float = 0.03,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SsimGrads[Array]]]: ...

ssim: _Ssim

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
        **settings: Unpack[Options],
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
            True where a view of a sample exists; by default all do. A missing row
            is no anchor, positive or negative, and averages use the existing views
            only.
        weights : array (B,), optional
            Non-negative weight of each sample, not all zero. "mean" divides by
            their sum.
        ids : integer array (B,), optional
            The item that each sample stands for; samples of one item are no
            negatives of each other.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value (the
            paper's is to be verified).
        normalize : bool, default True
            Scale rows to unit length first.
        normalize_mean : bool, default False
            Scale the means to unit length too (whether the paper does is to be
            verified).
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample is the mean over its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, all weights are zero, `temperature` is not above 0 or
            `reduction` is not one of its words.

        Notes
        -----
        With :math:`s(u, v) = \langle u, v \rangle/\tau` and the log-sum-exp
        :math:`N_{i\alpha}` of :math:`s(z_{i\alpha}, T_{j\gamma})` over the other
        samples, the loss of an anchor is :math:`\mathrm{softplus}(N_{i\alpha} -
        s(z_{i\alpha}, T_{i\alpha}))`. The sample's own :math:`T_{i\gamma}`,
        :math:`\gamma \ne \alpha`, contain the anchor and are left out.

        Without `normalize_mean` the logits are block sums of the symmetric Gram
        matrix of the views, :math:`\langle z, T_{j\gamma} \rangle = (\sum_\beta
        \langle z, z_{j\beta} \rangle - \langle z, z_{j\gamma} \rangle)/(M-1)`, so
        half of its tiles are computed, and no product with the means. ``B = 1``: 0.
        A mean of zero with `normalize_mean` stays zero and gets gradient 0.

        Of 2 views it equals `nt_xent`.

        The value does not depend on a permutation of the samples, a permutation of
        the views, a common rotation of all rows or the length of single rows where
        they are normalised.

        References
        ----------
        A. Shidani, D. Hjelm, J. Ramapuram, R. Webb, E. G. Dhekane, D. Busbridge,
        "Poly-View Contrastive Learning", ICLR 2024, arXiv 2403.05490.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> Array:
        r"""Supervised contrastive loss: all rows of a class pull together, against all other rows.

        .. math:: \frac{1}{N} \sum_i \Big[ \log \sum_{a \ne i} e^{\langle \hat z_i, \hat z_a \rangle
                  / \tau} - \frac{1}{|P_i|} \sum_{p \in P_i} \langle \hat z_i, \hat z_p \rangle / \tau
                  \Big],\quad P_i = \{p \ne i : y_p = y_i\}

        Parameters
        ----------
        z : array (M, B, D) or (B, D), or sequence of M arrays (B, D)
            At least one view; row i of each belongs to sample i. Rows with a label
            each, or views of samples with a label each. All MB rows count.
        labels : integer array (B,)
            Class of each sample.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. The value of the authors'
            code.
        variant : {"out", "in"}, default "out"
            ``"out"`` has the mean over the positives outside of the logarithm,
            ``"in"`` inside.
        normalize : bool, default True
            Scale rows to unit length first.
        base_temperature : float, > 0, optional
            If given, the loss is multiplied by ``temperature / base_temperature``,
            as in the authors' code.
        anchors : int, >= 1, optional
            Number of anchors: only so many views, or rows where there are no views,
            the first ones. All rows remain candidates. Default: all.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each anchor, those of the first view first.

        Returns
        -------
        loss : 0-d array, or (N,) for ``reduction="none"``, with N anchors

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or
            `base_temperature` is not above 0, `variant` or `reduction` is not one
            of its words or `anchors` is not an integer of at least 1. When there
            are fewer views or rows than `anchors`.

        Notes
        -----
        An anchor without positives has loss 0 and gradient 0, and still counts in
        the mean. With the softmax :math:`p_{ia}` over :math:`a \ne i`, the
        derivative with respect to a logit is :math:`p_{ia} - t_{ia}`, where t is
        1/\|P\| on the positives for ``"out"``, and their own softmax for ``"in"``:

        .. math:: \ell^{in}_i = \log|P_i| + \mathrm{softplus}\big(\mathrm{LSE}_{Q_i} -
                  \mathrm{LSE}_{P_i}\big),

        with the rows :math:`Q_i` of other classes. It is at most
        :math:`\ell^{out}_i`. Log-sum-exp and mean are read from one product, of
        which half is computed, in O(N D) memory when tiled. With ``comm=`` and
        several views give them as views: rows of ranks that are joined view by view
        would change places. Two views and different labels: `nt_xent`.

        The value does not depend on a common rotation of all rows or the length of
        single rows where they are normalised.

        Also known as SupCon, SupConLoss, supervised contrastive loss.

        References
        ----------
        P. Khosla et al., "Supervised Contrastive Learning", NeurIPS 2020, arXiv
        2004.11362.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SupConGrads[Array]]]: ...

sup_con: _SupCon

class SupremixGrads(NamedTuple, Generic[Array]):
    """Gradients of `supremix`, of the arguments that were differentiated."""

    z: Any
    temperature: Array

class _Supremix(Objective):
    def __call__(
        self,
        z: Array | Sequence[Array],
        targets: Array,
        lam: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        window: float = 5.0,
        weighting: Literal['l1', 'l2', 'none'] = 'l1',
        mix_positives: bool = True,
        detach_mixtures: bool = True,
        count_offset: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Rows of one target pull together, against rows and mixtures of other targets (SupReMix).

        .. math:: \frac{1}{N} \sum_i \frac{1}{|P_i| + c} \sum_{p \in P_i} \Big[ \log
                  \sum_{k \in A_i} (1 + |t_i - t_k|)\, e^{s_{ik}} - s_{ip} \Big],\quad
                  s_{ik} = \langle \hat z_i, v_k \rangle / \tau

        Parameters
        ----------
        z : array (M, B, D) or (B, D), or sequence of M arrays (B, D)
            At least one view; row i of each belongs to sample i. Rows with a target
            each, or views of samples with a target each. All N = MB rows count.
        targets : array (B,)
            Target of each sample, without a gradient. t.
        lam : array (B, B) or (M, B, M, B), optional
            Share of the anchor in its mixture with each other row; constants. One
            for each pair of rows, see `supremix_lam`. None: no negatives are mixed.
        temperature : float or 0-d array, > 0, default 0.3
            Temperature :math:`\tau`, differentiable. The value of the authors'
            code.
        window : float, > 0, default 5.0
            Largest distance, exclusive, of an anchor's target from those of the
            rows of its mixed positives.
        weighting : {"l1", "l2", "none"}, default "l1"
            Weight of a candidate: 1 plus the distance of its target from the
            anchor's, plus the square of that, or 1.
        mix_positives : bool, default True
            Whether there are mixed positives.
        detach_mixtures : bool, default True
            Hold mixtures constant in the gradient, as the authors do.
        count_offset : float, >= 0, default 0.0
            c. The authors' code has 1.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One per row, those
            of the first view first.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or
            `window` is not above 0, `weighting` or `reduction` is not one of its
            words or `count_offset` is negative.

        Notes
        -----
        Candidates :math:`A_i` of row i are all other rows, :math:`v_k = \hat z_k`,
        and two kinds of mixtures. With each row k of another target,
        :math:`\lambda_{ik} \hat z_i + (1 - \lambda_{ik}) \hat z_k` is a negative of
        the target :math:`\lambda_{ik} t_i + (1 - \lambda_{ik}) t_k`. Of each two
        rows with :math:`t_j < t_i < t_k` within the window, :math:`\alpha \hat z_j
        + (1 - \alpha) \hat z_k` with :math:`\alpha = (t_k - t_i) / (t_k - t_j)` has
        the target :math:`t_i`. The positives :math:`P_i` are these and the other
        rows of the target :math:`t_i`. A row without positives has the loss 0, and
        still counts in the mean. Mixtures are not scaled to unit length.

        Products of mixtures are mixtures of products: no mixture is built. Where
        there are mixed positives, the number of operations is that of the products,
        and of N times the pairs of rows whose targets are within two windows: at
        most :math:`N^3`. All logits of a row have one common shift. The authors'
        code shifts those of rows and of mixtures by different maxima, which changes
        their weights. The gradient of an anchor by frozen mixtures is a second
        product of the size of the first. Without mixtures and weights this is
        `sup_con`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        With ``detach_mixtures=True`` the gradient of `z` is by definition not that
        of the value, and finite differences do not apply to it.

        References
        ----------
        Y. Wu et al., "Mixup Your Own Pairs" (SupReMix), 2023, arXiv 2309.16633.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> z, targets = np.eye(4), np.asarray([1.0, 2.0, 2.0, 3.0])
        >>> float(pc.supremix(z, targets, np.full((4, 4), 0.2)).round(6))
        1.28293
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array | Sequence[Array],
        targets: Array,
        lam: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        window: float = 5.0,
        weighting: Literal['l1', 'l2', 'none'] = 'l1',
        mix_positives: bool = True,
        detach_mixtures: bool = True,
        count_offset: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SupremixGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array | Sequence[Array],
        targets: Array,
        lam: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        window: float = 5.0,
        weighting: Literal['l1', 'l2', 'none'] = 'l1',
        mix_positives: bool = True,
        detach_mixtures: bool = True,
        count_offset: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SupremixGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array | Sequence[Array],
        targets: Array,
        lam: Array | None = None,
        *,
        temperature: float | Array = 0.3,
        window: float = 5.0,
        weighting: Literal['l1', 'l2', 'none'] = 'l1',
        mix_positives: bool = True,
        detach_mixtures: bool = True,
        count_offset: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SupremixGrads[Array]]]: ...

supremix: _Supremix

class SwalipGrads(NamedTuple, Generic[Array]):
    """Gradients of `swalip`, of the arguments that were differentiated."""

    x_views: Any
    y_views: Any
    temperature: Array

class _Swalip(Objective):
    def __call__(
        self,
        x_views: Array | Sequence[Array],
        y_views: Array | Sequence[Array],
        *,
        temperature: float | Array = 0.1,
        epsilon: float = 0.05,
        iterations: int = 3,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Swapped prediction with the batch of the other modality as prototypes (SwALIP).

        .. math:: \frac{1}{8 B} \sum_{a, b} \sum_i \Big[ - \sum_j Q^{ab}_{ij} \log
                  \mathrm{softmax}_j \big( \langle \hat x^a_i, \hat y^b_j \rangle / \tau \big)
                  - \sum_j R^{ab}_{ij} \log \mathrm{softmax}_j \big( \langle \hat y^b_i, \hat x^a_j
                  \rangle / \tau \big) \Big]

        Parameters
        ----------
        x_views, y_views : array (2, B, D), or sequence of 2 arrays (B, D)
            Two views of each sample. Those of two modalities.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The value of SwAV.
        epsilon : float, > 0, default 0.05
            Smoothness of the codes, the value of SwAV.
        iterations : int, >= 1, default 3
            Steps of `sinkhorn`, as in SwAV.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each sample, from both modalities.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` or
            `epsilon` is not above 0, `iterations` is not an integer of at least 1
            or `reduction` is not one of its words.

        Notes
        -----
        The codes :math:`Q^{ab}` are those of `sinkhorn` of the scores :math:`\langle \hat x^{1-a}_i,
        \hat y^{1-b}_j \rangle` of the other two views, and :math:`R^{ab}` those of their transpose.
        They are constants. The gradient by the scores is a softmax minus the codes, over
        :math:`8 B \tau`. With :math:`Q_{ij} \propto e^{s_{ij}/\epsilon + g_j}` and
        :math:`R_{ji} \propto e^{s_{ij}/\epsilon + h_i}` one matrix of :math:`s_{ij}/\epsilon + h_i
        + g_j` beside the logits holds both: its softmax along the rows does not depend on h, nor that
        along the columns on g. So no B x B matrix is stored. The offsets take 2 ``iterations`` - 1
        products for each of four pairs of views, the value two, and its gradient two more. The paper
        adds this loss to that of CLIP with weight 0.2.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        The gradient of `x_views` and `y_views` is by definition not that of the
        value, and finite differences do not apply to it.

        References
        ----------
        E. Fini, P. Astolfi, A. Romero-Soriano, J. Verbeek, M. Drozdzal, "Improved
        Baselines for Vision-Language Pre-training", TMLR 2023, arXiv 2305.08675.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 2)
        >>> float(pc.swalip(views, views, temperature=1.0).round(6))
        0.551445
        """
        ...
    @overload
    def value_and_grad(
        self,
        x_views: Array | Sequence[Array],
        y_views: Array | Sequence[Array],
        *,
        temperature: float | Array = 0.1,
        epsilon: float = 0.05,
        iterations: int = 3,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SwalipGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x_views: Array | Sequence[Array],
        y_views: Array | Sequence[Array],
        *,
        temperature: float | Array = 0.1,
        epsilon: float = 0.05,
        iterations: int = 3,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SwalipGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x_views: Array | Sequence[Array],
        y_views: Array | Sequence[Array],
        *,
        temperature: float | Array = 0.1,
        epsilon: float = 0.05,
        iterations: int = 3,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SwalipGrads[Array]]]: ...

swalip: _Swalip

class SwavGrads(NamedTuple, Generic[Array]):
    """Gradients of `swav`, of the arguments that were differentiated."""

    views: Any
    prototypes: Array
    temperature: Array

class _Swav(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        prototypes: Array,
        queue: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        epsilon: float = 0.05,
        iterations: int = 3,
        assign: Any = (0, 1),
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of the prototypes of a view with the code of another view (SwAV).

        .. math:: \frac{1}{A (M - 1) B} \sum_{a \in \mathrm{assign}} \sum_{v \ne a} \sum_i
                  \Big[ - \sum_k q^a_{ik} \log \mathrm{softmax}_k \big( \langle \hat z^v_i, c_k \rangle
                  / \tau \big) \Big]

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        prototypes : array (K, D)
            They enter as they are: the method scales them to unit length after each
            step.
        queue : array (A, n, D), optional
            Rows of earlier steps, for each view of `assign`; they take part in its
            codes. With ``comm=`` the same on all ranks. Useful where the batch is
            smaller than K.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The paper's value.
        epsilon : float, > 0, default 0.05
            Smoothness of the codes, the paper's value.
        iterations : int, >= 1, default 3
            Steps of `sinkhorn`, as in the paper.
        assign : tuple of int, default (0, 1)
            Indices of the A views that have codes, those of the large crops.
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
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, `temperature` or `epsilon` is not above 0,
            `iterations` is not an integer of at least 1 or `reduction` is not one
            of its words. When `assign` is no tuple of different views, or `queue`
            holds other than A arrays.

        Notes
        -----
        The codes :math:`q^a` are those of `sinkhorn` of the scores :math:`\langle
        \hat z^a_i, c_k \rangle`, over all ranks, with the scores of the queue
        beside them. They are constants. The gradient by the scores of view v is
        :math:`m_v` times its softmax minus the sum of the :math:`m_v` codes of the
        others, over :math:`A (M - 1) B \tau`. A code is the softmax of scores with
        offsets of the prototypes, which take 2 ``iterations`` - 1 products, and is
        computed tile by tile beside the softmax that it is the target of.

        The value does not depend on a permutation of the samples or a common
        rotation of all rows.

        The gradient of `views` and `prototypes` is by definition not that of the
        value, and finite differences do not apply to it.

        Also known as SwaVLoss.

        References
        ----------
        M. Caron, I. Misra, J. Mairal, P. Goyal, P. Bojanowski, A. Joulin,
        "Unsupervised Learning of Visual Features by Contrasting Cluster
        Assignments", NeurIPS 2020, arXiv 2006.09882.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 2)
        >>> float(pc.swav(views, np.eye(3), temperature=1.0).round(6))
        0.551445
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        prototypes: Array,
        queue: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        epsilon: float = 0.05,
        iterations: int = 3,
        assign: Any = (0, 1),
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SwavGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        prototypes: Array,
        queue: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        epsilon: float = 0.05,
        iterations: int = 3,
        assign: Any = (0, 1),
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SwavGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        prototypes: Array,
        queue: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        epsilon: float = 0.05,
        iterations: int = 3,
        assign: Any = (0, 1),
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SwavGrads[Array]]]: ...

swav: _Swav

class SymileGrads(NamedTuple, Generic[Array]):
    """Gradients of `symile`, of the arguments that were differentiated."""

    views: Any
    temperature: Array

class _Symile(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        permutations: Array,
        mask: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Each view against its sample's product of the other views and B - 1 mixed products.

        .. math:: \frac{1}{MB} \sum_{m,i} \Big[ \log \Big( e^{\langle z_{mi}, q_{mi} \rangle / \tau}
                  + \sum_{j \ne i} e^{\langle z_{mi}, p_{mj} \rangle / \tau} \Big) - \langle z_{mi},
                  q_{mi} \rangle / \tau \Big], \quad q_{mi} = \prod_{r \ne m} z_{ri}, \quad
                  p_{mj} = \prod_{r \ne m} z_{r \pi_{mr}(j)}

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i.
        permutations : integer array (M, M, B), from 0 to B - 1
            ``permutations[m, r]`` is the order in which the rows of view r are
            taken where view m is the anchor; ``[m, m]`` is not used.
            `sample_permutations` draws them.
        mask : bool array (M, B), optional
            True where a view of a sample exists; by default all do. Samples that
            lack a view are no anchors, and a mixed product with a row of such a
            sample is left out.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. The loss of a
            sample is the mean over its views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, `permutations` is not from 0 to B - 1, `permutations`
            holds a number twice, `temperature` is not above 0 or `reduction` is not
            one of its words. When ranks share the batch (``comm=``).

        Notes
        -----
        Products are entrywise, so a score is the sum of products over the
        dimensions (the multilinear inner product). The published code draws the
        orders anew in each step; a mixed product may by chance be made of one
        sample's own rows. The value takes M products of B x B x D, and memory is
        O(M B D). With orders that change nothing, the loss of 2 views is
        `info_nce`. ``B = 1``: 0.

        `cube_loss` with ``similarity="product"`` has the same scores, and all
        :math:`B^{M-1}` tuples of an anchor as candidates in place of B. So the two
        differ beyond 2 views.

        The value does not depend on a permutation of the views or the length of
        single rows where they are normalised.

        References
        ----------
        A. Saporta, A. Puli, M. Goldstein, R. Ranganath, "Contrasting with Symile:
        Simple Model-Agnostic Representation Learning for Unlimited Modalities",
        NeurIPS 2024, arXiv 2411.01053.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> views = np.stack([np.eye(3)] * 3)
        >>> orders = np.tile(np.asarray([1, 2, 0]), (3, 3, 1))
        >>> float(pc.symile(views, orders, temperature=1.0).round(6))
        0.861995
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        permutations: Array,
        mask: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SymileGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        permutations: Array,
        mask: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SymileGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        permutations: Array,
        mask: Array | None = None,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SymileGrads[Array]]]: ...

symile: _Symile

class SymmetricCrossEntropyGrads(NamedTuple, Generic[Array]):
    """Gradients of `symmetric_cross_entropy`, of the arguments that were differentiated."""

    logits: Array
    target_logits: Array

class _SymmetricCrossEntropy(Objective):
    def __call__(
        self,
        logits: Array,
        target_logits: Array,
        *,
        alpha: float = 0.5,
        stop_grad: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of a prediction p with a target q, and of q with p.

        .. math:: -\frac{1}{B} \sum_i \sum_c \big[ (1 - \alpha)\, q_{ic} \log p_{ic}
                  + \alpha\, p_{ic} \log q_{ic} \big]

        Parameters
        ----------
        logits : array (B, C)
            Scores of C classes. Their softmax is p.
        target_logits : array (B, C)
            Scores of C classes. Those of the teacher; their softmax is q.
        alpha : float in [0, 1], default 0.5
            Weight :math:`\alpha` of the reverse direction; the authors' value.
        stop_grad : bool, default True
            Take the target as a constant, of which the gradient is 0.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `alpha` is outside
            [0, 1] or `reduction` is not one of its words.

        Notes
        -----
        Gradient :math:`(1 - \alpha)(p - q) - \alpha\, p \circ (\log q - \sum_c p_c
        \log q_c)` by the logits of a sample; by those of the target, p and q change
        places and so do :math:`\alpha` and :math:`1 - \alpha`. Logarithms come from
        the logits, so a probability that underflows to 0 has one. ``alpha=0`` is
        the cross-entropy with soft targets. Exchanging both arguments is exchanging
        :math:`\alpha` for :math:`1 - \alpha`.

        The value does not depend on a permutation of the samples.

        With ``stop_grad=True`` the gradient of `target_logits` is by definition not
        that of the value, and finite differences do not apply to it.

        References
        ----------
        M. Döbler, R. A. Marsden, B. Yang, "Robust Mean Teacher for Continual and
        Gradual Test-Time Adaptation", CVPR 2023, arXiv 2211.13081.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> logits = np.log(np.asarray([[0.5, 0.5], [0.9, 0.1]]))
        >>> float(pc.symmetric_cross_entropy(logits, logits[::-1]).round(6))
        0.94856
        """
        ...
    @overload
    def value_and_grad(
        self,
        logits: Array,
        target_logits: Array,
        *,
        alpha: float = 0.5,
        stop_grad: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, SymmetricCrossEntropyGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        logits: Array,
        target_logits: Array,
        *,
        alpha: float = 0.5,
        stop_grad: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, SymmetricCrossEntropyGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        logits: Array,
        target_logits: Array,
        *,
        alpha: float = 0.5,
        stop_grad: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], SymmetricCrossEntropyGrads[Array]]]: ...

symmetric_cross_entropy: _SymmetricCrossEntropy

class TclGrads(NamedTuple, Generic[Array]):
    """Gradients of `tcl`, of the arguments that were differentiated."""

    x: Array
    y: Array
    temperature: Array

class _Tcl(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        momentum_x: Array,
        momentum_y: Array,
        queue_x: Array,
        queue_y: Array,
        local_x: Array,
        local_y: Array,
        mask_y: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        alpha: float = 0.4,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Mean of six contrasts: across modalities, within each, and of samples with their parts.

        .. math:: \frac{1}{6} \big[ S(x, m^x; K^y) + S(y, m^y; K^x) + C(x, m^x; K^x) + C(y, m^y; K^y)
                  + \mathrm{local\_mi}(x, l^x) + \mathrm{local\_mi}(y, l^y) \big]

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Images and texts. All rows are scaled to unit
            length.
        momentum_x, momentum_y : array (B, D)
            Rows of the same samples from the momentum encoder; constants. The rows
            m of the formula.
        queue_x : array (Q, D)
            Those of earlier batches, the same on all ranks; Q may be 0. Together
            with `momentum_x` these are the candidates :math:`K^x`.
        queue_y : array (Q, D)
            Those of earlier batches, the same on all ranks; Q may be 0. Together
            with `momentum_y` these are the candidates :math:`K^y`.
        local_x : array (B, L, D)
            Embeddings of the parts of each sample from the momentum encoder;
            constants. Such as patches.
        local_y : array (B, T, D)
            Embeddings of the parts of each sample from the momentum encoder;
            constants. Such as tokens.
        mask_y : bool array (B, T), optional
            True where a part of `y` exists, by default all; what is elsewhere is
            not read.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. CLIP's initial value, as in
            the authors' code.
        alpha : float in [0, 1], default 0.4
            Share of the soft targets. The authors' value.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. A text without
            tokens has 0 for its local_mi, and the mean of local_mi is over the
            others.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `alpha` is outside [0, 1] or `reduction` is not one of its
            words.

        Notes
        -----
        C is one direction of `info_nce`: the match of a row is that of the momentum
        encoder. S is the cross-entropy of the same softmax with the targets
        :math:`\alpha\, \mathrm{softmax}_k(\langle m_i, k \rangle / \tau) + (1 -
        \alpha)` of the match. They are constants, their temperature included. Their
        similarities are computed tile by tile beside those of the logits. The
        caller keeps the queues as states. Masked language modelling and matching,
        which the authors train besides, are not part of it.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        The gradient of `temperature` is by definition not that of the value, and
        finite differences do not apply to it.

        References
        ----------
        J. Yang, J. Duan, S. Tran, Y. Xu, S. Chanda, L. Chen, B. Zeng, T. Chilimbi,
        J. Huang, "Vision-Language Pre-Training with Triple Contrastive Learning",
        CVPR 2022, arXiv 2202.10401.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x, queue = np.eye(3), np.zeros((0, 3))
        >>> parts = x[:, None, :]
        >>> float(pc.tcl(x, x, x, x, queue, queue, parts, parts, temperature=1.0).round(6))
        0.607962
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        momentum_x: Array,
        momentum_y: Array,
        queue_x: Array,
        queue_y: Array,
        local_x: Array,
        local_y: Array,
        mask_y: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        alpha: float = 0.4,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, TclGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        momentum_x: Array,
        momentum_y: Array,
        queue_x: Array,
        queue_y: Array,
        local_x: Array,
        local_y: Array,
        mask_y: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        alpha: float = 0.4,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, TclGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        momentum_x: Array,
        momentum_y: Array,
        queue_x: Array,
        queue_y: Array,
        local_x: Array,
        local_y: Array,
        mask_y: Array | None = None,
        *,
        temperature: float | Array = 0.07,
        alpha: float = 0.4,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], TclGrads[Array]]]: ...

tcl: _Tcl

class TextGroundedContrastGrads(NamedTuple, Generic[Array]):
    """Gradients of `text_grounded_contrast`, of the arguments that were differentiated."""

    y: Array
    negatives: Array
    temperature: Array

class _TextGroundedContrast(Objective):
    def __call__(
        self,
        y: Array,
        teacher_y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Cross-entropy of the teacher's row of each caption among its hard captions (DeGLA).

        .. math:: \frac{1}{B} \sum_i \Big[ \log \Big( e^{s_i} + \sum_k
                  e^{\langle \hat y_i, \hat n_{ik} \rangle / \tau} \Big) - s_i \Big],\quad
                  s_i = \langle \hat y_i, \hat y^*_i \rangle / \tau

        Parameters
        ----------
        y : array (B, D)
            Row i belongs to sample i. Captions.
        teacher_y : array (B, D)
            Rows of the same samples from a teacher. :math:`y^*`; in the paper those
            of a moving average of the text encoder.
        negatives : array (B, K, D)
            K hard captions of each sample, such as its caption with a wrong word.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. The constant of the authors'
            code.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0 or `reduction` is not one of its words.

        Notes
        -----
        The rows of `negatives` are the student's. The cost is O(B K D) in time and
        memory. ``K = 0``: 0.

        It equals `info_nce` with ``symmetric=False, in_batch=False``, `y` in the
        place of `x`, `teacher_y` in the place of `y`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        X. Hu et al., "Decoupled Global-Local Alignment for Improving Compositional
        Understanding" (DeGLA), 2025, arXiv 2504.16801.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> y, negatives = np.eye(3), np.ones((3, 2, 3))
        >>> float(pc.text_grounded_contrast(y, y, negatives, temperature=1.0).round(6))
        0.837514
        """
        ...
    @overload
    def value_and_grad(
        self,
        y: Array,
        teacher_y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, TextGroundedContrastGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        y: Array,
        teacher_y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, TextGroundedContrastGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        y: Array,
        teacher_y: Array,
        negatives: Array,
        *,
        temperature: float | Array = 0.1,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], TextGroundedContrastGrads[Array]]]: ...

text_grounded_contrast: _TextGroundedContrast

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
        **settings: Unpack[Options],
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
            When shapes, dtypes, libraries or devices disagree. When no two rows
            have one label. Where JAX traces the call, the value is nan instead.

        Notes
        -----
        Gradient: the sum of the other rows of the class, over P. The measure pairs
        with `uniformity`. The paper's expectation multiplies by the indicator; this
        is the mean over the pairs of a class.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        F. Wang, H. Liu, "Understanding the Behaviour of Contrastive Loss", CVPR
        2021, arXiv 2012.09740.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, ToleranceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        labels: Array,
        *,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ToleranceGrads[Array]]]: ...

tolerance: _Tolerance

class TrajectoryKlGrads(NamedTuple, Generic[Array]):
    """Gradients of `trajectory_kl`, of the arguments that were differentiated."""

    logits: Array

class _TrajectoryKl(Objective):
    def __call__(
        self,
        logits: Array,
        past: Array,
        *,
        temperature: float = 5.0,
        weight: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Divergence of a model's softmax from that of its own past (SAF).

        .. math:: \frac{w T^2}{B} \sum_i \mathrm{KL} \big( \mathrm{softmax}(p_i / T) \,\|\,
                  \mathrm{softmax}(l_i / T) \big)

        Parameters
        ----------
        logits : array (B, C)
            Scores of C classes.
        past : array (B, C)
            Those of the same samples some epochs before, see `TrajectoryBuffer`.
        temperature : float, > 0, default 5.0
            T of both. The authors' value; without a gradient.
        weight : float, >= 0, default 1.0
            Weight w. The authors have 0.3, from the fifth epoch on.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `weight` is negative or `reduction` is not one of its words.

        Notes
        -----
        The gradient is :math:`w T (\mathrm{softmax}(l / T) - \mathrm{softmax}(p /
        T)) / B`. It is added to the cross-entropy, and holds the loss from falling
        fast, which leads to flat minima. The past logits are those of three epochs
        before. MESA takes those of a model whose parameters are moving averages,
        see `ema`, in place of the past.

        With ``weight=1.0`` it equals `distill_kl`, `logits` in the place of
        `scores`, `past` in the place of `teacher_scores`.

        The value does not depend on a permutation of the samples.

        References
        ----------
        J. Du, D. Zhou, J. Feng, V. Y. F. Tan, J. T. Zhou, "Sharpness-Aware Training
        for Free" (SAF), NeurIPS 2022, arXiv 2205.14083.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> past, logits = np.zeros((1, 2)), np.asarray([[1.0, -1.0]])
        >>> float(pc.trajectory_kl(logits, past).round(6))
        0.496702
        """
        ...
    @overload
    def value_and_grad(
        self,
        logits: Array,
        past: Array,
        *,
        temperature: float = 5.0,
        weight: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, TrajectoryKlGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        logits: Array,
        past: Array,
        *,
        temperature: float = 5.0,
        weight: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, TrajectoryKlGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        logits: Array,
        past: Array,
        *,
        temperature: float = 5.0,
        weight: float = 1.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], TrajectoryKlGrads[Array]]]: ...

trajectory_kl: _TrajectoryKl

class TriangleLossGrads(NamedTuple, Generic[Array]):
    """Gradients of `triangle_loss`, of the arguments that were differentiated."""

    anchor: Array
    x: Array
    y: Array
    temperature: Array

class _TriangleLoss(Objective):
    def __call__(
        self,
        anchor: Array,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Symmetric contrastive loss with minus the squared area of a triangle (TRIANGLE).

        .. math:: \frac{1}{2B} \sum_i \big[ -\log \mathrm{softmax}_j(s_{ij})_i
                  - \log \mathrm{softmax}_j(s_{ji})_i \big], \quad s_{ij} = -\frac{|u|^2 |w|^2 -
                  \langle u, w \rangle^2}{2 \tau}, \quad u = \hat x_j - \hat a_i, \quad w = \hat y_j -
                  \hat a_i

        Parameters
        ----------
        anchor : array (B, D)
            Row i belongs to sample i. The modality a that is compared with all
            pairs.
        x, y : array (B, D)
            Row i belongs to sample i. The two other modalities; row j of both makes
            the pair j.
        temperature : float or 0-d array, > 0, default 0.07
            Temperature :math:`\tau`, differentiable. The authors' value.
        label_smoothing : float in [0, 1], default 0.0
            Share of the target that is spread over all candidates; 0.1 in the
            authors' code.
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
            When shapes, dtypes, libraries or devices disagree, `temperature` is not
            above 0, `label_smoothing` is outside [0, 1] or `reduction` is not one
            of its words.

        Notes
        -----
        The score is minus twice the squared area of the triangle of :math:`a_i`,
        :math:`x_j` and :math:`y_j`, over the temperature. It holds no root, so
        gradients exist where the area is 0. With ``x = y`` all areas are 0: the
        value is log B, and there is no gradient. By Heron's formula the area
        follows from the squared distances of the corners. Two of the three come
        from products of B x B x D, the third belongs to the pair. Rows are centred
        first, which changes no area and keeps the digits of distances; matches are
        computed from differences. ``B = 1``: 0.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        References
        ----------
        G. Cicchetti, E. Grassucci, D. Comminiello, "A TRIANGLE Enables Multimodal
        Alignment Beyond Cosine Similarity", NeurIPS 2025, arXiv 2509.24734.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> a = np.eye(3)
        >>> float(pc.triangle_loss(a, a, a[[1, 2, 0]], temperature=1.0).round(6))
        0.798916
        """
        ...
    @overload
    def value_and_grad(
        self,
        anchor: Array,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, TriangleLossGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        anchor: Array,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, TriangleLossGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        anchor: Array,
        x: Array,
        y: Array,
        *,
        temperature: float | Array = 0.07,
        label_smoothing: float = 0.0,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], TriangleLossGrads[Array]]]: ...

triangle_loss: _TriangleLoss

class TripletGrads(NamedTuple, Generic[Array]):
    """Gradients of `triplet`, of the arguments that were differentiated."""

    z: Array

class _Triplet(Objective):
    def __call__(
        self,
        z: Array,
        labels: Array,
        *,
        margin: float = 0.2,
        squared: bool = True,
        mining: Literal['all', 'hard', 'semihard'] = 'all',
        smooth: bool = False,
        average: Literal['nonzero', 'all'] = 'nonzero',
        normalize: bool = True,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Hinge on triplets: a row of the class should be nearer than a row of another class.

        .. math:: \mathrm{avg}_{(a, p, n)}\ h(d_{ap} - d_{an} + m), \quad
                  d_{ij} = |\hat z_i - \hat z_j|^2, \quad h(t) = \max(t, 0)

        Parameters
        ----------
        z : array (B, D)
            Row i belongs to sample i.
        labels : integer array (B,)
        margin : float, default 0.2
            Difference m of the distances from which on a triplet adds nothing.
            FaceNet's is 0.2.
        squared : bool, default True
            Squares of distances, as in FaceNet, or distances :math:`|\hat z_i -
            \hat z_j|`.
        mining : {"all", "hard", "semihard"}, default "all"
            Triplets: of "all" positives p and negatives n of each anchor a; of
            "hard" ones, its farthest positive and nearest negative; or of
            "semihard" ones, each positive and the nearest negative that is farther
            away, or the farthest negative if none is.
        smooth : bool, default False
            With :math:`h(t) = \log(1 + e^t)`.
        average : {"nonzero", "all"}, default "nonzero"
            Over the triplets whose term is above 0, or over all of them. Without
            any the loss is 0.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        loss : 0-d array

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `margin` is not
            finite or `mining` or `average` is not one of its words.

        Notes
        -----
        Rows without a positive or a negative are no anchors.
        pytorch-metric-learning has ``squared=False, margin=0.05`` with the average
        over terms above 0.

        One order of the distances of each anchor gives the value and gradient of
        "all" in O(B^2 D + B^2 log B) operations, for O(B^3) triplets: each positive
        gets the number of negatives within its margin, and each negative minus the
        number of positives that it is too near for. The softplus has no such form,
        and takes O(B^2 K) operations, where K is the number of positives of an
        anchor; where JAX traces the labels, O(B^3). Memory is O(B) for each anchor
        of a block.

        Distances of rows that lie close together keep their digits in float32,
        because they are made in float64, or where JAX traces without it from
        differences. A distance within rounding is 0. Slopes are 0 for a term of
        exactly 0, and for the distance of coincident rows; of equally far rows, the
        first one is the hardest.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        Also known as TripletMarginLoss, TripletLoss.

        References
        ----------
        F. Schroff, D. Kalenichenko, J. Philbin, "FaceNet: A Unified Embedding for
        Face Recognition and Clustering", CVPR 2015, arXiv 1503.03832.

        A. Hermans, L. Beyer, B. Leibe, "In Defense of the Triplet Loss for Person
        Re-Identification", 2017, arXiv 1703.07737.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> z = np.asarray([[1.0, 0.0], [0.6, 0.8], [0.8, 0.6], [0.0, 1.0]])
        >>> float(pc.triplet(z, np.asarray([0, 0, 1, 1])).round(6))
        0.706667
        """
        ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        margin: float = 0.2,
        squared: bool = True,
        mining: Literal['all', 'hard', 'semihard'] = 'all',
        smooth: bool = False,
        average: Literal['nonzero', 'all'] = 'nonzero',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, TripletGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        z: Array,
        labels: Array,
        *,
        margin: float = 0.2,
        squared: bool = True,
        mining: Literal['all', 'hard', 'semihard'] = 'all',
        smooth: bool = False,
        average: Literal['nonzero', 'all'] = 'nonzero',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, TripletGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        labels: Array,
        *,
        margin: float = 0.2,
        squared: bool = True,
        mining: Literal['all', 'hard', 'semihard'] = 'all',
        smooth: bool = False,
        average: Literal['nonzero', 'all'] = 'nonzero',
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], TripletGrads[Array]]]: ...

triplet: _Triplet

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
        **settings: Unpack[Options],
    ) -> Array:
        r"""TUBA lower bound on mutual information, with a baseline for each sample.

        .. math:: 1 + \frac{1}{B} \sum_i (s_{ii} - a_i) - \frac{1}{B(B-1)}
                  \sum_{i \ne j} e^{s_{ij} - a_i}

        Parameters
        ----------
        scores : array (2, B, D) or (B, B), or sequence of 2 arrays (B, D)
            Values of a critic: ``scores[i, i]`` for joint samples, all others for
            independent ones. Or embeddings x and y, as a sequence or one array (2,
            B, D). The scores are then their inner products over the temperature,
            computed in tiles and never stored, and the gradient is a pair as well.
            A matrix of scores is divided by the temperature, too, and never
            normalised.
        log_baseline : array (B,)
            Logarithm :math:`a_i` of an estimate of the normaliser of row i,
            differentiable.
        temperature : float or 0-d array, > 0, default 1.0
            Temperature :math:`\tau`, differentiable.
        normalize : bool, default True
            Scale rows to unit length first.

        Returns
        -------
        estimate : 0-d array
            In nats. Maximise it, or minimise its negative. When a score is far
            above its baseline, it overflows to -inf.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `temperature` is
            not above 0. When ``B < 2``, or ranks (``comm=``) share a matrix of
            scores.

        Notes
        -----
        The bound is unbiased for a given baseline. With :math:`a_i = 1` it is
        `nwj_bound`. With the best constant, the logarithm of the mean exponential
        of all other scores, it is `dv_bound`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows or the length of single rows where they are normalised.

        References
        ----------
        B. Poole, S. Ozair, A. van den Oord, A. Alemi, G. Tucker, "On Variational
        Bounds of Mutual Information", ICML 2019, arXiv 1905.06922.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, TubaBoundGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        scores: Array | Sequence[Array],
        log_baseline: Array,
        *,
        temperature: float | Array = 1.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], TubaBoundGrads[Array]]]: ...

tuba_bound: _TubaBound

class UnifiedRerankGrads(NamedTuple, Generic[Array]):
    """Gradients of `unified_rerank`, of the arguments that were differentiated."""

    yes: Array
    no: Array

class _UnifiedRerank(Objective):
    def __call__(
        self,
        yes: Array,
        no: Array,
        *,
        weight: Literal['sft', 'cl', 'one'] = 'sft',
        direction: Literal['sft', 'cl'] = 'sft',
        easy_threshold: float | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Sum of scores of the documents of a query, with the weights of another loss.

        .. math:: \frac{1}{B} \sum_i \Big[ - W_{i0} D_{i0} + \sum_{k=1}^{K} W_{ik} D_{ik} \Big]

        Parameters
        ----------
        yes : array (B, 1 + K)
            Logit of the answer "yes" for each document of a query, of which the
            first is relevant.
        no : array (B, 1 + K)
            That of the answer "no".
        weight : {"sft", "cl", "one"}, default "sft"
            The weights W, which are constants. ``"sft"``: one minus the probability
            of the right answer, from `yes` and `no`. ``"cl"``: the softmax of `yes`
            over the documents of a query; for the relevant one, one minus that.
            ``"one"``: all 1.
        direction : {"sft", "cl"}, default "sft"
            The scores D: `yes` less `no`, or ``"cl"``: `yes` alone.
        easy_threshold : float in [0, 1], optional
            A document has weight 0 where the probability of the right answer is
            above one minus this.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `weight`,
            `direction` or `reduction` is not one of its words or `easy_threshold`
            is outside [0, 1].

        Notes
        -----
        Only the gradient has a meaning: it is :math:`- W_{i0} / B` by the score of
        the relevant document, and :math:`W_{ik} / B` by the others. With both
        choices ``"sft"`` it is that of `rerank_bce` with
        ``document_reduction="sum"``. With both ``"cl"`` it is that of
        `rerank_info_nce`, and `no` has gradient 0. The value may be negative. With
        ``weight="one"`` the gradient is that of the value. No code was at hand: the
        formulas are from summaries of the paper.

        The value does not depend on a permutation of the samples.

        With ``weight="sft" or "cl"`` the gradient of `yes` and `no` is by
        definition not that of the value, and finite differences do not apply to it.

        References
        ----------
        Z. Dai et al., "Supervised Fine-Tuning or Contrastive Learning? Towards
        Better Multimodal LLM Reranking", 2025, arXiv 2510.14824.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> yes, no = np.asarray([[2.0, 0.0, 1.0]]), np.zeros((1, 3))
        >>> float(pc.unified_rerank(yes, no).round(6)), float(pc.unified_rerank(yes, no, weight="one"))
        (0.492653, -1.0)
        """
        ...
    @overload
    def value_and_grad(
        self,
        yes: Array,
        no: Array,
        *,
        weight: Literal['sft', 'cl', 'one'] = 'sft',
        direction: Literal['sft', 'cl'] = 'sft',
        easy_threshold: float | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, UnifiedRerankGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        yes: Array,
        no: Array,
        *,
        weight: Literal['sft', 'cl', 'one'] = 'sft',
        direction: Literal['sft', 'cl'] = 'sft',
        easy_threshold: float | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, UnifiedRerankGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        yes: Array,
        no: Array,
        *,
        weight: Literal['sft', 'cl', 'one'] = 'sft',
        direction: Literal['sft', 'cl'] = 'sft',
        easy_threshold: float | None = None,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], UnifiedRerankGrads[Array]]]: ...

unified_rerank: _UnifiedRerank

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
        **settings: Unpack[Options],
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
            When `z` is not a real floating array (N, D) or `t` is not above 0. When
            there are fewer than two rows.

        Notes
        -----
        For two views the authors average ``uniformity(x)`` and ``uniformity(y)``.
        With the softmax :math:`W` over all pairs the gradient is
        :math:`-2t\,(\mathrm{diag}(W 1)\, z - W z)`. Squared distances come from
        inner products, as a log-sum-exp, so distant points do not underflow. Half
        of the tiles are computed.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        References
        ----------
        T. Wang, P. Isola, "Understanding Contrastive Representation Learning
        through Alignment and Uniformity on the Hypersphere", ICML 2020, arXiv
        2005.10242.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, UniformityGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        z: Array,
        *,
        t: float = 2.0,
        normalize: bool = True,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], UniformityGrads[Array]]]: ...

uniformity: _Uniformity

class UtilizationGrads(NamedTuple, Generic[Array]):
    """Gradients of `utilization`, of the arguments that were differentiated."""

    queries: Array
    train: Array

class _Utilization(Objective):
    def __call__(
        self,
        queries: Array,
        train: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Mean squared distance of queries to the nearest row of a training set.

        .. math:: \frac{1}{B} \sum_i \min_t |\hat q_i - \hat z_t|^2

        Parameters
        ----------
        queries : array (B, D)
            Row i belongs to sample i. Such as embeddings of a test set.
        train : array (T, D)
            Embeddings of the training set; mixed ones may be among them. With
            ``comm=``, all ranks have the same.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. One per query.

        Returns
        -------
        value : 0-d array, or (B,) for ``reduction="none"``
            In [0, 4] for unit rows. Lower means that the training set reaches
            farther into the space that the queries use.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `reduction` is not
            one of its words.

        Notes
        -----
        More rows in `train` never raise it. The gradient of a query is :math:`2 (q
        - z) / B` with its nearest row z, which has minus that; of equal distances
        the lowest index counts. The definition is from recollection of the paper
        and not verified.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or a common
        shift of all rows where they are not normalised.

        References
        ----------
        S. Venkataramanan, B. Psomas, E. Kijak, L. Amsaleg, K. Karantzalos, Y.
        Avrithis, "It Takes Two to Tango: Mixup for Deep Metric Learning", ICLR
        2022, arXiv 2106.04990.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.utilization(np.asarray([[3.0, 0.0], [3.0, 4.0]]), np.eye(2)).round(6))
        0.2
        """
        ...
    @overload
    def value_and_grad(
        self,
        queries: Array,
        train: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, UtilizationGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        queries: Array,
        train: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, UtilizationGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        queries: Array,
        train: Array,
        *,
        normalize: bool = True,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], UtilizationGrads[Array]]]: ...

utilization: _Utilization

class VicregGrads(NamedTuple, Generic[Array]):
    """Gradients of `vicreg`, of the arguments that were differentiated."""

    x: Array
    y: Array

class _Vicreg(Objective):
    def __call__(
        self,
        x: Array,
        y: Array,
        *,
        sim_weight: float = 25.0,
        var_weight: float = 25.0,
        cov_weight: float = 1.0,
        gamma: float = 1.0,
        eps: float = 0.0001,
        **settings: Unpack[Options],
    ) -> Array:
        r"""Squared difference of two views, while columns of each keep a variance and no covariance.

        .. math:: \frac{s}{BD} \sum_{id} (X_{id} - Y_{id})^2 + \sum_{Z \in \{X, Y\}} \Big[
                  \frac{v}{2D} \sum_d \max \big( 0, \gamma - \sqrt{\Sigma_{dd} + \epsilon} \big)
                  + \frac{c}{D} \sum_{d \ne e} \Sigma_{de}^2 \Big],\quad \Sigma = \mathrm{cov}(Z)

        Parameters
        ----------
        x, y : array (B, D)
            Row i belongs to sample i. Two views with at least two rows, which are
            not normalised.
        sim_weight, var_weight : float, >= 0, default 25.0
            Weights s and v of the differences and of the variances; the authors'
            values.
        cov_weight : float, >= 0, default 1.0
            Weight c of the covariances; the authors' value.
        gamma : float, >= 0, default 1.0
            Standard deviation from which a column is not pushed; the authors'
            value.
        eps : float, >= 0, default 0.0001
            Number :math:`\epsilon` that is added to the variances.

        Returns
        -------
        value : 0-d array
            At least 0.

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree or `sim_weight`,
            `var_weight`, `cov_weight`, `gamma` or `eps` is negative. When there is
            a single sample.

        Notes
        -----
        Covariances are unbiased, over B - 1 and the batch of all ranks. The factor
        1/2 of the hinge is that of the authors' code, which is the mean over the
        two views; other code leaves it out. A column at the hinge, or of variance 0
        with ``eps=0``, has slope 0. Adding one row to all rows of both views
        changes nothing. Covariances cost 6 B D^2 operations a view with the
        gradient. For D > 4 B / 3 their squares come from B x B Gram matrices, but
        not over ranks.

        The value does not depend on a permutation of the samples, an exchange of
        `x` and `y` with all that belongs to them or a common shift of all rows
        where they are not normalised.

        Also known as VICRegLoss.

        References
        ----------
        A. Bardes, J. Ponce, Y. LeCun, "VICReg: Variance-Invariance-Covariance
        Regularization for Self-Supervised Learning", ICLR 2022, arXiv 2105.04906.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> x = np.asarray([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> float(pc.vicreg(x, x)), float(pc.vicreg(x, x + 0.2).round(6))
        (0.0, 1.0)
        >>> float(pc.vicreg(0 * x, 0 * x))  # a collapse
        24.75
        """
        ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        sim_weight: float = 25.0,
        var_weight: float = 25.0,
        cov_weight: float = 1.0,
        gamma: float = 1.0,
        eps: float = 0.0001,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, VicregGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        x: Array,
        y: Array,
        *,
        sim_weight: float = 25.0,
        var_weight: float = 25.0,
        cov_weight: float = 1.0,
        gamma: float = 1.0,
        eps: float = 0.0001,
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, VicregGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        x: Array,
        y: Array,
        *,
        sim_weight: float = 25.0,
        var_weight: float = 25.0,
        cov_weight: float = 1.0,
        gamma: float = 1.0,
        eps: float = 0.0001,
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], VicregGrads[Array]]]: ...

vicreg: _Vicreg

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
        **settings: Unpack[Options],
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
            Non-negative weight of each sample, at least two of them above zero;
            constants. "mean" divides by their sum. Both views of a sample share
            one.
        temperature : float or 0-d array, > 0, default 0.1
            Temperature :math:`\tau`, differentiable. SimCLR's ImageNet value.
        normalize : bool, default True
            Scale rows to unit length first.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. Those of a sample's
            two views are averaged.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, all weights are
            zero, `temperature` is not above 0 or `reduction` is not one of its
            words. When a single sample of several has a weight above zero, as it
            then has no negatives.

        Notes
        -----
        The rows :math:`z = [\hat x; \hat y]` and partners :math:`p(a) = a \pm B`
        are those of `nt_xent`. A common factor of the weights changes nothing. A
        sample of weight 0 is neither anchor nor negative, and its gradient is 0.
        Only half of the Gram matrix is computed, with :math:`\log w` added along
        its rows and columns. ``B = 1``: value 0, gradient 0. There are no `ids`, as
        the weighted mean is one of all others.

        The paper changes the sampler alone: real data are repeated :math:`\beta`
        times as often as generated data. This loss is the self-normalised estimate
        of the same objective from a batch that was drawn otherwise; it is ours.

        With equal `weights` it equals `nt_xent`.

        The value does not depend on a permutation of the samples, a common rotation
        of all rows, the length of single rows where they are normalised or an
        exchange of `x` and `y` with all that belongs to them.

        References
        ----------
        Y. Wang, J. Zhang, Y. Wang, "Do Generated Data Always Help Contrastive
        Learning?", ICLR 2024, arXiv 2403.12448.

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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
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
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], WeightedNtXentGrads[Array]]]: ...

weighted_nt_xent: _WeightedNtXent

class WhitenedInfoNceGrads(NamedTuple, Generic[Array]):
    """Gradients of `whitened_info_nce`, of the arguments that were differentiated."""

    views: Any
    temperature: Array

class _WhitenedInfoNce(Objective):
    def __call__(
        self,
        views: Array | Sequence[Array],
        perms: Array,
        *,
        num_groups: int,
        temperature: float | Array = 0.05,
        eps: float = 0.0,
        detach_whitening: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""InfoNCE of the first of several whitened views with each of the others (WhitenedCSE).

        .. math:: \sum_{a \ge 1} \frac{1}{B} \sum_i \Big[ \log \sum_j
                  e^{\langle \hat z^0_i, \hat z^a_j \rangle / \tau}
                  - \langle \hat z^0_i, \hat z^a_i \rangle / \tau \Big],
                  \quad z^a = \mathrm{whiten}(x^a, \pi^a)

        Parameters
        ----------
        views : array (M, B, D), or sequence of M arrays (B, D)
            At least two views; row i of each belongs to sample i. They may be the
            same array: the paper shuffles one embedding in several ways.
        perms : integer array (M, D), from 0 to D - 1
            Order in which the columns of each view are cut into groups.
        num_groups : int, >= 1
            Number of groups of equal size; it must divide D.
        temperature : float or 0-d array, > 0, default 0.05
            Temperature :math:`\tau`, differentiable. The authors' value.
        eps : float, >= 0, default 0.0
            Number that is added to the variances, as in `group_whiten`.
        detach_whitening : bool, default False
            Take the inverse root as a constant.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves. There is one for
            each sample, a sum over the other views.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When there are fewer than two views, shapes, dtypes, libraries or
            devices disagree, `perms` is not from 0 to D - 1, `perms` holds a number
            twice, `num_groups` is not an integer of at least 1, `temperature` is
            not above 0, `eps` is negative or `reduction` is not one of its words.
            When `num_groups` does not divide D, or a group has as many columns as
            there are rows and `eps` is 0.

        Notes
        -----
        Rows are whitened by `group_whiten` over all ranks, then normalised. The
        losses are those of `info_nce` with ``symmetric=False``, one product for
        each view but the first. In the authors' code all views of a sample share
        one order, and the inverse root is a constant in the gradient
        (``detach_whitening=True``). Here each view has its own, and the gradient is
        complete.

        The value does not depend on a permutation of the samples.

        With ``detach_whitening=True`` the gradient of `views` is by definition not
        that of the value, and finite differences do not apply to it.

        References
        ----------
        W. Zhuo, Y. Sun, X. Wang, L. Zhu, Y. Yang, "WhitenedCSE: Whitening-based
        Contrastive Learning of Sentence Embeddings", ACL 2023, arXiv 2305.17746.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> rng = np.random.default_rng(0)
        >>> x, perms = rng.normal(size=(9, 4)), rng.permuted(np.tile(np.arange(4), (3, 1)), axis=1)
        >>> bool(pc.whitened_info_nce(np.stack([x] * 3), perms, num_groups=2) < 0.1)
        True
        """
        ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        perms: Array,
        *,
        num_groups: int,
        temperature: float | Array = 0.05,
        eps: float = 0.0,
        detach_whitening: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, WhitenedInfoNceGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        views: Array | Sequence[Array],
        perms: Array,
        *,
        num_groups: int,
        temperature: float | Array = 0.05,
        eps: float = 0.0,
        detach_whitening: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, WhitenedInfoNceGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        views: Array | Sequence[Array],
        perms: Array,
        *,
        num_groups: int,
        temperature: float | Array = 0.05,
        eps: float = 0.0,
        detach_whitening: bool = False,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], WhitenedInfoNceGrads[Array]]]: ...

whitened_info_nce: _WhitenedInfoNce

class ZLossGrads(NamedTuple, Generic[Array]):
    """Gradients of `z_loss`, of the arguments that were differentiated."""

    h: Array
    w: Array
    a: Array
    b: Array

class _ZLoss(Objective):
    def __call__(
        self,
        h: Array,
        w: Array,
        labels: Array,
        *,
        a: float | Array = 1.0,
        b: float | Array = 0.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        **settings: Unpack[Options],
    ) -> Array:
        r"""Softplus of the Z-score of the true class among the scores of all classes.

        .. math:: \frac{1}{B} \sum_i \frac{1}{a} \log \big( 1 + e^{a (b - z_i)} \big),\quad
                  z_i = \frac{o_{i y_i} - \mu_i}{\sigma_i},\quad o_{ik} = \langle w_k, h_i \rangle

        Parameters
        ----------
        h : array (B, D)
            Row i belongs to sample i. Features.
        w : array (C, D)
            Row c stands for class c. Rows of a linear classifier; the identity
            matrix where scores are given as `h`. With ``comm=``, all ranks have the
            same.
        labels : integer array (B,), from 0 to C - 1
            Class of each sample.
        a : float or 0-d array, > 0, default 1.0
            Slope of the softplus, differentiable. With the authors' value 1 as the
            default.
        b : float or 0-d array, default 0.0
            Differentiable. Z-score at which the softplus bends. The authors tune
            it.
        reduction : {"mean", "sum", "none"}, default "mean"
            Mean or sum of the losses, or the losses themselves.

        Returns
        -------
        loss : 0-d array, or (B,) for ``reduction="none"``

        Raises
        ------
        ValueError, TypeError
            When shapes, dtypes, libraries or devices disagree, `labels` is not from
            0 to C - 1, `a` is not above 0, `b` is not finite or `reduction` is not
            one of its words.

        Notes
        -----
        :math:`\mu_i` and :math:`\sigma_i` are mean and standard deviation of the C
        scores of a sample, over C. The value does not change where the scores of a
        sample are multiplied by a positive number, or where one is added to them.
        Where all scores are equal, z is 0 and the gradient by `h` and `w` is 0.
        Since :math:`|z| \le \sqrt{C - 1}`, the loss is bounded below.

        The loss is of the spherical family: it depends on the score of the class,
        and on the sum and the squares of all scores. With the centred rows
        :math:`w'` the squares are :math:`h^\top (w'^\top w') h`, so the scores are
        not formed where they are many: O((B + C) D^2) operations, O(D^2) memory.
        Two views of B samples, with ``labels=arange(B)``, are contrasted in time
        linear in B. `SphericalLayer` takes gradient steps whose cost does not
        depend on C.

        The value does not depend on a permutation of the samples or a common
        rotation of all rows.

        References
        ----------
        A. de Brébisson, P. Vincent, "The Z-loss: a shift and scale invariant
        classification loss belonging to the Spherical Family", 2016, arXiv
        1604.08859.

        Examples
        --------
        >>> import numpy as np, polycontrast as pc
        >>> float(pc.z_loss(np.eye(3), np.eye(3), np.arange(3)).round(6))
        0.217622
        """
        ...
    @overload
    def value_and_grad(
        self,
        h: Array,
        w: Array,
        labels: Array,
        *,
        a: float | Array = 1.0,
        b: float | Array = 0.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[False] = False,
        **settings: Unpack[Options],
    ) -> tuple[Array, ZLossGrads[Array]]: ...
    @overload
    def value_and_grad(
        self,
        h: Array,
        w: Array,
        labels: Array,
        *,
        a: float | Array = 1.0,
        b: float | Array = 0.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        diagnostics: Literal[True],
        **settings: Unpack[Options],
    ) -> tuple[Array, ZLossGrads[Array], Diagnostics]: ...
    def vjp(
        self,
        h: Array,
        w: Array,
        labels: Array,
        *,
        a: float | Array = 1.0,
        b: float | Array = 0.0,
        reduction: Literal['mean', 'sum', 'none'] = 'mean',
        wrt: str | Sequence[str] | None = None,
        **settings: Unpack[Options],
    ) -> tuple[Array, Callable[[Any], ZLossGrads[Array]]]: ...

z_loss: _ZLoss
