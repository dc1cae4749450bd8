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
/// together. In a table a cell that is the only missing one of its row has weights of its own, shrunk towards
/// these: what follows from the other cells is exact only where they are all there.
///
///     prediction = mean + Σ weight · (one prediction - mean)
///
/// Reference: Breiman, 1996, "Stacked regressions", doi:10.1007/BF00117832.
struct CellBlend: Hashable, Sendable {
  /// The weights, `[F][predictions]`.
  let weights: [[Double]]
  /// Those of cells that alone are missing in their rows; none for the same.
  let alone: [[Double]]?

  /// The cells that the weights of all fields count for.
  private static let sharedCells = 30.0

  init(weights: [[Double]], alone: [[Double]]? = nil) {
    self.weights = weights
    self.alone = alone
  }

  /// Chooses weights on some known cells, `[rows, F]`.
  ///
  /// - Parameters:
  ///   - predictions: The values of each, `[rows, D]`.
  ///   - given: The rows as they were predicted from, without these cells.
  ///   - distinguishes: Whether cells that alone are missing have weights of their own.
  ///   - fallback: The weights where there are no cells.
  init(
    _ predictions: [[Float]],
    of rows: EncodedTable,
    given: EncodedTable,
    cells: [Bool],
    means: FieldMeans,
    distinguishes: Bool,
    fallback: [Double]
  ) {
    let (count, width) = (predictions.count, rows.width)
    let ranges = rows.layout.ranges
    var sums = ranges.map { _ in NormalEquations(count) }
    var aloneSums = sums
    let isAlone = distinguishes ? Self.rowsWithOneMissing(given) : []
    var differences = [Double](repeating: 0, count: count)
    for row in 0..<rows.count {
      for (field, range) in ranges.enumerated() where cells[row * ranges.count + field] {
        let isAlone = distinguishes && isAlone[row]
        sums[field].cells += 1
        if isAlone { aloneSums[field].cells += 1 }
        for place in range {
          let index = row * width + place
          let mean = means.means[place]
          for (number, prediction) in predictions.enumerated() {
            differences[number] = Double(prediction[index] - mean)
          }
          sums[field].add(differences, Double(rows.values[index] - mean))
          if isAlone { aloneSums[field].add(differences, Double(rows.values[index] - mean)) }
        }
      }
    }
    var all = NormalEquations(count)
    for sum in sums { all.add(sum) }
    let shared = all.solution(towards: fallback, cells: 5)
    // As a model file has them, so that a model that was read gives the same bytes.
    let weights = sums.map { sum in
      sum.solution(towards: shared, cells: Self.sharedCells).map { Double(Float($0)) }
    }
    self.weights = weights
    alone =
      distinguishes
      ? zip(aloneSums, weights).map { sum, weights in
        sum.solution(towards: weights, cells: Self.sharedCells).map { Double(Float($0)) }
      } : nil
  }

  /// For each row whether one cell of it is missing.
  private static func rowsWithOneMissing(_ rows: EncodedTable) -> [Bool] {
    (0..<rows.count).map { row in
      (0..<rows.fieldCount).count { !rows.isPresent(row, $0) } == 1
    }
  }

  /// For each row the weights of its cells, `[F][predictions]`.
  func weights(of rows: EncodedTable) -> [[[Double]]] {
    guard let alone else { return Array(repeating: weights, count: rows.count) }
    return Self.rowsWithOneMissing(rows).map { $0 ? alone : weights }
  }

  /// The weights without those of one of the predictions.
  func without(_ place: Int) -> CellBlend {
    CellBlend(weights: Self.without(place, weights), alone: alone.map { Self.without(place, $0) })
  }

  private static func without(_ place: Int, _ weights: [[Double]]) -> [[Double]] {
    weights.map { weights in weights.indices.filter { $0 != place }.map { weights[$0] } }
  }

  /// The weighted sum of predictions for rows, `[rows, D]`.
  func combined(_ predictions: [[Float]], of rows: EncodedTable, means: FieldMeans) -> [Float] {
    guard let first = predictions.first else { return [] }
    let width = rows.width
    let isAlone = alone == nil ? [] : Self.rowsWithOneMissing(rows)
    var result = first
    for (field, range) in rows.layout.ranges.enumerated() {
      let usual = weights[field].map { Float($0) }
      let own = alone.map { $0[field].map { Float($0) } } ?? usual
      for row in 0..<rows.count {
        let weights = !isAlone.isEmpty && isAlone[row] ? own : usual
        for place in range {
          let mean = means.means[place]
          var value = mean
          for (number, weight) in weights.enumerated() where weight != 0 {
            value += weight * (predictions[number][row * width + place] - mean)
          }
          result[row * width + place] = value
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
