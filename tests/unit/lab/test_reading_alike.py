"""New rows are read as the table was that the network learned from."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpviz.datasets.tables.sources import TableText
from bpviz.io.csv_format import from_csv, to_csv
from bpviz.io.json_format import from_json, to_json
from bpviz.io.npz_format import from_npz, to_npz
from bpviz.io.records import TrainedNetwork, record
from bpviz.io.safetensors_format import from_safetensors, to_safetensors
from bpviz.lab.predictions import Predictions, predict_rows
from bpviz.lab.table_experiment import table_experiment


def learned(text: str, **source: Any) -> TrainedNetwork:
    """A network after an epoch, as it comes from a file."""
    experiment = table_experiment(TableText(text=text, **source))
    data = experiment.prepare()
    trainer = experiment.trainer(data)
    trainer.run(1)
    return from_json(to_json(record("n", 1, trainer.spec, trainer.state.theta, data)))


def predicted(network: TrainedNetwork, folder: Path, text: str) -> Predictions:
    path = folder / "new.csv"
    path.write_text(text)
    return predict_rows(network, path)


def assert_inputs(network: TrainedNetwork, found: Predictions, inputs: list[list[float]]) -> None:
    """Whether the answers are those for these inputs."""
    outs = network.predict(np.array(inputs))[:, -1]
    np.testing.assert_allclose([float(x) for x in found.answers[-1]], outs, rtol=1e-4, atol=1e-6)


NUMBERS = "a,b,y\n" + "".join(f"{k % 20},{k % 7},{3 * k}\n" for k in range(40))


def test_marks_of_missing_cells(tmp_path: Path) -> None:
    network = learned(NUMBERS + "-999,10,4\n", missing_marks=("-999",))
    found = predicted(network, tmp_path, "a,b\n-999,12\n3,11\n")
    assert found.reports == ("Column a: 1 cell is missing and filled in: row 2.",)
    assert_inputs(network, found, [[network.encoding.fill[0], 12], [3, 11]])


def test_a_mark_that_was_none_is_a_category(tmp_path: Path) -> None:
    text = "a,b,y\n" + "".join(f"{k},{('none', 'some')[k % 2]},{3 * k}\n" for k in range(20))
    network = learned(text, missing_marks=("-",))
    found = predicted(network, tmp_path, "a,b\n3,none\n4,some\n")
    assert found.reports == ()
    assert_inputs(network, found, [[3, 1, 0], [4, 0, 1]])


@pytest.mark.parametrize("given", [False, True])
def test_a_decimal_comma(tmp_path: Path, given: bool) -> None:
    text = "a\tb\ty\n" + "".join(f"{k},{k % 10}5\t{k % 7}\t{3 * k}\n" for k in range(40))
    network = learned(text, **({"decimal": "comma"} if given else {}))
    found = predicted(network, tmp_path, "a\tb\n1,234\t2\n12,345\t3\n")
    assert found.reports == ("Numbers are written with a decimal comma.",)
    assert_inputs(network, found, [[1.234, 2], [12.345, 3]])


def test_separators_of_thousands_are_told(tmp_path: Path) -> None:
    network = learned("a,b,y\n" + "".join(f"{k}.5,{k % 7},{3 * k}\n" for k in range(40)))
    found = predicted(network, tmp_path, "a;b\n1,234;2\n12,345;3\n")
    assert "Column a has separators of thousands: 1,234 was read as 1234." in found.reports
    assert_inputs(network, found, [[1234, 2], [12345, 3]])


def test_a_file_that_says_otherwise_is_believed(tmp_path: Path) -> None:
    network = learned("a,b,y\n" + "".join(f"{k}.5,{k % 7},{3 * k}\n" for k in range(40)))
    found = predicted(network, tmp_path, "a;b\n1,25;2\n1,234;3\n")
    assert_inputs(network, found, [[1.25, 2], [1.234, 3]])


def test_a_column_with_a_decimal_mark_of_its_own(tmp_path: Path) -> None:
    rows = "".join(f"{k},5\t{k % 7}.25\t{k % 4}.5\t{3 * k}\n" for k in range(40))
    network = learned("a\tb\tc\ty\n" + rows)
    found = predicted(network, tmp_path, "a\tb\tc\n1,234\t2.25\t1.5\n")
    assert_inputs(network, found, [[1.234, 2.25, 1.5]])


@pytest.mark.parametrize(
    ("row", "order", "date", "days"),
    [
        ("m/k/2024", "month before the day", "2024-03-04", 19786),
        ("k/m/2024", "day before the month", "2024-04-03", 19816),
    ],
)
def test_the_order_of_dates(tmp_path: Path, row: str, order: str, date: str, days: int) -> None:
    text = "when,b,y\n" + "".join(
        f"{row.replace('k', str(13 + k % 10)).replace('m', str(1 + k % 9))},{k % 7},{3 * k}\n"
        for k in range(40)
    )
    network = learned(text, numbers=("when",))
    found = predicted(network, tmp_path, "when,b\n03/04/2024,2\nsoon,2\n")
    assert found.reports[:2] == (
        f"Column when has the {order}: 03/04/2024 was read as {date}.",
        "Row 3, column when: 'soon' is no date and counts as missing.",
    )
    assert_inputs(network, found, [[days, 2], [network.encoding.fill[0], 2]])


def test_dates_where_numbers_were_learned_are_no_numbers(tmp_path: Path) -> None:
    network = learned(NUMBERS)
    found = predicted(network, tmp_path, "a,b\n2024-03-04,12\n")
    assert found.reports == ("Row 2, column a: '2024-03-04' is no number and counts as missing.",)


@pytest.mark.parametrize(
    ("categories", "cells", "places"),
    [
        (("1.0", "2.0", "A"), ("1.0", "2"), (0, 1)),
        (("1", "2", "3"), ("2.0", "B", "3"), (1, None, 2)),
        (("1.50", "2"), ("1.5", "2.00"), (0, 1)),
        (("1,5", "2", "A"), ("1.50", "A"), (0, 2)),
    ],
)
def test_categories_are_found_by_text_and_as_numbers(
    tmp_path: Path, categories: tuple[str, ...], cells: tuple[str, ...], places: tuple[int | None]
) -> None:
    rows = [f"{k}\t{categories[k % len(categories)]}\t{3 * k}" for k in range(40)]
    network = learned("\n".join(["a\tkind\ty", *rows]), categories=("kind",))
    found = predicted(network, tmp_path, "\n".join(["a\tkind", *(f"3\t{c}" for c in cells)]))
    fill = network.encoding.fill[1:]
    codes = np.eye(len(categories))
    inputs = [[3, *(fill if place is None else codes[place])] for place in places]
    assert_inputs(network, found, inputs)
    assert sum("is none of" in report for report in found.reports) == places.count(None)


def test_a_network_with_one_input_predicts_a_file_of_one_column(tmp_path: Path) -> None:
    rows = "".join(f"{k / 10},{np.sin(k / 10):.6f}\n" for k in range(60))
    experiment = table_experiment(TableText(text="x,y\n" + rows))
    data = experiment.prepare()
    trainer = experiment.trainer(data)
    trainer.run(300)
    network = record("sine", 200, trainer.spec, trainer.state.theta, data)
    found = predicted(network, tmp_path, "x\n0.5\n1.5\n4.7\n")
    values = [float(value) for value in found.answers[0]]
    np.testing.assert_allclose(values, np.sin([0.5, 1.5, 4.7]), atol=0.25)


def test_one_column_with_decimal_commas_is_one_column(tmp_path: Path) -> None:
    network = learned("x;y\n" + "".join(f"{k},5;{k % 7}\n" for k in range(40)))
    found = predicted(network, tmp_path, "x\n0,5\n1\n1,234\n")
    assert found.reports == ("Numbers are written with a decimal comma.",)
    assert_inputs(network, found, [[0.5], [1], [1.234]])
    assert predicted(network, tmp_path, "x\n5\n7\n").reports == ()


@pytest.mark.parametrize(
    ("write", "read"),
    [
        (to_json, from_json),
        (to_csv, from_csv),
        (to_npz, from_npz),
        (to_safetensors, from_safetensors),
    ],
)
def test_every_format_keeps_it(write: Any, read: Any) -> None:
    text = "a\twhen\ty\n" + "".join(f"{k},5\t3/{k + 1}/2024\t{3 * k}\n" for k in range(28))
    network = learned(text, numbers=("when",), missing_marks=("X",), decimal="comma")
    kept = read(write(network)).reading
    assert kept == network.reading
    assert (kept.missing_marks, kept.decimal, kept.decimal_given) == (("x",), "comma", True)
    assert kept.day_first == {"when": False}
    assert read(write(replace(network, reading=None))).reading is None
