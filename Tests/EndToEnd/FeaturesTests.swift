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
      "features",
      "items.csv",
      "--probe",
      "kind",
      "--dimensions",
      "2",
      "--epochs",
      "3",
      "--threads",
      "1",
      "--save",
      "m",
      "-o",
      "features.csv",
      "--plot",
      "bars.svg",
      "--json",
      in: folder
    )
    #expect(learned.code == 0, "\(learned.errors)")
    let outcome = try json(learned.output)
    let probe = try #require(outcome["probe"] as? [String: Any])
    #expect(
      probe["classes"] as? [String] == ["large", "small"]
        || probe["classes"] as? [String] == ["small", "large"]
    )
    #expect((probe["scores"] as? [Any])?.count == 6)
    let lines = try folder.text("features.csv").split(separator: "\n")
    #expect(lines.count == 121)
    #expect(lines[0] == "id,kind,z1,z2")
    #expect(try folder.text("bars.svg").contains("<svg"))
    // The model applies to the table without the column, and gives the same features.
    let again = try Program.run(
      "features",
      "items.csv",
      "--model",
      "m",
      "-o",
      "again.npy",
      "--quiet",
      in: folder
    )
    #expect(again.code == 0, "\(again.errors)")
    #expect(try folder.bytes("again.npy").count == 128 + 120 * 2 * 4)
    let table = try Program.run("inspect", "items.csv", in: folder)
    #expect(table.output.contains("boolean"), "\(table.output)")
    #expect(table.output.contains("13 cells missing"), "\(table.output)")
  }
}
