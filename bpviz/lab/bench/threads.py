"""How many threads a work is done with; for those who choose for themselves, the faster number."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from threadpoolctl import ThreadpoolController

from bpviz.lab.bench.measuring import Work

_TRIES = 2


def all_processors() -> int:
    """As many threads as there are processors."""
    return os.cpu_count() or 1


def limited(threads: int) -> AbstractContextManager[Any]:
    """Inside, matrix products are shared by so many threads."""
    inside: AbstractContextManager[Any] = ThreadpoolController().limit(
        limits=threads, user_api="blas"
    )
    return inside


def with_threads(work: Work, threads: int) -> Work:
    """The same work, its matrix products shared by so many threads."""

    def alike(times: int) -> None:
        with limited(threads):
            work(times)

    return alike


def faster(works: Mapping[int, Work]) -> int:
    """The number of threads that its work is done fastest with."""
    took: dict[int, float] = {}
    for _ in range(_TRIES):
        for threads, work in works.items():
            begun = time.perf_counter()
            work(1)
            took[threads] = min(took.get(threads, float("inf")), time.perf_counter() - begun)
    return min(took, key=took.__getitem__)


def words(threads: int) -> str:
    return "1 thread" if threads == 1 else f"{threads} threads"
