import ArgumentParser
import HourglassJobs

/// Removes items.
struct MatchRemove: Verb {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove stored items, all that are named or none."
  )

  @Argument(help: "The names of the items, as `list` prints them.")
  var names: [String]

  @OptionGroup
  var library: DatabaseOption

  @OptionGroup
  var saying: OutputArguments

  func request() throws -> JobRequest {
    var options = MatchRemoveOptions()
    options.database = library.database
    return JobRequest(options, data: names)
  }
}
