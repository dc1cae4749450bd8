import Foundation
import Testing

/// Tables from pipes and from several files, and results on the terminal and on standard output.
@Suite struct InputTests {
  private func shell(_ script: String, in folder: Folder) throws -> Outcome {
    let script = script.replacingOccurrences(of: "hourglass", with: "'\(Program.path)'")
    return try Running(["-c", script], in: folder, program: "sh").wait()
  }

  private func prepared() throws -> Folder {
    let folder = try Folder()
    try folder.write(Made.table(rows: 150, columns: 5), to: "data.csv")
    try folder.write(Made.table(rows: 150, columns: 5, seed: 2), to: "normal.csv")
    let holes = (0..<60).map { row in "\(row),\(row % 7 == 3 ? "" : "\(2 * row)"),\(row % 5)" }
    try folder.write((["a,b,c"] + holes).joined(separator: "\n") + "\n", to: "holes.csv")
    let series = (0..<300).map { "\($0),\(sin(Double($0) / 9))" }
    try folder.write((["time,load"] + series).joined(separator: "\n") + "\n", to: "load.csv")
    return folder
  }

  /// The commands, with IN where the path of the table goes.
  private static let commands: [(file: String, line: String)] = [
    ("data.csv", "reduce IN"), ("data.csv", "reduce IN --in-memory 1k"),
    ("data.csv", "features IN --dimensions 3 --probe c1"), ("data.csv", "detect IN"),
    ("data.csv", "detect IN --learn-from normal.csv"),
    ("data.csv", "detect IN --learn-from normal.csv --false-discoveries 0.2"),
    ("data.csv", "detect normal.csv --learn-from IN"),
    ("data.csv", "denoise IN"), ("holes.csv", "impute IN"),
    ("data.csv", "generate --learn-from IN --count 20"),
    ("load.csv", "detect IN --series time --window 16"),
    ("load.csv", "impute IN --series time --window 16"),
  ]

  @Test(arguments: commands)
  func pipesGiveTheBytesOfFiles(_ command: (file: String, line: String)) throws {
    let folder = try prepared()
    func line(_ input: String, _ output: String) -> String {
      "hourglass \(command.line.replacingOccurrences(of: "IN", with: input)) --epochs 1 --threads 1 -o \(output)"
    }
    let file = try shell(line(command.file, "file.csv"), in: folder)
    #expect(file.code == 0, "\(file.errors)")
    let piped = try shell("cat \(command.file) | \(line("-", "piped.csv"))", in: folder)
    #expect(piped.code == 0, "\(piped.errors)")
    #expect(try folder.bytes("piped.csv") == folder.bytes("file.csv"))
    let named = try shell(
      "mkfifo rows; (cat \(command.file) > rows &); \(line("rows", "named.csv"))",
      in: folder
    )
    #expect(named.code == 0, "\(named.errors)")
    #expect(try folder.bytes("named.csv") == folder.bytes("file.csv"))
    let device = try shell("\(line("/dev/stdin", "-")) < \(command.file)", in: folder)
    #expect(device.code == 0, "\(device.errors)")
    #expect(device.output == folder.text("file.csv"), "nothing else goes to standard output")
  }

  @Test(arguments: ["inspect", "reduce --epochs 1", "colorize --epochs 1 -o colored"])
  func imagesInPipesAreOneClearError(_ line: String) throws {
    let folder = try Folder()
    let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]
    try folder.write(png, to: "image.png")
    let outcome = try shell("cat image.png | hourglass \(line) -", in: folder)
    #expect(outcome.code == 1)
    #expect(
      outcome.errors
        == "error: cannot read -: images are read from files and folders, found a PNG image in "
        + "a pipe. Save it to a file, and give that file.\n"
    )
  }

  @Test func copiesOfPipesAreGoneAfterErrorsAndSignals() throws {
    let folder = try prepared()
    try folder.write([], to: "tmp/empty", making: "tmp")
    let failed = try shell(
      "printf 'a,b\\n1,2\\n1\\n' | TMPDIR=tmp hourglass reduce - -o out.csv",
      in: folder
    )
    #expect(failed.code == 1)
    #expect(failed.errors.contains("cannot read -: line 3"), "\(failed.errors)")
    let killed = try shell(
      "cat data.csv | TMPDIR=tmp timeout -s KILL 2 '\(Program.path)' reduce - --epochs 100000 -o o.csv",
      in: folder
    )
    #expect(killed.code != 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("tmp")) == ["empty"])
  }

  @Test func standardInputIsOneInput() throws {
    let outcome = try shell("cat data.csv | hourglass detect - --learn-from -", in: prepared())
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("standard input (-) can be only one of the inputs"))
  }

  @Test func partsAreOneTable() throws {
    let folder = try prepared()
    let lines = folder.text("data.csv").split(separator: "\n").map(String.init)
    func part(_ rows: Range<Int>) -> [UInt8] {
      let text = ([lines[0]] + lines[1...][rows.lowerBound + 1...rows.upperBound])
        .joined(separator: "\n")
      return Array((rows.upperBound == 150 ? text + "\n" : text).utf8)
    }
    for (number, rows) in [0..<60, 60..<61, 61..<150].enumerated() {
      try folder.write(part(rows), to: "spark/part-\(number).csv", making: "spark")
    }
    try folder.write([], to: "spark/_SUCCESS")
    try folder.write([], to: "spark/part-9.csv")
    try folder.write("crc", to: "spark/.part-0.csv.crc")
    let zipped = try shell(
      "cp -r spark zipped && gzip zipped/part-0.csv zipped/part-2.csv",
      in: folder
    )
    #expect(zipped.code == 0)
    let options = "--epochs 1 --threads 1"
    for verb in ["reduce", "detect", "impute"] {
      for memory in ["", "--in-memory 1k"] {
        let whole = try shell(
          "hourglass \(verb) data.csv \(options) \(memory) -o whole.csv",
          in: folder
        )
        #expect(whole.code == 0, "\(whole.errors)")
        for input in ["'spark/*.csv'", "spark", "zipped/", "'zipped/part-*'"] {
          let outcome = try shell(
            "hourglass \(verb) \(input) \(options) \(memory) -o parts.csv",
            in: folder
          )
          #expect(outcome.code == 0, "\(outcome.errors)")
          #expect(
            try folder.bytes("parts.csv") == folder.bytes("whole.csv"),
            "\(verb) \(input) \(memory)"
          )
        }
      }
    }
    try folder.write("c1,c2,d,c4,c5\n1,2,3,4,5\n", to: "spark/part-3.csv")
    let outcome = try shell("hourglass reduce spark", in: folder)
    #expect(outcome.code == 1)
    #expect(
      outcome.errors.contains(
        "cannot read spark/part-3.csv: expected the columns of spark/part-0.csv, found a header "
          + "without c3 and with d."
      ),
      "\(outcome.errors)"
    )
    let output = try shell("hourglass reduce 'spark/*.csv' -o spark/part-1.csv", in: folder)
    #expect(output.code == 2 && output.errors.contains("is read by this command"))
    let none = try shell("hourglass reduce 'none/*.csv'", in: folder)
    #expect(none.code == 1 && none.errors.contains("cannot open none/*.csv"), "\(none.errors)")
  }

  @Test func foldersOfImagesKeepTheirMeaning() throws {
    let folder = try Folder()
    for number in 0..<12 {
      try folder.write(Made.png(number: number, side: 12), to: "p/part-\(number).png", making: "p")
    }
    let outcome = try Program.run("inspect", "p", in: folder)
    #expect(outcome.code == 0 && outcome.output.contains("12 images"), "\(outcome.output)")
    let pattern = try Program.run("inspect", "p/*.png", in: folder)
    #expect(pattern.code == 1 && pattern.errors.contains("a PNG image"), "\(pattern.errors)")
  }

  @Test(arguments: [
    ("reduce data.csv", "z1"), ("features data.csv --dimensions 40", "z1"),
    ("detect data.csv", "p_value"), ("denoise data.csv", "c1"), ("impute holes.csv", "a"),
    ("generate --learn-from data.csv --count 30", "c1"),
    ("detect load.csv --series time --window 16", "time"),
    ("reduce data.csv --in-memory 1k", "z1"),
  ])
  func tablesThatAreNotWrittenArePreviewed(_ line: String, _ title: String) throws {
    let folder = try prepared()
    let words = line.split(separator: " ").map(String.init) + ["--epochs", "1", "--threads", "1"]
    let outcome = try Program.run(words, in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex(of: "The first rows of the result:"))
    let end = try #require(
      lines.firstIndex { $0.hasPrefix("-o FILE keeps the whole table, -o - writes") }
    )
    let isCut = lines[end - 1].hasPrefix("  and ")
    #expect(end - start == (isCut ? 8 : 7), "a header and five rows: \(outcome.output)")
    #expect(isCut == ["features", "detect", "denoise", "generate"].contains(words[0]))
    #expect(lines[start + 1].split(separator: " ").map(String.init).contains(title))
    #expect(lines[start..<end].allSatisfy { $0.count <= 80 })
    #expect(Set(lines[start + 1...start + 6].map(\.count)).count == 1, "columns line up")
    let json = try Program.run(words + ["--json"], in: folder)
    #expect(!json.output.contains("-o FILE") && json.output.hasPrefix("{"))
    // The rows are those of the file.
    let written = try Program.run(words + ["-o", "out.csv"], in: folder)
    #expect(!written.output.contains("The first rows"))
    let first = folder.text("out.csv").split(separator: "\n")[1].split(separator: ",")[0]
    let shown = try #require(lines[start + 2].split(separator: " ").first)
    #expect(abs((Double(first) ?? 0) - (Double(shown) ?? 0)) < 1e-3, "\(first) \(shown)")
  }
}
