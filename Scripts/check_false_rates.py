#!/usr/bin/env python3
"""Checks the false-accept rates of `hourglass match` and the false-alarm rates of `hourglass detect`.

    Scripts/check_false_rates.py PROGRAM --data FOLDER [--kinds KIND ...] [--sizes 30 100 300] [--splits N]
                                 [--results FILE] [--epochs N] [--table]

PROGRAM is the built executable. FOLDER holds photos/*.png, cifar10/*.bin, fashion-mnist/ and mnist/ (IDX, gzip),
sounds/ and songs/ (OGG with metadata.csv), anomaly/*.npz (X, y) and tables/*.csv; a kind whose files are missing is an
error that names them. For each kind of data, size and split (a seed), so many items are learned or stored by the
command; others, which were neither stored nor trained on, and true queries (distorted copies of stored items, or
anomalies) are then given to it, at the default rate where there is one, at 1 % and at 5 %. Each finished run is a line
of the results file (false-rates.jsonl): a stopped check goes on where it was. `--table` prints the results as a Markdown
table and runs nothing.

The table has, for each kind, size and rate: the runs, in how many of them the command said that the items are too few
for the rate, the realized share of others that were accepted or reported with its 95 % Wilson interval, the largest
share that a rate that is kept allows with 97.5 % probability, and the share of true queries that were accepted (and, for
`match`, are the right item) or reported. The queries of a run share one threshold, so that the limit comes from the
beta-binomial distribution of conformal thresholds (Vovk, 2012, arXiv:1209.2673, proposition 2a) by the number of
calibration items of each run. Needs numpy, scipy, pillow and soundfile.
"""

import argparse
import csv
import glob
import gzip
import json
import math
import os
import sqlite3
import subprocess
import sys
import tempfile

import numpy as np

RATES = (0.01, 0.05)
# Sets of labeled rows that have at least 1,000 normal rows and 100 columns at most.
LABELED = ("10_cover", "12_fault", "20_letter", "22_magic.gamma", "31_satimage-2", "35_SpamBase", "41_Waveform", "6_cardio")
MIXED = ("adult-train", "credit-default", "winequality-white")

class Missing(Exception):
    pass

def files(folder, pattern):
    found = sorted(glob.glob(os.path.join(folder, pattern)))
    if not found:
        raise Missing(f"there are no files {os.path.join(folder, pattern)}")
    return found

def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr

def fail(what, error):
    sys.exit(f"check_false_rates.py: {what}: {error.strip()[-400:]}")

# Images: arrays [height, width, 3] of bytes.

def cifar(data):
    images = []
    for file in files(data, "cifar10/*_batch*.bin"):
        rows = np.fromfile(file, np.uint8).reshape(-1, 3073)[:, 1:]
        images.append(rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
    return np.concatenate(images)

def idx(file):
    with gzip.open(file) as stream:
        bytes_ = stream.read()
    return np.frombuffer(bytes_, np.uint8, offset=16).reshape(-1, 28, 28)

def write_images(folder, images, prefix):
    from PIL import Image

    os.makedirs(folder, exist_ok=True)
    for number, image in enumerate(images):
        Image.fromarray(image).save(os.path.join(folder, f"{prefix}{number:04}.png"))

def distorted(image, random):
    """A copy as a camera or another program makes it: moved by a pixel, brighter or darker, with noise."""
    moved = np.roll(image, tuple(random.integers(-1, 2, 2)), (0, 1)).astype(float)
    changed = (moved - 128) * random.uniform(0.85, 1.15) + 128 + random.uniform(-15, 15)
    return (changed + random.normal(0, 0.04 * 255, image.shape)).clip(0, 255).astype(np.uint8)

def match_images(images, size, random, folder):
    order = random.permutation(len(images))
    others = min(300, len(order) - size)
    chosen = [images[i] for i in order[: size + others]]
    write_images(f"{folder}/stored", chosen[:size], "a")
    write_images(f"{folder}/queries", chosen[size:], "other")
    copied = random.permutation(size)[:100]
    for number in copied:
        write_images(f"{folder}/copy", [distorted(chosen[number], random)], "x")
        os.rename(f"{folder}/copy/x0000.png", f"{folder}/queries/copy{number:04}.png")
    return f"{folder}/stored", f"{folder}/queries"

def photos(data, size, random, folder):
    from PIL import Image

    images = [np.asarray(Image.open(file).convert("RGB")) for file in files(data, "photos/*.png")]
    return match_images(images, min(size, len(images) - 83), random, folder)

def match_cifar(data, size, random, folder):
    return match_images(cifar(data), size, random, folder)

def match_fashion(data, size, random, folder):
    return match_images(idx(files(data, "fashion-mnist/train-images*.gz")[0]), size, random, folder)

# Sounds.

def match_sounds(data, size, random, folder, songs=False):
    import soundfile

    root = os.path.join(data, "songs" if songs else "sounds")
    with open(files(root, "metadata.csv")[0]) as stream:
        rows = list(csv.DictReader(stream))
    # One recording of each source: others of it may be the same sound.
    sources = {}
    for row in rows:
        key = row["file"] if songs else "-".join(row["file"].split("-")[:2])
        sources.setdefault(key, os.path.join(root, row["file"]))
    names = sorted(sources.values())
    order = random.permutation(len(names))
    size = min(size, len(names) * 3 // 4)
    os.makedirs(f"{folder}/stored")
    os.makedirs(f"{folder}/queries")

    def clip(file, seconds):
        samples, rate = soundfile.read(file)
        count = min(int(seconds * rate), len(samples))
        # A part that is not silent, where there is one.
        for _ in range(20):
            first = int(random.integers(0, len(samples) - count + 1))
            part = samples[first : first + count]
            if np.abs(part).max() > 1e-3:
                break
        return part, rate

    def damaged(part):
        level = np.sqrt((part**2).mean()) * 10 ** (-10 / 20)
        return part + random.normal(0, level + 1e-6, part.shape)

    for place in order[:size]:
        os.symlink(names[place], f"{folder}/stored/s{place:04}.ogg")
    for place in order[size:]:
        for draw, seconds in enumerate((2, 3) if not songs else (1, 2, 3, 5)):
            part, rate = clip(names[place], seconds)
            soundfile.write(f"{folder}/queries/other{place:04}-{draw}.wav", part if draw % 2 else damaged(part), rate)
    for place in order[:size][:100]:
        part, rate = clip(names[place], 3)
        soundfile.write(f"{folder}/queries/copy{place:04}.wav", damaged(part), rate)
    return f"{folder}/stored", f"{folder}/queries"

def match_songs(data, size, random, folder):
    return match_sounds(data, size, random, folder, songs=True)

# Tables.

def read_table(data, name):
    with open(files(data, f"tables/{name}.csv")[0], newline="") as stream:
        rows = list(csv.reader(stream))
    return rows[0], sorted(set(map(tuple, rows[1:])))

def write_table(path, header, rows):
    with open(path, "w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows(rows)

def match_tables(data, size, random, folder):
    header, rows = read_table(data, "winequality-white")
    rows = np.array(rows, float)
    # Different rows only: a row that equals a stored one is in the database.
    order = random.permutation(len(rows))[: size + 400]
    deviation = rows.std(0)
    copied = random.permutation(size)[:100]
    copies = rows[order[copied]] + random.normal(0, 0.02, (len(copied), rows.shape[1])) * deviation
    write_table(f"{folder}/stored.csv", header, rows[order[:size]])
    write_table(f"{folder}/queries.csv", header, np.concatenate([rows[order[size:]], copies]))
    with open(f"{folder}/queries.json", "w") as stream:
        json.dump(["other"] * (len(order) - size) + [f"copy{n}" for n in copied.tolist()], stream)
    return f"{folder}/stored.csv", f"{folder}/queries.csv"

def detect_tables(data, size, random, folder, name):
    file = files(data, f"anomaly/{name}.npz")[0]
    values, labels = np.load(file)["X"], np.load(file)["y"]
    normal, unusual = values[labels == 0], values[labels == 1]
    order = random.permutation(len(normal))[: size + 1000]
    anomalies = unusual[random.permutation(len(unusual))[:200]]
    header = [f"c{i}" for i in range(values.shape[1])]
    write_table(f"{folder}/learn.csv", header, normal[order[:size]])
    write_table(f"{folder}/queries.csv", header, np.concatenate([normal[order[size:]], anomalies]))
    return f"{folder}/learn.csv", f"{folder}/queries.csv", len(order) - size

def detect_mixed(data, size, random, folder, name):
    header, rows = read_table(data, name)
    order = random.permutation(len(rows))[: size + 1000]
    write_table(f"{folder}/learn.csv", header, [rows[i] for i in order[:size]])
    others = [list(rows[i]) for i in order[size:]]
    # Rows with half of their cells from other rows.
    unusual = [list(row) for row in others[:200]]
    for column in random.permutation(len(header))[: len(header) // 2]:
        for row in unusual:
            row[column] = others[int(random.integers(len(others)))][column]
    write_table(f"{folder}/queries.csv", header, others + unusual)
    return f"{folder}/learn.csv", f"{folder}/queries.csv", len(others)

def detect_images(normal, unusual, size, random, folder):
    order = random.permutation(len(normal))[: size + 500]
    write_images(f"{folder}/learn", [normal[i] for i in order[:size]], "a")
    write_images(f"{folder}/queries", [normal[i] for i in order[size:]], "a")
    write_images(f"{folder}/queries", [unusual[i] for i in random.permutation(len(unusual))[:100]], "z")
    return f"{folder}/learn", f"{folder}/queries", len(order) - size

def detect_fashion(data, size, random, folder, name):
    normal = idx(files(data, "fashion-mnist/train-images*.gz")[0])
    return detect_images(normal, idx(files(data, "mnist/train-images*.gz")[0])[:5000], size, random, folder)

def detect_cifar(data, size, random, folder, name):
    normal = cifar(data)
    # Unusual are images of which a half is that of another.
    unusual = normal[:2000].copy()
    unusual[:, :16] = normal[2000:4000, 16:]
    return detect_images(normal[4000:], unusual, size, random, folder)

def series(length, random):
    """A stationary series: a daily wave, an autoregression with a memory of some twenty times, and noise."""
    state = 0.0
    values = []
    for time in range(-500, length):
        state = 0.95 * state + random.normal(0, 0.3)
        if time >= 0:
            values.append(math.sin(time * math.pi / 24) + state + random.normal(0, 0.1))
    return np.array(values)

def write_series(path, values, first=0):
    write_table(path, ["time", "value"], [(first + i, f"{value:.5f}") for i, value in enumerate(values)])

def detect_series(data, size, random, folder, name):
    values = series(size + 2000, random)
    query = np.concatenate([values[size:], values[-300:]])
    for first in range(2020, 2300, 56):
        query[first : first + 8] += 4.0
    write_series(f"{folder}/learn.csv", values[:size])
    write_series(f"{folder}/queries.csv", query, size)
    return f"{folder}/learn.csv", f"{folder}/queries.csv", 2000

MATCH = {"photos": photos, "cifar10": match_cifar, "fashion": match_fashion, "sounds": match_sounds, "songs": match_songs, "rows": match_tables}
DETECT = {name: (detect_tables, name) for name in LABELED}
DETECT |= {name: (detect_mixed, name) for name in MIXED}
DETECT |= {"images-fashion": (detect_fashion, ""), "images-cifar10": (detect_cifar, ""), "series": (detect_series, "")}
KINDS = [f"match-{kind}" for kind in MATCH] + [f"detect-{kind}" for kind in DETECT]
# Many splits where one takes seconds; two of what is trained for minutes.
SPLITS = {"series": 20, "rows": 3, "photos": 2, "cifar10": 2, "fashion": 2, "sounds": 2, "songs": 2}

def calibration_count(database):
    """The number of items that a database is calibrated by, of sounds the fewest of a length."""
    connection = sqlite3.connect(database)
    settings = dict(connection.execute("SELECT key, value FROM setting"))
    connection.close()

    def count(calibration):
        return len(calibration) if isinstance(calibration, list) else calibration["itemCount"]

    if "note.queryClips" in settings:
        return min(count(length["calibration"]) for length in json.loads(settings["note.queryClips"])["lengths"])
    return count(json.loads(settings["calibration"])) if "calibration" in settings else 0

def check_match(options, kind, size, seed, folder):
    random = np.random.default_rng(seed)
    stored, queries = MATCH[kind](options.data, size, random, folder)
    database = f"{folder}/items.db"
    more = ["--epochs", options.epochs] if options.epochs else []
    code, _, error = run(options.program, "match", "add", stored, "--database", database, "--seed", seed, "--quiet", *more)
    if code:
        fail("match add", error)
    names = json.load(open(f"{folder}/queries.json")) if os.path.exists(f"{folder}/queries.json") else None
    count = calibration_count(database)
    results = []
    for rate in RATES:
        code, output, error = run(options.program, "match", "find", queries, "--database", database, "--false-accepts", rate, "--json", "--quiet")
        if code:
            if "too few" not in error:
                fail("match find", error)
            results.append(dict(rate=rate, calibration=count, tooFew=True))
            continue
        found = dict(rate=rate, calibration=count, tooFew=False, others=0, accepted=0, copies=0, right=0)
        for place, answer in enumerate(json.loads(output)["answers"]):
            name = names[place] if names else os.path.basename(answer["query"])
            accepted = bool(answer["isInDatabase"])
            if name.startswith("other"):
                found["others"] += 1
                found["accepted"] += accepted
                continue
            number = int("".join(filter(str.isdigit, name.split(".")[0])))
            nearest = answer["matches"][0]["name"] if answer["matches"] else ""
            own = nearest.split(":")[-1] == str(number + 1) if names else os.path.basename(nearest)[1:5] == f"{number:04}"
            found["copies"] += 1
            found["right"] += accepted and own
        results.append(found)
    return results

def check_detect(options, kind, size, seed, folder):
    random = np.random.default_rng(seed)
    maker, name = DETECT[kind]
    learn, queries, others = maker(options.data, size, random, folder, name)
    more = ["--epochs", options.epochs] if options.epochs else []
    if kind == "series":
        more += ["--series", "time"]
    results = []
    model, output = f"{folder}/model.hourglass", f"{folder}/scores.csv"
    for rate in (None,) + RATES:
        learning = rate is None
        source = ["--learn-from", learn, "--save", model, "--seed", seed, *more] if learning else ["--model", model, "--false-alarms", rate]
        if not learning and kind == "series":
            source += ["--series", "time"]
        code, text, error = run(options.program, "detect", queries, *source, "-o", output, "--json", "--quiet")
        if code:
            fail("detect", error)
        found = json.loads(text)
        calibration = found.get("calibration", {})
        count = calibration.get("independent", found["evaluation"]["itemCount"] if "evaluation" in found else 0)
        few = bool(calibration.get("tooFew", found.get("threshold") is None))
        with open(output, newline="") as stream:
            rows = list(csv.DictReader(stream))
        if kind.startswith("images"):
            rows.sort(key=lambda row: row[next(iter(row))])
        marks = [row["is_anomaly"].lower() in ("1", "true") for row in rows]
        # Neighboring times are alike in the queries as in the calibration.
        share = count / calibration["items"] if calibration.get("items") and kind == "series" else 1
        results.append(
            dict(rate=rate or found["falseAlarmRate"], isDefault=learning, calibration=count, tooFew=few,
                 others=others, independentOthers=max(round(others * share), 1), accepted=sum(marks[:others]), copies=len(marks) - others, right=sum(marks[others:]))
        )
    return results

def wilson(hits, count):
    if not count:
        return 0.0, 1.0
    z, share = 1.96, hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(middle - half, 0), min(middle + half, 1)

def allowed(runs, rate):
    """The share of accepted others that runs with kept promises stay below with 97.5 % probability."""
    random = np.random.default_rng(1)
    total = np.zeros(20000)
    for one in runs:
        n = one["calibration"]
        k = int(rate * (n + 1) + 1e-9)
        if k > 0:
            independent = one.get("independentOthers", one["others"])
            hits = random.binomial(independent, random.beta(k, n + 1 - k, len(total)))
            total += hits * one["others"] / independent
    return float(np.quantile(total, 0.975)) / max(sum(one["others"] for one in runs), 1)

def table(results):
    groups = {}
    for line in results:
        kind = line["kind"]
        verb, name = kind.split("-", 1)
        kind = f"{verb} tables" if name in LABELED or name in MIXED else f"{verb} {name}"
        for one in line["rates"]:
            if one.get("isDefault"):
                continue
            groups.setdefault((kind, line["size"], one["rate"]), []).append(one)
    print("| data | items | asked | runs | too few | realized | 95 % interval | at most | true queries | |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for (kind, size, rate), runs in sorted(groups.items()):
        answered = [one for one in runs if not one["tooFew"]]
        line = f"| {kind} | {size} | {rate:.2f} | {len(runs)} | {len(runs) - len(answered)} | "
        others = sum(one["others"] for one in answered)
        if others:
            hits = sum(one["accepted"] for one in answered)
            low, high = wilson(hits, others)
            limit = allowed(answered, rate)
            copies = sum(one["copies"] for one in answered)
            recall = sum(one["right"] for one in answered) / max(copies, 1)
            verdict = "" if hits / others <= limit else "broken"
            line += f"{hits / others:.3f} of {others} | {low:.3f} to {high:.3f} | {limit:.3f} | {recall:.2f} of {copies} | {verdict} |"
        else:
            line += "- | - | - | - | |"
        print(line)

def main():
    parser = argparse.ArgumentParser(description="Checks the rates that match and detect promise.")
    parser.add_argument("program")
    parser.add_argument("--data", required=True)
    parser.add_argument("--kinds", nargs="+", default=KINDS, choices=KINDS, metavar="KIND")
    parser.add_argument("--sizes", type=int, nargs="+", default=[30, 100, 300])
    parser.add_argument("--splits", type=int)
    parser.add_argument("--epochs")
    parser.add_argument("--results", default="false-rates.jsonl")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    results = []
    if os.path.exists(options.results):
        with open(options.results) as stream:
            results = [json.loads(line) for line in stream]
    if options.table:
        return table(results)
    if not os.path.isdir(options.data):
        sys.exit(f"check_false_rates.py: there is no folder {options.data}; give the folder of the data with --data")
    if not os.access(options.program, os.X_OK):
        sys.exit(f"check_false_rates.py: there is no program {options.program}; build it first")
    options.data, options.program = os.path.abspath(options.data), os.path.abspath(options.program)
    done = {(line["kind"], line["size"], line["split"]) for line in results}
    for kind in options.kinds:
        verb, name = kind.split("-", 1)
        for split in range(1, (options.splits or SPLITS.get(name, 3)) + 1):
            for size in options.sizes:
                if (kind, size, split) in done:
                    continue
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        check = check_match if verb == "match" else check_detect
                        rates = check(options, name, size, split, folder)
                    except Missing as error:
                        sys.exit(f"check_false_rates.py: {error}; --data should name the folder that has them")
                line = dict(kind=kind, size=size, split=split, epochs=options.epochs, rates=rates)
                results.append(line)
                with open(options.results, "a") as stream:
                    stream.write(json.dumps(line) + "\n")
                print(json.dumps(line), flush=True)
    table([line for line in results if line["kind"] in options.kinds])

if __name__ == "__main__":
    main()
