"""What happens to θ after a batch, compiled; the formulas are those of `engine.optimizers`."""

from __future__ import annotations

import math

import numpy as np

from bpviz.engine.compiled.compiling import exact, summing
from bpviz.engine.compiled.program import OPTIMIZERS_COVERED, PRESENT, TRAINABLE, WEIGHT

(
    GRADIENT_DESCENT,
    MOMENTUM,
    NESTEROV,
    ADAGRAD,
    RMSPROP,
    ADAM,
    ADAMW,
) = range(len(OPTIMIZERS_COVERED))


@summing
def penalise(l1, l2, theta, roles, gradient):
    """Add the penalties' part, and leave missing connections out."""
    for p in range(len(theta)):
        if roles[p] & WEIGHT:
            gradient[p] += l1 * np.sign(theta[p]) + l2 * theta[p]
        if not roles[p] & PRESENT:
            gradient[p] = 0


@summing
def optimise(how, step, gradient, update, first, second):
    """Δθ of one step, advancing the moments."""
    code, kind = how.optimizer, gradient.dtype.type
    # Numbers of θ's own format, so that it is computed in that one.
    rate, a, b, eta = kind(how.rate), kind(how.a), kind(how.b), kind(how.eta)
    limit = kind(how.clip if how.clip > 0.0 else math.inf)
    if code == GRADIENT_DESCENT:
        for p in range(len(gradient)):
            update[p] = -rate * min(max(gradient[p], -limit), limit)
    elif code == MOMENTUM or code == NESTEROV:
        ahead = code == NESTEROV
        for p in range(len(gradient)):
            pull = rate * min(max(gradient[p], -limit), limit)
            first[p] = a * first[p] - pull
            update[p] = a * first[p] - pull if ahead else first[p]
    elif code == ADAGRAD or code == RMSPROP:
        new = kind(1.0) if code == ADAGRAD else kind(1.0 - how.a)
        for p in range(len(gradient)):
            g = min(max(gradient[p], -limit), limit)
            first[p] = a * first[p] + new * g * g
            update[p] = -rate * g / (math.sqrt(first[p]) + eta)
    else:
        # As powers of floats: multiplied step by step they would lose digits.
        steps = float(step)
        size = kind(how.rate / (1.0 - math.pow(how.a, steps)))
        correction = kind(1.0 / (1.0 - math.pow(how.b, steps)))
        new_a, new_b = kind(1.0 - how.a), kind(1.0 - how.b)
        for p in range(len(gradient)):
            g = min(max(gradient[p], -limit), limit)
            first[p] = a * first[p] + new_a * g
            second[p] = b * second[p] + new_b * g * g
            update[p] = -size * first[p] / (math.sqrt(second[p] * correction) + eta)


@summing
def lose(rate, decay, shrink, theta, roles, update):
    """Decay and shrink: what the weights lose by themselves."""
    for p in range(len(theta)):
        if roles[p] & WEIGHT:
            update[p] -= rate * decay * theta[p]
            update[p] -= shrink * (theta[p] + update[p])


@exact
def clear(vector):
    # As a loop, here and in copy: whole slices take Numba seconds to compile.
    for p in range(len(vector)):
        vector[p] = 0


@exact
def copy(source, target):
    for p in range(len(source)):
        target[p] = source[p]


@exact
def hold(roles, vector):
    """Nothing of what rests."""
    for p in range(len(vector)):
        if not roles[p] & TRAINABLE:
            vector[p] = 0


@exact
def move(theta, update):
    for p in range(len(theta)):
        theta[p] += update[p]


@exact
def all_finite(vector):
    for value in vector:
        if not math.isfinite(value):
            return False
    return True


@exact
def penalty(l1, l2, theta, roles):
    absolute, squares = 0.0, 0.0
    for p in range(len(theta)):
        if roles[p] & WEIGHT:
            absolute += abs(theta[p])
            squares += theta[p] * theta[p]
    # Without a penalty, also where a sum has become infinite.
    return (l1 * absolute if l1 > 0.0 else 0.0) + (0.5 * l2 * squares if l2 > 0.0 else 0.0)


@exact
def norm(vector):
    squares = 0.0
    for value in vector:
        squares += value * value
    return math.sqrt(squares)
