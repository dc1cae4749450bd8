internal import HourglassSystem
internal import HourglassTensors

/// What values of one part of a score are usual, as a scale of -ln p, where p is the share of usual
/// values that are as high: on it parts of any unit can be added.
///
/// Up to the 90 % point p is the share itself, linear between neighbors. Above it
///
///     p(v) = 0.1 exp(-(ln v - ln q) / b)
///
/// where q is the 90 % point and b the mean of ln v - ln q over the usual values above it, so that
/// values far beyond all usual ones still differ.
struct ScoreScale: Hashable, Sendable {
  /// Usual values at even ranks, rising.
  let values: [Float]
  /// q and b.
  let tail: (start: Float, length: Float)

  /// The most values that are kept.
  static let limit = 1_024
  private static let tailShare = 0.1
  /// The least b: values that are nearly the same do not make a slightly larger one impossible.
  private static let leastLength: Float = 0.05

  /// Measures usual values, at least one.
  init(_ usual: [Double]) {
    let sorted = usual.sorted()
    let count = sorted.count
    let kept = min(count, Self.limit)
    values = (0..<kept).map { place in
      let rank = kept == 1 ? 0 : place * (count - 1) / (kept - 1)
      return Self.finite(sorted[rank])
    }
    let first = min(Int((Double(count) * (1 - Self.tailShare)).rounded(.down)), count - 1)
    let least = max(sorted[count - 1] * 1e-6, 1e-12)
    let start = max(sorted[first], least)
    let excess = sorted[first...].map { log(max($0, start) / start) }
    let mean = excess.reduce(0, +) / Double(max(excess.count - 1, 1))
    tail = (Self.finite(start), max(Self.finite(mean), Self.leastLength))
  }

  /// Takes a scale that was kept.
  init(values: [Float], start: Float, length: Float) {
    self.values = values
    tail = (start, length)
  }

  static func == (lhs: ScoreScale, rhs: ScoreScale) -> Bool {
    lhs.values == rhs.values && lhs.tail == rhs.tail
  }

  func hash(into hasher: inout Hasher) { hasher.combine(values) }

  private static func finite(_ value: Double) -> Float {
    value.isFinite ? Float(min(max(value, 0), 1e30)) : 1e30
  }

  /// -ln p of a value, at least 0.
  func surprise(_ value: Double) -> Double {
    let start = Double(tail.start)
    if value >= start {
      return -log(Self.tailShare) + log(max(value, start) / start) / Double(tail.length)
    }
    return max(-log(max(share(value), Self.tailShare)), 0)
  }

  /// -ln p of a value just beyond all usual ones.
  var greatestSurprise: Double {
    surprise(Double(values.last ?? 0) * 1.01) + 1 / Double(max(values.count, 1))
  }

  /// The share of usual values that are at least as high.
  private func share(_ value: Double) -> Double {
    let count = values.count
    let above = place { Double($0) >= value }
    guard above > 0 else { return 1 }
    guard above < count else { return 0 }
    let (low, high) = (Double(values[above - 1]), Double(values[above]))
    // Equal values share the place of the first of them.
    let first =
      above > 1 && Double(values[above - 2]) == low ? place { Double($0) >= low } : above - 1
    let position = (value - low) / max(high - low, 1e-300)
    let (lower, upper) = (Double(count - first), Double(count - above))
    return (lower + (upper - lower) * position) / Double(count)
  }

  private func place(_ hasProperty: (Float) -> Bool) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if hasProperty(values[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
