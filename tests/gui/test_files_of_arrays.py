"""Pictures, arrays and columnar files opened in the window: learned from at once."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from bpviz.experiments.toml_files import parse_experiment, write_experiment
from bpviz.gui import files
from bpviz.gui.tables import table_patterns
from bpviz.lab.bench.pictures import write_digits


def wait_for(qtbot, window, kind):
    qtbot.waitUntil(
        lambda: window.session.experiment.data.source.kind == kind and not window.loader.running,
        timeout=10_000,
    )


@pytest.fixture
def digits(tmp_path):
    return write_digits(tmp_path, 400)


def test_idx_pictures_are_drawn_and_learned_from(qtbot, window, digits):
    files.open_path(window, digits)
    wait_for(qtbot, window, "idx")
    experiment = window.session.experiment
    data = window.laboratory.data.dataset
    assert data.image_shape == (28, 28)
    assert experiment.network.output.activation.kind == "softmax"
    assert experiment.data.scaling == "none"
    assert 1 < experiment.training.batch_size <= 128
    qtbot.waitUntil(lambda: window.session.snapshot.epoch > 0)
    # The input layer is drawn as one picture.
    assert window.canvas.network.current_picture().scene.picture_shapes == {0: (28, 28)}


def test_labels_that_are_named_in_the_panel_are_taken(qtbot, window, digits):
    files.open_path(window, digits)
    wait_for(qtbot, window, "idx")
    named = digits.with_name("other")
    labels = np.arange(400, dtype=np.uint8) % 3
    named.write_bytes(b"\0\0\x08\x01" + (400).to_bytes(4, "big") + labels.tobytes())
    form = window.settings_panel.data.source_form
    line = form.fields["labels"].editor.line
    qtbot.keyClicks(line, "other")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.laboratory.data.dataset.class_names == ("0", "1", "2"))


def test_a_part_kept_for_testing_leaves_no_split_to_choose(qtbot, window, digits):
    for name in ("images-idx3", "labels-idx1"):
        digits.with_name(f"t10k-{name}-ubyte").write_bytes(
            digits.with_name(f"train-{name}-ubyte").read_bytes()
        )
    files.open_path(window, digits)
    wait_for(qtbot, window, "idx")
    data = window.laboratory.data
    assert (len(data.train_rows), len(data.test_rows)) == (400, 400)
    form = window.settings_panel.data.config_form
    qtbot.waitUntil(lambda: not form.fields["test_fraction"].isVisibleTo(form))
    form = window.settings_panel.data.source_form
    form.fields["own_test"].editor.box.click()
    qtbot.waitUntil(lambda: len(window.laboratory.data.dataset) == 400)
    form = window.settings_panel.data.config_form
    qtbot.waitUntil(lambda: form.fields["test_fraction"].isVisibleTo(form))


def test_numpys_arrays_are_opened_and_saved_with_the_experiment(qtbot, window, tmp_path):
    random = np.random.default_rng(0)
    np.savez(tmp_path / "my.npz", X=random.normal(size=(60, 3)), y=np.arange(60) % 2)
    files.open_path(window, tmp_path / "my.npz")
    wait_for(qtbot, window, "arrays")
    assert window.laboratory.data.dataset.class_names == ("0", "1")
    write_experiment(window.session.experiment, tmp_path / "mine.toml")
    text = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    again = parse_experiment(text, "mine.toml")
    assert again.data.source.kind == "arrays"
    assert again.data.source.path == "my.npz"


@pytest.mark.parametrize("name", ["my.npz", "train-images-idx3-ubyte", "my.parquet"])
def test_a_bad_file_is_said_and_changes_nothing(qtbot, window, tmp_path, name):
    before = window.session.experiment
    said = []
    window.session.said.connect(lambda text, is_error: said.append((text, is_error)))
    (tmp_path / name).write_bytes(b"PAR1" + bytes(100) if "parquet" in name else b"\0\0\x08\x03")
    files.open_path(window, tmp_path / name)
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    ((text, is_error),) = said
    assert is_error
    assert text.startswith(name)
    assert window.session.experiment is before


def test_a_parquet_file_is_a_table(qtbot, window, tmp_path):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = {"x": [0.5 * k for k in range(40)], "code": ["01", "02"] * 20}
    parquet.write_table(pa.table(rows), tmp_path / "my.parquet")
    files.open_path(window, tmp_path / "my.parquet")
    wait_for(qtbot, window, "file")
    assert window.laboratory.data.dataset.class_names == ("01", "02")


def test_file_dialogs_show_them():
    assert {"*.csv", "*.parquet", "*.npz", "*ubyte", "*ubyte.gz"} <= set(table_patterns())
