package import HourglassData

/// Joins times of series that are anomalies and no further apart than an eighth of a window.
package struct RangeJoiner: Sendable {
  private let reach: Int
  private var closed: [AnomalousRange] = []
  private var open: (first: Int, place: Int, range: AnomalousRange)?

  /// The number, from 1, of the range that each anomalous row of the last chunk is in: rows are those of
  /// the table that was given, less those before the chunk.
  package private(set) var numbersOfRows: [Int: Int] = [:]

  /// Begins.
  ///
  /// - Parameter window: The rows of a window.
  package init(window: Int) { reach = max(window / 8, 1) }

  /// The ranges, the most unusual first, with the one that has not ended yet.
  package var mostUnusualFirst: [AnomalousRange] {
    (closed + [open?.range].compactMap(\.self))
      .sorted { ($0.score, $1.start, $1.number) > ($1.score, $0.start, $0.number) }
  }

  /// Takes the findings of the next chunk of series; their items are rows of the chunk.
  package mutating func take(_ findings: Findings, of chunk: SeriesChunk) {
    numbersOfRows = [:]
    var positions: [Int: Int] = [:]
    for position in findings.indices where findings.anomalies[position] {
      positions[findings.item(position)] = position
    }
    let series = chunk.series
    for (key, group) in zip(series.keys(), series.groups) {
      for row in group {
        guard let item = series.originalRows[row], let position = positions[item] else { continue }
        take(
          findings,
          position,
          at: chunk.firstPlace + row - group.lowerBound,
          row: chunk.firstRow + item,
          stamp: series.timeStamps[row],
          key: key.isEmpty ? nil : key
        )
        numbersOfRows[item] = open?.range.number
      }
      if group.upperBound < series.table.rowCount || chunk.endsGroup { endGroup() }
    }
  }

  private mutating func take(
    _ findings: Findings,
    _ position: Int,
    at place: Int,
    row: Int,
    stamp: String,
    key: String?
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
      number: closed.count + 1,
      start: open?.range.start ?? stamp,
      end: stamp,
      rows: min(first, row)...max(first, row),
      score: isBest ? score : open?.range.score ?? score,
      channel: channel,
      series: key
    )
    open = (first, place, range)
  }

  /// Ends the range that is open: the next time is of another series.
  private mutating func endGroup() {
    if let range = open?.range { closed.append(range) }
    open = nil
  }
}
