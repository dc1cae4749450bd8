import ArgumentParser
import HourglassJobs

/// Where things come from and go.
struct FileArguments: ParsableArguments {
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

  @Option(
    help: ArgumentHelp("Take only the first rows or images of each data file.", valueName: "n")
  )
  var first: Int?

  func validate() throws {
    guard allLearnFrom.count > 1 else { return }
    throw ValidationError(
      "--learn-from must be given once, found \(allLearnFrom.count) times; several files go into one "
        + "folder"
    )
  }

  var options: FileOptions {
    var options = FileOptions()
    options.output = output
    options.save = save
    options.model = model
    options.learnFrom = allLearnFrom.first
    options.first = first
    return options
  }
}
