#!/usr/bin/env python3
"""Times the search of nearest vectors in Hourglass, faiss and hnswlib on the same vectors, and prints the ratios.

usage: compare_search_speed.py --benchmarks PROGRAM --peer-python PYTHON [--count 1000000] [--rounds 5] [--folder FOLDER]

The vectors are those of `hourglass-benchmarks search --keep FOLDER`, which writes them and its graph to a folder (one for
temporary files, unless it is named; a second run with the same folder makes no graph anew). faiss has them in an
IndexFlatL2, hnswlib in an index of the same M (16) and ef_construction (200) as the graph; all on one thread. In each
round every program answers in turn, and the median of the rounds counts. For the approximate search each program walks
with the narrowest breadth that reaches the recall. A ratio above 1 means that Hourglass is faster.

Standard output has a Markdown table and then one line of JSON. Needs the standard library; PYTHON needs numpy,
faiss-cpu and hnswlib.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

NEIGHBORS = 10
TARGETS = (0.95, 0.99)


def narrowest(recall, target):
    """The smallest breadth from NEIGHBORS on whose recall reaches the target."""
    low, high = NEIGHBORS - 1, NEIGHBORS
    while recall(high) < target and high < 10_000:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if recall(middle) >= target else (middle, high)
    return high


def peers(folder):
    """Makes the indexes of the peers, and measures a round for each line of standard input."""
    import time  # pylint: disable=import-outside-toplevel

    import faiss  # pylint: disable=import-outside-toplevel,import-error
    import hnswlib  # pylint: disable=import-outside-toplevel,import-error
    import numpy  # pylint: disable=import-outside-toplevel,import-error

    def median_seconds(body, rounds):
        times = []
        for number in range(rounds):
            start = time.perf_counter()
            body(number)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    faiss.omp_set_num_threads(1)
    vectors, queries = (numpy.load(os.path.join(folder, f"{name}.npy")) for name in ("vectors", "queries"))
    flat = faiss.IndexFlatL2(vectors.shape[1])
    flat.add(vectors)
    last = flat.search(queries, NEIGHBORS)[0][:, -1:]
    graph = hnswlib.Index("l2", vectors.shape[1])
    kept = os.path.join(folder, "hnswlib-{}x{}.index".format(*vectors.shape))
    made = None
    if os.path.exists(kept):
        graph.load_index(kept)
    else:
        graph.init_index(len(vectors), M=16, ef_construction=200, random_seed=100)
        made = median_seconds(lambda _: graph.add_items(vectors, num_threads=1), 1)
        graph.save_index(kept)

    def recall(breadth):
        graph.set_ef(breadth)
        found = graph.knn_query(queries, NEIGHBORS, num_threads=1)[1]
        return float((found <= last * (1 + 1e-5)).mean())

    breadths = {target: narrowest(recall, target) for target in TARGETS}
    recalls = {target: recall(breadth) for target, breadth in breadths.items()}
    print(json.dumps({"build_s": made, "breadths": breadths, "recalls": recalls,
                      "versions": {"faiss": faiss.__version__, "numpy": numpy.__version__}}), flush=True)
    batch = numpy.resize(queries, (100, queries.shape[1]))
    for _ in sys.stdin:
        figures = {"exact_ms": 1000 * median_seconds(
            lambda number: flat.search(queries[number % len(queries)][None], NEIGHBORS), 9)}
        figures["exact_batch_ms"] = 1000 * median_seconds(lambda _: flat.search(batch, NEIGHBORS), 1)
        for target, breadth in breadths.items():
            graph.set_ef(breadth)
            seconds = median_seconds(lambda _: graph.knn_query(queries, NEIGHBORS, num_threads=1), 1)
            figures[f"rate_{target}"] = len(queries) / seconds
        print(json.dumps(figures), flush=True)


def own(options, folder, rounds):
    ran = subprocess.run([options.benchmarks, "search", "--keep", folder, "--json",
                          "--count", str(options.count), "--dimensions", str(options.dimensions),
                          "--queries", str(options.queries), "--rounds", str(rounds)],
                         capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


def compare(options, folder):
    first = own(options, folder, 1)
    command = [options.peer_python, os.path.abspath(__file__), "--peers", folder]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        facts = json.loads(process.stdout.readline())
        ours, theirs = [], []
        for _ in range(options.rounds):
            ours.append(own(options, folder, 1))
            process.stdin.write("round\n")
            process.stdin.flush()
            theirs.append(json.loads(process.stdout.readline()))
        process.stdin.close()
    rows = []
    for name, key in (("exact, one query, ms", "exact_ms"), ("exact, 100 queries, ms", "exact_batch_ms")):
        mine, peer = (statistics.median(figures[key] for figures in runs) for runs in (ours, theirs))
        rows.append({"what": name, "hourglass": mine, "peer": "faiss flat", "theirs": peer, "ratio": peer / mine})
    for place, target in enumerate(TARGETS):
        mine = statistics.median(figures["approximate"][place]["queries_per_s"] for figures in ours)
        peer = statistics.median(figures[f"rate_{target}"] for figures in theirs)
        rows.append({"what": f"recall@10 of {target}, queries/s", "hourglass": mine, "peer": "hnswlib", "theirs": peer,
                     "ratio": mine / peer, "breadth": first["approximate"][place]["breadth"],
                     "recall": first["approximate"][place]["recall"],
                     "their_breadth": facts["breadths"][str(target)], "their_recall": facts["recalls"][str(target)]})
    if first["build_s"] and facts["build_s"]:
        rows.append({"what": "making the graph, s", "hourglass": first["build_s"], "peer": "hnswlib",
                     "theirs": facts["build_s"], "ratio": facts["build_s"] / first["build_s"]})
    return {"count": options.count, "dimensions": options.dimensions, "queries": options.queries,
            "rounds": options.rounds, "graph_mib": first["graph_mib"], "peak_rss_mib": first["peak_rss_mib"],
            "versions": facts["versions"], "rows": rows}


def main():
    parser = argparse.ArgumentParser(description="Times the search of vectors beside faiss and hnswlib.")
    parser.add_argument("--benchmarks", metavar="PROGRAM", help="the built hourglass-benchmarks")
    parser.add_argument("--peer-python", default="python3", help="a Python with numpy, faiss-cpu and hnswlib")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--dimensions", type=int, default=64)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="where vectors and graphs are kept (default: a folder that is removed)")
    parser.add_argument("--peers", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peers:
        peers(options.peers)
        return
    if not options.benchmarks:
        parser.error("--benchmarks is needed")
    if options.folder:
        report = compare(options, options.folder)
    else:
        with tempfile.TemporaryDirectory() as folder:
            report = compare(options, folder)
    print(f"{options.count} vectors of {options.dimensions} numbers, one thread, median of {options.rounds} rounds\n")
    print("| what | Hourglass | peer | | times the peer |\n|---|---|---|---|---|")
    for row in report["rows"]:
        print(f"| {row['what']} | {row['hourglass']:.4g} | {row['peer']} | {row['theirs']:.4g} | {row['ratio']:.2f} |")
    print(json.dumps(report))


if __name__ == "__main__":
    main()
