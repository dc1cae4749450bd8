import ArgumentParser
import HourglassApplications

/// Whether reports set the model beside simpler means.
struct ComparisonOptions: ParsableArguments {
  /// What a report compares with, as a word of the command line.
  enum Rivals: String, ExpressibleByArgument, CaseIterable {
    case all, none
  }

  @Option(
    help: ArgumentHelp(
      "What the report compares with: all simpler means, or none.",
      valueName: "rivals"
    )
  )
  var rivals: Rivals = .all

  /// Whether simpler means are measured.
  var compares: Bool { rivals == .all }

  /// A report as it was asked for.
  func shown<Report: RefereedReport>(_ report: Report?) -> Report? {
    compares ? report : report?.withoutRivals
  }
}
