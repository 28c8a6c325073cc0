"""What is said below the output: of the matrix, how many are right; of a slice, what is held."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bpviz.engine.metrics import decide
from bpviz.gui.canvas.names import pretty
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.widgets.numbers import percent_text
from bpviz.lab.evaluation import Evaluation

_Numbers = np.ndarray[Any, np.dtype[np.intp]]


class Decisions(NamedTuple):
    """Dataset rows of a part, their true classes and the classes that they are taken for."""

    rows: _Numbers
    classes: _Numbers
    taken: _Numbers


def of_test_part(evaluation: Evaluation, show_test: bool) -> bool:
    """Whether the matrix is that of the test part."""
    return show_test and len(evaluation.snapshot.data.test_rows) > 0


def decisions(evaluation: Evaluation, show_test: bool) -> Decisions:
    """Those of the part that the matrix is of; none before they are known."""
    data, tested = evaluation.snapshot.data, of_test_part(evaluation, show_test)
    rows = data.test_rows if tested else data.train_rows
    outs = evaluation.test_out if tested else evaluation.train_out
    if outs is None:
        return Decisions(*(np.empty(0, np.intp) for _ in range(3)))
    taken = decide(outs, data.training.task, data.training.threshold)
    return Decisions(rows, data.dataset.targets[rows], taken)


def matrix_caption(evaluation: Evaluation, show_test: bool) -> str:
    if evaluation.confusion is None:
        return ""
    tested = of_test_part(evaluation, show_test)
    counts = evaluation.confusion[int(tested)]
    total = int(counts.sum())
    part = "test" if tested else "training"
    right = f", {percent_text(float(np.trace(counts)) / total)} right" if total else ""
    return f"{total:,} {part} samples{right}"


def slice_caption(evaluation: Evaluation) -> str:
    """The values of the inputs that the map is not over."""
    dataset = evaluation.snapshot.data.dataset
    if dataset.inputs.shape[1] < 3:
        return ""
    held = [
        f"{pretty(name)} {value_text(float(value), 3)}"
        for k, (name, value) in enumerate(
            zip(dataset.input_names, evaluation.probe.inputs, strict=True)
        )
        if k not in evaluation.request.axes
    ]
    return "a slice; held: " + ", ".join(held)
