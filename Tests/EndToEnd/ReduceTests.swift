import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ReduceTests {
  private let quick = ["--epochs", "4", "--hidden", "16", "--threads", "1"]

  @Test func tableIsReducedAndReported() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 300, columns: 6), to: "data.csv")
    let arguments = [
      "reduce", "data.csv", "-o", "codes.csv", "--save", "model.hourglass", "--json",
    ]
    let outcome = try Program.run(arguments + quick, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("epoch 4 of 4: error "))
    #expect(!outcome.errors.contains("\u{1b}"), "no terminal, no control characters")
    #expect(outcome.output.split(separator: "\n").count == 1)
    let report = try json(outcome.output)
    #expect(report["rows"] as? Int == 300)
    #expect(report["dimensions"] as? Int == 2)
    let methods = try methods(of: report["evaluation"])
    for method in ["autoencoder", "PCA", "mean"] {
      #expect(try #require(methods[method]?["MSE"]) > 0)
    }
    let verdict = (report["evaluation"] as? [String: Any])?["verdict"] as? [String: Any]
    #expect(verdict?["baseline"] as? String == "PCA" && verdict?["metric"] as? String == "MSE")
    #expect((report["files"] as? [String: String])?["codes"] == "codes.csv")
    let lines = folder.text("codes.csv").split(separator: "\n")
    #expect(lines.count == 301)
    #expect(lines[0] == "z1,z2")
    #expect(
      lines.dropFirst().allSatisfy { $0.split(separator: ",").compactMap { Float($0) }.count == 2 }
    )
    #expect(try folder.names() == ["codes.csv", "data.csv", "model.hourglass"])
  }

  @Test func theNumberOfDimensionsIsFound() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 300, columns: 6), to: "data.csv")
    let arguments = [
      "reduce", "data.csv", "--dimensions", "auto", "--keep", "0.9", "--curve", "curve.svg", "-o",
      "codes.csv",
    ]
    let text = try Program.run(arguments + quick, in: folder)
    #expect(text.code == 0, "\(text.errors)")
    let lines = text.output.split(separator: "\n")
    #expect(lines.first == "Validation: R² by the number of latent dimensions")
    #expect(lines[1].split(separator: " ") == ["MSE", "R²"])
    #expect(lines[2].hasPrefix("  autoencoder, 1 dimension "))
    #expect(lines[3].hasPrefix("  PCA, 1 dimension "))
    #expect(lines[2].split(separator: " ").suffix(2).allSatisfy { Double($0) != nil })
    #expect(text.output.contains("R² of at least 0.900 from "))
    #expect(text.errors.contains("1 dimension: R² 0."))
    #expect(folder.text("curve.svg").contains("principal components"))
    let outcome = try Program.run(arguments + quick + ["--json", "--quiet"], in: folder)
    #expect(outcome.errors.isEmpty)
    let report = try json(outcome.output)
    let curve = try #require(report["curve"] as? [String: Any])
    #expect(curve["enough"] as? Int == report["dimensions"] as? Int)
    let mistakes = [
      (["--keep", "0.9"], "--keep needs --dimensions auto"),
      (["--dimensions", "auto", "--keep", "2"], "'2' is invalid for '--keep"),
      (["--dimensions", "auto", "--resume"], "--resume needs a number of --dimensions"),
      (["--dimensions", "some"], "'some' is invalid for '--dimensions"),
    ]
    for (options, words) in mistakes {
      let failed = try Program.run(["reduce", "data.csv", "-o", "c.csv"] + options, in: folder)
      #expect(failed.code == 2 && failed.errors.contains(words), "\(failed.errors)")
    }
    let features = try Program.run("features", "data.csv", "--dimensions", "auto", in: folder)
    #expect(features.code == 2 && features.errors.contains("reduce finds one"))
  }

  @Test func largeTablesAreTrainedOnInBlocks() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 1_500, columns: 6), to: "data.csv")
    let arguments = [
      "reduce", "data.csv", "-o", "codes.csv", "--save", "m.hourglass", "--in-memory", "1k",
      "--plot", "map.svg", "--json",
    ]
    let outcome = try Program.run(arguments + quick, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let report = try json(outcome.output)
    #expect(report["rows"] as? Int == 1_500)
    // All rows but those that evaluate or decide when to stop.
    #expect((report["learning"] as? [String: Any])?["items"] as? Int == 1_500 - 75 - 75)
    #expect(try folder.names() == ["codes.csv", "data.csv", "m.hourglass", "map.svg"])
    let again = try Program.run(
      ["reduce", "data.csv", "--model", "m.hourglass", "-o", "again.csv"],
      in: folder
    )
    #expect(again.code == 0, "\(again.errors)")
    #expect(
      try folder.bytes("codes.csv") == folder.bytes("again.csv"),
      "in memory they are the same"
    )
    let other = ["reduce", "data.csv", "--save", "other.hourglass", "--in-memory", "1k", "--quiet"]
    #expect(try Program.run(other + quick, in: folder).code == 0)
    #expect(try folder.bytes("m.hourglass") == folder.bytes("other.hourglass"))
  }

  @Test func otherVerbsLearnFromRowsOfLargeTables() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 1_200, columns: 6), to: "data.csv")
    let outcome = try Program.run(
      ["detect", "data.csv", "-o", "scores.csv", "--in-memory", "1k", "--epochs", "2"],
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("data.csv is large: training on 1,200 of its 1,200 rows"))
    #expect(folder.text("scores.csv").split(separator: "\n").count == 1_201)
    let features = try Program.run(
      ["features", "data.csv", "-o", "f.npy", "--in-memory", "1k", "--dimensions", "3"] + quick,
      in: folder
    )
    #expect(features.code == 0, "\(features.errors)")
    let whole = try Program.run(["inspect", "data.csv"], in: folder)
    let blocks = try Program.run(["inspect", "data.csv", "--in-memory", "1k"], in: folder)
    let lines = [whole, blocks].map {
      $0.output.split(separator: "\n").filter { !$0.hasPrefix("finger") }
    }
    #expect(lines[0] == lines[1])
  }

  @Test func baselinesAreLeftOutWhereTheyAreNotWanted() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 200, columns: 4), to: "data.csv")
    let words = ["reduce", "data.csv", "--no-baselines"] + quick
    let text = try Program.run(words, in: folder)
    #expect(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("autoencoder") && !text.output.contains("PCA"))
    #expect(!text.output.contains("mean  ") && !text.output.contains("95 % interval"))
    let report = try json(try Program.run(words + ["--json"], in: folder).output)
    let methods = try methods(of: report["evaluation"])
    #expect(methods["autoencoder"] != nil && methods["PCA"] == nil)
  }

  @Test func modelGivesTheSameCodes() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 90, side: 8), to: "images.idx")
    let first = ["reduce", "images.idx", "-o", "codes.csv", "--save", "m.hourglass"] + quick
    let outcome = try Program.run(first, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("trained 64 -> 16 -> 2 on"))
    #expect(outcome.output.contains("\n  PCA "))
    let again = ["reduce", "images.idx", "--model", "m.hourglass", "-o", "again.csv"]
    let second = try Program.run(again, in: folder)
    #expect(second.code == 0, "\(second.errors)")
    #expect(try folder.bytes("codes.csv") == folder.bytes("again.csv"))
    let all = folder.text("codes.csv").split(separator: "\n")
    let third = try Program.run(
      ["reduce", "images.idx", "--model", "m.hourglass", "--first", "5", "-o", "-", "--quiet"],
      in: folder
    )
    #expect(
      third.output.split(separator: "\n") == Array(all.prefix(6)),
      "rows stand for themselves"
    )
  }

  @Test func sameSeedGivesTheSameBytes() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 200, columns: 5), to: "data.csv")
    for (name, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
      let arguments = ["reduce", "data.csv", "--save", name, "--seed", seed, "--quiet"]
      let outcome = try Program.run(arguments + quick, in: folder)
      #expect(outcome.code == 0 && outcome.output == "" && outcome.errors == "")
    }
    #expect(try folder.bytes("a") == folder.bytes("b"))
    #expect(try folder.bytes("a") != folder.bytes("c"))
  }

  @Test func standardOutputIsAppendedTo() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 30, columns: 3), to: "data.csv")
    try folder.write("before\n", to: "all.txt")
    let script = "'\(Program.path)' reduce data.csv --epochs 1 -o - >> all.txt"
    let outcome = try Running(["-c", script], in: folder, program: "/bin/sh").wait()
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("\n  PCA "), "the evaluation is not among the latent vectors")
    let lines = folder.text("all.txt").split(separator: "\n")
    #expect(lines.count == 32)
    #expect(lines.prefix(2) == ["before", "z1,z2"])
  }

  @Test func dataAreDescribedByWhatOthersTaught() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 200, columns: 5), to: "normal.csv")
    try folder.write(Made.table(rows: 20, columns: 5, seed: 5), to: "week.csv")
    let arguments = ["reduce", "week.csv", "--learn-from", "normal.csv", "-o", "codes.csv"]
    let outcome = try Program.run(arguments + quick, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("of normal.csv"))
    #expect(outcome.output.contains("20 rows of week.csv"))
    #expect(folder.text("codes.csv").split(separator: "\n").count == 21)
  }

  @Test func convolutionalNetworksTakeImages() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 60, side: 9), to: "images.idx")
    let arguments = ["reduce", "images.idx", "--architecture", "convolutional", "--epochs", "1"]
    let outcome = try Program.run(arguments, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("channels"))
    #expect(outcome.output.contains("-o FILE keeps the whole table"))
  }

  @Test func mapIsDrawn() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 40, columns: 5), to: "a<b.csv")
    try folder.write(Made.labels((0..<40).map { UInt8($0 % 3) }), to: "labels.idx")
    try folder.write((0..<40).map { $0 < 20 ? "cat" : "d&g" }.joined(separator: "\n"), to: "names")
    let common = ["reduce", "a<b.csv", "--quiet"] + quick
    for arguments in [
      ["--plot", "map.svg", "--labels", "labels.idx", "--label-names", "zero,one"],
      ["--plot", "map.html", "--labels", "names"],
      ["--plot", "plain.svg"],
    ] {
      let outcome = try Program.run(common + arguments, in: folder)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    let map = folder.text("map.svg")
    #expect(map.contains("<title>a&lt;b.csv: 40 rows, two numbers each</title>"))
    #expect([">zero<", ">one<", ">2<"].allSatisfy { map.contains($0) })
    #expect(map.components(separatedBy: "M").count == 41, "a dot for each row")
    #expect(folder.text("map.html").contains(">d&amp;g<"))
    #expect(!folder.text("plain.svg").contains("<circle"))
    for name in ["map.svg", "plain.svg"] {
      #expect(XMLParser(data: try folder.bytes(name)).parse(), "\(name) is XML")
    }
  }

  @Test func mapsPreserveNeighborsAndShowRows() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 200, columns: 4), to: "data.csv")
    let outcome = try Program.run(
      ["reduce", "data.csv", "--preserve", "neighbors", "--neighbors", "7", "--json"]
        + ["--plot", "map.html", "--color", firstColumn(folder), "--save", "m"] + quick,
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let report = try json(outcome.output)
    let methods = try methods(of: report["evaluation"])
    for method in ["autoencoder", "PCA"] {
      for name in ["trustworthiness", "6-NN kept"] {
        let value = try #require(methods[method]?[name])
        #expect((0...1).contains(value))
      }
    }
    let html = folder.text("map.html")
    #expect(html.contains("<h3>Validation: 20 held-out rows"))
    #expect(html.contains("\"lattice\":{\"side\":24"))
    #expect(html.contains("\"cells\":[[") && html.contains("class=\"scale\""))
    // A model that was learned so says so, and draws the same map again.
    let again = try Program.run(
      ["reduce", "data.csv", "--model", "m", "--quiet", "--plot", "again.html"]
        + ["--color", firstColumn(folder)],
      in: folder
    )
    #expect(again.code == 0, "\(again.errors)")
    #expect(folder.text("again.html") == html)
  }

  private func firstColumn(_ folder: Folder) -> String {
    String(folder.text("data.csv").prefix { $0 != "," })
  }

  @Test(
    arguments: [
      (["--neighbors", "5"], "--neighbors needs --preserve neighbors"),
      (["--preserve", "values", "--neighbor-weight", "2"], "--neighbor-weight needs"),
      (["--color", "a"], "--color needs --plot"),
      (["--preserve", "neighbors", "--in-memory", "1k"], "not held in memory"),
      (["--preserve", "neighbors", "--dimensions", "20"], "1 to 16"),
      (["--plot", "m.html", "--color", "nobody"], "nobody"),
    ] as [([String], String)]
  )
  func mistakesWithMapsAreExplained(_ arguments: [String], _ words: String) throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 1_500, columns: 6), to: "data.csv")
    let outcome = try Program.run(["reduce", "data.csv"] + arguments, in: folder)
    #expect(outcome.code == 1 || outcome.code == 2)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test func inspectShowsModelsAndData() throws {
    let folder = try Folder()
    try folder.write(Made.table(rows: 80, columns: 3), to: "data.csv")
    try folder.write(Made.images(count: 30, side: 5), to: "images.idx")
    try Program.run(["reduce", "data.csv", "--save", "m", "--quiet"] + quick, in: folder)
    let model = try Program.run("inspect", "m", in: folder)
    #expect(model.code == 0, "\(model.errors)")
    #expect(model.output.contains("m: model of reduce"))
    #expect(model.output.contains("encoder.0.weight"))
    #expect(!model.output.contains("_0"))
    let header = try json(try Program.run("inspect", "m", "--json", in: folder).output)
    #expect(header["application"] as? String == "reduce")
    let table = try Program.run("inspect", "data.csv", in: folder)
    #expect(table.output.hasPrefix("data.csv: a table of 80 rows and 3 columns\n"))
    let images = try json(try Program.run("inspect", "images.idx", "--json", in: folder).output)
    let details = try #require(images["images"] as? [String: Any])
    #expect(details["itemShape"] as? [Int] == [1, 5, 5])
    #expect(details["maximum"] as? Double == 255)
    #expect(images["kind"] as? String == "images")
    let missing = try Program.run("inspect", "nothing", in: folder)
    #expect(missing.code == 1)
    #expect(missing.errors.hasPrefix("error: cannot open nothing"))
  }
}

/// What every verb says of levels and texts of a table.
@Suite struct LevelTests {
  private let quick = ["--epochs", "2", "--threads", "1", "--json"]

  @Test(arguments: ["reduce", "features", "denoise", "impute"])
  func levelsThatWereNotTrainedOnAreCounted(_ verb: String) throws {
    let folder = try Folder()
    func rows(_ levels: [String]) -> String {
      "size,kind\n" + (0..<60).map { "\($0 * 7 % 23),\(levels[$0 % levels.count])\n" }.joined()
    }
    try folder.write(rows(["oak", "elm", "ash"]), to: "old.csv")
    try folder.write(rows(["oak", "fir", "yew", "fir"]), to: "new.csv")
    let trained = try Program.run(
      [verb, "old.csv", "-o", "a.csv", "--save", "m.hourglass"] + quick,
      in: folder
    )
    #expect(trained.code == 0, "\(trained.errors)")
    #expect(try (json(trained.output)["unknownCategories"] as? [String: Int])?.isEmpty == true)
    let used = [verb, "new.csv", "--model", "m.hourglass", "-o", "b.csv", "--threads", "1"]
    let report = try json(Program.run(used + ["--json"], in: folder).output)
    #expect(report["unknownCategories"] as? [String: Int] == ["kind": 45])
    let levels = try #require(report["unknownLevels"] as? [[String: Any]])
    #expect(levels.map { $0["level"] as? String } == ["fir", "yew"])
    #expect(levels.map { $0["count"] as? Int } == [30, 15])
    let text = try Program.run(used, in: folder).output
    #expect(text.contains("45 cells of kind have levels") && text.contains("\"fir\" 30"))
  }

  @Test(arguments: ["denoise", "impute"])
  func textsAreKeptAndMissingOnesAreReported(_ verb: String) throws {
    let folder = try Folder()
    let words = ["river", "hill", "stone", "field", "lake", "wood"]
    let lines = (0..<240).map { row in
      let name = "\(words[row % 6]) \(words[row / 6 % 6]) \(words[row / 36 % 6]) house"
      return "\(row % 17 == 3 ? "" : name),\(row * 5 % 31)\n"
    }
    try folder.write("title,size\n" + lines.joined(), to: "data.csv")
    let outcome = try Program.run([verb, "data.csv", "-o", "new.csv"] + quick, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let new = folder.text("new.csv").split(separator: "\n").dropFirst()
    for (line, old) in zip(new, lines) {
      #expect(
        line.split(separator: ",", omittingEmptySubsequences: false)[0]
          == old.split(separator: ",", omittingEmptySubsequences: false)[0]
      )
    }
    guard verb == "impute" else { return }
    #expect(outcome.output.contains("cannot be imputed stay missing: title"))
  }
}
