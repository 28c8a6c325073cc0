"""What is recorded beside a result."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from bpviz.lab.numerics import numerics


def test_the_record_names_what_the_bits_depend_on():
    record = numerics()
    assert record["numpy"] == np.__version__
    assert record["kernel"] == "numpy"
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    if pools:
        assert pools[0]["internal_api"] in record["blas"]
        assert record["blas_threads"] == pools[0]["num_threads"]


def test_a_limit_on_threads_is_recorded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    assert numerics()["blas_threads"] == 3
