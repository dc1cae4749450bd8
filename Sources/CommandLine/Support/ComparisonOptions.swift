import ArgumentParser
import HourglassApplications

/// Whether reports set the model beside simpler means.
struct ComparisonOptions: ParsableArguments {
  /// What a report compares with, as a word of the command line.
  enum Baselines: String, ExpressibleByArgument, CaseIterable {
    case all, none
  }

  @Option(
    help: ArgumentHelp(
      "What the report compares with: all simpler means, or none.",
      valueName: "baselines"
    )
  )
  var baselines: Baselines = .all

  /// Whether simpler means are measured.
  var compares: Bool { baselines == .all }

  /// A report as it was asked for.
  func shown<Report: ComparedReport>(_ report: Report?) -> Report? {
    compares ? report : report?.withoutBaselines
  }
}
