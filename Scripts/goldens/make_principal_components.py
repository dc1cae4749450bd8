#!/usr/bin/env python3
"""Makes Tests/TestSupport/Goldens/principal_components.json with scikit-learn.

usage: make_principal_components.py [OUTPUT]        (needs numpy and scikit-learn)

Nothing is random. A generator s' = 6364136223846793005 s + 1442695040888963407 (mod 2^64), s = 1 at the start of each
case, gives numbers (s' >> 40) 2^-23 - 1 in [-1, 1). A case of R rows, W values and F factors takes from it, in this
order: weights [F, W]; then row by row F scores and W numbers of noise. Factor f counts (F - f) times. A value is
    sum over f of (F - f) score[f] weight[f, column] + 0.1 noise + column / W,
summed in this order in double precision and rounded to single. The first R - 10 rows are trained on, the last 10
evaluator. The case "report" is a table whose third column is 7 throughout; it is standardized on its first 9 rows, the
other 10 evaluator.
"""
import json
import pathlib
import sys

import numpy
import sklearn
from sklearn.decomposition import PCA

DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "Tests/TestSupport/Goldens/principal_components.json"
CASES = {  # rows, values, factors, components
    "table": (70, 6, 3, 3),
    "all directions": (40, 4, 2, 4),
    "more values than rows": (30, 200, 5, 4),
    "images": (1510, 400, 6, 4),
    "large images": (50, 2500, 3, 2),
}


def numbers():
    state = 1
    while True:
        state = (6364136223846793005 * state + 1442695040888963407) % 2**64
        yield (state >> 40) * 2.0**-23 - 1.0


def rows(count, width, factors):
    source = numbers()
    weights = [[next(source) for _ in range(width)] for _ in range(factors)]
    result = numpy.zeros((count, width))
    for row in range(count):
        scores = [next(source) for _ in range(factors)]
        for column in range(width):
            value = 0.0
            for f in range(factors):
                value += (factors - f) * scores[f] * weights[f][column]
            result[row, column] = value + 0.1 * next(source) + column / width
    return result.astype(numpy.float32).astype(numpy.float64)


def case(name, count, width, factors, components):
    data = rows(count, width, factors)
    learned, new = data[:-10], data[-10:]
    pca = PCA(components, svd_solver="full").fit(learned)
    reconstructed = pca.inverse_transform(pca.transform(new))
    vectors = pca.components_
    largest = numpy.abs(vectors).argmax(axis=1)
    vectors = vectors * numpy.sign(vectors[numpy.arange(components), largest])[:, None]
    return {
        "name": name,
        "rows": count,
        "values": width,
        "factors": factors,
        "components": components,
        "variances": pca.explained_variance_.tolist(),
        "ratios": pca.explained_variance_ratio_.tolist(),
        "means": pca.mean_[:8].tolist(),
        "starts": [vector[:8].tolist() for vector in vectors],
        "errorPerRow": float(((new - reconstructed) ** 2).sum(axis=1).mean()),
    }


def report():
    data = rows(19, 4, 2)
    data = numpy.insert(data, 2, 7.0, axis=1)
    learned, new = data[:9], data[9:]
    mean, deviation = learned.mean(axis=0), learned.std(axis=0)
    factor = numpy.array([1 / d if d > 0 else 0 for d in deviation])
    learned, new = (learned - mean) * factor, (new - mean) * factor
    pca = PCA(2, svd_solver="full").fit(learned)
    reconstructed = pca.inverse_transform(pca.transform(new))
    lost, whole = ((new - reconstructed) ** 2).sum(axis=1).mean(), (new**2).sum(axis=1).mean()
    return {
        "principalComponents": {"errorPerValue": lost / 4, "errorPerRow": lost, "varianceKept": 1 - lost / whole},
        "columnMeans": {"errorPerValue": whole / 4, "errorPerRow": whole, "varianceKept": 0.0},
    }


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    golden = {
        "versions": f"Python {sys.version.split()[0]}, numpy {numpy.__version__}, scikit-learn {sklearn.__version__}",
        "cases": [case(name, *shape) for name, shape in CASES.items()],
        "report": report(),
    }
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(golden, indent=1) + "\n")


main()
