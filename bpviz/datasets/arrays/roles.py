"""Which of several arrays are the inputs and which the targets: by name, else by shape."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bpviz.datasets.arrays.numpy_files import Arrays
from bpviz.engine.settings import SettingError

# Compared without regard to capitals, the first that is there.
_INPUTS = (
    "x_train", "train_x", "train_images", "train_data", "images_train", "x", "inputs", "input",
    "images", "data", "features",
)  # fmt: skip
_TARGETS = (
    "y_train", "train_y", "train_labels", "labels_train", "y", "targets", "target", "labels",
    "label", "classes", "outputs",
)  # fmt: skip
_TEST_INPUTS = ("x_test", "test_x", "test_images", "test_data", "images_test")
_TEST_TARGETS = ("y_test", "test_y", "test_labels", "labels_test")


class Roles(NamedTuple):
    """Names of arrays; those of the test part are "" where there is none."""

    inputs: str
    targets: str
    test_inputs: str = ""
    test_targets: str = ""


def found_roles(file: str, arrays: Arrays, said: Roles) -> Roles:
    """What each array is for, where it is not `said`.

    Raises SettingError, naming the file and its arrays, when they cannot be told apart or one that
    is said is not there.
    """
    for name in said:
        if name and name not in arrays:
            raise SettingError(f"has no array {name!r}; {listed(arrays)}", file)
    inputs = said.inputs or _named(arrays, _INPUTS) or _largest(arrays, said.targets)
    if not inputs:
        raise SettingError(
            f"has no array of inputs, one with a row for each sample; {listed(arrays)}", file
        )
    rows = len(arrays[inputs]) if arrays[inputs].ndim else -1
    targets = said.targets or _named(arrays, _TARGETS)
    if not targets:
        fitting = [n for n, a in arrays.items() if n != inputs and a.ndim and len(a) == rows]
        targets = fitting[0] if len(fitting) == 1 else ""
    if not targets or targets == inputs:
        raise SettingError(
            f"does not tell which array holds the targets, {listed(arrays)}; name it under targets",
            file,
        )
    test_inputs = said.test_inputs or _named(arrays, _TEST_INPUTS)
    test_targets = said.test_targets or _named(arrays, _TEST_TARGETS)
    if bool(test_inputs) != bool(test_targets):
        if said.test_inputs or said.test_targets:
            lacking = "targets" if test_inputs else "inputs"
            raise SettingError(
                f"has no {lacking} for testing that are known by their name; name their array "
                f"under test {lacking}",
                file,
            )
        test_inputs = test_targets = ""
    return Roles(inputs, targets, test_inputs, test_targets)


def listed(arrays: Arrays) -> str:
    """The arrays with their shapes, in words: "It has x (150 × 4) and y (150)"."""
    shapes = [f"{name or 'one'} ({shape_of(array)})" for name, array in list(arrays.items())[:10]]
    return f"it has {', '.join(shapes)}"


def shape_of(array: np.ndarray[Any, Any]) -> str:
    """An array's shape in words: "150 × 4"."""
    return " × ".join(map(str, array.shape)) or "a single value"


def _named(arrays: Arrays, wanted: tuple[str, ...]) -> str:
    small = {name.lower(): name for name in arrays}
    return next((small[name] for name in wanted if name in small), "")


def _largest(arrays: Arrays, targets: str) -> str:
    """The table or stack of pictures with most values, which is no table of targets."""
    tables = {
        n: a for n, a in arrays.items() if a.ndim >= 2 and n != targets and a.dtype.kind in "biuf"
    }
    return max(tables, key=lambda name: tables[name].size, default="")
