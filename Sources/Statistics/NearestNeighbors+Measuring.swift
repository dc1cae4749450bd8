package import HourglassAutoencoders
package import HourglassEngines
internal import HourglassTensors

extension NearestNeighbors {
  /// Finds the nearest references of items, from nearest to furthest; the first among equals.
  ///
  /// - Parameters:
  ///   - own: For each item its place among the references, which is left out; -1 where it is none.
  ///   - count: How many are wanted of each item.
  ///   - isMeasured: Whether distances are measured from the differences, in double precision. Without
  ///     it they are those of the products, in single precision, without their common term; that is
  ///     quicker where rows are wide, and of rows that are nearly as near either may be found.
  ///   - progress: Takes the part that is done, from 0 to 1.
  package func nearest(
    to items: any BatchSource,
    without own: [Int]? = nil,
    count: Int,
    isMeasured: Bool = true,
    on engine: isolated ComputeEngine,
    progress: (Double) -> Void = { _ in }
  ) async throws -> NeighborLists {
    // More than are wanted, for what rounding may have put in another order.
    let kept = isMeasured ? count + max(count / 4, 8) : count
    var found = NeighborLists(items.count, count: kept)
    try await forEachDistance(of: items, on: engine, progress: progress) { index, start, _, row in
      found.take(row, from: start, for: index, without: own?[index] ?? -1)
    }
    return isMeasured ? measured(found, items, without: own, count: count) : found
  }

  private func measured(
    _ found: NeighborLists,
    _ items: any BatchSource,
    without own: [Int]?,
    count: Int
  ) -> NeighborLists {
    var result = NeighborLists(items.count, count: count)
    let length = references.itemShape.elementCount
    var rows = [Float](repeating: 0, count: found.count * length)
    forEachBlock(of: items) { index, _, item in
      let numbers = found.of(index).map(\.row).sorted()
      var span = rows.mutableSpan
      references.copyItems(numbers.span, into: &span)
      for (place, number) in numbers.enumerated() {
        let row = rows.span.extracting(place * length..<(place + 1) * length)
        result.take(distance(item, row), number, for: index)
      }
      // Where fewer were found than looked for, there are no others.
      guard numbers.count == found.count, let last = found.of(index).last else { return }
      if isComplete(item, furthest: result.of(index).last?.distance, last.distance) { return }
      result.clear(index)
      forEachBlock(of: references) { number, _, row in
        if number != own?[index] { result.take(distance(item, row), number, for: index) }
      }
    }
    return result
  }

  /// Whether what was found is trusted: rounding moves no product by more than a thousandth of the
  /// furthest distance that is kept, or not past that of any reference that was not found.
  ///
  /// The product of a reference at a distance of at most d has an error of at most
  /// 2 γ (|x|² + |r|²), where |r| is at most |x| + √d; Higham, 2002, "Accuracy and Stability of
  /// Numerical Algorithms", equation 3.5, doi:10.1137/1.9780898718027. With gaps in the references the
  /// bound is not known, and what was found is trusted too.
  private func isComplete(_ item: Span<Float>, furthest: Double?, _ product: Double) -> Bool {
    guard let furthest, furthest > 0, !hasGaps else { return true }
    let isMasked = item.count > width
    var (square, divisor) = (0.0, counts == nil ? 1.0 : 0.0)
    for index in 0..<width {
      let observed = isMasked ? Double(item[width + fields[index]]) : 1
      square += Double(item[index]) * Double(item[index]) * weights[index] * observed
      if let counts { divisor += counts[index] * observed }
    }
    let units = Double(2 * width + 16) * 0x1p-24
    let reach = square.squareRoot() + (furthest * divisor).squareRoot()
    let error = 2 * units / (1 - units) * (square + reach * reach)
    let bound = furthest * divisor
    return error <= 1e-3 * bound || product > bound - square + error
  }

  /// The squared distance of an item to a reference, each with its masks where it has any.
  package func distance(_ item: Span<Float>, _ reference: Span<Float>) -> Double {
    let (fields, weights, width) = (fields.span, weights.span, width)
    if counts == nil, reference.count == width {
      if item.count == width {
        return Self.sum(width) { place in
          let difference = Double(item[place]) - Double(reference[place])
          return difference * difference * weights[place]
        }
      }
      return Self.sum(width) { place in
        let difference = Double(item[place]) - Double(reference[place])
        return difference * difference * weights[place] * Double(item[width + fields[place]])
      }
    }
    func observed(_ row: Span<Float>, _ place: Int) -> Double {
      row.count > width ? Double(row[width + fields[place]]) : 1
    }
    let sum = Self.sum(width) { place in
      let difference = Double(item[place]) - Double(reference[place])
      let weight = weights[place] * observed(item, place) * observed(reference, place)
      return difference * difference * weight
    }
    let shared = Self.sum(width) { place in
      (counts?[place] ?? 1) * observed(item, place) * observed(reference, place)
    }
    guard shared > 0 else { return .infinity }
    return counts == nil ? sum : sum / shared
  }

  /// A sum over the values of a row; four sums at a time, so that an addition need not wait for the one
  /// before.
  @inline(__always)
  private static func sum(_ width: Int, _ part: (Int) -> Double) -> Double {
    var sums = (0.0, 0.0, 0.0, 0.0)
    var place = 0
    while place + 4 <= width {
      sums.0 += part(place)
      sums.1 += part(place + 1)
      sums.2 += part(place + 2)
      sums.3 += part(place + 3)
      place += 4
    }
    while place < width {
      sums.0 += part(place)
      place += 1
    }
    return (sums.0 + sums.1) + (sums.2 + sums.3)
  }
}

/// The nearest references of items, from nearest to furthest; the first in order among equals.
package struct NeighborLists: Sendable {
  /// How many each item has at most.
  package let count: Int
  /// The places of the references, `[items, count]`; -1 where there are fewer.
  package private(set) var rows: [Int32]
  private var distances: [Double]

  /// Lists without a reference.
  package init(_ items: Int, count: Int) {
    self.count = count
    rows = Array(repeating: -1, count: items * count)
    distances = Array(repeating: .infinity, count: items * count)
  }

  /// Lists that were found, `[items, count]`.
  init(count: Int, rows: [Int32], distances: [Double]) {
    (self.count, self.rows, self.distances) = (count, rows, distances)
  }

  /// Adds the lists of further items.
  mutating func append(_ other: NeighborLists) {
    rows += other.rows
    distances += other.distances
  }

  /// The places of the references of an item with the squared distances to them.
  package func of(_ item: Int) -> [(row: Int, distance: Double)] {
    places(of: item).map { self[$0] }
  }

  /// Where the references of an item lie among those of all items.
  package func places(of item: Int) -> Range<Int> {
    var end = (item + 1) * count
    while end > item * count, rows[end - 1] < 0 { end -= 1 }
    return item * count..<end
  }

  /// The reference at a place among those of all items, with the squared distance to it.
  package subscript(place: Int) -> (row: Int, distance: Double) {
    (Int(rows[place]), distances[place])
  }

  /// Takes those references of a block that are nearer than what is known.
  package mutating func take(_ row: Span<Float>, from start: Int, for item: Int, without own: Int) {
    var bound = distances[(item + 1) * count - 1]
    for index in row.indices where Double(row[index]) < bound {
      if start + index == own { continue }
      take(Double(row[index]), start + index, for: item)
      bound = distances[(item + 1) * count - 1]
    }
  }

  /// Takes a reference if it is nearer than what is known.
  fileprivate mutating func take(_ distance: Double, _ row: Int, for item: Int) {
    let first = item * count
    var place = first + count - 1
    guard distance < distances[place] else { return }
    while place > first, distances[place - 1] > distance {
      distances[place] = distances[place - 1]
      rows[place] = rows[place - 1]
      place -= 1
    }
    distances[place] = distance
    rows[place] = Int32(truncatingIfNeeded: row)
  }

  /// Forgets the references of an item.
  fileprivate mutating func clear(_ item: Int) {
    for place in item * count..<(item + 1) * count {
      (rows[place], distances[place]) = (-1, .infinity)
    }
  }
}
