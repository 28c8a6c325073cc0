"""The data part of the settings panel: which source, its own settings, split and scaling."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from bpviz.datasets.applying import remarks, what_applies
from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DATASETS, DataSource
from bpviz.datasets.encoding import PreparedData
from bpviz.datasets.file_source import FileSource
from bpviz.datasets.own import OwnSamples
from bpviz.datasets.tables.sources import TableFile, TableText
from bpviz.gui.panels.feature_tiles import FeatureTiles
from bpviz.gui.panels.remarks import Remarks
from bpviz.gui.panels.table_part import TablePart
from bpviz.gui.session import Session
from bpviz.gui.tables import ask_table
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.card import Section
from bpviz.gui.widgets.editors import TextEditor
from bpviz.gui.widgets.settings_form import SettingsForm
from bpviz.gui.widgets.tile_chooser import TileChooser
from bpviz.gui.widgets.tips import wrapped
from bpviz.lab.edits import Change

if TYPE_CHECKING:
    from bpviz.gui.dialogs.importing import ImportDialog
    from bpviz.gui.dialogs.samples import SamplesDialog

# What is mostly left as it is stands in a folded part.
_FIRST = ("test_fraction",)


class DataSection(QWidget):
    """Chooses the data source and edits its settings.

    One's own samples open a table; a file is asked for, and what was found in it is shown.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        # Going back to a source finds it as it was left.
        self._left: dict[str, DataSource] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(HALF_GAP)
        self._add_sources()
        self._add_settings()
        session.experiment_changed.connect(self.refresh)
        session.look_changed.connect(self._dress)
        self.refresh()

    def _add_sources(self) -> None:
        self.tiles = TileChooser(list(DATASETS.values()), self._session.theme, self)
        self.tiles.chosen.connect(self.choose)
        self.tiles.add_action("own", "draw", "draw", "pencil", "Draw your own samples on a plane")
        self.tiles.asked.connect(lambda _key: self._session.draw_asked.emit(True))
        self.open_button = QPushButton("Open table…", self)
        self.open_button.setToolTip(
            wrapped(
                "Learn from a table of your own (.csv, .tsv, .xlsx, .xls, .ods, .parquet, "
                ".feather), NumPy's arrays (.npz, .npy) or IDX pictures. You can also drop a file "
                "on the window, or paste a table (Ctrl+V)."
            )
        )
        self.open_button.clicked.connect(self.open_table)
        self.edit_button = QPushButton("Edit samples…", self)
        self.edit_button.setToolTip("Open the table of samples")
        self.edit_button.clicked.connect(self.edit_samples)
        self.open_button.setProperty("kind", "link")
        self.tiles.set_corner(self.open_button)
        self._column.addWidget(self.tiles)
        self._column.addSpacing(HALF_GAP)
        self._column.addWidget(self.edit_button)
        self.table = TablePart(self)
        self.table.changed.connect(self._use)
        self.table.refused.connect(self._refuse)
        self.table.import_asked.connect(self.read_again)
        self.remarks = Remarks(self)
        self.remarks.copied.connect(lambda sentence: self._session.said.emit(sentence, False))
        self._source_place = QVBoxLayout()
        self.source_form: SettingsForm | None = None
        self._column.addWidget(self.table)
        self._column.addWidget(self.remarks)
        self._column.addLayout(self._source_place)

    def _add_settings(self) -> None:
        self.features = FeatureTiles(self._session.theme, self)
        self.features.changed.connect(lambda kinds: self._change("data.features", kinds, ""))
        self.features.refused.connect(self._refuse)
        self._column.addWidget(self.features)
        self.config_form = SettingsForm(DataConfig, only=_FIRST, parent=self)
        self.more_form = SettingsForm(DataConfig, without=("source", "features", *_FIRST))
        more = Section("More", "data-more", folded=True, minor=True, name="More data settings")
        more.body.addWidget(self.more_form)
        for form in (self.config_form, self.more_form):
            self._connect(form, "data")
        self._column.addWidget(self.config_form)
        self._column.addWidget(more)

    def refresh(self) -> None:
        """Show the experiment's data and its settings."""
        config, data = self._session.experiment.data, self._session.laboratory.data
        source = config.source
        self._left[source.kind] = source
        self.tiles.set_value(source)
        self.edit_button.setVisible(isinstance(source, OwnSamples))
        if self.source_form is None or self.source_form.settings_class is not type(source):
            self._rebuild(type(source))
        if self.source_form is not None:
            self.source_form.set_values(source)
        self.config_form.set_values(config)
        self.more_form.set_values(config)
        self._show_what_applies(data)
        self.features.setVisible(data.dataset.inputs.shape[1] == 2)
        if data.dataset.inputs.shape[1] == 2:
            self.features.show_data(data, config.features)
        self.remarks.show_sentences((*data.reports, *remarks(config, data)))
        loader = self._session.loader
        if loader is None or not loader.name:
            self.table.show_table(data.dataset.facts, source, _table_name(source))

    def _show_what_applies(self, data: PreparedData) -> None:
        for name, applies in what_applies(data).items():
            for form in (self.config_form, self.more_form):
                if name in form.fields:
                    form.fields[name].setVisible(applies)
        weights = self.more_form.fields["class_weights"].editor
        if isinstance(weights, TextEditor):
            names = data.dataset.class_names
            weights.line.setPlaceholderText(", ".join("1" for _ in names[:4]))
            weights.line.setToolTip(
                f"{weights.field.setting.help}\nIn the order {', '.join(names[:12])}"
            )

    def choose(self, kind: str) -> None:
        """Learn from another source; one's own samples are looked at in their table first."""
        present = self._session.experiment.data.source
        source = self._left.get(kind) or DATASETS[kind]()
        if isinstance(source, OwnSamples):
            self.edit_samples()
        elif isinstance(source, FileSource) and (not source.path or source == present):
            self.open_table()
        elif source.kind != present.kind:
            self._use(source)
        self.refresh()

    def open_table(self) -> None:
        """Ask for a file with a table and learn from it."""
        ask_table(self._session, self.window(), self._session.learn_at_once)

    def read_again(self) -> ImportDialog:
        """Look at the present table, and change how it is read; OK makes that the data."""
        from bpviz.gui.dialogs.importing import ImportDialog

        config = self._session.experiment.data
        name = _table_name(config.source)
        dialog = ImportDialog(self._session, config, name, is_new=False, parent=self.window())
        dialog.open()
        return dialog

    def edit_samples(self) -> SamplesDialog:
        """Open the table of one's own samples; OK makes them the data."""
        from bpviz.gui.dialogs.samples import SamplesDialog

        source = self._left.get(OwnSamples.kind)
        own = source if isinstance(source, OwnSamples) else None
        dialog = SamplesDialog(self._session, self.window(), own)
        dialog.open()
        return dialog

    def _use(self, source: DataSource) -> None:
        def look() -> None:
            self._session.ask(sample=0, typed=None)

        if not self._session.apply(Change("data.source", source), then=look):
            self.refresh()

    def _rebuild(self, cls: type[DataSource]) -> None:
        if self.source_form is not None:
            self._source_place.removeWidget(self.source_form)
            self.source_form.hide()
            self.source_form.deleteLater()
        # Tables are edited in their own part or dialog, not in lines.
        only = () if issubclass(cls, OwnSamples | TableFile | TableText) else None
        self.source_form = SettingsForm(cls, only=only, parent=self)
        self._connect(self.source_form, "data.source")
        self._source_place.addWidget(self.source_form)

    def _connect(self, form: SettingsForm, prefix: str) -> None:
        form.changed.connect(
            lambda path, value, drag: self._change(f"{prefix}.{path}", value, drag)
        )
        form.refused.connect(self._refuse)

    def _refuse(self, sentence: str) -> None:
        self._session.said.emit(sentence, True)

    def _change(self, path: str, value: object, drag: str) -> None:
        merge = f"{path} {drag}" if drag else ""
        if not self._session.apply(Change(path, value), merge):
            self.refresh()

    def _dress(self) -> None:
        self.tiles.set_theme(self._session.theme)
        self.features.set_theme(self._session.theme)


def _table_name(source: DataSource) -> str:
    """What to call a person's table."""
    return Path(source.path).name if isinstance(source, FileSource) else source.label
