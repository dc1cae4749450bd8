import ArgumentParser
import Foundation
import Hourglass

/// Times the reading of tables.
struct ReadingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reading",
    abstract: "Time the reading of tables on one core.",
    discussion: """
      Each table is read several times into memory, with the kinds of its columns inferred, and the \
      median is reported. Without a file, four tables are made from a seed in a folder that is \
      removed at the end: numbers of six digits, numbers of full precision, whole numbers, and mixed \
      columns with categories, dates, names and missing cells.

      Scripts/compare_reading_speed.py runs pandas and polars beside it on the same files.

      WHAT IS REPORTED
        megabytes             the size of the file in 10^6 bytes
        seconds               the median time to read it
        megabytes_per_s       their quotient
        rows, columns         what was read
        peak_rss_mib          the most memory that the process had so far

      EXAMPLES
        hourglass-benchmarks reading
        hourglass-benchmarks reading measurements.csv --rounds 5 --json
      """
  )

  @Argument(
    help: ArgumentHelp("The tables to read (default: four that are made).", valueName: "file")
  )
  var files: [String] = []

  @Option(help: ArgumentHelp("The size of each table that is made.", valueName: "10^6 bytes"))
  var megabytes = 50

  @Option(help: ArgumentHelp("How often each table is read.", valueName: "n"))
  var rounds = 3

  @Option(
    help: ArgumentHelp(
      "Make the tables in this folder, keep them, and time nothing.",
      valueName: "folder"
    )
  )
  var make: String?

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func validate() throws {
    try requireOption((1...100_000).contains(megabytes), "--megabytes", "1 to 100000")
    try requireOption((1...1000).contains(rounds), "--rounds", "1 to 1000")
  }

  func run() throws {
    if let make {
      for table in MadeTable.allCases { print(try table.write(in: make, megabytes)) }
      return
    }
    if !json { print(Self.titles) }
    if !files.isEmpty {
      for file in files { try report(file) }
      return
    }
    let folder = try ScratchFolder()
    for table in MadeTable.allCases {
      let path = try table.write(in: folder.path, megabytes)
      try report(path)
      try FileManager.default.removeItem(atPath: path)
    }
  }

  private func report(_ path: String) throws {
    var times: [Double] = []
    var shape = (rows: 0, columns: 0)
    for _ in 0..<rounds {
      let clock = ContinuousClock()
      let start = clock.now
      let table = try Table(contentsOf: path)
      times.append((clock.now - start).inSeconds)
      shape = (table.rowCount, table.columns.count)
    }
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64
    let megabytes = Double(size ?? 0) / 1e6
    let seconds = times.sorted()[times.count / 2]
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let (rate, peakMemory) = (megabytes / max(seconds, 1e-9), PeakMemory.mebibytes)
    let figures: Figures = [
      "file": file, "megabytes": megabytes, "seconds": seconds, "rows": shape.rows,
      "columns": shape.columns, "peak_rss_mib": peakMemory, "megabytes_per_s": rate,
    ]
    let cells = [
      (megabytes.fixed(1), 8), (seconds.fixed(3), 11), (rate.fixed(0), 9), ("\(shape.rows)", 12),
      ("\(shape.columns)", 9), (peakMemory?.fixed(0) ?? "", 11),
    ]
    let row = file.padded(to: Self.width) + cells.map { $0.leading(to: $1) }.joined()
    print(json ? try figures.jsonLine() : row)
  }

  private static let width = 24

  private static let titles =
    "file".padded(to: width) + "      MB    seconds     MB/s        rows  columns   peak MiB"
}

/// A table that is made to be read.
private enum MadeTable: String, CaseIterable {
  case decimals, doubles, integers, mixed

  private static let words = ["red", "green", "blue", "dark red", "light green", "black"]

  /// Writes the table and gives its path.
  func write(in folder: String, _ megabytes: Int) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/\(rawValue).csv"
    let file = try WrittenFile(path)
    var generator = SeededGenerator.named(rawValue, seed: 0)
    let columns = self == .mixed ? 12 : 20
    var text = (1...columns).map { "x\($0)" }.joined(separator: ",") + "\n"
    var (written, row) = (0, 0)
    while written < megabytes * 1_000_000 {
      text += (0..<columns).map { cell($0, row, &generator) }.joined(separator: ",") + "\n"
      row += 1
      if text.utf8.count >= 1 << 18 {
        try file.write(Array(text.utf8))
        written += text.utf8.count
        text = ""
      }
    }
    try file.write(Array(text.utf8))
    try file.close()
    return path
  }

  private func cell(_ column: Int, _ row: Int, _ generator: inout SeededGenerator) -> String {
    let draw = Double(generator.nextUniform())
    switch self {
    case .decimals:
      let number = Int(draw * 2e6) - 1_000_000
      let digits = "\(abs(number) % 10_000)"
      let zeros = String(repeating: "0", count: 4 - digits.count)
      return (number < 0 ? "-" : "") + "\(abs(number) / 10_000)." + zeros + digits
    case .doubles: return "\((draw - 0.5) * (1 + Double(generator.nextUniform())))"
    case .integers: return "\(Int(draw * 100_000) - 50_000)"
    case .mixed:
      if draw < 0.02 { return "" }
      switch column % 6 {
      case 0: return "\(Int(draw * 1e4))"
      case 1: return "\((draw * 1e4).rounded() / 100)"
      case 2: return Self.words[Int(draw * 6)]
      case 3: return "20\(10 + Int(draw * 15))-0\(1 + row % 9)-1\(row / 9 % 10)"
      case 4: return draw < 0.5 ? "yes" : "no"
      default: return column == 5 ? "name \(row)" : "\"\(Self.words[row % 6]), \(row % 40)\""
      }
    }
  }
}
