internal import HourglassData
internal import HourglassTensors

/// Where windows of series begin and how long they are: what new windows get their times and keys from.
package struct SeriesBeginnings: Hashable, Sendable, Codable {
  /// A window.
  package struct Window: Hashable, Sendable, Codable {
    /// The number of its key.
    package let key: Int
    /// The first time; none for times that are texts.
    package let start: Double?
    /// How far times are apart in the mean, on the grid of their steps.
    package let step: Double
    /// The number of rows.
    package let length: Int
  }

  /// The column of times; none where these are texts.
  package let time: TableEncoding.Field?
  /// The name of the column of keys; none where the table is one series.
  package let keyName: String?
  /// The keys.
  package let keys: [String]
  /// Some windows, spread over all.
  package let windows: [Window]
  /// Whether the times are months.
  private let isMonthly: Bool

  /// The most windows that are kept.
  private static let mostWindows = 512

  /// Some of the windows that are trained on, spread over all: one from each of so many parts of equal size, at a
  /// random place in it, so that no period of the series coincides with theirs.
  package static func chosen(from all: [Int]) -> [Int] {
    let count = min(all.count, mostWindows)
    guard count < all.count else { return all }
    var generator = SeededGenerator.named("windows that new ones begin as", seed: 0)
    return (0..<count).map { part in
      let (first, end) = (part * all.count / count, (part + 1) * all.count / count)
      return all[min(first + Int(generator.nextUniform() * Float(end - first)), end - 1)]
    }
  }

  /// Takes some of the windows that are trained on, in the order in which `chosen` gives them.
  init(_ series: SeriesSet, windows all: [Int]) {
    let clock = series.table[column: series.timeColumn]
    let keyColumn = series.groupColumn.flatMap { series.table[column: $0] }
    keyName = series.groupColumn
    let steps = SeriesSteps(series)
    isMonthly = steps.areMonths
    if let clock, case .numbers = clock.cells {
      time = TableEncoding.Field(clock, .number(.identity))
    } else {
      time = nil
    }
    let hasTime = time != nil
    var keys: [String] = []
    var numbers: [String: Int] = [:]
    windows = Self.chosen(from: all).map { window in
      let rows = series.range(of: window)
      let key = keyColumn?.text(rows.lowerBound) ?? ""
      if numbers[key] == nil {
        numbers[key] = keys.count
        keys.append(key)
      }
      let (first, last) = (clock?.number(rows.lowerBound), clock?.number(rows.upperBound - 1))
      var step = 1.0
      if hasTime, let first, let last, rows.count > 1 {
        step = (steps.place(of: last) - steps.place(of: first)) / Double(rows.count - 1)
      }
      return Window(
        key: numbers[key] ?? 0,
        start: hasTime ? first : nil,
        step: step,
        length: rows.count
      )
    }
    self.keys = keys
  }

  /// The times of a window.
  package func times(of window: Window) -> [Double] {
    let steps = SeriesSteps(months: isMonthly)
    return (0..<window.length).map { steps.rounded((window.start ?? 0) + Double($0) * window.step) }
  }

  /// Whether what was read from a file fits windows of a length.
  func isGood(window length: Int) -> Bool {
    !windows.isEmpty
      && windows.allSatisfy { window in
        keys.indices.contains(window.key) && (1...length).contains(window.length)
          && window.step.isFinite && (window.start?.isFinite ?? true)
      }
  }
}
