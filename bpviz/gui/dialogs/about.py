"""What bpviz is, which version, and what it runs on."""

from __future__ import annotations

from PySide6.QtCore import QSysInfo, qVersion
from PySide6.QtWidgets import QWidget

import bpviz
from bpviz.gui.dialogs.telling import Telling
from bpviz.gui.widgets.text import label


class AboutDialog(Telling):
    """A few lines about the program."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("About bpviz", parent)
        self.body.addWidget(label(f"bpviz {bpviz.__version__}", "figure", self))
        what = label(
            "A laboratory for watching a neural network learn by backpropagation: edit it while "
            "it learns, and take the trained weights away.",
            parent=self,
        )
        what.setWordWrap(True)
        what.setMinimumWidth(380)
        self.body.addWidget(what)
        self.body.addWidget(
            label(f"Qt {qVersion()} · {QSysInfo.prettyProductName()}", "secondary", self)
        )
        self.body.addWidget(label("MIT licence", "secondary", self))
