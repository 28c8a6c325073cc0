"""What findings say of weights that were set by hand, also of those that must not pass."""

from __future__ import annotations

import numpy as np
import pytest

from bpviz.datasets.family_tree import ENGLISH, PEOPLE, PLACES
from bpviz.engine.parameters import layout_of
from bpviz.experiments.gallery import gallery_experiment
from bpviz.experiments.toml_files import set_option
from bpviz.lab.findings import Found, Grid, Lines, family_tree, found_in
from bpviz.lab.findings.family_tree import ATTRIBUTES, explained_by
from bpviz.lab.findings.parity import turned_bits


def looked(name: str, blocks: dict[tuple[str, str], object], *options: str) -> Found:
    """What the experiment's finding says of these weights and biases; all others are 0."""
    experiment = gallery_experiment(name)
    for option in options:
        experiment = set_option(experiment, option)
    layout = layout_of(experiment.network)
    theta = np.zeros(layout.size)
    for ends, values in blocks.items():
        block = layout.block(*ends)
        assert block is not None
        block.view(theta)[...] = values
    found = found_in(experiment, experiment.prepare(), theta)
    assert found is not None
    assert not found.refused
    return found


def grid(found: Found, place: int = 0) -> Grid:
    return [panel for panel in found.panels if isinstance(panel, Grid)][place]


def table(found: Found) -> Lines:
    return next(panel for panel in found.panels if isinstance(panel, Lines))


# Symmetry


def mirrored(*row: float, tilt: float = 1.0) -> dict[tuple[str, str], object]:
    """Two hidden units that are on when the first half outweighs the second, or the reverse.

    Both are off for a mirrored pattern, and only then the output is on. `tilt` multiplies the
    last weight of each unit.
    """
    weights = np.array([*row, *(-value for value in reversed(row))]) * 5.0
    weights[-1] *= tilt
    return {
        ("h", "x"): [weights, -weights],
        ("h", ""): [-2.5, -2.5],
        ("y", "h"): [[-20.0, -20.0]],
        ("y", ""): [8.0],
    }


@pytest.mark.parametrize("row", [(1, 2, 4), (4, -1, 2), (-2, 4, -1), (1.1, 2, 4.2)])
def test_mirrored_weights_of_1_2_4_are_found(row) -> None:
    found = looked("symmetry-6-2-1", mirrored(*row))
    assert found.holds
    assert found.headline == "Mirrored weights balance, and their sizes stand as 1 : 2 : 4."
    assert found.sentences[0] == "64 of 64 patterns are right."


def test_sizes_of_another_ratio_solve_it_and_are_not_the_finding() -> None:
    """With 2 : 3 : 4 every difference of the halves is told, too."""
    found = looked("symmetry-6-2-1", mirrored(2, 3, 4))
    assert found.sentences[0] == "64 of 64 patterns are right."
    assert not found.holds
    assert found.headline == "Mirrored weights balance, but their sizes are not 1 : 2 : 4."


def test_weights_that_do_not_balance_are_not_the_finding() -> None:
    found = looked("symmetry-6-2-1", mirrored(1, 2, 4, tilt=1.3))
    assert found.sentences[0] == "64 of 64 patterns are right."
    assert not found.holds
    assert "do not balance" in found.headline
    # |5 - 6.5| is 26 % of the pair's mean size.
    assert "26.1 % from equal" in found.sentences[1]
    assert list(table(found).right) == [False, True, True] * 2


def test_a_network_that_is_not_solved_is_not_the_finding() -> None:
    """With sizes 1 : 1 : 2 a pattern can add up to nothing that is no mirror image."""
    found = looked("symmetry-6-2-1", mirrored(1, 1, 2))
    assert not found.holds
    assert found.headline.endswith("of 64 patterns are right so far.")


def test_the_picture_has_the_weights_and_names_them() -> None:
    picture = grid(looked("symmetry-6-2-1", mirrored(1, 2, 4)))
    assert picture.values[0].tolist() == [5, 10, 20, -20, -10, -5, -2.5]
    assert (picture.row_names, picture.largest) == (("h1", "h2"), 20.0)
    assert picture.column_names[-1] == "bias"
    layout = layout_of(gallery_experiment("symmetry-6-2-1").network)
    places = [layout.index_of(parameter) for parameter in picture.parameters]
    assert places == [0, 1, 2, 3, 4, 5, 12, 6, 7, 8, 9, 10, 11, 13]


# Encoder


def encoder(codes: list[str], clear: float = 6.0) -> dict[tuple[str, str], object]:
    """Hidden units that follow the codes, and outputs that are nearest to their own code."""
    signs = np.array([[1.0 if bit == "1" else -1.0 for bit in code] for code in codes])
    return {
        ("h", "x"): clear * signs.T,
        ("y", "h"): 10.0 * signs,
        ("y", ""): -5.0 * signs.sum(axis=1),
    }


ALL_CODES = [f"{number:03b}" for number in range(8)]


def test_eight_codes_are_found() -> None:
    found = looked("encoder-8-3-8", encoder(ALL_CODES))
    assert found.holds
    assert found.sentences[1].endswith(f"different: {', '.join(ALL_CODES)}.")
    assert grid(found).values.round().astype(int).tolist() == [
        [int(bit) for bit in code] for code in ALL_CODES
    ]
    assert [row[2] for row in table(found).rows] == ALL_CODES


def test_units_in_the_middle_are_no_code() -> None:
    found = looked("encoder-8-3-8", encoder(ALL_CODES, clear=0.5))
    assert found.sentences[0] == "By the largest output, 8 of 8 patterns come out again."
    assert not found.holds
    assert "between off and on" in found.headline


def test_patterns_that_share_a_code_do_not_come_out() -> None:
    found = looked("encoder-8-3-8", encoder([*ALL_CODES[:7], "000"]))
    assert not found.holds
    assert found.headline == "By the largest output, 7 of 8 patterns come out again so far."
    assert table(found).right == (*[True] * 7, False)


# XOR with one hidden unit


def xor(through: float) -> dict[tuple[str, str], object]:
    """The inputs say "either", and the hidden unit, on for both alone, takes it back."""
    return {
        ("h", "x"): [[10.0, 10.0]],
        ("h", ""): [-15.0],
        ("y", "x"): [[8.0, 8.0]],
        ("y", "h"): [[through]],
        ("y", ""): [-4.0],
    }


def test_one_hidden_unit_takes_back_the_case_of_both() -> None:
    found = looked("xor-skip", xor(-16.0))
    assert found.holds
    assert found.sentences[1].endswith("it is on for 11.")
    parts = grid(found).values
    assert parts[:, 0].tolist() == [0, 0, 8, 8]
    assert parts[:, 2] == pytest.approx([0, -0.107, -0.107, -15.893], abs=0.001)
    assert parts[:, -1] == pytest.approx([-4, 3.893, 3.893, -3.893], abs=0.001)
    assert [row[-1] for row in table(found).rows] == ["0.02", "0.98", "0.98", "0.02"]


def test_without_it_both_is_wrong() -> None:
    found = looked("xor-skip", xor(0.0))
    assert not found.holds
    assert found.headline == "3 of 4 cases are right so far."
    assert table(found).right == (True, True, True, False)


# Parity


def counting(turned: int = 0) -> dict[tuple[str, str], object]:
    """Unit k is on above a count of k + ½; the first `turned` bits are counted turned round."""
    signs = np.array([-1.0] * turned + [1.0] * (4 - turned))
    thresholds = np.arange(4) + 0.5 - turned
    # One bit turned round swaps odd and even.
    swap = -1.0 if turned % 2 else 1.0
    return {
        ("h", "x"): 20.0 * np.tile(signs, (4, 1)),
        ("h", ""): -20.0 * thresholds,
        ("y", "h"): swap * 20.0 * np.array([[1.0, -1.0, 1.0, -1.0]]),
        ("y", ""): swap * -10.0,
    }


def test_units_that_count_are_found() -> None:
    found = looked("parity-4", counting())
    assert found.holds
    assert found.headline == "The hidden units count the ones."
    assert found.sentences[2:] == tuple(
        f"h{k + 1} switches on between {k} and {k + 1}." for k in range(4)
    )
    expected = [[float(count > k) for k in range(4)] + [count % 2] for count in range(5)]
    assert grid(found).values == pytest.approx(np.array(expected), abs=0.001)
    assert [row[1] for row in table(found).rows] == ["1", "4", "6", "4", "1"]


@pytest.mark.parametrize(("turned", "bits"), [(1, "bit 1"), (2, "bit 3 and bit 4")])
def test_bits_may_be_counted_turned_round(turned: int, bits: str) -> None:
    """Two of four: which of them are the turned ones is a matter of words."""
    found = looked("parity-4", counting(turned))
    assert found.holds
    assert found.headline == f"The hidden units count the ones, with {bits} turned round."


def test_units_that_do_more_than_count_are_not_the_finding() -> None:
    """One unit sees the first bit three times as large: it counts something else."""
    blocks = counting()
    weights = np.array(blocks["h", "x"])
    weights[3, 0] *= 3.0
    blocks["h", "x"] = weights
    found = looked("parity-4", blocks)
    assert not found.holds
    assert float(found.sentences[1].split(" in a hidden")[0].split()[-1]) > 0.9


def test_a_network_that_is_right_in_another_way_is_not_the_finding() -> None:
    """Weights that training found with another seed, rounded."""
    found = looked(
        "parity-4",
        {
            ("h", "x"): [[4, 8, -8, -8], [-3, 4, -3, -3], [8, -9, 9, 9], [12, -5, 5, 5]],
            ("h", ""): [-2, 8, -3, -6],
            ("y", "h"): [[13, -9, 16, -11]],
        },
    )
    assert found.sentences[0] == "16 of 16 patterns are right."
    assert not found.holds
    assert found.headline.endswith("but the hidden units do more than count.")


def test_which_bits_are_turned_round() -> None:
    weights = np.outer([3.0, -2.0, 1.0], [1.0, -1.1, 0.9, 1.0])
    assert turned_bits(weights).tolist() == [0, 1, 0, 0]
    assert turned_bits(-weights).tolist() == [0, 1, 0, 0]


# Family trees


def test_what_an_attribute_explains() -> None:
    """Against the textbook's analysis of variance, by hand."""
    groups = np.array(["a", "a", "b", "b", ""])
    weights = np.array(
        [[1.0, 1.0, 3.0, 3.0, 9.0], [1.0, 3.0, 1.0, 3.0, -9.0], [0.0, 2.0, 2.0, 4.0, 5.0]]
    )
    # The third: between 2 · 1² + 2 · 1², in all 4 + 0 + 0 + 4.
    assert explained_by(weights, groups) == pytest.approx([1.0, 0.0, 0.5])


def test_attributes_are_those_of_the_tree() -> None:
    nationality, generation, branch = (attribute.groups for attribute in ATTRIBUTES)
    assert len(nationality) == len(generation) == len(branch) == len(PEOPLE)
    of = PEOPLE.index
    assert nationality[of("Colin")] == "English"
    assert nationality[of("Gina")] == "Italian"
    assert generation[of("Penelope")] == generation[of("Francesca")] == "1"
    assert generation[of("Sophia")] == "3"
    assert branch[of("Victoria")] == branch[of("Lucia")] == branch[of("Margaret")] == "left"
    assert branch[of("Colin")] == ""


def test_pictures_stand_as_in_the_paper_with_the_english_above() -> None:
    weights = np.zeros((6, 24))
    weights[0] = [1.0] * 12 + [-1.0] * 12
    weights[1] = [place.generation - 2.0 for place in PLACES] * 2
    weights[2, PEOPLE.index("Lucia")] = 3.0
    found = looked("family-tree", {("person", "people"): weights})
    assert grid(found).values.tolist() == [[1.0] * 12, [-1.0] * 12]
    assert grid(found).row_names == ("English", "Italian")
    assert (grid(found).column_names[0], grid(found).column_feet[0]) == ("Christopher", "Roberto")
    lucia = grid(found, 2)
    assert lucia.values[1, ENGLISH.index("Victoria")] == lucia.largest == 3.0
    assert lucia.column_feet[ENGLISH.index("Victoria")] == "Lucia"
    units, place = layout_of(gallery_experiment("family-tree").network), PEOPLE.index("Lucia")
    assert units.index_of(lucia.parameters[place]) == 2 * 24 + place
    titles = [grid(found, k).title for k in range(3)]
    assert titles == [
        "person1: nationality 100 %",
        "person2: generation 100 %",
        "person3: a mixture",
    ]


def test_features_without_answers_are_not_the_finding() -> None:
    weights = np.zeros((6, 24))
    weights[0] = [1.0] * 12 + [-1.0] * 12
    found = looked("family-tree", {("person", "people"): weights})
    assert not found.holds
    assert "Nationality explains 100 % of the variance of person1’s weights." in found.sentences
    assert any(sentence.startswith("No unit tells the generation") for sentence in found.sentences)
    assert found.headline.endswith("of 100 training cases are right so far.")


@pytest.mark.parametrize(("told", "holds"), [(3, True), (2, False), (1, False)])
def test_learned_cases_without_features_are_not_the_finding(monkeypatch, told, holds) -> None:
    """With cases taken for learned: units tell the first so many of the three attributes."""
    monkeypatch.setattr(family_tree, "ENOUGH", 0.0)
    weights = np.zeros((6, 24))
    for unit, attribute in enumerate(ATTRIBUTES[:told]):
        weights[unit] = np.unique(attribute.groups, return_inverse=True)[1]
    found = looked("family-tree", {("person", "people"): weights})
    assert found.holds == holds
    assert ("no unit tells" in found.headline) == (not holds)


def test_held_out_cases_are_shown_with_what_was_wanted_and_given() -> None:
    """An output that always says Penelope and Maria, and nobody else."""
    bias = np.full(24, -5.0)
    bias[[PEOPLE.index("Penelope"), PEOPLE.index("Maria")]] = 5.0
    lines = table(looked("family-tree", {("y", ""): bias}))
    assert lines.headers == ("Case", "Wanted", "Given")
    assert len(lines.rows) == 4
    assert {row[2] for row in lines.rows} == {"Penelope and Maria"}
    assert lines.right == (False,) * 4
    nobody = table(looked("family-tree", {("y", ""): np.full(24, -1.0)}))
    assert nobody.rows[0][2] == "nobody; most nearly Christopher, 0.27"
    # Colin has two aunts; a table without a test part has no such lines.
    none = looked("family-tree", {}, "data.test_fraction=0")
    assert not any(isinstance(panel, Lines) for panel in none.panels)
    assert none.sentences[0] == "0 of 104 training cases are right."
