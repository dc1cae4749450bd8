import Foundation
import Testing

/// Nothing is left out, ignored or taken as missing without a word, by any verb.
@Suite struct LeftOutTests {
  private let quick = ["--epochs", "1", "--threads", "1"]

  /// A table with a name, a column without a value, a constant, words for missing cells and an odd date.
  private func table(rows: Int, cities: [String], order: String = "monthFirst") -> String {
    var text = "name,city,empty,same,day,score\n"
    for row in 0..<rows {
      let (month, day) = (row % 12 + 1, order == "monthFirst" ? row % 28 + 1 : row % 12 + 1)
      let date = row == 5 ? "02/30/2024" : "\(month)/\(day)/2024"
      let score = row % 9 == 2 ? "?" : "\(Double(row * 37 % 101) / 10)"
      text += "who \(row),\(cities[row % cities.count]),,7,\(date),\(score)\n"
    }
    return text
  }

  private func inputs(_ outcome: Outcome) throws -> [[String: Any]] {
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try #require(try json(outcome.output)["inputs"] as? [[String: Any]])
  }

  @Test(arguments: ["detect", "reduce", "features", "impute", "denoise", "generate", "match add"])
  func everyVerbSaysIt(_ verb: String) throws {
    let folder = try Folder()
    try folder.write(table(rows: 90, cities: ["Ulm", "NA", "Bonn"]), to: "given.csv")
    try folder.write(table(rows: 40, cities: ["Ulm", "NA", "Rom"], order: "open"), to: "new.csv")
    var arguments = verb.split(separator: " ").map(String.init)
    if verb == "generate" { arguments.append("--learn-from") }
    arguments.append("given.csv")
    if verb == "match add" {
      arguments += ["--database", "d.db"]
    } else {
      arguments += ["--save", "m"]
    }
    let outcome = try Program.run(arguments + ["--json"] + quick, in: folder)
    let input = try #require(try inputs(outcome).first)
    let ignored = try #require(input["ignored"] as? [[String: Any]])
    // A constant that changes is unusual to detect, which trains on it.
    let takesConstants = verb == "detect"
    #expect(
      ignored.compactMap { $0["name"] as? String }
        == ["name", "empty"] + (takesConstants ? [] : ["same"])
    )
    #expect(ignored.allSatisfy { $0["reason"] is String && $0["rule"] is String })
    let missing = try #require(input["missing"] as? [[String: Any]])
    #expect(missing.contains { $0["word"] as? String == "?" && $0["count"] as? Int == 10 })
    #expect(missing.contains { $0["column"] as? String == "city" && $0["count"] as? Int == 30 })
    let odd = try #require(input["odd"] as? [[String: Any]])
    #expect(odd.compactMap { $0["column"] as? String } == ["day"])
    for part in [
      "column name is ignored: it names rows", "column empty is ignored: it has no value",
      takesConstants ? "" : "column same is ignored: it is the same in every row",
      "taken as missing: \"NA\" 30, \"?\" 10",
      "\"02/30/2024\" in line 7",
    ] {
      #expect(part.isEmpty || outcome.errors.contains(part), "\(verb): \(part): \(outcome.errors)")
    }

    // With a model, cells that it does not know are counted, and what is open is read as it was in training.
    guard verb != "generate" else { return }
    arguments = verb.split(separator: " ").map(String.init) + ["new.csv"]
    arguments += verb == "match add" ? ["--database", "d.db"] : ["--model", "m"]
    let other = try Program.run(arguments + ["--json"], in: folder)
    let new = try #require(try inputs(other).first)
    #expect((new["unknown"] as? [String: Int])?["city"] == 13, "\(verb): \(new)")
    let words = try #require(new["missing"] as? [[String: Any]])
    #expect(words.contains { $0["word"] as? String == "NA" && $0["count"] as? Int == 13 })
    #expect(
      verb != "match add"
        || other.errors.contains(
          "13 cells of city with levels that the training data did not have count as missing"
        ),
      "\(verb): \(other.errors)"
    )
    // Days below 13 leave the order open: the model knows it.
    let unread = (new["unknown"] as? [String: Int])?["day"] ?? 0
    #expect(unread <= 1, "\(verb): \(new)")
  }

  @Test func aTextAmongNumbersOfTheModelIsNamedByItsRow() throws {
    let folder = try Folder()
    let rows = (0..<200).map { "\(Double($0 * 37 % 101) / 10),\($0 % 7)\n" }.joined()
    try folder.write("x,y\n" + rows, to: "given.csv")
    try folder.write(
      "x,y\n" + String(repeating: "1.5,2\n", count: 20_000) + "oops,3\n",
      to: "new.csv"
    )
    let trained = try Program.run(["reduce", "given.csv", "--save", "m"] + quick, in: folder)
    #expect(trained.code == 0, "\(trained.errors)")
    for options in [[], ["--in-memory", "1k"]] {
      let outcome = try Program.run(
        ["reduce", "new.csv", "--model", "m", "-o", "codes.csv"] + options,
        in: folder
      )
      let place = options.isEmpty ? "row 20001" : "line 20002"
      #expect(outcome.code == 1 && outcome.errors.contains(place), "\(outcome.errors)")
      #expect(outcome.errors.contains("\"oops\""))
    }
    #expect(try folder.names() == ["given.csv", "m", "new.csv"])
  }

  @Test func filesThatAreNoPartAreCounted() throws {
    let folder = try Folder()
    for number in 0..<3 {
      let rows = "x,y\n\(number),1.5\n2,\(number).25\n"
      try folder.write(Array(rows.utf8), to: "table/part-\(number).csv", making: "table")
    }
    try folder.write([], to: "table/part-9.csv", making: "table")
    try folder.write(Array("notes".utf8), to: "table/readme.txt", making: "table")
    let outcome = try Program.run(["inspect", "table"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("2 files of other kinds were left out"), "\(outcome.errors)")
  }
}
