#!/usr/bin/env python3
"""Makes Benchmarks/Tests/Goldens/protocols.json with NumPy and scikit-learn.

usage: make_protocols.py [OUTPUT]        (needs numpy and scikit-learn)

What benchmarks of quality measure by: random numbers of numpy.random.default_rng, the trustworthiness of codes, and
the class by ten neighbors and by logistic regression.
"""
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import trustworthiness
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "Benchmarks/Tests/Goldens/protocols.json"


def generators():
    cases = []
    for seed in (0, 7, 2**40 + 3):
        generator = np.random.default_rng(seed)
        uniforms = generator.random(3).tolist()
        cases.append({"seed": seed, "uniforms": uniforms, "order": generator.permutation(50).tolist(),
                      "after": generator.random(), "small": np.random.default_rng(seed).permutation(2).tolist()})
    return cases


def codes():
    generator = np.random.default_rng(5)
    classes = generator.integers(0, 3, 240)
    items = (generator.normal(size=(240, 6)) + 1.2 * np.eye(6)[classes]).astype(np.float32)
    codes = (items @ generator.normal(size=(6, 2))).astype(np.float32)
    learned, new = slice(0, 160), slice(160, 240)
    regression = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    return {
        "items": np.round(items, 5).tolist(), "codes": np.round(codes, 5).tolist(), "classes": classes.tolist(),
        "trustworthiness": trustworthiness(np.round(items, 5), np.round(codes, 5), n_neighbors=15),
        "neighbors": KNeighborsClassifier(10).fit(np.round(codes, 5)[learned], classes[learned])
        .score(np.round(codes, 5)[new], classes[new]),
        "regression": regression.fit(np.round(items, 5)[learned], classes[learned])
        .score(np.round(items, 5)[new], classes[new]),
    }


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    goldens = {"madeWith": f"numpy {np.__version__}, scikit-learn {sklearn.__version__}",
               "generators": generators(), "codes": codes()}
    output.write_text(json.dumps(goldens) + "\n")


if __name__ == "__main__":
    main()
