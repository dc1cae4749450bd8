#!/usr/bin/env bash
# Fails when the repository breaks one of the rules below that no compiler checks, and says where.
#
#   1. Unsafe code, and claims that the compiler cannot check, only in the files allowed here.
#   2. In Sources and in those of Benchmarks, no call that traps on data: force try, forced cast, fatalError.
#      (Force unwraps are a rule of the formatter.)
#   3. No source file above 450 lines: a file has one subject.
#   4. No relative link in a Markdown page that leads nowhere.
#   5. No path of somebody's own machine in any file.
#   6. No circle among the folders of a room, and no task that imports another one
#      (Scripts/check_arrows.py; rooms themselves are targets, which cannot form a circle).
#   7. The C library is imported in one place.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Shell patterns of the Swift files that may use unsafe code, each with its reason.
allowed_unsafe=(
  'Sources/Engines/OneDNN/*'                        # hands arena memory to C, on the one thread that owns it
  'Sources/Engines/DedicatedThreadExecutor.swift'   # owns a POSIX thread with its mutex and condition
  'Sources/Autoencoders/Batches/BatchSource.swift' # moves the rows of a batch as blocks
  'Sources/CommandLine/Support/FFmpeg.swift'     # lends a child process its words, takes the bytes it wrote
  'Sources/Data/Bytes/FolderListing.swift'      # reads the entries that C lists
  'Sources/Data/Bytes/GrowingFile.swift'        # lets pread(2) fill a buffer, lends write(2) bytes
  'Sources/System/InputFile.swift'          # lets read(2) fill a buffer
  'Sources/Data/Bytes/Inflater.swift'           # lends zlib, through its shim, the bytes to inflate
  'Sources/Data/Bytes/RowFile.swift'            # lets pread(2) fill the rows of a batch
  'Sources/Data/Bytes/EightBytes.swift'         # reads words that are not aligned, within bounds
  'Sources/Data/Tables/NumberCells.swift'       # lends C the bytes of a table, takes numbers
  'Sources/Media/Images/ImageCodec.swift'      # lends the image libraries bytes, takes pixels
  'Sources/Media/Audio/SoundCodec.swift'        # lends the sound library bytes, takes samples
  'Sources/Service/Requests/PagePolicy.swift' # has the words of a browser's policy, and no unsafe code
  'Sources/Signatures/NearestGraph.swift'    # owns graphs that C makes, lends them the rows
  'Sources/Tensors/Fingerprint.swift'               # reads words that are not aligned, within bounds
  'Sources/Statistics/Trees/TreeGrowth.swift'       # lends C rows, takes the trees that it grew
  'Sources/System/AtomicFile.swift'                # lends write(2) the bytes to write
  'Tests/EndToEnd/Service/ServiceClient.swift'      # lends connect(2) an address
  'Tests/EnginesTests/*'                            # calls the C loops and the shim as they are
  'Sources/ModelFiles/Safetensors/RandomAccessBytes.swift' # lends the system the bytes of a file
)
readonly longest=450

failures=0
# Prints each line of standard input under a heading, as failures of one rule.
report() {
  local line count=0
  while IFS= read -r line; do
    [ $count -gt 0 ] || printf '%s\n' "$1"
    printf '  %s\n' "$line"
    count=$((count + 1))
  done
  failures=$((failures + count))
}

# The files of the repository that a commit could hold, under the folders named.
files() {
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files --cached --others --exclude-standard -- "$@"
  else
    find "$@" -type f -not -path './.build*' -not -path './.git/*' | sed 's|^\./||'
  fi | sort -u | while IFS= read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done
}

# Prints "file:line: text" for the lines of a Swift file whose code, not its comments, matches.
matching_code() {
  awk -v pattern="$1" -v name="$2" '{
    code = $0
    sub(/^[ \t]*\/\/.*/, "", code)
    sub(/[ \t]\/\/.*/, "", code)
    if (code ~ pattern) { sub(/^[ \t]+/, ""); print name ":" NR ": " $0 }
  }' "$2"
}

is_allowed_unsafe() {
  local pattern
  for pattern in "${allowed_unsafe[@]}"; do
    # shellcheck disable=SC2053 # the right side is a pattern
    [[ $1 != $pattern ]] || return 0
  done
  return 1
}

unsafe_code() {
  local names='(^|[^A-Za-z0-9_])(Unsafe[A-Za-z]*|unsafe[A-Z][A-Za-z]*|unsafe|with[A-Za-z]*Unsafe[A-Za-z]*|Unmanaged'
  names+='|OpaquePointer)([^A-Za-z0-9_]|$)|@unchecked[ ]+Sendable|nonisolated[(]unsafe[)]'
  files Sources Tests Benchmarks | while IFS= read -r file; do
    [[ $file == *.swift ]] || continue
    is_allowed_unsafe "$file" || matching_code "$names" "$file"
  done
}

traps() {
  files Sources Benchmarks/Sources Benchmarks/Support | while IFS= read -r file; do
    [[ $file != *.swift ]] ||
      matching_code '(^|[^A-Za-z0-9_])(try!|as!|fatalError[(])' "$file"
  done
}

long_files() {
  local lines
  files Sources Tests Benchmarks Scripts run | while IFS= read -r file; do
    case "$file" in *.swift | *.c | *.h | *.sh | *.py | run) ;; *) continue ;; esac
    lines=$(wc -l <"$file")
    [ "$lines" -le "$longest" ] || printf '%s: %d lines\n' "$file" "$lines"
  done
}

# Links and images of a page, [text](target), outside code.
dead_links() {
  local target path
  files . | while IFS= read -r file; do
    [[ $file == *.md ]] || continue
    awk '/^[ \t]*```/ { code = !code; next } !code { gsub(/`[^`]*`/, ""); print }' "$file" |
      { grep -oE '\]\([^) ]+' || true; } | cut -c3- | while IFS= read -r target; do
      case "$target" in *://* | mailto:* | '#'*) continue ;; esac
      path=${target%%#*}
      [ -e "$(dirname "$file")/$path" ] || printf '%s: %s\n' "$file" "$target"
    done
  done
}

machine_paths() {
  local start='(^|[^A-Za-z0-9_./-])'
  files . | while IFS= read -r file; do
    # An empty or binary file has no line that -I lets through.
    grep -nIHE "$start/(root|work|Users/[A-Za-z]|home/[A-Za-z])([^A-Za-z0-9_]|[A-Za-z0-9_]*/|\$)" "$file" || true
  done
}

folder_circles() {
  command -v python3 >/dev/null 2>&1 || { printf 'python3 is missing, which reads the arrows\n' && return; }
  python3 Scripts/check_arrows.py Sources || true
}

libc_imports() {
  grep -rnE '^ *(@_exported )?(public |internal |package )?import (Glibc|Musl|Darwin)$' Sources --include='*.swift' |
    grep -v '^Sources/System/LibC.swift:' || true
}

report "unsafe code outside the files that Scripts/check_structure.sh allows:" < <(unsafe_code)
report "a call in Sources that traps where it should throw:" < <(traps)
report "a source file above $longest lines:" < <(long_files)
report "a link that leads nowhere:" < <(dead_links)
report "a path of somebody's machine:" < <(machine_paths)
report "folders or tasks that use one another:" < <(folder_circles)
report "an import of the C library outside Sources/System/LibC.swift:" < <(libc_imports)

if [ "$failures" -gt 0 ]; then
  printf 'check_structure: %d findings\n' "$failures"
  exit 1
fi
printf 'check_structure: good\n'
