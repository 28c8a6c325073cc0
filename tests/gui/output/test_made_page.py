"""Pictures that a network makes, beside those that it should make."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from bpviz.datasets.config import DataConfig
from bpviz.datasets.pictures import Drawing
from bpviz.datasets.telling import telling_inputs
from bpviz.engine.losses import BinaryCrossEntropy
from bpviz.engine.spec import stack
from bpviz.engine.training_config import TrainingConfig
from bpviz.experiments.experiment import Experiment
from bpviz.gui.output.header import OutputHeader
from bpviz.gui.output.presentation import suitable
from bpviz.gui.output.view import OutputView
from bpviz.gui.results.content import Rows, Shown
from bpviz.gui.results.registry import VIEWS
from bpviz.gui.results.tables import hardest
from bpviz.gui.theme import LIGHT
from bpviz.lab.assessment import Assess, assess
from bpviz.lab.data_columns import DataColumns
from bpviz.lab.evaluation import Request
from bpviz.lab.evaluator import evaluate
from bpviz.lab.laboratory import Laboratory
from bpviz.lab.snapshot import Snapshot


@pytest.fixture
def drawing() -> Snapshot:
    experiment = Experiment(
        name="drawing",
        data=DataConfig(source=Drawing(samples=20, size="24×16", shapes=3), test_fraction=0.2),
        network=stack(7, 5, 24 * 16),
        training=TrainingConfig(loss=BinaryCrossEntropy()),
    )
    laboratory = Laboratory(experiment)
    laboratory.pause()
    laboratory.runner.work()
    snapshot = laboratory.runner.mailbox.take()
    assert snapshot is not None
    return snapshot


def test_output_and_target_of_the_sample_are_pictures(
    qtbot: QtBot, drawing: Snapshot, open_session
) -> None:
    assert [choice.key for choice in suitable(drawing.data)] == ["made"]
    session = open_session(drawing, sample=3)
    view = OutputView(session)
    qtbot.addWidget(view)
    view.resize(342, 400)
    view.show()
    page = view.made
    assert view.pages.currentWidget() is page
    for side in (page.made, page.true):
        assert side.image is not None
        assert (side.image.width(), side.image.height()) == (24, 16)
    target = drawing.data.dataset.targets[3]
    image = page.true.image
    shades = np.array(
        [[image.pixelColor(x, y).lightness() for x in range(24)] for y in range(16)]
    ).ravel()
    ink, paper = shades[target == 1], shades[target == 0]
    assert len(set(ink)) == len(set(paper)) == 1
    assert ink[0] < paper[0] - 100


def test_what_is_typed_has_no_target(qtbot: QtBot, drawing: Snapshot, open_session) -> None:
    typed = tuple(drawing.data.dataset.inputs[0])
    view = OutputView(open_session(drawing, typed=typed))
    qtbot.addWidget(view)
    view.show()
    assert view.made.made.isVisible()
    assert not view.made.true.isVisible()


def test_thousands_of_pixels_fill_no_menu(qtbot: QtBot, drawing: Snapshot, open_session) -> None:
    header = OutputHeader(open_session(drawing))
    qtbot.addWidget(header)
    header.take_data(evaluate(drawing, Request()))
    assert header.outputs.menu().isEmpty()
    assert header.axes.menu().isEmpty()


def test_no_map_is_made_of_pictures(drawing: Snapshot) -> None:
    found = evaluate(drawing, replace(Request(), want_map=True))
    assert all(layer is None for layer in found.maps)


def test_of_pictures_the_results_are_the_samples_with_the_largest_errors(drawing: Snapshot) -> None:
    assert [view.key for view in VIEWS if view.suits(drawing.data)] == ["hardest"]
    found = assess(drawing, Assess())
    for part, count in ((found.training, 16), (found.test, 4)):
        assert part is not None
        assert part.values is part.residuals is None
        assert part.hardest.answers.shape == (count, 0)
        assert (np.diff(part.hardest.errors) <= 0).all()
    content = hardest(Shown(found, "training", 0, 3, LIGHT))
    assert isinstance(content, Rows)
    texts = {cell.text for row in content.cells for cell in row}
    assert "a picture" not in texts


def test_the_table_has_the_ink_of_a_picture_instead_of_its_pixels(drawing: Snapshot) -> None:
    columns = DataColumns(drawing.data)
    targets = [column for column in columns.columns if column.role == "target"]
    assert [column.name for column in targets] == ["target ink"]
    means = drawing.data.dataset.targets.mean(axis=1)
    assert targets[0].values() == pytest.approx(means)
    assert telling_inputs(drawing.data.dataset) == (0, 1)


def test_very_many_outputs_are_not_held(drawing: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert evaluate(drawing, Request()).train_out is not None
    monkeypatch.setattr("bpviz.lab.whole_outputs._MOST_OUTPUTS", 1000)
    found = evaluate(drawing, Request())
    assert found.train_out is found.test_out is None
