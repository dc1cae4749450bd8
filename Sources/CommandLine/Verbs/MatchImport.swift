import ArgumentParser
import HourglassJobs

/// Stores ready coordinates.
struct MatchImport: Verb {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Store names with ready coordinates from a table.",
    discussion: """
      The column `name`, or else the first one, names the items; all others are coordinates.

      EXAMPLE
        hourglass match import coordinates.csv --database map.db
      """
  )

  @Argument(help: "A table with a column of names and columns of numbers.")
  var table: String

  @OptionGroup
  var library: DatabaseOption

  @OptionGroup(title: "Storing")
  var stored: StorageArguments

  @OptionGroup
  var saying: OutputArguments

  func request() throws -> JobRequest {
    var options = MatchImportOptions()
    options.database = library.database
    options.storage = stored.storage
    options.names = stored.names
    return JobRequest(options, data: [table])
  }
}
