#!/usr/bin/env python3
"""Makes the files in Tests/ModelFilesTests/Goldens with the Python package safetensors.

The tests of ModelFiles read them and compare with the numbers below, which they repeat. Run it from
the root of the repository, with `pip install safetensors numpy`; it prints the versions it used.
"""

import platform
from pathlib import Path

import numpy
import safetensors
from safetensors.numpy import save_file

folder = Path("Tests/ModelFilesTests/Goldens")

# One element type, one metadata key: our writer must give the same bytes.
save_file(
    {
        "encoder.0.weight": numpy.arange(6, dtype=numpy.float32).reshape(2, 3) / 4,
        "encoder.0.bias": numpy.array([-1.5, 3e-39], dtype=numpy.float32),
        "decoder.0.weight": numpy.array([[[1e30]]], dtype=numpy.float32),
    },
    folder / "single-precision.safetensors",
    metadata={"format": "np"},
)

# Every element type that is read, but bfloat16.
save_file(
    {
        "bool": numpy.array([True, False, True]),
        "u8": numpy.array([0, 7, 255], dtype=numpy.uint8),
        "i8": numpy.array([-128, 0, 127], dtype=numpy.int8),
        "u16": numpy.array([0, 65535], dtype=numpy.uint16),
        "i16": numpy.array([-32768, 32767], dtype=numpy.int16),
        "f16": numpy.array(
            [1.5, -0.0, 65504, 6e-8, 6.1e-5, numpy.inf, -numpy.inf, numpy.nan], dtype=numpy.float16
        ),
        "u32": numpy.array([0, 4294967040], dtype=numpy.uint32),
        "i32": numpy.array([-16777216, 5], dtype=numpy.int32),
        "f32": numpy.array([0.1, -numpy.inf], dtype=numpy.float32),
        "f64": numpy.array([0.1, 1e-300, numpy.inf], dtype=numpy.float64),
        "i64": numpy.array([-(2**40), 2**24], dtype=numpy.int64),
        "u64": numpy.array([2**63], dtype=numpy.uint64),
    },
    folder / "element-types.safetensors",
)

# Bfloat16, which numpy does not have, from its bits: 1.0, -2.5, infinity.
bits = numpy.array([0x3F80, 0xC020, 0x7F80], dtype=numpy.uint16)
specification = safetensors.TensorSpec(
    dtype="bfloat16", shape=bits.shape, data_ptr=bits.ctypes.data, data_len=bits.nbytes
)
(folder / "bfloat16.safetensors").write_bytes(
    bytes(safetensors.serialize({"bf16": specification}))
)

# Shapes and names at the edge: a scalar, tensors without elements, names that JSON must escape.
save_file(
    {
        "scalar": numpy.array(7, dtype=numpy.float32),
        "empty": numpy.zeros((2, 0, 3), dtype=numpy.float32),
        "another empty": numpy.zeros((0,), dtype=numpy.float32),
        'quote " backslash \\ line\n': numpy.array([1], dtype=numpy.float32),
        "größe 🕰": numpy.array([2], dtype=numpy.float32),
    },
    folder / "edges.safetensors",
    metadata={"note": 'a "quoted"\ttext \u0001 and ü'},
)

# No tensors at all.
save_file({}, folder / "none.safetensors")

print(
    f"Python {platform.python_version()}, safetensors {safetensors.__version__}, "
    f"numpy {numpy.__version__}"
)
