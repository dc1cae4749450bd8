import ArgumentParser
import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassSignatures

/// Describes each row, image, sound or window by a few numbers.
struct Reduce: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reduce",
    abstract: "Describe each row of a table, image, sound or window of a series by a few numbers.",
    discussion: """
      An autoencoder learns to rebuild rows from as many numbers as --dimensions says, and those \
      numbers are written for each row, in the order of the rows. Some rows are held out of \
      learning; the report tells how well they are rebuilt, beside PCA of the same size and \
      beside the column means.

      DATA is a CSV or TSV table of numbers and categories, where cells may be missing; images (a \
      folder or a file of PNG or JPEG, IDX, CIFAR-10); sounds (a folder or a file of WAV, FLAC or \
      OGG), which are cut into patches of about a second, so that a code is the mean of those of \
      its patches; an NPY or NPZ array; or, with --series, a table of measurements in time, cut \
      into windows. It is recognized by its contents.

      The codes are a table with the columns z1, z2, ... and a line for each row; for rows of a \
      table there is no other column, so that the file can be read as plain numbers, and pasted \
      beside the data. Files have their names and windows their times before the codes. An output \
      that ends in .npy is an array. Without --output only the report is printed.

      EXAMPLES
        hourglass reduce images.idx.gz -o codes.csv
        hourglass reduce images.idx.gz --save clothes.hourglass --plot map.svg
        hourglass reduce new.idx.gz --model clothes.hourglass -o codes.csv
        hourglass reduce week23.csv --learn-from normal.csv --dimensions 8
        hourglass reduce load.csv --series time --window 96 -o codes.csv
        hourglass reduce sensors.csv --dimensions auto --keep 0.95 --curve curve.svg -o codes.csv
        hourglass reduce songs/ --dimensions 8 -o songs.csv
        hourglass reduce sensors.csv --minutes 10 -o codes.csv
          and, after Ctrl-C, the same again with --resume
      """
  )

  @Argument(help: ArgumentHelp("What to describe.", valueName: "data"))
  var data: String

  @OptionGroup(title: "Files")
  var files: VerbFiles

  @OptionGroup(title: "Reading")
  var reading: DataOptions

  @OptionGroup(title: "Map")
  var map: MapOptions

  @OptionGroup(title: "Network (without --model)")
  var shape: ShapeOptions

  @OptionGroup(title: "Codes (without --model)")
  var preserving: PreserveOptions

  @OptionGroup(title: "Learning (without --model)")
  var learning: TrainingOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Finding the number of dimensions")
  var searching: SearchOptions

  @OptionGroup(title: "Saying")
  var comparing: ComparisonOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    try files.checkModel(
      given: shape.given + preserving.given + learning.given + [searching.given].compactMap { $0 }
    )
    try files.checkResume(learning)
    try checkSearch()
    if map.labels != nil, map.plot == nil { throw ValidationError("--labels needs --plot") }
    if map.color != nil, map.plot == nil { throw ValidationError("--color needs --plot") }
    if map.color != nil, map.labels != nil {
      throw ValidationError("--color and --labels exclude each other")
    }
    if !map.labelNames.isEmpty, map.labels == nil {
      throw ValidationError("--label-names needs --labels")
    }
  }

  private func checkSearch() throws {
    guard shape.dimensions == .automatic else {
      if let name = searching.given { throw ValidationError("\(name) needs --dimensions auto") }
      return
    }
    if learning.resume {
      throw ValidationError(
        "--resume needs a number of --dimensions: the one that was found before the interruption"
      )
    }
  }

  func run() async throws {
    var job = try ReduceJob(self)
    try await VerbRun.perform { try await job.run().say(saying) }
  }
}
