#!/usr/bin/env bash
# Prints how many public types (structures, enumerations, classes, actors, protocols; nested ones too) the
# library has, by the symbol graphs of the rooms of Sources; with --list, their names before.
#
#   Scripts/count_public_types.sh [--list] [FOLDER]     FOLDER holds a build, .build/debug unless it is given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

list=false
if [ "${1:-}" = --list ]; then
  list=true
  shift
fi
build=${1:-.build/debug}
[ -d "$build/Modules" ] || {
  echo "count_public_types.sh: no build in $build; run swift build, or name the folder of one" >&2
  exit 2
}
graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT
target=$(swiftc -print-target-info | sed -n 's/^ *"triple": "\(.*\)",*$/\1/p' | head -1)
shims=()
for map in "$build"/C*.build/module.modulemap \
  "$(dirname "$build")"/checkouts/GRDB.swift/Sources/GRDBSQLite/module.modulemap; do
  [ ! -f "$map" ] || shims+=(-Xcc "-fmodule-map-file=$map")
done
for room in Sources/*/; do
  module=Hourglass$(basename "$room")
  [ "$module" = HourglassHourglass ] && module=Hourglass
  # The C shims are no part of the public library, nor is the program.
  [ -f "$build/Modules/$module.swiftmodule" ] && [ "$module" != HourglassCommandLine ] || continue
  swift symbolgraph-extract -module-name "$module" -target "$target" -I "$build/Modules" \
    "${shims[@]}" -minimum-access-level public -output-dir "$graphs"
done
python3 - "$graphs" "$list" <<'PYTHON'
import json, pathlib, sys

kinds = {"swift.struct", "swift.enum", "swift.class", "swift.actor", "swift.protocol"}
names = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.symbols.json")):
    graph = json.loads(path.read_text())
    for symbol in graph["symbols"]:
        if symbol["kind"]["identifier"] in kinds and symbol["identifier"]["precise"].startswith("s:"):
            names[symbol["identifier"]["precise"]] = (
                graph["module"]["name"] + " " + ".".join(symbol["pathComponents"]))
if sys.argv[2] == "true":
    print("\n".join(sorted(names.values())))
print(len(names))
PYTHON
