"""What the units that only see who is asked about have found out about people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.datasets.family_tree import ENGLISH, ITALIAN, PEOPLE, PLACES, RELATIONS
from bpviz.engine.activations import Array
from bpviz.engine.metrics import decide
from bpviz.engine.network import Network
from bpviz.engine.spec import LayerSpec, NetworkSpec
from bpviz.lab.findings.base import FINDINGS, Finding, Found, Grid, Lines
from bpviz.lab.findings.hidden import (
    listed,
    names_of,
    right_among,
    weight_ids,
    weights_of,
)

# So much of the training part has to be right.
ENOUGH = 0.95
# A unit tells an attribute when it explains at least this share of its weights' variance.
TELLS = 0.5

Groups = np.ndarray[Any, np.dtype[np.str_]]


class Attribute(NamedTuple):
    """Something about people that nobody told the network. `groups` has one of each person, ""
    for people whom it does not part."""

    name: str
    groups: Groups


ATTRIBUTES = (
    Attribute("nationality", np.array(["English"] * len(ENGLISH) + ["Italian"] * len(ITALIAN))),
    Attribute("generation", np.array([str(place.generation) for place in PLACES] * 2)),
    Attribute("branch of the family", np.array([place.branch for place in PLACES] * 2)),
)


@FINDINGS.register
@dataclass(frozen=True)
class PersonFeatures(Finding):
    """Units find nationality, generation and branch of the family, which no input tells.

    Both families stand in the same places of their trees, and what helps with one helps with the
    other (Rumelhart, Hinton & Williams 1986, Nature 323, figure 4; Hinton 1986).
    """

    kind: ClassVar[str] = "family-tree"
    label: ClassVar[str] = "What is known of people"
    source: ClassVar[str] = (
        "Rumelhart, Hinton & Williams 1986, Nature 323, figure 4; Hinton 1986, Learning "
        "distributed representations of concepts"
    )

    def refusal(self, network: Network, data: PreparedData) -> str:
        if data.dataset.input_names != (*PEOPLE, *RELATIONS):
            return "It is looked for with the family trees; these data are others."
        if encoder_of(network.spec) is None:
            return (
                f"It is read off a layer that is fed by the group of {len(PEOPLE)} people alone; "
                "this network has none."
            )
        return ""

    def look(self, network: Network, data: PreparedData) -> Found:
        layer, source = encoder_of(network.spec), network.spec.inputs[0]
        assert layer is not None
        weights = weights_of(network, layer.id, source.id)
        train, test = data.training.train, data.training.test
        right = right_among(network, data, train)
        held = _held_out(network, data)
        shares = np.array([explained_by(weights, attribute.groups) for attribute in ATTRIBUTES])
        names = names_of(layer)
        sentences = [f"{right} of {len(train)} training cases are right."]
        if len(test):
            passed = right_among(network, data, test)
            sentences.append(f"{passed} of {len(test)} cases that were held out are right.")
        sentences += [_case_sentence(row, good) for row, good in zip(*held, strict=True)]
        sentences += [_told(*pair, names) for pair in zip(ATTRIBUTES, shares, strict=True)]
        untold = [a.name for a, of in zip(ATTRIBUTES, shares, strict=True) if of.max() < TELLS]
        enough = right >= ENOUGH * len(train)
        panels: tuple[Grid | Lines, ...] = _pictures(layer, source, weights, shares)
        if len(test):
            panels = (*panels, Lines("Held out", ("Case", "Wanted", "Given"), *held))
        headline = _headline(right, len(train), enough, untold)
        return Found(enough and not untold, headline, tuple(sentences), panels)


def encoder_of(spec: NetworkSpec) -> LayerSpec | None:
    """The first layer that is fed by the input group of people, and by nothing else."""
    people = spec.inputs[0]
    fed = (layer for layer in spec.computed if layer.sources == (people.id,))
    return next(fed, None) if people.units == len(PEOPLE) else None


def explained_by(weights: Array, groups: Groups) -> Array:
    """The share of the variance of each unit's weights that lies between groups of people (η²).

    `weights` has shape (units, people); people of group "" are left out. Random weights give about
    (groups - 1) / (people - 1).
    """
    known = weights[:, groups != ""]
    labels = groups[groups != ""]
    centre = known.mean(axis=1)
    between = np.zeros(len(known))
    for label in np.unique(labels):
        part = known[:, labels == label]
        between += part.shape[1] * (part.mean(axis=1) - centre) ** 2
    total = ((known - centre[:, np.newaxis]) ** 2).sum(axis=1)
    return np.asarray(between / np.maximum(total, np.finfo(float).tiny))


def _told(attribute: Attribute, shares: Array, names: tuple[str, ...]) -> str:
    """How much of the variance of which units' weights an attribute explains."""
    order = np.argsort(-shares, kind="stable")
    telling = [int(k) for k in order if shares[k] >= TELLS]
    if not telling:
        most = f"{100 * shares[order[0]]:.0f} % of the variance of {names[order[0]]}’s weights"
        return f"No unit tells the {attribute.name}; it explains at most {most}."
    first, *others = [f"{100 * shares[k]:.0f} % of {{}}{names[k]}’s" for k in telling]
    measured = [first.format("the variance of ") + " weights", *(o.format("") for o in others)]
    return f"{attribute.name.capitalize()} explains {listed(measured)}."


def _headline(right: int, count: int, enough: bool, untold: list[str]) -> str:
    if not enough:
        return f"{right} of {count} training cases are right so far."
    if untold:
        return f"{right} of {count} cases are learned, but no unit tells the {listed(untold)}."
    return "Units have found nationality, generation and branch of the family."


def _held_out(
    network: Network, data: PreparedData
) -> tuple[tuple[tuple[str, ...], ...], tuple[bool, ...]]:
    """Case, wanted and given answers of each test sample; and whether all its outputs are right."""
    test, training = data.training.test, data.training
    if not len(test):
        return (), ()
    out = network.predict(test.inputs)
    given = decide(out, training.task, training.threshold)
    wanted = decide(test.targets, training.task, training.threshold)
    rows = tuple(
        (
            case_name(data, row),
            listed([PEOPLE[p] for p in np.flatnonzero(wanted[k])]),
            _answer(out[k], given[k]),
        )
        for k, row in enumerate(data.test_rows)
    )
    return rows, tuple(bool(good) for good in (given == wanted).all(axis=1))


def case_name(data: PreparedData, row: int) -> str:
    """A sample in words: "Colin's aunt"."""
    person, relation = np.flatnonzero(data.dataset.inputs[row] > 0.5)
    names = data.dataset.input_names
    apostrophe = "’" if names[person].endswith("s") else "’s"
    return f"{names[person]}{apostrophe} {names[relation]}"


def _answer(out: Array, given: Array) -> str:
    chosen = listed([PEOPLE[p] for p in np.flatnonzero(given)])
    best = int(out.argmax())
    return chosen or f"nobody; most nearly {PEOPLE[best]}, {out[best]:.2f}"


def _case_sentence(row: tuple[str, ...], good: bool) -> str:
    case, wanted, given = row
    if good:
        return f"Held out: {case}, {wanted}: right."
    return f"Held out: {case}, {wanted}: wrong, the network says {given}."


def _pictures(
    layer: LayerSpec, source: LayerSpec, weights: Array, shares: Array
) -> tuple[Grid, ...]:
    """A picture of each unit: the English above the Italians who stand in their places."""
    largest = float(np.abs(weights).max()) or 1.0
    return tuple(
        Grid(
            f"{name}: {_telling(shares[:, k])}",
            weights[k].reshape(2, len(PLACES)),
            ("English", "Italian"),
            ENGLISH,
            largest,
            parameters=weight_ids(layer, unit, source),
            column_feet=ITALIAN,
        )
        for k, (name, unit) in enumerate(zip(names_of(layer), layer.ids, strict=True))
    )


def _telling(shares: Array) -> str:
    """What a unit tells, if anything: which share of its weights' variance that explains."""
    best = int(shares.argmax())
    if shares[best] < TELLS:
        return "a mixture"
    return f"{ATTRIBUTES[best].name} {100 * shares[best]:.0f} %"
