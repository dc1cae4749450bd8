#!/usr/bin/env python3
"""Measures `hourglass reduce` beside PCA of the same size on a folder of data.

For each table of 1,000 rows or more, and for Fashion-MNIST and CIFAR-10 where they are, it runs the
verb with default settings and prints the errors on held-out items, of the autoencoder and of PCA.

    python3 Scripts/measure_reduction.py --data ../shared/data [--dimensions 8] [--only NAME]
"""

import argparse
import json
import pathlib
import subprocess
import sys


def cases(folder):
    for path in sorted((folder / "tables").glob("*.csv")):
        with open(path, errors="replace") as file:
            if sum(1 for _ in file) > 1000:
                yield path.stem, [str(path)]
    for name in ["fashion-mnist", "cifar10"]:
        place = folder / name
        images = sorted(place.glob("train-images*")) + sorted(place.glob("data_batch_1*"))
        if images:
            yield name, [str(images[0])]
        elif place.exists():
            yield name, [str(place)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="../shared/data", type=pathlib.Path)
    parser.add_argument("--program", default=".build/testing/release/hourglass")
    parser.add_argument("--dimensions", default="8")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--more", nargs=argparse.REMAINDER, default=[])
    options = parser.parse_args()
    if not options.data.exists():
        sys.exit(f"{options.data} is not there: give the folder of data with --data")
    print("data                values  items evaluated  autoencoder  PCA       difference  seconds")
    worse = 0
    for name, files in cases(options.data):
        if options.only and name not in options.only:
            continue
        command = [options.program, "reduce", *files, "--dimensions", options.dimensions]
        command += ["--json", "--quiet", "--threads", "2", *options.more]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            print(f"{name:18}  {run.stderr.strip()}")
            worse += 1
            continue
        result = json.loads(run.stdout)
        evaluation = result["evaluation"]
        errors = {row["name"]: row["values"]["MSE"] for row in evaluation["tables"][0]["methods"]}
        own, classical = errors["autoencoder"], errors["PCA"]
        difference = "-" if classical < 1e-9 else f"{100 * (own / classical - 1):+.1f} %"
        worse += own > classical > 1e-9
        print(
            f"{name:18}  {result['values']:6}  {evaluation['itemCount']:12}  {own:11.5f}  "
            f"{classical:8.5f}  {difference:>10}  {result['seconds']['learning']:7.1f}",
            flush=True,
        )
    sys.exit(1 if worse else 0)


if __name__ == "__main__":
    main()
