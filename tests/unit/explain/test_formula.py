"""Lines of coloured terms: what is said, in which colour, and what lights up."""

from __future__ import annotations

from dataclasses import replace

from bpviz.engine.spec import ParameterId
from bpviz.explain.formula import (
    check_line,
    factor_lines,
    gradient_line,
    sentence_line,
    term_of,
    update_lines,
)
from bpviz.explain.numerical import Numerical
from tests.unit.explain.moments import explained, gallery_moment, unit


def gradient_lines(moment, label):
    derivation = explained(moment, label).derivation
    return [gradient_line(derivation, form) for form in derivation.forms]


def test_roles_and_what_lights_up():
    moment = gallery_moment("worked-2-2-2")
    line, delta = gradient_lines(moment, "w5")
    factors = [term for term in line.terms if term.factor is not None]
    assert [term.role for term in factors] == ["error", "slope", "carried"] * 2
    o1, h1 = unit(moment, "o1"), unit(moment, "h1")
    assert [term.units for term in factors[:3]] == [(o1,), (o1,), (h1,)]
    assert factors[2].parameters == line.terms[0].parameters == (ParameterId("o", 0, "h", 0),)
    assert line.terms[-1].strong
    assert delta.text().startswith("−∂E/∂w5 = δ_o1 · ∂net_o1/∂w5 = −0.138498562 × 0.593269992")


def test_latex():
    line, _ = gradient_lines(gallery_moment("worked-2-2-2"), "w5")
    assert line.latex() == (
        r"\frac{\partial E}{\partial w_{5}} = "
        r"\frac{\partial E}{\partial \mathrm{out}_{o1}} \cdot "
        r"\frac{\partial \mathrm{out}_{o1}}{\partial \mathrm{net}_{o1}} \cdot "
        r"\frac{\partial \mathrm{net}_{o1}}{\partial w_{5}} = "
        r"0.741365070 \times 0.186815602 \times 0.593269992 = 0.082167041"
    )


def test_a_factor_opens_to_names_and_numbers():
    factors = explained(gallery_moment("worked-2-2-2"), "w1").derivation.factors
    assert factor_lines(factors[1])[0].text() == (
        "∂out_h1/∂net_h1 = out_h1 (1−out_h1) = 0.593269992 (1−0.593269992) = 0.241300709"
    )
    assert term_of(factors[1]).factor is factors[1]


def test_a_formula_that_is_the_number_is_not_said_twice():
    bias = explained(gallery_moment("xor-2-3-1"), "b1").derivation.factors[-1]
    assert factor_lines(bias)[0].text() == "∂net_h1/∂b1 = 1"
    moment = gallery_moment("bias-needed")
    (slope,) = [
        factor
        for factor in explained(moment, "w1").derivation.factors
        if factor.text == "∂out_y1/∂net_y1"
    ]
    assert factor_lines(slope)[0].text() == "∂out_y1/∂net_y1 = 1"


def test_sentences():
    derivation = explained(gallery_moment("worked-2-2-2"), "w5").derivation
    full, delta = (sentence_line(derivation, form).text() for form in derivation.forms)
    assert full == (
        "How fast the error changes with this weight: how the error changes with o1's output, "
        "times the slope of sigmoid at o1's net input, times what h1 sent along the connection."
    )
    assert delta.startswith("How far this weight should move: the delta of o1, times what h1 sent")
    assert delta.endswith("α being the learning rate).")
    latex = sentence_line(derivation, derivation.forms[0]).latex()
    assert latex == rf"\text{{{full}}}"
    latex = sentence_line(derivation, derivation.forms[1]).latex()
    assert r"(here $\delta$ is minus $\partial$E/$\partial$net, so that" in latex
    assert r"grows by $\alpha \cdot \delta$ times" in latex


def test_with_a_penalty_error_and_penalty_have_names_of_their_own():
    (line,) = gradient_lines(gallery_moment("worked-2-2-2", l2=0.1), "w5")
    assert line.text() == (
        "∂(E+penalty)/∂w5 = ∂E/∂w5 + ∂L2/∂w5 = 0.082167041 + 0.040000000 = 0.122167041"
    )


def update_text(moment, label):
    return [line.text() for line in update_lines(explained(moment, label).update)]


def test_a_plain_step():
    assert update_text(gallery_moment("worked-2-2-2"), "w7") == [
        "w7 ← w7 − ε · ∂E/∂w7 = 0.5 − 0.5 × (−0.022602540) = 0.511301270"
    ]


def test_a_step_with_memory():
    rule, parts, names, step = update_text(
        gallery_moment("xor-2-3-1", slice(None), 2, optimizer="momentum"), "w7"
    )
    assert rule == "momentum: Δw(t)=−ε ∂E/∂w(t)+α Δw(t−1)"
    assert parts.startswith("Δw7 = ")
    assert names == "In order: the gradient of the error, what momentum remembers of earlier steps."
    assert step.startswith("w7 ← w7 + Δw7 = ")


def test_parts_that_did_nothing_are_said_but_not_added():
    moment = gallery_moment("xor-2-3-1", slice(None), 2, optimizer="momentum", clip_value=9)
    lines = update_text(moment, "w7")
    assert lines[1] == "Δw7 = −0.018159362 − 0.402859621 = −0.421018983"
    assert "Without effect on this step: clipping by value." in lines
    assert not any("larger than 9" in line for line in lines)


def test_a_step_that_is_all_one_part_is_not_added_up():
    moment = gallery_moment("xor-2-3-1", slice(None), clip_norm=1e6)
    update = explained(moment, "w7").update
    _, change, all_of_it, idle, _ = update_text(moment, "w7")
    assert change.count("=") == 1
    assert change.startswith("Δw7 = ")
    assert all_of_it == "All of it is the gradient of the error."
    assert idle == "Without effect on this step: clipping by norm."
    assert update.parts[0].value == update.change


def test_a_step_that_is_not_taken():
    moment = gallery_moment("worked-2-2-2")
    assert update_text(moment, "b1") == [
        "b1 ← b1 = 0.35",
        "The biases of h do not learn: b1 keeps its value.",
    ]


def test_an_optimiser_without_latex_is_named():
    update = explained(gallery_moment("xor-2-3-1", slice(None), 2, optimizer="adam"), "w7").update
    line = update_lines(replace(update, formula=""))[0]
    assert line.text() == "Adam."
    assert line.latex() == r"\text{Adam.}"


def test_the_check():
    assert check_line(Numerical(0.5, 0.5, 1e-5)).text() == "(E(w+ε) − E(w−ε)) / 2ε = 0.5"
