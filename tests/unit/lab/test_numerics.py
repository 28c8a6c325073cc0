"""What is recorded beside a result."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from bpviz.engine.compiled import machine_code
from bpviz.engine.kernels import Kernel
from bpviz.lab.numerics import numerics


def test_the_record_names_what_the_bits_depend_on():
    record = numerics()
    assert record["numpy"] == np.__version__
    assert record["kernel"] == "numpy"
    pools = _pools()
    if pools:
        assert pools[0]["internal_api"] in record["blas"]
        assert record["blas_threads"] == pools[0]["num_threads"]
        assert record["blas_kernel"] == pools[0].get("architecture", "")


def test_the_record_names_the_engine_and_why():
    record = numerics(Kernel("compiled", "the network is small"))
    assert (record["kernel"], record["kernel_why"]) == ("compiled", "the network is small")
    assert record["numba"] == (version("numba") if machine_code.has_numba() else None)


def _pools() -> list[dict[str, Any]]:
    return [pool for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_the_threads_are_those_that_blas_uses_at_this_moment():
    if not _pools():
        pytest.skip("NumPy's BLAS cannot be asked")
    with threadpool_limits(1, "blas"):
        assert numerics()["blas_threads"] == 1
    with threadpool_limits(2, "blas"):
        assert numerics()["blas_threads"] == 2


def test_a_blas_that_cannot_be_asked_has_the_threads_that_are_set(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("threadpoolctl.threadpool_info", list)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    assert numerics()["blas_threads"] == 3
    assert numerics()["blas_kernel"] == ""
