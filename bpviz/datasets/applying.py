"""Which data settings have a say for which data."""

from __future__ import annotations

from collections.abc import Callable

from bpviz.datasets.config import DataConfig
from bpviz.datasets.encoding import PreparedData
from bpviz.engine.settings import fields_of

Test = Callable[[PreparedData], bool]


def _has_classes(data: PreparedData) -> bool:
    return data.dataset.is_classification


def _has_values(data: PreparedData) -> bool:
    return not _has_decisions(data)


def _has_decisions(data: PreparedData) -> bool:
    return data.dataset.is_classification or data.dataset.labels


def _may_have_gaps(data: PreparedData) -> bool:
    return data.gaps > 0 or data.dataset.facts is not None


def _has_no_own_test(data: PreparedData) -> bool:
    return data.dataset.test_part is None


_FOR_CLASSES = _has_classes, "it is for classes, and these samples have values to predict"

# What decides, and why the setting has no effect elsewhere; the settings not named here always do.
_APPLIES: dict[str, tuple[Test, str]] = {
    "test_fraction": (_has_no_own_test, "the samples have a test part of their own"),
    "stratify": _FOR_CLASSES,
    "scale_targets": (_has_values, "it is for values to predict, and these samples have classes"),
    "target_margin": (
        _has_decisions,
        "it is for classes and labels, and these samples have values to predict",
    ),
    "missing": (_may_have_gaps, ""),
    "balance": _FOR_CLASSES,
    "class_weights": _FOR_CLASSES,
    "minority": _FOR_CLASSES,
    "label_noise": _FOR_CLASSES,
}


def what_applies(data: PreparedData) -> dict[str, bool]:
    """For each setting that is not for all data, whether it is for these."""
    return {name: test(data) for name, (test, _) in _APPLIES.items()}


def remarks(config: DataConfig, data: PreparedData) -> list[str]:
    """A sentence for each setting that a person made but that has no effect on these data."""
    fields, suggested = fields_of(DataConfig), config.source.suggested
    found = []
    for name, (test, reason) in _APPLIES.items():
        default = fields[name].default
        is_made = getattr(config, name) not in (default, suggested.get(name, default), False)
        if reason and is_made and not test(data):
            label = fields[name].setting.label
            found.append(f'The setting "{label}" has no effect: {reason}.')
    return found
