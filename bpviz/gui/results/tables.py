"""Results as tables: scores, sensitivity, the hardest samples."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtGui import QImage

from bpviz.datasets.dataset import Dataset
from bpviz.engine.activations import Array
from bpviz.gui.canvas.names import pretty, unit_names
from bpviz.gui.colors import class_colors, grey_image, grey_table
from bpviz.gui.output.labels import labels_text, names_that_are_on
from bpviz.gui.output.sample_picker import sample_text
from bpviz.gui.plots.ticks import value_text
from bpviz.gui.results.content import (
    NOT_DEFINED,
    Cell,
    Content,
    Head,
    Lines,
    Pictures,
    Rows,
    Shown,
    Words,
    cut,
    share_text,
)
from bpviz.gui.theme import Theme
from bpviz.lab.assessment import Hardest, Sensitivity, answer_names, relative, thumbnail

_ONE = "0.000"
_VALUE = "−0.0000"
_SCORE_HEADS = (
    Head("Precision", "Of what the network takes for this class, the share that is of it", _ONE),
    Head("Recall", "Of what is of this class, the share that the network finds", _ONE),
    Head("F1", "Precision and recall in one: their harmonic mean", _ONE),
    Head("Samples", "How many samples are of this class", "00,000"),
    Head("F1, 0 – 1", "F1 as a bar: full is 1", "mmmm", number=False, stretch=True),
)
_LABEL_HEADS = (
    Head("Precision", "Of the samples that the network gives this label, those that have it", _ONE),
    Head("Recall", "Of the samples that have this label, those that the network gives it", _ONE),
    _SCORE_HEADS[2],
    Head("Samples", "How many samples have this label", "00,000"),
    _SCORE_HEADS[4],
)
_VALUE_HEADS = (
    Head(
        "R²", "Share of the true values' variance that the predictions explain; 1 is best", _VALUE
    ),
    Head("MAE", "Mean absolute error: how far off a prediction is, in the data's units", _VALUE),
    Head("RMSE", "Root of the mean squared error, in the data's units", _VALUE),
    Head("Samples", "How many samples there are", "00,000"),
    Head("R², 0 – 1", "R² as a bar: full is 1", "mmmm", number=False, stretch=True),
)
# Pictures in the list have at most about so many pixels to a side.
_THUMBNAIL = 64
# So many are kept of each dataset, for as long as it is there itself.
_MOST_KEPT = 512
_THUMBNAILS: WeakKeyDictionary[Dataset, dict[tuple[int, Theme], QImage]] = WeakKeyDictionary()
_RAMP = np.linspace(0.0, 1.0, 256)[np.newaxis]
# So many outputs of a picture are told.
_LARGEST = 3
# A longer name is cut; a shorter one where there are many.
_MOST_OF_A_NAME, _SHORT_NAME = 26, 12
# So many inputs are told in full.
_MOST_TOLD = 20


def scores(shown: Shown) -> Content:
    """Precision, recall and F1 by class or label, or R² and errors by output."""
    return _class_table(shown) if shown.results.classes is not None else _value_table(shown)


def _class_table(shown: Shown) -> Rows:
    found = shown.results.classes
    assert found is not None
    dataset = shown.assessment.snapshot.data.dataset
    names, word = answer_names(dataset), "label" if dataset.labels else "class"
    # Of labels several may be true at once: no colours tell them apart.
    colors = None if dataset.labels else class_colors(shown.theme, len(names))
    rows = []
    for k, name in enumerate(names):
        values = found.precision[k], found.recall[k], found.f1[k]
        why = (f"the {word} was never predicted", f"no sample is of this {word}", "it never occurs")
        rows.append(
            (
                Cell(name, name, dot=colors[k] if colors else None),
                *(_score(float(v), w) for v, w in zip(values, why, strict=True)),
                Cell(f"{int(found.support[k]):,}"),
                _bar(float(found.f1[k])),
            )
        )
    total = Cell(f"{int(found.support.sum()):,}", quiet=True)
    for name, tip, means in (
        ("mean", f"The mean over all of them, each {word} counting the same", found.macro),
        ("mean by samples", "The mean over all of them, weighted by samples", found.weighted),
    ):
        cells = (_score(v, f"no {word} has one", quiet=True) for v in means)
        rows.append((Cell(name, tip, quiet=True), *cells, total, _bar(means[2])))
    tip = "What each sample has or has not" if dataset.labels else "What is to be told apart"
    head = _name_head(word.capitalize(), tip, (*names, "mean by samples"))
    heads = _LABEL_HEADS if dataset.labels else _SCORE_HEADS
    return Rows(f"Scores by {word}", (head, *heads), tuple(rows))


def _name_head(title: str, tip: str, names: Sequence[str]) -> Head:
    """A column of names, as wide as the longest, within reason; a dot has room beside it."""
    longest = max((name[:_MOST_OF_A_NAME] for name in names), key=len, default="")
    return Head(title, tip, f"{longest}m", number=False)


def _bar(value: float) -> Cell:
    return Cell(tip=f"{value:.6f}", share=value)


def _score(value: float, why: str, quiet: bool = False) -> Cell:
    tip = f"{NOT_DEFINED}: {why}" if np.isnan(value) else f"{value:.6f}"
    return Cell(share_text(value), tip, quiet=quiet)


def _value_table(shown: Shown) -> Rows:
    found = shown.results.values
    assert found is not None
    names = shown.assessment.snapshot.data.dataset.target_names
    count = Cell(f"{shown.results.samples:,}")
    rows = tuple(
        (
            Cell(name, name),
            _score(float(r2), "all true values are alike"),
            _value(float(mae)),
            _value(float(rmse)),
            count,
            _bar(float(r2)),
        )
        for name, r2, mae, rmse in zip(names, found.r2, found.mae, found.rmse, strict=True)
    )
    heads = (_name_head("Output", "What is predicted", names), *_VALUE_HEADS)
    return Rows("Scores by output", heads, rows)


def _value(value: float) -> Cell:
    return Cell(value_text(value), repr(value))


# Sensitivity


def sensitivity(shown: Shown) -> Content:
    """Mean |∂out/∂in| of each input: bars, or for pictures a picture of each output."""
    found = shown.assessment.sensitivity
    if found is None:
        return Words("Measuring how much the outputs move with each input…")
    snapshot = shown.assessment.snapshot
    data = snapshot.data
    outputs = unit_names(snapshot.spec, data)[-1]
    if data.dataset.image_shape is not None and not data.encoding.features:
        return _maps(shown, found, outputs)
    mean = found.of_inputs
    shares = relative(mean)
    several = len(outputs) > 1
    heads = (
        _name_head("Input", "An input of the network, after scaling", data.feature_names),
        Head(
            f"Mean |∂out/∂in|{_of_samples(found)}",
            "How much the output moves, on average, for each unit that this input moves",
            "m" * 10,
            number=False,
            stretch=True,
        ),
        Head("Mean" if several else "", "The mean over all outputs", _VALUE),
        *(
            Head(cut(name, _SHORT_NAME), f"Of output {name} alone", _VALUE)
            for name in outputs
            if several
        ),
    )
    rows = tuple(
        (
            Cell(pretty(data.feature_names[k]), data.feature_names[k]),
            Cell(tip=repr(float(mean[k])), share=float(shares[k])),
            _value(float(mean[k])),
            *(_value(float(v)) for v in found.means[:, k] if several),
        )
        for k in found.order
    )
    return Rows("Sensitivity of the outputs to each input, largest first", heads, rows)


def _of_samples(found: Sensitivity) -> str:
    """Which samples were looked at, where not all were."""
    if found.samples == found.total:
        return ""
    return f" over {found.samples:,} of {found.total:,} samples, evenly chosen"


def _maps(shown: Shown, found: Sensitivity, outputs: Sequence[str]) -> Pictures:
    shape = shown.assessment.snapshot.data.dataset.image_shape
    table = grey_table(shown.theme)
    pictures = tuple(
        (name, grey_image(row.reshape(shape), table))
        for name, row in zip(outputs, relative(found.means), strict=True)
    )
    return Pictures(
        "Sensitivity of each output to each pixel",
        pictures,
        f"Mean |∂out/∂in|{_of_samples(found)}",
        ramp=grey_image(_RAMP, table),
        ends=("0", value_text(found.largest, 3)),
    )


# The hardest samples


def hardest(shown: Shown) -> Content:
    """The samples with the largest errors first."""
    snapshot, found = shown.assessment.snapshot, shown.results.hardest
    dataset = snapshot.data.dataset
    pictures = dataset.image_shape is not None
    heads = (
        *((Head("", "The sample itself", "mm", number=False),) if pictures else ()),
        Head("Sample", "Click to make it the current sample", "test 00,000", number=False),
        Head("Error", "The error of this sample alone", _VALUE),
        *_answer_heads(dataset),
        Head("Outputs", "The largest outputs", "m" * 9, False, stretch=True)
        if pictures
        else Head("Inputs", "Its inputs", "m" * 6, False, stretch=True),
    )
    outputs: Sequence[str] = tuple(map(pretty, dataset.class_names))
    if len(outputs) != snapshot.spec.output.units and dataset.target_shape is None:
        outputs = unit_names(snapshot.spec, snapshot.data)[-1]
    rows = Lines(len(found.rows), lambda k: _hard_row(shown, found, k, outputs))
    samples = tuple(int(row) for row in found.rows)
    current = samples.index(shown.sample) if shown.sample in samples else -1
    return Rows("Samples, largest error first", heads, rows, samples, current, tall=pictures)


def _answer_heads(dataset: Dataset) -> tuple[Head, ...]:
    """What is right and what the network says; of pictures the output view shows it."""
    if dataset.target_shape is not None:
        return ()
    names = dataset.class_names or (_longest_answer(dataset),)
    return (
        _name_head("True", "What it is", names),
        _name_head("Predicted", "What the network says", names),
    )


def _longest_answer(dataset: Dataset) -> str:
    """About the widest text of what is right of a sample."""
    if not dataset.labels:
        return ", ".join(["0.000"] * dataset.outputs)
    most = int(dataset.targets.sum(axis=1).max(initial=1))
    return ", ".join(sorted(dataset.target_names, key=len)[-max(1, most) :])


def _hard_row(shown: Shown, found: Hardest, k: int, outputs: Sequence[str]) -> tuple[Cell, ...]:
    data = shown.assessment.snapshot.data
    dataset, row = data.dataset, int(found.rows[k])
    name = sample_text(data, row)
    short = name.split(" of ")[0].replace(" sample", "")
    first: tuple[Cell, ...] = ()
    pictures = dataset.image_shape is not None
    if pictures:
        said = _largest_outputs(found.answers[k], outputs)
        last = Cell(said, said, quiet=True)
        first = (Cell(tip=name, image=_thumbnail(dataset, row, shown.theme)),)
    else:
        told = _inputs(dataset, row)
        text = ", ".join(f"{cut(name, _SHORT_NAME)} {value}".rstrip() for name, value in told)
        full = [f"{name} {value}".rstrip() for name, value in told[:_MOST_TOLD]]
        more = len(told) - len(full)
        last = Cell(text, "\n".join((*full, f"… and {more:,} more") if more else full), quiet=True)
    error = float(found.errors[k])
    told_error = Cell(value_text(error), repr(error))
    return (*first, Cell(short, name), told_error, *_answers(shown, found, k), last)


def _thumbnail(dataset: Dataset, row: int, theme: Theme) -> QImage:
    """A sample's picture; the same image each time, so that it is scaled for the screen once."""
    kept = _THUMBNAILS.setdefault(dataset, {})
    if (row, theme) not in kept:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[row, theme] = grey_image(thumbnail(dataset, row, _THUMBNAIL), grey_table(theme))
    return kept[row, theme]


def _largest_outputs(outs: Array, names: Sequence[str]) -> str:
    """The three largest outputs of a sample: "8 0.975, 4 0.020, 9 0.003"."""
    first = np.argsort(-outs, kind="stable")[:_LARGEST]
    return ", ".join(f"{names[k]} {share_text(float(outs[k]))}" for k in first)


def _answers(shown: Shown, found: Hardest, k: int) -> tuple[Cell, ...]:
    """Cells of the answers' heads; what the network says rightly is quiet."""
    dataset, row = shown.assessment.snapshot.data.dataset, int(found.rows[k])
    if dataset.is_classification:
        names, colors = dataset.class_names, class_colors(shown.theme, len(dataset.class_names))
        true, taken = int(dataset.targets[row]), int(found.taken[k])
        return (
            Cell(names[true], names[true], dot=colors[true]),
            Cell(names[taken], names[taken], dot=colors[taken], quiet=true == taken),
        )
    if dataset.labels:
        yes = dataset.targets[row] > 0.5
        said = [labels_text(dataset.target_names, v) for v in (yes, found.taken[k])]
        right = bool((yes == (found.taken[k] == 1)).all())
        return Cell(said[0], said[0]), Cell(said[1], said[1], quiet=right)
    if dataset.target_shape is not None:
        return ()
    texts = [
        ", ".join(value_text(float(v), 3) for v in values)
        for values in (dataset.targets[row], found.answers[k])
    ]
    return Cell(texts[0], texts[0]), Cell(texts[1], texts[1])


def _inputs(dataset: Dataset, row: int) -> list[tuple[str, str]]:
    """A sample's inputs, by name: ("length", "5.1"), ("island", "Biscoe").

    Of many that are 0 or 1 those that are 1: ("Colin", ""), ("uncle", "").
    """
    if on := names_that_are_on(dataset, row):
        return [(name, "") for name in on]
    values, told, at = dataset.inputs[row], [], 0
    for column in dataset.table_columns:
        width = max(1, len(column.categories))
        part = values[at : at + width]
        at += width
        text = value_text(float(part[0]), 3)
        if column.categories:
            text = column.categories[int(np.argmax(part))] if part.any() else "–"
        told.append((pretty(column.name), text))
    return told
