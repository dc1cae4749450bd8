import ArgumentParser
import HourglassJobs

/// Prints the names and coordinates of a database.
struct MatchList: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Print the stored items: names and coordinates.",
    usage: "hourglass match list --database <database> [<options>]",
    discussion: "The coordinates of a sound are the mean of its signatures."
  )

  @OptionGroup
  var library: DatabaseOption

  @Option(help: ArgumentHelp("The most coordinates to print.", valueName: "n"))
  var coordinates: Int = 4

  @OptionGroup
  var saying: OutputArguments

  func request() throws -> JobRequest {
    var options = MatchListOptions()
    options.database = library.database
    options.coordinates = coordinates
    return JobRequest(options)
  }
}
