import Foundation
import Testing

@Suite struct BenchmarkTests {
  @Test func readingIsTimed() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 500, columns: 4), to: "data.csv")
    let one = try Program.run("benchmark", "reading", "data.csv", "--json", in: folder)
    #expect(one.code == 0, "\(one.errors)")
    let figures = try json(one.output)
    #expect(figures["rows"] as? Int == 500 && figures["columns"] as? Int == 4)
    #expect(try #require(figures["megabytes_per_s"] as? Double) > 0)
    let made = try Program.run(
      "benchmark",
      "reading",
      "--make",
      "tables",
      "--megabytes",
      "1",
      in: folder
    )
    #expect(made.code == 0, "\(made.errors)")
    let names = ["decimals.csv", "doubles.csv", "integers.csv", "mixed.csv"]
    #expect(made.output.split(separator: "\n").map(String.init) == names.map { "tables/\($0)" })
    let mixed = try Program.run("inspect", "tables/mixed.csv", "--json", in: folder)
    let table = try #require(try json(mixed.output)["table"] as? [String: Any])
    let columns = try #require(table["columns"] as? [[String: Any]])
    #expect(
      columns.prefix(6).compactMap { $0["kind"] as? String } == [
        "integer", "number", "category", "date", "boolean", "identifier",
      ]
    )
    let missing = try Program.run("benchmark", "reading", "none.csv", in: folder)
    #expect(missing.code == 1 && missing.errors.contains("none.csv"))
  }

  @Test func scoringIsTimed() throws {
    let folder = try Folder()
    let timed = try Program.run(
      "benchmark",
      "scoring",
      "--rows",
      "400",
      "--rounds",
      "2",
      "--folder",
      ".",
      "--json",
      in: folder
    )
    #expect(timed.code == 0, "\(timed.errors)")
    let figures = try json(timed.output)
    #expect(figures["rows"] as? Int == 400)
    for key in ["megabytes", "seconds", "peak_rss_mib"] {
      #expect(try #require(figures[key] as? Double) > 0, "\(key)")
    }
    #expect(try folder.names().isEmpty)
  }

  @Test func searchIsTimed() throws {
    let folder = try Folder()
    let options = ["--count", "2000", "--dimensions", "8", "--queries", "30", "--rounds", "1"]
    let first = try Program.run(
      ["benchmark", "search", "--keep", "vectors", "--json"] + options,
      in: folder
    )
    #expect(first.code == 0, "\(first.errors)")
    let figures = try json(first.output)
    #expect(figures["count"] as? Int == 2000 && figures["dimensions"] as? Int == 8)
    for key in ["exact_ms", "exact_batch_ms", "build_s", "graph_mib", "peak_rss_mib"] {
      #expect(try #require(figures[key] as? Double) > 0, "\(key)")
    }
    let walks = try #require(figures["approximate"] as? [[String: Any]])
    #expect(walks.compactMap { $0["target"] as? Double } == [0.95, 0.99])
    for walk in walks {
      let target = try #require(walk["target"] as? Double)
      #expect(try #require(walk["recall"] as? Double) >= target)
      #expect(try #require(walk["breadth"] as? Int) >= 10)
      #expect(try #require(walk["queries_per_s"] as? Double) > 0)
      #expect(try #require(walk["batch_queries_per_s"] as? Double) > 0)
    }
    // The graph of the first run is taken.
    let second = try Program.run(
      ["benchmark", "search", "--keep", "vectors", "--json"] + options,
      in: folder
    )
    #expect(try json(second.output)["build_s"] is NSNull)
    let vectors = try Program.run("inspect", "vectors/vectors.npy", in: folder)
    #expect(vectors.code == 0 && vectors.output.contains("2,000 rows"), "\(vectors.output)")
    let wrong = try Program.run("benchmark", "search", "--count", "0", in: folder)
    #expect(wrong.code == 2)
  }
}
