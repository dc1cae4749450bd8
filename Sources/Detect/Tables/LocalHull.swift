/// What is left of a row less its projection on the hull of its nearest rows.
///
/// With the differences V of the neighbors from their mean m, and the row x,
///
///     e = (x - m) - Vᵀ (V Vᵀ + 0.1 tr(V Vᵀ) / k I)⁻¹ V (x - m)
///
/// Reference: Vincent, Bengio, 2001, "K-Local Hyperplane and Convex Distance Nearest Neighbor
/// Algorithms", NIPS 14, equation 5, with the penalty of its section 3.2.
struct LocalHull: Sendable {
  /// The number of neighbors k.
  static let count = 10
  private static let penalty = 0.1

  private typealias Values = SIMD8<Double>

  private let width: Int
  /// The vectors that hold the values of a row.
  private let length: Int
  /// The rows, `[rows][length]`; 0 behind the last value.
  private let rows: [SIMD8<Float>]
  private var differences: [Values]
  private var left: [Values]
  private var matrix = [Double](repeating: 0, count: count * count)
  private var products = [Double](repeating: 0, count: count)

  /// Takes the rows among which neighbors are, `[rows, width]`.
  init(_ rows: Span<Float>, width: Int) {
    self.width = width
    length = (width + 7) / 8
    let length = length
    let count = width > 0 ? rows.count / width : 0
    var all: [SIMD8<Float>] = []
    all.reserveCapacity(count * length)
    for row in 0..<count {
      let values = rows.extracting(row * width..<(row + 1) * width)
      for place in 0..<length { all.append(Self.vector(values, from: place * 8)) }
    }
    self.rows = all
    differences = Array(repeating: .zero, count: Self.count * length)
    left = Array(repeating: .zero, count: length)
  }

  /// Eight values from a place on; 0 behind the last one.
  private static func vector(_ values: Span<Float>, from start: Int) -> SIMD8<Float> {
    func value(_ lane: Int) -> Float {
      start + lane < values.count ? values[start + lane] : 0
    }
    return SIMD8(
      value(0),
      value(1),
      value(2),
      value(3),
      value(4),
      value(5),
      value(6),
      value(7)
    )
  }

  /// Adds the squares of e to numbers for each value's field; those of x itself without neighbors.
  ///
  /// - Parameters:
  ///   - row: x, `[width]`.
  ///   - neighbors: The places of at most ten rows.
  ///   - fields: The field of each value.
  mutating func addSquares(
    of row: Span<Float>,
    neighbors: [Int],
    fields: [Int],
    to sums: inout [Double]
  ) {
    project(row, neighbors)
    for place in 0..<length {
      let squares = left[place] * left[place]
      for lane in 0..<min(width - place * 8, 8) { sums[fields[place * 8 + lane]] += squares[lane] }
    }
  }

  /// Leaves e in `left`.
  private mutating func project(_ row: Span<Float>, _ neighbors: [Int]) {
    let (k, length) = (neighbors.count, length)
    for place in 0..<length { left[place] = Values(Self.vector(row, from: place * 8)) }
    guard k > 0 else { return }
    let share = 1 / Double(k)
    for place in 0..<length {
      var sum = Values.zero
      for neighbor in neighbors { sum += Values(rows[neighbor * length + place]) }
      let mean = sum * share
      for index in 0..<k {
        differences[index * length + place] = Values(rows[neighbors[index] * length + place]) - mean
      }
      left[place] -= mean
    }
    var trace = 0.0
    for first in 0..<k {
      var product = Values.zero
      for place in 0..<length { product += differences[first * length + place] * left[place] }
      products[first] = product.sum()
      for second in 0...first {
        var sum = Values.zero
        for place in 0..<length {
          sum += differences[first * length + place] * differences[second * length + place]
        }
        matrix[first * k + second] = sum.sum()
      }
      trace += matrix[first * k + first]
    }
    guard trace > 0, trace.isFinite else { return }
    for index in 0..<k { matrix[index * k + index] += Self.penalty * trace * share }
    Self.solve(&matrix, &products, count: k)
    for index in 0..<k {
      for place in 0..<length {
        left[place] -= products[index] * differences[index * length + place]
      }
    }
  }

  /// Solves a positive definite system by Cholesky's decomposition, of which the lower triangle is read.
  private static func solve(_ matrix: inout [Double], _ vector: inout [Double], count n: Int) {
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
