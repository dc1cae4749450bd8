import ArgumentParser
import HourglassModelFiles

/// Says what a file holds.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model file holds, or what the reader makes of data.",
    usage: "hourglass inspect <file> [<options>]",
    discussion: """
      What kind of file it is, is seen from its contents. Of a model only the header is read; no \
      code is ever run. Data are read whole, as the other verbs would read them: of a table the kind, \
      the range, the levels, the missing cells and examples of each column; of images sizes, channels, \
      depths and labels; of sounds rates, channels and lengths; of a time series (--series) channels, \
      windows and gaps.

      EXAMPLES
        hourglass inspect clothes.hourglass
        hourglass inspect sensors.csv
        hourglass inspect sensors.csv --series time --window 96
        hourglass inspect photos/
        hourglass inspect train-images-idx3-ubyte.gz --json
      """
  )

  @Argument(
    help: ArgumentHelp("A model, or data: a file or a folder.", valueName: "file")
  )
  var file: String

  @Option(help: ArgumentHelp("Read only the first items of data.", valueName: "n"))
  var first: Int?

  @OptionGroup(title: "Reading")
  var reading: DataOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let first { try requireOption(first >= 1, "--first", "at least 1, found \(first)") }
  }

  func run() throws {
    if FileKind.isModel(file) {
      let summary = try ModelSummary(contentsOf: file)
      try Console.print(json ? try summary.jsonLine() : summary.description)
    } else if let summary = try LabelsSummary(contentsOf: file, limit: first) {
      try Console.print(json ? try summary.jsonLine() : summary.text)
    } else {
      let summary = try DatasetSummary(
        try reading.loadAny(file, limit: first, quiet: json),
        path: file
      )
      try Console.print(json ? try summary.jsonLine() : summary.text)
    }
  }
}
