"""Several labels of one sample: how clear each yes and no is, and which of them are right."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bpviz.gui.canvas.names import unit_names
from bpviz.gui.canvas.scale import exact
from bpviz.gui.colors import blend
from bpviz.gui.output.labels import names_text, names_that_are_on
from bpviz.gui.plots.painting import scaled_font
from bpviz.gui.theme import CAPTION, GAP, HALF_GAP, LIGHT, SECONDARY, Theme
from bpviz.lab.evaluation import Evaluation
from bpviz.lab.label_answers import LabelAnswer, label_answers, yes_share

# A row is so high at most.
_ROW = 24.0
# Sizes of text in which labels are written: the largest for which rows are high enough.
_SIZES = (SECONDARY, CAPTION)
# The sentence names all labels that are a yes, or so many where they need more than two lines.
_FEW = (4, 3, 2, 1, 0)
_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft | _MIDDLE, Qt.AlignmentFlag.AlignRight | _MIDDLE


class LabelsView(QWidget):
    """A row for each label: ✓ or ✗, its name (in bold where it is wanted), its output as a bar.

    The line across the bars is the threshold above which an output is a yes.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.labels: tuple[LabelAnswer, ...] = ()
        self.words = ""
        self._asked: tuple[str, ...] = ()
        self.theme: Theme = LIGHT
        self._threshold = 0.5
        self._head: tuple[str, int] = ("", 1)
        self._head_key: tuple[object, ...] = ()
        self.setMouseTracking(True)
        self.setAccessibleName("Labels of the current sample")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def show_answer(self, evaluation: Evaluation, theme: Theme) -> None:
        """Draw the probe of this evaluation."""
        data, spec = evaluation.snapshot.data, evaluation.snapshot.spec
        probe, row = evaluation.probe, evaluation.request.sample
        self.theme = theme
        self._threshold = yes_share(spec, data.training.threshold)
        names = unit_names(spec, data)[-1]
        self.labels = label_answers(spec, data, names, probe.outs[-1], probe.target)
        self._asked = () if probe.target is None else names_that_are_on(data.dataset, row)
        self.words = _sentence(self._asked, self.labels)
        self.setAccessibleDescription(self.words)
        self.update()

    # Places

    def _places(self) -> tuple[QRectF, int, float]:
        """The room of the rows, how many columns of them there are, how high a row is."""
        head = self._head_height() + HALF_GAP
        room = QRectF(0.0, head, self.width(), max(1.0, self.height() - head))
        count = max(1, len(self.labels))
        lowest = self._text_height(_SIZES[-1])
        columns = 1 if room.height() / count >= lowest else 2
        rows = math.ceil(count / columns)
        most = max(_ROW, self._text_height(_SIZES[0]))
        return room, columns, max(lowest, min(most, room.height() / rows))

    def _head_height(self) -> int:
        return self.head()[1] * QFontMetrics(scaled_font(self, SECONDARY)).height()

    def _text_height(self, size: int) -> int:
        return QFontMetrics(scaled_font(self, size, bold=True)).height()

    def head(self) -> tuple[str, int]:
        """The sentence as there is room for it, and how many lines it needs."""
        # From picture to picture it is mostly the same, and to break it takes long.
        key = (self.words, self.width(), self.font().key())
        if key != self._head_key:
            self._head_key, self._head = key, self._fitted_head()
        return self._head

    def _fitted_head(self) -> tuple[str, int]:
        metrics, words = QFontMetrics(scaled_font(self, SECONDARY)), self.words
        for few in _FEW:
            room = metrics.boundingRect(0, 0, self.width(), 0, int(_WRAPPED), words)
            lines = round(room.height() / metrics.height())
            if lines <= 2 and room.width() <= self.width():
                return words, lines
            words = _sentence(self._asked, self.labels, few)
        return metrics.elidedText(words, Qt.TextElideMode.ElideRight, self.width()), 1

    def row_rects(self) -> list[QRectF]:
        """Where the labels are."""
        room, columns, height = self._places()
        rows = max(1, math.ceil(len(self.labels) / columns))
        width = (room.width() - (columns - 1) * 2 * GAP) / columns
        lefts = [room.left() + column * (width + 2 * GAP) for column in range(columns)]
        return [
            QRectF(lefts[k // rows], room.top() + k % rows * height, width, height)
            for k in range(len(self.labels))
        ]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        for label, row in zip(self.labels, self.row_rects(), strict=True):
            if row.contains(event.position()):
                QToolTip.showText(event.globalPosition().toPoint(), label_sentence(label), self)
                return
        if event.position().y() < self._head_height():
            QToolTip.showText(event.globalPosition().toPoint(), self.words, self)
        else:
            QToolTip.hideText()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(scaled_font(self, SECONDARY))
        painter.setPen(QColor(self.theme.text))
        head = QRectF(0, 0, self.width(), self._head_height())
        painter.drawText(head, int(_WRAPPED), self.head()[0])
        _, _, height = self._places()
        fitting = (size for size in _SIZES if self._text_height(size) <= height)
        size = next(fitting, _SIZES[-1])
        painter.setFont(scaled_font(self, size, bold=True))
        metrics = painter.fontMetrics()
        longest = max((metrics.horizontalAdvance(x.name) for x in self.labels), default=0)
        sign = metrics.horizontalAdvance("✓") + HALF_GAP
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for label, row in zip(self.labels, self.row_rects(), strict=True):
            name = min(longest + HALF_GAP, 0.5 * row.width())
            self._paint_label(painter, row, label, (sign, name), size)
        painter.end()

    def _paint_label(
        self,
        painter: QPainter,
        row: QRectF,
        label: LabelAnswer,
        widths: tuple[float, float],
        size: int,
    ) -> None:
        theme, (sign, name_width) = self.theme, widths
        strong = label.given or label.wanted is True
        painter.setFont(scaled_font(self, size, bold=label.wanted is True))
        metrics = painter.fontMetrics()
        if label.right is not None and (strong or not label.right):
            painter.setPen(QColor(theme.accent if label.right else theme.warning))
            box = QRectF(row.left(), row.top(), sign, row.height())
            painter.drawText(box, int(_LEFT), "✓" if label.right else "✗")
        painter.setPen(QColor(theme.text if strong else theme.secondary))
        name = metrics.elidedText(label.name, Qt.TextElideMode.ElideRight, int(name_width))
        box = QRectF(row.left() + sign, row.top(), name_width, row.height())
        painter.drawText(box, int(_LEFT), name)
        figure = metrics.horizontalAdvance("0.00") + 4
        text = f"{label.value:.2f}".replace("-", "−") if math.isfinite(label.value) else "–"
        box = QRectF(row.right() - figure, row.top(), figure, row.height())
        painter.drawText(box, int(_RIGHT), text)
        left = row.left() + sign + name_width + HALF_GAP
        track = QRectF(left, row.center().y() - 3, box.left() - HALF_GAP - left, 6)
        if track.width() > 4:
            self._paint_bar(painter, track, label)

    def _paint_bar(self, painter: QPainter, track: QRectF, label: LabelAnswer) -> None:
        theme = self.theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.grid))
        painter.drawRoundedRect(track, 2, 2)
        share = label.share if math.isfinite(label.share) else 0.0
        width = track.width() * min(1.0, max(0.0, share))
        if width >= 1:
            color = QColor(theme.text) if label.given else blend(theme.card, theme.text, 0.45)
            painter.setBrush(color)
            filled = QRectF(track.left(), track.top(), width, track.height())
            painter.drawRoundedRect(filled, min(2.0, width / 2), 2)
        at = round(track.left() + self._threshold * track.width()) + 0.5
        painter.setPen(QPen(QColor(theme.accent), 1))
        painter.drawLine(QPointF(at, track.top() - 2), QPointF(at, track.bottom() + 2))


def label_sentence(label: LabelAnswer) -> str:
    """What there is to say of one label."""
    said = f"{label.name}: output {exact(label.value)}, {_yes(label.given)}"
    return said if label.wanted is None else f"{said}; {_yes(label.wanted)} is right"


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _sentence(asked: Sequence[str], labels: Sequence[LabelAnswer], most: int | None = None) -> str:
    """Who is asked for, and what the network says: "Colin, uncle → Arthur; 1 of 24 wrong".

    At most so many labels are named.
    """
    said = names_text([label.name for label in labels if label.given], most)
    said = f"{', '.join(asked)} → {said}" if asked else f"Yes: {said}"
    wrong = sum(label.right is False for label in labels)
    if any(label.wanted is None for label in labels):
        return said
    return f"{said}; {f'{wrong} of {len(labels)} wrong' if wrong else 'all right'}"
