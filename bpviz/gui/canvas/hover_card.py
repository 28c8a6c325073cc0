"""The card beside the pointer: what a weight, a bias or a unit is, and its numbers now."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from bpviz.gui.canvas.hits import Hit
from bpviz.gui.canvas.layer_headers import sized
from bpviz.gui.canvas.names import Naming, layer_names
from bpviz.gui.canvas.scale import exact
from bpviz.gui.output.sample_picker import sample_text
from bpviz.gui.session import Session
from bpviz.gui.theme import CAPTION, SECONDARY, TEXT
from bpviz.lab.evaluation import Evaluation
from bpviz.lab.snapshot import Quantity, Snapshot

_PADDING = 10.0
_LINE = 18.0
# A longer remark goes over several lines.
_REMARK_LETTERS = 46

# What a port says: that of a layer, and that of a unit.
_PORT = (
    ("drag it to another layer", "click for a list of layers"),
    ("drag it to a unit or a layer:", "their layers are connected;", "with Alt, the units alone"),
)

# What pictures of outputs and of inputs are.
_PICTURES = (("What the network draws", "outputs"), ("The current sample", "inputs"))


@dataclass(frozen=True)
class CardText:
    """A title, names with their values, and remarks in small."""

    title: str
    values: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


def card_for(
    hit: Hit, naming: Naming, snapshot: Snapshot, evaluation: Evaluation | None
) -> CardText | None:
    """What is to be said of something on the canvas; None for what speaks for itself."""
    if hit.kind in ("edge", "bias"):
        return _parameter_card(hit.index, naming, snapshot)
    if hit.kind == "missing":
        return CardText(naming.title(hit.index), (), ("missing: click to bring it back",))
    if hit.kind == "port":
        return CardText("Draw a connection", (), _PORT[hit.unit >= 0])
    if hit.kind == "unit":
        return _unit_card(hit, naming, snapshot, evaluation)
    if hit.kind == "one":
        remarks = ("each bias is the weight that", "its 1 is multiplied with")
        return CardText("Always 1", (("out", "1"),), remarks)
    if hit.kind == "picture":
        pictured = naming.layout.spec.layers[hit.layer]
        title, kind = _PICTURES[pictured.is_input]
        return CardText(title, (), (f"{pictured.units:,} {kind}, drawn as a picture",))
    if hit.kind == "note":
        return CardText("Show all as a matrix", (), ("Click to see every weight of this block",))
    if hit.control is not None:
        spec = naming.layout.spec
        layer = layer_names(spec)[spec.layers[hit.layer].id]
        texts = {
            "minus": "Remove the last unit",
            "plus": "Add a unit",
            "insert": f"Add a layer behind {layer}",
            "activation": "Choose the activation",
        }
        text = texts.get(hit.control.kind)
        return CardText(text) if text else None
    return None


def _parameter_card(index: int, naming: Naming, snapshot: Snapshot) -> CardText:
    parameter = naming.layout.id_of(index)
    symbol = "b" if parameter.is_bias else "w"
    words: dict[Quantity, str] = {
        "weight": symbol,
        "gradient": f"∂E/∂{symbol}",
        "update": f"last Δ{symbol}",
        "velocity": "velocity",
    }
    if not snapshot.experiment.training.optimizer.velocity:
        del words["velocity"]
    values = tuple(
        (word, exact(float(snapshot.quantity(name)[index]))) if snapshot.has(name) else (word, "…")
        for name, word in words.items()
    )
    # One clause a line, or the card would be as wide as the sentence.
    remarks = f"∂E of {gradient_words(snapshot)}".split(", ")
    if parameter in snapshot.spec.frozen:
        remarks.append("frozen: training leaves it as it is")
    elif parameter.is_bias and not snapshot.spec.layer(parameter.layer).bias_trained:
        remarks.append("the biases of this layer do not learn")
    if parameter.is_bias and parameter.unit == -1:
        remarks.append("shared by all units of the layer")
    return CardText(naming.title(index), values, tuple(remarks))


def _unit_card(
    hit: Hit, naming: Naming, snapshot: Snapshot, evaluation: Evaluation | None
) -> CardText:
    layer = snapshot.spec.layers[hit.layer]
    title = naming.units[hit.layer][hit.unit]
    if not layer.is_input:
        title += f"  {layer.activation.label}"
    values: list[tuple[str, str]] = []
    remarks = []
    if evaluation is not None:
        probe, data = evaluation.probe, evaluation.snapshot.data
        typed = "the typed inputs" if data.dataset.image_shape is None else "what was drawn"
        if not layer.is_input:
            values.append(("net", exact(float(probe.nets[hit.layer][hit.unit]))))
        values.append(("out", exact(float(probe.outs[hit.layer][hit.unit]))))
        if not layer.is_input and probe.deltas:
            values.append(("δ = ∂E/∂net", exact(float(probe.deltas[hit.layer][hit.unit]))))
        remarks.append(
            f"for {typed}"
            if probe.target is None
            else f"for {sample_text(data, evaluation.request.sample)}"
        )
    if hit.index >= 0:
        parameter = naming.layout.id_of(hit.index)
        source = naming.unit(parameter.source, parameter.source_unit)
        values.append((f"w from {source}", exact(float(snapshot.theta[hit.index]))))
        remarks.append("the picture shows its weights from the input picture")
    ref = (layer.id, layer.ids[hit.unit])
    missing = sum(ref in (p[:2], p[2:]) for p in snapshot.spec.missing)
    if missing:
        remarks.append("1 connection missing" if missing == 1 else f"{missing} missing connections")
    for health in evaluation.health if evaluation is not None else ():
        if (health.layer, health.unit) == (layer.id, layer.ids[hit.unit]):
            remarks += textwrap.wrap(health.reason, _REMARK_LETTERS)
    return CardText(title, tuple(values), tuple(remarks))


def gradient_words(snapshot: Snapshot) -> str:
    """Of what the gradient is; while training runs the number of the batch would only flicker."""
    return "the last batch" if snapshot.running else snapshot.gradient_of


class HoverCard(QWidget):
    """Shows a CardText above everything else on the canvas; the mouse passes through it."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = parent
        self.text: CardText | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_text(self, text: CardText | None, at: QPoint) -> None:
        """Show beside a point of the parent, wholly inside it; None hides the card."""
        if text is None:
            self.text = None
            self.hide()
            return
        if text != self.text:
            self.text = text
            self.resize(self.sizeHint())
            self.update()
        area = self._canvas.rect()
        x = (
            at.x() + 16
            if at.x() + 16 + self.width() <= area.width() - 4
            else (at.x() - 12 - self.width())
        )
        above = at.y() - self.height() - 12
        y = above if text.values and above >= 4 else at.y() + 20
        x = max(4, min(x, area.width() - self.width() - 4))
        y = max(4, min(y, area.height() - self.height() - 4))
        self.move(x, y)
        self.show()
        self.raise_()

    def sizeHint(self) -> QSize:
        text = self.text
        if text is None:
            return QSize(0, 0)
        title, name, value, remark = self._metrics()
        names = max((name.horizontalAdvance(n) for n, _ in text.values), default=0.0)
        numbers = max((value.horizontalAdvance(v) for _, v in text.values), default=0.0)
        # As wide as the widest number of its kind, so that live values do not make it breathe.
        numbers = max(numbers, value.horizontalAdvance("−0.0000")) if text.values else 0.0
        width = max(
            title.horizontalAdvance(text.title),
            names + 14 + numbers if text.values else 0.0,
            max((remark.horizontalAdvance(r) for r in text.remarks), default=0.0),
        )
        k = self._enlarged()
        height = k * (_LINE * (1 + len(text.values)) + 15.0 * len(text.remarks))
        height += (4.0 if text.values else 0.0) + (3.0 if text.remarks else 0.0)
        return QSize(round(width + 2 * _PADDING) + 1, round(height + 2 * 7))

    def _enlarged(self) -> float:
        """How much larger than usual texts are, as for a projector."""
        return max(1.0, self.font().pixelSize() / TEXT)

    def _metrics(self) -> tuple[QFontMetricsF, QFontMetricsF, QFontMetricsF, QFontMetricsF]:
        font, k = self.font(), self._enlarged()
        return (
            QFontMetricsF(sized(font, round(k * TEXT), bold=True)),
            QFontMetricsF(sized(font, round(k * SECONDARY))),
            QFontMetricsF(sized(font, round(k * SECONDARY))),
            QFontMetricsF(sized(font, round(k * CAPTION))),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        text = self.text
        if text is None:
            return
        theme = self._session.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        k = self._enlarged()
        line = k * _LINE
        left, width = _PADDING, self.width() - 2 * _PADDING
        y = 7.0
        flags = Qt.AlignmentFlag
        painter.setFont(sized(self.font(), round(k * TEXT), bold=True))
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(left, y, width, line), flags.AlignVCenter, text.title)
        y += line + (4 if text.values else 0)
        painter.setFont(sized(self.font(), round(k * SECONDARY)))
        for name, value in text.values:
            row = QRectF(left, y, width, line)
            painter.setPen(QColor(theme.secondary))
            painter.drawText(row, flags.AlignVCenter | flags.AlignLeft, name)
            painter.setPen(QColor(theme.text))
            painter.drawText(row, flags.AlignVCenter | flags.AlignRight, value)
            y += line
        y += 3 if text.remarks else 0
        painter.setFont(sized(self.font(), round(k * CAPTION)))
        painter.setPen(QColor(theme.secondary))
        for remark in text.remarks:
            painter.drawText(QRectF(left, y, width, 15 * k), flags.AlignVCenter, remark)
            y += 15 * k
        painter.end()
