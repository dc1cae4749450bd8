/// Items each of which comes with one of its neighbors, drawn anew in each epoch.
///
/// The neighbors of an item that is trained on are its nearest ones among those that are trained on,
/// and the items that it is a nearest one of; a pair that is both is drawn twice as often. An
/// item that is held out has nearest ones alone, and is nobody's.
package struct NeighborPairs: PairedBatchSource {
  private let items: EncodedRows
  private let seed: UInt64
  private let epoch: Int
  /// Where the neighbors of each item start in `neighbors`, and where those of the last one end.
  private let starts: [Int]
  private let neighbors: [Int32]

  /// The most items that neighbors are looked for among; of more, so many are drawn.
  package static let referenceLimit = 50_000

  private static let purpose = (sample: UInt32(0x6e62_7273), partner: UInt32(0x7061_6972))

  /// Finds the neighbors of items.
  ///
  /// - Parameters:
  ///   - items: The items of which some are trained on and the others held out.
  ///   - learning: The places of those that are trained on, rising.
  ///   - count: The number of nearest ones of each item.
  package init(
    _ items: EncodedRows,
    learning: [Int],
    count: Int,
    seed: UInt64,
    on engine: ComputeEngine,
    progress: @Sendable (Double) -> Void
  ) async throws {
    var references = learning
    if references.count > Self.referenceLimit {
      Permutation.shuffle(&references, seed: seed, purpose: Self.purpose.sample, number: 0)
      references = references.prefix(Self.referenceLimit).sorted()
    }
    var own = [Int](repeating: -1, count: items.count)
    for (place, item) in references.enumerated() { own[item] = place }
    let nearest = try await NearestNeighbors(items.selecting(references)).nearest(
      to: items,
      without: own,
      count: min(count, max(references.count - 1, 1)),
      isMeasured: false,
      on: engine,
      progress: progress
    )
    var isLearned = [Bool](repeating: false, count: items.count)
    for item in learning { isLearned[item] = true }
    (starts, neighbors) = Self.joined(nearest, references, isLearned)
    self.items = items
    self.seed = seed
    epoch = 0
  }

  private init(_ other: NeighborPairs, epoch: Int) {
    items = other.items
    seed = other.seed
    starts = other.starts
    neighbors = other.neighbors
    self.epoch = epoch
  }

  /// The nearest ones of each item with those that it is a nearest one of, one item after another.
  private static func joined(
    _ nearest: NeighborLists,
    _ references: [Int],
    _ isLearned: [Bool]
  ) -> (starts: [Int], neighbors: [Int32]) {
    func forEachPair(_ body: (Int, Int) -> Void) {
      for (place, row) in nearest.rows.enumerated() where row >= 0 {
        let (item, other) = (place / nearest.count, references[Int(row)])
        body(item, other)
        if isLearned[item] { body(other, item) }
      }
    }
    var starts = [Int](repeating: 0, count: isLearned.count + 1)
    forEachPair { item, _ in starts[item + 1] += 1 }
    for item in isLearned.indices { starts[item + 1] += starts[item] }
    var ends = starts
    var neighbors = [Int32](repeating: 0, count: starts[isLearned.count])
    forEachPair { item, other in
      neighbors[ends[item]] = Int32(truncatingIfNeeded: other)
      ends[item] += 1
    }
    return (starts, neighbors)
  }

  package var count: Int { items.count }
  package var itemShape: Shape { items.itemShape }
  package var targetShape: Shape { items.itemShape }
  package var failure: FileError? { items.failure }

  package func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    items.copyItems(indices, into: &destination)
  }

  package func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    var partners: [Int] = []
    partners.reserveCapacity(indices.count)
    for place in indices.indices { partners.append(partner(of: indices[place])) }
    items.copyItems(partners.span, into: &destination)
  }

  package func drawn(inEpoch epoch: Int) -> any BatchSource { NeighborPairs(self, epoch: epoch) }

  /// The neighbor that comes with an item; the item itself where it has none.
  package func partner(of item: Int) -> Int {
    let range = starts[item]..<starts[item + 1]
    guard !range.isEmpty else { return item }
    let words = Philox.block(
      key: seed,
      counter: (
        UInt32(truncatingIfNeeded: item), UInt32(truncatingIfNeeded: item >> 32),
        UInt32(truncatingIfNeeded: epoch), Self.purpose.partner
      )
    )
    let draw = UInt64(words.0) << 32 | UInt64(words.1)
    let place = draw.multipliedFullWidth(by: UInt64(range.count)).high
    return Int(neighbors[range.lowerBound + Int(place)])
  }
}
