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
  var files: ReduceFiles

  @OptionGroup(title: "Learning (without --model)")
  var learning: LearningOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    if let model = files.model {
      if files.learnFrom != nil {
        throw ValidationError(
          "--model and --learn-from exclude each other: a model was learned already"
        )
      }
      if files.save != nil {
        throw ValidationError("--save has no use with --model: nothing is learned")
      }
      if let option = learning.given.first {
        throw ValidationError("\(option) has no use with --model: nothing is learned from \(model)")
      }
    }
    if files.labels != nil, files.plot == nil {
      throw ValidationError("--labels needs --plot")
    }
    if !files.labelNames.isEmpty, files.labels == nil {
      throw ValidationError("--label-names needs --labels")
    }
    if learning.resume, learning.checkpoint == nil, files.save == nil, files.output == nil {
      throw ValidationError("--resume needs --checkpoint, or the --save or --output of that run")
    }
  }

  func run() async throws {
    var job = try ReduceJob(self)
    StopSignals.listen()
    do {
      let outcome = try await job.run()
      try outcome.say(saying)
    } catch {
      guard let code = StopSignals.exitCode else { throw error }
      Console.note(job.words(onStop: error))
      throw ExitCode(code)
    }
  }
}

/// Where things come from and go.
struct ReduceFiles: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write the codes here, as CSV; - is standard output.",
      valueName: "codes.csv"
    )
  )
  var output: String?

  @Option(help: ArgumentHelp("Keep what was learned here.", valueName: "file.hourglass"))
  var save: String?

  @Option(help: ArgumentHelp("Learn nothing; use what was learned.", valueName: "file.hourglass"))
  var model: String?

  @Option(help: ArgumentHelp("Learn from these data instead.", valueName: "data"))
  var learnFrom: String?

  @Option(
    help: ArgumentHelp("Take only the first rows or images of each data file.", valueName: "n")
  )
  var first: Int?

  @Option(
    help: ArgumentHelp(
      "Draw a map of the first two numbers, as SVG, or as a page where the name ends in .html.",
      valueName: "map.svg"
    )
  )
  var plot: String?

  @Option(
    help: ArgumentHelp(
      "Colour the map by these: an IDX file of labels, or a text with a label a line.",
      valueName: "file"
    )
  )
  var labels: String?

  @Option(
    help: ArgumentHelp(
      "What the labels 0, 1, 2 and so on are called in the map.",
      valueName: "a,b,c"
    ),
    transform: { text in
      text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  )
  var labelNames: [String] = []

  func validate() throws {
    if let first { try requireOption(first >= 1, "--first", "at least 1, found \(first)") }
  }
}
