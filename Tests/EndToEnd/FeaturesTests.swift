import Foundation
import Testing

@Suite struct FeaturesTests {
  @Test func featuresOfAMixedTableAreComparedAndWritten() throws {
    let folder = try Folder()
    var text = "id,size,weight,kind\n"
    for row in 0..<120 {
      let size = Double((row * 37) % 100)
      let weight = row % 9 == 4 ? "" : "\(size * 2 + Double(row % 3))"
      text += "item-\(row * 7919 % 10_007),\(size),\(weight),\(size < 50 ? "small" : "large")\n"
    }
    try folder.write(text, to: "items.csv")
    let learned = try Program.run(
      [
        "features", "items.csv", "--probe", "kind", "--dimensions", "2", "--epochs", "3",
        "--threads", "1", "--save", "m", "-o", "features.csv", "--plot", "bars.svg", "--json",
      ],
      in: folder
    )
    #expect(learned.code == 0, "\(learned.errors)")
    let outcome = try json(learned.output)
    let probe = try #require(outcome["evaluationOfData"] as? [String: Any])
    #expect((probe["title"] as? String)?.hasPrefix("accuracy of kind (2 classes)") == true)
    let methods = try methods(of: probe)
    #expect(methods.keys.sorted().first == "2 features" && methods.count == 5)
    #expect(methods.values.allSatisfy { $0.count == 2 && $0.values.allSatisfy((0...1).contains) })
    let lines = folder.text("features.csv").split(separator: "\n")
    #expect(lines.count == 121)
    #expect(lines[0] == "id,kind,z1,z2")
    #expect(folder.text("bars.svg").contains("<svg"))
    // The model applies to the table without the column, and gives the same features.
    let again = try Program.run(
      ["features", "items.csv", "--model", "m", "-o", "again.npy", "--quiet"],
      in: folder
    )
    #expect(again.code == 0, "\(again.errors)")
    #expect(try folder.bytes("again.npy").count == 128 + 120 * 2 * 4)
    let table = try Program.run("inspect", "items.csv", in: folder)
    #expect(table.output.contains("boolean"), "\(table.output)")
    #expect(table.output.contains("13 cells missing"), "\(table.output)")
  }

  /// A label belongs to the item of its line, and classes come in one order.
  @Test func labelsStayThoseOfTheirItems() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 90, columns: 3), to: "data.csv")
    let names = ["9", "", "10", "1a"]
    let labels = (0..<90).map { names[$0 % 4] }
    try folder.write(labels.joined(separator: "\n") + "\n", to: "labels.txt")
    let features = ["features", "data.csv", "--labels", "labels.txt"]
    let quick = ["--dimensions", "2", "--epochs", "1", "--threads", "1", "--seed", "1"]
    let printed = try (0..<3).map { _ -> NSDictionary in
      let outcome = try Program.run(features + ["--json"] + quick, in: folder)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try #require(try json(outcome.output)["evaluationOfData"] as? NSDictionary)
    }
    #expect(printed[0] == printed[1] && printed[1] == printed[2])

    try folder.write(labels.dropLast().joined(separator: "\n") + "\n", to: "few.txt")
    let few = try Program.run(["features", "data.csv", "--labels", "few.txt"] + quick, in: folder)
    #expect(few.code == 1 && few.errors.contains("has 89 labels"), "\(few.errors)")
    try folder.write(Made.table(rows: 1_100, columns: 3), to: "large.csv")
    for verb in ["features", "reduce"] {
      let large = try Program.run(
        [verb, "large.csv", "--labels", "labels.txt", "--in-memory", "1k"] + quick
          + (verb == "reduce" ? ["--plot", "map.svg"] : []),
        in: folder
      )
      #expect(large.code == 2 && large.errors.contains("--labels needs data that are held in"))
    }
  }
}
