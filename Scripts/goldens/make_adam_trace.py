#!/usr/bin/env python3
"""Makes Tests/EnginesTests/Goldens/adam_trace.json: ten Adam steps of two small networks in PyTorch.

usage: make_adam_trace.py [OUTPUT]        (needs torch and numpy)

Networks
  dense          6-5-3-5-6, ReLU after every layer but the last
  convolutional  [1, 8, 8] -> conv 3, stride 2, padding 1, to 3 channels, ReLU -> the same to 4 channels, ReLU
                 -> dense 3 -> dense 16, ReLU -> [4, 2, 2] -> transposed conv 4, stride 2, padding 1, to 3 channels,
                 ReLU -> the same to 1 channel
Both have a batch of 4, the mean squared error over all elements against the input, and Adam with learning rate 0.01,
betas 0.9 and 0.999, epsilon 1e-8.

Nothing is random. Element i (row-major) of tensor k is sin(2.3 i + 2.1 k) / 2, computed in double precision and
rounded to single. The input is tensor 0; the parameters are 1, 2, ... in the order of the file. The double run starts
from the same rounded numbers. (Of the pairs of constants tried, these leave the fewest ReLU units dead.)

Each network is run in single and in double precision. A run holds the loss before each of the ten updates, the
gradients at step 0 and the weights after the tenth update, by name, flattened in row-major order. Dense weights are
[out, in], convolution weights [out, in, height, width], transposed ones [in, out, height, width].
"""
import json
import math
import pathlib
import platform
import re
import sys

import numpy
import torch
from torch import nn

STEPS, BATCH, RATE, BETAS, EPSILON = 10, 4, 1e-2, (0.9, 0.999), 1e-8
PER_ELEMENT, PER_TENSOR, AMPLITUDE = 2.3, 2.1, 0.5
DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "Tests/EnginesTests/Goldens/adam_trace.json"


class Dense(nn.Module):
    input_shape = (BATCH, 6)

    def __init__(self):
        super().__init__()
        self.layer0, self.layer1 = nn.Linear(6, 5), nn.Linear(5, 3)
        self.layer2, self.layer3 = nn.Linear(3, 5), nn.Linear(5, 6)

    def forward(self, x):
        h = torch.relu(self.layer1(torch.relu(self.layer0(x))))
        return self.layer3(torch.relu(self.layer2(h)))


class Convolutional(nn.Module):
    input_shape = (BATCH, 1, 8, 8)

    def __init__(self):
        super().__init__()
        self.convolution0, self.convolution1 = nn.Conv2d(1, 3, 3, 2, 1), nn.Conv2d(3, 4, 3, 2, 1)
        self.dense0, self.dense1 = nn.Linear(16, 3), nn.Linear(3, 16)
        self.transposed0, self.transposed1 = nn.ConvTranspose2d(4, 3, 4, 2, 1), nn.ConvTranspose2d(3, 1, 4, 2, 1)

    def forward(self, x):
        h = torch.relu(self.convolution1(torch.relu(self.convolution0(x)))).flatten(1)
        h = torch.relu(self.dense1(self.dense0(h))).view(-1, 4, 2, 2)
        return self.transposed1(torch.relu(self.transposed0(h)))


def formula(shape, k, dtype):
    """Tensor k of the shape, by the formula above."""
    values = [math.sin(PER_ELEMENT * i + PER_TENSOR * k) * AMPLITUDE for i in range(math.prod(shape))]
    return torch.from_numpy(numpy.array(values, dtype=numpy.float32).reshape(shape)).to(dtype)


def rounded(values, dtype):
    """Plain numbers, with the digits that identify a single (9), or 15 for a double."""
    digits = 9 if dtype == torch.float32 else 15
    return [float(f"{v:.{digits}g}") for v in values.detach().double().flatten().tolist()]


def trace(build, dtype):
    model = build().to(dtype)
    with torch.no_grad():
        for k, parameter in enumerate(model.parameters(), start=1):
            parameter.copy_(formula(tuple(parameter.shape), k, dtype))
    x = formula(model.input_shape, 0, dtype)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, betas=BETAS, eps=EPSILON)
    losses, gradients = [], {}
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), x)
        loss.backward()
        if step == 0:
            gradients = {name: rounded(p.grad, dtype) for name, p in model.named_parameters()}
        losses += rounded(loss, dtype)
        optimizer.step()
    weights = {name: rounded(p, dtype) for name, p in model.named_parameters()}
    return {"losses": losses, "gradients": gradients, "weights": weights}


def network(build):
    parameters = [{"name": n, "shape": list(p.shape)} for n, p in build().named_parameters()]
    return {
        "input_shape": list(build.input_shape),
        "parameters": parameters,
        "float32": trace(build, torch.float32),
        "float64": trace(build, torch.float64),
    }


def furthest(a, b):
    """The largest difference between the numbers of two runs."""
    pairs = list(zip(a["losses"], b["losses"]))
    for part in ("gradients", "weights"):
        pairs += [pair for name in a[part] for pair in zip(a[part][name], b[part][name])]
    return max(abs(p - q) for p, q in pairs)


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    torch.set_num_threads(1)
    document = {
        "made_by": "Scripts/goldens/make_adam_trace.py",
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__},
        "initial_values": {
            "formula": "element i of tensor k = Float(sin(per_element * i + per_tensor * k) * amplitude), in Double; "
                       "the input is tensor 0, the parameters 1, 2, ... in order",
            "per_element": PER_ELEMENT,
            "per_tensor": PER_TENSOR,
            "amplitude": AMPLITUDE,
        },
        "loss": "mean squared error over all elements, against the input",
        "optimizer": {"name": "adam", "learning_rate": RATE, "beta1": BETAS[0], "beta2": BETAS[1], "epsilon": EPSILON},
        "steps": STEPS,
        "networks": {"dense": network(Dense), "convolutional": network(Convolutional)},
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=1)
    # One line for an array of numbers, so that a difference can be read.
    text = re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: "[" + " ".join(m[1].split()) + "]", text)
    output.write_text(text + "\n", encoding="utf-8")
    for name, n in document["networks"].items():
        losses = n["float64"]["losses"]
        print(f"{name}: loss {losses[0]:.6f} -> {losses[-1]:.6f}; "
              f"single and double differ by at most {furthest(n['float32'], n['float64']):.2g}")


if __name__ == "__main__":
    main()
