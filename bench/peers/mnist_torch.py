"""PyTorch's side of `npm run bench -- mnist`: one training on MNIST to the target, judged after each epoch.

Reads the order as a line of JSON (mnist-order.ts). It uses the cores by threads, or by a process each with
DistributedDataParallel over gloo. Pixels divided by 255 lie in memory as float32; batches are gathered from them by index, from a permutation that is drawn for each
epoch. The weights to start from come from a safetensors file that lockstep wrote.
"""

import json
import os
import sys
import tempfile
import time

import torch
from torch import distributed, multiprocessing, nn

import steps

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "sigmoid": nn.Sigmoid}


def make_network(layers, Activation):
    modules = []
    for inputs, outputs in zip(layers, layers[1:]):
        modules += [nn.Linear(inputs, outputs), Activation()]
    return nn.Sequential(*modules[:-1])


def read_idx(folder, name, header):
    with open(os.path.join(folder, name), "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8, offset=header)


def load(folder, part):
    """Pixels (rows, 784) in float32, classes (rows) in int64."""
    pixels = read_idx(folder, f"{part}-images-idx3-ubyte", 16).reshape(-1, 784)
    classes = read_idx(folder, f"{part}-labels-idx1-ubyte", 8)
    if len(pixels) != len(classes):
        raise ValueError(f"{part}: {len(pixels)} images and {len(classes)} labels")
    return pixels.float() / 255, classes.long()


def read_weights(path, network):
    """The tensors of a safetensors file, into the layers in their order."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    linear = [layer for layer in network if isinstance(layer, nn.Linear)]
    for i, layer in enumerate(linear):
        for name in ("weight", "bias"):
            entry = header[f"layers.{i}.{name}"]
            begin, end = entry["data_offsets"]
            values = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32)
            getattr(layer, name).data.copy_(values.reshape(entry["shape"]))


class Training:
    """The network, the data, and this process's part of them where there are several."""

    def __init__(self, order, rank=0, ranks=1):
        self.order, self.rank, self.ranks = order, rank, ranks
        self.x, self.y = load(order["data"], "train")
        self.test_x, self.test_y = (rows[self.part(len(rows))] for rows in load(order["data"], "t10k"))
        self.plain = make_network(order["layers"], ACTIVATIONS[order["activation"]])
        read_weights(order["init"], self.plain)
        self.network = nn.parallel.DistributedDataParallel(self.plain) if ranks > 1 else self.plain
        self.loss = nn.CrossEntropyLoss()
        self.sgd = torch.optim.SGD(self.network.parameters(), lr=order["learningRate"], fused=True)
        self.random = torch.Generator().manual_seed(order["seed"])

    def part(self, rows):
        """This process's slice of so many rows."""
        return slice(rows * self.rank // self.ranks, rows * (self.rank + 1) // self.ranks)

    def learn(self, rows):
        own = rows[self.part(len(rows))]
        self.sgd.zero_grad(set_to_none=True)
        loss = self.loss(self.network(self.x[own]), self.y[own])
        # Gradients are averaged over the processes: parts of unlike size count by their rows.
        if len(own) * self.ranks != len(rows):
            loss = loss * (len(own) * self.ranks / len(rows))
        loss.backward()
        self.sgd.step()

    def epoch(self):
        """Seconds of the steps of one epoch; the permutation is drawn before."""
        batches = torch.randperm(len(self.x), generator=self.random).split(self.order["batchSize"])
        if self.ranks > 1:
            distributed.barrier()
        begun = time.perf_counter()
        for rows in batches:
            self.learn(rows)
        return time.perf_counter() - begun

    @torch.no_grad()
    def judge(self):
        """Mean cross-entropy and accuracy on the test images."""
        outputs = self.plain(self.test_x)
        loss = nn.functional.cross_entropy(outputs, self.test_y, reduction="sum").double()
        right = (outputs.argmax(1) == self.test_y).sum().double()
        sums = torch.stack([loss, right, torch.tensor(float(len(self.test_y)), dtype=torch.float64)])
        if self.ranks > 1:
            distributed.all_reduce(sums)
        return (sums[0] / sums[2]).item(), (sums[1] / sums[2]).item()

    def run(self):
        initial_loss, _ = self.judge()
        begun, seconds = time.perf_counter(), 0.0
        for epoch in range(1, self.order["epochs"] + 1):
            seconds += self.epoch()
            _, accuracy = self.judge()
            if accuracy >= self.order["target"]:
                break
        total = time.perf_counter() - begun
        if self.rank == 0:
            steps.emit("trained", initialLoss=initial_loss, seconds=seconds, totalSeconds=total,
                       epochs=epoch, accuracy=accuracy)


def train_alone(order):
    torch.set_num_threads(order["cores"])
    Training(order).run()


def train_rank(rank, order, meeting):
    ranks = order["cores"]
    distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=ranks)
    torch.set_num_threads(1)
    Training(order, rank, ranks).run()
    distributed.destroy_process_group()


def main():
    torch.set_flush_denormal(True)
    steps.emit("ready", versions={"PyTorch": torch.__version__})
    order = json.loads(sys.stdin.readline())
    if order["way"] != "processes":
        return train_alone(order)
    with tempfile.TemporaryDirectory() as folder:
        multiprocessing.spawn(train_rank, args=(order, os.path.join(folder, "ranks")), nprocs=order["cores"])


if __name__ == "__main__":
    main()
