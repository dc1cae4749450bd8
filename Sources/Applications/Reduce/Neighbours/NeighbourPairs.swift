internal import HourglassAutoencoders
internal import HourglassEngines
internal import HourglassTensors

/// Items each of which comes with one of its neighbours, drawn anew in each epoch.
///
/// The neighbours of an item that is learnt from are its nearest ones among those that are learnt from,
/// and the items that it is a nearest one of; a pair that is both is drawn twice as often. An
/// item that is held out has nearest ones alone, and is nobody's.
struct NeighbourPairs: PairedBatchSource {
  private let items: EncodedRows
  private let seed: UInt64
  private let epoch: Int
  /// Where the neighbours of each item start in `neighbours`, and where those of the last one end.
  private let starts: [Int]
  private let neighbours: [Int32]

  /// The most items that neighbours are looked for among; of more, so many are drawn.
  static let referenceLimit = 50_000

  private static let purpose = (sample: UInt32(0x6e62_7273), partner: UInt32(0x7061_6972))

  /// Finds the neighbours of items.
  ///
  /// - Parameters:
  ///   - items: The items of which some are learnt from and the others held out.
  ///   - learning: The places of those that are learnt from, rising.
  ///   - count: The number of nearest ones of each item.
  init(
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
    let nearest = try await NeighbourSearch(items.selecting(references)).nearest(
      to: items,
      own: own,
      count: min(count, max(references.count - 1, 1)),
      on: engine,
      progress: progress
    )
    var isLearnt = [Bool](repeating: false, count: items.count)
    for item in learning { isLearnt[item] = true }
    (starts, neighbours) = Self.joined(nearest, references, isLearnt)
    self.items = items
    self.seed = seed
    epoch = 0
  }

  private init(_ other: NeighbourPairs, epoch: Int) {
    items = other.items
    seed = other.seed
    starts = other.starts
    neighbours = other.neighbours
    self.epoch = epoch
  }

  /// The nearest ones of each item with those that it is a nearest one of, one item after another.
  private static func joined(
    _ nearest: NeighbourLists,
    _ references: [Int],
    _ isLearnt: [Bool]
  ) -> (starts: [Int], neighbours: [Int32]) {
    func forEachPair(_ body: (Int, Int) -> Void) {
      for (place, row) in nearest.rows.enumerated() where row >= 0 {
        let (item, other) = (place / nearest.count, references[Int(row)])
        body(item, other)
        if isLearnt[item] { body(other, item) }
      }
    }
    var starts = [Int](repeating: 0, count: isLearnt.count + 1)
    forEachPair { item, _ in starts[item + 1] += 1 }
    for item in isLearnt.indices { starts[item + 1] += starts[item] }
    var ends = starts
    var neighbours = [Int32](repeating: 0, count: starts[isLearnt.count])
    forEachPair { item, other in
      neighbours[ends[item]] = Int32(truncatingIfNeeded: other)
      ends[item] += 1
    }
    return (starts, neighbours)
  }

  var count: Int { items.count }
  var itemShape: Shape { items.itemShape }
  var targetShape: Shape { items.itemShape }
  var failure: FileError? { items.failure }

  func copyItems(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    items.copyItems(indices, into: &destination)
  }

  func copyTargets(_ indices: Span<Int>, into destination: inout MutableSpan<Float>) {
    var partners: [Int] = []
    partners.reserveCapacity(indices.count)
    for place in indices.indices { partners.append(partner(of: indices[place])) }
    items.copyItems(partners.span, into: &destination)
  }

  func drawn(inEpoch epoch: Int) -> any BatchSource { NeighbourPairs(self, epoch: epoch) }

  /// The neighbour that comes with an item; the item itself where it has none.
  func partner(of item: Int) -> Int {
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
    return Int(neighbours[range.lowerBound + Int(place)])
  }
}
