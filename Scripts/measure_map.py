#!/usr/bin/env python3
"""Measures a map of images by `hourglass reduce`: neighbours, classes and restoration, on new images.

Learns two numbers from the first 20,000 training images of a folder of IDX files and gives those of the
first 5,000 test images. Prints, beside the options that were given:

    knn10     the share of test images whose class a vote of the 10 nearest training codes tells
    trust15   the trustworthiness of the test codes at 15 neighbours
    error     the squared error of a pixel of the test images
    seconds   those of learning, the search for neighbours counted

    python3 Scripts/measure_map.py ../shared/data/fashion-mnist [--options --preserve neighbours]

It needs numpy and scikit-learn.
"""

import argparse
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.neighbors import KNeighborsClassifier


def numbers(path, count):
    with gzip.open(path) as file:
        data = file.read()
    shape = [int.from_bytes(data[4 + 4 * place : 8 + 4 * place], "big") for place in range(data[3])]
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)
    return values[:count]


def run(command):
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr.strip())
    return json.loads(result.stdout)


def codes(path):
    return np.loadtxt(path, delimiter=",", skiprows=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--program", default=".build/testing/release/hourglass")
    parser.add_argument("--train", default=20_000, type=int)
    parser.add_argument("--test", default=5_000, type=int)
    parser.add_argument("--options", nargs=argparse.REMAINDER, default=[])
    options = parser.parse_args()
    train, test = (options.data / f"{part}-images-idx3-ubyte.gz" for part in ("train", "t10k"))
    labels = [
        numbers(options.data / f"{part}-labels-idx1-ubyte.gz", count)
        for part, count in (("train", options.train), ("t10k", options.test))
    ]
    images = numbers(test, options.test).reshape(options.test, -1).astype(np.float32) / 255
    with tempfile.TemporaryDirectory() as folder:
        model, learnt, new = (f"{folder}/{name}" for name in ("m.hourglass", "learnt.csv", "new.csv"))
        verb = [options.program, "reduce", "--json", "--quiet"]
        first = run(
            [*verb, str(train), "--first", str(options.train), "--save", model, "-o", learnt]
            + options.options
        )
        second = run(
            [*verb, str(test), "--first", str(options.test), "--model", model, "-o", new]
        )
        near = KNeighborsClassifier(10).fit(codes(learnt), labels[0])
        print(
            json.dumps(
                {
                    "options": " ".join(options.options),
                    "knn10": round(near.score(codes(new), labels[1]), 4),
                    "trust15": round(trustworthiness(images, codes(new), n_neighbors=15), 4),
                    "error": round(second["given"]["autoencoder"]["errorPerValue"], 5),
                    "seconds": round(first["seconds"]["learning"], 1),
                    "epochs": first["learning"]["epochs"],
                }
            )
        )


if __name__ == "__main__":
    main()
