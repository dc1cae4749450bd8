internal import HourglassSystem

/// How the learning rate changes over the steps of a run, as a factor of the configured rate.
public enum LearningRateSchedule: Hashable, Sendable, Codable {
  /// The configured rate throughout.
  case constant
  /// From the configured rate to `final` times it along half a cosine.
  ///
  ///     factor = final + (1 - final) (1 + cos(π p)) / 2, where p goes from 0 to 1
  ///
  /// Reference: Loshchilov, Hutter, 2016, "SGDR", arXiv:1608.03983, equation 5, one period.
  case cosine(final: Float)
  /// From the configured rate to `final` times it along a line.
  case linear(final: Float)
  /// Times `factor` after every so many steps.
  case step(every: Int, factor: Float)
  /// Times `factor` over every so many steps, a little at each.
  case exponential(every: Int, factor: Float)

  /// The factor at a step counted from 0; `total` is the number of steps, where it is known.
  ///
  /// Without a known end, `cosine` and `linear` stay at 1.
  func factor(at step: Int, of total: Int?) -> Double {
    let step = Swift.max(step, 0)
    switch self {
    case .constant: return 1
    case .cosine(let final):
      guard let progress = Self.progress(step, total) else { return 1 }
      return Double(final) + (1 - Double(final)) * (1 + cos(.pi * progress)) / 2
    case .linear(let final):
      guard let progress = Self.progress(step, total) else { return 1 }
      return 1 + (Double(final) - 1) * progress
    case .step(let every, let factor):
      return pow(Double(factor), Double(step / Swift.max(every, 1)))
    case .exponential(let every, let factor):
      return pow(Double(factor), Double(step) / Double(Swift.max(every, 1)))
    }
  }

  /// 0 at the first step, 1 at the last.
  private static func progress(_ step: Int, _ total: Int?) -> Double? {
    guard let total else { return nil }
    return Swift.min(Double(step) / Double(Swift.max(total - 1, 1)), 1)
  }
}
