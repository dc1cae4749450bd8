#!/usr/bin/env python3
"""Makes Tests/ApplicationsTests/Goldens/protocols.json with NumPy and scikit-learn.

usage: make_protocols.py [OUTPUT]        (needs numpy and scikit-learn)

What protocol cards measure by: random numbers of numpy.random.default_rng, the trustworthiness of codes, the class
by ten neighbours and by logistic regression, and gradient boosting of trees on a table of numbers and levels, some
cells of which are missing.
"""
import json
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import trustworthiness
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "Tests/ApplicationsTests/Goldens/protocols.json"


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
        "neighbours": KNeighborsClassifier(10).fit(np.round(codes, 5)[learned], classes[learned])
        .score(np.round(codes, 5)[new], classes[new]),
        "regression": regression.fit(np.round(items, 5)[learned], classes[learned])
        .score(np.round(items, 5)[new], classes[new]),
    }


def trees():
    generator = np.random.default_rng(9)
    count = 900
    first, second = generator.normal(size=count), generator.integers(0, 12, count).astype(float)
    level = generator.integers(0, 4, count)
    score = np.where(first > 0.3, 1.5, -1) + np.where((level == 2) | (second > 8), 1.2, -0.5)
    truth = generator.random(count) < 1 / (1 + np.exp(-2 * score))
    first[generator.random(count) < 0.1] = np.nan
    table = np.column_stack([np.round(first, 4), second, level])
    model = HistGradientBoostingClassifier(random_state=0, early_stopping=False)
    model.fit(table[:600], truth[:600])
    chances = model.predict_proba(table[600:])[:, 1]
    return {
        "first": [None if np.isnan(x) else x for x in table[:, 0].tolist()], "second": second.tolist(),
        "level": level.tolist(), "truth": truth.tolist(), "chances": np.round(chances, 5).tolist(),
        "areaUnderROC": roc_auc_score(truth[600:], chances),
    }


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    goldens = {"madeWith": f"numpy {np.__version__}, scikit-learn {sklearn.__version__}",
               "generators": generators(), "codes": codes(), "trees": trees()}
    output.write_text(json.dumps(goldens) + "\n")


if __name__ == "__main__":
    main()
