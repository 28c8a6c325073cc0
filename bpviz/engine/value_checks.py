"""Values that weights and biases can be given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bpviz.engine.activations import Array
from bpviz.engine.parameters import layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import NetworkSpec, ParameterId

LARGEST_VALUE = 1e6


def check_values(spec: NetworkSpec, values: Mapping[ParameterId, float]) -> None:
    """Refuse values that parameters cannot be given.

    Raises SettingError when a parameter is not there or missing, or a value is not a finite
    number of a reasonable size.
    """
    layout = layout_of(spec)
    for parameter, value in values.items():
        try:
            label = layout.label(layout.index_of(parameter))
        except KeyError:
            raise SettingError("that weight is no longer part of the network") from None
        if parameter in spec.missing:
            raise SettingError(f"{label} is a missing connection; it has no weight to set")
        if not abs(value) <= LARGEST_VALUE:
            raise SettingError(
                f"{label} must be a number between -{LARGEST_VALUE:g} and {LARGEST_VALUE:g}, "
                f"got {value!r}"
            )


def check_theta(spec: NetworkSpec, theta: Array) -> None:
    """Refuse a whole θ that a network cannot be given.

    Raises SettingError when it has another size, a value is not a finite number of a reasonable
    size, or a missing connection has a weight.
    """
    layout = layout_of(spec)
    if theta.shape != (layout.size,):
        raise SettingError(f"the network has {layout.size} weights and biases, not {theta.size}")
    wrong = np.flatnonzero(~(np.abs(theta) <= LARGEST_VALUE))
    if wrong.size:
        raise SettingError(
            f"{layout.label(int(wrong[0]))} must be a number between -{LARGEST_VALUE:g} and "
            f"{LARGEST_VALUE:g}, got {theta[wrong[0]]}"
        )
    wrong = np.flatnonzero(theta * ~layout.present())
    if wrong.size:
        label = layout.label(int(wrong[0]))
        raise SettingError(f"{label} is a missing connection; it has no weight to set")
