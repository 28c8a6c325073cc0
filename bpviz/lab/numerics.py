"""What the bits of a result depend on besides the experiment: NumPy, BLAS, its threads, the kernel.

The same experiment and seed give the same bits where all of these are equal.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from bpviz.blas import THREAD_VARIABLES
from bpviz.engine.kernels import Kernel

_NUMPY = Kernel("numpy", "")


def numerics(kernel: Kernel = _NUMPY) -> dict[str, Any]:
    """The versions and settings to record beside a result that `kernel` has computed.

    `kernel` and `kernel_why` are its name and why it was taken; `numba` is the version of what
    compiles, None where it is not installed.
    `blas_kernel` is the kind of processor whose instructions BLAS uses, "" where it does not tell.
    """
    config = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {}) if config else {}
    pool = _pool()
    return {
        "numpy": np.__version__,
        "blas": f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip(),
        "blas_kernel": str(pool.get("architecture", "")),
        "blas_threads": int(pool.get("num_threads") or _threads()),
        "kernel": kernel.name,
        "kernel_why": kernel.why,
        "numba": _numba(),
    }


def _numba() -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("numba")
    except PackageNotFoundError:
        return None


def _pool() -> dict[str, Any]:
    """What NumPy's BLAS says of itself; {} when it is of a kind that cannot be asked."""
    from threadpoolctl import threadpool_info

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    # Other libraries may have brought a BLAS of their own.
    return next((pool for pool in pools if "numpy" in pool["filepath"]), (pools or [{}])[0])


def _threads() -> int:
    for name in THREAD_VARIABLES:
        value = os.environ.get(name, "")
        if value.isdigit() and int(value) > 0:
            return int(value)
    return os.cpu_count() or 1
