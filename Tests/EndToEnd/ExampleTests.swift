import Foundation
import Testing

/// Runs every example of every help text on small files of the names that it uses.
///
/// Those of `demo` and `serve` are left out: one trains on real data for minutes, the other ends on a signal alone and
/// has tests of its own.
@Suite struct ExampleTests {
  @Test(arguments: [
    "", "reduce", "features", "match", "match add", "match find", "match list", "match remove",
    "match tune", "match import", "match export", "denoise", "detect", "generate", "impute",
    "colorize", "inspect", "run",
  ])
  func examplesOfHelpRun(_ verb: String) throws {
    let folder = try Folder()
    let words = verb.split(separator: " ").map(String.init)
    let help = try Program.run(words + ["--help"], in: folder)
    let examples = Example.all(inHelp: help.output).filter { example in
      !["hourglass demo", "hourglass serve"].contains { example.line.hasPrefix($0) }
    }
    #expect(!examples.isEmpty || ["match list", "match remove"].contains(verb))
    for example in examples {
      for name in example.inputs where !folder.has(name) {
        let build = try #require(Fixture.all[name], "no small data for \(name) in \(example.line)")
        try build(folder)
      }
      let outcome = try Running(["-c", example.script(in: folder)], in: folder, program: "sh").wait(
        seconds: 600
      )
      #expect(outcome.code == 0, "\(example.line): \(outcome.errors)")
      for name in example.outputs { #expect(folder.has(name), "\(name) of \(example.line)") }
    }
  }
}

/// A command line of a help text.
private struct Example {
  /// The command as it is shown, on one line.
  var line: String

  /// The examples of a help text, with the lines that a backslash continues.
  static func all(inHelp help: String) -> [Example] {
    var lines: [String] = []
    var (isInside, isContinued) = (false, false)
    for line in help.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line == "EXAMPLES" || line == "EXAMPLE" { isInside = true }
      if line.isEmpty { isInside = false }
      let text = line.trimmingCharacters(in: .whitespaces)
      let starts = ["hourglass ", "tail ", "cat "].contains { text.hasPrefix($0) }
      guard isInside, starts || isContinued else { continue }
      let part = text.hasSuffix("\\") ? String(text.dropLast()) : text
      if isContinued { lines[lines.count - 1] += part } else { lines.append(part) }
      isContinued = text.hasSuffix("\\")
    }
    return lines.map { Example(line: $0) }
  }

  private var words: [String] {
    line.split(separator: " ").map { $0.hasSuffix("/") ? String($0.dropLast()) : String($0) }
  }

  /// The options that name a file to write.
  private static let writing = [
    "-o", "--save", "--plot", "--curve", "--figure", "--heat-maps", "--reconstructions", ">",
  ]

  /// The files that are there when it has run.
  var outputs: [String] {
    let neighbors = words.contains("generate") ? ["--neighbors"] : []
    let options = words.contains("--print-request") ? [">"] : Self.writing + neighbors
    return zip(words, words.dropFirst()).filter { options.contains($0.0) }.map(
      \.1
    )
  }

  /// The files that it needs.
  var inputs: [String] {
    let written = zip(words, words.dropFirst()).filter { Self.writing.contains($0.0) }.map(\.1)
    let isNew = words.contains("add") || words.contains("import")
    return words.filter { word in
      if isNew, word.hasSuffix(".db") { return false }
      return Fixture.all[word] != nil && !written.contains(word)
        || (word.contains(".") && !word.hasPrefix("-") && Fixture.isFile(word)
          && !written.contains(word))
    }
  }

  /// What a shell runs: the built program, one epoch where it trains, a log that ends, and a rate of false
  /// accepts that a few images allow.
  func script(in folder: Folder) -> String {
    var line = line.replacingOccurrences(of: "tail -f", with: "cat")
      .replacingOccurrences(of: "--false-accepts 0.01", with: "--false-accepts 0.5")
    let hasEncoder =
      words.contains("add") && words.contains { $0.hasSuffix(".db") && folder.has($0) }
    let trains =
      !words.contains("--model") && !hasEncoder
      && !["find", "list", "remove", "import", "export", "inspect", "run"].contains(
        where: words.contains
      )
    if trains {
      let budget = " --epochs 1 --threads 1"
      if let redirect = line.range(of: " >", options: .backwards), line.contains(" > ") {
        line.insert(contentsOf: budget, at: redirect.lowerBound)
      } else {
        line += budget
      }
    }
    // Names of models end in the same word.
    let start = line.hasPrefix("hourglass ") ? line.startIndex..<line.startIndex : nil
    let place = line.range(of: "| hourglass ").map {
      $0.lowerBound..<line.index($0.lowerBound, offsetBy: 2)
    }
    guard let before = (start ?? place)?.upperBound else { return line }
    let after = line.index(before, offsetBy: "hourglass".count)
    return line.replacingCharacters(in: before..<after, with: "'\(Program.path)'")
  }
}

/// Small data by the names that examples use.
private enum Fixture {
  typealias Build = @Sendable (Folder) throws -> Void

  /// Whether a word is a name of a file by its extension.
  static func isFile(_ word: String) -> Bool {
    ["csv", "gz", "hourglass", "db", "png", "wav", "json"].contains(
      URL(fileURLWithPath: word).pathExtension
    )
  }

  static let all: [String: Build] = {
    var all: [String: Build] = [:]
    for name in ["images", "new", "train"] { all["\(name).idx.gz"] = images(80) }
    all["test.idx.gz"] = images(6)
    all["train-images-idx3-ubyte.gz"] = images(80)
    all["labels.idx.gz"] = { folder in
      try folder.write(Made.labels((0..<80).map { UInt8($0 % 4) }), to: "labels.idx.gz")
    }
    for (seed, name) in ["normal", "week23", "week24", "log"].enumerated() {
      all["\(name).csv"] = { folder in
        try folder.write(
          Made.table(rows: 300, columns: 5, seed: UInt64(seed + 1)),
          to: "\(name).csv"
        )
      }
    }
    for name in ["load", "power", "taxi", "sensors", "calm"] {
      all["\(name).csv"] = { try $0.write(series, to: "\(name).csv") }
    }
    for name in ["people", "old", "new", "customers", "survey", "train", "test"] {
      all["\(name).csv"] = { try $0.write(people, to: "\(name).csv") }
    }
    all["'days/*.csv'"] = { folder in
      for day in 1...3 {
        let table = Made.table(rows: 50, columns: 5, seed: UInt64(day))
        try folder.write(Array(table.utf8), to: "days/\(day).csv", making: "days")
      }
    }
    all["coordinates.csv"] = { folder in
      try folder.write("name,x,y\na,0.5,1\nb,0.4,0.9\nc,1,1\n", to: "coordinates.csv")
    }
    for name in ["songs", "more-songs", "tapes", "clean-songs"] {
      all[name] = { folder in
        for number in 0..<5 {
          try folder.write(
            Made.tone(number, noise: name == "tapes" ? 0.2 : 0),
            to: "\(name)/\(name == "songs" && number == 0 ? "old.ogg" : "\(name)-\(number).wav")",
            making: name
          )
        }
      }
    }
    all["clip.wav"] = { try $0.write(Made.tone(3), to: "clip.wav") }
    for name in [
      "noisy", "clean", "microscope", "more", "more-clean", "album", "photos", "scans", "good",
      "torn", "tears", "old",
    ] {
      all[name] = { try pictures($0, name) }
    }
    for name in ["scan", "grandmother", "damaged", "car"] {
      all["\(name).png"] = {
        try $0.write(Made.png(number: 2, side: name == "car" ? 124 : 24), to: "\(name).png")
      }
    }
    let commands = [
      "clothes.hourglass": "reduce images.idx.gz", "people.hourglass": "features people.csv",
      "pump.hourglass": "detect normal.csv", "photos.hourglass": "denoise clean",
      "holidays.hourglass": "colorize photos",
      "digits.hourglass": "generate --learn-from images.idx.gz --labels labels.idx.gz",
    ]
    for (name, command) in commands {
      all[name] = { try prepare($0, "\(command) --save \(name) --epochs 1") }
    }
    all["songs.db"] = { try prepare($0, "match add songs --database songs.db --epochs 1") }
    all["images.db"] = { try prepare($0, "match add photos --database images.db --epochs 1") }
    all["map.db"] = { try prepare($0, "match import coordinates.csv --database map.db") }
    return all
  }()

  /// Runs a command that makes a file, on small data that it names.
  private static func prepare(_ folder: Folder, _ command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    for word in words where !folder.has(word) {
      if word.hasSuffix(".db") || word.hasSuffix(".hourglass") { continue }
      try all[word]?(folder)
    }
    let outcome = try Program.run(words, in: folder)
    #expect(outcome.code == 0, "\(command): \(outcome.errors)")
  }

  private static func images(_ count: Int) -> Build {
    { folder in
      for name in ["images", "new", "train"] where count == 80 && !folder.has("\(name).idx.gz") {
        try folder.write(Made.images(count: count, side: 12), to: "\(name).idx.gz")
      }
      if count < 80 { try folder.write(Made.images(count: count, side: 12), to: "test.idx.gz") }
      let name = "train-images-idx3-ubyte.gz"
      try folder.write(Made.images(count: 80, side: 12), to: name)
    }
  }

  private static func pictures(_ folder: Folder, _ name: String) throws {
    for number in 0..<12 {
      try folder.write(
        Made.png(number: number, side: name == "microscope" ? 40 : 24),
        to: "\(name)/\(number).png",
        making: name
      )
    }
  }

  private static let series: String = {
    let rows = (0..<600).map { row in
      let day = Double(row)
      return "\(row),\(sin(day / 9) + 0.01 * Double(row * 7 % 11)),\(cos(day / 5))"
    }
    return (["time,load,heat"] + rows).joined(separator: "\n") + "\n"
  }()

  private static let people: String = {
    let rows = (0..<240).map { row -> String in
      let age = 20 + row * 37 % 50
      let hired = 1990 + row * 13 % 20
      let isRich = age + row % 7 > 45
      let cells = [
        row % 17 == 3 ? "" : "\(age)", row % 3 == 0 ? "Female" : "Male", isRich ? ">50K" : "<=50K",
        "\(hired)", "\(hired + row % 9)", ["10115", "20095", "80331"][row * 7 % 3],
        row % 4 == 1 ? "yes" : "no", row % 31 == 30 ? "1" : "0",
      ]
      return cells.joined(separator: ",")
    }
    return (["age,sex,income,hired,left,zip,churn,is_fraud"] + rows).joined(separator: "\n") + "\n"
  }()
}

extension Made {
  /// A WAV file of a tone of one second, 16 bits at 8,000 Hz.
  static func tone(_ number: Int, noise: Double = 0) -> [UInt8] {
    var state = UInt64(number + 1)
    func little(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var data: [UInt8] = []
    for frame in 0..<16_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let random = Double(state >> 40) / Double(1 << 24) - 0.5
      let pitch = 0.1 + 0.05 * Double((number * 5 + frame / 2_000 * (number + 2)) % 11)
      data += little(Int((0.3 * sin(Double(frame) * pitch) + noise * random) * 32_767), 2)
    }
    return Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
      + little(1, 2) + little(1, 2) + little(8_000, 4) + little(16_000, 4) + little(2, 2)
      + little(16, 2) + Array("data".utf8) + little(data.count, 4) + data
  }

  /// A PNG file of a square image in color with a bright spot, not compressed.
  ///
  /// Reference: W3C, "Portable Network Graphics", third edition; RFC 1950 and 1951 for the stored blocks.
  static func png(number: Int, side: Int) -> [UInt8] {
    var rows: [UInt8] = []
    let (x, y) = (number * 7 % side, number * 11 % side)
    for row in 0..<side {
      rows.append(0)
      for column in 0..<side {
        let distance = abs(row - y) + abs(column - x)
        let bright = max(0, 255 - 14 * distance)
        rows += [UInt8(bright), UInt8((bright + 40 * (number % 5)) / 2), UInt8(255 - bright)]
      }
    }
    var (low, high) = (1, 0)
    for byte in rows {
      low = (low + Int(byte)) % 65_521
      high = (high + low) % 65_521
    }
    var packed: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: rows.count, by: 65_535) {
      let block = rows[start..<min(start + 65_535, rows.count)]
      let (size, isLast) = (block.count, start + 65_535 >= rows.count)
      packed += [isLast ? 1 : 0, UInt8(size & 255), UInt8(size >> 8)]
      packed += [UInt8(~size & 255), UInt8(~size >> 8 & 255)] + block
    }
    packed += big(high << 16 | low)
    let header = big(side) + big(side) + [8, 2, 0, 0, 0]
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + chunk("IHDR", header) + chunk("IDAT", packed) + chunk("IEND", [])
  }

  private static func big(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    var sum: UInt32 = 0xffff_ffff
    for byte in body {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xedb8_8320 : sum >> 1 }
    }
    return big(data.count) + body + big(Int(~sum))
  }
}
