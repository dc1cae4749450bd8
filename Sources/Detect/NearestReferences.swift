internal import HourglassAutoencoders
internal import HourglassEngines
internal import HourglassGraphs
internal import HourglassNetworks
internal import HourglassTensors

/// Rows that were trained on, and the search for the nearest of them.
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

  private let layout: FeatureSchema
  private let places: [Range<Int>]
  /// The field of each value.
  private let fields: [Int]
  /// The weight of each value, which is that of its field.
  private let weights: [Double]
  /// Whether each field has one value.
  private let isNarrow: Bool
  private let identity = Identity()

  private final class Identity: Sendable {}

  /// A row and the squared distance to it.
  struct Neighbor: Hashable, Sendable {
    var row: Int
    var distance: Double
  }

  private static let groupCount = 32
  private static let groupSize = 64

  init(rows: Tensor, layout: FeatureSchema, isGrouped: Bool = false) {
    precondition(rows.shape.rank == 2 && rows.shape[1] == layout.width, "rows have the width")
    self.rows = rows
    groups = isGrouped ? Self.groups(of: rows.shape[0]) : []
    self.layout = layout
    places = layout.ranges
    fields = layout.ranges.enumerated().flatMap { field, range in range.map { _ in field } }
    let fieldWeights = Self.weights(rows, layout)
    weights = fields.map { fieldWeights[$0] }
    isNarrow = layout.width == layout.count
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
  private static func weights(_ rows: Tensor, _ layout: FeatureSchema) -> [Double] {
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

  /// For each item the rows that its distance is measured to.
  struct Others: Sendable {
    /// How many rows there are for an item: one, or one of each group.
    let perItem: Int
    /// These rows, one item after the other, with the squared distances to them.
    fileprivate(set) var neighbors: [Neighbor]

    /// Those of an item.
    func of(_ item: Int) -> ArraySlice<Neighbor> {
      neighbors[item * perItem..<(item + 1) * perItem]
    }
  }

  /// The rows that the distance of each item is measured to, the mean of which it is: the nearest one, or
  /// that of each group, other than the item itself.
  ///
  /// Rows that were trained on may be scored too. One that is kept would be its own neighbor, at no
  /// distance, and look more usual than a new one; leaving one row at no distance out makes them
  /// alike. The rows that false alarms are counted on are scored by the same rule.
  func others(
    _ items: DetectionItems,
    on engine: isolated ComputeEngine
  ) async throws -> Others {
    let perItem = max(groups.count, 1)
    var others = Others(
      perItem: perItem,
      neighbors: Array(repeating: Neighbor(row: 0, distance: 0), count: items.count * perItem)
    )
    try await forEachOther(of: items, on: engine) { index, place, other in
      others.neighbors[index * perItem + place] = other
    }
    return others
  }

  /// The mean of the squared distances of each item to these rows, in memory for a number each.
  func meanDistances(
    _ items: DetectionItems,
    on engine: isolated ComputeEngine
  ) async throws -> [Double] {
    var sums = [Double](repeating: 0, count: items.count)
    try await forEachOther(of: items, on: engine) { index, _, other in
      sums[index] += other.distance
    }
    return sums.map { $0 / Double(max(groups.count, 1)) }
  }

  /// Gives the rows that the distance of each item is measured to, group by group.
  private func forEachOther(
    of items: DetectionItems,
    on engine: isolated ComputeEngine,
    _ body: (_ index: Int, _ group: Int, _ other: Neighbor) -> Void
  ) async throws {
    let parts = groups.isEmpty ? [Array(0..<count)] : groups
    try await forEachItem(of: items, on: engine) { index, item, numbers in
      for (place, part) in parts.enumerated() {
        body(index, place, other(in: numbers, of: part.span, to: item))
      }
    }
  }

  /// Of the two of some rows with the smallest numbers the nearer one, or the other one where that is at no
  /// distance.
  private func other(
    in numbers: Span<Float>,
    of rows: Span<Int>,
    to item: Span<Float>
  ) -> Neighbor {
    var (first, second) = (rows[0], rows[0])
    var (least, next) = (numbers[first], Float.infinity)
    for index in 1..<rows.count {
      let row = rows[index]
      let value = numbers[row]
      guard value < next else { continue }
      if value < least {
        (second, next) = (first, least)
        (first, least) = (row, value)
      } else {
        (second, next) = (row, value)
      }
    }
    var nearer = Neighbor(row: first, distance: distance(item, first))
    guard second != first else { return nearer }
    var farther = Neighbor(row: second, distance: distance(item, second))
    if (farther.distance, farther.row) < (nearer.distance, nearer.row) { swap(&nearer, &farther) }
    return nearer.distance == 0 ? farther : nearer
  }

  /// The nearest rows of each item, the nearest first.
  func neighbors(
    of items: DetectionItems,
    count wanted: Int = 1,
    on engine: isolated ComputeEngine
  ) async throws -> [[Neighbor]] {
    var nearest = [[Neighbor]](repeating: [], count: items.count)
    try await forEachItem(of: items, on: engine) { index, item, numbers in
      nearest[index] = self.nearest(in: numbers, wanted, to: item)
    }
    return nearest
  }

  /// Gives each item with a number for each row: its squared distance without the term that is the same
  /// for all rows.
  private func forEachItem(
    of items: DetectionItems,
    on engine: isolated ComputeEngine,
    _ body: (_ index: Int, _ item: Span<Float>, _ numbers: Span<Float>) -> Void
  ) async throws {
    // An item without a missing cell takes a product of half the width; which of the two it takes
    // depends on the item alone.
    for isWhole in [true, false] {
      let indices = (0..<items.count).filter { items.isWhole($0) == isWhole }
      if !indices.isEmpty {
        try await multiply(items, indices, isWhole: isWhole, on: engine, body)
      }
    }
  }

  private func multiply(
    _ items: DetectionItems,
    _ indices: [Int],
    isWhole: Bool,
    on engine: isolated ComputeEngine,
    _ body: (_ index: Int, _ item: Span<Float>, _ numbers: Span<Float>) -> Void
  ) async throws {
    let batch = 128
    let plan = try engine.keptPlan(of: identity, for: "nearest \(isWhole)") { engine in
      let graph = try graph(batch: batch, isWhole: isWhole)
      return try engine.makePlan(graph, seed: 0, precision: .float32)
    }
    let input = plan.graph.requiredInput("items")
    let output = plan.graph.requiredOutput("distances")
    let length = layout.width + layout.count
    var fed = [Float](repeating: 0, count: batch * length)
    for start in stride(from: 0, to: indices.count, by: batch) {
      let part = Array(indices[start..<min(start + batch, indices.count)])
      var values = fed.mutableSpan
      items.copyItems(part.span, into: &values)
      plan.withInput(input) { span in
        for place in 0..<batch {
          // Rows that only fill the batch are those of its first item.
          let source = place < part.count ? place : 0
          let item = fed.span.extracting(source * length..<(source + 1) * length)
          write(item, at: place, isWhole, into: &span)
        }
      }
      try plan.run(step: 1)
      plan.withOutput(output) { span in
        for (place, index) in part.enumerated() {
          body(
            index,
            fed.span.extracting(place * length..<(place + 1) * length),
            span.extracting(place * count..<(place + 1) * count)
          )
        }
      }
      try Task.checkCancellation()
      await Task.yield()
    }
  }

  private func write(
    _ item: Span<Float>,
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
      let observed = item[width + field]
      for index in range {
        span[start + index] = item[index] * observed
        span[start + width + index] = observed
      }
    }
  }

  /// The rows with the smallest numbers, in the order of their distances.
  private func nearest(
    in numbers: Span<Float>,
    _ wanted: Int,
    to item: Span<Float>
  ) -> [Neighbor] {
    var found: [(value: Float, row: Int)] = []
    found.reserveCapacity(wanted + 1)
    for row in numbers.indices {
      let value = numbers[row]
      if found.count == wanted, value >= found[wanted - 1].value { continue }
      let place = found.firstIndex { $0.value > value } ?? found.count
      found.insert((value, row), at: place)
      if found.count > wanted { found.removeLast() }
    }
    return found.map { Neighbor(row: $0.row, distance: distance(item, $0.row)) }
      .sorted { ($0.distance, $0.row) < ($1.distance, $1.row) }
  }

  /// The squared distance of an item to a row.
  private func distance(_ item: Span<Float>, _ row: Int) -> Double {
    let width = layout.width
    let reference = rows.scalars.span.extracting(row * width..<(row + 1) * width)
    let (fields, weights) = (fields.span, weights.span)
    // Four sums, so that an addition need not wait for the one before.
    var sums = (0.0, 0.0, 0.0, 0.0)
    func part(_ place: Int) -> Double {
      let difference = Double(item[place]) - Double(reference[place])
      return difference * difference * weights[place] * Double(item[width + fields[place]])
    }
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

  /// Adds what each field adds to the squared distance of an item to a row.
  ///
  /// - Parameter sums: One for each field.
  func addParts(of item: Span<Float>, to row: Int, into sums: inout MutableSpan<Double>) {
    let width = layout.width
    let reference = rows.scalars.span.extracting(row * width..<(row + 1) * width)
    let weights = weights.span
    if isNarrow {
      let observed = item.extracting(width..<2 * width)
      for place in 0..<width {
        let difference = Double(item[place]) - Double(reference[place])
        sums[place] += difference * difference * weights[place] * Double(observed[place])
      }
      return
    }
    let fields = fields.span
    for place in 0..<width {
      let difference = Double(item[place]) - Double(reference[place])
      let observed = Double(item[width + fields[place]])
      sums[fields[place]] += difference * difference * weights[place] * observed
    }
  }

  private func graph(batch: Int, isWhole: Bool) throws -> Graph {
    let width = layout.width
    var builder = GraphBuilder()
    let values = rows.scalars
    var weights: [Float] = []
    var squares: [Float] = []
    let scales = self.weights.map { Float($0) }
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
