"""The first samples of a preview that are pictures, each with what is to be predicted of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from bpviz.gui.colors import grey_image, grey_table
from bpviz.gui.theme import GAP, Theme
from bpviz.gui.widgets.cell_icons import picture_icon
from bpviz.lab.import_preview import Preview

_SIDE = 64
# Of more values to predict, the first are told.
_MOST_TOLD = 3


class Gallery(QListView):
    """Pictures side by side, as many in a line as fit; those for testing have a violet label."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.items = QStandardItemModel(self)
        self.setModel(self.items)
        self.setProperty("role", "gallery")
        self.setAccessibleName("First pictures")
        self.setToolTip("The first pictures of the file, and what is to be predicted of each")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setSpacing(GAP // 2)
        self.setIconSize(QSize(_SIDE, _SIDE))

    def show_preview(self, preview: Preview, theme: Theme) -> None:
        """Show the pictures of a preview, of which there may be none."""
        self.items.clear()
        table, ratio = grey_table(theme), self.devicePixelRatioF()
        height = _SIDE + self.fontMetrics().height() + GAP
        for row, picture in enumerate(preview.pictures):
            told = told_of(preview, row)
            image = grey_image(picture, table)
            item = QStandardItem(picture_icon(image, self.iconSize(), ratio), told)
            item.setEditable(False)
            item.setSizeHint(QSize(_SIDE + 2 * GAP, height))
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            words = [f"Sample {preview.rows[row]:,}: {told}", preview.remarks[row]]
            if preview.tested[row]:
                item.setForeground(QColor(theme.violet))
                words[0] += ", for testing"
            item.setToolTip("\n".join(filter(None, words)))
            item.setAccessibleText(words[0])
            self.items.appendRow(item)


def told_of(preview: Preview, row: int) -> str:
    """What is to be predicted of a sample, in short."""
    targets = [column.cells[row].text for column in preview.columns if column.role == "target"]
    return " ".join(targets[:_MOST_TOLD]) + (" …" if len(targets) > _MOST_TOLD else "")
