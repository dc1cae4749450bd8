#!/usr/bin/env python3
"""Times the reading of tables in Hourglass, pandas and polars on the same files, interleaved, and prints the ratios.

usage: compare_reading_speed.py --benchmarks PROGRAM [--python PYTHON] [--megabytes 50] [--rounds 5]

The tables are those of `hourglass-benchmarks reading --make`. Each program reads each table in a process of its own, in
turn, and the median of the rounds counts; pandas reads with its C parser, polars with one thread. A ratio above 1 means
that Hourglass is faster. Programs that are not installed are left out, which is said.

Standard output has a Markdown table and then one line of JSON. Needs the standard library; PYTHON needs pandas.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

PEERS = {
    "pandas": "import pandas; data = pandas.read_csv(path, engine='c')",
    "polars": "import polars; data = polars.read_csv(path)",
}
TEMPLATE = """
import sys, time
path = sys.argv[1]
{imports}
start = time.perf_counter()
{read}
print(time.perf_counter() - start)
"""


def peer_seconds(python, code, path):
    imports, read = code.split("; ", 1)
    program = TEMPLATE.format(imports=imports, read=read)
    environment = dict(os.environ, POLARS_MAX_THREADS="1")
    ran = subprocess.run([python, "-c", program, path], capture_output=True, text=True, check=False, env=environment)
    return float(ran.stdout) if ran.returncode == 0 else None


def own_seconds(program, path):
    ran = subprocess.run([program, "reading", path, "--rounds", "1", "--json"],
                         capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)["seconds"]


def main():
    parser = argparse.ArgumentParser(description="Times the reading of tables beside pandas and polars.")
    parser.add_argument("--benchmarks", required=True, metavar="PROGRAM", help="the built hourglass-benchmarks")
    parser.add_argument("--python", default="python3", help="a Python with pandas, and polars if it is to be compared")
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([options.benchmarks, "reading", "--make", folder, "--megabytes",
                               str(options.megabytes)], capture_output=True, text=True, check=True)
        paths = made.stdout.split()
        peers = {name: code for name, code in PEERS.items()
                 if peer_seconds(options.python, code, paths[0]) is not None}
        for name in PEERS.keys() - peers.keys():
            print(f"{name} is left out: {options.python} does not have it", file=sys.stderr)
        for path in paths:
            times = {"hourglass": []} | {name: [] for name in peers}
            for _ in range(options.rounds):
                times["hourglass"].append(own_seconds(options.benchmarks, path))
                for name, code in peers.items():
                    times[name].append(peer_seconds(options.python, code, path))
            megabytes = os.path.getsize(path) / 1e6
            figures.append({"file": os.path.basename(path), "megabytes": megabytes}
                           | {name: statistics.median(values) for name, values in times.items()})
    names = ["hourglass", *peers]
    print("| table | MB | " + " | ".join(f"{name}, MB/s" for name in names) + " | "
          + " | ".join(f"times {name}" for name in peers) + " |")
    print("|---" * (2 + len(names) + len(peers)) + "|")
    for row in figures:
        rates = [f"{row['megabytes'] / row[name]:.0f}" for name in names]
        ratios = [f"{row[name] / row['hourglass']:.2f}" for name in peers]
        print(f"| {row['file']} | {row['megabytes']:.0f} | " + " | ".join(rates + ratios) + " |")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
