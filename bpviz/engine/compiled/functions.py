"""Activation functions and their slopes, compiled: a whole layer at once.

Written out, because calls of the C library cannot be vectorised. The formulas are those of
`engine.activations`.
"""

from __future__ import annotations

import math

import numpy as np

from bpviz.engine.compiled.compiling import exact
from bpviz.engine.compiled.program import ACTIVATIONS_COVERED

(
    IDENTITY,
    SIGMOID,
    TANH,
    RELU,
    SOFTMAX,
    LEAKY_RELU,
    ELU,
    SELU,
    GELU,
    SILU,
    SOFTPLUS,
    SOFTSIGN,
    HARD_SIGMOID,
    SINE,
    GAUSSIAN,
) = range(len(ACTIVATIONS_COVERED))

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805
GELU_SCALE, GELU_CUBIC = math.sqrt(2.0 / math.pi), 0.044715


@exact
def exp(x):
    """e^x = 2^k e^r with |r| <= ½ log 2: Taylor's series of e^r to the last digit (Cody 1980)."""
    # Beyond these limits the power is 0 or infinite by itself.
    near = min(max(x, -746.0), 710.0)
    # Adding 1.5 · 2^52 rounds to a whole number, which then stands in the lowest bits.
    shifted = near * 1.4426950408889634 + 6755399441055744.0
    k = shifted - 6755399441055744.0
    r = (near - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10
    total = 1.0 / 6227020800.0
    total = total * r + 1.0 / 479001600.0
    total = total * r + 1.0 / 39916800.0
    total = total * r + 1.0 / 3628800.0
    total = total * r + 1.0 / 362880.0
    total = total * r + 1.0 / 40320.0
    total = total * r + 1.0 / 5040.0
    total = total * r + 1.0 / 720.0
    total = total * r + 1.0 / 120.0
    total = total * r + 1.0 / 24.0
    total = total * r + 1.0 / 6.0
    total = total * r + 0.5
    total = total * r + 1.0
    total = total * r + 1.0
    # Twice by half of the power, so that neither factor leaves the range of numbers.
    half = np.int64(k) >> 1
    rest = np.int64(k) - half
    one = np.int64(1023)
    low = np.int64((half + one) << 52).view(np.float64)
    high = np.int64((rest + one) << 52).view(np.float64)
    return x if x != x else total * low * high


@exact
def tanh(x):
    """A rational function near 0 (Cody & Waite 1980, in Moshier's form), else by way of e^2x."""
    a = abs(x)
    z = a * a
    above = (
        -9.64399179425052238628e-1 * z - 9.92877231001918586564e1
    ) * z - 1.61468768441708447952e3
    below = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z
    near = a + a * z * above / (below + 4.84406305325125486048e3)
    far = 1.0 - 2.0 / (exp(2.0 * min(a, 30.0)) + 1.0)
    size = near if a < 0.625 else far
    size = x if x != x else size
    return math.copysign(size, x)


@exact
def _gelu_inner(x):
    return GELU_SCALE * x * (1.0 + GELU_CUBIC * x * x)


@exact
def activate(code, parameter, net, out):
    """out = f(net) of a whole layer; softmax is a matter of its own."""
    count = len(net)
    if code == IDENTITY:
        for i in range(count):
            out[i] = net[i]
    elif code == SIGMOID:
        for i in range(count):
            out[i] = 1.0 / (1.0 + exp(-net[i]))
    elif code == TANH:
        for i in range(count):
            out[i] = tanh(net[i])
    elif code == RELU:
        for i in range(count):
            out[i] = 0.0 if net[i] < 0.0 else net[i]
    elif code == LEAKY_RELU:
        for i in range(count):
            out[i] = net[i] * parameter if net[i] < 0.0 else net[i]
    elif code == ELU:
        for i in range(count):
            out[i] = parameter * math.expm1(net[i]) if net[i] < 0.0 else net[i]
    elif code == SELU:
        for i in range(count):
            x = net[i]
            out[i] = SELU_SCALE * (SELU_ALPHA * math.expm1(x) if x < 0.0 else x)
    elif code == GELU:
        for i in range(count):
            out[i] = 0.5 * net[i] * (1.0 + tanh(_gelu_inner(net[i])))
    elif code == SILU:
        for i in range(count):
            out[i] = net[i] / (1.0 + exp(-net[i]))
    elif code == SOFTPLUS:
        for i in range(count):
            out[i] = max(net[i], 0.0) + math.log1p(exp(-abs(net[i])))
    elif code == SOFTSIGN:
        for i in range(count):
            out[i] = net[i] / (1.0 + abs(net[i]))
    elif code == HARD_SIGMOID:
        for i in range(count):
            out[i] = min(max((net[i] + 3.0) / 6.0, 0.0), 1.0)
    elif code == SINE:
        for i in range(count):
            out[i] = math.sin(net[i])
    elif code == GAUSSIAN:
        for i in range(count):
            out[i] = exp(-net[i] * net[i])


@exact
def pull_back(code, parameter, net, out, delta):
    """delta = delta · f'(net) of a whole layer."""
    count = len(net)
    if code == SIGMOID:
        for i in range(count):
            delta[i] *= out[i] * (1.0 - out[i])
    elif code == TANH:
        for i in range(count):
            delta[i] *= 1.0 - out[i] * out[i]
    elif code == RELU:
        for i in range(count):
            delta[i] *= 1.0 if out[i] > 0.0 else 0.0
    elif code == LEAKY_RELU:
        for i in range(count):
            delta[i] *= 1.0 if net[i] > 0.0 else parameter
    elif code == ELU:
        for i in range(count):
            delta[i] *= 1.0 if net[i] > 0.0 else out[i] + parameter
    elif code == SELU:
        for i in range(count):
            delta[i] *= SELU_SCALE if net[i] > 0.0 else out[i] + SELU_SCALE * SELU_ALPHA
    elif code == GELU:
        for i in range(count):
            x = min(max(net[i], -20.0), 20.0)
            t = tanh(_gelu_inner(x))
            inner = GELU_SCALE * x * (1.0 + 3.0 * GELU_CUBIC * x * x)
            delta[i] *= 0.5 * (1.0 + t + (1.0 - t * t) * inner)
    elif code == SILU:
        for i in range(count):
            share = 1.0 / (1.0 + exp(-net[i]))
            delta[i] *= share + out[i] * (1.0 - share)
    elif code == SOFTPLUS:
        for i in range(count):
            delta[i] *= -math.expm1(-out[i])
    elif code == SOFTSIGN:
        for i in range(count):
            delta[i] /= (1.0 + abs(net[i])) * (1.0 + abs(net[i]))
    elif code == HARD_SIGMOID:
        for i in range(count):
            delta[i] *= 1.0 / 6.0 if 0.0 < out[i] < 1.0 else 0.0
    elif code == SINE:
        for i in range(count):
            delta[i] *= math.cos(net[i])
    elif code == GAUSSIAN:
        for i in range(count):
            delta[i] *= -2.0 * (net[i] * out[i])


@exact
def softmax(units, rows, net, out):
    for r in range(rows):
        largest = net[r]
        for k in range(1, units):
            largest = max(largest, net[k * rows + r])
        total = 0.0
        for k in range(units):
            power = exp(net[k * rows + r] - largest)
            out[k * rows + r] = power
            total += power
        for k in range(units):
            out[k * rows + r] /= total


@exact
def pull_back_softmax(units, rows, out, delta):
    for r in range(rows):
        total = 0.0
        for k in range(units):
            total += delta[k * rows + r] * out[k * rows + r]
        for k in range(units):
            delta[k * rows + r] = (delta[k * rows + r] - total) * out[k * rows + r]
