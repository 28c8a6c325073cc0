"""What else can be done with samples that are drawn: save them, edit their table, begin anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from bpviz.datasets.own import OwnSamples
from bpviz.engine.settings import SettingError
from bpviz.gui.session import Session
from bpviz.lab.drawn_samples import csv_remark, write_csv


def fill_menu(
    menu: QMenu,
    session: Session,
    window: QWidget,
    sheet: OwnSamples | None,
    empty: Callable[[], None],
) -> None:
    """Offer what can be done with a sheet; None is an empty one."""

    def ask() -> None:
        if sheet is not None:
            _ask_save(session, window, sheet)

    def edit() -> None:
        from bpviz.gui.dialogs.samples import SamplesDialog

        SamplesDialog(session, window, sheet).open()

    menu.clear()
    for text, do in (
        ("Save as CSV…", ask),
        ("Edit as a table…", edit),
        ("", None),
        ("Begin on an empty sheet", empty),
    ):
        if do is None:
            menu.addSeparator()
            continue
        action = menu.addAction(text)
        action.setEnabled(sheet is not None)
        action.triggered.connect(lambda _on=False, do=do: do())


def _ask_save(session: Session, window: QWidget, sheet: OwnSamples) -> None:
    path, _ = QFileDialog.getSaveFileName(window, "Save samples", "samples.csv", "Tables (*.csv)")
    if path:
        save(session, sheet, Path(path) if Path(path).suffix else Path(f"{path}.csv"))


def save(session: Session, sheet: OwnSamples, path: Path) -> None:
    """Write the samples into a file; where that fails, say why."""
    try:
        write_csv(sheet, path)
    except SettingError as error:
        session.said.emit(str(error), True)
        return
    remark = csv_remark(sheet)
    session.said.emit(f"Saved {path.name}.{f' {remark}' if remark else ''}", False)
