import Foundation
import Hourglass
import HourglassBenchmarkSupport
import Testing

@testable import HourglassBenchmarks

@Suite struct SpeedTests {
  @Test func trainingIsTimedAndItsAllocationsAreCounted() throws {
    let arguments = ["training", "--workload", "tabular-30", "--seconds", "0.05", "--threads", "1"]
    let outcome = try Program.run(arguments + ["--json"], in: Folder())
    #expect(outcome.code == 0, "\(outcome.errors)")
    let figures = try json(outcome.output)
    #expect(
      Set(figures.keys) == [
        "workload", "mode", "batch", "ms_per_step", "samples_per_s", "gflops_per_s",
        "allocations_per_step", "library_allocations_per_step", "peak_rss_mib", "arena_mib",
        "primitives_ms_per_step", "primitives_share", "threads",
      ]
    )
    #expect(figures["workload"] as? String == "tabular-30" && figures["batch"] as? Int == 64)
    #expect(figures["threads"] as? Int == 1 && figures["mode"] as? String == "float32")
    #if canImport(Glibc)
      #expect(figures["allocations_per_step"] as? Double == 0)
    #endif
    let milliseconds = try #require(figures["ms_per_step"] as? Double)
    let rate = try #require(figures["samples_per_s"] as? Double)
    #expect(abs(rate * milliseconds - 64_000) < 1e-6 * 64_000)
    #expect(try #require(figures["peak_rss_mib"] as? Double) < 100)
  }

  @Test func profilesNameTheParts() throws {
    let arguments = ["training", "--workload", "tabular-30", "--seconds", "0.05", "--profile"]
    let outcome = try Program.run(arguments, in: Folder())
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("tabular-30: ") && outcome.errors.contains("dense"))
  }

  @Test func unknownNetworksAreRefused() throws {
    let outcome = try Program.run(["training", "--workload", "dens-784"], in: Folder())
    #expect(outcome.code == 64 && outcome.errors.contains("there is no network 'dens-784'"))
  }

  /// The counts are those of the hooks in `torch_speed.py`, written out by hand for each layer.
  @Test func multiplyAddsAreThoseOfThePeer() throws {
    let counts = try ReferenceWorkload.all.map { "\($0.name) \(try $0.forwardMultiplyAdds())" }
    #expect(
      counts == [
        "tabular-30 540672", "tabular-100 11272192", "dense-784 138412032",
        "dense-784-large-batch 553648128", "vae-784 83353600", "conv-28 354041856",
        "unet-32 6018826240", "series-128 82575360",
      ]
    )
  }

  @Test func readingIsTimed() throws {
    let folder = try Folder()
    let table = Made.table(rows: 500, columns: 4)
    try folder.write(table, to: "data.csv")
    let one = try Program.run(["reading", "data.csv", "--json"], in: folder)
    #expect(one.code == 0, "\(one.errors)")
    let figures = try json(one.output)
    #expect(figures["rows"] as? Int == 500 && figures["columns"] as? Int == 4)
    #expect(figures["megabytes"] as? Double == Double(table.utf8.count) / 1e6)
    let rate = try #require(figures["megabytes_per_s"] as? Double)
    let seconds = try #require(figures["seconds"] as? Double)
    #expect(abs(rate * seconds - Double(table.utf8.count) / 1e6) < 1e-9)
    let made = try Program.run(["reading", "--make", "tables", "--megabytes", "1"], in: folder)
    #expect(made.code == 0, "\(made.errors)")
    let names = ["decimals.csv", "doubles.csv", "integers.csv", "mixed.csv"]
    #expect(made.output.split(separator: "\n").map(String.init) == names.map { "tables/\($0)" })
    let mixed = try Table(contentsOf: folder.path("tables/mixed.csv"))
    #expect(
      mixed.columns.prefix(6).map { "\($0.kind)" } == [
        "integer", "number", "category", "date", "boolean", "identifier",
      ]
    )
    let missing = try Program.run(["reading", "none.csv"], in: folder)
    #expect(missing.code == 1 && missing.errors.contains("none.csv"))
  }

  @Test(.enabled(if: Program.hourglass != nil, "hourglass is not built: ./run test builds it"))
  func scoringIsTimed() throws {
    let folder = try Folder()
    let program = try #require(Program.hourglass)
    let timed = try Program.run(
      [
        "scoring", "--rows", "400", "--rounds", "2", "--folder", ".", "--json", "--hourglass",
        program,
      ],
      in: folder
    )
    #expect(timed.code == 0, "\(timed.errors)")
    let figures = try json(timed.output)
    #expect(figures["rows"] as? Int == 400)
    // 400 rows of 30 numbers with five decimals: 8 or 9 bytes each, and a separator.
    #expect((0.08...0.13).contains(try #require(figures["megabytes"] as? Double)))
    #expect(figures["seconds"] is Double && figures["peak_rss_mib"] is Double)
    #expect(try folder.names().isEmpty)
  }

  @Test(.enabled(if: Program.hourglass != nil, "hourglass is not built: ./run test builds it"))
  func largeTablesAreMeasured() throws {
    let folder = try Folder()
    let program = try #require(Program.hourglass)
    let outcome = try Program.run(
      ["large", "--gigabytes", "0.01", "--folder", ".", "--json", "--hourglass", program],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let figures = try json(outcome.output)
    let rows = try #require(figures["rows"] as? Int)
    #expect((35_000...40_000).contains(rows), "\(rows)")
    #expect(try folder.names().isEmpty)
  }

  @Test func aMissingProgramIsSaid() throws {
    let outcome = try Program.run(["scoring", "--hourglass", "none"], in: Folder())
    #expect(outcome.code == 1 && outcome.errors.contains("there is no program at none"))
  }

  @Test func searchIsTimed() throws {
    let folder = try Folder()
    let arguments = [
      "search", "--keep", "vectors", "--json", "--count", "2000", "--dimensions", "8",
      "--queries", "30", "--rounds", "1",
    ]
    let first = try Program.run(arguments, in: folder)
    #expect(first.code == 0, "\(first.errors)")
    let figures = try json(first.output)
    #expect(figures["count"] as? Int == 2000 && figures["dimensions"] as? Int == 8)
    for key in ["exact_ms", "exact_batch_ms", "build_s", "graph_mib"] {
      #expect(figures[key] is Double, "\(key)")
    }
    let walks = try #require(figures["approximate"] as? [[String: Any]])
    #expect(walks.compactMap { $0["target"] as? Double } == [0.95, 0.99])
    for walk in walks {
      let target = try #require(walk["target"] as? Double)
      #expect((target...1).contains(try #require(walk["recall"] as? Double)))
      #expect(try #require(walk["breadth"] as? Int) >= 10)
      #expect(walk["queries_per_s"] is Double && walk["batch_queries_per_s"] is Double)
    }
    // The graph of the first run is taken.
    let second = try Program.run(arguments, in: folder)
    #expect(try json(second.output)["build_s"] is NSNull)
    let vectors = try ArrayFiles.numbers(contentsOf: folder.path("vectors/vectors.npy"))
    #expect(vectors.shape == [2_000, 8])
    let wrong = try Program.run(["search", "--count", "0"], in: folder)
    #expect(wrong.code == 64 && wrong.errors.contains("--count must be 1 to"))
  }
}
