"""The layout of θ: views, labels, identities, masks and initial values."""

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.initializers import Explicit, Normal, Uniform
from bpviz.engine.parameters import (
    explicit_values,
    initial_theta,
    layout_of,
    unit_label,
)
from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack
from tests.unit.engine.samples import branching


def test_blocks_are_views_of_one_vector() -> None:
    layout = layout_of(branching())
    # e: 2×2 + 1 shared; h: 3×2 + 3×1 + 3; o: 2×3 + 2×1 + 2.
    assert [(b.layer, b.source, b.start, b.shape) for b in layout.blocks] == [
        ("e", "a", 0, (2, 2)),
        ("e", "", 4, (1,)),
        ("h", "e", 5, (3, 2)),
        ("h", "b", 11, (3, 1)),
        ("h", "", 14, (3,)),
        ("o", "h", 17, (2, 3)),
        ("o", "b", 23, (2, 1)),
        ("o", "", 25, (2,)),
    ]
    theta = np.arange(27.0)
    view = layout.blocks[2].view(theta)
    view[2, 1] = -1.0
    assert theta[10] == -1.0
    assert layout.size == 27


def test_labels_run_by_destination() -> None:
    layout = layout_of(stack(2, 2, 2))
    # θ: i→h (4), b of h (2), h→o (4), b of o (2).
    assert " ".join(layout.labels()) == "w1 w2 w3 w4 b1 b2 w5 w6 w7 w8 b3 b4"
    assert [layout.description(k) for k in (0, 1, 2, 4, 7, 11)] == [
        "i1 → h1",
        "i2 → h1",
        "i1 → h2",
        "bias of h1",
        "h2 → o1",
        "bias of o2",
    ]


def test_labels_run_by_source_where_asked() -> None:
    layout = layout_of(stack(2, 3, 1, numbering="source"))
    # w1 i1→h1, w2 i1→h2, w3 i1→h3, w4 i2→h1, …; θ keeps destination first.
    assert layout.labels()[:6] == ["w1", "w4", "w2", "w5", "w3", "w6"]
    assert [layout.find(f"w{k}") for k in range(1, 7)] == [0, 2, 4, 1, 3, 5]


def test_a_label_may_be_written_in_several_ways() -> None:
    layout = layout_of(stack(2, 2, 2))
    assert layout.find("w5") == layout.find(" w_5 ") == layout.find("w₅") == 6
    assert layout.find("b3") == 10
    for label in ("w0", "w9", "b5", "5", "x1", ""):
        with pytest.raises(SettingError, match="w1 to w8 and b1 to b4"):
            layout.find(label)


def test_every_label_and_identity_leads_back() -> None:
    for numbering in ("destination", "source"):
        layout = layout_of(branching(numbering=numbering))
        for index in range(layout.size):
            assert layout.find(layout.label(index)) == index
            assert layout.index_of(layout.id_of(index)) == index
    with pytest.raises(IndexError):
        layout.block_at(layout.size)


def test_identities_follow_the_unit_ids() -> None:
    spec = NetworkSpec(
        layers=(
            LayerSpec("i", 2, unit_ids=(5, 3)),
            LayerSpec("o", 2, unit_ids=(8, 2), sources=("i",)),
        )
    )
    layout = layout_of(spec)
    assert layout.id_of(1) == ParameterId("o", 8, "i", 3)
    assert layout.index_of(ParameterId("o", 2, "i", 5)) == 2
    assert layout.index_of(ParameterId("o", 2)) == 5
    assert layout.description(2) == "i1 → o2"


@pytest.mark.parametrize(
    "absent",
    [
        ParameterId("h", -1),
        ParameterId("h", 3),
        ParameterId("e", 0),
        ParameterId("e", 1),
        ParameterId("a", 0),
        ParameterId("h", 0, "a", 0),
        ParameterId("h", 0, "e", 2),
        ParameterId("h", -1, "e", 0),
    ],
)
def test_what_is_not_there_has_no_position(absent: ParameterId) -> None:
    with pytest.raises(KeyError):
        layout_of(branching()).index_of(absent)


def test_units_of_a_numbered_layer_carry_a_subscript() -> None:
    assert unit_label(LayerSpec("h2", 12), 11) == "h2₁₂"
    assert unit_label(LayerSpec("h", 12), 11) == "h12"
    layer = LayerSpec("e", 2, bias="shared", sources=("a",))
    layout = layout_of(NetworkSpec(layers=(LayerSpec("a"), layer)))
    assert layout.description(2) == "bias of layer e"


def test_masks() -> None:
    spec = branching(
        missing=frozenset({ParameterId("h", 1, "b", 0)}),
        frozen=frozenset({ParameterId("o", 0), ParameterId("e", 1, "a", 0)}),
    )
    spec = spec.with_layer(replace(spec.layer("e"), bias_trained=False))
    layout = layout_of(spec)
    assert np.flatnonzero(~layout.is_weight()).tolist() == [4, 14, 15, 16, 25, 26]
    assert np.flatnonzero(~layout.present()).tolist() == [12]
    assert np.flatnonzero(~layout.trainable()).tolist() == [2, 4, 12, 25]


def test_explicit_values_go_by_label() -> None:
    weights, biases = tuple(np.arange(1.0, 9.0)), (0.1, 0.2, 0.3, 0.4)
    given = Explicit(weights, biases)
    by_destination = initial_theta(stack(2, 2, 2, initializer=given), 0)
    assert by_destination.tolist() == [1, 2, 3, 4, 0.1, 0.2, 5, 6, 7, 8, 0.3, 0.4]
    by_source = initial_theta(stack(2, 2, 2, initializer=given, numbering="source"), 0)
    assert by_source.tolist() == [1, 3, 2, 4, 0.1, 0.2, 5, 7, 6, 8, 0.3, 0.4]


def test_a_shared_bias_takes_one_given_value() -> None:
    spec = NetworkSpec(
        layers=(LayerSpec("i", 1), LayerSpec("o", 3, bias="shared", sources=("i",))),
        initializer=Explicit((1.0, 2.0, 3.0), (0.5,)),
    )
    assert initial_theta(spec, 0).tolist() == [1.0, 2.0, 3.0, 0.5]


@pytest.mark.parametrize(
    ("weights", "biases", "sentence"),
    [
        ((1.0, 2.0), (3.0,), r"must be 3 weights for this network, got 2"),
        ((1.0, 2.0, 3.0), (3.0, 4.0), r"must be 1 biases for this network, got 2"),
    ],
)
def test_too_few_or_too_many_given_values(
    weights: tuple[float, ...], biases: tuple[float, ...], sentence: str
) -> None:
    spec = stack(3, 1, initializer=Explicit(weights, biases))
    with pytest.raises(SettingError, match=sentence):
        initial_theta(spec, 0)


def test_given_values_too_large_for_the_number_format() -> None:
    spec = stack(1, 1, initializer=Explicit((1e39,), (0.0,)))
    assert initial_theta(spec, 0)[0] == 1e39
    with pytest.raises(SettingError, match="too large for float32"):
        initial_theta(replace(spec, dtype="float32"), 0)


@pytest.mark.parametrize("numbering", ["destination", "source"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_explicit_values_give_theta_back(numbering: str, dtype: str) -> None:
    spec = branching(numbering=numbering, dtype=dtype, initializer=Normal(1.0))
    theta = initial_theta(spec, 4)
    values = explicit_values(layout_of(spec), theta)
    again = initial_theta(replace(spec, initializer=values), 0)
    assert again.dtype == theta.dtype == dtype
    assert again.tobytes() == theta.tobytes()


def test_missing_connections_start_at_zero() -> None:
    spec = branching(
        missing=frozenset({ParameterId("h", 1, "b", 0)}), initializer=Uniform(0.5, 1.0)
    )
    assert np.flatnonzero(initial_theta(spec, 0) == 0).tolist() == [12]


def test_the_initial_weights_hang_on_the_seed_alone() -> None:
    spec = branching()
    assert initial_theta(spec, 3).tobytes() == initial_theta(spec, 3).tobytes()
    assert (initial_theta(spec, 3) != initial_theta(spec, 4))[layout_of(spec).is_weight()].all()


def test_masks_are_made_once_and_cannot_be_written_to():
    spec = stack(2, 2, 1)
    gone, held = ParameterId("o", 0, "h", 0), ParameterId("o", 0, "h", 1)
    layout = layout_of(replace(spec, missing=frozenset({gone}), frozen=frozenset({held})))
    for mask in (layout.present, layout.trainable, layout.is_weight):
        assert mask() is mask()
        with pytest.raises(ValueError, match="read-only"):
            mask()[0] = False
    assert np.flatnonzero(~layout.present()).tolist() == [layout.index_of(gone)]
    rests = sorted(layout.index_of(p) for p in (gone, held))
    assert np.flatnonzero(~layout.trainable()).tolist() == rests


def test_masks_that_say_the_same_of_all_take_no_room():
    spec = stack(3, 2, 1)
    layout = layout_of(spec)
    for mask in (layout.present(), layout.trainable()):
        assert mask.shape == (layout.size,)
        assert mask.dtype == bool
        assert mask.all()
        assert mask.strides == (0,)
        assert not mask.flags.writeable
    frozen = layout_of(replace(spec, frozen=frozenset({layout.id_of(1)})))
    assert frozen.present().strides == (0,)
    assert np.flatnonzero(~frozen.trainable()).tolist() == [1]
