internal import HourglassData
internal import HourglassEncodings
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

/// Fills missing cells by regressing each value on all others, over and over: chained equations with
/// ridge regression.
///
/// A category has one regression for each level. The model is the coefficients of the last
/// round, so that other rows are filled alike, each by itself.
///
/// Reference: van Buuren, Groothuis-Oudshoorn, 2011, "mice: Multivariate Imputation by Chained
/// Equations in R", doi:10.18637/jss.v045.i03.
struct ChainedRegression: Hashable, Sendable {
  /// The coefficients of each value, `[D, D + 1]`, the constant last; 0 at the value's own field.
  let coefficients: [Float]
  private let means: FieldMeans

  /// The most values of a row for which it is fitted.
  static let widthLimit = 512
  /// The most rounds of fitting, and the fewest, with which wide tables make do.
  private static let learningRounds = (most: 6, fewest: 2)
  /// The most multiplications of all rounds, some ten seconds; tables that need more in the fewest
  /// rounds have no regression.
  private static let workLimit = 1.2e10
  private static let fillingRounds = 12

  init(coefficients: [Float], means: FieldMeans) {
    self.coefficients = coefficients
    self.means = means
  }

  /// Fits to rows; `nil` where they are too wide, or have so many wide fields that it would take minutes.
  init?(learning rows: EncodedTable, means: FieldMeans) throws {
    let width = rows.width
    guard width <= Self.widthLimit, width > 0 else { return nil }
    let cost = max(width * width * rows.fieldCount, 1)
    let rows = rows.thinned(to: max(1_000_000_000 / cost, 500))
    let ranges = rows.layout.ranges
    let rounds = Int(min(Self.workLimit / Self.work(of: rows), Double(Self.learningRounds.most)))
    guard rounds >= Self.learningRounds.fewest else { return nil }
    var filled = rows.values.map(Double.init)
    for row in 0..<rows.count {
      for (field, range) in ranges.enumerated() where !rows.isPresent(row, field) {
        for place in range { filled[row * width + place] = Double(means.means[place]) }
      }
    }
    var coefficients = [Float](repeating: 0, count: width * (width + 1))
    for _ in 0..<rounds {
      for (field, range) in ranges.enumerated() {
        try Task.checkCancellation()
        let present = (0..<rows.count).filter { rows.isPresent($0, field) }
        guard present.count > 1 else { continue }
        let others = (0..<width).filter { !range.contains($0) }
        let solutions = Self.regression(filled, width, rows: present, from: others, to: range)
        for (index, place) in range.enumerated() {
          let start = place * (width + 1)
          for (position, other) in others.enumerated() {
            coefficients[start + other] = Float(solutions[index][position])
          }
          coefficients[start + width] = Float(solutions[index][others.count])
        }
        for row in 0..<rows.count where !rows.isPresent(row, field) {
          for place in range {
            var sum = Double(coefficients[place * (width + 1) + width])
            for other in others {
              sum += Double(coefficients[place * (width + 1) + other]) * filled[row * width + other]
            }
            filled[row * width + place] = min(
              max(sum, Double(means.lows[place])),
              Double(means.highs[place])
            )
          }
        }
      }
    }
    guard coefficients.allSatisfy(\.isFinite) else { return nil }
    self.init(coefficients: coefficients, means: means)
  }

  /// The multiplications of one round: for each field the products of its rows, their factorization, and
  /// the regressions of its values.
  private static func work(of rows: EncodedTable) -> Double {
    let (width, count) = (Double(rows.width), Double(rows.count))
    let fields = Double(rows.fieldCount)
    return fields * (count * width * width / 2 + width * width * width / 6) + width * width * width
  }

  /// The values of rows with the missing ones filled, `[rows, D]`.
  func filled(_ rows: EncodedTable) -> [Float] {
    let width = rows.width
    let ranges = rows.layout.ranges
    var values = rows.values
    for row in 0..<rows.count {
      let missing = ranges.indices.filter { !rows.isPresent(row, $0) }
      if missing.isEmpty { continue }
      for field in missing {
        for place in ranges[field] { values[row * width + place] = means.means[place] }
      }
      for _ in 0..<Self.fillingRounds {
        for field in missing {
          for place in ranges[field] {
            let start = place * (width + 1)
            var sum = coefficients[start + width]
            for other in 0..<width {
              sum += coefficients[start + other] * values[row * width + other]
            }
            values[row * width + place] = min(max(sum, means.lows[place]), means.highs[place])
          }
        }
      }
    }
    return values
  }

  /// The ridge regressions of some values on others and a constant, by Cholesky's factorization.
  private static func regression(
    _ values: [Double],
    _ width: Int,
    rows: [Int],
    from others: [Int],
    to targets: Range<Int>
  ) -> [[Double]] {
    let size = others.count + 1
    var products = [Double](repeating: 0, count: size * size)
    var right = targets.map { _ in [Double](repeating: 0, count: size) }
    var inputs = [Double](repeating: 1, count: size)
    for row in rows {
      for (index, other) in others.enumerated() { inputs[index] = values[row * width + other] }
      for first in 0..<size {
        let factor = inputs[first]
        if factor == 0 { continue }
        for second in 0...first { products[first * size + second] += factor * inputs[second] }
      }
      for (index, target) in targets.enumerated() {
        let value = values[row * width + target]
        for place in 0..<size { right[index][place] += value * inputs[place] }
      }
    }
    for place in 0..<size { products[place * size + place] += place == size - 1 ? 1e-6 : 1 }
    // L Lᵀ = products, in its place.
    for row in 0..<size {
      for column in 0...row {
        var sum = products[row * size + column]
        for index in 0..<column {
          sum -= products[row * size + index] * products[column * size + index]
        }
        if row == column {
          products[row * size + row] = max(sum, 1e-12).squareRoot()
        } else {
          products[row * size + column] = sum / products[column * size + column]
        }
      }
    }
    return right.map { right in
      var solution = right
      for row in 0..<size {
        for index in 0..<row { solution[row] -= products[row * size + index] * solution[index] }
        solution[row] /= products[row * size + row]
      }
      for row in (0..<size).reversed() {
        for index in row + 1..<size {
          solution[row] -= products[index * size + row] * solution[index]
        }
        solution[row] /= products[row * size + row]
      }
      return solution
    }
  }
}
