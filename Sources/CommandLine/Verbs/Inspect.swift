import ArgumentParser
import HourglassJobs

/// Says what a file holds.
struct Inspect: Verb {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show the contents of a model file, or of data as they are read.",
    usage: "hourglass inspect <file> [<options>]",
    discussion: """
      The kind of file is recognized by its contents. Of a model only the header is read; no \
      code is ever run. Data are read whole, as the other verbs would read them: of a table the kind, \
      the range, the levels, the missing cells and examples of each column; of images sizes, channels, \
      depths and labels; of sounds rates, channels and lengths; of a time series (--series) channels, \
      windows and gaps.

      EXAMPLES
        hourglass inspect clothes.hourglass
        hourglass inspect sensors.csv
        hourglass inspect sensors.csv --series time --window 96
        hourglass inspect photos/
        hourglass inspect train-images-idx3-ubyte.gz --json
      """
  )

  @Argument(
    help: ArgumentHelp("A model, or data: a file or a folder.", valueName: "file")
  )
  var file: String

  @Option(help: ArgumentHelp("Read only the first items of data.", valueName: "n"))
  var first: Int?

  @OptionGroup(title: "Reading")
  var reading: ReadingArguments

  @OptionGroup(title: "Reports and progress")
  var saying: OutputArguments

  func request() throws -> JobRequest {
    var request = JobRequest(InspectOptions(), data: [file])
    request.files.first = first
    request.reading = reading.options
    return request
  }
}
