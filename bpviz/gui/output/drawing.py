"""Drawing one's own samples: the sheet over the map, its tools, and what becomes of a stroke."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QSizePolicy, QVBoxLayout, QWidget

from bpviz.datasets.own import OwnSamples
from bpviz.engine.activations import Array
from bpviz.engine.settings import SettingError
from bpviz.gui.output.drawing_bar import DrawingBar
from bpviz.gui.output.drawing_ground import Ground
from bpviz.gui.output.drawing_menu import fill_menu
from bpviz.gui.output.drawing_plane import DrawingPlane
from bpviz.gui.output.drawing_sheet import (
    sheet_dots,
    sheet_plane,
    value_shades,
)
from bpviz.gui.output.drawing_words import KEYS, points_text, told
from bpviz.gui.output.plane import Plane
from bpviz.gui.session import Session
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.text import ElidedLabel
from bpviz.lab.drawn_samples import (
    LAST_STAYS,
    DrawSamples,
    waits_for,
)
from bpviz.lab.evaluation import Evaluation
from bpviz.lab.loading import sentence_of


class DrawingPage(QWidget):
    """While `active`, strokes become edits; nothing changes before the first.

    On samples that are not one's own, the first stroke makes them so; on an empty sheet it brings
    other data altogether. The sheet keeps its ranges while it is drawn on. `changed` comes when
    drawing begins or ends, or the sheet is another.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.active = False
        self._ground = Ground(session)
        self._resume = False
        self._told = ""
        self._evaluation: Evaluation | None = None
        self.plane = DrawingPlane(self)
        self.bar = DrawingBar(session.theme, self)
        self.note = ElidedLabel("", "caption", self)
        self.note.setAccessibleName("What is drawn so far, or what lies under the mouse")
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        column.addWidget(self.plane, 1)
        column.addWidget(self.note)
        column.addWidget(self.bar)
        self._connect()

    def _connect(self) -> None:
        plane, bar = self.plane, self.bar
        plane.drawn.connect(self._add)
        plane.erased.connect(self._erase)
        plane.left.connect(self.leave)
        plane.moved.connect(self._say)
        plane.tool_asked.connect(bar.choose_tool)
        plane.target_asked.connect(bar.choose_target)
        plane.size_asked.connect(bar.resize_brush)
        bar.tool_chosen.connect(self._use_tool)
        bar.brush_changed.connect(self._use_brush)
        bar.target_chosen.connect(lambda _target: self._show_target())
        bar.class_added.connect(self.add_class)
        bar.renamed.connect(self.rename_class)
        bar.kind_chosen.connect(lambda kind: self._begin_blank(kind == "classes"))
        bar.refused.connect(lambda sentence: self._session.said.emit(sentence, True))
        self._session.experiment_changed.connect(self._follow)
        bar.set_brush(plane.size_share, plane.density)

    # Beginning and ending

    def why_not(self) -> str:
        """Why nothing can be drawn among the present samples; "" when it can."""
        return self._ground.why_not()

    def begin(self, shown: Plane | None, evaluation: Evaluation | None, empty: bool) -> bool:
        """Draw on the plane that is `shown`, among its samples or on an `empty` sheet."""
        refusal = "" if empty else self.why_not()
        if refusal:
            self._session.said.emit(f"{refusal[:1].upper()}{refusal[1:]}.", True)
            return False
        self._evaluation = evaluation
        self._ground.begin(shown, evaluation, empty)
        self._resume = False
        self.active = True
        if empty:
            self._begin_blank(True)
        else:
            self._begin_among()
        self.bar.set_theme(self._session.theme)
        self._use_tool(self.bar.tool)
        self.changed.emit()
        self.plane.setFocus()
        return True

    def _begin_blank(self, classes: bool) -> None:
        self._ground.clear(classes)
        self.bar.target = 0.0 if classes else 1.0
        self._follow()

    def _begin_among(self) -> None:
        self.bar.target = 0.0 if self._ground.samples.class_names else self.bar.target
        count = len(self._session.laboratory.data.dataset)
        if not isinstance(self._ground.under, OwnSamples):
            self._session.said.emit(
                f"Your first stroke makes a copy of these {count:,} samples your own, all of them "
                "for training.",
                False,
            )
        self._follow()

    def leave(self) -> None:
        """End drawing; the axes fit the samples again."""
        if not self.active:
            return
        self.plane.finish()
        self.active = False
        self._ground.leave()
        self._session.ask(map_range=None)
        self.changed.emit()

    # The sheet

    @property
    def is_blank(self) -> bool:
        """Whether the sheet is empty, and the experiment still on other data."""
        return self._ground.is_blank

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes that can be drawn, also those of which there is nothing yet."""
        return self._ground.class_names

    def _follow(self) -> None:
        """The experiment is another one: draw on it, or end."""
        if not self.active:
            return
        self.plane.cancel()
        if not self._ground.follow():
            self.leave()
            return
        self._session.ask(
            map_range=None if self.is_blank else self._ground.map_range,
            axes=(0, 1),
            typed=None,
        )
        self._mind_training()
        self.refresh()

    def _mind_training(self) -> None:
        """Training rests while there is only one class, and goes on when there are two."""
        laboratory, source = self._session.laboratory, self._session.experiment.data.source
        waits = waits_for(source) if isinstance(source, OwnSamples) else ""
        if waits and laboratory.runner.is_running:
            laboratory.pause()
            self._resume = True
            self._session.said.emit(waits, False)
        elif not waits and self._resume:
            self._resume = False
            laboratory.train()

    # What a person does

    def _use_tool(self, key: str) -> None:
        self.plane.use(key)
        if self.bar.tools.buttons[key].underMouse():
            self.plane.setFocus()

    def _use_brush(self) -> None:
        self.plane.size_share, self.plane.density = self.bar.brush
        self.plane.update()

    def _add(self, points: Array) -> None:
        """A stroke has drawn these points."""
        blank = self.is_blank
        try:
            samples = self._ground.with_points(points, self.bar.target)
        except SettingError as error:
            self._refuse(error)
            return
        self._apply(samples, f"draw {points_text(len(points))}", blank)

    def _erase(self, gone: Any) -> None:
        """A stroke has erased the dots that are marked."""
        sheet = self._ground.samples
        if self.is_blank or len(gone) != len(sheet.rows):
            return
        stays = bool(gone.all())
        if stays:
            gone = gone.copy()
            gone[0] = False
        if gone.any():
            self._apply(sheet.with_rows_kept(~gone), f"erase {points_text(int(gone.sum()))}", False)
        else:
            self.refresh()
        if stays:
            self._session.said.emit(f"{LAST_STAYS[:1].upper()}{LAST_STAYS[1:]}.", False)

    def _apply(self, samples: OwnSamples, what: str, anew: bool) -> None:
        if not self._session.apply(DrawSamples(samples, what, anew)):
            self.refresh()

    def _refuse(self, error: SettingError) -> None:
        self._session.said.emit(sentence_of(error), True)
        self.refresh()

    def add_class(self) -> None:
        """Offer one class more; it becomes one of the data's with its first point."""
        if self._ground.add_class():
            self.bar.target = float(len(self.class_names) - 1)
            self.refresh()
            self.plane.setFocus()

    def rename_class(self, number: int, name: str) -> None:
        """Call a class something else."""
        try:
            named = self._ground.rename(number, name)
        except SettingError as error:
            self._refuse(error)
            return
        if named is not None:
            self._apply(named, "name a class", False)
        self.refresh()
        self.plane.setFocus()

    # More

    def fill_menu(self, menu: QMenu) -> None:
        """What else can be done with what is drawn."""
        sheet = None if self.is_blank else self._ground.samples
        fill_menu(menu, self._session, self.window(), sheet, self.empty)

    def empty(self) -> None:
        """Clear the sheet; the data become others with the first stroke."""
        self._begin_blank(bool(self._ground.samples.class_names) or not self.active)

    # Showing

    def show_evaluation(self, evaluation: Evaluation | None) -> None:
        """Draw on the newest map."""
        self._evaluation = evaluation
        if self.bar.theme is not self._session.theme:
            self.refresh()
        elif self.active:
            self._show_plane()

    def refresh(self) -> None:
        """Show the sheet, its tools and what is to be said of it."""
        if not self.active:
            return
        self.bar.set_theme(self._session.theme)
        sheet = self._ground.samples
        valued = len(sheet.input_names) > 1
        if sheet.class_names:
            names = self.class_names
            target = min(int(self.bar.target), len(names) - 1)
            self.bar.show_classes(names, target, len(sheet.class_names))
        else:
            low, high = self._ground.bounds
            self.bar.show_values(low, high, (low, high))
        kind = "classes" if sheet.class_names else "values"
        self.bar.show_kind(kind, self.is_blank, valued)
        self._told = told(sheet, self._session.experiment.data, self.is_blank)
        self.note.setToolTip(f"{self._told}\n{KEYS}")
        self._say()
        self._show_target()
        self._show_plane()

    def _say(self) -> None:
        """What lies under the mouse, else what there is to know."""
        self.note.setText(self.plane.readout() or self._told)

    def _show_target(self) -> None:
        """Let the sheet draw with the colour of the class or the value."""
        sheet, bar = self._ground.samples, self.bar
        if sheet.class_names:
            self.plane.color_number = int(bar.target)
        else:
            self.plane.color_number = int(
                value_shades(np.array([bar.target]), self._ground.bounds)[0]
            )
        self.plane.update()

    def _show_plane(self) -> None:
        self.plane.seed = self._session.experiment.seed
        sheet, theme, blank = self._ground.samples, self._session.theme, self.is_blank
        plane = sheet_plane(
            sheet,
            self._ground.ranges,
            None if blank else self._evaluation,
            theme,
            self._session.look.discretise,
        )
        dots = sheet_dots(
            sheet,
            sheet.table[:0] if blank else sheet.table,
            len(self.class_names),
            self._session.laboratory.data,
            self._ground.bounds,
            theme,
        )
        self.plane.show_plane(replace(plane, dots=dots), theme)
        self._say()
