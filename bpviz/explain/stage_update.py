"""Stages 5 and 6: the step that the weights take, and the round that begins with the new ones."""

from __future__ import annotations

from bpviz.explain.formula import update_lines
from bpviz.explain.scene_building import LINES, Scene, Walked, cut, outputs_of
from bpviz.explain.terms import EQUALS, Line, number, symbol
from bpviz.explain.update import anatomy


def update(at: Walked) -> Scene:
    moment, lines = at.moment, []
    parameters = at.parameters() if at.step.layer else ()
    chosen = parameters[:LINES] if at.step.layer else at.moving_most(moment.step)
    resting = set()
    for parameter in chosen:
        found = anatomy(moment, parameter)
        if found.resting:
            resting.add(found.resting)
        else:
            lines += update_lines(found)
    lines = cut(lines, at.count() - len(chosen))
    lines += [Line(words=text) for text in sorted(resting)]
    words = f"{at.stage.words} All of them move at once, by the gradients from before the step."
    words += moment.part_words
    return Scene(
        at.title, words, tuple(lines), at.units, parameters, "update", at.step.layer, moment.step
    )


def iterate(at: Walked) -> Scene:
    moment = at.moment
    after = moment.at(moment.theta + moment.step).error
    error = symbol("E", "E")
    line = Line(
        (error, EQUALS, number(moment.error), symbol(r"\to", "→"), number(after, strong=True))
    )
    whose = "of this batch" if moment.is_batch else "of this sample"
    words = (
        f"With the new weights the error {whose} goes from here to there. The next step goes on "
        "with them; or type other inputs on the left and read the prediction."
        f"{moment.part_words}"
    )
    return Scene(at.title, words, (line,), outputs_of(moment))
