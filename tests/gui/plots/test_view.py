import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from bpviz.engine.metrics import EpochMetrics
from bpviz.gui.plots.painting import picture_menu
from bpviz.gui.plots.view import PlotsView, layer_shades
from bpviz.gui.session import Session
from bpviz.gui.theme import DARK, LIGHT
from bpviz.lab.history import History


def shown(qtbot: QtBot, session: Session, tab: str = "Loss") -> PlotsView:
    view = PlotsView(session)
    qtbot.addWidget(view)
    view.resize(342, 430)
    view.show()
    view.show_tab(tab)
    return view


def names(view: PlotsView) -> list[str]:
    return [name for name, _, _ in view.legend.entries]


def drawn(view: PlotsView, curve: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x, y = view.charts[view.tab]._items[curve].getData()
    return x, y


def append(history: History, epoch: int, loss: float, penalty: float = 0.0) -> None:
    history.append(EpochMetrics(epoch, loss, 0.5, 0.5, 0.5, penalty, (0.1, 0.01)))


def test_loss_is_drawn_on_a_log_axis_and_on_a_linear_one(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session)
    loss = 1.0 / (1.0 + np.arange(50))
    assert np.allclose(drawn(view)[1], np.log10(loss))
    view.log.setChecked(False)
    assert np.allclose(drawn(view)[1], loss)
    view.show_tab("Gradients")
    assert view.log.isChecked()


def test_penalty_is_drawn_when_there_is_one(
    qtbot: QtBot, session: Session, history: History
) -> None:
    view = shown(qtbot, session)
    assert names(view) == ["training", "test"]
    append(history, 50, 0.02, penalty=0.3)
    view.refresh()
    assert names(view) == ["training", "test", "penalty"]


def test_test_curve_is_absent_without_test_samples(qtbot: QtBot) -> None:
    log = History(("o",))
    for epoch in range(2):
        log.append(EpochMetrics(epoch, 1.0, math.nan, 0.5, math.nan, 0.0, (1.0,)))
    view = shown(qtbot, Session(SimpleNamespace(history=log)))  # type: ignore[arg-type]
    assert names(view) == ["training"]


def test_not_a_number_is_left_out(qtbot: QtBot, session: Session, history: History) -> None:
    append(history, 50, math.inf)
    append(history, 51, math.nan)
    append(history, 52, 0.01)
    view = shown(qtbot, session)
    low, high = view.charts["Loss"].getViewBox().viewRange()[1]
    assert -3 < low < high < 1


def test_plot_restarts_with_a_shorter_log(qtbot: QtBot, session: Session, history: History) -> None:
    view = shown(qtbot, session)
    view.set_smoothing(0.9)
    view.charts["Loss"]._point_at(49)
    fresh = History(("h", "o"))
    append(fresh, 0, 0.8)
    append(fresh, 1, 0.7)
    session.laboratory.history = fresh  # type: ignore[misc]
    view.refresh()
    assert len(drawn(view)[0]) == 2
    assert view.charts["Loss"].readout() == []


def test_only_the_visible_tab_is_drawn(qtbot: QtBot, session: Session, history: History) -> None:
    view = shown(qtbot, session)
    before = view.charts["Gradients"]._curves
    append(history, 50, 0.01)
    session.log_grew.emit()
    view.refresh()
    assert view.charts["Gradients"]._curves is before
    assert len(drawn(view)[0]) == 51


def test_log_that_grows_fast_is_drawn_seldom(
    qtbot: QtBot, session: Session, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = shown(qtbot, session)
    drawings: list[int] = []
    chart = view.charts["Loss"]
    monkeypatch.setattr(chart, "show_curves", lambda x, curves: drawings.append(len(x)))
    for epoch in range(50, 80):
        append(history, epoch, 0.01)
        session.log_grew.emit()
    assert len(drawings) <= 1
    qtbot.waitUntil(lambda: bool(drawings) and drawings[-1] == 80)
    assert len(drawings) <= 2


def test_smoothing_slider_smooths_loss_and_not_the_log_itself(
    qtbot: QtBot, session: Session, history: History
) -> None:
    view = shown(qtbot, session)
    view.log.setChecked(False)
    raw = drawn(view)[1].copy()
    view.set_smoothing(0.8)
    assert drawn(view)[1][-1] > raw[-1]
    assert drawn(view)[1][0] == raw[0]
    assert np.array_equal(history.read().columns["train_loss"], raw)
    view.set_smoothing(0.0)
    assert np.array_equal(drawn(view)[1], raw)


def test_crosshair_reads_the_nearest_epoch(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session)
    chart = view.charts["Loss"]
    qtbot.waitUntil(lambda: chart.getViewBox().width() > 100)
    view.refresh()
    at: QPoint = chart.getViewBox().mapViewToScene(QPointF(20.2, -1.0)).toPoint()
    qtbot.mouseMove(chart.viewport(), at)
    assert chart.readout() == ["epoch 20", "training 0.0476", "test 0.5000"]


def test_accuracy_is_in_percent(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session, "Accuracy")
    assert drawn(view)[1][0] == pytest.approx(50.0)
    assert view.charts["Accuracy"].getViewBox().viewRange()[1][1] <= 101.0


def test_regression_has_no_accuracy(qtbot: QtBot, session: Session) -> None:
    training = SimpleNamespace(task="regression")
    session.snapshot = SimpleNamespace(data=SimpleNamespace(training=training))  # type: ignore[assignment]
    view = shown(qtbot, session, "Accuracy")
    assert view.pages.currentWidget() is view.words
    assert "no accuracy" in view.words.text()


def test_gradients_have_a_curve_per_layer(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session, "Gradients")
    assert names(view) == ["h", "o"]
    assert np.allclose(drawn(view, 1)[1], -2.0)


def test_empty_log_says_what_to_do(qtbot: QtBot) -> None:
    view = shown(qtbot, Session(SimpleNamespace(history=History(("o",)))))  # type: ignore[arg-type]
    assert "Train" in view.words.text()


def test_layer_shades_differ_and_are_neither_orange_nor_blue() -> None:
    for theme in (LIGHT, DARK):
        shades = [color.name() for color in layer_shades(theme, 8)]
        assert len(set(shades)) == 8
        assert not {theme.negative, theme.positive} & set(shades)


def test_picture_is_twice_as_sharp(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session)
    assert view.render_image().size() == view.size() * 2


@pytest.mark.parametrize("pixels", [13, 17, 18])
@pytest.mark.parametrize("width", [300, 342, 600])
def test_no_tab_is_cut(qtbot: QtBot, session: Session, pixels: int, width: int) -> None:
    view = shown(qtbot, session)
    font = view.font()
    font.setPixelSize(pixels)
    view.setFont(font)
    view.refresh()
    view.resize(width, 300)
    QApplication.processEvents()
    last = view.tabs.tabRect(view.tabs.count() - 1)
    assert last.right() <= view.tabs.width()
    assert view.tabs.mapTo(view, last.bottomRight()).x() <= view.width() - 12


@pytest.mark.parametrize("pixels", [13, 17])
def test_five_tabs_fit_the_narrow_column(qtbot: QtBot, session: Session, pixels: int) -> None:
    view = shown(qtbot, session)
    font = view.font()
    font.setPixelSize(pixels)
    view.setFont(font)
    view.resize(330, 300)
    view.refresh()
    QApplication.processEvents()
    last = view.tabs.tabRect(view.tabs.count() - 1)
    assert view.tabs.mapTo(view, last.bottomRight()).x() <= view.width() - 12
    assert view.tabs.sizeHint().width() <= view.tabs.width()


def test_learning_rate_is_drawn_on_a_log_axis(qtbot: QtBot) -> None:
    log = History(("o",))
    for epoch, rate in enumerate((math.nan, 0.1, 0.01)):
        log.append(EpochMetrics(epoch, 1.0, 0.5, 0.5, 0.5, 0.0, (1.0,)), rate)
    view = shown(qtbot, Session(SimpleNamespace(history=log)), "Rate")  # type: ignore[arg-type]
    assert view.pages.currentWidget() is view.charts["Rate"]
    assert drawn(view)[1] == pytest.approx([math.nan, -1.0, -2.0], nan_ok=True)
    assert view.charts["Rate"]._curves[0].color == LIGHT.text
    assert view.tabs.tabToolTip(view.tabs.currentIndex()) == "Learning rate"
    view.log.setChecked(False)
    assert drawn(view)[1][1:] == pytest.approx([0.1, 0.01])


def test_unknown_learning_rates_are_said_to_be_unknown(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session, "Rate")
    assert view.pages.currentWidget() is view.words
    assert "not logged" in view.words.text()


def test_a_menu_is_gone_when_it_closes(qtbot: QtBot, session: Session) -> None:
    view = shown(qtbot, session)
    for _ in range(3):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(5, 5), QPoint(5, 5))
        view.contextMenuEvent(event)
        for menu in view.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            menu.close()
    qtbot.waitUntil(
        lambda: not view.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)
    )


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_a_picture_that_cannot_be_written_is_said(
    qtbot: QtBot,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    folder: str,
) -> None:
    view, said = shown(qtbot, session), []
    path = tmp_path / folder / "loss"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    session.said.connect(lambda text, is_error: said.append((text, is_error)))
    menu = picture_menu(view, view, "loss", session.said.emit)
    menu.actions()[1].trigger()
    assert [is_error for _, is_error in said] == [bool(folder)]
    assert "loss.png" in said[0][0]
    assert path.with_suffix(".png").exists() == (not folder)
