"""Which data an experiment learns from, and how it is split, mended, weighted and scaled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bpviz.datasets.dataset import DATASETS, DataSource
from bpviz.datasets.features import FEATURES
from bpviz.datasets.synthetic import Circle
from bpviz.engine.settings import SettingError, Settings, setting

MissingRule = Literal["drop", "mean", "most frequent"]
InputScaling = Literal["none", "standardise", "min-max"]


@dataclass(frozen=True)
class DataConfig(Settings):
    """The data of an experiment: the [data] part of its file."""

    source: DataSource = setting(Circle(), "Data", "Where the samples come from", registry=DATASETS)
    features: tuple[str, ...] = setting(
        (), "Input features", "What two inputs are turned into; none: they enter as they are"
    )
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
    scaling: InputScaling = setting(
        "none",
        "Scaling",
        "Over the training part, every input gets mean 0 and deviation 1 (standardise), or runs "
        "from 0 to 1 (min-max)",
    )
    scale_targets: bool = setting(
        False,
        "Scale targets",
        "Values to predict get mean 0 and deviation 1 over the training part; predictions are "
        "turned back",
    )
    missing: MissingRule = setting(
        "drop",
        "Missing values",
        "Samples with missing inputs are dropped, or the inputs filled in from the training part: "
        "by the mean (categories by the most frequent one), or by the most frequent value",
    )
    balance: bool = setting(
        False, "Balance classes", "Weights every class's errors so that all classes count the same"
    )
    class_weights: tuple[float, ...] = setting(
        (),
        "Class weights",
        "What each class's errors are multiplied with, as they stand; none: all 1",
        at_least=0,
    )
    minority: float = setting(
        1.0,
        "Class imbalance",
        "Share of the last class's samples that is kept; the others are left out",
        above=0,
        at_most=1,
    )
    target_margin: float = setting(
        0.0,
        "Target margin",
        "How far the targets of classes and labels stay away from what the output activation can "
        "reach, as a share of its range: 0.2 makes 0.2 and 0.8 of 0 and 1",
        at_least=0,
        below=0.5,
        slider=(0, 0.4),
    )
    label_noise: float = setting(
        0.0,
        "Label noise",
        "Share of the training samples that get another class by chance",
        unit="%",
        at_least=0,
        at_most=1,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for kind in self.features:
            if kind not in FEATURES:
                raise SettingError(
                    f"must be some of {', '.join(FEATURES)}; got {kind!r}", "features"
                )
        if len(set(self.features)) != len(self.features):
            raise SettingError("must not name a feature twice", "features")
