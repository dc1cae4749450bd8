"""Makes the small files that the tests of the datasets read: Tests/TestSupport/Goldens/.

Made with Python 3.11.7, NumPy 2.4.6 and zlib 1.2.13. Run it from the root of the repository:

    python3 Scripts/goldens/datasets.py
"""

import csv
import gzip
import io
import math
import random
import struct
from fractions import Fraction
from pathlib import Path

import numpy

FOLDER = Path("Tests/TestSupport/Goldens")
IDX_TYPES = {"u1": 0x08, "i1": 0x09, ">i2": 0x0B, ">i4": 0x0C, ">f4": 0x0D, ">f8": 0x0E}


def write(name, data):
    (FOLDER / name).write_bytes(data)


def idx(array):
    code = IDX_TYPES[array.dtype.str.lstrip("|")]
    header = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


def compressed(data):
    return gzip.compress(data, mtime=0)


def images():
    """Value k of item i is 7 i + k - 3 (mod 256 for bytes), in every type."""
    numbers = (7 * numpy.arange(5)[:, None] + numpy.arange(6)[None, :] - 3).reshape(5, 2, 3)
    for name, code in {"u8": "u1", "i8": "i1", "i16": ">i2", "i32": ">i4"}.items():
        write(f"{name}.idx", idx(numbers.astype(code)))
    write("f32.idx", idx((numbers / 4).astype(">f4")))
    write("f64.idx", idx((numbers / 4).astype(">f8")))
    bytes_of_images = idx(numbers.astype("u1"))
    write("u8-gzip.bin", compressed(bytes_of_images))
    # Three members, as of files that were joined by cat, and the padding of a tape.
    parts = [bytes_of_images[:5], bytes_of_images[5:30], bytes_of_images[30:]]
    write("u8-members.gz", b"".join(map(compressed, parts)) + bytes(9))
    write("color.idx", idx(numpy.arange(24, dtype="u1").reshape(2, 3, 2, 2)))
    write("rows.idx", idx(numpy.arange(12, dtype=">f4").reshape(4, 3)))
    write("labels.idx.gz", compressed(idx(numpy.array([3, 1, 4, 1, 5], dtype="u1"))))


def tables():
    header = ["plain", "with, comma", 'with "quotes"', "two\nlines"]
    rows = [[1, 2.5, -3e-5, 0.1], [4, 5.25, 6e7, 1 / 3], [-7, 0, 1e-40, 16777217]]
    for name, settings in {
        "excel.csv": {"dialect": "excel"},
        "quoted.csv": {"dialect": "excel", "quoting": csv.QUOTE_ALL},
        "unix.csv": {"dialect": "unix"},
        "tabs.tsv": {"dialect": "excel-tab"},
        "semicolons.csv": {"dialect": "excel", "delimiter": ";"},
    }.items():
        text = io.StringIO(newline="")
        writer = csv.writer(text, **settings)
        writer.writerow(header)
        writer.writerows(rows)
        write(name, text.getvalue().encode())
    text = (FOLDER / "excel.csv").read_bytes()
    write("excel-bom.csv", b"\xef\xbb\xbf" + text)
    write("excel-gzip.csv", compressed(text))
    # A million bytes in a thousand: the tests join many of these.
    write("blank-lines.gz", compressed(b"\n" * (1 << 20)))
    write("zeros.gz", compressed(bytes(1 << 20)))
    write("numbers.gz", compressed(b"0\n" * (1 << 19)))


def decimals():
    """Texts of numbers, and the bits of the double that each rounds to."""
    generator = random.Random(8)
    texts = ["0", "-0", "1", "+1.5", ".5", "5.", "-.25e1", "5e-324", "2e-324", "3e-324", "1e-400"]
    texts += ["1.7976931348623157e308", "1.7976931348623158e308", "2.2250738585072014e-308"]
    texts += ["9007199254740993", "9007199254740995", "9007199254740993.0000000000000000001"]
    texts += ["0.1", "1e22", "1e23", "123456789012345678901234567890", "1234567890123456.75"]
    texts += ["0.000000000000000000000000000000000012345678901"]
    texts += ["100000000000000000000000e-23", "1" + "0" * 400 + "e-400"]
    texts += ["0." + "0" * 400 + "1e401", "9" * 19, "9" * 20, "18446744073709551616"]
    for _ in range(120):
        # Halfway between two doubles, exactly and next to it.
        number = generator.choice([1, 10, 1e3, 1e6]) * generator.random()
        low, high = Fraction(number), Fraction(math.nextafter(number, math.inf))
        middle = (low + high) / 2
        shift = 0
        while middle.denominator > 1:
            middle, shift = middle * 10, shift + 1
        texts += [f"{middle}e-{shift}", f"{middle}1e-{shift + 1}", f"{middle - 1}9e-{shift + 1}"]
    for _ in range(400):
        digits = "".join(generator.choice("0123456789") for _ in range(generator.randint(1, 25)))
        point = generator.randint(0, len(digits))
        power = generator.choice(["", f"e{generator.randint(-50, 38)}"])
        texts.append(f"{digits[:point]}.{digits[point:]}{power}")
    # Python rounds to the nearest double, to the even one where two are as near.
    lines = [f"{text} {struct.pack('>d', float(text)).hex()}" for text in texts]
    write("decimals.txt", ("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    images()
    tables()
    decimals()
