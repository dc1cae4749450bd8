import ArgumentParser
import HourglassData

/// How much is said, and in which form.
struct ReportOptions: ParsableArguments {
  @Flag(help: "Print one JSON object at the end: report, times, files.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing unless something is wrong.")
  var quiet = false
}
