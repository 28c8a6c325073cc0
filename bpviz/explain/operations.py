"""The operation graph: a network and its error as the operations that compute them.

Every operation knows its value and how to differentiate itself; walked backwards from the error,
each turns ∂E/∂(its result) into ∂E/∂(what went in), and where ways meet their gradients add up
(reverse-mode automatic differentiation, Linnainmaa 1970).
"""

from __future__ import annotations

import numpy as np

from bpviz.explain.moment import Moment
from bpviz.explain.operation_building import Builder
from bpviz.explain.operation_error import add_error
from bpviz.explain.operation_graph import OperationGraph
from bpviz.explain.operation_layers import add_layers


def operation_graph(moment: Moment) -> OperationGraph:
    """The operations of one moment, with values and gradients.

    The penalty on the weights is not part of it: gradients are those of `moment.data_gradient`.
    """
    with np.errstate(all="ignore"):
        builder = Builder(moment)
        add_layers(builder)
        add_error(builder)
        return OperationGraph(moment, builder.walk_back())
