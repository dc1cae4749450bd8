#!/usr/bin/env python3
"""Changes model files at random and lets the program use them.

usage: mutate_models.py PROGRAM [--count 1000] [--seed 0] [--folder FOLDER]

PROGRAM is the built executable. Small models of tables, a time series and images are trained on Examples/Data; then
one or two things of a model are changed at a time: a number, a text or a list of its header, a whole part of it, the
shape, the place or the numbers of a tensor. Whatever a file holds, the program must end well, or say in one line what
is wrong with it and end with the code 1: any other end is told with what was changed, and the file stays in FOLDER
(one for temporary files, unless it is named).

Needs the standard library alone. Ends with 1 where something was found.
"""
import argparse
import collections
import copy
import json
import os
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Examples", "Data")
TABLE = os.path.join(EXAMPLES, "Tables", "penguins.csv")
SERIES = [os.path.join(EXAMPLES, "Series", "departures.csv"), "--series", "timestamp", "--window", "16"]
IMAGES = [os.path.join(EXAMPLES, "GrayImages", "clothes-new-images.gz")]
NUMBERS = [0, -1, 1, 2, 3, 0.5, 1e300, -1e300, 1e-300, 65536, 2**20, 2**31, 2**62, -(2**63)]
FILLS = [float("nan"), float("inf"), -1e30, 1e30, 0.0, -1.0]
MEMORY = 12 << 30

# The verb, the data, what the result is called, and the options of using the model.
USES = {
    "reduce": ("reduce", [TABLE], "o.csv", []),
    "features": ("features", [TABLE], "o.csv", []),
    "detect": ("detect", [TABLE], "o.csv", []),
    "impute": ("impute", [TABLE], "o.csv", ["--intervals", "0.9", "--draws", "2"]),
    "denoise": ("denoise", [TABLE], "o.csv", []),
    "generate": ("generate", [], "o.csv", ["--count", "20"]),
    "detect-series": ("detect", SERIES, "o.csv", []),
    "impute-series": ("impute", SERIES, "o.csv", []),
    "reduce-images": ("reduce", IMAGES, "o.csv", []),
    "denoise-images": ("denoise", IMAGES, "images", ["--first", "3"]),
    "generate-images": ("generate", [], "o.png", ["--count", "2"]),
}


def learned(program, folder):
    """Learns the models; the path of each by name."""
    paths = {}
    for name, (verb, data, _, _) in USES.items():
        paths[name] = os.path.join(folder, name + ".hourglass")
        source = data or (IMAGES if "images" in name else [TABLE])
        words = ["--learn-from"] + source if verb == "generate" else source
        if source is IMAGES:
            words = words + ["--first", "200"]
        command = [program, verb] + words + ["--save", paths[name], "--epochs", "2", "--threads", "1", "-q"]
        subprocess.run(command, check=True)
    return paths


def read(path):
    with open(path, "rb") as file:
        content = file.read()
    size = struct.unpack("<Q", content[:8])[0]
    return json.loads(content[8:8 + size]), content[8 + size:]


def write(path, header, data):
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def places(value, before=()):
    """The ways to everything within a value."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    for key, member in members:
        yield before + (key,)
        yield from places(member, before + (key,))


def change(value, chance):
    """Changes one thing of a value, and says which."""
    ways = list(places(value))
    way = chance.choice(ways)
    parent = value
    for key in way[:-1]:
        parent = parent[key]
    old = parent[way[-1]]
    if chance.random() < 0.12:
        parent.pop(way[-1])
        return "without", way
    if isinstance(old, bool):
        new = not old
    elif isinstance(old, (int, float)):
        new = chance.choice(NUMBERS + [old + 1, old - 1, old * 2])
    elif isinstance(old, str):
        new = chance.choice(["", "x", "nan", "inf", old + "x", old[::-1], "a" * 3000])
    elif isinstance(old, list):
        new = chance.choice([[], old[:-1], old + copy.deepcopy(old[:1]), old[::-1]])
    elif isinstance(old, dict):
        other = copy.deepcopy(chance.choice([parent, {}, {"x" + key: member for key, member in old.items()}]))
        new = other
    else:
        new = chance.choice([0, "x", [], {}])
    parent[way[-1]] = new
    return way, str(new)[:60]


def change_tensor(header, data, chance):
    """Changes one tensor, and gives the data and what was done."""
    name, other = (chance.choice([key for key in header if key != "__metadata__"]) for _ in range(2))
    kind = chance.choice(["without", "shape", "numbers", "place"])
    if kind == "without":
        header.pop(name)
    elif kind == "shape":
        header[name]["shape"] = header[name]["shape"][::-1] + ([1] if len(header[name]["shape"]) < 2 else [])
    elif kind == "place":
        header[name], header[other] = header[other], header[name]
    else:
        begin, end = header[name]["data_offsets"]
        end = chance.choice([begin + 4, end])
        value = struct.pack("<f", chance.choice(FILLS))
        data = data[:begin] + value * ((end - begin) // 4) + data[end:]
    return data, (kind, name)


def mutated(path, chance):
    """The header and the data of a model with one or two changes, and these."""
    header, data = read(path)
    changes = []
    for _ in range(chance.choice([1, 1, 1, 2])):
        if chance.random() < 0.25:
            data, done = change_tensor(header, data, chance)
        else:
            about = {"header": json.loads(header["__metadata__"]["hourglass"])}
            done = change(about["header"], chance)
            header["__metadata__"]["hourglass"] = json.dumps(about["header"])
        changes.append(done)
    return header, data, changes


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main():
    parser = argparse.ArgumentParser(description="Uses models that were changed at random.")
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    folder = options.folder or tempfile.mkdtemp(prefix="hourglass-mutants-")
    os.makedirs(folder, exist_ok=True)
    models = learned(program, folder)
    chance = random.Random(options.seed)
    ends, found = collections.Counter(), 0
    for number in range(options.count):
        name = chance.choice(list(models))
        verb, data, output, more = USES[name]
        path = os.path.join(folder, "mutant.hourglass")
        header, content, changes = mutated(models[name], chance)
        write(path, header, content)
        command = [program, verb] + data + ["--model", path, "-o", os.path.join(folder, output)] + more
        try:
            run = subprocess.run(command + ["--threads", "1", "-q"], capture_output=True, text=True, errors="replace",
                                 timeout=120, preexec_fn=limited, check=False)
            code, said = run.returncode, run.stderr
        except subprocess.TimeoutExpired:
            code, said = "no end within two minutes", ""
        ends[code] += 1
        if code not in (0, 1) or "mistake of the program" in said:
            found += 1
            kept = os.path.join(folder, f"found-{number}.hourglass")
            shutil.copy(path, kept)
            print(f"{name}: {code} from {kept}, {changes}: {said.strip()[-200:]}", flush=True)
    print(f"{options.count} models: " + ", ".join(f"{count} ended with {code}" for code, count in ends.items()))
    if not options.folder and not found:
        shutil.rmtree(folder)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
