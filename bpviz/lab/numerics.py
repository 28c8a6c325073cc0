"""What the bits of a result depend on besides the experiment: NumPy, BLAS, its threads, the kernel.

The same experiment and seed give the same bits where all of these are equal.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

# What BLAS builds read, in the order in which they let one override the other.
_THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def numerics() -> dict[str, Any]:
    """The versions and settings to record beside a result."""
    config = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {}) if config else {}
    return {
        "numpy": np.__version__,
        "blas": f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip(),
        "blas_threads": _threads(),
        "kernel": "numpy",
    }


def _threads() -> int:
    for name in _THREAD_VARIABLES:
        value = os.environ.get(name, "")
        if value.isdigit() and int(value) > 0:
            return int(value)
    return os.cpu_count() or 1
