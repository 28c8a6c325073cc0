"""The views of results there are; to add one, add a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bpviz.datasets.encoding import PreparedData
from bpviz.gui.results import plots, tables
from bpviz.gui.results.content import Content, Shown
from bpviz.lab.assessment import answer_names


@dataclass(frozen=True)
class ResultView:
    """One way to look at results: its name, a short one, what its tooltip says, how it is made.

    `classes` says that it is for classes and labels, `values` that it is for values to predict;
    `pictures` that it is for pictures to predict;
    `of_class` that it is about one class or label, `of_output` about one value of several.
    """

    key: str
    name: str
    short: str
    tip: str
    make: Callable[[Shown], Content]
    classes: bool = True
    values: bool = True
    of_class: bool = False
    of_output: bool = False
    sensitivity: bool = False
    pictures: bool = False

    def suits(self, data: PreparedData) -> bool:
        """Whether it says something about such data."""
        if data.dataset.target_shape is not None:
            return self.pictures
        return self.classes if answer_names(data.dataset) else self.values


VIEWS = (
    ResultView("scores", "Scores", "Scores", "Scores of each class or output", tables.scores),
    ResultView(
        "roc",
        "ROC",
        "ROC",
        "How many of a class are found, over how many others are taken for it",
        plots.roc,
        values=False,
        of_class=True,
    ),
    ResultView(
        "precision-recall",
        "Precision–recall",
        "P–R",
        "Precision over recall: how pure what is found stays, the more is found",
        plots.precision_recall,
        values=False,
        of_class=True,
    ),
    ResultView(
        "calibration",
        "Calibration",
        "Calib.",
        "Calibration: how often what is called likely is true",
        plots.calibration,
        values=False,
        of_class=True,
    ),
    ResultView(
        "residuals",
        "Residuals",
        "Residuals",
        "How far predictions are off, over what was predicted",
        plots.residuals,
        classes=False,
        of_output=True,
    ),
    ResultView(
        "sensitivity",
        "Sensitivity",
        "Sens.",
        "Sensitivity: how much the outputs move with each input, mean |∂out/∂in|",
        tables.sensitivity,
        sensitivity=True,
    ),
    ResultView(
        "hardest",
        "Hardest",
        "Hardest",
        "The samples with the largest errors first; a click makes one the current sample",
        tables.hardest,
        pictures=True,
    ),
)
