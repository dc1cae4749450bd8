internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassStatistics
internal import HourglassSystem
internal import HourglassTensors

/// A scaling of the columns of a table, in which distances between rows are taken.
///
/// Categories are one-hot times 1 / √2 in every space, so that two levels are 1 apart; a vector, such
/// as that of a text, counts as one column. A value that is
/// 0 in all rows that are kept, for a constant that changes or a level that was never seen, counts
/// four times. A missing number is the middle of its column.
struct ColumnSpace: Sendable {
  /// How numbers are scaled.
  enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Mean 0 and standard deviation 1.
    case standardized
    /// 0 for the least and 1 for the greatest number.
    case range
    /// The normal quantile of the rank, linear beyond the ends.
    case quantiles
    /// Standardized, then multiplied by (.95 S + .05 tr(S) / p I)^(-1/4), where S is the covariance of
    /// the p values: half the way from standardized to uncorrelated columns.
    case whitened
    /// As the network takes them: half standardized and half by quantiles.
    case encoded
  }

  let kind: Kind
  /// For each value what is done to it.
  private let maps: [Map]
  /// The matrix that rows are multiplied by at last, `[values, values]`, symmetric.
  private let matrix: [Float]?

  private enum Map: Sendable {
    case factor(Double)
    case line(shift: Double, factor: Double)
    /// Linear between knots, and beyond them with a slope.
    case knots([Double], values: [Double], slope: Double)
  }

  private static let levelFactor = 0.5.squareRoot()
  private static let unseenFactor = 4.0
  /// The most values of a row that are made uncorrelated.
  static let whitenedLimit = 400
  private static let shrinkage = 0.05

  /// Fits the spaces of some kinds to the rows that are kept.
  static func fitted(_ kinds: [Kind], to rows: RawRows) -> [ColumnSpace] {
    kinds.compactMap { kind in
      kind != .whitened || rows.width <= whitenedLimit ? ColumnSpace(kind, rows) : nil
    }
  }

  private init(_ kind: Kind, _ rows: RawRows) {
    self.kind = kind
    maps = (0..<rows.width).map { place in
      switch rows.values[place] {
      case .level: .factor(Self.levelFactor)
      case .component(let width): .factor(1 / Double(width).squareRoot())
      case .unseen: .factor(Self.unseenFactor)
      case .number: kind == .encoded ? .factor(1) : Self.map(kind, rows.column(place).sorted())
      }
    }
    guard kind == .whitened else {
      matrix = nil
      return
    }
    var mapped = [Float](repeating: 0, count: rows.count * rows.width)
    for row in 0..<rows.count {
      for place in 0..<rows.width {
        let index = row * rows.width + place
        mapped[index] = Self.value(rows.raw[index], maps[place])
      }
    }
    matrix = Self.halfWhitening(mapped, count: rows.count, width: rows.width)
  }

  private static func map(_ kind: Kind, _ sorted: [Double]) -> Map {
    let count = Double(sorted.count)
    let mean = sorted.reduce(0) { $0 + $1 / count }
    let variance = sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / count }
    let deviation = variance.squareRoot() > 1e-300 ? variance.squareRoot() : 1
    let (least, greatest) = (sorted[0], sorted[sorted.count - 1])
    switch kind {
    case .range:
      let range = greatest - least
      return .line(shift: least, factor: range > 1e-300 && range.isFinite ? 1 / range : 1)
    case .quantiles where least < greatest:
      let (knots, values) = quantiles(sorted)
      return .knots(knots, values: values, slope: 1 / deviation)
    case .standardized, .whitened, .quantiles, .encoded:
      return .line(shift: mean, factor: 1 / deviation)
    }
  }

  private static let mostKnots = 257

  /// Different numbers at even ranks with the normal quantiles of their middle ranks.
  private static func quantiles(_ sorted: [Double]) -> (knots: [Double], values: [Double]) {
    var (knots, values): ([Double], [Double]) = ([], [])
    let count = Double(sorted.count)
    let step = max(sorted.count / (mostKnots - 1), 1)
    var index = 0
    while index < sorted.count {
      // All equal numbers share one knot.
      let number = sorted[index]
      let (first, last) = (
        sorted.firstPlace { $0 >= number }, sorted.firstPlace { $0 > number } - 1
      )
      knots.append(number)
      values.append(NumberMap.normalQuantile((Double(first + last) + 1) / 2 / count))
      index =
        last == sorted.count - 1 ? sorted.count : max(min(index + step, sorted.count - 1), last + 1)
    }
    return (knots, values)
  }

  /// A value in the space, before rows are multiplied by the matrix.
  private static func value(_ raw: Double, _ map: Map) -> Float {
    let value =
      switch map {
      case .factor(let factor): raw * factor
      case .line(let shift, let factor): (raw - shift) * factor
      case .knots(let knots, let values, let slope): interpolated(raw, knots, values, slope)
      }
    return value.isNaN ? 0 : Float(min(max(value, -bound), bound))
  }

  /// The largest magnitude of a value, whose square is a `Float`.
  private static let bound = 1e6

  private static func interpolated(
    _ number: Double,
    _ knots: [Double],
    _ values: [Double],
    _ slope: Double
  ) -> Double {
    let last = knots.count - 1
    if number <= knots[0] { return values[0] + (number - knots[0]) * slope }
    if number >= knots[last] { return values[last] + (number - knots[last]) * slope }
    let high = knots.firstPlace { $0 > number }
    let share = (number - knots[high - 1]) / (knots[high] - knots[high - 1])
    return values[high - 1] + share * (values[high] - values[high - 1])
  }

  /// (.95 S + .05 tr(S) / p I)^(-1/4) of the covariance S of rows `[count, width]`.
  private static func halfWhitening(_ rows: [Float], count: Int, width: Int) -> [Float] {
    let used = min(count, max(1 << 28 / max(width * width, 1), 1_000))
    var means = [Double](repeating: 0, count: width)
    for row in 0..<used {
      for place in 0..<width { means[place] += Double(rows[row * width + place]) / Double(used) }
    }
    var covariance = [Double](repeating: 0, count: width * width)
    var centered = means
    for row in 0..<used {
      for place in 0..<width {
        centered[place] = Double(rows[row * width + place]) - means[place]
      }
      for first in 0..<width where centered[first] != 0 {
        let value = centered[first] / Double(used)
        for second in 0...first { covariance[first * width + second] += value * centered[second] }
      }
    }
    let trace = (0..<width).reduce(0.0) { $0 + covariance[$1 * width + $1] }
    let floor = shrinkage * max(trace / Double(max(width, 1)), 1e-12)
    let system = SymmetricEigensystem(covariance, count: width)
    var matrix = [Double](repeating: 0, count: width * width)
    for (index, value) in system.values.enumerated() {
      let factor = 1 / ((1 - shrinkage) * max(value, 0) + floor).squareRoot().squareRoot()
      let vector = Array(system.vectors[index * width..<(index + 1) * width])
      for first in 0..<width {
        let scaled = factor * vector[first]
        for second in 0..<width { matrix[first * width + second] += scaled * vector[second] }
      }
    }
    return matrix.map { Float($0) }
  }

  /// Rows in the space, `[count, width]`.
  func mapped(_ rows: RawRows) -> Tensor {
    let (count, width) = (rows.count, rows.width)
    var mapped = [Float](repeating: 0, count: count * width)
    for place in 0..<width {
      let map = maps[place]
      if kind == .encoded {
        for index in stride(from: place, to: mapped.count, by: width) {
          mapped[index] = Self.value(Double(rows.encoded[index]), map)
        }
      } else {
        for index in stride(from: place, to: mapped.count, by: width) {
          mapped[index] = Self.value(rows.raw[index], map)
        }
      }
    }
    guard let matrix else { return Tensor(mapped, shape: [count, width]) }
    var sums = [Float](repeating: 0, count: width)
    for row in 0..<count {
      for place in 0..<width { sums[place] = 0 }
      for first in 0..<width where mapped[row * width + first] != 0 {
        let value = mapped[row * width + first]
        let line = matrix.span.extracting(first * width..<(first + 1) * width)
        for second in line.indices { sums[second] += value * line[second] }
      }
      for place in 0..<width {
        mapped[row * width + place] = min(max(sums[place], -Float(Self.bound)), Float(Self.bound))
      }
    }
    return Tensor(mapped, shape: [count, width])
  }
}

extension [Double] {
  /// Of rising numbers the place of the first with a property that all later ones have, or their count.
  func firstPlace(_ hasProperty: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if hasProperty(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The rows of a table in the units of their columns.
struct RawRows: Sendable {
  /// What a value of a row is.
  enum Value: Sendable {
    /// A number, a date, or the place of an ordinal level.
    case number(NumberMap)
    /// One level of a category, 0 or 1.
    case level
    /// One of the numbers of a vector of a width, such as that of a text.
    case component(of: Int)
    /// 0 unless what the training rows never have is there.
    case unseen
  }

  /// What each value is.
  let values: [Value]
  /// The number of rows.
  let count: Int
  /// The values in their units, `[count, width]`; a missing number is the middle of its column.
  let raw: [Double]
  /// The values as they are encoded, `[count, width]`.
  let encoded: [Float]

  var width: Int { values.count }

  /// The values of one place.
  func column(_ place: Int) -> [Double] { (0..<count).map { raw[$0 * width + place] } }

  init(_ items: EncodedRows, _ encoding: TableEncoding) {
    values = Self.values(of: encoding)
    count = items.count
    let width = values.count
    var raw = [Double](repeating: 0, count: items.count * width)
    var encoded = [Float](repeating: 0, count: items.count * width)
    let kinds = values
    items.forEachItem { row, values, _ in
      for place in 0..<width {
        let value = values[place]
        encoded[row * width + place] = value
        switch kinds[place] {
        case .number(let map): raw[row * width + place] = map.inverse(Double(value))
        case .level, .component, .unseen: raw[row * width + place] = Double(value)
        }
      }
    }
    (self.raw, self.encoded) = (raw, encoded)
  }

  private static func values(of encoding: TableEncoding) -> [Value] {
    encoding.fields.flatMap { field -> [Value] in
      switch field.content {
      case .number(let map): return [.number(map)]
      case .circle, .text: return Array(repeating: .component(of: field.width), count: field.width)
      case .levels, .constant, .bins:
        return (0..<field.width).map { $0 == field.unseenValue ? .unseen : .level }
      }
    }
  }
}
