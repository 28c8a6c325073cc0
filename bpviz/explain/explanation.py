"""Everything that is said about one parameter at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from bpviz.engine.spec import ParameterId
from bpviz.explain.chain_rule import derive
from bpviz.explain.factors import Derivation
from bpviz.explain.moment import Moment
from bpviz.explain.numerical import Numerical, numerical_derivative
from bpviz.explain.update import Update, anatomy
from bpviz.explain.why import reason, why


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a parameter changes by what it changes: derivation, check, update, in words.

    `why` says all of it; `reason` only what moving the parameter does to the error.
    """

    moment: Moment
    derivation: Derivation
    numerical: Numerical
    update: Update
    why: str
    reason: str = ""


def explain(moment: Moment, parameter: ParameterId) -> Explanation:
    """Explain one parameter. Raises SettingError when the network has it not, or not the numbers.

    A frozen parameter is explained like any other; its update says that it rests.
    """
    derivation = derive(moment, parameter)
    numerical = numerical_derivative(moment, parameter)
    update = anatomy(moment, parameter)
    return Explanation(
        moment,
        derivation,
        numerical,
        update,
        why(moment, derivation, numerical, update) + moment.part_words + moment.quiet_words,
        reason(moment, derivation),
    )
