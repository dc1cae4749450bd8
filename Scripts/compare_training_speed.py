#!/usr/bin/env python3
"""Times training in Hourglass and in PyTorch on the same workloads, interleaved, and prints the ratios.

usage: compare_training_speed.py --benchmarks PROGRAM --peer-script torch_speed.py --peer-python PYTHON
           [--workloads NAME ...] [--modes eager compile channels_last bf16] [--bfloat16]
           [--rounds 3] [--seconds 3] [--threads 2]

For each workload the peer and Hourglass run in turn, A B A B A B, each time as a new process; a mode's figure is the
median of its rounds. Hourglass in float32 is held against the best of PyTorch's float32 modes; with --bfloat16, and
in bfloat16, against the best of all its modes. A ratio above 1 means that Hourglass is faster.

Standard output has a Markdown table and then one line of JSON with every figure; progress goes to standard error.
Needs the standard library only; the peer's Python needs torch. Exit codes: 0 measured, 1 a program failed, 2 the peer
or the program is missing.
"""
import argparse
import json
import math
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys

WORKLOADS = ["tabular-30", "tabular-100", "dense-784", "dense-784-large-batch", "vae-784", "conv-28", "unet-32",
             "series-128"]
# The networks that are large enough for bfloat16 to gain; their geometric mean is the one reported.
LARGE = ["dense-784", "dense-784-large-batch", "vae-784", "conv-28", "unet-32"]
FLOAT32_MODES = ["eager", "compile", "channels_last"]
BFLOAT16_MODES = ["bf16"]


class Missing(Exception):
    """Something that the comparison needs is not there."""


def note(text):
    print(text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(
        description="Times training in Hourglass and in PyTorch on the same workloads, interleaved.")
    parser.add_argument("--benchmarks", required=True, metavar="PROGRAM", help="the built hourglass-benchmarks")
    parser.add_argument("--peer-script", required=True, metavar="PATH", help="torch_speed.py")
    parser.add_argument("--peer-python", default="python3", metavar="PATH", help="a Python that has torch")
    parser.add_argument("--workloads", nargs="+", default=WORKLOADS, choices=WORKLOADS, metavar="NAME",
                        help="default: all eight")
    parser.add_argument("--modes", nargs="+", choices=FLOAT32_MODES + BFLOAT16_MODES, metavar="MODE",
                        help="of the peer; default: the float32 modes, and bf16 with --bfloat16")
    parser.add_argument("--bfloat16", action="store_true", help="compare bfloat16 too")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="for each mode and round")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.modes is None:
        options.modes = FLOAT32_MODES + (BFLOAT16_MODES if options.bfloat16 else [])
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def peer_versions(options):
    """The peer's versions; says what is missing when it cannot run."""
    if not pathlib.Path(options.peer_script).is_file():
        raise Missing(f"the peer is missing: there is no {options.peer_script}")
    if shutil.which(options.peer_python) is None:
        raise Missing(f"the peer is missing: there is no Python at {options.peer_python}")
    probe = "import platform, torch; print(platform.python_version(), torch.__version__)"
    ran = subprocess.run([options.peer_python, "-c", probe], capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise Missing(f"the peer is missing: {options.peer_python} has no torch.\n"
                      "  Make a Python that has it: python3 -m venv PEERS && PEERS/bin/pip install torch numpy")
    python, torch = ran.stdout.split()
    return {"python": python, "torch": torch}


def lines_of(command):
    """Runs a program and returns the JSON objects it prints, one a line."""
    ran = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    objects = []
    for line in ran.stdout.splitlines():
        if line.startswith("{"):
            objects.append(json.loads(line))
    if ran.returncode != 0:
        ending = "\n".join(ran.stderr.strip().splitlines()[-5:])
        note(f"  failed with {ran.returncode}: {' '.join(str(c) for c in command)}\n{ending}")
    return objects, ran.returncode == 0


def measure(workload, options):
    """One workload: each side's figures by mode, a list with one object a round."""
    peer = [options.peer_python, options.peer_script, "--workload", workload, "--mode", *options.modes,
            "--threads", options.threads, "--seconds", options.seconds]
    precisions = ["float32"] + (["bfloat16"] if options.bfloat16 else [])
    ours = [[options.benchmarks, "training", "--json", "--workload", workload, "--threads",
             options.threads, "--seconds", options.seconds, "--precision", p] for p in precisions]
    found, good = {"pytorch": {}, "hourglass": {}}, True
    for round_number in range(1, options.rounds + 1):
        for side, commands in (("pytorch", [peer]), ("hourglass", ours)):
            for command in commands:
                objects, ran = lines_of(command)
                good = good and ran
                for o in objects:
                    if "ms_per_step" not in o:
                        note(f"  {side} {o.get('mode')}: {o.get('error', 'no figure')}")
                        continue
                    found[side].setdefault(o["mode"], []).append(o)
                shown = ", ".join(f"{o['mode']} {o['ms_per_step']}" for o in objects if "ms_per_step" in o)
                note(f"  round {round_number}, {side}: {shown or 'nothing'}")
    return found, good


def median(objects, key="ms_per_step"):
    values = [o[key] for o in objects if o.get(key) is not None]
    return statistics.median(values) if values else None


def summary(workload, found):
    """The row of a workload: medians, the peer's best modes, the ratios."""
    pytorch = {mode: median(o) for mode, o in found["pytorch"].items()}
    hourglass = {mode: median(o) for mode, o in found["hourglass"].items()}
    row = {"workload": workload, "pytorch_ms": pytorch, "hourglass_ms": hourglass}
    for precision, modes in (("float32", FLOAT32_MODES), ("bfloat16", FLOAT32_MODES + BFLOAT16_MODES)):
        candidates = {mode: ms for mode, ms in pytorch.items() if mode in modes}
        if candidates and precision in hourglass:
            best = min(candidates, key=candidates.get)
            row[precision] = {"best_mode": best, "best_ms": candidates[best],
                              "ratio": candidates[best] / hourglass[precision]}
    ours = found["hourglass"].get("float32", [])
    for key in ("allocations_per_step", "peak_rss_mib"):
        row[key] = median(ours, key)
    return row


def geometric_mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None


def means(rows):
    result = {}
    for precision, names in (("float32", WORKLOADS), ("bfloat16", LARGE)):
        used = [r for r in rows if precision in r and r["workload"] in names]
        ratios = [r[precision]["ratio"] for r in used]
        if ratios:
            result[precision] = {"geometric_mean": geometric_mean(ratios), "lowest": min(ratios),
                                 "workloads": [r["workload"] for r in used]}
    return result


def number(value):
    """Three significant digits, without an exponent."""
    if value is None:
        return "-"
    return f"{value:.{max(0, 2 - math.floor(math.log10(value)))}f}" if value > 0 else f"{value:g}"


def table(rows, with_bfloat16):
    heads = ["workload", "PyTorch float32, ms", "(best mode)", "Hourglass float32, ms", "times faster"]
    if with_bfloat16:
        heads += ["PyTorch best of all, ms", "(mode)", "Hourglass bfloat16, ms", "times faster"]
    heads += ["allocations a step", "peak memory, MiB"]
    out = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        cells = [row["workload"]]
        for precision in ["float32"] + (["bfloat16"] if with_bfloat16 else []):
            best = row.get(precision, {})
            cells += [number(best.get("best_ms")), best.get("best_mode", "-"),
                      number(row["hourglass_ms"].get(precision)), number(best.get("ratio"))]
        cells += [number(row["allocations_per_step"]), number(row["peak_rss_mib"])]
        out.append("| " + " | ".join(cells) + " |")
    return "\n".join(out)


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def main():
    options = arguments()
    try:
        if shutil.which(options.benchmarks) is None:
            raise Missing(f"there is no program at {options.benchmarks}; ./run bench makes it")
        versions = peer_versions(options)
    except Missing as missing:
        note(f"compare_training_speed: error: {missing}")
        return 2
    machine = {"processor": processor(), "logical_processors": os.cpu_count(), "load_before": os.getloadavg()[0]}
    if machine["load_before"] > 0.5:
        note(f"warning: the machine is busy (load {machine['load_before']:.2f}); the figures will be unsteady")
    rows, good = [], True
    for workload in options.workloads:
        note(workload)
        found, ran = measure(workload, options)
        good = good and ran
        rows.append(summary(workload, found))
    overall = means(rows)
    print(table(rows, options.bfloat16))
    print()
    for precision, mean in overall.items():
        print(f"{precision}: geometric mean {number(mean['geometric_mean'])}, lowest {number(mean['lowest'])}, "
              f"over {', '.join(mean['workloads'])}.")
    print(f"{machine['processor']}, {options.threads} threads; PyTorch {versions['torch']}; medians of "
          f"{options.rounds} interleaved rounds of {options.seconds:g} s a mode.\n")
    print(json.dumps({"machine": machine, "versions": versions, "threads": options.threads,
                      "rounds": options.rounds, "seconds": options.seconds, "means": overall, "workloads": rows}))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
