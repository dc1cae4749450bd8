import Foundation
import Testing

@Suite struct GenerateTests {
  private let quick = ["--epochs", "3", "--hidden", "16", "--threads", "1"]

  private func people(_ count: Int) -> String {
    var text = "age,income,job\n"
    for row in 0..<count {
      let job = ["baker", "clerk", "evaluator"][row * 7 % 3]
      text += "\(20 + row * 13 % 40),\(row % 4 == 0 ? "0" : "\(100 + row % 90).5"),\(job)\n"
    }
    return text
  }

  @Test func newRowsHaveTheColumnsOfTheTable() throws {
    let folder = try Folder()
    try folder.write(people(300), to: "people.csv")
    let outcome = try Program.run(
      ["generate", "--learn-from", "people.csv", "--count", "40", "-o", "new.csv"]
        + ["--save", "people.hourglass", "--json"] + quick,
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let evaluated = try methods(of: json(outcome.output)["evaluation"])
    #expect(evaluated["independent columns"]?["pair trends"] != nil)
    let lines = folder.text("new.csv").split(separator: "\n")
    #expect(lines.count == 41 && lines[0] == "age,income,job")
    let again = try Program.run(
      ["generate", "--model", "people.hourglass", "--count", "40", "-o", "again.csv", "--quiet"],
      in: folder
    )
    #expect(again.code == 0, "\(again.errors)")
    #expect(folder.text("again.csv") == folder.text("new.csv"))
    let clerks = try Program.run(
      [
        "generate", "--model", "people.hourglass", "--count", "5", "--where", "job=clerk", "-o",
        "-",
      ],
      in: folder
    )
    #expect(clerks.code == 0, "\(clerks.errors)")
    let rows = clerks.output.split(separator: "\n").dropFirst()
    #expect(rows.count == 5 && rows.allSatisfy { $0.hasSuffix(",clerk") })
    let kept = try Program.run(
      ["generate", "--model", "people.hourglass", "--count", "6", "--balance", "job"]
        + ["--constraint", "age >= 30", "--constraint", "unique(age)", "-o", "-"],
      in: folder
    )
    #expect(kept.code == 0, "\(kept.errors)")
    let cells = kept.output.split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
    #expect(Set(cells.map { $0[0] }).count == 6 && cells.allSatisfy { Int($0[0]) ?? 0 >= 30 })
    for job in ["baker", "clerk", "evaluator"] { #expect(cells.count { $0[2] == job } == 2) }
  }

  /// Rows of a table come from trees, unless what is asked for needs latent vectors.
  @Test func treesAreTheDefaultOfTables() throws {
    let folder = try Folder()
    try folder.write(people(300), to: "people.csv")
    let learn = ["generate", "--learn-from", "people.csv", "--threads", "1", "--seed", "1"]
    let made = try Program.run(
      learn + ["--count", "40", "--save", "m", "-o", "new.csv"],
      in: folder
    )
    #expect(made.code == 0, "\(made.errors)")
    #expect(made.output.contains("worst pair"), "\(made.output)")
    // Between whole numbers there is none.
    let between = try Program.run(
      ["generate", "--model", "m", "--count", "3", "--constraint", "age > 30", "-o", "-"]
        + ["--constraint", "age < 31"],
      in: folder
    )
    #expect(between.code == 1 && between.errors.contains("age"), "\(between.errors)")
    let line = try Program.run(
      learn + ["--interpolate", "1,2", "--count", "5", "-o", "line.csv"] + quick.prefix(2),
      in: folder
    )
    #expect(line.code == 0, "\(line.errors)")
    #expect(folder.text("line.csv").split(separator: "\n").count == 6)
    let refused = try Program.run(
      learn + ["--interpolate", "1,2", "--model-type", "trees", "-o", "line.csv"],
      in: folder
    )
    #expect(refused.code == 2 && refused.errors.contains("latent vectors"), "\(refused.errors)")
  }

  /// Windows are numbered on from block to block.
  @Test func windowsHaveNumbersOfTheirOwn() throws {
    let folder = try Folder()
    var text = "hour,load\n"
    for hour in 0..<400 { text += "\(hour),\(hour * 13 % 24)\n" }
    try folder.write(text, to: "load.csv")
    let outcome = try Program.run(
      ["generate", "--learn-from", "load.csv", "--series", "hour", "--window", "4"]
        + ["--count", "4100", "-o", "windows.csv"] + quick,
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let numbers = folder.text("windows.csv").split(separator: "\n").dropFirst()
      .compactMap { $0.split(separator: ",").first.flatMap { Int($0) } }
    let expected: [Int] = (0..<16_400).map { place in place / 4 + 1 }
    #expect(numbers == expected)
  }

  @Test func mistakesAreSaid() throws {
    let folder = try Folder()
    try folder.write(people(60), to: "people.csv")
    let nothing = try Program.run("generate", "-o", "new.csv", in: folder)
    #expect(nothing.code == 2 && nothing.errors.contains("--learn-from"))
    let unknown = try Program.run(
      ["generate", "--learn-from", "people.csv", "--where", "job=cook", "-o", "new.csv"] + quick,
      in: folder
    )
    #expect(unknown.code == 2 && unknown.errors.contains("\"baker\""))
    for (options, code, words) in [
      (["--constraint", "age is good"], Int32(2), "'age is good' is invalid"),
      (["--constraint", "wage > 3"], 1, "wage"), (["--balance", "age"], 1, "balance age"),
    ] {
      let refused = try Program.run(
        ["generate", "--learn-from", "people.csv", "-o", "new.csv"] + options + quick,
        in: folder
      )
      #expect(refused.code == code && refused.errors.contains(words), "\(refused.errors)")
    }
    let lattice = try Program.run(
      ["generate", "--learn-from", "people.csv", "--lattice", "-o", "l.png"],
      in: folder
    )
    #expect(lattice.code == 2 && lattice.errors.contains("--latent 2"))
  }

  @Test func imagesBecomeAGridAndAFigure() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 80, side: 6), to: "images.idx")
    let outcome = try Program.run(
      ["generate", "--learn-from", "images.idx", "--count", "9", "-o", "grid.png", "--json"]
        + ["--neighbors", "near.svg", "--evaluate-on", "images.idx"] + quick,
      in: folder
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let given = try methods(of: json(outcome.output)["evaluationOfData"])
    #expect(given["autoencoder"]?["ELBO"] != nil && given["independent pixels"]?["ELBO"] != nil)
    let grid = try Data(contentsOf: folder.url.appendingPathComponent("grid.png"))
    #expect(grid.starts(with: [0x89, 0x50, 0x4e, 0x47]))
    #expect(folder.text("near.svg").contains("nearest real image"))
  }

  @Test func imagesAreMadeOfLabels() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 80, side: 6), to: "images.idx")
    try folder.write((0..<80).map { $0 % 2 == 0 ? "cat\n" : "dog\n" }.joined(), to: "labels.txt")
    let learned = try Program.run(
      ["generate", "--learn-from", "images.idx", "--labels", "labels.txt", "--balance", "label"]
        + ["--count", "5", "-o", "both.png", "--save", "m.hourglass"] + quick,
      in: folder
    )
    #expect(learned.code == 0, "\(learned.errors)")
    #expect(learned.output.contains("nearest training image, 2 classes"), "\(learned.output)")
    // Three cats above two dogs, of 36 pixels each with 2 between them.
    let both = try Data(contentsOf: folder.url.appendingPathComponent("both.png"))
    let extents: [UInt8] = [0, 0, 0, 112, 0, 0, 0, 74]
    #expect(Array(both[16..<24]) == extents)
    let more = ["generate", "--model", "m.hourglass", "--count", "3", "-o", "cats.png"]
    let cats = try Program.run(more + ["--where", "label=cat"], in: folder)
    #expect(cats.code == 0, "\(cats.errors)")
    #expect(try Data(contentsOf: folder.url.appendingPathComponent("cats.png")).count > 60)
    let refused: [([String], Int32, String)] = [
      (more + ["--where", "label=cow"], 2, "there are cat, dog"),
      (more + ["--where", "kind=cat"], 2, "label=3"),
      (more + ["--constraint", "a <= b"], 2, "needs a table"),
      (more + ["--labels", "labels.txt"], 2, "--labels"),
      (
        ["generate", "--learn-from", "images.idx", "--where", "label=cat", "-o", "x.png"] + quick,
        2,
        "images with labels"
      ),
    ]
    for (options, code, words) in refused {
      let outcome = try Program.run(options, in: folder)
      #expect(
        outcome.code == code && outcome.errors.contains(words),
        "\(outcome.code) \(outcome.errors)"
      )
    }
  }

  @Test func imagesAreReconstructedAndBounded() throws {
    let folder = try Folder()
    try folder.write(Made.images(count: 80, side: 9), to: "images.idx")
    let learned = try Program.run(
      [
        "generate", "--learn-from", "images.idx", "--epochs", "2", "--threads", "1", "--save",
        "spots.hourglass", "--reconstructions", "pairs.svg", "--bound-samples", "7", "--json",
      ],
      in: folder
    )
    #expect(learned.code == 0, "\(learned.errors)")
    let own = try #require(methods(of: json(learned.output)["evaluation"])["autoencoder"])
    #expect(own["K"] == 7)
    #expect(try #require(own["importance-weighted bound"]) > #require(own["ELBO"]))
    #expect(folder.text("pairs.svg").contains("reconstructed"))
    let evaluated = try Program.run(
      [
        "generate", "--model", "spots.hourglass", "--evaluate-on", "images.idx", "--bound-samples",
        "20",
      ],
      in: folder
    )
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    let row = evaluated.output.split(separator: "\n").first { $0.contains("autoencoder") }
    #expect(row?.split(separator: " ").contains("20") == true, "\(evaluated.output)")
    let refused: [([String], Int32, String)] = [
      (["--model", "spots.hourglass", "--bound-samples", "20"], 2, "needs --evaluate"),
      (["--model", "spots.hourglass", "--reconstructions", "p.svg"], 2, "needs --evaluate"),
      (["--learn-from", "images.idx", "--bound-samples", "0"], 2, "at least 1"),
    ]
    for (options, code, words) in refused {
      let outcome = try Program.run(["generate"] + options, in: folder)
      #expect(outcome.code == code && outcome.errors.contains(words), "\(outcome.errors)")
    }
  }
}
