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

  @Option(
    help: ArgumentHelp(
      "Tell the result on a page that needs no other file: tables, figures, the command.",
      valueName: "file.html"
    )
  )
  var report: String?

  @Option(help: ArgumentHelp("Keep the trained model here.", valueName: "file.hourglass"))
  var save: String?

  @Option(help: ArgumentHelp("Train nothing; use this model.", valueName: "file.hourglass"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Start training from this model of the same task, columns and layers; its encoding is kept.",
      valueName: "file.hourglass"
    )
  )
  var from: String?

  @Option(
    name: .customLong("learn-from"),
    help: ArgumentHelp("Train on these data instead; - is standard input.", valueName: "data")
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
    options.report = report
    options.save = save
    options.model = model
    options.from = from
    options.learnFrom = allLearnFrom.first
    options.first = first
    return options
  }
}
