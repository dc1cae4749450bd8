import ArgumentParser
import HourglassTensors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Measures the memory and the time of learning from a table that is larger than memory should hold.
struct BenchmarkLarge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "large",
    abstract: "Measure the memory of learning from a table that is not held in memory.",
    usage: "hourglass benchmark large [<options>]",
    discussion: """
      A CSV table of 30 columns of numbers, which depend on five hidden ones, is made from a seed. \
      hourglass reduce then learns from all of its rows in a process of its own and writes the \
      codes of all of them. Table, encoded rows and codes need about twice the size on the disk; \
      all are removed at the end.

      WHAT IS REPORTED
        gigabytes             the size of the table in 10^9 bytes
        rows                  what it holds
        seconds               of the whole run: two passes over the text, learning, and one more pass
        learning_seconds      from the second pass to the end of learning
        peak_rss_mib          the most memory that the process had

      EXAMPLES
        hourglass benchmark large
        hourglass benchmark large --gigabytes 0.5 --folder /mnt/scratch --json
      """
  )

  @Option(help: ArgumentHelp("The size of the table.", valueName: "10^9 bytes"))
  var gigabytes = 4.0

  @Option(help: ArgumentHelp("How often learning goes through the rows.", valueName: "n"))
  var epochs = 1

  @Option(help: ArgumentHelp("Where the files are made (default: a folder for temporary ones)."))
  var folder: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    try requireOption((0.01...10_000).contains(gigabytes), "--gigabytes", "0.01 to 10000")
    try requireOption((1...1000).contains(epochs), "--epochs", "1 to 1000")
  }

  func run() throws {
    let place = try FactorTable.folder(in: folder)
    defer { try? FileManager.default.removeItem(at: place) }
    let path = place.appendingPathComponent("table.csv").path
    Console.note("making a table of \(NumberText.plain(gigabytes)) gigabytes")
    let rows = try FactorTable.write(path, bytes: Int(gigabytes * 1e9))
    Console.note("learning from its \(NumberText.grouped(rows)) rows")
    let (text, seconds) = try ChildProcess.timedOutput(of: [
      "reduce", path, "--dimensions", "5", "--epochs", "\(epochs)", "--in-memory", "1m",
      "--output", place.appendingPathComponent("codes.csv").path, "--json",
    ])
    let outcome = try JSONDecoder().decode(Outcome.self, from: Data(text.utf8))
    let figures = Figures(
      gigabytes: gigabytes,
      rows: outcome.rows,
      seconds: seconds,
      learningSeconds: outcome.seconds["learning"] ?? 0,
      peakMemory: outcome.peakMemory.map { Double($0) / 1_048_576 }
    )
    try Console.print(json ? try figures.jsonLine() : figures.text)
  }

  /// What is taken from the outcome of `reduce`.
  private struct Outcome: Decodable {
    var rows: Int
    var seconds: [String: Double]
    var peakMemory: Int?
  }

  private struct Figures: Encodable {
    var gigabytes: Double
    var rows: Int
    var seconds: Double
    var learningSeconds: Double
    var peakMemory: Double?

    enum CodingKeys: String, CodingKey {
      case gigabytes, rows, seconds
      case learningSeconds = "learning_seconds"
      case peakMemory = "peak_rss_mib"
    }

    var text: String {
      """
      \(NumberText.plain(gigabytes)) gigabytes, \(NumberText.grouped(rows)) rows
      \(NumberText.fixed(seconds, places: 1)) seconds, of which learning \
      \(NumberText.fixed(learningSeconds, places: 1))
      \(PeakMemory.text(mebibytes: peakMemory))
      """
    }
  }
}
