internal import CHourglassNearest
package import HourglassTensors

/// The exact search for the nearest of some rows of finite numbers by the Euclidean distance, in one pass
/// that keeps no distance but the smallest: for many items among thousands of rows of some ten numbers,
/// where writing all distances takes longer than computing them.
///
/// What an item finds depends neither on the other items nor on the number of threads.
package struct PanelNeighbors: Sendable {
  /// The number of rows.
  package let count: Int
  private let width: Int
  private let panels: [Float]
  private let norms: [Float]
  private let numbers: [Int32]

  /// The largest magnitude of a number.
  package static let bound: Float = 1e6

  /// Takes rows `[count, width]`, whose numbers are at most `bound` in magnitude.
  package init(_ rows: Tensor) {
    (count, width) = (rows.shape[0], rows.shape[1])
    let lanes = Int(HG_NEAREST_LANES)
    let filled = (count + lanes - 1) / lanes * lanes
    var panels = [Float](repeating: 0, count: filled * width)
    var norms = [Float](repeating: .infinity, count: filled)
    for row in 0..<count {
      let bytes = rows.scalars[row * width..<(row + 1) * width].flatMap { value in
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value.bitPattern >> $0) }
      }
      let isSet = hg_nearest_set_row(
        &panels,
        &norms,
        Int64(width),
        Int64(row),
        bytes,
        Double(Self.bound)
      )
      precondition(isSet == 1, "numbers are finite and at most \(Self.bound) in magnitude")
    }
    (self.panels, self.norms) = (panels, norms)
    numbers = (0..<count).map { Int32($0) }
  }

  /// The nearest rows of items `[items, width]`, from nearest to furthest, the first among equals.
  ///
  /// - Parameters:
  ///   - count: How many are wanted of each item.
  ///   - threads: How many threads search at most.
  package func nearest(to items: Tensor, count wanted: Int, threads: Int) -> NeighborLists {
    let (queries, wanted) = (items.shape[0], min(wanted, count))
    guard queries > 0, wanted > 0 else { return NeighborLists(queries, count: max(wanted, 1)) }
    var found = NeighborLists(0, count: wanted)
    for start in stride(from: 0, to: queries, by: Self.block) {
      let part = items.scalars[start * width..<min(start + Self.block, queries) * width]
      found.append(nearest(to: Array(part), count: wanted, threads: threads))
    }
    return found
  }

  /// The items that are looked for together, which bounds the memory that candidates take.
  private static let block = 4_096

  private func nearest(to items: [Float], count wanted: Int, threads: Int) -> NeighborLists {
    let queries = items.count / width
    var distances = [Double](repeating: .infinity, count: queries * wanted)
    var rows = [Int64](repeating: -1, count: queries * wanted)
    let isSmall = count * width * queries < 1 << 20
    let status = hg_nearest_search(
      panels,
      norms,
      nil,
      numbers,
      [],
      0,
      Int64(count),
      Int64(width),
      items,
      Int64(queries),
      Int64(wanted),
      0,
      isSmall ? 1 : Int32(clamping: threads),
      &distances,
      &rows
    )
    precondition(status == 0, "there is memory for \(queries * wanted) neighbors")
    return NeighborLists(
      count: wanted,
      rows: rows.map { Int32(truncatingIfNeeded: $0) },
      distances: distances
    )
  }
}
