#!/usr/bin/env python3
"""Fails where folders of one room use one another in a circle, or where one task imports another.

usage: check_arrows.py [SOURCES]      (default: Sources)

A folder uses another one where a file of it names a declaration that only one file, of that other folder, makes.
It reads text and not types: comments and strings are left out, and names that several files declare do not count.
"""
import collections
import pathlib
import re
import sys

TASKS = {"Reduce", "Features", "Match", "Denoise", "Detect", "Generate", "Impute", "Colorize"}
DECLARATION = re.compile(
    r"^(?:@[\w().,: ]+\s+)*"
    r"(?:(?:public|package|internal|final|indirect|nonisolated|static|mutating)\s+)*"
    r"(?:struct|class|enum|actor|protocol|typealias|func)\s+([A-Za-z_]\w*)",
    re.MULTILINE,
)
IMPORT = re.compile(r"^(?:\w+ )?import Hourglass(\w+)", re.MULTILINE)
NOT_CODE = [
    (re.compile(r'"""(.*?)"""', re.DOTALL), '""'),
    (re.compile(r'"(?:[^"\\\n]|\\.)*"'), '""'),
    (re.compile(r"//[^\n]*"), ""),
    (re.compile(r"/\*.*?\*/", re.DOTALL), ""),
]


def code_of(path):
    text = path.read_text(encoding="utf-8")
    for pattern, instead in NOT_CODE:
        text = pattern.sub(instead, text)
    return text


def folder_arrows(code):
    """For each folder those that it uses, with the names by which it does."""
    homes = collections.defaultdict(set)
    for path, text in code.items():
        for name in DECLARATION.findall(text):
            homes[name].add(path)
    only = {name: next(iter(paths)) for name, paths in homes.items() if len(paths) == 1}
    arrows = collections.defaultdict(lambda: collections.defaultdict(set))
    for path, text in code.items():
        for name in set(re.findall(r"[A-Za-z_]\w*", text)):
            home = only.get(name)
            if home and place(home) != place(path):
                arrows[place(path)][place(home)].add(name)
    return arrows


def place(path):
    """The room and the folder in it of a file below the sources."""
    return "/".join(path.parts[:-1][:2])


def reachable(arrows, start):
    """The folders of the same room that are reached from one, in one step or in several."""
    room, found, waiting = start.split("/")[0], set(), [start]
    while waiting:
        for other in arrows.get(waiting.pop(), {}):
            if other.split("/")[0] == room and other not in found:
                found.add(other)
                waiting.append(other)
    return found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "Sources")
    code = {path.relative_to(root): code_of(path) for path in sorted(root.rglob("*.swift"))}
    if not code:
        print(f"check_arrows: no Swift below {root}", file=sys.stderr)
        return 2
    findings = []
    for path, text in code.items():
        room = path.parts[0]
        for other in IMPORT.findall(text):
            if room in TASKS and other in TASKS:
                findings.append(f"{root}/{path} imports another task, {other}")
    arrows = folder_arrows(code)
    for folder in sorted(arrows):
        for other in sorted(arrows[folder]):
            if other in reachable(arrows, folder) and folder in reachable(arrows, other):
                names = ", ".join(sorted(arrows[folder][other])[:5])
                findings.append(f"{folder} and {other} are in a circle: {folder} uses {names}")
    for finding in findings:
        print(f"  {finding}")
    return 1 if findings else 0


sys.exit(main())
