"""What comes of a table, in one line: rows, inputs, what is predicted, how it is split."""

from __future__ import annotations

from bpviz.gui.theme import Theme
from bpviz.lab.import_preview import Preview


def summary_of(preview: Preview, theme: Theme) -> str:
    """The line below the preview, as rich text; "" where there is nothing to learn from."""
    if preview.refusal or not preview.samples:
        return ""
    parts = []
    if preview.class_names:
        aim = _count(len(preview.class_names), "class", "classes")
    else:
        targets = sum(column.role == "target" for column in preview.columns)
        aim = _count(targets, "value", "values")
    parts.append(f"{_count(preview.inputs, 'input', 'inputs')} → {aim}")
    training = preview.samples - preview.test_samples
    if preview.whole:
        parts.append(f"{_count(training, 'row', 'rows')} for training")
        parts.append(
            f'<span style="color:{theme.violet}">{preview.test_samples:,} for testing</span>'
        )
        gone = preview.judged_rows - preview.samples
        if gone:
            parts.append(f"{gone:,} left out")
    else:
        share = preview.test_samples / preview.samples
        parts.append(f"more than {preview.judged_rows:,} rows")
        parts.append(f'<span style="color:{theme.violet}">{share:.0%} for testing</span>')
    return " &nbsp;·&nbsp; ".join(parts)


def _count(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"
