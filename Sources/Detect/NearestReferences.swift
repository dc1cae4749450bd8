internal import HourglassAutoencoders
internal import HourglassEncodings
internal import HourglassEngines
internal import HourglassNetworks
internal import HourglassStatistics
internal import HourglassTensors

/// Rows that were trained on, and the search for the nearest of them.
///
/// A cell that is missing in a row adds nothing to its distance. A category counts by how much it
/// varies, as numbers do, which are brought to a variance of 1: w = 1 / Σ q (1 - q) over its levels
/// with the shares q, so that a rare level is far.
struct NearestReferences: Sendable {
  /// The values of the rows, `[count, width]`; those of missing cells are 0.
  let rows: Tensor

  /// Small groups of the rows, by their places; none where the nearest of all rows counts.
  let groups: [[Int]]

  private let layout: FeatureSchema
  /// The field of each value.
  private let fields: [Int]
  /// The weight of each value, which is that of its field.
  private let weights: [Double]
  /// Whether each field has one value.
  private let isNarrow: Bool
  private let search: NearestNeighbors

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
    fields = layout.fieldOfValue
    let fieldWeights = Self.weights(rows, layout)
    weights = fields.map { fieldWeights[$0] }
    isNarrow = layout.width == layout.count
    search = NearestNeighbors(
      TensorSource(rows),
      layout: layout,
      weights: weights,
      isReused: true
    )
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
    _ items: EncodedRows,
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
    _ items: EncodedRows,
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
    of items: EncodedRows,
    on engine: isolated ComputeEngine,
    _ body: (_ index: Int, _ group: Int, _ other: Neighbor) -> Void
  ) async throws {
    let parts = groups.isEmpty ? [Array(0..<count)] : groups
    try await search.forEachDistance(of: items, on: engine) { index, _, item, numbers in
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
    of items: EncodedRows,
    count wanted: Int = 1,
    on engine: isolated ComputeEngine
  ) async throws -> [[Neighbor]] {
    let found = try await search.nearest(to: items, count: wanted, on: engine)
    return (0..<items.count).map { item in
      found.of(item).map { Neighbor(row: $0.row, distance: $0.distance) }
    }
  }

  /// The squared distance of an item to a row.
  private func distance(_ item: Span<Float>, _ row: Int) -> Double {
    let width = layout.width
    return search.distance(item, rows.scalars.span.extracting(row * width..<(row + 1) * width))
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
}
