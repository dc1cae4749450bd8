#!/usr/bin/env bash
# Runs a coverage-guided fuzzer over the readers of files.
#
# usage: Scripts/fuzz.sh [READER ...] [--seconds 300] [--corpus FOLDER]
#
# READER is table, series, dataset, image, sound or model (default: all, one after the other). It
# starts from the small files of the tests, keeps what it finds in FOLDER/READER (default:
# .build/fuzz-corpus), and ends with an error at the first input that traps, hangs for 10 seconds or
# asks for more than 1 GiB at once; that input is left in FOLDER. Needs python3, and lld, which comes with
# the toolchain.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=300 corpus=.build/fuzz-corpus readers=()
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=$2 && shift 2 ;;
    --corpus) corpus=$2 && shift 2 ;;
    -h | --help) sed -n '2,12p' "$0" | cut -c3- && exit 0 ;;
    table | series | dataset | image | sound | model) readers+=("$1") && shift ;;
    *) printf 'fuzz: there is no reader %s; see --help\n' "$1" >&2 && exit 2 ;;
  esac
done
[ ${#readers[@]} -gt 0 ] || readers=(table series dataset image sound model)

# The package manager does not see that the library has changed.
rm -rf .build/fuzz/*/release/Fuzz.build
swift build --package-path Fuzz --scratch-path .build/fuzz -c release \
  -Xswiftc -sanitize=fuzzer -Xswiftc -parse-as-library -Xcc -fsanitize=fuzzer-no-link \
  -Xswiftc -Xclang-linker -Xswiftc -fuse-ld=lld

program=$(swift build --package-path Fuzz --scratch-path .build/fuzz -c release --show-bin-path)/Fuzz
goldens=Tests/TestSupport/Goldens

# Writes small NumPy arrays and archives of them into a folder.
arrays() {
  python3 - "$1" <<'EOF'
import struct, sys, zipfile

def array(kind, shape, values, code):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack("<%d%s" % (len(values), code), *values)

table = array("<f4", (4, 3), [i / 2 for i in range(12)], "f")
labels = array("<i8", (4,), [0, 1, 1, 0], "q")
images = array("|u1", (2, 4, 4), range(32), "B")
for name, content in {"table": table, "labels": labels, "images": images}.items():
    open("%s/%s.npy" % (sys.argv[1], name), "wb").write(content)
for name, method in {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED}.items():
    with zipfile.ZipFile("%s/%s.npz" % (sys.argv[1], name), "w", method) as archive:
        archive.writestr("X.npy", table)
        archive.writestr("y.npy", labels)
EOF
}

for reader in "${readers[@]}"; do
  mkdir -p "$corpus/$reader"
  seeds="$corpus/seeds-$reader"
  rm -rf "$seeds" && mkdir -p "$seeds"
  case "$reader" in
    image) cp "$goldens"/Images/*.png "$goldens"/Images/*.jpg "$seeds" ;;
    sound) cp "$goldens"/Sounds/mono* "$goldens"/Sounds/stereo* "$seeds" ;;
    model) cp Tests/ModelFilesTests/Goldens/*.safetensors "$seeds" 2>/dev/null || true ;;
    series) printf 't,v\n2024-03-05 01:00,1\n2024-03-05 02:00,\n2024-03-05 05:00,4\n' >"$seeds/a.csv" ;;
    dataset) cp "$goldens"/*.csv "$goldens"/*.idx "$seeds" && arrays "$seeds" ;;
    *) cp "$goldens"/*.csv "$goldens"/*.tsv "$goldens"/*.idx "$seeds" ;;
  esac
  printf '==> %s for %s s\n' "$reader" "$seconds"
  HOURGLASS_FUZZ=$reader "$program" "$corpus/$reader" "$seeds" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=4096 -malloc_limit_mb=1024 -max_len=4096 -artifact_prefix="$corpus/found-$reader-" -print_final_stats=1 -verbosity=0
done
