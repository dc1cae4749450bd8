internal import HourglassData
internal import HourglassEncodings
internal import HourglassGraphs
internal import HourglassNetworks

/// How far the truth of a cell may be from what it is filled with, estimated on deleted cells.
///
/// A number has a scale of its own, the larger the less the parts of the imputer agree on it; what
/// the truth is off, divided by that scale, is a score. A level has the score 1 - p, where p is what
/// the imputer gives to it. The quantiles of the scores of deleted cells are kept for each field, so
/// that an interval of any level can be made later: of cells that are missing as the deleted ones are,
/// at least that share lies within.
///
/// Reference: Lei, G'Sell, Rinaldo, Tibshirani, Wasserman, 2018, "Distribution-free predictive
/// inference for regression", doi:10.1080/01621459.2017.1307116, section 5.2 (scores on a local
/// scale); Sadinle, Lei, Wasserman, 2019, "Least ambiguous set-valued classifiers with bounded error
/// levels", doi:10.1080/01621459.2017.1395341 (sets of levels).
struct CellUncertainty: Hashable, Sendable {
  /// How far off the result is at each value, `[D]`; 0 for levels.
  let deviations: [Float]
  /// The quantiles of the scores of each field, `[F, probabilities]`.
  let quantiles: [Float]

  /// The number of the quantiles, whose probabilities are 0.005, 0.01 and so on up to 0.995.
  static let probabilityCount = 199
  /// Fewer cells than these do not determine the tails: then cells of all fields of a kind are added, spread
  /// over theirs, up to this number.
  private static let fewestCells = 60

  init(deviations: [Float], quantiles: [Float]) {
    self.deviations = deviations
    self.quantiles = quantiles
  }

  /// Fits to deleted cells, `[rows, F]`.
  ///
  /// - Parameters:
  ///   - values: What they are filled with, `[rows, D]`.
  ///   - spreads: How little the parts agree on each number, `[rows, F]`.
  init(_ values: [Float], spreads: [Float], truth: EncodedTable, cells: [Bool]) {
    deviations = Self.deviations(values, truth: truth, cells: cells)
    let layout = truth.layout
    let (width, fields) = (truth.width, truth.fieldCount)
    var scores = [[Double]](repeating: [], count: fields)
    for row in 0..<truth.count {
      for (field, range) in layout.ranges.enumerated() where cells[row * fields + field] {
        let places = row * width + range.lowerBound..<row * width + range.upperBound
        if layout.fields[field].holdsNumbers {
          let place = places.lowerBound
          let scale = Self.scale(deviations[range.lowerBound], spreads[row * fields + field])
          let miss = Coordinate.difference(truth.values, values, at: place, layout.fields[field])
          scores[field].append(Double(miss / scale))
        } else {
          let shares = Self.shares(values, places)
          let right = places.firstIndex { truth.values[$0] > 0.5 } ?? places.startIndex
          scores[field].append(Double(1 - shares[right - places.startIndex]))
        }
      }
    }
    let isNumber = layout.fields.map(\.holdsNumbers)
    let pooled = [true, false].map { sort in
      scores.indices.filter { isNumber[$0] == sort }.flatMap { scores[$0] }.sorted()
    }
    quantiles = scores.indices.flatMap { field in
      let (own, all) = (scores[field], pooled[isNumber[field] ? 0 : 1])
      let added = min(max(Self.fewestCells - own.count, 0), all.count)
      let others = (0..<added).map { all[(2 * $0 + 1) * all.count / (2 * added)] }
      return Self.quantiles(own + others) ?? Self.unknown(isNumber: isNumber[field])
    }
  }

  /// The scale of a number: what it is off in the mean counts for a half, what the parts disagree for
  /// the whole.
  static func scale(_ deviation: Float, _ spread: Float) -> Float {
    max((deviation * deviation / 4 + spread * spread).squareRoot(), 1e-6)
  }

  /// What the levels at some places are given, with a sum of 1.
  static func shares(_ values: [Float], _ places: Range<Int>) -> [Float] {
    let weights = places.map { max(values[$0], 0) }
    let sum = weights.reduce(0, +)
    return sum > 0 ? weights.map { $0 / sum } : weights.map { _ in 1 / Float(weights.count) }
  }

  /// The score that a share of the cells of a field is at most at, from 0 to 1.
  func quantile(_ probability: Double, field: Int) -> Float {
    let count = Self.probabilityCount
    let place = min(max(probability * Double(count + 1) - 1, 0), Double(count - 1))
    let below = Int(place)
    let above = min(below + 1, count - 1)
    let part = Float(place - Double(below))
    let (first, second) = (quantiles[field * count + below], quantiles[field * count + above])
    return first + part * (second - first)
  }

  /// How far below and above a number its truth lies at a level, from 0 to 1.
  func margins(
    spread: Float,
    level: Double,
    field: Int,
    place: Int
  ) -> (lower: Float, upper: Float) {
    let scale = Self.scale(deviations[place], spread)
    let tail = (1 - level) / 2
    return (
      scale * min(quantile(tail, field: field), 0),
      scale * max(quantile(1 - tail, field: field), 0)
    )
  }

  /// The levels that the truth is among at a level of confidence, by their places, the most probable
  /// first; there is always one.
  func levels(_ shares: [Float], level: Double, field: Int) -> [Int] {
    let limit = 1 - quantile(level, field: field)
    let order = shares.indices.sorted { (-shares[$0], $0) < (-shares[$1], $1) }
    return Array(order.prefix(max(order.prefix { shares[$0] >= limit }.count, 1)))
  }

  // MARK: Fitting

  /// The quantiles of scores: the place of probability p among n sorted ones is p (n + 1), which makes
  /// up for their being few; nil where there are none.
  private static func quantiles(_ scores: [Double]) -> [Float]? {
    guard !scores.isEmpty else { return nil }
    let sorted = scores.sorted()
    return (1...probabilityCount).map { step in
      let probability = Double(step) / Double(probabilityCount + 1)
      let place = probability * Double(sorted.count + 1) - 1
      let below = min(max(Int(place.rounded(.down)), 0), sorted.count - 1)
      let above = min(below + 1, sorted.count - 1)
      let part = min(max(place - Double(below), 0), 1)
      return Float(sorted[below] + part * (sorted[above] - sorted[below]))
    }
  }

  /// The quantiles where no cell was deleted: numbers may be three scales off, and levels are all
  /// possible.
  private static func unknown(isNumber: Bool) -> [Float] {
    (1...probabilityCount).map { step in
      isNumber ? 3 * (2 * Float(step) / Float(probabilityCount + 1) - 1) : 1
    }
  }

  /// How far off the result is at numbers, each drawn a little towards all of them.
  private static func deviations(_ values: [Float], truth: EncodedTable, cells: [Bool]) -> [Float] {
    let width = truth.width
    var squares = [Double](repeating: 0, count: width)
    var counts = squares
    let numbers = zip(truth.layout.ranges, truth.layout.fields).filter { $0.1.holdsNumbers }
      .map(\.0)
    for row in 0..<truth.count {
      for (field, range) in truth.layout.ranges.enumerated()
      where truth.layout.fields[field].holdsNumbers && cells[row * truth.fieldCount + field] {
        let place = range.lowerBound
        let miss = Double(
          Coordinate.difference(
            values,
            truth.values,
            at: row * width + place,
            truth.layout.fields[field]
          )
        )
        squares[place] += miss * miss
        counts[place] += 1
      }
    }
    let all = counts.reduce(0, +)
    let mean = all > 0 ? squares.reduce(0, +) / all : 1
    var result = [Float](repeating: 0, count: width)
    for range in numbers {
      let place = range.lowerBound
      result[place] = Float(((squares[place] + 5 * mean) / (counts[place] + 5)).squareRoot())
    }
    return result
  }
}

extension CellBlend {
  /// How little predictions agree on the numbers of rows, `[rows, F]`: their weighted deviation from
  /// the blend; 0 for levels.
  func spreads(_ predictions: [[Float]], of blended: [Float], _ rows: EncodedTable) -> [Float] {
    let layout = rows.layout
    let (width, fields) = (layout.width, layout.count)
    var spreads = [Float](repeating: 0, count: rows.count * fields)
    let weightsOfRows = weights(of: rows)
    for (field, range) in layout.ranges.enumerated() where layout.fields[field].holdsNumbers {
      for row in 0..<rows.count {
        let weights = weightsOfRows[row][field]
        let sum = Float(weights.reduce(0, +))
        guard sum > 0 else { continue }
        let place = row * width + range.lowerBound
        var variance: Float = 0
        for (prediction, weight) in zip(predictions, weights) {
          let difference = Coordinate.difference(
            prediction,
            blended,
            at: place,
            layout.fields[field]
          )
          variance += Float(weight) / sum * difference * difference
        }
        spreads[row * fields + field] = variance.squareRoot()
      }
    }
    return spreads
  }
}
