internal import HourglassData
internal import HourglassGraphs
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

/// How the numbers of a column become values for a network.
public enum NumberScaling: String, Codable, Hashable, Sendable, CaseIterable {
  /// Half the standardized number, its tails damped, and half its normal quantile, together with mean
  /// 0 and deviation 1. The default: a heavy tail does not squeeze the other numbers together as
  /// standardization alone does, and distances in the tail, which reconstruction errors show, do
  /// not vanish as they do by quantiles alone.
  case robust
  /// Mean 0 and standard deviation 1.
  case standard
  /// 0 for the least and 1 for the greatest number.
  case range
  /// The normal quantile of the rank alone.
  case quantileNormal
}

/// A fitted, strictly increasing map of numbers: linear between knots.
///
/// Beyond the outer knots it goes on logarithmically, so that a number far outside is far but never
/// so far that it drowns everything else; `.standard` and `.range` go on linearly.
package struct NumberMap: Codable, Hashable, Sendable {
  /// The largest magnitude of a value.
  package static let bound = 1e6
  package static let mostKnots = 257

  /// Numbers of the training rows, increasing; the first and last are their least and greatest.
  package let knots: [Double]
  /// What the knots become, increasing.
  package let values: [Double]
  /// The distance behind an outer knot that counts as 1; 0 to go on linearly.
  package let tail: Double
  /// What the map is where it has no knots: the distance from a mean in standard deviations, without ends.
  package let line: Line?

  /// A mean and a standard deviation.
  package struct Line: Codable, Hashable, Sendable {
    /// The number that becomes 0.
    package let mean: Double
    /// The distance from it that becomes 1.
    package let deviation: Double
  }

  /// The map of numbers from -1 to 1 that leaves them as they are.
  package static let identity = NumberMap(knots: [-1, 1], values: [-1, 1], tail: 0)

  private init(knots: [Double], values: [Double], tail: Double) {
    self.knots = knots
    self.values = values
    self.tail = tail
    line = nil
  }

  /// The map of a mean to 0 and of a standard deviation above 0 to 1.
  package init(mean: Double, deviation: Double) {
    (knots, values, tail) = ([], [], 0)
    line = Line(mean: mean, deviation: deviation)
  }

  /// Fits a map to numbers of which at least two differ.
  package init(learning numbers: [Double], scaling: NumberScaling) {
    line = nil
    let sorted = numbers.sorted()
    let count = Double(sorted.count)
    let (least, greatest) = (sorted[0], sorted[sorted.count - 1])
    let mean = sorted.reduce(0) { $0 + $1 / count }
    // In parts of the largest distance from the mean, whose square may be beyond all numbers.
    let largest = max(Self.half(greatest, mean), Self.half(mean, least))
    let variance = sorted.reduce(0) {
      let part = Self.half($1, mean) / largest
      return $0 + part * part / count
    }
    let distance = min(2 * largest, .greatestFiniteMagnitude)
    let deviation = max(
      variance.squareRoot() * distance,
      distance * 1e-9,
      .leastNormalMagnitude
    )
    switch scaling {
    case .standard, .range:
      knots = [least, greatest]
      values =
        scaling == .range
        ? [0, 1] : [least, greatest].map { Self.half($0, mean) / (deviation / 2) }
      tail = 0
    case .robust, .quantileNormal:
      knots = Self.knots(sorted)
      let weight = scaling == .robust ? 0.5 : 1
      let raw = knots.map { knot in
        weight * Self.normalQuantile(Self.middleRank(knot, sorted))
          + (1 - weight) * Self.damped(Self.half(knot, mean) / (deviation / 2))
      }
      values = scaling == .robust ? Self.standardized(raw, knots, sorted) : raw
      tail = deviation
    }
  }

  /// The value of a number.
  package func encode(_ number: Double) -> Double {
    if let line {
      return min(max((number - line.mean) / line.deviation, -Self.bound), Self.bound)
    }
    let last = knots.count - 1
    if tail > 0 && number < knots[0] {
      return max(values[0] - Self.logarithm((knots[0] - number) / tail), -Self.bound)
    }
    if tail > 0 && number > knots[last] {
      return min(values[last] + Self.logarithm((number - knots[last]) / tail), Self.bound)
    }
    let value = Self.interpolated(number, from: knots, to: values)
    return min(max(value, -Self.bound), Self.bound)
  }

  /// The number of a value, within the range of the training rows where the map has knots.
  package func decode(_ value: Double) -> Double {
    if let line { return value * line.deviation + line.mean }
    guard value.isFinite else { return value > 0 ? knots[knots.count - 1] : knots[0] }
    let number = Self.interpolated(value, from: values, to: knots)
    return min(max(number, knots[0]), knots[knots.count - 1])
  }

  /// The number of a value, beyond the range of the training rows too.
  package func inverse(_ value: Double) -> Double {
    let last = knots.count - 1
    guard line == nil, value < values[0] || value > values[last] else { return decode(value) }
    let isBelow = value < values[0]
    let end = isBelow ? 0 : last
    guard tail > 0 else {
      let inner = isBelow ? 1 : last - 1
      let slope = (knots[end] - knots[inner]) / (values[end] - values[inner])
      return knots[end] + (value - values[end]) * slope
    }
    let distance = tail * (exp(min(abs(value - values[end]), 700)) - 1)
    return isBelow ? knots[0] - distance : knots[last] + distance
  }

  /// What stands for a number in the place of one that all training rows have: 1 and more, by the
  /// difference in units of the latter; 1 and ln 2 for what is no number.
  static func change(from constant: Double, to other: Double?) -> Double {
    let unit = max(abs(constant), 1)
    let share = other.map { abs($0 - constant) / unit } ?? 1
    return min(1 + logarithm(share), bound) * ((other ?? .infinity) < constant ? -1 : 1)
  }

  /// Whether a map that was read from a file is one.
  package var isGood: Bool {
    func increases(_ numbers: [Double]) -> Bool {
      numbers.allSatisfy(\.isFinite) && zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
    }
    if let line {
      return line.mean.isFinite && line.deviation.isFinite && line.deviation > 0
    }
    return (2...Self.mostKnots).contains(knots.count) && values.count == knots.count
      && increases(knots) && increases(values) && tail.isFinite && tail >= 0
  }

  // MARK: Parts

  /// Half the difference of two numbers, which is one where the difference is beyond all numbers.
  private static func half(_ number: Double, _ other: Double) -> Double { number / 2 - other / 2 }

  private static func interpolated(_ x: Double, from: [Double], to: [Double]) -> Double {
    var low = 0
    var high = from.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if from[middle] <= x { low = middle } else { high = middle }
    }
    let share = half(x, from[low]) / half(from[high], from[low])
    return share == 1 ? to[high] : to[low] + 2 * share * half(to[high], to[low])
  }

  /// Different numbers at even ranks, and closer together at both ends.
  private static func knots(_ sorted: [Double]) -> [Double] {
    var distinct: [Double] = []
    for number in sorted where distinct.last != number {
      distinct.append(number)
      if distinct.count > mostKnots { break }
    }
    if distinct.count <= mostKnots { return separated(distinct) }
    var ranks = (0...224).map { Double($0) / 224 }
    for power in 1...16 {
      let share = pow2(-power) / 224
      ranks += [share, 1 - share]
    }
    var chosen: [Double] = []
    for rank in ranks.sorted() {
      let number = sorted[Int((rank * Double(sorted.count - 1)).rounded())]
      if chosen.last != number { chosen.append(number) }
    }
    return separated(chosen)
  }

  /// Numbers that differ by so much that dividing by their differences is safe.
  private static func separated(_ numbers: [Double]) -> [Double] {
    let least = half(numbers[numbers.count - 1], numbers[0]) * 2e-12
    var result = [numbers[0]]
    for number in numbers.dropFirst() where number - result[result.count - 1] > least {
      result.append(number)
    }
    if result.count == 1 || result[result.count - 1] != numbers[numbers.count - 1] {
      if result.count > 1 { result.removeLast() }
      result.append(numbers[numbers.count - 1])
    }
    return result
  }

  /// The share of numbers below one, with half of those that equal it.
  private static func middleRank(_ number: Double, _ sorted: [Double]) -> Double {
    let below = position(sorted) { $0 < number }
    let notAbove = position(sorted) { $0 <= number }
    return Double(below + notAbove) / 2 / Double(sorted.count)
  }

  private static func position(_ sorted: [Double], _ isBefore: (Double) -> Bool) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if isBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The values with mean 0 and deviation 1 over the training rows.
  private static func standardized(_ raw: [Double], _ knots: [Double], _ sorted: [Double])
    -> [Double]
  {
    let count = Double(sorted.count)
    let all = sorted.map { interpolated($0, from: knots, to: raw) }
    let mean = all.reduce(0) { $0 + $1 / count }
    let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }
    let deviation = max(variance.squareRoot(), 1e-6)
    return raw.map { ($0 - mean) / deviation }
  }

  /// A standardized number with logarithmic tails beyond 3.
  private static func damped(_ z: Double) -> Double {
    abs(z) <= 3 ? z : (z < 0 ? -1 : 1) * (3 + logarithm(abs(z) - 3))
  }

  /// ln(1 + x) for x >= 0, by halving the exponent and a series.
  private static func logarithm(_ x: Double) -> Double {
    let number = 1 + min(x, 1e300)
    let exponent = Double(number.exponent)
    let t = (number.significand - 1) / (number.significand + 1)
    var (sum, power) = (0.0, t)
    for term in stride(from: 1.0, through: 41, by: 2) {
      sum += power / term
      power *= t * t
    }
    return exponent * 0.693_147_180_559_945_3 + 2 * sum
  }

  private static func pow2(_ exponent: Int) -> Double {
    Double(sign: .plus, exponent: exponent, significand: 1)
  }

  /// The number that a standard normal variable is below with a probability.
  ///
  /// Newton steps would not matter here: the error is below 4.5e-4, and a monotone map is all that is
  /// wanted. Reference: Abramowitz, Stegun, 1964, formula 26.2.23.
  package static func normalQuantile(_ probability: Double) -> Double {
    let tail = min(probability, 1 - probability)
    let t = (2 * logarithm(1 / max(tail, 1e-12) - 1)).squareRoot()
    let above = 2.515517 + t * (0.802853 + t * 0.010328)
    let below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    let quantile = t - above / below
    return probability < 0.5 ? -quantile : quantile
  }
}
