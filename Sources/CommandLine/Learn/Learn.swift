import ArgumentParser
import HourglassApplications
import HourglassDatasets

/// Learns one model of a table for all jobs.
struct Learn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Learn one model of a table that does all the jobs.",
    discussion: """
      A variational denoising autoencoder learns how the cells of a row go together, with some of \
      them hidden. The one model that --save keeps is then taken by --model of reduce, features, \
      match, denoise, detect, generate and impute: all of them are questions to the same density.

      A fifth of the rows, at most 4,000, is held out, and every job is judged on it: by the error \
      of restored rows, distorted copies found again, noise left, rows told from rows of mixed-up \
      cells, likeness of generated rows, and errors of filled cells. Beside the model stand simpler \
      means and models learned for one job alone, which may be better: the report says by how much. \
      The latter take several times as long as the model itself; --rivals simple leaves them out.

      Columns that only name rows are set aside. The file keeps some rows of the table, which \
      detect and impute look for near ones in.

      EXAMPLES
        hourglass learn people.csv --save people.hourglass
        hourglass learn people.csv --save people.hourglass --rivals simple --minutes 2
        hourglass detect new.csv --model people.hourglass -o scores.csv
        hourglass impute new.csv --model people.hourglass -o filled.csv
        hourglass generate --model people.hourglass --count 1000 -o like-them.csv
        hourglass reduce new.csv --model people.hourglass -o codes.csv
        hourglass match add people.csv --model people.hourglass --database people.db
      """
  )

  @Argument(help: ArgumentHelp("The table to learn from.", valueName: "table"))
  var data: String

  @Option(help: ArgumentHelp("Keep the model here.", valueName: "file.hourglass"))
  var save: String?

  @Option(help: ArgumentHelp("Take only the first rows of the table.", valueName: "n"))
  var first: Int?

  @Option(
    help: ArgumentHelp(
      "What the report compares with: all, simple or none (default: all).",
      valueName: "rivals"
    )
  )
  var rivals: RivalsOption = .all

  @OptionGroup(title: "Reading")
  var reading: DataOptions

  @OptionGroup(title: "Network")
  var shape: LearnShapeOptions

  @OptionGroup(title: "Learning")
  var learning: LearningOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    try requireAtLeastOne(first, "--first")
    if learning.resume, learning.checkpoint == nil, save == nil {
      throw ValidationError("--resume needs --checkpoint, or the --save of that run")
    }
  }

  func run() async throws {
    var job = try LearnJob(self)
    try await VerbRun.perform { try await job.run().say(saying) }
  }
}

/// What a report compares with, as a word of the command line.
enum RivalsOption: String, ExpressibleByArgument, CaseIterable {
  case all, simple, none

  /// The same for the library.
  var rivals: TableLearner.Rivals {
    switch self {
    case .all: .all
    case .simple: .simple
    case .none: .none
    }
  }
}

/// The network of a model for all jobs.
struct LearnShapeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The numbers of a code (default: one for each column, from 2 to 32).",
      valueName: "n"
    )
  )
  var latent: Int?

  @Option(
    help: ArgumentHelp(
      "The weight of the divergence of codes from the prior (default: 0.1).",
      valueName: "weight"
    )
  )
  var beta: Float?

  @Option(
    help: ArgumentHelp(
      "The fully connected layers before the code, mirrored behind it (default: by the data).",
      valueName: "512,512"
    )
  )
  var hidden: LayerWidths?
}
