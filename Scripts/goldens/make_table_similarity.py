#!/usr/bin/env python3
"""Writes Tests/TestSupport/Goldens/table_similarity.json: two small tables and how alike
SDMetrics finds them.

    python3 Scripts/goldens/make_table_similarity.py Tests/TestSupport/Goldens

Needs numpy, pandas and sdmetrics (made with 0.32.0).
"""

import json
import os
import sys

import numpy
import pandas
import sdmetrics
from sdmetrics.column_pairs import ContingencySimilarity, CorrelationSimilarity
from sdmetrics.single_column import KSComplement, TVComplement


def table(generator, count, slope, share):
    x = generator.normal(size=count).round(3)
    y = (slope * x + generator.normal(size=count)).round(2)
    hue = numpy.where(generator.uniform(size=count) < share, "red", "blue")
    hue = numpy.where(x > 1, "green", hue)
    size = numpy.where(y > 0, "large", "small")
    return pandas.DataFrame({"x": x, "y": y, "hue": hue, "size": size})


def main():
    folder = sys.argv[1]
    generator = numpy.random.default_rng(5)
    real = table(generator, 60, 1.5, 0.7)
    synthetic = table(generator, 45, 0.3, 0.4)
    numbers = ["x", "y"]
    columns = {
        name: (KSComplement if name in numbers else TVComplement).compute(
            real[name], synthetic[name]
        )
        for name in real.columns
    }
    pairs = {}
    names = list(real.columns)
    for index, first in enumerate(names):
        for second in names[index + 1 :]:
            own, other = real[[first, second]].copy(), synthetic[[first, second]].copy()
            if first in numbers and second in numbers:
                score = CorrelationSimilarity.compute(own, other)
            else:
                continuous = [name for name in (first, second) if name in numbers]
                score = ContingencySimilarity.compute(
                    own, other, continuous_column_names=continuous or None
                )
            pairs[f"{first} {second}"] = score
    result = {
        "made with": f"sdmetrics {sdmetrics.__version__}, numpy {numpy.__version__}",
        "real": real.to_dict(orient="list"),
        "synthetic": synthetic.to_dict(orient="list"),
        "columns": {name: float(score) for name, score in columns.items()},
        "pairs": {name: float(score) for name, score in pairs.items()},
    }
    with open(os.path.join(folder, "table_similarity.json"), "w") as file:
        json.dump(result, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
