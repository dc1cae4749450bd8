internal import HourglassEncodings
internal import HourglassNetworks
internal import HourglassTensors

/// A weighted sum of several predictions of cells, with weights of at least 0 for each field.
///
/// It is no mean: the weights need not add up to 1, and a sum below 1 draws what is filled in towards the mean
/// of the column, as it should be where nothing predicts it well.
///
/// Weights are chosen by least squares on cells whose values are known and that no prediction has seen.
/// Where cells are few, or hard to predict, the weights of a field are shrunk towards those of all fields
/// together.
///
///     prediction = mean + Σ weight · (one prediction - mean)
///
/// Reference: Breiman, 1996, "Stacked regressions", doi:10.1007/BF00117832.
struct CellBlend: Hashable, Sendable {
  /// The weights, `[F][predictions]`.
  let weights: [[Double]]

  /// The cells that the weights of all fields count for.
  private static let sharedCells = 30.0

  init(weights: [[Double]]) { self.weights = weights }

  /// Chooses weights on some known cells, `[rows, F]`.
  ///
  /// - Parameters:
  ///   - predictions: The values of each, `[rows, D]`.
  ///   - fallback: The weights where there are no cells.
  init(
    _ predictions: [[Float]],
    of rows: EncodedTable,
    cells: [Bool],
    means: FieldMeans,
    fallback: [Double]
  ) {
    let (count, width) = (predictions.count, rows.width)
    let ranges = rows.layout.ranges
    var sums = ranges.map { _ in NormalEquations(count) }
    var differences = [Double](repeating: 0, count: count)
    for row in 0..<rows.count {
      for (field, range) in ranges.enumerated() where cells[row * ranges.count + field] {
        sums[field].cells += 1
        for place in range {
          let index = row * width + place
          let mean = means.means[place]
          for (number, prediction) in predictions.enumerated() {
            differences[number] = Double(prediction[index] - mean)
          }
          sums[field].add(differences, Double(rows.values[index] - mean))
        }
      }
    }
    var all = NormalEquations(count)
    for sum in sums { all.add(sum) }
    let shared = all.solution(towards: fallback, cells: 5)
    // As a model file has them, so that a model that was read gives the same bytes.
    weights = sums.map { sum in
      sum.solution(towards: shared, cells: Self.sharedCells).map { Double(Float($0)) }
    }
  }

  /// The weights without those of one of the predictions.
  func without(_ place: Int) -> CellBlend {
    CellBlend(
      weights: weights.map { weights in
        weights.indices.filter { $0 != place }.map { weights[$0] }
      }
    )
  }

  /// The weighted sum of predictions, `[rows, D]`.
  func combined(_ predictions: [[Float]], layout: FeatureSchema, means: FieldMeans) -> [Float] {
    guard let first = predictions.first else { return [] }
    let width = layout.width
    var result = first
    for (range, weights) in zip(layout.ranges, weights) {
      let weights = weights.map { Float($0) }
      for start in stride(from: 0, to: first.count, by: width) {
        for place in range {
          let mean = means.means[place]
          var value = mean
          for (number, weight) in weights.enumerated() where weight != 0 {
            value += weight * (predictions[number][start + place] - mean)
          }
          result[start + place] = value
        }
      }
    }
    return result
  }
}

/// The sums of least squares of a few weights.
private struct NormalEquations {
  var products: [[Double]]
  var right: [Double]
  var square = 0.0
  var cells = 0

  init(_ count: Int) {
    products = Array(repeating: Array(repeating: 0, count: count), count: count)
    right = Array(repeating: 0, count: count)
  }

  mutating func add(_ inputs: [Double], _ target: Double) {
    for first in inputs.indices {
      for second in inputs.indices { products[first][second] += inputs[first] * inputs[second] }
      right[first] += inputs[first] * target
    }
    square += target * target
  }

  mutating func add(_ other: NormalEquations) {
    for first in right.indices {
      for second in right.indices { products[first][second] += other.products[first][second] }
      right[first] += other.right[first]
    }
    square += other.square
    cells += other.cells
  }

  /// The squared error of a cell that is not to be predicted: that of the best prediction alone, as if two
  /// more cells were not predicted at all.
  private var noise: Double {
    guard cells > 0 else { return 1 }
    let variance = max(square / Double(cells), 1e-9)
    let errors = right.indices.map { square - 2 * right[$0] + products[$0][$0] }
    let least = max(min(errors.min() ?? square, square), 0)
    return (least + 2 * variance) / Double(cells + 2)
  }

  /// The weights of at least 0 with the least error, as if further cells spoke for others.
  ///
  /// They speak the less the better one prediction alone is, as a prior does beside cells with little noise:
  /// a column that one of them gets right owes nothing to the other columns.
  ///
  /// There are few weights, so that every set of those above 0 is tried.
  func solution(towards other: [Double], cells extra: Double) -> [Double] {
    let count = right.count
    let strength = extra * noise
    var best = (error: Double.infinity, weights: other)
    for set in 0..<1 << count {
      let chosen = (0..<count).filter { set >> $0 & 1 == 1 }
      var matrix = chosen.map { row in chosen.map { products[row][$0] + (row == $0 ? strength : 0) }
      }
      var vector = chosen.map { right[$0] + strength * other[$0] }
      guard Self.solve(&matrix, &vector), vector.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
        continue
      }
      var weights = [Double](repeating: 0, count: count)
      for (index, place) in chosen.enumerated() { weights[place] = vector[index] }
      let error = error(weights, strength, other)
      if error < best.error { best = (error, weights) }
    }
    return best.weights
  }

  private func error(_ weights: [Double], _ strength: Double, _ other: [Double]) -> Double {
    var sum = 0.0
    for first in weights.indices {
      sum -= 2 * weights[first] * right[first]
      for second in weights.indices {
        sum += weights[first] * weights[second] * products[first][second]
      }
      sum += strength * (weights[first] - other[first]) * (weights[first] - other[first])
    }
    return sum
  }

  /// Gauss's elimination of a positive definite system.
  private static func solve(_ matrix: inout [[Double]], _ vector: inout [Double]) -> Bool {
    let count = vector.count
    for pivot in 0..<count {
      guard matrix[pivot][pivot] > 1e-12 else { return false }
      for row in pivot + 1..<count {
        let factor = matrix[row][pivot] / matrix[pivot][pivot]
        for column in pivot..<count { matrix[row][column] -= factor * matrix[pivot][column] }
        vector[row] -= factor * vector[pivot]
      }
    }
    for row in (0..<count).reversed() {
      for column in row + 1..<count { vector[row] -= matrix[row][column] * vector[column] }
      vector[row] /= matrix[row][row]
    }
    return true
  }
}
