"""People's own tables into the window: from a file, from the clipboard, dropped on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from bpviz.datasets.file_source import FileSource
from bpviz.datasets.files import file_source
from bpviz.datasets.tables.progress import GoesOn
from bpviz.datasets.tables.sources import LONGEST_TEXT, TABLE_ENDINGS, TableText
from bpviz.experiments.experiment import Experiment
from bpviz.gui.loading import Order, nothing
from bpviz.gui.session import Session
from bpviz.lab.edits import Edit, Load
from bpviz.lab.table_experiment import suited_data, table_experiment, with_a_network

if TYPE_CHECKING:
    from bpviz.gui.dialogs.importing import ImportDialog

_ARRAY_PATTERNS = "*.npz", "*.npy", "*ubyte", "*ubyte.gz", "*.idx", "*.idx.gz"


def table_filter() -> str:
    """What a file dialog shows as tables, arrays and pictures."""
    return f"Tables, arrays, pictures ({' '.join(table_patterns())})"


def table_patterns() -> tuple[str, ...]:
    """The names of files with samples, as file dialogs write them."""
    return (*(f"*{ending}" for ending in TABLE_ENDINGS), *_ARRAY_PATTERNS)


def ask_table(session: Session, parent: QWidget, then: Callable[[], object] = nothing) -> None:
    """Ask for a file with a table and learn from it."""
    path, _ = QFileDialog.getOpenFileName(
        parent, "Open table", "", f"{table_filter()};;All files (*)"
    )
    if path:
        open_table(session, Path(path), then)


def ask_import(
    session: Session, parent: QWidget, then: Callable[[], object] = nothing
) -> ImportDialog | None:
    """Ask for a file with a table, and show it with all that can be chosen before it is used."""
    path, _ = QFileDialog.getOpenFileName(
        parent, "Import table", "", f"{table_filter()};;All files (*)"
    )
    return import_table(session, file_source(path), parent, then) if path else None


def import_table(
    session: Session,
    source: FileSource | TableText,
    parent: QWidget,
    then: Callable[[], object] = nothing,
) -> ImportDialog:
    """Show a table with all that can be chosen of it; OK learns from it with a suiting network."""
    from bpviz.gui.dialogs.importing import ImportDialog

    name = Path(source.path).name if isinstance(source, FileSource) else source.label
    dialog = ImportDialog(session, suited_data(source), name, True, parent, then)
    dialog.open()
    return dialog


def open_table(session: Session, path: Path, then: Callable[[], object] = nothing) -> None:
    """Learn from the table in a file, with a network that suits it; it is read in the background.

    One that cannot be read is said and changes nothing.
    """
    source = file_source(path)
    _open(session, source, lambda: table_experiment(source), path.name, then)


def open_on_table(
    session: Session, experiment: Experiment, name: str, then: Callable[[], object] = nothing
) -> None:
    """Learn from an experiment on a table, as `open_table` does; `name` is its file's."""
    source = experiment.data.source
    assert isinstance(source, FileSource)
    _open(session, source, lambda: with_a_network(experiment), name, then)


def _open(
    session: Session,
    source: FileSource,
    made: Callable[[], Experiment],
    name: str,
    then: Callable[[], object],
) -> None:
    def make(goes_on: GoesOn) -> Edit:
        source.read(goes_on)
        return Load(made())

    session.load(Order(make, name, then=then))


def paste_table(session: Session, then: Callable[[], object] = nothing) -> None:
    """Learn from the table in the clipboard: its cells as text, or a file that was copied."""
    source = pasted(session)
    if isinstance(source, FileSource):
        open_table(session, Path(source.path), then)
    elif source is not None:
        text = source

        def make(_goes_on: GoesOn) -> Edit:
            return Load(table_experiment(text))

        session.load(Order(make, "the pasted table", then=then))


def import_pasted(
    session: Session, parent: QWidget, then: Callable[[], object] = nothing
) -> ImportDialog | None:
    """Show the table in the clipboard with all that can be chosen before it is used."""
    source = pasted(session)
    return import_table(session, source, parent, then) if source is not None else None


def pasted(session: Session) -> FileSource | TableText | None:
    """The table in the clipboard; where there is none, that is said."""
    mime = QGuiApplication.clipboard().mimeData()
    path = dropped_path(mime)
    if path is not None:
        return file_source(path)
    if not mime.text().strip():
        session.said.emit(
            "There is no table in the clipboard; copy its cells, names of the columns first.", True
        )
    elif len(mime.text()) > LONGEST_TEXT:
        session.said.emit(
            f"The table in the clipboard has more than {LONGEST_TEXT:,} letters; save it as a file "
            "and open that.",
            True,
        )
    else:
        return TableText(text=mime.text())
    return None


def dropped_path(mime: QMimeData) -> Path | None:
    """The one file that is dropped or pasted, if it is one."""
    paths = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
    return Path(paths[0]) if len(paths) == 1 else None
