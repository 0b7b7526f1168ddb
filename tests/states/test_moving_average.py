"""Moving averages of one array and of many, and the logits of earlier epochs."""

import numpy as np
import pytest
from backends import Backend, backend_params

import polycontrast as pc

RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(2, 4, 3))


@pytest.mark.parametrize("backend", backend_params())
@pytest.mark.parametrize("momentum", [0.0, 0.3, 1.0])
def test_an_average(backend, momentum):
    for dtype in ("float64", "float32"):
        given = backend.asarray(A, dtype), backend.asarray(B, dtype)
        got = pc.ema(*given, momentum)
        assert backend.dtype_name(got) == dtype
        wanted = momentum * A + (1 - momentum) * B
        np.testing.assert_allclose(backend.read(got), wanted, atol=1e-6 if "32" in dtype else 1e-15)
        np.testing.assert_array_equal(
            backend.read(given[0]), backend.read(backend.asarray(A, dtype))
        )


def test_many_arrays():
    """Names and places of the teacher, in any order of the student's; counts are the student's."""
    old = {"w": A, "more": [A, (A, A)], "count": np.asarray(3)}
    new = {"count": np.asarray(8), "more": [B, (B, A)], "w": B}
    got = pc.ema(old, new, 0.9)
    assert list(got) == ["w", "more", "count"]
    assert got["count"] == 8
    np.testing.assert_allclose(got["w"], 0.9 * A + 0.1 * B)
    np.testing.assert_allclose(got["more"][1][0], got["w"])
    np.testing.assert_allclose(got["more"][1][1], A)


def test_a_schedule_under_jit():
    jax = pytest.importorskip("jax")
    call = jax.jit(pc.ema)
    given = Backend.JAX.asarray(A, "float32"), Backend.JAX.asarray(B, "float32")
    for momentum in (0.25, 1.0):
        got = call(*given, momentum)
        assert got.dtype == "float32"
        np.testing.assert_allclose(got, momentum * A + (1 - momentum) * B, atol=1e-6)
    assert np.isnan(call(*given, 1.5)).all()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ({"w": A}, {"v": A}, "old and new must hold the same, got 1 and 1"),
        ([A, A], [A], "old and new must hold the same, got 2 and 1"),
        ({"w": [A]}, {"w": A}, r"old\['w'\] and new\['w'\] must both be a sequence"),
        ([A], [A[:2]], r"old\[0\] and new\[0\] must have equal shapes, got \(4, 3\) and \(2, 3\)"),
        ({"w": A}, {"w": "none"}, r"new\['w'\] must be an array"),
    ],
)
def test_what_does_not_fit(old, new, words):
    with pytest.raises((TypeError, ValueError), match=f"^ema: {words}"):
        pc.ema(old, new, 0.5)


def test_a_torch_module():
    torch = pytest.importorskip("torch")
    teacher, student = torch.nn.BatchNorm1d(3), torch.nn.BatchNorm1d(3)
    with torch.no_grad():
        student.weight += 1
        student.num_batches_tracked += 5
    teacher.load_state_dict(pc.ema(teacher.state_dict(), student.state_dict(), 0.75))
    np.testing.assert_allclose(teacher.weight.detach(), 1.25)
    assert int(teacher.num_batches_tracked) == 5
    assert not pc.ema(teacher.weight, student.weight, 0.5).requires_grad


@pytest.mark.parametrize("backend", backend_params())
def test_logits_of_earlier_epochs(backend):
    """What was written E epochs before is read, and nan where nothing was."""
    samples, classes, epochs = 6, 3, 2
    logits = RNG.normal(size=(5, samples, classes))
    buffer = pc.TrajectoryBuffer.empty(backend.asarray(logits[0]), samples, epochs)
    for epoch, rows in enumerate(logits):
        for index in (np.asarray([4, 0, 1]), np.asarray([5, 3])):  # sample 2 is never seen
            where = backend.asarray(index)
            past = backend.read(buffer.read(epoch, where))
            wanted = logits[epoch - epochs][index] if epoch >= epochs else np.nan
            np.testing.assert_array_equal(past, np.broadcast_to(wanted, (len(index), classes)))
            before = buffer
            buffer = before.write(epoch, where, backend.asarray(rows[index]))
            assert before is not buffer
    assert np.isnan(backend.read(buffer.read(5, backend.asarray(np.asarray([2]))))).all()


def test_a_buffer_under_jit():
    jax = pytest.importorskip("jax")
    buffer = pc.TrajectoryBuffer.empty(Backend.JAX.asarray(A), 5, 1)
    write = jax.jit(lambda b, index, rows: b.write(0, index, rows))
    index = Backend.JAX.asarray(np.arange(4))
    buffer = write(buffer, index, Backend.JAX.asarray(A))
    np.testing.assert_array_equal(buffer.read(1, index), A)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda b: b.write(-1, np.arange(4), A), "write: epoch must be an integer >= 0, got -1"),
        (lambda b: b.write(0, np.arange(4), A[0]), r"write: logits must have shape \(B, C\)"),
        (lambda b: b.empty(A[0], 3), r"empty: logits must have shape \(B, C\), got \(3,\)"),
        (lambda b: b.empty(A, 0), "empty: samples must be an integer >= 1, got 0"),
    ],
)
def test_wrong_epochs_and_shapes(call, words):
    with pytest.raises(ValueError, match=f"^TrajectoryBuffer.{words}"):
        call(pc.TrajectoryBuffer.empty(A, 5))
