#!/usr/bin/env python3
"""Measures `hourglass impute` on numeric tables, beside column means and, where scikit-learn is
installed, its KNNImputer and IterativeImputer; with --cells on all columns, and its intervals.

usage: measure_imputation.py PROGRAM FOLDER-OR-CSV... [--rate 0.2] [--rows 4000] [--only NAME ...]
                             [--threads 2] [--peers] [--original] [--cells [--epochs N]]

Protocol (Yoon, Jordon, van der Schaar, 2018, "GAIN", arXiv:1806.02920, section 5): the numeric columns
of each file, rows with missing cells left out, at most --rows rows; each column scaled to [0, 1] over
the whole file; cells deleted completely at random with numpy's generator of seed 0; the root of the
mean squared error over the deleted cells. The program runs with its default settings on a CSV file of
what is left; every column is declared as numbers. The scaled numbers have no grid, so that nothing is
rounded; with --original the file holds the numbers as they were, and the program rounds to their grid.

With --cells cells of all columns are deleted, and the program decides what they are. Printed are the share of
deleted cells of categories that are filled right, beside the most frequent level of each column and the most
frequent one among the 5 nearest rows (of the distance of Gower, doi:10.2307/2528823, over the cells that both
have), and the share of deleted cells that the 90 % intervals hold, of numbers and of categories, with the least
and the greatest share over columns of 50 deleted cells or more. A set of levels has at least one, so that columns
of which the most probable level is right more often than 90 % hold more; the last number is that of the others.

With --peers the last line has the mean rank of each over the tables, 1 for the least error. Without
scikit-learn only the column mean stands beside the result, and a line says so.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings

try:
    import numpy as np
except ImportError:
    sys.exit("measure_imputation.py needs numpy: pip install numpy")

warnings.filterwarnings("ignore")


def peers(asked):
    """The imputers of scikit-learn by name; none where they were not asked for or are missing."""
    if not asked:
        return {}
    try:
        from sklearn.experimental import enable_iterative_imputer  # noqa: F401
        from sklearn.ensemble import RandomForestRegressor
        from sklearn.impute import IterativeImputer, KNNImputer
    except ImportError:
        print("scikit-learn is not installed: no kNN and MICE to compare with", file=sys.stderr)
        return {}
    return {
        "kNN": lambda: KNNImputer(n_neighbors=10, weights="distance"),
        "MICE": lambda: IterativeImputer(max_iter=10, random_state=0),
        # Random forests in turn, as missForest has it (doi:10.1093/bioinformatics/btr597): minutes a table.
        "forests": lambda: IterativeImputer(
            RandomForestRegressor(50, n_jobs=2, random_state=0, max_depth=20),
            max_iter=4, random_state=0, tol=1e-2),
    }


def cells(path, limit):
    """The names and the texts of all cells."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        sample = file.read(65536)
        file.seek(0)
        separator = max(",;\t", key=sample.split("\n")[0].count)
        rows = [row for row in csv.reader(file, delimiter=separator) if row]
    return rows[0], [row for row in rows[1:] if len(row) == len(rows[0])][:limit]


def numbers(path, limit):
    """The names and values of the columns of numbers, without rows that lack a cell."""
    names, rows = cells(path, None)
    missing = {"", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "null", "NULL", "None", "?"}

    def value(text):
        text = text.strip()
        if text in missing:
            return float("nan")
        return float(text)

    columns = {}
    for index, name in enumerate(names):
        try:
            columns[name] = [value(row[index]) for row in rows]
        except (ValueError, IndexError):
            continue
    if not columns:
        return [], np.zeros((0, 0))
    values = np.array(list(columns.values())).T
    return list(columns), values[~np.isnan(values).any(axis=1)][:limit]


def filled_by_program(program, names, values, deleted, threads):
    """What the program makes of a table without the deleted cells, and the seconds it took."""
    with tempfile.TemporaryDirectory() as folder:
        source, result = os.path.join(folder, "gaps.csv"), os.path.join(folder, "filled.csv")
        labels = [f"c{index}" for index in range(len(names))]
        with open(source, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(labels)
            for row, gaps in zip(values, deleted):
                writer.writerow(["NA" if gap else repr(float(x)) for x, gap in zip(row, gaps)])
        command = [program, "impute", source, "-o", result, "--threads", str(threads), "--json"]
        for label in labels:
            command += ["--column", f"{label}=number"]
        start = time.time()
        run = subprocess.run(command, capture_output=True, text=True)
        seconds = time.time() - start
        if run.returncode != 0:
            raise RuntimeError(run.stderr.strip().split("\n")[-1])
        own = json.loads(run.stdout.strip().split("\n")[-1])
        with open(result, newline="") as file:
            table = np.array([[float(cell) for cell in row] for row in list(csv.reader(file))[1:]])
    if table.shape != values.shape or not np.array_equal(table[~deleted], values[~deleted]):
        raise RuntimeError("observed cells were changed")
    return table, seconds, own


def nearest_levels(rows, kinds, deleted):
    """For each deleted cell of a category the most frequent level of the column, and that of the 5 nearest rows."""
    count = len(rows)
    known = np.array([[cell.strip() not in ("", "NA", "?") for cell in row] for row in rows]) & ~deleted
    parts = []
    for place, kind in enumerate(kinds):
        texts = [row[place] for row in rows]
        if kind == "category":
            levels = {text: number for number, text in enumerate(sorted(set(texts)))}
            parts.append(np.array([levels[text] for text in texts], dtype=float))
        else:
            numbers = np.array([float(texts[row]) if known[row, place] else np.nan for row in range(count)])
            low, high = np.nanmin(numbers), np.nanmax(numbers)
            parts.append((numbers - low) / max(high - low, 1e-12))
    guesses = {}
    common = {}
    for place, kind in enumerate(kinds):
        if kind == "category":
            levels = [row[place] for row, keep in zip(rows, known[:, place]) if keep]
            common[place] = max(sorted(set(levels)), key=levels.count)
    for row in range(count):
        gaps = [place for place in common if deleted[row, place]]
        if not gaps:
            continue
        sums, counts = np.zeros(count), np.zeros(count)
        for place, kind in enumerate(kinds):
            if not known[row, place]:
                continue
            difference = (parts[place] != parts[place][row] if kind == "category"
                          else np.abs(parts[place] - parts[place][row]))
            sums += np.where(known[:, place], difference, 0)
            counts += known[:, place]
        distances = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
        distances[row] = np.inf
        order = np.argsort(distances, kind="stable")
        for place in gaps:
            near = [rows[other][place] for other in order if known[other, place]][:5]
            guesses[row, place] = max(near, key=near.count) if near else common[place]
    return common, guesses


def measure_cells(program, path, rate, limit, threads, epochs):
    """A line with the accuracy of categories and what intervals hold."""
    names, rows = cells(path, limit)
    labels = [f"c{place}" for place in range(len(names))]
    missing = np.array([[cell.strip() in ("", "NA", "?") for cell in row] for row in rows])
    deleted = (np.random.default_rng(0).random(missing.shape) < rate) & ~missing
    with tempfile.TemporaryDirectory() as folder:
        source, result = os.path.join(folder, "gaps.csv"), os.path.join(folder, "filled.csv")
        with open(source, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(labels)
            for row, gaps in zip(rows, deleted):
                writer.writerow(["NA" if gap else cell for cell, gap in zip(row, gaps)])
        kinds = json.loads(subprocess.run([program, "inspect", source, "--json"], capture_output=True,
                                          text=True, check=True).stdout)
        kinds = [column["kind"] for column in kinds["table"]["columns"]]
        start = time.time()
        run = subprocess.run([program, "impute", source, "-o", result, "--intervals", "--threads", str(threads),
                              "--json"] + (["--epochs", str(epochs)] if epochs else []), capture_output=True, text=True)
        seconds = time.time() - start
        if run.returncode != 0:
            raise RuntimeError(run.stderr.strip().split("\n")[-1])
        with open(result, newline="") as file:
            filled = list(csv.reader(file))[1:]
        with open(os.path.join(folder, "filled-intervals.csv"), newline="") as file:
            intervals = list(csv.DictReader(file))
    sorts = {"number": "number", "integer": "number", "boolean": "category", "category": "category"}
    used = [place for place, kind in enumerate(kinds) if kind in sorts]
    kinds = [sorts.get(kind) for kind in kinds]
    common, near = nearest_levels([[row[place] for place in used] for row in rows],
                                  [kinds[place] for place in used], deleted[:, used])
    hits = {"hourglass": [], "most frequent": [], "5 nearest": []}
    for index, place in enumerate(used):
        if kinds[place] == "category":
            for row in np.flatnonzero(deleted[:, place]):
                truth = rows[row][place]
                hits["hourglass"].append(filled[row][place] == truth)
                hits["most frequent"].append(common[index] == truth)
                hits["5 nearest"].append(near[row, index] == truth)
    held = {"number": {}, "category": {}}
    hard = []
    for interval in intervals:
        row, place = int(interval["row"]) - 1, labels.index(interval["column"])
        if not deleted[row, place] or kinds[place] is None:
            continue
        truth = rows[row][place]
        if kinds[place] == "number":
            isHeld = float(interval["lowest"]) <= float(truth) <= float(interval["highest"])
        else:
            isHeld = truth in interval["levels"].split("|")
        held[kinds[place]].setdefault(place, []).append(isHeld)

    def share(marks):
        return f"{100 * sum(marks) / len(marks):6.1f}" if marks else "     -"

    for place, marks in held["category"].items():
        own = np.flatnonzero(deleted[:, place])
        if sum(filled[row][place] == rows[row][place] for row in own) <= 0.9 * len(own):
            hard += marks
    line = f"{len(rows):6} {seconds:7.1f} {len(hits['hourglass']):6} "
    line += " ".join(share(marks) for marks in hits.values())
    for columns in held.values():
        every = [mark for marks in columns.values() for mark in marks]
        many = [100 * sum(marks) / len(marks) for marks in columns.values() if len(marks) >= 50]
        line += f"   {len(every):6} {share(every)}" + (f" ({min(many):.0f} to {max(many):.0f})" if many else "")
    return f"{line}  {share(hard)}", held


def main_cells(arguments, paths):
    print(f"{'table':24} {'rows':>6} {'seconds':>7} {'cells':>6} {'right':>6} {'freq.':>6} {'5 near':>6}"
          "   90 % intervals: numbers, held (by column), categories, held (by column), hard columns", flush=True)
    totals = {"number": [], "category": []}
    for path in paths:
        name = os.path.basename(path).removesuffix(".csv")
        if arguments.only and name not in arguments.only:
            continue
        try:
            line, held = measure_cells(arguments.program, path, arguments.rate, arguments.rows,
                                          arguments.threads, arguments.epochs)
        except (RuntimeError, subprocess.CalledProcessError) as problem:
            print(f"{name:24} failed: {problem}", flush=True)
            continue
        for sort, columns in held.items():
            totals[sort] += [mark for marks in columns.values() for mark in marks]
        print(f"{name:24} {line}", flush=True)
    for sort, marks in totals.items():
        if marks:
            print(f"{sort} cells held: {100 * sum(marks) / len(marks):.1f} % of {len(marks)}")


def error(filled, values, deleted):
    return float(np.sqrt(((filled - values)[deleted] ** 2).mean()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--rate", type=float, default=0.2)
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peers", action="store_true", help="run the imputers of scikit-learn too")
    parser.add_argument("--original", action="store_true", help="numbers on their own grid")
    parser.add_argument("--epochs", type=int, help="train so long, with --cells")
    parser.add_argument("--cells", action="store_true", help="all columns: categories and intervals")
    arguments = parser.parse_args()
    paths = []
    for path in arguments.files:
        if os.path.isdir(path):
            paths += sorted(os.path.join(path, name) for name in os.listdir(path) if name.endswith(".csv"))
        else:
            paths.append(path)
    if not paths:
        sys.exit("no CSV file was found")
    if arguments.cells:
        return main_cells(arguments, paths)
    others = peers(arguments.peers)
    print(f"{'table':26} {'rows':>6} {'cols':>4} {'hourglass':>9} {'seconds':>7} {'mean':>7} "
          + " ".join(f"{name:>7}" for name in others) + "  weights", flush=True)
    ranks = {method: [] for method in ["hourglass", "mean", *others]}
    for path in paths:
        name = os.path.basename(path).removesuffix(".csv")
        if arguments.only and name not in arguments.only:
            continue
        names, values = numbers(path, arguments.rows)
        if values.size == 0 or len(names) < 2:
            print(f"{name:26} left out: fewer than two columns of numbers, or no complete row")
            continue
        low, high = values.min(0), values.max(0)
        varies = high > low
        names = [column for column, keep in zip(names, varies) if keep]
        values, low, high = values[:, varies], low[varies], high[varies]
        scaled = (values - low) / (high - low)
        deleted = np.random.default_rng(0).random(scaled.shape) < arguments.rate
        gaps = np.where(deleted, np.nan, scaled)
        mean = np.where(deleted, np.nanmean(gaps, 0), scaled)
        given = values if arguments.original else scaled
        try:
            filled, seconds, own = filled_by_program(
                arguments.program, names, given, deleted, arguments.threads)
        except RuntimeError as problem:
            print(f"{name:26} failed: {problem}", flush=True)
            continue
        if arguments.original:
            filled = (filled - low) / (high - low)
        errors = {"hourglass": error(filled, scaled, deleted), "mean": error(mean, scaled, deleted)}
        for method, make in others.items():
            errors[method] = error(make().fit_transform(gaps), scaled, deleted)
        for rank, method in enumerate(sorted(errors, key=errors.get)):
            ranks[method].append(rank + 1)
        line = (f"{name:26} {len(scaled):6} {len(names):4} {errors['hourglass']:9.4f} "
                f"{seconds:7.1f} {errors['mean']:7.4f} ")
        line += " ".join(f"{errors[method]:7.4f}" for method in others)
        weights = " ".join(note for note in own["evaluation"]["notes"] if "weights" in note)
        print(f"{line}  {weights}", flush=True)
    if others and ranks["hourglass"]:
        print("mean rank: " + ", ".join(
            f"{method} {sum(places) / len(places):.1f}" for method, places in ranks.items()))


if __name__ == "__main__":
    main()
