"""What the comparisons with PyTorch share: a network of one hidden layer, and the options of a command."""
import numpy as np
import torch
from torch import nn


def option(options, name, default=None):
    """What stands after the name of an option."""
    words = options.split()
    return words[words.index(name) + 1] if name in words else default


def tensors_of(layers):
    """Its parameters by the names that a model file has for them."""
    return {
        f"layers.{i}.{kind}": getattr(linear, kind)
        for i, linear in enumerate([layers[0], layers[2]])
        for kind in ("weight", "bias")
    }


def drawn_network(random, sizes):
    """One of tanh with random weights, in float64, and the same weights in float32 as a model file has them."""
    features, hidden, outputs = sizes
    layers = nn.Sequential(nn.Linear(features, hidden), nn.Tanh(), nn.Linear(hidden, outputs)).double()
    tensors = {}
    with torch.no_grad():
        for name, tensor in tensors_of(layers).items():
            tensors[name] = np.float32(random.normal(0, 0.3, tuple(tensor.shape)))
            tensor.copy_(torch.from_numpy(tensors[name].astype(float)))
    return layers, tensors


def difference(got_losses, got, losses, final):
    """How far losses are apart, each of itself, and tensors, each of its largest."""
    got_losses, losses = np.array(got_losses), np.array(losses)
    of_losses = np.max(np.abs(got_losses - losses) / np.abs(losses))
    of_weights = max(np.max(np.abs(got[name] - values)) / np.max(np.abs(values)) for name, values in final.items())
    return of_losses, of_weights
