import ArgumentParser
import HourglassJobs

/// Finds out how many numbers a signature needs.
struct MatchTune: Verb {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Find the smallest signatures that still find the items again.",
    discussion: """
      It trains with 2, 4, 8, ... dimensions, and stops at the first size by which enough augmented \
      copies find their item again. No database is written; use the size with \
      `match add --dimensions`.

      EXAMPLE
        hourglass match tune songs/ --recall 0.95 --minutes 1
      """
  )

  @Argument(help: "Images, sounds, or a table.")
  var items: String

  @Option(help: ArgumentHelp("The part of the copies to find again.", valueName: "part"))
  var recall: Double = 0.95

  @Option(help: ArgumentHelp("The largest size to try.", valueName: "n"))
  var largest: Int = 64

  @OptionGroup(title: "Training (each size)")
  var training: TrainingArguments

  @OptionGroup
  var given: DataArguments

  var saying: OutputArguments { given.saying }

  func request() throws -> JobRequest {
    var options = MatchTuneOptions()
    options.recall = recall
    options.largest = largest
    var request = given.request(options, [items])
    request.training = training.options
    return request
  }
}
