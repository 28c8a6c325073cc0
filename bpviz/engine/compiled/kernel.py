"""The compiled epoch: batches, updates and evaluations of any covered network in one call.

Everything is in one file, because Numba keeps machine code on disk until the file of the function
that was called changes. The formulas are those of `engine.activations`, `engine.losses` and
`engine.optimizers`; what the codes stand for is in `program`.

A block of samples lies in memory unit by unit: all samples' values of a layer's first unit, then
of its second one. Then the innermost loops run over samples, whatever the sizes of the layers,
and sums over units need no order of their own. A block of one sample is a vector over units.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from bpviz.engine.compiled.machine_code import kept
from bpviz.engine.compiled.program import (
    ACTIVATION,
    ACTIVATIONS_COVERED,
    BIAS,
    BIAS_STEP,
    BLOCK,
    BLOCKS,
    BLOCKS_END,
    COLUMN,
    EDGES,
    EDGES_END,
    FIGURES,
    FIRST,
    LAYER,
    LOSSES_COVERED,
    OPTIMIZERS_COVERED,
    PRESENT,
    SOURCE,
    TASKS,
    TRAINABLE,
    UNITS,
    WEIGHT,
    WEIGHTS,
)

(
    _IDENTITY,
    _SIGMOID,
    _TANH,
    _RELU,
    _SOFTMAX,
    _LEAKY_RELU,
    _ELU,
    _SELU,
    _GELU,
    _SILU,
    _SOFTPLUS,
    _SOFTSIGN,
    _HARD_SIGMOID,
    _SINE,
    _GAUSSIAN,
) = range(len(ACTIVATIONS_COVERED))
(
    _HALF_SQUARED,
    _SQUARED,
    _MEAN_SQUARED,
    _MARGIN_SQUARED,
    _ABSOLUTE,
    _HUBER,
    _BINARY_CROSS_ENTROPY,
    _CATEGORICAL_CROSS_ENTROPY,
) = range(len(LOSSES_COVERED))
(
    _GRADIENT_DESCENT,
    _MOMENTUM,
    _NESTEROV,
    _ADAGRAD,
    _RMSPROP,
    _ADAM,
    _ADAMW,
) = range(len(OPTIMIZERS_COVERED))
_REGRESSION, _BINARY, _CLASSES, _LABELS = range(len(TASKS))

_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805
_GELU_SCALE, _GELU_CUBIC = math.sqrt(2.0 / math.pi), 0.044715

# Sums may be taken in any order, which lets them be vectorised; infinity and NaN keep their sense.
_SUMS = {"reassoc", "nsz", "contract", "arcp"}


def _exact(function):
    """Compile a function whose roundings are its own."""
    return kept(njit(nogil=True, error_model="numpy", cache=True))(function)


def _inlined(function):
    """Compile as a part of what calls it: a call with so many arrays costs more than its work."""
    return njit(nogil=True, error_model="numpy", inline="always")(function)


def _summing(function):
    """Compile a function that may add in any order."""
    return kept(njit(nogil=True, error_model="numpy", cache=True, fastmath=_SUMS))(function)


# Functions of one number. Written out, because calls of the C library cannot be vectorised.


@_exact
def _exp(x):
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


@_exact
def _tanh(x):
    """A rational function near 0 (Cody & Waite 1980, in Moshier's form), else by way of e^2x."""
    a = abs(x)
    z = a * a
    above = (
        -9.64399179425052238628e-1 * z - 9.92877231001918586564e1
    ) * z - 1.61468768441708447952e3
    below = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z
    near = a + a * z * above / (below + 4.84406305325125486048e3)
    far = 1.0 - 2.0 / (_exp(2.0 * min(a, 30.0)) + 1.0)
    size = near if a < 0.625 else far
    size = x if x != x else size
    return math.copysign(size, x)


@_exact
def _gelu_inner(x):
    return _GELU_SCALE * x * (1.0 + _GELU_CUBIC * x * x)


@_exact
def _activate(code, parameter, net, out):
    """out = f(net) of a whole layer; softmax is a matter of its own."""
    count = len(net)
    if code == _IDENTITY:
        for i in range(count):
            out[i] = net[i]
    elif code == _SIGMOID:
        for i in range(count):
            out[i] = 1.0 / (1.0 + _exp(-net[i]))
    elif code == _TANH:
        for i in range(count):
            out[i] = _tanh(net[i])
    elif code == _RELU:
        for i in range(count):
            out[i] = 0.0 if net[i] < 0.0 else net[i]
    elif code == _LEAKY_RELU:
        for i in range(count):
            out[i] = net[i] * parameter if net[i] < 0.0 else net[i]
    elif code == _ELU:
        for i in range(count):
            out[i] = parameter * math.expm1(net[i]) if net[i] < 0.0 else net[i]
    elif code == _SELU:
        for i in range(count):
            x = net[i]
            out[i] = _SELU_SCALE * (_SELU_ALPHA * math.expm1(x) if x < 0.0 else x)
    elif code == _GELU:
        for i in range(count):
            out[i] = 0.5 * net[i] * (1.0 + _tanh(_gelu_inner(net[i])))
    elif code == _SILU:
        for i in range(count):
            out[i] = net[i] / (1.0 + _exp(-net[i]))
    elif code == _SOFTPLUS:
        for i in range(count):
            out[i] = max(net[i], 0.0) + math.log1p(_exp(-abs(net[i])))
    elif code == _SOFTSIGN:
        for i in range(count):
            out[i] = net[i] / (1.0 + abs(net[i]))
    elif code == _HARD_SIGMOID:
        for i in range(count):
            out[i] = min(max((net[i] + 3.0) / 6.0, 0.0), 1.0)
    elif code == _SINE:
        for i in range(count):
            out[i] = math.sin(net[i])
    elif code == _GAUSSIAN:
        for i in range(count):
            out[i] = _exp(-net[i] * net[i])


@_exact
def _pull_back(code, parameter, net, out, delta):
    """delta = delta · f'(net) of a whole layer."""
    count = len(net)
    if code == _SIGMOID:
        for i in range(count):
            delta[i] *= out[i] * (1.0 - out[i])
    elif code == _TANH:
        for i in range(count):
            delta[i] *= 1.0 - out[i] * out[i]
    elif code == _RELU:
        for i in range(count):
            delta[i] *= 1.0 if out[i] > 0.0 else 0.0
    elif code == _LEAKY_RELU:
        for i in range(count):
            delta[i] *= 1.0 if net[i] > 0.0 else parameter
    elif code == _ELU:
        for i in range(count):
            delta[i] *= 1.0 if net[i] > 0.0 else out[i] + parameter
    elif code == _SELU:
        for i in range(count):
            delta[i] *= _SELU_SCALE if net[i] > 0.0 else out[i] + _SELU_SCALE * _SELU_ALPHA
    elif code == _GELU:
        for i in range(count):
            x = min(max(net[i], -20.0), 20.0)
            t = _tanh(_gelu_inner(x))
            inner = _GELU_SCALE * x * (1.0 + 3.0 * _GELU_CUBIC * x * x)
            delta[i] *= 0.5 * (1.0 + t + (1.0 - t * t) * inner)
    elif code == _SILU:
        for i in range(count):
            share = 1.0 / (1.0 + _exp(-net[i]))
            delta[i] *= share + out[i] * (1.0 - share)
    elif code == _SOFTPLUS:
        for i in range(count):
            delta[i] *= -math.expm1(-out[i])
    elif code == _SOFTSIGN:
        for i in range(count):
            delta[i] /= (1.0 + abs(net[i])) * (1.0 + abs(net[i]))
    elif code == _HARD_SIGMOID:
        for i in range(count):
            delta[i] *= 1.0 / 6.0 if 0.0 < out[i] < 1.0 else 0.0
    elif code == _SINE:
        for i in range(count):
            delta[i] *= math.cos(net[i])
    elif code == _GAUSSIAN:
        for i in range(count):
            delta[i] *= -2.0 * (net[i] * out[i])


@_exact
def _softmax(units, rows, net, out):
    for r in range(rows):
        largest = net[r]
        for k in range(1, units):
            largest = max(largest, net[k * rows + r])
        total = 0.0
        for k in range(units):
            power = _exp(net[k * rows + r] - largest)
            out[k * rows + r] = power
            total += power
        for k in range(units):
            out[k * rows + r] /= total


@_exact
def _pull_back_softmax(units, rows, out, delta):
    for r in range(rows):
        total = 0.0
        for k in range(units):
            total += delta[k * rows + r] * out[k * rows + r]
        for k in range(units):
            delta[k * rows + r] = (delta[k * rows + r] - total) * out[k * rows + r]


# Sums: the passes through the layers. `first` and the like are where something begins. Four units
# of the source are taken together, so that what they are added to is read and written once.


@_inlined
def _four(values, begin, rows):
    """The values of four units in a row."""
    one, two, three, four = begin + rows, begin + 2 * rows, begin + 3 * rows, begin + 4 * rows
    return values[begin:one], values[one:two], values[two:three], values[three:four]


@_summing
def _add_products(theta, weights, outs, source, fan_in, nets, first, units, rows):
    """net += W · out, for one block of weights."""
    fours = fan_in - fan_in % 4
    for j in range(units):
        row = theta[weights + j * fan_in : weights + (j + 1) * fan_in]
        if rows == 1:
            values = outs[source : source + fan_in]
            total = row[0] * values[0]
            for i in range(1, fan_in):
                total += row[i] * values[i]
            nets[first + j] += total
            continue
        net = nets[first + j * rows : first + (j + 1) * rows]
        for i in range(0, fours, 4):
            a, b, c, d = _four(outs, source + i * rows, rows)
            v, w, x, y = row[i], row[i + 1], row[i + 2], row[i + 3]
            for r in range(rows):
                net[r] += v * a[r] + w * b[r] + x * c[r] + y * d[r]
        for i in range(fours, fan_in):
            weight = row[i]
            values = outs[source + i * rows : source + (i + 1) * rows]
            for r in range(rows):
                net[r] += weight * values[r]


@_summing
def _add_backwards(theta, weights, deltas, first, units, source, fan_in, rows):
    """delta of the source += Wᵀ · delta."""
    fours = units - units % 4
    if rows == 1:
        into = deltas[source : source + fan_in]
        for j in range(units):
            row = theta[weights + j * fan_in : weights + (j + 1) * fan_in]
            delta = deltas[first + j]
            for i in range(fan_in):
                into[i] += row[i] * delta
        return
    for i in range(fan_in):
        into = deltas[source + i * rows : source + (i + 1) * rows]
        column = weights + i
        for j in range(0, fours, 4):
            a, b, c, d = _four(deltas, first + j * rows, rows)
            v, w = theta[column + j * fan_in], theta[column + (j + 1) * fan_in]
            x, y = theta[column + (j + 2) * fan_in], theta[column + (j + 3) * fan_in]
            for r in range(rows):
                into[r] += v * a[r] + w * b[r] + x * c[r] + y * d[r]
        for j in range(fours, units):
            weight = theta[column + j * fan_in]
            errors = deltas[first + j * rows : first + (j + 1) * rows]
            for r in range(rows):
                into[r] += weight * errors[r]


@_summing
def _add_gradient(deltas, first, units, outs, source, fan_in, rows, gradient, weights):
    """gradient += delta · outᵀ, for one block of weights."""
    fours = fan_in - fan_in % 4
    for j in range(units):
        into = gradient[weights + j * fan_in : weights + (j + 1) * fan_in]
        if rows == 1:
            values = outs[source : source + fan_in]
            delta = deltas[first + j]
            for i in range(fan_in):
                into[i] += delta * values[i]
            continue
        errors = deltas[first + j * rows : first + (j + 1) * rows]
        for i in range(0, fours, 4):
            a, b, c, d = _four(outs, source + i * rows, rows)
            v, w, x, y = errors[0] * a[0], errors[0] * b[0], errors[0] * c[0], errors[0] * d[0]
            for r in range(1, rows):
                v += errors[r] * a[r]
                w += errors[r] * b[r]
                x += errors[r] * c[r]
                y += errors[r] * d[r]
            into[i] += v
            into[i + 1] += w
            into[i + 2] += x
            into[i + 3] += y
        for i in range(fours, fan_in):
            values = outs[source + i * rows : source + (i + 1) * rows]
            total = errors[0] * values[0]
            for r in range(1, rows):
                total += errors[r] * values[r]
            into[i] += total


@_summing
def _add_bias_gradient(deltas, first, units, rows, gradient, bias, step):
    for j in range(units):
        errors = deltas[first + j * rows : first + (j + 1) * rows]
        total = errors[0]
        for r in range(1, rows):
            total += errors[r]
        gradient[bias + j * step] += total


@_inlined
def _put(layers, inputs, numbers, rows, outs):
    """Let the input groups hold these samples."""
    for k in range(len(layers)):
        column = layers[k, COLUMN]
        if column >= 0:
            values = outs[layers[k, FIRST] * rows :]
            for i in range(layers[k, UNITS]):
                for r in range(rows):
                    values[i * rows + r] = inputs[numbers[r], column + i]


@_inlined
def _forward(layers, steps, edges, parameters, theta, rows, nets, outs):
    """Net inputs and outputs of all layers."""
    for k in range(len(steps)):
        layer = steps[k, LAYER]
        first, units, bias = layers[layer, FIRST] * rows, layers[layer, UNITS], steps[k, BIAS]
        for j in range(units):
            value = theta[bias + j * steps[k, BIAS_STEP]] if bias >= 0 else 0.0
            for r in range(rows):
                nets[first + j * rows + r] = value
        for e in range(steps[k, EDGES], steps[k, EDGES_END]):
            source = edges[e, SOURCE]
            begin, fan_in = layers[source, FIRST] * rows, layers[source, UNITS]
            _add_products(theta, edges[e, WEIGHTS], outs, begin, fan_in, nets, first, units, rows)
        net, out = nets[first : first + units * rows], outs[first : first + units * rows]
        if steps[k, ACTIVATION] == _SOFTMAX:
            _softmax(units, rows, net, out)
        else:
            _activate(steps[k, ACTIVATION], parameters[k], net, out)


@_inlined
def _backward(layers, steps, edges, parameters, theta, rows, nets, outs, deltas, gradient):
    """Add to `gradient`; `deltas` hold ∂E/∂net of the output layer, and 0 elsewhere."""
    for k in range(len(steps) - 1, -1, -1):
        layer = steps[k, LAYER]
        first, units = layers[layer, FIRST] * rows, layers[layer, UNITS]
        if k < len(steps) - 1:
            stop = first + units * rows
            _pull_back(
                steps[k, ACTIVATION],
                parameters[k],
                nets[first:stop],
                outs[first:stop],
                deltas[first:stop],
            )
        if steps[k, BIAS] >= 0:
            bias, step = steps[k, BIAS], steps[k, BIAS_STEP]
            _add_bias_gradient(deltas, first, units, rows, gradient, bias, step)
        for e in range(steps[k, EDGES], steps[k, EDGES_END]):
            source, weights = edges[e, SOURCE], edges[e, WEIGHTS]
            begin, fan_in = layers[source, FIRST] * rows, layers[source, UNITS]
            _add_gradient(deltas, first, units, outs, begin, fan_in, rows, gradient, weights)
            if layers[source, COLUMN] < 0:
                _add_backwards(theta, weights, deltas, first, units, begin, fan_in, rows)


# Errors


@_exact
def _output_delta(code, parameter, units, rows, numbers, targets, outs, delta):
    """∂E/∂out of each output; for a cross-entropy ∂E/∂net."""
    for r in range(rows):
        target = targets[numbers[r]]
        total = 0.0
        if code == _CATEGORICAL_CROSS_ENTROPY:
            for k in range(units):
                total += target[k]
        for k in range(units):
            out = outs[k * rows + r]
            difference = out - target[k]
            if code == _SQUARED:
                difference *= 2.0
            elif code == _MEAN_SQUARED:
                difference *= 2.0 / units
            elif code == _MARGIN_SQUARED:
                if (parameter - target[k]) * difference < 0.0:
                    difference *= 0.0
            elif code == _ABSOLUTE:
                difference = np.sign(difference)
            elif code == _HUBER:
                difference = max(min(difference, parameter), -parameter)
            elif code == _CATEGORICAL_CROSS_ENTROPY:
                difference = out * total - target[k]
            delta[k * rows + r] = difference


@_exact
def _weigh(units, rows, numbers, weights, scale, delta):
    for r in range(rows):
        factor = scale * weights[numbers[r]] if len(weights) else scale
        for k in range(units):
            delta[k * rows + r] *= factor


@_exact
def _error(code, parameter, target, units, rows, r, nets, outs):
    """E of one sample."""
    error = 0.0
    if code == _CATEGORICAL_CROSS_ENTROPY:
        largest = nets[r]
        for k in range(1, units):
            largest = max(largest, nets[k * rows + r])
        total = 0.0
        for k in range(units):
            total += _exp(nets[k * rows + r] - largest)
        for k in range(units):
            error += target[k] * (math.log(total) - (nets[k * rows + r] - largest))
        return error
    for k in range(units):
        difference = outs[k * rows + r] - target[k]
        if code == _BINARY_CROSS_ENTROPY:
            net = nets[k * rows + r]
            error += max(net, 0.0) - net * target[k] + math.log1p(_exp(-abs(net)))
        elif code == _ABSOLUTE:
            error += abs(difference)
        elif code == _HUBER:
            near = min(abs(difference), parameter)
            error += near * (abs(difference) - 0.5 * near)
        elif code == _MARGIN_SQUARED:
            counts = 0.0 if (parameter - target[k]) * difference < 0.0 else 1.0
            error += 0.5 * difference * difference * counts
        elif code == _HALF_SQUARED:
            error += 0.5 * difference * difference
        else:
            error += difference * difference
    return error / units if code == _MEAN_SQUARED else error


@_exact
def _is_right(task, threshold, answer, units, rows, r, outs):
    """Whether a sample is decided as it should be."""
    if task == _BINARY:
        return (outs[r] > threshold) == (answer[0] == 1)
    if task == _CLASSES:
        best = 0
        for k in range(1, units):
            if outs[k * rows + r] > outs[best * rows + r]:
                best = k
        return best == answer[0]
    for k in range(units):
        if (outs[k * rows + r] > threshold) != (answer[k] == 1):
            return False
    return True


@_inlined
def _scores(program, how, part, theta, room):
    """The sum of all errors of a part, and how many samples are right."""
    layers, steps, edges, parameters = program
    inputs, targets, weights, answers, every = part
    nets, outs, _ = room
    total, right = 0.0, 0
    last = layers[len(layers) - 1]
    units = last[UNITS]
    for low in range(0, len(inputs), BLOCK):
        numbers = every[low : low + BLOCK]
        rows = len(numbers)
        _put(layers, inputs, numbers, rows, outs)
        _forward(layers, steps, edges, parameters, theta, rows, nets, outs)
        net, out = nets[last[FIRST] * rows :], outs[last[FIRST] * rows :]
        for r in range(rows):
            target = targets[low + r]
            error = _error(how.loss, how.loss_parameter, target, units, rows, r, net, out)
            total += error * weights[low + r] if len(weights) else error
            if how.task != _REGRESSION:
                answer = answers[low + r]
                right += _is_right(how.task, how.threshold, answer, units, rows, r, out)
    return total, right


# Updates


@_summing
def _penalise(l1, l2, theta, roles, gradient):
    """Add the penalties' part, and leave missing connections out."""
    for p in range(len(theta)):
        if roles[p] & WEIGHT:
            gradient[p] += l1 * np.sign(theta[p]) + l2 * theta[p]
        if not roles[p] & PRESENT:
            gradient[p] = 0


@_summing
def _optimise(how, step, gradient, update, first, second):
    """Δθ of one step, advancing the moments."""
    code, rate, a, b, eta = how.optimizer, how.rate, how.a, how.b, how.eta
    limit = how.clip if how.clip > 0.0 else math.inf
    if code == _GRADIENT_DESCENT:
        for p in range(len(gradient)):
            update[p] = -rate * min(max(gradient[p], -limit), limit)
    elif code == _MOMENTUM or code == _NESTEROV:
        ahead = code == _NESTEROV
        for p in range(len(gradient)):
            pull = rate * min(max(gradient[p], -limit), limit)
            first[p] = a * first[p] - pull
            update[p] = a * first[p] - pull if ahead else first[p]
    elif code == _ADAGRAD or code == _RMSPROP:
        new = 1.0 if code == _ADAGRAD else 1.0 - a
        for p in range(len(gradient)):
            g = min(max(gradient[p], -limit), limit)
            first[p] = a * first[p] + new * g * g
            update[p] = -rate * g / (math.sqrt(first[p]) + eta)
    else:
        # As powers of floats: multiplied step by step they would lose digits.
        steps = float(step)
        size, correction = rate / (1.0 - math.pow(a, steps)), 1.0 / (1.0 - math.pow(b, steps))
        for p in range(len(gradient)):
            g = min(max(gradient[p], -limit), limit)
            first[p] = a * first[p] + (1.0 - a) * g
            second[p] = b * second[p] + (1.0 - b) * g * g
            update[p] = -size * first[p] / (math.sqrt(second[p] * correction) + eta)


@_summing
def _lose(rate, decay, shrink, theta, roles, update):
    """Decay and shrink: what the weights lose by themselves."""
    for p in range(len(theta)):
        if roles[p] & WEIGHT:
            update[p] -= rate * decay * theta[p]
            update[p] -= shrink * (theta[p] + update[p])


@_exact
def _clear(vector):
    # As a loop, here and in _copy: whole slices take Numba seconds to compile.
    for p in range(len(vector)):
        vector[p] = 0


@_exact
def _copy(source, target):
    for p in range(len(source)):
        target[p] = source[p]


@_exact
def _hold(roles, vector):
    """Nothing of what rests."""
    for p in range(len(vector)):
        if not roles[p] & TRAINABLE:
            vector[p] = 0


@_exact
def _move(theta, update):
    for p in range(len(theta)):
        theta[p] += update[p]


# Epochs


@_exact
def _all_finite(vector):
    for value in vector:
        if not math.isfinite(value):
            return False
    return True


@_exact
def _penalty(l1, l2, theta, roles):
    absolute, squares = 0.0, 0.0
    for p in range(len(theta)):
        if roles[p] & WEIGHT:
            absolute += abs(theta[p])
            squares += theta[p] * theta[p]
    # Without a penalty, also where a sum has become infinite.
    return (l1 * absolute if l1 > 0.0 else 0.0) + (0.5 * l2 * squares if l2 > 0.0 else 0.0)


@_exact
def _norm(vector):
    squares = 0.0
    for value in vector:
        squares += value * value
    return math.sqrt(squares)


@_inlined
def _evaluate(program, how, train, test, vectors, room, row):
    """Write the figures of an evaluated epoch; see FIGURES."""
    for k in range(2):
        part = train if k == 0 else test
        row[2 * k], row[2 * k + 1] = _scores(program, how, part, vectors.theta, room)
    row[4] = _penalty(how.l1, how.l2, vectors.theta, vectors.roles)
    steps = program.steps
    for k in range(len(steps)):
        row[FIGURES + k] = _norm(vectors.gradient[steps[k, BLOCKS] : steps[k, BLOCKS_END]])


@_exact
def train(program, how, train, test, vectors, room, orders, start, count, table):
    """Train `count` batches; return (batches, rows of the table, epochs since remembered, failed).

    `start` is (finished epochs, finished batches of the one under way, steps); `orders` has the
    order of each epoch's samples, or one for all. `remembered` is the number of epochs, from the
    start, after which the last finite state was noted in `vectors.last_…`, -1 when none was.
    When an epoch ends with an infinite error, weight or moment, training ends and `failed` is true.
    """
    layers, steps, edges, parameters = program
    inputs, targets, weights, _, _ = train
    theta, gradient, update, first, second, last_theta, last_first, last_second, roles = vectors
    nets, outs, deltas = room
    epoch, batch, step = start
    samples = len(inputs)
    done, written, ended, remembered = 0, 0, 0, -1
    last = len(layers) - 1
    output = len(steps) - 1
    units = layers[last, UNITS]
    own_pull = how.loss == _BINARY_CROSS_ENTROPY or how.loss == _CATEGORICAL_CROSS_ENTROPY
    while done < count and written < len(table):
        order = orders[ended if len(orders) > 1 else 0]
        begin = batch * how.rows
        end = min(begin + how.rows, samples)
        scale = 1.0 / (end - begin) if how.mean else 1.0
        _clear(gradient)
        for low in range(begin, end, BLOCK):
            numbers = order[low : min(low + BLOCK, end)]
            rows = len(numbers)
            _put(layers, inputs, numbers, rows, outs)
            _forward(layers, steps, edges, parameters, theta, rows, nets, outs)
            at = layers[last, FIRST] * rows
            stop = at + units * rows
            _clear(deltas[:at])
            net, out, delta = nets[at:stop], outs[at:stop], deltas[at:stop]
            _output_delta(how.loss, how.loss_parameter, units, rows, numbers, targets, out, delta)
            if not own_pull:
                if steps[output, ACTIVATION] == _SOFTMAX:
                    _pull_back_softmax(units, rows, out, delta)
                else:
                    _pull_back(steps[output, ACTIVATION], parameters[output], net, out, delta)
            _weigh(units, rows, numbers, weights, scale, delta)
            _backward(layers, steps, edges, parameters, theta, rows, nets, outs, deltas, gradient)
        if how.l1 > 0.0 or how.l2 > 0.0 or how.rests:
            _penalise(how.l1, how.l2, theta, roles, gradient)
        done += 1
        _optimise(how, step + done, gradient, update, first, second)
        if how.decay > 0.0 or how.shrink > 0.0:
            _lose(how.rate, how.decay, how.shrink, theta, roles, update)
        if how.rests:
            _hold(roles, update)
            _hold(roles, first)
            _hold(roles, second)
        _move(theta, update)
        batch += 1
        if end < samples:
            continue
        batch = 0
        ended += 1
        finite = _all_finite(theta) and _all_finite(first) and _all_finite(second)
        due = epoch + ended <= how.dense or (epoch + ended) % how.evaluate_every == 0
        if finite and due:
            row = table[written]
            _evaluate(program, how, train, test, vectors, room, row)
            finite = math.isfinite(row[0]) and math.isfinite(row[4])
            if finite:
                _copy(theta, last_theta)
                _copy(first, last_first)
                _copy(second, last_second)
                remembered = ended
                written += 1
        if not finite:
            return done, written, remembered, True
    return done, written, remembered, False
