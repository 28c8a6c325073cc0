"""In which form the gradient is written."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QListView, QWidget

from bpviz.gui.widgets.choice import Choice

_FORMS = (
    ("full", "full form", "The unit's own three factors; a sum over what it feeds is one of them"),
    ("written out", "written out", "Products are written out as far as there is no sum"),
    ("cancelled", "cancelled form", "The output's slope has cancelled against the error's"),
    ("delta", "delta form", "δ = −∂E/∂net times what the connection carries"),
)


class FormChoice(Choice):
    """The forms that the present derivation has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_FORMS, "Form", "How the gradient is written", parent)

    def offer(self, names: Collection[str]) -> None:
        """Leave out the forms that are not among these."""
        view, model = self.view(), self.model()
        assert isinstance(view, QListView)
        assert isinstance(model, QStandardItemModel)
        for k, (name, _, _) in enumerate(_FORMS):
            offered = name in names
            if view.isRowHidden(k) is offered:
                view.setRowHidden(k, not offered)
                model.item(k).setEnabled(offered)
