import ArgumentParser
import HourglassEncodings
import HourglassEngines
import HourglassMatch
import HourglassTasksCommon
import HourglassTensors

/// Finds out how many numbers a signature needs.
struct MatchTune: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Find the smallest signatures that tell the items apart.",
    discussion: """
      It learns with 2, 4, 8, ... numbers, and stops at the first size by which enough distorted \
      copies find their item again. No database is written; use the size with \
      `match add --dimensions`.

      EXAMPLE
        hourglass match tune songs/ --recall 0.95 --minutes 1
      """
  )

  @Argument(help: "Images, sounds, or a table.")
  var items: String

  @Option(
    help: ArgumentHelp("The part of the copies to find again (default: 0.95).", valueName: "part")
  )
  var recall: Double = 0.95

  @Option(help: ArgumentHelp("The largest size to try (default: 64).", valueName: "n"))
  var largest: Int = 64

  @Option(help: ArgumentHelp("Take only the first items.", valueName: "n"))
  var first: Int?

  @OptionGroup(title: "Reading")
  var reading: DataOptions

  @OptionGroup(title: "Learning (each size)")
  var learning: TrainingOptions

  @OptionGroup(title: "Computing")
  var computing: ComputingOptions

  @OptionGroup(title: "Saying")
  var saying: ReportOptions

  func validate() throws {
    try requireOption(
      recall > 0 && recall <= 1,
      "--recall",
      "above 0 and at most 1, found \(recall)"
    )
    try requireOption(largest >= 2 && largest <= 4096, "--largest", "2 to 4096, found \(largest)")
    try requireAtLeastOne(first, "--first")
    if learning.resume || learning.checkpoint != nil {
      throw ValidationError("tune keeps no checkpoints: it learns anew for each size")
    }
  }

  func run() async throws {
    try await VerbRun.perform {
      let data = try reading.loadToLearn(items, limit: first, quiet: saying.quiet)
      let display = ProgressDisplay(
        unit: data.kind == .sounds ? "patch" : data.kind.nouns.one,
        isQuiet: saying.quiet
      )
      defer { display.end() }
      let (recall, largest) = (recall, largest)
      let matcher = Matcher(learning: learning.settings)
      let session = TrainingSession(
        engine: computing.engine,
        progress: { display.handle($0) }
      )
      let tuning = try await StopSignals.run {
        try await matcher.tuned(to: data, target: recall, largest: largest, session: session)
      }
      display.end()
      if saying.json { return try Console.print(try tuning.jsonLine()) }
      if !saying.quiet { try Console.print(tuning.description) }
    }
  }
}
