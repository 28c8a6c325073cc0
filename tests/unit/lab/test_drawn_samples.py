"""Samples drawn by hand: strokes, the edit that they become, and the file they are saved in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bpviz.datasets.bundled import Digits, Iris
from bpviz.datasets.config import DataConfig
from bpviz.datasets.own import OwnSamples
from bpviz.datasets.synthetic import Circle
from bpviz.datasets.tables.sources import TableFile
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import stack
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment
from bpviz.lab.drawn_samples import (
    MOST_CLASSES,
    Brush,
    DrawSamples,
    csv_remark,
    csv_text,
    empty_sheet,
    next_class_name,
    on_plane,
    own_samples,
    rows_of,
    sprayed,
    under_eraser,
    waits_for,
    why_not_drawn,
    with_names,
    write_csv,
)
from bpviz.lab.laboratory import Laboratory

LINE = np.column_stack([np.linspace(-2, 2, 30), np.linspace(0, 1, 30)])
BRUSH = Brush((0.5, 0.25), 4)


def work(laboratory: Laboratory) -> None:
    laboratory.runner.work()


# Strokes


def test_the_same_stroke_leaves_the_same_points_and_another_one_others() -> None:
    points = sprayed(LINE, BRUSH, seed=7, stroke=3)
    np.testing.assert_array_equal(points, sprayed(LINE, BRUSH, 7, 3))
    assert not np.isin(points, sprayed(LINE, BRUSH, 7, 4)).any()
    assert not np.isin(points, sprayed(LINE, BRUSH, 8, 3)).any()


def test_points_of_a_stroke_stay_while_it_goes_on() -> None:
    whole = sprayed(LINE, BRUSH, 7, 0)
    for end in (1, 2, 11, 29):
        part = sprayed(LINE[:end], BRUSH, 7, 0)
        np.testing.assert_array_equal(part, whole[: len(part)])
    assert len(sprayed(LINE[:1], BRUSH, 7, 0)) == BRUSH.density


def test_a_brush_stays_within_its_reach_and_spreads_evenly_over_it() -> None:
    one = sprayed(np.zeros((1, 2)), Brush((0.5, 0.25), 20_000), 1, 0) / (0.5, 0.25)
    away = np.hypot(one[:, 0], one[:, 1])
    assert away.max() <= 1.0
    # Evenly over a disc: a quarter of the points lies within half of the radius.
    assert np.mean(away < 0.5) == pytest.approx(0.25, abs=0.02)
    assert np.abs(one.mean(axis=0)).max() < 0.02


def test_an_eraser_passes_what_is_nearer_than_its_reach_to_its_way() -> None:
    rng = np.random.default_rng(5)
    places = rng.uniform(-2, 2, (500, 2))
    start, end, reach = np.array([-1.0, 0.5]), np.array([1.5, -0.5]), (0.4, 0.8)
    way = start + np.linspace(0, 1, 4001)[:, np.newaxis] * (end - start)
    off = (places[:, np.newaxis] - way) / reach
    nearest = np.square(off).sum(axis=2).min(axis=1)
    sure = np.abs(nearest - 1) > 1e-3
    np.testing.assert_array_equal(under_eraser(places, start, end, reach)[sure], nearest[sure] <= 1)
    here = under_eraser(np.array([[0.0, 0.0], [0.5, 0.0]]), np.zeros(2), np.zeros(2), reach)
    assert here.tolist() == [True, False]


def test_points_off_the_plane_are_left_out_and_digits_that_nobody_sees_dropped() -> None:
    points = on_plane(np.array([[0.123456, 0.5], [1.5, 0.5], [0.5, -1.0]]), (0, -1), (1, 1))
    assert points.tolist() == [[0.123, 0.5], [0.5, -1.0]]
    wide = on_plane(np.array([[123.456, 7.0]]), (0, 0), (1000, 1000))
    assert wide.tolist() == [[123.0, 7.0]]


# Samples


def test_samples_of_other_data_are_copied_as_they_stand() -> None:
    dataset = Circle().load(7)
    own = own_samples(dataset)
    copy = own.load(0)
    np.testing.assert_array_equal(copy.inputs, dataset.inputs)
    np.testing.assert_array_equal(copy.targets, dataset.targets)
    assert (copy.class_names, copy.input_names) == (dataset.class_names, dataset.input_names)


@pytest.mark.parametrize("source", [Iris(), Digits()])
def test_where_there_is_no_plane_nothing_is_drawn(source: Iris | Digits) -> None:
    dataset = source.load(1)
    assert why_not_drawn(dataset)
    with pytest.raises(SettingError, match="two inputs"):
        own_samples(dataset)


def test_rows_are_added_and_taken_without_checking_all_of_them_again() -> None:
    own = own_samples(Circle().load(7))
    more = own.with_rows_added(rows_of(own, np.array([[0.5, 0.25]]), 1))
    assert more.rows == (*own.rows, (0.5, 0.25, 1.0))
    assert more == replace(own, rows=more.rows)
    assert len(more.load(0)) == len(own.rows) + 1
    kept = np.arange(len(more.rows)) % 2 == 0
    assert more.with_rows_kept(kept).rows == more.rows[::2]
    with pytest.raises(SettingError, match="row 1 must end in a class number"):
        own.with_rows_added(np.array([(0.0, 0.0, 2.0)]))
    with pytest.raises(SettingError, match="at least one sample"):
        own.with_rows_kept(np.zeros(len(own.rows), dtype=bool))


def test_classes_are_named_and_added_but_none_twice() -> None:
    sheet = empty_sheet(classes=True)
    named = with_names(sheet, ("cats", "dogs", "C"))
    assert named.class_names == ("cats", "dogs", "C")
    for wrong in (("A", "A"), ("A", " ")):
        with pytest.raises(SettingError, match="class"):
            with_names(sheet, wrong)
    with pytest.raises(SettingError, match="no class can be left out"):
        with_names(named, ("A", "B"))
    assert next_class_name(("A", "C")) == "B"
    assert next_class_name(tuple(map(chr, range(65, 91)))) == "class 27"
    assert MOST_CLASSES == 10


def test_one_class_alone_is_waited_for() -> None:
    sheet = empty_sheet(classes=True)
    assert "second class" in waits_for(sheet)
    assert not waits_for(sheet.with_rows_added(np.array([(0.0, 1.0, 1.0)])))
    assert not waits_for(empty_sheet(classes=False))


# The edit


def test_a_stroke_keeps_what_was_learned_and_undo_brings_the_data_back() -> None:
    laboratory = Laboratory(gallery_experiment("playground"))
    laboratory.train_epochs(3)
    for _ in range(4):
        work(laboratory)
    before = laboratory.runner.mailbox.take()
    assert before is not None
    data = laboratory.data
    own = own_samples(data.dataset)
    more = own.with_rows_added(np.array([(0.5, 0.25, 1.0), (1.0, 1.0, 0.0)]))
    laboratory.apply(DrawSamples(more, "draw 2 points"))
    work(laboratory)
    after = laboratory.runner.mailbox.take()
    assert after is not None
    assert (after.epoch, after.run) == (before.epoch, before.run)
    np.testing.assert_array_equal(after.theta, before.theta)
    assert len(after.data.training.train) == 502
    assert laboratory.undo_text == "draw 2 points"
    laboratory.undo()
    assert laboratory.data is data
    laboratory.redo()
    assert laboratory.experiment.data.source == more


def test_copied_samples_are_not_mixed_up_or_thinned_out_once_more() -> None:
    config = DataConfig(source=Circle(), label_noise=0.2, minority=0.5, test_fraction=0.3)
    laboratory = Laboratory(Experiment(data=config, network=stack(2, 4, 1)))
    dataset = laboratory.data.dataset
    laboratory.apply(DrawSamples(own_samples(dataset), "draw"))
    again = laboratory.data.dataset
    np.testing.assert_array_equal(again.inputs, dataset.inputs)
    np.testing.assert_array_equal(again.targets, dataset.targets)
    assert len(laboratory.data.test_rows) == 0


def test_the_first_stroke_on_other_data_leaves_their_words_and_finding_behind() -> None:
    experiment = gallery_experiment("xor-skip")
    assert experiment.finding
    assert experiment.title
    own = own_samples(experiment.prepare().dataset)
    more = own.with_rows_added(np.array([(0.5, 0.25, 1.0)]))
    drawn = DrawSamples(more, "draw 1 point").apply(experiment)
    assert (drawn.finding, drawn.title, drawn.watch) == ("", "", "")
    # What is then given to one's own samples stays.
    named = replace(drawn, title="Mine")
    again = more.with_rows_added(np.array([(0.0, 0.5, 0.0)]))
    assert DrawSamples(again, "draw 1 point").apply(named).title == "Mine"


def test_a_third_class_gives_the_network_an_output_for_it_and_undo_takes_it_away() -> None:
    laboratory = Laboratory(gallery_experiment("playground"))
    work(laboratory)
    network = laboratory.experiment.network
    own = with_names(own_samples(laboratory.data.dataset), ("outside", "inside", "C"))
    laboratory.apply(DrawSamples(own.with_rows_added(np.array([(0.0, 0.0, 2.0)])), "draw 1 point"))
    work(laboratory)
    assert laboratory.experiment.network.output.units == 3
    assert laboratory.data.training.task == "classes"
    laboratory.undo()
    work(laboratory)
    assert laboratory.experiment.network == network


def test_the_first_points_of_an_empty_sheet_bring_other_data_altogether() -> None:
    laboratory = Laboratory(gallery_experiment("iris"))
    sheet = replace(empty_sheet(classes=False), rows=((0.5, 0.5, 1.0),))
    laboratory.apply(DrawSamples(sheet, "draw 1 point", anew=True))
    work(laboratory)
    assert laboratory.experiment.network.inputs[0].units == 2
    assert laboratory.data.training.task == "regression"
    snapshot = laboratory.runner.mailbox.take()
    assert snapshot is not None
    assert (snapshot.epoch, snapshot.run) == (0, 2)


# The file


def test_a_saved_table_is_read_back_as_the_same_samples(tmp_path: Path) -> None:
    own = own_samples(Circle().load(7))
    names = ("out, side", 'é "in"')
    own = with_names(own, names)
    path = tmp_path / "drawn.csv"
    write_csv(own, path)
    read, drawn = TableFile(path=str(path)).load(0), own.load(0)
    np.testing.assert_array_equal(read.inputs, drawn.inputs)
    assert read.input_names == drawn.input_names
    read_names = [read.class_names[k] for k in read.targets]
    assert read_names == [drawn.class_names[k] for k in drawn.targets]


def test_values_are_read_back_as_values(tmp_path: Path) -> None:
    rows = ((0.1, 0.2, 0.25), (1.0, -2.0, 1.5), (0.3, 1e-9, -1.0))
    own = OwnSamples(("a", "b"), ("height",), (), rows)
    write_csv(own, tmp_path / "values.csv")
    read = TableFile(path=str(tmp_path / "values.csv")).load(0)
    np.testing.assert_array_equal(np.column_stack([read.inputs, read.targets]), rows)
    assert not csv_remark(own)


def test_what_a_reader_would_take_for_something_else_is_said() -> None:
    values = OwnSamples(("a", "b"), ("y",), (), ((0.0, 0.0, 1.0), (1.0, 0.0, -1.0)))
    assert "numbers" in csv_remark(values)
    digits = OwnSamples(("a", "b"), ("y",), ("3", "5"), ((0.0, 0.0, 1.0),))
    assert "categories" in csv_remark(digits)
    assert not csv_remark(with_names(digits, ("three", "five")))
    assert "another name" in csv_remark(with_names(digits, ("three", "NA")))
    assert csv_text(digits) == "a,b,y\n0.0,0.0,5\n"


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be written"):
        write_csv(empty_sheet(True), tmp_path / "no" / "where.csv")
