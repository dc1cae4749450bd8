import ArgumentParser
import HourglassTensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Measures the time and the memory of scoring a large table with a model that was learned before.
struct BenchmarkScoring: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scoring",
    abstract: "Time the scoring of a large table, from CSV to CSV.",
    usage: "hourglass benchmark scoring [<options>]",
    discussion: """
      A CSV table of 30 columns of numbers, which depend on five hidden ones, is made from a seed. \
      hourglass detect learns from its first 20,000 rows, as from a table that may hold anomalies, \
      and then scores all rows with the model, in a process of its own each time: scores, p-values \
      and the three columns that add most. The files are removed at the end.

      WHAT IS REPORTED
        rows, megabytes       of the table
        seconds               of scoring, from the start of the process to its end: the median
        peak_rss_mib          the most memory that a process had

      EXAMPLES
        hourglass benchmark scoring
        hourglass benchmark scoring --rows 100000 --rounds 5 --json
      """
  )

  @Option(help: ArgumentHelp("The rows of the table.", valueName: "n"))
  var rows = 1_000_000

  @Option(help: ArgumentHelp("How often the table is scored.", valueName: "n"))
  var rounds = 3

  @Option(help: ArgumentHelp("Where the files are made (default: a folder for temporary ones)."))
  var folder: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  /// The rows that are trained on.
  private static let learned = 20_000

  func validate() throws {
    try requireOption((100...1_000_000_000).contains(rows), "--rows", "100 to 1000000000")
    try requireOption((1...1000).contains(rounds), "--rounds", "1 to 1000")
  }

  func run() throws {
    let place = try FactorTable.folder(in: folder)
    defer { try? FileManager.default.removeItem(at: place) }
    func file(_ name: String) -> String { place.appendingPathComponent(name).path }
    Console.note("making a table of \(NumberText.grouped(rows)) rows")
    _ = try FactorTable.write(file("table.csv"), rows: rows)
    _ = try ChildProcess.output(of: [
      "detect", file("table.csv"), "--first", "\(Self.learned)", "--baselines", "none", "--json",
      "--quiet", "--save", file("m.hourglass"),
    ])
    var seconds: [Double] = []
    var memory: [Int] = []
    for _ in 0..<rounds {
      let run = try ChildProcess.timedOutput(of: [
        "detect", file("table.csv"), "--model", file("m.hourglass"), "--output", file("scores.csv"),
        "--json", "--quiet",
      ])
      let outcome = try JSONDecoder().decode(Outcome.self, from: Data(run.text.utf8))
      guard outcome.count == rows else {
        throw Failure("\(rows) rows were made, and \(outcome.count) scored.", exitCode: .machine)
      }
      seconds.append(run.seconds)
      if let peak = outcome.peakMemory { memory.append(peak) }
    }
    let size = try FileManager.default.attributesOfItem(atPath: file("table.csv"))[.size] as? Int
    let figures = Figures(
      rows: rows,
      megabytes: Double(size ?? 0) / 1e6,
      seconds: seconds.sorted()[seconds.count / 2],
      peakMemory: memory.max().map { Double($0) / 1_048_576 }
    )
    try Console.print(json ? try figures.jsonLine() : figures.text)
  }

  /// What is taken from the outcome of `detect`.
  private struct Outcome: Decodable {
    var count: Int
    var peakMemory: Int?
  }

  private struct Figures: Encodable {
    var rows: Int
    var megabytes: Double
    var seconds: Double
    var peakMemory: Double?

    enum CodingKeys: String, CodingKey {
      case rows, megabytes, seconds
      case peakMemory = "peak_rss_mib"
    }

    var text: String {
      """
      \(NumberText.grouped(rows)) rows of \(FactorTable.columns) columns, \
      \(NumberText.fixed(megabytes, places: 0)) MB
      \(NumberText.fixed(seconds, places: 1)) seconds, \
      \(NumberText.grouped(Int(Double(rows) / max(seconds, 1e-3)))) rows a second
      \(PeakMemory.text(mebibytes: peakMemory))
      """
    }
  }
}
