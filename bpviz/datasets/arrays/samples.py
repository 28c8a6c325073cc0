"""From arrays to samples: pictures or rows of numbers, and classes, labels or values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from bpviz.datasets.dataset import Dataset
from bpviz.engine.settings import SettingError

AnyArray = np.ndarray[Any, Any]
ClassRule = Literal["auto", "yes", "no"]

# More values than this are kept as float32, and many more do not fit into memory.
LARGE = 4_000_000
_MOST_VALUES = 150_000_000
_MOST_CLASSES = 100
# Above this not every whole number is a float.
_MOST_WHOLE = 2**53
# Rows of so many bytes or more may be pictures of a square.
_SMALLEST_PICTURE = 64


@dataclass(frozen=True)
class ArrayRules:
    """How arrays become samples; `grey`: bytes of a picture become 0 to 1."""

    file: str
    classes: ClassRule = "auto"
    grey: bool = True
    class_names: Sequence[str] = ()
    input_names: Sequence[str] = ()

    def error(self, message: str) -> SettingError:
        """What is wrong, as one sentence that begins with the file."""
        return SettingError(message, self.file)


def dataset_of(
    inputs: AnyArray, targets: AnyArray, rules: ArrayRules, test: tuple[AnyArray, AnyArray] | None
) -> Dataset:
    """The samples of a training part and, where there is one, a test part behind it.

    Raises SettingError where the arrays do not fit each other or hold nothing to learn.
    """
    _check(inputs, targets, rules)
    shape = picture_shape(inputs)
    parts, test_part = [inputs], None
    if test is not None:
        _check(*test, rules)
        if test[0].shape[1:] != inputs.shape[1:] or test[1].shape[1:] != targets.shape[1:]:
            raise rules.error("its training and test part have samples of different shapes")
        if (test[1].dtype.kind in "SU") != (targets.dtype.kind in "SU"):
            raise rules.error("its targets are texts in one part and numbers in the other")
        parts.append(test[0])
        test_part = np.arange(len(inputs) + len(test[0])) >= len(inputs)
        targets = np.concatenate([targets, test[1]])
    values = _values(parts, shape, rules)
    may_be_infinite = any(part.dtype.kind == "f" for part in parts)
    reports = _infinite_as_missing(values) if may_be_infinite else ()
    coded, names, labels = _targets(targets, rules)
    fitting = len(rules.input_names) == values.shape[1] == len(set(rules.input_names))
    return Dataset(
        values,
        coded,
        tuple(rules.input_names) if fitting else _input_names(values.shape[1], shape),
        _target_names(coded, names),
        names,
        image_shape=shape,
        note=f"{rules.file}: {len(values):,} samples.",
        reports=reports,
        labels=labels,
        test_part=test_part,
    )


def _check(inputs: AnyArray, targets: AnyArray, rules: ArrayRules) -> None:
    if inputs.ndim < 1 or targets.ndim < 1 or targets.ndim > 2:
        raise rules.error(
            "inputs must have a row for each sample, and targets a number or a row of numbers"
        )
    if len(inputs) != len(targets):
        raise rules.error(f"it has {len(inputs):,} inputs but {len(targets):,} targets")
    if not inputs.size or not targets.size:
        raise rules.error("there are no samples in it")
    if inputs.dtype.kind not in "biuf":
        raise rules.error("its inputs are texts, and numbers are expected")
    if inputs.size > _MOST_VALUES:
        raise rules.error(
            f"has {inputs.size / 1e6:,.0f} million values, more than fit into memory; save a part "
            "of its samples as a file of its own"
        )


def picture_shape(inputs: AnyArray) -> tuple[int, int] | None:
    """Height and width where samples are grey pictures."""
    if inputs.ndim == 4 and inputs.shape[3] == 1:
        inputs = inputs[..., 0]
    if inputs.ndim == 3 and min(inputs.shape[1:]) > 1:
        return int(inputs.shape[1]), int(inputs.shape[2])
    if inputs.ndim == 2 and inputs.dtype == np.uint8 and inputs.shape[1] >= _SMALLEST_PICTURE:
        side = round(inputs.shape[1] ** 0.5)
        return (side, side) if side * side == inputs.shape[1] else None
    return None


def _values(
    parts: Sequence[AnyArray], shape: tuple[int, int] | None, rules: ArrayRules
) -> AnyArray:
    """All inputs, a row for each sample, written once into the memory where they stay."""
    rows, width = sum(map(len, parts)), parts[0].size // len(parts[0])
    dtype = np.float32 if rows * width > LARGE else np.float64
    values = np.empty((rows, width), dtype)
    start = 0
    for part in parts:
        written = values[start : start + len(part)]
        with np.errstate(over="ignore"):
            written[:] = part.reshape(written.shape)
        if shape is not None and rules.grey and part.dtype == np.uint8:
            written /= 255
        start += len(part)
    return values


def _infinite_as_missing(values: AnyArray) -> tuple[str, ...]:
    """Puts NaN in the place of what is infinite, and says so."""
    infinite = np.isinf(values)
    count = np.count_nonzero(infinite)
    if not count:
        return ()
    values[infinite] = np.nan
    many = "inputs are infinite and count" if count > 1 else "input is infinite and counts"
    return (f"{count:,} {many} as missing.",)


def _targets(targets: AnyArray, rules: ArrayRules) -> tuple[AnyArray, tuple[str, ...], bool]:
    """Class numbers with the classes' names, or values, and whether these are labels."""
    if targets.ndim == 2 and targets.shape[1] == 1:
        targets = targets[:, 0]
    if targets.ndim == 2:
        return _tables(targets, rules)
    if targets.dtype.kind == "f":
        targets = _whole(targets, rules)
    distinct, numbers = np.unique(targets, return_inverse=True)
    if len(distinct) == 1:
        raise rules.error("its targets are all the same, so there is nothing to predict")
    are_classes = rules.classes == "yes" or targets.dtype.kind in "bSU"
    if rules.classes == "auto" and targets.dtype.kind in "iu":
        are_classes = len(distinct) <= min(_MOST_CLASSES, len(targets) // 2)
    if not are_classes:
        return targets.astype(np.float64)[:, np.newaxis], (), False
    if len(distinct) > _MOST_CLASSES:
        raise rules.error(f"it has {len(distinct):,} classes, and {_MOST_CLASSES} are the most")
    return numbers.astype(np.intp), _class_names(distinct, rules), False


def _whole(targets: AnyArray, rules: ArrayRules) -> AnyArray:
    """Floats as integers, if they are whole numbers all of them."""
    if not np.isfinite(targets).all():
        raise rules.error("its targets hold values that are missing or infinite")
    if float(np.abs(targets).max()) < _MOST_WHOLE and (targets == np.rint(targets)).all():
        return targets.astype(np.int64)
    return targets


def _class_names(distinct: AnyArray, rules: ArrayRules) -> tuple[str, ...]:
    given = tuple(map(str, rules.class_names))
    if distinct.dtype.kind in "iu" and len(set(given)) == len(given) > int(distinct.max()):
        if distinct.min() >= 0:
            return tuple(given[number] for number in distinct.tolist())
    if distinct.dtype.kind == "S":
        return tuple(name.decode("utf-8", "replace") for name in distinct.tolist())
    if distinct.dtype.kind == "b":
        return "no", "yes"
    return tuple(
        f"{value:g}" if isinstance(value, float) else str(value) for value in distinct.tolist()
    )


def _tables(targets: AnyArray, rules: ArrayRules) -> tuple[AnyArray, tuple[str, ...], bool]:
    """Targets of several columns: one-hot classes, labels, or values."""
    if targets.dtype.kind not in "biuf":
        raise rules.error("its targets have several columns of texts, and numbers are expected")
    values = targets.astype(np.float64)
    if not np.isfinite(values).all():
        raise rules.error("its targets hold values that are missing or infinite")
    if not np.isin(values, (0.0, 1.0)).all() or rules.classes == "no":
        return values, (), False
    if (values.sum(axis=1) == 1.0).all():
        numbers = values.argmax(axis=1)
        names = tuple(map(str, rules.class_names))
        fits = len(set(names)) == len(names) == values.shape[1]
        return numbers, names if fits else tuple(map(str, range(values.shape[1]))), False
    return values, (), True


def _target_names(coded: AnyArray, class_names: tuple[str, ...]) -> tuple[str, ...]:
    if class_names:
        return ("class",)
    count = coded.shape[1]
    return ("y",) if count == 1 else tuple(f"y{k}" for k in range(1, count + 1))


def _input_names(count: int, shape: tuple[int, int] | None) -> tuple[str, ...]:
    if shape is None:
        return tuple(f"x{k}" for k in range(1, count + 1))
    height, width = shape
    return tuple(
        f"row {row} column {column}"
        for row in range(1, height + 1)
        for column in range(1, width + 1)
    )
