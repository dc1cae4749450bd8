import Foundation
import Testing

/// What verbs say of several series, whose rows stand between each other.
@Suite struct SeriesResultTests {
  private let quick = ["--epochs", "2", "--threads", "1"]

  /// Two sensors by turns, with an odd stretch each; and whether a row is within one.
  private func rows(labels: Bool) -> String {
    var text = "hour,sensor,load" + (labels ? ",odd\n" : "\n")
    for hour in 0..<300 {
      for sensor in [7, 9] {
        let isOdd = sensor == 7 ? (100..<140).contains(hour) : (118..<122).contains(hour)
        let load = Double(hour * 13 % 24) + (isOdd ? 90 : 0)
        text += "\(hour),\(sensor),\(load)" + (labels ? ",\(isOdd ? 1 : 0)\n" : "\n")
      }
    }
    return text
  }

  private func detect(_ name: String, _ options: [String], in folder: Folder) throws -> Outcome {
    let outcome = try Program.run(
      [
        "detect", name, "--series", "hour", "--by", "sensor", "--window", "24", "--stride", "6",
        "--false-alarms", "0.08",
      ] + options + quick,
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    return outcome
  }

  @Test func labelsAreNotTrainedOn() throws {
    let folder = try Folder()
    try folder.write(rows(labels: true), to: "labeled.csv")
    try folder.write(rows(labels: false), to: "plain.csv")
    let reported = try detect(
      "labeled.csv",
      ["--labels", "odd", "-o", "labeled-scores.csv", "--json"],
      in: folder
    )
    _ = try detect("plain.csv", ["-o", "plain-scores.csv"], in: folder)
    #expect(try folder.bytes("labeled-scores.csv") == folder.bytes("plain-scores.csv"))
    let labeled = try #require(try json(reported.output)["evaluationOfData"] as? [String: Any])
    #expect((labeled["title"] as? String)?.hasSuffix(", 44 labeled as anomalies") == true)
  }

  @Test func rangesAreThoseOfTheirOwnSeries() throws {
    let folder = try Folder()
    try folder.write(rows(labels: false), to: "plain.csv")
    let reported = try json(detect("plain.csv", ["-o", "s.csv", "--json"], in: folder).output)
    let ranges = try #require(reported["ranges"] as? [[String: Any]])
    let lines = folder.text("s.csv").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].hasPrefix("hour,sensor,score,") && lines[0].hasSuffix(",range"))
    var series: [String: Set<String>] = [:]
    var hours: [Int: [Int]] = [:]
    for line in lines.dropFirst() where !line.isEmpty {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard let range = cells.last, let number = Int(range) else { continue }
      series[String(range), default: []].insert(String(cells[1]))
      hours[number, default: []].append(try #require(Int(cells[0])))
    }
    #expect(series.values.allSatisfy { $0.count == 1 }, "\(series)")
    #expect(series.count == ranges.count && ranges.count >= 2)
    for (number, found) in hours {
      let range = try #require(ranges.first { $0["number"] as? Int == number })
      #expect(range["start"] as? String == "\(found.min() ?? -1)")
      #expect(range["end"] as? String == "\(found.max() ?? -1)")
    }
  }

  @Test func codesNameTheirSeries() throws {
    let folder = try Folder()
    try folder.write(rows(labels: false), to: "plain.csv")
    let series = ["--series", "hour", "--by", "sensor", "--window", "24"]
    let whole = ["reduce", "plain.csv", "-o", "c.csv", "--save", "m.hourglass"] + series + quick
    #expect(try Program.run(whole, in: folder).code == 0)
    let lines = folder.text("c.csv").split(separator: "\n")
    #expect(lines[0].hasPrefix("hour,sensor,z1,"))
    #expect(lines.count { $0.hasPrefix("0,7,") } == 1 && lines.count { $0.hasPrefix("0,9,") } == 1)
  }

  @Test func numbersOfSeriesAreNotFilled() throws {
    let folder = try Folder()
    var lines = rows(labels: false).split(separator: "\n").map(String.init)
    for row in stride(from: 20, to: 500, by: 17) {
      lines[row] = lines[row].split(separator: ",").prefix(2).joined(separator: ",") + ","
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "gaps.csv")
    let impute = ["impute", "gaps.csv", "--series", "hour", "--by", "sensor", "--window", "24"]
    let reported = try Program.run(impute + ["-o", "filled.csv", "--json"] + quick, in: folder)
    #expect(reported.code == 0, "\(reported.errors)")
    let evaluation = try #require(try json(reported.output)["evaluation"] as? [String: Any])
    let tables = try #require(evaluation["tables"] as? [[String: Any]])
    let byColumn = tables.first { $0["title"] as? String == "RMSE by column" }
    let columns = try #require(byColumn?["methods"] as? [[String: Any]])
    #expect(columns.compactMap { $0["name"] as? String } == ["load"])

    let marks = (0..<200).map { "\($0),\($0 % 3 == 0 ? "true" : $0 % 7 == 0 ? "" : "false")" }
    try folder.write((["hour,on"] + marks).joined(separator: "\n") + "\n", to: "marks.csv")
    let refused = try Program.run(
      ["impute", "marks.csv", "--series", "hour", "--window", "24"] + quick,
      in: folder
    )
    #expect(
      refused.code == 1 && refused.errors.contains("a column of numbers"),
      "\(refused.errors)"
    )
  }

  @Test func whatSeriesDoNotHaveIsRefusedBeforeLearning() throws {
    let folder = try Folder()
    try folder.write(rows(labels: false), to: "plain.csv")
    let outcome = try Program.run(
      ["detect", "plain.csv", "-o", "s.csv", "--heat-maps", "maps"] + quick,
      in: folder
    )
    #expect(outcome.code == 2 && outcome.errors.contains("--heat-maps needs images"))
    #expect(try folder.names() == ["plain.csv"])
    // So small a share asks for more anomalies than there are rows.
    let none = try Program.run(
      ["detect", "plain.csv", "--false-discoveries", "1e-20"] + quick,
      in: folder
    )
    #expect(none.code == 0 && none.output.contains("none can be found"), "\(none.errors)")
  }
}
