"""Errors of samples and their slopes, compiled; the formulas are those of `engine.losses`."""

from __future__ import annotations

import math

import numpy as np

from bpviz.engine.compiled.compiling import exact
from bpviz.engine.compiled.functions import exp
from bpviz.engine.compiled.program import LOSSES_COVERED, TASKS

(
    HALF_SQUARED,
    SQUARED,
    MEAN_SQUARED,
    MARGIN_SQUARED,
    ABSOLUTE,
    HUBER,
    BINARY_CROSS_ENTROPY,
    CATEGORICAL_CROSS_ENTROPY,
) = range(len(LOSSES_COVERED))
REGRESSION, BINARY, CLASSES, LABELS = range(len(TASKS))


@exact
def output_delta(code, parameter, units, rows, numbers, targets, outs, delta):
    """∂E/∂out of each output; for a cross-entropy ∂E/∂net."""
    for r in range(rows):
        target = targets[numbers[r]]
        total = 0.0
        if code == CATEGORICAL_CROSS_ENTROPY:
            for k in range(units):
                total += target[k]
        for k in range(units):
            out = outs[k * rows + r]
            difference = out - target[k]
            if code == SQUARED:
                difference *= 2.0
            elif code == MEAN_SQUARED:
                difference *= 2.0 / units
            elif code == MARGIN_SQUARED:
                if (parameter - target[k]) * difference < 0.0:
                    difference *= 0.0
            elif code == ABSOLUTE:
                difference = np.sign(difference)
            elif code == HUBER:
                difference = max(min(difference, parameter), -parameter)
            elif code == CATEGORICAL_CROSS_ENTROPY:
                difference = out * total - target[k]
            delta[k * rows + r] = difference


@exact
def weigh(units, rows, numbers, weights, scale, delta):
    for r in range(rows):
        factor = scale * weights[numbers[r]] if len(weights) else scale
        for k in range(units):
            delta[k * rows + r] *= factor


@exact
def error(code, parameter, target, units, rows, r, nets, outs):
    """E of one sample."""
    error = 0.0
    if code == CATEGORICAL_CROSS_ENTROPY:
        largest = nets[r]
        for k in range(1, units):
            largest = max(largest, nets[k * rows + r])
        total = 0.0
        for k in range(units):
            total += exp(nets[k * rows + r] - largest)
        for k in range(units):
            error += target[k] * (math.log(total) - (nets[k * rows + r] - largest))
        return error
    for k in range(units):
        difference = outs[k * rows + r] - target[k]
        if code == BINARY_CROSS_ENTROPY:
            net = nets[k * rows + r]
            error += max(net, 0.0) - net * target[k] + math.log1p(exp(-abs(net)))
        elif code == ABSOLUTE:
            error += abs(difference)
        elif code == HUBER:
            near = min(abs(difference), parameter)
            error += near * (abs(difference) - 0.5 * near)
        elif code == MARGIN_SQUARED:
            counts = 0.0 if (parameter - target[k]) * difference < 0.0 else 1.0
            error += 0.5 * difference * difference * counts
        elif code == HALF_SQUARED:
            error += 0.5 * difference * difference
        else:
            error += difference * difference
    return error / units if code == MEAN_SQUARED else error


@exact
def is_right(task, threshold, answer, units, rows, r, outs):
    """Whether a sample is decided as it should be."""
    if task == BINARY:
        return (outs[r] > threshold) == (answer[0] == 1)
    if task == CLASSES:
        best = 0
        for k in range(1, units):
            if outs[k * rows + r] > outs[best * rows + r]:
                best = k
        return best == answer[0]
    for k in range(units):
        if (outs[k * rows + r] > threshold) != (answer[k] == 1):
            return False
    return True
