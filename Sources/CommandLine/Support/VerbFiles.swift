import ArgumentParser
import HourglassData

/// Where things come from and go.
struct VerbFiles: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write the result here; - is standard output.",
      valueName: "file"
    )
  )
  var output: String?

  @Option(help: ArgumentHelp("Keep what was learned here.", valueName: "file.hourglass"))
  var save: String?

  @Option(help: ArgumentHelp("Learn nothing; use what was learned.", valueName: "file.hourglass"))
  var model: String?

  @Option(
    name: .customLong("learn-from"),
    help: ArgumentHelp("Learn from these data instead.", valueName: "data")
  )
  var allLearnFrom: [String] = []

  /// What to learn from instead of the input.
  var learnFrom: String? { allLearnFrom.first }

  @Option(
    help: ArgumentHelp("Take only the first rows or images of each data file.", valueName: "n")
  )
  var first: Int?

  func validate() throws {
    try requireOption(
      allLearnFrom.count <= 1,
      "--learn-from",
      "given once, found \(allLearnFrom.count) times; several files go into one folder"
    )
    if let first { try requireOption(first >= 1, "--first", "at least 1, found \(first)") }
  }

  /// Checks that nothing is asked for that needs learning where a model is given.
  ///
  /// - Parameter given: The options of learning that were given, by their names.
  func checkModel(given: [String]) throws {
    guard let model else { return }
    if learnFrom != nil {
      throw ValidationError(
        "--model and --learn-from exclude each other: a model was learned already"
      )
    }
    if save != nil { throw ValidationError("--save has no use with --model: nothing is learned") }
    if let option = given.first {
      throw ValidationError("\(option) has no use with --model: nothing is trained on \(model)")
    }
  }

  /// Checks that a run that is to go on has a file to go on from.
  func checkResume(_ learning: TrainingOptions) throws {
    let hasPlace = [save, output].contains { $0.flatMap(VerbPaths.checkpoint(beside:)) != nil }
    if learning.resume, learning.checkpoint == nil, !hasPlace {
      throw ValidationError("--resume needs --checkpoint, or the --save or --output of that run")
    }
  }
}
