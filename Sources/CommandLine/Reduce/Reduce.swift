import ArgumentParser

/// Describes each row or image by a few numbers.
struct Reduce: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reduce",
    abstract: "Describe each row of a table, or each image, by a few numbers.",
    discussion: """
      An autoencoder learns to rebuild rows from as many numbers as --dimensions says, and those \
      numbers are written for each row, in the order of the rows. Some rows are held out of \
      learning; the report tells how well they are rebuilt, beside PCA of the same size and \
      beside the column means.

      DATA is an IDX file of images or rows, or a numeric CSV or TSV table, plain or .gz; it is \
      recognised by its contents.

      The codes are a table with the columns z1, z2, ... and a line for each row; there is no \
      column of row numbers, so that the file can be read as plain numbers, and pasted beside the \
      data. Without --output only the report is printed.

      EXAMPLES
        hourglass reduce images.idx.gz -o codes.csv
        hourglass reduce images.idx.gz --save clothes.hourglass --plot map.svg
        hourglass reduce new.idx.gz --model clothes.hourglass -o codes.csv
        hourglass reduce week23.csv --learn-from normal.csv --dimensions 8
        hourglass reduce sensors.csv --minutes 10 -o codes.csv
          and, after Ctrl-C, the same again with --resume
      """
  )

  @Argument(help: ArgumentHelp("The rows or images to describe.", valueName: "data"))
  var data: String

  @OptionGroup(title: "Files")
  var files: VerbFiles

  @OptionGroup(title: "Map")
  var map: MapOptions

  @OptionGroup(title: "Network (without --model)")
  var shape: ShapeOptions

  @OptionGroup(title: "Learning (without --model)")
  var learning: LearningOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    try files.checkModel(given: shape.given + learning.given)
    try files.checkResume(learning)
    if map.labels != nil, map.plot == nil { throw ValidationError("--labels needs --plot") }
    if !map.labelNames.isEmpty, map.labels == nil {
      throw ValidationError("--label-names needs --labels")
    }
  }

  func run() async throws {
    var job = try ReduceJob(self)
    try await VerbRun.perform { try await job.run().say(saying) }
  }
}
