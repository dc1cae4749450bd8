import ArgumentParser
import Foundation

/// Measures the time and the memory of scoring a large table with a model that was trained before.
struct ScoringCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scoring",
    abstract: "Time the scoring of a large table, from CSV to CSV.",
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
        hourglass-benchmarks scoring
        hourglass-benchmarks scoring --rows 100000 --rounds 5 --json
      """
  )

  @Option(help: ArgumentHelp("The rows of the table.", valueName: "n"))
  var rows = 1_000_000

  @Option(help: ArgumentHelp("How often the table is scored.", valueName: "n"))
  var rounds = 3

  @OptionGroup
  var measured: HourglassOptions

  /// The rows that are trained on.
  private static let learned = 20_000

  func validate() throws {
    try requireOption((100...1_000_000_000).contains(rows), "--rows", "100 to 1000000000")
    try requireOption((1...1000).contains(rounds), "--rounds", "1 to 1000")
  }

  func run() throws {
    let program = try measured.program()
    let place = try ScratchFolder(in: measured.folder)
    note("making a table of \(rows.grouped) rows")
    _ = try FactorTable.write(place.file("table.csv"), rows: rows)
    _ = try program.output(of: [
      "detect", place.file("table.csv"), "--first", "\(Self.learned)", "--no-baselines",
      "--json",
      "--quiet", "--save", place.file("m.hourglass"),
    ])
    var seconds: [Double] = []
    var memory: [Int] = []
    for _ in 0..<rounds {
      let run = try program.output(of: [
        "detect", place.file("table.csv"), "--model", place.file("m.hourglass"), "--output",
        place.file("scores.csv"),
        "--json", "--quiet",
      ])
      let outcome = try JSONDecoder().decode(Outcome.self, from: Data(run.text.utf8))
      guard outcome.count == rows else {
        throw BenchmarkError("\(rows) rows were made, and \(outcome.count) scored.")
      }
      seconds.append(run.seconds)
      if let peak = outcome.peakMemory { memory.append(peak) }
    }
    let size =
      try FileManager.default.attributesOfItem(atPath: place.file("table.csv"))[.size] as? Int
    let (megabytes, median) = (Double(size ?? 0) / 1e6, seconds.sorted()[seconds.count / 2])
    let peakMemory = memory.max().map { Double($0) / 1_048_576 }
    let figures: Figures = [
      "rows": rows, "megabytes": megabytes, "seconds": median, "peak_rss_mib": peakMemory,
    ]
    let text = """
      \(rows.grouped) rows of \(FactorTable.columns) columns, \
      \(megabytes.fixed(0)) MB
      \(median.fixed(1)) seconds, \
      \(Int(Double(rows) / max(median, 1e-3)).grouped) rows a second
      \(PeakMemory.text(peakMemory))
      """
    print(measured.json ? try figures.jsonLine() : text)
  }

  /// What is taken from the outcome of `detect`.
  private struct Outcome: Decodable {
    var count: Int
    var peakMemory: Int?
  }
}
