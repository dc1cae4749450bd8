import ArgumentParser
import HourglassDatasets
import HourglassModelFiles

/// Says what a file holds.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what a model file holds, or what the reader makes of a data file.",
    discussion: """
      What kind of file it is, is seen from its contents. Of a model only the header is read; no \
      code is ever run. A data file is read whole, as `reduce` would read it.

      EXAMPLES
        hourglass inspect clothes.hourglass
        hourglass inspect sensors.csv
        hourglass inspect train-images-idx3-ubyte.gz --json
      """
  )

  @Argument(
    help: ArgumentHelp("A model, or data: IDX or CSV/TSV, plain or .gz.", valueName: "file")
  )
  var file: String

  @Option(help: ArgumentHelp("Read only the first rows or images of data.", valueName: "n"))
  var first: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let first { try requireOption(first >= 1, "--first", "at least 1, found \(first)") }
  }

  func run() throws {
    if FileKind.isModel(file) {
      let summary = try ModelSummary(contentsOf: file)
      try Console.print(json ? try summary.jsonLine() : summary.description)
    } else {
      let dataset = try NumericDataset.load(contentsOf: file, limit: first)
      let summary = DatasetSummary(dataset, path: file)
      try Console.print(json ? try summary.jsonLine() : summary.text)
    }
  }
}
