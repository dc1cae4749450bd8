import Foundation
import Hourglass
import HourglassBenchmarkSupport

/// Anomalies in series of the Numenta Anomaly Benchmark: a folder of CSV files with `timestamp` and `value`,
/// and `combined_windows.json` with the windows that hold anomalies.
///
/// Reference: Lavin, Ahmad, 2015, "Evaluating Real-Time Anomaly Detection Algorithms: the Numenta Anomaly
/// Benchmark", arXiv:1510.03336, section II.
struct SeriesBenchmark: QualityBenchmark {
  let name = "series-anomaly"
  let summary =
    "Each series is trained on and scored as a whole, by windows of 128 rows; the first 15 % of "
    + "its rows, at most 750, are not evaluated. An alarm is the greatest score among the 64 rows on both "
    + "sides, in mean deviations of the series. The NAB score is that of the standard profile, 100 for "
    + "every window found at its beginning and no false alarm, 0 for no alarm, with the one threshold for "
    + "all series that is best, over the files that are there. AUROC is the mean over series with windows."
  let figures = [
    BenchmarkResult.Figure("NAB score", places: 1, moreIsBetter: true),
    BenchmarkResult.Figure("AUROC", places: 3, moreIsBetter: true),
  ]
  let published = [
    ("random", 11.0), ("windowed Gaussian", 39.6), ("random cut forest", 51.7),
    ("Numenta HTM", 70.5),
  ].map {
    BenchmarkResult.Method(
      $0.0,
      source: "NAB 1.0, all 58 series, learning as the values come, which is harder",
      [$0.1, nil]
    )
  }

  /// The rows from one window to the next; `nil` takes what a user gets.
  let stride: Int?

  func measure(_ run: BenchmarkRun) async throws -> BenchmarkMeasurement {
    let list = try run.path(["combined_windows.json"], for: self)
    let windows: [String: [[String]]]
    do {
      let data = try Data(contentsOf: URL(filePath: list))
      windows = try JSONDecoder().decode([String: [[String]]].self, from: data)
    } catch {
      throw BenchmarkError.unsuited(
        list,
        for: name,
        expected: "for each series a list of windows, each of two times",
        found: "something else"
      )
    }
    let paths = try run.paths(ending: ".csv", for: self, what: "series (CSV)")
      .filter { path in windows.keys.contains { path.hasSuffix("/" + $0) } }
    guard !paths.isEmpty else {
      throw BenchmarkError.unsuited(
        run.data,
        for: name,
        expected: "the series that combined_windows.json names",
        found: "none of them"
      )
    }
    var evaluated: [(own: ScoredSeries, baseline: ScoredSeries)] = []
    var parts: [BenchmarkResult.Part] = []
    for path in paths {
      let key = windows.keys.first { path.hasSuffix("/" + $0) } ?? ""
      let table = try Table(contentsOf: path)
      run.says("\(key): \(table.rowCount) rows")
      let labels = try Self.windows(windows[key] ?? [], of: table)
      let own = ScoredSeries(scores: try await scores(of: path, table, run), windows: labels)
      let baseline = ScoredSeries(scores: try Self.deviations(table), windows: labels)
      evaluated.append((own, baseline))
      parts.append(
        BenchmarkResult.Part(
          name: key,
          values: [Double(table.rowCount), Double(labels.count), own.area, baseline.area]
        )
      )
    }
    func values(_ series: [ScoredSeries]) -> [Double?] {
      let areas = series.compactMap(\.area)
      return [
        ScoredSeries.bestScore(series.map(\.peaks)),
        areas.isEmpty ? nil : areas.reduce(0, +) / Double(areas.count),
      ]
    }
    return BenchmarkMeasurement(
      own: values(evaluated.map(\.own)),
      baselines: [
        BenchmarkResult.Method(
          "deviation from the 100 rows before",
          values(evaluated.map(\.baseline))
        )
      ],
      partFigures: [
        BenchmarkResult.Figure("rows", places: 0, moreIsBetter: nil),
        BenchmarkResult.Figure("windows", places: 0, moreIsBetter: nil),
        BenchmarkResult.Figure("AUROC", places: 3, moreIsBetter: true),
        BenchmarkResult.Figure("deviation", places: 3, moreIsBetter: true),
      ],
      parts: parts,
      paths: paths + [list]
    )
  }

  private static let timeColumn = "timestamp"

  /// The score of each row; the same for all where nothing varies.
  private func scores(of path: String, _ table: Table, _ run: BenchmarkRun) async throws -> [Double]
  {
    var scores = [Double](repeating: 0, count: table.rowCount)
    guard Set(try Self.required("value", in: table).numbers).count > 1 else { return scores }
    let folder = try ScratchFolder()
    var request = TaskRequest(task: "detect", data: [absolute(path)])
    request.files = ["output": "scores.csv"]
    request.reading = ["series": Self.timeColumn]
    if let stride { request.reading["stride"] = stride }
    try await run.run(request, in: folder)
    // Rows are scored in the order of their times; rows of one time keep their order.
    let result = try Table(contentsOf: folder.file("scores.csv"))
    let values = try result.numbers("score")
    let times = try Self.required(Self.timeColumn, in: result)
    var rows: [String: [Int]] = [:]
    let given = try Self.required(Self.timeColumn, in: table)
    for row in (0..<table.rowCount).reversed() {
      rows[given.text(row) ?? "", default: []].append(row)
    }
    for (place, value) in values.enumerated() {
      guard let row = rows[times.text(place) ?? ""]?.popLast() else {
        throw BenchmarkError(
          "\(table.name) has no row of the time in row \(place + 1) of its scores."
        )
      }
      scores[row] = value
    }
    return scores
  }

  private static func required(_ name: String, in table: Table) throws -> Table.Column {
    guard let column = table[column: name] else {
      throw BenchmarkError("\(table.name) should have a column \(name).")
    }
    return column
  }

  /// How far each value is from the mean of those before it, in their standard deviations.
  private static func deviations(_ table: Table) throws -> [Double] {
    let numbers = try required("value", in: table).numbers
    let length = 100
    return numbers.indices.map { row in
      let before = numbers[max(row - length, 0)..<row]
      guard before.count > 1 else { return 0 }
      let mean = before.reduce(0, +) / Double(before.count)
      let variance = before.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(before.count)
      return abs(numbers[row] - mean) / max(variance.squareRoot(), 1e-6 * max(abs(mean), 1e-6))
    }
  }

  /// The rows of each window.
  private static func windows(_ texts: [[String]], of table: Table) throws -> [Range<Int>] {
    let column = try required("timestamp", in: table)
    let times = (0..<table.rowCount).map { String((column.text($0) ?? "").prefix(19)) }
    return texts.compactMap { pair in
      guard pair.count == 2 else { return nil }
      let (start, end) = (String(pair[0].prefix(19)), String(pair[1].prefix(19)))
      let rows = times.indices.filter { times[$0] >= start && times[$0] <= end }
      guard let first = rows.first, let last = rows.last else { return nil }
      return first..<last + 1
    }
  }
}

extension Table.Column {
  /// The numbers of a series; 0 where there is none.
  fileprivate var numbers: [Double] { (0..<count).map { number($0) ?? 0 } }
}

/// The scores of the rows of a series, and the windows that hold anomalies.
struct ScoredSeries {
  let scores: [Double]
  let windows: [Range<Int>]

  /// The cost of a false alarm in the standard profile.
  private static let falseAlarm = 0.11

  /// The first row that is evaluated.
  private var start: Int { min(scores.count * 15 / 100, 750) }

  /// The area under the ROC curve of rows within windows; `nil` where there are none.
  var area: Double? {
    let rows = start..<max(scores.count, start)
    return RankingScores.areaUnderROC(
      rows.map { scores[$0] },
      positives: rows.map { row in windows.contains { $0.contains(row) } }
    )
  }

  /// The rows that an alarm is kept apart from another one.
  private static let radius = 64

  /// The series with the score of a row that is the greatest among its neighbors, in mean deviations from
  /// the median, and 0 for every other row: the windows of a detector make one alarm of many rows.
  var peaks: ScoredSeries {
    let sorted = scores.sorted()
    guard let low = sorted.first, let high = sorted.last, high > low else {
      return ScoredSeries(scores: scores.map { _ in 0 }, windows: windows)
    }
    let median = sorted[sorted.count / 2]
    let deviation = scores.reduce(0) { $0 + abs($1 - median) } / Double(scores.count)
    var isNear = [Bool](repeating: false, count: scores.count)
    var peaks = [Double](repeating: 0, count: scores.count)
    for row in scores.indices.sorted(by: { (scores[$0], $1) > (scores[$1], $0) }) where !isNear[row]
    {
      peaks[row] = max((scores[row] - median) / max(deviation, 1e-12), 0)
      for near in max(row - Self.radius, 0)...min(row + Self.radius, scores.count - 1) {
        isNear[near] = true
      }
    }
    return ScoredSeries(scores: peaks, windows: windows)
  }

  /// What each row would add to the score were it an alarm: for rows within a window what the window is
  /// worth from there, with its number.
  private var gains: [(row: Int, score: Double, window: Int?, gain: Double)] {
    (start..<max(scores.count, start)).map { row in
      if let place = windows.firstIndex(where: { $0.contains(row) }) {
        let window = windows[place]
        let position = -Double(window.upperBound - row) / Double(window.count)
        return (row, scores[row], place, Self.sigmoid(position) / Self.sigmoid(-1))
      }
      guard
        let last = windows.filter({ $0.upperBound <= row }).max(by: {
          $0.upperBound < $1.upperBound
        })
      else { return (row, scores[row], nil, -Self.falseAlarm) }
      let position = Double(row - last.upperBound + 1) / Double(max(last.count - 1, 1))
      let worth = position > 3 ? -1 : Self.sigmoid(position)
      return (row, scores[row], nil, worth * Self.falseAlarm)
    }
  }

  private static func sigmoid(_ position: Double) -> Double {
    2 / (1 + exp(5 * position)) - 1
  }

  /// The score from 0 for no alarm to 100 for the best alarms, at the threshold that is best for all
  /// series together.
  ///
  /// A threshold that no row reaches is one of those tried, so that the score is at least 0.
  static func bestScore(_ series: [ScoredSeries]) -> Double? {
    let windowCount = series.reduce(0) { sum, one in
      sum + one.windows.count { $0.upperBound > one.start }
    }
    guard windowCount > 0 else { return nil }
    var rows: [(series: Int, row: Int, score: Double, window: Int?, gain: Double)] = []
    for (place, one) in series.enumerated() {
      rows += one.gains.map { (place, $0.row, $0.score, $0.window, $0.gain) }
    }
    rows.sort { ($0.score, $1.series, $1.row) > ($1.score, $0.series, $0.row) }
    // A window is worth what its first alarm is: lower thresholds can only bring an earlier one.
    var found: [[Int: (row: Int, gain: Double)]] = series.map { _ in [:] }
    var (total, best) = (0.0, 0.0)
    var index = 0
    while index < rows.count {
      let score = rows[index].score
      while index < rows.count, rows[index].score == score {
        let row = rows[index]
        index += 1
        guard let window = row.window else {
          total += row.gain
          continue
        }
        if let known = found[row.series][window] {
          guard row.row < known.row else { continue }
          total += row.gain - known.gain
        } else {
          // A window that is missed costs 1, so that finding it is worth that, too.
          total += row.gain + 1
        }
        found[row.series][window] = (row.row, row.gain)
      }
      best = max(best, total)
    }
    return 100 * best / (2 * Double(windowCount))
  }
}
