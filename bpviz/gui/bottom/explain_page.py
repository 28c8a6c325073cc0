"""Explain: why the selected weight changes, and the six stages step by step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSettings
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.spec import ParameterId
from bpviz.explain.explanation import Explanation
from bpviz.explain.factors import Form
from bpviz.explain.terms import Term, UnitRef
from bpviz.gui.bottom.explain_empty import INVITATION
from bpviz.gui.bottom.explain_layout import ExplainLayout
from bpviz.gui.bottom.explain_lines import (
    Path,
    Shown,
    derivation_lines,
    form_marks,
    scene_lines,
)
from bpviz.gui.bottom.explain_side import FORECAST, OFF
from bpviz.gui.bottom.explain_words import about_typed, heading, where
from bpviz.gui.explain.stepping import marks_of
from bpviz.gui.session import Mark, Session
from bpviz.gui.theme import TEXT
from bpviz.lab.evaluation import Ask, Explained
from bpviz.lab.landscape_task import steepest

_SIDE_KEY = "explain/side"
_NARROW, _TINY, _TINIEST = 730, 580, 300
_SIDE_SHARE, _SIDE_RANGE = 0.34, (190, 320)


class ExplainPage(ExplainLayout):
    """Derivation of the selected parameter, live; or a walk through the stages of one update.

    Asks the evaluator only while it can be seen.
    """

    def __init__(
        self,
        session: Session,
        yield_to: Callable[[], None] = lambda: None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, yield_to, parent)
        self._opened: set[Path] = set()
        self._form = ""
        self._unit: UnitRef | None = None
        self._unit_shown: tuple[int, int] | None = None
        self._explained: Explained | None = None
        self._sample: tuple[PreparedData, int, bool] | None = None
        self._shown = Shown()
        self._marks: tuple[Mark, ...] = ()
        self._hovered: Term | None = None
        self._connect()
        self._dress()
        self._show_mode()
        if session.selection is not None:
            self._selected(session.selection)

    # Building

    def _connect(self) -> None:
        session = self._session
        self.picker.picked.connect(lambda row: session.ask(sample=row, typed=None))
        self.empty.button.clicked.connect(self.select_strongest)
        self.stages.left.connect(self.stepper.leave)
        self.of.chosen.connect(self._ask)
        self.form.chosen.connect(self._choose_form)
        self.granularity.chosen.connect(self.stepper.set_granularity)
        self.side_choice.chosen.connect(self._choose_side)
        self.formula.term_hovered.connect(self._hover)
        self.formula.term_clicked.connect(self._toggle)
        self.stepper.changed.connect(self._show_mode)
        self.stepper.scene_changed.connect(self._show_scene)
        session.evaluation_changed.connect(self._evaluation_changed)
        session.snapshot_changed.connect(self._show_sample)
        session.request_changed.connect(self._request_changed)
        session.selected.connect(self._selected)
        session.look_changed.connect(self._dress)
        session.pointed.connect(self.formula.highlight)
        side = str(QSettings().value(_SIDE_KEY, OFF, type=str))
        self.side_choice.set_value(side)
        self.side.show_view(self.side_choice.value)

    # What a person does

    def select_strongest(self, _clicked: bool = False) -> None:
        """Select the parameter with the largest gradient among those that learn."""
        snapshot = self._session.snapshot
        if snapshot is not None:
            self._session.select(steepest(snapshot))

    def show_derivation(self) -> None:
        """Step no more; explain the selected parameter."""
        self.stepper.leave()

    def explain_step(self, by: int) -> None:
        """One step on (1) or back (-1) through the stages."""
        self.stepper.go(by)

    def toggle_play(self) -> None:
        """Go on by itself, or stop."""
        self.stepper.play(not self.stepper.playing)

    def _choose_form(self, form: object) -> None:
        self._form = str(form)
        self._show_derivation()

    def _choose_side(self, view: str) -> None:
        QSettings().setValue(_SIDE_KEY, view)
        self.side.show_view(view)
        self._fit()
        self._ask()
        self._follow_side()

    def _toggle(self, term: Term) -> None:
        """Open a factor below its line, or close it again."""
        path = self._shown.path_of(term)
        if path is None:
            return
        if path in self._opened:
            self._opened = {p for p in self._opened if p[: len(path)] != path}
        else:
            self._opened.add(path)
        self._refresh()

    def _hover(self, term: Term | None) -> None:
        """Light up what the mouse points at, else all that the formula speaks of."""
        self._hovered = term
        self._mark()

    def _selected(self, parameter: ParameterId | None) -> None:
        snapshot = self._session.snapshot
        layers = {layer.id: layer for layer in snapshot.spec.layers} if snapshot else {}
        # A layer that was just added has no picture yet.
        if parameter is not None and parameter.layer in layers:
            # A bias may be that of a whole layer.
            first = layers[parameter.layer].ids[0]
            self._unit = UnitRef(parameter.layer, first if parameter.unit < 0 else parameter.unit)
        self._explained = None
        self._ask()
        self._refresh()

    # What is asked for

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()
        self._show_sample()
        self._evaluation_changed()
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.stepper.leave()
            self._session.ask(ask=None)
            self._session.mark()
            self._hovered = None

    def _ask(self, _chosen: object = None) -> None:
        """Want the selected parameter explained, and nothing while nobody looks."""
        parameter = self._session.selection
        if not self.isVisible() or parameter is None:
            self._session.ask(ask=None)
            return
        batch = self.of.value == "batch"
        forecast = self.side.view == FORECAST
        self._session.ask(ask=Ask(parameter, "batch" if batch else "sample", forecast, forecast))

    # What is shown

    def _evaluation_changed(self) -> None:
        if not self.isVisible():
            return
        evaluation = self._session.evaluation
        explained = evaluation.explained if evaluation is not None else None
        if explained is None or explained.ask.parameter != self._session.selection:
            explained = None
        if explained is not self._explained:
            self._explained = explained
            if not self.stepper.active:
                self._show_derivation()
        self._follow_side()

    def _request_changed(self) -> None:
        self._show_sample()
        if self.stepper.active:
            self._show_scene()

    def _show_sample(self) -> None:
        snapshot, request = self._session.snapshot, self._session.request
        if snapshot is None or not self.isVisible():
            return
        sample = (snapshot.data, request.sample, request.typed is not None)
        if sample != self._sample and request.sample < len(snapshot.data.dataset):
            self._sample = sample
            self.picker.show_sample(*sample)

    def _refresh(self) -> None:
        if self.stepper.active:
            self._show_scene()
        else:
            self._show_derivation()

    def _show_mode(self) -> None:
        """Stepping or the derivation: each has controls of its own."""
        stepping = self.stepper.active
        self.granularity.setVisible(stepping)
        self.of.setVisible(not stepping)
        if stepping:
            self.form.hide()
            self.granularity.set_value(self.stepper.by)
            if self.stepper.step.at is not None and not self._session.selection:
                self._unit = self.stepper.step.at
        self._fit()
        self._refresh()
        self._follow_side()

    def _show_derivation(self) -> None:
        if self.stepper.active or not self.isVisible():
            return
        parameter, explained = self._session.selection, self._explained
        evaluation = self._session.evaluation
        if parameter is None:
            self._say(INVITATION, invite=True)
            return
        if explained is None or evaluation is None:
            # The answer is on its way; what stands here is replaced then.
            return
        if explained.explanation is None:
            self._say(explained.refusal)
            return
        explanation = explained.explanation
        form = self._chosen_form(explanation)
        running = bool(self._session.snapshot and self._session.snapshot.running)
        self._shown = derivation_lines(explanation, form, self._opened, running)
        self.caption.setText(heading(evaluation.snapshot, explanation.derivation))
        self._marks = form_marks(form)
        self._present()

    def _chosen_form(self, explanation: Explanation) -> Form:
        """The form that was chosen last, where there is such a one."""
        forms = explanation.derivation.forms
        chosen = next((form for form in forms if form.name == self._form), forms[0])
        self.form.offer({form.name for form in forms})
        self.form.set_value(chosen.name)
        self.form.setVisible(len(forms) > 1)
        return chosen

    def _show_scene(self) -> None:
        """The present step: its words, its formulas, and what is computed there."""
        stepper, session = self.stepper, self._session
        if not stepper.active or not self.isVisible():
            return
        self.caption.setText(where(stepper, session.request.sample))
        scene = stepper.scene
        if scene is None:
            return
        sentences = [text for text in (scene.words, about_typed(session, stepper)) if text]
        self._shown = scene_lines(sentences, scene.lines, self._opened, low=stepper.step.stage == 5)
        self._marks = marks_of(scene)
        self._present()

    def _present(self) -> None:
        snapshot = self._session.snapshot
        self.typesetter.keeps_earlier = snapshot is not None and snapshot.running
        self.formula.show_lines(self._shown.lines, self._shown.quiet)
        self.content.setCurrentWidget(self.paper)
        self._mark()

    def _say(self, text: str, invite: bool = False) -> None:
        """One sentence instead of a formula."""
        self.caption.setText("")
        self.form.hide()
        self.empty.say(text, invite)
        self._shown, self._marks = Shown(), ()
        self.formula.show_lines(())
        self.content.setCurrentWidget(self.empty)
        self._mark()

    def _mark(self) -> None:
        if not self.isVisible():
            return
        term = self._hovered
        if term is not None and (term.units or term.parameters):
            self._session.mark(Mark(term.role, term.units, term.parameters))
        else:
            self._session.mark(*self._marks)

    def _follow_side(self) -> None:
        if not self.isVisible() or self.side.view == OFF:
            return
        unit = self._unit
        if self.stepper.active and self.stepper.step.at is not None:
            unit = self.stepper.step.at
        self.side.follow(unit, self._explained)

    # Looks and room

    def _dress(self) -> None:
        look = self._session.look
        self.formula.set_theme(look.theme)
        self.stages.set_theme(look.theme)
        self.side.dress()
        if look.shown_unit != self._unit_shown:
            self._unit_shown = look.shown_unit
            snapshot = self._session.snapshot
            if look.shown_unit is not None and snapshot is not None:
                layer = snapshot.spec.layers[look.shown_unit[0]]
                self._unit = UnitRef(layer.id, layer.ids[look.shown_unit[1]])
                self._follow_side()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = self.width() * TEXT / self.fontInfo().pixelSize()
        narrow = width < _NARROW
        # The tabs need the room, and the caption says which sample it is.
        self.picker.part.setVisible(not narrow)
        self.stages.set_room("tiny" if width < _TINY else "narrow" if narrow else "wide")
        # A view that could not be closed again is not shown either.
        beside = width >= _TINIEST and not (narrow and self.stepper.active)
        self.side_choice.setVisible(beside)
        self.side.setVisible(beside and self.side.view != OFF)
        self.of.setVisible(width >= _TINIEST and not self.stepper.active)
        low, high = _SIDE_RANGE
        self.side.setFixedWidth(max(low, min(high, round(_SIDE_SHARE * self.width()))))
