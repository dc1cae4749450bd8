import ArgumentParser
import HourglassData
import HourglassEncodings
import HourglassEngines
import HourglassImpute

/// Fills the missing cells of a table, the gaps of a time series or the holes in images.
struct Impute: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "impute",
    abstract: "Fill missing cells of a table, gaps of a time series, or holes in images.",
    discussion: """
      Autoencoders learn to give hidden cells back from the others: in learning some cells of each \
      row are hidden, and the true values are the target. Then what is really missing is filled. The \
      result is a weighted mean of the networks, chained linear regression and the nearest rows; the \
      weights are chosen on observed cells that are deleted before learning, and the report shows \
      how well these are filled, beside column means and the rest.

      DATA is a CSV or TSV table, plain or .gz, with numbers, whole numbers, yes and no, and \
      categories; or an array (NPY, NPZ). A missing cell is empty, NA, NaN, null or ?, or what \
      --missing says. With --series it is a time series whose gaps are filled.

      What was observed is written byte for byte as it was. Filled numbers stay within the range of \
      their column and on its grid: whole numbers stay whole. Missing names and free texts stay \
      missing.

      With --draws N further tables NAME-1.csv to NAME-N.csv are written beside NAME.csv, each with \
      values drawn from what the cells may be; what differs between them tells how sure they are. \
      Means and shares over all of them are printed, with standard errors by Rubin's rules. With \
      --intervals each filled cell gets the values that its truth is among, in a file of its own.

      DATA may also be images: PNG files whose missing pixels are transparent, or any images with \
      --mask, images that are white where pixels are missing. A network learns to fill holes that \
      are made in the images; all other pixels stay as they are.

      The data themselves are trained on, unless --learn-from or --model says otherwise.

      EXAMPLES
        hourglass impute people.csv -o filled.csv
        hourglass impute people.csv -o filled.csv --draws 5
        hourglass impute people.csv -o filled.csv --intervals
        hourglass impute people.csv --column zip=category --missing -999 -o filled.csv
        hourglass impute power.csv --series time --window 48 -o filled.csv
        hourglass impute old.csv --save people.hourglass -o old-filled.csv
        hourglass impute new.csv --model people.hourglass -o new-filled.csv
        hourglass impute torn/ --mask tears/ --learn-from album/ -o whole/
        hourglass impute album/ --mask-rate 0.2 --figure rows.png
          tries it: pixels are deleted and filled again
      """
  )

  @Argument(
    help: ArgumentHelp("The table or series with missing cells, or the images.", valueName: "data")
  )
  var data: String

  @OptionGroup(title: "Files")
  var files: VerbFiles

  @OptionGroup(title: "Filling")
  var filling: FillingOptions

  @OptionGroup(title: "Filling images")
  var holes: HoleOptions

  @OptionGroup(title: "Reading")
  var reading: DataOptions

  @OptionGroup(title: "Learning (without --model)")
  var learning: TrainingOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Saying")
  var comparing: ComparisonOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    // With a model the seed is that of the draws, or of the pixels that are deleted.
    let isSeedForUse = filling.draws != nil || holes.maskRate != nil
    let given = learning.given.filter { $0 != "--seed" || !isSeedForUse }
    try files.checkModel(given: filling.given + given)
    try files.checkResume(learning)
    if filling.draws != nil || filling.intervals != nil {
      guard let output = files.output, output != "-", !output.hasPrefix("/dev/") else {
        let option = filling.draws != nil ? "--draws" : "--intervals"
        throw ValidationError("\(option) needs --output with the name of a file")
      }
    }
  }

  func run() async throws {
    try await VerbRun.perform {
      // One item tells the kind.
      if case .images = try reading.load(data, limit: 1) {
        var job = try ImputeImagesJob(self)
        return try await job.run().say(saying)
      }
      if let option = holes.given.first {
        throw Failure.usage("\(option) is for images, and \(data) holds none")
      }
      var job = try ImputeJob(self)
      try await job.run().say(saying)
    }
  }
}

/// How cells are filled.
struct FillingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write so many further tables with drawn values, NAME-1.csv and so on.",
      valueName: "n"
    )
  )
  var draws: Int?

  @Option(
    defaultAsFlag: 0.9,
    help: ArgumentHelp(
      """
      Write NAME-intervals.csv: for each filled cell the values that its truth is among with this \
      confidence, 0.5 to 0.99 (0.9 where no number follows).
      """,
      valueName: "level"
    )
  )
  var intervals: Double?

  @Option(help: ArgumentHelp("The networks whose mean is taken (default: 3).", valueName: "n"))
  var members: Int?

  @Flag(
    help: "Leave nearest rows out of the result; the model then keeps no rows of the data."
  )
  var noNeighbors = false

  @Flag(help: "Leave chained regression out of the result.")
  var noRegression = false

  /// The options of learning that were given, by their names.
  var given: [String] {
    var names: [String] = []
    if members != nil { names.append("--members") }
    if noNeighbors { names.append("--no-neighbors") }
    if noRegression { names.append("--no-regression") }
    return names
  }

  func validate() throws {
    if let draws {
      // Two files are open for each of them.
      try requireOption((1...100).contains(draws), "--draws", "from 1 to 100, found \(draws)")
    }
    if let intervals {
      try requireOption(
        (0.5...0.99).contains(intervals),
        "--intervals",
        "from 0.5 to 0.99, found \(intervals)"
      )
    }
    if let members {
      try requireOption((1...16).contains(members), "--members", "from 1 to 16, found \(members)")
    }
  }
}
