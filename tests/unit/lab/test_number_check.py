"""Check my numbers: the worked example, typed right and wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bpviz.engine.parameters import initial_theta
from bpviz.engine.settings import SettingError
from bpviz.experiments.gallery import gallery_experiment
from bpviz.explain.moment import Moment
from bpviz.lab.number_check import Quantity, check, quantities, read_decimal

# As the notes print them.
FORWARD = {
    "net h1": "0.3775",
    "out h1": "0.593269992",
    "net h2": "0.3925",
    "out h2": "0.596884378",
    "net o1": "1.105905967",
    "out o1": "0.75136507",
    "net o2": "1.2249214",
    "out o2": "0.772928465",
    "E_o1": "0.274811083",
    "E_o2": "0.023560026",
    "E": "0.298371109",
}
W5 = FORWARD | {
    "∂E/∂out_o1": "0.74136507",
    "∂out_o1/∂net_o1": "0.186815602",
    "∂net_o1/∂w5": "0.593269992",
    "∂E/∂w5": "0.082167041",
    "new w5": "0.35891648",
}
W1 = FORWARD | {
    "∂E_o1/∂out_h1": "0.055399425",
    "∂E_o2/∂out_h1": "-0.019049119",
    "∂E/∂out_h1": "0.036350306",
    "∂out_h1/∂net_h1": "0.241300709",
    "∂net_h1/∂w1": "0.05",
    "∂E/∂w1": "0.000438568",
    "new w1": "0.149780716",
}


def moment_of(name: str, **training: Any) -> Moment:
    experiment = gallery_experiment(name)
    experiment = replace(experiment, training=replace(experiment.training, **training))
    theta = initial_theta(experiment.network, experiment.seed)
    samples = experiment.prepare().training.train
    return Moment(experiment.network, experiment.training, theta, samples)


def wanted(name: str = "worked-2-2-2", label: str = "w5", **training: Any) -> tuple[Quantity, ...]:
    moment = moment_of(name, **training)
    return quantities(moment, moment.layout.id_of(moment.layout.find(label)))


@pytest.mark.parametrize(("label", "numbers"), [("w5", W5), ("w1", W1)])
def test_the_numbers_of_the_notes_are_right_in_their_order(
    label: str, numbers: dict[str, str]
) -> None:
    these = wanted(label=label)
    assert [quantity.name for quantity in these] == list(numbers)
    result = check(these, numbers)
    assert result.is_done
    assert result.sentence == f"All {len(numbers)} numbers are right."


def test_each_number_can_be_wrong() -> None:
    these = wanted()
    for quantity in these:
        result = check(these, W5 | {quantity.name: f"{quantity.value * 1.03:.9f}"})
        assert [a.quantity.name for a in result.answers if a.status != "right"] == [quantity.name]
        assert result.sentence.startswith(f"{quantity.name}: you have ")
        assert "too high" in result.sentence


def test_the_first_wrong_step_is_named_with_the_way_to_look() -> None:
    result = check(wanted(), W5 | {"out o1": "0,7500", "E_o1": "0.3"})
    assert result.sentence == (
        "out o1: you have 0,7500, it is 0.75136507; you are 0.00137 too low. "
        "net o1 was right, so look at the sigmoid."
    )
    assert not result.is_done


def test_other_slips() -> None:
    these = wanted(label="w1")
    assert "look at the sign" in check(these, W1 | {"∂E_o2/∂out_h1": "0.019049"}).sentence
    result = check(these, W1 | {"∂E/∂out_h1": "0.0744"})
    assert result.sentence.endswith(
        "∂E_o1/∂out_h1 and ∂E_o2/∂out_h1 were right, so add the parts up."
    )
    assert "learning rate 0.5" in check(these, W1 | {"new w1": "0.149561"}).sentence
    assert "plus the bias" in check(these, W1 | {"net h1": "0.0275"}).sentence
    assert check(these, {"net h1": "a"}).sentence == "net h1: “a” is not a number."


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("0.75136507", "right"),
        ("0.7514", "right"),
        ("0,7514", "right"),
        ("+.7513", "right"),
        ("7.514e-1", "right"),
        ("0.7515", "right"),  # one unit in the last place
        ("0.7516", "wrong"),
        ("0.7512", "wrong"),
        ("−0.7514", "wrong"),
        ("0.8", "coarse"),
        ("1", "coarse"),
        ("0.75", "coarse"),
        ("0.5", "wrong"),
        ("", "empty"),
        ("abc", "unreadable"),
        ("nan", "unreadable"),
        ("1e999", "unreadable"),
    ],
)
def test_the_digits_typed_set_the_tolerance(typed: str, status: str) -> None:
    result = check((Quantity("out o1", "forward", 0.75136507),), {"out o1": typed})
    assert result.answers[0].status == status


def test_a_number_with_few_digits_of_its_own_needs_no_more() -> None:
    result = check((Quantity("x", "backward", 0.4), Quantity("z", "", 0.0)), {"x": ".4", "z": "0"})
    assert result.is_done


def test_it_says_how_far_one_is() -> None:
    these = wanted()
    assert check(these, {}).sentence.startswith("Type what you worked out")
    assert check(these, {"net h1": "0.3775"}).sentence.endswith("right. Go on with out h1.")
    two = check(these, {"net h1": "0.3775", "out h1": "0.5933"})
    assert two.sentence == "All 2 numbers so far are right. Go on with net h2."


@pytest.mark.parametrize("label", ["w1", "w6", "b1", "b3"])
def test_the_derivation_network_can_be_worked_out(label: str) -> None:
    these = wanted("derivation-2-2-1", label)
    typed = {quantity.name: f"{quantity.value:.7f}" for quantity in these}
    assert check(these, typed).is_done
    assert len({quantity.name for quantity in these}) == len(these)


def advice_for_the_step(**training: Any) -> str:
    """What is said when all is right but the new weight."""
    these = wanted(**training)
    typed = {q.name: f"{q.value:.9f}" for q in these}
    return check(these, typed | {"new w5": "0.3100"}).sentence


def test_the_step_is_the_one_of_the_optimiser() -> None:
    assert advice_for_the_step().endswith(
        "∂E/∂w5 was right, so take the learning rate 0.5 times ∂E/∂w5 away from w5."
    )
    # Without earlier steps momentum has nothing to add.
    assert "learning rate 0.5 times" in advice_for_the_step(optimizer="momentum")
    assert advice_for_the_step(optimizer="adam", learning_rate=0.1).endswith(
        "∂E/∂w5 was right, so look at the step, which Adam makes: add -0.099999988 for the "
        "gradient of the error to w5."
    )


def test_momentum_that_remembers_is_added_up() -> None:
    moment = moment_of("worked-2-2-2", optimizer="momentum")
    moment = replace(moment, moments={"velocity": np.full(moment.layout.size, -0.01)}, steps=1)
    assert set(moment.training.optimizer.moments) == {"velocity"}
    these = quantities(moment, moment.layout.id_of(moment.layout.find("w5")))
    typed = {q.name: f"{q.value:.9f}" for q in these} | {"new w5": "0.35891648"}
    assert check(these, typed).sentence.endswith(
        "which momentum makes: add -0.04108352 for the gradient of the error and -0.009 for what "
        "momentum remembers of earlier steps to w5."
    )


def test_with_a_penalty_each_number_has_its_own_name() -> None:
    these = wanted(l2=0.1)
    values = {quantity.name: quantity.value for quantity in these}
    assert len(values) == len(these)
    assert values["∂E/∂w5"] == pytest.approx(0.082167041, abs=1e-9)
    assert values["∂L2/∂w5"] == pytest.approx(0.04)
    assert values["∂(E+penalty)/∂w5"] == pytest.approx(0.122167041, abs=1e-9)
    assert values["∂E/∂out_o1"] == pytest.approx(0.74136507, abs=1e-8)
    assert advice_for_the_step(l2=0.1).endswith(
        "so take the learning rate 0.5 times ∂(E+penalty)/∂w5 away from w5."
    )


def test_a_bias_that_rests_is_said_to() -> None:
    these = wanted(label="b1")
    result = check(these, {q.name: repr(q.value) for q in these} | {"new b1": "0.34"})
    assert "do not learn" in result.sentence


def test_a_large_network_is_refused() -> None:
    experiment = gallery_experiment("digits")
    moment = moment_of("digits")
    one = Moment(
        experiment.network, experiment.training, moment.theta, moment.samples, "the first sample"
    )
    with pytest.raises(SettingError, match="42 units to work out; choose a smaller one"):
        quantities(one, one.layout.id_of(0))


def test_places_are_kept() -> None:
    number = read_decimal("0.500")
    assert number is not None
    assert number.as_tuple().exponent == -3
