/// The seconds that the parts of a run took.
struct StageClock {
  /// A part of a run.
  enum Stage: String, CaseIterable {
    case reading, learning, encoding, evaluating
  }

  /// The seconds of each part that was done.
  private(set) var seconds: [Stage: Double] = [:]
  private var start = ContinuousClock.now

  /// Counts the time since the end of the last part as that of another one.
  mutating func end(_ stage: Stage) {
    let now = ContinuousClock.now
    seconds[stage, default: 0] += (now - start) / .seconds(1)
    start = now
  }
}

extension StageClock {
  /// The seconds of each part by its name, for a report.
  var named: [String: Double] {
    Dictionary(uniqueKeysWithValues: seconds.map { ($0.key.rawValue, $0.value) })
  }
}
