"""What a run leaves behind, as the records that files are made of."""

from __future__ import annotations

from bpviz.io.records import TrainedNetwork, record
from bpviz.lab.snapshot import Snapshot


def trained_network(snapshot: Snapshot) -> TrainedNetwork:
    """The network with the weights of this moment."""
    experiment = snapshot.experiment
    return record(
        experiment.name, snapshot.epoch, experiment.network, snapshot.theta, snapshot.data
    )
