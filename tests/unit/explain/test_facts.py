"""The numbers of the documents in the explainer's own output, to every digit they print."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest

from bpviz.cli import main
from bpviz.explain.moment import Moment
from bpviz.explain.report import as_text
from bpviz.explain.stage_scenes import scene
from bpviz.explain.stages import walk
from tests.unit.explain.moments import explained, gallery_moment

Output = pytest.CaptureFixture[str]


def said(moment: Moment) -> list[str]:
    """Every line of the six stages, unit by unit."""
    scenes = [scene(moment, step) for step in walk(moment.spec, "unit")]
    return [line.text() for each in scenes for line in each.lines]


def line_of(lines: list[str], start: str) -> str:
    found = {line for line in lines if line.startswith(start)}
    assert len(found) == 1, found
    return found.pop()


def command(capsys: Output, *arguments: str) -> str:
    assert main(["explain", *arguments]) == 0
    return capsys.readouterr().out


def table(capsys: Output, *arguments: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(command(capsys, *arguments, "--json"))
    assert math.prod(f["value"] for f in result["factors"]) == pytest.approx(
        result["gradient"], rel=1e-12
    )
    return result


def form(result: dict[str, Any], name: str) -> list[tuple[str, float]]:
    found = next(each for each in result["forms"] if each["name"] == name)
    return [(factor["symbol"], factor["value"]) for factor in found["factors"]]


@pytest.fixture(scope="module")
def worked() -> list[str]:
    return said(gallery_moment("worked-2-2-2"))


class TestWorkedExample:
    @pytest.mark.parametrize(
        ("start", "ends"),
        [
            ("net_h1 =", "0.15 × 0.05 + 0.2 × 0.1 + 0.35 = 0.3775"),
            ("out_h1 =", "1/(1+e^−0.3775) = 0.593269992"),
            ("out_h2 =", "= 0.596884378"),
            ("net_o1 =", "0.4 × 0.593269992 + 0.45 × 0.596884378 + 0.6 = 1.105905967"),
            ("out_o1 =", "= 0.751365070"),
            ("out_o2 =", "= 0.772928465"),
            ("E_o1 =", "½(0.01−0.751365070)² = 0.274811083"),
            ("E_o2 =", "½(0.99−0.772928465)² = 0.023560026"),
            ("E = E_o1", "= E_o1 + E_o2 = 0.274811083 + 0.023560026 = 0.298371109"),
            ("∂E/∂out_o1 =", "= −(0.01−0.751365070) = 0.741365070"),
            ("∂out_o1/∂net_o1 =", "= 0.186815602"),
            ("∂E/∂w5 =", "× 0.593269992 = 0.082167041"),
            (
                "∂E/∂out_h1 =",
                "∂E_o1/∂out_h1 + ∂E_o2/∂out_h1 = 0.055399425 − 0.019049118 = 0.036350306",
            ),
            ("∂out_h1/∂net_h1 =", "= 0.241300709"),
            ("∂E/∂w1 =", "× 0.05 = 0.000438568"),
            ("w1 ←", "0.15 − 0.5 × 0.000438568 = 0.149780716"),
            ("w2 ←", "= 0.199561432"),  # .19956143
            ("w3 ←", "= 0.249751144"),  # .24975114
            ("w4 ←", "= 0.299502287"),  # .29950229
            ("w5 ←", "0.4 − 0.5 × 0.082167041 = 0.358916480"),
            ("w6 ←", "= 0.408666186"),
            ("w7 ←", "= 0.511301270"),
            ("w8 ←", "= 0.561370121"),
        ],
    )
    def test_the_stages(self, worked: list[str], start: str, ends: str) -> None:
        assert line_of(worked, start).endswith(ends)

    def test_the_biases_rest(self, worked: list[str]) -> None:
        assert "The biases of h do not learn: b1 keeps its value." in worked
        assert "The biases of o do not learn: b2 keeps its value." in worked

    def test_the_factors_of_w5(self, capsys: Output) -> None:
        assert (
            "∂E/∂w5 = ∂E/∂out_o1 · ∂out_o1/∂net_o1 · ∂net_o1/∂w5 "
            "= 0.741365070 × 0.186815602 × 0.593269992 = 0.082167041\n"
        ) in command(capsys, "worked-2-2-2", "--parameter", "w5")
        result = table(capsys, "worked-2-2-2", "--parameter", "w5")
        assert [round(f["value"], 9) for f in result["factors"]] == [
            *(0.741365070, 0.186815602, 0.593269992)
        ]
        assert round(result["gradient"], 9) == 0.082167041
        assert round(result["numerical_gradient"], 9) == 0.082167041
        assert result["update"]["before"] == 0.4
        assert round(result["update"]["after"], 8) == 0.35891648

    def test_the_factors_of_w1(self, capsys: Output) -> None:
        text = command(capsys, "worked-2-2-2", "--parameter", "w1")
        for row in (
            "∂net_h1/∂w1 = 0.036350306 × 0.241300709 × 0.05 = 0.000438568",
            "∂E/∂out_h1 = ∂E_o1/∂out_h1 + ∂E_o2/∂out_h1 = 0.055399425 − 0.019049118 = 0.036350306",
            "∂E_o1/∂out_h1 = ∂E/∂net_o1 · ∂net_o1/∂out_h1 = 0.138498562 × 0.4 = 0.055399425",
        ):
            assert f"{row}\n" in text
        result = table(capsys, "worked-2-2-2", "--parameter", "w1")
        terms = result["factors"][0]["sum"]
        assert [(t["symbol"], round(t["value"], 9)) for t in terms] == [
            ("∂E_o1/∂out_h1", 0.055399425),
            ("∂E_o2/∂out_h1", -0.019049118),
        ]
        assert round(result["update"]["after"], 9) == 0.149780716

    def test_all_weights_move_together(self) -> None:
        """The step of w1 is taken with w5 as it was."""
        moment = gallery_moment("worked-2-2-2")
        (w5,) = [f for f in weights_in(moment, "w1") if f.words == "the weight w5 between them"]
        assert w5.value == 0.4


def weights_in(moment: Moment, label: str) -> list[Any]:
    """All factors of the full form, opened down to the outputs."""
    found, todo = [], list(explained(moment, label).derivation.factors)
    while todo:
        factor = todo.pop()
        found.append(factor)
        if factor.expansion is not None:
            todo += factor.expansion.factors
    return found


class TestDerivation:
    """∂E/∂w5 = -(t - y)·y(1 - y)·y1 and ∂E/∂w1 = -(t - y)·y(1 - y)·w5·y1(1 - y1)·x1; with
    cross-entropy y(1 - y) cancels. In it y is out_o1, y1 is out_y1."""

    CROSS = ("--set", "training.loss=binary_cross_entropy")

    def test_w5(self, capsys: Output) -> None:
        result = table(capsys, "derivation-2-2-1", "--parameter", "w5")
        y, y1, t = 0.5234611579, 0.5099986668, 1.0
        assert form(result, "full") == [
            ("∂E/∂out_o1", pytest.approx(-(t - y), rel=1e-9)),
            ("∂out_o1/∂net_o1", pytest.approx(y * (1 - y), rel=1e-9)),
            ("∂net_o1/∂w5", pytest.approx(y1, rel=1e-9)),
        ]
        text = command(capsys, "derivation-2-2-1", "--parameter", "w5")
        for row in (
            "∂E/∂out_o1 = −(target_o1−out_o1) = −(1−0.523461158) = −0.476538842",
            "∂out_o1/∂net_o1 = out_o1 (1−out_o1) = 0.523461158 (1−0.523461158) = 0.249449574",
            "∂net_o1/∂w5 = out_y1 = 0.509998667",
        ):
            assert f"{row}\n" in text

    def test_w1_written_out(self, capsys: Output) -> None:
        result = table(capsys, "derivation-2-2-1", "--parameter", "w1")
        y, y1, t, w5, x1 = 0.5234611579, 0.5099986668, 1.0, -0.7, 0.6
        assert form(result, "written out") == [
            ("∂E/∂out_o1", pytest.approx(-(t - y), rel=1e-9)),
            ("∂out_o1/∂net_o1", pytest.approx(y * (1 - y), rel=1e-9)),
            ("∂net_o1/∂out_y1", w5),
            ("∂out_y1/∂net_y1", pytest.approx(y1 * (1 - y1), rel=1e-9)),
            ("∂net_y1/∂w1", x1),
        ]
        assert not any(each["name"] == "cancelled" for each in result["forms"])
        text = command(capsys, "derivation-2-2-1", "--parameter", "w1")
        for row in (
            "∂net_o1/∂out_y1 = w5 = −0.7",
            "∂out_y1/∂net_y1 = out_y1 (1−out_y1) = 0.509998667 (1−0.509998667) = 0.249900027",
            "∂net_y1/∂w1 = x1 = 0.6",
        ):
            assert f"{row}\n" in text

    @pytest.mark.parametrize("label", ["w5", "w1"])
    def test_with_cross_entropy_the_slope_cancels(self, label: str, capsys: Output) -> None:
        result = table(capsys, "derivation-2-2-1", "--parameter", label, *self.CROSS)
        y, y1, t, w5, x1 = 0.5234611579, 0.5099986668, 1.0, -0.7, 0.6
        error = ("∂E/∂net_o1", pytest.approx(-(t - y), rel=1e-9))
        if label == "w5":
            rest = [("∂net_o1/∂w5", pytest.approx(y1, rel=1e-9))]
        else:
            rest = [
                ("∂net_o1/∂out_y1", w5),
                ("∂out_y1/∂net_y1", pytest.approx(y1 * (1 - y1), rel=1e-9)),
                ("∂net_y1/∂w1", x1),
            ]
        assert form(result, "cancelled") == [error, *rest]
        slope = ("∂out_o1/∂net_o1", pytest.approx(y * (1 - y), rel=1e-9))
        name = "full" if label == "w5" else "written out"
        assert form(result, name) == [
            ("∂E/∂out_o1", pytest.approx((y - t) / (y * (1 - y)), rel=1e-9)), slope, *rest
        ]  # fmt: skip
        text = command(capsys, "derivation-2-2-1", "--parameter", label, *self.CROSS)
        assert "∂E/∂net_o1 = out_o1−target_o1 = 0.523461158−1 = −0.476538842\n" in text
        assert "the slope of sigmoid at the output has cancelled" in text

    def test_the_delta_form(self, capsys: Output) -> None:
        """δ = (t - y)·y(1 - y) at the output, (Σ δ_next·w)·y(1 - y) further in, and its sign."""
        result = table(capsys, "derivation-2-2-1", "--parameter", "w1")
        delta = next(each for each in result["forms"] if each["name"] == "delta")
        assert delta["sign"] == -1
        assert math.prod(f["value"] for f in delta["factors"]) == pytest.approx(-result["gradient"])
        text = command(capsys, "derivation-2-2-1", "--parameter", "w1")
        for row in (
            "−∂E/∂w1 = δ_y1 · ∂net_y1/∂w1 = −0.020794353 × 0.6 = −0.012476612",
            "−∂E/∂out_y1 = δ_o1 · w5 = 0.118872411 × (−0.7) = −0.083210688",
            "δ_o1 = −∂E/∂out_o1 · ∂out_o1/∂net_o1 = 0.476538842 × 0.249449574 = 0.118872411",
            "−∂E/∂out_o1 = target_o1−out_o1 = 1−0.523461158 = 0.476538842",
        ):
            assert f"{row}\n" in text
        assert "here δ is minus ∂E/∂net" in text
        assert "α being the learning rate" in text

    def test_the_delta_form_of_cross_entropy(self, capsys: Output) -> None:
        text = command(capsys, "derivation-2-2-1", "--parameter", "w1", *self.CROSS)
        assert "δ_o1 = target_o1−out_o1 = 1−0.523461158 = 0.476538842\n" in text

    def test_the_recursion_adds_up_where_units_part(self) -> None:
        text = as_text(explained(gallery_moment("worked-2-2-2"), "w1"))
        assert "−∂E/∂out_h1 = δ_o1·w5 + δ_o2·w7 = −0.055399425 + 0.019049118" in text


@pytest.fixture(scope="module")
def article() -> list[str]:
    return said(gallery_moment("article-2-2-2"))


class TestArticle:
    @pytest.mark.parametrize(
        ("start", "result", "digits"),
        [
            ("net_h1 = w1·i1 + w3·i2 + b1 = 0.27 × 0.1 + 0.57 × 0.2 + 0.4", 0.541, 3),
            ("out_h1 =", 0.632, 3),
            ("out_o1 =", 0.735, 3),
            ("out_o2 =", 0.455, 3),
            ("E_o1 =", 0.0276, 4),
            ("E_o2 =", 0.001, 3),
            ("E = E_o1", 0.0286, 4),
        ],
    )
    def test_the_stages(self, article: list[str], start: str, result: float, digits: int) -> None:
        last = line_of(article, start).split(" = ")[-1]
        assert round(float(last), digits) == result

    def test_the_path_of_w6(self, capsys: Output) -> None:
        """w6 → net o2 → out o2 → E."""
        result = table(capsys, "article-2-2-2", "--parameter", "w6")
        assert result["place"] == "h1 → o2"
        assert form(result, "full") == [
            ("∂E/∂out_o2", pytest.approx(-0.045)),
            ("∂out_o2/∂net_o2", pytest.approx(0.455 * 0.545)),
            ("∂net_o2/∂w6", pytest.approx(0.632, abs=5e-4)),
        ]


class TestXor:
    def test_error_and_step_are_of_all_four_samples(self) -> None:
        """E = Σ (t - y)² over the samples, no ½ and no mean, at rate 1."""
        moment = gallery_moment("xor-2-3-1", rows=slice(None))
        each = [float(line_of(said(one), "E = E_o1").split(" = ")[-1]) for one in singles(moment)]
        last = scene(moment, walk(moment.spec, "stage")[-1]).lines[0].text()
        assert float(last.split(" ")[2]) == pytest.approx(sum(each), abs=1e-8)
        explanation = explained(moment, "w7")
        assert explanation.update.change == -explanation.derivation.gradient
        assert [f.text for f in explanation.derivation.factors] == ["Σ ∂E_s/∂w7"]

    def test_the_squared_error_has_its_two(self) -> None:
        text = as_text(explained(gallery_moment("xor-2-3-1"), "w7"))
        assert re.search(r"∂E/∂out_o1 = −2 \(target_o1−out_o1\) = −2 \(0−0\.\d{9}\) = 1\.\d", text)


def singles(moment: Moment) -> list[Moment]:
    return [gallery_moment("xor-2-3-1", slice(k, k + 1)) for k in range(len(moment.samples))]
