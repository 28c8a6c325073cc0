"""Which settings have a say for which data, and what is told of the others."""

from __future__ import annotations

import pytest

from bpviz.datasets.applying import remarks, what_applies
from bpviz.datasets.config import DataConfig
from bpviz.datasets.preprocessing import prepare
from bpviz.datasets.synthetic import Circle, Plane
from bpviz.engine.spec import LayerSpec

VALUES, CLASSES = Plane(), Circle()


@pytest.mark.parametrize(
    ("source", "made", "told"),
    [
        (CLASSES, {"balance": True, "class_weights": (1.0, 2.0), "label_noise": 0.1}, []),
        (CLASSES, {"scale_targets": True}, ["Scale targets"]),
        (CLASSES, {"missing": "mean", "stratify": False}, []),
        (VALUES, {"scale_targets": True, "stratify": False, "missing": "mean"}, []),
        (
            VALUES,
            {"balance": True, "class_weights": (1.0,), "minority": 0.5, "label_noise": 0.1},
            ["Balance classes", "Class weights", "Class imbalance", "Label noise"],
        ),
    ],
)
def test_what_is_told(source, made, told) -> None:
    config = DataConfig(source=source, **made)
    data = prepare(config, 7, LayerSpec(id="o", activation="identity", sources=("h",)))
    sentences = remarks(config, data)
    assert [sentence.split('"')[1] for sentence in sentences] == told
    assert all("has no effect: it is for " in sentence for sentence in sentences)
    applies = what_applies(data)
    assert applies["balance"] == applies["label_noise"] != applies["scale_targets"]
