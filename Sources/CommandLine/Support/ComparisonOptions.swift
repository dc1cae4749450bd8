import ArgumentParser
import HourglassModelFiles
import HourglassTasksCommon

/// Whether reports set the model beside baselines.
struct ComparisonOptions: ParsableArguments {
  @Flag(help: "Leave the baselines out of the report, which saves the time of measuring them.")
  var noBaselines = false

  /// Whether baselines are measured.
  var compares: Bool { !noBaselines }

  /// A report as it was asked for.
  func shown<Report: ComparedReport>(_ report: Report?) -> Report? {
    compares ? report : report?.withoutBaselines
  }
}
