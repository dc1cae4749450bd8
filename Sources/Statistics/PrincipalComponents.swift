package import HourglassAutoencoders
package import HourglassEngines
internal import HourglassTensors

/// The directions of most variance through the mean of some rows: the classical way to reduce them.
///
/// Sums over rows are taken in double precision, or in single precision within a batch where there is
/// too much to add up. The same rows give the same bytes for the same number of threads.
///
/// Reference: Jolliffe, 2002, "Principal Component Analysis", doi:10.1007/b98835, section 1.1.
package struct PrincipalComponents: Hashable, Sendable {
  /// The mean of each value over the rows.
  package let means: [Double]
  /// The directions as rows `[count, values]`, of length 1, that of most variance first.
  package let components: [Double]
  /// The variance along each direction, with the divisor n - 1.
  package let variances: [Double]
  /// The sum of the variances of all values.
  package let totalVariance: Double

  /// The number of directions.
  package var count: Int { variances.count }

  /// The part of the variance along each direction.
  package var varianceRatios: [Double] {
    variances.map { totalVariance > 0 ? $0 / totalVariance : 0 }
  }

  /// Finds the directions; where rows have fewer values than directions are asked for, all of them.
  ///
  /// - Throws: `EngineError`, `GraphError`, and `CancellationError` when the task is cancelled.
  package init(
    of rows: any BatchSource,
    count: Int,
    on engine: ComputeEngine
  ) async throws {
    self = try await engine.perform { engine in
      try PrincipalComponents(rows, count: count, on: engine)
    }
  }

  private init(
    _ rows: any BatchSource,
    count: Int,
    on engine: isolated ComputeEngine
  ) throws {
    let width = rows.itemShape.elementCount
    let count = min(count, width)
    let centered = CenteredRows(rows)
    let divisor = Double(max(rows.count - 1, 1))
    let (values, vectors): ([Double], [Double])
    switch MomentMethod(rows: rows.count, width: width) {
    case .exact:
      let moments = try centered.secondMoments()
      (values, vectors) = try Self.leading(moments, width: width, count, tolerance: 1e-9)
    case .products:
      let moments = try centered.secondMoments(on: engine)
      (values, vectors) = try Self.leading(moments, width: width, count, tolerance: 1e-6)
    case .matrixFree:
      let product = try centered.momentProduct(
        on: engine,
        vectors: LeadingEigenvectors.width(count)
      )
      let leading = try LeadingEigenvectors(
        count: count,
        size: width,
        tolerance: 1e-4,
        rounds: 4,
        product: product
      )
      (values, vectors) = (leading.values, leading.vectors)
    }
    means = centered.means
    components = Self.signed(vectors, width: width)
    variances = values.map { max($0, 0) / divisor }
    totalVariance = centered.squares / divisor
  }

  /// The leading eigenvectors of a matrix that is there.
  private static func leading(
    _ moments: [Double],
    width: Int,
    _ count: Int,
    tolerance: Double
  ) throws -> ([Double], [Double]) {
    if width <= 128 || 3 * count > width {
      let system = SymmetricEigensystem(moments, count: width)
      return (Array(system.values.prefix(count)), Array(system.vectors.prefix(count * width)))
    }
    let leading = try LeadingEigenvectors(count: count, size: width, tolerance: tolerance) {
      try Task.checkCancellation()
      return multiplied($0, $1, by: moments, width: width)
    }
    return (leading.values, leading.vectors)
  }

  /// The same directions, each with the sign that makes its largest element positive.
  private static func signed(_ vectors: [Double], width: Int) -> [Double] {
    var vectors = vectors
    for start in stride(from: 0, to: vectors.count, by: width) {
      let row = start..<start + width
      let largest = row.max { abs(vectors[$0]) < abs(vectors[$1]) } ?? start
      if vectors[largest] < 0 { for index in row { vectors[index] = -vectors[index] } }
    }
    return vectors
  }
}

/// How the second moments of rows are come by.
private enum MomentMethod {
  /// All sums in double precision: for small data.
  case exact
  /// By products of batches on the engine.
  case products
  /// Not at all: only their products with vectors are computed, for rows of very many values.
  case matrixFree

  init(rows: Int, width: Int) {
    let work = Double(rows) * Double(width) * Double(width)
    if width > 2_048 {
      self = .matrixFree
    } else {
      self = work <= 2e8 ? .exact : .products
    }
  }
}

/// Vectors `[count, width]` times a symmetric matrix `[width, width]`.
private func multiplied(
  _ vectors: [Double],
  _ count: Int,
  by matrix: [Double],
  width: Int
) -> [Double] {
  var result = [Double](repeating: 0, count: count * width)
  var place = result.mutableSpan
  let (vectors, matrix) = (vectors.span, matrix.span)
  for row in 0..<width {
    let elements = matrix.extracting(row * width..<(row + 1) * width)
    for vector in 0..<count {
      let factor = vectors[vector * width + row]
      let start = vector * width
      for column in 0..<width { place[start + column] += factor * elements[column] }
    }
  }
  return result
}
