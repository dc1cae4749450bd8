#!/usr/bin/env python3
"""Measures how often `hourglass match` takes an item that is not in the database for one that is.

    Scripts/measure_false_accepts.py PROGRAM DATA [images] [tables] [--sizes 30 100 200] [--seeds 1 2 3]

PROGRAM is the built executable. DATA holds photos/*.png and tables/*.csv. For each size and seed, so many items
are stored by `match add`; 75 others, and a copy of each stored item with Gaussian noise, are asked for by
`match find --false-accepts RATE`, at the rates .01, .05 and .1. A size that has too few items for a rate must say
so and is counted as refused. Prints a row for each size and rate: the share of others that were accepted, with
its count, the 99 % bound of a binomial variable with the rate that was asked for, and the share of copies that
were found and accepted. Needs numpy, pandas and pillow.
"""

import argparse
import glob
import json
import math
import os
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
from PIL import Image

RATES = (0.01, 0.05, 0.1)
OTHERS = 75


def run(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True)


def upper_bound(count, rate, level=0.99):
    """The number of successes that a binomial variable stays at or below with this probability."""
    term = total = (1 - rate) ** count
    k = 0
    while total < level:
        term *= (count - k) / (k + 1) * rate / (1 - rate)
        total += term
        k += 1
    return k


def photographs(data, folder, size, seed):
    files = sorted(glob.glob(os.path.join(data, "photos", "*.png")))
    random = np.random.default_rng(seed)
    chosen = [files[i] for i in random.permutation(len(files))[: size + OTHERS]]
    paths = {}
    for part in ("stored", "copies", "others"):
        paths[part] = os.path.join(folder, part)
        os.makedirs(paths[part])
    for number, file in enumerate(chosen):
        image = np.asarray(Image.open(file).convert("RGB"))
        name = os.path.basename(file)
        if number >= size:
            Image.fromarray(image).save(os.path.join(paths["others"], name))
            continue
        Image.fromarray(image).save(os.path.join(paths["stored"], name))
        noisy = image + random.normal(0, 0.05 * 255, image.shape)
        Image.fromarray(noisy.clip(0, 255).astype("uint8")).save(os.path.join(paths["copies"], name))
    return paths


def rows(data, folder, size, seed):
    table = pd.read_csv(os.path.join(data, "tables", "winequality-white.csv"))
    table = table.drop_duplicates().sample(size + OTHERS, random_state=seed)
    numbers = table.select_dtypes("number")
    random = np.random.default_rng(seed)
    noise = random.normal(0, 0.05, numbers.shape) * numbers.std().to_numpy()
    paths = {part: os.path.join(folder, part + ".csv") for part in ("stored", "copies", "others")}
    numbers[:size].to_csv(paths["stored"], index=False)
    (numbers + noise)[:size].to_csv(paths["copies"], index=False)
    numbers[size:].to_csv(paths["others"], index=False)
    return paths


def is_right(answer):
    """Whether the nearest item is the one that was copied: of the same file name, or the same row number."""
    own, nearest = (name.replace(":", "/").split("/")[-1] for name in (answer["query"], answer["matches"][0]["name"]))
    return own == nearest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("data")
    parser.add_argument("kinds", nargs="*", default=["images", "tables"])
    parser.add_argument("--sizes", type=int, nargs="+", default=[30, 100, 200])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--epochs")
    options = parser.parse_args()
    if not os.path.isdir(options.data):
        sys.exit(f"measure_false_accepts.py: there is no folder {options.data}")
    print(f"{'kind':8} {'stored':>6} {'asked':>6} {'accepted':>9} {'of':>5} {'99% bound':>9} {'found':>6} {'right':>6} refused")
    for kind in options.kinds:
        for size in options.sizes:
            totals = {rate: dict(accepted=0, others=0, found=0, copies=0, refused=0) for rate in RATES}
            right = copies = 0
            for seed in options.seeds:
                with tempfile.TemporaryDirectory() as folder:
                    paths = (photographs if kind == "images" else rows)(options.data, folder, size, seed)
                    database = os.path.join(folder, "items.db")
                    more = ["--epochs", options.epochs] if options.epochs else []
                    added = run(options.program, "match", "add", "--database", database, paths["stored"], "--seed", str(seed), "--quiet", *more)
                    if added.returncode:
                        sys.exit(f"measure_false_accepts.py: {added.stderr}")
                    for rate in RATES:
                        total = totals[rate]
                        answers = {}
                        for part in ("others", "copies"):
                            found = run(options.program, "match", "find", "--database", database, paths[part], "--false-accepts", str(rate), "--json")
                            answers[part] = json.loads(found.stdout)["answers"] if found.returncode == 0 else None
                        if answers["others"] is None:
                            total["refused"] += 1
                            continue
                        total["others"] += len(answers["others"])
                        total["accepted"] += sum(a["isInDatabase"] for a in answers["others"])
                        total["copies"] += len(answers["copies"])
                        total["found"] += sum(a["isInDatabase"] and is_right(a) for a in answers["copies"])
                    found = run(options.program, "match", "find", "--database", database, paths["copies"], "--json")
                    answers = json.loads(found.stdout)["answers"]
                    right += sum(is_right(a) for a in answers)
                    copies += len(answers)
            for rate, total in totals.items():
                line = f"{kind:8} {size:6} {rate:6.2f} "
                if total["others"]:
                    bound = upper_bound(total["others"], rate)
                    line += f"{total['accepted'] / total['others']:9.3f} {total['others']:5} {bound / total['others']:9.3f} {total['found'] / total['copies']:6.3f}"
                else:
                    line += f"{'-':>9} {0:5} {'-':>9} {'-':>6}"
                print(f"{line} {right / copies:6.3f} {total['refused']} of {len(options.seeds)}", flush=True)


if __name__ == "__main__":
    main()
