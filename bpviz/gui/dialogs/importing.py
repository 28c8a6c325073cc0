"""The import of a table: its first rows as they will be read, and every guess to be changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bpviz.datasets.config import DataConfig
from bpviz.datasets.file_source import FileSource
from bpviz.datasets.tables.choosing import (
    SaidKind,
    for_columns,
    guessed_anew,
    holding,
    used_as,
)
from bpviz.datasets.tables.options import ColumnRole, ReadOptions, Recipe
from bpviz.datasets.tables.progress import GoesOn
from bpviz.engine.settings import SettingError, with_value
from bpviz.experiments.experiment import Experiment
from bpviz.gui.dialogs.working import WorkingDialog
from bpviz.gui.importing.form import ImportForm
from bpviz.gui.importing.preview_card import PreviewCard
from bpviz.gui.importing.reader import PreviewReader
from bpviz.gui.importing.reading_bar import ReadingBar
from bpviz.gui.loading import Order, nothing
from bpviz.gui.panels.remarks import Remarks
from bpviz.gui.session import Session
from bpviz.gui.theme import GAP, TEXT
from bpviz.gui.widgets.card import Card
from bpviz.gui.widgets.line import Line
from bpviz.gui.widgets.text import label
from bpviz.lab.edits import Edit, Load
from bpviz.lab.import_preview import Preview
from bpviz.lab.table_import import ReadAgain, imported

_FORM_WIDTH = 284


class ImportDialog(WorkingDialog):
    """Edits a copy of the settings of a table; `config` is what was chosen so far.

    OK learns from them in one step that can be undone, Cancel changes nothing. With `is_new` the
    table gets a network that suits it; else it is the present one, and its network stays as far
    as it fits.
    """

    def __init__(
        self,
        session: Session,
        config: DataConfig,
        name: str,
        is_new: bool,
        parent: QWidget | None = None,
        then: Callable[[], object] = nothing,
    ) -> None:
        """`name` is what to call the table; `then` is called when it is learned from."""
        super().__init__(parent)
        self._session, self._name, self._is_new, self._then = session, name, is_new, then
        self._seed = Experiment().seed if is_new else session.experiment.seed
        self.config = config
        self.preview = Preview(name)
        self._previewed: DataConfig | None = None
        self._accepting = self._applying = self._gone = False
        self._refused = ""
        loader = session.loader
        self.reader = PreviewReader(loader.yield_to if loader is not None else nothing, self)
        self.reader.arrived.connect(self._arrived)
        self.reader.failed.connect(self._failed)
        self.reader.looked.connect(self._show_progress)
        self.reader.ended.connect(self._ended)
        session.said.connect(self._heard)
        session.look_changed.connect(self._show_preview)
        self.setWindowTitle(f"Import {name}")
        self.resize(1080, 640)
        self.setMinimumSize(920, 480)
        self._assemble()
        self._fit_to_screen()
        self.form.show_choices(config)
        self.form.show_found(config, self.preview)
        self._show_preview()
        self.shown.table.setFocus()
        self._ask()

    def _assemble(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(GAP)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self._make_choices())
        self.shown = PreviewCard(self._name, self)
        self.shown.role_chosen.connect(self.use)
        self.shown.kind_chosen.connect(self.hold)
        self.shown.mark_chosen.connect(self.mark)
        self.shown.guess_asked.connect(self.guess_anew)
        row.addWidget(self.shown, 1)
        column.addLayout(row, 1)
        column.addLayout(self._make_foot())

    def _make_choices(self) -> QWidget:
        self.form = ImportForm(self.config.source)
        self.form.changed.connect(self.choose)
        self.form.refused.connect(self._say)
        self.remarks = Remarks()
        self.remarks.copied.connect(lambda sentence: self._session.said.emit(sentence, False))
        content = QWidget()
        content.setProperty("role", "content")
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GAP)
        inner.addWidget(self.form)
        inner.addWidget(self.remarks)
        inner.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        card = Card(parent=self)
        # Larger words need more room.
        card.setFixedWidth(round(_FORM_WIDTH * max(1.0, self.font().pixelSize() / TEXT)))
        card.body.addWidget(scroll)
        return card

    def _make_foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        self.error = label("", "error", self)
        self.error.setWordWrap(True)
        self.error.setTextFormat(Qt.TextFormat.PlainText)
        self.progress = ReadingBar(self)
        self.cancel = QPushButton("Cancel", self)
        self.cancel.setToolTip("Leave everything as it is")
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        text = "Learn from this table" if self._is_new else "Use these settings"
        self.ok = QPushButton(text, self)
        self.ok.setProperty("kind", "primary")
        self.ok.setToolTip("Learn from the table read in this way; Undo takes it back")
        self.ok.setDefault(True)
        # A click leaves the field that is being typed into, which may be refused, as it is.
        self.ok.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.ok.clicked.connect(self.accept)
        row.addWidget(self.error, 1)
        row.addWidget(self.progress)
        row.addWidget(self.cancel)
        row.addWidget(self.ok)
        return row

    def _fit_to_screen(self) -> None:
        """The dialog stands within the window that it belongs to."""
        window = self.parentWidget()
        if window is not None:
            room = window.window().size()
            width = max(self.minimumWidth(), min(1280, room.width() - 48))
            self.resize(width, max(self.minimumHeight(), min(800, room.height() - 48)))

    # What a person chooses. Each step counts on the ones before it, read or not.

    def choose(self, path: str, value: object) -> None:
        """Set one setting, such as "scaling" or "source.decimal"."""
        try:
            self._use(with_value(self.config, path, value))
        except SettingError as error:
            self._refused = error.message
            self.form.show_choices(self.config)
            self._say(error.message)

    def use(self, role: ColumnRole) -> None:
        """Use the chosen columns as "input", "target", "weight" or "left out"."""
        names = self.shown.table.chosen_names()
        self._change_source(lambda source: used_as(source, self.preview.columns, names, role))

    def hold(self, kind: SaidKind) -> None:
        """Read the chosen columns as "number" or "category", or ("auto") as what is in them."""
        names = self.shown.table.chosen_names()
        self._change_source(lambda source: holding(source, names, kind))

    def guess_anew(self) -> None:
        """Leave all columns to be guessed."""
        self._change_source(guessed_anew)

    def mark(self, text: str, is_mark: bool) -> None:
        """Take a text as saying that there is no value, or no longer."""
        source = self.config.source
        if isinstance(source, ReadOptions):
            rest = tuple(m for m in source.missing_marks if m.casefold() != text.casefold())
            self.choose("source.missing_marks", (*rest, text) if is_mark else rest)

    def _change_source(self, change: Callable[..., object]) -> None:
        if isinstance(self.config.source, Recipe):
            self.choose("source", change(self.config.source))

    def _use(self, config: DataConfig) -> None:
        if config != self.config:
            # Who changes something after OK is not done yet.
            self._accepting = False
            self.config = config
            self.form.show_choices(config)
            self.shown.show_source(config.source)
            self._ask()

    # The preview

    @property
    def is_read(self) -> bool:
        """Whether the preview is that of the present settings."""
        return self._previewed is not None and not self.reader.running

    def _ask(self) -> None:
        self._previewed = None
        self.reader.ask(self.config, self._seed)
        self._show_progress()

    def _arrived(self, config: DataConfig, preview: Preview) -> None:
        source = config.source
        if preview.columns and isinstance(source, Recipe):
            fitting = for_columns(source, frozenset(c.name for c in preview.columns))
            if fitting != source:
                # Read in another way, columns are called something else.
                self.reader.ask(replace(config, source=fitting), self._seed)
                return
        self._previewed, self.preview = config, preview
        self.form.show_found(config, preview)
        self.remarks.show_sentences(preview.reports)
        self._say(preview.refusal)
        self._show_preview()

    def _failed(self) -> None:
        self._say("The table could not be read; the details are in the log (Help, Open log).")

    def _ended(self) -> None:
        if self._gone:
            self.deleteLater()
            return
        typed = self.focusWidget()
        accepts = self._accepting and not (isinstance(typed, Line) and typed.isModified())
        self._accepting = False
        self._show_progress()
        if accepts:
            self.accept()

    def _show_preview(self) -> None:
        self.shown.show_preview(self.preview, self.config.source, self._session.theme)
        self._show_progress()

    def _show_progress(self) -> None:
        busy = self.reader.running or self._applying
        done, total = self.reader.progress if not self._applying else (0, 0)
        self.progress.show_progress(busy, done, total)
        waits = self._applying or self._accepting
        self.ok.setEnabled(not waits and not (self.is_read and self.preview.refusal))

    def _say(self, sentence: str) -> None:
        self.error.setText(sentence)

    # The end

    def accept(self) -> None:
        """Learn from the table; while it is still read, as soon as that is over."""
        if self._applying or self._gone or not self._commits():
            return
        if self.reader.running:
            self._accepting = True
            self._show_progress()
            return
        config = self._previewed
        if config is None or self.preview.refusal:
            return
        present = self._session.experiment.data
        if not self._is_new and config == present:
            super().accept()
            return
        self._applying = True
        self._say("")
        self._show_progress()
        self._session.load(Order(self._maker(config), self._name, then=self._applied))

    def _commits(self) -> bool:
        """Take over what is being typed; a refused entry is said, and the dialog stays."""
        self._refused = ""
        refused = self.form.commit() or self._refused
        if refused:
            self._say(refused)
        return not refused

    def _maker(self, config: DataConfig) -> Callable[[GoesOn], Edit]:
        """Makes the edit, on the loader's thread."""
        restarts = config.source != self._session.experiment.data.source
        is_new = self._is_new

        def make(goes_on: GoesOn) -> Edit:
            if isinstance(config.source, FileSource):
                config.source.read(goes_on)
            return Load(imported(config)) if is_new else ReadAgain(config, restarts)

        return make

    def _applied(self) -> None:
        self._applying = False
        self._session.ask(sample=0, typed=None)
        super().accept()
        self._then()

    def _heard(self, sentence: str, is_error: bool) -> None:
        """What is refused after OK is said here, and the dialog stays."""
        if self._applying and (is_error or self._session.loader is None):
            self._applying = False
            self._say(sentence)
            self._show_progress()

    def reject(self) -> None:
        """Leave everything as it is, and let go of what is being loaded."""
        if self._applying and self._session.loader is not None:
            self._applying = False
            self._session.loader.cancel()
        super().reject()

    def done(self, result: int) -> None:
        """Close; a reading that goes on still ends by itself."""
        super().done(result)
        self._gone = True
        if self.reader.running:
            self.reader.cancel()
        else:
            self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends what is typed into a line; elsewhere it presses OK."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and isinstance(self.focusWidget(), QLineEdit):
            event.accept()
        else:
            super().keyPressEvent(event)

    def shut(self) -> None:
        """End the reading, and return when it has ended."""
        self._accepting = False
        self.reader.shut()
