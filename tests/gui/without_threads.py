"""A session whose laboratory works on the test's own thread: every step is over when it returns."""

from __future__ import annotations

from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.gui.session import Session
from bpviz.lab.edits import Edit
from bpviz.lab.evaluator import evaluate
from bpviz.lab.laboratory import Laboratory


class Bench:
    """`session` for the views under test; `pump` does what threads and frame clock would do."""

    def __init__(self, experiment: Experiment | str = "playground") -> None:
        chosen = gallery_experiment(experiment) if isinstance(experiment, str) else experiment
        self.laboratory = Laboratory(chosen)
        self.session = Session(self.laboratory)
        self.edits: list[Edit] = []
        self.merges: list[str] = []
        self.said: list[str] = []
        said = self.said
        self._apply = self.laboratory.apply
        self.laboratory.apply = self._record  # type: ignore[method-assign]
        # Bound to the list alone: Qt would keep what else it holds for ever.
        self.session.said.connect(lambda text, _is_error: said.append(text))
        self.laboratory.pause()
        self.pump()

    def _record(self, edit: Edit, merge: str = "") -> None:
        self.edits.append(edit)
        self.merges.append(merge)
        self._apply(edit, merge)

    def pump(self) -> None:
        """Let the runner and the evaluator work, and show what they have."""
        session, runner = self.session, self.laboratory.runner
        runner.work()
        snapshot = runner.mailbox.take()
        if snapshot is not None:
            session.snapshot = session.latest = snapshot
            session.snapshot_changed.emit()
        if session.snapshot is not None:
            session.evaluation = evaluate(session.snapshot, session.request)
            session.evaluation_changed.emit()

    @property
    def experiment(self) -> Experiment:
        return self.laboratory.experiment


class NoAnimation:
    """Stands in for the frame clock; remembers the pace of slow motion."""

    def __init__(self) -> None:
        self.batches_per_second: float | None = None

    def set_slow_motion(self, batches_per_second: float | None) -> None:
        self.batches_per_second = batches_per_second
