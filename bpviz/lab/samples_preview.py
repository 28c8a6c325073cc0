"""A preview of samples that come without a table: their values, and what is learned from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bpviz.datasets.arrays.numpy_files import read_arrays
from bpviz.datasets.arrays.sources import ArrayFile
from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import Dataset
from bpviz.datasets.file_source import FileSource, Outline
from bpviz.datasets.missing import without_missing
from bpviz.datasets.preprocessing import code_targets, prepared, split
from bpviz.datasets.tables.options import ColumnRole
from bpviz.datasets.tables.progress import GoesOn
from bpviz.engine.activations import ACTIVATIONS, Array
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec
from bpviz.lab.assessment import thumbnail
from bpviz.lab.data_fit import usual_head
from bpviz.lab.import_preview import (
    SHOWN_COLUMNS,
    SHOWN_ROWS,
    Preview,
    PreviewCell,
    PreviewColumn,
)
from bpviz.lab.loading import sentence_of
from bpviz.lab.table_preview import without_chance

Mask = np.ndarray[Any, np.dtype[np.bool_]]

# Of larger data, scaling is fitted to so many values alone.
_MOST_VALUES = 2_000_000
# Pictures are shown with so many pixels to a side, or a few more.
_PICTURE = 64


def samples_preview(data: DataConfig, seed: int, goes_on: GoesOn) -> Preview:
    """The preview of a source that is no table; see `Previewer`."""
    source = data.source
    outline = Outline()
    try:
        if isinstance(source, FileSource):
            outline = source.outline()
            dataset = source.read(goes_on)
        else:
            dataset = source.load(seed)
        preview = _of(dataset, without_chance(data), seed, source.name)
    except SettingError as error:
        preview = Preview(source.name, refusal=sentence_of(error))
        if outline.arrays and isinstance(source, ArrayFile):
            preview = _of_arrays(source, outline, preview, goes_on)
    return replace(preview, outline=outline)


def _of(dataset: Dataset, data: DataConfig, seed: int, name: str) -> Preview:
    mended, reports = without_missing(dataset, data.missing)
    train, test = split(mended, data, seed)
    head = dataset.rows(np.arange(min(SHOWN_ROWS, len(dataset))))
    kept = np.full(len(head), data.missing != "drop")
    kept |= ~np.isnan(head.inputs).any(axis=1)
    inputs, targets = _learned(mended.rows(train[: _fitted(mended)]), data, seed, head)
    is_test = np.zeros(len(mended), dtype=bool)
    is_test[test] = True
    tested = np.zeros(len(head), dtype=bool)
    tested[kept] = is_test[: np.count_nonzero(kept)]
    names = dataset.input_names[:SHOWN_COLUMNS]
    columns = [
        _numbers(n, "input", head.inputs[:, k], inputs[:, k], kept) for k, n in enumerate(names)
    ]
    return Preview(
        name,
        (*columns, *_targets(dataset, head, targets, kept)),
        tuple(range(1, len(head) + 1)),
        tuple("" if is_kept else "left out: a value is missing" for is_kept in kept),
        tuple(tested.tolist()),
        judged_rows=len(dataset),
        samples=len(mended),
        test_samples=len(test),
        inputs=dataset.inputs.shape[1],
        class_names=dataset.class_names,
        reports=(*dataset.reports, *reports),
        pictures=_pictures(head),
    )


def _pictures(head: Dataset) -> tuple[Array, ...]:
    if head.image_shape is None:
        return ()
    return tuple(thumbnail(head, row, _PICTURE) for row in range(len(head)))


def _of_arrays(source: ArrayFile, outline: Outline, preview: Preview, goes_on: GoesOn) -> Preview:
    """The preview with the first rows of all arrays, though they give no samples."""
    try:
        arrays = read_arrays(source.file, goes_on)
    except SettingError:
        return preview
    heads = {n: a.reshape(len(a), -1)[:SHOWN_ROWS] for n, a in arrays.items() if a.ndim and a.size}
    count = max(map(len, heads.values()), default=0)
    chosen = {name: getattr(source, name) or outline.used[name] for name in ("inputs", "targets")}
    columns: list[PreviewColumn] = []
    # Those that are used come first, as there may be very many others.
    for name, head in sorted(heads.items(), key=lambda item: item[0] not in chosen.values()):
        role: ColumnRole = "left out"
        if name in chosen.values():
            role = "input" if name == chosen["inputs"] else "target"
        is_number = head.dtype.kind in "biuf"
        head = head if is_number else head.astype(str)
        room = 2 * SHOWN_COLUMNS - len(columns)
        for k in range(min(head.shape[1], SHOWN_COLUMNS, room)):
            cell_values = head[:, k].tolist()
            texts = [f"{v:g}" if isinstance(v, float) else str(v) for v in cell_values]
            cells = [PreviewCell(text, missing=text in ("", "nan")) for text in texts]
            cells += [PreviewCell("", missing=True)] * (count - len(head))
            columns.append(
                PreviewColumn(
                    name if head.shape[1] == 1 else f"{name} {k + 1}",
                    "number" if is_number else "category",
                    role,
                    tuple(cells),
                )
            )
    return replace(
        preview,
        columns=tuple(columns),
        rows=tuple(range(1, count + 1)),
        remarks=("",) * count,
        tested=(False,) * count,
    )


def _fitted(dataset: Dataset) -> int:
    return max(2, _MOST_VALUES // int(dataset.inputs.shape[1]))


def _learned(train: Dataset, data: DataConfig, seed: int, head: Dataset) -> tuple[Array, Array]:
    """The numbers that the first samples are learned from, scaled as the training part says."""
    activation, _ = usual_head(train)
    output = LayerSpec(
        "out", units=train.outputs, sources=("in",), activation=ACTIVATIONS.make(activation)
    )
    fitted = prepared(
        replace(train, test_part=None), replace(data, test_fraction=0.0), seed, output
    )
    targets, _, _ = code_targets(head, output, data.target_margin)
    return fitted.encoding.apply(head.inputs), fitted.target_scaling.apply(targets)


def _targets(dataset: Dataset, head: Dataset, learned: Array, kept: Mask) -> list[PreviewColumn]:
    if not dataset.is_classification:
        return [
            _numbers(name, "target", head.targets[:, k], learned[:, k], kept)
            for k, name in enumerate(dataset.target_names)
        ]
    names = dataset.class_names
    rows = zip(head.targets.tolist(), learned.tolist(), kept.tolist(), strict=True)
    cells = [
        PreviewCell(names[number], tuple(values) if is_kept else (), category=names[number])
        for number, values, is_kept in rows
    ]
    (name,) = dataset.target_names
    named = names[1:] if dataset.outputs == 1 else names
    column = PreviewColumn(name, "category", "target", tuple(cells), distinct=len(names))
    return [replace(column, value_names=tuple(f"{name} = {class_name}" for class_name in named))]


def _numbers(
    name: str,
    role: ColumnRole,
    values: Array,
    learned: Array,
    kept: Mask,
) -> PreviewColumn:
    rows = zip(values.tolist(), learned.tolist(), kept.tolist(), strict=True)
    cells = tuple(
        PreviewCell(
            "" if np.isnan(value) else f"{value:g}",
            (number,) if is_kept else (),
            bool(np.isnan(value)),
        )
        for value, number, is_kept in rows
    )
    return PreviewColumn(name, "number", role, cells, value_names=(name,))
