internal import HourglassJobs
internal import HourglassSystem

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The seconds of computing of a day in a workspace, which outlive the jobs themselves.
struct UsageLog: Codable, Sendable {
  private var day: String
  private var counted: Double

  private static var today: String { String(Date.now.formatted(.iso8601).prefix(10)) }

  /// That of a day on which nothing ran yet.
  init() { (day, counted) = (Self.today, 0) }

  /// Reads that of the folder of a workspace; of another day, or without one, nothing is used.
  init(folder: String) {
    self.init()
    guard let text = try? TextFile.contents(of: "\(folder)/usage.json", limit: 1 << 12),
      let former = try? JSONDecoder().decode(UsageLog.self, from: Data(text.utf8)),
      former.isOfToday
    else { return }
    self = former
  }

  /// Whether it is of the present day, by UTC.
  var isOfToday: Bool { day == Self.today }

  /// The seconds of its day.
  var seconds: Double { counted }

  /// Counts a run.
  mutating func add(_ seconds: Double) { counted += seconds }

  /// Writes it to the folder of a workspace.
  func save(folder: String) {
    guard let line = try? jsonLine() else { return }
    try? AtomicFile.replace("\(folder)/usage.json", with: Array(line.utf8))
  }
}
