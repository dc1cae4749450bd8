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
}
