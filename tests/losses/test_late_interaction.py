"""InfoNCE of queries and documents of several tokens, beside its neighbours."""

import tracemalloc

import numpy as np
import pytest
from backends import Backend

import polycontrast as pc
from polycontrast.arrays import first_largest
from polycontrast.distributed import LocalGroup

RNG = np.random.default_rng(0)
QUERIES, DOCUMENTS = RNG.normal(size=(5, 3, 6)), RNG.normal(size=(8, 4, 6))
WRT = ("queries", "documents", "temperature")


def both(*given, **options):
    return pc.max_sim_info_nce.value_and_grad(*given, **{"wrt": WRT} | options)


@pytest.mark.parametrize("tile", [None, (3, 2)])
def test_single_tokens_are_rows(tile):
    """Further documents are negatives."""
    x, y = QUERIES[:, 0], DOCUMENTS[:, 0]
    value, grads = both(x[:, None], y[:, None], temperature=0.2, tile=tile)
    wrt = ("x", "y", "negatives", "temperature")
    wanted, theirs = pc.info_nce.value_and_grad(
        x, y[:5], y[5:], temperature=0.2, symmetric=False, wrt=wrt
    )
    np.testing.assert_allclose(value, wanted, rtol=1e-13)
    np.testing.assert_allclose(grads.queries[:, 0], theirs.x, atol=1e-13)
    documents = np.concat([theirs.y, theirs.negatives])
    np.testing.assert_allclose(grads.documents[:, 0], documents, atol=1e-13)
    np.testing.assert_allclose(grads.temperature, theirs.temperature, rtol=1e-12)


@pytest.mark.parametrize("place", ["first", "last"])
@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("tile", [None, (3, 2)])
def test_masking_a_token_equals_cutting_it_off(place, average, tile):
    """Wherever it stands, whatever stands there; its gradient is 0."""
    at = 0 if place == "first" else -1
    masks = []
    for rows in (QUERIES, DOCUMENTS):
        mask = np.ones(rows.shape[:2], dtype=bool)
        mask[:, at] = False
        masks.append(mask)
    keep = slice(1, None) if place == "first" else slice(None, -1)
    options = {"temperature": 0.1, "average": average, "tile": tile}
    for filler in (0.0, 1e6, np.nan):
        given = zip(masks, (QUERIES, DOCUMENTS), strict=True)
        filled = [np.where(mask[..., None], rows, filler) for mask, rows in given]
        for normalize in (True, False):
            more = options | {"normalize": normalize}
            value, grads = both(QUERIES[:, keep], DOCUMENTS[:, keep], **more)
            got, theirs = both(*filled, *masks, **more)
            np.testing.assert_allclose(got, value, rtol=1e-13)
            for one, other in zip(theirs[:2], grads[:2], strict=True):
                np.testing.assert_allclose(one[:, keep], other, atol=1e-12)
                assert not one[:, at].any()
            np.testing.assert_allclose(theirs.temperature, grads.temperature, rtol=1e-11)


def test_a_query_without_tokens_knows_nothing():
    mask = np.ones((5, 3), dtype=bool)
    mask[1] = False
    losses, back = pc.max_sim_info_nce.vjp(
        QUERIES, DOCUMENTS, mask, reduction="none", normalize=False, temperature=1.0, wrt=WRT
    )
    assert losses[1] == pytest.approx(np.log(8))
    grads = back(np.eye(5)[1])
    assert not any(np.any(grad) for grad in grads)
    rest = np.delete(np.arange(5), 1)
    alone = pc.max_sim_info_nce(
        QUERIES, DOCUMENTS, reduction="none", normalize=False, temperature=1
    )
    np.testing.assert_allclose(losses[rest], alone[rest], rtol=1e-13)


def test_a_document_without_tokens_is_no_candidate():
    mask = np.ones((8, 4), dtype=bool)
    mask[6] = False
    value, grads = both(QUERIES, DOCUMENTS, None, mask)
    fewer = both(QUERIES, np.delete(DOCUMENTS, 6, axis=0))
    np.testing.assert_allclose(value, fewer[0], rtol=1e-13)
    np.testing.assert_allclose(grads.queries, fewer[1].queries, atol=1e-13)
    np.testing.assert_allclose(
        np.delete(grads.documents, 6, axis=0), fewer[1].documents, atol=1e-13
    )
    assert not grads.documents[6].any()


@pytest.mark.parametrize("tile", [None, (2, 2)])
def test_of_equal_products_the_first_wins(tile, backend):
    """Tokens 1 and 2 of each document are the same; the last one points away."""
    queries = np.zeros((2, 1, 4))
    queries[:, 0, :2] = np.eye(2)
    documents = np.zeros((2, 4, 4))
    documents[:, 1:3, :2] = np.eye(2)[:, None]
    documents[:, 3] = -1
    given = [backend.asarray(t) for t in (queries, documents)]
    _, grads = both(*given, normalize=False, temperature=1.0, wrt="documents", tile=tile)
    moved = np.any(backend.read(grads.documents) != 0, axis=(0, 2))
    # Products of the other document are 0 for the tokens 0 to 2: there token 0 is the first.
    np.testing.assert_array_equal(moved, [True, True, False, False])


def test_both_directions():
    """The mean of the directions, from all scores."""
    documents = DOCUMENTS[:5]
    s = np.einsum("iqd,jtd->ijqt", QUERIES, documents).max(axis=3).sum(axis=2) / 2.0
    losses = [np.logaddexp.reduce(s, axis=axis) - np.diag(s) for axis in (0, 1)]
    options = {"normalize": False, "temperature": 2.0, "reduction": "none"}
    found = pc.max_sim_info_nce(QUERIES, documents, symmetric=True, **options)
    np.testing.assert_allclose(found, np.mean(losses, axis=0), rtol=1e-12)
    one_way = pc.max_sim_info_nce(QUERIES, documents, **options)
    np.testing.assert_allclose(one_way, losses[1], rtol=1e-12)


def test_an_average_of_equally_many_tokens_is_a_temperature():
    value, grads = both(QUERIES, DOCUMENTS, average=True, temperature=0.1)
    wanted, theirs = both(QUERIES, DOCUMENTS, temperature=0.3)
    np.testing.assert_allclose(value, wanted, rtol=1e-13)
    np.testing.assert_allclose(grads.documents, theirs.documents, atol=1e-13)
    np.testing.assert_allclose(grads.temperature, 3 * theirs.temperature, rtol=1e-12)


@pytest.mark.parametrize(
    ("given", "options", "words"),
    [
        ((DOCUMENTS, QUERIES), {}, "at least as many as queries, got 5 for 8 queries"),
        (
            (QUERIES, DOCUMENTS),
            {"symmetric": True},
            "as many as queries with symmetric=True, got 8",
        ),
        ((QUERIES, DOCUMENTS[:, :, :5]), {}, "dimension"),
        ((QUERIES, DOCUMENTS[:, 0]), {}, "documents must have shape"),
        (
            (QUERIES, DOCUMENTS, None, np.arange(8)[:, None] * np.ones((1, 4)) != 2),
            {},
            "document_mask must leave a token to the document of each query",
        ),
        ((QUERIES, DOCUMENTS, np.ones((5, 4), dtype=bool)), {}, "queries and query_mask"),
    ],
)
def test_errors(given, options, words):
    with pytest.raises(ValueError, match=f"^max_sim_info_nce: .*{words}"):
        pc.max_sim_info_nce(*given, **options)


def test_a_traced_mask_without_a_token_makes_nan():
    """Its values are not known, so it cannot be refused."""
    jax = pytest.importorskip("jax")
    xp = Backend.JAX.xp
    mask = np.ones((8, 4), dtype=bool)
    mask[2] = False
    loss = jax.jit(lambda m: pc.max_sim_info_nce(*map(xp.asarray, (QUERIES, DOCUMENTS)), None, m))
    assert np.isnan(loss(xp.asarray(mask)))
    wanted = pc.max_sim_info_nce(QUERIES, DOCUMENTS)
    np.testing.assert_allclose(loss(xp.asarray(np.ones_like(mask))), wanted, rtol=1e-12)


def test_ranks_have_as_many_documents_as_queries():
    def one(comm):
        with pytest.raises(
            ValueError, match=r"documents must be as many as queries with comm=, go"
        ):
            pc.max_sim_info_nce(QUERIES, DOCUMENTS, comm=comm)

    LocalGroup(2, timeout=20).run(one)


def test_memory_is_that_of_the_tokens_and_a_few_tiles():
    """The products of all tokens would be 134 MB in float32."""
    queries, documents = (RNG.standard_normal((48, n, 16), dtype=np.float32) for n in (64, 228))
    both(queries[:2], documents[:2])
    tracemalloc.start()
    try:
        both(queries, documents, workers=2)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4 * 48 * 64 * 48 * 228 / 3


def test_neighbouring_tokens_in_float32():
    """The value keeps its digits where tokens are nearly the same."""
    queries, documents = (
        (1 + 1e-3 * RNG.normal(size=(6, 3, 5))).astype(np.float32) for _ in range(2)
    )
    wanted = pc.max_sim_info_nce(queries.astype(float), documents.astype(float))
    assert pc.max_sim_info_nce(queries, documents) == pytest.approx(wanted, rel=3e-6)


def test_winners_are_listed_on_numpy_alone():
    """The sparse pullback of main memory and the dense one of other libraries agree."""
    pytest.importorskip("array_api_strict")
    options = {"temperature": 0.3, "tile": (3, 2)}
    mine = both(QUERIES, DOCUMENTS, **options)
    given = [Backend.STRICT.asarray(t) for t in (QUERIES, DOCUMENTS)]
    theirs = both(*given, **options)
    for one, other in zip(mine[1], theirs[1], strict=True):
        np.testing.assert_allclose(one, Backend.STRICT.read(other), atol=1e-13)


@pytest.mark.parametrize("count", [1, 7, 2**15 + 3])
def test_first_largest_is_argmax(count):
    x = RNG.integers(0, 4, size=(count, 2, 3)).astype(np.float32)
    np.testing.assert_array_equal(first_largest(x), x.argmax(axis=0))
    x[:, 0, 0] = np.nan
    assert 0 <= first_largest(x)[0, 0] < count
