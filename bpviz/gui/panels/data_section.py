"""The data part of the settings panel: which source, its own settings, split and scaling."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from bpviz.datasets.config import DataConfig
from bpviz.datasets.dataset import DATASETS, DataSource
from bpviz.datasets.own import OwnSamples
from bpviz.gui.dialogs.samples import SamplesDialog
from bpviz.gui.session import Session
from bpviz.gui.theme import HALF_GAP
from bpviz.gui.widgets.card import Section
from bpviz.gui.widgets.settings_form import SettingsForm
from bpviz.gui.widgets.tile_chooser import TileChooser
from bpviz.lab.edits import Change

# How the split is drawn and how inputs are scaled stand in a folded part.
_LAST = ("stratify", "scaling")


class DataSection(QWidget):
    """Chooses the data source and edits its settings. One's own samples open a table."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        # Going back to a source finds it as it was left.
        self._left: dict[str, DataSource] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HALF_GAP)
        self.tiles = TileChooser(list(DATASETS.values()), session.theme, self)
        self.tiles.chosen.connect(self.choose)
        column.addWidget(self.tiles)
        column.addSpacing(HALF_GAP)
        self.edit_button = QPushButton("Edit samples…", self)
        self.edit_button.setToolTip("Open the table of samples")
        self.edit_button.clicked.connect(self.edit_samples)
        column.addWidget(self.edit_button)
        self._source_place = QVBoxLayout()
        column.addLayout(self._source_place)
        self.source_form: SettingsForm | None = None
        self.config_form = SettingsForm(DataConfig, without=("source", *_LAST), parent=self)
        self.more_form = SettingsForm(DataConfig, only=_LAST)
        more = Section("More", "data-more", folded=True, minor=True)
        more.body.addWidget(self.more_form)
        for form in (self.config_form, self.more_form):
            self._connect(form, "data")
        column.addWidget(self.config_form)
        column.addWidget(more)
        session.experiment_changed.connect(self.refresh)
        session.look_changed.connect(lambda: self.tiles.set_theme(session.theme))
        self.refresh()

    def refresh(self) -> None:
        """Show the experiment's data settings."""
        config = self._session.experiment.data
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

    def choose(self, kind: str) -> None:
        """Learn from another source; one's own samples are looked at in their table first."""
        present = self._session.experiment.data.source
        source = self._left.get(kind) or DATASETS[kind]()
        if isinstance(source, OwnSamples):
            self.edit_samples()
        elif source.kind != present.kind:
            self._use(source)
        self.refresh()

    def edit_samples(self) -> SamplesDialog:
        """Open the table of one's own samples; OK makes them the data."""
        source = self._left.get(OwnSamples.kind)
        own = source if isinstance(source, OwnSamples) else None
        dialog = SamplesDialog(self._session, self.window(), own)
        dialog.open()
        return dialog

    def _use(self, source: DataSource) -> None:
        if self._session.apply(Change("data.source", source)):
            self._session.ask(sample=0, typed=None)

    def _rebuild(self, cls: type[DataSource]) -> None:
        if self.source_form is not None:
            self._source_place.removeWidget(self.source_form)
            self.source_form.hide()
            self.source_form.deleteLater()
        # Tables of samples are edited in their dialog, not in lines.
        only = () if issubclass(cls, OwnSamples) else None
        self.source_form = SettingsForm(cls, only=only, parent=self)
        self._connect(self.source_form, "data.source")
        self._source_place.addWidget(self.source_form)

    def _connect(self, form: SettingsForm, prefix: str) -> None:
        form.changed.connect(
            lambda path, value, drag: self._change(f"{prefix}.{path}", value, drag)
        )
        form.refused.connect(lambda sentence: self._session.said.emit(sentence, True))

    def _change(self, path: str, value: object, drag: str) -> None:
        merge = f"{path} {drag}" if drag else ""
        if not self._session.apply(Change(path, value), merge):
            self.refresh()
