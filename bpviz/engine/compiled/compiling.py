"""How the functions of the compiled epoch are compiled.

Numba keeps the machine code of a function until the function's own file changes; that of the
functions which it calls does not count. Therefore the folder of the machine code is named after
all files of this package.
"""

from __future__ import annotations

from numba import njit
from numba.core.compiler import Compiler

from bpviz.engine.compiled.machine_code import kept


class _Apart(Compiler):
    """Arrays that a function is given share no memory that it writes to.

    Told so, the compiler need not check it ahead of every inner loop, which for small layers costs
    more than the loop.
    """

    def define_pipelines(self):
        self.state.flags.noalias = True
        return super().define_pipelines()


_OPTIONS = {"nogil": True, "error_model": "numpy"}
_KEPT = {**_OPTIONS, "cache": True, "pipeline_class": _Apart}
# Sums may be taken in any order, which lets them be vectorised; infinity and NaN keep their sense.
_SUMS = {"reassoc", "nsz", "contract", "arcp"}


def exact(function):
    """Compile a function whose roundings are its own."""
    return kept(njit(**_KEPT))(function)


def summing(function):
    """Compile a function that may add in any order."""
    return kept(njit(**_KEPT, fastmath=_SUMS))(function)


def inlined(function):
    """Compile as a part of what calls it: a call with so many arrays costs more than its work."""
    return njit(**_OPTIONS, inline="always")(function)
