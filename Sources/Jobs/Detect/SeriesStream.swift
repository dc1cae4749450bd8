internal import HourglassData
internal import HourglassDetect
internal import HourglassEngines
internal import HourglassReports
internal import HourglassStatistics

/// Scores large series stretch by stretch, in memory that their length does not matter to.
///
/// Ranges are numbered as they come in the file that is written: which of them is the most unusual is
/// known at the end alone.
struct SeriesStream: Sendable {
  let fitted: FittedAnomalyDetector
  let engine: ComputeEngine
  let series: LargeSeries

  /// Scores all rows, and writes what is found to a file where there is one.
  func score(
    into path: String?
  ) async throws -> (counts: DetectStream.Counts, ranges: [AnomalousRange]) {
    var counts = DetectStream.Counts(
      drift: ScoreDrift(calibrationCount: fitted.calibration.count)
    )
    var joiner = RangeJoiner(window: series.options.window)
    var writer: CSVWriter?
    try await DataPieces.forEach(of: .largeSeries(series)) { piece in
      guard let stretch = piece.stretch else { return }
      let findings = try await fitted.findings(in: piece.data, on: engine).within(stretch.rows)
      joiner.take(
        findings,
        at: RangeJoiner.positions(of: findings),
        of: stretch.series,
        group: stretch.series.groups[0],
        firstRow: stretch.firstRow,
        firstPlace: stretch.firstPlace
      )
      if let path {
        var table = FindingsTable(findings)
        table.addTimes(stretch.series, findings) { joiner.numbersOfRows[stretch.firstRow + $0] }
        let rows = table.table
        let current = try writer ?? CSVWriter(replacing: path, columns: rows.columns.map(\.name))
        writer = current
        try current.append(rows)
      }
      if stretch.endsGroup { joiner.endGroup() }
      counts.top.take(findings, rows: nil, firstRow: stretch.firstRow)
      counts.drift.take(findings.pValues)
      counts.rows += findings.count
      counts.anomalies += findings.anomalyCount
    }
    try writer?.commit()
    return (counts, joiner.mostUnusualFirst)
  }
}
