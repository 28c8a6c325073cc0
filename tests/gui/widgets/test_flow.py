from PySide6.QtWidgets import QLabel, QWidget

from bpviz.gui.widgets.flow import FlowLayout


def test_rows_are_measured_again_only_when_something_changed(qtbot, monkeypatch):
    host = QWidget()
    qtbot.addWidget(host)
    flow = FlowLayout(host)
    words = [QLabel("word", host) for _ in range(3)]
    for word in words:
        word.setFixedSize(50, 20)
        flow.addWidget(word)
    host.show()
    measured, rows = [], flow._rows
    monkeypatch.setattr(flow, "_rows", lambda width: measured.append(width) or rows(width))
    heights = {flow.heightForWidth(60) for _ in range(5)}
    assert heights == {3 * 20 + 2 * flow.spacing()}
    assert measured == [60]
    assert flow.heightForWidth(1000) == 20
    words[0].setFixedHeight(30)
    assert flow.heightForWidth(1000) == 30
    words[0].hide()
    assert flow.heightForWidth(1000) == 20
