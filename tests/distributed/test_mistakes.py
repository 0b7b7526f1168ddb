"""A mistake on one rank is told to all of them at once, in words, and the ranks may go on."""

import sys

import numpy as np
import pytest

import polycontrast as pc
from polycontrast.chunked import chunked_step
from polycontrast.distributed import LocalGroup, RankError, checksum

X, Y = np.random.default_rng(0).normal(size=(2, 4, 3))
SIZE, WRONG = 3, 1
FIRST_WAIT = 5  # seconds after which a rank that nobody tells fails the test


def outcomes(call):
    """What each rank raised, and that all of them can make the next call."""

    def one(comm):
        try:
            call(comm, comm.rank == WRONG)
        except Exception as error:
            found = error
        else:
            found = None
        assert np.isfinite(pc.info_nce(X, Y, comm=comm))
        return found

    return LocalGroup(SIZE, timeout=FIRST_WAIT).run(one)


def embed(wrong):
    """Encoder that fails on the wrong rank."""

    def encode(chunk):
        if wrong:
            raise FileNotFoundError("no weights")
        return chunk, lambda g: g

    return encode


def refused(comm, wrong, /, objective=pc.info_nce, arrays=(X, Y), how=None, **options):
    call = getattr(objective, how) if how else objective
    return call(*arrays, comm=comm, **(options if wrong else {}))


def pull(comm, wrong, cotangent, **options):
    back = pc.info_nce.vjp(X, Y, comm=comm, **options)[1]
    return back(cotangent if wrong else np.ones(4))


REFUSALS = {
    "an unknown keyword": (lambda c, w: refused(c, w, temprature=1), TypeError, "temprature"),
    "a missing argument": (lambda c, w: pc.info_nce(X, *([Y] * (not w)), comm=c), TypeError, "'y'"),
    "tile": (lambda c, w: refused(c, w, tile=(0, 1)), ValueError, "tile must be"),
    "workers": (lambda c, w: refused(c, w, workers=0), ValueError, "workers must be"),
    "memory": (lambda c, w: refused(c, w, memory=-1), ValueError, "memory must be"),
    "precision": (lambda c, w: refused(c, w, precision="bf16"), ValueError, "precision"),
    "gradients": (lambda c, w: refused(c, w, gradients="mean"), ValueError, "gradients must be"),
    "temperature": (lambda c, w: refused(c, w, temperature=-1), ValueError, "temperature must be"),
    "a word": (lambda c, w: refused(c, w, reduction="all"), ValueError, "unknown reduction"),
    "weights": (lambda c, w: refused(c, w, weights=-np.ones(4)), ValueError, "weights must be"),
    "check_finite": (
        lambda c, w: pc.info_nce(np.where(w, np.nan, X), Y, check_finite=True, comm=c),
        ValueError,
        "x must be finite",
    ),
    "a shape": (lambda c, w: pc.info_nce(X, Y[:, w:], comm=c), ValueError, "same dimension"),
    "no array": (
        lambda c, w: pc.info_nce(X, "rows" if w else Y, comm=c),
        TypeError,
        "y must be an array",
    ),
    "the body": (
        lambda c, w: pc.brownian_bridge(X, Y, X, t=np.full(4 + w, 0.5), comm=c),
        ValueError,
        "x and t must have the same number of rows",
    ),
    "wrt of value_and_grad": (
        lambda c, w: refused(c, w, how="value_and_grad", wrt="z"),
        ValueError,
        "unknown argument 'z' in wrt",
    ),
    "wrt of vjp": (
        lambda c, w: refused(c, w, how="vjp", wrt="negatives"),
        ValueError,
        "negatives in wrt was not given",
    ),
    "a cotangent": (
        lambda c, w: pull(c, w, np.ones(3), reduction="none"),
        ValueError,
        "the cotangent must have the shape of the value",
    ),
    "an objective without ranks": (
        lambda c, w: (pc.matching_gap if w else pc.info_nce)(X, Y, comm=c),
        Exception,
        "comm is not supported",
    ),
    "a state": (
        lambda c, w: pc.log_normalizer(X, Y[w:], comm=c),
        ValueError,
        "same number of rows",
    ),
    "an encoder": (
        lambda c, w: chunked_step(pc.info_nce, embed(w), [X, Y], chunk_size=2, comm=c),
        FileNotFoundError,
        "no weights",
    ),
    "chunk_size": (
        lambda c, w: chunked_step(pc.info_nce, embed(0), [X, Y], chunk_size=2 - 2 * w, comm=c),
        Exception,
        "chunk_size",
    ),
    "the number of batches": (
        lambda c, w: chunked_step(pc.info_nce, embed(0), [X, Y][w:], chunk_size=2, comm=c),
        ValueError,
        "takes 2 to 3 batches",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_one_rank_refuses_is_told_to_all(name):
    call, kind, words = REFUSALS[name]
    errors = outcomes(call)
    assert isinstance(errors[WRONG], kind)
    assert not isinstance(errors[WRONG], RankError)
    assert words in str(errors[WRONG])
    told = f"rank 1 could not take part: {type(errors[WRONG]).__name__}: {errors[WRONG]}"
    for rank in (0, 2):
        assert isinstance(errors[rank], RankError)
        assert str(errors[rank]).partition(": ")[2] == told


@pytest.mark.parametrize("fault", ["encoder", "scale"])
def test_what_a_step_with_torch_refuses_is_told_to_all(fault):
    torch = pytest.importorskip("torch")
    from polycontrast.torch import chunked_step

    batches = [torch.from_numpy(X), torch.from_numpy(Y)]

    def call(comm, wrong):
        def fail(t):
            raise ZeroDivisionError(fault)

        encoder = fail if wrong and fault == "encoder" else lambda t: t
        scale = fail if wrong and fault == "scale" else None
        return chunked_step(pc.info_nce, encoder, batches, chunk_size=2, scale=scale, comm=comm)

    errors = outcomes(call)
    assert isinstance(errors[WRONG], ZeroDivisionError)
    for rank in (0, 2):
        assert f"rank 1 could not take part: ZeroDivisionError: {fault}" in str(errors[rank])


def differing(objective=pc.info_nce, arrays=(X, Y), how=None, **pairs):
    """Call whose parameters are pairs: those of ranks 0 and 2, and that of rank 1."""

    def call(comm, wrong):
        f = getattr(objective, how) if how else objective
        return f(*arrays, comm=comm, **{name: pair[wrong] for name, pair in pairs.items()})

    return call


def backward(cotangents=(1.0, 1.0), **pairs):
    def call(comm, wrong):
        chosen = {name: pair[wrong] for name, pair in pairs.items()}
        return pc.info_nce.vjp(X, Y, comm=comm, **chosen)[1](cotangents[wrong])

    return call


def numbers(*values):
    return tuple(map(np.asarray, values))


QUEUE = np.random.default_rng(1).normal(size=(2, 600, 3))
MARK = [checksum(queue) for queue in QUEUE]
DIFFERENCES = {
    "temperature": (differing(temperature=(0.1, 0.2)), "temperature is 0.1 on {}, 0.2 on rank 1"),
    "a learned temperature": (
        differing(temperature=numbers(0.1, np.nextafter(0.1, 1))),
        "temperature is 0.1 on {}, 0.10000000000000002 on rank 1",
    ),
    "bias": (
        differing(pc.sigmoid_contrastive, bias=(-10.0, 0)),
        "bias is -10 on {}, 0 on rank 1",
    ),
    "negatives": (
        differing(negatives=tuple(QUEUE)),
        f"negatives is (600, 3) float64 with checksum {MARK[0]:x} on {{}}, "
        f"(600, 3) float64 with checksum {MARK[1]:x} on rank 1",
    ),
    "the shape of negatives": (
        differing(negatives=(X[:2], X[:1])),
        f"negatives is (2, 3) float64 with checksum {checksum(X[:2]):x} on {{}}, "
        f"(1, 3) float64 with checksum {checksum(X[:1]):x} on rank 1",
    ),
    "presence": (
        differing(weights=(None, np.ones(4))),
        "weights is None on {}, (...) float64 on rank 1",
    ),
    "an option": (differing(symmetric=(True, False)), "symmetric is True on {}, False on rank 1"),
    "two parameters": (
        differing(reduction=("sum", "mean"), label_smoothing=(0.0, 0.5)),
        "label_smoothing is 0 on {}, 0.5 on rank 1; reduction is 'sum' on {}, 'mean' on rank 1",
    ),
    "gradients": (
        differing(gradients=("average", "sum")),
        "gradients is average on {}, sum on rank 1",
    ),
    "dtype": (
        lambda c, w: pc.uniformity(X.astype("float32" if w else "float64"), comm=c),
        "z is (..., 3) float64 on {}, (..., 3) float32 on rank 1",
    ),
    "views": (
        lambda c, w: pc.poly_view(np.stack([X] * (2 + w)), comm=c),
        "views is (2, ..., 3) float64 on {}, (3, ..., 3) float64 on rank 1",
    ),
    "objective": (
        lambda c, w: (pc.nt_xent if w else pc.info_nce)(X, Y, comm=c),
        "call is info_nce on {}, nt_xent on rank 1",
    ),
    "value or gradient": (
        lambda c, w: (pc.info_nce.value_and_grad if w else pc.info_nce)(X, Y, comm=c),
        "what is asked for is value on {}, value and gradient by x, y on rank 1",
    ),
    "wrt": (
        differing(how="value_and_grad", wrt=("x", ("x", "temperature"))),
        "what is asked for is value and gradient by x on {}, "
        "value and gradient by x, temperature on rank 1",
    ),
    "diagnostics": (
        differing(how="value_and_grad", diagnostics=(False, True)),
        "what is asked for is value and gradient by x, y on {}, "
        "value and gradient by x, y with diagnostics on rank 1",
    ),
    "the cotangent": (backward((1.0, 2.0)), "the cotangent is 1.0 on {}, 2.0 on rank 1"),
    "wrt of vjp": (backward(wrt=("x", "y")), "wrt is x on {}, y on rank 1"),
    "a pullback and the next call": (
        lambda c, w: [pc.info_nce(X, Y, comm=c) for _ in "ab"] if w else backward()(c, w),
        "call is back of info_nce on {}, info_nce on rank 1",
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_what_differs_is_told_to_all(name):
    call, words = DIFFERENCES[name]
    told = f"the ranks do not make the same call: {words.replace('{}', 'ranks 0 and 2')}"
    for error in outcomes(call):
        assert isinstance(error, RankError)
        assert str(error).partition(": ")[2] == told


@pytest.mark.parametrize(
    "pair",
    [
        dict(temperature=(0.25, np.float32(0.25))),
        dict(temperature=(1, 1.0)),
        dict(negatives=(QUEUE[0], QUEUE[0].copy(order="F"))),
        dict(tile=((2, 2), (3, 1))),
        dict(workers=(1, 2), memory=(0, 10**6)),
    ],
    ids=lambda pair: "-".join(pair),
)
def test_what_may_be_given_differently(pair):
    """The same number in another type, the same rows in another order of memory, how to walk."""
    assert outcomes(differing(**pair)) == [None] * SIZE


def test_a_number_is_compared_in_the_dtype_of_the_call():
    rows = X.astype("float32")
    assert (
        outcomes(
            differing(arrays=(rows, rows), temperature=(0.1, np.asarray(0.1, dtype="float32")))
        )
        == [None] * SIZE
    )


def test_a_name_of_an_axis_needs_jax(monkeypatch):
    """One sentence where the engine of a communicator is not installed."""
    monkeypatch.setitem(sys.modules, "polycontrast.distributed.axis", None)
    with pytest.raises(TypeError, match=r"info_nce: comm='ranks' needs polycontrast.distributed"):
        pc.info_nce(np.eye(3), np.eye(3), comm="ranks")
