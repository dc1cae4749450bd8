import ArgumentParser
import HourglassJobs

/// Writes the signatures of a database to a file.
struct MatchExport: Verb {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the signatures as a table, or as an array (.npy).",
    discussion: """
      The table has the columns name, position (the second of a sound, else 0) and z1, z2, ...; \
      the array has the signatures alone, in the same order.

      EXAMPLE
        hourglass match export --database songs.db -o signatures.csv
      """
  )

  @OptionGroup
  var library: DatabaseOption

  @Option(name: [.short, .long], help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String

  @OptionGroup
  var saying: OutputArguments

  func request() throws -> JobRequest {
    var options = MatchExportOptions()
    options.database = library.database
    var request = JobRequest(options)
    request.files.output = output
    return request
  }
}
