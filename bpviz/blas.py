"""How many threads share a matrix product: settled by the command line, before NumPy is loaded.

One fewer than there are processors, at least one. A window that paints, or anything else at work,
keeps one of the threads from its processor, and all the others wait for it: on two processors,
784-1024-1024-10 beside 60 pictures a second trains 54 batches a second and leaves the window its
60 with one thread, and 17 and 44 with two. The bits depend on the number, so commands without a
window use the same. A number that is set in the environment stands, and what a command starts
inherits it.

A script or notebook that imports bpviz keeps its own number: the environment is the host's. What
was really used is recorded with the results (lab.numerics).
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

# What BLAS builds read, in the order in which they let one override the other.
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def settle_threads(environment: MutableMapping[str, str] = os.environ) -> None:
    """Write the number into the environment, unless one is there or NumPy has read it already.

    OpenBLAS, which NumPy's own builds come with, reads its variable when it is loaded; the others'
    would also bind libraries that have nothing to do with the window.
    """
    if "numpy" not in sys.modules and not any(map(environment.get, THREAD_VARIABLES)):
        environment[THREAD_VARIABLES[0]] = str(default_threads())


def default_threads() -> int:
    """How many threads share a product where nobody says otherwise."""
    return max(1, _processors() - 1)


def _processors() -> int:
    """Those that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
