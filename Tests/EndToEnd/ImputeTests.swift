import Foundation
import Testing

@Suite struct ImputeTests {
  private let quick = ["--epochs", "10", "--members", "1", "--threads", "1"]

  /// A table of a number that follows another one, a category and a whole number, with gaps.
  private var table: String {
    var text = "x,y,kind,n\n"
    for row in 0..<160 {
      let x = Double(row * 37 % 160) / 16
      let y = row % 5 == 1 ? "" : "\(2 * x + 1)"
      let kind = row % 7 == 2 ? "NA" : x > 5 ? "\"large, very\"" : "small"
      let n = row % 6 == 3 ? "?" : "\(Int(x) * 3)"
      text += "\(x)0,\(y),\(kind),\(n)\n"
    }
    return text
  }

  @Test func missingCellsAreFilledAndTheOthersKeptToTheByte() throws {
    let folder = try Folder()
    try folder.write(Array(table.utf8), to: "gaps.csv")
    let arguments = [
      "impute", "gaps.csv", "-o", "filled.csv", "--draws", "2", "--intervals", "--save",
      "m.hourglass", "--json",
    ]
    let outcome = try Program.run(arguments + quick, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      try folder.names() == [
        "filled-1.csv", "filled-2.csv", "filled-intervals.csv", "filled.csv", "gaps.csv",
        "m.hourglass",
      ]
    )
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    )
    #expect(report["stillMissing"] as? Int == 0)
    let evaluated = try methods(of: report["evaluation"])
    #expect(
      evaluated.keys.sorted()
        == [
          "5 nearest neighbors", "chained regression", "hourglass", "mean", "network alone",
          "trees alone",
        ]
    )
    #expect(evaluated["mean"]?["RMSE"] != nil && evaluated["mean"]?["accuracy"] != nil)
    let pooled = try #require(report["pooled"] as? [[String: Any]])
    #expect(pooled.compactMap { $0["column"] as? String } == ["y", "kind", "kind", "n"])
    let intervals = folder.text("filled-intervals.csv").split(separator: "\n")
    #expect(intervals.first == "row,column,filled,lowest,highest,levels")
    #expect(intervals.count - 1 == report["missing"] as? Int)
    #expect(intervals.contains { $0.hasPrefix("2,y,") && $0.hasSuffix(",") })
    for name in ["filled.csv", "filled-1.csv", "filled-2.csv"] {
      let (before, after) = (table.split(separator: "\n"), folder.text(name).split(separator: "\n"))
      #expect(before.count == after.count)
      for (old, new) in zip(before, after) {
        let parts = old.split(separator: ",", omittingEmptySubsequences: false)
        #expect(new.hasPrefix("\(parts[0]),\(parts[1])"), "\(old) became \(new)")
        #expect(!new.contains("NA") && !new.contains("?") && !new.contains(",,"))
        if old.contains("large") { #expect(new.contains("\"large, very\"")) }
      }
    }
    #expect(folder.text("filled-1.csv") != folder.text("filled-2.csv"))
    let again = try Program.run(
      ["impute", "gaps.csv", "--model", "m.hourglass", "-o", "-", "--quiet"],
      in: folder
    )
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.output == folder.text("filled.csv"))
  }

  @Test func holesInImagesAreFilled() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 40, side: 12), to: "images.idx")
    try folder.write(Made.images(count: 1, side: 12), to: "mask.idx")
    let outcome = try Program.run(
      [
        "impute", "images.idx", "--mask", "mask.idx", "--mask-rate", "0.2", "--epochs", "1",
        "--threads", "1", "--save", "m.hourglass", "-o", "out", "--figure", "rows.png", "--json",
      ],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let report = try json(outcome.output)
    let given = try methods(of: report["evaluationOfData"])
    #expect(try #require(given["network"]?["RMSE"]) < #require(given["mean color"]?["RMSE"]))
    #expect(try folder.names() == ["images.idx", "m.hourglass", "mask.idx", "out", "rows.png"])
    #expect(folder.has("out/1.png") && folder.has("out/40.png"))
    let again = try Program.run(
      ["impute", "images.idx", "--model", "m.hourglass", "--first", "2", "-o", "again"],
      in: folder
    )
    #expect(again.code == 0 && again.errors.contains("no pixel"), "\(again.errors)")
    let wrong = try Program.run(
      ["impute", "images.idx", "--model", "m.hourglass", "--draws", "2", "-o", "x"],
      in: folder
    )
    #expect(wrong.code == 2 && wrong.errors.contains("tables and time series"))
    try folder.write(Array(table.utf8), to: "gaps.csv")
    let masked = try Program.run(["impute", "gaps.csv", "--mask", "mask.idx"], in: folder)
    #expect(masked.code == 2 && masked.errors.contains("--mask is for images"))
  }

  @Test func mistakesAreReported() throws {
    let folder = try Folder()
    try folder.write(Array("a,b\n1,1\n1,1\n1,1\n".utf8), to: "same.csv")
    let same = try Program.run(["impute", "same.csv", "-o", "x.csv"], in: folder)
    #expect(same.code == 1, "\(same.errors)")
    let draws = try Program.run(["impute", "same.csv", "--draws", "2"], in: folder)
    #expect(draws.code == 2)
    #expect(draws.errors.contains("--draws needs --output"), "\(draws.errors)")
    let over = try Program.run(["impute", "same.csv", "-o", "same.csv"], in: folder)
    #expect(over.code == 2)
    #expect(try folder.names() == ["same.csv"])
  }
}
