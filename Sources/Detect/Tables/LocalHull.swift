/// What is left of a row less its projection on the hull of its nearest rows.
///
/// With the differences V of the neighbors from their mean m, and the row x,
///
///     e = (x - m) - Vᵀ (V Vᵀ + 0.1 tr(V Vᵀ) / k I)⁻¹ V (x - m)
///
/// Reference: Vincent, Bengio, 2001, "K-Local Hyperplane and Convex Distance Nearest Neighbor
/// Algorithms", NIPS 14, equation 5, with the penalty of its section 3.2.
struct LocalHull {
  /// The number of neighbors k.
  static let count = 10
  private static let penalty = 0.1

  private let width: Int
  private var differences: [Double]
  private var left: [Double]

  init(width: Int) {
    self.width = width
    differences = Array(repeating: 0, count: Self.count * width)
    left = Array(repeating: 0, count: width)
  }

  /// e, one number for each value; x itself without neighbors.
  mutating func residual(
    of row: Span<Float>,
    rows: Span<Float>,
    neighbors: [Int]
  ) -> [Double] {
    let k = neighbors.count
    for place in 0..<width { left[place] = Double(row[place]) }
    guard k > 0 else { return left }
    for place in 0..<width {
      var mean = 0.0
      for neighbor in neighbors { mean += Double(rows[neighbor * width + place]) / Double(k) }
      for (index, neighbor) in neighbors.enumerated() {
        differences[index * width + place] = Double(rows[neighbor * width + place]) - mean
      }
      left[place] -= mean
    }
    var matrix = [Double](repeating: 0, count: k * k)
    var products = [Double](repeating: 0, count: k)
    for first in 0..<k {
      for place in 0..<width { products[first] += differences[first * width + place] * left[place] }
      for second in 0...first {
        var sum = 0.0
        for place in 0..<width {
          sum += differences[first * width + place] * differences[second * width + place]
        }
        matrix[first * k + second] = sum
      }
    }
    let trace = (0..<k).reduce(0.0) { $0 + matrix[$1 * k + $1] }
    guard trace > 0, trace.isFinite else { return left }
    for index in 0..<k { matrix[index * k + index] += Self.penalty * trace / Double(k) }
    Self.solve(&matrix, &products)
    for index in 0..<k {
      for place in 0..<width { left[place] -= products[index] * differences[index * width + place] }
    }
    return left
  }

  /// Solves a positive definite system by Cholesky's decomposition, of which the lower triangle is read.
  private static func solve(_ matrix: inout [Double], _ vector: inout [Double]) {
    let n = vector.count
    for row in 0..<n {
      for column in 0...row {
        var sum = matrix[row * n + column]
        for index in 0..<column { sum -= matrix[row * n + index] * matrix[column * n + index] }
        matrix[row * n + column] =
          row == column ? max(sum, 1e-300).squareRoot() : sum / matrix[column * n + column]
      }
      for index in 0..<row { vector[row] -= matrix[row * n + index] * vector[index] }
      vector[row] /= matrix[row * n + row]
    }
    for row in (0..<n).reversed() {
      for index in row + 1..<n { vector[row] -= matrix[index * n + row] * vector[index] }
      vector[row] /= matrix[row * n + row]
    }
  }
}
