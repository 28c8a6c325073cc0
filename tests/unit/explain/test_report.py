"""Text, LaTeX and JSON; formulas that the typesetter reads; entries added to the registries."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from bpviz.engine.activations import ACTIVATIONS, Activation
from bpviz.engine.initializers import INITIALIZERS
from bpviz.engine.losses import LOSSES, Loss
from bpviz.engine.optimizers import OPTIMIZERS, Optimizer
from bpviz.engine.settings import Registry
from bpviz.engine.spec import LayerSpec, NetworkSpec, stack
from bpviz.experiments.gallery import gallery_names
from bpviz.explain.factors import Factor
from bpviz.explain.formula import update_lines
from bpviz.explain.moment import Moment
from bpviz.explain.report import as_latex, as_table, as_text, report_lines
from bpviz.explain.stage_scenes import scene
from bpviz.explain.stages import walk
from tests.combinations import COMBINATIONS, Combination
from tests.unit.explain.moments import explained, gallery_moment, made_moment

MOMENTS = {
    "one sample": lambda: gallery_moment("worked-2-2-2"),
    "cross-entropy": lambda: gallery_moment("derivation-2-2-1", loss="binary_cross_entropy"),
    "softmax": lambda: gallery_moment("iris"),
    "batch": lambda: gallery_moment("xor-2-3-1", slice(None), 2, optimizer="adam", l1=0.1, l2=0.1),
}


OPENED = {"sum", "product"}


@pytest.mark.parametrize("name", MOMENTS)
def test_the_table_is_json_and_multiplies_to_the_gradient(name: str) -> None:
    moment = MOMENTS[name]()
    for label in ("w1", "b1"):
        result = json.loads(json.dumps(as_table(explained(moment, label)), allow_nan=False))
        assert set(result) == {
            *("parameter", "place", "of", "value", "gradient", "numerical_gradient", "digits"),
            *("factors", "forms", "update", "why"),
        }
        assert result["numerical_gradient"] == pytest.approx(result["gradient"], rel=1e-5)
        for form in result["forms"]:
            product = math.prod(f["value"] for f in form["factors"])
            assert form["sign"] * product == pytest.approx(result["gradient"], rel=1e-12)
        first = [{k: v for k, v in f.items() if k not in OPENED} for f in result["factors"]]
        assert result["forms"][0]["factors"] == first
        assert any(OPENED & set(factor) for factor in result["factors"]) or name == "softmax"
        for factor in opened(result["factors"]):
            assert factor["symbol"]
            assert factor["latex"]
            if "sum" in factor:
                parts = math.fsum(f["value"] for f in factor["sum"])
                assert parts == pytest.approx(factor["value"], rel=1e-12, abs=1e-16)
            if "product" in factor:
                parts = math.prod(f["value"] for f in factor["product"])
                assert parts == pytest.approx(factor["value"], rel=1e-12, abs=1e-16)
        update = result["update"]
        assert update["after"] == update["before"] + update["change"]
        parts = math.fsum(part["value"] for part in update["parts"])
        assert parts == pytest.approx(update["change"], rel=1e-12)


def opened(factors: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for factor in factors:
        yield factor
        yield from opened([*factor.get("sum", []), *factor.get("product", [])])


def test_text() -> None:
    lines = as_text(explained(gallery_moment("worked-2-2-2"), "w1")).splitlines()
    assert lines[0] == "w1 (i1 → h1) = 0.15, this sample"
    assert [line for line in lines if " " not in line] == ["Update", "Check"]
    assert {"Full form", "Delta form"} <= set(lines)
    formulas = lines[lines.index("Full form") : lines.index("Delta form")]
    assert len(formulas) == len(set(formulas))


def test_latex_is_one_environment() -> None:
    latex = as_latex(explained(gallery_moment("worked-2-2-2"), "w1"))
    rows = latex.splitlines()
    assert (rows[0], rows[-1]) == (r"\begin{aligned}", r"\end{aligned}")
    assert all(row.startswith("&") for row in rows[1:-1])
    assert all(row.endswith(r" \\") for row in rows[1:-2])
    assert r"&\text{Full form} \\" in rows
    words = r"&\text{How fast the error changes with this weight: how the error"
    assert any(row.startswith(words) for row in rows)
    assert latex.count("{") == latex.count("}")


@pytest.mark.parametrize("name", gallery_names())
@pytest.mark.parametrize("rows", [slice(0, 1), slice(0, 3)])
def test_latex_is_for_any_latex(name: str, rows: slice) -> None:
    """pdfLaTeX knows few signs beyond ASCII."""
    moment = gallery_moment(name, rows, l2=0.1 if rows.stop > 1 else 0.0)
    for label in ("w1", moment.layout.label(moment.layout.size - 1)):
        latex = as_latex(explained(moment, label))
        assert latex.isascii(), [letter for letter in latex if not letter.isascii()]
        assert latex.count("$") % 2 == 0


def test_a_full_form_that_is_not_full_says_so() -> None:
    """At an output of 1 exactly ∂E/∂out is infinite and the slope 0."""
    spec = stack(1, 1, 1, hidden="tanh", output="sigmoid")
    theta = [1.0, 0.5, 100.0, 1.0]
    moment = made_moment(spec, theta, [1], [0.5], loss="binary_cross_entropy")
    text = as_text(explained(moment, "w2"))
    assert "\nFull form, but for ∂E/∂net_o1, which stays whole: it would be 0 · ∞\n" in text
    assert "\nCancelled form\n" in text
    inner = as_text(explained(moment, "w1"))
    assert "\nFull form\n" in inner
    assert "\nWritten out form, but for ∂E/∂net_o1, which stays whole: it would be 0 · ∞\n" in inner
    theta = [1.0, 0.5, 1.0, 1.0]
    moment = made_moment(spec, theta, [1], [0.5], loss="binary_cross_entropy")
    assert "stays whole" not in as_text(explained(moment, "w2"))


# The typesetter


def strings_of(moment: Moment) -> set[str]:
    """Every piece of LaTeX that a moment's explanations and scenes are made of."""
    found: set[str] = set()
    for label in ("w1", "b1", moment.layout.label(moment.layout.size - 1)):
        explanation = explained(moment, label)
        todo: list[Factor] = [f for form in explanation.derivation.forms for f in form.factors]
        while todo:
            factor = todo.pop()
            found |= {factor.latex, factor.formula, factor.numbers}
            todo += factor.expansion.factors if factor.expansion is not None else ()
        found |= latex_of(report_lines(explanation))
    for step in walk(moment.spec, "unit"):
        found |= latex_of(scene(moment, step).lines)
    return found - {""}


def latex_of(lines: Iterable[Any]) -> set[str]:
    return {term.latex for line in lines for term in line.terms}


def test_the_typesetter_reads_every_formula(register: Any) -> None:
    """All entries of the registries, small numbers and odd names of layers among them."""
    ziamath = pytest.importorskip("ziamath")
    for entry in (SoftRamp, SoftSize):
        register(entry)
    strings: set[str] = {entry.formula for entry in (*OPTIMIZERS.values(), *INITIALIZERS.values())}
    strings |= {entry.formula for entry in LOSSES.values()}
    each = [{getattr(one, what): one for one in COMBINATIONS} for what in Combination._fields]
    chosen = sorted({one for found in each for one in found.values()})
    for k, (loss, output, hidden, *_) in enumerate(chosen):
        spec = NetworkSpec(
            layers=(
                LayerSpec("x", 1),
                LayerSpec("my_layer 2", 1, hidden, sources=("x",)),
                LayerSpec("a&b%{#", 2, output, bias="shared", sources=("my_layer 2",)),
            )
        )
        for theta in (-0.4, 1e-7)[: 2 if k % 5 == 0 else 1]:
            strings |= strings_of(made_moment(spec, theta, [0.7], [0, 1], loss=loss))
    # Numbers of one form are read alike.
    strings = {re.sub(r"\d+\.\d+", "0.5", latex) for latex in strings}
    strings = {re.sub(r"\^\{-\d+\}", "^{-9}", latex) for latex in strings}
    assert len(strings) > 200
    for latex in sorted(strings):
        assert ziamath.Latex(latex).svg(), latex


# Entries that are added later


@pytest.fixture
def register() -> Iterator[Any]:
    """Add entries to the registries for the length of a test."""
    added: list[tuple[Registry[Any], str]] = []

    def add(entry: Any) -> None:
        for base, registry in (
            (Activation, ACTIVATIONS),
            (Loss, LOSSES),
            (Optimizer, OPTIMIZERS),
        ):
            if issubclass(entry, base):
                registry.register(entry)  # type: ignore[attr-defined]
                added.append((registry, entry.kind))  # type: ignore[arg-type]

    yield add
    for registry, kind in added:
        del registry._entries[kind]


@dataclass(frozen=True)
class SoftRamp(Activation):
    kind: ClassVar[str] = "soft_ramp"
    label: ClassVar[str] = "soft ramp"
    formula: ClassVar[str] = r"\log(1+e^{net})"
    derivative_formula: ClassVar[str] = r"1-e^{-out}"

    def forward(self, net: Any, out: Any, scratch: Any) -> None:
        np.logaddexp(0.0, net, out=out)

    def derivative(self, net: Any, out: Any, result: Any) -> None:
        result[...] = 1 - np.exp(-out)


@dataclass(frozen=True)
class SoftSize(Loss):
    kind: ClassVar[str] = "soft_size"
    label: ClassVar[str] = "soft size"
    formula: ClassVar[str] = r"\sum \log\cosh(out-target)"
    term_formula: ClassVar[str] = r"\log\cosh(out-target)"
    gradient_formula: ClassVar[str] = r"\tanh(out-target)"

    def terms(self, net: Any, out: Any, target: Any, result: Any, scratch: Any) -> None:
        result[...] = np.log(np.cosh(out - target))

    def gradient_out(self, out: Any, target: Any, result: Any) -> None:
        result[...] = np.tanh(out - target)


@dataclass(frozen=True)
class RootMeanSquare(Optimizer):
    """Divides by a running root mean square: not linear in the gradient."""

    kind: ClassVar[str] = "rms"
    label: ClassVar[str] = "root mean square"
    moments: ClassVar[tuple[str, ...]] = ("square",)
    formula: ClassVar[str] = r"\Delta w=-\varepsilon\,\frac{g}{\sqrt{s}}"

    def update(self, gradient, rate, step, moments, update, scratch):  # type: ignore[no-untyped-def]
        moments["square"] *= 0.9
        moments["square"] += 0.1 * gradient**2
        update[...] = -rate * gradient / np.sqrt(moments["square"] + 1e-8)


@dataclass(frozen=True)
class Sign(Optimizer):
    """Steps of one size, with neither moments nor LaTeX."""

    kind: ClassVar[str] = "sign"
    label: ClassVar[str] = "sign descent"

    def update(self, gradient, rate, step, moments, update, scratch):  # type: ignore[no-untyped-def]
        update[...] = -rate * np.sign(gradient)


class PlainSoftRamp(SoftRamp):
    kind = "plain_soft_ramp"
    formula = derivative_formula = ""


class PlainSoftSize(SoftSize):
    kind = "plain_soft_size"
    formula = term_formula = gradient_formula = ""


def added_moment(activation: str, loss: str, optimizer: str) -> Moment:
    spec = stack(2, 2, 1, hidden=activation, output=activation)
    theta = np.linspace(-0.5, 0.6, 9)
    return made_moment(
        spec, theta, [[1, -0.5], [0.2, 0.3]], [[0.9], [0.1]], loss=loss, optimizer=optimizer
    )


def test_added_entries_explain_themselves(register: Any) -> None:
    for entry in (SoftRamp, SoftSize, RootMeanSquare):
        register(entry)
    batch = added_moment("soft_ramp", "soft_size", "rms")
    rows = type(batch.samples)(batch.samples.inputs[:1], batch.samples.targets[:1])
    moment = Moment(batch.spec, batch.training, batch.theta, rows)
    explanation = explained(moment, "w1")
    text = as_text(explanation)
    out = moment.buffers.out[0, 0]
    assert (
        f"∂E/∂out_o1 = tanh(out_o1−target_o1) = tanh({out:.9f}−0.9) = {np.tanh(out - 0.9):.9f}"
    ) in text
    assert "∂out_h1/∂net_h1 = 1−e^−out_h1 = 1−e^−0." in text
    assert "root mean square: Δw=−ε g/√s" in text
    assert explanation.numerical.digits is not None
    assert explanation.numerical.digits >= 6
    for update in (explanation.update, explained(batch, "w1").update):
        assert math.fsum(p.value for p in update.parts) == pytest.approx(update.change, rel=1e-12)
    shown = [
        line.text() for step in walk(moment.spec, "unit") for line in scene(moment, step).lines
    ]
    assert any(line.startswith("out_h1 = log(1+e^net_h1) = log(1+e^") for line in shown)
    assert any(line.startswith("E_o1 = logcosh(out_o1−target_o1) = ") for line in shown)


def test_added_entries_without_latex_are_explained_too(register: Any) -> None:
    for entry in (PlainSoftRamp, PlainSoftSize, Sign):
        register(entry)
    moment = added_moment("plain_soft_ramp", "plain_soft_size", "sign")
    explanation = explained(moment, "w1")
    assert explanation.numerical.digits is not None
    assert explanation.numerical.digits >= 6
    lines = [*report_lines(explanation)]
    lines += [line for step in walk(moment.spec, "unit") for line in scene(moment, step).lines]
    for line in lines:
        assert "= =" not in line.text()
        assert line.latex()
    # The step is not the gradient times the rate, and it is not claimed to be.
    texts = [line.text() for line in update_lines(explanation.update)]
    assert texts[0] == "sign descent."
    assert abs(explanation.update.change) == moment.training.learning_rate
    assert not any("∂E" in text for text in texts)
