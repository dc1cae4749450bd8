internal import HourglassAutoencoders
internal import HourglassData
package import HourglassEncodings
package import HourglassEngines
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

/// The search for the nearest of some items by the Euclidean distance of their values.
///
/// Of items that lack values, the squared distance is over the values that both have, brought to the
/// number of all values. Distances are products of blocks on the engine, so that memory does not
/// grow with the square of the number of items:
///
///     Σ (x - r)²     = Σ x² - 2 x · r + Σ r²     of which the first term is the same for all r
///     Σ p s (x - r)² = x² · s - 2 x · r + p · r² with the observed masks p and s, where missing values are 0
package struct NeighborSearch: Sendable {
  /// The items that are searched.
  package let references: EncodedRows

  private let hasGaps: Bool

  /// The most items of a block of references, and of one of items that are looked for.
  private static let blockLengths = (references: 4_096, queries: 1_024)
  /// The most values of a block.
  private static let blockLimit = 1 << 22
  /// What stands for the distance of items that have no value in common.
  private static let unknown: Float = 1e30

  package init(_ references: EncodedRows) {
    self.references = references
    hasGaps = references.hasGaps
  }

  /// Finds the nearest references of items.
  ///
  /// - Parameters:
  ///   - own: For each item its place among the references, which is left out; -1 where it is none.
  ///   - progress: Takes the part that is done, from 0 to 1.
  package func nearest(
    to items: EncodedRows,
    own: [Int],
    count: Int,
    on engine: isolated ComputeEngine,
    progress: (Double) -> Void = { _ in }
  ) async throws -> NeighborLists {
    var nearest = NeighborLists(items.count, count: count)
    try await forEachDistance(of: items, on: engine, progress: progress) { item, start, row in
      nearest.take(row, from: start, for: item, without: own[item])
    }
    return nearest
  }

  /// Calls a function with an item, the place of a reference, and the squared distances of the item
  /// to that reference and to some that follow it, but for a term that is the same for each item.
  package func forEachDistance(
    of items: EncodedRows,
    on engine: isolated ComputeEngine,
    progress: (Double) -> Void = { _ in },
    _ body: (Int, Int, Span<Float>) -> Void
  ) async throws {
    guard items.count > 0, references.count > 0 else { return }
    let most = max(Self.blockLimit / max(references.valueCount, 1), 8)
    let length = min(Self.blockLengths.references, most, references.count)
    let queryLength = min(Self.blockLengths.queries, most, items.count)
    let masked = hasGaps || items.hasGaps
    let graph = try graph(queryLength, length, masked: masked)
    let plan = try engine.makePlan(graph, seed: 0, precision: .float32)
    let output = plan.graph.requiredOutput("distances")
    for start in stride(from: 0, to: references.count, by: length) {
      let end = min(start + length, references.count)
      feed(references, start..<end, to: plan, "references", "referenceObserved")
      for first in stride(from: 0, to: items.count, by: queryLength) {
        let last = min(first + queryLength, items.count)
        feed(items, first..<last, to: plan, "items", "itemObserved")
        try plan.run(step: 1)
        plan.withOutput(output) { distances in
          for item in first..<last {
            let place = (item - first) * length
            body(item, start, distances.extracting(place..<place + end - start))
          }
        }
        try Task.checkCancellation()
        await Task.yield()
      }
      progress(Double(end) / Double(references.count))
    }
  }

  private func feed(
    _ rows: EncodedRows,
    _ range: Range<Int>,
    to plan: any Plan,
    _ values: String,
    _ observed: String
  ) {
    let indices = Array(range)
    plan.withInput(plan.graph.requiredInput(values)) {
      rows.copyValues(indices.span, into: &$0)
    }
    guard let marks = plan.graph.input(observed) else { return }
    plan.withInput(marks) { rows.copyObserved(indices.span, into: &$0) }
  }

  private func graph(_ queries: Int, _ length: Int, masked: Bool) throws(GraphError) -> Graph {
    let width = references.valueCount
    var builder = GraphBuilder()
    let x = builder.input("items", [queries, width])
    let r = builder.input("references", [length, width])
    let squares = builder.apply(.square, r)
    let cross = builder.dense(builder.affine(x, scale: -2), r)
    guard masked else {
      builder.output("distances", builder.sum(cross, builder.sum(squares, axes: [1])))
      return try builder.finish()
    }
    let p = builder.input("itemObserved", [queries, width])
    let s = builder.input("referenceObserved", [length, width])
    let own = builder.sum(builder.dense(builder.apply(.square, x), s), builder.dense(p, squares))
    let total = builder.apply(.relu, builder.sum(cross, own))
    let shared = builder.dense(p, s)
    let some = builder.apply(.maximum, shared, builder.constant(1))
    let mean = builder.affine(builder.quotient(total, some), scale: Float(width))
    let none = builder.apply(.greater, builder.constant(0.5), shared)
    builder.output("distances", builder.sum(mean, builder.affine(none, scale: Self.unknown)))
    return try builder.finish()
  }
}

/// The nearest references of items, from nearest to furthest; the first in order among equals.
package struct NeighborLists: Sendable {
  /// How many each item has at most.
  package let count: Int
  /// The places of the references, `[items, count]`; -1 where there are fewer.
  private(set) var rows: [Int32]
  private var distances: [Float]

  package init(_ items: Int, count: Int) {
    self.count = count
    rows = Array(repeating: -1, count: items * count)
    distances = Array(repeating: .infinity, count: items * count)
  }

  /// Takes those references of a block that are nearer than what is known.
  package mutating func take(_ row: Span<Float>, from start: Int, for item: Int, without own: Int) {
    let first = item * count
    let last = first + count - 1
    var bound = distances[last]
    for index in row.indices where row[index] < bound {
      if start + index == own { continue }
      var place = last
      while place > first, distances[place - 1] > row[index] {
        distances[place] = distances[place - 1]
        rows[place] = rows[place - 1]
        place -= 1
      }
      distances[place] = row[index]
      rows[place] = Int32(truncatingIfNeeded: start + index)
      bound = distances[last]
    }
  }
}

extension EncodedRows {
  /// Whether some value of some item is missing.
  package var hasGaps: Bool {
    guard layout != nil else { return false }
    var observed = [Float](repeating: 0, count: valueCount)
    for row in 0..<count {
      let index = [row]
      var marks = observed.mutableSpan
      copyObserved(index.span, into: &marks)
      if observed.contains(0) { return true }
    }
    return false
  }
}
