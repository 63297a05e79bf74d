"""scikit-learn's MLPClassifier: a step is one partial_fit on the gathered batch, taken whole.

Solver sgd without momentum, penalty or shuffling of its own. Two classes make it a single logistic output
instead of a softmax over two: the same function with fewer weights.
"""

import sys
import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

import steps


def make_network(layers, batch):
    return MLPClassifier(
        hidden_layer_sizes=layers[1:-1],
        activation="tanh",
        solver="sgd",
        alpha=0.0,
        batch_size=batch,
        learning_rate="constant",
        learning_rate_init=steps.LEARNING_RATE,
        momentum=0.0,
        nesterovs_momentum=False,
        shuffle=False,
        random_state=1,
    )


def check(arguments, x, y, classes):
    few = slice(0, arguments.check_rows)
    network = make_network(arguments.layers, arguments.check_rows)
    losses = []
    for _ in range(steps.CHECK_STEPS + 1):
        network.partial_fit(x[few], y[few], classes)
        losses.append(network.loss_)
    steps.check(losses[0], losses[-1])


def main():
    steps.answer_versions(**{"scikit-learn": sklearn})
    warnings.simplefilter("ignore")
    arguments = steps.Arguments(sys.argv[1:])
    rng = np.random.default_rng(1)
    x = rng.random((arguments.rows, arguments.layers[0]), np.float32)
    y = rng.integers(arguments.layers[-1], size=arguments.rows)
    classes = np.arange(arguments.layers[-1])
    check(arguments, x, y, classes)

    network = make_network(arguments.layers, arguments.batch)
    batches = steps.Batches(rng.permutation, arguments.rows, arguments.batch)

    def step():
        rows = batches.next()
        network.partial_fit(x[rows], y[rows], classes)

    steps.time_steps(step, arguments)


if __name__ == "__main__":
    main()
