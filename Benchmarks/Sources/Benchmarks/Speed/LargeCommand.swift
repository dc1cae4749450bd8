import ArgumentParser
import Foundation

/// Measures the memory and the time of training from a table that is larger than memory should hold.
struct LargeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "large",
    abstract: "Measure the memory of training on a table that is not held in memory.",
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
        hourglass-benchmarks large
        hourglass-benchmarks large --gigabytes 0.5 --folder /mnt/scratch --json
      """
  )

  @Option(help: ArgumentHelp("The size of the table.", valueName: "10^9 bytes"))
  var gigabytes = 4.0

  @Option(help: ArgumentHelp("How often training goes through the rows.", valueName: "n"))
  var epochs = 1

  @OptionGroup
  var measured: HourglassOptions

  func validate() throws {
    try requireOption((0.01...10_000).contains(gigabytes), "--gigabytes", "0.01 to 10000")
    try requireOption((1...1000).contains(epochs), "--epochs", "1 to 1000")
  }

  func run() throws {
    let program = try measured.program()
    let place = try ScratchFolder(in: measured.folder)
    let path = place.file("table.csv")
    note("making a table of \(gigabytes) gigabytes")
    let rows = try FactorTable.write(path, bytes: Int(gigabytes * 1e9))
    note("training on its \(rows.grouped) rows")
    let (printed, seconds) = try program.output(of: [
      "reduce", path, "--dimensions", "5", "--epochs", "\(epochs)", "--in-memory", "1m",
      "--output", place.file("codes.csv"), "--json",
    ])
    guard let outcome = try? JSONDecoder().decode(Outcome.self, from: Data(printed.utf8)) else {
      throw BenchmarkError("\(program.path) printed no result of reduce as JSON.")
    }
    let learning = outcome.seconds["learning"] ?? 0
    let peakMemory = outcome.peakMemory.map { Double($0) / 1_048_576 }
    let figures: Figures = [
      "gigabytes": gigabytes, "rows": outcome.rows, "seconds": seconds,
      "learning_seconds": learning, "peak_rss_mib": peakMemory,
    ]
    let text = """
      \(gigabytes) gigabytes, \(outcome.rows.grouped) rows
      \(seconds.fixed(1)) seconds, of which learning \
      \(learning.fixed(1))
      \(PeakMemory.text(peakMemory))
      """
    print(measured.json ? try figures.jsonLine() : text)
  }

  /// What is taken from the outcome of `reduce`.
  private struct Outcome: Decodable {
    var rows: Int
    var seconds: [String: Double]
    var peakMemory: Int?
  }
}
