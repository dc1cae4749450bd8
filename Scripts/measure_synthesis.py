#!/usr/bin/env python3
"""Measures generated tables and images by others' definitions.

    python3 Scripts/measure_synthesis.py PROGRAM DATA-FOLDER [--minutes 5] [--first N] [--work FOLDER]

PROGRAM is the built `hourglass`. DATA-FOLDER holds `tables/adult-train.csv` and
`tables/adult-test.csv` (UCI Adult) and `mnist/` with the four IDX files of MNIST, plain or .gz; what
is not there is skipped, and said. Tables are scored with the quality report of SDMetrics, against
the rows trained on (as the papers do) and against the test rows; a boosted tree is trained on
generated rows and tested on real ones. Needs pandas, scikit-learn and sdmetrics.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile


def run(program, arguments):
    """Runs the program with --json and gives back what it printed."""
    command = [program, *arguments, "--json", "--quiet"]
    print("$", " ".join(command), flush=True)
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"error: the program ended with exit code {result.returncode}")
    return json.loads(result.stdout)


def missing_packages():
    absent = []
    for name, package in [
        ("pandas", "pandas"), ("sklearn", "scikit-learn"), ("sdmetrics", "sdmetrics"),
    ]:
        try:
            __import__(name)
        except ImportError:
            absent.append(package)
    return absent


def quality(real, synthetic):
    """Column shapes and pair trends of SDMetrics, in percent less the percent."""
    from sdmetrics.reports.single_table import QualityReport

    columns = {}
    for name in real.columns:
        numeric = real[name].dtype.kind in "iuf"
        columns[name] = {"sdtype": "numerical" if numeric else "categorical"}
    report = QualityReport()
    report.generate(real, synthetic, {"columns": columns}, verbose=False)
    scores = report.get_properties().set_index("Property")["Score"]
    return scores["Column Shapes"], scores["Column Pair Trends"]


def utility(train, test, target):
    """F1 of the rarer class and AUROC of boosted trees."""
    import pandas
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import f1_score, roc_auc_score

    def encoded(rows):
        features = rows.drop(columns=[target])
        for name in features.columns:
            if features[name].dtype.kind not in "iuf":
                levels = sorted(test[name].dropna().unique())
                codes = pandas.Categorical(features[name], categories=levels).codes
                features[name] = pandas.Series(codes, index=features.index).replace(-1, None)
        return features.astype(float)

    rare = test[target].value_counts().index[-1]
    model = HistGradientBoostingClassifier(random_state=0)
    model.fit(encoded(train), train[target] == rare)
    truth = test[target] == rare
    chance = model.predict_proba(encoded(test))[:, 1]
    return f1_score(truth, chance >= 0.5), roc_auc_score(truth, chance)


def measure_table(arguments, work):
    paths = [os.path.join(arguments.data, "tables", f"adult-{part}.csv") for part in ("train", "test")]
    for path in paths:
        if not os.path.exists(path):
            print(f"skipped the table: {path} is not there")
            return
    absent = missing_packages()
    if absent:
        print(f"skipped the table: install {', '.join(absent)} from PyPI")
        return
    import pandas

    frames = [pandas.read_csv(path, skipinitialspace=True) for path in paths]
    train, test = frames if not arguments.first else [frame[: arguments.first] for frame in frames]
    target = train.columns[-1]
    test = test.copy()
    test[target] = test[target].str.rstrip(".")
    output = os.path.join(work, "generated.csv")
    command = ["generate", "--learn-from", paths[0], "--count", str(len(train)), "-o", output]
    command += ["--minutes", str(arguments.minutes), *arguments.options.split()]
    if arguments.first:
        command += ["--first", str(arguments.first)]
    outcome = run(arguments.program, command)
    made = pandas.read_csv(output, skipinitialspace=True)
    for name, rows in [("generated", made), ("columns on their own", train.apply(
            lambda column: column.sample(frac=1, random_state=0).to_numpy()))]:
        for against, real in [("the rows trained on", train), ("the test rows", test)]:
            shapes, trends = quality(real, rows)
            print(f"{name:22} against {against:21} shapes {shapes:.4f}  pair trends {trends:.4f}")
    for name, rows in [("generated", made), ("real", train)]:
        score, area = utility(rows, test, target)
        print(f"boosted trees trained on {name:10} rows, tested on real ones: F1 {score:.4f}  AUROC {area:.4f}")
    print("the program's own evaluation:", json.dumps(outcome["evaluation"]["tables"], indent=1))
    print("seconds:", outcome["seconds"])


def measure_images(arguments, work):
    folder = os.path.join(arguments.data, "mnist")
    found = {}
    for part in ("train-images-idx3-ubyte", "t10k-images-idx3-ubyte"):
        for name in (part, part + ".gz"):
            path = os.path.join(folder, name)
            if os.path.exists(path):
                found[part] = path
        if part not in found:
            print(f"skipped the images: {os.path.join(folder, part)}[.gz] is not there")
            return
    train, test = found.values()
    command = ["generate", "--learn-from", train, "--evaluate-on", test, "--count", "100"]
    command += ["--minutes", str(arguments.minutes), "-o", os.path.join(work, "grid.png")]
    outcome = run(arguments.program, command)
    tables = outcome["evaluationOfData"]["tables"]
    bounds = {row["name"]: row["values"]["ELBO"] for row in tables[0]["methods"]}
    active = tables[-1]["methods"][0]["values"]["active units"]
    print(f"ELBO of test images {bounds['autoencoder']:.2f} nats, "
          f"independent pixels {bounds['independent pixels']:.2f}, "
          f"{active:.0f} active units of {outcome['latent']}")
    print("seconds:", outcome["seconds"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--first", type=int, help="only the first rows of the table")
    parser.add_argument("--only", choices=["table", "images"])
    parser.add_argument("--options", default="", help="more options of the program for the table")
    parser.add_argument("--work", help="where generated files stay")
    arguments = parser.parse_args()
    if not os.path.exists(arguments.program):
        sys.exit(f"error: there is no program at {arguments.program}; build it first")
    if not os.path.isdir(arguments.data):
        sys.exit(f"error: there is no folder of data at {arguments.data}")
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or temporary
        if arguments.only != "images":
            measure_table(arguments, work)
        if arguments.only != "table":
            measure_images(arguments, work)


if __name__ == "__main__":
    main()
