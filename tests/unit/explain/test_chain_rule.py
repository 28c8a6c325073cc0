"""Which forms there are, at saturation too; batches, penalties, shared biases; what is refused."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bpviz.engine.settings import SettingError
from bpviz.engine.spec import LayerSpec, NetworkSpec, ParameterId, stack
from bpviz.explain.chain_rule import derive
from bpviz.explain.report import as_text
from bpviz.explain.stage_scenes import scene
from bpviz.explain.stages import Step
from tests.unit.explain.moments import explained, gallery_moment, made_moment, parameter


def derived(moment, label):
    return derive(moment, parameter(moment, label))


def forms(moment, label):
    return {form.name: [f.text for f in form.factors] for form in derived(moment, label).forms}


def test_forms_of_an_output_weight():
    assert forms(gallery_moment("worked-2-2-2"), "w5") == {
        "full": ["∂E/∂out_o1", "∂out_o1/∂net_o1", "∂net_o1/∂w5"],
        "delta": ["δ_o1", "∂net_o1/∂w5"],
    }


def test_forms_of_an_inner_weight_with_one_way_to_the_output():
    moment = gallery_moment("derivation-2-2-1", loss="binary_cross_entropy")
    assert forms(moment, "w1") == {
        "full": ["∂E/∂out_y1", "∂out_y1/∂net_y1", "∂net_y1/∂w1"],
        "written out": [
            *("∂E/∂out_o1", "∂out_o1/∂net_o1", "∂net_o1/∂out_y1"),
            *("∂out_y1/∂net_y1", "∂net_y1/∂w1"),
        ],
        "cancelled": ["∂E/∂net_o1", "∂net_o1/∂out_y1", "∂out_y1/∂net_y1", "∂net_y1/∂w1"],
        "delta": ["δ_y1", "∂net_y1/∂w1"],
    }


def test_softmax_has_a_sum_over_the_outputs_and_the_cancelled_form():
    moment = gallery_moment("iris")
    shown = forms(moment, "w21")
    assert shown["full"] == ["∂E/∂net_y1", "∂net_y1/∂w21"]
    assert shown["cancelled"] == ["∂E/∂net_y1", "∂net_y1/∂w21"]
    full, cancelled = derived(moment, "w21").forms[:2]
    expansion = full.factors[0].expansion
    assert expansion.kind == "sum"
    assert [f.text for f in expansion.factors] == [
        f"∂E/∂out_y{k}·∂out_y{k}/∂net_y1" for k in (1, 2, 3)
    ]
    slope = expansion.factors[2].expansion.factors[1]
    out = moment.buffers.out[0]
    assert slope.value == pytest.approx(-out[2] * out[0], rel=1e-12)
    assert slope.formula == r"\mathrm{out}_{y3}\,(0-\mathrm{out}_{y1})"
    assert cancelled.factors[0].expansion is None
    assert cancelled.factors[0].formula.startswith(r"\mathrm{out}_{y1}\cdot \sum_j")


def test_a_bias_carries_one():
    factor = derived(gallery_moment("xor-2-3-1"), "b4").factors[-1]
    assert (factor.value, factor.text) == (1.0, "∂net_o1/∂b4")


def test_a_shared_bias_adds_the_deltas_up():
    moment = gallery_moment("worked-2-2-2")
    derivation = derived(moment, "b1")
    assert [f.text for f in derivation.factors] == ["Σ ∂E/∂net_h", "∂net_h/∂b1"]
    deltas = [f.value for f in derivation.factors[0].expansion.factors]
    assert deltas == pytest.approx([0.008771355, 0.009954255], abs=5e-10)
    assert derivation.gradient == pytest.approx(sum(deltas), rel=1e-14)


@pytest.mark.parametrize(("reduction", "first"), [("mean", "1/4"), ("sum", "Σ ∂E_s/∂w1")])
def test_a_batch_is_the_mean_or_the_sum_of_its_samples(reduction, first):
    moment = gallery_moment("xor-2-3-1", rows=slice(None), reduction=reduction)
    derivation = derived(moment, "w1")
    assert derivation.factors[0].text == first
    samples = derivation.factors[-1].expansion.factors
    assert [f.text for f in samples] == [f"∂E_{k}/∂w1" for k in (1, 2, 3, 4)]
    for k, factor in enumerate(samples):
        alone = derived(gallery_moment("xor-2-3-1", rows=slice(k, k + 1)), "w1")
        assert factor.value == pytest.approx(alone.gradient, rel=1e-12)
        assert [f.text for f in factor.expansion.factors] == [f.text for f in alone.factors]


def test_penalties_are_added_to_what_the_error_gives():
    moment = gallery_moment("worked-2-2-2", l1=0.1, l2=0.2)
    derivation = derived(moment, "w5")
    assert derivation.penalized
    (whole,) = derivation.factors
    assert [(f.text, round(f.value, 9)) for f in whole.expansion.factors] == [
        ("∂E/∂w5", 0.082167041),
        ("∂L1/∂w5", 0.1),
        ("∂L2/∂w5", round(moment.l2_gradient[moment.layout.find("w5")], 9)),
    ]
    bias = derived(moment, "b2")
    assert not bias.penalized
    assert len(bias.factors) == 2


def test_long_sums_show_their_strongest_terms():
    moment = made_moment(stack(1, 1, 60, hidden="tanh", output="identity"), 0.1, [1], [0] * 60)
    terms = derived(moment, "w1").factors[0].expansion.factors
    assert len(terms) == 24
    assert terms[-1].text == "(the other 37 connections together)"
    assert math.fsum(f.value for f in terms) == pytest.approx(
        derived(moment, "w1").factors[0].value
    )


def test_the_rest_of_a_long_sum_is_worked_out_too():
    spec = stack(1, 1, 30, hidden="tanh", output="softmax")
    theta = np.linspace(-1.0, 1.0, 62)
    moment = made_moment(spec, theta, [1], np.eye(30)[3], loss="squared")
    (delta, *_) = derived(moment, "w2").factors
    assert delta.expansion.factors[-1].text == "(the other 7 outputs together)"
    assert delta.expansion.value == pytest.approx(delta.value, rel=1e-12)


# Saturation


def finite_forms(moment, label):
    derivation = derived(moment, label)
    for form in derivation.forms:
        assert math.isfinite(form.product)
        assert form.sign * form.product == pytest.approx(derivation.gradient, rel=1e-12)
    return [form.name for form in derivation.forms]


@pytest.mark.parametrize("target", [0.0, 1.0])
def test_an_output_of_exactly_one(target):
    """∂E/∂out is infinite and the slope 0: what is left of cross-entropy is the cancelled form."""
    spec = stack(1, 1, 1, hidden="identity", output="sigmoid")
    moment = made_moment(spec, 10.0, [1], [target], loss="binary_cross_entropy")
    assert moment.buffers.out[0, 0] == 1.0
    names = finite_forms(moment, "w2")
    assert "cancelled" in names
    assert finite_forms(moment, "w1")
    explanation = explained(moment, "w1")
    assert explanation.derivation.gradient == (1.0 - target) * 10.0


@pytest.mark.parametrize("nets", [[0, -800, -900], [0, -713, -713.5], [700, 0, -40]])
@pytest.mark.parametrize("target", [[0, 1, 0], [0.4, 0.3, 0.3], [1, 0, 0]])
def test_a_softmax_that_underflows(nets, target):
    spec = NetworkSpec(
        layers=(
            LayerSpec("i", 1),
            LayerSpec("h", 1, "identity", bias="none", sources=("i",)),
            LayerSpec("o", 3, "softmax", bias="none", sources=("h",)),
        )
    )
    moment = made_moment(spec, [1.0, *nets], [1], target, loss="categorical_cross_entropy")
    for label in ("w1", "w2", "w3", "w4"):
        assert "cancelled" in finite_forms(moment, label) or label == "w1"
        assert explained(moment, label).why


def test_a_unit_that_feeds_nothing():
    spec = stack(1, 2, 1, hidden="tanh", output="identity")
    spec = replace(spec, missing=frozenset({ParameterId("o", 0, "h", 1)}))
    moment = made_moment(spec, 0.5, [1], [0], loss="half_squared")
    error = derived(moment, "w2").factors[0]
    assert (error.value, error.expansion) == (0.0, None)


# What cannot be explained


def test_what_is_refused():
    moment = gallery_moment("worked-2-2-2")
    with pytest.raises(SettingError, match="is no longer part of the network"):
        derive(moment, ParameterId("h", 9, "i", 0))
    missing = ParameterId("o", 0, "h", 1)
    spec = replace(moment.spec, missing=frozenset({missing}))
    with pytest.raises(SettingError, match="w6 is a missing connection: it has no weight, hence"):
        derive(replace(moment, spec=spec), missing)
    for value in (math.nan, math.inf):
        theta = moment.theta.copy()
        theta[0] = value
        with pytest.raises(SettingError, match="numbers are no longer finite; reset it, or undo"):
            derive(moment.at(theta), parameter(moment, "w5"))
    theta = np.full_like(moment.theta, 1e200)
    identity = stack(2, 2, 2, hidden="identity", output="identity")
    huge = made_moment(identity, 1e200, [1, 1], [0, 0], loss="half_squared")
    assert np.isfinite(theta).all()
    with pytest.raises(SettingError, match="nothing to explain about w1"):
        derive(huge, parameter(huge, "w1"))


def chain(layers):
    spec = stack(*[1] * layers, hidden="tanh", output="identity")
    spec = replace(spec, layers=tuple(replace(x, bias="none") for x in spec.layers))
    return made_moment(spec, 0.9, [1], [0], loss="half_squared")


def test_a_chain_of_500_layers_is_written_out():
    moment = chain(500)
    explanation = explained(moment, "w1")
    forms = {form.name: form for form in explanation.derivation.forms}
    # ∂E/∂out and ∂out/∂net of the output, w and slope of 498 hidden units, and the input.
    assert len(forms["written out"].factors) == 2 + 2 * 498 + 1
    gradient = explanation.derivation.gradient
    assert gradient != 0
    for form in forms.values():
        assert form.product == pytest.approx(form.sign * gradient, rel=1e-10)
    assert "w499" in as_text(explanation)
    for step in (Step(2), Step(4), Step(4, "h1", 0), Step(5, "h1")):
        assert scene(moment, step).lines


def test_a_bias_shared_by_a_wide_layer_is_shown_by_its_strongest_deltas():
    spec = stack(2, 60, 3, hidden="tanh", output="sigmoid")
    spec = replace(spec, layers=tuple(replace(x, bias="shared") for x in spec.layers))
    rng = np.random.default_rng(2)
    theta = rng.normal(size=2 * 60 + 1 + 60 * 3 + 1)
    moment = made_moment(spec, theta, [1, -1], [0, 1, 0], loss="squared")
    summed = derived(moment, "b1").factors[0]
    deltas = moment.buffers.deltas[1][0]
    *shown, rest = summed.expansion.factors
    assert summed.expansion.value == pytest.approx(deltas.sum(), rel=1e-12)
    assert {f.value for f in shown} == set(sorted(deltas, key=abs)[-len(shown) :])
    assert rest.words == f"the other {60 - len(shown)} units together"
