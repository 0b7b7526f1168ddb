"""Public functions beside the objectives refuse what is no array or no number, in one sentence."""

import decimal
import re

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.chunked import chunked_step
from polycontrast.distributed import LocalGroup
from polycontrast.testing import check_chunked, check_distributed, check_gradient

X = np.random.default_rng(0).standard_normal((6, 3))


def wrong_arrays(right):
    return [
        *(np.ma.masked_array(right), right.view(np.recarray), right.astype(np.longdouble)),
        *(right.astype(kind) for kind in (complex, object, str, int)),
        *(right.tolist(), "rows", None, 1.0),
    ]


ROWS, VECTORS = wrong_arrays(X), wrong_arrays(X[:, 0])
INTEGERS = [x for x in ROWS if getattr(getattr(x, "dtype", None), "kind", "") == "i"]
NUMBERS = [
    *("0.5", None, True, np.True_, 0.5j, np.complex128(0.5), [0.5], np.ones(2), np.ma.masked),
    *(decimal.Decimal("0.5"), np.timedelta64(1, "s"), np.asarray(0.5, dtype=object)),
]
COUNTS = [*NUMBERS, 0, -1, 1.0, -(10**5000)]
WRT = [{"temperature"}, ("temperature", "temperature"), 3, (3,), b"temperature"]
STATE, SLOTS, NEW = np.zeros(9), np.asarray([1, 2]), np.ones(2)

BOXES = np.ones((2, 4))


def embed(chunk):
    return chunk, lambda g: {"w": chunk.T @ g}


def step(**more):
    given = {"batches": [X, X], "chunk_size": 2, "wrt": ()} | more
    objective, encoders = given.pop("objective", pc.info_nce), given.pop("encoders", embed)
    return chunked_step(objective, encoders, **given)


def without(values, *left_out):
    return [v for v in values if not any(v is one for one in left_out)]


# Function, right arguments, and wrong values of each.
TABLE = [
    (pc.recall_at_k, {"x": X, "y": X}, {"x": ROWS, "y": ROWS, "k": COUNTS, "normalize": [1, None]}),
    (pc.nearest_neighbours, {"x": X, "queue": X}, {"x": ROWS, "queue": ROWS}),
    (
        pc.knn_probe,
        {"z": X, "labels": np.arange(6) % 2, "queries": X, "query_labels": np.arange(6) % 2},
        {
            **{"z": ROWS, "queries": ROWS, "k": COUNTS, "temperature": NUMBERS},
            "labels": [None, [1] * 6, np.ones(6), SLOTS],
            "query_labels": [None, [1] * 6, np.ones(6), SLOTS],
        },
    ),
    (pc.roc_auc, {"pos": X[:, 0], "neg": X[:, 1]}, {"pos": VECTORS, "neg": VECTORS}),
    (pc.roc_curve, {"pos": X[:, 0], "neg": X[:, 1]}, {"pos": VECTORS, "neg": VECTORS}),
    (
        pc.linear_separability,
        {"x": X, "y": X, "permutation": np.arange(6), "train_fraction": 0.5},
        {
            **{"x": ROWS, "y": ROWS, "train_fraction": NUMBERS, "l2": NUMBERS},
            "permutation": [None, 3, "012345", np.arange(6.0), np.ma.arange(6), {0, 1, 2, 3, 4, 5}],
        },
    ),
    (
        pc.update_temperature,
        {"temperature": np.full(6, 0.01), "momentum": np.zeros(6), "grad": np.zeros(6)},
        {
            **dict.fromkeys(("temperature", "momentum", "grad"), VECTORS),
            **dict.fromkeys(("eta", "beta", "min", "max"), NUMBERS),
        },
    ),
    (
        pc.update_log_normalizer,
        {"old": np.zeros(6), "new": np.zeros(6), "gamma": 0.5},
        {"old": VECTORS, "new": VECTORS, "gamma": NUMBERS},
    ),
    (
        pc.sample_auxiliary,
        {"log_normalizer": np.zeros(6), "seed_or_generator": 0},
        {"log_normalizer": VECTORS, "draws": without(COUNTS, None)},
    ),
    (
        pc.ipw_probabilities,
        {"relevance": X, "propensity": np.abs(X)},
        {
            **{"relevance": ROWS, "propensity": ROWS},
            **{"temperature": NUMBERS, "clip": NUMBERS},
        },
    ),
    (
        pc.sample_negative_mixing,
        {"seed_or_generator": 0, "samples": 6, "negatives": 3, "mixtures": 2},
        {
            "seed_or_generator": [None, "0", 0.5, X],
            **{"samples": COUNTS, "negatives": [*COUNTS, 1], "mixtures": COUNTS},
            "beta": NUMBERS,
        },
    ),
    (
        pc.semi_hard_negatives,
        {
            **{"seed_or_generator": 0, "similarity": X, "labels": np.arange(3)},
            **{"anchor_labels": np.arange(6), "pool": 2, "count": 1},
        },
        {
            "seed_or_generator": [None, "0", 0.5, X],
            **{
                "similarity": ROWS,
                "labels": VECTORS,
                "anchor_labels": [None, "012345", X, X[:, 0]],
            },
            **{"pool": [*COUNTS, 4], "count": [*COUNTS, 3]},
        },
    ),
    (
        pc.hardest_negatives,
        {"x": X, "negatives": X, "k": 2},
        {"x": ROWS, "negatives": ROWS, "k": [*COUNTS, 7]},
    ),
    (
        pc.mochi_mixing,
        {"seed_or_generator": 0, "index": np.arange(6).reshape(2, 3), "pairs": 4, "singles": 2},
        {
            "seed_or_generator": [None, "0", 0.5, X],
            **{"index": [*VECTORS, X, np.zeros((3, 1), int)], "pairs": COUNTS, "singles": COUNTS},
        },
    ),
    (
        pc.metrix_pairs,
        {"seed_or_generator": 0, "labels": SLOTS, "mode": "pos_neg"},
        {
            **{"seed_or_generator": [None, "0", 0.5, X], "alpha": NUMBERS},
            "labels": [None, [1], 3, np.ones(2), np.ma.arange(2), SLOTS > 0],
            "mode": [None, "neg", b"pos_neg", ["pos_neg"]],
        },
    ),
    (
        pc.supremix_lam,
        {"seed_or_generator": 0, "samples": 6},
        {
            "seed_or_generator": [None, "0", 0.5, X],
            **{"samples": COUNTS, "views": without(COUNTS, None)},
            **{"alpha": NUMBERS, "beta": NUMBERS},
        },
    ),
    (
        pc.sample_mixing,
        {"seed_or_generator": 0, "samples": 6},
        {
            "seed_or_generator": [None, "0", 0.5, X],
            **{"samples": COUNTS, "alpha": NUMBERS, "share": NUMBERS},
        },
    ),
    (
        pc.sample_permutations,
        {"seed_or_generator": 0, "views": 3, "samples": 6},
        {"seed_or_generator": [None, "0", 0.5, X], "views": [*COUNTS, 1], "samples": COUNTS},
    ),
    (
        pc.update_log_u,
        {"x": X, "y": X, "log_u": np.zeros(6)},
        {"x": ROWS, "y": ROWS, "log_u": VECTORS, "gamma": NUMBERS, "temperature": NUMBERS},
    ),
    (
        pc.log_normalizer,
        {"x": X, "y": X},
        {"x": ROWS, "y": ROWS, "scale": NUMBERS, "temperature": NUMBERS},
    ),
    (
        pc.subclass_counts,
        {"class_sizes": SLOTS},
        {
            "class_sizes": [None, [1], 3, np.ones(2), np.ma.arange(1, 3), SLOTS > 0],
            "floor": COUNTS,
        },
    ),
    (
        pc.nearest_prototype,
        {"features": X, "prototypes": X[:2]},
        {"features": [*ROWS, np.nan * X], "prototypes": [*ROWS, np.nan * X]},
    ),
    (
        pc.enqueue,
        {"queue": X, "pointer": 2, "keys": X[:2]},
        {"queue": ROWS, "keys": ROWS, "pointer": [*NUMBERS, -1, 6, np.ones(2, int), np.ma.ones(2)]},
    ),
    (
        pc.bank_update,
        {"bank": X, "index": SLOTS, "features": X[:2]},
        {
            **{"bank": ROWS, "features": ROWS, "momentum": [*NUMBERS, -0.1, 1.1, np.nan]},
            "index": [None, 3, [1, 2], np.ones(2), np.ma.arange(2), SLOTS + 5, SLOTS * 0],
        },
    ),
    (
        pc.assign_clusters,
        {"features": X, "centroids": X[:2]},
        {"features": [*ROWS, np.nan * X], "centroids": [*ROWS, np.nan * X]},
    ),
    (
        pc.cluster_means,
        {"bank": X, "labels": SLOTS[[0] * 6], "previous": X[:3]},
        {
            **{"bank": ROWS, "previous": without(ROWS, None), "k": [*without(COUNTS, None), 4]},
            "labels": [None, 3, [0] * 6, np.zeros(6), np.ma.zeros(6, int), np.full(6, 3)],
        },
    ),
    (
        pc.track_update,
        {"memory": X[0], "past": X, "embedding": X[1]},
        {"memory": VECTORS, "past": ROWS, "embedding": VECTORS},
    ),
    (
        pc.sample_candidates,
        {"seed_or_generator": 0, "probabilities": np.abs(X), "k": 2},
        {"seed_or_generator": [None, "0", 0.5, X], "probabilities": [*ROWS, -X], "k": [*COUNTS, 4]},
    ),
    (
        pc.global_contrastive_step,
        {"x": X, "y": X, "log_u": np.zeros(6), "gamma": 0.5},
        {"x": ROWS, "y": ROWS, "log_u": VECTORS, "gamma": NUMBERS},
    ),
    (pc.balanced_assign, {"z": X * X, "centers": X[:2] ** 2}, {"z": ROWS, "centers": ROWS}),
    (
        pc.class_temperature,
        {"z": X, "labels": np.arange(6) % 2, "counts": SLOTS},
        {
            "z": ROWS,
            "labels": [None, [1], 3, np.ones(6), np.ma.arange(6)],
            "counts": [None, [1], 3, np.ones(2), np.ma.arange(2)],
            "temperature": NUMBERS,
        },
    ),
    (
        pc.concentration,
        {"x": X, "prototypes": X[:2], "assign": SLOTS[[0] * 6]},
        {
            **{"x": ROWS, "prototypes": ROWS, "temperature": NUMBERS, "alpha": NUMBERS},
            "assign": [None, 3, [0] * 6, np.zeros(6), np.ma.zeros(6, int), np.full(6, 2)],
        },
    ),
    (
        pc.ema,
        {"old": X, "new": X, "momentum": 0.5},
        {
            **{"old": without(ROWS, *INTEGERS), "new": without(ROWS, *INTEGERS)},
            "momentum": [*NUMBERS, -0.1, 1.1, np.nan],
        },
    ),
    (
        pc.cluster_batches,
        {"seed_or_generator": 0, "labels": np.arange(6) % 2, "batch_size": 2},
        {
            "seed_or_generator": [None, "0", 0.5, X],
            **{"labels": [None, [0, 1], X, X[:, 0], SLOTS[:0]], "batch_size": [*COUNTS, 4]},
        },
    ),
    (
        pc.nested_clusters,
        {"assignments": [SLOTS, SLOTS], "k": 3},
        {
            "assignments": [None, [], SLOTS, [SLOTS, X[:, 0]], [SLOTS, SLOTS[:1]], [SLOTS, -SLOTS]],
            "k": [*COUNTS, 2, 2**40],
        },
    ),
    (
        pc.adainf_weights,
        {"is_real": SLOTS > 0},
        {"is_real": [None, [True], SLOTS, X > 0], "dup": [*NUMBERS, 0.0, np.inf, np.nan]},
    ),
    (
        pc.contrastive_search_scores,
        {"probs": X[:, 0], "candidates": X, "context": X},
        {"probs": VECTORS, "candidates": ROWS, "context": ROWS, "alpha": [*NUMBERS, -0.1, 1.1]},
    ),
    *(
        (
            function,
            {"logits": X, other: X} | more,
            {
                **{"logits": ROWS, other: ROWS, "beta": [*NUMBERS, -0.1, 1.1]},
                **{number: [*NUMBERS, np.inf, np.nan] for number in numbers},
            },
        )
        for function, other, more, numbers in (
            (pc.ritual_logits, "transformed", {}, ["alpha"]),
            (pc.vcd_logits, "distorted", {}, ["alpha"]),
            (pc.m3id_logits, "unconditioned", {"step": 3}, ["step", "decay"]),
        )
    ),
    (
        pc.gather_state,
        {"state": STATE, "index": SLOTS},
        {"state": [None, [0.0], np.ma.zeros(9)], "index": [[1], np.ones(2), np.ma.arange(2), 3]},
    ),
    (
        pc.scatter_state,
        {"state": STATE, "index": SLOTS, "new": NEW},
        {
            "state": [None, [0.0], np.ma.zeros(9)],
            "index": [[1], np.ones(2), np.ma.arange(2), 3],
            "new": [None, [1.0, 1.0], 1.0, np.ones(2, complex), np.ma.ones(2), np.ones(2, "f4")],
        },
    ),
    (
        step,
        {},
        {
            **{"chunk_size": COUNTS, "wrt": WRT, "batches": [X, None, {"x": X}]},
            "encoders": [5, None, "embed", [5, 5], [embed], [embed] * 3],
            "objective": [None, 5, "info_nce", np.sum],
        },
    ),
    (
        pc.sinkhorn,
        {"scores": X},
        {"scores": ROWS, "epsilon": NUMBERS, "iterations": COUNTS},
    ),
    (
        pc.filter_shift,
        {"f": X[:, :2], "g": X[:, 1:]},
        {"f": ROWS, "g": ROWS, "bins": COUNTS},
    ),
    (
        pc.filter_degeneration,
        {"filters": X},
        {"filters": ROWS, "layer_max": [*without(NUMBERS, None), -1.0]},
    ),
    (pc.reweighting_head, {"x": X, "kappa": 2.0}, {"x": ROWS, "kappa": [*NUMBERS, 0.0]}),
    (pc.class_pair_gate, {"logits": X}, {"logits": ROWS}),
    (
        pc.adaptive_temperature,
        {"logit": X, "low": 0.1, "high": 1.0},
        {"logit": ROWS, "low": [*NUMBERS, 0.0, 1.0], "high": [*NUMBERS, 0.1, np.inf]},
    ),
    (
        pc.pixel_mask,
        {"box_x": BOXES, "box_y": BOXES, "size": (2, 2)},
        {
            **dict.fromkeys(("box_x", "box_y"), wrong_arrays(BOXES)),
            "size": [*without(NUMBERS, None), (2, True), (2, 2.0), (2,)],
            "threshold": [*without(NUMBERS, None), -1.0],
        },
    ),
]


def certificate(objective=pc.info_nce, **more):
    check_gradient(objective, X, X, wrt="temperature", **more)


def chunks(**more):
    return check_chunked(pc.info_nce, embed, [X, X], chunk_size=4, **more)


def ranks(objective=pc.info_nce, **more):
    return LocalGroup(1).run(lambda comm: check_distributed(objective, comm, **more))


FUNCTIONS = {
    **{step: "chunked_step", certificate: "check_gradient"},
    **{chunks: "check_chunked", ranks: "check_distributed"},
    pc.global_contrastive_step: "update_log_u",  # the first of the calls that it makes
}
TOLERANCES = [v for v in [*NUMBERS, -1.0, np.nan] if v is not None]
TABLE += [
    (
        certificate,
        {},
        {
            "objective": [None, "info_nce", 3],
            "repeats": [v for v in COUNTS if v is not None],
            "rtol": TOLERANCES,
            "atol": TOLERANCES,
        },
    ),
    (chunks, {}, {"rtol": TOLERANCES}),
    (
        ranks,
        {},
        {
            **{"objective": [None, "info_nce", 3, np.sum], "tolerance": TOLERANCES},
            **{"like": [3, "cpu", [1.0], np.arange(3)], "trainer": [3, "sum"], "wrap": [3, "DDP"]},
        },
    ),
]


@pytest.mark.parametrize(
    ("function", "right", "wrong"), TABLE, ids=[function.__name__ for function, *_ in TABLE]
)
def test_wrong_kinds(function, right, wrong):
    """The message begins with the function's name and holds the argument's."""
    begin = FUNCTIONS.get(function, function.__name__)
    function(**right)
    for name, values in wrong.items():
        for value in values:
            try:
                function(**right | {name: value})
            except (TypeError, ValueError) as error:
                message = str(error)
            else:
                pytest.fail(f"{begin} took {name}: {type(value)}")
            assert message.startswith(f"{begin}: "), (name, type(value), message)
            assert re.search(rf"\b{name}\b", message), (name, type(value), message)
            assert "\n" not in message, (name, type(value), message)


PLANS = [
    ({"objective": 3}, "plan: objective"),
    ({"objective": "info_nc"}, "plan: unknown objective 'info_nc'; did you mean info_nce"),
    ({"dtype": "floating"}, "plan: dtype"),
    ({"dtype": 3}, "plan: dtype"),
    ({"dtype": "complex64"}, "info_nce: x "),
    ({"shapes": (X, X)}, "info_nce: x "),
    ({"shapes": ((8, 4), 8)}, "info_nce: y "),
    ({"shapes": ((8, 4), (8.0, 4))}, "info_nce: y "),
    ({"shapes": ((8, 4), (8, -4))}, "info_nce: y "),
    ({"shapes": ((8, 4), (8, True))}, "info_nce: y "),
    ({"weights": np.ones(8)}, "info_nce: weights "),
    ({"weights": "all"}, "info_nce: weights "),
    ({"weights": (9,)}, "info_nce: .*weights "),
    ({"workers": "2"}, "info_nce: workers "),
    ({"tile": 3.0}, "info_nce: tile "),
]


@pytest.mark.parametrize(("wrong", "words"), PLANS)
def test_wrong_plans(wrong, words):
    """Shapes in place of arrays; all else as in the call."""
    given = {"objective": pc.info_nce, "shapes": ((8, 4), (8, 4))} | wrong
    with pytest.raises((TypeError, ValueError), match=f"^{words}"):
        pc.plan(given.pop("objective"), *given.pop("shapes"), **given)


def test_numbers_of_numpy_are_numbers():
    """They give what Python's give, in the dtype of the arrays."""
    x, y = X.astype("f4"), X[::-1].astype("f4")
    one, two = np.int64(1), np.uint8(2)
    assert pc.recall_at_k(x, y, k=two) == pc.recall_at_k(x, y, k=2)
    assert pc.recall_at_k(x, y, k=two).shape == ()
    assert pc.recall_at_k(x, y, k=(one, two)).tolist() == pc.recall_at_k(x, y, k=(1, 2)).tolist()
    tau, zeros, grad = np.full(6, 0.01, "f4"), np.zeros(6, "f4"), np.ones(6, "f4")
    moved, momentum = pc.update_temperature(
        tau, zeros, grad, eta=np.float64(0.01), beta=np.asarray(0.9)
    )
    assert moved.dtype == momentum.dtype == np.float32
    assert pc.update_log_normalizer(zeros, grad, np.float32(0.5)).dtype == np.float32
    assert pc.sample_auxiliary(zeros, 0, draws=two).dtype == np.float32
    whole, parts = step(chunk_size=6), step(chunk_size=np.int64(4))
    np.testing.assert_allclose(parts[0], whole[0], rtol=1e-12)
    shapes = (np.int64(8), 4), [8, 4]
    assert pc.plan(pc.info_nce, *shapes, tile=(two, two)).walks[0].tile == (2, 2)
