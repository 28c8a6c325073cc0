"""Names of quantities; formulas of the registries with names and numbers filled in."""

from __future__ import annotations

import pytest

from bpviz.engine.activations import LeakyReLU
from bpviz.engine.losses import MeanSquared
from bpviz.explain.names import (
    across_units,
    carried,
    named,
    of_parameter,
    of_unit,
    partial,
    subscript,
    with_constants,
    with_numbers,
)
from tests.unit.explain.moments import gallery_moment, unit


def test_units_and_parameters():
    assert of_unit("out", "h1") == (r"\mathrm{out}_{h1}", "out_h1")
    assert of_unit("E", "o2") == ("E_{o2}", "E_o2")
    assert of_unit("net", "h2₃") == (r"\mathrm{net}_{h2_{3}}", "net_h2₃")
    assert of_parameter("w21") == ("w_{21}", "w21")
    assert partial(("E", "E"), of_parameter("b1")) == (
        r"\frac{\partial E}{\partial b_{1}}",
        "∂E/∂b1",
    )


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("my_layer1", r"\mathrm{my\_layer1}"),
        ("50 %1", r"\mathrm{50\ \%1}"),
        ("a^b{1", r"\mathrm{a\wedge b\{1}"),
        ("ä1", r"\mathrm{ä1}"),
        ("hidden1", "hidden1"),
    ],
)
def test_names_that_people_choose(name, latex):
    assert subscript(name) == latex


def test_what_is_carried():
    moment = gallery_moment("worked-2-2-2")
    assert carried(moment, unit(moment, "i1")) == ("i_{1}", "i1")
    assert carried(moment, unit(moment, "h2")) == (r"\mathrm{out}_{h2}", "out_h2")


def test_formulas_with_names():
    assert named(r"out\,(1-out)", "o1", 1) == r"\mathrm{out}_{o1}\,(1-\mathrm{out}_{o1})"
    assert named(r"out\cdot total-target", "o1", 3) == (
        r"\mathrm{out}_{o1}\cdot \sum_j \mathrm{target}_j-\mathrm{target}_{o1}"
    )
    assert named("", "o1", 1) == ""
    # Words that only begin like a name are left alone.
    assert named(r"\outer output", "o1", 1) == r"\outer output"


def test_formulas_with_numbers():
    assert with_numbers(r"\tanh(net)", {"net": -0.5}, 1) == r"\tanh(-0.5)"
    assert with_numbers("1-out^2", {"out": -0.5}, 1) == "1-(-0.5)^2"
    assert with_numbers("1-out^2", {"out": 1.5e-9}, 1) == r"1-(1.50000000\cdot 10^{-9})^2"
    assert with_numbers("-(target-out)", {"out": -0.5, "target": 1.0}, 1) == "-(1-(-0.5))"


def test_symbols_of_settings():
    """They stay in the names, so that a formula is known again, and have values in numbers."""
    formula = LeakyReLU(0.2).formula
    assert named(formula, "h1", 1) == r"\max(\alpha\cdot \mathrm{net}_{h1}, \mathrm{net}_{h1})"
    values = {"net": -0.5, **LeakyReLU(0.2).constants}
    assert with_numbers(formula, values, 1) == r"\max(0.2\cdot (-0.5), (-0.5))"
    assert with_constants(formula, {r"\alpha": 0.2}) == r"\max(0.2\cdot net, net)"
    # A command that only begins like a symbol is left alone.
    assert with_constants(r"\alphabet", {r"\alpha": 0.2}) == r"\alphabet"
    assert with_numbers("|net|", {"net": -0.5}, 1) == "|-0.5|"


@pytest.mark.parametrize(("outputs", "count"), [(2, "2"), (10, "{10}")])
def test_the_number_of_outputs(outputs, count):
    r"""\tfrac110 would be 1/1 and a 0."""
    formula = MeanSquared.gradient_formula
    assert with_numbers(formula, {"out": 1.0, "target": 0.0}, outputs) == rf"-\tfrac2{count}(0-1)"
    # A K in a person's name for a layer stays a K.
    assert named(formula, "K1", outputs).startswith(rf"-\tfrac2{count}(\mathrm{{target}}_{{K1}}")


def test_across_units():
    formula = r"out_k\,([k=j]-out_j)"
    assert across_units(formula, "0.2", "0.3", same=False) == r"0.2\,(0-0.3)"
    assert across_units(formula, r"\mathrm{out}_{a}", r"\mathrm{out}_{a}", same=True) == (
        r"\mathrm{out}_{a}\,(1-\mathrm{out}_{a})"
    )
