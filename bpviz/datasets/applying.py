"""Which data settings have a say for which data."""

from __future__ import annotations

from collections.abc import Callable

from bpviz.datasets.config import DataConfig
from bpviz.datasets.encoding import PreparedData
from bpviz.engine.data import Task
from bpviz.engine.settings import fields_of

Test = Callable[[PreparedData], bool]

_WORDS: dict[Task, str] = {
    "binary": "classes",
    "classes": "classes",
    "labels": "labels",
    "regression": "values to predict",
}


def _may_have_gaps(data: PreparedData) -> bool:
    return data.gaps > 0 or data.dataset.facts is not None


def _has_no_own_test(data: PreparedData) -> bool:
    return data.dataset.test_part is None


def _for(*tasks: Task) -> tuple[Test, str]:
    """Whether the samples are for one of these tasks, and why the setting has no say if not."""
    words = " and ".join(dict.fromkeys(_WORDS[task] for task in tasks))
    return (
        lambda data: data.dataset.task in tasks,
        f"it is for {words}, and these samples have {{}}",
    )


_FOR_CLASSES = _for("binary", "classes")

# What decides, and why the setting has no effect elsewhere, with {} for what the samples have;
# the settings not named here always do.
_APPLIES: dict[str, tuple[Test, str]] = {
    "test_fraction": (_has_no_own_test, "the samples have a test part of their own"),
    "stratify": _FOR_CLASSES,
    "scale_targets": _for("regression"),
    "target_margin": _for("binary", "classes", "labels"),
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
    has, found = _WORDS[data.dataset.task], list[str]()
    for name, (test, reason) in _APPLIES.items():
        default = fields[name].default
        is_made = getattr(config, name) not in (default, suggested.get(name, default), False)
        if reason and is_made and not test(data):
            label = fields[name].setting.label
            found.append(f'The setting "{label}" has no effect: {reason.format(has)}.')
    return found
