package import HourglassData

/// Joins times of series that are anomalies and no further apart than an eighth of a window.
package struct RangeJoiner: Sendable {
  private let reach: Int
  private var closed: [AnomalousRange] = []
  private var open: (first: Int, place: Int, range: AnomalousRange)?

  /// The number in `ranges`, from 0, of the range that each anomalous row is in, of those that were
  /// taken last.
  package private(set) var numbersOfRows: [Int: Int] = [:]

  /// Begins.
  ///
  /// - Parameter window: The rows of a window.
  package init(window: Int) { reach = max(window / 8, 1) }

  /// The ranges in the order in which they came, with the one that has not ended yet.
  package var ranges: [AnomalousRange] { closed + [open?.range].compactMap(\.self) }

  /// The numbers of `ranges`, the most unusual first.
  package var order: [Int] {
    let ranges = ranges
    return ranges.indices.sorted {
      (ranges[$0].score, ranges[$1].start, $1) > (ranges[$1].score, ranges[$0].start, $0)
    }
  }

  /// The ranges, the most unusual first.
  package var mostUnusualFirst: [AnomalousRange] {
    let ranges = ranges
    return order.map { ranges[$0] }
  }

  /// Where the anomalies among findings are, by the rows of the table that was given.
  package static func positions(of findings: Findings) -> [Int: Int] {
    var positions: [Int: Int] = [:]
    for position in findings.indices where findings.anomalies[position] {
      positions[findings.item(position)] = position
    }
    return positions
  }

  /// Takes the findings of a series, or of the next stretch of one.
  ///
  /// - Parameters:
  ///   - findings: What was found; their items are rows of the table that was given.
  ///   - positions: Where the anomalies among them are.
  ///   - series: The series.
  ///   - group: The rows of its table.
  ///   - firstRow: The number of rows before the first one that was given.
  ///   - firstPlace: The number of times before the first one of the group.
  package mutating func take(
    _ findings: Findings,
    at positions: [Int: Int],
    of series: SeriesSet,
    group: Range<Int>,
    firstRow: Int = 0,
    firstPlace: Int = 0
  ) {
    numbersOfRows = [:]
    guard !positions.isEmpty else { return }
    for row in group {
      guard let item = series.originalRows[row], let position = positions[item] else { continue }
      let place = firstPlace + row - group.lowerBound
      take(findings, position, at: place, row: firstRow + item, stamp: series.timeStamps[row])
    }
  }

  private mutating func take(
    _ findings: Findings,
    _ position: Int,
    at place: Int,
    row: Int,
    stamp: String
  ) {
    let score = findings.scores[position]
    let isNear = open.map { place - $0.place <= reach } ?? false
    if !isNear { endGroup() }
    let first = open?.first ?? row
    let isBest = open.map { score > $0.range.score } ?? true
    let channel =
      isBest
      ? findings.topFields(position, limit: 1).first.map { findings.fieldNames[$0] } ?? ""
      : open?.range.channel ?? ""
    let range = AnomalousRange(
      start: open?.range.start ?? stamp,
      end: stamp,
      rows: min(first, row)...max(first, row),
      score: isBest ? score : open?.range.score ?? score,
      channel: channel
    )
    open = (first, place, range)
    numbersOfRows[row] = closed.count
  }

  /// Ends the range that is open: the next time is of another series.
  package mutating func endGroup() {
    if let range = open?.range { closed.append(range) }
    open = nil
  }
}
