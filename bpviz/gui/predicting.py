"""Predicting a table of new rows: which one, where to, in the background, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from bpviz.gui.background import Background
from bpviz.gui.session import Session
from bpviz.gui.tables import table_filter
from bpviz.lab.results import trained_network

if TYPE_CHECKING:
    from bpviz.lab.prediction_task import PredictionTask

_ASK = "Predict a table…"
_STOP = "Stop predicting"
# So many remarks on what was not plain are said; the others are counted.
_SAID = 2


class Predictor(QObject):
    """Predicts one table after the other with the newest weights; training goes on meanwhile.

    `changed` comes when there is something else to say about how far it is.
    """

    changed = Signal()

    def __init__(
        self,
        session: Session,
        yield_to: Callable[[], None] = lambda: None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._yield_to = yield_to
        self._task: PredictionTask | None = None
        self._background = Background("prediction", self)
        self._background.looked.connect(self.changed)
        self._background.ended.connect(self._ended)

    @property
    def running(self) -> bool:
        return self._background.running

    @property
    def doing(self) -> str:
        """What it is doing, for a person; "" for nothing."""
        return f"Predicting {self._task.rows.name}" if self._task is not None else ""

    @property
    def progress(self) -> tuple[int, int]:
        """How much of how much is done; a whole of 0 is not known."""
        return (self._task.done, self._task.total) if self._task is not None else (0, 0)

    @property
    def text(self) -> str:
        """What the menu offers: to predict, or to stop."""
        return _STOP if self.running else _ASK

    def ask(self, parent: QWidget) -> None:
        """Ask which table to predict and where to save it; while one is predicted, stop that."""
        if self.running:
            self.cancel()
            return
        from bpviz.lab.predictions import PREDICTION_ENDINGS

        rows, _ = QFileDialog.getOpenFileName(
            parent, "Predict which table?", "", f"{table_filter()};;All files (*)"
        )
        if not rows:
            return
        proposed = Path(rows).with_name(f"{Path(rows).stem}-predicted{PREDICTION_ENDINGS[0]}")
        kinds = ";;".join(f"{ending[1:].upper()} (*{ending})" for ending in PREDICTION_ENDINGS)
        out, kind = QFileDialog.getSaveFileName(
            parent, "Save rows and predictions as", str(proposed), kinds
        )
        if out:
            path = Path(out)
            if not path.suffix:
                path = path.with_suffix(kind[kind.rfind(".") : -1] or PREDICTION_ENDINGS[0])
            self.predict(Path(rows), path)

    def predict(self, rows: Path, out: Path) -> None:
        """Predict the rows of a file with the weights of this moment, and save them."""
        snapshot = self._session.latest
        if snapshot is None or self.running:
            return
        from bpviz.lab.prediction_task import PredictionTask

        self._task = PredictionTask(trained_network(snapshot), rows, out, self._yield_to)
        self._background.start(self._task.run, self._task.cancel)
        self.changed.emit()

    def cancel(self) -> None:
        self._background.cancel()

    def shut(self) -> None:
        """End it, and return when it has ended."""
        self._background.shut()

    def _ended(self, failed: bool) -> None:
        task, self._task = self._task, None
        self.changed.emit()
        if failed or task is None:
            self._session.said.emit(
                "The table could not be predicted; the details are in the log (Help, Open log).",
                True,
            )
        elif task.refusal:
            self._session.said.emit(f"Nothing was predicted: {task.refusal}", True)
        elif task.predictions is None:
            self._session.said.emit("Predicting was stopped; nothing was saved.", False)
        else:
            self._session.said.emit(_outcome(task), False)


def _outcome(task: PredictionTask) -> str:
    """How many rows were predicted, and what was not plain about them."""
    assert task.predictions is not None
    count, reports = len(task.predictions), task.predictions.reports
    outcome = (
        f"Predicted {count:,} row{'' if count == 1 else 's'} with the weights of epoch "
        f"{task.network.epoch:,} and saved them as {task.out.name}."
    )
    said = [outcome, *reports[:_SAID]]
    if len(reports) > _SAID:
        more = len(reports) - _SAID
        said.append(
            f"{more:,} more remark{'' if more == 1 else 's'} on what was not read as plain."
        )
    return " ".join(said)
