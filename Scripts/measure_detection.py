#!/usr/bin/env python3
"""Measures `hourglass detect` on labelled sets of anomalies, beside simpler detectors.

usage: measure_detection.py PROGRAM FOLDER [--threads N] [--seed N] [--only WORD]

FOLDER holds .npz files with the arrays X, [rows, columns], and y, 1 for an anomaly. Of each set the
rows are shuffled with seed 0 and cut to 20,000; the first half of the normal rows is learned from, the
other half and all anomalies are scored (the semi-supervised protocol of Livernoche et al., 2024,
"On Diffusion Modeling for Anomaly Detection"). The verb sees the labels only to judge the scores of the
test rows. Printed is a table of areas under the ROC curve, and their means. Needs NumPy.
"""
import argparse, json, os, subprocess, sys, tempfile, time

METHODS = ["autoencoder", "5 nearest neighbours", "PCA, error of restoring"]


def write_csv(path, X, y=None):
    names = [f"x{i + 1}" for i in range(X.shape[1])] + ([] if y is None else ["label"])
    with open(path, "w") as f:
        f.write(",".join(names) + "\n")
        for i, row in enumerate(X):
            cells = [repr(float(v)) for v in row] + ([] if y is None else [str(int(y[i]))])
            f.write(",".join(cells) + "\n")


def prepare(source, folder):
    import numpy as np
    with np.load(source, allow_pickle=True) as data:
        X, y = data["X"].astype(np.float64), data["y"].astype(int)
    order = np.random.default_rng(0).permutation(len(X))[:20000]
    X, y = X[order], y[order]
    normal = np.flatnonzero(y == 0)
    train = normal[: len(normal) // 2]
    test = np.setdiff1d(np.arange(len(X)), train)
    write_csv(os.path.join(folder, "train.csv"), X[train])
    write_csv(os.path.join(folder, "test.csv"), X[test], y[test])
    return X.shape[1], len(train), len(test)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--threads", default="2")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--only", help="a word in the names of the files to take")
    a = parser.parse_args()
    if not os.path.isdir(a.folder):
        sys.exit(f"there is no folder {a.folder}: give one with .npz files of X and y, as ADBench has them")
    if not os.access(a.program, os.X_OK):
        sys.exit(f"there is no program {a.program}: build it first, with ./run build")
    files = sorted(f for f in os.listdir(a.folder) if f.endswith(".npz") and (not a.only or a.only in f))
    if not files:
        sys.exit(f"the folder {a.folder} holds no .npz files")
    rows, alarms, normals = [], 0.0, 0
    print(f"{'set':<24}{'columns':>8}{'learned':>9}{'scored':>8}{'ours':>8}{'kNN':>8}{'PCA':>8}{'ours AP':>9}{'alarms':>8}{'seconds':>9}")
    for name in files:
        with tempfile.TemporaryDirectory() as folder:
            columns, learned, scored = prepare(os.path.join(a.folder, name), folder)
            start = time.time()
            run = subprocess.run(
                [os.path.abspath(a.program), "detect", "test.csv", "--learn-from", "train.csv", "--labels", "label", "-o", "scores.csv",
                 "--json", "--threads", a.threads, "--seed", a.seed],
                cwd=folder, capture_output=True, text=True)
            seconds = time.time() - start
        if run.returncode:
            sys.exit(f"{name}: exit code {run.returncode}\n{run.stderr[-1000:]}")
        report = json.loads(run.stdout)["labelled"]
        by_name = {m["name"]: m for m in report["methods"]}
        row = [by_name[m]["areaUnderROC"] for m in METHODS] + [by_name[METHODS[0]]["averagePrecision"]]
        negatives = report["count"] - report["positives"]
        alarms, normals = alarms + report["falseAlarms"] * negatives, normals + negatives
        rows.append(row + [seconds])
        print(f"{name[:-4]:<24}{columns:>8}{learned:>9}{scored:>8}" + "".join(f"{v:>8.3f}" for v in row[:3])
              + f"{row[3]:>9.3f}{report['falseAlarms']:>8.3f}{seconds:>9.1f}", flush=True)
    means = [sum(r[i] for r in rows) / len(rows) for i in range(4)]
    print(f"{'mean of ' + str(len(rows)):<49}" + "".join(f"{v:>8.4f}" for v in means[:3])
          + f"{means[3]:>9.4f}{alarms / max(normals, 1):>8.4f}{sum(r[4] for r in rows):>9.1f}")


if __name__ == "__main__":
    main()
