"""Trained weights to a file and from one: in the background, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from bpviz.gui.background import Background
from bpviz.gui.session import Session
from bpviz.io.records import TrainedNetwork, record
from bpviz.lab.importing import weights_for


class WeightTransfer(QObject):
    """Writes and reads weights on a thread of its own; how it went is said when it is over."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._then: Callable[[], None] | None = None
        self._read: TrainedNetwork | None = None
        self._refusal = ""
        self._background = Background("transfer of weights", self)
        self._background.ended.connect(self._ended)

    @property
    def running(self) -> bool:
        return self._background.running

    def export(self, path: Path) -> None:
        """Write the weights as they are now, even while an earlier round is shown.

        The format follows the file's ending.
        """
        snapshot = self._session.latest
        if snapshot is None:
            return
        name = snapshot.experiment.name
        network = record(name, snapshot.epoch, snapshot.spec, snapshot.theta, snapshot.data)
        told = f"Exported the weights of epoch {network.epoch:,} to {path.name}."

        def write() -> None:
            from bpviz.io.exporters import export_network

            export_network(network, path)

        self._start(write, lambda: self._session.said.emit(told, False))

    def bring_in(self, path: Path) -> None:
        """Give the network the weights of a file; where they do not fit, what differs is said."""

        def read() -> None:
            from bpviz.io.importers import read_network_file

            self._read = read_network_file(path)

        self._start(read, lambda: self._apply(path))

    def shut(self) -> None:
        """Return when what runs has ended; what was read is no longer wanted."""
        self._then = None
        self._background.shut()

    def _start(self, work: Callable[[], None], then: Callable[[], None]) -> None:
        if self.running:
            self._session.said.emit(
                "Weights are being read or written just now; try again in a moment.", True
            )
            return

        def run() -> None:
            try:
                work()
            except (OSError, ValueError) as error:
                self._refusal = str(error)

        self._then, self._read, self._refusal = then, None, ""
        # A file is written whole: nothing ends it early.
        self._background.start(run, lambda: None)

    def _ended(self, failed: bool) -> None:
        then, self._then = self._then, None
        if failed:
            self._session.said.emit(
                "The weights could not be read or written; the details are in the log (Help, Open "
                "log).",
                True,
            )
        elif self._refusal:
            self._session.said.emit(self._refusal, True)
        elif then is not None:
            then()

    def _apply(self, path: Path) -> None:
        network, self._read = self._read, None
        assert network is not None
        try:
            edit = weights_for(self._session.experiment.network, network)
        except ValueError as error:
            self._session.said.emit(str(error), True)
            return
        if self._session.apply(edit):
            of = f"the weights of epoch {network.epoch:,} from {path.name}"
            self._session.said.emit(f"The network has {of}; undo takes you back.", False)
