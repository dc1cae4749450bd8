internal import HourglassJobs
internal import HourglassSystem

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The seconds of computing of the present day in a workspace, which outlive the jobs themselves.
struct UsageLog: Codable, Sendable {
  private var day: String
  private var counted: Double

  private static var today: String { String(Date.now.formatted(.iso8601).prefix(10)) }

  /// Reads that of a workspace; of another day, or without one, nothing is used.
  init(_ workspace: Workspace) {
    self.init(day: Self.today, counted: 0)
    guard let text = try? TextFile.contents(of: workspace.path("usage.json"), limit: 1 << 12),
      let former = try? JSONDecoder().decode(UsageLog.self, from: Data(text.utf8)),
      former.day == day
    else { return }
    self = former
  }

  private init(day: String, counted: Double) { (self.day, self.counted) = (day, counted) }

  /// The seconds of today.
  var seconds: Double { counted }

  /// Counts a run, and keeps the sum.
  static func add(_ seconds: Double, to workspace: Workspace) {
    var usage = UsageLog(workspace)
    usage.counted += seconds
    guard let line = try? usage.jsonLine() else { return }
    try? AtomicFile.replace(workspace.path("usage.json"), with: Array(line.utf8))
  }
}
