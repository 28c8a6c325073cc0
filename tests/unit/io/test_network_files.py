"""Trained networks to a file and back: the same bits, and one sentence for what is no network."""

import csv
import io
import json
import struct
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

from bpviz.engine.parameters import initial_theta, layout_of
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId
from bpviz.experiments.experiment import Experiment
from bpviz.experiments.gallery import gallery_experiment, gallery_names
from bpviz.io.description import blocks_of
from bpviz.io.exporters import EXPORTERS, export_network
from bpviz.io.importers import IMPORTERS, read_network_file
from bpviz.io.named_arrays import to_arrays
from bpviz.io.records import TrainedNetwork, record

ENDINGS = list(EXPORTERS)


def trained(experiment: Experiment, epochs: int = 2) -> TrainedNetwork:
    data = experiment.prepare()
    trainer = experiment.trainer(data)
    trainer.run(epochs)
    state = trainer.state
    return record(experiment.name, state.epoch, trainer.spec, state.theta, data)


def graph(dtype: str) -> TrainedNetwork:
    """Two input groups, a skip connection, a shared bias, odd unit ids, marks, odd numbers."""
    spec = NetworkSpec(
        layers=(
            LayerSpec(id="a", units=1),
            LayerSpec(id="b", units=1),
            LayerSpec(id="h.1", units=2, sources=("a",), bias="shared", unit_ids=(5, 2)),
            LayerSpec(id="y", units=1, activation="sigmoid", sources=("h.1", "b"), bias="none"),
        ),
        numbering="source",
        dtype=dtype,  # type: ignore[arg-type]
        frozen=frozenset({ParameterId("h.1", 2, "a", 0)}),
    )
    theta = initial_theta(spec, 3)
    theta[:3] = [-0.0, 1e-40, 1 / 3]
    experiment = replace(gallery_experiment("playground"), network=spec)
    return record("graph", 17, spec, theta, experiment.prepare())


def assert_same(read: TrainedNetwork, written: TrainedNetwork) -> None:
    assert read.theta.dtype == written.theta.dtype
    assert read.theta.tobytes() == written.theta.tobytes()
    ours, theirs = (
        (x.encoding.fill, *vars(x.encoding.scaling).values(), *vars(x.target_scaling).values())
        for x in (written, read)
    )
    for one, other in zip(ours, theirs, strict=True):
        assert one.tobytes() == other.tobytes()
    assert read.encoding.features == written.encoding.features
    arrays = {"theta": None, "encoding": None, "target_scaling": None}
    assert vars(read) | arrays == vars(written) | arrays


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", gallery_names())
def test_bit_for_bit(name: str, dtype: str, ending: str, tmp_path: Path) -> None:
    experiment = gallery_experiment(name)
    experiment = replace(experiment, network=replace(experiment.network, dtype=dtype))
    written = trained(experiment)
    file = tmp_path / f"network{ending}"
    export_network(written, file)
    read = read_network_file(file)
    assert_same(read, written)
    inputs = experiment.prepare().dataset.inputs[:20]
    assert read.predict(inputs).tobytes() == written.predict(inputs).tobytes()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_any_graph(dtype: str, ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"network{ending.upper()}"
    export_network(graph(dtype), file)
    assert_same(read_network_file(file), graph(dtype))


def test_json_speaks_for_itself(tmp_path: Path) -> None:
    network = trained(gallery_experiment("article-2-2-2"), 0)
    export_network(network, tmp_path / "network.json")
    table = json.loads((tmp_path / "network.json").read_text(encoding="utf-8"))
    first = table["blocks"][0]
    assert (first["source"], first["layer"], first["shape"]) == ("i", "h", [2, 2])
    assert first["labels"] == [["w1", "w3"], ["w2", "w4"]]
    assert first["values"] == [[0.27, 0.57], [0.1, 0.35]]
    assert [block["labels"] for block in table["blocks"]][1] == ["b1"]
    assert table["inputs"]["names"] == ["i1", "i2"]
    assert table["network"]["layers"][1]["activation"] == "sigmoid"


def test_npz_speaks_for_itself_without_pickle(tmp_path: Path) -> None:
    network = trained(gallery_experiment("iris"))
    export_network(network, tmp_path / "network.npz")
    with np.load(tmp_path / "network.npz", allow_pickle=False) as arrays:
        assert arrays["weights.x.h"].shape == (5, 4)
        assert arrays["bias.h"].shape == (5,)
        assert arrays["labels.x.h"][1, 0] == "w5"
        assert arrays["labels.y"].tolist() == ["b6", "b7", "b8"]
        about = json.loads(str(arrays["about"]))
    assert about["outputs"]["classes"] == ["setosa", "versicolor", "virginica"]
    assert about["inputs"]["scale"] == network.encoding.scaling.scale.tolist()


def test_safetensors_are_read_by_the_library_itself(tmp_path: Path) -> None:
    network = trained(gallery_experiment("article-2-2-2"))
    export_network(network, tmp_path / "network.safetensors")
    with safe_open(tmp_path / "network.safetensors", framework="np") as file:
        weights = file.get_tensor("weights.i.h")
        about = json.loads(file.metadata()["about"])
        assert set(file.keys()) == {"weights.i.h", "bias.h", "weights.h.o", "bias.o"}
    # Numbered by source, this block of θ is no plain run of memory.
    assert weights.tolist() == blocks_of(network)[0].values.tolist()
    assert about["network"]["layers"][1]["activation"] == "sigmoid"


def test_safetensors_are_read_by_torch(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    network = trained(gallery_experiment("iris"))
    export_network(network, tmp_path / "network.safetensors")
    tensors = load_file(tmp_path / "network.safetensors")
    inputs = gallery_experiment("iris").prepare().dataset.inputs[:7]
    out = torch.tensor(network.encoding.apply(inputs))
    out = torch.tanh(out @ tensors["weights.x.h"].T + tensors["bias.h"])
    out = torch.softmax(out @ tensors["weights.h.y"].T + tensors["bias.y"], dim=1)
    np.testing.assert_allclose(out.numpy(), network.predict(inputs), rtol=1e-12)


def test_memory_that_is_no_plain_run_is_written_as_it_reads(tmp_path: Path) -> None:
    table, arrays = to_arrays(graph("float64"), labels=False)
    turned = {name: np.asfortranarray(array) for name, array in arrays.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "bpviz.io.safetensors_format.to_arrays", lambda network, labels: (table, turned)
        )
        export_network(graph("float64"), tmp_path / "network.safetensors")
    assert_same(read_network_file(tmp_path / "network.safetensors"), graph("float64"))


def test_without_its_package_a_format_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = trained(gallery_experiment("iris"))
    export_network(network, tmp_path / "network.safetensors")
    for name in [name for name in sys.modules if name.split(".")[0] == "safetensors"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setattr("sys.path_importer_cache", {})
    monkeypatch.setattr("sys.meta_path", [f for f in sys.meta_path if "Path" in str(f)])
    sentence = r"needs the package safetensors; pip install 'bpviz\[export\]' brings it"
    with pytest.raises(SettingError, match=sentence):
        export_network(network, tmp_path / "other.safetensors")
    with pytest.raises(SettingError, match=sentence):
        read_network_file(tmp_path / "network.safetensors")


def test_csv_is_a_table_of_weights(tmp_path: Path) -> None:
    file = tmp_path / "network.csv"
    export_network(trained(gallery_experiment("article-2-2-2"), 0), file)
    rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    assert rows[0][0] == "# about"
    assert json.loads(rows[0][1])["name"] == "article-2-2-2"
    assert rows[1] == ["label", "layer", "unit", "source", "source unit", "value"]
    assert rows[2:5] == [
        ["w1", "h", "1", "i", "1", "0.27"],
        ["w3", "h", "1", "i", "2", "0.57"],
        ["w2", "h", "2", "i", "1", "0.1"],
    ]
    assert [row[:5] for row in rows if row[0] == "b1"] == [["b1", "h", "", "", ""]]


def test_csv_survives_a_spreadsheet(tmp_path: Path) -> None:
    """A mark in front, rows sorted, lines ended and filled up as spreadsheets do."""
    file = tmp_path / "network.csv"
    network = trained(gallery_experiment("iris"))
    export_network(network, file)
    head, titles, *rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    text = io.StringIO()
    filled = [*head, "", "", "", ""]
    csv.writer(text).writerows([filled, titles, *sorted(rows, key=lambda row: row[5]), []])
    file.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    assert_same(read_network_file(file), network)


def test_a_long_description_is_cut_into_cells(tmp_path: Path) -> None:
    network = trained(gallery_experiment("digits"), 0)
    network = replace(network, name="x" * 70_000)
    export_network(network, tmp_path / "network.csv")
    lines = (tmp_path / "network.csv").read_text(encoding="utf-8").splitlines()
    abouts = [row for row in csv.reader(lines) if row[0] == "# about"]
    assert len(abouts) > 2
    assert max(len(row[1]) for row in abouts) <= 30_000
    assert read_network_file(tmp_path / "network.csv").name == network.name


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("w2,h,1,i,2,0.2", "w2,h,1,i,2,much", "the value in row 4 must be a number, got 'much'"),
        ("w2,h,1,i,2,0.2", "w2,h,1", "the value in row 4 must be a number, got ''"),
        ("w2,h", "w1,h", "it has w1 twice, the second time in row 4"),
        ("w2,h", "w99,h", "it has a value for 'w99', which is not of this network"),
        ("w2,h,1,i,2,0.2\n", "", "the value of w2 is missing"),
        ("w2,h,1,i,2,0.2", "w2,h,1,i,2,nan", "the weights i → h must be finite numbers"),
        ("# about", "about", "it has no description of a network in its first rows"),
    ],
)
def test_a_bad_row_is_named(old: str, new: str, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    export_network(trained(gallery_experiment("worked-2-2-2"), 0), file)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingError) as error:
        read_network_file(file)
    assert str(error.value) == f"bad.csv: is not a network file: {reason}"


def test_labels_are_those_of_the_layout() -> None:
    network = graph("float64")
    labels = [label for block in blocks_of(network) for label in block.labels.ravel()]
    assert labels == layout_of(network.spec).labels()


def test_blocks_whose_names_would_be_one_are_kept_apart(tmp_path: Path) -> None:
    layers = (
        LayerSpec(id="a", units=1),
        LayerSpec(id="a.b", units=1),
        LayerSpec(id="b.c", units=1, sources=("a",)),
        LayerSpec(id="c", units=1, sources=("a.b", "b.c"), activation="sigmoid"),
    )
    spec = NetworkSpec(layers=layers)
    data = replace(gallery_experiment("playground"), network=spec).prepare()
    network = record("dots", 0, spec, np.arange(5.0), data)
    export_network(network, tmp_path / "dots.npz")
    assert read_network_file(tmp_path / "dots.npz").theta.tolist() == [0, 1, 2, 3, 4]


def test_a_network_is_used_on_new_samples_in_their_own_units() -> None:
    experiment = gallery_experiment("iris")
    network = trained(experiment, 100)
    assert network.classify(np.array([[5.1, 3.5, 1.4, 0.2], [6.3, 3.3, 6.0, 2.5]])) == [
        "setosa",
        "virginica",
    ]
    assert list(network.parameters())[:2] == ["w1", "w2"]
    with pytest.raises(ValueError, match="it knows no classes"):
        trained(gallery_experiment("worked-2-2-2")).classify(np.zeros((1, 2)))


def test_weights_in_a_record_cannot_change() -> None:
    with pytest.raises(ValueError, match="read-only"):
        trained(gallery_experiment("iris")).theta[0] = 1


def test_what_is_exported_can_be_imported() -> None:
    assert list(EXPORTERS) == list(IMPORTERS)


def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    network = trained(gallery_experiment("worked-2-2-2"))
    with pytest.raises(
        SettingError, match=r"ending must be \.npz, \.json, \.csv or \.safetensors, got '\.h5'"
    ):
        export_network(network, tmp_path / "network.h5")
    with pytest.raises(
        SettingError, match=r"ending must be \.npz, \.json, \.csv or \.safetensors, got '\.h5'"
    ):
        read_network_file(tmp_path / "network.h5")
    assert list(tmp_path.iterdir()) == []


def test_weights_that_are_not_finite_are_not_written(tmp_path: Path) -> None:
    network = trained(gallery_experiment("worked-2-2-2"))
    bad = replace(network, theta=np.full_like(network.theta, np.nan))
    with pytest.raises(SettingError, match="some weights are not finite"):
        export_network(bad, tmp_path / "network.json")
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_used(tmp_path: Path) -> None:
    network = trained(gallery_experiment("worked-2-2-2"))
    with pytest.raises(SettingError, match="cannot be written: No such file"):
        export_network(network, tmp_path / "nowhere" / "network.json")
    with pytest.raises(SettingError, match="cannot be read: No such file"):
        read_network_file(tmp_path / "nothing.json")


@pytest.fixture
def version_1() -> dict[str, Any]:
    """A network as the first version described it: no features, fill, columns or task's scale."""
    return {
        "format": "bpviz network",
        "version": 1,
        "name": "old",
        "epoch": 12,
        "network": {
            "layers": [
                {"id": "i", "units": 2},
                {"id": "h", "units": 2, "activation": "tanh", "sources": ["i"]},
                {"id": "o", "units": 1, "activation": "sigmoid", "sources": ["h"]},
            ]
        },
        "inputs": {
            "names": ["a", "b"],
            "image_shape": None,
            "offset": [1.0, 2.0],
            "scale": [2.0, 4.0],
        },
        "outputs": {
            "names": ["kind"],
            "classes": ["no", "yes"],
            "task": "binary",
            "threshold": 0.5,
        },
    }


OLD_BLOCKS = {
    ("h", "i"): np.array([[0.1, 0.2], [0.3, 0.4]]),
    ("h", ""): np.array([0.5, -0.5]),
    ("o", "h"): np.array([[0.7, -0.8]]),
    ("o", ""): np.array([0.9]),
}


@pytest.mark.parametrize("ending", [".json", ".npz"])
def test_a_file_of_version_1_is_read(
    version_1: dict[str, Any], ending: str, tmp_path: Path
) -> None:
    file = tmp_path / f"old{ending}"
    version_1["blocks"] = rows = []
    if ending == ".json":
        for (layer, source), values in OLD_BLOCKS.items():
            rows.append({"layer": layer, "source": source, "values": values.tolist(), "labels": []})
        file.write_text(json.dumps(version_1), encoding="utf-8")
    else:
        arrays = {f"block{k}": values for k, values in enumerate(OLD_BLOCKS.values())}
        for name, (layer, source) in zip(arrays, OLD_BLOCKS, strict=True):
            rows.append({"layer": layer, "source": source, "values": name})
        np.savez(file, about=np.array(json.dumps(version_1)), **arrays)
    network = read_network_file(file)
    assert (network.name, network.epoch, network.columns, network.reading) == ("old", 12, (), None)
    hidden = np.tanh([0.1 * 1 + 0.2 * 0.5 + 0.5, 0.3 * 1 + 0.4 * 0.5 - 0.5])
    expected = 1 / (1 + np.exp(-(0.7 * hidden[0] - 0.8 * hidden[1] + 0.9)))
    assert network.predict(np.array([[3.0, 4.0]]))[0, 0] == pytest.approx(expected)
    assert network.classify(np.array([[3.0, 4.0]])) == ["yes"]


def spoil(table: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        table = table[int(name)] if isinstance(table, list) else table[name]
    table[last] = value


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("format", "other", "it is not a network that bpviz wrote"),
        ("version", 3, "it is of version 3, this bpviz reads versions 1 and 2"),
        ("blocks", [], "the weights i → h are missing"),
        ("blocks.0.values", [1, 2], "the weights i → h must have shape (2, 2), got (2,)"),
        ("blocks.1.values", ["x"], "the biases of h must be finite numbers"),
        ("blocks.1.values", [True], "the biases of h must be finite numbers"),
        ("blocks.1.values", [float("nan")], "the biases of h must be finite numbers"),
        ("blocks.0.values", [[1], [1, 2]], "its content is damaged or of another kind"),
        ("blocks", 3, "its content is damaged or of another kind"),
        ("network", 3, "its content is damaged or of another kind"),
        ("network.layers", [], "layers: a network needs at least an input and an output layer"),
        ("inputs.scale", [1.0], "offset and scale must be given for 2 inputs"),
        ("inputs.scale", [1.0, 0.0], "offset and scale must be finite numbers, and scale not 0"),
        ("inputs.image_shape", [2, 2], "image shape 2×2 must fit 2 inputs"),
        (
            "inputs.reading",
            {"own_decimals": {}, "decimal": "dot", "missing_marks": [], "day_first": {}},
            "a decimal mark must be point or comma",
        ),
        ("outputs.task", "guess", "it has an unknown task 'guess'"),
        ("outputs", None, "its content is damaged or of another kind"),
    ],
)
def test_a_bad_part_is_named(path: str, value: Any, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    export_network(trained(gallery_experiment("worked-2-2-2")), file)
    table = json.loads(file.read_text(encoding="utf-8"))
    spoil(table, path, value)
    file.write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(SettingError) as error:
        read_network_file(file)
    assert str(error.value) == f"bad.json: is not a network file: {reason}"


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "content", [b"", b"hello", b"\xff\xfe", b"[1, 2]", b"null", b"[" * 100_000, b"PK\x03\x04"]
)
def test_other_content_is_one_sentence(content: bytes, ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"bad{ending}"
    file.write_bytes(content)
    with pytest.raises(SettingError) as error:
        read_network_file(file)
    assert str(error.value).startswith(f"bad{ending}: is not a network file: it")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("ending", [".npz", ".csv", ".safetensors"])
def test_a_damaged_file_is_one_sentence(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"bad{ending}"
    export_network(trained(gallery_experiment("worked-2-2-2")), file)
    whole = file.read_bytes().rstrip()
    # The end of a CSV file, in the middle of a number, may be a number too.
    for cut in range(0, len(whole) - 25, 97):
        file.write_bytes(whole[:cut])
        with pytest.raises(SettingError, match="is not a network file"):
            read_network_file(file)


def header(text: str) -> bytes:
    """An array as NumPy writes it, with this text for its header and nothing behind it."""
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def packed_by(packing: int, data: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        archive.writestr("about.npy", data)
    return content.getvalue()


def broken_lzma() -> bytes:
    whole = bytearray(packed_by(zipfile.ZIP_LZMA, bytes(9000)))
    # Behind the file's header of 30 bytes and its name, and the four of the packing.
    whole[43:48] = b"\xff" * 5
    return bytes(whole)


HOSTILE = {
    "lzma": broken_lzma(),
    "token": packed_by(zipfile.ZIP_STORED, header("{'descr': '<f8', 'shape': ((")),
    "memory": packed_by(
        zipfile.ZIP_DEFLATED,
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,)}"),
    ),
    "nested": packed_by(zipfile.ZIP_DEFLATED, header("(" * 9000)),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_archive_is_one_sentence(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "bad.npz"
    file.write_bytes(content)
    with pytest.raises(SettingError) as error:
        read_network_file(file)
    reason = "its content is damaged or of another kind"
    assert str(error.value) == f"bad.npz: is not a network file: {reason}"


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    file = tmp_path / "bad.npz"
    np.savez(file, about=np.array([{"format": "bpviz network"}], dtype=object))
    with pytest.raises(SettingError, match="damaged or of another kind"):
        read_network_file(file)
