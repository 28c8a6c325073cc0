"""What is said of a sheet that is drawn on."""

from __future__ import annotations

import numpy as np

from bpviz.datasets.config import DataConfig
from bpviz.datasets.own import OwnSamples
from bpviz.lab.drawn_samples import waits_for

KEYS = (
    "Keys: 1 to 9 class, B brush, P point, E eraser, [ and ] size, Esc ends drawing; the right "
    "mouse button erases, arrow keys and Enter draw without a mouse"
)


def told(sheet: OwnSamples, data: DataConfig, is_blank: bool) -> str:
    """How much there is of what on a sheet over these data, or what is missing."""
    if is_blank:
        return "Training begins anew with your first points."
    count = len(sheet.rows)
    if not isinstance(data.source, OwnSamples):
        return f"Drawing copies these {count:,} samples."
    waits = waits_for(sheet)
    if waits:
        return waits
    text = points_text(count)
    if data.test_fraction:
        text += f", each stroke draws the test part ({data.test_fraction:.0%}) anew"
    if not sheet.class_names:
        return text
    sizes = np.bincount(sheet.table[:, -1].astype(np.intp), minlength=len(sheet.class_names))
    parts = [f"{n:,} {x}" for n, x in zip(sizes.tolist(), sheet.class_names, strict=True)]
    return f"{text}: {', '.join(parts)}"


def points_text(count: int) -> str:
    return f"{count:,} point{'' if count == 1 else 's'}"
