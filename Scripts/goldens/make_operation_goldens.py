#!/usr/bin/env python3
"""Makes Tests/EnginesTests/Goldens/operations.json: operations, gradients and updates by PyTorch.

usage: make_operation_goldens.py [OUTPUT]        (needs torch and numpy)

A case of "operations" has inputs x0, x1, ..., a result y = f(x0, x1, ...), a cotangent u of y's
shape, and the gradients of sum(u y) with respect to the inputs that are not indices. A case of
"updates" has a parameter, the gradient of each of five steps, and the parameter after each.

Nothing is random. Element i (row-major) of tensor k is sin(2.3 i + 2.1 k + 0.7), scaled and moved
for functions with a domain of their own; the cotangent is tensor 9. Everything is computed in
double precision; attributes that Hourglass keeps in single precision are rounded to it first.
"""
import json
import pathlib
import platform
import sys

import numpy
import torch
import torch.nn.functional as F

DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "Tests/EnginesTests/Goldens/operations.json"


def single(value):
    """The number as Hourglass keeps it."""
    return float(numpy.float32(value))


def tensor(shape, number, scale=1.0, offset=0.0):
    count = int(numpy.prod(shape))
    values = numpy.sin(2.3 * numpy.arange(count) + 2.1 * number + 0.7) * scale + offset
    # Rounded to six digits, so that the file is short and the numbers are exactly those in it.
    return torch.tensor(numpy.round(values, 6).reshape(shape), dtype=torch.float64)


def written(value):
    values = [float(f"{number:.12g}") for number in value.detach().reshape(-1).tolist()]
    return {"shape": list(value.shape), "values": values}


def operation(name, function, *inputs):
    """A case; integer inputs are indices and take no gradient."""
    inputs = [x.clone().requires_grad_() if x.is_floating_point() else x for x in inputs]
    y = function(*inputs)
    cotangent = tensor(tuple(y.shape), 9)
    (y * cotangent).sum().backward()
    return {
        "name": name,
        "inputs": [written(x.double()) for x in inputs],
        "result": written(y),
        "cotangent": written(cotangent),
        "gradients": [written(x.grad) for x in inputs if x.is_floating_point()],
    }


def layers():
    yield operation("dense", F.linear, tensor((3, 4), 0), tensor((2, 4), 1), tensor((2,), 2))
    yield operation(
        "convolution 1-D", lambda x, w, b: F.conv1d(x, w, b, stride=2, padding=2, dilation=2),
        tensor((2, 3, 9), 0), tensor((2, 3, 3), 1), tensor((2,), 2))
    yield operation(
        "convolution 2-D", lambda x, w, b: F.conv2d(x, w, b, padding=1),
        tensor((2, 2, 4, 3), 0), tensor((3, 2, 3, 3), 1), tensor((3,), 2))
    yield operation(
        "convolution 2-D, all different",
        lambda x, w: F.conv2d(F.pad(x, (0, 2, 1, 0)), w, stride=(2, 1), dilation=(1, 2)),
        tensor((1, 2, 6, 5), 0), tensor((2, 2, 2, 3), 1))
    yield operation(
        "transposed convolution 1-D",
        lambda x, w, b: F.conv_transpose1d(x, w, b, stride=2, padding=1, output_padding=1),
        tensor((2, 3, 4), 0), tensor((3, 2, 3), 1), tensor((2,), 2))
    yield operation(
        "transposed convolution 2-D",
        lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, output_padding=1, dilation=(1, 1)),
        tensor((1, 2, 3, 2), 0), tensor((2, 3, 3, 3), 1), tensor((3,), 2))
    yield operation(
        "transposed convolution 2-D, dilation 2",
        lambda x, w: F.conv_transpose2d(x, w, dilation=2, padding=1), tensor((1, 2, 3, 2), 0), tensor((2, 1, 2, 3), 1))


def space():
    yield operation("maximum pooling 1-D", lambda x: F.max_pool1d(x, 3, 2, 1), tensor((2, 2, 7), 0))
    yield operation("maximum pooling 2-D", lambda x: F.max_pool2d(x, (3, 2), (2, 2), (1, 0)), tensor((1, 2, 5, 6), 0))
    yield operation(
        "average pooling 1-D", lambda x: F.avg_pool1d(x, 3, 2, 1, count_include_pad=False), tensor((2, 2, 7), 0))
    yield operation(
        "average pooling 2-D",
        lambda x: F.avg_pool2d(x, (3, 2), (2, 2), (1, 1), count_include_pad=False), tensor((1, 2, 5, 6), 0))
    for start, end in [((3,), (7,)), ((7,), (3,)), ((2, 3), (4, 6)), ((5, 6), (2, 4)), ((4, 2), (3, 5))]:
        x = tensor((1, 2) + start, 0)
        linear = "linear" if len(start) == 1 else "bilinear"
        label = f"{list(start)} to {list(end)}"
        yield operation(
            f"linear resampling {label}", lambda x: F.interpolate(x, size=end, mode=linear, align_corners=False), x)
        yield operation(f"nearest resampling {label}", lambda x: F.interpolate(x, size=end, mode="nearest-exact"), x)


def normalization():
    epsilon = single(1e-5)
    yield operation("batch norm of rows", lambda x: F.batch_norm(x, None, None, training=True, eps=epsilon), tensor((5, 3), 0))
    yield operation(
        "batch norm of images", lambda x: F.batch_norm(x, None, None, training=True, eps=epsilon),
        tensor((3, 2, 2, 3), 0))
    yield operation("layer norm of rows", lambda x: F.layer_norm(x, (5,), eps=epsilon), tensor((3, 5), 0))
    yield operation("layer norm of series", lambda x: F.layer_norm(x, (3, 4), eps=epsilon), tensor((2, 3, 4), 0))
    yield operation("group norm", lambda x: F.group_norm(x, 2, eps=epsilon), tensor((2, 4, 3, 2), 0))
    yield operation("instance norm", lambda x: F.instance_norm(x, eps=epsilon), tensor((2, 3, 6), 0))
    for axis in (0, 1, 2):
        x = tensor((2, 3, 4), 0, scale=3)
        yield operation(f"softmax axis {axis}", lambda x: F.softmax(x, axis), x)
        yield operation(f"log softmax axis {axis}", lambda x: F.log_softmax(x, axis), x)


def elements():
    functions = {
        "absolute": torch.abs, "exponential": torch.exp, "square": torch.square, "sign": lambda x: torch.sign(x) + 0 * x,
        "floor": lambda x: torch.floor(x) + 0 * x,
        "relu": torch.relu, "leakyRelu": lambda x: F.leaky_relu(x, 0.125), "elu": lambda x: F.elu(x, 0.75),
        "gelu": F.gelu, "silu": F.silu, "tanh": torch.tanh, "logistic": torch.sigmoid, "softplus": F.softplus,
        "clip": lambda x: torch.clamp(x, -0.5, 0.75), "affine": lambda x: 1.5 * x - 0.25,
    }
    for name, function in functions.items():
        yield operation(name, function, tensor((3, 4), 0, scale=2.5))
    positive = tensor((3, 4), 0, scale=1.25, offset=1.5)
    for name, function in {"squareRoot": torch.sqrt, "logarithm": torch.log, "reciprocal": torch.reciprocal}.items():
        yield operation(name, function, positive)
    a, b = tensor((2, 3), 0), tensor((3,), 1, offset=2.0)
    pairs = {
        "add": torch.add, "subtract": torch.subtract, "multiply": torch.multiply, "divide": torch.divide,
        "maximum": torch.maximum, "minimum": torch.minimum,
        "greater": lambda a, b: (a > b).double() + 0 * (a + b), "equal": lambda a, b: (a == b).double() + 0 * (a + b),
    }
    for name, function in pairs.items():
        c = b - 2 if name in ("maximum", "minimum", "greater") else b
        yield operation(name, function, a, c)


def rest():
    x = tensor((2, 3, 4), 0)
    yield operation("sum", lambda x: x.sum((0, 2), keepdim=True), x)
    yield operation("greatest", lambda x: x.amax((0, 2), keepdim=True), x)
    yield operation("mean", lambda x: x.sum(1) * single(1 / 3), x)
    yield operation(
        "concatenation", lambda *parts: torch.cat(parts, 1), tensor((2, 1, 2), 0), tensor((2, 3, 2), 1), tensor((2, 2, 2), 2))
    yield operation("slice", lambda x: x[:, 1:3], x)
    yield operation("padding", lambda x: F.pad(x, (0, 0, 1, 2)), x)
    yield operation("broadcast", lambda x: x.expand(2, 3, 4), tensor((3, 1), 0))
    indices = torch.tensor([0, 2, 2, 3, 0])
    yield operation("gather", lambda table, indices: table[indices], tensor((4, 3), 0), indices)
    yield operation(
        "scatter-add", lambda rows, indices: torch.zeros(4, 3, dtype=torch.float64).index_add(0, indices, rows),
        tensor((5, 3), 0), indices)
    yield operation(
        "pairwise squared distance", lambda x, y: ((x[:, None] - y[None]) ** 2).sum(2), tensor((3, 4), 0), tensor((2, 4), 1))
    yield operation(
        "cross-entropy", lambda x, t: -(F.log_softmax(x, 1) * t).sum(1), tensor((3, 4), 0), tensor((3, 4), 1, 0.5, 0.5))


def update(name, make, scale=1.0):
    parameter = torch.nn.Parameter(tensor((2, 3), 0))
    optimizer = make([parameter])
    gradients = [tensor((2, 3), step + 1) for step in range(5)]
    case = {"name": name, "start": written(parameter), "gradients": [written(g) for g in gradients], "after": []}
    for gradient in gradients:
        parameter.grad = gradient * scale
        optimizer.step()
        case["after"].append(written(parameter))
    return case


def updates():
    adam = {"lr": 0.05, "betas": (single(0.9), single(0.999)), "eps": single(1e-8)}
    yield update("adam", lambda p: torch.optim.Adam(p, **adam))
    yield update("adam, other constants", lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.5, 0.75), eps=single(1e-3)))
    yield update("adamw", lambda p: torch.optim.AdamW(p, **adam, weight_decay=single(0.1)))
    yield update("adam, scaled gradient", lambda p: torch.optim.AdamW(p, **adam, weight_decay=single(0.1)), scale=0.25)
    momentum = single(0.9)
    yield update("descent", lambda p: torch.optim.SGD(p, lr=0.05))
    yield update("descent with momentum", lambda p: torch.optim.SGD(p, lr=0.05, momentum=momentum))
    yield update("descent of Nesterov", lambda p: torch.optim.SGD(p, lr=0.05, momentum=momentum, nesterov=True))
    yield update(
        "descent of Nesterov with decay, scaled gradient",
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=momentum, nesterov=True, weight_decay=single(0.1)), scale=0.25)


def main():
    versions = {"python": platform.python_version(), "torch": torch.__version__.split("+")[0], "numpy": numpy.__version__}
    print(versions)
    document = {
        "made by": "Scripts/goldens/make_operation_goldens.py",
        "versions": versions,
        "operations": [*layers(), *space(), *normalization(), *elements(), *rest()],
        "updates": list(updates()),
    }
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    lines = [f'"{key}": {json.dumps(document[key])}' for key in ("made by", "versions")]
    for key in ("operations", "updates"):
        cases = ",\n".join(json.dumps(case, separators=(",", ":")) for case in document[key])
        lines.append(f'"{key}": [\n{cases}\n]')
    output.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(output.name, output.stat().st_size, "bytes,", len(document["operations"]), "operations")


main()
