"""Which data an experiment learns from, and how it is split and scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bpviz.datasets.dataset import DATASETS, DataSource
from bpviz.datasets.synthetic import Circle
from bpviz.engine.settings import Settings, setting


@dataclass(frozen=True)
class DataConfig(Settings):
    """The data of an experiment: the [data] part of its file."""

    source: DataSource = setting(Circle(), "Data", "Where the samples come from", registry=DATASETS)
    test_fraction: float = setting(
        0.5,
        "Test split",
        "Share of the samples that is kept for testing and never learned from",
        unit="%",
        at_least=0,
        below=1,
        slider=(0, 0.9),
    )
    stratify: bool = setting(
        True, "Keep class shares", "Whether each class is split in the same proportion"
    )
    scaling: Literal["none", "standardise"] = setting(
        "none",
        "Scaling",
        "Standardise: every input gets mean 0 and deviation 1 over the training part",
    )
