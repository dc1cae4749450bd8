/// All eigenvalues of a symmetric matrix with their eigenvectors, largest first.
///
/// Householder reflections make the matrix tridiagonal, implicit QL steps make it diagonal.
///
/// Reference: Martin, Reinsch, Wilkinson, 1968, doi:10.1007/BF02161360 (tred2); Bowdler, Martin,
/// Reinsch, Wilkinson, 1968, doi:10.1007/BF02166689 (tql2).
package struct SymmetricEigensystem {
  /// The eigenvalues, largest first.
  package let values: [Double]
  /// The eigenvectors as rows, `[n, n]`, each of length 1.
  package let vectors: [Double]

  /// Decomposes a matrix `[n, n]` in row-major order, of which the lower triangle is read.
  package init(_ matrix: [Double], count n: Int) {
    precondition(matrix.count == n * n, "a matrix of \(n) rows has \(n * n) elements")
    var reduction = TridiagonalReduction(matrix, count: n)
    reduction.reduce()
    reduction.accumulate()
    reduction.diagonalize()
    // The columns of v are the eigenvectors.
    let v = reduction.v
    let order = (0..<n).sorted { reduction.d[$0] > reduction.d[$1] }
    values = order.map { reduction.d[$0] }
    var rows: [Double] = []
    rows.reserveCapacity(n * n)
    for column in order {
      for row in 0..<n { rows.append(v[column * n + row]) }
    }
    vectors = rows
  }
}

/// The state of the decomposition: the names are those of the two papers.
private struct TridiagonalReduction {
  let n: Int
  /// The transposed matrix of the papers, so that inner loops run along memory.
  var v: [Double]
  /// The diagonal.
  var d: [Double]
  /// The elements beside the diagonal.
  var e: [Double]

  init(_ matrix: [Double], count: Int) {
    n = count
    v = matrix
    d = Array(repeating: 0, count: count)
    e = Array(repeating: 0, count: count)
    // v[j, i] holds the element of row i and column j.
    for i in 0..<count {
      for j in 0...i { v[j * count + i] = matrix[i * count + j] }
    }
  }

  /// The position of the element in row `i` and column `j` of the papers' matrix.
  private func at(_ i: Int, _ j: Int) -> Int { j * n + i }

  /// Householder's reduction to tridiagonal form.
  mutating func reduce() {
    guard n > 0 else { return }
    for j in 0..<n { d[j] = v[at(n - 1, j)] }
    for i in stride(from: n - 1, to: 0, by: -1) {
      var scale = 0.0
      for k in 0..<i { scale += abs(d[k]) }
      var h = 0.0
      if scale == 0 {
        e[i] = d[i - 1]
        for j in 0..<i {
          d[j] = v[at(i - 1, j)]
          v[at(i, j)] = 0
          v[at(j, i)] = 0
        }
      } else {
        for k in 0..<i {
          d[k] /= scale
          h += d[k] * d[k]
        }
        let f = d[i - 1]
        let g = f > 0 ? -h.squareRoot() : h.squareRoot()
        e[i] = scale * g
        h -= f * g
        d[i - 1] = f - g
        reflect(i, h)
      }
      d[i] = h
    }
  }

  /// Applies the reflection of a row to the rows before it.
  private mutating func reflect(_ i: Int, _ h: Double) {
    for j in 0..<i { e[j] = 0 }
    for j in 0..<i {
      let f = d[j]
      v[at(j, i)] = f
      var g = e[j] + v[at(j, j)] * f
      for k in j + 1..<max(i, j + 1) {
        g += v[at(k, j)] * d[k]
        e[k] += v[at(k, j)] * f
      }
      e[j] = g
    }
    var f = 0.0
    for j in 0..<i {
      e[j] /= h
      f += e[j] * d[j]
    }
    let hh = f / (h + h)
    for j in 0..<i { e[j] -= hh * d[j] }
    for j in 0..<i {
      let f = d[j]
      let g = e[j]
      for k in j..<i { v[at(k, j)] -= f * e[k] + g * d[k] }
      d[j] = v[at(i - 1, j)]
      v[at(i, j)] = 0
    }
  }

  /// Multiplies the reflections.
  mutating func accumulate() {
    guard n > 0 else { return }
    for i in 0..<n - 1 {
      v[at(n - 1, i)] = v[at(i, i)]
      v[at(i, i)] = 1
      let h = d[i + 1]
      if h != 0 {
        for k in 0...i { d[k] = v[at(k, i + 1)] / h }
        for j in 0...i {
          var g = 0.0
          for k in 0...i { g += v[at(k, i + 1)] * v[at(k, j)] }
          for k in 0...i { v[at(k, j)] -= g * d[k] }
        }
      }
      for k in 0...i { v[at(k, i + 1)] = 0 }
    }
    for j in 0..<n {
      d[j] = v[at(n - 1, j)]
      v[at(n - 1, j)] = 0
    }
    v[at(n - 1, n - 1)] = 1
    e[0] = 0
  }

  /// The implicit QL algorithm on the tridiagonal form.
  mutating func diagonalize() {
    guard n > 0 else { return }
    for i in 1..<max(n, 1) { e[i - 1] = e[i] }
    e[n - 1] = 0
    var f = 0.0
    var largest = 0.0
    for l in 0..<n {
      largest = max(largest, abs(d[l]) + abs(e[l]))
      var m = l
      while m < n - 1, abs(e[m]) > Double.ulpOfOne * largest { m += 1 }
      // Far fewer steps are ever needed; the bound makes the end certain.
      var remaining = 100
      while m > l, remaining > 0 {
        remaining -= 1
        let g = d[l]
        var p = (d[l + 1] - g) / (2 * e[l])
        var r = hypotenuse(p, 1)
        if p < 0 { r = -r }
        d[l] = e[l] / (p + r)
        d[l + 1] = e[l] * (p + r)
        let next = d[l + 1]
        let h = g - d[l]
        for i in l + 2..<max(n, l + 2) { d[i] -= h }
        f += h
        p = turn(from: l, to: m, next)
        d[l] = p
        if abs(e[l]) <= Double.ulpOfOne * largest { break }
      }
      d[l] += f
      e[l] = 0
    }
  }

  /// One sweep of plane rotations; gives the new element at `l`.
  private mutating func turn(from l: Int, to m: Int, _ next: Double) -> Double {
    var p = d[m]
    var (c, c2, c3) = (1.0, 1.0, 1.0)
    let following = e[l + 1]
    var (s, s2) = (0.0, 0.0)
    for i in stride(from: m - 1, through: l, by: -1) {
      c3 = c2
      c2 = c
      s2 = s
      let g = c * e[i]
      let h = c * p
      let r = hypotenuse(p, e[i])
      e[i + 1] = s * r
      s = e[i] / r
      c = p / r
      p = c * d[i] - s * g
      d[i + 1] = h + s * (c * g + s * d[i])
      rotate(columns: i, i + 1, c, s)
    }
    p = -s * s2 * c3 * following * e[l] / next
    e[l] = s * p
    return c * p
  }

  private mutating func rotate(columns i: Int, _ k: Int, _ c: Double, _ s: Double) {
    let count = n
    let (first, second) = (i * count, k * count)
    var span = v.mutableSpan
    for row in 0..<count {
      let h = span[second + row]
      let g = span[first + row]
      span[second + row] = s * g + c * h
      span[first + row] = c * g - s * h
    }
  }
}

/// √(a² + b²).
private func hypotenuse(_ a: Double, _ b: Double) -> Double {
  let large = max(abs(a), abs(b))
  guard large > 0 else { return 0 }
  let ratio = min(abs(a), abs(b)) / large
  return large * (1 + ratio * ratio).squareRoot()
}
