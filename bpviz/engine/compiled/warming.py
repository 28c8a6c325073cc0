"""Getting the compiled epoch ready: loaded from disk, or compiled, which is once per machine.

    python -m bpviz.engine.compiled.warming [--aside] [float64] [float32]

compiles it for these number formats, or for both, where that has not been done yet.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Sequence

import numpy as np

from bpviz.engine.cadence import Cadence
from bpviz.engine.compiled import machine_code
from bpviz.engine.compiled.training import CompiledTraining
from bpviz.engine.data import Samples, TrainingData
from bpviz.engine.divergence import LastFinite
from bpviz.engine.parameters import layout_of
from bpviz.engine.spec import stack
from bpviz.engine.trainer_state import TrainerState
from bpviz.engine.training_config import TrainingConfig

DTYPES = ("float64", "float32")

NOT_YET = "the compiled engine is still being made; a reset uses it once it is done"
_COMPILING = "Compiling the engine for small networks (%s): about 20 seconds, once on this machine."

_log = logging.getLogger("bpviz")
# Number format -> why the compiled epoch cannot be used in this process, "" where it can.
_found: dict[str, str] = {}
# Who wants it while another thread loads it waits for that.
_one_at_a_time = threading.Lock()


def hindrance(dtype: str, patient: bool = True) -> str:
    """Why the compiled epoch cannot be used, as a clause, or "".

    Who is not `patient` does not wait until it is compiled: for them that, too, is a reason.
    """
    if not machine_code.has_numba():
        return "Numba, the extra named fast, is not installed"
    if machine_code.is_switched_off():
        return "Numba is told not to compile, by NUMBA_DISABLE_JIT"
    if dtype in _found:
        return _found[dtype]
    if machine_code.folder() is None:
        return "there is no folder to keep its machine code in"
    return "" if patient or machine_code.is_ready(dtype) else NOT_YET


def is_warm() -> bool:
    """Whether machine code for both number formats is on disk."""
    return all(machine_code.is_ready(dtype) for dtype in DTYPES)


def prepare(dtype: str) -> str:
    """Load or compile the epoch for a number format; why that cannot be done, or "".

    Loading takes half a second, compiling much longer; who waits for that is told in the log.
    """
    with _one_at_a_time:
        reason = hindrance(dtype)
        if not reason and dtype not in _found:
            reason = _found[dtype] = _prepared(dtype)
        return reason


def give_up(reason: str) -> None:
    """Another process could not compile it, so this one need not try."""
    for dtype in DTYPES:
        _found.setdefault(dtype, reason)


def _prepared(dtype: str) -> str:
    try:
        if machine_code.is_ready(dtype):
            _train_once(dtype)
            machine_code.note_used(dtype)
            return ""
        with machine_code.alone():
            if not machine_code.is_ready(dtype):
                _log.warning(_COMPILING, dtype)
            _train_once(dtype)
            machine_code.note_ready(dtype)
    except Exception as error:  # noqa: BLE001 - whatever Numba stumbles over, NumPy goes on
        _log.info("the compiled epoch cannot be used", exc_info=error)
        return f"Numba does not work here ({_sentence(error)})"
    return ""


def _train_once(dtype: str) -> None:
    """One batch of the smallest network: that compiles for all networks of its number format."""
    spec, training = stack(1, 1, dtype=dtype), TrainingConfig(kernel="compiled")
    sample = Samples(np.zeros((1, 1), dtype), np.zeros((1, 1), dtype))
    layout, state = layout_of(spec), TrainerState.initial(spec, training, 0)
    compiled = CompiledTraining(
        layout, training, TrainingData(sample, sample, "binary"), Cadence(1)
    )
    gradient, update = np.zeros_like(state.theta), np.zeros_like(state.theta)
    compiled.advance(state, LastFinite(state), gradient, update, 1)


def _sentence(error: Exception) -> str:
    """The first line of what went wrong; Numba has many."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")


def main(arguments: Sequence[str]) -> int:
    """Compile for the named number formats, or both; say nothing where that has been done, or
    Numba lacks.

    With "--aside" all else goes first on this machine.
    """
    if not machine_code.has_numba():
        return 0
    if "--aside" in arguments:
        _step_aside()
    named = [dtype for dtype in DTYPES if dtype in arguments] or DTYPES
    wanted = [dtype for dtype in named if not machine_code.is_ready(dtype)]
    reasons = [prepare(dtype) or _not_kept(dtype) for dtype in wanted]
    for reason in {reason for reason in reasons if reason}:
        _log.warning("Small networks train in NumPy, more slowly: %s.", reason)
    return 1 if any(reasons) else 0


def _not_kept(dtype: str) -> str:
    kept = machine_code.is_ready(dtype)
    return "" if kept else f"nothing was kept in {machine_code.folder()}"


def _step_aside() -> None:
    if sys.platform == "win32":
        import ctypes

        # 0x4000: below what people work with.
        windows = ctypes.windll.kernel32
        windows.SetPriorityClass(windows.GetCurrentProcess(), 0x4000)
    else:
        os.nice(10)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
