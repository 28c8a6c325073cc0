"""What is shown at each step: every activation and error, wide layers, batches, what rests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack
from bpviz.explain.stage_scenes import scene
from bpviz.explain.stages import STAGES, Step, walk
from bpviz.explain.terms import UnitRef
from tests.combinations import EITHER_REDUCTION
from tests.unit.explain.moments import gallery_moment, made_moment


def texts(moment, step, sample=0):
    return [line.text() for line in scene(moment, step, sample).lines]


@pytest.mark.parametrize("by", ["unit", "layer", "stage"])
@pytest.mark.parametrize(("kind", "output", "hidden"), [one[:3] for one in EITHER_REDUCTION])
def test_every_activation_and_error(kind, output, hidden, by):
    spec = stack(2, 2, 3, hidden=hidden, output=output)
    moment = made_moment(spec, 0.3, [1, -0.5], [0, 0, 1], loss=kind)
    for step in walk(spec, by):
        shown = scene(moment, step)
        assert shown.title.startswith(f"{step.stage} {STAGES[step.stage - 1].name}")
        assert shown.words
        assert shown.lines
        for line in shown.lines:
            assert "= =" not in line.text()
            assert "nan" not in line.text()
        motion = {2: "forward", 4: "backward", 5: "update"}.get(step.stage, "")
        assert (shown.motion, shown.motion_layer) == (motion, step.layer if motion else "")
        if step.at is not None:
            assert shown.units == (step.at,)
        if step.stage in (2, 4, 5):
            assert bool(shown.parameters) == bool(step.layer)


def test_the_numbers_are_the_samples():
    moment = gallery_moment("xor-2-3-1", slice(None))
    for sample in range(4):
        out = moment.buffers.out[sample, 0]
        assert texts(moment, Step(2, "o", 0), sample)[-1].endswith(f"= {out:.9f}")
        assert texts(moment, Step(3), sample)[-1].endswith(f"= {moment.errors[sample]:.9f}")


def test_a_batch():
    moment = gallery_moment("xor-2-3-1", slice(None))
    assert "The error of the batch is the sum over its 4 samples." in scene(moment, Step(3)).words
    last = scene(moment, Step(6))
    assert "the error of this batch goes from here to there" in last.words
    assert last.lines[0].terms[2].number == pytest.approx(moment.errors.sum())
    assert last.lines[0].terms[4].number < moment.error


def test_wide_layers_are_shortened():
    spec = stack(12, 9, 8, hidden="tanh", output="identity")
    moment = made_moment(spec, 0.1, np.ones(12), np.zeros(8), loss="half_squared")
    (first,) = texts(moment, Step(1))
    assert first.count("=") == 12
    assert first.endswith(", …")
    forward = texts(moment, Step(2, "h"))
    assert len(forward) == 2 * 6 + 1
    assert forward[0].count(" × ") == 6
    assert "+ … =" in forward[0]
    assert forward[-1] == "… and 3 more."
    assert texts(moment, Step(3))[-2] == "… and 2 more."
    assert "+ … =" in texts(moment, Step(3))[-1]
    backward = texts(moment, Step(4, "h", 0))
    assert backward[-1] == "… and 7 more."
    assert len(backward) == 3 + 6 + 1
    layer = texts(moment, Step(4, "h"))
    assert layer[6] == "… and 3 more."
    assert sum(text.startswith("∂E/∂w") for text in layer) == 6
    assert layer[-1] == f"… and {9 * 13 - 6} more."
    update = texts(moment, Step(5, "o", 0))
    assert len(update) == 6 + 1
    assert update[-1] == "… and 4 more."
    assert texts(moment, Step(5))[-1] == f"… and {moment.layout.size - 6} more."


def test_one_more():
    moment = made_moment(stack(1, 7, hidden="tanh", output="identity"), 0.1, [1], np.zeros(7))
    assert texts(moment, Step(2, "o"))[-1] == "… and 1 more."


@pytest.mark.parametrize("optimizer", ["gradient_descent", "adam"])
def test_nothing_is_said_to_be_left_out_when_all_is_shown(optimizer):
    moment = gallery_moment("xor-2-3-1", optimizer=optimizer)
    for by in ("unit", "layer", "stage"):
        for step in walk(moment.spec, by):
            if (step.stage, by) == (5, "stage") or (step.layer == "h" and step.unit is None):
                # The nine parameters of h are more than are shown.
                continue
            assert not any("more." in text for text in texts(moment, step)), step


def test_a_layers_deltas_lead_to_the_gradients_of_its_weights():
    moment = gallery_moment("worked-2-2-2")
    assert texts(moment, Step(4, "o"))[2] == (
        "∂E/∂w5 = ∂E/∂net_o1 · out_h1 = 0.138498562 × 0.593269992 = 0.082167041"
    )
    assert not any("∂E/∂b" in text for text in texts(moment, Step(4, "o")))


def test_a_shared_bias_is_said_unit_by_unit():
    moment = gallery_moment("worked-2-2-2")
    assert texts(moment, Step(4, "o", 0))[-1].startswith("∂E/∂b2 via o1 = ")
    assert texts(moment, Step(2, "h", 0))[0].startswith("net_h1 = w1·i1 + w2·i2 + b1 = ")


def test_no_bias_is_not_mentioned():
    spec = NetworkSpec(
        layers=(LayerSpec("i", 1), LayerSpec("o", 1, "tanh", bias="none", sources=("i",)))
    )
    moment = made_moment(spec, 0.5, [1], [1], loss="squared")
    assert "bias" not in scene(moment, Step(2, "o", 0)).words
    assert "and its bias" in scene(gallery_moment("xor-2-3-1"), Step(2, "o", 0)).words


def test_frozen_and_missing():
    moment = gallery_moment("xor-2-3-1")
    missing, frozen = ParameterId("o", 0, "h", 0), ParameterId("o", 0, "h", 1)
    spec = replace(moment.spec, missing=frozenset({missing}), frozen=frozenset({frozen}))
    moment = replace(moment, spec=spec)
    update = texts(moment, Step(5, "o", 0))
    assert update[-1] == "w8 is frozen: it keeps its value, whatever its gradient."
    assert not any(text.startswith(("w7", "w8 ←")) for text in update)
    assert "w7" not in texts(moment, Step(2, "o", 0))[0]


def test_a_unit_that_nothing_feeds():
    spec = stack(1, 1, 1, hidden="tanh", output="identity")
    spec = replace(
        spec, layers=(*spec.layers[:1], *(replace(x, bias="none") for x in spec.computed))
    )
    spec = replace(spec, missing=frozenset({ParameterId("o", 0, "h", 0)}))
    moment = made_moment(spec, [0.5, 0.0], [1], [1], loss="squared")
    assert texts(moment, Step(2, "o", 0))[0] == "net_o1 = 0"
    assert texts(moment, Step(4, "h", 0))[0] == "∂E/∂out_h1 = 0"
    assert texts(moment, Step(1, "o", 0)) == []


def test_a_network_on_its_way_to_infinity_raises_nothing():
    moment = gallery_moment("xor-2-3-1", optimizer="adam")
    theta = moment.theta.copy()
    theta[:] = np.nan
    for step in walk(moment.spec, "unit"):
        for line in scene(moment.at(theta), step).lines:
            assert line.latex()


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (Step(3, "h"), "the error is of the outputs, not of layer h"),
        (Step(2, "i"), "layer i holds inputs; nothing is computed there"),
        (Step(2, "gone"), "there is no such layer"),
        (Step(4, "h", 9), "layer h has no unit of the number 9"),
        (Step(4, "", 1), "a step of a unit needs the unit's layer"),
        (Step(7), "there are stages 1 to 6, no stage 7"),
    ],
)
def test_steps_that_the_network_does_not_take(step, message):
    moment = gallery_moment("worked-2-2-2")
    with pytest.raises(SettingError, match=message):
        scene(moment, step)


def test_of_many_terms_the_strongest_are_shown_in_their_order():
    """Two sources, a missing connection and a bias; against all terms, one by one."""
    layers = (
        LayerSpec("a", 5),
        LayerSpec("b", 6),
        LayerSpec("o", 2, "tanh", sources=("a", "b")),
    )
    rng = np.random.default_rng(3)
    gone = ParameterId("o", 1, "b", 2)
    spec = NetworkSpec(layers=layers, missing=frozenset({gone}))
    theta = rng.normal(size=2 * 11 + 2)
    inputs = rng.normal(size=11)
    moment = made_moment(spec, theta, inputs, [0, 1], loss="squared")
    terms = {"b2": theta[-1]}
    for source, k, value in [
        *(("a", k, inputs[k]) for k in range(5)),
        *(("b", k, inputs[5 + k]) for k in range(6)),
    ]:
        parameter = ParameterId("o", 1, source, k)
        index = moment.layout.index_of(parameter)
        if parameter != gone:
            terms[moment.layout.label(index)] = value * theta[index]
    wanted = sorted(terms, key=lambda name: -abs(terms[name]))[:6]
    text = texts(moment, Step(2, "o", 1))[0]
    named = text.split(" = ")[1].removesuffix(" + …").split(" + ")
    assert {name.split("·")[0] for name in named} == set(wanted)
    assert text.endswith(f"{moment.net(UnitRef('o', 1), 0):.9f}".replace("-", "\N{MINUS SIGN}"))


def test_the_chosen_parameter_comes_first_however_wide_the_layer(monkeypatch):
    monkeypatch.setattr("bpviz.explain.scene_building.MOST", 10)
    moment = made_moment(stack(12, 30, 2), 0.1, np.ones(12), [0, 1], loss="squared")
    last = ParameterId("h", 29, "i", 11)
    shown = scene(moment, Step(5, "h"), first=last)
    assert shown.parameters[0] == last
    assert shown.units[0] == ("h", 29)
    assert len(shown.parameters) == len(shown.units) == 10
    other = scene(moment, Step(5, "o"), first=last)
    assert last not in other.parameters


def test_a_part_of_a_batch_is_said_to_be_one():
    moment = gallery_moment("xor-2-3-1", slice(None))
    part = replace(moment, of="4 of the 90 samples of batch 1 of epoch 1", left_out=86)
    for step in (Step(5), Step(6)):
        assert "from 4 of the 90 samples of batch 1" in scene(part, step).words
        assert "worked out from" not in scene(moment, step).words
