/// Simpler ways to fill the missing cells of a table of numbers.
struct ImputationBaselines {
  private let width: Int
  private let trained: Range<Int>
  private let filled: Range<Int>
  /// The numbers as `Float`, 0 where the cell is missing, `[count, width]`.
  private let values: [Float]
  /// 1 where the cell is known, else 0.
  private let known: [Float]
  /// The mean of the known cells of each column among the rows that are trained on.
  private let columnMeans: [Float]

  /// Takes numbers `[count, width]`, which cells are deleted, the rows that are trained on and those to fill.
  init(
    values: [Double],
    width: Int,
    deleted: [Bool],
    trained: Range<Int>,
    filled: Range<Int>
  ) {
    self.width = width
    self.trained = trained
    self.filled = filled
    self.values = values.indices.map { deleted[$0] ? 0 : Float(values[$0]) }
    known = deleted.map { $0 ? 0 : 1 }
    var (sums, counts) = (
      [Double](repeating: 0, count: width), [Double](repeating: 0, count: width)
    )
    for row in trained {
      for column in 0..<width where !deleted[row * width + column] {
        sums[column] += values[row * width + column]
        counts[column] += 1
      }
    }
    columnMeans = zip(sums, counts).map { Float($0 / max($1, 1)) }
  }

  /// Each missing cell is the mean of its column.
  func means() -> [Double] {
    filled.flatMap { row in
      (0..<width).map { column in
        let place = row * width + column
        return Double(known[place] == 1 ? values[place] : columnMeans[column])
      }
    }
  }

  /// Each missing cell is the mean of those of the ten nearest rows that know it, weighted by one over the
  /// distance, which is the root of the mean squared difference over the columns that both rows know.
  ///
  /// Reference: Troyanskaya et al., 2001, "Missing value estimation methods for DNA microarrays",
  /// doi:10.1093/bioinformatics/17.6.520.
  func nearestRows(count: Int = 10) -> [Double] {
    var result = means()
    var distances = [Float](repeating: 0, count: trained.count)
    for row in filled {
      let missing = (0..<width).filter { known[row * width + $0] == 0 }
      guard !missing.isEmpty else { continue }
      for other in trained {
        var (sum, shared): (Float, Float) = (0, 0)
        for column in 0..<width {
          let both = known[row * width + column] * known[other * width + column]
          let difference = values[row * width + column] - values[other * width + column]
          sum += both * difference * difference
          shared += both
        }
        let isUsable = shared > 0 && other != row
        distances[other - trained.lowerBound] = isUsable ? sum / shared : .infinity
      }
      for column in missing {
        var nearest: [(distance: Float, value: Float)] = []
        for (place, distance) in distances.enumerated() where distance < .infinity {
          let cell = (place + trained.lowerBound) * width + column
          guard known[cell] == 1 else { continue }
          guard nearest.count < count || distance < nearest[nearest.count - 1].distance else {
            continue
          }
          let rank = nearest.firstIndex { distance < $0.distance } ?? nearest.count
          nearest.insert((distance, values[cell]), at: rank)
          if nearest.count > count { nearest.removeLast() }
        }
        let weights = nearest.map { 1 / max(Double($0.distance).squareRoot(), 1e-12) }
        let total = weights.reduce(0, +)
        guard total > 0 else { continue }
        let sum = zip(weights, nearest).reduce(0.0) { $0 + $1.0 * Double($1.1.value) }
        result[(row - filled.lowerBound) * width + column] = sum / total
      }
    }
    return result
  }

  /// Each missing cell is what a ridge regression on the other columns gives, whose missing cells are filled
  /// so in turn, ten times, beginning with the means.
  ///
  /// Reference: van Buuren, Groothuis-Oudshoorn, 2011, "mice: Multivariate Imputation by Chained Equations
  /// in R", doi:10.18637/jss.v045.i03, with predictions in place of draws.
  func chainedRegression(rounds: Int = 10) -> [Double] {
    let count = values.count / width
    var current = values.indices.map { place in
      Double(known[place] == 1 ? values[place] : columnMeans[place % width])
    }
    let ridge = 1e-3
    for _ in 0..<rounds {
      for column in 0..<width {
        guard (0..<count).contains(where: { known[$0 * width + column] == 0 }) else { continue }
        // The place of the column itself holds the constant.
        func predictors(_ row: Int) -> [Double] {
          var all = Array(current[row * width..<(row + 1) * width])
          all[column] = 1
          return all
        }
        var matrix = [Double](repeating: 0, count: width * width)
        var right = [Double](repeating: 0, count: width)
        for row in trained where known[row * width + column] == 1 {
          let inputs = predictors(row)
          let target = Double(values[row * width + column])
          for first in 0..<width {
            right[first] += inputs[first] * target
            for second in 0...first {
              matrix[first * width + second] += inputs[first] * inputs[second]
            }
          }
        }
        for place in 0..<width { matrix[place * width + place] += ridge }
        let weights = Self.solution(of: matrix, right, width)
        for row in 0..<count where known[row * width + column] == 0 {
          let value = zip(predictors(row), weights).reduce(0) { $0 + $1.0 * $1.1 }
          current[row * width + column] = min(max(value, 0), 1)
        }
      }
    }
    return Array(current[filled.lowerBound * width..<filled.upperBound * width])
  }

  /// Solves a symmetric positive definite system, of whose matrix the lower half is given, by Cholesky's
  /// decomposition.
  private static func solution(of matrix: [Double], _ right: [Double], _ n: Int) -> [Double] {
    var lower = matrix
    for column in 0..<n {
      for row in column..<n {
        var sum = lower[row * n + column]
        for place in 0..<column { sum -= lower[row * n + place] * lower[column * n + place] }
        lower[row * n + column] =
          row == column ? max(sum, 1e-12).squareRoot() : sum / lower[column * n + column]
      }
    }
    var result = right
    for row in 0..<n {
      for place in 0..<row { result[row] -= lower[row * n + place] * result[place] }
      result[row] /= lower[row * n + row]
    }
    for row in (0..<n).reversed() {
      for place in row + 1..<n { result[row] -= lower[place * n + row] * result[place] }
      result[row] /= lower[row * n + row]
    }
    return result
  }
}
