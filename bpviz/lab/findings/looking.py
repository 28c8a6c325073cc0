"""Looks for an experiment's finding in a network: the one way there, for window and report."""

from __future__ import annotations

import numpy as np

from bpviz.datasets.encoding import PreparedData
from bpviz.engine.activations import Array
from bpviz.engine.network import Network
from bpviz.engine.settings import SettingError
from bpviz.experiments.experiment import Experiment
from bpviz.lab.findings.base import FINDINGS, Finding, Found

_NOT_FINITE = (
    "There is nothing to see: the network's numbers are no longer finite. Reset it, or lower the "
    "learning rate."
)


def finding_of(experiment: Experiment) -> Finding | None:
    """What this experiment is famous for; None when it names nothing.

    Raises SettingError when there is no such finding.
    """
    if not experiment.finding:
        return None
    try:
        return FINDINGS[experiment.finding]()
    except SettingError as error:
        raise SettingError(error.message, "finding") from None


def found_in(experiment: Experiment, data: PreparedData, theta: Array) -> Found | None:
    """What the experiment's finding sees with these weights; None when it names none.

    A network or data that it cannot be looked for in give a Found that is `refused`.
    """
    finding = finding_of(experiment)
    if finding is None:
        return None
    network = Network(experiment.network, np.array(theta))
    refusal = finding.refusal(network, data)
    if not refusal and not np.isfinite(network.theta).all():
        refusal = _NOT_FINITE
    if refusal:
        return Found(False, refusal, refused=True)
    return finding.look(network, data)
