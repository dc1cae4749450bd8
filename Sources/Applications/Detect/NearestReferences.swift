internal import HourglassAutoencoders
internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

/// Rows that were learnt from, and the search for the nearest of them.
///
/// A cell that is missing in a row adds nothing to its distance. A category counts by how much it
/// varies, as numbers do, which are brought to a variance of 1: w = 1 / Σ q (1 - q) over its levels
/// with the shares q, so that a rare level is far. The distances are found by a product
///
///     Σ w p (x - r)² = Σ w p x² + [p x, p] · [-2 w r, w r²]
///
/// of which the first term is the same for all r, and that of the nearest rows is computed anew from
/// the differences.
struct NearestReferences: Sendable {
  /// The values of the rows, `[count, width]`; those of missing cells are 0.
  let rows: Tensor

  /// Small groups of the rows, by their places; none where the nearest of all rows counts.
  let groups: [[Int]]

  private let layout: FieldLayout
  private let places: [Range<Int>]
  /// The weight of each field.
  private let fieldWeights: [Double]
  private let identity = Identity()

  private final class Identity: Sendable {}

  /// A row and the squared distance to it.
  struct Neighbour: Hashable, Sendable {
    var row: Int
    var distance: Double
  }

  private static let groupCount = 32
  private static let groupSize = 64

  init(rows: Tensor, layout: FieldLayout, isGrouped: Bool = false) {
    precondition(rows.shape.rank == 2 && rows.shape[1] == layout.width, "rows have the width")
    self.rows = rows
    groups = isGrouped ? Self.groups(of: rows.shape[0]) : []
    self.layout = layout
    places = layout.ranges
    fieldWeights = Self.weights(rows, layout)
  }

  /// Groups of at most half the rows, which share rows where there are too few for each to have its own.
  private static func groups(of count: Int) -> [[Int]] {
    var order = Array(0..<count)
    Permutation.shuffle(&order, seed: 0, purpose: purpose, number: 0)
    let size = min(groupSize, max(count / 2, 1))
    return (0..<groupCount).map { group in
      let start = group * count / groupCount
      return (0..<size).map { order[(start + $0) % count] }
    }
  }

  private static let purpose: UInt32 = 0x6772_6f75

  /// 1 for a number, and for a category by its levels among the rows.
  private static func weights(_ rows: Tensor, _ layout: FieldLayout) -> [Double] {
    let count = Double(max(rows.shape[0], 1))
    var shares = [Double](repeating: 0, count: layout.width)
    if layout.categoryCount > 0 {
      for row in 0..<rows.shape[0] {
        for place in 0..<layout.width {
          shares[place] += Double(rows.scalars[row * layout.width + place]) / count
        }
      }
    }
    return zip(layout.fields, layout.ranges).map { field, range in
      guard case .category = field else { return 1 }
      let variance = range.reduce(0.0) { $0 + shares[$1] * (1 - shares[$1]) }
      return 1 / max(variance, leastVariance)
    }
  }

  /// The least variance of a category, so that one level seen once does not outweigh all else.
  private static let leastVariance = 0.02

  var count: Int { rows.shape[0] }

  /// The rows that the distance of each item is measured to, the mean of which it is: the nearest one, or
  /// that of each group, other than the item itself.
  ///
  /// Rows that were learnt from may be scored too. One that is kept would be its own neighbour, at no
  /// distance, and look more usual than a new one; leaving one row at no distance out makes them
  /// alike. The rows that false alarms are counted on are scored by the same rule.
  func others(_ items: DetectionItems, on engine: ComputeEngine) async throws -> [[Neighbour]] {
    let nearest = try await neighbours(of: items, count: 2, inGroups: true, on: engine)
    return nearest.map { found in
      stride(from: 0, to: found.count, by: 2).map { place in
        let hasOther = place + 1 < found.count
        return found[place].distance == 0 && hasOther ? found[place + 1] : found[place]
      }
    }
  }

  /// The nearest rows of each item, the nearest first; of several groups those of each, one group after
  /// the other.
  func neighbours(
    of items: DetectionItems,
    count wanted: Int = 1,
    inGroups: Bool = false,
    on engine: ComputeEngine
  ) async throws -> [[Neighbour]] {
    let parts = inGroups && !groups.isEmpty ? groups : [Array(0..<count)]
    var nearest = [[Neighbour]](repeating: [], count: items.count)
    // An item without a missing cell takes a product of half the width; which of the two it takes
    // depends on the item alone.
    let whole = (0..<items.count).filter { isWhole(items.item($0)) }
    if !whole.isEmpty {
      let found = try await search(items, whole, wanted, parts, isWhole: true, on: engine)
      for (index, neighbours) in zip(whole, found) { nearest[index] = neighbours }
    }
    if whole.count < items.count {
      let rest = (0..<items.count).filter { nearest[$0].isEmpty }
      let found = try await search(items, rest, wanted, parts, isWhole: false, on: engine)
      for (index, neighbours) in zip(rest, found) { nearest[index] = neighbours }
    }
    return nearest
  }

  private func isWhole(_ item: [Float]) -> Bool {
    item[layout.width...].allSatisfy { $0 == 1 }
  }

  private func search(
    _ items: DetectionItems,
    _ indices: [Int],
    _ wanted: Int,
    _ parts: [[Int]],
    isWhole: Bool,
    on engine: isolated ComputeEngine
  ) async throws -> [[Neighbour]] {
    var found: [[Neighbour]] = []
    found.reserveCapacity(indices.count)
    let batch = 128
    let plan = try engine.keptPlan(of: identity, for: "nearest \(isWhole)") { engine in
      let graph = try graph(batch: batch, isWhole: isWhole)
      return try engine.makePlan(graph, seed: 0, precision: .float32)
    }
    let input = plan.graph.requiredInput("items")
    let output = plan.graph.requiredOutput("distances")
    for start in stride(from: 0, to: indices.count, by: batch) {
      let part = indices[start..<min(start + batch, indices.count)]
      let fed = part.map { items.item($0) }
      plan.withInput(input) { span in
        for (place, item) in fed.enumerated() { write(item, at: place, isWhole, into: &span) }
        // Rows that only fill the batch are those of its first item.
        for place in fed.count..<batch { write(fed[0], at: place, isWhole, into: &span) }
      }
      try plan.run(step: 1)
      plan.withOutput(output) { span in
        for place in fed.indices {
          let row = span.extracting(place * count..<(place + 1) * count)
          var all: [Neighbour] = []
          for rows in parts { all += nearest(in: row, of: rows.span, wanted, to: fed[place]) }
          found.append(all)
        }
      }
      try Task.checkCancellation()
      await Task.yield()
    }
    return found
  }

  private func write(
    _ item: [Float],
    at place: Int,
    _ isWhole: Bool,
    into span: inout MutableSpan<Float>
  ) {
    let width = layout.width
    if isWhole {
      for index in 0..<width { span[place * width + index] = item[index] }
      return
    }
    let start = place * 2 * width
    for (field, range) in places.enumerated() {
      let presence = item[width + field]
      for index in range {
        span[start + index] = item[index] * presence
        span[start + width + index] = presence
      }
    }
  }

  /// Those of some rows with the smallest numbers, in the order of their distances.
  private func nearest(
    in numbers: Span<Float>,
    of rows: Span<Int>,
    _ wanted: Int,
    to item: [Float]
  ) -> [Neighbour] {
    var found: [(value: Float, row: Int)] = []
    found.reserveCapacity(wanted + 1)
    for index in rows.indices {
      let row = rows[index]
      let value = numbers[row]
      if found.count == wanted, value >= found[wanted - 1].value { continue }
      let place = found.firstIndex { $0.value > value } ?? found.count
      found.insert((value, row), at: place)
      if found.count > wanted { found.removeLast() }
    }
    return found.map { Neighbour(row: $0.row, distance: distance(item, $0.row)) }
      .sorted { ($0.distance, $0.row) < ($1.distance, $1.row) }
  }

  private func distance(_ item: [Float], _ row: Int) -> Double {
    var sum = 0.0
    addParts(of: item, to: row) { sum += $1 }
    return sum
  }

  /// What each field adds to the squared distance of an item to a row.
  func addParts(of item: [Float], to row: Int, _ add: (Int, Double) -> Void) {
    let values = rows.scalars.span
    let start = row * layout.width
    for (field, range) in places.enumerated() where item[layout.width + field] > 0 {
      var sum = 0.0
      for index in range {
        let difference = Double(item[index]) - Double(values[start + index])
        sum += difference * difference
      }
      add(field, sum * fieldWeights[field])
    }
  }

  private func graph(batch: Int, isWhole: Bool) throws -> Graph {
    let width = layout.width
    var builder = GraphBuilder()
    let values = rows.scalars
    var weights: [Float] = []
    var squares: [Float] = []
    let scales = zip(places, fieldWeights).flatMap { range, weight in
      range.map { _ in Float(weight) }
    }
    weights.reserveCapacity(count * width * (isWhole ? 1 : 2))
    for row in 0..<count {
      let part = zip(values[row * width..<(row + 1) * width], scales)
      weights += part.map { -2 * $0 * $1 }
      if isWhole {
        squares.append(Float(part.reduce(0.0) { $0 + Double($1.0) * Double($1.0) * Double($1.1) }))
      } else {
        weights += part.map { $0 * $0 * $1 }
      }
    }
    let inputs = isWhole ? width : 2 * width
    let items = builder.input("items", [batch, inputs])
    let matrix = builder.fixed("references", [count, inputs], weights)
    let bias = isWhole ? builder.fixed("squares", [count], squares) : nil
    builder.output("distances", builder.dense(items, matrix, bias: bias))
    return try builder.finish()
  }
}
