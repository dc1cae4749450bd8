internal import HourglassTensors

/// The largest eigenvalues of a symmetric matrix that is known by its products alone.
///
/// A block of vectors and its images under powers of the matrix span a space in which the small
/// problem is solved exactly; the best vectors start the next round, until they stay where they are.
///
/// Reference: Musco, Musco, 2015, "Randomized Block Krylov Methods for Stronger and Faster
/// Approximate Singular Value Decomposition", arXiv:1504.05477, algorithm 2, with restarts and full
/// orthogonalization.
package struct LeadingEigenvectors {
  /// The eigenvalues, largest first.
  private(set) var values: [Double] = []
  /// The eigenvectors as rows, `[count, n]`.
  private(set) var vectors: [Double] = []
  /// The largest ‖A u - λ u‖ / λ₁ among them.
  private(set) var residual = Double.infinity

  /// Finds eigenvectors of a matrix of `n` rows.
  ///
  /// - Parameters:
  ///   - count: How many, at most `n`.
  ///   - tolerance: The residual at which it ends; it ends after `rounds` rounds anyhow.
  ///   - product: The images of vectors, rows of `[vectors, n]`.
  package init(
    count: Int,
    size n: Int,
    tolerance: Double,
    rounds: Int = 12,
    product: (_ vectors: [Double], _ count: Int) throws -> [Double]
  ) throws {
    let width = min(Self.width(count), n)
    let depth = max(min(8, 160 / width), 3)
    var generator = SeededGenerator.named("leading eigenvectors", seed: 0)
    var start = (0..<width * n).map { _ in Double(generator.nextNormal()) }
    for _ in 0..<rounds {
      var basis = OrthonormalRows(length: n)
      var images: [Double] = []
      var block = start
      for _ in 0..<depth where basis.count < n {
        let first = basis.count
        basis.append(block, generator: &generator)
        block = try product(basis.rows(from: first), basis.count - first)
        images += block
      }
      let size = basis.count
      let small = SymmetricEigensystem(
        products(basis.elements, images, size, size, length: n),
        count: size
      )
      let kept = min(width, size)
      start = combinations(small.vectors, of: basis.elements, kept, size, length: n)
      let moved = combinations(small.vectors, of: images, count, size, length: n)
      values = Array(small.values.prefix(count))
      vectors = Array(start.prefix(count * n))
      residual = largestResidual(moved, n)
      if residual <= tolerance || size == n { break }
    }
  }

  /// The number of vectors whose products are asked for at once to find so many.
  package static func width(_ count: Int) -> Int { count + 8 }

  private func largestResidual(_ images: [Double], _ n: Int) -> Double {
    guard let scale = values.first, scale > 0 else { return 0 }
    var largest = 0.0
    for (row, value) in values.enumerated() {
      var sum = 0.0
      for index in row * n..<(row + 1) * n {
        let difference = images[index] - value * vectors[index]
        sum += difference * difference
      }
      largest = max(largest, sum.squareRoot() / scale)
    }
    return largest
  }
}

/// Rows of length 1 that are orthogonal to each other.
private struct OrthonormalRows {
  let length: Int
  private(set) var elements: [Double] = []
  private(set) var count = 0

  init(length: Int) { self.length = length }

  func rows(from first: Int) -> [Double] { Array(elements[(first * length)...]) }

  /// Appends rows, each without its part along those before.
  ///
  /// One that has nothing else is replaced by a random one. There are never more rows than their
  /// length.
  mutating func append(_ rows: [Double], generator: inout SeededGenerator) {
    for start in stride(from: 0, to: rows.count, by: length) where count < length {
      var row = Array(rows[start..<start + length])
      var attempts = 0
      while !normalize(&row), attempts < 8 {
        attempts += 1
        for index in row.indices { row[index] = Double(generator.nextNormal()) }
      }
      elements += row
      count += 1
    }
  }

  /// Whether something of length is left when the part along the other rows is gone.
  private func normalize(_ row: inout [Double]) -> Bool {
    let before = norm(row)
    guard before > 0, before.isFinite else { return false }
    for index in row.indices { row[index] /= before }
    // Twice is enough: Giraud, Langou, Rozloznik, 2005, doi:10.1016/j.camwa.2005.08.009.
    for _ in 0..<2 {
      let parts = products(elements, row, count, 1, length: length)
      var place = row.mutableSpan
      let all = elements.span
      for other in 0..<count {
        let part = parts[other]
        for index in 0..<length { place[index] -= part * all[other * length + index] }
      }
    }
    let after = norm(row)
    guard after > 1e-10 else { return false }
    for index in row.indices { row[index] /= after }
    return true
  }

  private func norm(_ row: [Double]) -> Double {
    products(row, row, 1, 1, length: length)[0].squareRoot()
  }
}

/// The products of rows with rows: `[m, length]`, `[n, length]` -> `[m, n]`.
private func products(
  _ a: [Double],
  _ b: [Double],
  _ m: Int,
  _ n: Int,
  length: Int
) -> [Double] {
  var result = [Double](repeating: 0, count: m * n)
  let (a, b) = (a.span, b.span)
  for i in 0..<m {
    let left = a.extracting(i * length..<(i + 1) * length)
    for j in 0..<n {
      let right = b.extracting(j * length..<(j + 1) * length)
      // Sums that do not wait for each other.
      var sums = SIMD8<Double>.zero
      var index = 0
      while index + 8 <= length {
        for lane in 0..<8 { sums[lane] += left[index + lane] * right[index + lane] }
        index += 8
      }
      var sum = sums.sum()
      while index < length {
        sum += left[index] * right[index]
        index += 1
      }
      result[i * n + j] = sum
    }
  }
  return result
}

/// The first combinations of rows: weights `[size, size]`, rows `[size, length]` ->
/// `[count, length]`.
private func combinations(
  _ weights: [Double],
  of rows: [Double],
  _ count: Int,
  _ size: Int,
  length: Int
) -> [Double] {
  var result = [Double](repeating: 0, count: count * length)
  var place = result.mutableSpan
  let rows = rows.span
  for i in 0..<count {
    for j in 0..<size {
      let weight = weights[i * size + j]
      for index in 0..<length {
        place[i * length + index] += weight * rows[j * length + index]
      }
    }
  }
  return result
}
