"""The compiled epoch: batches, updates and evaluations of any covered network in one call.

What the codes stand for is in `program`. A block of samples lies in memory unit by unit: all
samples' values of a layer's first unit, then of its second one. Then the innermost loops run over
samples, whatever the sizes of the layers, and sums over units need no order of their own. A block
of one sample is a vector over units.
"""

from __future__ import annotations

import math

from bpviz.engine.compiled.compiling import exact, inlined
from bpviz.engine.compiled.errors import (
    BINARY_CROSS_ENTROPY,
    CATEGORICAL_CROSS_ENTROPY,
    REGRESSION,
    error,
    is_right,
    output_delta,
    weigh,
)
from bpviz.engine.compiled.functions import (
    SOFTMAX,
    activate,
    pull_back,
    pull_back_softmax,
    softmax,
)
from bpviz.engine.compiled.program import (
    ACTIVATION,
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
    SOURCE,
    UNITS,
    WEIGHTS,
)
from bpviz.engine.compiled.sums import (
    add_backwards,
    add_bias_gradient,
    add_forwards,
    add_gradient,
)
from bpviz.engine.compiled.updates import (
    all_finite,
    clear,
    copy,
    hold,
    lose,
    move,
    norm,
    optimise,
    penalise,
    penalty,
)


@inlined
def _put(layers, inputs, numbers, rows, outs):
    """Let the input groups hold these samples."""
    for k in range(len(layers)):
        column = layers[k, COLUMN]
        if column >= 0:
            values = outs[layers[k, FIRST] * rows :]
            for i in range(layers[k, UNITS]):
                for r in range(rows):
                    values[i * rows + r] = inputs[numbers[r], column + i]


@inlined
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
            weights = edges[e, WEIGHTS]
            add_forwards(theta, weights, outs, begin, fan_in, nets, first, units, rows)
        net, out = nets[first : first + units * rows], outs[first : first + units * rows]
        if steps[k, ACTIVATION] == SOFTMAX:
            softmax(units, rows, net, out)
        else:
            activate(steps[k, ACTIVATION], parameters[k], net, out)


@inlined
def _backward(layers, steps, edges, parameters, theta, rows, nets, outs, deltas, turned, gradient):
    """Add to `gradient`; `deltas` hold ∂E/∂net of the output layer, and 0 elsewhere."""
    for k in range(len(steps) - 1, -1, -1):
        layer = steps[k, LAYER]
        first, units = layers[layer, FIRST] * rows, layers[layer, UNITS]
        if k < len(steps) - 1:
            stop = first + units * rows
            pull_back(
                steps[k, ACTIVATION],
                parameters[k],
                nets[first:stop],
                outs[first:stop],
                deltas[first:stop],
            )
        if steps[k, BIAS] >= 0:
            bias, step = steps[k, BIAS], steps[k, BIAS_STEP]
            add_bias_gradient(deltas, first, units, rows, gradient, bias, step)
        for e in range(steps[k, EDGES], steps[k, EDGES_END]):
            source, weights = edges[e, SOURCE], edges[e, WEIGHTS]
            begin, fan_in = layers[source, FIRST] * rows, layers[source, UNITS]
            add_gradient(deltas, first, units, outs, begin, fan_in, rows, turned, gradient, weights)
            if layers[source, COLUMN] < 0:
                add_backwards(theta, weights, deltas, first, units, begin, fan_in, rows)


@inlined
def _scores(program, how, part, theta, room):
    """The sum of all errors of a part, and how many samples are right."""
    layers, steps, edges, parameters = program
    inputs, targets, weights, answers, every = part
    nets, outs, _, _ = room
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
            own = error(how.loss, how.loss_parameter, target, units, rows, r, net, out)
            total += own * weights[low + r] if len(weights) else own
            if how.task != REGRESSION:
                answer = answers[low + r]
                right += is_right(how.task, how.threshold, answer, units, rows, r, out)
    return total, right


@inlined
def _evaluate(program, how, train, test, vectors, room, row):
    """Write the figures of an evaluated epoch; see FIGURES."""
    for k in range(2):
        part = train if k == 0 else test
        row[2 * k], row[2 * k + 1] = _scores(program, how, part, vectors.theta, room)
    row[4] = penalty(how.l1, how.l2, vectors.theta, vectors.roles)
    steps = program.steps
    for k in range(len(steps)):
        row[FIGURES + k] = norm(vectors.gradient[steps[k, BLOCKS] : steps[k, BLOCKS_END]])


@exact
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
    nets, outs, deltas, turned = room
    epoch, batch, step = start
    samples = len(inputs)
    done, written, ended, remembered = 0, 0, 0, -1
    last = len(layers) - 1
    output = len(steps) - 1
    units = layers[last, UNITS]
    own_pull = how.loss == BINARY_CROSS_ENTROPY or how.loss == CATEGORICAL_CROSS_ENTROPY
    while done < count and written < len(table):
        order = orders[ended if len(orders) > 1 else 0]
        begin = batch * how.rows
        end = min(begin + how.rows, samples)
        scale = 1.0 / (end - begin) if how.mean else 1.0
        clear(gradient)
        for low in range(begin, end, BLOCK):
            numbers = order[low : min(low + BLOCK, end)]
            rows = len(numbers)
            _put(layers, inputs, numbers, rows, outs)
            _forward(layers, steps, edges, parameters, theta, rows, nets, outs)
            at = layers[last, FIRST] * rows
            stop = at + units * rows
            clear(deltas[:at])
            net, out, delta = nets[at:stop], outs[at:stop], deltas[at:stop]
            output_delta(how.loss, how.loss_parameter, units, rows, numbers, targets, out, delta)
            if not own_pull:
                if steps[output, ACTIVATION] == SOFTMAX:
                    pull_back_softmax(units, rows, out, delta)
                else:
                    pull_back(steps[output, ACTIVATION], parameters[output], net, out, delta)
            weigh(units, rows, numbers, weights, scale, delta)
            _backward(
                layers, steps, edges, parameters, theta, rows, nets, outs, deltas, turned, gradient
            )
        if how.l1 > 0.0 or how.l2 > 0.0 or how.rests:
            penalise(how.l1, how.l2, theta, roles, gradient)
        done += 1
        optimise(how, step + done, gradient, update, first, second)
        if how.decay > 0.0 or how.shrink > 0.0:
            lose(how.rate, how.decay, how.shrink, theta, roles, update)
        if how.rests:
            hold(roles, update)
            hold(roles, first)
            hold(roles, second)
        move(theta, update)
        batch += 1
        if end < samples:
            continue
        batch = 0
        ended += 1
        finite = all_finite(theta) and all_finite(first) and all_finite(second)
        due = epoch + ended <= how.dense or (epoch + ended) % how.evaluate_every == 0
        if finite and due:
            row = table[written]
            _evaluate(program, how, train, test, vectors, room, row)
            finite = math.isfinite(row[0]) and math.isfinite(row[4])
            if finite:
                copy(theta, last_theta)
                copy(first, last_first)
                copy(second, last_second)
                remembered = ended
                written += 1
        if not finite:
            return done, written, remembered, True
    return done, written, remembered, False
