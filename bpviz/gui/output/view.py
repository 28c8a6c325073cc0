"""The output view: what the network answers, shown in the way that suits the data."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QStackedWidget,
    QWidget,
)

from bpviz.datasets.encoding import PreparedData
from bpviz.gui.canvas.names import unit_names
from bpviz.gui.output.captions import (
    decisions,
    matrix_caption,
    of_test_part,
    slice_caption,
)
from bpviz.gui.output.confusion import ConfusionView
from bpviz.gui.output.curves import curve_plane, scatter_plane
from bpviz.gui.output.decision_map import decision_plane, has_map, unit_plane
from bpviz.gui.output.drawing import DrawingPage
from bpviz.gui.output.footer import OutputFooter
from bpviz.gui.output.header import OutputHeader
from bpviz.gui.output.labels_view import LabelsView
from bpviz.gui.output.made_page import MadePage
from bpviz.gui.output.picture_page import PicturePage
from bpviz.gui.output.plane import Plane
from bpviz.gui.output.plane_view import PlaneView
from bpviz.gui.output.presentation import CURVE, DRAW, MAP, Presentation, suitable
from bpviz.gui.output.samples import Showing
from bpviz.gui.plots.painting import picture_menu, picture_of
from bpviz.gui.session import Session
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.card import Card
from bpviz.gui.widgets.text import ElidedLabel
from bpviz.lab.evaluation import Evaluation

# At both sides of what is in a card.
_CARD_MARGIN = 12
_WAITING = "The output appears here as soon as the network has been evaluated."


class OutputView(Card):
    """Decision map, curve, matrix, labels, predicted against true, or pictures; a sample picker.

    It draws the newest evaluation that belongs to the present snapshot and ignores any other.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Output", parent)
        self._session = session
        self._shown: Evaluation | None = None
        self._choices: tuple[Presentation, ...] = ()
        self._key = ""
        self._marked: frozenset[int] = frozenset()
        self.controls = OutputHeader(session, self)
        self.controls.output_chosen.connect(self.refresh)
        self.header.addWidget(self.controls)
        self._make_pages()
        self._make_footer()
        self.setMinimumWidth(280)
        session.evaluation_changed.connect(self._take)
        session.snapshot_changed.connect(self._take)
        session.request_changed.connect(self.refresh)
        session.look_changed.connect(self.refresh)
        session.rows_marked.connect(self._rows_marked)
        self._take()
        self.refresh()

    # Building

    def _make_pages(self) -> None:
        self.plane = PlaneView(self)
        self.plane.setAccessibleName("Output over the inputs")
        self.plane.picked.connect(self._pick)
        self.matrix = ConfusionView(self)
        self.matrix.cell_picked.connect(self._pick_of_cell)
        self.pictures = PicturePage(self)
        self.pictures.typed.connect(self._type)
        self.drawing = DrawingPage(self._session, self)
        self.drawing.changed.connect(self._drawing_changed)
        self.controls.draw_asked.connect(self.draw)
        self.controls.done_asked.connect(self.drawing.leave)
        menu = self.controls.more.menu()
        menu.aboutToShow.connect(lambda: self.drawing.fill_menu(menu))
        self._session.draw_asked.connect(self.draw)
        self.empty = QLabel(_WAITING, self)
        self.empty.setProperty("role", "secondary")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget(self)
        self.labels = LabelsView(self)
        self.made = MadePage(self)
        for page in (self.empty, self.plane, self.matrix, self.labels, self.pictures, self.made):
            self.pages.addWidget(page)
        self.pages.addWidget(self.drawing)
        self.caption = ElidedLabel("", "caption", self)
        self.body.setSpacing(HALF_GAP)
        self.body.addWidget(self.pages, 1)
        self.body.addWidget(self.caption)

    def _make_footer(self) -> None:
        self.footer = OutputFooter(self)
        self.picker = self.footer.picker
        self.picker.picked.connect(self._pick)
        self.footer.chosen.connect(self.show_as)
        self.body.addLayout(self.footer)

    def _lay_footer(self) -> None:
        self.footer.lay(self.contentsRect().width() - 2 * _CARD_MARGIN)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_footer()
        self._fit_header()

    def _fit_header(self) -> None:
        """What the title leaves of its line is the controls'."""
        taken = self.title.sizeHint().width() + 2 * self.header.spacing()
        self.controls.fit(self.body.geometry().width() - taken)

    # What a person does

    def show_as(self, key: str) -> None:
        """Choose a presentation by its key; one that does not suit the data changes nothing."""
        if key not in [c.key for c in self._choices]:
            return
        was_drawing = self._key == DRAW.key
        self._key = key
        self.footer.choice.set_value(key)
        if was_drawing and key != DRAW.key:
            self._session.ask(typed=None)
        self.refresh()

    def draw(self, empty: bool = False) -> None:
        """Draw samples: among those that are shown, or on an empty sheet."""
        if self.drawing.active:
            if empty:
                self.drawing.empty()
            return
        if self._choices and self._choices[0].key in ("map", "curve"):
            self.show_as(self._choices[0].key)
        self._session.show(shown_unit=None)
        shown = self.plane.plane if self.pages.currentWidget() is self.plane else None
        self.drawing.begin(shown, self._shown, empty)

    def _drawing_changed(self) -> None:
        self.refresh()
        if self.drawing.active:
            self.drawing.plane.setFocus()

    def _pick(self, row: int) -> None:
        self._session.ask(sample=row, typed=None)

    def _type(self, values: Any) -> None:
        self._session.ask(typed=values)

    def _pick_of_cell(self, true: int, predicted: int) -> None:
        """Go to the sample of this cell that comes after the current one."""
        if self._shown is None:
            return
        rows, classes, taken = decisions(self._shown, self._session.look.show_test)
        inside = rows[(classes == true) & (taken == predicted)]
        if not len(inside):
            self._session.said.emit("No sample is in this cell.", False)
            return
        at = np.flatnonzero(inside == self._session.request.sample)
        self._pick(int(inside[(at[0] + 1) % len(inside)] if len(at) else inside[0]))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = picture_menu(self, self.pages, "output", self._session.said.emit)
        menu.popup(event.globalPos())

    def render_image(self) -> QImage:
        """What is shown, as a picture."""
        return picture_of(self.pages)

    # Drawing

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _take(self) -> None:
        evaluation, snapshot = self._session.evaluation, self._session.snapshot
        self._ask_for_maps()
        if evaluation is None or evaluation is self._shown:
            return
        if snapshot is None or not evaluation.belongs_to(snapshot):
            return
        before, self._shown = self._shown, evaluation
        if before is None or before.snapshot.data is not evaluation.snapshot.data:
            self._new_data(evaluation)
        self.refresh()

    def _ask_for_maps(self) -> None:
        """Units are drawn as maps over two inputs; over more, maps are made where one is shown."""
        snapshot, shown = self._session.snapshot, self._shown
        if snapshot is None:
            return
        data = snapshot.data
        known = shown is not None and shown.snapshot.data is data
        enlarged = self._session.look.shown_unit is not None
        seen = self._key in (MAP.key, CURVE.key) or self.drawing.active or enlarged
        self._session.ask(want_map=not known or seen or data.dataset.inputs.shape[1] <= 2)

    def _new_data(self, evaluation: Evaluation) -> None:
        data = evaluation.snapshot.data
        choices = suitable(data)
        if choices != self._choices:
            self._choices = choices
            self.footer.offer(choices)
        was_drawing = self._key == DRAW.key
        if self._key not in [c.key for c in choices]:
            self._key = choices[0].key
        self.footer.choice.set_value(self._key)
        self.controls.take_data(evaluation)
        if was_drawing and self._key != DRAW.key:
            self._session.ask(typed=None)

    def _rows_marked(self) -> None:
        # A set knows its hash, which is asked for with each picture.
        self._marked = frozenset(self._session.marked_rows)
        if self.pages.currentWidget() is self.plane:
            self.refresh()

    def refresh(self) -> None:
        """Draw what there is, with the present look and request."""
        look = self._session.look
        self._ask_for_maps()
        if self.drawing.active and look.shown_unit is not None:
            self.drawing.leave()
            return
        evaluation = self._shown
        name = self._unit_name(evaluation) if evaluation else ""
        drawing = self.drawing.active
        self.title.setText("Draw samples" if drawing else name or "Output")
        self.controls.show_for(evaluation, self._key, bool(name) and not drawing, drawing)
        self.picker.setVisible(evaluation is not None and not drawing)
        self.footer.choice.setVisible(evaluation is not None and not name and not drawing)
        if drawing:
            self._show_drawing(evaluation)
            return
        if evaluation is None:
            self.pages.setCurrentWidget(self.empty)
            return
        data = evaluation.snapshot.data
        self.picker.show_sample(data, self._row(data), self._typed(data) is not None)
        if not self.isVisible():
            return
        self._lay_footer()
        self._fit_header()
        if name and look.shown_unit is not None:
            self._show_unit(evaluation, *look.shown_unit)
        else:
            self._show_chosen(evaluation)

    def _show_drawing(self, evaluation: Evaluation | None) -> None:
        self.caption.hide()
        self.pages.setCurrentWidget(self.drawing)
        if self.isVisible():
            self._fit_header()
            self.drawing.show_evaluation(evaluation)

    def _row(self, data: PreparedData) -> int:
        return min(max(self._session.request.sample, 0), len(data.dataset) - 1)

    def _typed(self, data: PreparedData) -> tuple[float, ...] | None:
        """The typed values, if they are of this data."""
        typed = self._session.request.typed
        return typed if typed and len(typed) == data.dataset.inputs.shape[1] else None

    def _unit_name(self, evaluation: Evaluation) -> str:
        """The title of the enlarged unit; "" when there is none, or no map of it."""
        unit, data = self._session.look.shown_unit, evaluation.snapshot.data
        if unit is None or data.dataset.image_shape is not None or not has_map(evaluation, *unit):
            return ""
        return f"Unit {unit_names(evaluation.snapshot.spec, data)[unit[0]][unit[1]]}"

    def _showing(self, data: PreparedData) -> Showing:
        look = self._session.look
        return Showing(
            self._row(data),
            self._typed(data),
            look.show_test,
            look.discretise,
            self.controls.output,
            self._marked,
        )

    def _show_unit(self, evaluation: Evaluation, layer: int, unit: int) -> None:
        showing = self._showing(evaluation.snapshot.data)
        self._show_plane(unit_plane(evaluation, self._session.theme, layer, unit, showing))
        self.caption.setText("what this unit puts out, all over the input plane")
        self.caption.show()

    def _show_chosen(self, evaluation: Evaluation) -> None:
        data, look = evaluation.snapshot.data, self._session.look
        caption = ""
        if self._key == "matrix":
            self._show_matrix(evaluation)
            caption = matrix_caption(evaluation, look.show_test)
        elif self._key in ("picture", "draw"):
            self.pictures.set_drawing(self._key == "draw", data.dataset)
            self.pictures.show_evaluation(evaluation, look.theme)
            self.pages.setCurrentWidget(self.pictures)
        elif self._key == "made":
            self.made.show_evaluation(evaluation, look.theme)
            self.pages.setCurrentWidget(self.made)
        elif self._key == "labels":
            self.labels.show_answer(evaluation, look.theme)
            self.pages.setCurrentWidget(self.labels)
        elif self._key == "scatter":
            self._show_plane(scatter_plane(evaluation, look.theme, self._showing(data)))
        else:
            build = decision_plane if self._key == "map" else curve_plane
            self._show_plane(build(evaluation, look.theme, self._showing(data)))
            caption = slice_caption(evaluation) if self._key == "map" else ""
        self.caption.setText(caption)
        self.caption.setVisible(bool(caption))

    def _show_plane(self, plane: Plane | None) -> None:
        if plane is None and self._shown is not None and not self._shown.request.want_map:
            # It was asked for just now; until it is there, what is shown stays.
            return
        if plane is None:
            self.empty.setText("There is no map of this; choose another view of the output below.")
            self.pages.setCurrentWidget(self.empty)
            return
        self.plane.show_plane(plane, self._session.theme)
        self.pages.setCurrentWidget(self.plane)

    def _show_matrix(self, evaluation: Evaluation) -> None:
        data = evaluation.snapshot.data
        if evaluation.confusion is None:
            self._show_plane(None)
            return
        show_test = self._session.look.show_test
        rows, classes, taken = decisions(evaluation, show_test)
        at = np.flatnonzero(rows == self._row(data))
        current = (int(classes[at[0]]), int(taken[at[0]])) if len(at) else None
        counts = evaluation.confusion[int(of_test_part(evaluation, show_test))]
        names = data.dataset.class_names
        self.matrix.show_counts(counts, names, self._session.theme, current)
        self.pages.setCurrentWidget(self.matrix)
